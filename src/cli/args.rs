//! The arguments as clap reads them. What they mean is in `settings` and the commands.

mod about;
mod doctor;
mod format;
mod init;
mod offline;
mod output;
mod sandbox;
mod saved;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Parser, Subcommand, ValueEnum};

use crate::check::Severity;
use crate::plan::Shard;
pub(super) use about::{CompletionShell, CompletionsArgs, HelpArgs, ManArgs};
pub(super) use doctor::DoctorArgs;
pub(super) use init::{InitArgs, Pipeline};
pub(super) use offline::{
    ExplainArgs, FieldsArgs, Form, ListArgs, Report, SchemaArgs, SchemaOf, ValidateArgs,
};
pub(super) use output::OutputArgs;
pub(super) use sandbox::{SandboxArgs, Shell};
pub(super) use saved::{DiffArgs, MergeArgs, RenderArgs};

use super::{fault, topic};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Query files for the LogicMonitor REST API v3: which API tokens exist, whose are they, who still uses them?
///
/// A query file is YAML and lives in git. lmq checks it, signs the requests, reads every page, proves that none is
/// missing, and renders the rows through a template. A list that may be short says `incomplete` and exits with 6.
#[derive(Debug, Parser)]
#[command(name = "lmq", version, styles = STYLES, after_help = format!("{EXAMPLES}\n\n{}", topic::list()), max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Colour on stderr and in help
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,

    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Say more: one line a page; twice: the requests as well
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
}

const EXAMPLES: &str = "\
Examples:
  lmq run --sandbox queries/bearer-traces.yaml      a first report, without an account
  lmq run queries/                                  every query below a folder
  lmq run queries/all-tokens.yaml -f json | jq .count
  lmq validate queries/                             every mistake, offline
  lmq explain queries/all-tokens.yaml               what a run would ask, and why
  lmq render result.json -o report.html             reports of a saved result
  lmq merge shard-*.json -o report.html             one result of those of shards
  lmq diff last.json this.json                      what has changed since
  lmq init demo                                     a project to start from, to commit
  lmq doctor                                        are settings, network and credentials well?
  lmq sandbox                                       a portal to point other clients at

Credentials come from the environment: LM_COMPANY, and LM_ACCESS_ID with LM_ACCESS_KEY, or LM_BEARER_TOKEN.";

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// When to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressChoice {
    /// On a terminal, unless `CI` is set
    Auto,
    /// Always, unless -q is given
    Always,
    /// Never
    Never,
}

/// Which findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// All
    Info,
    /// None
    Never,
}

impl FailOn {
    /// The least severity that does; nothing where none does.
    pub(super) fn least(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

// No doc comments on the variants: clap would take them for the text of the commands, in place of those of the structs. The
// first paragraph there is the line in the list of commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Run(Box<RunArgs>),
    Validate(ValidateArgs),
    Explain(ExplainArgs),
    List(ListArgs),
    Fields(FieldsArgs),
    Render(RenderArgs),
    Merge(MergeArgs),
    Diff(DiffArgs),
    Schema(SchemaArgs),
    Doctor(DoctorArgs),
    Sandbox(SandboxArgs),
    Init(InitArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    Help(HelpArgs),
}

/// Run query files and render their reports.
///
/// All files are checked before the first request. Without `output` in a file, a table goes to stdout. -o, -f and -t stand in place
/// of each file's `output`.
#[derive(Debug, Parser)]
#[command(after_help = RUN_HELP, after_long_help = fault::with_table(RUN_HELP))]
pub(super) struct RunArgs {
    /// Query files, folders, globs, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Run against the embedded sandbox portal: no account, no network, made-up tokens
    #[arg(long)]
    pub(super) sandbox: bool,

    /// Let the sandbox portal go wrong, as the table of faults says. Repeatable
    #[arg(long, value_name = "SPEC", requires = "sandbox")]
    pub(super) fault: Vec<String>,

    #[command(flatten)]
    pub(super) portals: PortalArgs,

    /// Run only this part of the queries and portals, such as 3/8; `lmq merge` puts the parts together
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,

    #[command(flatten)]
    pub(super) outputs: OutputArgs,

    /// Save the whole result as JSON, readable by the owner alone. `{name}` is the query's name
    #[arg(long, value_name = "FILE.json", value_parser = output::result_file, help_heading = "Output")]
    pub(super) save: Option<String>,

    /// Add a Markdown report of each query to the summary of a GitHub Actions step, the file that `GITHUB_STEP_SUMMARY` names
    #[arg(long, help_heading = "Output")]
    pub(super) summary: bool,

    #[command(flatten)]
    pub(super) variables: VariableArgs,

    /// Run only queries with this tag. Repeatable: any of them
    #[arg(long, value_name = "TAG", help_heading = "Selection")]
    pub(super) tag: Vec<String>,

    /// Leave out queries with this tag. Repeatable
    #[arg(long, value_name = "TAG", help_heading = "Selection")]
    pub(super) exclude: Vec<String>,

    /// Requests in flight for each portal
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64), help_heading = "Bounds")]
    pub(super) concurrency: u32,

    /// Most rows of a query; what is beyond makes the result incomplete
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Bounds")]
    pub(super) max_rows: Option<u64>,

    /// Longest wait for the portal's rate limit without a page received
    #[arg(long, value_name = "DURATION", default_value = "5m", help_heading = "Bounds")]
    pub(super) max_wait: String,

    /// How often a request that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=100), help_heading = "Bounds")]
    pub(super) retries: u32,

    /// Longest time for the whole run, such as `90s` or `5m`; what is unread then makes the result incomplete
    #[arg(long, value_name = "DURATION", help_heading = "Bounds")]
    pub(super) timeout: Option<String>,

    /// Exit with 1 when there are findings of this severity or a worse one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "error", help_heading = "Findings")]
    pub(super) fail_on: FailOn,

    /// Hold the result against this earlier one: what is added, removed or changed is a finding. `{name}` is the query's name
    #[arg(long, value_name = "RESULT.json", help_heading = "Findings")]
    pub(super) baseline: Option<String>,

    /// Compare these fields with the baseline; with a `-` before each, all of the usual ones but these
    #[arg(
        long,
        value_name = "FIELD",
        requires = "baseline",
        value_delimiter = ',',
        allow_hyphen_values = true,
        help_heading = "Findings"
    )]
    pub(super) compare: Vec<String>,

    /// Show progress on stderr while it runs
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(super) progress: ProgressChoice,

    /// Take an incomplete result as it is: render every output and do not exit with 6
    #[arg(long, help_heading = "Bounds")]
    pub(super) allow_partial: bool,
}

const RUN_HELP: &str = "\
Exit codes:
  0  everything was checked        5  portal or network failed
  1  findings                      6  incomplete: the list may be short
  2  usage, or an invalid file     7  an output could not be rendered or written
  3  nothing selected              130, 143  ended by a signal
  4  credentials missing, refused

Environment:
  LM_COMPANY (or LM_ACCOUNT, LM_PORTAL)   the account: acme, acme.logicmonitor.com or its URL
  LM_DOMAIN_NAME                          lmgov.us for GovCloud
  LM_ACCESS_ID, LM_ACCESS_KEY             an LMv1 token, or:
  LM_BEARER_TOKEN                         a bearer token
  LMQ_PORTAL                              portals of the configuration, as --portal: a,b
  LMQ_CONFIG                              your own configuration, in place of ~/.config/lmq/config.yaml
  LMQ_BASE_URL                            another server, such as `lmq sandbox`
  GITHUB_STEP_SUMMARY                     the file that --summary adds to

stdout is the result and nothing else; everything else goes to stderr.";

// No doc comment: clap would take it for the text of the command.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PortalArgs {
    /// Ask this portal of `lmq.yaml` or of your own configuration. Repeatable
    #[arg(long, value_name = "NAME", conflicts_with = "sandbox")]
    pub(in crate::cli) portal: Vec<String>,

    /// Ask every portal of `lmq.yaml` and of your own configuration
    #[arg(long, conflicts_with_all = ["sandbox", "portal"])]
    pub(in crate::cli) all_portals: bool,
}

// No doc comment: clap would take it for the text of the command.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VariableArgs {
    /// Give a variable a value. Repeatable
    #[arg(long = "var", value_name = "NAME=VALUE", help_heading = "Variables")]
    pub(in crate::cli) vars: Vec<String>,

    /// Take values of variables from a YAML file. Repeatable
    #[arg(long = "var-file", value_name = "FILE.yaml", help_heading = "Variables")]
    pub(in crate::cli) var_files: Vec<PathBuf>,
}

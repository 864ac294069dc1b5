//! The arguments of the commands that start from saved results.

use std::path::PathBuf;

use clap::Parser;

use super::{FailOn, OutputArgs};

/// Make reports of saved results, offline.
///
/// A result is what `lmq run --save FILE.json` or `-f json` writes. The reports are those that the run would have made, byte for byte.
/// Without -o, -f or -t a table goes to stdout.
#[derive(Debug, Parser)]
#[command(after_help = RENDER_HELP)]
pub(in crate::cli) struct RenderArgs {
    /// Saved results, or `-` for standard input
    #[arg(required = true, value_name = "RESULT.json")]
    pub(in crate::cli) results: Vec<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) outputs: OutputArgs,

    /// Render again whenever a result or a template changes, until Ctrl-C
    #[arg(long)]
    pub(in crate::cli) watch: bool,

    /// Take an incomplete result as it is: render every output and do not exit with 6
    #[arg(long)]
    pub(in crate::cli) allow_partial: bool,

    /// Exit with 1 when there are findings of this severity or a worse one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "error")]
    pub(in crate::cli) fail_on: FailOn,
}

/// Put results of shards together, offline.
///
/// They are those of `lmq run --shard I/N`, or of runs on one portal each. The results of a query become one, as if one run had asked all portals: its verdict is the worst of theirs, and incomplete where a
/// shard is missing. Without -o, -f or -t a table goes to stdout. Results that cannot be of one run are refused, and nothing is written.
#[derive(Debug, Parser)]
#[command(after_help = MERGE_HELP)]
pub(in crate::cli) struct MergeArgs {
    /// Saved results, or `-` for standard input
    #[arg(required = true, value_name = "RESULT.json")]
    pub(in crate::cli) results: Vec<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) outputs: OutputArgs,

    /// Save the whole result as JSON, readable by the owner alone. `{name}` is the query's name
    #[arg(long, value_name = "FILE.json", value_parser = super::output::result_file, help_heading = "Output")]
    pub(in crate::cli) save: Option<String>,

    /// Take an incomplete result as it is: render every output and do not exit with 6
    #[arg(long)]
    pub(in crate::cli) allow_partial: bool,

    /// Exit with 1 when there are findings of this severity or a worse one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "error")]
    pub(in crate::cli) fail_on: FailOn,
}

const MERGE_HELP: &str = "\
Examples:
  lmq run queries/ --all-portals --shard 1/2 --save '{name}.1.json'
  lmq run queries/ --all-portals --shard 2/2 --save '{name}.2.json'
  lmq merge *.1.json *.2.json                       a table a query
  lmq merge *.json -o '{name}.html' --save 'merged/{name}.json'
  cat *.json | lmq merge - -f junit -o '{name}.xml'

Exit codes:
  0  merged, and the results have nothing to object to
  1  merged, and the results have findings     2  no results, or they do not fit together
  6  a result is incomplete, or a shard is missing
  7  an output could not be rendered or written";

/// Compare two results of a query, offline: tokens added, removed and changed.
///
/// A token is told apart by portal, kind and id. Compared is what the API sends, but for `lastUsedOn`. A token that is not in a list which
/// may be short is not told as removed: the comparison is incomplete then, and says why.
/// Without -o, -f or -t a table goes to stdout.
#[derive(Debug, Parser)]
#[command(after_help = DIFF_HELP)]
pub(in crate::cli) struct DiffArgs {
    /// The earlier result, or `-` for standard input
    #[arg(value_name = "OLD.json")]
    pub(in crate::cli) old: PathBuf,

    /// The later one, or `-`
    #[arg(value_name = "NEW.json")]
    pub(in crate::cli) new: PathBuf,

    #[command(flatten)]
    pub(in crate::cli) outputs: OutputArgs,

    /// Compare these fields; with a `-` before each, all of the usual ones but these
    #[arg(long, value_name = "FIELD", value_delimiter = ',', allow_hyphen_values = true)]
    pub(in crate::cli) compare: Vec<String>,

    /// Take an incomplete comparison as it is: render every output and do not exit with 6
    #[arg(long)]
    pub(in crate::cli) allow_partial: bool,

    /// Exit with 1 when there are findings of this severity or a worse one; a difference is an error
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "error")]
    pub(in crate::cli) fail_on: FailOn,
}

const DIFF_HELP: &str = "\
Examples:
  lmq run queries/all-tokens.yaml --save last.json  last week
  lmq run queries/all-tokens.yaml --save this.json  this week
  lmq diff last.json this.json                      a table of what has changed
  lmq diff last.json this.json -o changes.html -o changes.csv
  lmq diff last.json this.json --compare status,roles
  lmq diff last.json this.json --compare=-lastAuthIp
  lmq diff last.json this.json -f json | jq '.diff.changed[].changes'

Exit codes:
  0  no difference      6  incomplete: differences may be missing
  1  differences        7  an output could not be rendered or written
  2  not two results, or two that cannot be compared";

const RENDER_HELP: &str = "\
Examples:
  lmq run queries/all-tokens.yaml --save result.json
  lmq render result.json                            a table
  lmq render result.json -o report.html -o report.xlsx
  lmq render result.json -t ./mine.md.hbs -o report.md --watch
  lmq render result.json -t - < mine.hbs            a template that has no file

Exit codes:
  0  rendered, and the result has nothing to object to
  1  rendered, and the result has findings     2  no result, or an invalid template
  6  the result is incomplete                  7  an output could not be rendered or written";

//! The arguments of the commands that send nothing and look at no credential.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::VariableArgs;

/// Find every mistake in query files and their templates, offline.
///
/// All of them in one pass, each with its place and a remedy. Nothing is sent, and no credentials are needed. The
/// diagnostics go to stderr and one line of summary to stdout; with another format, stdout is the document.
#[derive(Debug, Parser)]
#[command(after_help = VALIDATE_HELP)]
pub(in crate::cli) struct ValidateArgs {
    /// Query files, folders, globs, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,

    /// How the mistakes are told
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Report,

    /// Take warnings for errors
    #[arg(long)]
    pub(in crate::cli) deny_warnings: bool,

    #[command(flatten)]
    pub(in crate::cli) variables: VariableArgs,
}

const VALIDATE_HELP: &str = "\
Examples:
  lmq validate queries/                             before a commit
  lmq validate --deny-warnings --format github .    in a workflow: each mistake at its line of the pull request
  lmq validate -f sarif queries/ > lmq.sarif        for code scanning
  lmq validate -f json queries/ | jq -r '.diagnostics[].code' | sort | uniq -c

A comment on the line above silences a warning, with its reason; errors cannot be silenced:
  # lmq-ignore: LMQ040 keys are compared by their first characters
  fields: [id, accessKey]

Exit codes:
  0  no mistakes
  2  mistakes (with --deny-warnings: or warnings), or a path that does not exist
  3  nothing selected";

/// How `validate` tells what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Report {
    /// Source lines with carets, for people
    Human,
    /// `lmq.diagnostics/v1`, for programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
}

/// Show what a run would do, offline: requests, what is filtered where, what is signed.
///
/// Nothing is sent, and no credential is read: the account comes from the environment where it is set, and which headers
/// are shown follows the kind of credentials that is set.
#[derive(Debug, Parser)]
#[command(after_help = EXPLAIN_HELP)]
pub(in crate::cli) struct ExplainArgs {
    /// A query file, a folder, a glob, or `-` for standard input
    #[arg(value_name = "PATH")]
    pub(in crate::cli) path: PathBuf,

    /// Print a shell command for the first page of each listing instead. `python3` makes the header from the environment
    /// and hands it to curl by stdin: no key and no signature is printed, or an argument of a process
    #[arg(long)]
    pub(in crate::cli) curl: bool,

    #[command(flatten)]
    pub(in crate::cli) variables: VariableArgs,
}

const EXPLAIN_HELP: &str = "\
Examples:
  lmq explain queries/administrator-tokens.yaml
  lmq explain queries/idle-tokens.yaml --var maxIdle=30
  lmq explain queries/bearer-traces.yaml --curl
  lmq explain queries/bearer-traces.yaml --curl | sh

The command of --curl reads LM_ACCESS_ID and LM_ACCESS_KEY, or LM_BEARER_TOKEN where that alone was set.

Exit codes:
  0  explained     2  a file has mistakes        3  nothing selected";

/// Show what queries there are, with tags, description and outputs.
///
/// Files with mistakes are told as `lmq validate` tells them, and then nothing is listed.
#[derive(Debug, Parser)]
#[command(after_help = LIST_HELP)]
pub(in crate::cli) struct ListArgs {
    /// Query files, folders, globs, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,

    /// How the list looks
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(in crate::cli) format: Form,

    /// List only queries with this tag. Repeatable: any of them
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) tag: Vec<String>,

    /// Leave out queries with this tag. Repeatable
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) exclude: Vec<String>,
}

const LIST_HELP: &str = "\
Examples:
  lmq list queries/
  lmq list queries/ --tag security
  lmq list queries/ -f json | jq -r '.[] | select(.outputs[].to != null) | .name'

Exit codes:
  0  listed        2  a file has mistakes        3  nothing selected";

/// Show the fields of an endpoint, with types, meaning and operators.
///
/// They are what a query may name in `fields`, `filters`, `sort` and `columns`. A derived field is made by lmq, some of
/// another field; which conditions the portal can decide is told as well.
#[derive(Debug, Parser)]
#[command(after_help = FIELDS_HELP)]
pub(in crate::cli) struct FieldsArgs {
    /// A path such as /setting/admins/apitokens, or a short name such as apitokens; all endpoints without it
    pub(in crate::cli) endpoint: Option<String>,

    /// How the list looks
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(in crate::cli) format: Form,
}

const FIELDS_HELP: &str = "\
Examples:
  lmq fields
  lmq fields apitokens
  lmq fields apitokens -f json | jq -r '.[0].fields[] | select(.derived) | .name'";

/// How a list looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Form {
    /// Aligned columns, for people
    Table,
    /// An array of objects, for programs
    Json,
}

/// Print the JSON Schema of query files, configurations or results.
///
/// It is of draft 2020-12. An editor with a YAML language server checks a query file while it is written, when the file begins with
/// `# yaml-language-server: $schema=PATH`. What a schema cannot say, `lmq validate` does.
#[derive(Debug, Parser)]
#[command(after_help = SCHEMA_HELP)]
pub(in crate::cli) struct SchemaArgs {
    /// Of what
    #[arg(value_enum, value_name = "WHAT", default_value = "query")]
    pub(in crate::cli) of: SchemaOf,
}

const SCHEMA_HELP: &str = "\
Examples:
  lmq schema > lmq.schema.json
  lmq schema result";

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SchemaOf {
    /// A query file
    Query,
    /// A configuration: `lmq.yaml`, or your own `config.yaml`
    Config,
    /// A result: `--format json`, `--save`
    Result,
}

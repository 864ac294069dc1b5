//! The arguments of `lmq init`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Make a project to start from: queries, a template, waivers, a pipeline.
///
/// All of it runs on the sandbox as it is, and is there to be changed and committed. Nothing is overwritten: where one of the files
/// is there already, none is written. A `.gitignore` stays as it is, and what it lacks is told.
#[derive(Debug, Parser)]
#[command(after_help = INIT_HELP)]
pub(in crate::cli) struct InitArgs {
    /// The folder of the project; it is made where it is missing
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub(in crate::cli) dir: PathBuf,

    /// For which CI a pipeline is written
    #[arg(long, value_enum, value_name = "CI", default_value = "github")]
    pub(in crate::cli) ci: Pipeline,
}

const INIT_HELP: &str = "\
Examples:
  lmq init demo
  lmq init --ci gitlab demo
  lmq init --ci none                        in this folder, without a pipeline

What is made:
  lmq.yaml                                  the root of the project; portals by name
  queries/                                  three queries, and waivers for the findings of one
  templates/                                a template that one of them uses
  lmq.schema.json                           for editors, as `lmq schema` prints it
  .gitignore                                leaves reports and credentials out
  .github/workflows/lmq.yml                 or .gitlab-ci.yml: checks changes without secrets, runs every week

Exit codes:
  0  made     2  one of the files is there already     7  they cannot be written";

/// A CI that a pipeline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Pipeline {
    /// A workflow of GitHub Actions
    Github,
    /// A pipeline of GitLab
    Gitlab,
    /// None
    None,
}

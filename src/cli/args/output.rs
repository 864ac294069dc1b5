//! The arguments that say what reports there are, and where they go: the same for every command that makes some.

use crate::spec::Format;

use super::format::FormatParser;

// No doc comment: clap would take it for the text of the command.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct OutputArgs {
    /// Render as this format
    #[arg(short, long, value_name = "FORMAT", value_parser = FormatParser, conflicts_with = "template", help_heading = "Output")]
    pub(in crate::cli) format: Option<Format>,

    /// Render through this template; `-` is one on standard input
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) template: Option<String>,

    /// Write to this file; without -f or -t the suffix tells the format. `{name}` is the query's name. Repeatable
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) output: Vec<String>,
}

//! The arguments of the commands that are about lmq itself.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::cli::topic;

/// Print completions for a shell.
///
/// They go to stdout; where a shell looks for them is told below. A package of lmq installs them.
#[derive(Debug, Parser)]
#[command(after_help = COMPLETIONS_HELP)]
pub(in crate::cli) struct CompletionsArgs {
    /// Of which shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(in crate::cli) shell: CompletionShell,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  lmq completions bash > ~/.local/share/bash-completion/completions/lmq
  lmq completions zsh > ~/.zfunc/_lmq                        with ~/.zfunc in fpath
  lmq completions fish > ~/.config/fish/completions/lmq.fish
  lmq completions powershell | Out-String | Invoke-Expression";

/// A shell that completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CompletionShell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// fish
    Fish,
    /// `PowerShell`
    Powershell,
}

/// Print the man page, or write those of all commands.
///
/// Without DIR, the page of `lmq` goes to stdout. With it, the pages of `lmq` and of each command are written there: `lmq.1`,
/// `lmq-run.1` and so on. A package of lmq installs them.
#[derive(Debug, Parser)]
#[command(after_help = MAN_HELP)]
pub(in crate::cli) struct ManArgs {
    /// The folder to write the pages to; it is made where it is missing
    #[arg(value_name = "DIR")]
    pub(in crate::cli) dir: Option<PathBuf>,
}

const MAN_HELP: &str = "\
Examples:
  lmq man | man -l -
  lmq man ~/.local/share/man/man1";

/// Print the help of a command, or a topic.
#[derive(Debug, Parser)]
#[command(after_help = topic::list())]
pub(in crate::cli) struct HelpArgs {
    /// A command or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    pub(in crate::cli) of: Option<String>,
}

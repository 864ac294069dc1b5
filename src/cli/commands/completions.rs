//! `lmq completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory as _;
use clap_complete::{Generator, Shell, generate};

use crate::cli::args::{Args, CompletionShell, CompletionsArgs};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;

/// Prints the completions.
pub(in crate::cli) fn run(args: &CompletionsArgs, console: &mut Console<'_, '_>) -> Exit {
    let text = match args.shell {
        CompletionShell::Bash => completions(Shell::Bash),
        CompletionShell::Zsh => completions(Shell::Zsh),
        CompletionShell::Fish => completions(Shell::Fish),
        CompletionShell::Powershell => completions(Shell::PowerShell),
    };
    console.result(&text)
}

fn completions(shell: impl Generator) -> String {
    let mut out = Vec::new();
    generate(shell, &mut Args::command(), "lmq", &mut out);
    // Some lines of clap's end with a space.
    let text = String::from_utf8(out).expect("names of commands are text");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

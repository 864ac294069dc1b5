//! `lmq help`: what `--help` of a command says, or a topic.

use crate::cli;
use crate::cli::args::{Args, HelpArgs};
use crate::cli::exit::Exit;
use crate::cli::stream::{Colour, Console};
use crate::cli::topic::TOPICS;
use crate::text;

use clap::CommandFactory as _;

/// Prints the help of a command or a topic.
pub(in crate::cli) fn run(args: &HelpArgs, colour: Colour, console: &mut Console<'_, '_>) -> Exit {
    let command = Args::command().color(colour.for_clap());
    let Some(name) = args.of.as_deref() else { return print(command, None, colour, console) };
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == name) {
        return console.result(topic.text);
    }
    if command.find_subcommand(name).is_some() {
        return print(command, Some(name), colour, console);
    }
    let topics = TOPICS.iter().map(|topic| topic.name);
    let commands = command.get_subcommands().map(clap::Command::get_name);
    let help = match text::nearest(name, topics.clone().chain(commands)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("topics: {}; `lmq --help` lists the commands", text::listed(topics)),
    };
    console.error(format!("no command and no topic is called `{}`", text::shortened(name, 60)), Some(&help));
    Exit::Usage
}

/// What `--help` prints.
fn print(command: clap::Command, name: Option<&str>, colour: Colour, console: &mut Console<'_, '_>) -> Exit {
    let words = std::iter::once("lmq").chain(name).chain(["--help"]);
    match command.try_get_matches_from(words) {
        Err(help) => cli::usage(console.world, &help, colour),
        Ok(_) => unreachable!("`--help` is answered before any other argument"),
    }
}

//! The command line: arguments, streams, exit codes. Nothing imports it; [`main`] is the whole program in process.

mod args;
mod check;
mod commands;
mod configuration;
mod exit;
mod fault;
mod select;
mod settings;
mod signal;
mod stream;
mod topic;
mod variables;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::auth::Redactor;
use crate::config::{Ask, Environment};
use crate::portal::Pace;
use args::{Args, Command};
use exit::Exit;
pub use signal::Signals;
use stream::Console;

/// Everything of the world outside that lmq touches, handed in by `main.rs` or by a test.
pub struct World<'a> {
    /// The arguments, the program's name first.
    pub args: Vec<OsString>,
    /// The environment.
    pub environment: Environment,
    /// The current folder.
    pub current_dir: PathBuf,
    /// Milliseconds since 1970.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Waits, chance and how long silence is borne.
    pub pace: Pace,
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// Asks for a secret without echo, where stdin is a terminal.
    pub ask: Option<Ask<'a>>,
    /// Whether stdout is a terminal.
    pub stdout_is_terminal: bool,
    /// Its width in characters, where it is a terminal.
    pub stdout_width: Option<u16>,
    /// Whether stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// Its width and height in characters, where it is a terminal.
    pub stderr_size: Option<(u16, u16)>,
    /// Ctrl-C and SIGTERM.
    pub signals: Signals,
}

/// Runs lmq and gives its exit code, as the table in `docs/cli.md` says.
pub fn main(world: &mut World<'_>) -> u8 {
    let colour = stream::wanted(&world.environment, stream::early_choice(&world.args));
    let command = Args::command().color(colour.for_clap());
    let parsed =
        command.try_get_matches_from(&world.args).and_then(|matches| Args::from_arg_matches(&matches));
    let args = match parsed {
        Ok(args) => args,
        Err(error) => return usage(world, &error, colour).code(),
    };
    let mut console = Console::new(world, colour, args.quiet, args.verbose);
    let exit = match args.command {
        Command::Run(run) => commands::run::run(&run, &mut console),
        Command::Validate(validate) => commands::validate::run(&validate, &mut console),
        Command::Explain(explain) => commands::explain::run(&explain, &mut console),
        Command::List(list) => commands::list::run(&list, &mut console),
        Command::Fields(fields) => commands::fields::run(&fields, &mut console),
        Command::Render(render) => commands::render::run(&render, &mut console),
        Command::Diff(diff) => commands::diff::run(&diff, &mut console),
        Command::Schema(schema) => commands::schema::run(&schema, &mut console),
        Command::Doctor(doctor) => commands::doctor::run(&doctor, &mut console),
        Command::Sandbox(sandbox) => commands::sandbox::run(&sandbox, &mut console),
        Command::Init(init) => commands::init::run(&init, &mut console),
        Command::Completions(completions) => commands::completions::run(&completions, &mut console),
        Command::Man(man) => commands::man::run(&man, &mut console),
        Command::Help(help) => commands::help::run(&help, colour, &mut console),
    };
    exit.code()
}

/// Help and version go to stdout and are no error; everything else is one.
fn usage(world: &mut World<'_>, error: &clap::Error, colour: stream::Colour) -> Exit {
    let terminal = if error.use_stderr() { world.stderr_is_terminal } else { world.stdout_is_terminal };
    let text = error.render();
    let text = if colour.on(terminal) { text.ansi().to_string() } else { text.to_string() };
    // An argument that is wrong is repeated, be it a key in the place of a flag.
    let redactor = Redactor::new(&world.environment.secrets());
    let mut text = redactor.text(&text).into_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    // A closed stream is the reader's choice.
    if error.use_stderr() {
        let _ = world.stderr.write_all(text.as_bytes());
        Exit::Usage
    } else {
        let _ = world.stdout.write_all(text.as_bytes());
        Exit::Clean
    }
}

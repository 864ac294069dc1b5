//! stdout and stderr: who is quiet, who is coloured. Text that came from elsewhere is inert before it gets here; secrets are
//! taken out of every text here.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use super::World;
use super::args::{ColorChoice, ProgressChoice};
use super::exit::Exit;
use crate::auth::Redactor;
use crate::check::Severity;
use crate::config::{Environment, Sources};
use crate::diag::{self, Diagnostic, Label};
use crate::project::Project;
use crate::secret::Secret;
use crate::text;

/// When to colour, from `--color`, then `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Always,
    Never,
    /// As the stream is.
    Terminal,
}

impl Colour {
    /// Whether a stream is coloured.
    pub(super) fn on(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Terminal => is_terminal,
        }
    }

    /// clap writes nothing itself: what it renders is always plain or styled by us.
    pub(super) fn for_clap(self) -> clap::ColorChoice {
        if self == Self::Never { clap::ColorChoice::Never } else { clap::ColorChoice::Always }
    }
}

/// The choice, before the arguments are parsed: errors of parsing are coloured too.
pub(super) fn early_choice(args: &[OsString]) -> ColorChoice {
    let words: Vec<&str> =
        args.iter().take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str()).collect();
    let value = words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix("--color") {
        Some("") => words.get(index + 1).copied(),
        Some(value) => value.strip_prefix('='),
        None => None,
    });
    match value {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// What the choice and the environment make together.
pub(super) fn wanted(environment: &Environment, choice: ColorChoice) -> Colour {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => Colour::Always,
        ColorChoice::Never => Colour::Never,
        ColorChoice::Auto if set("NO_COLOR").is_some() => Colour::Never,
        ColorChoice::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => Colour::Always,
        ColorChoice::Auto if set("CLICOLOR").is_some_and(|value| value == "0") => Colour::Never,
        ColorChoice::Auto => Colour::Terminal,
    }
}

/// What progress is shown on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) coloured: bool,
}

/// The streams of one run.
pub(super) struct Console<'w, 'a> {
    pub(super) world: &'w mut World<'a>,
    coloured: bool,
    quiet: bool,
    redactor: Redactor,
    /// How much `-v` there was.
    pub(super) verbose: u8,
}

impl<'w, 'a> Console<'w, 'a> {
    pub(super) fn new(world: &'w mut World<'a>, colour: Colour, quiet: bool, verbose: u8) -> Self {
        let coloured = colour.on(world.stderr_is_terminal);
        let redactor = Redactor::new(&world.environment.secrets());
        Self { world, coloured, quiet, redactor, verbose }
    }

    /// From now on these secrets are in no text either.
    pub(super) fn guard<'s>(&mut self, secrets: impl IntoIterator<Item = &'s Secret>) {
        self.redactor = self.redactor.and(secrets);
    }

    /// What knows the secrets of the run.
    pub(super) fn redactor(&self) -> Redactor {
        self.redactor.clone()
    }

    /// What credentials come from. A person is asked when stdin and stderr are terminals, and it is not CI.
    pub(super) fn sources(&mut self) -> Sources<'_> {
        let World { environment, ask, stderr_is_terminal, .. } = &mut *self.world;
        let person = *stderr_is_terminal && environment.set("CI").is_none();
        let ask = ask.as_mut().filter(|_| person);
        Sources::new(environment, ask.map(|ask| &mut **ask as _))
    }

    pub(super) fn clock(&self) -> Arc<dyn Fn() -> i64 + Send + Sync> {
        Arc::clone(&self.world.clock)
    }

    pub(super) fn current_dir(&self) -> PathBuf {
        self.world.current_dir.clone()
    }

    /// The project of the current folder. That there is none is told.
    pub(super) fn project(&mut self) -> Result<Project, Exit> {
        Project::find(&self.current_dir()).map_err(|error| {
            self.error(format!("the current folder: {error}"), None);
            Exit::Usage
        })
    }

    /// Whether `-q` was given.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Where progress is shown, if it is; `-q` is the last word.
    pub(super) fn screen(&self, choice: ProgressChoice) -> Option<Screen> {
        let World { environment, stderr_is_terminal, stderr_size, .. } = &*self.world;
        let able = || environment.set("CI").is_none() && environment.get("TERM") != Some("dumb");
        let wanted = match choice {
            ProgressChoice::Auto => *stderr_is_terminal && able(),
            ProgressChoice::Always => true,
            ProgressChoice::Never => false,
        };
        let (width, height) = stderr_size.unwrap_or((80, 24));
        (wanted && !self.quiet).then_some(Screen { width, height, coloured: self.coloured })
    }

    /// Text of any origin as a part of one line that [`Self::draw`] may write.
    pub(super) fn safe(&self, text: &str) -> String {
        self.redactor.text(&text::inert_line(text)).into_owned()
    }

    /// Writes to stderr what acts on a terminal. Everything in it that came from elsewhere is [`Self::safe`].
    pub(super) fn draw(&mut self, bytes: &str) {
        // As with `err`: when it is closed, nobody reads.
        let _ = self.world.stderr.write_all(bytes.as_bytes());
    }

    /// Writes to stdout. A reader that went away wants no more, and is no error.
    pub(super) fn out(&mut self, text: &str) -> std::io::Result<()> {
        let redactor = self.redactor.clone();
        self.hand_out(&redactor.text(text))
    }

    /// Writes credentials to stdout as they are: those of the sandbox, which open nothing else.
    pub(super) fn hand_out(&mut self, text: &str) -> std::io::Result<()> {
        let written = self.world.stdout.write_all(text.as_bytes()).and_then(|()| self.world.stdout.flush());
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    /// Writes a command's result to stdout; the exit code is that of the writing.
    pub(super) fn result(&mut self, text: &str) -> Exit {
        match self.out(text) {
            Ok(()) => Exit::Clean,
            Err(error) => {
                self.error(format!("stdout: {error}"), None);
                Exit::Output
            }
        }
    }

    /// A line for people, unless `-q`.
    pub(super) fn say(&mut self, line: impl Display) {
        if !self.quiet {
            self.err(&format!("{}\n", text::inert(&line.to_string())));
        }
    }

    /// A warning or a note, unless `-q`.
    pub(super) fn note(&mut self, word: &str, line: impl Display) {
        self.say(format!("{word}: {line}"));
    }

    /// An error, with what to do about it.
    pub(super) fn error(&mut self, message: impl Display, help: Option<&str>) {
        let bold = if self.coloured { ("\u{1b}[1m\u{1b}[31m", "\u{1b}[0m") } else { ("", "") };
        let mut out = format!("{}error{}: {}\n", bold.0, bold.1, text::inert(&message.to_string()));
        for line in help.into_iter().flat_map(str::lines) {
            out = out + "  help: " + &text::inert_line(line) + "\n";
        }
        self.err(&out);
    }

    /// An error that a place in a query file asked for.
    pub(super) fn failure(&mut self, message: &str, place: &Label, help: Option<&str>) {
        let text = diag::render_failure(message, place, help, self.coloured);
        self.err(&text);
    }

    /// What an expectation found, at its place in the query; below errors it is silenced by `-q`.
    pub(super) fn finding(
        &mut self,
        (severity, id): (Severity, &str),
        message: &str,
        place: &Label,
        notes: &[String],
    ) {
        if severity == Severity::Error || !self.quiet {
            let text = diag::render_finding((severity.name(), id), message, place, notes, self.coloured);
            self.err(&text);
        }
    }

    /// A diagnostic; warnings are silenced by `-q`.
    pub(super) fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        if diagnostic.is_error() || !self.quiet {
            let text = diag::render(diagnostic, self.coloured);
            self.err(&text);
            self.err("\n");
        }
    }

    /// stderr is for people: when it is closed, nobody reads.
    fn err(&mut self, text: &str) {
        let _ = self.world.stderr.write_all(self.redactor.text(text).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_flag_then_environment_then_stream() {
        let environment = |pairs: &[(&str, &str)]| -> Environment {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let cases = [
            (ColorChoice::Always, &[("NO_COLOR", "1")][..], Colour::Always),
            (ColorChoice::Never, &[("CLICOLOR_FORCE", "1")][..], Colour::Never),
            (ColorChoice::Auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")][..], Colour::Never),
            (ColorChoice::Auto, &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")][..], Colour::Always),
            (ColorChoice::Auto, &[("CLICOLOR", "0")][..], Colour::Never),
            (ColorChoice::Auto, &[("CLICOLOR_FORCE", "0")][..], Colour::Terminal),
            (ColorChoice::Auto, &[][..], Colour::Terminal),
        ];
        for (choice, pairs, expected) in cases {
            assert_eq!(wanted(&environment(pairs), choice), expected, "{choice:?} {pairs:?}");
        }
    }

    #[test]
    fn the_choice_is_found_before_parsing() {
        let early = |args: &[&str]| early_choice(&args.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(early(&["lmq", "--color", "never"]), ColorChoice::Never);
        assert_eq!(early(&["lmq", "run", "--color=always"]), ColorChoice::Always);
        assert_eq!(early(&["lmq", "--", "--color=always"]), ColorChoice::Auto);
        assert_eq!(early(&["lmq", "--color"]), ColorChoice::Auto);
    }
}

//! What the commands share that start from saved results: reading them, and making reports of results.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::place::{self, Placed, Stdout};
use super::publish;
use crate::cli::args::{FailOn, OutputArgs};
use crate::cli::exit::Exit;
use crate::cli::select;
use crate::cli::settings::{self, bad_flag};
use crate::cli::signal::Signals;
use crate::cli::stream::Console;
use crate::diag::Source;
use crate::project::{self, Project};
use crate::report::{self, Base, Company, Document, Manner, Prepared, Shown, Templates};
use crate::spec::Output;
use crate::text::counted;

/// Most bytes of a file of results.
const MAX_RESULT_BYTES: u64 = 1 << 30;

/// What to do about a file that is none.
pub(super) const WHAT_A_RESULT_IS: &str = "a result is what `lmq run --save FILE.json` or `-f json` writes";

/// A result and the file it is from, as the user typed it.
pub(super) struct Saved {
    pub(super) file: String,
    pub(super) document: Document,
}

/// The results of all files; `-` is standard input. Every file that has none is told.
pub(super) fn read(
    paths: &[PathBuf],
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<Vec<Saved>, Exit> {
    let mut results = Vec::new();
    let mut wrong = 0;
    for path in paths {
        match read_one(path, project, console) {
            Ok(found) => results.extend(found),
            Err(message) => {
                console.error(message, Some(WHAT_A_RESULT_IS));
                wrong += 1;
            }
        }
    }
    if wrong == 0 { Ok(results) } else { Err(Exit::Usage) }
}

/// The results of one file, or why it has none.
pub(super) fn read_one(
    path: &Path,
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<Vec<Saved>, String> {
    let source = if path.as_os_str() == "-" {
        select::read_stdin(console.world.stdin, MAX_RESULT_BYTES)?
    } else {
        let full = project.current().join(path);
        let shown = project.shown(&full);
        project::read_text(&full, &shown, MAX_RESULT_BYTES).map_err(|error| error.to_string())?
    };
    let documents = Document::read(&source.text).map_err(|error| match error.line {
        0 => format!("{}: {error}", source.name),
        line => format!("{}:{line}:{}: {error}", source.name, error.column),
    })?;
    Ok(documents.into_iter().map(|document| Saved { file: source.name.clone(), document }).collect())
}

/// What is made of results.
pub(super) struct Reports<'a> {
    pub(super) outputs: &'a OutputArgs,
    /// The files that the results are in.
    pub(super) reads: &'a [PathBuf],
    /// The file that the results themselves go to.
    pub(super) save: Option<&'a String>,
    /// The template of `-t -`.
    pub(super) piped: Option<Arc<Source>>,
    pub(super) allow_partial: bool,
    pub(super) fail_on: FailOn,
}

/// A result with its outputs.
struct Ready<'a> {
    document: &'a Document,
    outputs: Vec<Output>,
    prepared: Vec<Prepared>,
}

impl Reports<'_> {
    /// Makes the reports of all results. The exit code is the one that a run with the worst of them has.
    pub(super) fn deliver(
        &self,
        documents: &[&Document],
        project: &Project,
        console: &mut Console<'_, '_>,
    ) -> Exit {
        let ready = match self.ready(documents, project, console) {
            Ok(ready) => ready,
            Err(exit) => return exit,
        };
        let manner = Manner {
            allow_partial: self.allow_partial,
            company: if documents.len() > 1 { Company::Several } else { Company::Alone },
            width: console.world.stdout_width,
        };
        let signals = console.world.signals.clone();
        let mut worst = Exit::Clean;
        for ready in &ready {
            let exit = self.one(ready, (project, manner), &signals, console);
            worst = worst.max(exit);
            if signals.came().is_some() {
                break;
            }
        }
        worst
    }

    /// Every mistake of the outputs is told before the first is made.
    fn ready<'d>(
        &self,
        documents: &[&'d Document],
        project: &Project,
        console: &mut Console<'_, '_>,
    ) -> Result<Vec<Ready<'d>>, Exit> {
        let outputs = settings::outputs(self.outputs).map_err(|flag| bad_flag(flag, console))?;
        let outputs = outputs.unwrap_or_else(settings::default_outputs);
        let mut templates = Templates::with(self.piped.clone());
        let mut ready = Vec::new();
        let mut mistakes = Vec::new();
        for document in documents.iter().copied() {
            let name = &document.query.name;
            let outputs = settings::named(&outputs, name);
            let base = (project, Base::CurrentFolder);
            match report::prepare(Shown::Result(document), &outputs, base, &mut templates) {
                Ok((mut prepared, _)) => {
                    let saved = self.save.map(|path| project.current().join(settings::with_name(path, name)));
                    prepared.extend(saved.map(Prepared::saved));
                    ready.push(Ready { document, outputs, prepared });
                }
                Err(found) => mistakes.extend(found),
            }
        }
        for mistake in &mistakes {
            console.diagnostic(mistake);
        }
        if !mistakes.is_empty() {
            console.error(format!("{}; nothing was rendered", counted(mistakes.len(), "mistake")), None);
            return Err(Exit::Usage);
        }
        let placed = ready.iter().map(|ready| Placed { outputs: &ready.outputs, prepared: &ready.prepared });
        let placed: Vec<Placed<'_>> = placed.collect();
        let flags = (self.outputs, self.save);
        match place::mistake(flags, &placed, (project, self.reads), Stdout::of(console)) {
            Some(mistake) => Err(bad_flag(mistake, console)),
            None => Ok(ready),
        }
    }

    fn one(
        &self,
        ready: &Ready<'_>,
        (project, manner): (&Project, Manner),
        signals: &Signals,
        console: &mut Console<'_, '_>,
    ) -> Exit {
        let Ready { document, prepared, .. } = ready;
        let (clock, redactor) = (console.clock(), console.redactor());
        let done = signals.listening(|| {
            let reports = report::stage(prepared, document, manner, &redactor, &*clock);
            publish::publish((prepared, reports), project, signals, console)
        });
        let (written, waiting) = match done {
            Ok(done) => done,
            Err(exit) => {
                console.error("interrupted", None);
                return exit;
            }
        };
        let copied = publish::copy(waiting, console);
        tell(document, console);
        console.say(publish::summary(document, manner.company));
        let seen = Exit::of_document(document, self.fail_on, self.allow_partial);
        seen.max(written).max(copied)
    }
}

/// Why a result may be short, and what is odd about it.
fn tell(document: &Document, console: &mut Console<'_, '_>) {
    if document.is_incomplete() {
        for reason in &document.run.reasons {
            console.note("incomplete", reason);
        }
    }
    for warning in &document.run.warnings {
        console.note("warning", warning);
    }
}

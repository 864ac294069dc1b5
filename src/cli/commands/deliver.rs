//! One query of `lmq run`: run it, tell what happened, put the reports where they belong.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::settings;
use crate::cli::stream::Console;
use crate::portal::{FetchError, Session};
use crate::project::Project;
use crate::report::sink::{self, Draft};
use crate::report::{Document, Manner, Rendered, Target};
use crate::run::{self, Job, Outcome, Surroundings};
use crate::text::counted;

use super::watch::Watch;

/// What all queries of a run share.
pub(super) struct Delivery<'a> {
    pub(super) args: &'a RunArgs,
    pub(super) project: &'a Project,
    pub(super) session: &'a Session,
    pub(super) manner: Manner,
    /// Whether other queries print to the same stdout.
    pub(super) several: bool,
}

impl Delivery<'_> {
    /// Runs a job and delivers its reports.
    pub(super) fn run(&self, job: &Job, clock: &dyn Fn() -> i64, console: &mut Console<'_, '_>) -> Exit {
        let started = clock();
        let printed_time =
            console.world.environment.get("SOURCE_DATE_EPOCH").and_then(|text| text.parse().ok());
        let signals = console.world.signals.clone();
        let ran = {
            let watch = RefCell::new(Watch::new(console, self.session));
            let around =
                Surroundings { clock, printed_time, observe: &|event| watch.borrow_mut().see(event) };
            signals.listening(|| run::run(job, self.session, self.manner, &around))
        };
        let outcome = match ran {
            Ok(Ok(outcome)) => outcome,
            Err(exit) => {
                console.error("interrupted", None);
                return exit;
            }
            Ok(Err(error)) => {
                console.error(&error, None);
                return Exit::of_error(&error);
            }
        };
        tell(job, &outcome, console);
        let listings = Exit::of_listings(&outcome.fetched, outcome.document.is_incomplete());
        let exit = match listings {
            Exit::Credentials | Exit::Portal => {
                self.name_left_files(job, console);
                listings
            }
            Exit::Incomplete if self.args.allow_partial => self.deliver(job, &outcome, console),
            _ => listings.max(self.deliver(job, &outcome, console)),
        };
        console.say(self.summary(job, &outcome.document, clock() - started));
        exit
    }

    /// Writes files, then stdout. What is withheld is named.
    fn deliver(&self, job: &Job, outcome: &Outcome, console: &mut Console<'_, '_>) -> Exit {
        let reports = match &outcome.reports {
            Ok(reports) => reports,
            Err(error) => {
                console.error(format!("a template could not be rendered: {error}"), None);
                self.name_left_files(job, console);
                return Exit::Output;
            }
        };
        if reports.iter().any(|report| report.text.is_none()) {
            console.note(
                "withheld",
                "an output whose form cannot say that the list may be short; --allow-partial takes it",
            );
            self.name_left_files(job, console);
        }
        if let Err(error) = self.write_files(job, reports, &outcome.document) {
            console.error(&error, None);
            self.name_left_files(job, console);
            return Exit::Output;
        }
        for report in reports.iter().filter(|report| report.target == Target::Stdout) {
            let Some(text) = &report.text else { continue };
            let heading = self.several && !report.is_json;
            let heading = if heading { format!("== {} ==\n\n", job.query.name) } else { String::new() };
            let gap = if heading.is_empty() { "" } else { "\n" };
            if let Err(error) = console.out(&format!("{heading}{text}{gap}")) {
                console.error(format!("stdout: {error}"), None);
                return Exit::Output;
            }
        }
        Exit::Clean
    }

    fn write_files(
        &self,
        job: &Job,
        reports: &[Rendered],
        document: &Document,
    ) -> Result<(), sink::WriteError> {
        let saved = self.save_path(job).map(|path| (path, document.to_json()));
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for report in reports {
            if let (Target::File(path), Some(text)) = (&report.target, &report.text) {
                drafts.push(Draft { path, text, private: false });
            }
        }
        if let Some((path, text)) = &saved {
            drafts.push(Draft { path, text, private: true });
        }
        sink::write(&drafts)
    }

    fn save_path(&self, job: &Job) -> Option<PathBuf> {
        let path = self.args.save.as_ref()?;
        Some(self.project.current().join(settings::with_name(path, &job.query)))
    }

    /// Files of an earlier run, which now look newer than they are.
    fn name_left_files(&self, job: &Job, console: &mut Console<'_, '_>) {
        let targets = job.outputs.iter().filter_map(|output| match &output.target {
            Target::File(path) => Some(path.clone()),
            Target::Stdout => None,
        });
        let left: Vec<PathBuf> =
            targets.chain(self.save_path(job)).filter(|path| Path::exists(path)).collect();
        for path in left {
            console.note("note", format!("`{}` is from an earlier run", self.project.shown(&path)));
        }
    }

    /// `142 tokens, 2 listings, 3 pages, complete, 0.8 s`.
    fn summary(&self, job: &Job, document: &Document, elapsed_ms: i64) -> String {
        let name = if self.several { format!("{}: ", job.query.name) } else { String::new() };
        let shown = counted(document.count, "token");
        let of =
            if document.count == document.total { String::new() } else { format!(" of {}", document.total) };
        let pages: u32 = document.listings.iter().map(|listing| listing.pages).sum();
        let sandbox = if document.run.sandbox { ", sandbox data" } else { "" };
        format!(
            "{name}{shown}{of}, {}, {}, {}{sandbox}, {}.{} s",
            counted(document.listings.len(), "listing"),
            counted(pages as usize, "page"),
            document.run.verdict,
            elapsed_ms / 1000,
            elapsed_ms % 1000 / 100,
        )
    }
}

/// Failures at their place in the query, reasons and warnings.
fn tell(job: &Job, outcome: &Outcome, console: &mut Console<'_, '_>) {
    let users = job.query.admin_id_places.iter();
    let places: Vec<_> = users.flat_map(|place| job.query.kinds.iter().map(move |_| place)).collect();
    for (index, walked) in outcome.fetched.listings.iter().enumerate() {
        let Some(failure) = &walked.failure else { continue };
        let place = match failure {
            FetchError::NotFound(_) => places.get(index).copied().unwrap_or(&job.query.endpoint_place),
            _ => &job.query.endpoint_place,
        };
        let message = format!("{}: {failure}", walked.listing.title());
        console.failure(&message, &job.query.label(place), failure.help().as_deref());
    }
    let run = &outcome.document.run;
    if outcome.document.is_incomplete() {
        let left_out = outcome.fetched.listings.iter().filter_map(|walked| walked.failure.as_ref());
        let told: Vec<String> = left_out.map(ToString::to_string).collect();
        for reason in
            run.reasons.iter().filter(|reason| !told.iter().any(|told| reason.ends_with(told.as_str())))
        {
            console.note("incomplete", reason);
        }
    }
    for listing in &outcome.fetched.listings {
        for note in &listing.notes {
            console.note("note", format!("{}: {note}", listing.listing.title()));
        }
    }
    for warning in &run.warnings {
        console.note("warning", warning);
    }
}

//! One query of `lmq run`: run it, tell what happened, put the reports where they belong.

use std::cell::RefCell;

use crate::check::Finding;
use crate::check::diff::Kind;
use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::signal::Signals;
use crate::cli::stream::Console;
use crate::portal::{FetchError, Share, Walked};
use crate::project::Project;
use crate::report::sink::Waiting;
use crate::report::{Document, Manner};
use crate::run::{self, Job, Outcome, RunError, Surroundings};
use crate::text::{self, counted};

use super::publish;
use super::watch::Watch;

/// How a query of a run is run.
pub(super) struct Delivery<'a> {
    pub(super) args: &'a RunArgs,
    pub(super) project: &'a Project,
    pub(super) share: &'a Share<'a>,
    pub(super) manner: Manner,
    /// The run times that reports print.
    pub(super) printed_time: Option<i64>,
}

/// A query whose files are in place.
struct Done {
    exit: Exit,
    /// What is left to be copied.
    waiting: Vec<Waiting>,
    /// The line that ends what is told of it.
    summary: String,
}

impl Delivery<'_> {
    /// Runs a job and delivers its reports.
    ///
    /// A signal that comes before the files are in place leaves none of them, not even in part. What is copied to stdout after
    /// that can be ended at any time.
    pub(super) fn run(&self, job: &Job, clock: &dyn Fn() -> i64, console: &mut Console<'_, '_>) -> Exit {
        let signals = console.world.signals.clone();
        let done = match signals.listening(|| self.done(job, clock, &signals, console)) {
            Ok(Ok(done)) => done,
            Err(exit) => {
                console.error("interrupted", None);
                return exit;
            }
            Ok(Err(error)) => {
                let help = match &error {
                    RunError::Incomparable(error) => error.help(),
                    RunError::Portal(_) => None,
                };
                console.error(&error, help);
                return Exit::of_run(&error);
            }
        };
        let exit = done.exit.max(publish::copy(done.waiting, console));
        console.say(done.summary);
        exit
    }

    /// Runs a job and puts its files in place.
    fn done(
        &self,
        job: &Job,
        clock: &dyn Fn() -> i64,
        signals: &Signals,
        console: &mut Console<'_, '_>,
    ) -> Result<Done, RunError> {
        let started = clock();
        let outcome = self.outcome(job, clock, console)?;
        tell_findings(job, &outcome.document, console);
        tell(job, &outcome, console);
        let found = Exit::of_findings(&outcome.document.findings, self.args.fail_on);
        let listings = Exit::of_listings(&outcome.fetched, outcome.document.is_incomplete());
        let (exit, waiting) = match listings {
            Exit::Credentials | Exit::Portal => {
                publish::name_left_files(&job.outputs, self.project, console);
                match outcome.reports {
                    Ok(staged) => {
                        let reports = (&job.outputs[..], Ok(staged.of_failure()));
                        let (_, waiting) = publish::publish(reports, self.project, signals, console);
                        (listings, waiting)
                    }
                    Err(_) => (listings, Vec::new()),
                }
            }
            _ => {
                let reports = (&job.outputs[..], outcome.reports);
                let (written, waiting) = publish::publish(reports, self.project, signals, console);
                let partial = listings == Exit::Incomplete && self.args.allow_partial;
                let seen = if partial { Exit::Clean } else { listings };
                (seen.max(written).max(found), waiting)
            }
        };
        let summary = publish::summary(&outcome.document, self.manner.company);
        let elapsed_ms = clock() - started;
        let summary = format!("{summary}, {}.{} s", elapsed_ms / 1000, elapsed_ms % 1000 / 100);
        Ok(Done { exit, waiting, summary })
    }

    fn outcome(
        &self,
        job: &Job,
        clock: &dyn Fn() -> i64,
        console: &mut Console<'_, '_>,
    ) -> Result<Outcome, RunError> {
        let redactor = console.redactor();
        let watch = RefCell::new(Watch::new(console, self.share, self.args.progress));
        let around = Surroundings {
            clock,
            printed_time: self.printed_time,
            observe: &|event| watch.borrow_mut().see(event),
            redactor: &redactor,
        };
        let outcome = run::run(job, self.share, self.manner, &around);
        watch.into_inner().end();
        outcome
    }
}

/// Findings of one expectation that are told word by word. All of them are in the report.
const MOST_TOLD: usize = 5;
/// Characters of a message that are told.
const MOST_WORDS: usize = 300;

/// What was found, an expectation at a time, at its place in the query.
fn tell_findings(job: &Job, document: &Document, console: &mut Console<'_, '_>) {
    let several = document.whole() > 1;
    let words = |finding: &Finding| {
        let portal = if several { format!("{}: ", finding.portal) } else { String::new() };
        portal + &text::shortened(&text::one_line(&finding.message), MOST_WORDS)
    };
    let mut left = document.findings.as_slice();
    while let Some(first) = left.first() {
        let count = left.iter().take_while(|finding| finding.id == first.id).count();
        let (own, rest) = left.split_at(count);
        left = rest;
        let kind = Kind::of(&first.id);
        let place = match job.query.expect.iter().find(|expectation| expectation.id == first.id) {
            Some(expectation) => &expectation.place,
            None if kind.is_some() => &job.query.endpoint_place,
            None => continue,
        };
        let label = job.query.label(place);
        let by = (first.severity, first.id.as_str());
        if let [finding] = own {
            console.finding(by, &words(finding), &label, &[]);
            continue;
        }
        let mut notes: Vec<String> = own.iter().take(MOST_TOLD).map(words).collect();
        if count > MOST_TOLD {
            notes.push(format!("and {} more", count - MOST_TOLD));
        }
        let told = match kind {
            Some(kind) => format!("{} {}", counted(count, "token"), kind.name()),
            None => counted(count, "finding"),
        };
        console.finding(by, &told, &label, &notes);
    }
}

/// Failures at their place in the query, reasons and warnings.
fn tell(job: &Job, outcome: &Outcome, console: &mut Console<'_, '_>) {
    let users = job.query.admin_id_places.iter();
    let places: Vec<_> = users.flat_map(|place| job.query.kinds.iter().map(move |_| place)).collect();
    let several = outcome.document.whole() > 1;
    let portal = |walked: &Walked| if several { format!("{}: ", walked.portal) } else { String::new() };
    for (index, walked) in outcome.fetched.listings.iter().enumerate() {
        let Some(failure) = &walked.failure else { continue };
        let place = match failure {
            // Each portal has the listings of the query, in their order.
            FetchError::NotFound(_) if !places.is_empty() => places[index % places.len()],
            _ => &job.query.endpoint_place,
        };
        let message = format!("{}{}: {failure}", portal(walked), walked.listing.title());
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
    for walked in &outcome.fetched.listings {
        for note in &walked.notes {
            console.note("note", format!("{}{}: {note}", portal(walked), walked.listing.title()));
        }
    }
    for warning in &run.warnings {
        console.note("warning", warning);
    }
}

//! The whole story of one query: spec → plan → portal → shape → report.

use std::collections::BTreeSet;

use crate::auth::Redactor;
use crate::plan::plan;
use crate::portal::{Event, Fetched, PortalError, Session};
use crate::report::{self, Document, Manner, Prepared, ReportError, Staged, Times};
use crate::shape::shape;
use crate::spec::Query;

/// A query that is ready to run: valid, its templates checked.
#[derive(Debug)]
pub struct Job {
    /// The query.
    pub query: Query,
    /// Its outputs.
    pub outputs: Vec<Prepared>,
    /// Fields that its templates read.
    pub fields: BTreeSet<String>,
}

/// What a run brought.
#[derive(Debug)]
pub struct Outcome {
    /// The result.
    pub document: Document,
    /// Its reports, ready to be put in place.
    pub reports: Result<Staged, ReportError>,
    /// The listings, for the exit code and for messages; their rows are in the document.
    pub fetched: Fetched,
}

/// The clock, who listens, and what nobody may see.
pub struct Surroundings<'a> {
    /// Milliseconds since 1970: signatures and ages.
    pub clock: &'a dyn Fn() -> i64,
    /// What `SOURCE_DATE_EPOCH` says, in epoch seconds: the printed run times, and nothing else.
    pub printed_time: Option<i64>,
    /// Told of each page.
    pub observe: &'a dyn Fn(&Event<'_>),
    /// Knows the secrets that no report may have.
    pub redactor: &'a Redactor,
}

/// Runs a job against the portals of a session.
///
/// # Errors
/// When the run was interrupted. Failed listings are in the outcome.
pub fn run(
    job: &Job,
    session: &Session,
    manner: Manner,
    around: &Surroundings<'_>,
) -> Result<Outcome, PortalError> {
    let now = (around.clock)().div_euclid(1000);
    let plan = plan(&job.query, &job.fields, now);
    let mut fetched = session.fetch(&plan, around.observe, None)?;
    let mut shaped = shape(&job.query, &plan, &mut fetched.listings, now);
    fetched.reasons.append(&mut shaped.reasons);
    let finished = (around.clock)().div_euclid(1000);
    let printed = |seconds: i64| rfc3339(around.printed_time.unwrap_or(seconds));
    let times = Times { started_at: printed(now), finished_at: printed(finished), now };
    let document = Document::new(&job.query, &plan, session.portals(), &fetched, shaped, times);
    let document = document.redacted(around.redactor);
    let reports = report::stage(&job.outputs, &document, manner, around.redactor);
    Ok(Outcome { document, reports, fetched })
}

fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

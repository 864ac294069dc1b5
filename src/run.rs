//! The whole story of one query: spec → plan → portal → shape → check → report.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::auth::Redactor;
use crate::catalog::Field;
use crate::check::{Asked, Checked, Extent, FindingPlace, Subject, check};
use crate::plan::{Part, Plan, plan};
use crate::portal::{Batch, Event, Fetched, Portal, PortalError, Share, Verdict};
use crate::report::{
    self, Document, Earlier, Incomparable, Manner, Message, Prepared, ReportError, Staged, Stream, Times,
};
use crate::shape::{Shaped, Shaper, shape};
use crate::spec::{Query, SortKey, Waiver};

/// A query that is ready to run: valid, its templates checked.
#[derive(Debug)]
pub struct Job {
    /// The query.
    pub query: Query,
    /// Its outputs.
    pub outputs: Vec<Prepared>,
    /// What the findings of each of its expectations say.
    pub messages: Vec<Message>,
    /// What of them is accepted.
    pub waivers: Vec<Waiver>,
    /// Fields that its templates, messages, waivers and baseline read.
    pub fields: BTreeSet<String>,
    /// The earlier result that this one is held against.
    pub baseline: Option<Earlier>,
}

/// Why a run has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It was interrupted, or could not begin.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// What came cannot be held against the baseline.
    #[error(transparent)]
    Incomparable(#[from] Incomparable),
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

/// Runs a job against its share of the portals.
///
/// # Errors
/// When the run was interrupted, and when its result cannot be compared with the baseline. Failed listings are in the outcome.
pub fn run(
    job: &Job,
    share: &Share<'_>,
    manner: Manner,
    around: &Surroundings<'_>,
) -> Result<Outcome, RunError> {
    let now = (around.clock)().div_euclid(1000);
    let plan = plan(&job.query, &job.fields, now);
    let (mut fetched, mut shaped, stream) = if let Some(stream) = stream(job, &plan, share, around.redactor) {
        flow(job, &plan, share, stream, (now, around.observe))?
    } else {
        let mut fetched = share.fetch(&plan, around.observe, None)?;
        let shaped = shape(&job.query, &plan, &mut fetched.listings, now);
        (fetched, shaped, None)
    };
    fetched.reasons.append(&mut shaped.reasons);
    let mut checked = checked(job, share, &fetched, &shaped, now);
    fetched.reasons.append(&mut checked.reasons);
    shaped.warnings.append(&mut checked.warnings);
    let shaped = if stream.is_none() { shaped.part(&job.query) } else { shaped };
    let finished = (around.clock)().div_euclid(1000);
    let printed = |seconds: i64| rfc3339(around.printed_time.unwrap_or(seconds));
    let times = Times { started_at: printed(now), finished_at: printed(finished), now };
    let document = Document::new(&job.query, &plan, share, &fetched, shaped, times);
    let document = compared(job, document.with(checked), &fetched)?.redacted(around.redactor);
    let reports = match stream {
        Some(stream) => stream.finish(document.is_incomplete() && !manner.allow_partial),
        None => report::stage(&job.outputs, &document, manner, around.redactor, around.clock),
    };
    Ok(Outcome { document, reports, fetched })
}

/// The document held against the baseline. Where no portal gave an answer there is nothing to compare.
fn compared(job: &Job, document: Document, fetched: &Fetched) -> Result<Document, Incomparable> {
    let answered = fetched.listings.iter().any(|walked| walked.failure.is_none());
    match job.baseline.as_ref().filter(|_| answered) {
        Some(earlier) => document.against(earlier, &FindingPlace::of(&job.query, &job.query.endpoint_place)),
        None => Ok(document),
    }
}

/// What the expectations find. A portal of which a listing is short, or a run that is, has perhaps more rows.
fn checked(job: &Job, share: &Share<'_>, fetched: &Fetched, shaped: &Shaped, now: i64) -> Checked {
    let asked = |portal: &Portal| {
        let mut own = fetched.listings.iter().filter(|walked| *walked.portal == *portal.name);
        let short = !fetched.reasons.is_empty() || own.any(|walked| walked.verdict() == Verdict::Incomplete);
        let rows = if short { Extent::Partial } else { Extent::Whole };
        Asked { portal: portal.name.clone(), rows }
    };
    let portals: Vec<Asked> = share.portals().map(asked).collect();
    let say = |index: usize, about: &Subject<'_>| match job.messages.get(index) {
        Some(message) => message.about(about, now).map_err(|error| error.to_string()),
        None => unreachable!("a job has a message for each expectation of its query"),
    };
    check(&job.query, (&shaped.rows, &shaped.layout), (&portals, share.whole()), (&job.waivers, now), &say)
}

/// Drafts for rows that are written as they come, where nothing needs all of them: one listing, in its own order, whole. A shard's
/// rows have a column for the portal.
fn stream<'a>(job: &'a Job, plan: &Plan, share: &Share<'_>, redactor: &'a Redactor) -> Option<Stream<'a>> {
    let query = &job.query;
    let in_order =
        matches!(&query.sort[..], [] | [SortKey { field: Field { name: "id", .. }, descending: false }]);
    let alone = plan.listings.len() == 1 && share.portals().count() == 1 && share.whole() == 1;
    let whole = !query.is_limited() && query.select.is_none() && query.expect.is_empty();
    let flows = in_order && alone && whole && job.baseline.is_none() && !job.outputs.is_empty();
    flows.then(|| Stream::open(&job.outputs, &query.columns, &plan.layout, redactor)).flatten()
}

/// Writes the rows while they come in. They are not kept: of a row that is sent twice the first copy stays.
fn flow<'a>(
    job: &Job,
    plan: &Plan,
    share: &Share<'_>,
    stream: Stream<'a>,
    (now, observe): (i64, &dyn Fn(&Event<'_>)),
) -> Result<(Fetched, Shaped, Option<Stream<'a>>), PortalError> {
    let portal = share.portals().next().map_or("", |portal| &portal.name);
    let kind = plan.listings[0].kind;
    let state = RefCell::new((Shaper::new(&job.query, plan, portal, now), stream, 0));
    let hand = |batch: Batch| {
        let (shaper, stream, count) = &mut *state.borrow_mut();
        if batch.restarted {
            *shaper = Shaper::new(&job.query, plan, portal, now);
            *count = 0;
            stream.restart();
        }
        for row in batch.rows.into_iter().filter_map(|row| shaper.row(row, kind)) {
            *count += 1;
            stream.row(&row);
        }
    };
    let fetched = share.fetch(plan, observe, Some(&hand))?;
    let (mut taken, stream, count) = state.into_inner();
    taken.end(&plan.listings[0], Part::ALL, None);
    let (warnings, reasons) = taken.finish();
    let shaped = Shaped {
        layout: Arc::clone(&plan.layout),
        rows: Vec::new(),
        count,
        total: count,
        before: 0,
        by_listing: vec![count],
        warnings,
        reasons,
    };
    Ok((fetched, shaped, Some(stream)))
}

fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

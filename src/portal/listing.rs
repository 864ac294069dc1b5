//! One listing walked to its end, and what its rows are worth.
//!
//! A filter that gives no rows is asked once more without it, and lmq decides.

use std::cell::Cell;
use std::sync::Arc;

use super::ahead::Ahead;
use super::ask::{Asker, Observe};
use super::error::FetchError;
use super::verify::{Sight, Verify};
use super::walk::{self, Walk};
use super::{Access, Batch, BearerListing, Event, Hand, Walked};
use crate::auth::Credentials;
use crate::filter::Matcher;
use crate::plan::{Listing, Part, Plan};
use crate::row::Layout;
use crate::spec::TokenKind;
use crate::text::counted;

/// Rows a request where nobody chose.
const PAGE: u32 = 1000;
/// How many pages are asked for or held ahead, for each request that may be in flight.
const AHEAD: usize = 1;

/// What the listings of one fetch share.
pub(super) struct Around<'a> {
    pub(super) plan: &'a Plan,
    pub(super) observe: Observe<'a>,
    /// Takes the rows as they come; without it they are kept.
    pub(super) hand: Option<Hand<'a>>,
    /// The rows of a listing that are wanted.
    pub(super) part: Part,
    pub(super) max_rows: Option<u64>,
    /// Rows of all listings so far.
    pub(super) rows: Cell<u64>,
}

impl Around<'_> {
    /// Counts the rows of a walk anew; whether there are more than allowed.
    fn count(&self, before: u64, after: u64) -> Option<FetchError> {
        self.rows.set((self.rows.get() + after).saturating_sub(before));
        self.max_rows.filter(|most| self.rows.get() > *most).map(FetchError::TooManyRows)
    }
}

/// A listing that brought nothing, and why.
pub(super) fn failed(portal: &str, listing: &Listing, error: FetchError) -> Walked {
    Walked { reasons: vec![error.to_string()], failure: Some(error), ..Walked::nothing(portal, listing) }
}

/// Fetches a listing, and says whether the caller's own token was in it.
pub(super) async fn fetch(asker: &Asker, listing: &Listing, around: &Around<'_>) -> (Walked, Sight) {
    let mut found = through(asker, listing, around, around.part).await;
    if found.walk.part_unclear || (around.part != Part::ALL && found.needs_all(around.plan)) {
        // A part is of the only listing, whose rows are counted anew.
        around.rows.set(0);
        found = through(asker, listing, around, Part::ALL).await;
    }
    let sight = found.verify.sight();
    let mut walked = match (found.walk, found.error) {
        (walk::Walked { pages: 0, .. }, Some(error)) if is_unlicensed(asker, listing, &error) => {
            let note = format!("none, by `bearer: unlicensed`: {error}");
            Walked { notes: vec![note], ..Walked::nothing(&asker.portal.name, listing) }
        }
        (walk::Walked { pages: 0, .. }, Some(error)) if !error.is_bound() => {
            return (failed(&asker.portal.name, listing, error), Sight::Unknown);
        }
        (walk, _) => Walked {
            rows: walk.rows,
            rows_read: found.verify.rows,
            pages: walk.pages,
            total: walk.total,
            reasons: walk.reasons,
            notes: walk.notes,
            part: found.part,
            ..Walked::nothing(&asker.portal.name, listing)
        },
    };
    walked.found_fields = found.verify.found_fields().collect();
    walked.notes.extend(permission_note(around.plan, listing));
    walked.reasons.extend(found.verify.reasons());
    let nothing = walked.rows_read == 0 && walked.part.offset == 0 && walked.pages > 0;
    if listing.filter.is_some() && nothing && walked.reasons.is_empty() {
        look_without_filter(asker, &mut walked, around).await;
    }
    (walked, sight)
}

/// A walk with what its rows showed.
struct Found<'a> {
    walk: walk::Walked,
    error: Option<FetchError>,
    verify: Verify<'a>,
    part: Part,
}

impl Found<'_> {
    /// Whether rows came that lmq does not take: then a part of what the portal lists is not that part of the rows. And whether
    /// none came where the portal does not count any: then it is not the part that is empty.
    fn needs_all(&self, plan: &Plan) -> bool {
        let matcher = Matcher::new(&plan.conditions, &plan.layout);
        let uncounted = self.part.offset > 0 && self.walk.total.is_none_or(|total| total == 0);
        (uncounted && self.walk.rows.is_empty() && self.error.is_none())
            || self.walk.rows.iter().any(|row| !matcher.matches(row))
    }
}

async fn through<'a>(asker: &'a Asker, listing: &Listing, around: &'a Around<'_>, part: Part) -> Found<'a> {
    let access_id = match &asker.portal.access {
        Access::Granted(Credentials::Lmv1 { access_id, .. }) => Some(access_id.as_str()),
        _ => None,
    };
    let mut verify = Verify::new(around.plan, listing, access_id);
    let mut counted_rows = 0;
    let take = |walk: &mut Walk| {
        let before = std::mem::replace(&mut counted_rows, walk.seen());
        if let Some(hand) = around.hand {
            let batch = walk.settle();
            if batch.restarted {
                verify = Verify::new(around.plan, listing, access_id);
            }
            batch.rows.iter().chain(&batch.late).for_each(|row| verify.look(row));
            hand(batch);
        }
        around.count(before, walk.seen())
    };
    let (walk, error) =
        walk_through(asker, listing, &around.plan.layout, (around.plan.size, part), around.observe, take)
            .await;
    walk.rows.iter().for_each(|row| verify.look(row));
    let id = around.plan.layout.index("id").expect("every layout has an id");
    let mut found = Found { walk, error, verify, part };
    if let Some(hand) = around.hand {
        let mut rows = std::mem::take(&mut found.walk.rows);
        // What the walk has not settled may be in another order.
        rows.sort_by_key(|row| row.cell(id).as_int());
        hand(Batch { rows, ..Batch::default() });
    } else if let Some(most) = around.max_rows.and_then(|most| usize::try_from(most).ok()) {
        found.walk.rows.truncate(most);
    }
    found
}

/// Walks a listing to its end, or to the error that ended it; `take` looks at the walk after each page, and may end it.
async fn walk_through(
    asker: &Asker,
    listing: &Listing,
    layout: &Arc<Layout>,
    (size, part): (u32, Part),
    observe: Observe<'_>,
    mut take: impl FnMut(&mut Walk) -> Option<FetchError>,
) -> (walk::Walked, Option<FetchError>) {
    let id = layout.index("id").expect("every layout has an id");
    let mut walk = Walk::new(size, id, part);
    let mut ahead = Ahead::default();
    while let Some(step) = walk.step() {
        let likely: Vec<_> = walk.ahead().take(AHEAD * asker.concurrency()).collect();
        let given_up = ahead.keep(|kept| kept == step || likely.contains(&kept));
        walk.waste(u32::try_from(given_up).unwrap_or(u32::MAX));
        for wanted in std::iter::once(step).chain(likely) {
            if !ahead.has(wanted) {
                ahead.add(wanted, asker.page(listing, wanted, layout, observe));
            }
        }
        let stopped = match ahead.page(step).await {
            Ok(page) => {
                let (rows, total) = (page.rows.len(), page.total);
                walk.accept(page);
                let (portal, number) = (&*asker.portal.name, walk.pages());
                observe(&Event::Page { portal, listing, number, rows, total });
                take(&mut walk)
            }
            Err(error) => Some(error),
        };
        if let Some(error) = stopped {
            walk.fail(&format!("after {}: {error}", counted(walk.pages() as usize, "page")));
            return (walk.finish(), Some(error));
        }
    }
    (walk.finish(), None)
}

/// Walks a listing for its own sake.
pub(super) async fn walk_all(
    asker: &Asker,
    listing: &Listing,
    layout: &Arc<Layout>,
    observe: Observe<'_>,
) -> (walk::Walked, Option<FetchError>) {
    walk_through(asker, listing, layout, (PAGE, Part::ALL), observe, |_| None).await
}

/// Whether the portal has no bearer tokens to list, and its configuration says so.
fn is_unlicensed(asker: &Asker, listing: &Listing, error: &FetchError) -> bool {
    listing.kind == TokenKind::Bearer
        && asker.portal.bearer == BearerListing::Unlicensed
        && error.says_not_enabled()
}

/// What `permission` does to one of several listings: it narrows bearer tokens alone.
fn permission_note(plan: &Plan, listing: &Listing) -> Option<String> {
    match listing.permission {
        _ if plan.listings.len() == 1 => None,
        Some(permission) => {
            Some(format!("narrowed by `permission: {}` to owners who have it", permission.name()))
        }
        None if plan.listings.iter().any(|other| other.permission.is_some()) => {
            Some("`permission` does not narrow LMv1 tokens".to_owned())
        }
        None => None,
    }
}

/// No rows with a filter: is it that nothing matches, or that the portal reads the filter otherwise?
async fn look_without_filter(asker: &Asker, walked: &mut Walked, around: &Around<'_>) {
    let plan = around.plan;
    let unfiltered = walked.listing.unfiltered();
    let take =
        |walk: &mut Walk| around.max_rows.filter(|most| walk.seen() > *most).map(FetchError::TooManyRows);
    let sized = (plan.size, Part::ALL);
    let (mut all, _) = walk_through(asker, &unfiltered, &plan.layout, sized, around.observe, take).await;
    walked.pages += all.pages;
    if !all.reasons.is_empty() {
        let reasons = all.reasons.join("; ");
        walked
            .reasons
            .push(format!("no rows with the filter, and without it the list is not whole: {reasons}"));
    }
    let sent_only = Plan { conditions: plan.sent.clone(), sent: Vec::new(), ..plan.clone() };
    let mut verify = Verify::new(&sent_only, &unfiltered, None);
    all.rows.iter().for_each(|row| verify.look(row));
    walked.reasons.extend(verify.reasons());
    // By what was sent alone: what lmq derives is not in the rows yet.
    let matcher = Matcher::new(&plan.sent, &plan.layout);
    all.rows.retain(|row| matcher.matches(row));
    if !all.rows.is_empty() {
        walked.reasons.push(format!(
            "the portal misread the filter `{}`: it gave no rows, and {} without it",
            walked.listing.filter_shown.as_deref().unwrap_or_default(),
            if all.rows.len() == 1 {
                "1 row matches".to_owned()
            } else {
                format!("{} rows match", all.rows.len())
            },
        ));
        walked.rows_read = all.rows.len();
        match around.hand {
            Some(hand) => hand(Batch { rows: all.rows, ..Batch::default() }),
            None => walked.rows = all.rows,
        }
    }
}

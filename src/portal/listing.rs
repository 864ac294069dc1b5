//! Listings walked to their end, and their rows held against what was asked.
//!
//! Every condition that was sent is decided again on the rows that came: a row that breaks one (case aside) means that the
//! portal ignored it. A filter that gives no rows is asked once more without it, and lmq decides.

use std::cell::Cell;

use tokio::time::{Instant, timeout_at};

use super::client::Client;
use super::error::FetchError;
use super::walk::{self, Walk};
use super::{Event, Fetched, Walked};
use crate::filter::{Condition, Matcher};
use crate::plan::{Listing, Plan};
use crate::row::{self, Layout, Name, Row};
use crate::text::counted;

/// What the walks of one run share.
struct Context<'a> {
    plan: &'a Plan,
    client: &'a Client<'a>,
    deadline: Option<Instant>,
    observe: &'a dyn Fn(&Event<'_>),
    /// Whether the portal refused the credentials, on whatever page.
    refused: Cell<bool>,
}

/// All listings of a plan, in its order. After a refusal nothing more is asked: repeated failures lock a token.
pub(super) async fn fetch_all(
    plan: &Plan,
    client: &Client<'_>,
    deadline: Option<Instant>,
    observe: &dyn Fn(&Event<'_>),
) -> Fetched {
    let context = Context { plan, client, deadline, observe, refused: Cell::new(false) };
    let mut fetched = Fetched { listings: Vec::new(), requests: 0, reasons: Vec::new(), refused: false };
    for listing in &plan.listings {
        let walked = if context.refused.get() {
            failed(listing, FetchError::Skipped)
        } else {
            context.fetch(listing, &mut fetched.requests).await
        };
        fetched.listings.push(walked);
    }
    fetched.refused = context.refused.get();
    fetched.reasons = absent_everywhere(plan, &fetched.listings);
    fetched
}

fn failed(listing: &Listing, error: FetchError) -> Walked {
    Walked {
        listing: listing.clone(),
        rows: Vec::new(),
        pages: 0,
        total: None,
        reasons: vec![error.to_string()],
        notes: Vec::new(),
        failure: Some(error),
    }
}

impl Context<'_> {
    async fn fetch(&self, listing: &Listing, requests: &mut u32) -> Walked {
        let (walk, error) = self.walk(listing, requests).await;
        let mut walked = match (walk, error) {
            (walk::Walked { pages: 0, .. }, Some(error)) if error != FetchError::OutOfTime => {
                return failed(listing, error);
            }
            (walk, _) => Walked {
                listing: listing.clone(),
                rows: walk.rows,
                pages: walk.pages,
                total: walk.total,
                reasons: walk.reasons,
                notes: walk.notes,
                failure: None,
            },
        };
        walked.notes.extend(self.permission_note(listing));
        walked.reasons.extend(broken_conditions(&self.plan.sent, &walked.rows, &self.plan.layout));
        walked.reasons.extend(mistyped(&self.plan.conditions, &walked.rows, &self.plan.layout));
        if listing.filter.is_some() && walked.rows.is_empty() && walked.reasons.is_empty() {
            self.look_without_filter(&mut walked, requests).await;
        }
        walked
    }

    /// What `permission` does to one of several listings: it narrows bearer tokens alone.
    fn permission_note(&self, listing: &Listing) -> Option<String> {
        match listing.permission {
            _ if self.plan.listings.len() == 1 => None,
            Some(permission) => {
                Some(format!("narrowed by `permission: {}` to owners who have it", permission.name()))
            }
            None if self.plan.listings.iter().any(|other| other.permission.is_some()) => {
                Some("`permission` does not narrow LMv1 tokens".to_owned())
            }
            None => None,
        }
    }

    /// Walks a listing to its end, or to the error that ended it.
    async fn walk(&self, listing: &Listing, requests: &mut u32) -> (walk::Walked, Option<FetchError>) {
        let id = self.plan.layout.index("id").expect("every layout has an id");
        let mut walk = Walk::new(self.plan.size, id);
        while let Some(step) = walk.step() {
            let query = listing.query_string(step.offset, step.size);
            (self.observe)(&Event::Request { path: &listing.path, query: &query });
            match self.in_time(self.client.page(&listing.path, &query, &self.plan.layout), requests).await {
                Ok(page) => {
                    let (rows, total) = (page.rows.len(), page.total);
                    walk.accept(page);
                    (self.observe)(&Event::Page { listing, number: walk.pages(), rows, total });
                }
                Err(error) => {
                    self.refused.set(self.refused.get() || error.is_refusal());
                    walk.fail(&format!("after {}: {error}", counted(walk.pages() as usize, "page")));
                    return (walk.finish(), Some(error));
                }
            }
        }
        (walk.finish(), None)
    }

    /// Sends a request and counts it, unless the time is over.
    async fn in_time<T>(
        &self,
        request: impl Future<Output = Result<T, FetchError>>,
        requests: &mut u32,
    ) -> Result<T, FetchError> {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(FetchError::OutOfTime);
        }
        *requests += 1;
        match self.deadline {
            None => request.await,
            Some(deadline) => timeout_at(deadline, request).await.unwrap_or(Err(FetchError::OutOfTime)),
        }
    }

    /// No rows with a filter: is it that nothing matches, or that the portal reads the filter otherwise?
    async fn look_without_filter(&self, walked: &mut Walked, requests: &mut u32) {
        let (mut all, _) = self.walk(&walked.listing.unfiltered(), requests).await;
        walked.pages += all.pages;
        if !all.reasons.is_empty() {
            let reasons = all.reasons.join("; ");
            walked
                .reasons
                .push(format!("no rows with the filter, and without it the list is not whole: {reasons}"));
        }
        walked.reasons.extend(mistyped(&self.plan.sent, &all.rows, &self.plan.layout));
        // By what was sent alone: what lmq derives is not in the rows yet.
        let matcher = Matcher::new(&self.plan.sent, &self.plan.layout);
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
            walked.rows = all.rows;
        }
    }
}

/// Rows that break a condition that was sent, case aside.
fn broken_conditions(sent: &[Condition], rows: &[Row], layout: &Layout) -> Vec<String> {
    let mut reasons = Vec::new();
    for condition in sent {
        let matcher = Matcher::new([condition], layout).ignoring_case();
        let mut broken = rows.iter().filter(|row| !matcher.matches(row));
        if let Some(first) = broken.next() {
            let others = broken.count();
            let more = if others == 0 { String::new() } else { format!(" and {others} more") };
            let id = token(first, layout);
            reasons
                .push(format!("the portal ignored the filter `{condition}`: {id}{more} came all the same"));
        }
    }
    reasons
}

/// Rows on which a condition cannot be decided, because a value has another type than documented.
fn mistyped(conditions: &[Condition], rows: &[Row], layout: &Layout) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for leaf in conditions.iter().flat_map(Condition::leaves) {
        let Some(index) = layout.index(leaf.field.name) else { continue };
        let Some(row) = rows.iter().find(|row| matches!(row.cell(index), row::Cell::Other(_))) else {
            continue;
        };
        let value = row.cell(index).to_json();
        let value = crate::text::shortened(&value.to_string(), 40).into_owned();
        let reason = format!(
            "`{}` of {} is no {} but `{value}`, so the filter on it proves nothing",
            leaf.field.name,
            token(row, layout),
            leaf.field.kind.name()
        );
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

fn token(row: &Row, layout: &Layout) -> String {
    let id = layout.index("id").and_then(|index| row.cell(index).as_int());
    id.map_or_else(|| "a token without id".to_owned(), |id| format!("token {id}"))
}

/// Fields that only the query knows and that no row has: perhaps a slip of the pen.
fn absent_everywhere(plan: &Plan, listings: &[Walked]) -> Vec<String> {
    if listings.iter().all(|walked| walked.rows.is_empty()) {
        return Vec::new();
    }
    let absent = |name: &&Name| {
        let index = plan.layout.index(name.as_str());
        let index = index.expect("the name is from the layout");
        listings.iter().flat_map(|walked| &walked.rows).all(|row| *row.cell(index) == row::Cell::Null)
    };
    let unknown = plan.layout.names().iter().filter(|name| matches!(name, Name::Unknown(_)));
    unknown
        .filter(absent)
        .map(|name| format!("no row has the field `{}` of `unknownFields`", name.as_str()))
        .collect()
}

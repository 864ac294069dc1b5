//! What one query asks of a session: all its portals, or those that it was dealt; and the walk of its listings on them.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use super::ask::{Asker, Observe};
use super::error::{FetchError, PortalError};
use super::listing::{self, Around};
use super::session::Session;
use super::verify::Sight;
use super::{Access, Event, Fetched, Hand, Portal, Walked};
use crate::plan::{Dealt, Part, Plan};
use crate::row::{self, Layout, Name, Row};
use crate::spec::TokenKind;

/// Connections of all portals together, at most: a process may have 256 files open where little is allowed.
const CONNECTIONS: usize = 200;
/// How often those who watch a run are told that time goes by.
const TICK: Duration = Duration::from_millis(100);

/// The portals of a session that one query asks.
pub struct Share<'s> {
    session: &'s Session,
    askers: Vec<&'s Asker>,
    dealt: Option<Dealt>,
}

impl<'s> Share<'s> {
    pub(super) fn new(session: &'s Session, askers: Vec<&'s Asker>, dealt: Option<Dealt>) -> Self {
        Self { session, askers, dealt }
    }

    /// The portals, in the order they were named.
    pub fn portals(&self) -> impl Iterator<Item = &Portal> {
        self.askers.iter().map(|asker| &*asker.portal)
    }

    /// The hand they are, where the run is a shard.
    #[must_use]
    pub fn dealt(&self) -> Option<&Dealt> {
        self.dealt.as_ref()
    }

    /// How many portals the run asks, those of other shards too.
    #[must_use]
    pub fn whole(&self) -> usize {
        self.dealt.as_ref().map_or(self.askers.len(), |dealt| dealt.of)
    }

    /// Walks every listing of a plan on each of the portals. Rows go to `hand` as they come where there is one, else they are kept.
    ///
    /// # Errors
    /// When the run was interrupted. A listing that fails is no error: it carries its failure.
    ///
    /// # Panics
    /// Never: the runtime lives as long as the session.
    pub fn fetch(
        &self,
        plan: &Plan,
        observe: Observe<'_>,
        hand: Option<Hand<'_>>,
    ) -> Result<Fetched, PortalError> {
        let part = match plan.part {
            Some(part) if self.askers.len() == 1 => part,
            _ => Part::ALL,
        };
        let max_rows = self.session.limits.max_rows;
        let around = Around { plan, observe, hand, part, max_rows, rows: Cell::new(0) };
        let runtime = self.session.runtime.as_ref().expect("it is there until the session is dropped");
        runtime.block_on(async {
            let ticking = async {
                let mut ticks = tokio::time::interval(TICK);
                loop {
                    ticks.tick().await;
                    observe(&Event::Tick);
                }
            };
            tokio::select! {
                interrupt = self.session.interrupts.next() => Err(PortalError::Interrupted(interrupt)),
                () = ticking => unreachable!("time goes on for ever"),
                fetched = self.fetch_all(&around) => Ok(fetched),
            }
        })
    }

    async fn fetch_all(&self, around: &Around<'_>) -> Fetched {
        let at_once = (CONNECTIONS / (self.session.limits.concurrency as usize + 1)).max(1);
        let crowded = self.askers.len() > at_once;
        let walked = side_by_side(self.askers.len(), at_once, async |index| {
            let asker = self.askers[index];
            let walked = fetch_portal(asker, around).await;
            if crowded {
                asker.disconnect();
            }
            walked
        })
        .await;
        let mut fetched = Fetched { listings: walked.into_iter().flatten().collect(), ..Fetched::default() };
        for asker in &self.askers {
            let counted = asker.take_counted();
            fetched.sandbox |= asker.is_sandbox();
            fetched.requests += counted.requests;
            fetched.waited += counted.waited;
        }
        fetched.reasons = absent_everywhere(around.plan, &fetched.listings);
        fetched
    }
}

/// All listings of one portal.
async fn fetch_portal(asker: &Asker, around: &Around<'_>) -> Vec<Walked> {
    let listings = &around.plan.listings;
    let portal = &*asker.portal.name;
    if let Access::Missing { why, help } = &asker.portal.access {
        let error = FetchError::NoCredentials { why: why.clone(), help: help.clone() };
        return listings.iter().map(|listing| listing::failed(portal, listing, error.clone())).collect();
    }
    let mut walked = side_by_side(listings.len(), asker.concurrency(), async |index| {
        let listing = &listings[index];
        (around.observe)(&Event::Begun { portal, listing });
        let found = if asker.is_refused() {
            (listing::failed(portal, listing, FetchError::Skipped), Sight::Unknown)
        } else {
            listing::fetch(asker, listing, around).await
        };
        (around.observe)(&Event::Ended { portal, listing });
        found
    })
    .await;
    doubt_kinds(&mut walked, &around.plan.layout);
    asker.cover(&mut walked, around.observe).await;
    asker.free();
    walked.into_iter().map(|(walked, _)| walked).collect()
}

/// A portal that ignores `type` gives one list for both kinds: ids may collide, ids and access ids together not.
fn doubt_kinds(walked: &mut [(Walked, Sight)], layout: &Layout) {
    let (Some(id), Some(access_id)) = (layout.index("id"), layout.fetched_index("accessId")) else { return };
    let of = |kind| walked.iter().map(|(walked, _)| walked).filter(move |walked| walked.listing.kind == kind);
    if of(TokenKind::Lmv1).next().is_none() || of(TokenKind::Bearer).next().is_none() {
        return;
    }
    let key = |row: &Row| match (row.cell(id), row.cell(access_id)) {
        (row::Cell::Int(id), row::Cell::Text(access_id)) => Some((*id, access_id.clone())),
        _ => None,
    };
    let known: HashSet<_> =
        of(TokenKind::Lmv1).flat_map(|walked| walked.rows.iter().filter_map(key)).collect();
    for (walked, _) in walked.iter_mut().filter(|(walked, _)| walked.listing.kind == TokenKind::Bearer) {
        let both = walked.rows.iter().filter_map(key).find(|key| known.contains(key));
        walked.reasons.extend(both.map(|(id, _)| {
            format!("the portal ignored `type=bearer`: token {id}, with its access id, is among the LMv1 tokens too")
        }));
    }
}

/// Does `count` things, at most so many at once, and gives what came of them in order.
async fn side_by_side<T>(count: usize, at_once: usize, act: impl AsyncFn(usize) -> T) -> Vec<T> {
    let next = Cell::new(0);
    let done: RefCell<Vec<Option<T>>> = RefCell::new((0..count).map(|_| None).collect());
    let worker = || async {
        while next.get() < count {
            let index = next.replace(next.get() + 1);
            let one = act(index).await;
            done.borrow_mut()[index] = Some(one);
        }
    };
    let mut workers: Vec<Pin<Box<_>>> = (0..at_once.min(count)).map(|_| Box::pin(worker())).collect();
    poll_fn(|context| {
        workers.retain_mut(|worker| worker.as_mut().poll(context).is_pending());
        if workers.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    drop(workers);
    done.into_inner().into_iter().map(|one| one.expect("a worker has done each")).collect()
}

/// Fields that only the query knows and that no row has: perhaps a slip of the pen.
fn absent_everywhere(plan: &Plan, listings: &[Walked]) -> Vec<String> {
    if listings.iter().all(|walked| walked.rows_read == 0) {
        return Vec::new();
    }
    let unknown = plan.layout.names().iter().enumerate();
    unknown
        .filter(|(_, name)| matches!(name, Name::Unknown(_)))
        .filter(|(index, _)| listings.iter().all(|walked| !walked.found_fields.contains(index)))
        .map(|(_, name)| format!("no row has the field `{}` of `unknownFields`", name.as_str()))
        .collect()
}

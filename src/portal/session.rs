//! The portals of a run, side by side. What is known of one (its rate budget, a refusal, what the caller sees) holds for
//! all queries of the run.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::ask::{Asker, Observe};
use super::client::Client;
use super::error::{FetchError, PortalError};
use super::interrupt::Interrupts;
use super::listing::{self, Around};
use super::verify::Sight;
use super::{Access, Bounds, Clock, Event, Fetched, Hand, Limits, Pace, Portal, Walked};
use crate::plan::{Part, Plan};
use crate::row::Name;

/// Connections of all portals together, at most: a process may have 256 files open where little is allowed.
const CONNECTIONS: usize = 200;
/// Threads that decode pages and look up names.
const WORKERS: usize = 3;
/// How often those who watch a run are told that time goes by.
const TICK: Duration = Duration::from_millis(100);

/// Portals that queries are run against.
pub struct Session {
    runtime: Option<Runtime>,
    interrupts: Interrupts,
    askers: Vec<Asker>,
    limits: Limits,
}

impl Session {
    /// A session with these portals. Nothing is sent yet; the time of the run begins.
    ///
    /// # Errors
    /// When the system gives no runtime.
    pub fn new(
        portals: Vec<Portal>,
        limits: Limits,
        pace: &Pace,
        clock: &Clock,
    ) -> Result<Self, PortalError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(WORKERS)
            .build()
            .map_err(PortalError::Runtime)?;
        let deadline = limits.timeout.map(|timeout| (pace.now)().saturating_add(timeout));
        let bounds = Bounds {
            deadline,
            concurrency: limits.concurrency,
            max_wait: limits.max_wait,
            retries: limits.retries,
        };
        let asker = |portal: Portal| {
            let portal = Arc::new(portal);
            let client =
                Client::new(Arc::clone(&portal), Arc::clone(clock), pace.clone(), limits.concurrency);
            Asker::new(portal, client, pace.clone(), bounds)
        };
        let interrupts = Interrupts::listen(&runtime);
        Ok(Self {
            runtime: Some(runtime),
            interrupts,
            askers: portals.into_iter().map(asker).collect(),
            limits,
        })
    }

    /// The portals, in the order they were named.
    pub fn portals(&self) -> impl Iterator<Item = &Portal> {
        self.askers.iter().map(|asker| &*asker.portal)
    }

    /// Whether no portal is left that has not refused its credentials.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.askers.iter().all(Asker::is_refused)
    }

    /// Walks every listing of a plan on every portal. Rows go to `hand` as they come where there is one, else they are kept.
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
        let max_rows = self.limits.max_rows;
        let around = Around { plan, observe, hand, part, max_rows, rows: Cell::new(0) };
        let runtime = self.runtime.as_ref().expect("it is there until the session is dropped");
        runtime.block_on(async {
            let ticking = async {
                let mut ticks = tokio::time::interval(TICK);
                loop {
                    ticks.tick().await;
                    observe(&Event::Tick);
                }
            };
            tokio::select! {
                interrupt = self.interrupts.next() => Err(PortalError::Interrupted(interrupt)),
                () = ticking => unreachable!("time goes on for ever"),
                fetched = self.fetch_all(&around) => Ok(fetched),
            }
        })
    }

    async fn fetch_all(&self, around: &Around<'_>) -> Fetched {
        let at_once = (CONNECTIONS / (self.limits.concurrency as usize + 1)).max(1);
        let crowded = self.askers.len() > at_once;
        let walked = side_by_side(self.askers.len(), at_once, async |index| {
            let asker = &self.askers[index];
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

impl Drop for Session {
    /// A name that is being looked up holds up nobody.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
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
    asker.cover(&mut walked, around.observe).await;
    asker.free();
    walked.into_iter().map(|(walked, _)| walked).collect()
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

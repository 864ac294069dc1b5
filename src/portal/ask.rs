//! One portal asked: leave from the rate budget, retries with a fresh signature each, bounds of time, and what is counted.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OnceCell};
use tokio::time::timeout;

use super::client::{Client, Reply};
use super::coverage::Coverage;
use super::error::FetchError;
use super::rate::{Budget, Came, Leave, Ticket};
use super::retry::{self, Reserve};
use super::walk::{Page, Step};
use super::{Bounds, Event, Pace, Portal, Why};
use crate::plan::Listing;
use crate::row::Layout;

/// A portal, and what the run knows of it by now.
pub(super) struct Asker {
    pub(super) portal: Arc<Portal>,
    client: Client,
    pace: Pace,
    bounds: Bounds,
    state: RefCell<State>,
    /// A request came back.
    freed: Notify,
    refused: Cell<bool>,
    /// The time of the run ended inside a request.
    expired: Cell<bool>,
    /// Whether the caller sees its own token: asked once a run.
    pub(super) coverage: OnceCell<Coverage>,
}

#[derive(Default)]
struct State {
    budgets: HashMap<&'static str, Budget>,
    reserve: Reserve,
    counted: Counted,
    /// The end of the last wait that was told.
    told: Duration,
}

/// What was spent since the last [`Asker::take_counted`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) requests: u32,
    pub(super) waited: Duration,
}

/// Told of what happens.
pub(super) type Observe<'a> = &'a dyn Fn(&Event<'_>);

/// A request that has leave to go. Dropped before it is back, it gives its place free.
struct InFlight<'a> {
    asker: &'a Asker,
    template: &'static str,
    back: bool,
}

/// A request that waits for leave. Dropped, it waits no more.
struct Queued<'a> {
    asker: &'a Asker,
    template: &'static str,
    ticket: Ticket,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.asker.with_budget(self.template, |budget| budget.quit(self.ticket));
        self.asker.freed.notify_waiters();
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if !self.back {
            self.asker.with_budget(self.template, Budget::dropped);
        }
        self.asker.freed.notify_waiters();
    }
}

impl Asker {
    pub(super) fn new(portal: Arc<Portal>, client: Client, pace: Pace, bounds: Bounds) -> Self {
        Self {
            portal,
            client,
            pace,
            bounds,
            state: RefCell::default(),
            freed: Notify::new(),
            refused: Cell::new(false),
            expired: Cell::new(false),
            coverage: OnceCell::new(),
        }
    }

    /// Whether the portal refused the credentials: then nothing more is asked, because repeated failures lock a token.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.get()
    }

    /// Requests in flight, at most.
    pub(super) fn concurrency(&self) -> usize {
        self.bounds.concurrency as usize
    }

    /// Whether its rows are made up.
    pub(super) fn is_sandbox(&self) -> bool {
        self.portal.sandbox || self.client.is_made_up()
    }

    /// Closes the connections.
    pub(super) fn disconnect(&self) {
        self.client.disconnect();
    }

    /// Gives back the memory that answers are read into.
    pub(super) fn free(&self) {
        self.client.free();
    }

    /// What was spent since it was last asked.
    pub(super) fn take_counted(&self) -> Counted {
        std::mem::take(&mut self.state.borrow_mut().counted)
    }

    /// Asks for a page until it is there or nothing more may be tried.
    pub(super) async fn page(
        &self,
        listing: &Listing,
        step: Step,
        layout: &Arc<Layout>,
        observe: Observe<'_>,
    ) -> Result<Page, FetchError> {
        let query = listing.query_string(step.offset, step.size);
        let mut failures = 0;
        loop {
            let in_flight = self.leave(listing.path_template, observe).await?;
            self.state.borrow_mut().counted.requests += 1;
            observe(&Event::Request { portal: &self.portal.name, path: &listing.path, query: &query });
            let reply = self.in_time(self.client.page(&listing.path, &query, layout)).await?;
            let error = match self.back(in_flight, reply) {
                Ok(page) => return Ok(page),
                // The budget says when, and when no more.
                Err(FetchError::RateLimited) => continue,
                Err(error) => error,
            };
            failures += 1;
            let delay = retry::delay(&error, failures, self.bounds.retries, (self.pace.random)());
            let Some(delay) =
                delay.filter(|_| self.state.borrow_mut().reserve.take(&error, self.bounds.retries))
            else {
                return Err(error);
            };
            let until = (self.pace.now)().saturating_add(delay);
            let portal = &self.portal.name;
            let attempts = retry::attempts(&error, self.bounds.retries);
            observe(&Event::Wait {
                portal,
                time: delay,
                until,
                why: Why::Failed { error: &error, failures, attempts, listing },
            });
            self.wait(until).await?;
        }
    }

    fn with_budget<T>(&self, template: &'static str, act: impl FnOnce(&mut Budget) -> T) -> T {
        let mut state = self.state.borrow_mut();
        let budget = state.budgets.entry(template);
        act(budget.or_insert_with(|| Budget::new(self.bounds.concurrency, self.bounds.max_wait)))
    }

    /// Waits for leave to send a request.
    async fn leave(&self, template: &'static str, observe: Observe<'_>) -> Result<InFlight<'_>, FetchError> {
        let ticket = self.with_budget(template, Budget::enter);
        let queued = Queued { asker: self, template, ticket };
        loop {
            if self.refused.get() {
                return Err(FetchError::Skipped);
            }
            let now = (self.pace.now)();
            if self.expired.get() || self.bounds.deadline.is_some_and(|deadline| now >= deadline) {
                return Err(FetchError::OutOfTime);
            }
            match self.with_budget(template, |budget| budget.ask(queued.ticket, now)) {
                Leave::Go => return Ok(InFlight { asker: self, template, back: false }),
                Leave::Busy => self.freed.notified().await,
                Leave::Wait(until) => {
                    self.tell_once(now, until, observe);
                    self.wait(until).await?;
                }
                Leave::Spent => return Err(FetchError::RateSpent(self.bounds.max_wait)),
            }
        }
    }

    /// Several requests wait for the same window: one word, and one count.
    fn tell_once(&self, now: Duration, until: Duration, observe: Observe<'_>) {
        let told = std::mem::replace(&mut self.state.borrow_mut().told, until);
        if told != until {
            let time = until.saturating_sub(now);
            self.state.borrow_mut().counted.waited += until.saturating_sub(now.max(told));
            observe(&Event::Wait { portal: &self.portal.name, time, until, why: Why::RateLimit });
        }
    }

    async fn wait(&self, until: Duration) -> Result<(), FetchError> {
        if self.bounds.deadline.is_some_and(|deadline| until >= deadline) {
            return Err(FetchError::OutOfTime);
        }
        (self.pace.wait)(until.saturating_sub((self.pace.now)())).await;
        Ok(())
    }

    /// Does something within the time of the run.
    async fn in_time<T>(&self, act: impl Future<Output = T>) -> Result<T, FetchError> {
        match self.bounds.deadline {
            None => Ok(act.await),
            Some(deadline) => {
                let left = deadline.saturating_sub((self.pace.now)());
                timeout(left, act).await.map_err(|_| {
                    self.expired.set(true);
                    FetchError::OutOfTime
                })
            }
        }
    }

    /// Takes a reply to account.
    fn back(&self, mut in_flight: InFlight<'_>, reply: Reply) -> Result<Page, FetchError> {
        let came = match &reply.result {
            Ok(_) => Came::Page,
            Err(FetchError::RateLimited) => Came::TooMany,
            Err(_) => Came::Other,
        };
        in_flight.back = true;
        let now = (self.pace.now)();
        self.with_budget(in_flight.template, |budget| budget.came(now, reply.standing, came));
        match &reply.result {
            Ok(_) => self.state.borrow_mut().reserve.page(),
            Err(error) => self.refused.set(self.refused.get() || error.is_refusal()),
        }
        reply.result
    }
}

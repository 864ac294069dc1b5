//! The portals of a run, side by side. What is known of one (its rate budget, a refusal, what the caller sees) holds for
//! all queries of the run.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::ask::Asker;
use super::client::Client;
use super::error::PortalError;
use super::interrupt::Interrupts;
use super::share::Share;
use super::{Bounds, Clock, Limits, Pace, Portal};
use crate::plan::Dealt;

/// Threads that decode pages and look up names.
const WORKERS: usize = 3;

/// Portals that queries are run against.
pub struct Session {
    pub(super) runtime: Option<Runtime>,
    pub(super) interrupts: Interrupts,
    askers: Vec<Asker>,
    pub(super) limits: Limits,
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

    /// Whether there are portals, and none is left that has not refused its credentials.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.askers.is_empty() && self.askers.iter().all(Asker::is_refused)
    }

    /// All of the portals, as one query of a run that is no shard asks them.
    #[must_use]
    pub fn all(&self) -> Share<'_> {
        Share::new(self, self.askers.iter().collect(), None)
    }

    /// Those that one query was dealt.
    #[must_use]
    pub fn dealt(&self, dealt: Dealt) -> Share<'_> {
        let names: BTreeSet<&str> = dealt.portals.iter().map(String::as_str).collect();
        let askers = self.askers.iter().filter(|asker| names.contains(asker.portal.name.as_str())).collect();
        Share::new(self, askers, Some(dealt))
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

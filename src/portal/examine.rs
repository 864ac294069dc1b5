//! A portal looked at, for `lmq doctor`: its addresses, one answer and what that tells, and whether the caller sees itself. Each
//! question is asked once.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::client::Client;
use super::coverage::{self, BLIND};
use super::error::{FetchError, PortalError};
use super::interrupt::Interrupts;
use super::{Access, Address, Clock, Pace, Portal};
use crate::auth::Credentials;

/// Looks at portals, one question after the other.
pub struct Examiner {
    runtime: Option<Runtime>,
    interrupts: Interrupts,
    pace: Pace,
    clock: Clock,
}

/// What one request for one token brought.
#[derive(Debug)]
pub struct Answered {
    /// The HTTP status; `None`: no answer came.
    pub status: Option<u16>,
    /// lmq's clock minus the portal's.
    pub skew_seconds: Option<i64>,
    /// Requests a window.
    pub limit: Option<u32>,
    /// Those left.
    pub remaining: Option<u32>,
    /// The length of the window.
    pub window: Option<Duration>,
    /// The page, or why there is none.
    pub page: Result<Listed, FetchError>,
}

/// What a page says of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Tokens on it.
    pub rows: usize,
    /// How many tokens there are, where the portal tells.
    pub total: Option<u64>,
}

/// Whether the caller's own token is there for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Own {
    /// It is.
    Visible,
    /// It is not; what that means.
    Blind(&'static str),
    /// Bearer credentials have no access id to ask for.
    Unaskable,
    /// The question failed.
    Failed(FetchError),
}

impl Examiner {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// When the system gives no runtime.
    pub fn new(pace: &Pace, clock: &Clock) -> Result<Self, PortalError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(PortalError::Runtime)?;
        let interrupts = Interrupts::listen(&runtime);
        Ok(Self { runtime: Some(runtime), interrupts, pace: pace.clone(), clock: Arc::clone(clock) })
    }

    /// The addresses of a host, or in words why there are none.
    ///
    /// # Errors
    /// When a signal came.
    pub fn addresses(&self, address: &Address) -> Result<Result<Vec<IpAddr>, String>, PortalError> {
        self.ask(async {
            let looked_up =
                tokio::time::timeout(self.pace.connect_timeout, tokio::net::lookup_host(address.socket()));
            let found = match looked_up.await {
                Err(_) => return Err("no answer in time".to_owned()),
                Ok(Err(error)) => return Err(error.to_string()),
                Ok(Ok(found)) => found,
            };
            let mut addresses: Vec<IpAddr> = found.map(|socket| socket.ip()).collect();
            addresses.dedup();
            if addresses.is_empty() { Err("the name has no address".to_owned()) } else { Ok(addresses) }
        })
    }

    /// Asks a portal for one token.
    ///
    /// # Errors
    /// When a signal came.
    pub fn answered(&self, portal: &Portal) -> Result<Answered, PortalError> {
        let (listing, layout) = coverage::own_token("");
        let listing = listing.unfiltered();
        let client = self.client(portal);
        let reply = self.ask(client.page(&listing.path, &listing.query_string(0, 1), &layout))?;
        let listed = |page: super::walk::Page| Listed {
            rows: page.rows.len(),
            total: page.total.and_then(|total| total.try_into().ok()),
        };
        Ok(Answered {
            status: reply.status,
            skew_seconds: reply.skew_seconds,
            limit: reply.standing.limit,
            remaining: reply.standing.remaining,
            window: reply.standing.window,
            page: reply.result.map(listed),
        })
    }

    /// Asks a portal for the caller's own token.
    ///
    /// # Errors
    /// When a signal came.
    pub fn own(&self, portal: &Portal) -> Result<Own, PortalError> {
        let Access::Granted(Credentials::Lmv1 { access_id, .. }) = &portal.access else {
            return Ok(Own::Unaskable);
        };
        let (listing, layout) = coverage::own_token(access_id);
        let client = self.client(portal);
        let reply = self.ask(client.page(&listing.path, &listing.query_string(0, 50), &layout))?;
        Ok(match reply.result {
            Ok(page) if page.rows.iter().any(|row| coverage::is_own(row, access_id)) => Own::Visible,
            Ok(_) => Own::Blind(BLIND),
            Err(error) => Own::Failed(error),
        })
    }

    fn client(&self, portal: &Portal) -> Client {
        Client::new(Arc::new(portal.clone()), Arc::clone(&self.clock), self.pace.clone(), 1)
    }

    /// Waits for an answer, or for a signal.
    fn ask<T>(&self, question: impl Future<Output = T>) -> Result<T, PortalError> {
        let runtime = self.runtime.as_ref().expect("it is there until the examiner is dropped");
        runtime.block_on(async {
            tokio::select! {
                interrupt = self.interrupts.next() => Err(PortalError::Interrupted(interrupt)),
                answer = question => Ok(answer),
            }
        })
    }
}

impl Drop for Examiner {
    /// A name that is being looked up holds up nobody.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

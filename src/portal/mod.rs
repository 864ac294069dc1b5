//! The network edge: one client a portal, all pages of each listing, and what the answers are worth.
//!
//! `walk` decides which page is next and when the end is proved; `answer` tells the API's forms of failure apart; `client`
//! sends; `listing` holds the rows against what was asked. Requests and layouts come from `plan`; what rows look like is
//! decided in `shape`. Async stays in here.

mod address;
mod answer;
mod client;
mod error;
mod interrupt;
mod listing;
mod walk;

use std::time::Instant;

use crate::auth::Credentials;
use crate::plan::{Listing, Plan};
use crate::row::Row;

pub use address::{Address, AddressError};
pub use error::{FetchError, PortalError};
pub use interrupt::Interrupt;
pub(crate) use interrupt::interrupted;
pub use walk::page_size;

/// The headers of every request beside `Authorization`. Without the version the API answers as version 1.
pub const HEADERS: [(&str, &str); 3] = [
    ("Accept", "application/json"),
    ("User-Agent", concat!("lmq/", env!("CARGO_PKG_VERSION"))),
    ("X-Version", "3"),
];

/// A clock that gives milliseconds since 1970. Each signature reads it anew.
pub type Clock<'a> = &'a dyn Fn() -> i64;

/// A portal, and how to be let in.
#[derive(Debug, Clone)]
pub struct Portal {
    /// Its name in reports.
    pub name: String,
    /// The account, as far as it is known.
    pub account: Option<String>,
    /// Where it is.
    pub address: Address,
    /// Who asks.
    pub credentials: Credentials,
    /// Whether it is the embedded sandbox.
    pub sandbox: bool,
    /// What is known of its list of bearer tokens.
    pub bearer: BearerListing,
}

/// What a configuration says of a portal's list of bearer tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BearerListing {
    /// It answers as the list of LMv1 tokens does.
    #[default]
    Expected,
    /// The portal has no licence for it, and says so.
    Unlicensed,
}

/// What a run may take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// When the time of the whole run is over: what is unread then is a reason.
    pub deadline: Option<Instant>,
}

/// How far the evidence goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every row that matches is there.
    Complete,
    /// The query asked for a part.
    Limited,
    /// The list may be short.
    Incomplete,
}

impl Verdict {
    /// The word for reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Limited => "limited",
            Self::Incomplete => "incomplete",
        }
    }
}

/// What one listing brought.
#[derive(Debug)]
pub struct Walked {
    /// What was walked.
    pub listing: Listing,
    /// The rows as the portal sent them: conditions left to lmq are not applied.
    pub rows: Vec<Row>,
    /// Answers read.
    pub pages: u32,
    /// The portal's own count, where it told one.
    pub total: Option<u64>,
    /// Why the list may be short; empty when it is whole.
    pub reasons: Vec<String>,
    /// What a reader should know of a list that is whole.
    pub notes: Vec<String>,
    /// The error that ended it before its first page.
    pub failure: Option<FetchError>,
}

impl Walked {
    /// Complete or incomplete.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.reasons.is_empty() { Verdict::Complete } else { Verdict::Incomplete }
    }
}

/// All listings of a plan.
#[derive(Debug)]
pub struct Fetched {
    /// In the order of the plan.
    pub listings: Vec<Walked>,
    /// Requests sent.
    pub requests: u32,
    /// Reasons that belong to no single listing.
    pub reasons: Vec<String>,
    /// Whether the portal refused the credentials, be it after some pages: then nothing more may be asked with them.
    pub refused: bool,
}

/// Something a person may want to see while a run goes on.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A request goes out.
    Request {
        /// The path below `/santaba/rest`.
        path: &'a str,
        /// The query string, encoded.
        query: &'a str,
    },
    /// An answer was read.
    Page {
        /// The listing.
        listing: &'a Listing,
        /// Its number, from 1.
        number: u32,
        /// Its rows.
        rows: usize,
        /// The portal's count.
        total: Option<i64>,
    },
}

/// Walks every listing of a plan, one after the other.
///
/// # Errors
/// When the run was interrupted or nothing could be set up. A listing that fails is no error: it carries its failure.
pub fn fetch(
    plan: &Plan,
    portal: &Portal,
    bounds: Bounds,
    clock: Clock<'_>,
    observe: &dyn Fn(&Event<'_>),
) -> Result<Fetched, PortalError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(PortalError::Runtime)?;
    let client = client::Client::new(portal, clock)?;
    let deadline = bounds.deadline.map(tokio::time::Instant::from_std);
    runtime.block_on(async {
        tokio::select! {
            interrupt = interrupted() => Err(PortalError::Interrupted(interrupt)),
            fetched = listing::fetch_all(plan, &client, deadline, observe) => Ok(fetched),
        }
    })
}

//! The network edge: one client a portal, all pages of each listing, and what the answers are worth.
//!
//! `walk` decides which page is next and when the end is proved; `answer` tells the API's forms of failure apart; `client`
//! sends; `listing` holds the rows against what was asked. Requests and layouts come from `plan`; what rows look like is
//! decided in `shape`. Async stays in here.

mod address;
mod ahead;
mod answer;
mod ask;
mod client;
mod coverage;
mod error;
mod examine;
mod interrupt;
mod listing;
mod pace;
mod rate;
mod retry;
mod session;
mod share;
mod verify;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use crate::auth::Credentials;
use crate::plan::{Listing, Part};
use crate::row::Row;
use crate::secret::Secret;

pub use address::{Address, AddressError, without_credentials};
pub use error::{FetchError, PortalError, set_clock};
pub use examine::{Answered, Examiner, Listed, Own};
pub use interrupt::Interrupt;
pub(crate) use interrupt::Interrupts;
pub use pace::{Later, Pace};
pub use session::Session;
pub use share::Share;
pub use walk::{Batch, page_size};

/// The headers of every request beside `Authorization`. Without the version the API answers as version 1.
pub const HEADERS: [(&str, &str); 3] = [
    ("Accept", "application/json"),
    ("User-Agent", concat!("lmq/", env!("CARGO_PKG_VERSION"))),
    ("X-Version", "3"),
];

/// What the `Server` header of a sandbox says: its rows are made up, however it was reached.
pub(crate) const SANDBOX_SERVER: &str = "lmq-sandbox";

/// A clock that gives milliseconds since 1970. Each signature reads it anew.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

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
    pub access: Access,
    /// What a refusal to list bearer tokens means.
    pub bearer: BearerListing,
    /// Whether it is the embedded sandbox.
    pub sandbox: bool,
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

/// Who asks a portal.
#[derive(Debug, Clone)]
pub enum Access {
    /// With these credentials.
    Granted(Credentials),
    /// Nobody: there are none, and one portal of several is not asked.
    Missing {
        /// What is missing.
        why: String,
        /// What to do.
        help: String,
    },
}

impl Access {
    /// What must not be shown.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Granted(credentials) => Some(credentials.secret()),
            Self::Missing { .. } => None,
        }
    }

    /// `LMv1`, `bearer` or `none`, for reports ("as seen by").
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Granted(credentials) => credentials.kind(),
            Self::Missing { .. } => "none",
        }
    }
}

/// What a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests in flight for each portal, from 1.
    pub concurrency: u32,
    /// Rows of a query, all its listings together.
    pub max_rows: Option<u64>,
    /// The time of the whole run: what is unread then is a reason.
    pub timeout: Option<Duration>,
    /// Longest wait for the rate limit without a page received.
    pub max_wait: Duration,
    /// How often a request is tried again.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { concurrency: 4, max_rows: None, timeout: None, max_wait: Duration::from_mins(5), retries: 4 }
    }
}

/// The limits of a run that goes on. Moments are on its [`Pace`].
#[derive(Debug, Clone, Copy)]
struct Bounds {
    deadline: Option<Duration>,
    concurrency: u32,
    max_wait: Duration,
    retries: u32,
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
    pub const fn name(self) -> &'static str {
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
    /// The portal's name.
    pub portal: Arc<str>,
    /// What was walked.
    pub listing: Listing,
    /// The rows as the portal sent them, unless they were handed on: conditions left to lmq are not applied.
    pub rows: Vec<Row>,
    /// How many rows the portal sent.
    pub rows_read: usize,
    /// The rows of the listing that were wanted.
    pub part: Part,
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
    /// The cells of `unknownFields` that a row has.
    pub found_fields: Vec<usize>,
}

impl Walked {
    /// A listing of which nothing is known yet.
    #[must_use]
    pub fn nothing(portal: &str, listing: &Listing) -> Self {
        Self {
            portal: portal.into(),
            listing: listing.clone(),
            rows: Vec::new(),
            rows_read: 0,
            part: Part::ALL,
            pages: 0,
            total: None,
            reasons: Vec::new(),
            notes: Vec::new(),
            failure: None,
            found_fields: Vec::new(),
        }
    }

    /// Complete or incomplete.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.reasons.is_empty() { Verdict::Complete } else { Verdict::Incomplete }
    }
}

/// Takes rows as they come.
pub type Hand<'a> = &'a dyn Fn(Batch);

/// All listings of a plan, on every portal.
#[derive(Debug, Default)]
pub struct Fetched {
    /// In the order of the portals, those of one in the order of the plan.
    pub listings: Vec<Walked>,
    /// Requests sent.
    pub requests: u32,
    /// Whether a portal said that its rows are made up.
    pub sandbox: bool,
    /// How long was waited for rate limits, the portals' waits added up.
    pub waited: Duration,
    /// Reasons that belong to no single listing.
    pub reasons: Vec<String>,
}

/// Something a person may want to see while a run goes on.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A listing begins.
    Begun {
        /// The portal's name.
        portal: &'a str,
        /// The listing.
        listing: &'a Listing,
    },
    /// A request goes out.
    Request {
        /// The portal's name.
        portal: &'a str,
        /// The path below `/santaba/rest`.
        path: &'a str,
        /// The query string, encoded.
        query: &'a str,
    },
    /// An answer was read.
    Page {
        /// The portal's name.
        portal: &'a str,
        /// The listing.
        listing: &'a Listing,
        /// Its number, from 1.
        number: u32,
        /// Its rows.
        rows: usize,
        /// The portal's count.
        total: Option<i64>,
    },
    /// Nothing is sent for a while.
    Wait {
        /// The portal's name.
        portal: &'a str,
        /// How long.
        time: Duration,
        /// When it ends, on the run's [`Pace`].
        until: Duration,
        /// What for.
        why: Why<'a>,
    },
    /// A listing has ended.
    Ended {
        /// The portal's name.
        portal: &'a str,
        /// The listing.
        listing: &'a Listing,
    },
    /// A little time has gone by.
    Tick,
}

/// What a wait is for.
#[derive(Debug, Clone)]
pub enum Why<'a> {
    /// The portal's rate limit, or the tenth of it that is left to others.
    RateLimit,
    /// The next attempt.
    Failed {
        /// How the last one ended.
        error: &'a FetchError,
        /// How many have failed.
        failures: u32,
        /// How many there are for an error of this kind.
        attempts: u32,
        /// What was asked for.
        listing: &'a Listing,
    },
}

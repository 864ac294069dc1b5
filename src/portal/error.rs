//! What can go wrong between lmq and a portal. Each variant says whose fault it is and what to do about it.

use std::time::Duration;

use super::interrupt::Interrupt;

/// Why a request brought no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// 401 or 403: never tried again, because repeated failures lock a token.
    #[error("the portal refused the credentials (HTTP {status}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The portal's words.
        message: String,
        /// lmq's clock minus the portal's `Date`, in seconds.
        skew_seconds: Option<i64>,
    },
    /// 404.
    #[error("not found (HTTP 404): {0}")]
    NotFound(String),
    /// 400.
    #[error("the portal does not accept the request (HTTP 400): {0}")]
    BadRequest(String),
    /// 429: waited for, so nobody sees it but who waits.
    #[error("the portal's rate limit is used up (HTTP 429)")]
    RateLimited,
    /// 429 for so long that nothing more was waited for.
    #[error("the portal's rate limit stays used up (HTTP 429) for longer than --max-wait, {} s", .0.as_secs())]
    RateSpent(Duration),
    /// The configuration gave no credentials, so nothing was asked.
    #[error("no credentials: {why}")]
    NoCredentials {
        /// What is missing.
        why: String,
        /// What to do.
        help: String,
    },
    /// Any other status.
    #[error("the portal failed (HTTP {status}): {message}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The portal's words.
        message: String,
    },
    /// 200 or 503 with the plain text "Apologies, service is temporarily unavailable".
    #[error("the portal is temporarily unavailable: it is being upgraded")]
    Maintenance,
    /// 200 with an error body.
    #[error("the portal answered HTTP 200 with the error {code}: {message}")]
    ErrorBody {
        /// `errorCode`.
        code: String,
        /// `errorMessage`.
        message: String,
    },
    /// 200 in the form of version 1.
    #[error("the portal answered as API version 1 (status {status}): {message}")]
    Version1 {
        /// `status` of the body.
        status: String,
        /// `errmsg`.
        message: String,
    },
    /// Something else than JSON.
    #[error("the answer is no JSON but {content_type}: {start}")]
    NotJson {
        /// The `Content-Type`.
        content_type: String,
        /// The first characters.
        start: String,
    },
    /// JSON, but no page.
    #[error("the answer is no page of rows: {0}")]
    NoPage(String),
    /// A redirect, which is not followed: it would take the credentials elsewhere.
    #[error("the portal redirects to `{0}`, which is not followed")]
    Redirect(String),
    /// No connection.
    #[error("cannot connect to the portal: {0}")]
    Connect(String),
    /// No answer in time.
    #[error("the portal did not answer in time: {0}")]
    TimedOut(String),
    /// The user's own bound: what is unread then is a reason, not a failure.
    #[error("the time given by --timeout does not suffice")]
    OutOfTime,
    /// The user's own bound: what is unread then is a reason, not a failure.
    #[error("there are more rows than --max-rows, {0}")]
    TooManyRows(u64),
    /// No TLS: most likely no root certificates.
    #[error("cannot set up TLS: {0}")]
    Tls(String),
    /// The connection broke inside an answer.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// A body over the limit.
    #[error("the answer is larger than {0} MiB")]
    TooLarge(usize),
    /// An earlier listing was refused with the same credentials.
    #[error("not asked: the portal refused the credentials before")]
    Skipped,
}

impl FetchError {
    /// Whether the credentials are the matter.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Skipped | Self::NoCredentials { .. })
    }

    /// Whether it is a bound that the user set: what came before it counts.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        matches!(self, Self::OutOfTime | Self::TooManyRows(_))
    }

    /// Whether it is the answer to `type=bearer` of a portal that is not licensed for traces.
    #[must_use]
    pub fn says_not_enabled(&self) -> bool {
        matches!(self, Self::BadRequest(message) if message.to_ascii_lowercase().contains("feature is not enabled"))
    }

    /// What to check, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Refused { skew_seconds: Some(skew), .. } if skew.abs() >= 120 => {
                return Some(set_clock(*skew));
            }
            Self::Refused { status: 403, .. } => {
                "the owner of these credentials needs Settings > User Access: View"
            }
            Self::Refused { .. } => {
                "likely causes: a wrong access id or key, a disabled or locked token, another account's credentials; \
                 check LM_ACCESS_ID and LM_ACCESS_KEY (or LM_BEARER_TOKEN) and the account"
            }
            Self::NotFound(_) => "check `adminId`: the portal knows no such user",
            Self::NoCredentials { help, .. } => return Some(help.clone()),
            Self::BadRequest(_) if self.says_not_enabled() => {
                "without the licence there are no bearer tokens to list: `bearer: unlicensed` in the portal's configuration accepts that"
            }
            Self::Tls(_) => {
                "install the system's root certificates (ca-certificates), or name a file of them in SSL_CERT_FILE"
            }
            Self::RateLimited | Self::RateSpent(_) => {
                "the budget is shared with everyone on the account; try again later"
            }
            Self::Version1 { .. } => "something between lmq and the portal drops the `X-Version: 3` header",
            Self::NotJson { .. } | Self::Redirect(_) => {
                "check the account's name; a wrong one is answered with a web page or a redirect"
            }
            Self::Connect(cause) if cause.contains("certificate") => {
                "the server's certificate is not trusted; behind a proxy that reads TLS, name its root in SSL_CERT_FILE"
            }
            Self::Connect(_) => "check the account's name, the network, and HTTPS_PROXY",
            Self::Maintenance | Self::Status { .. } | Self::TimedOut(_) | Self::Broken(_) => {
                "try again later"
            }
            Self::BadRequest(_)
            | Self::ErrorBody { .. }
            | Self::NoPage(_)
            | Self::TooLarge(_)
            | Self::OutOfTime
            | Self::TooManyRows(_)
            | Self::Skipped => return None,
        };
        Some(help.to_owned())
    }
}

/// What to do about a clock that is wrong by so many seconds.
#[must_use]
pub fn set_clock(skew_seconds: i64) -> String {
    let direction = if skew_seconds > 0 { "ahead of" } else { "behind" };
    format!(
        "this machine's clock is {} minutes {direction} the portal's: set it first, signatures are only good for 30 minutes",
        skew_seconds.abs() / 60
    )
}

/// Why nothing was fetched at all.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// A signal came.
    #[error("interrupted")]
    Interrupted(Interrupt),
    /// The system gave no runtime.
    #[error("cannot start the network runtime: {0}")]
    Runtime(std::io::Error),
}

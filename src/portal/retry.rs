//! Which failures are tried again, how often, and after which delay: plain values.
//!
//! What may pass by itself is tried again with exponential backoff and full jitter. A refusal never is: repeated failures
//! lock a token. HTTP 429 is no failure of this kind; `rate` waits for it.

use std::time::Duration;

use super::error::FetchError;

/// The delay before the first retry is at most this long; each further one at most twice that of the one before.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// No delay is longer.
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// How often an HTTP 500 is tried again: it may be the request itself that breaks the portal.
const INTERNAL_ERRORS: u32 = 2;

/// How often an attempt that ended so may be tried again, of the `retries` that a run allows.
fn allowed(error: &FetchError, retries: u32) -> u32 {
    match error {
        FetchError::Status { status: 500, .. } => retries.min(INTERNAL_ERRORS),
        FetchError::ErrorBody { code, .. } if code == "1500" => retries.min(INTERNAL_ERRORS),
        FetchError::ErrorBody { code, .. } if matches!(code.as_str(), "1502" | "1503" | "1504") => retries,
        FetchError::Status { status: 502..=504, .. }
        | FetchError::Maintenance
        | FetchError::TimedOut(_)
        | FetchError::Broken(_) => retries,
        FetchError::Connect(cause) if !is_lasting(cause) => retries,
        FetchError::Connect(_)
        | FetchError::Status { .. }
        | FetchError::ErrorBody { .. }
        | FetchError::Refused { .. }
        | FetchError::NoCredentials { .. }
        | FetchError::NotFound(_)
        | FetchError::BadRequest(_)
        | FetchError::RateLimited
        | FetchError::RateSpent(_)
        | FetchError::Version1 { .. }
        | FetchError::NotJson { .. }
        | FetchError::NoPage(_)
        | FetchError::Redirect(_)
        | FetchError::Tls(_)
        | FetchError::OutOfTime
        | FetchError::TooManyRows(_)
        | FetchError::TooLarge(_)
        | FetchError::Skipped => 0,
    }
}

/// How often something is asked for in all that ends so each time.
pub(super) fn attempts(error: &FetchError, retries: u32) -> u32 {
    allowed(error, retries).saturating_add(1)
}

/// A name that does not resolve and a certificate that is not trusted stay so.
fn is_lasting(cause: &str) -> bool {
    ["certificate", "dns error", "lookup address"].iter().any(|word| cause.contains(word))
}

/// The delay before the next attempt, after `failures` failed ones of which `error` is the last; `None`: no more.
/// `chance` is from 0 up to 1.
pub(super) fn delay(error: &FetchError, failures: u32, retries: u32, chance: f64) -> Option<Duration> {
    if failures > allowed(error, retries) {
        return None;
    }
    let longest = FIRST_DELAY.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_DELAY);
    Some(longest.mul_f64(chance.clamp(0.0, 1.0)))
}

/// How many retries a portal gets over the whole run, so that a dying one is not hammered: each takes one, and every
/// [`PAGES_A_RETRY`] pages give one back. One that has not given a page and is silent gets those of one request, whatever is asked
/// for: silence takes a minute each time.
#[derive(Debug)]
pub(super) struct Reserve {
    left: u32,
    pages: u32,
    /// Retries after silence, until a page came.
    silences: Option<u32>,
}

/// Retries at the start, and at most.
const RESERVE: u32 = 20;
const PAGES_A_RETRY: u32 = 5;

impl Default for Reserve {
    fn default() -> Self {
        Self { left: RESERVE, pages: 0, silences: Some(0) }
    }
}

impl Reserve {
    /// Takes a retry after an attempt that ended so, if one is left; `retries` are those of a request.
    pub(super) fn take(&mut self, error: &FetchError, retries: u32) -> bool {
        if let (Some(silences), FetchError::TimedOut(_)) = (&mut self.silences, error) {
            if *silences >= retries {
                return false;
            }
            *silences += 1;
        }
        let had = self.left > 0;
        self.left = self.left.saturating_sub(1);
        had
    }

    /// A page came.
    pub(super) fn page(&mut self) {
        self.silences = None;
        self.pages += 1;
        if self.pages >= PAGES_A_RETRY {
            self.pages = 0;
            self.left = (self.left + 1).min(RESERVE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> FetchError {
        FetchError::Status { status, message: String::new() }
    }

    fn body(code: &str) -> FetchError {
        FetchError::ErrorBody { code: code.to_owned(), message: String::new() }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_nothing_else() {
        let text = String::new;
        let cases = [
            (status(502), 4),
            (status(503), 4),
            (status(504), 4),
            (status(500), 2),
            (status(501), 0),
            (status(418), 0),
            (body("1500"), 2),
            (body("1503"), 4),
            (body("1400"), 0),
            (FetchError::Maintenance, 4),
            (FetchError::TimedOut(text()), 4),
            (FetchError::Broken(text()), 4),
            (FetchError::Connect("connection refused".to_owned()), 4),
            (FetchError::Connect("invalid peer certificate: UnknownIssuer".to_owned()), 0),
            (FetchError::Connect("dns error: failed to lookup address information".to_owned()), 0),
            (FetchError::Refused { status: 401, message: text(), skew_seconds: None }, 0),
            (FetchError::BadRequest(text()), 0),
            (FetchError::NotFound(text()), 0),
            (FetchError::Redirect(text()), 0),
            (FetchError::TooLarge(64), 0),
        ];
        for (error, expected) in cases {
            let tries = (1..20).take_while(|failures| delay(&error, *failures, 4, 0.5).is_some()).count();
            assert_eq!(tries, expected, "{error:?}");
            assert_eq!(delay(&error, 1, 0, 0.5), None, "--retries 0: {error:?}");
        }
    }

    #[test]
    fn delays_double_up_to_a_limit_and_chance_shortens_them() {
        let at =
            |failures, chance| delay(&status(503), failures, 100, chance).expect("there are retries left");
        assert_eq!([at(1, 1.0), at(2, 1.0), at(3, 1.0)].map(|time| time.as_secs()), [1, 2, 4]);
        assert_eq!([at(6, 1.0), at(90, 1.0)].map(|time| time.as_secs()), [30, 30]);
        assert_eq!(at(3, 0.0), Duration::ZERO);
        assert_eq!(at(3, 0.25), Duration::from_secs(1));
    }

    #[test]
    fn a_dying_portal_is_left_alone_and_pages_give_retries_back() {
        let down = status(503);
        let mut reserve = Reserve::default();
        assert_eq!((0..100).filter(|_| reserve.take(&down, 4)).count(), 20);
        (0..4).for_each(|_| reserve.page());
        assert!(!reserve.take(&down, 4));
        reserve.page();
        assert!(reserve.take(&down, 4) && !reserve.take(&down, 4));
        (0..1000).for_each(|_| reserve.page());
        assert_eq!((0..100).filter(|_| reserve.take(&down, 4)).count(), 20, "no more than at the start");
    }

    #[test]
    fn silence_before_the_first_page_has_the_retries_of_one_request() {
        let (down, silent) = (status(503), FetchError::TimedOut(String::new()));
        let mut reserve = Reserve::default();
        assert_eq!((0..100).filter(|_| reserve.take(&silent, 4)).count(), 4);
        assert!(reserve.take(&down, 4), "other failures have theirs");
        reserve.page();
        assert_eq!((0..100).filter(|_| reserve.take(&silent, 4)).count(), 15);
    }
}

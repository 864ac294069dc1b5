//! The portal's rate limit: a rolling window for each path template and method, shared by all credentials.

use std::collections::{HashMap, VecDeque};

use axum::http::Method;

/// What is left after a request, for the `X-Rate-Limit-*` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether the request was within the limit.
    pub(super) admitted: bool,
    /// Requests a window.
    pub(super) limit: u32,
    /// Requests left in it.
    pub(super) remaining: u32,
    /// Its length.
    pub(super) window_seconds: u32,
}

/// The times of the requests that still count. Refused ones do not.
pub(super) struct Limiter {
    limit: u32,
    window_seconds: u32,
    counted: HashMap<(&'static str, Method), VecDeque<i64>>,
}

impl Limiter {
    pub(super) fn new(limit: u32, window_seconds: u32) -> Self {
        Self { limit, window_seconds, counted: HashMap::new() }
    }

    /// Counts a request at `now_ms` on the template of its path.
    pub(super) fn count(&mut self, template: &'static str, method: &Method, now_ms: i64) -> Standing {
        let times = self.counted.entry((template, method.clone())).or_default();
        let start = now_ms - i64::from(self.window_seconds) * 1000;
        while times.pop_front_if(|time| *time <= start).is_some() {}
        let spent = |times: &VecDeque<i64>| u32::try_from(times.len()).unwrap_or(u32::MAX);
        let admitted = spent(times) < self.limit;
        if admitted {
            times.push_back(now_ms);
        }
        let remaining = self.limit - spent(times);
        Standing { admitted, limit: self.limit, remaining, window_seconds: self.window_seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_rolls() {
        let mut limiter = Limiter::new(2, 10);
        let mut at = |path, now_ms| {
            let standing = limiter.count(path, &Method::GET, now_ms);
            (standing.admitted, standing.remaining)
        };
        assert_eq!(at("/a", 0), (true, 1));
        assert_eq!(at("/a", 5_000), (true, 0));
        assert_eq!(at("/a", 9_999), (false, 0));
        assert_eq!(at("/b", 9_999), (true, 1));
        assert_eq!(at("/a", 10_000), (true, 0));
        assert_eq!(at("/a", 14_999), (false, 0));
        assert_eq!(at("/a", 30_000), (true, 1));
    }

    #[test]
    fn a_limit_of_nothing_admits_nothing() {
        let standing = Limiter::new(0, 60).count("/a", &Method::GET, 0);
        assert_eq!((standing.admitted, standing.remaining), (false, 0));
    }
}

//! The rate limit is shared: it is waited out, and a tenth of it is left alone.

use std::sync::{Arc, Mutex};

use super::run;
use crate::support::{Reply, Seen, Stub, ids, page, rows, slice};

fn good(seen: &Seen) -> Reply {
    page(slice(&rows(120), seen), 120)
}

fn too_many() -> Reply {
    Reply::error(429, 1429, "too many requests")
}

fn with_rate(reply: Reply, remaining: u32) -> Reply {
    reply
        .header("X-Rate-Limit-Limit", "100")
        .header("X-Rate-Limit-Remaining", &remaining.to_string())
        .header("X-Rate-Limit-Window", "7")
}

#[test]
fn a_429_is_waited_out_by_what_the_portal_says() {
    let cases: [(Reply, &str); 3] = [
        (too_many(), "waiting 60 s"),
        (too_many().header("X-Rate-Limit-Window", "2"), "waiting 2 s"),
        (too_many().header("X-Rate-Limit-Window", "2").header("Retry-After", "9"), "waiting 9 s"),
    ];
    for (reply, said) in cases {
        let stub = Stub::start(move |seen| if seen.number % 2 == 0 { reply.clone() } else { good(seen) });
        let ran = run(&stub, "size: 50\n", &[]).exits(0).says(&[said]);
        assert_eq!(ids(&ran.json()).len(), 120);
        assert!(ran.json()["run"]["waitedSeconds"].as_u64() > Some(1), "{}", ran.json()["run"]);
    }
}

#[test]
fn endless_429_ends_at_max_wait() {
    for (args, most) in [(&["--max-wait", "90s"][..], 2), (&[], 6)] {
        let stub = Stub::saying(too_many());
        run(&stub, "type: all\n", args).exits(5).says(&["HTTP 429", "--max-wait"]);
        assert!(stub.count() <= 2 * most, "{} requests", stub.count());
    }
}

#[test]
fn endless_429_after_a_page_is_incomplete() {
    let stub = Stub::start(|seen| if seen.offset() == 0 { good(seen) } else { too_many() });
    run(&stub, "size: 50\n", &[]).exits(6).says(&["after 1 page", "HTTP 429"]);
}

#[test]
fn a_tenth_is_left_to_others() {
    let stub = Stub::start(|seen| with_rate(good(seen), 10));
    let ran = run(&stub, "size: 20\n", &[]).exits(0).says(&["waiting 7 s for the rate limit"]);
    assert_eq!(ran.stderr.matches("waiting").count(), 1, "{}", ran.stderr);
    let plenty = Stub::start(|seen| with_rate(good(seen), 90));
    let ran = run(&plenty, "size: 20\n", &[]).exits(0);
    assert!(!ran.stderr.contains("waiting"), "{}", ran.stderr);
}

#[test]
fn a_wait_beyond_the_time_of_the_run_is_not_begun() {
    let stub = Stub::saying(too_many());
    run(&stub, "", &["--timeout", "30s"]).exits(6).says(&["--timeout"]);
    assert_eq!(stub.count(), 1);
}

/// What a portal of so many requests in two seconds was asked, by the times of the signatures, and how often it refused.
#[derive(Default)]
struct Counted {
    asked: Vec<i64>,
    admitted: Vec<i64>,
    refused: usize,
}

/// A portal with a rolling window of two seconds. Where it is silent, only a refusal tells of the window.
fn limited(limit: usize, silent: bool) -> (Stub, Arc<Mutex<Counted>>) {
    let counted = Arc::new(Mutex::new(Counted::default()));
    let shared = Arc::clone(&counted);
    let stub = Stub::start(move |seen| {
        let signature = seen.header("Authorization").expect("it is signed");
        let now: i64 = signature.rsplit(':').next().and_then(|time| time.parse().ok()).expect("a time");
        let mut counted = shared.lock().expect("no thread panics");
        counted.asked.push(now);
        let recent = counted.admitted.iter().filter(|time| **time > now - 2000).count();
        let told = |reply: Reply, left: usize| {
            reply
                .header("X-Rate-Limit-Limit", &limit.to_string())
                .header("X-Rate-Limit-Remaining", &left.to_string())
                .header("X-Rate-Limit-Window", "2")
        };
        if recent >= limit {
            counted.refused += 1;
            return told(too_many(), 0);
        }
        counted.admitted.push(now);
        let good = page(slice(&rows(800), seen), 800);
        if silent { good } else { told(good, limit - recent - 1) }
    });
    (stub, counted)
}

#[test]
fn a_storm_is_waited_out_and_never_over_the_limit_by_more_than_was_in_flight() {
    for (silent, most_refused) in [(true, 4 * 5), (false, 0)] {
        let (stub, counted) = limited(10, silent);
        let ran = run(&stub, "size: 20\n", &[]).exits(0).says(&["waiting 2 s for the rate limit"]);
        assert_eq!(ids(&ran.json()).len(), 800);
        let counted = counted.lock().expect("no thread panics");
        let within =
            |end: i64| counted.asked.iter().filter(|time| (end - 1999..=end).contains(*time)).count();
        let most = counted.asked.iter().map(|time| within(*time)).max();
        assert!(most <= Some(10 + 4), "{most:?} requests in a window");
        assert!(counted.refused <= most_refused, "{} refused", counted.refused);
    }
}

//! The rate limit is shared: it is waited out, and a tenth of it is left alone.

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

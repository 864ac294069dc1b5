//! The first page tells how many there are; the others are asked for together, and joined in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use super::run;
use crate::support::{Stub, ids, listed, page, rows, slice};

#[test]
fn pages_are_asked_for_together_and_joined_in_order() {
    let together = Barrier::new(4);
    let stub = Stub::start(move |seen| {
        // Pages 2 to 5 are answered when all four of them have been asked for.
        if seen.offset() > 0 {
            together.wait();
        }
        page(slice(&rows(210), seen), 210)
    });
    let document = run(&stub, "size: 50\n", &[]).exits(0).json();
    assert_eq!(ids(&document), (1..=210).collect::<Vec<i64>>());
    assert_eq!((document["listings"][0]["pages"].as_u64(), stub.count()), (Some(5), 5));
}

#[test]
fn no_more_requests_are_in_flight_than_allowed() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen_most = Arc::clone(&most);
    let stub = Stub::start(move |seen| {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let reply = page(slice(&listed(rows(400), seen), seen), 400);
        now.fetch_sub(1, Ordering::SeqCst);
        reply
    });
    run(&stub, "size: 20\nadminId: [1, 2, 3]\ntype: all\n", &["--concurrency", "2"]).exits(0);
    assert!(seen_most.load(Ordering::SeqCst) <= 2);
}

#[test]
fn the_order_in_which_answers_come_does_not_matter() {
    let turn = Barrier::new(2);
    let stub = Stub::start(move |seen| {
        // The second page is held back until the third is on its way.
        if seen.offset() == 49 || seen.offset() == 98 {
            turn.wait();
        }
        page(slice(&rows(120), seen), 120)
    });
    let document = run(&stub, "size: 50\n", &[]).exits(0).json();
    assert_eq!(ids(&document), (1..=120).collect::<Vec<i64>>());
}

//! The sandbox portal over a socket, against the API's description.

mod client;
mod command;
mod data;
mod fault;
mod filter;
mod gate;
mod listing;
mod rate;
mod several;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use lmq::sandbox::{Clock, Options, Sandbox};

/// 2023-11-14T22:13:20Z.
const NOW_MS: i64 = 1_700_000_000_000;

/// A clock that stands still until it is moved.
fn clock() -> (Arc<AtomicI64>, Clock) {
    let now = Arc::new(AtomicI64::new(NOW_MS));
    let read = Arc::clone(&now);
    (now, Arc::new(move || read.load(Ordering::SeqCst)))
}

fn portal(options: Options) -> Sandbox {
    Sandbox::start(options, clock().1).expect("a free port")
}

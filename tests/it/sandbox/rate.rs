//! The rate limit and its headers.

use std::sync::atomic::Ordering;

use lmq::sandbox::{Options, Sandbox};

use super::client::{Reply, get, send};
use super::{clock, portal};

const ALL: &str = "/setting/admins/apitokens";

fn standing(reply: &Reply) -> [&str; 3] {
    ["Limit", "Remaining", "Window"]
        .map(|name| reply.header(&format!("X-Rate-Limit-{name}")).expect("on every answer"))
}

#[test]
fn over_the_limit_is_429_until_the_window_rolls_on() {
    let (now, read) = clock();
    let options = Options { rate_limit: 3, rate_window_seconds: 10, ..Options::default() };
    let sandbox = Sandbox::start(options, read).unwrap();
    assert_eq!(standing(&get(&sandbox, ALL)), ["3", "2", "10"]);
    now.fetch_add(4_000, Ordering::SeqCst);
    assert_eq!(standing(&get(&sandbox, ALL)), ["3", "1", "10"]);
    // Others share the budget, let in or not.
    assert_eq!(standing(&send(&sandbox, "GET", ALL, &[("X-Version", "3")])), ["3", "0", "10"]);
    for _ in 0..5 {
        let reply = get(&sandbox, ALL);
        assert_eq!((reply.error().0, reply.error().1), (429, 1429));
        assert_eq!(standing(&reply), ["3", "0", "10"]);
        assert_eq!(reply.header("retry-after"), None);
    }
    let first = send(&sandbox, "GET", ALL, &[]);
    assert_eq!((first.status, &first.body["status"]), (200, &1429.into()));
    now.fetch_add(5_999, Ordering::SeqCst);
    assert_eq!(get(&sandbox, ALL).status, 429);
    now.fetch_add(1, Ordering::SeqCst);
    let reply = get(&sandbox, ALL);
    assert_eq!((reply.status, standing(&reply)), (200, ["3", "0", "10"]), "the first no longer counts");
    assert_eq!(get(&sandbox, ALL).status, 429);
    now.fetch_add(60_000, Ordering::SeqCst);
    assert_eq!(standing(&get(&sandbox, ALL)), ["3", "2", "10"]);
}

#[test]
fn each_endpoint_and_method_has_its_budget_and_all_users_share_one() {
    let sandbox = portal(Options { rate_limit: 2, ..Options::default() });
    assert_eq!(standing(&get(&sandbox, ALL)), ["2", "1", "60"]);
    assert_eq!(standing(&get(&sandbox, "/setting/admins/131/apitokens")), ["2", "1", "60"]);
    assert_eq!(standing(&get(&sandbox, "/setting/admins/2/apitokens")), ["2", "0", "60"]);
    assert_eq!(get(&sandbox, "/setting/admins/3/apitokens").status, 429);
    assert_eq!(standing(&send(&sandbox, "POST", ALL, &[])), ["2", "1", "60"]);
    assert_eq!(standing(&get(&sandbox, "/elsewhere")), ["2", "1", "60"]);
    assert_eq!(standing(&get(&sandbox, ALL)), ["2", "0", "60"]);
}

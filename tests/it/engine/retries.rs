//! What may pass by itself is tried again, each time with a signature of its own; a refusal never.

use std::collections::BTreeSet;

use super::run;
use crate::support::{Project, Reply, Seen, Stub, ids, listed, page, rows, sandbox, slice};

fn good(seen: &Seen) -> Reply {
    page(slice(&rows(120), seen), 120)
}

/// A portal whose first answers are these.
fn after(bad: Vec<Reply>) -> Stub {
    Stub::start(move |seen| bad.get(seen.number).cloned().unwrap_or_else(|| good(seen)))
}

fn passing() -> Vec<(&'static str, Reply)> {
    let page = Reply::json(200, &serde_json::json!({"total": 1, "items": [{"id": 1, "note": "cut here"}]}));
    vec![
        ("502", Reply::error(502, 1502, "bad gateway")),
        ("503", Reply::text(503, "text/html", "<h1>down</h1>")),
        ("504", Reply::error(504, 1504, "too late")),
        ("apologies", Reply::text(200, "text/plain", "Apologies, service is temporarily unavailable")),
        ("reset", Reply::reset()),
        ("cut", page.clone().cut(20)),
        ("cut in JSON", Reply::text(200, "application/json", r#"{"total":2,"items":[{"id":1"#)),
        ("500", Reply::error(500, 1500, "internal")),
        ("error body", Reply::error(200, 1500, "internal")),
    ]
}

#[test]
fn what_passes_is_tried_again_with_fresh_signatures() {
    for (name, reply) in passing() {
        let stub = after(vec![reply.clone(), reply]);
        let document = run(&stub, "", &[]).exits(0).json();
        assert_eq!(ids(&document).len(), 120, "{name}");
        let signatures: BTreeSet<String> =
            stub.seen().iter().filter_map(|seen| seen.header("authorization").map(str::to_owned)).collect();
        assert_eq!((stub.count(), signatures.len()), (3, 3), "{name}");
    }
}

#[test]
fn what_does_not_pass_ends_after_its_retries() {
    let requests = |reply: Reply, args: &[&str]| {
        let stub = Stub::saying(reply);
        run(&stub, "", args).exits(5);
        stub.count()
    };
    assert_eq!(requests(Reply::error(503, 1503, "down"), &[]), 5);
    assert_eq!(requests(Reply::error(503, 1503, "down"), &["--retries", "1"]), 2);
    assert_eq!(requests(Reply::error(503, 1503, "down"), &["--retries", "0"]), 1);
    assert_eq!(requests(Reply::error(500, 1500, "internal"), &[]), 3);
    for (status, code) in [(400, 1400), (404, 1404), (418, 1418), (405, 1405)] {
        assert_eq!(requests(Reply::error(status, code, "no"), &[]), 1, "HTTP {status}");
    }
    assert_eq!(requests(Reply::text(302, "", "").header("Location", "https://elsewhere.example"), &[]), 1);
    assert_eq!(requests(Reply::text(200, "text/html", "<html>log in</html>"), &[]), 1);
}

#[test]
fn a_refusal_is_met_once_however_much_is_to_be_asked() {
    for (status, code) in [(401, 1401), (403, 1403)] {
        let stub = Stub::saying(Reply::error(status, code, "said no"));
        run(&stub, "adminId: [1, 2, 3, 4]\ntype: all\n", &["--concurrency", "8"]).exits(4);
        assert_eq!(stub.count(), 1, "HTTP {status}");
    }
}

#[test]
fn a_dying_portal_is_not_hammered() {
    let stub = Stub::saying(Reply::error(503, 1503, "down"));
    let users: Vec<String> = (1..=50).map(|id| id.to_string()).collect();
    run(&stub, &format!("adminId: [{}]\n", users.join(",")), &[]).exits(5);
    assert_eq!(stub.count(), 50 + 20, "one request a listing, and the retries of a run");
}

/// A portal that hung once took five minutes for each of its listings.
#[test]
fn a_portal_that_never_answers_is_waited_for_once() {
    let silent =
        |query: &str, stub: &Stub| Project::new().query(query).stub(stub).impatient().run(&["q.yaml"]);
    let stub = Stub::saying(Reply::stall());
    silent("adminId: [1, 2, 3]\n", &stub).exits(5).says(&["did not answer in time"]);
    assert_eq!(stub.count(), 3 + 4, "one request a listing, and the retries of one");
    // One that has answered may be slow for a while.
    let stub = Stub::start(|seen| match seen.number {
        1..5 => Reply::stall(),
        _ => page(&listed(rows(3), seen), 3),
    });
    silent("type: all\n", &stub).exits(0);
}

#[test]
fn a_late_page_that_stays_away_makes_the_list_incomplete() {
    let stub =
        Stub::start(|seen| if seen.offset() == 98 { Reply::error(503, 1503, "down") } else { good(seen) });
    let ran = run(&stub, "size: 50\n", &[]).exits(6).says(&["after 2 pages", "HTTP 503"]);
    assert_eq!(ids(&ran.json()).len(), 99);
}

#[test]
fn retries_are_told_with_v() {
    let stub = after(vec![Reply::error(503, 1503, "down")]);
    run(&stub, "", &["-v"]).exits(0).says(&["attempt 1 failed", "HTTP 503", "the next one in 0.5 s"]);
}

#[test]
fn a_signature_of_a_retry_is_right() {
    let sandbox = sandbox();
    let project = Project::new().query("").sandbox(&sandbox);
    project.run(&["-f", "json", "q.yaml"]).exits(0);
}

//! `type`, `permission`, `fields`, `size`, `offset`, `sort`, and the log of requests.

use std::sync::{Arc, Mutex};

use lmq::sandbox::data::{FIELDS, Kind, Token};
use lmq::sandbox::{Options, Sandbox};
use serde_json::Value;

use super::client::get;
use super::{clock, portal};

const ALL: &str = "/setting/admins/apitokens";

/// The ids in the portal's truth that a test expects.
fn ids(sandbox: &Sandbox, kind: Kind, wanted: impl Fn(&Token) -> bool) -> Vec<i64> {
    let tokens = sandbox.truth().into_iter().filter(|token| token.kind == kind && wanted(token));
    tokens.map(|token| token.id).collect()
}

#[test]
fn each_kind_has_its_listing() {
    let sandbox = portal(Options::default());
    for (query, kind) in [("", Kind::Lmv1), ("&type=bearer", Kind::Bearer)] {
        let reply = get(&sandbox, &format!("{ALL}?size=1000{query}"));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.ids(), ids(&sandbox, kind, |_| true));
        assert_eq!(reply.body["total"], reply.ids().len());
        assert_eq!(reply.body["searchId"], Value::Null);
        assert_eq!(reply.body.as_object().unwrap().len(), 3);
        let of_131 = get(&sandbox, &format!("/setting/admins/131/apitokens?{query}"));
        let expected = ids(&sandbox, kind, |token| token.admin_id == 131);
        assert!(!expected.is_empty());
        assert_eq!(of_131.ids(), expected);
    }
    for other in ["LMv1", "lmv1", "BEARER", ""] {
        let reply = get(&sandbox, &format!("{ALL}?type={other}"));
        assert_eq!((reply.error().0, reply.error().1), (400, 1400), "type={other}");
    }
}

#[test]
fn permission_narrows_bearer_listings_alone() {
    let sandbox = portal(Options::default());
    let narrow = get(&sandbox, &format!("{ALL}?type=bearer&permission=traces&size=1000")).ids();
    assert_eq!(narrow, ids(&sandbox, Kind::Bearer, |token| token.reads_traces));
    assert!(!narrow.is_empty() && narrow.len() < ids(&sandbox, Kind::Bearer, |_| true).len());
    let lmv1 = get(&sandbox, &format!("{ALL}?permission=traces&size=1000")).ids();
    assert_eq!(lmv1, ids(&sandbox, Kind::Lmv1, |_| true));
}

#[test]
fn fields_are_what_was_asked_for() {
    let sandbox = portal(Options::default());
    let reply = get(&sandbox, &format!("{ALL}?fields=status,adminName,colour,Id"));
    for row in reply.items() {
        assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>(), ["adminName", "status"]);
    }
    for all in ["", "?fields="] {
        let reply = get(&sandbox, &format!("{ALL}{all}"));
        let row = &reply.items()[0];
        for field in ["id", "accessId", "adminId", "adminName", "roles", "status", "createdOn", "createdBy"] {
            assert!(row.get(field).is_some(), "{field}");
        }
        assert!(row.as_object().unwrap().keys().all(|key| FIELDS.contains(&key.as_str())));
    }
    let nothing = get(&sandbox, &format!("{ALL}?fields=colour&size=2"));
    assert_eq!(nothing.items(), [serde_json::json!({}), serde_json::json!({})]);
}

#[test]
fn key_material_is_twenty_characters_of_bearer_tokens() {
    let sandbox = portal(Options::default());
    let reply = get(&sandbox, &format!("{ALL}?type=bearer&fields=accessKey,accessId&size=1000"));
    let starts: Vec<&str> = reply.items().iter().map(|row| row["accessKey"].as_str().unwrap()).collect();
    assert!(starts.iter().all(|start| start.len() == 20 && start.starts_with("lmb_")));
    assert_eq!(starts.iter().filter(|start| sandbox.bearer_token().expose().starts_with(**start)).count(), 1);
    assert!(reply.items().iter().all(|row| row["accessId"].is_null()));
    let lmv1 = get(&sandbox, &format!("{ALL}?fields=accessKey,accessId&size=1000"));
    let keys: Vec<Option<&Value>> = lmv1.items().iter().map(|row| row.get("accessKey")).collect();
    assert!(keys.contains(&None) && keys.contains(&Some(&Value::Null)));
    assert!(keys.iter().all(|key| key.is_none_or(Value::is_null)));
    let own = |row: &&Value| row["accessId"] == sandbox.access_id();
    assert_eq!(lmv1.items().iter().filter(own).count(), 1);
}

#[test]
fn pages_are_cut_by_size_and_offset() {
    let sandbox = portal(Options::default());
    let all = ids(&sandbox, Kind::Lmv1, |_| true);
    let cases = [
        ("", 0..50),
        ("?size=7", 0..7),
        ("?size=7&offset=7", 7..14),
        ("?offset=70", 70..72),
        ("?offset=72", 72..72),
        ("?offset=100000", 72..72),
        ("?size=1000", 0..72),
        ("?size=1", 0..1),
    ];
    for (query, range) in cases {
        let reply = get(&sandbox, &format!("{ALL}{query}"));
        assert_eq!(reply.ids(), all[range], "{query}");
        assert_eq!(reply.body["total"], 72, "{query}");
    }
    for query in ["size=1001", "size=0", "size=-1", "size=x", "size=", "offset=-1", "offset=1.5", "offset="] {
        let reply = get(&sandbox, &format!("{ALL}?{query}"));
        assert_eq!((reply.error().0, reply.error().1), (400, 1400), "{query}");
        assert!(reply.error().2.starts_with(query.split('=').next().unwrap()), "{query}");
    }
}

#[test]
fn sort_is_a_hint() {
    let sandbox = portal(Options::default());
    let ascending = ids(&sandbox, Kind::Lmv1, |_| true);
    let descending: Vec<i64> = ascending.iter().rev().copied().collect();
    let cases = [
        ("id", &ascending),
        ("+id", &ascending),
        ("%2Bid", &ascending),
        ("-id", &descending),
        ("colour", &ascending),
        ("-colour", &ascending),
        ("roles", &ascending),
        ("", &ascending),
    ];
    for (sort, expected) in cases {
        assert_eq!(&get(&sandbox, &format!("{ALL}?size=1000&sort={sort}")).ids(), expected, "{sort}");
    }
    let reply = get(&sandbox, &format!("{ALL}?size=1000&sort=-adminName&fields=id,adminName"));
    let names: Vec<&str> = reply.items().iter().map(|row| row["adminName"].as_str().unwrap()).collect();
    assert!(names.is_sorted_by(|left, right| left >= right) && reply.ids() != ascending);
}

#[test]
fn requests_are_logged_and_shown_without_secrets() {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&shown);
    let observer = Box::new(move |received: &lmq::sandbox::Received| {
        lines.lock().unwrap().push(received.to_string());
    });
    let sandbox = Sandbox::start_observed(Options::default(), clock().1, observer).unwrap();
    let token = sandbox.bearer_token().expose();
    get(&sandbox, &format!("{ALL}?size=3&filter=note~%22a%22"));
    get(&sandbox, "/setting/admins/99999/apitokens");
    get(&sandbox, &format!("/{token}?x={token}"));
    let lines = shown.lock().unwrap();
    let expected = [
        "GET /setting/admins/apitokens?size=3&filter=note~%22a%22 → 200, 3 rows",
        "GET /setting/admins/99999/apitokens → 404, 0 rows",
        "GET /[redacted]?x=[redacted] → 404, 0 rows",
    ];
    assert_eq!(*lines, expected);
    assert_eq!(sandbox.requests().iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    assert_eq!(sandbox.requests()[0].query, "size=3&filter=note~%22a%22");
}

//! Credentials, versions, methods and paths.

use std::sync::atomic::Ordering;

use lmq::auth::sign;
use lmq::sandbox::{Options, Sandbox};

use super::client::{Reply, get, raw, send};
use super::{NOW_MS, clock, portal};

const ALL: &str = "/setting/admins/apitokens";
const OF_131: &str = "/setting/admins/131/apitokens";
/// Made with Python's `hmac` from the access key of seed 1, for [`ALL`] at [`NOW_MS`].
const SIGNATURE: &str =
    "YzkwNmRhZWE2NmU3NDQ2ZTQ0MDVlNWU3NjBlYzQ3YjI2YWRiZDAxNjQ3MGM3OTAwMWYyNWIyZWIxNDFhM2VhNg==";

fn signed(sandbox: &Sandbox, target: &str, authorization: &str) -> Reply {
    let authorization = authorization.replace("ID", sandbox.access_id());
    send(sandbox, "GET", target, &[("Authorization", &authorization), ("X-Version", "3")])
}

#[test]
fn signatures_of_another_signer_are_accepted() {
    let sandbox = portal(Options::default());
    let of_131 = "NzRiZGEyZWJhMjU0MjQyMjg2NTExNDVhNTFlMzhjMzVmNDM4M2MxOWQwYWMwNmI4MzQ5NjdjMjNmODFkNWI0NQ==";
    let earliest = "NGE3NDJkMTFjYTcxNGQ0YzIwMTZiNmY3ZjllNGY3NzhiYTQ2OGZmOTNlODE1Y2UyZTcyMTI0ZmMyYTQ3YTcyZA==";
    let latest = "Y2Q2OWJkZTJkNjgxNjJmNWI4OWMyYmQzODc4ZGFiN2NiOTQ5YTM5YTc0NWUxMDBjMjIzNDczMzhiYjk4NzdjNQ==";
    let cases = [
        (ALL, SIGNATURE, NOW_MS),
        ("/setting/admins/apitokens?size=5&filter=status:2", SIGNATURE, NOW_MS),
        ("/setting/admins/api%74okens", SIGNATURE, NOW_MS),
        (OF_131, of_131, NOW_MS),
        (ALL, earliest, NOW_MS - 1_800_000),
        (ALL, latest, NOW_MS + 1_800_000),
    ];
    for (target, signature, epoch) in cases {
        let reply = signed(&sandbox, target, &format!("LMv1 ID:{signature}:{epoch}"));
        assert_eq!(reply.status, 200, "{target} at {epoch}: {}", reply.body);
        assert!(!reply.items().is_empty(), "{target}");
    }
}

#[test]
fn everything_else_is_refused_with_401() {
    let sandbox = portal(Options::default());
    let early = "YmRlMmVhMWM2ZjlkMTZmZjhkMzE1ZjgzMjVjNzdkYTlkZmVmZWNjNjc4OTM1NGE5ZTg2YzgxZmI1N2JjNmNhNA==";
    let late = "MWJhOGUzMzEwZjVkZmRiNzZkZWZhMzlmZTUyNjg4Zjg0Nzc5MGY4NzNkYzUyMjhiMzNiZTJiYWEzNGQ5NGM5YQ==";
    let bearer = sandbox.bearer_token().expose();
    let cases = [
        (ALL, format!("LMv1 ID:{}:{NOW_MS}", SIGNATURE.replacen('Y', "Z", 1)), "signature"),
        (ALL, format!("LMv1 ID:{}:{NOW_MS}", &SIGNATURE[..40]), "signature"),
        (ALL, format!("LMv1 ID:{SIGNATURE}:{}", NOW_MS + 1), "signature"),
        (OF_131, format!("LMv1 ID:{SIGNATURE}:{NOW_MS}"), "signature"),
        (ALL, format!("LMv1 ID:{early}:{}", NOW_MS - 1_800_001), "30 minutes"),
        (ALL, format!("LMv1 ID:{late}:{}", NOW_MS + 1_800_001), "30 minutes"),
        (ALL, format!("LMv1 nobody:{SIGNATURE}:{NOW_MS}"), "access id"),
        (ALL, format!("LMv1 ID:{SIGNATURE}:soon"), "time"),
        (ALL, format!("LMv1 ID:{SIGNATURE}:{}", i64::MIN), "30 minutes"),
        (ALL, "LMv1 ID".to_owned(), "malformed"),
        (ALL, format!("LMv1 ID:{SIGNATURE}"), "malformed"),
        (ALL, format!("Bearer {}", &bearer[..bearer.len() - 1]), "bearer"),
        (ALL, format!("Bearer {bearer}x"), "bearer"),
        (ALL, format!("Basic {bearer}"), "scheme"),
        (ALL, bearer.to_owned(), "scheme"),
    ];
    for (target, authorization, named) in cases {
        let reply = signed(&sandbox, target, &authorization);
        let (status, code, message) = reply.error();
        assert_eq!((status, code), (401, 1401), "{authorization}");
        assert!(message.contains(named), "{authorization}: {message}");
    }
    let (status, code, message) = (401, 1401, "Authentication failed: no Authorization header");
    assert_eq!(send(&sandbox, "GET", ALL, &[("X-Version", "3")]).error(), (status, code, message));
}

#[test]
fn the_clock_handed_in_is_the_one_that_counts() {
    let (now, read) = clock();
    let sandbox = Sandbox::start(Options::default(), read).unwrap();
    let header = format!("LMv1 ID:{SIGNATURE}:{NOW_MS}");
    let reply = signed(&sandbox, ALL, &header);
    assert_eq!((reply.status, reply.header("date")), (200, Some("Tue, 14 Nov 2023 22:13:20 GMT")));
    now.fetch_add(31 * 60 * 1000, Ordering::SeqCst);
    let reply = signed(&sandbox, ALL, &header);
    assert_eq!((reply.status, reply.header("date")), (401, Some("Tue, 14 Nov 2023 22:44:20 GMT")));
    let epoch = now.load(Ordering::SeqCst);
    let fresh = sign(sandbox.access_key(), "GET", epoch, "", ALL);
    assert_eq!(signed(&sandbox, ALL, &format!("LMv1 ID:{fresh}:{epoch}")).status, 200);
}

#[test]
fn bearer_tokens_are_accepted_in_either_case_of_the_scheme() {
    let sandbox = portal(Options::default());
    for scheme in ["Bearer", "bearer"] {
        let header = format!("{scheme} {}", sandbox.bearer_token().expose());
        assert_eq!(signed(&sandbox, ALL, &header).status, 200);
    }
}

#[test]
fn without_version_3_answers_are_of_the_first_version() {
    let sandbox = portal(Options::default());
    let bearer = format!("Bearer {}", sandbox.bearer_token().expose());
    for version in [None, Some("2"), Some("")] {
        let ask = |target: &str, authorization: &str| {
            let mut headers = vec![("Authorization", authorization)];
            headers.extend(version.map(|version| ("X-Version", version)));
            let reply = send(&sandbox, "GET", target, &headers);
            assert_eq!(reply.status, 200, "{version:?} {target}");
            assert!(reply.body.get("items").is_none() && reply.body.get("errorCode").is_none());
            reply.body
        };
        let body = ask("/setting/admins/apitokens?size=2", &bearer);
        assert_eq!((&body["status"], &body["errmsg"]), (&200.into(), &"OK".into()));
        assert_eq!(
            (&body["data"]["total"], body["data"]["items"].as_array().unwrap().len()),
            (&72.into(), 2)
        );
        assert_eq!(ask(ALL, "Bearer wrong")["status"], 1401);
        assert_eq!(ask("/setting/admins/99999/apitokens", &bearer)["status"], 1404);
        let body = ask("/setting/admins/apitokens?size=x", &bearer);
        assert_eq!((&body["status"], &body["data"]), (&1400.into(), &serde_json::Value::Null));
    }
}

#[test]
fn unknown_users_and_paths_are_not_found() {
    let sandbox = portal(Options::default());
    let cases = [
        ("/setting/admins/99999/apitokens", 404, 1404),
        ("/setting/admins/-1/apitokens", 404, 1404),
        ("/setting/admins/me/apitokens", 400, 1400),
        ("/setting/admins/131", 404, 1400),
        ("/setting/admins/131/apitokens/", 404, 1400),
        ("/setting/admins/apitokens/", 404, 1400),
        ("/setting/admins/131/7/apitokens", 404, 1400),
        ("/setting/roles", 404, 1400),
        ("", 404, 1400),
        ("x/setting/admins/apitokens", 404, 1400),
    ];
    for (target, status, code) in cases {
        let reply = get(&sandbox, target);
        assert_eq!((reply.error().0, reply.error().1), (status, code), "{target}");
    }
    let bearer = format!("Bearer {}", sandbox.bearer_token().expose());
    let base = sandbox.base_url();
    let address = base.strip_prefix("http://").unwrap().strip_suffix("/santaba/rest").unwrap();
    let reply =
        raw(address, "GET /setting/admins/apitokens", &[("Authorization", &bearer), ("X-Version", "3")]);
    assert_eq!((reply.error().0, reply.error().1), (404, 1400), "outside the root");
}

#[test]
fn other_methods_are_not_allowed() {
    let sandbox = portal(Options::default());
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let reply = send(&sandbox, method, ALL, &[("X-Version", "3")]);
        assert_eq!((reply.error().0, reply.error().1), (405, 1405), "{method}");
    }
}

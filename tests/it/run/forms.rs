//! Every form in which a portal says no is told apart: exit code, message, requests.

use serde_json::{Value, json};

use crate::support::{Project, Ran, Reply, Seen, Stub, ids, page, row, rows, slice};

/// Most requests that a listing which brings nothing may cost, retries included.
const FEW: usize = 30;

/// What an answer on the first page must lead to.
struct Case {
    name: &'static str,
    reply: fn() -> Reply,
    code: u8,
    says: &'static [&'static str],
}

const fn case(name: &'static str, reply: fn() -> Reply, code: u8, says: &'static [&'static str]) -> Case {
    Case { name, reply, code, says }
}

const SAID: &str = "the portal's own words";
const APOLOGIES: &str = "Apologies, service is temporarily unavailable. Please try again later.";

/// Answers with nothing in them but a refusal, an error, or no page at all.
const CASES: &[Case] = &[
    case("401", || Reply::error(401, 1401, SAID), 4, &["HTTP 401", SAID, "LM_ACCESS_KEY"]),
    case("403", || Reply::error(403, 1403, SAID), 4, &["HTTP 403", SAID, "User Access"]),
    case("401 in 200", || Reply::error(200, 1401, SAID), 4, &["HTTP 401", SAID]),
    case("403 in 200", || Reply::error(200, 1403, SAID), 4, &["HTTP 403", SAID]),
    case("401 as html", || Reply::text(401, "text/html", "<h1>no</h1>"), 4, &["HTTP 401"]),
    case("401 empty", || Reply::text(401, "", ""), 4, &["HTTP 401", "an empty answer"]),
    case("400", || Reply::error(400, 1400, SAID), 5, &["HTTP 400", SAID]),
    case("404", || Reply::error(404, 1404, SAID), 5, &["HTTP 404", SAID]),
    case("404 with 1400", || Reply::error(404, 1400, SAID), 5, &["HTTP 404", SAID]),
    case("418", || Reply::error(418, 1, SAID), 5, &["HTTP 418", SAID]),
    case("500", || Reply::error(500, 1500, SAID), 5, &["HTTP 500", SAID]),
    case("502", || Reply::text(502, "text/html", "<h1>Bad Gateway</h1>"), 5, &["HTTP 502"]),
    case("503", || Reply::text(503, "", ""), 5, &["HTTP 503"]),
    case("504", || Reply::error(504, 1504, SAID), 5, &["HTTP 504", SAID]),
    case("200 with an error", || Reply::error(200, 1500, SAID), 5, &["HTTP 200", "1500", SAID]),
    case(
        "a code that is text",
        || Reply::json(200, &json!({ "errorMessage": SAID, "errorCode": "1500", "items": [] })),
        5,
        &["1500", SAID],
    ),
    case(
        "an error with empty items",
        || Reply::json(200, &json!({ "errorMessage": SAID, "errorCode": 1500, "total": 0, "items": [] })),
        5,
        &[SAID],
    ),
    case(
        "an error without a message",
        || Reply::json(200, &json!({ "errorMessage": null, "errorCode": 1500, "total": 0, "items": [] })),
        5,
        &["1500"],
    ),
    case(
        "a refusal without a message",
        || Reply::json(200, &json!({ "errorMessage": null, "errorCode": 1403, "items": [] })),
        4,
        &["HTTP 403"],
    ),
    case(
        "v1 well",
        || {
            Reply::json(
                200,
                &json!({ "status": 200, "errmsg": "OK", "data": { "total": 1, "items": [row(1)] } }),
            )
        },
        5,
        &["API version 1", "X-Version"],
    ),
    case(
        "v1 with nothing",
        || Reply::json(200, &json!({ "status": 200, "errmsg": "OK", "data": { "total": 0, "items": [] } })),
        5,
        &["API version 1"],
    ),
    case(
        "v1 refused",
        || Reply::json(200, &json!({ "status": 1401, "errmsg": SAID, "data": null })),
        4,
        &[SAID],
    ),
    case("html", || Reply::text(200, "text/html", "<!doctype html><p>hi"), 5, &["no JSON", "account"]),
    case("html that says json", || Reply::text(200, "application/json", "<html>"), 5, &["account"]),
    case("plain text", || Reply::text(200, "text/plain", "welcome"), 5, &["no JSON", "welcome"]),
    case("apologies at 200", || Reply::text(200, "text/plain", APOLOGIES), 5, &["being upgraded"]),
    case(
        "apologies at 200 as json",
        || Reply::text(200, "application/json", APOLOGIES),
        5,
        &["being upgraded"],
    ),
    case("apologies at 503", || Reply::text(503, "text/html", APOLOGIES), 5, &["being upgraded"]),
    case(
        "302",
        || Reply::text(302, "", "").header("Location", "https://evil.example/login"),
        5,
        &["redirects to `https://evil.example/login`", "not followed"],
    ),
    case("301 to nowhere", || Reply::text(301, "", ""), 5, &["redirects"]),
    case(
        "307 to itself",
        || Reply::json(307, &json!({ "total": 0, "items": [] })).header("Location", "/santaba/rest/x"),
        5,
        &["redirects"],
    ),
    case("204", || Reply::text(204, "", ""), 5, &["HTTP 204"]),
    case("206", || Reply::json(206, &json!({ "total": 0, "items": [] })), 5, &["HTTP 206"]),
    case("empty body", || Reply::text(200, "application/json", ""), 5, &["ends early"]),
    case("empty object", || Reply::json(200, &json!({})), 5, &["no page"]),
    case("a list", || Reply::json(200, &json!([])), 5, &["no page"]),
    case("null", || Reply::json(200, &Value::Null), 5, &["no page"]),
    case("items that are no list", || Reply::json(200, &json!({ "total": 0, "items": {} })), 5, &["no page"]),
    case(
        "items that are no objects",
        || Reply::json(200, &json!({ "total": 1, "items": [1] })),
        5,
        &["no page"],
    ),
    case(
        "an item that is null",
        || Reply::json(200, &json!({ "total": 1, "items": [null] })),
        5,
        &["no page"],
    ),
    case(
        "items twice",
        || Reply::text(200, "application/json", r#"{"total":0,"items":[{"id":1}],"items":[]}"#),
        5,
        &["twice"],
    ),
    case(
        "total twice",
        || Reply::text(200, "application/json", r#"{"total":5,"items":[],"total":0}"#),
        5,
        &["twice"],
    ),
    case("total as text", || Reply::json(200, &json!({ "total": "120", "items": [] })), 5, &["`total`"]),
    case("total as a list", || Reply::json(200, &json!({ "total": [], "items": [] })), 5, &["`total`"]),
    case(
        "json with a tail",
        || Reply::text(200, "application/json", r#"{"total":0,"items":[]}{"total":9}"#),
        5,
        &["no page"],
    ),
    case(
        "cut in its json",
        || Reply::text(200, "application/json", r#"{"total":2,"items":[{"id":1}"#),
        5,
        &["ends early"],
    ),
    case("cut in its length", || page(&rows(3), 3).cut(20), 5, &["connection broke"]),
    case("cut by one byte", || page(&[], 0).cut(1), 5, &["connection broke"]),
    case("gzip that is none", || page(&[], 0).header("Content-Encoding", "gzip"), 5, &["connection broke"]),
    case("gzip that ends early", || page(&rows(3), 3).gzipped().cut(8), 5, &["connection broke"]),
    case("reset", Reply::reset, 5, &["error"]),
    case("429", || Reply::error(429, 1429, SAID), 5, &["HTTP 429", "60 s"]),
    case(
        "429 with a window",
        || Reply::error(429, 1429, SAID).header("X-Rate-Limit-Window", "17"),
        5,
        &["HTTP 429", "17 s"],
    ),
    case(
        "429 with Retry-After",
        || Reply::error(429, 1429, SAID).header("Retry-After", "3").header("X-Rate-Limit-Window", "17"),
        5,
        &["HTTP 429", "3 s"],
    ),
    case("429 in 200", || Reply::error(200, 1429, SAID), 5, &["HTTP 429"]),
];

fn stubbed(stub: &Stub, more: &str, args: &[&str]) -> Ran {
    Project::new().query(more).stub(stub).run(&[args, &["q.yaml"]].concat())
}

#[test]
fn each_form_of_failure_has_its_code_and_its_words() {
    for Case { name, reply, code, says } in CASES {
        let stub = Stub::saying(reply());
        let ran = stubbed(&stub, "", &["-f", "json", "--allow-partial", "--max-wait", "70s"]);
        assert_eq!(ran.code, *code, "{name}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{name}");
        for part in *says {
            assert!(ran.stderr.contains(part), "{name}: `{part}` is missing:\n{}", ran.stderr);
        }
        assert!(ran.stderr.contains("q.yaml:1:11"), "{name} points into the query:\n{}", ran.stderr);
        let most = if *code == 4 { 1 } else { FEW };
        assert!((1..=most).contains(&stub.count()), "{name}: {} requests", stub.count());
    }
}

#[test]
fn a_late_page_in_any_form_keeps_the_rows_and_is_no_success() {
    for Case { name, reply, .. } in CASES {
        let late =
            move |seen: &Seen| if seen.offset() == 0 { page(slice(&rows(20), seen), 20) } else { reply() };
        let stub = Stub::start(late);
        let ran = stubbed(&stub, "size: 5\n", &["-f", "json", "--max-wait", "70s"]);
        assert_eq!(ran.code, 6, "{name}: {}", ran.stderr);
        let document = ran.json();
        assert_eq!(ids(&document), [1, 2, 3, 4, 5], "{name}: the rows so far are kept");
        assert_eq!(document["run"]["verdict"], "incomplete", "{name}");
        let reason = document["run"]["reasons"][0].as_str().expect("a reason");
        assert!(reason.starts_with("after 1 page: "), "{name}: {reason}");
        assert!(ran.stderr.contains("incomplete: after 1 page"), "{name}: {}", ran.stderr);
        assert!(stub.count() <= FEW, "{name}: {} requests", stub.count());
    }
}

#[test]
fn one_of_two_listings_failing_is_incomplete_in_any_form() {
    for Case { name, reply, .. } in CASES {
        for bearer_fails in [true, false] {
            let script = move |seen: &Seen| {
                if seen.is_bearer() == bearer_fails { reply() } else { page(slice(&rows(3), seen), 3) }
            };
            let stub = Stub::start(script);
            let ran = stubbed(&stub, "type: all\n", &["-f", "json"]);
            // After a refusal the second listing is not asked, so all have failed.
            let refused = ran.code == 4 && !bearer_fails && stub.count() == 1;
            assert!(refused || ran.code == 6, "{name}: {} {}", ran.code, ran.stderr);
            if !refused {
                assert_eq!(ids(&ran.json()), [1, 2, 3], "{name}");
                assert_eq!(ran.json()["run"]["verdict"], "incomplete", "{name}");
            }
        }
    }
}

#[test]
fn all_listings_failing_is_the_worst_of_them() {
    let both = |lmv1: fn() -> Reply, bearer: fn() -> Reply| {
        let stub = Stub::start(move |seen| if seen.is_bearer() { bearer() } else { lmv1() });
        let ran = stubbed(&stub, "type: all\n", &["-f", "json"]);
        assert_eq!(ran.stdout, "");
        ran.code
    };
    let broken = || Reply::error(500, 1500, SAID);
    let refused = || Reply::error(401, 1401, SAID);
    assert_eq!(both(broken, broken), 5);
    assert_eq!(both(broken, refused), 4);
    assert_eq!(both(refused, broken), 4);
}

#[test]
fn csv_of_an_incomplete_run_is_withheld_unless_allowed() {
    let late = |seen: &Seen| match seen.offset() {
        0 => page(slice(&rows(20), seen), 20),
        _ => Reply::error(500, 1500, SAID),
    };
    let stub = Stub::start(late);
    let ran = stubbed(&stub, "size: 5\n", &["-f", "csv"]).exits(6).says(&["withheld", "--allow-partial"]);
    assert_eq!(ran.stdout, "");
    let ran = stubbed(&stub, "size: 5\n", &["-f", "csv", "--allow-partial"]).exits(0).says(&["incomplete"]);
    assert_eq!(ran.stdout.lines().count(), 6, "{}", ran.stdout);
    let table = stubbed(&stub, "size: 5\n", &[]).exits(6);
    assert!(
        table.stdout.starts_with("INCOMPLETE: the list may be short\n  after 1 page"),
        "{}",
        table.stdout
    );
    for template in ["tokens.md.hbs", "tokens.html.hbs", "summary.txt.hbs"] {
        let ran = stubbed(&stub, "size: 5\n", &["-t", template]).exits(6);
        assert!(ran.stdout.contains("INCOMPLETE") && ran.stdout.contains("HTTP 500"), "{template}");
    }
    let mute = Project::new().query("size: 5\n").file("mute.txt.hbs", "{{count}} tokens\n").stub(&stub);
    let ran = mute.run(&["-t", "./mute.txt.hbs", "q.yaml"]).exits(6).says(&["withheld"]);
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_user_that_is_not_there_is_named_at_its_place() {
    let stub = Stub::start(|seen| {
        if seen.path.contains("/77/") {
            Reply::error(404, 1404, "User<77> is not found")
        } else {
            page(&[row(1)], 1)
        }
    });
    let project = Project::new().file("q.yaml", "endpoint: apitokens\nadminId: [131, 77]\n").stub(&stub);
    let ran = project.run(&["q.yaml", "-f", "json"]).exits(6);
    let ran =
        ran.says(&["LMv1 tokens of user 77", "User<77> is not found", "q.yaml:2:16", "check `adminId`"]);
    assert_eq!(ids(&ran.json()), [1]);
}

#[test]
fn no_server_at_all_is_the_networks_matter() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let project = Project::new().query("").env("LM_ACCESS_ID", "id").env("LM_ACCESS_KEY", "key-key-key");
    let ran = project.env("LMQ_BASE_URL", &format!("http://{address}")).run(&["q.yaml"]).exits(5);
    ran.says(&["cannot connect", "HTTPS_PROXY"]);
}

#[test]
fn gzip_is_read() {
    let stub = Stub::start(|seen| page(slice(&rows(300), seen), 300).gzipped());
    let document = stubbed(&stub, "size: 50\n", &["-f", "json"]).exits(0).json();
    assert_eq!(document["count"], 300);
}

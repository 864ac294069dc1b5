//! What each fault does to an answer, byte by byte.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use lmq::sandbox::data::Kind;
use lmq::sandbox::{Fault, Options, Sandbox};
use serde_json::Value;

use super::client::{Reply, get, send};
use super::{NOW_MS, clock, portal};

const ALL: &str = "/setting/admins/apitokens";
/// The second of several pages.
const SECOND: &str = "/setting/admins/apitokens?size=20&offset=19&sort=id";

fn options(faults: &[&str]) -> Options {
    let faults = faults.iter().map(|spec| Fault::parse(spec).expect("a fault"));
    Options { faults: faults.collect(), ..Options::default() }
}

fn with(faults: &[&str]) -> Sandbox {
    portal(options(faults))
}

/// Sends a request for a target and leaves the answer to be read.
fn ask(sandbox: &Sandbox, target: &str) -> TcpStream {
    let base = sandbox.base_url();
    let (address, root) = base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL");
    let bearer = sandbox.bearer_token().expose();
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!(
        "GET /{root}{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Version: 3\r\nAuthorization: Bearer {bearer}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("an open connection");
    stream
}

/// Head and body of all that comes before the connection ends.
fn bytes(sandbox: &Sandbox, target: &str) -> (String, Vec<u8>) {
    let mut answer = Vec::new();
    // A reset connection is an end as well.
    let _ = ask(sandbox, target).read_to_end(&mut answer);
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        assert!(answer.is_empty(), "half a head");
        return (String::new(), Vec::new());
    };
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).expect("a head is text").to_lowercase(), body)
}

fn length(head: &str) -> usize {
    let (_, rest) = head.split_once("content-length: ").expect("it has a length");
    rest.split_once("\r\n").expect("a line").0.parse().expect("a number")
}

#[test]
fn statuses_come_with_an_error_body_and_the_usual_headers() {
    for status in [400, 401, 403, 404, 418, 429, 500, 502, 503, 504, 599] {
        let reply = get(&with(&[&format!("status={status}")]), ALL);
        assert_eq!((reply.error().0, reply.error().1), (status, 1000 + i64::from(status)));
        assert_eq!(reply.header("server"), Some("lmq-sandbox"));
        assert_eq!(reply.header("x-rate-limit-remaining"), Some("499"));
    }
    assert_eq!(get(&with(&[]), ALL).header("server"), Some("lmq-sandbox"));
}

#[test]
fn each_429_tells_another_time_to_come_back() {
    let names = ["retry-after", "x-rate-limit-window", "x-rate-limit-remaining", "server"];
    let cases = [
        ("429=7", [None, Some("7"), Some("0"), Some("lmq-sandbox")]),
        ("retry-after=3", [Some("3"), None, None, Some("lmq-sandbox")]),
        ("bare-429", [None; 4]),
    ];
    for (fault, expected) in cases {
        let reply = get(&with(&[fault]), ALL);
        assert_eq!((reply.error().0, reply.error().1), (429, 1429), "{fault}");
        assert_eq!(names.map(|name| reply.header(name)), expected, "{fault}");
    }
}

#[test]
fn connections_break_where_they_are_to() {
    let (whole, body) = bytes(&with(&[]), ALL);
    assert_eq!(length(&whole), body.len());
    assert_eq!(bytes(&with(&["reset"]), ALL), (String::new(), Vec::new()));
    let (head, half) = bytes(&with(&["truncate"]), ALL);
    assert_eq!((length(&head), half.as_slice()), (body.len() / 2, &body[..body.len() / 2]));
    let (head, half) = bytes(&with(&["reset-body"]), ALL);
    assert_eq!((length(&head), half.as_slice()), (body.len(), &body[..body.len() / 2]));
    let (head, half) = bytes(&with(&["truncate", "status=503"]), ALL);
    assert!(
        head.starts_with("http/1.1 503 ") && half.starts_with(b"{\"error") && !half.ends_with(b"}"),
        "{head}"
    );
}

#[test]
fn stalls_leave_the_client_waiting() {
    for (fault, comes) in [("stall", false), ("stall-body", true)] {
        let (sender, seen) = mpsc::channel();
        let observer = Box::new(move |_: &lmq::sandbox::Received| sender.send(()).expect("the test waits"));
        let sandbox = Sandbox::start_observed(options(&[fault]), clock().1, observer).expect("a free port");
        let mut stream = ask(&sandbox, ALL);
        seen.recv().expect("the request comes");
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time-out");
        let mut answer = Vec::new();
        let error = stream.read_to_end(&mut answer).expect_err("it does not end");
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{fault}: {error}");
        assert_eq!(!answer.is_empty(), comes, "{fault}");
    }
}

#[test]
fn answers_of_another_kind() {
    let cases = [
        ("html", "200 ", "content-type: text/html", "<!DOCTYPE html>"),
        ("redirect", "302 ", "location: https://login.example.com/", ""),
        ("apologies", "200 ", "content-type: text/plain", "Apologies, service is temporarily unavailable"),
        ("not-json", "200 ", "content-type: application/json", "OK"),
        ("v1", "200 ", "content-type: application/json", r#"{"status":200,"errmsg":"OK","data":{"#),
        (
            "error-body=1234",
            "200 ",
            "content-type: application/json",
            r#"{"errorCode":1234,"errorDetail":null,"#,
        ),
        ("large", "200 ", "content-encoding: gzip", ""),
    ];
    for (fault, status, header, start) in cases {
        let (head, body) = bytes(&with(&[fault]), ALL);
        assert!(head.starts_with(&format!("http/1.1 {status}")) && head.contains(header), "{fault}: {head}");
        assert!(body.starts_with(start.as_bytes()), "{fault}");
        assert!(body.len() < 1024 * 1024, "{fault}");
    }
}

#[test]
fn totals_lie_as_they_are_told_to() {
    let total = |faults: &[&str]| get(&with(faults), SECOND).body;
    assert_eq!(total(&[])["total"], 72);
    assert_eq!(total(&["negative-total"])["total"], -21);
    assert_eq!(total(&["null-total"]).get("total"), Some(&Value::Null));
    assert_eq!(total(&["no-total"]).get("total"), None);
    assert_eq!(total(&["total=+40"])["total"], 112);
    assert_eq!(total(&["total=-400"])["total"], 0);
    let least = total(&["min-total"]);
    assert_eq!((&least["total"], &least["isMin"]), (&39.into(), &true.into()));
    let sandbox = with(&["total-drift"]);
    let drift: Vec<Value> = (0..3).map(|_| get(&sandbox, SECOND).body["total"].clone()).collect();
    assert_eq!(drift, [73, 74, 75]);
}

#[test]
fn pages_and_rows_come_out_wrong_as_they_are_told_to() {
    let all = get(&with(&[]), "/setting/admins/apitokens?size=1000").ids();
    let ids = |fault: &str, target: &str| get(&with(&[fault]), target).ids();
    assert_eq!(ids("short-pages=7", SECOND), all[19..26]);
    assert!(ids("empty-page", SECOND).is_empty());
    assert_eq!(ids("repeat-page", SECOND), all[..20]);
    assert_eq!(ids("ignore-size", SECOND), all[19..69]);
    assert_eq!(ids("reverse", SECOND), all.iter().rev().skip(19).take(20).copied().collect::<Vec<_>>());
    let mut shuffled = ids("unsorted", "/setting/admins/apitokens?size=1000&sort=id");
    assert!(!shuffled.is_sorted() && !shuffled.is_sorted_by(|a, b| a > b));
    assert_eq!(shuffled[19..39], ids("unsorted", SECOND));
    shuffled.sort_unstable();
    assert_eq!(shuffled, all);
    let body = |fault: &str| get(&with(&[fault]), "/setting/admins/apitokens?size=2").body;
    assert_eq!(body("null-items")["items"], Value::Null);
    assert!(body("no-id")["items"][0].get("id").is_none());
    assert_eq!(body("text-id")["items"][0]["id"], all[0].to_string());
    assert_eq!(body("roles-null")["items"][1]["roles"], Value::Null);
    let (_, twice) = bytes(&with(&["duplicate-items"]), "/setting/admins/apitokens?size=2&fields=id");
    let text = String::from_utf8(twice).expect("JSON is text");
    assert!(
        text.contains(&format!(r#""items":[{{"id":{}}}],"items":[{{"id":{}}}]"#, all[0], all[1])),
        "{text}"
    );
}

#[test]
fn what_is_asked_for_is_ignored_as_told() {
    let count =
        |fault: &str, query: &str| get(&with(&[fault]), &format!("{ALL}?size=1000{query}")).items().len();
    assert!(count("latency=0", "&filter=status:1") < 72);
    assert_eq!(count("ignore-filter", "&filter=status:1"), 72);
    assert_eq!((count("misread-filter", "&filter=status:1"), count("misread-filter", "")), (0, 72));
    assert_eq!((count("blind", ""), count("blind", "&type=bearer")), (0, 0));
    // The caller of these tests is a bearer token.
    assert_eq!((count("self-blind", ""), count("self-blind", "&type=bearer")), (72, 47));
    let row = &get(&with(&["ignore-fields"]), "/setting/admins/apitokens?fields=id").body["items"][0];
    assert!(row.get("adminName").is_some());
    let sandbox = with(&["unlicensed"]);
    assert_eq!(get(&sandbox, ALL).status, 200);
    let reply = get(&sandbox, "/setting/admins/apitokens?type=bearer");
    assert_eq!(reply.error(), (400, 1400, "The feature is not enabled for this account: traces"));
}

#[test]
fn tokens_come_and_go_before_the_page_and_never_the_callers_own() {
    let lmv1 = |sandbox: &Sandbox| -> Vec<i64> {
        sandbox.truth().iter().filter(|token| token.kind == Kind::Lmv1).map(|token| token.id).collect()
    };
    let before = lmv1(&with(&[]));
    let own = with(&[])
        .truth()
        .iter()
        .find(|token| token.access_id.as_deref() == Some(with(&[]).access_id()))
        .unwrap()
        .id;
    for (fault, gone, come) in
        [("delete=70", 70, 0), ("delete-last=70", 70, 0), ("add=3", 0, 3), ("add-first=3", 0, 3)]
    {
        let sandbox = with(&[&format!("{fault}@2x1")]);
        get(&sandbox, ALL);
        assert_eq!(lmv1(&sandbox), before, "{fault}");
        assert_eq!(get(&sandbox, SECOND).body["total"], 72 - gone + come, "{fault}");
        get(&sandbox, SECOND);
        let after = lmv1(&sandbox);
        assert_eq!(after.len(), 72 - gone + come, "{fault}");
        assert!(after.contains(&own) && after.is_sorted_by(|a, b| a < b), "{fault}");
        let stayed = sandbox.stayed().iter().filter(|token| token.kind == Kind::Lmv1).count();
        assert_eq!((stayed, sandbox.ever().len()), (72 - gone, 120 + come), "{fault}");
        match fault {
            "add=3" => assert_eq!(after[..72], before),
            "add-first=3" => assert_eq!(after[3..], before),
            "delete=70" => assert!(after.contains(&before[71])),
            _ => assert!(after.contains(&before[0])),
        }
    }
    let sandbox = with(&["delete=1"]);
    let user = "/setting/admins/131/apitokens";
    let count = get(&sandbox, user).items().len();
    assert!(sandbox.ever().len() == 120 && sandbox.truth().len() == 119 && count > 0, "one of that user");
}

#[test]
fn the_clock_and_the_credentials_come_back_as_told() {
    let reply = get(&with(&["skew=-3600"]), ALL);
    assert_eq!((reply.status, reply.header("date")), (200, Some("Tue, 14 Nov 2023 21:13:20 GMT")));
    let sandbox = with(&["skew=1801"]);
    let signature = lmq::auth::sign(sandbox.access_key(), "GET", NOW_MS, "", ALL);
    let authorization = format!("LMv1 {}:{signature}:{NOW_MS}", sandbox.access_id());
    let headers = [("Authorization", authorization.as_str()), ("X-Version", "3")];
    assert!(send(&sandbox, "GET", ALL, &headers).error().2.contains("30 minutes"));
    for (fault, status) in [("echo", 401), ("echo-500", 500)] {
        let reply: Reply = send(&with(&[fault]), "GET", ALL, &headers);
        assert_eq!(reply.status, status);
        assert!(
            reply.error().2.contains(&authorization) && reply.error().2.contains("4c4d763120"),
            "{fault}"
        );
    }
    let sandbox = with(&["echo-note"]);
    let note = |reply: &Reply| reply.items()[0]["note"].as_str().unwrap_or_default().to_owned();
    assert!(note(&get(&sandbox, ALL)).contains(sandbox.bearer_token().expose()));
    assert!(note(&send(&sandbox, "GET", ALL, &headers)).contains(sandbox.access_key().expose()));
}

#[test]
fn faults_play_on_their_page_as_often_as_told_and_are_logged() {
    let sandbox = with(&["latency=1", "status=503@2x2", "reset@3"]);
    let statuses: Vec<u16> = (0..4).map(|_| get(&sandbox, SECOND).status).collect();
    assert_eq!(statuses, [503, 503, 200, 200]);
    assert_eq!((get(&sandbox, ALL).status, get(&sandbox, "/setting/roles").status), (200, 404));
    assert!(bytes(&sandbox, "/setting/admins/apitokens?size=20&offset=38").0.is_empty());
    let played: Vec<String> = sandbox.requests().iter().map(|request| request.faults.join(" ")).collect();
    let expected = ["latency status", "latency status", "latency", "latency", "latency", "", "latency reset"];
    assert_eq!(played, expected);
}

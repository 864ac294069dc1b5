//! `lmq doctor`: what is well, what is not, and what to do about it.

use std::net::TcpListener;
use std::sync::Arc;

use lmq::sandbox::{Fault, Options, Sandbox};
use serde_json::Value;

use crate::support::{self, NOW_MS, Project, Ran, Reply, SECRET_KEY, Stub, page, row};

const CHECKS: [&str; 10] = [
    "account",
    "credentials",
    "dns",
    "connection",
    "clock",
    "answer",
    "authentication",
    "permission",
    "own-token",
    "rate-limit",
];

/// A sandbox with this fault.
fn faulty(fault: &str) -> Sandbox {
    let fault = Fault::parse(fault).unwrap_or_else(|error| panic!("{fault}: {error}"));
    let options = Options { faults: vec![fault], ..Options::default() };
    Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port")
}

fn doctor(project: &Project) -> Ran {
    project.lmq(&["doctor", "-f", "json"])
}

/// The check of this name in a document.
#[track_caller]
fn check(document: &Value, name: &str) -> Value {
    let checks = document["checks"].as_array().expect("a list");
    let found = checks.iter().find(|check| check["check"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {document:#}")).clone()
}

#[track_caller]
fn has(document: &Value, name: &str, status: &str, found: &str, help: &str) {
    let check = check(document, name);
    assert_eq!(check["status"], status, "{check:#}");
    assert!(check["found"].as_str().expect("a text").contains(found), "`{found}` in {check:#}");
    assert!(check["help"].as_str().unwrap_or_default().contains(help), "`{help}` in {check:#}");
}

#[test]
fn all_is_well_on_the_sandbox() {
    let ran = Project::new().lmq(&["doctor", "--sandbox"]).exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 11, "{}", ran.stdout);
    assert_eq!(lines[0], "sandbox");
    for (line, name) in lines[1..].iter().zip(CHECKS) {
        assert!(line.starts_with(&format!("  ok    {name} ")), "{line}");
    }
    assert!(lines[10].ends_with("499 of 500 requests left in a window of 60 s"), "{}", lines[10]);
    assert_eq!(ran.stderr, "");
}

#[test]
fn settings_have_their_origin_and_secrets_their_length_alone() {
    let sandbox = support::sandbox();
    let (id, key) = (sandbox.access_id().to_owned(), sandbox.access_key().expose().to_owned());
    let project = Project::new()
        .sandbox(&sandbox)
        .env("HOME", "/nowhere")
        .env("HTTPS_PROXY", "http://user:hunter2@proxy:3128")
        .env("SSL_CERT_FILE", "gone.pem");
    let ran = doctor(&project).exits(0);
    let document = ran.json();
    assert_eq!(document["schema"], "lmq.doctor/v1");
    let length = format!("set, {} characters", key.len());
    has(&document, "LM_ACCESS_KEY", "ok", &length, "");
    has(&document, "LMQ_BASE_URL", "ok", &sandbox.base_url(), "");
    has(&document, "HTTPS_PROXY", "ok", "…@proxy:3128", "");
    has(&document, "SSL_CERT_FILE", "warn", "gone.pem", "correct the path");
    has(&document, "lmq.yaml", "ok", "none", "");
    has(&document, "account", "ok", "from LMQ_BASE_URL", "");
    has(&document, "credentials", "ok", &format!("access key from env LM_ACCESS_KEY, {length}"), "");
    assert_eq!(check(&document, "LM_ACCESS_KEY")["portal"], Value::Null);
    assert!(check(&document, "dns")["portal"].as_str().is_some_and(|name| name.starts_with("127.0.0.1")));
    for form in ["table", "json"] {
        let text = project.lmq(&["doctor", "-f", form]).both();
        for secret in [&id, &key, &key[..key.len() / 2], "hunter2"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// A fault, the exit code, and the check that fails with a part of what is found and of the remedy.
type Case = (&'static str, u8, &'static str, &'static str, &'static str, &'static str);

const FAULTS: [Case; 11] = [
    ("status=401", 4, "authentication", "fail", "HTTP 401", "LM_ACCESS_ID"),
    ("status=403", 4, "permission", "fail", "HTTP 403", "Settings > User Access: View"),
    ("self-blind", 6, "own-token", "fail", "cannot see itself", "incomplete"),
    ("blind", 6, "own-token", "fail", "cannot see itself", "incomplete"),
    ("html", 5, "answer", "fail", "no JSON", "account's name"),
    ("status=503", 5, "answer", "fail", "HTTP 503", "try again later"),
    ("429", 5, "rate-limit", "fail", "HTTP 429", "try again later"),
    ("reset", 5, "connection", "fail", "broke", "try again later"),
    ("skew=200", 0, "clock", "warn", "200 s behind", "3 minutes behind"),
    ("skew=-1560", 4, "clock", "fail", "1560 s ahead of", "26 minutes ahead"),
    ("skew=3600", 4, "authentication", "fail", "HTTP 401", "60 minutes behind"),
];

#[test]
fn what_fails_is_told_once_with_a_remedy_and_the_code_of_a_run() {
    for (fault, code, name, status, found, help) in FAULTS {
        let sandbox = faulty(fault);
        let ran = doctor(&Project::new().sandbox(&sandbox));
        assert_eq!(ran.code, code, "{fault}: {}", ran.stdout);
        has(&ran.json(), name, status, found, help);
        let refused = ["401", "403", "3600"].iter().any(|word| fault.ends_with(word));
        let requests = sandbox.requests().len();
        assert!(requests <= if refused { 1 } else { 2 }, "{fault}: {requests} requests");
    }
}

#[test]
fn what_needs_a_failed_check_is_skipped() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let url = format!("http://{}", closed.expect("a free port"));
    let project = Project::new().env("LMQ_BASE_URL", &url).env("LM_BEARER_TOKEN", SECRET_KEY);
    let document = doctor(&project).exits(5).json();
    has(&document, "connection", "fail", "refused", "HTTPS_PROXY");
    for name in &CHECKS[4..] {
        has(&document, name, "skip", "no connection", "");
    }
    let sandbox = support::sandbox();
    let document = doctor(&Project::new().env("LMQ_BASE_URL", &sandbox.base_url())).exits(4).json();
    has(&document, "dns", "ok", "127.0.0.1", "");
    has(&document, "credentials", "fail", "neither LM_ACCESS_ID", "set LM_COMPANY");
    for name in &CHECKS[3..] {
        has(&document, name, "skip", "no credentials", "");
    }
    assert!(sandbox.requests().is_empty());
    let document = doctor(&Project::new()).exits(4).json();
    has(&document, "account", "fail", "LM_COMPANY", "set LM_COMPANY");
    has(&document, "dns", "skip", "no account", "");
}

#[test]
fn a_broken_configuration_is_a_check_and_the_rest_goes_on() {
    let sandbox = support::sandbox();
    let broken = "portals:\n  box:\n    account: acme\n    auth: {bearerToken: {env: LM_T}}\n    beare: x\n";
    let project = Project::new().file("lmq.yaml", broken).sandbox(&sandbox);
    let document = doctor(&project).exits(2).json();
    has(&document, "lmq.yaml", "fail", "line 5, column 5: unknown key `beare` [LMQ", "did you mean `bearer`");
    has(&document, "own-token", "ok", "in the list", "");
    let project = Project::new().file("lmq.yaml", broken);
    let ran = project.lmq(&["doctor", "--portal", "box", "-f", "json"]).exits(2);
    has(&ran.json(), "portal", "skip", "there is no portal `box`", "");
    let ran = Project::new().env("LMQ_CONFIG", "gone.yaml").sandbox(&sandbox).lmq(&["doctor"]).exits(2);
    assert!(
        ran.stdout.contains("  FAIL  gone.yaml") && ran.stdout.contains("LMQ_CONFIG names it"),
        "{}",
        ran.stdout
    );
}

#[test]
fn each_portal_is_checked_whatever_the_others_do() {
    let (good, blind) = (support::sandbox(), faulty("self-blind"));
    let entry = |name: &str, sandbox: &Sandbox, key: &str| {
        format!(
            "  {name}:\n    account: {}\n    auth: {{accessId: {{env: ID_{name}}}, accessKey: {key}}}\n",
            sandbox.base_url()
        )
    };
    let config = format!(
        "portals:\n{}{}{}",
        entry("poor", &good, "{env: NOT_SET}"),
        entry("blind", &blind, "{env: KEY}"),
        entry("good", &good, "{env: GOOD_KEY}")
    );
    let project = Project::new().file("own.yaml", config).env("LMQ_CONFIG", "own.yaml");
    let project = project.env("KEY", blind.access_key().expose()).env("ID_poor", "someone");
    let project = project.env("ID_blind", blind.access_id()).env("ID_good", good.access_id());
    let project = project.env("GOOD_KEY", good.access_key().expose());
    let document = project.lmq(&["doctor", "--all-portals", "-f", "json"]).exits(4).json();
    let of = |portal: &str, name: &str| {
        let checks = document["checks"].as_array().expect("a list");
        let found = checks.iter().find(|check| check["portal"] == portal && check["check"] == name);
        found.unwrap_or_else(|| panic!("{portal} {name} in {document:#}")).clone()
    };
    assert_eq!(of("poor", "credentials")["status"], "fail");
    assert_eq!(of("blind", "own-token")["status"], "fail");
    assert!(of("blind", "credentials")["found"].to_string().contains("access key from env KEY, set"));
    assert!(of("blind", "account")["found"].to_string().contains("from own.yaml"));
    assert_eq!(of("good", "own-token")["status"], "ok", "another portal's failure ends nothing");
    has(&document, "own.yaml", "ok", "3 portals", "");
}

#[test]
fn bearer_credentials_and_both_kinds_are_told() {
    let sandbox = support::sandbox();
    let token = sandbox.bearer_token().expose();
    let bearer = Project::new().env("LMQ_BASE_URL", &sandbox.base_url()).env("LM_BEARER_TOKEN", token);
    let document = doctor(&bearer).exits(0).json();
    has(&document, "credentials", "ok", "bearer token from env LM_BEARER_TOKEN, set", "");
    has(&document, "own-token", "skip", "bearer", "");
    let both = Project::new().sandbox(&sandbox).env("LM_BEARER_TOKEN", token);
    has(&doctor(&both).exits(0).json(), "credentials", "warn", "LMv1 is used", "unset");
}

#[test]
fn little_that_is_left_of_the_rate_limit_is_warned_of() {
    for (left, status) in [("20", "ok"), ("19", "warn")] {
        let stub = Stub::start(move |_| {
            page(&[row(1)], 1)
                .header("X-Rate-Limit-Limit", "100")
                .header("X-Rate-Limit-Remaining", left)
                .header("X-Rate-Limit-Window", "60")
        });
        let document = doctor(&Project::new().stub(&stub)).exits(0).json();
        has(&document, "rate-limit", status, &format!("{left} of 100 requests left in a window of 60 s"), "");
        has(&document, "clock", "skip", "no `Date`", "");
    }
}

#[test]
fn words_from_elsewhere_are_inert_and_hold_no_secret() {
    let message = format!("\u{1b}[31m\u{202e}you sent {SECRET_KEY}");
    let stub = Stub::saying(Reply::error(401, 1401, &message));
    for form in ["table", "json"] {
        let project = Project::new().stub(&stub).env("LM_COMPANY", "\u{1b}[31m\u{202e}acme");
        let ran = project.lmq(&["doctor", "-f", form]).exits(4);
        assert!(!ran.stdout.contains(&SECRET_KEY[..20]), "{}", ran.stdout);
        assert!(ran.stdout.contains("you sent [redacted]"), "{}", ran.stdout);
        assert!(!ran.stdout.chars().any(|c| c != '\n' && lmq::text::is_active(c)), "{:?}", ran.stdout);
    }
    assert_eq!(stub.count(), 2, "a refusal is met once a run");
}

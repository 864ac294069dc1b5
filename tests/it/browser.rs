//! The HTML report in a real browser: nothing on its console, nothing asked of the network, no element that a note made.
//!
//! It needs a Chromium without a window, and says so where there is none.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Project, Stub, page, row, slice};

/// What it is called where it is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Notes and owners that would be elements, attributes or requests if they were anything but text.
const HOSTILE: [&str; 8] = [
    "<script>console.log('ran')</script>",
    "<img src=http://127.0.0.1:9/leak.png onerror=console.log('ran')>",
    "\"><svg onload=\"console.log('ran')\">",
    "' autofocus onfocus='console.log(1)",
    "</title></svg></style><iframe src=\"http://127.0.0.1:9/\"></iframe>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<a href=\"javascript:alert(1)\">here</a>",
    "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/\">",
];

/// What a browser made of a page.
struct Opened {
    /// The page after it was loaded, as text.
    dom: String,
    /// Its messages.
    console: Vec<String>,
    /// The addresses it asked for.
    asked: Vec<String>,
}

/// The browser, or nothing and a word about it.
fn browser() -> Option<&'static str> {
    let starts =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|ran| ran.status.success());
    let found = NAMES.into_iter().find(starts);
    if found.is_none() {
        let message = format!(
            "skipped: the HTML report is opened in no browser, there is none of {}\n",
            NAMES.join(", ")
        );
        std::io::stderr().write_all(message.as_bytes()).expect("stderr takes it");
    }
    found
}

/// Opens a page; it is shown as `width` units wide in `shot`.
fn open(browser: &str, page: &Path, width: u32, shot: &Path) -> Opened {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let log = profile.path().join("net.json");
    let mut command = Command::new(browser);
    command
        // As root there is none of the browser's own sandbox; the pages are this test's.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-extensions", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("--window-size={width},1400"))
        .arg(format!("--screenshot={}", shot.display()))
        .arg(format!("file://{}", page.display()));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(command.output()));
    let output = receiver.recv_timeout(Duration::from_mins(2)).expect("the browser ends");
    let output = output.expect("the browser starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    Opened {
        dom: String::from_utf8_lossy(&output.stdout).into_owned(),
        console: stderr.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect(),
        asked: asked(&log),
    }
}

/// The requests of the page itself: the browser's own are no page's.
fn asked(log: &Path) -> Vec<String> {
    let text = fs::read_to_string(log).expect("the browser writes what it asks for");
    let log: Value = serde_json::from_str(&text).expect("the log is JSON");
    let events = log["events"].as_array().expect("there are events");
    let of_page = |event: &&Value| {
        let initiator = event["params"]["initiator"].as_str();
        initiator.is_some_and(|initiator| initiator != "not an origin")
    };
    let urls = events.iter().filter(of_page).filter_map(|event| event["params"]["url"].as_str());
    urls.map(str::to_owned).collect()
}

/// A stub whose tokens have these notes, owners and addresses.
fn stub(texts: &[&str]) -> Stub {
    let rows: Vec<Value> = (1..)
        .zip(texts)
        .map(|(id, text)| {
            let mut row = row(id);
            row["note"] = json!(text);
            row["adminName"] = json!(text);
            row["lastAuthIp"] = json!(text);
            row["roles"] = json!([text]);
            row
        })
        .collect();
    let total = rows.len();
    Stub::start(move |seen| page(slice(&rows, seen), total))
}

#[test]
fn a_browser_shows_the_report_and_does_nothing_else() {
    let Some(browser) = browser() else { return };
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let report = |texts: &[&str], width: u32, name: &str| {
        let stub = stub(texts);
        let project = Project::new().query("description: \"<b>bold</b>\"\n").stub(&stub);
        project.run(&["-o", "report.html", "q.yaml"]).exits(0);
        open(browser, &project.path("report.html"), width, &shots.join(name))
    };
    let plain = report(&["a note"; HOSTILE.len()], 1280, "plain.png");
    for (width, name) in [(1280, "report.png"), (420, "report-narrow.png")] {
        let hostile = report(&HOSTILE, width, name);
        assert_eq!(hostile.console, Vec::<String>::new(), "its console is empty");
        assert_eq!(hostile.asked, Vec::<String>::new(), "it asks for nothing");
        for element in ["<script", "<img", "<iframe", "<link", "<b>", "<svg onload", "<a href=\"javascript"] {
            assert!(!hostile.dom.contains(element), "{element} in {}", hostile.dom);
        }
        assert!(hostile.dom.contains("&lt;script&gt;console.log('ran')&lt;/script&gt;"), "{}", hostile.dom);
        // Owners of other names are bars of their own; the rest of the page has the elements it always has.
        let elements = |dom: &str| {
            let table = dom.split("id=\"tokens\"").last().expect("it has a table");
            table.matches('<').count()
        };
        assert_eq!(elements(&hostile.dom), elements(&plain.dom));
        let shot = fs::read(shots.join(name)).expect("a screenshot");
        assert!(shot.starts_with(b"\x89PNG") && shot.len() > 20_000, "{name}: {} bytes", shot.len());
    }
}

#[test]
fn a_browser_tells_of_a_page_that_does_more() {
    let Some(browser) = browser() else { return };
    let project = Project::new().file(
        "page.html",
        "<!doctype html><script>console.log('ran')</script><img src=\"http://127.0.0.1:9/leak.png\">",
    );
    let opened = open(browser, &project.path("page.html"), 400, &project.path("shot.png"));
    assert!(opened.console.iter().any(|line| line.contains("ran")), "{:?}", opened.console);
    assert!(opened.asked.iter().any(|url| url == "http://127.0.0.1:9/leak.png"), "{:?}", opened.asked);
    // A policy says on the console what it keeps from being done.
    let html = Project::new().file(
        "page.html",
        "<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\"><p style=\"color: red\">x",
    );
    let opened = open(browser, &html.path("page.html"), 400, &html.path("shot.png"));
    assert!(
        opened.console.iter().any(|line| line.contains("Content Security Policy")),
        "{:?}",
        opened.console
    );
}

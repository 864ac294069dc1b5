//! Every fault of the sandbox under every shipped query: a run ends by itself, and either has just the rows that are there or says
//! why not.

mod documents;
mod echo;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use lmq::sandbox::data::{Kind, Status, Token};
use lmq::sandbox::{FAULTS, Fault, Options, Sandbox};
use serde_json::Value;

use crate::support::{NOW_MS, Project, Ran};

/// Values for the faults that have no default, and further ones for some that have.
const VALUES: &[(&str, &[&str])] = &[
    ("status", &["400", "401", "403", "404", "500", "503"]),
    ("latency", &["1"]),
    ("total", &["+40", "-40", "+1", "-1"]),
    ("short-pages", &["1", "2", "7"]),
    ("skew", &["60", "-3600"]),
    ("error-body", &["1500", "1401", "1429"]),
    ("delete", &["1", "25"]),
    ("delete-last", &["1", "25"]),
    ("add", &["1", "25"]),
    ("add-first", &["1", "25"]),
];

/// Where and how often a fault plays.
const PLACES: &[&str] = &["", "@2", "@2x1"];

/// Faults that hide what others do to the list.
const TOGETHER: &[&[&str]] = &[
    &["delete=3@2x1", "null-total"],
    &["delete-last=5@3", "no-total"],
    &["delete=7@2", "short-pages=9"],
    &["add-first=3@2", "min-total"],
    &["add=2", "delete=2", "negative-total"],
    &["unsorted", "delete=1@2"],
    &["unsorted", "add=1@2x1", "null-total"],
    &["reverse", "delete-last=3", "no-total"],
    &["reverse", "short-pages=3"],
    &["total=-20", "delete=20@2x1"],
    &["short-pages=19", "no-total", "delete=1"],
    &["ignore-size", "delete=30@2"],
    &["ignore-filter", "ignore-fields"],
    &["misread-filter", "negative-total", "short-pages=2"],
    &["empty-page@3", "null-total"],
    &["null-items@3", "no-total"],
    &["null-items@3", "total-drift"],
    &["latency=1", "truncate@2"],
    &["short-pages=1", "null-total"],
    &["short-pages=1", "negative-total"],
    &["short-pages=1@3x1", "no-total"],
    &["empty-page@1x1", "null-total"],
    &["null-items@1x1", "no-total"],
    &["empty-page@1x1", "min-total"],
    &["add=1", "min-total"],
    &["short-pages=2", "unsorted@1x1"],
    &["add-first=25", "negative-total"],
];

/// Whether a token is one that is looked for.
type Wanted = fn(&Token) -> bool;

fn enabled(token: &Token) -> bool {
    token.status == Status::Enabled
}

fn is_administrator(token: &Token) -> bool {
    token.roles.iter().any(|role| role == "administrator")
}

fn days_since(time: i64) -> i64 {
    (NOW_MS / 1000 - time).div_euclid(86_400)
}

fn idle_days(token: &Token) -> i64 {
    days_since(token.last_used_on.unwrap_or(token.created_on))
}

/// Used from an address that is not the shipped query's, or from none.
fn is_from_outside(token: &Token) -> bool {
    match &token.last_auth_ip {
        Some(address) => !address.starts_with("198.51.100.") && !address.starts_with("203.0.113."),
        None => token.last_used_on.is_some(),
    }
}

/// A shipped query.
struct Shipped {
    name: &'static str,
    /// What it is to bring.
    wanted: Wanted,
    /// Which of them are findings of severity `error`.
    offends: Wanted,
}

const fn lists(name: &'static str, wanted: Wanted) -> Shipped {
    Shipped { name, wanted, offends: |_| false }
}

const QUERIES: &[Shipped] = &[
    lists("administrator-tokens", |token| enabled(token) && is_administrator(token)),
    lists("all-tokens", |_| true),
    lists("bearer-traces", |token| token.kind == Kind::Bearer && token.reads_traces),
    // What it finds are warnings.
    lists("crowded-owners", enabled),
    lists("disabled-recent", |token| {
        !enabled(token) && token.last_used_on.is_some_and(|t| days_since(t) < 90)
    }),
    lists("disabled-tokens", |token| !enabled(token)),
    lists("idle-tokens", |token| enabled(token) && idle_days(token) > 90),
    lists("never-used", |token| enabled(token) && token.last_used_on.is_none()),
    lists("new-tokens", |token| days_since(token.created_on) < 7),
    Shipped { name: "outside-addresses", wanted: |_| true, offends: is_from_outside },
    Shipped { name: "rotation-due", wanted: enabled, offends: |token| days_since(token.created_on) > 365 },
    Shipped {
        name: "token-hygiene",
        wanted: |_| true,
        offends: |token| enabled(token) && is_administrator(token) && idle_days(token) > 365,
    },
    lists("user-tokens", |token| token.admin_id == 131),
];

/// Pages of this size make several of most listings.
const SIZE: usize = 20;

type Keys = BTreeSet<(String, i64)>;

fn keys(tokens: &[Token], wanted: Wanted) -> Keys {
    let kind = |kind| if kind == Kind::Bearer { "bearer" } else { "lmv1" };
    tokens.iter().filter(|token| wanted(token)).map(|token| (kind(token.kind).to_owned(), token.id)).collect()
}

/// All specifications of a fault: each value at each place.
fn specs(name: &str) -> Vec<String> {
    let values = VALUES.iter().find(|(known, _)| *known == name).map_or(&[""][..], |(_, values)| values);
    let written = |value: &&str| if value.is_empty() { name.to_owned() } else { format!("{name}={value}") };
    // It takes a second each time.
    let places = if name == "large" { &PLACES[..1] } else { PLACES };
    values.iter().flat_map(|value| places.iter().map(move |place| written(value) + place)).collect()
}

fn start(specs: &[String]) -> Sandbox {
    let faults =
        specs.iter().map(|spec| Fault::parse(spec).unwrap_or_else(|error| panic!("{spec}: {error}")));
    let options =
        Options { tokens: 130, rate_limit: 1_000_000, faults: faults.collect(), ..Options::default() };
    Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port")
}

/// What is wrong with how a query ran.
fn wrong(query: &Shipped, specs: &[String]) -> Option<String> {
    let name = query.name;
    let sandbox = start(specs);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("queries/{name}.yaml"));
    let text = fs::read_to_string(path).expect("a shipped query") + &format!("size: {SIZE}\n");
    // A run that does not end is told by its arguments.
    let file = format!("{name} with {}.yaml", specs.join(" "));
    let mut project = Project::new().sandbox(&sandbox).file(&file, text);
    if specs.iter().any(|spec| spec.starts_with("stall")) {
        project = project.impatient();
    }
    let ran = project.run(&["-f", "json", &file]);
    let secret = sandbox.access_key().expose();
    let complaint = if ran.both().contains(secret) {
        "the secret is shown".to_owned()
    } else if ran.code <= 1 {
        wrong_rows(&ran, query, &sandbox)?
    } else if !matches!(ran.code, 4..=6) {
        "the exit code".to_owned()
    } else if ran.stderr.contains("error: ") || ran.stderr.contains("incomplete") {
        return None;
    } else {
        "no reason".to_owned()
    };
    Some(format!(
        "{name} with {}: {complaint}: exit {}: {}",
        specs.join(" "),
        ran.code,
        ran.stderr.trim_end()
    ))
}

fn wrong_rows(ran: &Ran, query: &Shipped, sandbox: &Sandbox) -> Option<String> {
    let document = ran.json();
    let records = document["records"].as_array().expect("a document has records");
    let key = |row: &Value| Some((row["tokenType"].as_str()?.to_owned(), row["id"].as_i64()?));
    let Some(listed) = records.iter().map(key).collect::<Option<Vec<_>>>() else {
        return Some("a row without kind or id".to_owned());
    };
    let rows: Keys = listed.iter().cloned().collect();
    let (stayed, ever) = (keys(&sandbox.stayed(), query.wanted), keys(&sandbox.ever(), query.wanted));
    let missing = stayed.difference(&rows).count();
    let strange = rows.difference(&ever).count();
    let twice = listed.len() - rows.len();
    if (missing, strange, twice) != (0, 0, 0) {
        return Some(format!("{missing} rows are missing, {strange} strange, {twice} there twice"));
    }
    let errors = document["findings"].as_array().expect("a document has findings").iter();
    let errors = errors.filter(|finding| finding["severity"] == "error");
    let found: Keys = errors.filter_map(|finding| key(&finding["record"])).collect();
    let offending: Keys = keys(&sandbox.ever(), query.offends).intersection(&rows).cloned().collect();
    let is_right = found == offending && ran.code == u8::from(!offending.is_empty());
    (!is_right).then(|| format!("{} findings, and {} rows offend", found.len(), offending.len()))
}

/// How many runs there are at a time: more than processors, for some of them wait for most of theirs.
const RUNS: usize = 6;

/// Runs every query under each set of faults.
fn complaints(cases: &[Vec<String>]) -> Vec<String> {
    let runs = Mutex::new(cases.iter().flat_map(|specs| QUERIES.iter().map(move |query| (query, specs))));
    // The next run is taken one at a time, and nothing is locked while it lasts.
    let next = || runs.lock().expect("no panic").next();
    let work =
        || std::iter::from_fn(next).filter_map(|(query, specs)| wrong(query, specs)).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..RUNS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    })
}

fn holds(cases: &[Vec<String>]) {
    let complaints = complaints(cases);
    assert!(complaints.is_empty(), "{} runs went wrong:\n{}", complaints.len(), complaints.join("\n"));
}

/// The faults of the table between two names, both included.
fn between(first: &str, last: &str) -> Vec<Vec<String>> {
    let at = |name| FAULTS.iter().position(|entry| entry.name == name).expect("the table has it");
    let names = FAULTS[at(first)..=at(last)].iter().map(|entry| entry.name);
    names.flat_map(specs).map(|spec| vec![spec]).collect()
}

#[test]
fn every_query_is_shipped_and_every_shipped_query_is_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let files =
        fs::read_dir(folder).expect("the queries lie there").map(|entry| entry.expect("readable").path());
    let shipped: BTreeSet<String> = files
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "yaml"))
        .map(|path| path.file_stem().expect("it has a name").to_string_lossy().into_owned())
        .collect();
    assert!(QUERIES.iter().map(|query| query.name).eq(shipped.iter().map(String::as_str)), "{shipped:?}");
}

#[test]
fn without_a_fault_every_query_brings_its_rows() {
    holds(&[Vec::new()]);
}

#[test]
fn answers_that_are_none_bring_just_the_rows_or_a_reason() {
    holds(&between(FAULTS[0].name, "large"));
}

#[test]
fn pages_that_lie_bring_just_the_rows_or_a_reason() {
    holds(&between("negative-total", "duplicate-items"));
}

#[test]
fn lists_that_change_bring_just_the_rows_or_a_reason() {
    holds(&between("delete", FAULTS[FAULTS.len() - 1].name));
}

#[test]
fn faults_together_bring_just_the_rows_or_a_reason() {
    let cases: Vec<Vec<String>> =
        TOGETHER.iter().map(|specs| specs.iter().map(|spec| (*spec).to_owned()).collect()).collect();
    holds(&cases);
}

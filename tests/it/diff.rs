//! `lmq diff` and `--baseline`: what is told as added, removed and changed, and what cannot be told.

mod baseline;
mod fields;
mod forms;
mod rules;
mod several;

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Project, Reply, Stub, page, row, rows, slice};

/// A portal whose tokens a test changes between two runs.
struct Portal {
    stub: Stub,
    state: Arc<Mutex<State>>,
}

struct State {
    rows: Vec<Value>,
    /// Whether pages after the first fail.
    cut: bool,
}

impl Portal {
    fn start(rows: Vec<Value>) -> Self {
        let state = Arc::new(Mutex::new(State { rows, cut: false }));
        let served = Arc::clone(&state);
        let stub = Stub::start(move |seen| {
            let State { rows, cut } = &*served.lock().expect("nobody panics");
            if *cut && seen.offset() > 0 {
                return Reply::error(500, 1500, "boom");
            }
            page(slice(rows, seen), rows.len())
        });
        Self { stub, state }
    }

    fn serve(&self, rows: Vec<Value>) {
        self.state.lock().expect("nobody panics").rows = rows;
    }

    /// From now on only the first page comes.
    fn cut(&self, cut: bool) {
        self.state.lock().expect("nobody panics").cut = cut;
    }

    /// A project with a query of these keys over its tokens, in pages of five.
    fn project(&self, more: &str) -> Project {
        Project::new().stub(&self.stub).query(&format!("size: 5\n{more}"))
    }
}

/// The rows with some members of that token replaced.
fn with(mut rows: Vec<Value>, id: usize, members: &Value) -> Vec<Value> {
    let row = rows.iter_mut().find(|row| row["id"] == id).expect("it is there");
    for (name, value) in members.as_object().expect("members") {
        row[name] = value.clone();
    }
    rows
}

fn without(mut rows: Vec<Value>, id: usize) -> Vec<Value> {
    rows.retain(|row| row["id"] != id);
    rows
}

/// Portal, kind and id of each record of a list.
fn keys(list: &Value) -> Vec<(String, String, i64)> {
    let word = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    let records = list.as_array().expect("a list").iter();
    records
        .map(|row| (word(row, "portal"), word(row, "tokenType"), row["id"].as_i64().expect("an id")))
        .collect()
}

fn ids(list: &Value) -> Vec<i64> {
    keys(list).into_iter().map(|(_, _, id)| id).collect()
}

/// Added, removed and changed ids of a document.
fn told(document: &Value) -> [Vec<i64>; 3] {
    ["added", "removed", "changed"].map(|list| ids(&document["diff"][list]))
}

/// What has changed of each token, field by field.
fn changes(document: &Value) -> Vec<Value> {
    let changed = document["diff"]["changed"].as_array().expect("a list").iter();
    changed.map(|record| record["changes"].clone()).collect()
}

/// A saved result, with something in it replaced.
fn tamper(project: &Project, file: &str, into: &str, change: impl Fn(&mut Value)) {
    let mut document: Value = serde_json::from_str(&project.read(file)).expect("JSON");
    change(&mut document);
    project.write(into, document.to_string());
}

/// Two results of seven tokens: 8 is new, 3 is gone, 2 and 5 have changed, 4 has been used.
fn two() -> (Portal, Project) {
    let portal = Portal::start(rows(7));
    let project = portal.project("");
    project.run(&["--save", "old.json", "-f", "csv", "q.yaml"]).exits(0);
    let mut now = without(rows(7), 3);
    now.push(row(8));
    let now = with(now, 2, &json!({"status": 1, "note": "rotated"}));
    let now = with(now, 5, &json!({"roles": ["readonly", "administrator"]}));
    portal.serve(with(now, 4, &json!({"lastUsedOn": 1_699_000_000})));
    project.run(&["--save", "new.json", "-f", "csv", "q.yaml"]).exits(0);
    (portal, project)
}

#[test]
fn known_changes_are_told_and_nothing_else() {
    let (_portal, project) = two();
    let ran = project.lmq(&["diff", "old.json", "new.json", "-f", "json"]).exits(1);
    assert_eq!(ran.stderr, "1 added, 1 removed, 2 changed, complete\n");
    let document = ran.json();
    assert_eq!(told(&document), [vec![8], vec![3], vec![2, 5]]);
    let expected = [
        json!([{"field": "status", "old": 2, "new": 1}, {"field": "note", "old": "note 2", "new": "rotated"}]),
        json!([{"field": "roles", "old": ["readonly"], "new": ["readonly", "administrator"]}]),
    ];
    assert_eq!(changes(&document), expected);
    let diff = &document["diff"];
    assert_eq!(diff["removed"][0]["note"], "note 3", "what is gone is as it was");
    assert_eq!(diff["changed"][0]["note"], "rotated", "what has changed is as it is");
    assert_eq!((&diff["only"], &diff["reasons"]), (&json!(true), &json!([])));
    let old = &diff["old"];
    assert_eq!((&old["file"], &old["verdict"]), (&json!("old.json"), &json!("complete")));
    assert_eq!(old["startedAt"], "2023-11-14T22:13:20Z");
    assert_eq!((&document["count"], &document["total"]), (&json!(4), &json!(4)));
    let of = |name: &str| -> Vec<Value> {
        let records = document["records"].as_array().expect("records").iter();
        records.map(|record| record[name].clone()).collect()
    };
    assert_eq!(of("id"), [8, 3, 2, 5]);
    assert_eq!(of("change"), ["added", "removed", "changed", "changed"]);
    assert_eq!(of("changes")[2], json!(["status: enabled → disabled", "note: \"note 2\" → \"rotated\""]));
    assert_eq!(of("changes")[0], json!([]));
    let found: Vec<&Value> = document["findings"].as_array().expect("findings").iter().collect();
    let messages: Vec<&str> = found.iter().filter_map(|finding| finding["message"].as_str()).collect();
    assert_eq!(
        messages,
        [
            "lmv1 token 8 of owner8 was added to the list",
            "lmv1 token 3 of owner3 was removed from the list",
            "lmv1 token 2 of owner2 changed: status enabled → disabled, note \"note 2\" → \"rotated\"",
            "lmv1 token 5 of owner5 changed: roles [readonly] → [readonly, administrator]",
        ]
    );
    assert!(found.iter().all(|finding| finding["severity"] == "error"));
    assert_eq!(document["stats"]["tokenType"], json!([{"value": "lmv1", "count": 4}]));
}

/// The promise itself, on the portal that speaks the whole protocol.
#[test]
fn two_results_of_the_sandbox_differ_in_what_was_done_between_and_a_short_one_has_no_removal() {
    let project = Project::new().query("type: all\nsize: 20\nfields: [id, adminName, note]\n");
    let run = |args: &[&str]| project.run(&[&["--sandbox", "-f", "json", "q.yaml"], args].concat());
    let old = run(&["--save", "old.json"]).exits(0).json();
    let done = ["--fault", "delete=2@1x1", "--fault", "add=3@1x1"];
    let new = run(&[&["--save", "new.json"], &done[..]].concat()).exits(0).json();
    let set = |document: &Value| keys(&document["records"]).into_iter().collect::<BTreeSet<_>>();
    let (before, after) = (set(&old), set(&new));
    let document = project.lmq(&["diff", "old.json", "new.json", "-f", "json"]).exits(1).json();
    let list = |name: &str| keys(&document["diff"][name]).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(list("added"), after.difference(&before).cloned().collect());
    assert_eq!(list("removed"), before.difference(&after).cloned().collect());
    assert_eq!((list("added").len(), list("removed").len(), list("changed").len()), (3, 2, 0));
    // The same, cut short after the first page.
    let cut = [&done[..], &["--fault", "status=500@2", "--retries", "0", "--save", "cut.json"]].concat();
    run(&cut).exits(6);
    let ran = project.lmq(&["diff", "old.json", "cut.json", "-f", "json"]).exits(6);
    let ran = ran.says(&["incomplete: what was removed is not known: the list may be short", "0 removed"]);
    let document = ran.json();
    assert_eq!(document["diff"]["removed"], json!([]));
    assert_eq!(document["run"]["verdict"], "incomplete");
    assert!(document["findings"].as_array().expect("a list").iter().all(|it| it["id"] != "diff/removed"));
    let ran = project.run(
        &[&["--sandbox", "-f", "json", "q.yaml", "--baseline", "old.json"], &cut[..cut.len() - 2]].concat(),
    );
    assert_eq!(ran.exits(6).json()["diff"]["removed"], json!([]));
}

#[test]
fn no_difference_is_a_result_like_any_other() {
    let (_portal, project) = two();
    let ran = project.lmq(&["diff", "old.json", "old.json"]).exits(0);
    assert_eq!(
        ran.stdout,
        "no differences between 2023-11-14T22:13:20Z (old.json) and 2023-11-14T22:13:20Z\n  compared: accessId, adminId, adminName, roles, status, note, createdOn, createdBy, lastAuthIp, userPermission\n"
    );
    assert_eq!(ran.stderr, "0 added, 0 removed, 0 changed, complete\n");
    for format in ["json", "csv", "markdown", "html", "yaml", "junit", "sarif", "gitlab", "tsv"] {
        let ran = project.lmq(&["diff", "old.json", "old.json", "-f", format]).exits(0);
        assert!(!ran.stdout.is_empty(), "{format}");
    }
}

#[test]
fn it_stays_offline_and_changes_neither_file() {
    let (portal, project) = two();
    let before = (portal.stub.count(), fs::read(project.path("old.json")).expect("it is there"));
    project.lmq(&["diff", "old.json", "new.json", "-o", "a.html", "-o", "a.xlsx", "-o", "a.csv"]).exits(1);
    assert_eq!(before, (portal.stub.count(), fs::read(project.path("old.json")).expect("it is there")));
    assert_eq!(project.files(), ["a.csv", "a.html", "a.xlsx", "new.json", "old.json", "q.yaml"]);
    // Without what a run needs, nobody misses it.
    let other =
        Project::new().file("old.json", project.read("old.json")).file("new.json", project.read("new.json"));
    other.lmq(&["diff", "old.json", "new.json"]).exits(1);
}

#[test]
fn one_of_the_results_may_come_on_standard_input() {
    let (_portal, project) = two();
    let new = project.read("new.json");
    let ran = project.lmq_reading(&["diff", "old.json", "-"], new.as_bytes()).exits(1);
    assert!(ran.stderr.contains("1 added, 1 removed, 2 changed"), "{}", ran.stderr);
    project.lmq_reading(&["diff", "-", "old.json"], new.as_bytes()).exits(1).says(&["1 added, 1 removed"]);
    project.lmq_reading(&["diff", "-", "-"], new.as_bytes()).exits(2).says(&["both results"]);
    let ran = project.lmq_reading(&["diff", "old.json", "-", "-t", "-"], new.as_bytes()).exits(2);
    ran.says(&["both mean standard input"]);
}

#[test]
fn what_is_no_result_is_told() {
    let (_portal, project) = two();
    let project = project.file("bad.json", "{\"schema\": 1}");
    let ran = project.lmq(&["diff", "bad.json", "gone.json"]).exits(2);
    assert!(ran.stderr.contains("bad.json:1:") && ran.stderr.contains("gone.json"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    project.lmq(&["diff", "old.json"]).exits(2);
}

/// Such a field would stand where a difference says what it is.
#[test]
fn no_field_is_called_as_a_difference_is() {
    for name in ["change", "changes"] {
        let query = format!("fields: [id, {name}]\nunknownFields: [{name}]\n");
        let ran = Project::new().query(&query).lmq(&["validate", "q.yaml"]).exits(2);
        ran.says(&["what lmq calls a difference", &format!("`{name}`")]);
    }
}

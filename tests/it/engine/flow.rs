//! Rows that are written while the pages come in are the same rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use lmq::sandbox::{Fault, Options, Sandbox};
use serde_json::Value;

use crate::support::{NOW_MS, Project, Reply, Stub, page, rows, slice};

const QUERY: &str = "endpoint: apitokens\nsize: 20\n";

fn sandbox(fault: &str) -> Sandbox {
    let faults = fault.split_whitespace().map(|spec| Fault::parse(spec).expect("a fault")).collect();
    let options = Options { tokens: 300, rate_limit: 1_000_000, faults, ..Options::default() };
    Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn rows_that_flow_are_those_of_the_document() {
    let quiet = sandbox("");
    let project = Project::new().file("q.yaml", QUERY).sandbox(&quiet);
    let flowing = project.run(&["-f", "ndjson", "q.yaml"]).exits(0);
    let kept = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!(Value::from(lines(&flowing.stdout)), kept["records"]);
    assert!(
        flowing.stderr.contains(&format!("{} tokens", lines(&flowing.stdout).len())),
        "{}",
        flowing.stderr
    );
    let both = project.run(&["-o", "a.csv", "-o", "a.ndjson", "q.yaml"]).exits(0);
    assert_eq!(both.stdout, "");
    let alone = project.run(&["-f", "csv", "q.yaml"]).exits(0).stdout;
    assert_eq!((project.read("a.csv"), project.read("a.ndjson")), (alone, flowing.stdout));
    // With a format that needs the whole result the rows are kept, and are the same.
    project.run(&["-o", "b.csv", "-o", "b.json", "q.yaml"]).exits(0);
    assert_eq!(project.read("b.csv"), project.read("a.csv"));
}

#[test]
fn rows_that_flow_are_each_there_once_whatever_goes_wrong() {
    for fault in
        ["delete=30x3", "add=5x4", "delete=20@3x1", "add-first=5x3", "unsorted", "reverse", "short-pages=7"]
    {
        let sandbox = sandbox(fault);
        let ran =
            Project::new().file("q.yaml", QUERY).sandbox(&sandbox).run(&["-f", "ndjson", "q.yaml"]).exits(0);
        let ids: Vec<i64> = lines(&ran.stdout).iter().map(|row| row["id"].as_i64().expect("an id")).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{fault}: in order, each once: {ids:?}");
        let ids: BTreeSet<i64> = ids.into_iter().collect();
        let stayed = sandbox.stayed();
        let lost = stayed
            .iter()
            .filter(|token| token.kind == lmq::sandbox::data::Kind::Lmv1 && !ids.contains(&token.id));
        assert_eq!(lost.count(), 0, "{fault}");
    }
}

#[test]
fn an_order_that_breaks_late_starts_the_report_anew() {
    // The first pages ascend; then the portal forgets how.
    let stub = Stub::start(|seen| {
        let mut all = rows(120);
        if seen.number > 2 {
            all[100..].reverse();
        }
        page(slice(&all, seen), 120)
    });
    let project = Project::new().query("size: 20\n").stub(&stub);
    let ran = project.run(&["-f", "ndjson", "--concurrency", "1", "q.yaml"]).exits(0);
    let ids: Vec<i64> = lines(&ran.stdout).iter().filter_map(|row| row["id"].as_i64()).collect();
    assert_eq!(ids, (1..=120).collect::<Vec<i64>>());
}

#[test]
fn rows_of_a_list_that_may_be_short_are_withheld() {
    let late = |seen: &crate::support::Seen| {
        if seen.offset() > 60 { Reply::error(404, 1404, "gone") } else { page(slice(&rows(120), seen), 120) }
    };
    let stub = Stub::start(late);
    let project = Project::new().query("size: 20\n").stub(&stub);
    let ran = project.run(&["-f", "ndjson", "q.yaml"]).exits(6).says(&["withheld"]);
    assert_eq!(ran.stdout, "");
    let partial = project.run(&["-f", "ndjson", "--allow-partial", "q.yaml"]).exits(0);
    assert!(lines(&partial.stdout).len() >= 60);
}

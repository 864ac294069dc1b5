//! Results of several queries in one file, and several portals in one result.

use std::sync::Arc;

use lmq::sandbox::{Options, Sandbox, configuration, environment};
use serde_json::{Value, json};

use super::{Portal, keys, tamper};
use crate::support::{NOW_MS, Project, rows};

/// Two queries over a portal of some tokens, and the file with the results of both.
fn both(project: &Project, file: &str) {
    let ran = project.run(&["-f", "json", "a.yaml", "b.yaml"]).exits(0);
    project.write(file, ran.stdout);
}

fn queries() -> (Portal, Project) {
    let portal = Portal::start(rows(4));
    let query = |filter: &str| format!("endpoint: apitokens\npushdown: none\nfilters: [{filter}]\n");
    let project =
        portal.project("").file("a.yaml", query("id: {le: 2}")).file("b.yaml", query("id: {gt: 2}"));
    both(&project, "old.json");
    portal.serve(rows(5));
    both(&project, "new.json");
    (portal, project)
}

#[test]
fn results_are_compared_query_by_query() {
    let (_portal, project) = queries();
    let ran = project.lmq(&["diff", "old.json", "new.json"]).exits(1);
    assert_eq!(
        ran.stderr,
        "a: 0 added, 0 removed, 0 changed, complete\nb: 1 added, 0 removed, 0 changed, complete\n"
    );
    assert!(ran.stdout.starts_with("== a ==\n\nno differences between"), "{}", ran.stdout);
    assert!(ran.stdout.contains("== b ==\n\n1 added, 0 removed, 0 changed between"), "{}", ran.stdout);
    let ran = project.lmq(&["diff", "old.json", "new.json", "-f", "json"]).exits(1);
    let documents: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(documents.len(), 2);
    project.lmq(&["diff", "old.json", "new.json", "-o", "{name}.csv"]).exits(1);
    assert!(project.has("a.csv") && project.read("b.csv").lines().count() == 2);
    project.lmq(&["diff", "old.json", "new.json", "-o", "x.csv"]).exits(2).says(&["put `{name}`"]);
}

#[test]
fn a_query_without_its_other_result_is_a_mistake() {
    let (_portal, project) = queries();
    let first = |file: &str| project.read(file).lines().next().expect("a line").to_owned();
    project.write("one.json", first("old.json"));
    project.write("twice.json", format!("{}\n{}\n", first("old.json"), first("old.json")));
    for (old, new) in [("one.json", "new.json"), ("new.json", "one.json")] {
        let ran = project.lmq(&["diff", old, new]).exits(2);
        ran.says(&["only `new.json` has a result of `b`", "`one.json` has to have one as well"]);
    }
    let ran = project.lmq(&["diff", "twice.json", "new.json"]).exits(2);
    ran.says(&["`twice.json` has two results of the query `a`"]);
}

#[test]
fn each_query_of_a_run_has_its_baseline() {
    let (portal, project) = queries();
    portal.serve(rows(6));
    let run = |baseline: &str| project.run(&["--baseline", baseline, "a.yaml", "b.yaml"]);
    let ran = run("new.json").exits(1);
    let ran = ran.says(&["a: 2 tokens, 1 listing, 1 page, complete, 0 added", "b: 4 tokens"]);
    ran.says(&[
        "1 added, 0 removed, 0 changed since 2023-11-14T22:13:20Z",
        "error[diff/added]: lmv1 token 6",
    ]);
    project.run(&["--save", "saved/{name}.json", "a.yaml", "b.yaml"]).exits(0);
    run("saved/{name}.json").exits(0);
    let sent = portal.stub.count();
    let ran = run("saved/a.json").exits(2);
    ran.says(&["`saved/a.json` has no result of the query `b`", "help: it has results of `a`"]);
    let ran = run("gone/{name}.json").exits(2);
    let ran =
        ran.says(&["gone/a.json", "gone/b.json", "help: make one first: `lmq run … --save gone/b.json`"]);
    project.write("bad.json", "{}");
    run("bad.json").exits(2).says(&["--baseline: bad.json:1:", "help: a result is what"]);
    assert_eq!((portal.stub.count(), ran.stdout.as_str()), (sent, ""), "nothing was sent");
}

/// One portal of three is not whole: what is gone of the others is known.
#[test]
fn removals_are_known_portal_by_portal() {
    let options = |seed: u64| Options { seed, tokens: 30, rate_limit: 1_000_000, ..Options::default() };
    let sandboxes = Sandbox::start_many((1..=3).map(options).collect(), &(Arc::new(|| NOW_MS) as _));
    let sandboxes = sandboxes.expect("free ports");
    let project = Project::new().query("type: all\n").file("own.yaml", configuration(&sandboxes));
    let project = project.env("LMQ_CONFIG", "own.yaml");
    let project =
        environment(&sandboxes).iter().fold(project, |project, (name, value)| project.env(name, value));
    project.run(&["--all-portals", "--save", "old.json", "-f", "csv", "q.yaml"]).exits(0);
    // Of each portal the first token is gone; the second portal's list of bearer tokens is short.
    tamper(&project, "old.json", "new.json", |document| {
        let records = document["records"].as_array_mut().expect("a list");
        for portal in ["sandbox-1", "sandbox-2", "sandbox-3"] {
            let at = records.iter().position(|row| row["portal"] == portal).expect("it has some");
            records.remove(at);
        }
        document["count"] = json!(87);
        let listings = document["listings"].as_array_mut().expect("a list");
        let short = listings.iter_mut().find(|own| own["portal"] == "sandbox-2" && own["kind"] == "bearer");
        let short = short.expect("it was asked");
        short["verdict"] = json!("incomplete");
        short["reasons"] = json!(["boom"]);
        document["run"]["verdict"] = json!("incomplete");
        document["run"]["reasons"] = json!(["sandbox-2: bearer tokens of all users: boom"]);
    });
    let ran = project.lmq(&["diff", "old.json", "new.json", "-f", "json"]).exits(6);
    let ran = ran.says(&[
        "what was removed from `sandbox-2` is not known: the list may be short (1 token of the earlier result",
        "0 added, 2 removed, 0 changed, incomplete, sandbox data",
    ]);
    let document = ran.json();
    let removed: Vec<String> =
        keys(&document["diff"]["removed"]).into_iter().map(|(portal, ..)| portal).collect();
    assert_eq!(removed, ["sandbox-1", "sandbox-3"]);
    let messages = project.lmq(&["diff", "old.json", "new.json", "-f", "github"]).exits(6).stdout;
    assert!(messages.contains("::sandbox-3: lmv1 token "), "{messages}");
}

//! `lmq run --baseline`: the result as it is, and what is different from the earlier one as findings.

use serde_json::json;

use super::{Portal, tamper, told, two};
use crate::support::{Project, Stub, page, row, rows, sandbox};

#[test]
fn a_run_keeps_its_rows_and_findings_and_has_the_differences_beside_them() {
    let portal = Portal::start(rows(3));
    let expect = "expect:\n  - { id: own, select: '$[?@.id == 1]', severity: warning, message: 'one' }\n";
    let project = portal.project(expect);
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    portal.serve(rows(4));
    let ran = project.run(&["--baseline", "old.json", "-f", "json", "q.yaml"]).exits(1);
    let ran = ran.says(&[
        "error[diff/added]: lmv1 token 4 of owner4 was added to the list\n --> q.yaml:1:11",
        "warning[own]: one",
        "4 tokens, 1 listing, 1 page, complete, 1 finding, 1 added, 0 removed, 0 changed since 2023-11-14T22:13:20Z, 0.0 s",
    ]);
    let document = ran.json();
    assert_eq!(document["count"], 4);
    assert_eq!(told(&document), [vec![4], vec![], vec![]]);
    assert_eq!(document["diff"]["only"], false);
    let of = |list: &str| -> Vec<String> {
        let entries = document.pointer(list).and_then(|list| list.as_array()).expect("a list").iter();
        entries.map(|entry| entry["id"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(of("/findings"), ["diff/added", "own"], "the worst first");
    assert_eq!(of("/query/expect"), ["own", "diff/added", "diff/removed", "diff/changed"]);
    assert_eq!(
        document["findings"][0]["place"],
        json!({"file": "q.yaml", "line": 1, "column": 11, "endLine": 1, "endColumn": 20})
    );
    let last = ran.stderr.lines().last().unwrap_or_default();
    assert_eq!(last.matches("finding").count(), 1, "what is different is counted once: {last}");
}

#[test]
fn differences_fail_a_run_as_errors_do() {
    let (portal, project) = two();
    let run =
        |more: &[&str]| project.run(&[&["--baseline", "old.json", "-f", "csv", "q.yaml"], more].concat());
    run(&[]).exits(1);
    run(&["--fail-on", "warning"]).exits(1);
    run(&["--fail-on", "never"]).exits(0);
    if cfg!(target_os = "linux") {
        run(&["-o", "/dev/full"]).exits(7);
    }
    let ran = project.run(&["--baseline", "new.json", "-f", "csv", "q.yaml"]).exits(0);
    ran.says(&["0 added, 0 removed, 0 changed since"]);
    portal.cut(true);
    let ran = project.run(&["--baseline", "new.json", "--retries", "0", "-f", "json", "q.yaml"]).exits(6);
    assert_eq!(told(&ran.json())[1], [0_i64; 0]);
}

#[test]
fn the_file_may_be_the_one_that_is_saved() {
    let portal = Portal::start(rows(3));
    let project = portal.project("");
    project.run(&["--save", "last.json", "q.yaml"]).exits(0);
    let week = |count: usize| {
        portal.serve(rows(count));
        project.run(&["--baseline", "last.json", "--save", "last.json", "-f", "json", "q.yaml"])
    };
    assert_eq!(told(&week(4).exits(1).json())[0], [4]);
    assert_eq!(told(&week(5).exits(1).json())[0], [5]);
    week(5).exits(0);
    // What was told is told again from the saved file, in the same bytes.
    let json = week(6).exits(1).stdout;
    assert_eq!(project.lmq(&["render", "last.json", "-f", "json"]).exits(1).stdout, json);
}

#[test]
fn a_query_that_takes_a_part_has_no_baseline() {
    let portal = Portal::start(rows(3));
    let project = portal.project("").file("part.yaml", "endpoint: apitokens\nname: q\nlimit: 2\n");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    project.run(&["--save", "part.json", "part.yaml"]).exits(0);
    let sent = portal.stub.count();
    let ran = project.run(&["--baseline", "old.json", "part.yaml"]).exits(2);
    ran.says(&["`--baseline` with the query `q`, which takes a part of the rows", "take `limit`"]);
    project.run(&["--baseline", "part.json", "q.yaml"]).exits(2).says(&["`part.json` is `limited`"]);
    project.lmq(&["diff", "old.json", "part.json"]).exits(2).says(&["`part.json` is `limited`"]);
    assert_eq!(portal.stub.count(), sent, "nothing was sent");
}

#[test]
fn a_format_of_findings_needs_no_expectation_then() {
    let (portal, project) = two();
    project.run(&["-f", "junit", "q.yaml"]).exits(2).says(&["expects nothing"]);
    let ran = project.run(&["--baseline", "old.json", "-f", "junit", "q.yaml"]).exits(1);
    assert_eq!(ran.stdout.matches("<testcase ").count(), 3, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("<failure ").count(), 3, "{}", ran.stdout);
    assert!(ran.stdout.contains("name=\"diff/changed\" file=\"q.yaml\" line=\"1\""), "{}", ran.stdout);
    // What may be missing is not passed.
    portal.cut(true);
    let args = ["--baseline", "new.json", "--retries", "0", "-f", "junit", "q.yaml"];
    let ran = project.run(&args).exits(6);
    assert_eq!(ran.stdout.matches("<skipped ").count(), 3, "{}", ran.stdout);
}

#[test]
fn made_up_tokens_and_real_ones_do_not_meet() {
    let (portal, project) = two();
    let made_up = Project::new().query("");
    made_up.run(&["--sandbox", "--save", "sandbox.json", "q.yaml"]).exits(0);
    let project = project.file("sandbox.json", made_up.read("sandbox.json"));
    // Known before: the portal is the sandbox itself.
    let ran = project.run(&["--sandbox", "--baseline", "old.json", "q.yaml"]).exits(2);
    ran.says(&["sandbox data is never compared with a real portal's: this one is made up"]);
    // Known after: what listens on this machine says itself what it is.
    let ran = project.run(&["--baseline", "sandbox.json", "-o", "r.csv", "q.yaml"]).exits(2);
    let ran = ran.says(&["the earlier result is made up", "help: compare two runs with `--sandbox`"]);
    assert!(ran.stdout.is_empty() && !project.has("r.csv"));
    let sandbox = sandbox();
    let served = Project::new().sandbox(&sandbox).query("").file("old.json", project.read("old.json"));
    served.run(&["--baseline", "old.json", "q.yaml"]).exits(2).says(&["this one is made up"]);
    // A real portal is no sandbox, whatever it says.
    let real = project.env("LMQ_BASE_URL", "https://acme.invalid");
    real.run(&["--baseline", "sandbox.json", "q.yaml"]).exits(2).says(&["the earlier result is made up"]);
    drop(portal);
}

#[test]
fn a_portal_that_has_moved_is_another_one() {
    let (portal, project) = two();
    tamper(&project, "old.json", "old.json", |document| {
        document["portals"][0]["host"] = json!("127.0.0.1:9");
    });
    let sent = portal.stub.count();
    let ran = project.run(&["--baseline", "old.json", "q.yaml"]).exits(2);
    ran.says(&["was at `127.0.0.1:9` for the earlier result, and is at `"]);
    assert_eq!(portal.stub.count(), sent, "nothing was sent");
}

/// What a person is told: an expectation at a time, at most five tokens by name.
#[test]
fn many_differences_are_told_in_few_lines() {
    let stub = Stub::start(|seen| {
        let rows: Vec<_> = (1..=20).map(row).collect();
        page(&rows[seen.offset().min(20)..], 20)
    });
    let project = Project::new().stub(&stub).query("");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    tamper(&project, "old.json", "old.json", |document| {
        document["records"].as_array_mut().expect("a list").truncate(8);
        document["count"] = json!(8);
    });
    let ran = project.run(&["--baseline", "old.json", "-f", "csv", "q.yaml"]).exits(1);
    assert_eq!(ran.stderr.matches("= note: ").count(), 6, "{}", ran.stderr);
    ran.says(&["error[diff/added]: 12 tokens added\n", "= note: and 7 more"]);
}

//! What can be compared, and what can be known.

use serde_json::{Value, json};

use super::{Portal, ids, tamper, told, two};
use crate::support::{Project, Ran, row, rows};

fn diff(project: &Project, old: &str, new: &str) -> Ran {
    project.lmq(&["diff", old, new, "-f", "json"])
}

#[test]
fn an_incomplete_result_is_told_and_has_no_removal() {
    let portal = Portal::start(rows(12));
    let project = portal.project("");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    portal.serve((2..=13).map(row).collect());
    portal.cut(true);
    project.run(&["--retries", "0", "--save", "cut.json", "q.yaml"]).exits(6);
    let ran = diff(&project, "old.json", "cut.json").exits(6);
    let reason = "what was removed is not known: the list may be short (7 tokens of the earlier result are not in this one)";
    let ran = ran.says(&[&format!("incomplete: {reason}"), "0 added, 0 removed, 0 changed, incomplete"]);
    let document = ran.json();
    assert_eq!(told(&document), [const { Vec::<i64>::new() }; 3]);
    assert_eq!(document["diff"]["reasons"], json!([reason]));
    assert_eq!(document["run"]["reasons"].as_array().expect("a list").last(), Some(&json!(reason)));
    assert_eq!(document["run"]["verdict"], "incomplete");
    // The other way round: what the short one lacks counts as added, and that is said.
    let ran = diff(&project, "cut.json", "old.json").exits(6);
    let ran = ran.says(&[
        "incomplete: the earlier result is incomplete, and tokens that it lacks count as added here: ",
    ]);
    assert_eq!(told(&ran.json()), [vec![1, 7, 8, 9, 10, 11, 12], vec![], vec![]]);
    // The codes of a run: what was found counts when the rest is accepted.
    let partial = |old: &str, new: &str| project.lmq(&["diff", old, new, "--allow-partial"]);
    assert!(
        partial("old.json", "cut.json")
            .exits(0)
            .stdout
            .starts_with("INCOMPLETE: differences may be missing\n")
    );
    partial("cut.json", "old.json").exits(1);
    project.lmq(&["diff", "cut.json", "old.json", "--allow-partial", "--fail-on", "never"]).exits(0);
    // Rows alone cannot say it.
    let ran = project.lmq(&["diff", "cut.json", "old.json", "-f", "csv"]).exits(6).says(&["withheld"]);
    assert_eq!(ran.stdout, "");
}

/// A short comparison makes no list short: next week's has its own verdict.
#[test]
fn doubts_do_not_spread_from_one_comparison_to_the_next() {
    let portal = Portal::start(rows(12));
    let project = portal.project("");
    portal.cut(true);
    project.run(&["--retries", "0", "--save", "1.json", "q.yaml"]).exits(6);
    portal.cut(false);
    let first = project.run(&["--baseline", "1.json", "--save", "2.json", "-f", "json", "q.yaml"]).exits(6);
    assert_eq!(ids(&first.json()["diff"]["added"]), [6, 7, 8, 9, 10, 11, 12]);
    portal.serve(rows(11));
    let second = project.run(&["--baseline", "2.json", "--save", "3.json", "-f", "json", "q.yaml"]).exits(1);
    let document = second.json();
    assert_eq!(told(&document), [vec![], vec![12], vec![]]);
    assert_eq!(document["diff"]["old"]["verdict"], "complete");
    assert_eq!(document["query"]["expect"].as_array().expect("a list").len(), 3);
    let ran = diff(&project, "2.json", "3.json").exits(1);
    assert_eq!(told(&ran.json()), [vec![], vec![12], vec![]]);
}

fn portal_of(document: &mut Value, name: &str) {
    document["portals"][0]["name"] = json!(name);
    document["listings"][0]["portal"] = json!(name);
    for row in document["records"].as_array_mut().expect("a list") {
        row["portal"] = json!(name);
    }
}

#[test]
fn what_was_not_asked_again_is_not_gone() {
    let (_portal, project) = two();
    tamper(&project, "new.json", "other.json", |document| portal_of(document, "other"));
    tamper(&project, "old.json", "named.json", |document| portal_of(document, "acme"));
    let ran = diff(&project, "named.json", "other.json").exits(6);
    let ran = ran.says(&[
        "incomplete: what was removed from `acme` is not known: it was not asked this time (7 tokens of the earlier result are not in this one)",
        "incomplete: the earlier run did not ask for the lmv1 tokens of `/setting/admins/apitokens` of `other`: all tokens there count as added",
    ]);
    assert_eq!(told(&ran.json()), [vec![1, 2, 4, 5, 6, 7, 8], vec![], vec![]]);
    tamper(&project, "new.json", "path.json", |document| {
        document["listings"][0]["path"] = json!("/setting/admins/131/apitokens");
    });
    let ran = diff(&project, "old.json", "path.json").exits(6);
    let ran = ran.says(&["this time nobody asked for the lmv1 tokens of `/setting/admins/apitokens`"]);
    assert_eq!(told(&ran.json()), [vec![8], vec![], vec![2, 5]]);
    // A doubt that no listing accounts for is one about all of them.
    tamper(&project, "new.json", "doubt.json", |document| {
        document["run"]["verdict"] = json!("incomplete");
        document["run"]["reasons"] = json!(["shard 2 of 8 is missing"]);
    });
    let ran = diff(&project, "old.json", "doubt.json").exits(6).says(&["what was removed is not known"]);
    assert_eq!(told(&ran.json())[1], [0_i64; 0]);
}

/// The change of a document that makes it one that no comparison is made with, and what is said of it.
type Refused = (fn(&mut Value), &'static str, &'static str);

const REFUSED: &[Refused] = &[
    (
        |document| document["query"]["name"] = json!("another"),
        "the earlier result is of the query `q`, and this one of `another`",
        "its `name` tells them apart",
    ),
    (
        |document| document["run"]["sandbox"] = json!(true),
        "sandbox data is never compared with a real portal's",
        "two runs with `--sandbox`",
    ),
    (
        |document| document["portals"][0]["host"] = json!("evil.example"),
        "for the earlier result, and is at `evil.example` now",
        "a name of its own",
    ),
    (
        |document| document["run"]["verdict"] = json!("limited"),
        "`new2.json` is `limited`",
        "take `limit` and `offset` out",
    ),
];

#[test]
fn what_is_not_alike_is_not_compared() {
    let (_portal, project) = two();
    for (change, message, help) in REFUSED {
        tamper(&project, "new.json", "new2.json", change);
        let ran = diff(&project, "old.json", "new2.json").exits(2).says(&[message, help]);
        assert_eq!(ran.stdout, "");
        tamper(&project, "old.json", "new2.json", change);
        assert_eq!(diff(&project, "new2.json", "new.json").code, 2, "{message}");
    }
    let made = diff(&project, "old.json", "new.json").exits(1).stdout;
    let project = project.file("made.json", made);
    for (old, new) in [("made.json", "new.json"), ("old.json", "made.json")] {
        diff(&project, old, new).exits(2).says(&["`made.json` is what `lmq diff` made"]);
    }
    let ran = project.run(&["--baseline", "made.json", "q.yaml"]).exits(2);
    ran.says(&["`made.json` is what `lmq diff` made"]);
}

#[test]
fn the_port_of_a_sandbox_is_no_difference() {
    let project = Project::new().query("");
    for file in ["old.json", "new.json"] {
        project.run(&["--sandbox", "--save", file, "q.yaml"]).exits(0);
    }
    tamper(&project, "new.json", "new.json", |document| {
        document["portals"][0]["host"] = json!("127.0.0.1:1");
    });
    let ran = diff(&project, "old.json", "new.json").exits(0);
    ran.says(&["0 added, 0 removed, 0 changed, complete, sandbox data"]);
}

#[test]
fn what_makes_a_comparison_odd_is_a_warning() {
    let (_portal, project) = two();
    let cases = [
        ("/query/filter", json!("status:2"), "(`filters`)"),
        ("/query/select", json!("$[?@.id > 0]"), "(`select`)"),
        ("/listings/0/permission", json!("traces"), "(`permission`)"),
        ("/run/now", json!(1), "`old.json` is of a later run (2023-11-14T22:13:20Z) than this result"),
    ];
    for (place, value, words) in cases {
        tamper(&project, "new.json", "new2.json", |document| {
            *document.pointer_mut(place).expect("it is there") = value.clone();
        });
        let ran = diff(&project, "old.json", "new2.json").exits(1);
        let lines: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
        assert!(lines.len() == 1 && lines[0].contains(words), "{words}: {lines:?}");
        let document = ran.json();
        assert_eq!(document["diff"]["warnings"], document["run"]["warnings"]);
    }
}

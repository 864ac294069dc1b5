//! What cannot be a part of a run, or what a run cannot be split into: refused, with a remedy, and nothing is written.

use serde_json::{Value, json};

use super::{document, merge, project, run_shards, start};
use crate::support::Project;

/// A change of the second result of two shards, the flags of it where it is no shard, and what is said.
type Case = (&'static str, fn(&mut Value), &'static [&'static str]);

const CHANGES: &[Case] = &[
    (
        "another query",
        |document| document["query"]["sha256"] = json!("00"),
        &[
            "`1/plain.json` and `2/plain.json` are of different queries, both with the name `plain`",
            "same query files",
        ],
    ),
    (
        "other variables",
        |document| document["query"]["filter"] = json!("status:2"),
        &["are of the query `plain` with other variables", "same flags and variables"],
    ),
    (
        "other outputs",
        |document| {
            document["query"]["fields"].as_array_mut().expect("fields").push(json!("newer"));
            for record in document["records"].as_array_mut().expect("records") {
                record["newer"] = json!(1);
            }
        },
        &["or for other outputs"],
    ),
    (
        "other expectations",
        |document| {
            let place = json!({"file": "x", "line": 1, "column": 1, "endLine": 1, "endColumn": 2});
            document["query"]["expect"] = json!([{"id": "x", "severity": "error", "place": place}]);
        },
        &["with other variables"],
    ),
    (
        "another number of shards",
        |document| document["run"]["shard"]["count"] = json!(3),
        &["`1/plain.json` is shard 1 of 2, and `2/plain.json` is shard 2 of 3", "the shards of one run"],
    ),
    (
        "shards of another configuration",
        |document| document["run"]["shard"]["deal"] = json!("00"),
        &["are shards of runs with other queries or portals", "same paths, flags and configuration"],
    ),
    (
        "no shard",
        |document| drop(document["run"].as_object_mut().expect("a group").remove("shard")),
        &["`1/plain.json` is shard 1 of 2, and `2/plain.json` is no shard"],
    ),
    (
        "real data",
        |document| document["run"]["sandbox"] = json!(false),
        &["`1/plain.json` has sandbox data, and `2/plain.json` a real portal's"],
    ),
    (
        "the same shard",
        |document| document["run"]["shard"]["index"] = json!(1),
        &["`1/plain.json` and `2/plain.json` both have shard 1 of 2", "each result once"],
    ),
    (
        "the same portal",
        |document| {
            let text = document.to_string().replace("\"sandbox-2\"", "\"sandbox-1\"");
            *document = serde_json::from_str(&text).expect("JSON");
        },
        &["`1/plain.json` and `2/plain.json` both have the portal `sandbox-1`"],
    ),
    (
        "a part of its rows",
        |document| document["run"]["verdict"] = json!("limited"),
        &["`2/plain.json` has a part of its rows only", "`limit` or `offset`"],
    ),
    (
        "fewer rows than it counts",
        |document| {
            let records = document["records"].as_array_mut().expect("records");
            records.pop();
            document["count"] = json!(records.len());
        },
        &["`2/plain.json` has a part of its rows only"],
    ),
];

#[test]
fn results_that_are_no_parts_of_one_run_are_refused_and_nothing_is_written() {
    let sandboxes = start(2, &[]);
    let project = project(&sandboxes);
    run_shards(&project, 2, &[]);
    let right = project.read("2/plain.json");
    for (what, change, parts) in CHANGES {
        let mut changed: Value = serde_json::from_str(&right).expect("a document");
        change(&mut changed);
        project.write("2/plain.json", changed.to_string());
        let flags = ["-o", "out/{name}.md", "--save", "out/{name}.json"];
        let ran = merge(&project, "plain", 1..=2, &flags).exits(2);
        assert!(ran.stdout.is_empty() && !project.has("out"), "{what}");
        ran.says(&["`plain`", "1 mistake; nothing was written", "help: "]).says(parts);
    }
    project.write("2/plain.json", right);
    merge(&project, "plain", 1..=2, &[]).exits(0);
    merge(&project, "plain", [1, 1], &[]).exits(2).says(&["`1/plain.json` has shard 1 of 2 twice"]);
    // The mistakes of all queries, and those of files that hold nothing.
    let files = ["merge", "1/plain.json", "1/plain.json", "1/idle.json", "1/idle.json"];
    project.lmq(&files).exits(2).says(&["`plain`: ", "`idle`: ", "2 mistakes"]);
    project.write("own.json", "{}");
    project.lmq(&["merge", "1/plain.json", "own.json", "gone.json"]).exits(2).says(&[
        "own.json",
        "gone.json",
        "--save",
    ]);
    project.lmq(&["merge"]).exits(2);
}

/// Rows of all portals together cannot be made of those of each, be it a result or a run.
#[test]
fn what_looks_at_all_rows_together_is_not_put_together() {
    let sandboxes = start(2, &[]);
    let project = project(&sandboxes);
    for more in
        ["limit: 5\n", "offset: 1\n", "select: $[0:3]\n", "select: '$[?@.idleDays >= $[0].idleDays]'\n"]
    {
        project.write("part.yaml", format!("endpoint: apitokens\n{more}"));
        for number in ["1", "2"] {
            let (portal, save) = (format!("sandbox-{number}"), format!("{number}/{{name}}.json"));
            project.run(&["part.yaml", "--portal", &portal, "--save", &save]).exits(0);
        }
        let word = more.split(':').next().expect("a key");
        merge(&project, "part", 1..=2, &[]).exits(2).says(&[&format!("`{word}`")]);
        merge(&project, "part", [1], &[]).exits(0);
        let sent = sandboxes[0].requests().len();
        let ran =
            project.run(&["part.yaml", "queries", "--all-portals", "--shard", "1/2", "--save", "x/{name}"]);
        let ran =
            ran.exits(2).says(&["part.yaml: --shard cannot split the query `part`", "all portals together"]);
        ran.says(&[&format!("`{word}`"), "help: ", "without --shard"]);
        assert!(sandboxes[0].requests().len() == sent && !project.has("x"), "{more}: nothing was sent");
    }
}

/// What the other parts bring would look as if it were gone.
#[test]
fn a_part_is_not_compared_and_what_is_compared_is_no_part() {
    let sandboxes = start(2, &[]);
    let project = project(&sandboxes);
    run_shards(&project, 2, &[]);
    let whole = merge(&project, "plain", 1..=2, &["-f", "json", "--save", "0/plain.json"]).exits(0).json();
    let sent = sandboxes[0].requests().len();
    let flags = ["queries/plain.yaml", "--all-portals", "--baseline", "0/plain.json"];
    let ran = project.run(&[&flags[..], &["--shard", "1/2"]].concat()).exits(2);
    ran.says(&["--shard", "--baseline", "lmq diff"]);
    assert_eq!(sandboxes[0].requests().len(), sent, "nothing was sent");
    project.run(&[&flags[..], &["--save", "3/plain.json"]].concat()).exits(0);
    merge(&project, "plain", [3], &[]).exits(2).says(&["`3/plain.json` is compared", "lmq diff"]);
    // The whole can be compared, and a part has no removal that cannot be known.
    project.lmq(&["diff", "0/plain.json", "0/plain.json"]).exits(0);
    let part = project.lmq(&["diff", "0/plain.json", "1/plain.json", "-f", "json"]).exits(6).json();
    assert_eq!((&part["diff"]["removed"], whole["portals"].as_array().map(Vec::len)), (&json!([]), Some(2)));
}

#[test]
fn a_shard_is_one_of_so_many() {
    let project = Project::new().query("");
    for shard in ["0/8", "9/8", "8", "a/b", "1/0", "1/10001", "1/2/3"] {
        project.run(&["q.yaml", "--sandbox", "--shard", shard]).exits(2).says(&["--shard <I/N>", "3/8"]);
    }
    project.run(&["q.yaml", "--sandbox", "--shard", "10000/10000"]).exits(0);
}

#[test]
fn a_shard_that_cannot_be_one_is_no_result() {
    let project = Project::new().query("");
    project.run(&["q.yaml", "--sandbox", "--shard", "1/2", "--save", "r.json"]).exits(0);
    let right = document(&project, "r.json");
    for (name, value) in [
        ("index", json!(0)),
        ("index", json!(3)),
        ("count", json!(0)),
        ("count", json!(4_000_000)),
        ("index", json!("1")),
        ("places", json!([])),
        ("places", json!([2])),
        ("places", json!([0])),
        ("places", json!([1, 1])),
        ("portals", json!(0)),
        ("more", json!(1)),
    ] {
        let mut changed = right.clone();
        changed["run"]["shard"][name] = value.clone();
        project.write("r.json", changed.to_string());
        for command in ["merge", "render"] {
            project.lmq(&[command, "r.json"]).exits(2).says(&["r.json"]);
        }
    }
}

//! What readers of a shard's reports are told, and of results that are far apart in time.

use lmq::report::schema;
use serde_json::{Value, json};

use super::{document, merge, project, run_shards, start};

/// A form, and how it says that it is a part.
const FORMS: &[(&str, &str, &str)] = &[
    ("-f", "table", "shard 2 of 3: 3 of 9 portals\n"),
    ("-f", "markdown", "**Shard 2 of 3**: 3 of 9 portals."),
    ("-f", "html", "<strong>Shard 2 of 3</strong>: 3 of 9 portals."),
    ("-f", "json", "\"index\": 2,\n"),
    ("-f", "yaml", "    index: 2\n    count: 3\n"),
    ("-f", "junit", "<property name=\"shard\" value=\"2/3\"/>"),
    ("-f", "sarif", "shard 2 of 3: 3 of 9 portals"),
    ("-f", "gitlab", "shard 2 of 3: 3 of 9 portals"),
    ("-f", "github", "shard 2 of 3: 3 of 9 portals"),
    ("-t", "tokens.md.hbs", "**Shard 2 of 3**: 3 of 9 portals."),
    ("-t", "tokens.html.hbs", "<strong>Shard 2 of 3</strong>: 3 of 9 portals."),
    ("-t", "summary.txt.hbs", "Shard 2 of 3: 3 of 9 portals."),
    ("-t", "./own.md.hbs", "2 of 3, 9, 2 5 8, 64"),
];

#[test]
fn every_form_that_can_says_that_it_is_a_part_and_of_a_whole_says_nothing() {
    let sandboxes = start(9, &[]);
    let project = project(&sandboxes);
    let own = "{{#if run.shard}}{{run.shard.index}} of {{run.shard.count}}, {{run.shard.portals}}, \
               {{join run.shard.places \" \"}}, {{len run.shard.deal}}{{else}}whole{{/if}} {{run.verdict}}";
    project.write("own.md.hbs", own);
    let ran = run_shards(&project, 3, &[]).remove(1);
    ran.says(&["hygiene: 24 tokens, 3 portals, 6 listings, 9 pages, complete, shard 2 of 3, sandbox data, "]);
    for (flag, form, expected) in FORMS {
        let part =
            project.lmq(&["render", "2/hygiene.json", flag, form, "--fail-on", "never"]).exits(0).stdout;
        assert!(part.contains(expected), "{form} without `{expected}`:\n{part}");
        let whole = merge(&project, "hygiene", 1..=3, &[flag, form, "--fail-on", "never"]).exits(0).stdout;
        assert!(!whole.to_lowercase().contains("shard"), "{form}:\n{whole}");
    }
    run_shards(&project, 30, &(1..30).collect::<Vec<_>>());
    for (flag, form, _) in FORMS {
        let empty = project.lmq(&["render", "30/hygiene.json", flag, form]).exits(0).stdout;
        assert!(form.starts_with("./") || empty.contains("30"), "{form}:\n{empty}");
    }
    let path = project.path("summary.md");
    let project = project.env("GITHUB_STEP_SUMMARY", &path.to_string_lossy());
    project.run(&["queries/plain.yaml", "--all-portals", "--shard", "2/3", "--summary"]).exits(0);
    assert!(project.read("summary.md").contains("**Shard 2 of 3**: 3 of 9 portals."));
}

/// A shard that asks one portal of several says everywhere which.
#[test]
fn a_part_with_one_portal_names_it() {
    let sandboxes = start(3, &[]);
    let project = project(&sandboxes);
    let ran = run_shards(&project, 3, &[]).remove(0);
    ran.says(&["sandbox-1: "]);
    let csv = project.lmq(&["render", "1/plain.json", "-f", "csv"]).exits(0).stdout;
    assert!(csv.starts_with("portal,id,"), "{csv}");
    let alone =
        project.run(&["queries/plain.yaml", "--all-portals", "--shard", "1/3", "-f", "csv"]).exits(0).stdout;
    assert_eq!(alone, csv);
    // A list that would be written while it comes has no other columns.
    project.write("flow.yaml", "endpoint: apitokens\nfields: [id, note]\n");
    let flow = project.run(&["flow.yaml", "--all-portals", "--shard", "1/3", "-f", "csv"]).exits(0).stdout;
    assert!(flow.starts_with("portal,id,note\nsandbox-1,"), "{flow}");
    let table = project.lmq(&["render", "1/hygiene.json"]).exits(1).stdout;
    assert!(table.contains("  error: sandbox-1: idle for "), "{table}");
}

#[test]
fn the_schema_knows_shards() {
    let validator = jsonschema::draft202012::new(&schema()).expect("a schema");
    let sandboxes = start(2, &[]);
    let project = project(&sandboxes);
    run_shards(&project, 2, &[]);
    let shard = document(&project, "1/hygiene.json");
    assert!(validator.is_valid(&shard));
    assert_eq!(shard["run"]["shard"]["places"], json!([1]));
    let whole = merge(&project, "hygiene", 1..=2, &["-f", "json"]).exits(1).json();
    assert!(validator.is_valid(&whole) && whole["run"].get("shard").is_none());
    let mut wrong = shard;
    wrong["run"]["shard"]["index"] = json!("one");
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn times_are_the_first_and_the_last_and_days_apart_are_told() {
    let sandboxes = start(2, &[]);
    let project = project(&sandboxes);
    run_shards(&project, 2, &[]);
    let right = document(&project, "2/plain.json");
    let later = |seconds: i64| {
        let mut document = right.clone();
        document["run"]["now"] = json!(right["run"]["now"].as_i64().expect("a number") + seconds);
        document["run"]["finishedAt"] = json!("2023-11-20T00:00:00Z");
        document["run"]["waitedSeconds"] = json!(7);
        project.write("2/plain.json", document.to_string());
        merge(&project, "plain", 1..=2, &["-f", "json"]).exits(0)
    };
    let run = |value: &Value, name: &str| value["run"][name].clone();
    let first = document(&project, "1/plain.json");
    let merged = later(86_400).json();
    assert_eq!(run(&merged, "warnings"), json!([]));
    assert_eq!(run(&merged, "now"), run(&first, "now"));
    assert_eq!(run(&merged, "startedAt"), run(&first, "startedAt"));
    assert_eq!(run(&merged, "finishedAt"), "2023-11-20T00:00:00Z");
    assert_eq!(run(&merged, "waitedSeconds"), 7);
    assert_eq!(run(&merged, "requests"), json!(4));
    later(86_401).says(&[
        "warning: the results are more than a day apart",
        "2023-11-14T22:13:20Z",
        "2023-11-15T22:13:21Z",
    ]);
}

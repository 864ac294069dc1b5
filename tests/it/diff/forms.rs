//! Differences in every format and in templates.

use std::collections::BTreeSet;

use lmq::spec::{Content, Format, Subject};
use serde_json::{Value, json};

use super::two;

#[test]
fn rows_say_how_they_differ() {
    let (_portal, project) = two();
    let project = project.file("few.yaml", "endpoint: apitokens\nname: q\nfields: [id, note]\nsort: -id\n");
    let columns = ["change", "id", "accessId", "adminId", "adminName", "roles", "status", "note"];
    let csv = project.lmq(&["diff", "old.json", "new.json", "-f", "csv"]).exits(1).stdout;
    let mut lines = csv.lines();
    let titles: Vec<&str> = lines.next().expect("titles").split(',').collect();
    assert_eq!(titles[..columns.len()], columns);
    assert_eq!(titles.last(), Some(&"changes"), "no column of findings beside it");
    let rows: Vec<&str> = lines.collect();
    assert!(rows[0].starts_with("added,8,") && rows[1].starts_with("removed,3,"), "{csv}");
    assert!(
        rows[2].ends_with(",\"status: enabled → disabled; note: \"\"note 2\"\" → \"\"rotated\"\"\""),
        "{csv}"
    );
    let lines = project.lmq(&["diff", "old.json", "new.json", "-f", "ndjson"]).exits(1).stdout;
    let first: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["change"], &first["changes"]), (&json!("added"), &json!([])));
    assert_eq!(first.get("findings"), None);
    let saved = project.run(&["--save", "few.json", "few.yaml"]).exits(0);
    drop(saved);
    let csv = project.lmq(&["diff", "few.json", "few.json", "-f", "csv"]).exits(0).stdout;
    assert_eq!(csv, "change,id,note,changes\n");
}

#[test]
fn pages_for_people_begin_with_what_was_compared() {
    let (_portal, project) = two();
    let made = |format: &str| project.lmq(&["diff", "old.json", "new.json", "-f", format]).exits(1).stdout;
    let table = made("table");
    let head = "1 added, 1 removed, 2 changed between 2023-11-14T22:13:20Z (old.json) and 2023-11-14T22:13:20Z\n  compared: accessId, ";
    assert!(table.starts_with(head), "{table}");
    assert!(!table.contains("finding"), "each token is told once: {table}");
    let markdown = made("markdown");
    assert!(markdown.starts_with("# q: what has changed\n\n**Complete**"), "{markdown}");
    assert!(
        markdown.contains("\n**1 added, 1 removed, 2 changed between 2023-11-14T22:13:20Z (old.json)"),
        "{markdown}"
    );
    assert!(markdown.contains("\n| removed | 3 | ") && !markdown.contains("## Findings"), "{markdown}");
    let html = made("html");
    let body = html.split("</style>").last().expect("a body");
    for part in [
        "<h1>q: what has changed</h1>",
        "<strong>1 added, 1 removed, 2 changed</strong> between <time",
        "(old.json)",
        "<span class=\"state gone\">removed</span>",
        "status: enabled → disabled\nnote: &#34;note 2&#34; → &#34;rotated&#34;",
    ] {
        assert!(body.contains(part), "{part}\n{body}");
    }
    assert!(!body.contains("<svg") && !body.contains("id=\"findings\""), "{body}");
    let quiet = project.lmq(&["diff", "old.json", "old.json", "-f", "html"]).exits(0).stdout;
    assert!(quiet.contains("No token was added, removed or changed."), "{quiet}");
}

#[test]
fn reports_of_a_run_say_what_it_was_held_against() {
    let (_portal, project) = two();
    let made = |flag: &str, form: &str| {
        project.run(&["--baseline", "old.json", flag, form, "q.yaml"]).exits(1).stdout
    };
    let since = "1 added, 1 removed, 2 changed since 2023-11-14T22:13:20Z";
    for (form, head) in [
        ("table", format!("{since} (old.json)\n  compared: ")),
        ("markdown", format!("**{since} (old.json)**.")),
        ("html", "<strong>1 added, 1 removed, 2 changed</strong> since <time".to_owned()),
    ] {
        let text = made("-f", form);
        assert!(text.contains(&head), "{form}: {text}");
        assert!(text.contains("token 3 of owner3 was removed from the list"), "{form}: {text}");
        assert!(text.contains("note 6"), "all rows are there: {form}: {text}");
    }
    for template in ["tokens.md.hbs", "summary.txt.hbs"] {
        let text = made("-t", template).replace("**", "");
        assert!(text.contains(since), "{template}: {text}");
        assert!(text.contains("token 3 of owner3 was removed from the list"), "{template}: {text}");
    }
}

#[test]
fn formats_of_findings_have_a_case_for_each_kind() {
    let (_portal, project) = two();
    let made = |format: &str| project.lmq(&["diff", "old.json", "new.json", "-f", format]).exits(1).stdout;
    let sarif: Value = serde_json::from_str(&made("sarif")).expect("JSON");
    let run = &sarif["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .filter_map(|it| it["id"].as_str())
        .collect();
    assert_eq!(rules, ["diff/added", "diff/removed", "diff/changed"]);
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    let prints: BTreeSet<&str> =
        results.iter().filter_map(|it| it["partialFingerprints"]["lmq/v1"].as_str()).collect();
    assert_eq!(prints.len(), 4);
    assert_eq!(
        made("github").lines().filter(|line| line.starts_with("::error file=q.yaml,line=1")).count(),
        4
    );
    let gitlab: Vec<Value> = serde_json::from_str(&made("gitlab")).expect("JSON");
    assert_eq!(gitlab[1]["check_name"], "q/diff/removed");
    assert_eq!(made("junit").matches("<failure ").count(), 3);
}

/// The same document gives the same bytes, whether it was made now or read.
#[test]
fn what_is_made_of_a_saved_comparison_is_the_same() {
    let (_portal, project) = two();
    let project = project.file("templates/own.txt.hbs", TEMPLATE);
    let made = project.lmq(&["diff", "old.json", "new.json", "-f", "json", "-o", "diff.json"]).exits(1);
    assert_eq!(made.stdout, "");
    let forms = Format::ALL.iter().filter(|format| format.about().content == Content::Text);
    let forms =
        forms.map(|format| ["-f", format.name()]).chain([["-t", "own.txt.hbs"], ["-t", "tokens.md.hbs"]]);
    for [flag, form] in forms {
        let first = project.lmq(&["diff", "old.json", "new.json", flag, form]).exits(1).stdout;
        let again = project.lmq(&["render", "diff.json", flag, form]).exits(1).stdout;
        assert_eq!(first, again, "{form}");
    }
    assert!(Format::ALL.iter().any(|format| format.about().subject == Subject::Findings));
}

const TEMPLATE: &str = "{{run.verdict}} {{#if diff}}since {{diff.old.startedAt}}{{else}}alone{{/if}}\n\
    {{#each diff.added}}+ {{id}} {{adminName}}\n{{/each}}\
    {{#each diff.removed}}- {{id}} {{note}}\n{{/each}}\
    {{#each diff.changed}}~ {{id}}{{#each changes}} {{field}}: {{json old}} {{json new}}{{/each}}\n{{/each}}\
    {{len diff.added}} {{len diff.removed}} {{len diff.changed}}";

#[test]
fn templates_see_the_lists() {
    let (_portal, project) = two();
    let project = project.file("templates/own.txt.hbs", TEMPLATE);
    let expected = "complete since 2023-11-14T22:13:20Z\n+ 8 owner8\n- 3 note 3\n\
        ~ 2 status: 2 1 note: \"note 2\" \"rotated\"\n\
        ~ 5 roles: [\"readonly\"] [\"readonly\",\"administrator\"]\n1 1 2";
    let ran = project.lmq(&["diff", "old.json", "new.json", "-t", "own.txt.hbs"]).exits(1);
    assert_eq!(ran.stdout, expected);
    let ran = project.run(&["--baseline", "old.json", "-t", "own.txt.hbs", "q.yaml"]).exits(1);
    assert_eq!(ran.stdout, expected);
    // The same template of a run that is held against nothing.
    let ran = project.run(&["-t", "own.txt.hbs", "q.yaml"]).exits(0);
    assert_eq!(ran.stdout, "complete alone\n0 0 0");
    let project = project.file("templates/typo.txt.hbs", "{{#each diff.aded}}{{id}}{{/each}}");
    project.run(&["-t", "typo.txt.hbs", "q.yaml"]).exits(2).says(&["did you mean `added`?"]);
    // Of `lmq diff` a record says itself what it is.
    let project = project.file(
        "templates/rows.txt.hbs",
        "{{run.verdict}}{{#each records}} {{change}} {{join changes \",\"}}{{/each}}",
    );
    let ran = project.lmq(&["diff", "old.json", "new.json", "-t", "rows.txt.hbs"]).exits(1);
    assert!(
        ran.stdout.starts_with("complete added  removed  changed status: enabled → disabled,note"),
        "{}",
        ran.stdout
    );
}

/// What a template reads of a token that has changed is asked of the portal, as of any other.
#[test]
fn what_a_template_reads_of_differences_is_fetched() {
    let (portal, project) = two();
    let project = project
        .file("few.yaml", "endpoint: apitokens\nname: q\nfields: [id]\n")
        .file("templates/own.txt.hbs", "{{run.verdict}}{{#each diff.added}}{{lastAuthIp}}{{/each}}");
    project.run(&["--save", "few.json", "few.yaml"]).exits(0);
    let sent = portal.stub.count();
    project.run(&["--baseline", "few.json", "-t", "own.txt.hbs", "few.yaml"]).exits(0);
    assert!(portal.stub.seen()[sent..].iter().all(|seen| seen.query.contains("lastAuthIp")));
}

#[test]
fn a_summary_of_a_step_has_the_headline() {
    let (_portal, project) = two();
    let project = project.env("GITHUB_STEP_SUMMARY", "summary.md");
    project.run(&["--baseline", "old.json", "--summary", "-f", "csv", "q.yaml"]).exits(1);
    let text = project.read("summary.md");
    assert!(text.contains("1 added, 1 removed, 2 changed since 2023-11-14T22:13:20Z (old.json)"), "{text}");
    assert!(text.contains("| error | diff/removed | lmv1 token 3 of owner3"), "{text}");
}

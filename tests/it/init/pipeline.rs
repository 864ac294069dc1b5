//! The pipelines that `lmq init` writes: pinned, without secrets where a change is checked, and what they run runs.

use std::fs;

use serde_json::Value;

use super::{GITHUB, GITLAB, made, starter};
use crate::support::{Project, sandbox};

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&starter(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text")).collect()
}

/// The steps of a job that use this action.
fn uses<'a>(job: &'a Value, action: &str) -> Vec<&'a Value> {
    let steps = job["steps"].as_array().expect("steps").iter();
    steps.filter(|step| step["uses"].as_str().is_some_and(|name| name.starts_with(action))).collect()
}

/// The command line that a step of lmq makes, as `action.yml` says.
fn words(step: &Value) -> Vec<&str> {
    let with = |input: &str, default| step["with"][input].as_str().unwrap_or(default);
    let words = std::iter::once(with("command", "run")).chain(with("args", "").lines());
    words.chain(["--"]).chain(with("paths", "queries/").lines()).collect()
}

#[test]
fn the_documents_have_them_word_for_word() {
    let document = fs::read_to_string("docs/ci.md").expect("the document exists").replace("\r\n", "\n");
    for (kind, path) in [("github", GITHUB), ("gitlab", GITLAB)] {
        let block = document.split(&format!("```yml {kind}\n")).nth(1).expect("it has one");
        assert_eq!(block.split("```\n").next(), Some(starter(path).replace("\r\n", "\n").as_str()), "{path}");
    }
}

#[test]
fn the_workflow_is_pinned_and_may_read_alone() {
    let workflow = yaml(GITHUB);
    assert_eq!(workflow["permissions"], serde_json::json!({"contents": "read"}));
    let on = workflow["on"].as_object().expect("a map");
    assert_eq!(on.keys().collect::<Vec<_>>(), ["pull_request", "schedule", "workflow_dispatch"]);
    let cron: Vec<&str> =
        workflow["on"]["schedule"][0]["cron"].as_str().expect("a text").split(' ').collect();
    assert!(cron.len() == 5 && cron[2..] == ["*", "*", "1"], "once a week: {cron:?}");
    let version = concat!("# v", env!("CARGO_PKG_VERSION"));
    let mut own = 0;
    for line in starter(GITHUB).lines().filter(|line| line.contains("uses:")) {
        let (commit, tag) = line.split_once('@').and_then(|(_, rest)| rest.split_once(' ')).expect("pinned");
        assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{line}");
        assert!(tag.starts_with("# v"), "{line}");
        if line.contains("OWNER/lmq@") {
            assert_eq!(tag, version, "{line}");
            own += 1;
        }
    }
    assert!(own == 3 && starter(GITHUB).contains("in three places below, `OWNER`"));
    for job in workflow["jobs"].as_object().expect("jobs").values() {
        assert!(job["timeout-minutes"].is_u64() && job["permissions"].is_null());
        assert_eq!(uses(job, "actions/checkout@")[0]["with"]["persist-credentials"], false);
        let artifact = uses(job, "actions/upload-artifact@")[0];
        assert_eq!((&artifact["if"], &artifact["with"]["path"]), (&"always()".into(), &"reports/".into()));
    }
}

#[test]
fn secrets_are_where_no_pull_request_is() {
    let workflow = yaml(GITHUB);
    let (check, report) = (&workflow["jobs"]["check"], &workflow["jobs"]["report"]);
    assert_eq!(check["if"], "github.event_name == 'pull_request'");
    assert_eq!(report["if"], "github.event_name != 'pull_request'");
    assert!(!check.to_string().contains("${{"), "{check}");
    assert!(report.to_string().contains("${{ secrets.LM_ACCESS_KEY }}"));
    assert!(workflow["env"].is_null() && report["env"].is_null(), "the step of lmq alone has them");
    for line in starter(GITLAB).lines().filter(|line| line.contains("LM_")) {
        assert!(line.starts_with('#'), "variables of the project, not of the file: {line}");
    }
}

#[test]
fn what_the_workflow_runs_runs() {
    let workflow = yaml(GITHUB);
    let project = made(&[]);
    let summary = project.path("summary.md").to_string_lossy().into_owned();
    let project = project.env("GITHUB_STEP_SUMMARY", &summary);
    let check = uses(&workflow["jobs"]["check"], "OWNER/lmq@");
    assert_eq!(check.len(), 2);
    assert!(words(check[0]).contains(&"validate") && words(check[1]).contains(&"--sandbox"));
    for step in check {
        project.lmq(&words(step)).exits(0);
    }
    assert!(project.read("summary.md").contains("token-rules"));
    assert!(project.has("reports/inventory.html"));

    let step = uses(&workflow["jobs"]["report"], "OWNER/lmq@")[0];
    let variables: Vec<&String> = step["env"].as_object().expect("variables").keys().collect();
    assert_eq!(variables, ["LM_ACCESS_ID", "LM_ACCESS_KEY", "LM_COMPANY"]);
    let portal = sandbox();
    project.sandbox(&portal).lmq(&words(step)).exits(1).says(&["4 findings"]);
}

#[test]
fn what_the_gitlab_pipeline_runs_runs() {
    let pipeline = yaml(GITLAB);
    let (check, report) = (&pipeline["api-tokens-check"], &pipeline["api-tokens"]);
    for (job, sources) in [(check, &["merge_request_event"][..]), (report, &["schedule", "web"])] {
        assert_eq!(job["extends"], ".lmq");
        let rules = job["rules"].as_array().expect("rules").iter().map(|rule| rule["if"].as_str());
        let expected = sources.iter().map(|source| format!("$CI_PIPELINE_SOURCE == \"{source}\""));
        assert_eq!(rules.flatten().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
    let project = made(&["--ci", "gitlab"]);
    let run = |project: &Project, line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words[0], "lmq");
        project.lmq(&words[1..])
    };
    let lines = texts(&check["script"]);
    assert!(lines.len() == 2 && lines[0].contains("validate") && lines[1].contains("--sandbox"));
    for line in lines {
        run(&project, line).exits(0);
    }
    let portal = sandbox();
    let project = project.sandbox(&portal);
    for line in texts(&report["script"]) {
        run(&project, line).exits(1).says(&["4 findings"]);
    }
    assert_eq!(report["artifacts"]["reports"]["junit"], "reports/*.xml");
    assert!(project.has("reports/token-rules.xml"));

    let base = &pipeline[".lmq"];
    assert_eq!(texts(&base["artifacts"]["paths"]), ["reports/"]);
    let version = env!("CARGO_PKG_VERSION");
    let release = base["variables"]["LMQ_RELEASE"].as_str().expect("a text");
    assert!(release.ends_with(&format!("/v{version}/lmq-{version}-x86_64-unknown-linux-musl.tar.gz")));
    assert_eq!(base["variables"]["LMQ_SHA256"].as_str().map(str::len), Some(64));
    assert!(texts(&base["before_script"]).iter().any(|line| line.contains("sha256sum --check")));
}

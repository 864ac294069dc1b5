//! Portals by name: the project's `lmq.yaml` and the user's `config.yaml`.

mod sources;

use lmq::sandbox::Sandbox;

use crate::support::{self, Project};

const QUERY: &str = "endpoint: apitokens\n";

/// A project with a portal `box` in the user's configuration: the started sandbox.
fn project(sandbox: &Sandbox) -> Project {
    let config = format!(
        "portals:\n  box:\n    account: {}\n    auth:\n      accessId: {{env: MY_ID}}\n      accessKey: {{env: MY_KEY}}\n",
        sandbox.base_url()
    );
    let project = Project::new().file("q.yaml", QUERY).file("home/.config/lmq/config.yaml", config);
    let home = project.path("home").to_string_lossy().into_owned();
    project.env("HOME", &home).env("MY_ID", sandbox.access_id()).env("MY_KEY", sandbox.access_key().expose())
}

#[test]
fn a_portal_of_the_user_is_asked_by_its_name() {
    let sandbox = support::sandbox();
    let ran = project(&sandbox).lmq(&["run", "q.yaml", "--portal", "box", "-f", "json"]).exits(0);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a document");
    assert_eq!(document["portals"][0]["name"], "box");
    assert_eq!(document["records"][0]["portal"], "box");
    let by_variable = project(&sandbox).env("LMQ_PORTAL", "box").lmq(&["run", "q.yaml"]);
    by_variable.exits(0);
}

#[test]
fn a_project_cannot_send_credentials_elsewhere() {
    let sandbox = support::sandbox();
    let config = format!(
        "portals:\n  box:\n    account: {}\n    auth: {{bearerToken: {{env: LM_BEARER_TOKEN}}}}\ndefaultPortal: box\n",
        sandbox.base_url()
    );
    let project = Project::new().file("q.yaml", QUERY).file("lmq.yaml", config);
    let ran =
        project.env("LM_BEARER_TOKEN", sandbox.bearer_token().expose()).lmq(&["run", "q.yaml"]).exits(2);
    ran.says(&["LMQ071", "lmq.yaml:3:14", "nothing was sent"]);
    assert!(sandbox.requests().is_empty());
}

#[test]
fn what_is_wrong_with_a_name_is_told() {
    let sandbox = support::sandbox();
    let ran = project(&sandbox).lmq(&["run", "q.yaml", "--portal", "bxo"]).exits(2);
    ran.says(&["there is no portal `bxo`", "did you mean `box`?"]);
    let both = project(&sandbox).env("LMQ_BASE_URL", &sandbox.base_url());
    both.lmq(&["run", "q.yaml", "--portal", "box"]).exits(2).says(&["--portal and LMQ_BASE_URL"]);
    let missing = project(&sandbox).env("MY_KEY", "");
    missing.lmq(&["run", "q.yaml", "--portal", "box"]).exits(4).says(&["MY_KEY", "--sandbox"]);
}

#[test]
fn a_broken_configuration_stops_runs_but_not_the_sandbox() {
    let project = || Project::new().file("q.yaml", QUERY).file("lmq.yaml", "portal: {}\n");
    project().lmq(&["run", "q.yaml"]).exits(2).says(&["LMQ010", "did you mean `portals`?"]);
    project().lmq(&["run", "--sandbox", "q.yaml"]).exits(0);
    project().lmq(&["validate", "q.yaml"]).exits(0);
}

#[test]
fn a_secret_in_a_configuration_is_refused_and_not_shown() {
    let config =
        "portals:\n  acme:\n    account: acme\n    auth: {accessId: abc, accessKey: 'hunter22-hunter22'}\n";
    let ran =
        Project::new().file("q.yaml", QUERY).file("lmq.yaml", config).lmq(&["run", "-vv", "q.yaml"]).exits(2);
    let ran = ran.says(&["LMQ070", "line 4", "{env: LM_…}"]);
    assert!(!ran.stderr.contains("hunter22") && !ran.stdout.contains("hunter22"), "{}", ran.stderr);
}

#[test]
fn your_own_file_may_lie_elsewhere() {
    let sandbox = support::sandbox();
    let moved = || {
        let project = project(&sandbox);
        let config = project.read("home/.config/lmq/config.yaml").replace("box:", "moved:");
        project.file("elsewhere/mine.yaml", config).env("LMQ_CONFIG", "elsewhere/mine.yaml")
    };
    moved().lmq(&["run", "q.yaml", "--portal", "moved"]).exits(0);
    moved().lmq(&["run", "q.yaml", "--portal", "box"]).exits(2).says(&["portals: `moved`"]);
    let gone = moved().env("LMQ_CONFIG", "gone.yaml").lmq(&["run", "q.yaml", "--portal", "moved"]);
    gone.exits(2).says(&["`gone.yaml` does not exist", "LMQ_CONFIG names it"]);
}

#[test]
fn several_portals_are_named_by_flag_and_variable() {
    let sandbox = support::sandbox();
    let two = || {
        let project = project(&sandbox);
        let config = project.read("home/.config/lmq/config.yaml");
        let entry = config.split_once('\n').expect("a head").1.replace("box:", "other:");
        project.file("home/.config/lmq/config.yaml", format!("{config}{entry}"))
    };
    two().lmq(&["run", "q.yaml", "--portal", "box", "--portal", "box"]).exits(0);
    two().env("LMQ_PORTAL", "other, ").lmq(&["run", "q.yaml"]).exits(0);
    for args in [&["--all-portals", "--portal", "box"][..], &["--all-portals", "--sandbox"]] {
        two().lmq(&[&["run", "q.yaml"], args].concat()).exits(2).says(&["cannot be used with"]);
    }
    let base = two().env("LMQ_BASE_URL", &sandbox.base_url());
    base.lmq(&["run", "q.yaml", "--all-portals"]).exits(2).says(&["--all-portals and LMQ_BASE_URL"]);
    let none = Project::new().file("q.yaml", QUERY);
    none.lmq(&["run", "q.yaml", "--all-portals"]).exits(2).says(&["--all-portals: there is no portal"]);
    assert_eq!(sandbox.requests().len(), 2, "a run that is refused sends nothing");
}

#[test]
fn the_documented_configuration_is_valid_by_reader_and_schema() {
    let page = std::fs::read_to_string("docs/configuration.md").expect("the page is there");
    let example =
        page.split("```yaml config\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let file = lmq::config::load(&lmq::diag::Source::new("lmq.yaml", example), lmq::config::Trust::Project);
    assert_eq!(file.map(|file| file.portals.len()), Ok(2));
    let schema: serde_json::Value =
        serde_json::from_str(&Project::new().lmq(&["schema", "config"]).exits(0).stdout).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let yaml = |text: &str| serde_yaml::from_str::<serde_json::Value>(text).expect("YAML");
    assert!(schema.is_valid(&yaml(example)));
    let own =
        page.split("```yaml own\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let file = lmq::config::load(&lmq::diag::Source::new("config.yaml", own), lmq::config::Trust::User);
    assert_eq!(file.map(|file| file.portals.len()), Ok(3));
    assert!(schema.is_valid(&yaml(own)));
    for bad in [
        "portal: {}",
        "portals: {a: {account: x, bearer: licensed, auth: {bearerToken: {env: LM_A}}}}",
        "portals: {a: {account: x, auth: {bearerToken: {env: LM_A, file: b}}}}",
        "portals: {a: {account: x, auth: {bearerToken: {prompt: true}}}}",
        "portals: {a: {account: x, auth: {bearerToken: {command: op read}}}}",
        "portals: {a: {account: x, auth: {bearerToken: {command: []}}}}",
        "portals: {a: {account: x}}",
        "portals: {a: {account: x, auth: {accessId: {env: LM_A}}}}",
    ] {
        assert!(!schema.is_valid(&yaml(bad)), "{bad}");
        assert!(
            lmq::config::load(&lmq::diag::Source::new("lmq.yaml", bad), lmq::config::Trust::User).is_err(),
            "{bad}"
        );
    }
}

//! Portals by name: the project's `lmq.yaml` and the user's `config.yaml`.

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
    for bad in [
        "portal: {}",
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

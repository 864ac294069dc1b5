//! Every kind of mistake in a query file, as it is told: one file in `queries/bad/` for each code, and its snapshot.
//!
//! A file (or folder of files) is named after the code it provokes: `LMQ012.yaml`, or `LMQ013-user.yaml` for a second one.
//! Templates lie beside them. `INSTA_UPDATE=always cargo test --test it mistakes` writes the snapshots.

use std::fs;
use std::path::PathBuf;

use lmq::diag::{Code, Severity};

use crate::support::Project;

/// Codes that no query file provokes, each with the test that has it. Everything else has a file.
const ELSEWHERE: &[(&str, &str)] = &[
    ("LMQ070", "config::a_secret_in_a_configuration_is_refused_and_not_shown"),
    ("LMQ071", "config::a_project_cannot_send_credentials_elsewhere"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/queries/bad")
}

/// The names in the folder that begin with a code, sorted.
fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("the fixtures lie there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with("LMQ"));
    names.sort();
    names
}

/// A project with all fixtures in it, the folders flat.
fn project() -> Project {
    let mut folders = vec![folder()];
    // A value that `LMQ053.yaml` does not allow.
    let mut project = Project::new().env("LMQ_VAR_TOKENKIND", "api");
    while let Some(open) = folders.pop() {
        for entry in fs::read_dir(&open).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let short = path.strip_prefix(folder()).expect("below it").to_string_lossy().into_owned();
                project = project.file(&short, fs::read(&path).expect("readable"));
            }
        }
    }
    project
}

fn code_of(fixture: &str) -> &str {
    fixture.get(..6).unwrap_or(fixture)
}

#[test]
fn each_fixture_provokes_its_code_and_reads_well() {
    let project = project();
    for fixture in fixtures() {
        let text = code_of(&fixture);
        let code = Code::ALL.iter().find(|code| code.as_str() == text);
        let code = code.unwrap_or_else(|| panic!("`{fixture}`: there is no code {text}"));
        let ran = project.run(&["--sandbox", &fixture]);
        let expected = if code.severity() == Severity::Error { 2 } else { 0 };
        assert_eq!(ran.code, expected, "{fixture}: {}", ran.stderr);
        assert!(
            ran.stderr.contains(&format!("[{text}]: ")),
            "{fixture} does not provoke {text}:\n{}",
            ran.stderr
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../queries/bad/snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = fixture.trim_end_matches(".yaml").to_owned();
        settings.bind(|| insta::assert_snapshot!(name, ran.stderr));
    }
}

#[test]
fn each_code_has_a_fixture() {
    let fixtures = fixtures();
    let without: Vec<String> = Code::ALL
        .iter()
        .filter(|code| !ELSEWHERE.iter().any(|(text, _)| *text == code.as_str()))
        .filter(|code| !fixtures.iter().any(|fixture| code_of(fixture) == code.as_str()))
        .map(|code| format!("{} ({})", code.as_str(), code.meaning()))
        .collect();
    assert!(
        without.is_empty(),
        "codes without a bad query: {}\nput a file that provokes each into tests/it/queries/bad/, named after the code, and \
         write its snapshot with `INSTA_UPDATE=always cargo test --test it mistakes`; a code that no query file can provoke \
         goes into ELSEWHERE in tests/it/run/mistakes.rs",
        without.join(", ")
    );
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    let ran = project().run(&["--sandbox", "LMQ015.yaml"]).exits(2);
    ran.says(&[
        "LMQ015.yaml:1:11",
        "LMQ015.yaml:2:7",
        "LMQ015.yaml:3:7",
        "LMQ015.yaml:4:7",
        "LMQ015.yaml:5:9",
        "5 mistakes",
    ]);
}

#[test]
fn a_given_value_that_does_not_fit_its_variable_is_told() {
    let query = "vars: {days: {type: integer, default: 30, allowed: [30, 90]}}\nfilters: [{idleDays: {gt: \"${days}\"}}]\n";
    let project = Project::new().query(query);
    for value in ["many", "31", "", "3e1"] {
        let ran = project.run(&["--sandbox", "--var", &format!("days={value}"), "q.yaml"]);
        assert_eq!(ran.code, 2, "{value:?}: {}", ran.stderr);
        ran.says(&["LMQ053", "nothing was sent"]);
    }
    project.run(&["--sandbox", "--var", "days=90", "q.yaml"]).exits(0);
}

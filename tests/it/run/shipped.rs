//! Every shipped query runs in the sandbox, and brings what is there.

use std::fs;
use std::path::Path;

use lmq::sandbox::data::{Kind, Status, Token};
use serde_json::Value;

use crate::support::{NOW_MS, Project, sandbox};

/// Whether a token is one that a query is to bring.
type Wanted = Box<dyn Fn(&Token) -> bool>;

/// Name and text of every query in `queries/`.
fn shipped() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let files =
        fs::read_dir(folder).expect("the queries lie there").map(|entry| entry.expect("readable").path());
    let mut queries: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "yaml" || suffix == "yml"))
        .map(|path| {
            let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("readable"))
        })
        .collect();
    queries.sort();
    assert!(queries.len() >= 6, "the shipped queries are found");
    queries
}

/// Those that expect what the sandbox's tokens are not.
const FIND: &[&str] = &["outside-addresses", "rotation-due", "token-hygiene"];

/// The exit code of a query in the sandbox.
fn code(name: &str) -> u8 {
    u8::from(FIND.contains(&name))
}

fn text_of(name: &str) -> String {
    shipped().into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}

/// Kind and id of each record, sorted.
fn keys(document: &Value) -> Vec<(String, i64)> {
    let records = document["records"].as_array().expect("records");
    let mut keys: Vec<(String, i64)> = records
        .iter()
        .map(|row| {
            (row["tokenType"].as_str().expect("a kind").to_owned(), row["id"].as_i64().expect("an id"))
        })
        .collect();
    keys.sort();
    keys
}

fn truth(tokens: &[Token], wanted: impl Fn(&Token) -> bool) -> Vec<(String, i64)> {
    let kind = |kind| if kind == Kind::Bearer { "bearer" } else { "lmv1" };
    let mut keys: Vec<(String, i64)> = tokens
        .iter()
        .filter(|token| wanted(token))
        .map(|token| (kind(token.kind).to_owned(), token.id))
        .collect();
    keys.sort();
    keys
}

#[test]
fn every_shipped_query_runs_in_the_sandbox() {
    for (name, text) in shipped() {
        let file = format!("queries/{name}.yaml");
        let project = Project::new().file(&file, text);
        let code = code(&name);
        let ran = project.run(&["--sandbox", &file]).exits(code).says(&["complete", "sandbox data"]);
        assert!(ran.stdout.to_lowercase().contains("sandbox data"), "{name}: {}", ran.stdout);
        let document = project.run(&["--sandbox", "-f", "json", &file]).exits(code).json();
        assert_eq!(document["run"]["verdict"], "complete", "{name}");
        assert_eq!(document["run"]["sandbox"], true, "{name}");
        assert!(document["count"].as_u64() > Some(0), "{name} shows something");
    }
}

#[test]
fn all_shipped_queries_run_together() {
    let queries = shipped();
    let project = queries
        .iter()
        .fold(Project::new(), |project, (name, text)| project.file(&format!("queries/{name}.yaml"), text));
    let ran = project.run(&["--sandbox", "queries", "-f", "json"]).exits(1);
    assert_eq!(ran.stdout.lines().count(), queries.len(), "one compact document a query");
    for (line, (name, _)) in ran.stdout.lines().zip(&queries) {
        let document: Value = serde_json::from_str(line).expect("a document a line");
        assert_eq!(document["query"]["name"], name.as_str());
    }
}

#[test]
fn all_tokens_are_all_whatever_the_size_of_a_page() {
    let sandbox = sandbox();
    let all = truth(&sandbox.truth(), |_| true);
    for size in ["", "size: 1\n", "size: 2\n", "size: 7\n", "size: 50\n", "size: 1000\n"] {
        let project = Project::new().sandbox(&sandbox).file("q.yaml", text_of("all-tokens") + size);
        let document = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
        assert_eq!(document["count"], all.len(), "{size}");
        assert_eq!(keys(&document), all, "{size}");
        assert_eq!(document["run"]["verdict"], "complete");
    }
}

#[test]
fn shipped_queries_bring_just_their_rows() {
    let sandbox = sandbox();
    let enabled = |token: &Token| token.status == Status::Enabled;
    let role = |token: &Token, role: &str| token.roles.iter().any(|known| known == role);
    let since = |time: i64| NOW_MS / 1000 - time;
    let cases: [(&str, Wanted); 11] = [
        ("all-tokens", Box::new(|_| true)),
        ("administrator-tokens", Box::new(move |token| enabled(token) && role(token, "administrator"))),
        ("bearer-traces", Box::new(|token| token.kind == Kind::Bearer && token.reads_traces)),
        ("crowded-owners", Box::new(enabled)),
        (
            "disabled-recent",
            Box::new(move |token| {
                !enabled(token) && token.last_used_on.is_some_and(|used| since(used) < 90 * 86_400)
            }),
        ),
        ("disabled-tokens", Box::new(move |token| !enabled(token))),
        ("never-used", Box::new(move |token| enabled(token) && token.last_used_on.is_none())),
        ("new-tokens", Box::new(move |token| since(token.created_on) < 7 * 86_400)),
        ("outside-addresses", Box::new(|_| true)),
        ("rotation-due", Box::new(enabled)),
        ("user-tokens", Box::new(|token| token.admin_id == 131)),
    ];
    for (name, wanted) in cases {
        for size in ["", "size: 3\n"] {
            let project = Project::new().sandbox(&sandbox).file("q.yaml", text_of(name) + size);
            let document = project.run(&["-f", "json", "q.yaml"]).exits(code(name)).json();
            assert_eq!(keys(&document), truth(&sandbox.truth(), &wanted), "{name} {size}");
        }
    }
}

#[test]
fn the_embedded_sandbox_is_the_one_of_the_command() {
    let ran = Project::new().query("type: all\n").run(&["--sandbox", "-f", "json", "q.yaml"]).exits(0);
    assert_eq!(keys(&ran.json()), truth(&sandbox().truth(), |_| true));
}

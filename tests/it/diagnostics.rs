//! docs/diagnostics.md against the program: a section for every code, bad examples that are the fixtures, diagnostics that are
//! the snapshots, good examples without a mistake. And one file with seven mistakes, told in one run.
//!
//! A code block says in its first line what it is: `yaml bad=LMQ012.yaml` is that fixture, `text told` the first diagnostic
//! of the code's snapshot, `yaml good` a query and `handlebars good` a template that have no mistake.

use std::fs;
use std::path::{Path, PathBuf};

use lmq::config::Trust;
use lmq::diag::{Code, Severity, Source};
use serde_json::Value;

use crate::support::{Project, Ran, Reply, Stub};

/// A section of the document: what stands before the first heading has none.
struct Section {
    heading: String,
    text: String,
    /// Kind and content.
    blocks: Vec<(String, String)>,
}

/// Codes that only a configuration provokes: their fixtures are one, and lie in `configs/`.
const CONFIGURATION: &[&str] = &["LMQ070", "LMQ071"];

fn bad(path: &str) -> PathBuf {
    let folder =
        if CONFIGURATION.iter().any(|code| path.starts_with(code)) { "configs" } else { "queries/bad" };
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(folder).join(path)
}

/// What is told of a code's fixture: the snapshot, or what a run says of the configuration.
fn told(code: Code) -> String {
    if CONFIGURATION.contains(&code.as_str()) {
        let config = read(bad(&format!("{}.yaml", code.as_str())));
        return Project::new().query("").file("lmq.yaml", config).lmq(&["run", "q.yaml"]).exits(2).stderr;
    }
    let snapshot = read(bad(&format!("snapshots/{}.snap", code.as_str())));
    snapshot.splitn(3, "---\n").nth(2).expect("a snapshot has a head").to_owned()
}

/// A file's text as on every system; what is no UTF-8 is replaced as a document has to.
fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn sections() -> Vec<Section> {
    let text = read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md"));
    let mut sections = vec![Section { heading: String::new(), text: String::new(), blocks: Vec::new() }];
    let mut open = false;
    for line in text.lines() {
        let section = sections.last_mut().expect("never empty");
        match line.strip_prefix("```") {
            Some(kind) if !open => {
                section.blocks.push((kind.to_owned(), String::new()));
                open = true;
            }
            Some(_) => open = false,
            None if open => {
                let (_, block) = section.blocks.last_mut().expect("one is open");
                block.push_str(line);
                block.push('\n');
            }
            None => match line.strip_prefix("## ") {
                Some(heading) => {
                    let heading = heading.to_owned();
                    sections.push(Section { heading, text: String::new(), blocks: Vec::new() });
                }
                None => section.text.push_str(line),
            },
        }
    }
    assert!(!open, "a code block without its end");
    sections
}

/// The section of each code.
fn of_codes() -> impl Iterator<Item = (&'static Code, Section)> {
    Code::ALL.iter().zip(sections().into_iter().skip(1))
}

#[test]
fn every_code_has_its_section_in_order() {
    let headings: Vec<String> = sections().into_iter().skip(1).map(|section| section.heading).collect();
    let codes: Vec<String> =
        Code::ALL.iter().map(|code| format!("{}: {}", code.as_str(), code.meaning())).collect();
    assert_eq!(headings, codes);
    for (code, section) in of_codes() {
        let kinds: Vec<&str> =
            section.blocks.iter().filter_map(|(kind, _)| kind.split([' ', '=']).nth(1)).collect();
        let expected =
            if kinds.len() == 4 { &["bad", "bad", "told", "good"][..] } else { &["bad", "told", "good"] };
        assert_eq!(kinds, expected, "{}", code.as_str());
        let is_warning = code.severity() == Severity::Warning;
        assert_eq!(section.text.contains("A warning."), is_warning, "{}", code.as_str());
    }
}

#[test]
fn bad_examples_are_the_fixtures() {
    for (code, section) in of_codes() {
        for (kind, block) in &section.blocks {
            let Some((_, fixture)) = kind.split_once("bad=") else { continue };
            assert_eq!(*block, read(bad(fixture)), "{}: {fixture}", code.as_str());
            let own = fixture.starts_with(code.as_str());
            let named = || read(bad(&format!("{}.yaml", code.as_str()))).contains(&format!("./{fixture}"));
            let included =
                || section.blocks.iter().any(|(_, text)| text.contains(fixture.trim_end_matches(".hbs")));
            assert!(own || named() || included(), "{}: {fixture} is not of this code", code.as_str());
        }
    }
}

#[test]
fn diagnostics_shown_are_the_snapshots() {
    for (code, section) in of_codes() {
        let told = told(*code);
        let first = told.split("\n\n").next().expect("it is not empty");
        let (_, shown) = section.blocks.iter().find(|(kind, _)| kind == "text told").expect("it is shown");
        assert_eq!(shown.trim_end(), first.trim_end(), "{}", code.as_str());
        assert!(first.contains(&format!("[{}]", code.as_str())), "{}", code.as_str());
    }
}

#[test]
fn good_examples_have_no_mistake() {
    let mut seen = 0;
    for section in sections() {
        for (kind, block) in section.blocks.iter().filter(|(kind, _)| kind.ends_with(" good")) {
            let project = if kind.starts_with("handlebars") {
                Project::new().file("templates/good.md.hbs", block).query("output: {template: good.md.hbs}\n")
            } else if block.starts_with("portals:") {
                let file = lmq::config::load(&Source::new("lmq.yaml", block.as_str()), Trust::Project);
                assert!(file.is_ok(), "{}\n{block}", section.heading);
                Project::new().query("").file("lmq.yaml", block)
            } else if block.lines().any(|line| line.starts_with("endpoint:")) {
                Project::new().file("q.yaml", block)
            } else {
                Project::new().query(block)
            };
            let ran = project.lmq(&["validate", "--deny-warnings", "q.yaml"]);
            assert_eq!(ran.code, 0, "{}\n{block}{}", section.heading, ran.stderr);
            seen += 1;
        }
    }
    // One code has a second one, of a template.
    assert_eq!(seen, Code::ALL.len() + 1);
}

/// An unknown key, `permission` without bearer, a misspelt field, an operator that does not fit, a size out of range, a
/// broken JSONPath, a missing template.
const SEVEN: &str = "\
colour: red
endpoint: apitokens
permission: traces
filters:
  - adminNam: svc-terraform
  - status: { contains: 2 }
size: 5000
select: $[?@.idleDays >> 90]
output: { template: gone.md.hbs, to: reports/gone.md }
";

/// Where each of them stands: code, line, column.
const PLACES: [(&str, u64, u64); 7] = [
    ("LMQ010", 1, 1),
    ("LMQ016", 3, 1),
    ("LMQ012", 5, 5),
    ("LMQ021", 6, 15),
    ("LMQ015", 7, 7),
    ("LMQ024", 8, 24),
    ("LMQ030", 9, 21),
];

fn seven() -> Project {
    Project::new().file("queries/seven.yaml", SEVEN)
}

fn assert_json(ran: &Ran, expected: &[(&str, u64, u64)]) {
    let document = ran.json();
    let entries = document["diagnostics"].as_array().expect("a list").iter();
    let number = |value: &Value| value.as_u64().expect("a number");
    let told: Vec<(&str, u64, u64)> = entries
        .map(|entry| {
            (entry["code"].as_str().expect("a text"), number(&entry["line"]), number(&entry["column"]))
        })
        .collect();
    assert_eq!(told, expected);
}

fn assert_human(ran: &Ran, expected: &[(&str, u64, u64)]) {
    let mut rest = ran.stderr.as_str();
    for (code, line, column) in expected {
        rest = rest
            .split_once(&format!("error[{code}]: "))
            .unwrap_or_else(|| panic!("{code}: {}", ran.stderr))
            .1;
        let place = format!("--> queries/seven.yaml:{line}:{column}\n");
        assert!(rest.split_once("\n\n").is_some_and(|(own, _)| own.contains(&place)), "{place}{rest}");
    }
    assert_eq!(ran.stderr.matches("error[").count(), expected.len(), "{}", ran.stderr);
}

#[test]
fn every_mistake_of_a_file_is_told_in_one_run() {
    let ran = seven().lmq(&["validate", "queries"]).exits(2);
    assert_human(&ran, &PLACES);
    assert_eq!(ran.stdout, "1 query, 7 mistakes\n");
    assert_json(&seven().lmq(&["validate", "queries", "--format", "json"]).exits(2), &PLACES);
}

/// The official schema, without the one expression in it that strict readers refuse.
fn sarif_schema() -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).expect("JSON");
    for holder in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{holder}/properties/language"));
        assert!(language.and_then(Value::as_object_mut).is_some_and(|it| it.remove("pattern").is_some()));
    }
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

#[test]
fn as_sarif_they_pass_the_official_schema() {
    let ran = seven().lmq(&["validate", "queries", "--format", "sarif"]).exits(2);
    let log = ran.json();
    let wrong: Vec<String> = sarif_schema().iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "no SARIF:\n{}", wrong.join("\n"));
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let places: Vec<(&str, u64, u64)> = results
        .iter()
        .map(|result| {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            let number = |name: &str| region[name].as_u64().expect("a number");
            (result["ruleId"].as_str().expect("a text"), number("startLine"), number("startColumn"))
        })
        .collect();
    assert_eq!(places, PLACES);
}

#[test]
fn a_run_with_mistakes_sends_nothing() {
    let stub = Stub::saying(Reply::error(500, 1, "nobody should ask"));
    let ran =
        seven().file("queries/right.yaml", "endpoint: apitokens\n").stub(&stub).run(&["queries"]).exits(2);
    assert_human(&ran, &PLACES);
    ran.says(&["nothing was sent"]);
    assert_eq!(stub.count(), 0, "{:?}", stub.seen());
}

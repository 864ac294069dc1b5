//! The JSON Schemas against what they describe: query files that lmq takes and refuses, results that it writes.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

use crate::support::Project;

/// Fixtures whose mistake a schema cannot express, each with the reason. All others it has to refuse.
const BEYOND: &[(&str, &str)] = &[
    ("LMQ001.yaml", "no text, so there is no value to hold against a schema"),
    ("LMQ002.yaml", "no YAML, so there is no value to hold against a schema"),
    ("LMQ003.yaml", "anchors are gone when a schema sees the value"),
    ("LMQ011.yaml", "of a key that stands twice a schema sees one"),
    ("LMQ012-expect.yaml", "what a JSONPath means is in a string, and `unknownFields` may name any field"),
    ("LMQ023.yaml", "the grammar of a condition is in a string"),
    ("LMQ024.yaml", "the grammar of JSONPath is in a string"),
    ("LMQ025-expect.yaml", "what a JSONPath means is in a string"),
    ("LMQ025.yaml", "what a JSONPath means is in a string"),
    ("LMQ026.yaml", "a schema cannot hold values against values elsewhere"),
    ("LMQ030.yaml", "a schema sees no other file"),
    ("LMQ031.yaml", "a schema sees no other file"),
    ("LMQ032-message.yaml", "the grammar of a template is in a string"),
    ("LMQ032.yaml", "a schema sees no other file"),
    ("LMQ033.yaml", "a schema sees no other file"),
    ("LMQ034.yaml", "a schema sees no other file"),
    ("LMQ037.yaml", "a schema cannot compare one member of the items of a list"),
    ("LMQ038/a.yaml", "a schema sees one file"),
    ("LMQ038/b.yaml", "a schema sees one file"),
    ("LMQ039.yaml", "a schema sees no other file"),
    ("LMQ040.yaml", "a warning: the file runs"),
    ("LMQ041.yaml", "a warning: the file runs"),
    ("LMQ042.yaml", "a warning: the file runs"),
    ("LMQ051.yaml", "a schema cannot hold names in strings against keys elsewhere"),
    ("LMQ052.yaml", "a schema does not see the values that are given"),
    ("LMQ053.yaml", "a schema does not see the values that are given"),
    ("LMQ060.yaml", "a schema sees no comments, and it is a warning"),
    ("LMQ061.yaml", "a schema sees no comments, and it is a warning"),
];

/// One mistake each, which the schema has to see.
const WRONG: &[&str] = &[
    "adminId: [1, 1]",
    "adminId: 0",
    "expect: []",
    "expect: {id: a, select: '$[0]'}",
    "expect: {id: a, message: m}",
    "expect: {id: a b, select: '$[0]', message: m}",
    "expect: {id: a, select: '$[0]', count: {min: 1}, message: m}",
    "expect: {id: a, count: {min: 1}, max: 2, message: m}",
    "expect: {id: a, count: {max: 2}, per: adminName, message: m}",
    "expect: {id: a, select: '$[0]', per: adminName, message: m}",
    "expect: {id: a, select: '$[0]', max: 2, per: roles, message: m}",
    "expect: {id: a, select: '$[0]', max: 2, per: adminNam, message: m}",
    "expect: {id: a, count: {}, message: m}",
    "expect: {id: a, select: '$[0]', severity: fatal, message: m}",
    "{expect: {id: a, select: '$[0]', message: m}, limit: 5}",
    "waivers: x.waivers.yaml",
    "{expect: {id: a, select: '$[0]', message: m}, waivers: x.yaml}",
    "{expect: {id: a, select: '$[0]', message: m}, waivers: {expect: a, match: {}, reason: r, owner: o, expires: 2026-12-31}}",
    "{expect: {id: a, select: '$[0]', message: m}, waivers: {expect: a, match: {id: 1}, reason: r, owner: o}}",
    "fields: [id, id]",
    "fields: []",
    "fields: [nmae]",
    "fields: nmae",
    "sort: idelDays",
    "sort: [-id, -idelDays]",
    "size: 1001",
    "limit: 0",
    "name: no name",
    "name: ''",
    "type: Bearer",
    "permission: traces",
    "{type: lmv1, permission: traces}",
    "filters: status:2",
    "filters: {status: 2}",
    "filters: [{status: 1, id: 2}]",
    "filters: [{status: '2'}]",
    "filters: [{status: enabled}]",
    "filters: [{status: null}]",
    "filters: [{status: {contains: 2}}]",
    "filters: [{adminName: {gt: a}}]",
    "filters: [{accessKey: lmb_}]",
    "filters: [{lastUsedOn: 0}]",
    "filters: [{lastUsedOn: {ne: [5, 0]}}]",
    "filters: [{any: []}]",
    "filters: [{any: {status: 1}}]",
    "filters: [{any: [{any: [{status: 1}]}]}]",
    "filters: [{createdOn: {older_than: 90}}]",
    "filters: [{createdOn: {older_than: 90 days}}]",
    "vars: {max-idle: 90}",
    "vars: {owner: {description: whose}}",
    "vars: {rows: {type: integer, default: many}}",
    "vars: {rows: {type: integer, allowed: [1, two]}}",
    "vars: {word: {type: string, default: 3}}",
    "output: []",
    "output: {format: csv, template: tokens.md.hbs}",
    "output: {to: x.csv}",
    "output: {format: pdf}",
    "output: {template: tokens.md}",
    "output: {template: /etc/report.md.hbs}",
    "output: {format: csv, to: ../x.csv}",
    "output: {format: csv, to: /tmp/x.csv}",
    "output: {format: csv, to: 'c:x.csv'}",
    "output: {format: csv, to: 'a\\x.csv'}",
    "output: {format: csv, to: a/.x.csv}",
    "output: {format: csv, to: a/}",
    "output: {format: csv, to: x.toml}",
    "output: {format: csv, to: lmq.yaml}",
    "output: {format: csv, to: X.YML}",
];

/// What it must not refuse.
const RIGHT: &[&str] = &[
    "filters: []",
    "expect: {id: a, select: '$[0]', max: 3, severity: info, message: m}",
    "expect: {id: a, select: '$[0]', max: 3, per: adminName, message: m}",
    "{vars: {n: 5}, expect: [{id: a, count: {min: 1, max: '${n}'}, message: m}]}",
    "{expect: {id: a, select: '$[0]', message: m}, waivers: [{expect: a, match: {id: 1, roles: [x]}, reason: r, owner: o, expires: 2026-12-31}]}",
    "tags: [a, a]",
    "{vars: {e: apitokens}, endpoint: '${e}'}",
    "{vars: {k: bearer}, type: '${k}', permission: traces}",
    "{fields: [id, scope], unknownFields: [scope]}",
    "{vars: {f: id}, fields: ['${f}'], sort: '-${f}'}",
    "vars: {rows: {type: number, default: 3}, all: {type: boolean, default: true}}",
    "filters: [{lastUsedOn: {gt: 0}}]",
    "filters: [{lastUsedOn: 5}, {any: ['status:1', {note: [a, b]}]}]",
    "output: {template: ./x.md.hbs, to: a.b/x.out.yaml}",
    "output: {template: ../x.md.hbs}",
    "{vars: {d: reports}, output: {format: csv, to: '${d}/x.csv'}}",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn printed(of: &str) -> String {
    Project::new().lmq(&["schema", of]).exits(0).stdout
}

fn validator(of: &str) -> Validator {
    let schema: Value = serde_json::from_str(&printed(of)).expect("a schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema of draft 2020-12");
    jsonschema::draft202012::new(&schema).expect("a schema")
}

fn errors(validator: &Validator, value: &Value) -> String {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    errors.join("\n")
}

/// The YAML files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(open) = folders.pop() {
        for entry in fs::read_dir(open).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|suffix| suffix == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A query of a few keys, over all tokens unless it says otherwise.
fn query(yaml: &str) -> Value {
    let mut value: Value = serde_yaml::from_str(yaml).expect("YAML");
    let keys = value.as_object_mut().expect("a map");
    keys.entry("endpoint").or_insert_with(|| "apitokens".into());
    value
}

#[test]
fn the_committed_schema_is_the_one_printed() {
    let committed = fs::read_to_string(root().join("lmq.schema.json")).expect("it is committed");
    assert!(
        committed.replace("\r\n", "\n") == printed("query"),
        "lmq.schema.json is out of date: write it anew with `cargo run --quiet -- schema query > lmq.schema.json`"
    );
}

#[test]
fn shipped_queries_pass_and_name_the_schema() {
    let validator = validator("query");
    let queries = files(&root().join("queries"));
    assert!(queries.len() >= 7, "{queries:?}");
    for path in queries {
        let text = fs::read_to_string(&path).expect("readable");
        let value: Value = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(errors(&validator, &value), "", "{}", path.display());
        let line = "# yaml-language-server: $schema=../lmq.schema.json";
        assert_eq!(text.lines().next(), Some(line), "{}", path.display());
    }
}

#[test]
fn examples_of_the_documents_pass() {
    let validator = validator("query");
    let mut seen = 0;
    for file in
        ["docs/query-format.md", "docs/diagnostics.md", "docs/checks.md", "docs/recipes.md", "README.md"]
    {
        let text = fs::read_to_string(root().join(file)).expect("it exists").replace("\r\n", "\n");
        for block in text.split("\n```yaml").skip(1) {
            let (kind, rest) = block.split_once('\n').expect("a block has lines");
            if kind.contains("LMQ") {
                continue;
            }
            let yaml = rest.split("\n```").next().expect("a block ends");
            // A configuration, which has a schema of its own.
            if yaml.starts_with("portals:") {
                continue;
            }
            assert_eq!(errors(&validator, &query(yaml)), "", "{file}: {yaml}");
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} examples were found");
}

#[test]
fn bad_queries_are_refused_where_a_schema_can() {
    let validator = validator("query");
    let folder = root().join("tests/it/queries/bad");
    let mut accepted = Vec::new();
    for path in files(&folder) {
        let text = String::from_utf8(fs::read(&path).expect("readable")).unwrap_or_default();
        let value: Option<Value> = serde_yaml::from_str(&text).ok().filter(|value: &Value| !value.is_null());
        let is_valid = value.is_none_or(|value| validator.is_valid(&value));
        if is_valid {
            let short = path.strip_prefix(&folder).expect("below it");
            accepted.push(short.to_string_lossy().replace('\\', "/"));
        }
    }
    let beyond: Vec<&str> = BEYOND.iter().map(|(fixture, _)| *fixture).collect();
    assert_eq!(accepted, beyond, "accepted, against those whose mistake a schema cannot express");
}

#[test]
fn lmq_and_the_schema_agree() {
    let validator = validator("query");
    for (cases, is_right) in [(WRONG, false), (RIGHT, true)] {
        for yaml in cases {
            let value = query(yaml);
            assert_eq!(
                validator.is_valid(&value),
                is_right,
                "the schema: {yaml}\n{}",
                errors(&validator, &value)
            );
            let given = value.to_string();
            let (query, diagnostics) = lmq::spec::load(
                &lmq::diag::Source::new("q.yaml", given.as_str()),
                &lmq::spec::Inputs::default(),
            );
            // Targets and templates are looked up after the file is read.
            let is_about_files = yaml.contains("output");
            assert!(query.is_some() == is_right || is_about_files, "lmq: {yaml}: {diagnostics:?}");
        }
    }
}

#[test]
fn results_of_shipped_queries_pass() {
    let validator = validator("result");
    for path in files(&root().join("queries")) {
        let ran = Project::new().run(&["--sandbox", &path.to_string_lossy(), "-f", "json"]);
        assert!(ran.code <= 1, "{}: {}", path.display(), ran.stderr);
        assert_eq!(errors(&validator, &ran.json()), "", "{}", path.display());
    }
}

#[test]
fn comparisons_pass_and_those_of_another_form_do_not() {
    let validator = validator("result");
    let project = Project::new().query("type: all\n");
    project.run(&["--sandbox", "--save", "old.json", "q.yaml"]).exits(0);
    let mut new: Value = serde_json::from_str(&project.read("old.json")).expect("JSON");
    new["records"][0]["note"] = "another".into();
    new["records"][1]["id"] = 9_999_999.into();
    let project = project.file("new.json", new.to_string());
    let compared = project.lmq(&["diff", "old.json", "new.json", "-f", "json"]).exits(1).json();
    let run = project.run(&["--sandbox", "--baseline", "new.json", "-f", "json", "q.yaml"]).exits(1).json();
    for document in [&compared, &run] {
        assert_eq!(errors(&validator, document), "");
        for list in ["added", "removed", "changed"] {
            assert_eq!(document["diff"][list].as_array().map(Vec::len), Some(1), "{list}");
        }
    }
    for (place, wrong) in [
        ("/diff/changed/0/changes", Value::Null),
        ("/diff/changed/0/changes/0/field", 7.into()),
        ("/diff/added/0/id", "1".into()),
        ("/diff/old/verdict", Value::Null),
        ("/diff/only", "yes".into()),
    ] {
        let mut other = compared.clone();
        *other.pointer_mut(place).expect("it is there") = wrong;
        assert!(!validator.is_valid(&other), "{place}");
    }
}

#[test]
fn a_result_of_another_form_is_refused() {
    let validator = validator("result");
    let ran = Project::new().query("limit: 2\n").run(&["--sandbox", "q.yaml", "-f", "json"]).exits(0);
    let whole = ran.json();
    assert_eq!(errors(&validator, &whole), "");
    for key in ["schema", "listings", "records", "count"] {
        let mut part = whole.clone();
        part.as_object_mut().expect("a map").remove(key);
        assert!(!validator.is_valid(&part), "without `{key}`");
    }
    let mut other = whole;
    other["records"][0]["id"] = "1".into();
    assert!(!validator.is_valid(&other), "an id that is a text");
}

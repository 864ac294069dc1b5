//! `lmq fields`: the catalogue, with what the filters make of it.

use lmq::catalog::ENDPOINTS;
use serde_json::{Value, json};

use crate::support::Project;

fn fields(args: &[&str]) -> Value {
    Project::new().lmq(&[&["fields", "--format", "json"], args].concat()).exits(0).json()
}

fn field(name: &str) -> Value {
    let endpoints = fields(&["apitokens"]);
    let all = endpoints[0]["fields"].as_array().expect("a list");
    all.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn a_table_with_every_field() {
    let ran = Project::new().lmq(&["fields"]).exits(0);
    for endpoint in ENDPOINTS {
        assert!(ran.stdout.contains(endpoint.path), "{}", ran.stdout);
        for field in endpoint.fields {
            let line = ran.stdout.lines().find(|line| line.split(' ').next() == Some(field.name));
            assert!(line.is_some_and(|line| line.contains(field.meaning)), "{}", field.name);
        }
    }
    assert_eq!(ran.stdout.matches("OPERATORS  ").count(), 1, "endpoints with the same fields share a table");
}

#[test]
fn operators_and_origins_for_programs() {
    let id = field("id");
    assert_eq!(id["type"], "integer");
    assert!(id["operators"].as_array().expect("a list").contains(&json!("ge")));
    assert!(!id["operators"].as_array().expect("a list").contains(&json!("contains")));
    assert_eq!(id["sent"], json!(["eq", "gt", "lt", "ge", "le"]));
    let idle = field("idleDays");
    assert_eq!((&idle["derived"], &idle["derivedFrom"]), (&json!(true), &json!("lastUsedOn")));
    assert_eq!(idle["sent"], json!([]));
    let key = field("accessKey");
    assert_eq!((&key["operators"], &key["default"]), (&json!([]), &json!(false)));
    assert_eq!(field("adminName")["sent"], json!(["eq"]));
}

#[test]
fn every_operator_that_is_shown_can_be_used() {
    for field in fields(&["apitokens"])[0]["fields"].as_array().expect("a list") {
        let value = match field["type"].as_str().expect("a text") {
            "boolean" => "true",
            "string" | "list of strings" => "x",
            _ => "5",
        };
        for op in field["operators"].as_array().expect("a list") {
            let (name, op) = (field["name"].as_str().expect("a text"), op.as_str().expect("a text"));
            let value = match op {
                "empty" => "true",
                "before" | "after" => "2024-01-31",
                "older_than" | "newer_than" => "90d",
                // A field with few values.
                "eq" | "ne" if name == "tokenType" => "bearer",
                _ => value,
            };
            let project = Project::new().query(&format!("filters: [{{{name}: {{{op}: {value}}}}}]\n"));
            project.lmq(&["validate", "q.yaml"]).exits(0);
        }
    }
}

#[test]
fn endpoints_by_path_and_short_name() {
    assert_eq!(fields(&["/setting/admins/apitokens"]).as_array().expect("a list").len(), 1);
    assert_eq!(fields(&["apitokens"]).as_array().expect("a list").len(), 2);
    assert_eq!(fields(&[]), fields(&["apitokens"]));
    Project::new().lmq(&["fields", "apitoken"]).exits(2).says(&["did you mean `apitokens`?"]);
    let ran = Project::new().lmq(&["fields", "/devices\u{1b}"]).exits(2).says(&["unknown endpoint"]);
    assert!(ran.stdout.is_empty() && !ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
}

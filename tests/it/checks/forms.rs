//! Findings in every format.

use serde_json::{Value, json};

use super::{IDLE, portal, query, tokens};
use crate::support::{Project, Stub};

/// Token 2 is found, token 3 waived.
fn project(stub: &Stub) -> Project {
    let waivers = "waivers:\n  - { expect: no-idle, match: { id: 3 }, reason: 'runs | once', owner: maria, expires: 2023-12-31 }\n";
    query(stub, IDLE, &format!("fields: [id, note]\n{waivers}"))
}

fn printed(args: &[&str]) -> String {
    let stub = portal(&tokens());
    project(&stub).run(&[args, &["q.yaml"]].concat()).exits(1).stdout
}

#[test]
fn rows_have_a_last_column_with_what_was_found() {
    assert_eq!(
        printed(&["-f", "csv"]),
        "id,note,findings\n1,note 1,\n2,note 2,no-idle\n3,note 3,no-idle (waived)\n4,note 4,\n"
    );
    assert_eq!(
        printed(&["-f", "tsv"]),
        "id\tnote\tfindings\n1\tnote 1\t\n2\tnote 2\tno-idle\n3\tnote 3\tno-idle (waived)\n4\tnote 4\t\n"
    );
    let lines = printed(&["-f", "ndjson"]);
    let found: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["findings"].clone())
        .collect();
    assert_eq!(found, [json!([]), json!(["no-idle"]), json!(["no-idle (waived)"]), json!([])]);
}

#[test]
fn reports_for_people_tell_them_before_the_rows() {
    let cases: [(&[&str], &str); 4] = [
        (&["-f", "table"], "note 1"),
        (&["-f", "markdown"], "note 1"),
        (&["-t", "tokens.md.hbs"], "note 1"),
        (&["-t", "summary.txt.hbs"], "note 1"),
    ];
    for (args, first_row) in cases {
        let text = printed(args);
        let (head, _) = text.split_once(first_row).unwrap_or_else(|| panic!("{args:?}: {text}"));
        for part in ["token 2 of owner2 is idle", "token 3 of owner3 is idle", "maria", "2023", "once"] {
            assert!(head.contains(part), "{args:?}: `{part}`\n{text}");
        }
    }
    assert!(printed(&["-f", "markdown"]).contains("runs \\| once"));
}

#[test]
fn yaml_has_the_document_of_json() {
    let yaml = printed(&["-f", "yaml"]);
    assert!(yaml.contains("message: \"token 2 of owner2 is idle for 115 days\""), "{yaml}");
    assert!(yaml.contains("owner: \"maria\""), "{yaml}");
}

#[test]
fn a_workbook_has_a_sheet_of_them() {
    let stub = portal(&tokens());
    let project = project(&stub);
    project.run(&["-o", "x.xlsx", "q.yaml"]).exits(1);
    let with = std::fs::read(project.path("x.xlsx")).expect("it is written").len();
    project.write("q.yaml", "endpoint: apitokens\nfields: [id, note]\n");
    project.run(&["-o", "x.xlsx", "q.yaml"]).exits(0);
    let without = std::fs::read(project.path("x.xlsx")).expect("it is written").len();
    assert!(with > without + 300, "{with} and {without} bytes");
}

#[test]
fn the_result_fits_its_schema() {
    let schema = Project::new().lmq(&["schema", "result"]).exits(0).json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let document: Value = serde_json::from_str(&printed(&["-f", "json"])).expect("JSON");
    let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

//! `docs/templates.md` against the program: its examples are run, its names are those of the document and of its types.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::report::document;
use crate::report::document::diff::CHANGES;
use crate::report::helpers::HELPERS;
use crate::report::template::names::{ROOT, Shape};

/// The lists of records.
const RECORDS: [&str; 4] = ["records[]", "diff.added[]", "diff.removed[]", "diff.changed[]"];

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/templates.md"))
        .expect("the page is there")
        .replace("\r\n", "\n")
}

/// The text of the code block with this first line.
fn block(kind: &str) -> String {
    let page = page();
    let rest = page.split(&format!("```{kind}\n")).nth(1).unwrap_or_else(|| panic!("no block `{kind}`"));
    rest.split("\n```").next().unwrap_or_default().to_owned()
}

/// The cells of every row of the tables with that heading; `\|` is a `|`.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = page();
    let mut rows = Vec::new();
    for table in page.split(&format!("\n{heading}\n")).skip(1) {
        for line in table.lines().skip(1).take_while(|line| line.starts_with('|')) {
            let line = line.trim_matches('|').replace("\\|", "\u{0}");
            rows.push(line.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect());
        }
    }
    assert!(!rows.is_empty(), "no table {heading}");
    rows
}

fn code(cell: &str) -> &str {
    cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(cell)
}

/// A document in which no list is empty.
fn full() -> Value {
    let place = json!({"file": "q.yaml", "line": 3, "column": 5, "endLine": 6, "endColumn": 7});
    let waiver = json!({"reason": "known", "owner": "ops", "expires": "2026-12-31"});
    let finding = json!({
        "id": "no-idle", "severity": "error", "message": "token 7 is idle", "fingerprint": "f00d", "portal": "acme",
        "tokenType": "lmv1", "tokenId": 7, "record": "row", "place": place, "waiver": waiver,
    });
    let mut document = document();
    document["schema"] = json!("lmq.result/v1");
    document["query"]["description"] = json!("Tokens nobody uses");
    document["query"]["expect"] = json!([{"id": "no-idle", "severity": "error", "place": place}]);
    document["run"]["reasons"] = json!(["page 2 failed"]);
    document["run"]["warnings"] = json!(["a time in the future"]);
    document["run"]["shard"] =
        json!({"index": 3, "count": 8, "portals": 1000, "places": [2], "deal": "f00d"});
    let listing = &mut document["listings"][0];
    listing["permission"] = json!("traces");
    listing["localFilter"] = json!("idleDays>90");
    listing["reasons"] = json!(["short"]);
    listing["notes"] = json!(["odd"]);
    document["findings"] = json!([finding]);
    document["waived"] = json!([finding]);
    document["query"]["fields"] = json!(["id"]);
    document["query"]["filter"] = json!("status:2");
    document["query"]["select"] = json!("$[*]");
    document["query"]["sort"] = json!(["-id"]);
    for name in ["status", "adminName", "age", "idle"] {
        document["stats"][name] = json!([{"value": format!("a {name}"), "count": 5}]);
    }
    document["records"] = serde_json::from_str(&block("json records")).expect("it is JSON");
    let old = json!({
        "file": "last.json", "startedAt": "2026-11-16T12:00:00Z", "now": 1_794_830_400, "verdict": "complete",
        "lmqVersion": "0.1.0",
    });
    let record = |index: usize| document["records"][index].clone();
    let mut changed = record(2);
    changed[CHANGES] = json!([{"field": "status", "old": 2, "new": 1}]);
    document["diff"] = json!({
        "old": old, "only": false, "fields": ["adminName", "status"], "added": [record(0)], "removed": [record(1)],
        "changed": [changed], "reasons": ["the list may be short"], "warnings": ["odd"],
    });
    document["columns"] = json!([{"title": "id", "path": "$.id"}, {"title": "Owner", "path": "$.adminName"}]);
    document["count"] = json!(3);
    document["total"] = json!(3);
    document
}

/// What an example prints, inside of the first record where it names what a record has.
fn printed(example: &str) -> String {
    let inside = format!("{{{{#with records.[0]}}}}{example}{{{{/with}}}}");
    let place = Place::with(&[("templates/t.txt.hbs", example), ("templates/inside.txt.hbs", &inside)]);
    let template = place.load("t.txt.hbs").or_else(|_| place.load("inside.txt.hbs"));
    let template = template.unwrap_or_else(|found| {
        panic!("{}", found.iter().map(|found| diag::render(found, false)).collect::<String>())
    });
    render(&template, &Context::of_value(full())).unwrap_or_else(|error| panic!("{example}: {error}"))
}

#[test]
fn every_example_prints_what_is_said() {
    let mut examples = rows("| example | prints | |");
    let page = page();
    for example in page.split("```handlebars example\n").skip(1) {
        let mut parts = example.split("\n```\n\n```text prints\n");
        let text = parts.next().unwrap_or_default();
        let printed = parts.next().and_then(|rest| rest.split("\n```").next()).expect("what it prints");
        examples.push(vec![format!("`{text}`"), format!("`{printed}`")]);
    }
    let wrong: Vec<String> = examples
        .iter()
        .map(|example| (code(&example[0]), code(&example[1]), printed(code(&example[0]))))
        .filter(|(_, expected, found)| expected != found)
        .map(|(example, expected, found)| format!("{example}\n  said:   {expected:?}\n  prints:\n{found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let used: BTreeSet<&str> = HELPERS.iter().map(|helper| helper.name).collect();
    let has = |name: &&str| {
        examples.iter().any(|example| {
            ["{{", "(", "{{#"].iter().any(|open| example[0].contains(&format!("{open}{name} ")))
                || example[0].contains(&format!("{{{{{{{{{name}}}}}}}}}"))
        })
    };
    let missing: Vec<&&str> = used.iter().filter(|name| !has(name)).collect();
    assert!(missing.is_empty(), "helpers without an example: {missing:?}");
    // The page's first block is a template too.
    printed(&block("handlebars"));
}

/// The documented names with their types; `waived[]` has those of `findings[]`.
fn documented() -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for row in rows("| name | type | is |") {
        let before = names.insert(code(&row[0]).to_owned(), row[1].clone());
        assert_eq!(before, None, "{} is there twice", row[0]);
    }
    assert_eq!(names.remove("waived[]").as_deref(), Some("as `findings[]`"));
    let waived: Vec<_> = names
        .iter()
        .filter_map(|(name, kind)| Some((name.strip_prefix("findings[]")?.to_owned(), kind.clone())))
        .collect();
    names.extend(waived.into_iter().map(|(name, kind)| (format!("waived[]{name}"), kind)));
    names
}

/// The names that the check knows.
fn known(shape: Shape, path: &str, names: &mut BTreeMap<String, String>) {
    let kind = match shape {
        Shape::Group(members) | Shape::Optional(members) => {
            for (name, shape) in members {
                let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
                known(*shape, &path, names);
            }
            return;
        }
        Shape::List(element) => return known(*element, &format!("{path}[]"), names),
        Shape::Text | Shape::Stamp | Shape::Word(_) | Shape::Verdict => "text",
        Shape::Number | Shape::Time | Shape::Code(_) => "number",
        Shape::Flag => "flag",
        Shape::Record => "record",
        Shape::Changed => {
            let changes = shape.member(CHANGES).expect("a record that has changed has changes");
            known(changes, &format!("{path}.{CHANGES}"), names);
            "record"
        }
        Shape::Any | Shape::Groups(_) | Shape::Grouped(_) => "any",
    };
    names.insert(path.to_owned(), kind.to_owned());
}

#[test]
fn every_name_is_documented_with_its_type_and_no_other() {
    let mut names = BTreeMap::new();
    known(ROOT, "", &mut names);
    assert_eq!(documented(), names);
}

/// The names that the types of the document have, from their JSON Schema.
fn typed(schema: &Value, root: &Value, path: &str, names: &mut BTreeSet<String>) {
    let own = schema.get("$ref").and_then(Value::as_str).map(|name| {
        root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("no definition {name}"))
    });
    let one = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.as_array());
    let one = one.and_then(|schemas| schemas.iter().find(|schema| schema.get("$ref").is_some()));
    if let Some(schema) = own.or(one) {
        return typed(schema, root, path, names);
    }
    if RECORDS.contains(&path) {
        names.insert(path.to_owned());
        if let Some(changes) = schema["properties"].get(CHANGES) {
            typed(changes, root, &format!("{path}.{CHANGES}"), names);
        }
    } else if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, schema) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            typed(schema, root, &path, names);
        }
    } else if let Some(items) = schema.get("items") {
        typed(items, root, &format!("{path}[]"), names);
    } else {
        names.insert(path.to_owned());
    }
}

#[test]
fn the_names_are_those_of_the_documents_types() {
    let schema = document::schema();
    let mut names = BTreeSet::new();
    typed(&schema, &schema, "", &mut names);
    assert_eq!(documented().into_keys().collect::<BTreeSet<_>>(), names);
}

#[test]
fn every_name_can_be_printed() {
    let document = full();
    for name in documented().keys().filter(|name| !RECORDS.contains(&name.as_str())) {
        let (mut before, mut after, mut pointer) = (String::new(), String::new(), String::new());
        let mut rest = name.as_str();
        while let Some((list, element)) = rest.split_once("[]") {
            before = format!("{before}{{{{#each {list}}}}}");
            after += "{{/each}}";
            pointer = format!("{pointer}/{}/0", list.replace('.', "/"));
            rest = element.trim_start_matches('.');
        }
        let leaf = if rest.is_empty() { "this" } else { rest };
        if !rest.is_empty() {
            pointer = format!("{pointer}/{}", rest.replace('.', "/"));
        }
        let expected = written(document.pointer(&pointer).unwrap_or_else(|| panic!("no value at {pointer}")));
        assert!(!expected.is_empty(), "{name}");
        let found = printed(&format!("{before}{{{{{leaf}}}}};{after}"));
        assert!(found.starts_with(&format!("{expected};")), "{name}: {found}");
    }
}

//! `diff`: a result held against an earlier one, and one that is held against none.

use super::*;

/// The document of these tests held against an earlier one, or against none.
fn with(diff: Option<Value>, template: &str) -> String {
    let place = Place::with(&[("templates/t.hbs", template)]);
    let template = place.load("t.hbs").unwrap_or_else(|found| {
        panic!("{}", found.iter().map(|found| diag::render(found, false)).collect::<String>())
    });
    let mut document = document();
    if let Some(diff) = diff {
        document["diff"] = diff;
    }
    render(&template, &Context::of_value(document)).expect("it renders")
}

fn compared() -> Value {
    let document = document();
    let mut changed = document["records"][1].clone();
    changed["changes"] = json!([{"field": "note", "old": null, "new": "x"}]);
    json!({
        "old": {"file": "a.json", "startedAt": "2026-11-16T12:00:00Z", "now": 1, "verdict": "complete", "lmqVersion": "0.1.0"},
        "only": false, "fields": ["note"], "added": [document["records"][0]], "removed": [], "changed": [changed],
        "reasons": [], "warnings": [],
    })
}

const TEMPLATE: &str = "{{#if diff}}since {{diff.old.file}}{{else}}alone{{/if}};\
    {{#each diff.added}}+{{adminName}}{{/each}};\
    {{#each diff.changed}}{{id}} {{adminName}}:{{#each changes}} {{field}} {{json old}} {{json new}} of {{../note}}{{/each}}{{/each}};\
    {{len diff.removed}}{{diff.old.startedAt}}{{#if diff.only}}only{{/if}}{{#each diff.reasons}}!{{else}}none{{/each}}\
    {{#with diff}}{{len added}}{{else}}-{{/with}}{{len (where diff.changed \"$[?@.id == 2]\")}}";

#[test]
fn differences_are_lists_of_records() {
    assert_eq!(
        with(Some(compared()), TEMPLATE),
        "since a.json;+jane;2 joe: note null \"x\" of ;02026-11-16T12:00:00Znone11"
    );
}

#[test]
fn without_an_earlier_result_the_lists_are_empty() {
    assert_eq!(with(None, TEMPLATE), "alone;;;0none-0");
    assert_eq!(with(None, "{{json diff}}{{#each records}}{{json @root.diff.added}}{{/each}}"), "null[][]");
}

#[test]
fn names_of_differences_are_checked() {
    let cases = [
        ("{{#each diff.aded}}{{/each}}", "aded", "did you mean `added`?"),
        ("{{#each diff.changed}}{{change}}{{/each}}", "change", "did you mean `changes`?"),
        (
            "{{#each diff.changed}}{{#each changes}}{{feild}}{{/each}}{{/each}}",
            "feild",
            "did you mean `field`?",
        ),
        ("{{#each diff.added}}{{#each changes}}{{/each}}{{/each}}", "changes", "its fields are"),
        ("{{#each diff}}{{/each}}", "diff", "`#if` asks whether it is there"),
        ("{{diff}}", "diff", "name a part of it"),
        ("{{diff.changed}}", "diff.changed", "goes through it"),
        ("{{#with diff}}{{/with}}", "{{#with diff}}", "add `{{else}}`"),
    ];
    for (template, carets, help) in cases {
        let found = mistakes(template);
        assert_eq!(found.len(), 1, "{template}: {found:?}");
        assert_eq!(found[0].1, carets, "{template}");
        assert!(found[0].3.contains(help), "{template}: {found:?}");
    }
}

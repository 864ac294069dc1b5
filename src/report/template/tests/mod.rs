//! Templates as a query meets them: files of a project, loaded, checked, rendered.

mod agreed;
mod check;
mod compared;
mod documented;
mod files;
mod helpers;
mod limits;
mod render;
mod shipped;

use std::fs;
use std::path::Path;

use serde::de::DeserializeSeed as _;
use serde_json::{Value, json};

use super::*;
use crate::catalog::TOKEN_FIELDS;
use crate::diag::{self, Code, Source};
use crate::report::document::Records;
use crate::row::{Layout, Name, SavedCell};

const FIELDS: &[&str] = &[
    "id",
    "adminName",
    "note",
    "roles",
    "status",
    "createdOn",
    "lastUsedOn",
    "idleDays",
    "tokenType",
    "portal",
    "lastAuthIp",
    "enabled",
];

/// A project folder with files in it.
struct Place {
    folder: tempfile::TempDir,
    project: Project,
}

impl Place {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("lmq.yaml"), "").expect("writable");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        let project = Project::find(folder.path()).expect("it exists");
        Self { folder, project }
    }

    fn load(&self, reference: &str) -> Result<Template, Vec<Diagnostic>> {
        let source = Source::new("queries/q.yaml", format!("output: {reference}\n"));
        let place = Label::new(&source, 8..8 + reference.len());
        load(&self.project, Some(Path::new("queries")), reference, &place, FIELDS)
    }

    /// Code, place and message of every mistake.
    fn mistakes(&self, reference: &str) -> Vec<String> {
        let diagnostics = self.load(reference).expect_err("it has mistakes");
        diagnostics
            .iter()
            .map(|found| {
                let source = &found.primary.source;
                let (line, column) = source.position(found.primary.span.start);
                let code = found.code.as_str();
                format!("{code} {}:{line}:{column} {}", source.name, found.message)
            })
            .collect()
    }
}

/// The mistakes of one template: code, the text at the carets, message, help.
fn mistakes(template: &str) -> Vec<(Code, String, String, String)> {
    let place = Place::with(&[("templates/t.hbs", template), ("templates/part.hbs", "{{note}}")]);
    let diagnostics = place.load("t.hbs").err().unwrap_or_default();
    diagnostics
        .into_iter()
        .map(|found| {
            let carets = found.primary.source.text[found.primary.span.clone()].to_owned();
            (found.code, carets, found.message, found.help.unwrap_or_default())
        })
        .collect()
}

fn names(template: &str) -> Vec<String> {
    mistakes(template).into_iter().map(|(_, carets, ..)| carets).collect()
}

fn document() -> Value {
    json!({
        "query": {"name": "idle", "description": null, "tags": ["weekly"], "file": "queries/q.yaml", "sha256": "ab"},
        "portals": [{"name": "acme", "host": "acme.logicmonitor.com", "account": "acme", "credential": "env"}],
        "run": {
            "startedAt": "2026-11-23T12:00:00Z", "finishedAt": "2026-11-23T12:00:01Z", "now": 1_795_435_200,
            "lmqVersion": "0.1.0", "verdict": "complete", "reasons": [], "requests": 3, "waitedSeconds": 0,
            "sandbox": false
        },
        "listings": [{
            "portal": "acme", "path": "/setting/admins/apitokens", "kind": "lmv1", "permission": null,
            "sentFilter": "status:2", "localFilter": null, "pages": 1, "total": 2, "rows": 2,
            "verdict": "complete", "reasons": [], "notes": []
        }],
        "total": 2,
        "count": 2,
        "columns": [{"title": "Owner", "path": "adminName"}],
        "findings": [],
        "waived": [],
        "stats": {"tokenType": [{"value": "lmv1", "count": 2}], "status": [], "adminName": [], "age": [], "idle": []},
        "records": [
            {"id": 1, "adminName": "jane", "note": "ci", "roles": ["admin", "ops"], "status": 2,
             "createdOn": 1_790_000_000, "lastUsedOn": 1_794_398_400, "idleDays": 12, "tokenType": "lmv1"},
            {"id": 2, "adminName": "joe", "note": null, "roles": [], "status": 1,
             "createdOn": 1_790_000_000, "lastUsedOn": 0, "idleDays": 62, "tokenType": "lmv1"},
        ]
    })
}

fn rendered(files: &[(&str, &str)], reference: &str) -> String {
    let template = Place::with(files).load(reference).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(|found| diag::render(found, false)).collect::<String>())
    });
    render(&template, &Context::of_value(document())).expect("it renders")
}

fn render(template: &Template, context: &Context<'_>) -> Result<String, FormatError> {
    if *template.reads() != Reads::All && context.data().get("records").is_some_and(Value::is_array) {
        agrees(template, context.data());
    }
    written_by(template, context)
}

fn written_by(template: &Template, context: &Context<'_>) -> Result<String, FormatError> {
    let mut out = Vec::new();
    template.write(context, &|| 0, &mut out)?;
    Ok(String::from_utf8(out).expect("templates are text"))
}

/// Whether a template says the same with what its check found it to read as with all there is.
fn agrees(template: &Template, document: &Value) {
    let records = rows_of(document["records"].as_array().expect("a list"));
    let now = document["run"]["now"].as_i64().unwrap_or_default();
    let written = |reads: &Reads| {
        let context = Context::with(document.clone(), &records, reads, now);
        written_by(template, &context).map_err(|error| error.to_string())
    };
    assert_eq!(written(template.reads()), written(&Reads::All), "{:?}", template.reads());
}

/// Rows of records, which all have the members of the first.
fn rows_of(records: &[Value]) -> Records {
    let names = records.first().and_then(Value::as_object).into_iter().flat_map(|record| record.keys());
    let name = |name: &String| {
        let known = TOKEN_FIELDS.iter().find(|field| field.name == name);
        known.map_or_else(|| Name::Unknown(name.clone()), Name::Known)
    };
    let layout = Layout::new(names.map(name).collect());
    let row = |record: &Value| {
        let mut row = layout.empty_row();
        for (index, name) in layout.names().iter().enumerate() {
            let value = record.get(name.as_str()).cloned().unwrap_or_default();
            row.set(index, SavedCell(name).deserialize(value).expect("any JSON is a cell"));
        }
        row
    };
    Records { rows: records.iter().map(row).collect(), layout }
}

fn text(template: &str) -> String {
    rendered(&[("templates/t.hbs", template)], "t.hbs")
}

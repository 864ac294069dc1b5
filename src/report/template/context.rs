//! The result document as templates see it: inert text, and lists where templates go through lists.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::catalog::FieldType;
use crate::check::diff::Change;
use crate::report::column::Column;
use crate::report::document::diff::{CHANGES, Diff};
use crate::report::document::{Document, Records};
use crate::row::{Cell, Layout, Name, Row};
use crate::text;

/// Which fields of the records templates read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// These.
    Fields(BTreeSet<String>),
    /// Any: a record is used as a value.
    All,
}

impl Reads {
    /// What is read here or there.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Fields(mut one), Self::Fields(other)) => {
                one.extend(other.iter().cloned());
                Self::Fields(one)
            }
            _ => Self::All,
        }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            // A record without any member would not be there for `#if`.
            Self::Fields(names) => name == "id" || names.contains(name),
            Self::All => true,
        }
    }
}

/// A document for templates, made once a run for all of them.
///
/// Every text in it is inert: control characters, escape sequences and bidi overrides are written out, so that even
/// `{{{raw}}}` carries none. Line ends are `\n`.
#[derive(Debug, Clone)]
pub struct Context {
    data: Value,
    /// What ages count from, in epoch seconds.
    now: Value,
}

impl Context {
    /// A document with those members of its records that are read: a name a member and a record is what costs memory.
    #[must_use]
    pub fn of(document: &Document, reads: &Reads) -> Self {
        let mut head = json!({
            "schema": document.schema,
            "query": document.query,
            "portals": document.portals,
            "run": document.run,
            "listings": document.listings,
            "total": document.total,
            "count": document.count,
            "columns": document.columns,
            "findings": document.findings,
            "waived": document.waived,
            "stats": document.stats,
        });
        make_inert(&mut head);
        head["records"] = records(&document.records, reads);
        if let Some(found) = &document.diff {
            head["diff"] = diff(found, reads);
        }
        Self { data: head, now: document.run.now.into() }
    }

    /// The same document with these columns: those of an output win over the query's.
    pub(in crate::report) fn show(&mut self, columns: &[Column]) {
        let mut shown = json!(columns);
        make_inert(&mut shown);
        self.data["columns"] = shown;
    }

    /// One row, with every member it has. Its ages count from `now`, in epoch seconds.
    pub(super) fn of_row(row: &Row, layout: &Layout, now: i64) -> Self {
        let members = members(layout, &Reads::All);
        Self { data: record(row, &members), now: now.into() }
    }

    /// A number of rows, and what else there is to say of it.
    pub(super) fn of_count(mut value: Value, now: i64) -> Self {
        make_inert(&mut value);
        Self { data: value, now: now.into() }
    }

    /// A document that is JSON already.
    #[cfg(test)]
    pub(super) fn of_value(mut value: Value) -> Self {
        make_inert(&mut value);
        let now = value["run"]["now"].clone();
        Self { data: value, now }
    }

    pub(super) fn data(&self) -> &Value {
        &self.data
    }

    pub(super) fn now(&self) -> &Value {
        &self.now
    }
}

fn records(records: &Records, reads: &Reads) -> Value {
    let members = members(&records.layout, reads);
    records.rows.iter().map(|row| record(row, &members)).collect()
}

fn diff(diff: &Diff, reads: &Reads) -> Value {
    let mut value = json!({
        "old": diff.old,
        "only": diff.only,
        "fields": diff.fields,
        "reasons": diff.reasons,
        "warnings": diff.warnings,
    });
    make_inert(&mut value);
    value["added"] = records(&diff.added, reads);
    value["removed"] = records(&diff.removed, reads);
    let members = members(&diff.changed.layout, reads);
    let changed = |(row, changes): &(Row, Vec<Change>)| {
        let mut value = record(row, &members);
        let mut changes = json!(changes);
        make_inert(&mut changes);
        value[CHANGES] = changes;
        value
    };
    value["changed"] = diff.changed.rows.iter().map(changed).collect();
    value
}

/// What is below `diff` where a result is held against none: templates go through its lists all the same.
pub(super) static NO_DIFF: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "old": {"file": null, "startedAt": null, "now": null, "verdict": null, "lmqVersion": null},
        "only": false, "fields": [], "added": [], "removed": [], "changed": [], "reasons": [], "warnings": [],
    })
});

/// The name of a member, its cell, and whether it is a list, for each that is read.
fn members(layout: &Layout, reads: &Reads) -> Vec<(String, usize, bool)> {
    let names = layout.names().iter().enumerate().filter(|(_, name)| reads.has(name.as_str()));
    names
        .map(|(index, name)| {
            let list = matches!(name, Name::Known(field) if field.kind == FieldType::TextList);
            (inert(name.as_str()), index, list)
        })
        .collect()
}

fn record(row: &Row, members: &[(String, usize, bool)]) -> Value {
    let member = |(name, index, list): &(String, usize, bool)| {
        let value = match row.cell(*index) {
            // A list the portal did not send is an empty one: `#each` over null is an error of strict mode.
            Cell::Null if *list => Value::Array(Vec::new()),
            cell => value(cell),
        };
        (name.clone(), value)
    };
    Value::Object(members.iter().map(member).collect::<Map<_, _>>())
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) => Value::String(inert(text)),
        Cell::List(items) => items.iter().map(|item| Value::String(inert(item))).collect(),
        cell => {
            let mut value = cell.to_json();
            make_inert(&mut value);
            value
        }
    }
}

fn inert(text: &str) -> String {
    let lines = text.contains("\r\n").then(|| text.replace("\r\n", "\n"));
    text::inert(lines.as_deref().unwrap_or(text)).into_owned()
}

fn make_inert(value: &mut Value) {
    match value {
        Value::String(string) => *string = inert(string),
        Value::Array(values) => values.iter_mut().for_each(make_inert),
        Value::Object(map) => {
            let active = |key: &String| key.chars().any(text::is_active);
            if map.keys().any(active) {
                let renamed = std::mem::take(map).into_iter();
                *map = renamed.map(|(key, value)| (text::inert(&key).into_owned(), value)).collect();
            }
            map.values_mut().for_each(make_inert);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TOKEN_FIELDS;

    fn some() -> Records {
        let mut names: Vec<Name> = ["id", "note", "roles", "adminName"]
            .iter()
            .map(|name| Name::Known(TOKEN_FIELDS.iter().find(|field| field.name == *name).expect("a field")))
            .collect();
        names.push(Name::Unknown("x\u{7}".to_owned()));
        let layout = Layout::new(names);
        let mut row = layout.empty_row();
        row.set(0, Cell::Int(1));
        row.set(1, Cell::text("a\u{1b}[31m\r\nb\u{202e}"));
        row.set(4, Cell::Other(Box::new(json!({"k\u{7}": ["\u{9b}"]}))));
        Records { layout, rows: vec![row] }
    }

    #[test]
    fn texts_and_names_are_inert_at_every_depth_and_lists_are_never_null() {
        assert_eq!(
            records(&some(), &Reads::All),
            json!([{
                "id": 1, "note": "a\\u{1b}[31m\nb\\u{202e}", "roles": [], "adminName": null,
                "x\\u{7}": {"k\\u{7}": ["\\u{9b}"]},
            }])
        );
        let context = Context::of_value(json!({"query": {"name": "a\u{1b}\r\nb", "x\u{7}": ["\u{9b}"]}}));
        let expected = json!({"query": {"name": "a\\u{1b}\nb", "x\\u{7}": ["\\u{9b}"]}});
        assert_eq!(*context.data(), expected);
    }

    #[test]
    fn a_record_has_what_is_read_of_it() {
        let fields = |names: &[&str]| Reads::Fields(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(records(&some(), &fields(&[])), json!([{"id": 1}]));
        let both = fields(&["roles"]).and(&fields(&["adminName", "gone"]));
        assert_eq!(records(&some(), &both), json!([{"id": 1, "roles": [], "adminName": null}]));
        assert_eq!(fields(&["id"]).and(&Reads::All), Reads::All);
        assert_eq!(Reads::All.and(&fields(&["id"])), Reads::All);
    }
}

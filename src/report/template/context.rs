//! The result document as templates see it: inert text, and lists where templates go through lists.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::rows::{self, InTurn, Member};
use crate::check::diff::Change;
use crate::report::column::Column;
use crate::report::document::diff::{CHANGES, Diff};
use crate::report::document::{Document, Records};
use crate::row::{Layout, Row};
use crate::text;

/// What templates read of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// Of one record after the other: the list of them is no value to any template.
    InTurn {
        /// The fields of a record that are read by name.
        fields: BTreeSet<String>,
        /// Whether all records are shown too, made of the rows.
        table: bool,
    },
    /// These fields.
    Fields(BTreeSet<String>),
    /// Any field: a record is used as a value.
    All,
}

impl Reads {
    /// What is read here or there.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        use Reads::{All, Fields, InTurn};
        match (&self, other) {
            (InTurn { fields, table }, InTurn { fields: others, table: other }) => {
                InTurn { fields: fields | others, table: table | other }
            }
            (InTurn { fields, table: false } | Fields(fields), Fields(others))
            | (Fields(fields), InTurn { fields: others, table: false }) => Fields(fields | others),
            // The list is made, and the table is of that.
            (All, _) | (_, All) | (InTurn { .. }, Fields(_)) | (Fields(_), InTurn { .. }) => All,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            // A record without any member would not be there for `#if`.
            Self::InTurn { fields, .. } | Self::Fields(fields) => name == "id" || fields.contains(name),
            Self::All => true,
        }
    }
}

/// A document for templates, made once a run for all of them.
///
/// Every text in it is inert: control characters, escape sequences and bidi overrides are written out, so that even
/// `{{{raw}}}` carries none. Line ends are `\n`.
#[derive(Debug, Clone)]
pub struct Context<'d> {
    data: Value,
    /// What ages count from, in epoch seconds.
    now: Value,
    /// The rows and what is read of them, where `records` only stands for them.
    rows: Option<(&'d Records, Vec<Member>)>,
}

impl<'d> Context<'d> {
    /// A document with what is read of its records: a name a member and a record is what costs memory.
    #[must_use]
    pub fn of(document: &'d Document, reads: &Reads) -> Self {
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
        // Of a whole run it is null, as all that is not there.
        head["run"]["shard"] = json!(document.run.shard);
        let mut head = inert_value(head);
        if let Some(found) = &document.diff {
            head["diff"] = diff(found, reads);
        }
        Self::with(head, &document.records, reads, document.run.now)
    }

    /// What stands in a document beside its records, and these.
    pub(super) fn with(mut head: Value, records: &'d Records, reads: &Reads, now: i64) -> Self {
        let members = rows::members(&records.layout, reads);
        let in_turn = matches!(reads, Reads::InTurn { .. });
        head["records"] = if in_turn {
            records.rows.iter().map(|_| Value::Null).collect()
        } else {
            list(records, &members)
        };
        Self { data: head, now: now.into(), rows: in_turn.then_some((records, members)) }
    }

    /// The same document with these columns: those of an output win over the query's.
    pub(in crate::report) fn show(&mut self, columns: &[Column]) {
        self.data["columns"] = inert_value(json!(columns));
    }

    /// One row, with every member it has. Its ages count from `now`, in epoch seconds.
    pub(super) fn of_row(row: &Row, layout: &Layout, now: i64) -> Self {
        Self { data: rows::record(row, &rows::members(layout, &Reads::All)), now: now.into(), rows: None }
    }

    /// A number of rows, and what else there is to say of it.
    pub(super) fn of_count(value: Value, now: i64) -> Self {
        Self { data: inert_value(value), now: now.into(), rows: None }
    }

    /// A document that is JSON already.
    #[cfg(test)]
    pub(super) fn of_value(value: Value) -> Self {
        let data = inert_value(value);
        Self { now: data["run"]["now"].clone(), data, rows: None }
    }

    pub(super) fn data(&self) -> &Value {
        &self.data
    }

    pub(super) fn now(&self) -> &Value {
        &self.now
    }

    /// The rows, where they are taken in turn.
    pub(super) fn in_turn(&self) -> Option<InTurn<'_>> {
        let (records, members) = self.rows.as_ref()?;
        Some(InTurn { list: self.data.get("records")?, records, members })
    }
}

fn list(records: &Records, members: &[Member]) -> Value {
    records.rows.iter().map(|row| rows::record(row, members)).collect()
}

/// Its lists are always made: a comparison finds few rows, as a rule.
fn diff(diff: &Diff, reads: &Reads) -> Value {
    let mut value = inert_value(json!({
        "old": diff.old,
        "only": diff.only,
        "fields": diff.fields,
        "reasons": diff.reasons,
        "warnings": diff.warnings,
    }));
    for (name, records) in [("added", &diff.added), ("removed", &diff.removed)] {
        value[name] = list(records, &rows::members(&records.layout, reads));
    }
    let members = rows::members(&diff.changed.layout, reads);
    let changed = |(row, changes): &(Row, Vec<Change>)| {
        let mut record = rows::record(row, &members);
        record[CHANGES] = inert_value(json!(changes));
        record
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

/// A text in which nothing acts on a terminal, with line ends of one character.
pub(super) fn inert(text: &str) -> String {
    let lines = text.contains("\r\n").then(|| text.replace("\r\n", "\n"));
    text::inert(lines.as_deref().unwrap_or(text)).into_owned()
}

/// A value in which every text is inert.
pub(super) fn inert_value(mut value: Value) -> Value {
    make_inert(&mut value);
    value
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

    #[test]
    fn texts_and_names_are_inert_at_every_depth() {
        let context = Context::of_value(json!({"query": {"name": "a\u{1b}\r\nb", "x\u{7}": ["\u{9b}"]}}));
        let expected = json!({"query": {"name": "a\\u{1b}\nb", "x\\u{7}": ["\\u{9b}"]}});
        assert_eq!(*context.data(), expected);
    }

    #[test]
    fn what_is_read_is_read_by_one_of_them() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let turn = |names: &[&str], table| Reads::InTurn { fields: set(names), table };
        let fields = |names: &[&str]| Reads::Fields(set(names));
        assert_eq!(turn(&["a"], false).and(&turn(&["b"], false)), turn(&["a", "b"], false));
        assert_eq!(turn(&["a"], true).and(&turn(&["b"], false)), turn(&["a", "b"], true));
        assert_eq!(turn(&["a"], false).and(&fields(&["b"])), fields(&["a", "b"]));
        assert_eq!(fields(&["a"]).and(&turn(&["b"], false)), fields(&["a", "b"]));
        assert_eq!(fields(&["a"]).and(&fields(&["b"])), fields(&["a", "b"]));
        assert_eq!(fields(&["a"]).and(&turn(&["b"], true)), Reads::All);
        assert_eq!(turn(&["b"], true).and(&fields(&["a"])), Reads::All);
        for other in [turn(&["id"], false), turn(&["id"], true), fields(&["id"]), Reads::All] {
            assert_eq!(other.clone().and(&Reads::All), Reads::All);
            assert_eq!(Reads::All.and(&other), Reads::All);
        }
    }
}

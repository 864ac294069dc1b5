//! The result document as templates see it: inert text, and lists where templates go through lists.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rows::{self, InTurn, Member};
use crate::report::column::Column;
use crate::report::document::{Document, Records};
use crate::row::{Layout, Row};
use crate::text;

/// What templates read of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// These fields, of one record after the other: the list of them is no value to any template.
    InTurn(BTreeSet<String>),
    /// These fields.
    Fields(BTreeSet<String>),
    /// Any field: a record is used as a value.
    All,
}

impl Reads {
    /// What is read here or there.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::InTurn(one), Self::InTurn(other)) => Self::InTurn(&one | other),
            (Self::InTurn(one) | Self::Fields(one), Self::InTurn(other) | Self::Fields(other)) => {
                Self::Fields(&one | other)
            }
            (Self::All, _) | (_, Self::All) => Self::All,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            // A record without any member would not be there for `#if`.
            Self::InTurn(names) | Self::Fields(names) => name == "id" || names.contains(name),
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
    /// The rows and what is read of them, where `records` only stands for them.
    rows: Option<(&'d Records, Vec<Member>)>,
}

impl<'d> Context<'d> {
    /// A document with what is read of its records: a name a member and a record is what costs memory.
    #[must_use]
    pub fn of(document: &'d Document, reads: &Reads) -> Self {
        let head = json!({
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
        Self::with(inert_value(head), &document.records, reads)
    }

    /// What stands in a document beside its records, and these.
    pub(super) fn with(mut head: Value, records: &'d Records, reads: &Reads) -> Self {
        let members = rows::members(&records.layout, reads);
        let in_turn = matches!(reads, Reads::InTurn(_));
        let list = records.rows.iter();
        head["records"] = if in_turn {
            list.map(|_| Value::Null).collect()
        } else {
            list.map(|row| rows::record(row, &members)).collect()
        };
        Self { data: head, rows: in_turn.then_some((records, members)) }
    }

    /// The same document with these columns: those of an output win over the query's.
    pub(in crate::report) fn show(&mut self, columns: &[Column]) {
        self.data["columns"] = inert_value(json!(columns));
    }

    /// One row, with every member it has.
    pub(super) fn of_row(row: &Row, layout: &Layout) -> Self {
        Self { data: rows::record(row, &rows::members(layout, &Reads::All)), rows: None }
    }

    /// A value as it is.
    pub(super) fn of_value(value: Value) -> Self {
        Self { data: inert_value(value), rows: None }
    }

    pub(super) fn data(&self) -> &Value {
        &self.data
    }

    /// The rows, where they are taken in turn.
    pub(super) fn in_turn(&self) -> Option<InTurn<'_>> {
        let (records, members) = self.rows.as_ref()?;
        Some(InTurn { list: self.data.get("records")?, records, members })
    }
}

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
        let (turn, fields) = (|names| Reads::InTurn(set(names)), |names| Reads::Fields(set(names)));
        assert_eq!(turn(&["a"]).and(&turn(&["b"])), turn(&["a", "b"]));
        assert_eq!(turn(&["a"]).and(&fields(&["b"])), fields(&["a", "b"]));
        assert_eq!(fields(&["a"]).and(&turn(&["b"])), fields(&["a", "b"]));
        for other in [turn(&["id"]), fields(&["id"]), Reads::All] {
            assert_eq!(other.clone().and(&Reads::All), Reads::All);
            assert_eq!(Reads::All.and(&other), Reads::All);
        }
    }
}

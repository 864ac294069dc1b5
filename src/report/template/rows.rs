//! The rows of a document as templates see them: a list of records, or one record after the other where that is enough.
//!
//! A record is a tree of values, and a list of them takes more memory than all else. Whether a template takes the list as a value is
//! found by its check (`Taken::list`).

use std::borrow::Cow;
use std::ptr;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::context::{Reads, inert, inert_value};
use crate::catalog::FieldType;
use crate::report::column::of_json;
use crate::report::document::Records;
use crate::row::{Cell, Layout, Name, Row};
use crate::text;

/// A member of each record.
#[derive(Debug, Clone)]
pub(in crate::report) struct Member {
    name: String,
    /// Its cell.
    index: usize,
    /// Whether it is a list, which is never null: `#each` over null is an error of strict mode.
    list: bool,
}

/// The members of records that are read, by name.
pub(in crate::report) fn members(layout: &Layout, reads: &Reads) -> Vec<Member> {
    let names = layout.names().iter().enumerate().filter(|(_, name)| reads.has(name.as_str()));
    let member =
        |(index, name): (usize, &Name)| Member { name: inert(name.as_str()), index, list: is_list(name) };
    let mut members: Vec<Member> = names.map(member).collect();
    // As in a map: in order, and of two that are the same when they are inert the last.
    members.sort_by(|one, other| one.name.cmp(&other.name));
    members.dedup_by(|later, kept| {
        let same = later.name == kept.name;
        if same {
            std::mem::swap(later, kept);
        }
        same
    });
    members
}

fn is_list(name: &Name) -> bool {
    matches!(name, Name::Known(field) if field.kind == FieldType::TextList)
}

/// A row as a record.
pub(in crate::report) fn record(row: &Row, members: &[Member]) -> Value {
    let mut record = Value::Object(members.iter().map(|member| (member.name.clone(), Value::Null)).collect());
    fill(&mut record, row, members);
    record
}

/// Makes a record that of another row.
fn fill(record: &mut Value, row: &Row, members: &[Member]) {
    let values = record.as_object_mut().into_iter().flat_map(Map::values_mut);
    for (value, member) in values.zip(members) {
        match (value, row.cell(member.index)) {
            (Value::String(old), Cell::Text(text)) if !text::may_act(text.as_bytes()) => {
                old.clear();
                old.push_str(text);
            }
            (value, Cell::Null) if member.list => *value = Value::Array(Vec::new()),
            (value, cell) => *value = of_cell(cell),
        }
    }
}

fn of_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) => Value::String(inert(text)),
        Cell::List(items) => items.iter().map(|item| Value::String(inert(item))).collect(),
        cell => inert_value(cell.to_json()),
    }
}

/// The rows of a document whose template takes its records in turn.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct InTurn<'a> {
    /// What stands for their list in the document: as many values.
    pub(super) list: &'a Value,
    pub(super) records: &'a Records,
    pub(super) members: &'a [Member],
}

impl<'a> InTurn<'a> {
    /// Whether a value is the list that they stand for.
    pub(in crate::report) fn are(&self, value: &Value) -> bool {
        ptr::eq(self.list, value)
    }

    /// In order.
    pub(in crate::report) fn rows(&self) -> &'a [Row] {
        &self.records.rows
    }

    /// Which cell is which field.
    pub(in crate::report) fn layout(&self) -> &'a Layout {
        &self.records.layout
    }

    /// Calls with each record, until there is an error.
    pub(super) fn each<E>(&self, mut act: impl FnMut(usize, &Value) -> Result<(), E>) -> Result<(), E> {
        let mut record = Value::Null;
        for (index, row) in self.rows().iter().enumerate() {
            if index == 0 {
                record = self::record(row, self.members);
            } else {
                fill(&mut record, row, self.members);
            }
            act(index, &record)?;
        }
        Ok(())
    }

    /// The cell at an index of the layout, as it would be when a template's value is made of it and it of that.
    pub(in crate::report) fn cell(&self, row: &'a Row, index: usize) -> Cow<'a, Cell> {
        let acts = |text: &str| text::may_act(text.as_bytes());
        match row.cell(index) {
            Cell::Null if is_list(&self.layout().names()[index]) => Cow::Owned(Cell::List(Arc::default())),
            cell @ Cell::Text(text) if acts(text) => Cow::Owned(of_json(of_cell(cell))),
            cell @ Cell::List(items) if items.iter().any(|item| acts(item)) => {
                Cow::Owned(of_json(of_cell(cell)))
            }
            cell @ Cell::Other(_) => Cow::Owned(of_json(of_cell(cell))),
            cell => Cow::Borrowed(cell),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::TOKEN_FIELDS;

    fn some() -> Records {
        let mut names: Vec<Name> = ["id", "note", "roles", "adminName"]
            .iter()
            .map(|name| Name::Known(TOKEN_FIELDS.iter().find(|field| field.name == *name).expect("a field")))
            .collect();
        names.push(Name::Unknown("x\u{7}".to_owned()));
        let layout = Layout::new(names);
        let mut odd = layout.empty_row();
        odd.set(0, Cell::Int(1));
        odd.set(1, Cell::text("a\u{1b}[31m\r\nb\u{202e}"));
        odd.set(4, Cell::Other(Box::new(json!({"k\u{7}": ["\u{9b}"]}))));
        let mut plain = layout.empty_row();
        plain.set(0, Cell::Other(Box::new(json!("7"))));
        plain.set(1, Cell::text("ci"));
        plain.set(2, Cell::List(["a\u{7}".into(), "b".into()].into()));
        plain.set(3, Cell::text("jane"));
        let rows = vec![odd.clone(), plain.clone(), plain, odd];
        Records { layout, rows }
    }

    fn first(reads: &Reads) -> Value {
        let Records { layout, rows } = some();
        record(&rows[0], &members(&layout, reads))
    }

    #[test]
    fn texts_are_inert_and_lists_are_never_null() {
        assert_eq!(
            first(&Reads::All),
            json!({
                "id": 1, "note": "a\\u{1b}[31m\nb\\u{202e}", "roles": [], "adminName": null,
                "x\\u{7}": {"k\\u{7}": ["\\u{9b}"]},
            })
        );
    }

    #[test]
    fn a_record_has_what_is_read_of_it() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(first(&Reads::Fields(set(&[]))), json!({"id": 1}));
        assert_eq!(
            first(&Reads::InTurn { fields: set(&["roles", "gone"]), table: false }),
            json!({"id": 1, "roles": []})
        );
    }

    #[test]
    fn records_in_turn_are_those_of_the_list() {
        let records = some();
        let members = members(&records.layout, &Reads::All);
        let list = Value::Null;
        let in_turn = InTurn { list: &list, records: &records, members: &members };
        let mut found = Vec::new();
        let all: Result<(), ()> = in_turn.each(|index, record| {
            assert_eq!(index, found.len());
            found.push(record.clone());
            Ok(())
        });
        assert_eq!(all, Ok(()));
        let expected: Vec<Value> = records.rows.iter().map(|row| record(row, &members)).collect();
        assert_eq!(found, expected);
        for (row, record) in records.rows.iter().zip(&expected) {
            for member in &members {
                let value = record[&member.name].clone();
                assert_eq!(*in_turn.cell(row, member.index), of_json(value), "{}", member.name);
            }
        }
        assert_eq!(in_turn.each(|index, _| if index == 1 { Err(index) } else { Ok(()) }), Err(1));
    }
}

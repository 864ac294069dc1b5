//! Records that `records_table` lists: their cells under headings, be they values of a template's document or the document's own
//! rows.

use std::borrow::Cow;

use serde_json::Value;

use super::column::of_json;
use super::template::{InTurn, Member, Reads, members, record};
use crate::catalog::{Field, TOKEN_FIELDS};
use crate::path::{Known, Path};
use crate::row::{Cell, Name};

/// A column of the table.
#[derive(Debug)]
pub(super) struct Heading {
    /// What stands over it.
    pub(super) title: String,
    /// Where its values are in a record.
    pub(super) source: Source,
}

/// Where the values of a column are.
#[derive(Debug)]
pub(super) enum Source {
    /// A member of the record.
    Member(String),
    /// What a path finds in it.
    Path(Box<Path>),
}

impl Heading {
    /// The catalogue's field, where the column is one.
    pub(super) fn field(&self) -> Option<&'static Field> {
        match &self.source {
            Source::Member(name) => TOKEN_FIELDS.iter().find(|field| field.name == name),
            Source::Path(_) => None,
        }
    }

    /// The value, as a list where a path finds several.
    fn value(&self, record: &Value) -> Value {
        match &self.source {
            Source::Member(name) => record.get(name).cloned().unwrap_or_default(),
            Source::Path(path) => {
                let mut found = path.values(record);
                match found.len() {
                    0 => Value::Null,
                    1 => found.remove(0),
                    _ => Value::Array(found),
                }
            }
        }
    }
}

/// Records that a helper was given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'a> {
    /// Values.
    Values(&'a [Value]),
    /// The rows of the document.
    Rows(InTurn<'a>),
}

impl Given<'_> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Rows(in_turn) => in_turn.rows().len(),
        }
    }

    /// What they have: the catalogue's fields, and those that are newer than lmq.
    pub(super) fn known(&self) -> Vec<Known> {
        let names: Vec<&str> = match self {
            Self::Values(values) => {
                let first = values.first().and_then(Value::as_object);
                first.into_iter().flat_map(|record| record.keys()).map(String::as_str).collect()
            }
            Self::Rows(in_turn) => in_turn.layout().names().iter().map(Name::as_str).collect(),
        };
        let newer = names.into_iter().filter(|name| TOKEN_FIELDS.iter().all(|field| field.name != *name));
        let newer = newer.map(|name| Known { name: name.to_owned(), kind: None });
        let known =
            TOKEN_FIELDS.iter().map(|field| Known { name: field.name.to_owned(), kind: Some(field.kind) });
        known.chain(newer).collect()
    }
}

/// Records under headings.
pub(super) struct Listed<'a> {
    records: Given<'a>,
    headings: &'a [Heading],
    /// Where rows have the members that are headings.
    places: Vec<Option<usize>>,
    /// All members of a row, where a path is asked.
    members: Vec<Member>,
}

impl<'a> Listed<'a> {
    pub(super) fn new(records: Given<'a>, headings: &'a [Heading]) -> Self {
        let Given::Rows(in_turn) = records else {
            return Self { records, headings, places: Vec::new(), members: Vec::new() };
        };
        let place = |heading: &Heading| match &heading.source {
            Source::Member(name) => in_turn.layout().index(name),
            Source::Path(_) => None,
        };
        let has_path = headings.iter().any(|heading| matches!(heading.source, Source::Path(_)));
        let members = if has_path { members(in_turn.layout(), &Reads::All) } else { Vec::new() };
        Self { records, headings, places: headings.iter().map(place).collect(), members }
    }

    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The cells of a record, one a heading.
    pub(super) fn cells(&self, index: usize) -> Vec<Cow<'a, Cell>> {
        match self.records {
            Given::Values(values) => {
                let cell = |heading: &Heading| Cow::Owned(of_json(heading.value(&values[index])));
                self.headings.iter().map(cell).collect()
            }
            Given::Rows(in_turn) => {
                let row = &in_turn.rows()[index];
                let whole = (!self.members.is_empty()).then(|| record(row, &self.members));
                let cell = |(heading, place): (&Heading, &Option<usize>)| match (place, &whole) {
                    (Some(place), _) => in_turn.cell(row, *place),
                    (None, Some(whole)) => Cow::Owned(of_json(heading.value(whole))),
                    (None, None) => Cow::Owned(Cell::Null),
                };
                self.headings.iter().zip(&self.places).map(cell).collect()
            }
        }
    }

    /// The status of a record, whether it is under a heading or not.
    pub(super) fn status(&self, index: usize) -> Option<i64> {
        match self.records {
            Given::Values(values) => values[index].get("status").and_then(Value::as_i64),
            Given::Rows(in_turn) => {
                let place = in_turn.layout().index("status")?;
                in_turn.cell(&in_turn.rows()[index], place).as_int()
            }
        }
    }
}

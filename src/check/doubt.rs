//! Rows on which an expectation cannot be decided. A field that every token has is null, or one that lmq works out could not be,
//! a time is implausible, or a value has another type than documented: the row may be one that should not be, so that it was not selected proves nothing.

use crate::row::{Cell, Layout, Name, Row};
use crate::spec::Expectation;

/// The doubts of an expectation about rows.
pub(super) struct Doubts;

impl Doubts {
    /// A reason for each field of the expectation that is in doubt on some row.
    pub(super) fn of<'a>(
        expectation: &'a Expectation,
        rows: &'a [&'a Row],
        layout: &'a Layout,
        now: i64,
    ) -> impl Iterator<Item = String> + 'a {
        let cell = |row: &'a Row, name: &str| layout.index(name).map_or(&Cell::Null, |index| row.cell(index));
        expectation.fields().filter_map(move |name| {
            let index = layout.index(name)?;
            let Name::Known(field) = &layout.names()[index] else { return None };
            let mut doubtful = rows.iter().filter(|row| row.cell(index).doubt(field, now).is_some());
            let first = doubtful.next()?;
            let more = match doubtful.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let kind = match cell(first, "tokenType") {
                Cell::Text(kind) => format!("{kind} "),
                _ => String::new(),
            };
            let token = match cell(first, "id").as_int() {
                Some(id) => format!("{kind}token {id}"),
                None => format!("a {kind}token without id"),
            };
            let what = first.cell(index).doubt(field, now)?;
            let id = &expectation.id;
            Some(format!("`{name}` of {token}{more} {what}, so the expectation `{id}` proves nothing"))
        })
    }
}

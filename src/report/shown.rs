//! Cells for people: dates as dates, known numbers as words, and a word for what is not there.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::catalog::{Field, FieldType};
use crate::row::Cell;

/// Whether a column of that field shows numbers as such.
pub(super) fn is_number(field: Option<&Field>) -> bool {
    field.is_some_and(|field| field.kind == FieldType::Integer && field.labels.is_empty())
}

/// A cell's text.
pub(super) fn shown(cell: &Cell, field: Option<&Field>) -> String {
    let never = field.is_some_and(|field| field.zero_is_null);
    match cell {
        Cell::Null | Cell::Int(0) if never => "never".to_owned(),
        Cell::Null => "-".to_owned(),
        Cell::Bool(true) => "yes".to_owned(),
        Cell::Bool(false) => "no".to_owned(),
        Cell::Int(value) => match field {
            Some(field) if field.kind == FieldType::EpochSeconds => date(*value),
            Some(field) => {
                let label = field.labels.iter().find(|(known, _)| known == value);
                label.map_or_else(|| value.to_string(), |(_, label)| (*label).to_owned())
            }
            None => value.to_string(),
        },
        Cell::Text(text) => text.to_string(),
        Cell::List(items) => items.join(", "),
        Cell::Other(value) => value.to_string(),
    }
}

/// The UTC date; the number itself where it is none.
fn date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), utc_date)
}

/// `2026-11-23`. Not by a format string, which takes ten times as long.
pub(super) fn utc_date(time: Timestamp) -> String {
    Offset::UTC.to_datetime(time).date().to_string()
}

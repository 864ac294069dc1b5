//! Cells for people: dates as dates, known numbers as words, and a word for what is not there.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::catalog::{Field, FieldType};
use crate::row::Cell;

/// Whether a column of that field shows numbers as such.
pub(super) fn is_number(field: Option<&Field>) -> bool {
    field.is_some_and(|field| field.kind == FieldType::Integer && field.labels.is_empty())
}

/// A cell's text.
pub(super) fn shown<'c>(cell: &'c Cell, field: Option<&Field>) -> Cow<'c, str> {
    let never = field.is_some_and(|field| field.zero_is_null);
    match cell {
        Cell::Null | Cell::Int(0) if never => "never".into(),
        Cell::Null => "-".into(),
        Cell::Bool(true) => "yes".into(),
        Cell::Bool(false) => "no".into(),
        Cell::Int(value) => match field {
            Some(field) if field.kind == FieldType::EpochSeconds => date(*value).into(),
            Some(field) => {
                let label = field.labels.iter().find(|(known, _)| known == value);
                label.map_or_else(|| value.to_string().into(), |(_, label)| (*label).into())
            }
            None => value.to_string().into(),
        },
        Cell::Text(text) => text.as_str().into(),
        Cell::List(items) => items.join(", ").into(),
        Cell::Other(value) => value.to_string().into(),
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

//! An aligned table for people: dates as dates, known numbers as words, the verdict first when it is not complete.

use super::Document;
use super::aligned::{Heading, aligned};
use super::column::{Column, cells};
use crate::catalog::{Field, FieldType};
use crate::portal::Verdict;
use crate::row::{Cell, Row};
use crate::text;

/// The table, at most `width` characters wide when the width is known.
#[must_use]
pub(super) fn render(document: &Document, columns: &[Column], width: Option<u16>) -> String {
    let mut out = preface(document);
    if document.records.rows.is_empty() {
        return out + &nothing(document.total);
    }
    let layout = &document.records.layout;
    let headings: Vec<Heading<'_>> = columns
        .iter()
        .map(|column| Heading { title: &column.title, right: column.field(layout).is_some_and(is_number) })
        .collect();
    let shown_row = |row: &Row| {
        let cells = cells(columns, row, layout);
        cells.iter().zip(columns).map(|(cell, column)| shown(cell, column.field(layout))).collect()
    };
    let rows: Vec<Vec<String>> = document.records.rows.iter().map(shown_row).collect();
    out.push_str(&aligned(&headings, &rows, width));
    out
}

/// Why there are no rows. What `offset`, `limit` or `select` leaves out matches all the same.
fn nothing(total: usize) -> String {
    match total {
        0 => "no token matches\n".to_owned(),
        total => format!("no token is in the part asked for; {total} match\n"),
    }
}

/// What a reader must know before the rows.
pub(super) fn preface(document: &Document) -> String {
    let mut lines: Vec<String> = Vec::new();
    if document.is_incomplete() {
        lines.push("INCOMPLETE: the list may be short".to_owned());
        lines.extend(document.run.reasons.iter().map(|reason| format!("  {reason}")));
    }
    if document.run.verdict == Verdict::Limited.name() {
        lines.push(format!(
            "limited: the query asks for a part of the rows; {} of {} that match",
            document.count, document.total
        ));
    }
    if document.run.sandbox {
        lines.push("sandbox data: these tokens are made up".to_owned());
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.push(String::new());
    lines.iter().fold(String::new(), |out, line| out + &text::inert_line(line) + "\n")
}

/// Whether the column shows numbers as such.
fn is_number(field: &Field) -> bool {
    field.kind == FieldType::Integer && field.labels.is_empty()
}

fn shown(cell: &Cell, field: Option<&Field>) -> String {
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
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |time| time.strftime("%Y-%m-%d").to_string())
}

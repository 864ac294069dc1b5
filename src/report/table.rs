//! An aligned table for people: dates as dates, known numbers as words, the verdict first when it is not complete.

use comfy_table::{Cell as TableCell, CellAlignment, ContentArrangement, Row as TableRow, Table};

use super::Document;
use super::column::{Column, cells};
use crate::catalog::{Field, FieldType};
use crate::row::{Cell, Layout};
use crate::text;

/// The table, at most `width` characters wide when the width is known.
#[must_use]
pub(super) fn render(document: &Document, columns: &[Column], width: Option<u16>) -> String {
    let mut out = preface(document);
    if document.records.rows.is_empty() {
        return out + &nothing(document.total);
    }
    let layout = &document.records.layout;
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table.set_header(TableRow::from(columns.iter().map(|column| heading(column, layout))));
    for row in &document.records.rows {
        let cells = cells(columns, row, layout);
        table.add_row(TableRow::from(cells.iter().zip(columns).map(|(cell, column)| {
            let field = column.field(layout);
            aligned(TableCell::new(text::inert_line(&shown(cell, field))), field)
        })));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
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
    if document.run.sandbox {
        lines.push("sandbox data: these tokens are made up".to_owned());
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.push(String::new());
    lines.iter().fold(String::new(), |out, line| out + &text::inert_line(line) + "\n")
}

fn heading(column: &Column, layout: &Layout) -> TableCell {
    aligned(TableCell::new(text::inert_line(&column.title)), column.field(layout))
}

fn aligned(cell: TableCell, field: Option<&Field>) -> TableCell {
    match field {
        Some(field) if field.kind == FieldType::Integer && field.labels.is_empty() => {
            cell.set_alignment(CellAlignment::Right)
        }
        _ => cell,
    }
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

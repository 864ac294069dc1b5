//! RFC 4180, with cells that a spreadsheet would take for formulas defused.

use std::borrow::Cow;

use super::Document;
use super::column::{Column, cells};
use crate::row::Cell;
use crate::text;

/// Header and rows.
#[must_use]
pub(super) fn render(document: &Document, columns: &[Column]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let record = |cells: Vec<String>, writer: &mut csv::Writer<Vec<u8>>| {
        writer.write_record(cells).expect("all records have as many cells, and memory takes them");
    };
    record(columns.iter().map(|column| defused(&column.title).into_owned()).collect(), &mut writer);
    for row in &document.records.rows {
        let cells = cells(columns, row, &document.records.layout);
        record(cells.iter().map(|cell| shown(cell)).collect(), &mut writer);
    }
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("only strings were written")
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Bool(value) => value.to_string(),
        // A number is written by lmq itself: its minus sign begins no formula.
        Cell::Int(value) => value.to_string(),
        Cell::Text(text) => defused(text).into_owned(),
        Cell::List(items) => defused(&items.join("; ")).into_owned(),
        Cell::Other(value) => defused(&value.to_string()).into_owned(),
    }
}

/// A text that a spreadsheet takes for a text: what begins like a formula gets an apostrophe, control characters are
/// written out. Line ends and tabs inside stay.
#[must_use]
pub(super) fn defused(text: &str) -> Cow<'_, str> {
    let shown = text::inert(text);
    // Spreadsheets skip white space before they look for a formula.
    let first = text.trim_start_matches([' ', '\t', '\r', '\n']).chars().next();
    let formula =
        matches!(first, Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'));
    if formula || text.starts_with(['\t', '\r', '\n']) { Cow::Owned(format!("'{shown}")) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_texts_stay() {
        let cases = [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1+1", "'-1+1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            (" =1", "' =1"),
            ("\r=1", "'\\r=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a=b", "a=b"),
            ("a\nb", "a\nb"),
            ("a\u{1b}b", "a\\u{1b}b"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(defused(text), expected, "{text:?}");
        }
    }
}

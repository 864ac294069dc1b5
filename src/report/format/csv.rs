//! RFC 4180, with cells that a spreadsheet would take for formulas defused.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use super::RowWriter;
use crate::report::column::{Column, cells};
use crate::row::{Cell, Layout, Row};
use crate::text;

struct Csv {
    columns: Vec<Column>,
    layout: Arc<Layout>,
    line: String,
}

pub(super) fn writer(columns: &[Column], layout: &Arc<Layout>) -> Box<dyn RowWriter> {
    Box::new(Csv { columns: columns.to_vec(), layout: Arc::clone(layout), line: String::new() })
}

impl RowWriter for Csv {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let titles = self.columns.iter().map(|column| defused(&column.title));
        record(&mut self.line, titles, out)
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let cells = cells(&self.columns, row, &self.layout);
        record(&mut self.line, cells.iter().map(|cell| shown(cell)), out)
    }
}

/// A line of fields, in quotes where they need them.
fn record<'a>(
    line: &mut String,
    fields: impl ExactSizeIterator<Item = Cow<'a, str>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    line.clear();
    // An empty line would be no record.
    let alone = fields.len() == 1;
    for (index, field) in fields.enumerate() {
        if index > 0 {
            line.push(',');
        }
        if field.contains(['"', ',', '\n', '\r']) || (alone && field.is_empty()) {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&field);
        }
    }
    line.push('\n');
    out.write_all(line.as_bytes())
}

/// A cell as a spreadsheet is to see it.
fn shown(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Null => Cow::Borrowed(""),
        Cell::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        // A number is written by lmq itself: its minus sign begins no formula.
        Cell::Int(value) => Cow::Owned(value.to_string()),
        Cell::Text(text) => defused(text),
        Cell::List(items) => Cow::Owned(defused(&items.join("; ")).into_owned()),
        Cell::Other(value) => Cow::Owned(defused(&value.to_string()).into_owned()),
    }
}

/// A text that a spreadsheet takes for a text: what begins like a formula gets an apostrophe, control characters are
/// written out. Line ends and tabs inside stay.
fn defused(text: &str) -> Cow<'_, str> {
    let shown = text::inert(text);
    if is_formula(text) { Cow::Owned(format!("'{shown}")) } else { shown }
}

/// Whether a spreadsheet may take a text for a formula: it skips white space before it looks.
pub(super) fn is_formula(text: &str) -> bool {
    let first = text.trim_start_matches([' ', '\t', '\r', '\n']).chars().next();
    text.starts_with(['\t', '\r', '\n'])
        || matches!(first, Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'))
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

    #[test]
    fn a_reader_gets_the_fields_back() {
        let records: &[&[&str]] = &[
            &["a", "b,c", "say \"x\"", "two\nlines", ""],
            &["", "", "", "", ""],
            &["\"", "\r", " x ", "ü", ","],
        ];
        for fields in records {
            let (mut line, mut out) = (String::new(), Vec::new());
            record(&mut line, fields.iter().map(|field| Cow::Borrowed(*field)), &mut out).expect("memory");
            record(&mut line, [Cow::Borrowed("")].into_iter(), &mut out).expect("memory");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&*out);
            let read: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("CSV")).collect();
            assert_eq!(read, [csv::StringRecord::from(fields.to_vec()), csv::StringRecord::from(vec![""])]);
        }
    }
}

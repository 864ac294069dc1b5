//! Cells between tabs, one row a line. What would end a cell is written out, as `mysql --batch` does: a tab as `\t`, a line feed
//! as `\n`, a carriage return as `\r`, a backslash as `\\`. Other control characters are `\u{1b}`. Formulas are defused as in CSV:
//! spreadsheets open these files, too.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use super::RowWriter;
use super::csv::is_formula;
use crate::report::column::{Column, cells};
use crate::row::{Cell, Layout, Row};
use crate::text::is_active;

struct Tsv {
    columns: Vec<Column>,
    layout: Arc<Layout>,
    line: String,
}

pub(super) fn writer(columns: &[Column], layout: &Arc<Layout>) -> Box<dyn RowWriter> {
    Box::new(Tsv { columns: columns.to_vec(), layout: Arc::clone(layout), line: String::new() })
}

impl RowWriter for Tsv {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        for column in &self.columns {
            put(&mut self.line, &column.title);
            self.line.push('\t');
        }
        end(&mut self.line, out)
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        for cell in cells(&self.columns, row, &self.layout) {
            match &*cell {
                Cell::Null => {}
                Cell::Bool(value) => self.line.push_str(if *value { "true" } else { "false" }),
                Cell::Int(value) => write!(self.line, "{value}").expect("writing to a string cannot fail"),
                Cell::Text(text) => put(&mut self.line, text),
                Cell::List(items) => put(&mut self.line, &items.join("; ")),
                Cell::Other(value) => put(&mut self.line, &value.to_string()),
            }
            self.line.push('\t');
        }
        end(&mut self.line, out)
    }
}

/// Writes the line, with its end in place of the last tab.
fn end(line: &mut String, out: &mut dyn Write) -> io::Result<()> {
    line.pop();
    line.push('\n');
    out.write_all(line.as_bytes())
}

fn put(line: &mut String, text: &str) {
    if is_formula(text) {
        line.push('\'');
    }
    for c in text.chars() {
        match c {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            c if is_active(c) => {
                write!(line, "\\u{{{:x}}}", u32::from(c)).expect("writing to a string cannot fail");
            }
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_a_cell_and_its_text_can_be_told() {
        let cases = [
            ("plain ✓", "plain ✓"),
            ("a\tb", "a\\tb"),
            ("a\r\nb", "a\\r\\nb"),
            ("a\\nb", "a\\\\nb"),
            ("a\u{1b}b", "a\\u{1b}b"),
            ("=1", "'=1"),
            ("\t=1", "'\\t=1"),
            ("", ""),
        ];
        for (text, expected) in cases {
            let mut line = String::new();
            put(&mut line, text);
            assert_eq!(line, expected, "{text:?}");
        }
    }
}

//! One record a line, as JSON: the members that it has in `records` of the document, in their order.

use std::io::{self, Write};
use std::sync::Arc;

use super::RowWriter;
use crate::report::column::Column;
use crate::report::document::Plain;
use crate::report::found::FINDINGS;
use crate::row::{Layout, Row};
use crate::text;

/// Writes lines through one buffer: no tree of values, and nothing allocated for a cell.
struct Ndjson {
    /// What stands before each cell: `{"id":`, `,"note":`.
    keys: Vec<Vec<u8>>,
    line: Vec<u8>,
    /// The column of findings, where the query expects something.
    findings: Option<Column>,
}

pub(super) fn writer(columns: &[Column], layout: &Arc<Layout>) -> Box<dyn RowWriter> {
    let key = |(index, name): (usize, &crate::row::Name)| {
        let before = if index == 0 { '{' } else { ',' };
        format!("{before}{}:", serde_json::Value::from(name.as_str())).into_bytes()
    };
    Box::new(Ndjson {
        keys: layout.names().iter().enumerate().map(key).collect(),
        line: Vec::new(),
        findings: columns.last().filter(|column| column.is_findings()).cloned(),
    })
}

impl RowWriter for Ndjson {
    fn begin(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        for (index, key) in self.keys.iter().enumerate() {
            self.line.extend_from_slice(key);
            serde_json::to_writer(&mut self.line, &Plain(row.cell(index)))?;
        }
        if let Some(found) = self.findings.as_ref().and_then(|column| column.found(row)) {
            write!(self.line, ",\"{FINDINGS}\":")?;
            serde_json::to_writer(&mut self.line, &Plain(&found))?;
        }
        self.line.push(b'}');
        self.line.push(b'\n');
        if text::may_act(&self.line) {
            let line = std::str::from_utf8(&self.line).expect("JSON is text");
            return out.write_all(text::inert_json(line).as_bytes());
        }
        out.write_all(&self.line)
    }
}

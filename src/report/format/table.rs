//! An aligned table for people: dates as dates, known numbers as words, the verdict first when it is not complete.

use std::io::Write;

use super::{FormatError, Report, View};
use crate::portal::Verdict;
use crate::report::aligned::{Heading, aligned};
use crate::report::column::cells;
use crate::report::document::Document;
use crate::report::found;
use crate::report::shown::{is_number, shown};
use crate::row::Row;
use crate::text;

pub(super) struct Table;

impl Report for Table {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let View { document, columns, .. } = view;
        out.write_all(preface(document).as_bytes())?;
        if document.records.rows.is_empty() {
            if !document.is_differences() {
                out.write_all(nothing(document).as_bytes())?;
            }
            return Ok(());
        }
        let layout = &document.records.layout;
        let headings: Vec<Heading<'_>> = columns
            .iter()
            .map(|column| Heading { title: &column.title, right: is_number(column.field(layout)) })
            .collect();
        let shown_row = |row: &Row| {
            let cells = cells(columns, row, layout);
            let cells = cells.iter().zip(*columns);
            cells.map(|(cell, column)| shown(cell, column.field(layout)).into_owned()).collect()
        };
        let rows: Vec<Vec<String>> = document.records.rows.iter().map(shown_row).collect();
        out.write_all(aligned(&headings, &rows, view.width).as_bytes())?;
        Ok(())
    }
}

/// What was found, then what of it is accepted.
fn findings(document: &Document) -> Vec<String> {
    if !document.has_findings() {
        return Vec::new();
    }
    let mut lines = vec![match document.findings.len() {
        0 if document.is_incomplete() => "no findings in what was read".to_owned(),
        0 => "no findings".to_owned(),
        findings => text::counted(findings, "finding"),
    }];
    lines.extend(document.findings.iter().map(|finding| format!("  {}", found::line(finding, document))));
    if !document.waived.is_empty() {
        lines.push(format!("{} waived", document.waived.len()));
    }
    for finding in &document.waived {
        lines.push(format!("  {}", found::line(finding, document)));
        lines.extend(found::accepted(finding).map(|accepted| format!("    {accepted}")));
    }
    lines
}

/// Why there are no rows. What `offset`, `limit` or `select` leaves out matches all the same.
fn nothing(document: &Document) -> String {
    match document.total {
        0 if document.is_incomplete() => "no token that matches was read\n".to_owned(),
        0 => "no token matches\n".to_owned(),
        total => format!("no token is in the part asked for; {total} match\n"),
    }
}

/// What a reader must know before the rows.
fn preface(document: &Document) -> String {
    let mut lines: Vec<String> = Vec::new();
    if document.is_incomplete() {
        let what =
            if document.is_differences() { "differences may be missing" } else { "the list may be short" };
        lines.push(format!("INCOMPLETE: {what}"));
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
    if let Some(diff) = &document.diff {
        lines.push(diff.headline(&document.run.started_at));
        lines.push(format!("  compared: {}", diff.fields.join(", ")));
    }
    lines.extend(findings(document));
    if lines.is_empty() {
        return String::new();
    }
    if !document.is_differences() || document.count > 0 {
        lines.push(String::new());
    }
    lines.iter().fold(String::new(), |out, line| out + &text::inert_line(line) + "\n")
}

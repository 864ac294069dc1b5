//! A Markdown page: what the report covers, then a table. No text can leave its cell, and HTML in it is text.

use std::borrow::Cow;
use std::io::Write;

use super::{FormatError, Report, View};
use crate::portal::Verdict;
use crate::report::column::cells;
use crate::report::document::Document;
use crate::report::found;
use crate::report::shown::{is_number, shown};
use crate::report::template::{Kind, escape};
use crate::text;

pub(super) struct Markdown;

impl Report for Markdown {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let View { document, columns, .. } = view;
        head(document, out)?;
        findings(document, out)?;
        let layout = &document.records.layout;
        if document.records.rows.is_empty() {
            if document.is_differences() {
                return Ok(());
            }
            let nothing = match document.total {
                0 if document.is_incomplete() => "No token that matches was read.".to_owned(),
                0 => "No token matches this query.".to_owned(),
                total => format!("No token is in the part asked for; {total} match."),
            };
            writeln!(out, "{nothing}")?;
            return Ok(());
        }
        for column in *columns {
            write!(out, "| {} ", escaped(&column.title))?;
        }
        writeln!(out, "|")?;
        for column in *columns {
            out.write_all(if is_number(column.field(layout)) { b"|---:" } else { b"|---" })?;
        }
        writeln!(out, "|")?;
        let fields: Vec<_> = columns.iter().map(|column| column.field(layout)).collect();
        let mut line = String::new();
        for row in &document.records.rows {
            line.clear();
            for (cell, field) in cells(columns, row, layout).iter().zip(&fields) {
                line.push_str("| ");
                push_escaped(&mut line, &shown(cell, *field));
                line.push(' ');
            }
            line.push_str("|\n");
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

/// The name, the verdict with its reasons, and how many rows there are.
fn head(document: &Document, out: &mut dyn Write) -> Result<(), FormatError> {
    let run = &document.run;
    let what = if document.is_differences() { ": what has changed" } else { "" };
    writeln!(out, "# {}{what}\n", escaped(&document.query.name))?;
    if document.is_incomplete() {
        writeln!(out, "**INCOMPLETE**: this report does not cover everything that was asked for.\n")?;
        for reason in &run.reasons {
            writeln!(out, "- {}", escaped(reason))?;
        }
        if !run.reasons.is_empty() {
            writeln!(out)?;
        }
    } else if run.verdict == Verdict::Limited.name() {
        writeln!(out, "**Limited**: the query asks for a part of the rows only.\n")?;
    } else {
        writeln!(out, "**Complete**: every page of every listing was read and checked.\n")?;
    }
    if run.sandbox {
        writeln!(out, "**Sandbox data**: these tokens are made up.\n")?;
    }
    if let Some(description) = &document.query.description {
        writeln!(out, "{}\n", escaped(description))?;
    }
    let of = if document.count == document.total { String::new() } else { format!(" of {}", document.total) };
    if !document.is_differences() {
        writeln!(out, "{}{of}, as of {}.\n", text::counted(document.count, "token"), run.started_at)?;
    }
    if let Some(diff) = &document.diff {
        let fields: Vec<String> = diff.fields.iter().map(|name| escaped(name)).collect();
        writeln!(out, "**{}**.\n", escaped(&upper_first(&diff.headline(&run.started_at))))?;
        writeln!(out, "Compared: {}.\n", fields.join(", "))?;
    }
    Ok(())
}

/// What was found, then what of it is accepted.
fn findings(document: &Document, out: &mut dyn Write) -> Result<(), FormatError> {
    if !document.has_findings() {
        return Ok(());
    }
    writeln!(out, "## Findings\n")?;
    if document.findings.is_empty() {
        let read = if document.is_incomplete() { " in what was read" } else { "" };
        writeln!(out, "No findings{read}.\n")?;
    }
    for finding in &document.findings {
        writeln!(out, "- {}", escaped(&found::line(finding, document)))?;
    }
    if !document.findings.is_empty() {
        writeln!(out)?;
    }
    if !document.waived.is_empty() {
        writeln!(out, "## Waived\n")?;
        for finding in &document.waived {
            let accepted = found::accepted(finding).unwrap_or_default();
            let line = format!("{}; {accepted}", found::line(finding, document));
            writeln!(out, "- {}", escaped(&line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "## Tokens\n")?;
    Ok(())
}

/// The text as a sentence begins.
pub(super) fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(super) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    push_escaped(&mut out, value);
    out
}

fn push_escaped(out: &mut String, value: &str) {
    let lines: Cow<'_, str> =
        if value.contains("\r\n") { value.replace("\r\n", "\n").into() } else { value.into() };
    escape::push(out, &text::inert(&lines), Kind::Markdown);
}

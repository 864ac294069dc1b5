//! Diagnostics as JSON, for programs: `lmq.diagnostics/v1`.

use serde::Serialize;

use super::{Diagnostic, Label};
use crate::text;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

/// All diagnostics as one document. Files are named as the user named them; columns count characters, the end is
/// one past the last.
///
/// # Panics
/// Never: strings and numbers are JSON.
#[must_use]
pub fn json(diagnostics: &[Diagnostic]) -> String {
    let diagnostics = diagnostics.iter().map(entry).collect();
    let document = Document { schema: "lmq.diagnostics/v1", diagnostics };
    let text = serde_json::to_string_pretty(&document).expect("strings and numbers are JSON");
    text::inert_json(&text).into_owned() + "\n"
}

fn entry(diagnostic: &Diagnostic) -> Entry<'_> {
    let region = diagnostic.primary.region();
    Entry {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.name(),
        message: &diagnostic.message,
        file: &diagnostic.primary.source.name,
        line: region.line,
        column: region.column,
        end_line: region.end_line,
        end_column: region.end_column,
        help: diagnostic.help.as_deref(),
        related: diagnostic.related.iter().map(related).collect(),
    }
}

fn related(label: &Label) -> Related<'_> {
    let region = label.region();
    Related { file: &label.source.name, line: region.line, column: region.column, message: &label.message }
}

//! The result document as JSON.

use super::Document;
use crate::text::inert_json;

/// How the document is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonForm {
    /// Indented, for one document.
    Pretty,
    /// On one line, where several follow each other.
    Line,
}

/// The document, ending with a line feed. Control and bidi characters are `\u` escapes: the same values, inert on a
/// terminal.
#[must_use]
pub(super) fn render(document: &Document, form: JsonForm) -> String {
    let text = match form {
        JsonForm::Pretty => serde_json::to_string_pretty(document),
        JsonForm::Line => serde_json::to_string(document),
    };
    let mut text = inert_json(text.expect("every part of a document is JSON"));
    text.push('\n');
    text
}

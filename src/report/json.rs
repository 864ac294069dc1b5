//! The result document as JSON.

use std::fmt::Write as _;

use super::Document;
use crate::text::is_active;

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
    let mut text = inert(text.expect("every part of a document is JSON"));
    text.push('\n');
    text
}

/// Active characters can only stand inside strings: JSON's own white space is inert.
fn inert(text: String) -> String {
    if !text.contains(is_active) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_active(c) {
            write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string cannot fail");
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_keep_the_value() {
        let raw = "a\u{1b}[31m\u{9b}\u{202e}\u{7f}ü\n\t";
        let json = inert(serde_json::to_string(raw).expect("a string is JSON"));
        assert!(!json.contains(is_active), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), raw);
    }
}

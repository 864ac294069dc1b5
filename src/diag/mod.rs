//! Diagnostics: what is wrong in the user's files, all at once, each with a code, a place and a remedy.
//!
//! The stages that find mistakes make [`Diagnostic`] values; how one looks on a terminal is in `render`, the only place
//! that knows `annotate-snippets`. For machines there are [`json()`], [`sarif`] and [`github`]; `silence` drops warnings
//! where a file says so.

mod artifact;
mod code;
mod github;
mod json;
pub mod log;
mod mistake;
mod render;
mod sarif;
mod silence;

use std::ops::Range;
use std::sync::Arc;

pub use artifact::Root;
pub use code::Code;
pub use github::{Annotation, Level, github};
pub use json::json;
pub use mistake::Mistake;
pub use render::{render, render_failure, render_finding};
pub use sarif::sarif;
pub use silence::apply_ignores;

/// How bad a diagnostic is. An error keeps everything from being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the run goes on.
    Warning,
    /// Nothing is sent.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A file's text, with the name to show for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as the user would type it, with `/`.
    pub name: String,
    /// The whole text; empty when the file could not be read.
    pub text: String,
}

impl Source {
    /// A source to share between diagnostics.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.floor_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The byte offset of a line and column, both from 1; the nearest one where they lie outside the text.
    #[must_use]
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let mut start = 0;
        for _ in 1..line {
            match self.text[start..].find('\n') {
                Some(at) => start += at + 1,
                None => return self.text.len(),
            }
        }
        let line_text = self.text[start..].split('\n').next().unwrap_or_default();
        start + line_text.char_indices().nth(column.saturating_sub(1)).map_or(line_text.len(), |(at, _)| at)
    }

    /// The text of a line, from 1, without its line end; empty beyond the last.
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or_default()
    }

    fn floor_boundary(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// A place in a source, with a few words about it (empty: the carets alone).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub source: Arc<Source>,
    /// Byte range in its text.
    pub span: Range<usize>,
    /// What is to be said at the carets.
    pub message: String,
}

impl Label {
    /// A label without words.
    #[must_use]
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self { source: Arc::clone(source), span, message: String::new() }
    }

    /// The same place with words.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }
}

impl Label {
    /// The place by lines and columns.
    #[must_use]
    pub fn region(&self) -> Region {
        let (line, column) = self.source.position(self.span.start);
        let (end_line, end_column) = self.source.position(self.span.end.max(self.span.start));
        Region { line, column, end_line, end_column }
    }
}

/// A place by lines and columns, all from 1. Columns count characters; the end is one past the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Where it begins.
    pub line: usize,
    /// In that line.
    pub column: usize,
    /// Where it ends.
    pub end_line: usize,
    /// In that line.
    pub end_column: usize,
}

/// One mistake: what was found, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// Lower case, no period, literals in backticks: what was found and what was expected.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Other places that take part in it.
    pub related: Vec<Label>,
    /// The remedy.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic with the severity its code has.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>, primary: Label) -> Self {
        let message = message.into();
        Self { code, severity: code.severity(), message, primary, related: Vec::new(), help: None }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place that takes part.
    #[must_use]
    pub fn with_related(mut self, label: Label) -> Self {
        self.related.push(label);
        self
    }

    /// Whether it keeps the run from starting.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let source = Source::new("q.yaml", "näme: x\nstatus: 2\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(3), (1, 3));
        assert_eq!(source.position(9), (2, 1));
        assert_eq!(source.position(999), (3, 1));
        assert_eq!(source.offset(2, 1), 9);
        assert_eq!(source.offset(1, 3), 3);
        assert_eq!(source.offset(99, 1), source.text.len());
        assert_eq!((source.line(2), source.line(3)), ("status: 2", ""));
    }

    #[test]
    fn a_region_ends_behind_its_last_character() {
        let source = Source::new("q.yaml", "näme: x\nstatus: 2\n");
        let region = |span: Range<usize>| {
            let region = Label::new(&source, span).region();
            (region.line, region.column, region.end_line, region.end_column)
        };
        assert_eq!(region(0..5), (1, 1, 1, 5));
        assert_eq!(region(7..15), (1, 7, 2, 7));
        assert_eq!(region(99..99), (3, 1, 3, 1));
    }
}

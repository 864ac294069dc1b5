//! A mistake inside one value of a file, before it is known where that value stands.

use std::ops::Range;

use super::Code;

/// What is wrong with a condition or a path. Whoever knows where the text stands makes a diagnostic of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The code.
    pub code: Code,
    /// What was found and what was expected.
    pub message: String,
    /// Byte range inside the text; `None`: the whole.
    pub span: Option<Range<usize>>,
    /// The remedy.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake of the whole text.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span: None, help: None }
    }

    /// The same at a part of the text.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds the remedy.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

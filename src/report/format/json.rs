//! The result document as JSON, ending with a line feed. Control and bidi characters are `\u` escapes: the same values, inert
//! on a terminal.

use std::io::{self, Write};

use super::{FormatError, Report, View};
use crate::report::inert::{Escape, Inert};

/// How the document is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum JsonForm {
    /// Indented, for one document.
    Pretty,
    /// On one line, where several follow each other.
    Line,
}

pub(super) struct Json;

impl Report for Json {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let mut inert = Inert::new(out, Escape::Json);
        let written = match view.json {
            JsonForm::Pretty => serde_json::to_writer_pretty(&mut inert, view.document),
            JsonForm::Line => serde_json::to_writer(&mut inert, view.document),
        };
        // Every part of a document is JSON: what can fail is the writing.
        written.map_err(io::Error::from)?;
        inert.finish()?.write_all(b"\n")?;
        Ok(())
    }
}

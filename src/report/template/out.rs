//! The report on its way out: values as text, escaped for the template's kind, lines of partials indented.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::Value;

use super::{Kind, escape};
use crate::report::inert::Inert;

/// Bytes that are written at once.
const BLOCK: usize = 64 << 10;

/// A report being rendered.
pub(super) struct Out<'w> {
    sink: Inert<&'w mut dyn Write>,
    kind: Kind,
    buffer: String,
    /// Bytes that left the buffer.
    gone: usize,
    /// What each line begins with.
    indent: String,
    /// Whether a line begins here that is indented.
    at_line: bool,
    /// A value with a line end in it, before it is indented.
    spare: String,
}

impl<'w> Out<'w> {
    pub(super) fn new(kind: Kind, sink: Inert<&'w mut dyn Write>) -> Self {
        Self {
            sink,
            kind,
            buffer: String::with_capacity(2 * BLOCK),
            gone: 0,
            indent: String::new(),
            at_line: true,
            spare: String::new(),
        }
    }

    /// Bytes so far.
    pub(super) fn written(&self) -> usize {
        self.gone + self.buffer.len()
    }

    /// Text as it is.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        if self.indent.is_empty() && text.len() >= BLOCK {
            // A table is long, and is not copied once more.
            self.pass()?;
            self.gone += text.len();
            return self.sink.write_all(text.as_bytes());
        }
        if self.indent.is_empty() {
            self.buffer.push_str(text);
        } else {
            self.indented(text);
        }
        if self.buffer.len() >= BLOCK { self.pass() } else { Ok(()) }
    }

    /// A value, escaped.
    pub(super) fn value(&mut self, value: &Value) -> io::Result<()> {
        if self.indent.is_empty() {
            push_escaped(&mut self.buffer, value, self.kind);
            return if self.buffer.len() >= BLOCK { self.pass() } else { Ok(()) };
        }
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        push_escaped(&mut spare, value, self.kind);
        let written = self.text(&spare);
        self.spare = spare;
        written
    }

    /// A value as it is.
    pub(super) fn raw(&mut self, value: &Value) -> io::Result<()> {
        match value {
            Value::String(text) => self.text(text),
            other => {
                let mut text = String::new();
                push(&mut text, other);
                self.text(&text)
            }
        }
    }

    /// Indents what comes by so much more; gives what takes it back.
    pub(super) fn indent(&mut self, more: &str) -> usize {
        let before = self.indent.len();
        if !more.is_empty() {
            // Its first line too, be there what may before it.
            self.at_line = true;
            self.indent.push_str(more);
        }
        before
    }

    /// Takes an indent back.
    pub(super) fn outdent(&mut self, before: usize) {
        self.indent.truncate(before);
    }

    /// Writes the rest.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.pass()?;
        self.sink.finish().map(drop)
    }

    /// An empty line stays empty.
    fn indented(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            if self.at_line && !line.starts_with(['\n', '\r']) {
                self.buffer.push_str(&self.indent);
            }
            self.buffer.push_str(line);
            self.at_line = line.ends_with('\n');
        }
    }

    fn pass(&mut self) -> io::Result<()> {
        self.sink.write_all(self.buffer.as_bytes())?;
        self.gone += self.buffer.len();
        self.buffer.clear();
        Ok(())
    }
}

fn push_escaped(out: &mut String, value: &Value, kind: Kind) {
    match value {
        Value::String(text) => escape::push(out, text, kind),
        // A number, `true` and `false` have nothing to escape, but for a list's marker that a number can be.
        Value::Null => {}
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) if kind != Kind::Markdown => {
            write!(out, "{number}").expect("writing to a string cannot fail");
        }
        other => {
            let mut text = String::new();
            push(&mut text, other);
            escape::push(out, &text, kind);
        }
    }
}

/// A value as text: lists as `[a, b]`, a group as `[object]`, nothing for null.
pub(in crate::report) fn push(out: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => write!(out, "{number}").expect("writing to a string cannot fail"),
        Value::String(text) => out.push_str(text),
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                push(out, value);
            }
            out.push(']');
        }
        Value::Object(_) => out.push_str("[object]"),
    }
}

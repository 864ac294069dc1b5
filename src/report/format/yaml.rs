//! The result document as YAML, with the values of `json`. Every text is in double quotes, so that none is taken for a number, a
//! date or `no`, and written with the escapes of JSON, which are escapes of YAML as well: no line end is lost, no character acts
//! on a terminal.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::{FormatError, Report, View};
use crate::report::inert::{Escape, Inert};

pub(super) struct Yaml;

impl Report for Yaml {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let mut inert = Inert::new(out, Escape::Json);
        let lines = Lines { out: &mut inert, space: false };
        let written = view.document.serialize(&mut Serializer::with_formatter(lines, Block::default()));
        written.map_err(io::Error::from)?;
        inert.finish()?.write_all(b"\n")?;
        Ok(())
    }
}

/// Leaves out a space at the end of a line. Line ends inside of texts are escaped, so it never is part of one.
struct Lines<W: Write> {
    out: W,
    space: bool,
}

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some((last, before)) = bytes.split_last() else { return Ok(0) };
        if self.space && bytes[0] != b'\n' {
            self.out.write_all(b" ")?;
        }
        self.space = *last == b' ';
        self.out.write_all(if self.space { before } else { bytes })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The block style of YAML: a line a member, two spaces a level.
#[derive(Default)]
struct Block {
    open: Vec<Level>,
    /// The name of a member while it is written.
    key: Option<Vec<u8>>,
}

struct Level {
    kind: Kind,
    empty: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Map,
}

impl Block {
    fn begin(&mut self, kind: Kind) {
        self.open.push(Level { kind, empty: true });
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, nothing: &str) -> io::Result<()> {
        match self.open.pop() {
            Some(Level { empty: true, .. }) => writer.write_all(nothing.as_bytes()),
            _ => Ok(()),
        }
    }

    /// Begins the line of a member: the first one of a list's item stands behind its dash, the first of all has nothing before.
    fn line<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let depth = self.open.len();
        let in_list = depth >= 2 && self.open[depth - 2].kind == Kind::List;
        let Some(level) = self.open.last_mut() else { return Ok(()) };
        let first = std::mem::replace(&mut level.empty, false);
        if first && (in_list || depth == 1) {
            return Ok(());
        }
        writer.write_all(b"\n")?;
        (1..depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Block {
    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin(Kind::List);
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, "[]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, _: bool) -> io::Result<()> {
        self.line(writer)?;
        writer.write_all(b"- ")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.begin(Kind::Map);
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, "{}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, _: bool) -> io::Result<()> {
        self.key = Some(Vec::new());
        self.line(writer)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let key = self.key.take().unwrap_or_default();
        if is_plain(&key) {
            return writer.write_all(&key);
        }
        writer.write_all(b"\"")?;
        writer.write_all(&key)?;
        writer.write_all(b"\"")
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.key.is_some() { Ok(()) } else { writer.write_all(b"\"") }
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.key.is_some() { Ok(()) } else { writer.write_all(b"\"") }
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        if let Some(key) = &mut self.key {
            key.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        // YAML takes these as escapes alone, JSON as they are.
        for part in text.split_inclusive(['\u{fffe}', '\u{ffff}', '\u{feff}']) {
            match part.char_indices().next_back() {
                Some((at, c @ ('\u{fffe}' | '\u{ffff}' | '\u{feff}'))) => {
                    writer.write_all(&part.as_bytes()[..at])?;
                    write!(writer, "\\u{:04x}", u32::from(c))?;
                }
                _ => writer.write_all(part.as_bytes())?,
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match &mut self.key {
            Some(key) => CompactFormatter.write_char_escape(key, escape),
            None => CompactFormatter.write_char_escape(writer, escape),
        }
    }
}

/// Whether a name is one in every YAML without quotes.
fn is_plain(key: &[u8]) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    key.first().is_some_and(u8::is_ascii_alphabetic)
        && key.iter().all(u8::is_ascii_alphanumeric)
        && !WORDS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn yaml(value: &Value) -> String {
        let mut out = Vec::new();
        let lines = Lines { out: &mut out, space: false };
        value.serialize(&mut Serializer::with_formatter(lines, Block::default())).expect("memory takes it");
        String::from_utf8(out).expect("YAML is text")
    }

    #[test]
    fn members_are_lines() {
        let value = json!({"a": {"b": [1, [2, []], {"c": null, "d": {}}]}, "no": "x ", "on e": [{}]});
        assert_eq!(
            yaml(&value),
            "a:\n  b:\n    - 1\n    - - 2\n      - []\n    - c: null\n      d: {}\n\"no\": \"x \"\n\"on e\":\n  - {}"
        );
    }
}

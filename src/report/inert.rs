//! A stream whose control and bidi characters are written out on the way, so that no report acts on a terminal.

use std::io::{self, Write};

use crate::text;

/// Bytes that are looked through at once.
const BLOCK: usize = 32 << 10;

/// How an active character is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// In text: as `\u{1b}`. Line ends of two characters stay.
    Text,
    /// Inside JSON strings, where alone it can stand: as `\u001b`, which is the same value.
    Json,
}

/// Text on its way to `out`.
pub(super) struct Inert<W: Write> {
    out: W,
    escape: Escape,
    buffer: Vec<u8>,
}

impl<W: Write> Inert<W> {
    pub(super) fn new(out: W, escape: Escape) -> Self {
        Self { out, escape, buffer: Vec::with_capacity(2 * BLOCK) }
    }

    /// Writes the rest. What is not finished is not written.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.pass(End::Reached)?;
        Ok(self.out)
    }

    /// Writes what is whole of the buffer: a character may be cut, and a carriage return may have its line feed to come.
    fn pass(&mut self, end: End) -> io::Result<()> {
        let text = match std::str::from_utf8(&self.buffer) {
            Ok(text) if end == End::Open => text.strip_suffix('\r').unwrap_or(text),
            Ok(text) => text,
            Err(error) if end == End::Open && error.error_len().is_none() => {
                std::str::from_utf8(&self.buffer[..error.valid_up_to()]).expect("it was found to be text")
            }
            Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        };
        let whole = text.len();
        let written = match self.escape {
            Escape::Json => text::inert_json(text),
            Escape::Text => text::inert_lines(text),
        };
        self.out.write_all(written.as_bytes())?;
        self.buffer.drain(..whole);
        Ok(())
    }
}

/// Whether more may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Reached,
}

impl<W: Write> Write for Inert<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A long text in pieces: the buffer does not grow with it.
        for piece in bytes.chunks(BLOCK) {
            self.buffer.extend_from_slice(piece);
            if self.buffer.len() >= BLOCK {
                self.pass(End::Open)?;
            }
        }
        Ok(bytes.len())
    }

    /// Many short pieces come, which are all taken.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() < BLOCK {
            self.buffer.extend_from_slice(bytes);
            return Ok(());
        }
        self.write(bytes).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(End::Open)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is written, given in pieces of `size` bytes with a flush after each.
    fn through(text: &str, escape: Escape, size: usize) -> String {
        let mut inert = Inert::new(Vec::new(), escape);
        for piece in text.as_bytes().chunks(size) {
            inert.write_all(piece).expect("memory takes it");
            inert.flush().expect("memory takes it");
        }
        String::from_utf8(inert.finish().expect("it is text")).expect("text stays text")
    }

    #[test]
    fn pieces_of_any_size_make_the_same_text() {
        let text = "a\u{1b}[31m\r\nb\rc\u{9b}\u{202e}ü€\u{2067}\u{7f}😀\t\r\r\n\r";
        for size in 1..text.len() {
            assert_eq!(
                through(text, Escape::Text, size),
                "a\\u{1b}[31m\r\nb\\rc\\u{9b}\\u{202e}ü€\\u{2067}\\u{7f}😀\t\\r\r\n\\r",
                "{size}"
            );
            let json = serde_json::to_string(text).expect("a string is JSON");
            let json = through(&json, Escape::Json, size);
            assert!(!json.contains(text::is_active), "{json}");
            assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), text, "{size}");
        }
    }

    #[test]
    fn what_is_no_text_is_an_error() {
        for bytes in [&b"a\xff"[..], b"a\xe2\x80"] {
            let mut inert = Inert::new(Vec::new(), Escape::Text);
            inert.write_all(bytes).expect("it is held");
            assert!(inert.finish().is_err());
        }
    }
}

//! What keeps secrets out of every text that lmq shows or writes: each occurrence, however encoded, becomes `[redacted]`.
//!
//! `form` knows the forms, `search` finds them. Who writes what is elsewhere: the command line's streams, the sink of reports
//! and the portal's error messages go through a [`Redactor`] each.

mod form;
mod search;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use super::Credentials;
use crate::secret::Secret;
use search::{Next, Rest, Search};

/// What stands where a secret was.
const REDACTED: &[u8] = b"[redacted]";

/// Takes secrets out of texts: as they are, percent-encoded, in hex, in base64 (alone or within more), each character escaped as
/// JSON, HTML or CSV do. Secrets under [`Secret::FEWEST`] characters are no secrets to it. The default knows none.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
    search: Arc<Search>,
}

impl Redactor {
    /// Of these secrets.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self::default().and(secrets)
    }

    /// Of the secrets of all these credentials.
    #[must_use]
    pub fn of<'a>(credentials: impl IntoIterator<Item = &'a Credentials>) -> Self {
        Self::new(credentials.into_iter().map(Credentials::secret))
    }

    /// Of these secrets too: a live signature, or the credentials of another portal.
    #[must_use]
    pub fn and<'a>(&self, more: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut secrets = self.secrets.clone();
        for secret in more {
            if !secrets.iter().any(|known| known.expose() == secret.expose()) {
                secrets.push(secret.clone());
            }
        }
        let search = Arc::new(Search::new(&secrets));
        Self { secrets, search }
    }

    /// The text without the secrets.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Whole characters are replaced by whole characters, so nothing is lost here.
        self.replaced(text.as_bytes())
            .map_or(Cow::Borrowed(text), |bytes| Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Takes the secrets out of bytes, such as the body of an answer.
    pub fn bytes(&self, bytes: &mut Vec<u8>) {
        if let Some(replaced) = self.replaced(bytes) {
            *bytes = replaced;
        }
    }

    /// Whether a secret stands in the bytes.
    #[must_use]
    pub fn finds(&self, bytes: &[u8]) -> bool {
        self.search.next(bytes, 0, Rest::None) != Next::Nothing
    }

    /// A writer that hands everything on to `inner` without the secrets, those that come in several pieces too. What may be
    /// the beginning of one waits for the next piece: [`RedactingWriter::finish`] writes it, `flush` does not.
    #[must_use]
    pub fn writer<W: Write>(&self, inner: W) -> RedactingWriter<W> {
        RedactingWriter { search: Arc::clone(&self.search), inner, held: Vec::new() }
    }

    fn replaced(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if !self.finds(bytes) {
            return None;
        }
        let mut writer = self.writer(Vec::with_capacity(bytes.len()));
        writer.write_all(bytes).expect("writing to memory cannot fail");
        Some(writer.finish().expect("writing to memory cannot fail"))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor(of {})", self.secrets.len())
    }
}

/// A writer that takes secrets out.
pub struct RedactingWriter<W: Write> {
    search: Arc<Search>,
    inner: W,
    /// What may be the beginning of a secret.
    held: Vec<u8>,
}

impl<W: Write> fmt::Debug for RedactingWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedactingWriter(…)")
    }
}

impl<W: Write> RedactingWriter<W> {
    /// Writes what waits, and gives the inner writer back.
    ///
    /// # Errors
    /// Those of the inner writer.
    pub fn finish(mut self) -> io::Result<W> {
        let held = std::mem::take(&mut self.held);
        self.pass(&held, Rest::None)?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    /// Writes as many of the bytes as are decided on, and says how many.
    fn pass(&mut self, bytes: &[u8], rest: Rest) -> io::Result<usize> {
        let mut done = 0;
        loop {
            match self.search.next(bytes, done, rest) {
                Next::Nothing => {
                    self.inner.write_all(&bytes[done..])?;
                    return Ok(bytes.len());
                }
                Next::Unfinished(from) => {
                    self.inner.write_all(&bytes[done..from])?;
                    return Ok(from);
                }
                Next::Secret(range) => {
                    self.inner.write_all(&bytes[done..range.start])?;
                    self.inner.write_all(REDACTED)?;
                    done = range.end;
                }
            }
        }
    }
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pending = std::mem::take(&mut self.held);
        if pending.is_empty() {
            let done = self.pass(bytes, Rest::MayCome)?;
            self.held.extend_from_slice(&bytes[done..]);
        } else {
            pending.extend_from_slice(bytes);
            let done = self.pass(&pending, Rest::MayCome)?;
            pending.drain(..done);
            self.held = pending;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests;

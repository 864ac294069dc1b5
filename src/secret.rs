//! A text that cannot print itself: access keys and bearer tokens.

use secrecy::{ExposeSecret, SecretString};

/// Key material. Its `Debug` form shows nothing of it, it has no `Display`, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over; surrounding white space, as it comes with pasting, is not part of a secret.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.trim()))
    }

    /// The text itself, for signing and for the `Authorization` header alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `text` with every occurrence of this secret replaced, for texts that come back from a server.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        if self.expose().is_empty() { text.to_owned() } else { text.replace(self.expose(), "[redacted]") }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter22-hunter22")), "Secret(…)");
    }

    #[test]
    fn redact_takes_every_occurrence() {
        let secret = Secret::new(" s3cr3t-key \n");
        assert_eq!(secret.redact("a s3cr3t-key b s3cr3t-key"), "a [redacted] b [redacted]");
        assert_eq!(Secret::new("").redact("abc"), "abc");
    }
}

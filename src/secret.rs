//! A text that cannot print itself: access keys and bearer tokens.

use secrecy::{ExposeSecret, SecretString};
pub use zeroize::Zeroizing;

/// Key material. Its `Debug` form shows nothing of it, it has no `Display`, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The fewest characters of a secret. What is shorter is a slip, and to redact it would eat ordinary text.
    pub const FEWEST: usize = 8;

    /// A copy of the text; surrounding white space, as it comes with pasting, is not part of a secret.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.trim()))
    }

    /// As [`Secret::new`], and the text itself is wiped.
    #[must_use]
    pub fn taken(text: String) -> Self {
        Self::new(&Zeroizing::new(text))
    }

    /// The text itself, for signing and for the `Authorization` header alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it has fewer than [`Secret::FEWEST`] characters.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.expose().chars().nth(Self::FEWEST - 1).is_none()
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
        assert_eq!(format!("{:?}", Secret::taken("hunter22-hunter22".to_owned())), "Secret(…)");
    }

    #[test]
    fn characters_are_counted_without_white_space() {
        for (text, short) in [("", true), (" 1234567\n", true), ("äöüäöüä", true), ("12345678", false)]
        {
            assert_eq!(Secret::new(text).is_short(), short, "{text}");
        }
    }
}

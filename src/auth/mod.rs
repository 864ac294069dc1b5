//! Credentials and the `Authorization` header they make. Pure: the clock is an argument.

mod lmv1;
mod redact;

use crate::secret::{Secret, Zeroizing};

pub use lmv1::{sha256_hex, sign};
pub use redact::{RedactingWriter, Redactor};

/// What a portal accepts as proof of who asks.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An access id and its key; each request is signed.
    Lmv1 {
        /// The access id, not secret.
        access_id: String,
        /// The access key.
        access_key: Secret,
    },
    /// A bearer token.
    Bearer(Secret),
}

impl Credentials {
    /// A bearer token as people paste it, with or without `Bearer ` in front.
    #[must_use]
    pub fn bearer(text: &str) -> Self {
        let text = text.trim();
        let bare = match text.get(..7) {
            Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => &text[7..],
            _ => text,
        };
        Self::Bearer(Secret::new(bare))
    }

    /// `LMv1` or `bearer`: the kind, for reports ("as seen by").
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Lmv1 { .. } => "LMv1",
            Self::Bearer(_) => "bearer",
        }
    }

    /// The value of the `Authorization` header for a GET on `resource_path` (below `/santaba/rest`, percent-decoded,
    /// without a query string), at `now_ms` milliseconds since 1970. Made anew for each attempt.
    #[must_use]
    pub fn authorization(&self, resource_path: &str, now_ms: i64) -> Secret {
        match self {
            Self::Lmv1 { access_id, access_key } => {
                let signature = sign(access_key, "GET", now_ms, "", resource_path);
                Secret::taken(format!("LMv1 {access_id}:{signature}:{now_ms}"))
            }
            Self::Bearer(token) => {
                // In one piece: a string that grows leaves its beginning behind, and that is not wiped.
                let words = ["Bearer ", token.expose()];
                Secret::new(&Zeroizing::new(words.concat()))
            }
        }
    }

    /// What opens the portal: the access key, or the bearer token.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        match self {
            Self::Lmv1 { access_key: secret, .. } | Self::Bearer(secret) => secret,
        }
    }
}

/// The signature in the value of an `Authorization` header: as long as it is fresh, it opens the portal.
#[must_use]
pub fn signature(authorization: &Secret) -> Option<Secret> {
    let mut parts = authorization.expose().strip_prefix("LMv1 ")?.split(':');
    parts.nth(1).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_is_taken_with_and_without_its_word() {
        for text in ["lmb_abc", "Bearer lmb_abc", "bearer  lmb_abc\n", " lmb_abc "] {
            let header = Credentials::bearer(text).authorization("/x", 0);
            assert_eq!(header.expose(), "Bearer lmb_abc");
        }
    }

    #[test]
    fn short_and_multibyte_tokens_do_not_panic() {
        for text in ["", "ab", "äöüß", "Bearer"] {
            let _ = Credentials::bearer(text);
        }
    }

    #[test]
    fn the_header_names_id_signature_and_time() {
        let credentials =
            Credentials::Lmv1 { access_id: "testid".to_owned(), access_key: Secret::new("testkey") };
        let header = credentials.authorization("/setting/admins/apitokens", 1_700_000_000_000);
        assert_eq!(
            header.expose(),
            "LMv1 testid:Njk2YTRiMzU4YTE2NzRkMTY1OGFiMDFlY2I5NDUwYWQyNGRhMDNjNTk1ZDBlNDU1MjhkNTczNTAwOWIzNDgxNw==:1700000000000"
        );
    }

    #[test]
    fn debug_keeps_the_key() {
        let credentials =
            Credentials::Lmv1 { access_id: "id".to_owned(), access_key: Secret::new("very-secret-key") };
        assert!(!format!("{credentials:?}").contains("very-secret-key"));
    }
}

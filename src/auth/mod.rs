//! Credentials and the `Authorization` header they make. Pure: the clock is an argument.

mod lmv1;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::secret::Secret;

pub use lmv1::{sha256_hex, sign};

/// Everything but RFC 3986's unreserved characters.
const UNRESERVED_KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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
                Secret::new(&format!("LMv1 {access_id}:{signature}:{now_ms}"))
            }
            Self::Bearer(token) => Secret::new(&format!("Bearer {}", token.expose())),
        }
    }

    /// `text` without the secrets of these credentials, for what a server sends back: as they are, percent-encoded, in a
    /// JSON text, in base64.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let secret = match self {
            Self::Lmv1 { access_key, .. } => access_key,
            Self::Bearer(token) => token,
        };
        let raw = secret.expose();
        let percent = |set| utf8_percent_encode(raw, set).to_string();
        let forms = [
            raw.replace('/', "\\/"),
            percent(NON_ALPHANUMERIC),
            percent(UNRESERVED_KEPT),
            STANDARD_NO_PAD.encode(raw),
            URL_SAFE_NO_PAD.encode(raw),
        ];
        forms.iter().fold(secret.redact(text), |text, form| Secret::new(form).redact(&text))
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
    fn debug_and_redaction_keep_the_key() {
        let credentials =
            Credentials::Lmv1 { access_id: "id".to_owned(), access_key: Secret::new("very-secret-key") };
        assert!(!format!("{credentials:?}").contains("very-secret-key"));
        assert_eq!(credentials.redact("got very-secret-key!"), "got [redacted]!");
    }
}

//! Who may come in: the portal accepts one `LMv1` key and one bearer token, the caller's own.
//!
//! A signature is checked by making it anew with `auth`, over the percent-decoded path and an empty body.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};

use super::answer::Refusal;
use super::data::{Kind, Token};
use crate::auth::{Redactor, sign};
use crate::secret::Secret;

/// How far the time of a signature may be from the portal's clock.
const TOLERANCE_MS: i64 = 30 * 60 * 1000;

/// The credentials the portal accepts.
pub(super) struct Gate {
    pub(super) access_id: String,
    pub(super) access_key: Secret,
    pub(super) bearer_token: Secret,
    /// Of the two secrets. Each request is shown without them, and to make one takes longer than most of what a request needs.
    redactor: Redactor,
}

impl Gate {
    pub(super) fn new(access_id: String, access_key: Secret, bearer_token: Secret) -> Self {
        let redactor = Redactor::new([&access_key, &bearer_token]);
        Self { access_id, access_key, bearer_token, redactor }
    }

    /// Lets a request in, by the kind of its credentials, or says why not: always 401 with code 1401.
    pub(super) fn admit(
        &self,
        headers: &HeaderMap,
        method: &Method,
        path: &str,
        now_ms: i64,
    ) -> Result<Kind, Refusal> {
        let refused = |message: &str| Err(Refusal::new(401, message));
        let Some(header) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
            return refused("Authentication failed: no Authorization header");
        };
        match header.split_once(' ') {
            Some(("LMv1", signature)) => {
                self.admit_signature(signature, method, path, now_ms).map(|()| Kind::Lmv1)
            }
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                if same(token.trim(), self.bearer_token.expose()) {
                    Ok(Kind::Bearer)
                } else {
                    refused("Authentication failed: unknown bearer token")
                }
            }
            _ => refused("Authentication failed: unknown scheme"),
        }
    }

    /// `ACCESS_ID:SIGNATURE:EPOCH_MS`.
    fn admit_signature(&self, text: &str, method: &Method, path: &str, now_ms: i64) -> Result<(), Refusal> {
        let refused = |message: &str| Err(Refusal::new(401, message));
        let parts: Vec<&str> = text.split(':').collect();
        let &[access_id, signature, epoch] = parts.as_slice() else {
            return refused("Authentication failed: malformed LMv1 token");
        };
        let Ok(epoch_ms) = epoch.parse::<i64>() else {
            return refused("Authentication failed: malformed LMv1 time");
        };
        if access_id != self.access_id {
            return refused("Authentication failed: unknown access id");
        }
        if now_ms.abs_diff(epoch_ms) > TOLERANCE_MS.unsigned_abs() {
            return refused("Authentication failed: the time is more than 30 minutes off");
        }
        if !same(signature, &sign(&self.access_key, method.as_str(), epoch_ms, "", path)) {
            return refused("Authentication failed: the signature does not match");
        }
        Ok(())
    }

    /// The secret of the credentials of a kind.
    pub(super) fn secret(&self, kind: Kind) -> &Secret {
        match kind {
            Kind::Lmv1 => &self.access_key,
            Kind::Bearer => &self.bearer_token,
        }
    }

    /// Whether a token is one of the credentials.
    pub(super) fn owns(&self, token: &Token) -> bool {
        token.access_id.as_deref() == Some(&*self.access_id)
            || token.key_start.as_deref().is_some_and(|start| self.bearer_token.expose().starts_with(start))
    }

    /// `text` without the secrets.
    pub(super) fn redact(&self, text: &str) -> String {
        self.redactor.text(text).into_owned()
    }
}

/// Equality that takes as long for a near miss as for a far one.
fn same(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

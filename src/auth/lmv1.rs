//! The LMv1 signature.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// The LMv1 signature: base64 of the lower-case hex text of HMAC-SHA256 over `verb + epoch_ms + body + resource_path`.
///
/// It is the hex text that is encoded, not the digest. `resource_path` begins after `/santaba/rest`, has no query string
/// and is percent-decoded. Source: LogicMonitor, "Getting API Token Details".
///
/// # Panics
/// Never: HMAC takes keys of any length.
#[must_use]
pub fn sign(access_key: &Secret, verb: &str, epoch_ms: i64, body: &str, resource_path: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(access_key.expose().as_bytes())
        .expect("HMAC takes keys of any length");
    for part in [verb, &epoch_ms.to_string(), body, resource_path] {
        mac.update(part.as_bytes());
    }
    STANDARD.encode(hex(&mac.finalize().into_bytes()))
}

/// Lower-case hex of the SHA-256 of a text.
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        write!(out, "{byte:02x}").expect("writing to a string cannot fail");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen vectors of independent signers: LogicMonitor's own Python snippet and a published client's test.
    #[test]
    fn frozen_vectors() {
        let cases = [
            (
                "testkey",
                1_700_000_000_000,
                "/setting/admins/apitokens",
                "Njk2YTRiMzU4YTE2NzRkMTY1OGFiMDFlY2I5NDUwYWQyNGRhMDNjNTk1ZDBlNDU1MjhkNTczNTAwOWIzNDgxNw==",
            ),
            (
                "testkey",
                1_700_000_000_000,
                "/setting/admins/131/apitokens",
                "ZTM0MmQ4ZGQ2MWE1ZjA0ZWU4ZmI1ZjhlM2VkMDMyNjczODVmNmExOGIyZmNhOWIyMTlkNDMxNWE4MjMwZmQ2NA==",
            ),
            (
                "test",
                12_345_678,
                "/headers/test",
                "NjNhNzliNmQ2NDA0NTg3MjMwNmI0M2Y4N2Q5OTRlMDQyYTE4ZGQ3OGI1NTBjZTFmOWU1NDVmZWQ1MDQ1M2FhOQ==",
            ),
        ];
        for (key, epoch_ms, path, signature) in cases {
            assert_eq!(sign(&Secret::new(key), "GET", epoch_ms, "", path), signature, "{path}");
        }
    }
}

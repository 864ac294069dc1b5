//! Looks for secrets in bytes, in any encoding and in pieces, and for what may be a live signature.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::bytes::{Match, Regex};

use crate::support::unzip;

/// Of what is twice as long as this, less one, a whole piece is found.
const PIECE: usize = 12;

/// An HMAC in hex is 64 characters; in base64, or encoded once more, it is longer.
const LONGEST_WORD: usize = 64;

/// The pieces of some secrets, and words that are too long.
pub struct Search {
    pieces: Regex,
    words: Regex,
}

/// A secret in the encodings that somebody may write it in.
pub fn forms(secret: &str) -> Vec<String> {
    let hex = secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = serde_json::to_string(secret).expect("a text").trim_matches('"').to_owned();
    let escaped = |escape: fn(char) -> String| -> String {
        secret.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { escape(c) }).collect()
    };
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        percent.replace("%2D", "-").replace("%5F", "_").replace("%2E", ".").replace("%7E", "~"),
        percent.to_lowercase(),
        percent,
        json,
        escaped(|c| format!("\\{c}")),
        escaped(|c| format!("\\u{:04x}", u32::from(c))),
        escaped(|c| format!("&#x{:X};", u32::from(c))),
        escaped(|c| format!("&#{};", u32::from(c))),
    ];
    for before in 0..3 {
        let bytes = [&b"\0\0\0"[..before], secret.as_bytes()].concat();
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            // Those at the edges have bits of what stands beside the secret.
            forms.push(encoded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned());
        }
    }
    forms
}

impl Search {
    pub fn of(secrets: &[&str]) -> Self {
        let forms = secrets.iter().flat_map(|secret| forms(secret));
        let pieces = forms.flat_map(|form| {
            let whole =
                form.as_bytes().chunks_exact(PIECE).map(|piece| String::from_utf8_lossy(piece).into_owned());
            whole.collect::<Vec<_>>()
        });
        let pieces: BTreeSet<String> = pieces.map(|piece| regex::escape(&piece)).collect();
        let pieces = pieces.into_iter().collect::<Vec<_>>().join("|");
        let regex = |text: &str| Regex::new(text).expect("a regex");
        Self {
            pieces: regex(&pieces),
            words: regex(&format!("[0-9A-Za-z+%=_]{{{LONGEST_WORD},}}[0-9A-Za-z+%=_]")),
        }
    }

    /// What of the secrets is in the bytes. A workbook is looked into.
    pub fn leaks(&self, bytes: &[u8]) -> Vec<String> {
        let shown = |found: Match<'_>| String::from_utf8_lossy(found.as_bytes()).into_owned();
        if bytes.starts_with(b"PK") {
            return self.pieces.find_iter(&unzip(bytes)).map(shown).collect();
        }
        // A note of the sandbox is one letter many times.
        let is_varied = |found: &Match<'_>| found.as_bytes().iter().collect::<BTreeSet<_>>().len() > 8;
        let words = self.words.find_iter(bytes).filter(is_varied).map(shown);
        self.pieces
            .find_iter(bytes)
            .map(shown)
            .chain(words.map(|word| format!("maybe a signature: {word}")))
            .collect()
    }
}

//! Looks for secrets in bytes, in any encoding and in pieces, and for what may be a live signature.

use std::collections::BTreeSet;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use flate2::read::DeflateDecoder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Of what is twice as long as this, less one, a whole piece is found.
const PIECE: usize = 12;

/// An HMAC in hex is 64 characters; in base64, or encoded once more, it is longer.
const LONGEST_WORD: usize = 64;

/// The pieces of some secrets.
pub struct Search {
    pieces: BTreeSet<Vec<u8>>,
}

/// A secret in the encodings that somebody may write it in.
pub fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
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
            let whole = form.as_bytes().chunks_exact(PIECE).map(<[u8]>::to_vec);
            whole.collect::<Vec<_>>()
        });
        Self { pieces: pieces.collect() }
    }

    /// What of the secrets is in the bytes. A workbook is looked into.
    pub fn leaks(&self, bytes: &[u8]) -> Vec<String> {
        let unpacked;
        let (bytes, is_text) = if bytes.starts_with(b"PK") {
            unpacked = unzip(bytes);
            (&unpacked, false)
        } else {
            unpacked = bytes.to_vec();
            (&unpacked, true)
        };
        let text = String::from_utf8_lossy(bytes);
        let pieces = self.pieces.iter().map(|piece| String::from_utf8_lossy(piece));
        let mut leaks: Vec<String> =
            pieces.filter(|piece| text.contains(&**piece)).map(|piece| format!("`{piece}`")).collect();
        let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '%' | '=' | '_');
        let is_varied = |word: &&str| word.chars().collect::<BTreeSet<_>>().len() > 8;
        let words = text.split(|c| !is_code(c)).filter(|word| is_text && word.len() > LONGEST_WORD);
        let words = words.filter(is_varied);
        leaks.extend(words.map(|word| format!("maybe a signature: `{word}`")));
        leaks
    }
}

/// The contents of a zip archive's files, one after the other.
fn unzip(archive: &[u8]) -> Vec<u8> {
    let number = |at: usize| usize::from(archive[at]) + (usize::from(archive[at + 1]) << 8);
    let mut out = Vec::new();
    for at in (0..archive.len().saturating_sub(30)).filter(|at| archive[*at..].starts_with(b"PK\x03\x04")) {
        let content = &archive[at + 30 + number(at + 26) + number(at + 28)..];
        assert_eq!(number(at + 8), 8, "deflated");
        DeflateDecoder::new(content).read_to_end(&mut out).expect("a whole file");
    }
    assert!(!out.is_empty(), "an archive has files");
    out
}

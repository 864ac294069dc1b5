//! The forms of a secret in a text: its encodings, and the escapes that each of their characters may be written with.

use std::fmt::{LowerHex, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::secret::{Secret, Zeroizing};

/// Characters to look for, each as it is or escaped.
pub(super) type Needle = Zeroizing<Vec<char>>;

/// The bytes that an escape may have beside those of its character: leads, digits, what a name or a number in HTML is made of.
pub(super) const ESCAPES: &[u8] = b"%\\&#;+uUxX0123456789abcdefABCDEFgtlmpqos";

/// Longest reference to a character in HTML: `&#x10ffff;`.
const LONGEST_REFERENCE: usize = 10;

/// What to look for: the secret, its base64 in both alphabets, be it encoded alone or behind one or two bytes more, its hex.
pub(super) fn needles(secret: &Secret) -> Vec<Needle> {
    let raw = secret.expose();
    if secret.is_short() {
        return Vec::new();
    }
    let characters = |text: &str| Zeroizing::new(text.chars().collect::<Vec<char>>());
    let digits = |digits: &[u8; 16]| {
        let digit = |index: u8| char::from(digits[usize::from(index)]);
        Zeroizing::new(raw.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<Vec<_>>())
    };
    let mut found = vec![characters(raw), digits(b"0123456789abcdef"), digits(b"0123456789ABCDEF")];
    for alphabet in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        found.push(characters(&Zeroizing::new(alphabet.encode(raw))));
        for before in 0..3 {
            let bytes = Zeroizing::new([&[0; 3][..before], raw.as_bytes()].concat());
            let encoded = Zeroizing::new(alphabet.encode(&bytes));
            // Six bits a character: those that hold a bit of what stands before or behind differ with it.
            found.push(characters(&encoded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6]));
        }
    }
    found.sort_unstable_by(|one, other| one.as_slice().cmp(other));
    found.dedup();
    found
}

/// How a text begins that has the character, in bytes: as it is, or as one of its escapes.
pub(super) fn leads(c: char) -> impl Iterator<Item = u8> {
    let mut buffer = [0; 4];
    let raw = c.encode_utf8(&mut buffer).as_bytes()[0];
    [raw, b'%', b'\\', b'&'].into_iter().chain((c == ' ').then_some(b'+'))
}

/// Where a character at the start of a text may end.
#[derive(Default)]
pub(super) struct Ends {
    pub(super) lengths: Vec<usize>,
    /// Whether the text may stop in the middle of one of its forms.
    pub(super) unfinished: bool,
}

/// The forms of a character that `text` begins with.
pub(super) fn ends(c: char, text: &[u8], ends: &mut Ends) {
    ends.lengths.clear();
    ends.unfinished = false;
    let mut buffer = [0; 4];
    let raw = c.encode_utf8(&mut buffer).as_bytes();
    ends.literal(text, raw);
    // Reports are full of backslashes, and to write out an escape that cannot be there takes longer than all the rest.
    let may_follow = |wanted: &[u8]| text.get(1).is_none_or(|next| wanted.contains(next));
    match text.first() {
        Some(b'%') => ends.literal(text, hex("%", 2, raw.iter()).as_bytes()),
        Some(b'\\') => {
            if may_follow(b"uU") {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units).iter();
                ends.literal(text, hex("\\u", 4, units).as_bytes());
            }
            if c.is_ascii() && may_follow(b"xX") {
                ends.literal(text, hex("\\x", 2, raw.iter()).as_bytes());
            }
            if c.is_ascii_punctuation() {
                ends.literal(text, &[b'\\', raw[0]]);
            }
        }
        Some(b'&') => ends.reference(text, c),
        // CSV doubles it.
        Some(b'"') if c == '"' => ends.literal(text, b"\"\""),
        Some(b'+') if c == ' ' => ends.literal(text, b"+"),
        _ => {}
    }
}

/// `%c3%a4`: each number in so many digits behind the lead.
fn hex(lead: &str, digits: usize, numbers: impl Iterator<Item = impl LowerHex>) -> String {
    numbers.fold(String::new(), |mut out, number| {
        write!(out, "{lead}{number:0digits$x}").expect("writing to a string cannot fail");
        out
    })
}

impl Ends {
    /// `form` itself, or its escape with the digits in either case.
    fn literal(&mut self, text: &[u8], form: &[u8]) {
        let folds = form.len() > 2;
        let same =
            |text: &[u8], form: &[u8]| if folds { text.eq_ignore_ascii_case(form) } else { text == form };
        if text.len() < form.len() {
            self.unfinished |= same(text, &form[..text.len()]);
        } else if same(&text[..form.len()], form) {
            self.lengths.push(form.len());
        }
    }

    /// `&amp;` and the like, `&#38;`, `&#x26;`.
    fn reference(&mut self, text: &[u8], c: char) {
        let named = match c {
            '&' => "amp",
            '<' => "lt",
            '>' => "gt",
            '"' => "quot",
            '\'' => "apos",
            _ => "",
        };
        let body = &text[1..text.len().min(LONGEST_REFERENCE)];
        let Some(end) = body.iter().position(|byte| *byte == b';') else {
            let whole = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
            self.unfinished |= text.len() < LONGEST_REFERENCE && body.iter().all(whole);
            return;
        };
        let Ok(body) = std::str::from_utf8(&body[..end]) else { return };
        let number = match body.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            },
            None => None,
        };
        if number == Some(u32::from(c)) || (!named.is_empty() && body == named) {
            // `&`, the body, `;`.
            self.lengths.push(end + 2);
        }
    }
}

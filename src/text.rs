//! Words and characters: plurals, "did you mean", and text made inert for a terminal.
//!
//! What a format needs beyond this (HTML, Markdown, CSV) is escaped in `report`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `1 token`, `2 keys`, `2 queries`: the count and the noun in the number that fits.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

/// Longest word that is compared with others, in characters: comparing takes time by the product of the lengths.
const LONGEST_COMPARED: usize = 80;

/// The candidate nearest to `word`, when it is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(LONGEST_COMPARED + 1).count();
    if length > LONGEST_COMPARED {
        return None;
    }
    let folded = word.to_lowercase();
    let most = |candidate: &str| 1 + candidate.chars().count() / 5;
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= most(candidate))
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= most(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `` `a`, `b`, `c` ``: literals in a message.
#[must_use]
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// At most `limit` characters of `text`, with `…` where the rest was.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A text of several lines on one, with single spaces: for lists.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character acts on a terminal or on the direction of text instead of being shown: control characters
/// (C0 but for tab and line feed, DEL, C1), bidi embeddings, overrides and isolates, and the two Unicode line ends.
#[must_use]
pub fn is_active(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    }
}

/// `text` with every active character (see [`is_active`]) written out as `\u{1b}`. Tabs and line feeds stay.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    rewritten(text, |_| false, push_written_out)
}

/// As [`inert`], and line ends of two characters stay.
#[must_use]
pub fn inert_lines(text: &str) -> Cow<'_, str> {
    rewritten(text, |rest| rest.starts_with("\r\n"), push_written_out)
}

/// As [`inert`], on one line: tabs and line feeds are written out as well.
#[must_use]
pub fn inert_line(text: &str) -> Cow<'_, str> {
    written_out(text, |c| is_active(c) || c == '\n' || c == '\t')
}

/// JSON with every active character as a `\u` escape: the same values, inert on a terminal. Active characters can only
/// stand inside strings: JSON's own white space is inert.
#[must_use]
pub fn inert_json(json: &str) -> Cow<'_, str> {
    let escape = |out: &mut String, c: char| {
        write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string cannot fail");
    };
    rewritten(json, |_| false, escape)
}

/// `text` with its active characters as `push` writes them, but for those at whose place in the text `stays` says otherwise.
fn rewritten(text: &str, stays: impl Fn(&str) -> bool, push: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut from, mut at) = (0, 0);
    while let Some((place, c)) = next_active(text, at) {
        at = place + c.len_utf8();
        if !stays(&text[place..]) {
            out.push_str(&text[from..place]);
            push(&mut out, c);
            from = at;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// The next active character from a byte on, and where it is. Few bytes can begin one, so few characters are looked at.
fn next_active(text: &str, from: usize) -> Option<(usize, char)> {
    let pieces = text.as_bytes()[from..].chunks(PIECE).enumerate();
    let pieces = pieces.filter(|(_, piece)| may_act(piece));
    let mut places = pieces.flat_map(|(index, piece)| {
        let found = piece.iter().enumerate().filter(|(_, byte)| may_be_active(**byte));
        found.map(move |(offset, _)| from + index * PIECE + offset)
    });
    let active = |at: usize| text[at..].chars().next().filter(|c| is_active(*c)).map(|c| (at, c));
    places.find_map(active)
}

/// Bytes that are looked through at once.
const PIECE: usize = 64;

/// Whether an active character may be among the bytes of a text.
#[must_use]
pub fn may_act(text: &[u8]) -> bool {
    // All of them are looked at, many at once: to stop at the first takes longer.
    text.iter().fold(false, |found, byte| found | may_be_active(*byte))
}

/// Whether a byte is an active character, or the first byte of what may be one.
fn may_be_active(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n' && byte != b'\t') || matches!(byte, 0x7f | 0xc2 | 0xe2)
}

fn written_out(text: &str, active: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&active) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if active(c) { push_written_out(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

fn push_written_out(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => write!(out, "\\u{{{:x}}}", u32::from(c)).expect("writing to a string cannot fail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_count() {
        assert_eq!(counted(0, "token"), "0 tokens");
        assert_eq!(counted(1, "token"), "1 token");
        assert_eq!(counted(2, "page"), "2 pages");
        assert_eq!(counted(1, "query"), "1 query");
        assert_eq!(counted(2, "query"), "2 queries");
        assert_eq!(counted(2, "key"), "2 keys");
    }

    #[test]
    fn nearest_takes_a_slip_and_leaves_a_stranger() {
        let names = ["adminName", "adminId", "status"];
        assert_eq!(nearest("adminNam", names), Some("adminName"));
        assert_eq!(nearest("ADMINID", names), Some("adminId"));
        assert_eq!(nearest("stauts", names), Some("status"));
        assert_eq!(nearest("colour", names), None);
        let long = "a".repeat(1_000_000);
        assert_eq!(nearest(&long, ["b", long.as_str()]), None);
    }

    #[test]
    fn active_characters_are_written_out() {
        let cases = [
            ("plain ✓", "plain ✓"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("c1 \u{9b}31m", "c1 \\u{9b}31m"),
            ("rtl \u{202e}gpj", "rtl \\u{202e}gpj"),
            ("bell\u{7}\r\n\tx", "bell\\u{7}\\r\n\tx"),
        ];
        for (raw, shown) in cases {
            assert_eq!(inert(raw), shown);
        }
        assert_eq!(inert_line("a\n\tb"), "a\\n\\tb");
    }

    #[test]
    fn json_escapes_keep_the_value() {
        let raw = "a\u{1b}[31m\u{9b}\u{202e}\u{7f}ü\n\t";
        let json = serde_json::to_string(raw).expect("a string is JSON");
        let json = inert_json(&json);
        assert!(!json.contains(is_active), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), raw);
    }

    #[test]
    fn every_active_character_is_looked_for() {
        for c in ('\0'..='\u{ffff}').filter(|c| is_active(*c)) {
            assert!(may_be_active(c.to_string().as_bytes()[0]), "{c:?}");
        }
    }

    #[test]
    fn shortened_counts_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äöü…");
    }
}

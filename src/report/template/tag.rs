//! The tags of a template's text, found in one linear pass: `{{…}}` with what each opens or closes.
//!
//! Two things need them that the parsed form does not give: a limit on nesting before the recursive parser sees the text,
//! and the place of a name inside its tag.

use std::ops::Range;

/// What a tag does to the nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `{{#…}}`
    Open,
    /// `{{/…}}`
    Close,
    /// `{{else if …}}`: nested in the parsed form.
    Chain,
    /// Anything else.
    Other,
}

/// A tag and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// From its first brace to its last.
    pub(super) span: Range<usize>,
    /// What it does.
    pub(super) role: Role,
    /// How deep brackets nest in it.
    pub(super) brackets: usize,
}

/// The tags of a text in order. Escaped ones (`\{{`) are text.
pub(super) fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|offset| at + offset) {
        let backslashes = text[..start].len() - text[..start].trim_end_matches('\\').len();
        let tag = if backslashes == 1 {
            // `\{{{{` is one escape as well.
            at = start + text[start..].len().min(if text[start..].starts_with("{{{{") { 4 } else { 2 });
            continue;
        } else {
            tag(text, start)
        };
        at = tag.span.end;
        found.push(tag);
    }
    found
}

fn tag(text: &str, start: usize) -> Tag {
    let rest = &text[start..];
    let until = |end: &str| rest.find(end).map_or(text.len(), |offset| start + offset + end.len());
    let other = |end: usize| Tag { span: start..end, role: Role::Other, brackets: 0 };
    if rest.starts_with("{{!--") {
        return other(until("--}}"));
    }
    if rest.starts_with("{{!") {
        return other(until("}}"));
    }
    if rest.starts_with("{{{{") {
        // A raw block as a whole: what is in it is no template.
        let close = rest.find("{{{{/").map_or(text.len(), |offset| start + offset);
        return other(text[close..].find("}}}}").map_or(text.len(), |offset| close + offset + 4));
    }
    let (end, brackets) = end(text, start + 2);
    let inner = rest[2..end - start].trim_start_matches(['~', ' ', '\t', '\n', '\r']);
    Tag { span: start..end, role: role(inner), brackets }
}

fn role(inner: &str) -> Role {
    match inner.as_bytes().first() {
        Some(b'#') => Role::Open,
        Some(b'/') => Role::Close,
        _ => {
            let chained =
                inner.strip_prefix("else").or_else(|| inner.strip_prefix('^')).is_some_and(|rest| {
                    let rest = rest.trim_start();
                    !rest.is_empty() && !rest.starts_with(['}', '~', '.', '=', ':'])
                });
            if chained { Role::Chain } else { Role::Other }
        }
    }
}

/// Where a tag ends whose inside begins at `from`, and how deep brackets nest in it.
fn end(text: &str, from: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => at = closing_quote(bytes, at, quote),
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' if bytes.get(at + 1) == Some(&b'}') => {
                let third = text[from..].starts_with('{') || text[from..].starts_with("~{");
                let third = third && bytes.get(at + 2) == Some(&b'}');
                return (at + 2 + usize::from(third), deepest);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), deepest)
}

/// The closing quote, or the opening one where none follows in the line: then it is no string.
fn closing_quote(bytes: &[u8], open: usize, quote: u8) -> usize {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' => return open,
            byte if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    open
}

/// Where `word` stands as a whole token in `text`, from the offset `from` on; strings are passed over.
pub(super) fn find_word(text: &str, word: &str, from: usize) -> Option<Range<usize>> {
    let inside = |c: char| c.is_alphanumeric() || "_-$:@./[]".contains(c);
    let mut at = from;
    while let Some(offset) = text.get(at..)?.find(|c: char| inside(c) || c == '"' || c == '\'') {
        let start = at + offset;
        let quote = text.as_bytes()[start];
        if quote == b'"' || quote == b'\'' {
            at = closing_quote(text.as_bytes(), start, quote) + 1;
            continue;
        }
        if text[start..].starts_with(word) {
            let end = start + word.len();
            let whole = text[end..].chars().next().is_none_or(|next| !inside(next));
            if whole && !word.is_empty() {
                return Some(start..end);
            }
        }
        let length = text[start..].find(|c: char| !inside(c)).unwrap_or(text.len() - start);
        at = start + length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(&str, Role)> {
        tags(text).into_iter().map(|tag| (&text[tag.span], tag.role)).collect()
    }

    #[test]
    fn tags_are_found_with_their_role() {
        let text = "a {{#if x}}b{{~else if (y \"}}\")}}{{else}}{{{ z }}}{{~/if}} \\{{no}} {{!-- {{no}} --}}{{! no }}";
        assert_eq!(
            shown(text),
            [
                ("{{#if x}}", Role::Open),
                ("{{~else if (y \"}}\")}}", Role::Chain),
                ("{{else}}", Role::Other),
                ("{{{ z }}}", Role::Other),
                ("{{~/if}}", Role::Close),
                ("{{!-- {{no}} --}}", Role::Other),
                ("{{! no }}", Role::Other),
            ]
        );
    }

    #[test]
    fn raw_blocks_and_open_ends() {
        assert_eq!(
            shown("{{{{raw}}}}{{#x}}{{{{/raw}}}}{{y}}"),
            [("{{{{raw}}}}{{#x}}{{{{/raw}}}}", Role::Other), ("{{y}}", Role::Other)]
        );
        assert_eq!(
            shown("{{^ if x}}{{^}}{{elsewhere}}").iter().filter(|tag| tag.1 == Role::Chain).count(),
            2
        );
        for open in ["{{", "{{{", "{{!--", "{{!", "{{{{raw}}}}", "{{\"", "\\{{", "\\{{{{", "\\\\{{x"] {
            tags(open);
        }
    }

    #[test]
    fn words_are_found_whole_and_outside_strings() {
        let text = "{{date \"note\" notes this.note note}}";
        assert_eq!(find_word(text, "note", 0), Some(30..34));
        assert_eq!(find_word(text, "this.note", 0), Some(20..29));
        assert_eq!(find_word(text, "absent", 0), None);
        assert_eq!(find_word(text, "note", 31), None);
    }
}

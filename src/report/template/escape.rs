//! Text from a portal made inert for the format it lands in: HTML, Markdown, a CSV cell.
//!
//! Each function takes one value and knows nothing of what stands around it, so it also covers the case that the value
//! begins or ends a line. Control and bidi characters are gone before, see `Context`.

use std::fmt::Write as _;

use super::Kind;

/// Appends a text, inert for templates of a kind.
pub(in crate::report) fn push(out: &mut String, value: &str, kind: Kind) {
    match kind {
        Kind::Html => push_html(out, value),
        Kind::Markdown => push_markdown(out, value),
        Kind::Csv => push_csv(out, value),
        Kind::Text => out.push_str(value),
    }
}

/// Inert in HTML text and in quoted attributes.
fn push_html(out: &mut String, value: &str) {
    let mut rest = value;
    while let Some(at) =
        rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'`' | b'='))
    {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&#34;",
            b'\'' => "&#39;",
            b'`' => "&#96;",
            _ => "&#61;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Inert in Markdown: one table cell stays one cell, HTML is text, nothing becomes a link, a heading or emphasis.
///
/// Characters in the middle of ordinary text (`-`, `.`, the `_` of `svc_reader`) stay as they are.
fn push_markdown(out: &mut String, value: &str) {
    if is_plain(value) {
        return out.push_str(value);
    }
    // Four spaces at the start of a line would make a code block.
    let value = value.trim_start_matches([' ', '\t']);
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut before = None;
    let mut rest = value.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let after = rest.peek().map(|(_, next)| *next);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // The two that make links and mentions of plain text.
            '@' => entity(out, c),
            ':' if value[at..].starts_with("://") => entity(out, c),
            '.' if ends_in_www(&value[..at]) => entity(out, c),
            '\r' if after == Some('\n') => {}
            '\n' | '\r' => out.push_str("<br>"),
            '\t' => out.push(' '),
            '_' if is_word(before) && is_word(after) => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '~' | '|' => escaped(out, c),
            '#' | '=' | '!' if at == 0 => escaped(out, c),
            // A list item needs a space; `--` and more of it is a line or a heading.
            '+' | '-' if at == 0 && (ends_marker(after) || after == Some(c)) => escaped(out, c),
            '.' | ')' if at == digits && ends_marker(after) => escaped(out, c),
            // Before the template's own `[`, it would make an image of a link.
            '!' if after.is_none() => escaped(out, c),
            c => out.push(c),
        }
        before = Some(c);
    }
}

/// Whether nothing in it is more than a letter to Markdown, wherever it stands: most values are.
fn is_plain(value: &str) -> bool {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b',' | b'/' | b'(') || byte >= 0x80
    };
    value.bytes().next().is_none_or(|byte| byte.is_ascii_alphanumeric()) && value.bytes().all(plain)
}

/// One CSV cell: quoted where it must be, and no formula for a spreadsheet.
fn push_csv(out: &mut String, value: &str) {
    let formula = is_formula(value);
    let edge = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let quoted = value.bytes().any(|byte| matches!(byte, b'"' | b',' | b';' | b'\n' | b'\r' | b'\t'))
        || (!formula && edge(value.chars().next()))
        || edge(value.chars().next_back());
    if quoted {
        out.push('"');
    }
    if formula {
        out.push('\'');
    }
    if quoted {
        for (index, part) in value.split('"').enumerate() {
            if index > 0 {
                out.push_str("\"\"");
            }
            out.push_str(part);
        }
        out.push('"');
    } else {
        out.push_str(value);
    }
}

/// Whether a spreadsheet may take the cell for a formula. A plain negative number is none.
fn is_formula(value: &str) -> bool {
    if value.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let start = value.trim_start();
    let number = start.strip_prefix('-').is_some_and(|digits| {
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.trim_end().parse::<f64>().is_ok()
    });
    // The full-width forms are taken for the plain ones where they are typed.
    start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && !number
}

fn ends_in_www(before: &str) -> bool {
    before.len() >= 3 && before.as_bytes()[before.len() - 3..].eq_ignore_ascii_case(b"www")
}

/// Whether the mark of a list item ends here: what follows may be the template's own text.
fn ends_marker(after: Option<char>) -> bool {
    after.is_none_or(char::is_whitespace)
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

fn escaped(out: &mut String, c: char) {
    out.push('\\');
    out.push(c);
}

fn entity(out: &mut String, c: char) {
    write!(out, "&#{};", u32::from(c)).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str, kind: Kind) -> String {
        let mut out = String::new();
        push(&mut out, value, kind);
        out
    }

    #[test]
    fn html_is_text() {
        let cases = [
            ("plain ✓", "plain ✓"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("a\" onload='x' `y` =", "a&#34; onload&#61;&#39;x&#39; &#96;y&#96; &#61;"),
            ("&amp;", "&amp;amp;"),
        ];
        for (raw, shown) in cases {
            assert_eq!(of(raw, Kind::Html), shown);
        }
    }

    #[test]
    fn markdown_stays_in_its_cell() {
        let cases = [
            ("plain - text. (2026-11-23) 10.0.0.1!?", "plain - text. (2026-11-23) 10.0.0.1!?"),
            ("svc_reader_2 *now*", "svc_reader_2 \\*now\\*"),
            ("_x_", "\\_x\\_"),
            ("a | b\\| c", "a \\| b\\\\\\| c"),
            ("a\r\nb\nc\rd\te", "a<br>b<br>c<br>d e"),
            ("<img src=x onerror=\"y\">", "&lt;img src=x onerror=&quot;y&quot;&gt;"),
            ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
            ("![x](y)", "\\!\\[x\\](y)"),
            ("wow!", "wow\\!"),
            ("https://evil.example www.evil.example", "https&#58;//evil.example www&#46;evil.example"),
            ("jane@acme.example @team", "jane&#64;acme.example &#64;team"),
            ("# head", "\\# head"),
            ("    code", "code"),
            ("--- ", "\\--- "),
            ("===", "\\==="),
            ("+ item", "\\+ item"),
            ("+49 30 -12", "+49 30 -12"),
            ("-", "\\-"),
            ("-12", "-12"),
            ("12. item", "12\\. item"),
            ("1) item", "1\\) item"),
            (". x", "\\. x"),
            ("1.5 and 2.", "1.5 and 2."),
            ("2.", "2\\."),
            ("`code` ~~no~~ {{x}}", "\\`code\\` \\~\\~no\\~\\~ \\{\\{x\\}\\}"),
            ("=cmd()", "\\=cmd()"),
        ];
        for (raw, shown) in cases {
            assert_eq!(of(raw, Kind::Markdown), shown, "{raw:?}");
        }
    }

    #[test]
    fn csv_cells_are_no_formulas() {
        let cases = [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=cmd()", "'=cmd()"),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("+1", "'+1"),
            ("-1+1", "'-1+1"),
            ("-inf", "'-inf"),
            ("@SUM(1)", "'@SUM(1)"),
            (" =1", "' =1"),
            ("\t=1", "\"'\t=1\""),
            ("\rx", "\"'\rx\""),
            ("＝1", "'＝1"),
            ("-12", "-12"),
            ("-1.5", "-1.5"),
            (" x", "\" x\""),
        ];
        for (raw, shown) in cases {
            assert_eq!(of(raw, Kind::Csv), shown, "{raw:?}");
        }
    }
}

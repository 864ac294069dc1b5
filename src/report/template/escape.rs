//! Text from a portal made inert for the format it lands in: HTML, Markdown, a CSV cell.
//!
//! Each function takes one value and knows nothing of what stands around it, so it also covers the case that the value
//! begins or ends a line. Control and bidi characters are gone before, see `Context`.

use std::fmt::Write as _;

/// Inert in HTML text and in quoted attributes.
pub(in crate::report) fn html(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' | '\'' | '`' | '=' => entity(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// Inert in Markdown: one table cell stays one cell, HTML is text, nothing becomes a link, a heading or emphasis.
///
/// Characters in the middle of ordinary text (`-`, `.`, the `_` of `svc_reader`) stay as they are.
pub(in crate::report) fn markdown(value: &str) -> String {
    // Four spaces at the start of a line would make a code block.
    let value = value.trim_start_matches([' ', '\t']);
    let mut out = String::with_capacity(value.len() + 8);
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
            '@' => entity(&mut out, c),
            ':' if value[at..].starts_with("://") => entity(&mut out, c),
            '.' if ends_in_www(&value[..at]) => entity(&mut out, c),
            '\r' if after == Some('\n') => {}
            '\n' | '\r' => out.push_str("<br>"),
            '\t' => out.push(' '),
            '_' if is_word(before) && is_word(after) => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '~' | '|' => escaped(&mut out, c),
            '#' | '=' | '!' if at == 0 => escaped(&mut out, c),
            // A list item needs a space; `--` and more of it is a line or a heading.
            '+' | '-' if at == 0 && (ends_marker(after) || after == Some(c)) => escaped(&mut out, c),
            '.' | ')' if at == digits && ends_marker(after) => escaped(&mut out, c),
            // Before the template's own `[`, it would make an image of a link.
            '!' if after.is_none() => escaped(&mut out, c),
            c => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// One CSV cell: quoted where it must be, and no formula for a spreadsheet.
pub(in crate::report) fn csv(value: &str) -> String {
    let defused = if is_formula(value) { format!("'{value}") } else { value.to_owned() };
    let edge = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let quoted = defused.contains(['"', ',', ';', '\n', '\r', '\t'])
        || edge(defused.chars().next())
        || edge(defused.chars().next_back());
    if quoted { format!("\"{}\"", defused.replace('"', "\"\"")) } else { defused }
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

    #[test]
    fn html_is_text() {
        let cases = [
            ("plain ✓", "plain ✓"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("a\" onload='x' `y` =", "a&#34; onload&#61;&#39;x&#39; &#96;y&#96; &#61;"),
            ("&amp;", "&amp;amp;"),
        ];
        for (raw, shown) in cases {
            assert_eq!(html(raw), shown);
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
            assert_eq!(markdown(raw), shown, "{raw:?}");
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
            assert_eq!(csv(raw), shown, "{raw:?}");
        }
    }
}

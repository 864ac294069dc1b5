//! Labels that fit: on one line, cut, or broken at their spaces.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The most characters of a label that are looked at, shown or not.
const MOST: usize = 200;

/// The text on one line, of a bearable length.
pub(super) fn line(text: &str) -> String {
    let start: String = text.chars().take(MOST + 1).collect();
    let words = crate::text::one_line(&start);
    crate::text::shortened(&words, MOST).into_owned()
}

/// The text on one line, in at most so many columns of a terminal; `…` stands for what is left out.
pub(super) fn cut(text: &str, columns: usize) -> String {
    let text = line(text);
    if text.width() <= columns {
        return text;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

/// The text cut, and filled up with spaces.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let missing = columns.saturating_sub(text.width());
    text + &" ".repeat(missing)
}

/// The width in columns of a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text on at most two lines of so many columns.
pub(super) fn broken(text: &str, columns: usize) -> Vec<String> {
    let text = line(text);
    if text.width() <= columns {
        return vec![text];
    }
    let fits = |at: &usize| text[..*at].width() <= columns;
    let space = text.match_indices(' ').map(|(at, _)| at).rfind(fits);
    match space {
        Some(at) => vec![text[..at].to_owned(), cut(&text[at + 1..], columns)],
        None => vec![cut(&text, columns)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_fit() {
        assert_eq!(cut("jane\n doe", 20), "jane doe");
        assert_eq!(cut("svc-terraform", 6), "svc-t…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(padded("ab", 4), "ab  ");
        assert_eq!(broken("90 to 364 days", 10), ["90 to 364", "days"]);
        assert_eq!(broken("never used", 10), ["never used"]);
        assert_eq!(broken("unbreakable-name", 8), ["unbreak…"]);
        assert!(line(&"x".repeat(1_000_000)).chars().count() <= MOST + 1);
    }
}

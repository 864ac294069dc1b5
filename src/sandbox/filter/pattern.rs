//! Text with wildcards, matched exactly or as a part without regard to case.

/// A quoted value, ready to be matched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    /// The text between wildcards.
    exact: Vec<String>,
    /// The same in lower case, with a wildcard before and after it.
    part: Vec<String>,
}

impl Pattern {
    /// `*` matches any run of characters; every other character is itself.
    pub(super) fn new(text: String) -> Self {
        let exact = text.split('*').map(str::to_owned).collect();
        let part = format!("*{}*", lower(&text)).split('*').map(str::to_owned).collect();
        Self { text, exact, part }
    }

    /// The text as it was given, for comparisons of order.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is the whole of `text`, case and all.
    pub(super) fn equals(&self, text: &str) -> bool {
        spans(&self.exact, text)
    }

    /// Whether `text` has it somewhere, in whatever case.
    pub(super) fn is_within(&self, text: &str) -> bool {
        spans(&self.part, &lower(text))
    }
}

/// Each letter by itself, so that a part is lowered as it is inside the whole.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether `text` is these parts in their order with anything between them.
fn spans(parts: &[String], text: &str) -> bool {
    let [first, rest @ ..] = parts else { return false };
    let [middle @ .., last] = rest else { return text == first };
    let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        let Some(at) = text.find(part.as_str()) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_any_run() {
        let cases = [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("abc", "Abc", false),
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*b*", "b", true),
            ("", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::new(pattern.to_owned()).equals(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_part_is_found_in_whatever_case() {
        let cases = [
            ("B", "abc", true),
            ("", "abc", true),
            ("å", "BJÖRN ÅKESSON", true),
            ("b*d", "abcde", true),
            ("d*b", "abcde", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::new(pattern.to_owned()).is_within(text), expected, "{pattern} in {text}");
        }
    }
}

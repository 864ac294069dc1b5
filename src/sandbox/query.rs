//! The query string of a request.

use percent_encoding::percent_decode_str;

/// Names and values of a query string, decoded once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(raw: &str) -> Self {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
        )
    }

    /// The first value of that name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Percent-decoded, with `+` as a space.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_once() {
        let query = Query::parse("a=1&&b+c=%2B+%2525&d&e=f=g&a=2");
        let cases =
            [("a", Some("1")), ("b c", Some("+ %25")), ("d", Some("")), ("e", Some("f=g")), ("x", None)];
        for (name, value) in cases {
            assert_eq!(query.value(name), value, "{name}");
        }
    }
}

//! What a difference says, as plain text: dates as dates, known numbers as words, texts in quotes.

use serde_json::Value;

use super::Change;
use crate::catalog::{Field, FieldType, TOKEN_FIELDS};
use crate::text;

/// Most characters of a value.
const MOST: usize = 60;
/// Characters that are kept before the place where two long texts part.
const BEFORE: usize = 12;
/// Most changes that a message tells.
const MOST_CHANGES: usize = 6;

/// `status: enabled → disabled`.
#[must_use]
pub fn told(change: &Change) -> String {
    format!("{}: {}", change.field, values(change))
}

/// `status enabled → disabled, note "a" → "b"`.
pub(super) fn all(changes: &[Change]) -> String {
    let told = changes.iter().take(MOST_CHANGES);
    let mut told: Vec<String> = told.map(|change| format!("{} {}", change.field, values(change))).collect();
    if changes.len() > MOST_CHANGES {
        told.push(format!("and {} more", changes.len() - MOST_CHANGES));
    }
    told.join(", ")
}

fn values(change: &Change) -> String {
    let field = TOKEN_FIELDS.iter().find(|field| field.name == change.field);
    let (old, new) = match (&change.old, &change.new) {
        (Value::String(old), Value::String(new)) => {
            let from = parting(old, new);
            (quoted(old, from), quoted(new, from))
        }
        (old, new) => (value(old, field), value(new, field)),
    };
    format!("{old} → {new}")
}

fn value(value: &Value, field: Option<&Field>) -> String {
    match value {
        Value::Null if field.is_some_and(|field| field.zero_is_null) => "never".to_owned(),
        Value::Null => "none".to_owned(),
        Value::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => {
            number.as_i64().and_then(|number| named(number, field?)).unwrap_or_else(|| number.to_string())
        }
        Value::String(text) => quoted(text, 0),
        Value::Array(items) => {
            let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            if words.len() == items.len() {
                format!("[{}]", line(&words.join(", ")))
            } else {
                line(&value.to_string())
            }
        }
        Value::Object(_) => line(&value.to_string()),
    }
}

/// A number's word, or the time it is.
fn named(number: i64, field: &Field) -> Option<String> {
    if field.kind == FieldType::EpochSeconds {
        return jiff::Timestamp::from_second(number).ok().map(|time| time.to_string());
    }
    field.labels.iter().find(|(known, _)| *known == number).map(|(_, word)| (*word).to_owned())
}

/// Where, in characters, two texts begin to be told: what long ones have in common says nothing.
fn parting(old: &str, new: &str) -> usize {
    let common = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    let is_long = |text: &str| text.chars().nth(MOST).is_some();
    if is_long(old) || is_long(new) { common.saturating_sub(BEFORE) } else { 0 }
}

fn quoted(text: &str, from: usize) -> String {
    let start = text.char_indices().nth(from).map_or(text.len(), |(at, _)| at);
    let cut = if from > 0 { "…" } else { "" };
    format!("\"{cut}{}\"", line(&text[start..]))
}

/// One line of what may be long and act on a terminal.
pub(super) fn line(value: &str) -> String {
    text::inert_line(&text::shortened(value, MOST)).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_as_people_read_them() {
        let long = |end: &str| json!(format!("{}{end}", "a ".repeat(50)));
        let cases = [
            ("status", json!(2), json!(1), "status: enabled → disabled"),
            ("status", json!(2), json!(7), "status: enabled → 7"),
            ("status", json!(null), json!(true), "status: none → yes"),
            ("note", json!("a"), json!("b\n\u{1b}"), "note: \"a\" → \"b\\n\\u{1b}\""),
            ("note", json!(""), json!(null), "note: \"\" → none"),
            ("roles", json!(["a", "b"]), json!([]), "roles: [a, b] → []"),
            ("roles", json!([1]), json!({"a": 1}), "roles: [1] → {\"a\":1}"),
            (
                "createdOn",
                json!(1_700_000_000),
                json!(i64::MAX),
                "createdOn: 2023-11-14T22:13:20Z → 9223372036854775807",
            ),
            ("lastUsedOn", json!(null), json!("x"), "lastUsedOn: never → \"x\""),
            ("newer", json!(1.5), json!(null), "newer: 1.5 → none"),
            ("note", long("x"), long("y"), "note: \"…a a a a a a x\" → \"…a a a a a a y\""),
        ];
        for (field, old, new, expected) in cases {
            assert_eq!(told(&Change { field: field.to_owned(), old, new }), expected);
        }
    }

    #[test]
    fn a_message_has_an_end() {
        let changes: Vec<Change> = (0..9)
            .map(|number| Change { field: format!("f{number}"), old: json!(0), new: json!(1) })
            .collect();
        assert_eq!(all(&changes), "f0 0 → 1, f1 0 → 1, f2 0 → 1, f3 0 → 1, f4 0 → 1, f5 0 → 1, and 3 more");
    }
}

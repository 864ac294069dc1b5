//! `default`, `json`, `join`, `truncate`, `upper`, `lower`, `title` and `url`: values as they are, as JSON, as one text.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::call::{Call, found};
use crate::report::template::{push, written};

/// What RFC 3986 calls unreserved stays as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Most characters that `truncate` keeps.
const MAX_KEPT: u64 = 100_000;

/// `{{default note "no note"}}`: the value, or the fallback when it is null, an empty text or an empty list.
#[expect(clippy::unnecessary_wraps, reason = "helpers have one signature")]
pub(super) fn default(call: &Call<'_>) -> Result<Value, String> {
    let empty = match call.param(0) {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    };
    Ok(call.param(usize::from(empty)).clone())
}

/// `{{json roles}}`: compact JSON. A `<` in it is written `\u003c`, so that even raw output in a script element cannot end it.
#[expect(clippy::unnecessary_wraps, reason = "helpers have one signature")]
pub(super) fn json(call: &Call<'_>) -> Result<Value, String> {
    Ok(Value::from(call.param(0).to_string().replace('<', "\\u003c")))
}

/// `{{join roles ", "}}`: the values of a list as one text. Nothing for null; the separator is `, ` when there is none.
pub(super) fn join(call: &Call<'_>) -> Result<Value, String> {
    let separator = match call.optional(1) {
        None => ", ",
        Some(Value::String(text)) => text,
        Some(other) => return Err(format!("expected a separator as text, found {}", found(other))),
    };
    match call.param(0) {
        Value::Null => Ok(Value::Null),
        Value::Array(values) => {
            let mut text = String::new();
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push_str(separator);
                }
                push(&mut text, value);
                call.check_room(text.len())?;
            }
            Ok(Value::from(text))
        }
        other => Err(format!("expected a list, found {}", found(other))),
    }
}

/// `{{truncate note 40}}`: at most so many characters, the last of them `…` where some are left out. Line ends stay.
pub(super) fn truncate(call: &Call<'_>) -> Result<Value, String> {
    let most = call.param(1);
    let most = most
        .as_u64()
        .filter(|most| (1..=MAX_KEPT).contains(most))
        .and_then(|most| usize::try_from(most).ok())
        .ok_or_else(|| format!("expected a length from 1 to {MAX_KEPT}, found {}", found(most)))?;
    changed(call, |text| match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    })
}

/// `{{upper tokenType}}`: `LMV1`.
pub(super) fn upper(call: &Call<'_>) -> Result<Value, String> {
    changed(call, str::to_uppercase)
}

/// `{{lower adminName}}`
pub(super) fn lower(call: &Call<'_>) -> Result<Value, String> {
    changed(call, str::to_lowercase)
}

/// `{{title "api token"}}`: `Api Token`. What follows the first letter of a word stays as it is.
pub(super) fn title(call: &Call<'_>) -> Result<Value, String> {
    changed(call, |text| {
        let mut out = String::with_capacity(text.len());
        let mut before = ' ';
        for c in text.chars() {
            if before.is_whitespace() {
                out.extend(c.to_uppercase());
            } else {
                out.push(c);
            }
            before = c;
        }
        out
    })
}

/// `{{url adminName}}`: percent-encoded, for one part of an address: nothing in it can end that part or change the scheme.
pub(super) fn url(call: &Call<'_>) -> Result<Value, String> {
    changed(call, |text| utf8_percent_encode(text, RESERVED).to_string())
}

/// Null stays null.
fn changed(call: &Call<'_>, change: impl Fn(&str) -> String) -> Result<Value, String> {
    match call.param(0) {
        Value::Null => Ok(Value::Null),
        Value::String(text) => Ok(Value::from(change(text))),
        value @ (Value::Bool(_) | Value::Number(_)) => Ok(Value::from(change(&written(value)))),
        other => Err(format!("expected a text, found {}", found(other))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_default_stands_for_nothing_only() {
        let of = |value: Value| default(&Call::of(&[&value, &json!("-")], &[])).expect("it takes everything");
        for nothing in [json!(null), json!(""), json!([])] {
            assert_eq!(of(nothing), json!("-"));
        }
        for something in [json!(0), json!(false), json!(" "), json!(["a"])] {
            assert_eq!(of(something.clone()), something);
        }
    }

    #[test]
    fn json_is_compact_and_ends_no_script() {
        let value = json!({"a": [1, null, "</script>\""]});
        let text = json(&Call::of(&[&value], &[])).expect("it takes everything");
        assert_eq!(text, json!(r#"{"a":[1,null,"\u003c/script>\""]}"#));
        let read: Value = serde_json::from_str(text.as_str().unwrap()).expect("it is still JSON");
        assert_eq!(read, value);
    }

    #[test]
    fn lists_are_joined() {
        let roles = json!(["admin", "reader", 3]);
        assert_eq!(join(&Call::of(&[&roles], &[])), Ok(json!("admin, reader, 3")));
        assert_eq!(join(&Call::of(&[&roles, &json!("/")], &[])), Ok(json!("admin/reader/3")));
        assert_eq!(join(&Call::of(&[&json!([])], &[])), Ok(json!("")));
        assert_eq!(join(&Call::of(&[&json!(null)], &[])), Ok(json!(null)));
        assert!(join(&Call::of(&[&json!("x")], &[])).is_err_and(|why| why.contains("expected a list")));
        assert!(join(&Call::of(&[&roles, &json!(1)], &[])).is_err_and(|why| why.contains("separator")));
    }

    #[test]
    fn a_joined_text_is_limited() {
        let (values, separator) = (json!(["a", "b", "c"]), json!("x".repeat(100)));
        let mut call = Call::of(&[&values, &separator], &[]);
        call.room = 150;
        assert!(join(&call).is_err_and(|why| why.contains("too large")));
    }

    #[test]
    fn texts_are_cut_by_characters() {
        let of = |text: &str, most: u64| truncate(&Call::of(&[&json!(text), &json!(most)], &[]));
        for (text, most, expected) in
            [("äöü", 3, "äöü"), ("äöüß", 3, "äö…"), ("a\nbc", 3, "a\n…"), ("ab", 1, "…"), ("", 1, "")]
        {
            assert_eq!(of(text, most), Ok(json!(expected)), "{text}");
        }
        assert_eq!(truncate(&Call::of(&[&json!(12345), &json!(3)], &[])), Ok(json!("12…")));
        assert_eq!(truncate(&Call::of(&[&json!(null), &json!(3)], &[])), Ok(json!(null)));
        for odd in [json!(0), json!(-1), json!("3"), json!(null), json!(100_001)] {
            let why = truncate(&Call::of(&[&json!("x"), &odd], &[])).unwrap_err();
            assert!(why.contains("expected a length from 1 to 100000"), "{why}");
        }
    }

    #[test]
    fn letters_change_their_case() {
        let of = |run: fn(&Call<'_>) -> Result<Value, String>, value: Value| run(&Call::of(&[&value], &[]));
        assert_eq!(of(upper, json!("lmv1 straße")), Ok(json!("LMV1 STRASSE")));
        assert_eq!(of(lower, json!("Jane ÄÖ")), Ok(json!("jane äö")));
        assert_eq!(of(title, json!("api-token of\tJANE doe")), Ok(json!("Api-token Of\tJANE Doe")));
        assert_eq!(of(upper, json!(true)), Ok(json!("TRUE")));
        for run in [upper, lower, title, url] {
            assert_eq!(of(run, json!(null)), Ok(json!(null)));
            assert!(of(run, json!([])).is_err_and(|why| why.contains("expected a text, found a list")));
        }
    }

    #[test]
    fn parts_of_addresses_stay_parts() {
        let cases = [
            ("svc-terraform_1.x~", "svc-terraform_1.x~"),
            ("a b/c?d=e&f#g", "a%20b%2Fc%3Fd%3De%26f%23g"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("ü\"'<>", "%C3%BC%22%27%3C%3E"),
            ("%41", "%2541"),
        ];
        for (text, expected) in cases {
            assert_eq!(url(&Call::of(&[&json!(text)], &[])), Ok(json!(expected)), "{text}");
        }
    }
}

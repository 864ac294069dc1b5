//! `default`, `json` and `join`: values as they are, as JSON, as one text.

use handlebars::JsonRender;
use serde_json::Value;

use super::call::{Call, found};

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
            let texts: Vec<String> = values.iter().map(JsonRender::render).collect();
            Ok(Value::from(texts.join(separator)))
        }
        other => Err(format!("expected a list, found {}", found(other))),
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
}

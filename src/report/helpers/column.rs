//! `pad` and `cut`: columns of plain text, measured as a terminal shows them.

use serde_json::Value;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::call::{Call, found};
use crate::report::template::written;

/// The widest column.
const MAX_WIDTH: u64 = 500;

/// `{{pad adminName 20}}`: the value on one line, cut to 20 columns or filled up to them with spaces.
pub(super) fn pad(call: &Call<'_>) -> Result<Value, String> {
    let (mut text, width) = arguments(call)?;
    let missing = width.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    Ok(Value::from(text))
}

/// `{{cut note 40}}`: the value on one line, cut to 40 columns; `…` stands for what is left out.
pub(super) fn cut(call: &Call<'_>) -> Result<Value, String> {
    arguments(call).map(|(text, _)| Value::from(text))
}

/// The value on one line and cut, and the width.
fn arguments(call: &Call<'_>) -> Result<(String, usize), String> {
    let width = call.param(1);
    let width = width
        .as_u64()
        .filter(|width| (1..=MAX_WIDTH).contains(width))
        .and_then(|width| usize::try_from(width).ok())
        .ok_or_else(|| format!("expected a width from 1 to {MAX_WIDTH}, found {}", found(width)))?;
    let text = match call.param(0) {
        group @ Value::Object(_) => return Err(format!("expected a text, found {}", found(group))),
        value => written(value).replace(['\n', '\r', '\t'], " "),
    };
    if text.width() <= width {
        return Ok((text, width));
    }
    let mut used = 1;
    let kept = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= width
    });
    Ok((kept.chain(['…']).collect(), width))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_have_one_width() {
        let cases = [
            (json!("ab"), 4, "ab  ", "ab"),
            (json!("abcd"), 4, "abcd", "abcd"),
            (json!("abcde"), 4, "abc…", "abc…"),
            (json!("a\nb\tc"), 6, "a b c ", "a b c"),
            (json!("日本語"), 4, "日… ", "日…"),
            (json!(12), 4, "12  ", "12"),
            (json!(null), 2, "  ", ""),
            (json!("abc"), 1, "…", "…"),
        ];
        for (value, width, padded, short) in cases {
            let width = json!(width);
            let call = Call::of(&[&value, &width], &[]);
            assert_eq!(pad(&call), Ok(json!(padded)), "{value}");
            assert_eq!(cut(&call), Ok(json!(short)), "{value}");
        }
    }

    #[test]
    fn odd_arguments_are_errors() {
        for width in [json!(0), json!(-1), json!(501), json!("4"), json!(1.5), json!(null)] {
            let why = pad(&Call::of(&[&json!("x"), &width], &[])).unwrap_err();
            assert!(why.contains("expected a width from 1 to 500"), "{why}");
        }
        assert!(cut(&Call::of(&[&json!({}), &json!(3)], &[])).is_err_and(|why| why.contains("a group")));
    }
}

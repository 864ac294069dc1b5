//! `number`, `percent`, `days` and `pluralize`: numbers with what they count.

use serde_json::Value;

use super::call::{Call, found};

/// `{{number total}}`: `12,345`. Nothing for null.
pub(super) fn number(call: &Call<'_>) -> Result<Value, String> {
    match call.param(0) {
        Value::Null => Ok(Value::Null),
        Value::Number(number) => Ok(Value::from(grouped(&number.to_string()))),
        other => Err(format!("expected a number, found {}", found(other))),
    }
}

/// `{{days idleDays}}`: `12 days`. `default=`, else nothing, for null.
pub(super) fn days(call: &Call<'_>) -> Result<Value, String> {
    match whole(call.param(0))? {
        None => Ok(call.fallback(Value::Null)),
        Some(days) => Ok(Value::from(counted(days, "day"))),
    }
}

/// `{{pluralize count "token"}}`: `1 token`, `12,345 tokens`; a third argument is the plural where it is not the noun and `s`.
pub(super) fn pluralize(call: &Call<'_>) -> Result<Value, String> {
    let singular = noun(call.param(1))?;
    let plural = call.optional(2).map(noun).transpose()?;
    let plural = plural.map_or_else(|| format!("{singular}s"), str::to_owned);
    let text = match whole(call.param(0))? {
        Some(1) => format!("1 {singular}"),
        Some(count) => format!("{} {plural}", grouped(&count.to_string())),
        None => format!("an unknown number of {plural}"),
    };
    Ok(Value::from(text))
}

/// `{{percent part total}}`: `12%`, with `digits=1` `12.5%`. What is neither none nor all never rounds to it: `<1%`, `>99%`.
/// `default=`, else nothing, where the whole is 0 or one of them is not there.
pub(super) fn percent(call: &Call<'_>) -> Result<Value, String> {
    let digits = call.whole("digits", 0, 6)?.unwrap_or(0);
    let (Some(part), Some(whole)) = (amount(call.param(0))?, amount(call.param(1))?) else {
        return Ok(call.fallback(Value::Null));
    };
    if whole == 0.0 {
        return Ok(call.fallback(Value::Null));
    }
    let digits = usize::try_from(digits).unwrap_or_default();
    let share = part / whole * 100.0;
    let shown = format!("{share:.digits$}");
    let least = 0.1_f64.powi(i32::try_from(digits).unwrap_or_default());
    let text = match shown.parse::<f64>() {
        Ok(0.0) if share > 0.0 => format!("<{least:.digits$}%"),
        Ok(100.0) if share < 100.0 => format!(">{:.digits$}%", 100.0 - least),
        Ok(0.0) => format!("{:.digits$}%", 0.0),
        _ => format!("{shown}%"),
    };
    Ok(Value::from(text))
}

fn amount(value: &Value) -> Result<Option<f64>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        other => Err(format!("expected a number, found {}", found(other))),
    }
}

/// `1 day`, `2 days`, `-1 days`.
pub(super) fn counted(count: i64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn noun(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .filter(|noun| !noun.trim().is_empty())
        .ok_or_else(|| format!("expected a noun as text, found {}", found(value)))
}

fn whole(value: &Value) -> Result<Option<i64>, String> {
    if value.is_null() {
        return Ok(None);
    }
    value.as_i64().map(Some).ok_or_else(|| format!("expected a whole number, found {}", found(value)))
}

/// Commas between the thousands of what is left of the decimal point. Works on the digits, so no number is too large.
pub(in crate::report) fn grouped(number: &str) -> String {
    if number.contains(['e', 'E']) {
        return number.to_owned();
    }
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (digits, fraction) = rest.find('.').map_or((rest, ""), |point| rest.split_at(point));
    let mut out = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let cases = [
            (json!(0), json!("0")),
            (json!(999), json!("999")),
            (json!(1000), json!("1,000")),
            (json!(12345), json!("12,345")),
            (json!(-123_456), json!("-123,456")),
            (json!(1234.5), json!("1,234.5")),
            (json!(1e300), json!("1e+300")),
            (json!(i64::MIN), json!("-9,223,372,036,854,775,808")),
            (json!(null), json!(null)),
        ];
        for (value, expected) in cases {
            assert_eq!(number(&Call::of(&[&value], &[])), Ok(expected), "{value}");
        }
        let why = number(&Call::of(&[&json!("12")], &[])).unwrap_err();
        assert_eq!(why, "expected a number, found the text `12`");
    }

    #[test]
    fn days_have_their_noun() {
        let of = |value: Value| days(&Call::of(&[&value], &[("default", &json!("?"))]));
        assert_eq!(of(json!(1)), Ok(json!("1 day")));
        assert_eq!(of(json!(12)), Ok(json!("12 days")));
        assert_eq!(of(json!(i64::MIN)), Ok(json!("-9223372036854775808 days")));
        assert_eq!(of(json!(null)), Ok(json!("?")));
        assert!(of(json!(1.5)).is_err() && of(json!(u64::MAX)).is_err() && of(json!("1")).is_err());
    }

    #[test]
    fn shares_never_round_to_none_or_all() {
        let of = |part: Value, whole: Value, digits: u64| {
            percent(&Call::of(&[&part, &whole], &[("digits", &json!(digits)), ("default", &json!("-"))]))
        };
        let cases = [
            (1, 8, 0, "12%"),
            (1, 8, 1, "12.5%"),
            (0, 8, 1, "0.0%"),
            (8, 8, 0, "100%"),
            (1, 1000, 0, "<1%"),
            (999, 1000, 0, ">99%"),
            (1, 10_000, 1, "<0.1%"),
            (9_999, 10_000, 1, ">99.9%"),
            (3, 2, 0, "150%"),
            (-1, 2, 0, "-50%"),
            (1, 0, 0, "-"),
        ];
        for (part, whole, digits, expected) in cases {
            assert_eq!(of(json!(part), json!(whole), digits), Ok(json!(expected)), "{part} of {whole}");
        }
        assert_eq!(of(json!(null), json!(2), 0), Ok(json!("-")));
        assert_eq!(percent(&Call::of(&[&json!(1), &json!(null)], &[])), Ok(json!(null)));
        assert!(of(json!("1"), json!(2), 0).is_err_and(|why| why.contains("expected a number")));
        assert!(of(json!(1), json!(2), 7).is_err_and(|why| why.contains("`digits=`")));
    }

    #[test]
    fn nouns_follow_the_count() {
        let of = |params: &[&Value]| pluralize(&Call::of(params, &[]));
        let (token, entry, entries) = (json!("token"), json!("entry"), json!("entries"));
        assert_eq!(of(&[&json!(1), &token]), Ok(json!("1 token")));
        assert_eq!(of(&[&json!(0), &token]), Ok(json!("0 tokens")));
        assert_eq!(of(&[&json!(12345), &token]), Ok(json!("12,345 tokens")));
        assert_eq!(of(&[&json!(2), &entry, &entries]), Ok(json!("2 entries")));
        assert_eq!(of(&[&json!(1), &entry, &entries]), Ok(json!("1 entry")));
        assert_eq!(of(&[&json!(null), &token]), Ok(json!("an unknown number of tokens")));
        assert!(of(&[&json!(1), &json!(" ")]).is_err_and(|why| why.contains("noun")));
        assert!(of(&[&json!(1), &json!(2)]).is_err_and(|why| why.contains("noun")));
        assert!(of(&[&json!([]), &token]).is_err_and(|why| why.contains("a list")));
    }
}

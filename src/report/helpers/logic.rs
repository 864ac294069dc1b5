//! Comparisons, logic and `len`: what `#if` asks.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::call::Call;
use crate::report::template::truth;

/// `(eq status 2)`: the same value, of the same type.
pub(super) fn eq(call: &Call<'_>) -> Result<Value, String> {
    flag(same(call.param(0), call.param(1)))
}

/// `(ne status 2)`
pub(super) fn ne(call: &Call<'_>) -> Result<Value, String> {
    flag(!same(call.param(0), call.param(1)))
}

/// `(gt idleDays 90)`: numbers by size, texts by their characters. Null is neither greater nor less than anything.
pub(super) fn gt(call: &Call<'_>) -> Result<Value, String> {
    flag(order(call) == Some(Ordering::Greater))
}

/// `(gte idleDays 90)`
pub(super) fn gte(call: &Call<'_>) -> Result<Value, String> {
    flag(order(call).is_some_and(Ordering::is_ge))
}

/// `(lt idleDays 90)`
pub(super) fn lt(call: &Call<'_>) -> Result<Value, String> {
    flag(order(call) == Some(Ordering::Less))
}

/// `(lte idleDays 90)`
pub(super) fn lte(call: &Call<'_>) -> Result<Value, String> {
    flag(order(call).is_some_and(Ordering::is_le))
}

/// `(and enabled (gt idleDays 90))`
pub(super) fn and(call: &Call<'_>) -> Result<Value, String> {
    flag(call.params.iter().all(|value| truth(value)))
}

/// `(or neverUsed (gt idleDays 90))`
pub(super) fn or(call: &Call<'_>) -> Result<Value, String> {
    flag(call.params.iter().any(|value| truth(value)))
}

/// `(not enabled)`
pub(super) fn not(call: &Call<'_>) -> Result<Value, String> {
    flag(!truth(call.param(0)))
}

/// `(len records)`: elements of a list, names of a group, characters of a text; 0 of anything else.
#[expect(clippy::unnecessary_wraps, reason = "helpers have one signature")]
pub(super) fn len(call: &Call<'_>) -> Result<Value, String> {
    Ok(Value::from(match call.param(0) {
        Value::Array(values) => values.len(),
        Value::Object(map) => map.len(),
        Value::String(text) => text.chars().count(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "helpers have one signature")]
fn flag(value: bool) -> Result<Value, String> {
    Ok(Value::Bool(value))
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compared(one, other) == Some(Ordering::Equal),
        _ => one == other,
    }
}

fn order(call: &Call<'_>) -> Option<Ordering> {
    match (call.param(0), call.param(1)) {
        (Value::Number(one), Value::Number(other)) => compared(one, other),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

/// Numbers by size; whole ones exactly.
pub(super) fn compared(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A helper with its name and what it says of less, equal and greater.
    type Comparison = (fn(&Call<'_>) -> Result<Value, String>, [bool; 3]);

    #[test]
    fn values_are_compared_by_type() {
        let comparisons: [Comparison; 6] = [
            (eq, [false, true, false]),
            (ne, [true, false, true]),
            (gt, [false, false, true]),
            (gte, [false, true, true]),
            (lt, [true, false, false]),
            (lte, [true, true, false]),
        ];
        let pairs = [
            (json!(1), json!(2)),
            (json!(1), json!(1.5)),
            (json!(i64::MAX), json!(u64::MAX)),
            (json!("a"), json!("b")),
            (json!(false), json!(true)),
        ];
        for (run, expected) in comparisons {
            for (less, more) in &pairs {
                let of = |one, other| run(&Call::of(&[one, other], &[]));
                let found = [of(less, more), of(more, more), of(more, less)];
                assert_eq!(found.map(|flag| flag == Ok(json!(true))), expected, "{less} {more}");
            }
        }
        assert_eq!(eq(&Call::of(&[&json!(1), &json!(1.0)], &[])), Ok(json!(true)));
        for odd in [json!(null), json!("2"), json!([1])] {
            assert_eq!(gt(&Call::of(&[&odd, &json!(1)], &[])), Ok(json!(false)), "{odd}");
            assert_eq!(lte(&Call::of(&[&odd, &json!(1)], &[])), Ok(json!(false)), "{odd}");
        }
    }

    #[test]
    fn logic_asks_whether_there_is_something() {
        let nothing = [json!(null), json!(false), json!(0), json!(0.0), json!(""), json!([]), json!({})];
        let something = [json!(true), json!(-1), json!("x"), json!([null]), json!({"a": null})];
        for value in &nothing {
            assert_eq!(not(&Call::of(&[value], &[])), Ok(json!(true)), "{value}");
            assert_eq!(or(&Call::of(&[value, &json!(1)], &[])), Ok(json!(true)), "{value}");
            assert_eq!(and(&Call::of(&[value, &json!(1)], &[])), Ok(json!(false)), "{value}");
        }
        for value in &something {
            assert_eq!(not(&Call::of(&[value], &[])), Ok(json!(false)), "{value}");
            assert_eq!(or(&Call::of(&[&json!(0), value], &[])), Ok(json!(true)), "{value}");
            assert_eq!(and(&Call::of(&[value, value], &[])), Ok(json!(true)), "{value}");
        }
    }

    #[test]
    fn lengths_of_lists_groups_and_texts() {
        let cases =
            [(json!([1, 2]), 2), (json!({"a": 1}), 1), (json!("äb"), 2), (json!(null), 0), (json!(7), 0)];
        for (value, expected) in cases {
            assert_eq!(len(&Call::of(&[&value], &[])), Ok(json!(expected)), "{value}");
        }
    }
}

//! `sort_by`, `group_by`, `count_by`, `where`, `sum`, `min`, `max`: lists of a list, and numbers of one.

use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::call::{Call, found};
use super::logic::compared;
use crate::report::template::size;

/// `(sort_by records "-idleDays" "id")`: by one key after the other, `-` for the greatest first, what is missing last. Without
/// a key by the elements themselves. `limit=` keeps the first ones.
pub(super) fn sort_by(call: &Call<'_>) -> Result<Value, String> {
    let keys: Vec<Key<'_>> = call.texts(1)?.into_iter().map(Key::of).collect();
    let mut values: Vec<&Value> = call.list()?.iter().collect();
    if keys.is_empty() {
        values.sort_by(|one, other| missing_last(one, other).unwrap_or_else(|| order(one, other)));
    } else {
        values.sort_by(|one, other| {
            keys.iter()
                .map(|key| key.order(one, other))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
    }
    let limit = call.whole("limit", 0, u64::from(u32::MAX))?;
    values.truncate(limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    copied(call, values)
}

/// `(group_by records "adminName")`: a `{key, count, items}` for each value, in the order of their first element. An element
/// whose value is a list is in the group of each member.
pub(super) fn group_by(call: &Call<'_>) -> Result<Value, String> {
    let field = call.texts(1)?.first().copied().unwrap_or_default();
    // Each copy has all members again.
    let copies =
        |element: &Value| size(element).saturating_mul(at(element, field).as_array().map_or(1, Vec::len));
    call.check_room(call.list()?.iter().map(copies).fold(0, usize::saturating_add))?;
    let groups = grouped(call)?;
    let group = |(key, items): (&Value, Vec<&Value>)| {
        let count = items.len();
        let items: Vec<Value> = items.into_iter().cloned().collect();
        json!({"key": key, "count": count, "items": items})
    };
    Ok(groups.into_iter().map(group).collect())
}

/// `(count_by records "tokenType")`: a `{value, count}` for each value, the most first.
pub(super) fn count_by(call: &Call<'_>) -> Result<Value, String> {
    let mut groups = grouped(call)?;
    groups.sort_by(|(one, ones), (other, others)| {
        let by_value = || missing_last(one, other).unwrap_or_else(|| order(one, other));
        others.len().cmp(&ones.len()).then_with(by_value)
    });
    Ok(groups.into_iter().map(|(key, items)| json!({"value": key, "count": items.len()})).collect())
}

/// `(where records "$[?@.idleDays > 90]")`: the records that a JSONPath selects.
pub(super) fn select(call: &Call<'_>) -> Result<Value, String> {
    let path = call.path.ok_or("expected a JSONPath as text")?;
    let records = call.list()?;
    let indices = path.select(call.param(0));
    copied(call, indices.into_iter().filter_map(|index| records.get(index)).collect())
}

/// `{{sum records "idleDays"}}`: of a field, or of the elements themselves. What is missing counts as 0.
pub(super) fn sum(call: &Call<'_>) -> Result<Value, String> {
    let (mut whole, mut fraction) = (0_i128, None);
    for number in numbers(call)? {
        match (number.as_i128(), number.as_f64()) {
            (Some(number), _) => whole += number,
            (None, Some(number)) => fraction = Some(fraction.unwrap_or(0.0) + number),
            (None, None) => {}
        }
    }
    if let Some(fraction) = fraction {
        #[expect(clippy::cast_precision_loss, reason = "a sum with fractions is no exact number")]
        return Ok(Value::from(fraction + whole as f64));
    }
    let small = i64::try_from(whole).map(Value::from).ok();
    small
        .or_else(|| u64::try_from(whole).map(Value::from).ok())
        .ok_or_else(|| "the sum is too large".to_owned())
}

/// `{{date (min records "createdOn")}}`: the least that is there. `default=`, else null, where nothing is.
pub(super) fn min(call: &Call<'_>) -> Result<Value, String> {
    extreme(call, Ordering::Less)
}

/// `{{days (max records "idleDays")}}`: the greatest.
pub(super) fn max(call: &Call<'_>) -> Result<Value, String> {
    extreme(call, Ordering::Greater)
}

fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<Value, String> {
    let best = numbers(call)?
        .into_iter()
        .reduce(|best, number| if compared(number, best) == Some(wanted) { number } else { best });
    Ok(best.map_or_else(|| call.fallback(Value::Null), |number| Value::Number(number.clone())))
}

fn numbers<'c>(call: &'c Call<'_>) -> Result<Vec<&'c serde_json::Number>, String> {
    let field = call.texts(1)?.into_iter().next();
    let mut numbers = Vec::new();
    for element in call.list()? {
        match field.map_or(element, |field| at(element, field)) {
            Value::Number(number) => numbers.push(number),
            Value::Null => {}
            other => return Err(format!("expected numbers, found {}", found(other))),
        }
    }
    Ok(numbers)
}

/// Elements by the value of a field, in the order of the first of each.
fn grouped<'c>(call: &'c Call<'_>) -> Result<Vec<(&'c Value, Vec<&'c Value>)>, String> {
    let fields = call.texts(1)?;
    let field = fields.first().copied().unwrap_or_default();
    let mut groups: Vec<(&Value, Vec<&Value>)> = Vec::new();
    let mut known: HashMap<&Value, usize> = HashMap::new();
    let mut add = |key, element| match known.entry(key) {
        Entry::Occupied(place) => groups[*place.get()].1.push(element),
        Entry::Vacant(place) => {
            place.insert(groups.len());
            groups.push((key, vec![element]));
        }
    };
    for element in call.list()? {
        match at(element, field) {
            Value::Array(members) if members.is_empty() => add(&Value::Null, element),
            Value::Array(members) => {
                let mut seen = HashSet::new();
                for member in members.iter().filter(|member| seen.insert(*member)) {
                    add(member, element);
                }
            }
            key => add(key, element),
        }
    }
    Ok(groups)
}

/// The value at a path of names with dots between them, a number for an element of a list; null where there is none.
pub(super) fn at<'v>(element: &'v Value, path: &str) -> &'v Value {
    let step = |value: &'v Value, name: &str| match value {
        Value::Array(values) => values.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    };
    path.split('.').try_fold(element, step).unwrap_or(&Value::Null)
}

fn copied(call: &Call<'_>, values: Vec<&Value>) -> Result<Value, String> {
    call.check_room(values.iter().map(|value| size(value)).sum())?;
    Ok(values.into_iter().cloned().collect())
}

struct Key<'k> {
    path: &'k str,
    greatest_first: bool,
}

impl<'k> Key<'k> {
    fn of(text: &'k str) -> Self {
        let (path, greatest_first) = text.strip_prefix('-').map_or((text, false), |path| (path, true));
        Self { path, greatest_first }
    }

    fn order(&self, one: &Value, other: &Value) -> Ordering {
        let (one, other) = (at(one, self.path), at(other, self.path));
        missing_last(one, other).unwrap_or_else(|| {
            let order = order(one, other);
            if self.greatest_first { order.reverse() } else { order }
        })
    }
}

/// The order where one of two is missing.
fn missing_last(one: &Value, other: &Value) -> Option<Ordering> {
    (one.is_null() || other.is_null()).then(|| one.is_null().cmp(&other.is_null()))
}

/// Numbers by size, texts by their characters, lists by their members; different types in a fixed order.
fn order(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compared(one, other).unwrap_or(Ordering::Equal),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Array(one), Value::Array(other)) => {
            let members = one.iter().zip(other).map(|(one, other)| order(one, other));
            members.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        _ => rank(one).cmp(&rank(other)),
    }
}

#[cfg(test)]
mod tests;

//! `bar_chart`, `histogram`, `donut` and `sparkline`: what a template counts, as a chart in the kind of the template.
//!
//! They make markup, so they write it themselves and escape what is in it: SVG in HTML, characters in a fenced block in
//! Markdown, one cell in CSV, characters alone elsewhere.

use std::collections::HashMap;

use serde_json::Value;

use super::call::{Call, found};
use super::number::grouped;
use super::step;
use crate::catalog::{Field, FieldType, TOKEN_FIELDS};
use crate::report::chart::{Chart, Part, Shape};
use crate::report::column::of_json;
use crate::report::shown::shown;
use crate::report::template::{Kind, escaped};

/// The `name=value` arguments of all of them.
pub(super) const HASH: &[&str] = &["title", "top", "noun"];

/// The most parts that can be asked for.
const MOST: u64 = 100;
/// The most points of a sparkline.
const POINTS: usize = 120;

/// `{{bar_chart stats.adminName}}`: a bar for each value.
pub(super) fn bar_chart(call: &Call<'_>) -> Result<Value, String> {
    drawn(Shape::Bars, call)
}

/// `{{histogram records "idleDays"}}`: a column for each step.
pub(super) fn histogram(call: &Call<'_>) -> Result<Value, String> {
    drawn(Shape::Histogram, call)
}

/// `{{donut stats.status}}`: a ring of shares.
pub(super) fn donut(call: &Call<'_>) -> Result<Value, String> {
    drawn(Shape::Donut, call)
}

/// `{{sparkline stats.age}}`: a line no taller than a word.
pub(super) fn sparkline(call: &Call<'_>) -> Result<Value, String> {
    drawn(Shape::Sparkline, call)
}

/// How many parts `top=` asks for.
///
/// # Errors
/// When it is no number that it may be.
pub(super) fn top(value: &Value) -> Result<usize, String> {
    let top = value.as_u64().filter(|top| (1..=MOST).contains(top));
    top.and_then(|top| usize::try_from(top).ok())
        .ok_or_else(|| format!("`top=` takes a whole number from 1 to {MOST}, found {}", found(value)))
}

/// The chart as markup of a template of this kind.
fn drawn(shape: Shape, call: &Call<'_>) -> Result<Value, String> {
    Ok(Value::from(written(&chart(shape, call)?, call.kind)))
}

fn written(chart: &Chart, kind: Kind) -> String {
    match kind {
        Kind::Html => chart.html(),
        Kind::Markdown if chart.shape == Shape::Sparkline => chart.text(),
        // Each line of it begins with a name: none can close the fence, which only blanks may follow.
        Kind::Markdown => format!("~~~~text\n{}\n~~~~", indented(&chart.text())),
        Kind::Csv => escaped(&chart.text(), Kind::Csv),
        Kind::Text => chart.text(),
    }
}

/// A name could be a fence; behind four spaces it is none.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn chart(shape: Shape, call: &Call<'_>) -> Result<Chart, String> {
    let items = call.list()?;
    let field = match call.optional(1) {
        None => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(other) => return Err(format!("expected the name of a field, found {}", found(other))),
    };
    let parts = parts(shape, items, field)?;
    let total: f64 = parts.iter().map(|part| part.amount).sum();
    let most = call.named("top").map(top).transpose()?;
    let noun = call.text("noun")?;
    Ok(Chart {
        shape,
        title: call.text("title")?.map(str::to_owned),
        parts: folded(shape, parts, most, noun),
        total: amount(total),
        empty: "nothing to show".to_owned(),
    })
}

/// An amount of each value.
fn parts(shape: Shape, items: &[Value], field: Option<&str>) -> Result<Vec<Part>, String> {
    let known = field.and_then(|name| TOKEN_FIELDS.iter().find(|field| field.name == name));
    // Records may have names as counts have them, and have the field that is counted.
    let are_records = field.is_some_and(|name| items.iter().all(|item| item.get(name).is_some()));
    let counted: Option<Vec<Part>> = items.iter().map(|item| count(item, known)).collect();
    if let Some(parts) = counted.filter(|_| !are_records || items.is_empty()) {
        return Ok(parts);
    }
    let wanted = "expected a list of counts (`value` and `count`), of numbers, or of records with a field";
    let field = field.ok_or_else(|| format!("{wanted}, found no field"))?;
    let value = |item: &'_ Value| match item {
        Value::Object(record) => Ok(record.get(field).cloned().unwrap_or_default()),
        other => Err(format!("{wanted}, found {}", found(other))),
    };
    let values: Vec<Value> = items.iter().map(value).collect::<Result<_, _>>()?;
    Ok(match shape {
        Shape::Sparkline => {
            values.iter().filter_map(|value| Some(part(word(value, known), value.as_f64()?))).collect()
        }
        Shape::Histogram if values.iter().any(Value::is_number) => steps(&values, known),
        _ => tallied(&values, known),
    })
}

/// An entry of `stats`, what another helper counted, or a number alone.
fn count(item: &Value, known: Option<&Field>) -> Option<Part> {
    match item {
        Value::Number(number) => Some(part(String::new(), number.as_f64()?)),
        Value::Object(entry) => {
            let value = entry.get("value").or_else(|| entry.get("key"))?;
            Some(part(word(value, known), entry.get("count")?.as_f64()?))
        }
        _ => None,
    }
}

/// How many records have each value; a record with a list counts for each member of it.
fn tallied(values: &[Value], known: Option<&Field>) -> Vec<Part> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut parts: Vec<Part> = Vec::new();
    for value in values {
        let members = value.as_array().filter(|members| !members.is_empty());
        for value in members.map_or(std::slice::from_ref(value), Vec::as_slice) {
            let word = word(value, known);
            let place = *places.entry(word.clone()).or_insert(parts.len());
            match parts.get_mut(place) {
                Some(part) => part.amount += 1.0,
                None => parts.push(part(word, 1.0)),
            }
        }
    }
    parts.sort_by(|one, other| one.label.cmp(&other.label));
    parts.into_iter().map(|found| part(found.label, found.amount)).collect()
}

/// How many records are in each step of what is counted or timed, and how many have no number.
fn steps(values: &[Value], known: Option<&Field>) -> Vec<Part> {
    let times = known.is_some_and(|field| field.kind == FieldType::EpochSeconds);
    let is_none = |value: &&Value| times && value.as_i64() == Some(0);
    let numbers = values.iter().filter(|value| !is_none(value)).filter_map(whole);
    let numbers: Vec<i64> = numbers.collect();
    let scale = if times { step::of_times(&numbers) } else { step::of_numbers(&numbers) };
    let mut parts: Vec<Part> =
        scale.into_iter().map(|(label, count)| part(label, f64::from(count))).collect();
    let without = values.len() - numbers.len();
    if let Ok(count @ 1..) = u32::try_from(without) {
        let word = if known.is_some_and(|field| field.zero_is_null) { "never" } else { "none" };
        parts.push(part(word.to_owned(), f64::from(count)));
    }
    parts
}

fn whole(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number beyond the largest integers is drawn as the largest"
    )]
    value.as_i64().or_else(|| value.as_f64().map(|value| value.floor() as i64))
}

/// The parts that are drawn: the largest ones by name and the others as one, or the first ones where their order counts.
fn folded(shape: Shape, mut parts: Vec<Part>, most: Option<usize>, noun: Option<&str>) -> Vec<Part> {
    let usual = match shape {
        Shape::Bars => 10,
        Shape::Histogram => 24,
        Shape::Donut => 6,
        Shape::Sparkline => return averaged(&parts),
    };
    let most = most.unwrap_or(usual);
    if shape != Shape::Histogram {
        parts.sort_by(|one, other| other.amount.total_cmp(&one.amount));
    }
    // The place of the rest is as well that of the one part it would stand for.
    if parts.len() <= most + 1 {
        return parts;
    }
    let rest = parts.split_off(most);
    let count = amount(f64::from(u32::try_from(rest.len()).unwrap_or(u32::MAX)));
    let label = match noun {
        Some(noun) => format!("{count} other {noun}s"),
        None => format!("{count} others"),
    };
    let sum = rest.iter().map(|part| part.amount).sum();
    parts.push(Part { rest: true, ..part(label, sum) });
    parts
}

/// At most so many points as can be told apart, each the mean of its neighbours.
fn averaged(parts: &[Part]) -> Vec<Part> {
    let together = parts.len().div_ceil(POINTS).max(1);
    let mean = |parts: &[Part]| {
        let count = f64::from(u32::try_from(parts.len()).unwrap_or(u32::MAX));
        let label = parts.first().map(|part| part.label.clone()).unwrap_or_default();
        part(label, parts.iter().map(|part| part.amount / count).sum())
    };
    parts.chunks(together).map(mean).collect()
}

fn part(label: String, value: f64) -> Part {
    // A sum of the largest numbers is the largest number, for want of a larger one.
    let value = value.clamp(f64::MIN, f64::MAX);
    Part { label, amount: value, shown: amount(value), rest: false }
}

/// The value in words: what its field calls it.
fn word(value: &Value, known: Option<&Field>) -> String {
    match value {
        Value::Null if known.is_none_or(|field| !field.zero_is_null) => "none".to_owned(),
        Value::String(text) if text.trim().is_empty() => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        value => shown(&of_json(value.clone()), known).into_owned(),
    }
}

fn amount(value: f64) -> String {
    let text = if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        Value::from(value).to_string()
    };
    grouped(&text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(shape: Shape, params: &[&Value], hash: &[(&str, &Value)]) -> Vec<(String, String)> {
        let chart = chart(shape, &Call::of(params, hash)).expect("it can be drawn");
        chart.parts.into_iter().map(|part| (part.label, part.shown)).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(label, shown)| ((*label).to_owned(), (*shown).to_owned())).collect()
    }

    #[test]
    fn counts_and_records_make_the_same_parts() {
        let counts =
            json!([{"value": 2, "count": 1200}, {"value": 1, "count": 3}, {"value": null, "count": 1}]);
        let status = json!("status");
        let expected = pairs(&[("enabled", "1,200"), ("disabled", "3"), ("none", "1")]);
        assert_eq!(made(Shape::Donut, &[&counts, &status], &[]), expected);
        let records = json!([{"status": 1}, {"status": 2}, {"status": 2}, {"status": null}]);
        let expected = pairs(&[("enabled", "2"), ("disabled", "1"), ("none", "1")]);
        assert_eq!(made(Shape::Bars, &[&records, &status], &[]), expected);
        let roles = json!([{"roles": ["a", "b"]}, {"roles": ["a"]}, {"roles": []}, {}]);
        let expected = pairs(&[("a", "2"), ("none", "2"), ("b", "1")]);
        assert_eq!(made(Shape::Bars, &[&roles, &json!("roles")], &[]), expected);
        // Fields newer than lmq may have any name.
        let odd = json!([{"note": "a", "value": "x", "count": 70}, {"note": "a", "value": "y", "count": 1}]);
        assert_eq!(made(Shape::Bars, &[&odd, &json!("note")], &[]), pairs(&[("a", "2")]));
        assert_eq!(made(Shape::Bars, &[&odd, &json!("value")], &[]), pairs(&[("x", "1"), ("y", "1")]));
    }

    #[test]
    fn the_small_ones_are_drawn_as_one() {
        let owners: Value =
            (0..1_000).map(|n| json!({"value": format!("owner{n:03}"), "count": 1_000 - n})).collect();
        let parts = made(Shape::Bars, &[&owners], &[("top", &json!(2)), ("noun", &json!("owner"))]);
        assert_eq!(
            parts,
            pairs(&[("owner000", "1,000"), ("owner001", "999"), ("998 other owners", "498,501")])
        );
        assert_eq!(made(Shape::Bars, &[&owners], &[]).len(), 11);
        let three = json!([3, 2, 1]);
        assert_eq!(made(Shape::Bars, &[&three], &[("top", &json!(2))]).len(), 3, "no rest of one");
    }

    #[test]
    fn histograms_keep_their_order_and_make_steps() {
        let counts = json!([{"value": "under 7 days", "count": 1}, {"value": "more", "count": 9}]);
        assert_eq!(made(Shape::Histogram, &[&counts], &[]), pairs(&[("under 7 days", "1"), ("more", "9")]));
        let ages: Value = [0, 4, 30, 31, 99]
            .iter()
            .map(|days| json!({"ageDays": days}))
            .chain([json!({"ageDays": null})])
            .collect();
        let parts = made(Shape::Histogram, &[&ages, &json!("ageDays")], &[]);
        assert_eq!(parts.first(), pairs(&[("0–9", "2")]).first());
        assert_eq!(parts.last(), pairs(&[("none", "1")]).last());
        assert_eq!(parts.len(), 11);
        let owners = json!([{"adminName": "b"}, {"adminName": "a"}, {"adminName": "b"}]);
        let expected = pairs(&[("a", "1"), ("b", "2")]);
        assert_eq!(made(Shape::Histogram, &[&owners, &json!("adminName")], &[]), expected);
    }

    #[test]
    fn sparklines_average_what_is_too_much() {
        let values: Value = (0..10_000).map(|n| json!({"ageDays": n})).collect();
        let parts = made(Shape::Sparkline, &[&values, &json!("ageDays")], &[]);
        assert!(parts.len() <= POINTS && parts.len() > POINTS / 2, "{}", parts.len());
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        let list = json!([1]);
        let cases = [
            (vec![json!("x")], None, "expected a list, found the text `x`"),
            (vec![list.clone(), json!(1)], None, "expected the name of a field, found `1`"),
            (vec![json!([{"id": 1}])], None, "found no field"),
            (vec![json!([true]), json!("id")], None, "found `true`"),
            (vec![list], Some(json!(0)), "`top=` takes a whole number from 1 to 100, found `0`"),
        ];
        for (params, top, expected) in cases {
            let hash: Vec<(&str, &Value)> = top.iter().map(|top| ("top", top)).collect();
            let params: Vec<&Value> = params.iter().collect();
            let why = chart(Shape::Bars, &Call::of(&params, &hash)).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
        assert!(made(Shape::Donut, &[&json!([])], &[]).is_empty());
    }

    #[test]
    fn each_kind_gets_its_markup() {
        let list = json!([{"value": "~~~~", "count": 1}, {"value": "</pre>", "count": 2}]);
        let chart = chart(Shape::Bars, &Call::of(&[&list], &[])).expect("it can be drawn");
        assert!(written(&chart, Kind::Html).contains("&lt;/pre&gt;"));
        let markdown = written(&chart, Kind::Markdown);
        assert!(markdown.starts_with("~~~~text\n    ") && markdown.ends_with("\n~~~~"), "{markdown}");
        assert_eq!(markdown.lines().filter(|line| line.starts_with("~~~~")).count(), 2);
        let csv = written(&chart, Kind::Csv);
        assert!(csv.starts_with('"') && csv.ends_with('"'), "{csv}");
    }
}

//! The helpers of templates: a table of their names and arguments, and the functions behind lmq's own.
//!
//! A helper is a function from JSON values to a JSON value. It never writes, so the escaping of the template's kind always
//! comes after it, and it knows nothing of Handlebars: the adapter is in `call`. Whether a template calls them rightly is
//! checked in `template::check`, by this table. Charts and `records_table` alone
//! make markup, and write it.

mod call;
mod chart;
mod column;
mod number;
mod records;
mod step;
mod text;
mod time;

use std::ops::RangeInclusive;

use handlebars::Handlebars;
use serde_json::Value;

use super::template::Kind;
use call::{Call, Function};
pub(super) use number::grouped;

/// How a helper may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{{date x}}` and `(date x)`.
    Value,
    /// `{{#each x}}…{{/each}}`.
    Block,
    /// Both: `(eq a b)` and `{{#eq a b}}…{{/eq}}`.
    Both,
}

/// What a helper gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// What its first argument is.
    First,
}

/// A helper as the check of templates sees it.
#[derive(Debug)]
pub(super) struct Helper {
    /// Its name in templates.
    pub(super) name: &'static str,
    /// How it may be called.
    pub(super) form: Form,
    /// How many positional arguments it takes.
    pub(super) params: RangeInclusive<usize>,
    /// The names of its `name=value` arguments.
    pub(super) hash: &'static [&'static str],
    /// What it gives.
    pub(super) gives: Gives,
    /// lmq's own function; Handlebars brings the others.
    run: Option<Function>,
}

const ANY: usize = usize::MAX;

/// Every helper a template may call.
pub(super) static HELPERS: &[Helper] = &[
    block("if", &["includeZero"]),
    block("unless", &["includeZero"]),
    block("each", &[]),
    block("with", &[]),
    Helper { params: 0..=0, ..block("raw", &[]) },
    condition("eq", 2..=2),
    condition("ne", 2..=2),
    condition("gt", 2..=2),
    condition("gte", 2..=2),
    condition("lt", 2..=2),
    condition("lte", 2..=2),
    condition("and", 1..=ANY),
    condition("or", 1..=ANY),
    condition("not", 1..=1),
    Helper { run: None, ..value("len", 1..=1, &[], Gives::Number, number::number) },
    value("date", 1..=1, &["format", "default"], Gives::Text, time::date),
    value("datetime", 1..=1, &["default"], Gives::Text, time::datetime),
    value("ago", 1..=1, &["default"], Gives::Text, time::ago),
    value("days", 1..=1, &["default"], Gives::Text, number::days),
    value("number", 1..=1, &[], Gives::Text, number::number),
    value("pluralize", 2..=3, &[], Gives::Text, number::pluralize),
    value("default", 2..=2, &[], Gives::First, text::default),
    value("json", 1..=1, &[], Gives::Text, text::json),
    value("join", 1..=2, &[], Gives::Text, text::join),
    value("pad", 2..=2, &[], Gives::Text, column::pad),
    value("cut", 2..=2, &[], Gives::Text, column::cut),
    drawn(chart::CHARTS[0].0),
    drawn(chart::CHARTS[1].0),
    drawn(chart::CHARTS[2].0),
    drawn(chart::CHARTS[3].0),
    Helper { params: 2..=2, hash: &["caption"], ..drawn(records::NAME) },
];

/// The helper of that name.
pub(super) fn by_name(name: &str) -> Option<&'static Helper> {
    HELPERS.iter().find(|helper| helper.name == name)
}

/// Gives the registry lmq's own helpers, for templates of this kind.
pub(super) fn register(registry: &mut Handlebars<'_>, kind: Kind) {
    chart::register(registry, kind);
    records::register(registry, kind);
    for helper in HELPERS {
        if let Some(run) = helper.run {
            registry.register_helper(helper.name, Box::new(call::Adapter { name: helper.name, run }));
        }
    }
}

/// Whether `date` can write a time in this `format=`.
///
/// # Errors
/// When it cannot, with the reason.
pub(super) fn check_date_format(format: &str) -> Result<(), String> {
    time::date(&Call::of(&[&Value::from(1)], &[("format", &Value::from(format))])).map(drop)
}

/// Whether a helper draws a chart.
pub(super) fn is_chart(name: &str) -> bool {
    chart::CHARTS.iter().any(|(chart, _)| *chart == name)
}

/// Whether `top=` of a chart can be this.
///
/// # Errors
/// When it cannot, with the reason.
pub(super) fn check_top(top: &Value) -> Result<(), String> {
    chart::top(top).map(drop)
}

const fn drawn(name: &'static str) -> Helper {
    Helper { name, form: Form::Value, params: 1..=2, hash: chart::HASH, gives: Gives::Text, run: None }
}

const fn block(name: &'static str, hash: &'static [&'static str]) -> Helper {
    Helper { name, form: Form::Block, params: 1..=1, hash, gives: Gives::Text, run: None }
}

const fn condition(name: &'static str, params: RangeInclusive<usize>) -> Helper {
    Helper { name, form: Form::Both, params, hash: &[], gives: Gives::Flag, run: None }
}

const fn value(
    name: &'static str,
    params: RangeInclusive<usize>,
    hash: &'static [&'static str],
    gives: Gives,
    run: Function,
) -> Helper {
    Helper { name, form: Form::Value, params, hash, gives, run: Some(run) }
}

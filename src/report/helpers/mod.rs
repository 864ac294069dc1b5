//! The helpers of templates: a table of their names and arguments, and the functions behind them.
//!
//! A helper is a function from JSON values to a JSON value. It never writes, so the escaping of the template's kind always
//! comes after it, but for those that make markup (`markup`), which escape what they are given. Whether a template calls them
//! rightly is checked in `template::argument`, by this table. All of them are lmq's own: the sets of helpers there are for
//! Handlebars read files and the environment, and take what they do not understand for nothing.

mod call;
mod chart;
mod column;
mod list;
mod logic;
mod markup;
mod number;
mod records;
mod step;
mod text;
mod time;

use std::ops::RangeInclusive;

use serde_json::Value;

pub(super) use call::{Call, Function};
pub(super) use number::grouped;
pub(super) use time::is_time;

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
    /// A text that is escaped already.
    Markup,
    /// A number.
    Number,
    /// A number of a list, or of a field of its elements.
    Member,
    /// True or false.
    Flag,
    /// What its first argument is.
    First,
    /// What its first argument is, or its second.
    Either,
    /// A list of `{key, count, items}`, where the items are elements of its first argument.
    Groups,
    /// A list of `{value, count}`.
    Counts,
}

/// What the positional arguments of a helper have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Anything; a value that is not there is nothing.
    Anything,
    /// Any values.
    Values,
    /// What is written as one text each, or a list of such.
    Cells,
    /// What has elements, names or characters.
    Sized,
    /// Two values of one type.
    Pair,
    /// A time.
    Time,
    /// Numbers, as many as this, and texts behind them.
    Numbers(usize),
    /// A value that is one text, and perhaps a length.
    Text,
    /// A list, and perhaps a text.
    List,
    /// A list, and the names of fields of its elements.
    Fields(Names),
    /// A list of records, and a JSONPath.
    Path,
    /// A list of records, and columns.
    Table,
    /// A list to draw, and perhaps the field of records that is counted.
    Drawn,
}

/// The names that are arguments of a helper: written out, so that they are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// A field.
    Plain,
    /// A field with numbers. Without one, the elements are numbers.
    Numbers,
    /// A field, perhaps with `-` in front.
    Keys,
    /// A field, perhaps with `=` and a heading behind it.
    Columns,
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
    /// What its positional arguments are.
    pub(super) takes: Takes,
    /// Its function; a block that is part of the language has none.
    pub(super) run: Option<Function>,
}

impl Helper {
    /// Whether it needs no list of all records where it is given them: it goes through them, counts them, or asks whether there
    /// are some.
    pub(super) fn takes_in_turn(&self) -> bool {
        self.lists_records() || matches!(self.name, "if" | "unless" | "and" | "or" | "not" | "each" | "len")
    }

    /// Whether it shows any field of the records that it is given.
    pub(super) fn lists_records(&self) -> bool {
        self.name == "records_table"
    }
}

const ANY: usize = usize::MAX;

/// Every helper a template may call.
pub(super) static HELPERS: &[Helper] = &[
    block("if", &["includeZero"]),
    block("unless", &["includeZero"]),
    block("each", &[]),
    block("with", &[]),
    Helper { params: 0..=0, ..block("raw", &[]) },
    condition("eq", 2..=2, Takes::Pair, logic::eq),
    condition("ne", 2..=2, Takes::Pair, logic::ne),
    condition("gt", 2..=2, Takes::Pair, logic::gt),
    condition("gte", 2..=2, Takes::Pair, logic::gte),
    condition("lt", 2..=2, Takes::Pair, logic::lt),
    condition("lte", 2..=2, Takes::Pair, logic::lte),
    condition("and", 1..=ANY, Takes::Anything, logic::and),
    condition("or", 1..=ANY, Takes::Anything, logic::or),
    condition("not", 1..=1, Takes::Anything, logic::not),
    value("len", 1..=1, &[], Takes::Sized, Gives::Number, logic::len),
    value("date", 1..=1, &["format", "tz", "default"], Takes::Time, Gives::Text, time::date),
    value("datetime", 1..=1, &["tz", "default"], Takes::Time, Gives::Text, time::datetime),
    value("ago", 1..=1, &["default"], Takes::Time, Gives::Text, time::ago),
    value("age", 1..=1, &["unit", "tz", "default"], Takes::Time, Gives::Text, time::age),
    value("duration", 1..=1, &["default"], Takes::Numbers(1), Gives::Text, time::duration),
    value("days", 1..=1, &["default"], Takes::Numbers(1), Gives::Text, number::days),
    value("number", 1..=1, &[], Takes::Numbers(1), Gives::Text, number::number),
    value("percent", 2..=2, &["digits", "default"], Takes::Numbers(2), Gives::Text, number::percent),
    value("pluralize", 2..=3, &[], Takes::Numbers(1), Gives::Text, number::pluralize),
    value("default", 2..=2, &[], Takes::Values, Gives::Either, text::default),
    value("json", 1..=1, &[], Takes::Values, Gives::Text, text::json),
    value("join", 1..=2, &[], Takes::List, Gives::Text, text::join),
    value("truncate", 2..=2, &[], Takes::Text, Gives::Text, text::truncate),
    value("upper", 1..=1, &[], Takes::Text, Gives::Text, text::upper),
    value("lower", 1..=1, &[], Takes::Text, Gives::Text, text::lower),
    value("title", 1..=1, &[], Takes::Text, Gives::Text, text::title),
    value("url", 1..=1, &[], Takes::Text, Gives::Text, text::url),
    value("pad", 2..=2, &[], Takes::Text, Gives::Text, column::pad),
    value("cut", 2..=2, &[], Takes::Text, Gives::Text, column::cut),
    value("sort_by", 1..=ANY, &["limit"], Takes::Fields(Names::Keys), Gives::First, list::sort_by),
    value("group_by", 2..=2, &[], Takes::Fields(Names::Plain), Gives::Groups, list::group_by),
    value("count_by", 2..=2, &[], Takes::Fields(Names::Plain), Gives::Counts, list::count_by),
    value("where", 2..=2, &[], Takes::Path, Gives::First, list::select),
    value("sum", 1..=2, &[], Takes::Fields(Names::Numbers), Gives::Number, list::sum),
    value("min", 1..=2, &["default"], Takes::Fields(Names::Numbers), Gives::Member, list::min),
    value("max", 1..=2, &["default"], Takes::Fields(Names::Numbers), Gives::Member, list::max),
    value("table", 2..=ANY, &[], Takes::Fields(Names::Columns), Gives::Markup, markup::table),
    value("md", 1..=1, &[], Takes::Text, Gives::Markup, markup::md),
    value("csv", 1..=ANY, &[], Takes::Cells, Gives::Markup, markup::csv),
    drawn("bar_chart", chart::bar_chart),
    drawn("histogram", chart::histogram),
    drawn("donut", chart::donut),
    // It stands within a line, where neither a title nor names of parts have a place.
    Helper { hash: &[], ..drawn("sparkline", chart::sparkline) },
    value("records_table", 2..=2, &["caption"], Takes::Table, Gives::Markup, records::records_table),
];

/// The helper of that name.
pub(super) fn by_name(name: &str) -> Option<&'static Helper> {
    HELPERS.iter().find(|helper| helper.name == name)
}

/// Whether a `name=value` argument that is written out in a template is right.
///
/// # Errors
/// When the helper cannot take it, with the reason.
pub(super) fn check_named(helper: &Helper, name: &str, value: &Value) -> Result<(), String> {
    let (one, none) = (Value::from(1), Value::Array(Vec::new()));
    let params: &[&Value] = match name {
        "format" | "tz" | "unit" => &[&one],
        "digits" => &[&one, &one],
        "limit" => &[&none],
        "title" | "noun" | "caption" => return Call::of(&[], &[(name, value)]).text(name).map(drop),
        _ => return Ok(()),
    };
    let mut call = Call::of(params, &[(name, value)]);
    call.now = &one;
    helper.run.map_or(Ok(()), |run| run(&call).map(drop))
}

/// Whether the positional arguments that are written out in a template can be right. For any other, nothing here, one that is
/// right stands in.
///
/// # Errors
/// When the helper cannot take one of them, with the reason.
pub(super) fn check_positional(helper: &Helper, params: &[Option<&Value>]) -> Result<(), String> {
    let (one, text, list) = (Value::from(1), Value::from("x"), Value::Array(Vec::new()));
    let (count, first, other) = match helper.takes {
        Takes::Numbers(count) => (count, &one, &text),
        Takes::Text => (1, &text, &one),
        Takes::List => (1, &list, &text),
        _ => return Ok(()),
    };
    let standing = |(index, param): (usize, Option<&Value>)| match param {
        Some(value) => value.clone(),
        None if index < count => first.clone(),
        None => other.clone(),
    };
    let params: Vec<Value> = params.iter().copied().enumerate().map(standing).collect();
    let params: Vec<&Value> = params.iter().collect();
    helper.run.map_or(Ok(()), |run| run(&Call::of(&params, &[])).map(drop))
}

/// Whether `top=` of a chart can be this.
///
/// # Errors
/// When it cannot, with the reason.
pub(super) fn check_top(top: &Value) -> Result<(), String> {
    chart::top(top).map(drop)
}

const fn drawn(name: &'static str, run: Function) -> Helper {
    value(name, 1..=2, chart::HASH, Takes::Drawn, Gives::Markup, run)
}

const fn block(name: &'static str, hash: &'static [&'static str]) -> Helper {
    Helper {
        name,
        form: Form::Block,
        params: 1..=1,
        hash,
        gives: Gives::Text,
        takes: Takes::Anything,
        run: None,
    }
}

const fn condition(name: &'static str, params: RangeInclusive<usize>, takes: Takes, run: Function) -> Helper {
    Helper { name, form: Form::Both, params, hash: &[], gives: Gives::Flag, takes, run: Some(run) }
}

const fn value(
    name: &'static str,
    params: RangeInclusive<usize>,
    hash: &'static [&'static str],
    takes: Takes,
    gives: Gives,
    run: Function,
) -> Helper {
    Helper { name, form: Form::Value, params, hash, gives, takes, run: Some(run) }
}

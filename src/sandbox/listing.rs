//! The one thing the portal serves: a page of tokens, by the parameters of a query.

use serde_json::Value;

use super::answer::{Answer, Page, Refusal};
use super::data::{FIELDS, Kind, Token};
use super::filter::Filter;
use super::query::Query;

const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 1000;

/// The page a query asks for, of the tokens of one user or of all.
pub(super) fn page(tokens: &[Token], admin_id: Option<i64>, query: &Query) -> Answer {
    let size = number(query, "size", DEFAULT_SIZE)?;
    let offset = number(query, "offset", 0)?;
    if !(1..=MAX_SIZE).contains(&size) {
        return Err(Refusal::bad_request(format!("size must be from 1 to {MAX_SIZE}, not {size}")));
    }
    let mut rows = matching(tokens, admin_id, query)?;
    sort(&mut rows, query);
    let fields = fields(query);
    let items = rows.iter().skip(offset).take(size);
    Ok(Page {
        total: rows.len(),
        items: items.map(|token| token.json(fields.iter().map(String::as_str))).collect(),
    })
}

/// The tokens a query takes, whatever page of them it asks for.
pub(super) fn matching<'a>(
    tokens: &'a [Token],
    admin_id: Option<i64>,
    query: &Query,
) -> Result<Vec<&'a Token>, Refusal> {
    let kind = kind(query)?;
    let filter = filter(query)?;
    // Without `type=bearer` the permission means nothing.
    let traces_only = kind == Kind::Bearer && query.value("permission") == Some("traces");
    let rows = tokens
        .iter()
        .filter(|token| token.kind == kind && admin_id.is_none_or(|id| token.admin_id == id))
        .filter(|token| !traces_only || token.reads_traces)
        .filter(|token| filter.as_ref().is_none_or(|filter| filter.takes(token)));
    Ok(rows.collect())
}

fn kind(query: &Query) -> Result<Kind, Refusal> {
    match query.value("type") {
        None => Ok(Kind::Lmv1),
        Some("bearer") => Ok(Kind::Bearer),
        Some(other) => Err(Refusal::bad_request(format!("invalid type {other}"))),
    }
}

fn number(query: &Query, name: &str, default: usize) -> Result<usize, Refusal> {
    let Some(text) = query.value(name) else { return Ok(default) };
    text.parse().map_err(|_| Refusal::bad_request(format!("{name} must be a number, not {text}")))
}

fn filter(query: &Query) -> Result<Option<Filter>, Refusal> {
    let text = query.value("filter").filter(|text| !text.is_empty());
    text.map(|text| Filter::parse(text).map_err(|_| Refusal::bad_request(format!("invalid filter! {text}"))))
        .transpose()
}

/// The names asked for, known or not; all when none is named.
fn fields(query: &Query) -> Vec<String> {
    match query.value("fields") {
        Some(text) if !text.is_empty() => text.split(',').map(|name| name.trim().to_owned()).collect(),
        _ => FIELDS.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Nothing,
    Number(i64),
    Text(String),
}

/// `sort=FIELD`, with `-` in front for descending order (`+`, or the space it decodes to, for ascending). It is no part
/// of the documented API: what it does not know, it ignores. Rows come by id otherwise.
fn sort(rows: &mut [&Token], query: &Query) {
    let Some(text) = query.value("sort") else { return };
    let field = text.trim_start_matches([' ', '+', '-']);
    let is_plain = FIELDS.contains(&field) && !matches!(field, "roles" | "accessKey");
    if !is_plain {
        return;
    }
    rows.sort_by_cached_key(|token| match token.member(field) {
        Some(Value::Number(number)) => number.as_i64().map_or(Key::Nothing, Key::Number),
        Some(Value::String(text)) => Key::Text(text),
        _ => Key::Nothing,
    });
    if text.starts_with('-') {
        rows.reverse();
    }
}

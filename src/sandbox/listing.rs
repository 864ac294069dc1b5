//! The one thing the portal serves: a page of tokens, by the parameters of a query.

use serde_json::Value;

use super::answer::{Page, Refusal};
use super::data::{FIELDS, Kind, Token};
use super::filter::Filter;
use super::query::Query;

/// The rows of a page where none are asked for.
pub(super) const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 1000;

/// What a request asks for.
pub(super) struct Ask {
    pub(super) kind: Kind,
    /// The one user whose tokens are listed.
    pub(super) admin_id: Option<i64>,
    /// Tokens of owners who may read traces alone.
    traces_only: bool,
    pub(super) filter: Option<Filter>,
    pub(super) visible: Visible,
    pub(super) size: usize,
    pub(super) offset: usize,
    /// The names asked for, known or not.
    pub(super) fields: Vec<String>,
    pub(super) order: Order,
}

/// What the caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visible {
    Everything,
    /// All but the token with this id.
    AllBut(i64),
    Nothing,
}

/// The order of rows. Without a wish they come by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    Ids,
    IdsDescending,
    Ascending(String),
    Descending(String),
    /// Always the same, and of no meaning.
    Shuffled,
}

impl Ask {
    /// What a query asks of the tokens of one user, or of all.
    pub(super) fn read(query: &Query, admin_id: Option<i64>) -> Result<Self, Refusal> {
        let size = number(query, "size", DEFAULT_SIZE)?;
        let offset = number(query, "offset", 0)?;
        if !(1..=MAX_SIZE).contains(&size) {
            return Err(Refusal::bad_request(format!("size must be from 1 to {MAX_SIZE}, not {size}")));
        }
        let kind = kind(query)?;
        Ok(Self {
            kind,
            admin_id,
            // Without `type=bearer` the permission means nothing.
            traces_only: kind == Kind::Bearer && query.value("permission") == Some("traces"),
            filter: filter(query)?,
            visible: Visible::Everything,
            size,
            offset,
            fields: fields(query),
            order: order(query),
        })
    }

    /// Whether it asks for this token, on whatever page.
    pub(super) fn takes(&self, token: &Token) -> bool {
        self.kind == token.kind
            && self.admin_id.is_none_or(|id| token.admin_id == id)
            && (!self.traces_only || token.reads_traces)
            && match self.visible {
                Visible::Everything => true,
                Visible::AllBut(id) => token.id != id,
                Visible::Nothing => false,
            }
            && self.filter.as_ref().is_none_or(|filter| filter.takes(token))
    }

    /// The page it asks for.
    pub(super) fn page(&self, tokens: &[Token]) -> Page {
        let mut rows: Vec<&Token> = tokens.iter().filter(|token| self.takes(token)).collect();
        self.sort(&mut rows);
        let items = rows.iter().skip(self.offset).take(self.size);
        Page {
            total: rows.len(),
            items: items.map(|token| token.json(self.fields.iter().map(String::as_str))).collect(),
        }
    }

    fn sort(&self, rows: &mut [&Token]) {
        match &self.order {
            Order::Ids => {}
            Order::IdsDescending => rows.reverse(),
            Order::Ascending(field) => rows.sort_by_cached_key(|token| key(token, field)),
            Order::Descending(field) => {
                rows.sort_by_cached_key(|token| key(token, field));
                rows.reverse();
            }
            Order::Shuffled => rows.sort_by_key(|token| shuffled(token.id)),
        }
    }
}

/// The number of the page a query asks for, from 1, when each begins with the last row of the one before.
pub(super) fn page_number(query: &Query) -> u64 {
    let size = number(query, "size", DEFAULT_SIZE).unwrap_or(DEFAULT_SIZE);
    let offset = number(query, "offset", 0).unwrap_or(0);
    u64::try_from(offset / size.saturating_sub(1).max(1)).unwrap_or(u64::MAX).saturating_add(1)
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
        _ => all_fields(),
    }
}

/// Every documented field.
pub(super) fn all_fields() -> Vec<String> {
    FIELDS.iter().map(|name| (*name).to_owned()).collect()
}

/// `sort=FIELD`, with `-` in front for descending order (`+`, or the space it decodes to, for ascending). It is no part
/// of the documented API: what it does not know, it ignores.
fn order(query: &Query) -> Order {
    let text = query.value("sort").unwrap_or_default();
    let field = text.trim_start_matches([' ', '+', '-']);
    let is_plain = FIELDS.contains(&field) && !matches!(field, "roles" | "accessKey");
    match is_plain {
        false => Order::Ids,
        true if text.starts_with('-') => Order::Descending(field.to_owned()),
        true => Order::Ascending(field.to_owned()),
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Nothing,
    Number(i64),
    Text(String),
}

fn key(token: &Token, field: &str) -> Key {
    match token.member(field) {
        Some(Value::Number(number)) => number.as_i64().map_or(Key::Nothing, Key::Number),
        Some(Value::String(text)) => Key::Text(text),
        _ => Key::Nothing,
    }
}

/// Fibonacci hashing: far apart for ids that are near, and never the same for two.
fn shuffled(id: i64) -> i64 {
    id.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbered_by_the_rows_they_share() {
        let cases = [
            ("", 1),
            ("size=20&offset=0", 1),
            ("size=20&offset=18", 1),
            ("size=20&offset=19", 2),
            ("size=20&offset=38", 3),
            ("size=1&offset=3", 4),
            ("offset=49", 2),
            ("size=x&offset=y", 1),
            ("size=0&offset=18446744073709551615", u64::MAX),
        ];
        for (query, number) in cases {
            assert_eq!(page_number(&Query::parse(query)), number, "{query}");
        }
    }
}

//! Counts over the records, for summaries and charts.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::row::{Cell, Layout, Row};

/// `stats`: each a list of values with how many rows have them.
#[derive(Debug, Default, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stats {
    /// By kind, in the order of their names.
    pub token_type: Vec<Count>,
    /// By status.
    pub status: Vec<Count>,
    /// By owner, the most first.
    pub admin_name: Vec<Count>,
    /// By days since they were made; all buckets, in order.
    pub age: Vec<Count>,
    /// By days without use; all buckets, in order.
    pub idle: Vec<Count>,
}

/// A value and its rows.
#[derive(Debug, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The value; null where rows have none.
    pub value: Value,
    /// How many rows.
    pub count: usize,
}

/// Upper bounds of buckets, in days, and their names. Nothing is beyond the last one.
type Buckets = [(i64, &'static str); 5];

const AGE: Buckets = [
    (30, "under 30 days"),
    (90, "30 to 89 days"),
    (365, "90 to 364 days"),
    (730, "365 to 729 days"),
    (i64::MAX, "730 days and more"),
];
const IDLE: Buckets = [
    (7, "under 7 days"),
    (30, "7 to 29 days"),
    (90, "30 to 89 days"),
    (365, "90 to 364 days"),
    (i64::MAX, "365 days and more"),
];
const NEVER: &str = "never used";

impl Stats {
    /// Counts the rows.
    #[must_use]
    pub fn new(rows: &[Row], layout: &Layout) -> Self {
        let by = |name: &str| count_by(rows, layout.index(name));
        let mut admin_name = by("adminName");
        admin_name.sort_by_key(|count| std::cmp::Reverse(count.count));
        Self {
            token_type: by("tokenType"),
            status: by("status"),
            admin_name,
            age: age(rows, layout),
            idle: idle(rows, layout),
        }
    }
}

/// A cell's value, for counting: rows of one value are many, so nothing is made of each.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    Json(String),
}

impl<'a> Key<'a> {
    fn of(cell: &'a Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Bool(value) => Self::Bool(*value),
            Cell::Int(value) => Self::Int(*value),
            Cell::Text(text) => Self::Text(text),
            Cell::List(_) | Cell::Other(_) => Self::Json(cell.to_json().to_string()),
        }
    }
}

/// Counts by value, in the order of their JSON texts.
fn count_by(rows: &[Row], index: Option<usize>) -> Vec<Count> {
    let Some(index) = index else { return Vec::new() };
    let mut counts: HashMap<Key<'_>, (&Cell, usize)> = HashMap::new();
    for row in rows {
        let cell = row.cell(index);
        counts.entry(Key::of(cell)).or_insert((cell, 0)).1 += 1;
    }
    let values = counts.into_values().map(|(cell, count)| Count { value: cell.to_json(), count });
    let mut counts: Vec<Count> = values.collect();
    counts.sort_by_cached_key(|count| count.value.to_string());
    counts
}

fn age(rows: &[Row], layout: &Layout) -> Vec<Count> {
    let days = layout.index("ageDays");
    let days = rows.iter().filter_map(|row| days.and_then(|index| row.cell(index).as_int()));
    bucketed(&AGE, days)
}

fn idle(rows: &[Row], layout: &Layout) -> Vec<Count> {
    let (never, days) = (layout.index("neverUsed"), layout.index("idleDays"));
    let is_never = |row: &&Row| never.is_some_and(|index| *row.cell(index) == Cell::Bool(true));
    let used = rows.iter().filter(|row| !is_never(row));
    let mut counts = bucketed(&IDLE, used.filter_map(|row| days.and_then(|index| row.cell(index).as_int())));
    counts.push(Count { value: Value::from(NEVER), count: rows.iter().filter(is_never).count() });
    counts
}

/// How many of these days are in each bucket.
fn bucketed(buckets: &Buckets, days: impl Iterator<Item = i64>) -> Vec<Count> {
    let mut counts = [0; 5];
    for days in days {
        let bucket = buckets.iter().position(|(below, _)| days < *below).unwrap_or(buckets.len() - 1);
        counts[bucket] += 1;
    }
    let named = buckets.iter().zip(counts);
    named.map(|((_, name), count)| Count { value: Value::from(*name), count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TOKEN_FIELDS;
    use crate::row::Name;

    #[test]
    fn rows_are_counted_once_in_each_list() {
        let layout = Layout::new(TOKEN_FIELDS.iter().map(Name::Known).collect());
        let row = |owner: &str, days: i64, never: bool| {
            let mut row = layout.empty_row();
            let mut set = |name: &str, cell: Cell| row.set(layout.index(name).expect("a field"), cell);
            set("adminName", Cell::text(owner));
            set("ageDays", Cell::Int(days));
            set("idleDays", Cell::Int(days));
            set("neverUsed", Cell::Bool(never));
            row
        };
        let rows = [row("a", 0, false), row("b", 7, false), row("b", 400, false), row("b", 400, true)];
        let stats = Stats::new(&rows, &layout);
        let owners: Vec<(Value, usize)> = stats.admin_name.into_iter().map(|c| (c.value, c.count)).collect();
        assert_eq!(owners, [(Value::from("b"), 3), (Value::from("a"), 1)]);
        let idle: Vec<usize> = stats.idle.iter().map(|count| count.count).collect();
        assert_eq!(idle, [1, 1, 0, 0, 1, 1]);
        let age: Vec<usize> = stats.age.iter().map(|count| count.count).collect();
        assert_eq!(age, [2, 0, 0, 2, 0]);
    }
}

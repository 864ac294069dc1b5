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

/// Upper bounds of the idle buckets, in days, and their names. What is beyond is the last bucket.
const BUCKETS: [(i64, &str); 4] =
    [(7, "under 7 days"), (30, "7 to 29 days"), (90, "30 to 89 days"), (365, "90 to 364 days")];
const LAST_BUCKET: &str = "365 days and more";
const NEVER: &str = "never used";

impl Stats {
    /// Counts the rows.
    #[must_use]
    pub fn new(rows: &[Row], layout: &Layout) -> Self {
        let by = |name: &str| count_by(rows, layout.index(name));
        let mut admin_name = by("adminName");
        admin_name.sort_by_key(|count| std::cmp::Reverse(count.count));
        Self { token_type: by("tokenType"), status: by("status"), admin_name, idle: idle(rows, layout) }
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

fn idle(rows: &[Row], layout: &Layout) -> Vec<Count> {
    let names: Vec<&str> = BUCKETS.iter().map(|(_, name)| *name).chain([LAST_BUCKET, NEVER]).collect();
    let mut counts = vec![0; names.len()];
    for row in rows {
        let cell = |name: &str| layout.index(name).map_or(&Cell::Null, |index| row.cell(index));
        let bucket = match (cell("neverUsed"), cell("idleDays").as_int()) {
            (Cell::Bool(true), _) => Some(names.len() - 1),
            (_, Some(days)) => {
                Some(BUCKETS.iter().position(|(below, _)| days < *below).unwrap_or(BUCKETS.len()))
            }
            (_, None) => None,
        };
        if let Some(bucket) = bucket {
            counts[bucket] += 1;
        }
    }
    names.into_iter().zip(counts).map(|(name, count)| Count { value: Value::from(name), count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TOKEN_FIELDS;
    use crate::row::Name;

    #[test]
    fn rows_are_counted_once_in_each_list() {
        let layout = Layout::new(TOKEN_FIELDS.iter().map(Name::Known).collect());
        let row = |owner: &str, idle: i64, never: bool| {
            let mut row = layout.empty_row();
            let mut set = |name: &str, cell: Cell| row.set(layout.index(name).expect("a field"), cell);
            set("adminName", Cell::text(owner));
            set("idleDays", Cell::Int(idle));
            set("neverUsed", Cell::Bool(never));
            row
        };
        let rows = [row("a", 0, false), row("b", 7, false), row("b", 400, false), row("b", 400, true)];
        let stats = Stats::new(&rows, &layout);
        let owners: Vec<(Value, usize)> = stats.admin_name.into_iter().map(|c| (c.value, c.count)).collect();
        assert_eq!(owners, [(Value::from("b"), 3), (Value::from("a"), 1)]);
        let idle: Vec<usize> = stats.idle.iter().map(|count| count.count).collect();
        assert_eq!(idle, [1, 1, 0, 0, 1, 1]);
    }
}

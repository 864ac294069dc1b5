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

static AGE: Buckets = [
    (30, "under 30 days"),
    (90, "30 to 89 days"),
    (365, "90 to 364 days"),
    (730, "365 to 729 days"),
    (i64::MAX, "730 days and more"),
];
static IDLE: Buckets = [
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
        let values = |name: &str| Values::of(layout.index(name));
        let (mut kinds, mut statuses, mut owners) =
            (values("tokenType"), values("status"), values("adminName"));
        let mut age = Days::of(&AGE, layout.index("ageDays"));
        let mut idle = Days::of(&IDLE, layout.index("idleDays"));
        let never = layout.index("neverUsed");
        let mut never_used = 0;
        // Through the rows once: they lie all over the memory.
        for row in rows {
            kinds.count(row);
            statuses.count(row);
            owners.count(row);
            age.count(row);
            if never.is_some_and(|index| *row.cell(index) == Cell::Bool(true)) {
                never_used += 1;
            } else {
                idle.count(row);
            }
        }
        let mut admin_name = owners.finish();
        admin_name.sort_by_key(|count| std::cmp::Reverse(count.count));
        let mut idle = idle.finish();
        idle.push(Count { value: Value::from(NEVER), count: never_used });
        Self { token_type: kinds.finish(), status: statuses.finish(), admin_name, age: age.finish(), idle }
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

/// Rows by the value of a cell.
struct Values<'a> {
    index: Option<usize>,
    counts: HashMap<Key<'a>, (&'a Cell, usize)>,
}

impl<'a> Values<'a> {
    fn of(index: Option<usize>) -> Self {
        Self { index, counts: HashMap::new() }
    }

    fn count(&mut self, row: &'a Row) {
        if let Some(cell) = self.index.map(|index| row.cell(index)) {
            self.counts.entry(Key::of(cell)).or_insert((cell, 0)).1 += 1;
        }
    }

    /// In the order of their JSON texts.
    fn finish(self) -> Vec<Count> {
        let values = self.counts.into_values();
        let mut counts: Vec<Count> =
            values.map(|(cell, count)| Count { value: cell.to_json(), count }).collect();
        counts.sort_by_cached_key(|count| count.value.to_string());
        counts
    }
}

/// How many days are in each bucket.
struct Days {
    buckets: &'static Buckets,
    index: Option<usize>,
    counts: [usize; 5],
}

impl Days {
    fn of(buckets: &'static Buckets, index: Option<usize>) -> Self {
        Self { buckets, index, counts: [0; 5] }
    }

    fn count(&mut self, row: &Row) {
        if let Some(days) = self.index.and_then(|index| row.cell(index).as_int()) {
            let bucket = self.buckets.iter().position(|(below, _)| days < *below);
            self.counts[bucket.unwrap_or(self.buckets.len() - 1)] += 1;
        }
    }

    fn finish(self) -> Vec<Count> {
        let named = self.buckets.iter().zip(self.counts);
        named.map(|((_, name), count)| Count { value: Value::from(*name), count }).collect()
    }
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

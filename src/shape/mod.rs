//! From what the listings brought to the rows of the report: tagged, derived, filtered, sorted, cut to the part asked for.
//!
//! Order of work: merge → conditions left to lmq → sort → offset → limit → select. Pure: the clock is an argument. Which columns are
//! shown, and how, is `report`'s.

mod derive;
mod doubt;
mod order;

use std::sync::Arc;

use serde_json::Value;

use crate::filter::Matcher;
use crate::path::Path;
use crate::plan::Plan;
use crate::portal::Walked;
use crate::row::{Layout, Row};
use crate::spec::Query;

/// The rows of a report.
#[derive(Debug)]
pub struct Shaped {
    /// Which cell is which field.
    pub layout: Arc<Layout>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// How many rows match, those outside `offset` and `limit` too.
    pub total: usize,
    /// How many rows of each listing match, in the order of the plan.
    pub by_listing: Vec<usize>,
    /// What is odd about single rows, such as a time in the future.
    pub warnings: Vec<String>,
    /// Why the rows may be too few: conditions on derived fields that could not be decided.
    pub reasons: Vec<String>,
}

/// Shapes the rows, which move out of `walked`. `now` is the one clock reading of the run, in epoch seconds.
#[must_use]
pub fn shape(query: &Query, plan: &Plan, portal: &str, walked: &mut [Walked], now: i64) -> Shaped {
    let layout = Arc::clone(&plan.layout);
    let matcher = Matcher::new(&plan.conditions, &layout);
    let derive = derive::Derive::new(&layout, portal, now);
    let mut warnings = derive::Warnings::default();
    let mut doubts = doubt::Doubts::new(&plan.conditions, query.select.as_ref(), &layout);
    let mut rows: Vec<Row> = Vec::new();
    let mut by_listing = Vec::new();
    for walked in walked {
        let before = rows.len();
        for mut row in std::mem::take(&mut walked.rows) {
            let odd = derive.fill(&mut row, walked.listing.kind);
            doubts.look(&row);
            if matcher.matches(&row) {
                warnings.extend(odd, &row, &layout);
                rows.push(row);
            }
        }
        by_listing.push(rows.len() - before);
    }
    order::sort(&mut rows, &query.sort, &layout);
    let total = rows.len();
    rows.drain(..query.offset.min(total));
    rows.truncate(query.limit.unwrap_or(usize::MAX));
    if let Some(select) = &query.select {
        rows = selected(rows, select, &layout);
    }
    let reasons = doubts.finish();
    Shaped { layout, rows, total, by_listing, warnings: warnings.finish(), reasons }
}

/// The rows that a path selects, each once, in the order it gives them.
fn selected(rows: Vec<Row>, select: &Path, layout: &Layout) -> Vec<Row> {
    let values = Value::Array(rows.iter().map(|row| row.to_json(layout)).collect());
    let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    select
        .select(&values)
        .into_iter()
        .filter_map(|index| rows.get_mut(index).and_then(Option::take))
        .collect()
}

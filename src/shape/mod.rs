//! From what the listings brought to the rows of the report: tagged, derived, filtered, sorted, cut to the part asked for.
//!
//! Order of work: merge → conditions left to lmq → sort, which is [`shape`]; then `check` sees the rows; then offset → limit →
//! select, which is [`Shaped::part`]. Pure: the clock is an argument. Which columns are shown, and how, is `report`'s.

mod absent;
mod derive;
mod doubt;
mod order;

use std::sync::Arc;

pub use order::sort;
use serde_json::Value;

use crate::filter::Matcher;
use crate::path::Path;
use crate::plan::{Listing, Part, Plan};
use crate::portal::Walked;
use crate::row::{Layout, Row};
use crate::spec::{Query, TokenKind};

/// The rows of a report.
#[derive(Debug)]
pub struct Shaped {
    /// Which cell is which field.
    pub layout: Arc<Layout>,
    /// The rows, in order; none where they were handed on.
    pub rows: Vec<Row>,
    /// How many rows there are.
    pub count: usize,
    /// How many rows match, those outside `offset` and `limit` too.
    pub total: usize,
    /// How many rows in front the portal has left out already.
    pub before: usize,
    /// How many rows of each listing match, in the order of the plan.
    pub by_listing: Vec<usize>,
    /// What is odd about single rows, such as a time in the future.
    pub warnings: Vec<String>,
    /// Why the rows may be too few: conditions on derived fields that could not be decided.
    pub reasons: Vec<String>,
}

/// Shapes rows one after the other: derived cells are filled, conditions decided. What needs all rows is [`shape`]'s.
pub struct Shaper<'a> {
    layout: &'a Layout,
    derive: derive::Derive,
    matcher: Matcher<'a>,
    doubts: doubt::Doubts<'a>,
    absent: absent::Absent,
    warnings: derive::Warnings,
}

impl<'a> Shaper<'a> {
    /// For rows of a plan on a portal. `now` is the one clock reading of the run, in epoch seconds.
    #[must_use]
    pub fn new(query: &Query, plan: &'a Plan, portal: &str, now: i64) -> Self {
        let layout = &*plan.layout;
        Self {
            layout,
            derive: derive::Derive::new(layout, portal, now),
            matcher: Matcher::new(&plan.conditions, layout),
            doubts: doubt::Doubts::new(&plan.conditions, query.select.as_ref(), layout, now),
            absent: absent::Absent::new(query, plan),
            warnings: derive::Warnings::default(),
        }
    }

    /// The rows that follow are another portal's.
    fn turn_to(&mut self, portal: &str) {
        self.derive.set_portal(portal);
    }

    /// The row as reports show it, if it matches.
    pub fn row(&mut self, mut row: Row, kind: TokenKind) -> Option<Row> {
        self.absent.look(&row);
        let odd = self.derive.fill(&mut row, kind);
        self.doubts.look(&row);
        if !self.matcher.matches(&row) {
            return None;
        }
        self.warnings.extend(odd, &row, self.layout);
        Some(row)
    }

    /// The rows so far were all or a part of those of this listing, and the next are another's. `portal` is told where there are several.
    pub fn end(&mut self, listing: &Listing, part: Part, portal: Option<&str>) {
        self.absent.end(listing, part, portal);
    }

    /// Warnings, and reasons why the rows may be too few.
    #[must_use]
    pub fn finish(self) -> (Vec<String>, Vec<String>) {
        let (mut warnings, mut reasons) = self.absent.finish();
        warnings.extend(self.warnings.finish());
        reasons.extend(self.doubts.finish());
        (warnings, reasons)
    }
}

/// Shapes all rows, which move out of `walked`. `now` is the one clock reading of the run, in epoch seconds.
#[must_use]
pub fn shape(query: &Query, plan: &Plan, walked: &mut [Walked], now: i64) -> Shaped {
    let layout = Arc::clone(&plan.layout);
    let mut shaper = Shaper::new(query, plan, "", now);
    let mut rows: Vec<Row> = Vec::with_capacity(walked.iter().map(|walked| walked.rows.len()).sum());
    let mut by_listing = Vec::new();
    // What the portal has left out already.
    let mut before = 0;
    let mut counted = None;
    let several = walked.windows(2).any(|two| two[0].portal != two[1].portal);
    for walked in walked {
        let start = rows.len();
        shaper.turn_to(&walked.portal);
        let kind = walked.listing.kind;
        let read = std::mem::take(&mut walked.rows);
        rows.extend(read.into_iter().filter_map(|row| shaper.row(row, kind)));
        shaper.end(&walked.listing, walked.part, several.then_some(&walked.portal));
        by_listing.push(rows.len() - start);
        if walked.part != Part::ALL {
            before = usize::try_from(walked.part.offset).unwrap_or(usize::MAX);
            counted = walked.total.and_then(|total| usize::try_from(total).ok());
        }
    }
    sort(&mut rows, &query.sort, &layout);
    let total =
        counted.unwrap_or_else(|| rows.len().saturating_add(if rows.is_empty() { 0 } else { before }));
    let (warnings, mut reasons) = shaper.finish();
    // Where a row stands is open, so it may be one of those that are left out, or in the place of one.
    if query.offset > 0 || query.limit.is_some_and(|limit| limit < rows.len()) {
        let mut doubts = doubt::Doubts::of_order(&query.sort, &layout, now);
        for row in &rows {
            doubts.look(row);
        }
        reasons.extend(doubts.finish());
    }
    Shaped { layout, count: rows.len(), rows, total, before, by_listing, warnings, reasons }
}

impl Shaped {
    /// The part of the rows that the query asks for: `offset`, `limit`, `select`.
    #[must_use]
    pub fn part(mut self, query: &Query) -> Self {
        self.rows.drain(..query.offset.saturating_sub(self.before).min(self.rows.len()));
        self.rows.truncate(query.limit.unwrap_or(usize::MAX));
        if let Some(select) = &query.select {
            self.rows = selected(self.rows, select, &self.layout);
        }
        self.count = self.rows.len();
        self
    }
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

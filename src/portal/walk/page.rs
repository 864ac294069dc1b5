//! What goes into a walk and comes out of it: requests, answers, rows.

use std::collections::HashMap;

use crate::row::Row;

/// A request for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::portal) struct Step {
    pub(in crate::portal) offset: u64,
    pub(in crate::portal) size: u32,
}

/// An answer, as far as the walk cares.
#[derive(Debug)]
pub(in crate::portal) struct Page {
    pub(in crate::portal) rows: Vec<Row>,
    pub(in crate::portal) total: Option<i64>,
    pub(in crate::portal) is_min: bool,
}

/// What a walk brought.
#[derive(Debug, Default)]
pub(in crate::portal) struct Walked {
    pub(in crate::portal) rows: Vec<Row>,
    /// Answers read.
    pub(in crate::portal) pages: u32,
    /// The last total that told something.
    pub(in crate::portal) total: Option<u64>,
    /// Why the list may be short; empty when it is whole.
    pub(in crate::portal) reasons: Vec<String>,
    /// What the report should say of a list that is whole.
    pub(in crate::portal) notes: Vec<String>,
    /// Whether only a part was wanted, and the order in which the portal lists does not tell which rows that is.
    pub(in crate::portal) part_unclear: bool,
}

/// Rows that a walk is done with.
#[derive(Debug, Default)]
pub struct Batch {
    /// In order of id, behind those given before.
    pub rows: Vec<Row>,
    /// Rows that belong among those given before: new ones, and later copies.
    pub late: Vec<Row>,
    /// What was given before counts no more: the walk started over.
    pub restarted: bool,
}

/// The rows a request asks for, of the `size` of a query: a page shares a row with the one before, so it has at least two.
#[must_use]
pub fn page_size(size: u32) -> u32 {
    size.max(2)
}

/// The id that two rows of one page share, and nothing else: they are not one row sent twice.
pub(super) fn twins(rows: &[Row], ids: &[i64]) -> Option<i64> {
    let mut seen: HashMap<i64, &Row> = HashMap::new();
    rows.iter()
        .zip(ids)
        .find(|(row, id)| seen.insert(**id, row).is_some_and(|other| other != *row))
        .map(|(_, id)| *id)
}

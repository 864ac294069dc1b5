//! What is different between two results of one query: tokens added, removed and changed, told apart by portal, kind and id.
//!
//! A token that is gone from a list that may be short is not told as removed: what is known of that is in `whole`. Which fields are
//! compared is in `fields`, what a difference says in `words`. Pure: results come in as rows, and documents are made in `report`.

mod fields;
mod finding;
#[cfg(test)]
mod tests;
mod whole;
mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use fields::{Chosen, Compare, Unfit};
pub use finding::{Kind, findings};
pub use words::told;

use super::{Extent, text};
use crate::row::{Cell, Layout, Row};
use whole::Known;

/// A result, as far as a comparison looks at it.
#[derive(Debug)]
pub struct Side<'a> {
    /// Its rows.
    pub rows: &'a [Row],
    /// Which cell of them is which field.
    pub layout: &'a Layout,
    /// What was asked for them.
    pub listings: Vec<Listed<'a>>,
    /// Whether the run had no doubt beyond its listings.
    pub run: Extent,
    /// Why it may be short.
    pub reasons: &'a [String],
}

/// A listing of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The portal's name.
    pub portal: &'a str,
    /// The path below `/santaba/rest`.
    pub path: &'a str,
    /// `lmv1` or `bearer`.
    pub kind: &'a str,
    /// Whether all its rows are there.
    pub rows: Extent,
}

/// What is different, each list by portal, kind and id.
#[derive(Debug, Default)]
pub struct Difference<'a> {
    /// Rows of the new result alone.
    pub added: Vec<&'a Row>,
    /// Rows of the old one that are gone for certain.
    pub removed: Vec<&'a Row>,
    /// Rows of both in which a field is another.
    pub changed: Vec<Changed<'a>>,
    /// Why the comparison may lack something.
    pub reasons: Vec<String>,
}

/// A row that has changed.
#[derive(Debug)]
pub struct Changed<'a> {
    /// As it is now.
    pub row: &'a Row,
    /// What is another, in the order of the fields; never empty.
    pub changes: Vec<Change>,
}

/// A field that has another value, an entry of `changes`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Its name.
    pub field: String,
    /// The value it had.
    pub old: Value,
    /// The value it has.
    pub new: Value,
}

/// What tells rows apart: portal, kind and id.
type Key<'a> = (&'a str, &'a str, i64);

/// Compares the rows in these fields.
#[must_use]
pub fn diff<'a>(old: &Side<'a>, new: &Side<'a>, fields: &[String]) -> Difference<'a> {
    let places = |name: &str| Some((old.layout.index(name)?, new.layout.index(name)?));
    let compared = fields.iter().filter_map(|name| Some((name.as_str(), places(name)?)));
    let compared: Vec<Field<'_>> = compared.collect();
    let (before, after) = (keyed(old), keyed(new));
    let mut difference = Difference::default();
    for (key, row) in &after.rows {
        let Some(earlier) = before.rows.get(key) else {
            difference.added.push(row);
            continue;
        };
        let changes = changes(earlier, row, &compared);
        if !changes.is_empty() {
            difference.changed.push(Changed { row, changes });
        }
    }
    let known = Known::of(old, new);
    let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, row) in before.rows.iter().filter(|(key, _)| !after.rows.contains_key(*key)) {
        if known.is_whole(key.0) {
            difference.removed.push(row);
        } else {
            *missing.entry(key.0).or_default() += 1;
        }
    }
    difference.reasons = known.reasons(&missing);
    difference.reasons.extend(whole::without_id(before.without_id, after.without_id));
    difference
}

/// Rows by what tells them apart.
struct Keyed<'a> {
    rows: BTreeMap<Key<'a>, &'a Row>,
    /// How many cannot be told apart.
    without_id: usize,
}

fn keyed<'a>(side: &Side<'a>) -> Keyed<'a> {
    let [portal, kind, id] = ["portal", "tokenType", "id"].map(|name| side.layout.index(name));
    let word = |row: &'a Row, index: Option<usize>| index.map_or("", |index| text(row.cell(index)));
    let mut keyed = Keyed { rows: BTreeMap::new(), without_id: 0 };
    for row in side.rows {
        match id.and_then(|index| row.cell(index).as_int()) {
            Some(id) => drop(keyed.rows.insert((word(row, portal), word(row, kind), id), row)),
            None => keyed.without_id += 1,
        }
    }
    keyed
}

/// A field that is compared, and its cells in old and new rows.
type Field<'f> = (&'f str, (usize, usize));

fn changes(old: &Row, new: &Row, compared: &[Field<'_>]) -> Vec<Change> {
    let pairs = compared.iter().map(|(name, (before, after))| (name, old.cell(*before), new.cell(*after)));
    let change = |(name, old, new): (&&str, &Cell, &Cell)| Change {
        field: (*name).to_owned(),
        old: old.to_json(),
        new: new.to_json(),
    };
    pairs.filter(|(_, old, new)| !same(old, new)).map(change).collect()
}

/// Lists have no order: a portal may name the roles of a user in another one tomorrow.
fn same(old: &Cell, new: &Cell) -> bool {
    match (old, new) {
        (Cell::List(old), Cell::List(new)) => {
            let sorted = |items: &[smol_str::SmolStr]| {
                let mut items = items.to_vec();
                items.sort_unstable();
                items
            };
            old == new || (old.len() == new.len() && sorted(old) == sorted(new))
        }
        (old, new) => old == new,
    }
}

//! Sorting: numbers as numbers, missing values last whichever way, ties by portal, kind and id.

use std::cmp::Ordering;

use crate::row::{Cell, Layout, Row};
use crate::spec::SortKey;

/// What decides between rows that are equal by the query's keys.
const TIES: [&str; 3] = ["portal", "tokenType", "id"];

/// Sorts by the query's keys, by `id` without any.
pub fn sort(rows: &mut [Row], keys: &[SortKey], layout: &Layout) {
    let mut by: Vec<(usize, bool, bool)> = keys
        .iter()
        .filter_map(|key| Some((layout.index(key.field.name)?, key.descending, key.field.zero_is_null)))
        .collect();
    if by.is_empty() {
        by.extend(layout.index("id").map(|index| (index, false, false)));
    }
    by.extend(TIES.iter().filter_map(|name| layout.index(name)).map(|index| (index, false, false)));
    rows.sort_by(|a, b| {
        by.iter()
            .map(|(index, descending, zero_is_null)| {
                compare(a.cell(*index), b.cell(*index), *descending, *zero_is_null)
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

fn compare(a: &Cell, b: &Cell, descending: bool, zero_is_null: bool) -> Ordering {
    let missing = |cell: &Cell| *cell == Cell::Null || (zero_is_null && *cell == Cell::Int(0));
    match (missing(a), missing(b)) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) if descending => values(b, a),
        (false, false) => values(a, b),
    }
}

fn values(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::List(a), Cell::List(b)) => a.cmp(b),
        // Values of different types, as a portal may send them: numbers, then texts, then the rest.
        _ => rank(a).cmp(&rank(b)).then_with(|| a.to_json().to_string().cmp(&b.to_json().to_string())),
    }
}

fn rank(cell: &Cell) -> u8 {
    match cell {
        Cell::Null => 5,
        Cell::Bool(_) => 0,
        Cell::Int(_) => 1,
        Cell::Text(_) => 2,
        Cell::List(_) => 3,
        Cell::Other(_) => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Field, TOKEN_FIELDS};
    use crate::row::Name;

    fn field(name: &str) -> &'static Field {
        TOKEN_FIELDS.iter().find(|field| field.name == name).expect("a field")
    }

    /// The ids in order, of rows given as (id, lastUsedOn, tokenType).
    fn sorted(rows: &[(i64, Cell, &str)], keys: &[(&str, bool)]) -> Vec<i64> {
        let names = ["id", "lastUsedOn", "tokenType"];
        let layout = Layout::new(names.iter().map(|name| Name::Known(field(name))).collect());
        let row = |(id, used, kind): &(i64, Cell, &str)| {
            let mut row = layout.empty_row();
            row.set(0, Cell::Int(*id));
            row.set(1, used.clone());
            row.set(2, Cell::text(kind));
            row
        };
        let mut rows: Vec<Row> = rows.iter().map(row).collect();
        let keys: Vec<SortKey> = keys
            .iter()
            .map(|(name, descending)| SortKey { field: field(name), descending: *descending })
            .collect();
        sort(&mut rows, &keys, &layout);
        rows.iter().filter_map(|row| row.cell(0).as_int()).collect()
    }

    #[test]
    fn numbers_sort_as_numbers_and_missing_last() {
        let rows = [
            (1, Cell::Null, "lmv1"),
            (2, Cell::Int(100), "lmv1"),
            (3, Cell::Int(9), "lmv1"),
            (4, Cell::Int(0), "lmv1"),
        ];
        assert_eq!(sorted(&rows, &[("lastUsedOn", false)]), [3, 2, 1, 4]);
        assert_eq!(sorted(&rows, &[("lastUsedOn", true)]), [2, 3, 1, 4]);
    }

    #[test]
    fn ties_go_by_kind_then_id() {
        let rows = [(7, Cell::Null, "lmv1"), (7, Cell::Null, "bearer"), (3, Cell::Null, "lmv1")];
        assert_eq!(sorted(&rows, &[]), [3, 7, 7]);
        assert_eq!(sorted(&rows, &[("lastUsedOn", false)]), [7, 3, 7]);
    }

    #[test]
    fn mixed_types_have_an_order_and_do_not_panic() {
        let other = |value: serde_json::Value| Cell::Other(Box::new(value));
        let rows = [
            (1, other(serde_json::json!("x")), "a"),
            (2, Cell::Int(5), "a"),
            (3, other(serde_json::json!({})), "a"),
            (4, Cell::text("t"), "a"),
        ];
        assert_eq!(sorted(&rows, &[("lastUsedOn", false)]), [2, 4, 1, 3]);
    }
}

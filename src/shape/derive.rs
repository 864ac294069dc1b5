//! Derived cells: what lmq works out of the API's fields.

use crate::catalog::Field;
use crate::row::{Cell, Layout, Name, Row};
use crate::spec::TokenKind;
use crate::text;

const DAY: i64 = 86_400;
/// Rows that one warning names.
const NAMED: usize = 3;

/// Where the cells are, and what all rows share.
pub(super) struct Derive {
    token_type: Option<usize>,
    portal: Option<usize>,
    enabled: Option<usize>,
    never_used: Option<usize>,
    age_days: Option<usize>,
    idle_days: Option<usize>,
    status: Option<usize>,
    created_on: Option<Time>,
    last_used_on: Option<Time>,
    portal_name: Cell,
    now: i64,
}

/// Where a time is, and which it is.
type Time = (usize, &'static Field);

/// A field whose time is implausible.
pub(super) type Odd = &'static str;

impl Derive {
    pub(super) fn new(layout: &Layout, portal: &str, now: i64) -> Self {
        Self {
            token_type: layout.index("tokenType"),
            portal: layout.index("portal"),
            enabled: layout.index("enabled"),
            never_used: layout.index("neverUsed"),
            age_days: layout.index("ageDays"),
            idle_days: layout.index("idleDays"),
            status: layout.index("status"),
            created_on: time(layout, "createdOn"),
            last_used_on: time(layout, "lastUsedOn"),
            portal_name: Cell::text(portal),
            now,
        }
    }

    /// The rows that follow are this portal's.
    pub(super) fn set_portal(&mut self, portal: &str) {
        self.portal_name = Cell::text(portal);
    }

    /// Fills the derived cells of a row. Gives the fields whose time cannot be believed: what is derived from them is null.
    pub(super) fn fill(&self, row: &mut Row, kind: TokenKind) -> Vec<Odd> {
        let mut odd = Vec::new();
        let read = |index: Option<usize>| index.map_or(&Cell::Null, |index| row.cell(index));
        let age = self.days(row, self.created_on, &mut odd);
        let (never, idle) = match read(self.last_used_on.map(|(index, _)| index)) {
            Cell::Null | Cell::Int(0) => (Some(true), age),
            _ => {
                let idle = self.days(row, self.last_used_on, &mut odd);
                (idle.map(|_| false), idle)
            }
        };
        let enabled = read(self.status).as_int().map(|status| status == 2);
        let mut set = |index: Option<usize>, cell: Cell| {
            if let Some(index) = index {
                row.set(index, cell);
            }
        };
        set(self.token_type, Cell::text(kind.name()));
        set(self.portal, self.portal_name.clone());
        set(self.enabled, enabled.map_or(Cell::Null, Cell::Bool));
        set(self.never_used, never.map_or(Cell::Null, Cell::Bool));
        set(self.age_days, age.map_or(Cell::Null, Cell::Int));
        set(self.idle_days, idle.map_or(Cell::Null, Cell::Int));
        odd
    }

    fn days(&self, row: &Row, time: Option<Time>, odd: &mut Vec<Odd>) -> Option<i64> {
        let (index, field) = time?;
        let cell = row.cell(index);
        if cell.is_implausible(field, self.now) {
            odd.push(field.name);
            return None;
        }
        Some((self.now - cell.as_int()?).div_euclid(DAY))
    }
}

fn time(layout: &Layout, name: &str) -> Option<Time> {
    let index = layout.index(name)?;
    match &layout.names()[index] {
        Name::Known(field) => Some((index, field)),
        Name::Unknown(_) => None,
    }
}

/// Implausible times, by field, with the first rows that have one.
#[derive(Default)]
pub(super) struct Warnings {
    found: Vec<(Odd, usize, Vec<String>)>,
}

impl Warnings {
    pub(super) fn extend(&mut self, odd: Vec<Odd>, row: &Row, layout: &Layout) {
        for field in odd {
            let at = self.found.iter().position(|(known, ..)| *known == field).unwrap_or_else(|| {
                self.found.push((field, 0, Vec::new()));
                self.found.len() - 1
            });
            let (_, count, named) = &mut self.found[at];
            *count += 1;
            if named.len() < NAMED {
                let id = layout.index("id").and_then(|index| row.cell(index).as_int());
                named.push(id.map_or_else(|| "?".to_owned(), |id| id.to_string()));
            }
        }
    }

    pub(super) fn finish(self) -> Vec<String> {
        let warning = |(field, count, named): (Odd, usize, Vec<String>)| {
            let more = if count > named.len() { ", …" } else { "" };
            let tokens = text::counted(count, "token");
            format!(
                "implausible `{field}` on {tokens} ({}{more}): what is derived from it is null",
                named.join(", ")
            )
        };
        self.found.into_iter().map(warning).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TOKEN_FIELDS;
    use crate::row::Name;

    const NOW: i64 = 1_800_000_000;

    fn filled(created: Cell, used: Cell, status: Cell) -> (Vec<serde_json::Value>, Vec<Odd>) {
        let layout = Layout::new(TOKEN_FIELDS.iter().map(Name::Known).collect());
        let mut row = layout.empty_row();
        for (name, cell) in [("createdOn", created), ("lastUsedOn", used), ("status", status)] {
            row.set(layout.index(name).expect("a field"), cell);
        }
        let odd = Derive::new(&layout, "acme", NOW).fill(&mut row, TokenKind::Bearer);
        let json = row.to_json(&layout);
        let names = ["tokenType", "portal", "enabled", "neverUsed", "ageDays", "idleDays"];
        (names.map(|name| json[name].clone()).to_vec(), odd)
    }

    #[test]
    fn days_are_floored_and_never_used_counts_from_creation() {
        let day = |days: i64| Cell::Int(NOW - days * DAY - 5);
        let row = |cells: (Cell, Cell)| filled(cells.0, cells.1, Cell::Int(2)).0;
        let json = serde_json::json!(["bearer", "acme", true, false, 10, 3]);
        assert_eq!(serde_json::json!(row((day(10), day(3)))), json);
        for never in [Cell::Null, Cell::Int(0)] {
            let json = serde_json::json!(["bearer", "acme", true, true, 10, 10]);
            assert_eq!(serde_json::json!(row((day(10), never))), json);
        }
    }

    #[test]
    fn status_1_is_disabled_and_2_is_enabled() {
        let enabled = |status: Cell| filled(Cell::Null, Cell::Null, status).0[2].clone();
        assert_eq!(enabled(Cell::Int(1)), false);
        assert_eq!(enabled(Cell::Int(2)), true);
        assert_eq!(enabled(Cell::Null), serde_json::Value::Null);
    }

    #[test]
    fn implausible_times_derive_nothing_and_are_told() {
        for time in [NOW + DAY + 1, 1_700_000_000_000, -5, i64::MAX, i64::MIN] {
            let (cells, odd) = filled(Cell::Int(time), Cell::Int(time), Cell::Null);
            assert_eq!(odd, ["createdOn", "lastUsedOn"], "{time}");
            assert!(cells[4].is_null() && cells[5].is_null());
        }
        let (cells, odd) = filled(Cell::Int(NOW + DAY - 1), Cell::Null, Cell::Null);
        assert!(odd.is_empty() && cells[4] == -1, "clocks may differ by a day");
    }
}

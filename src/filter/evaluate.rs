//! Conditions decided on rows.
//!
//! Null matches only negations and `empty`; so does 0 where it means never. `eq` is exact, `contains` ignores case. On a
//! list of strings, `eq` asks for a member and `contains` for a member that contains the text.

use super::{Condition, Leaf, Op, Scalar};
use crate::row::{Cell, Layout, Row};

/// Conditions bound to a layout, to be decided on many rows.
#[derive(Debug)]
pub struct Matcher<'a> {
    conditions: Vec<Vec<(usize, &'a Leaf)>>,
    fold: bool,
}

impl<'a> Matcher<'a> {
    /// Binds conditions that all must hold. Every field they name must be in the layout.
    ///
    /// # Panics
    /// When a field is missing from the layout, which the plan excludes.
    #[must_use]
    pub fn new(conditions: impl IntoIterator<Item = &'a Condition>, layout: &Layout) -> Self {
        let bind = |leaf: &'a Leaf| {
            (
                layout.index(leaf.field.name).expect("the plan fetches every field that a condition names"),
                leaf,
            )
        };
        let conditions =
            conditions.into_iter().map(|condition| condition.leaves().iter().map(bind).collect());
        Self { conditions: conditions.collect(), fold: false }
    }

    /// The same with case ignored in `eq` too: every row that a portal may send without being wrong. In `ne` case counts, as
    /// ignoring it would leave rows out.
    #[must_use]
    pub fn ignoring_case(self) -> Self {
        Self { fold: true, ..self }
    }

    /// Whether all conditions hold.
    #[must_use]
    pub fn matches(&self, row: &Row) -> bool {
        self.conditions
            .iter()
            .all(|leaves| leaves.iter().any(|(index, leaf)| self.holds(leaf, row.cell(*index))))
    }

    fn holds(&self, leaf: &Leaf, cell: &Cell) -> bool {
        let null = match cell {
            Cell::Null => true,
            Cell::Int(0) => leaf.field.zero_is_null,
            _ => false,
        };
        match leaf.op {
            Op::Empty => null || cell.is_empty(),
            Op::NotEmpty => !null && !cell.is_empty(),
            Op::Eq => !null && leaf.values.iter().any(|value| equals(cell, value, |a, b| self.same(a, b))),
            Op::Ne => null || !leaf.values.iter().any(|value| equals(cell, value, str::eq)),
            Op::Contains => leaf.values.iter().any(|value| contains(cell, value)),
            Op::NotContains => !leaf.values.iter().any(|value| contains(cell, value)),
            Op::Gt | Op::Lt | Op::Ge | Op::Le => !null && ordered(leaf, cell),
            Op::Before | Op::After | Op::OlderThan | Op::NewerThan => {
                unreachable!("the plan resolves conditions on time before rows are decided")
            }
        }
    }

    fn same(&self, a: &str, b: &str) -> bool {
        a == b || (self.fold && lower(a) == lower(b))
    }
}

fn equals(cell: &Cell, value: &Scalar, same: impl Fn(&str, &str) -> bool) -> bool {
    match (cell, value) {
        (Cell::Int(cell), Scalar::Int(value)) => cell == value,
        (Cell::Bool(cell), Scalar::Bool(value)) => cell == value,
        (Cell::Text(cell), Scalar::Text(value)) => same(cell, value),
        (Cell::List(items), Scalar::Text(value)) => items.iter().any(|item| same(item, value)),
        _ => false,
    }
}

/// Letter by letter: `str::to_lowercase` makes another letter of a Σ at the end of a word, and a part ends elsewhere.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn ordered(leaf: &Leaf, cell: &Cell) -> bool {
    let (Cell::Int(cell), Some(Scalar::Int(value))) = (cell, leaf.values.first()) else { return false };
    match leaf.op {
        Op::Gt => cell > value,
        Op::Lt => cell < value,
        Op::Ge => cell >= value,
        _ => cell <= value,
    }
}

fn contains(cell: &Cell, value: &Scalar) -> bool {
    let Scalar::Text(value) = value else { return false };
    let value = lower(value);
    let has = |text: &str| lower(text).contains(&value);
    match cell {
        Cell::Text(text) => has(text),
        Cell::List(items) => items.iter().any(|item| has(item)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use crate::catalog::by_path;
    use crate::row::Name;

    fn holds(name: &str, op: Op, values: &[Scalar], cell: Cell, fold: bool) -> bool {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        let leaf = check::leaf(endpoint, name, op, values.to_vec()).expect("it fits");
        let layout = Layout::new(vec![Name::Known(leaf.field)]);
        let mut row = layout.empty_row();
        row.set(0, cell);
        let condition = Condition::Is(leaf);
        let matcher = Matcher::new([&condition], &layout);
        if fold { matcher.ignoring_case().matches(&row) } else { matcher.matches(&row) }
    }

    #[test]
    fn null_matches_only_negations_and_empty() {
        let two = [Scalar::Int(2)];
        let text = [Scalar::Text("a".to_owned())];
        for null in [Cell::Null, Cell::Int(0)] {
            for op in [Op::Eq, Op::Gt, Op::Lt, Op::Ge, Op::Le] {
                assert!(!holds("lastUsedOn", op, &two, null.clone(), false), "{op:?} {null:?}");
            }
            assert!(holds("lastUsedOn", Op::Ne, &two, null.clone(), false));
            assert!(holds("lastUsedOn", Op::Empty, &[], null.clone(), false));
            assert!(!holds("lastUsedOn", Op::NotEmpty, &[], null, false));
        }
        assert!(!holds("note", Op::Contains, &text, Cell::Null, false));
        assert!(holds("note", Op::NotContains, &text, Cell::Null, false));
        assert!(holds("id", Op::Lt, &two, Cell::Int(0), false), "0 is a number elsewhere");
    }

    #[test]
    fn eq_is_exact_and_contains_ignores_case() {
        let value = [Scalar::Text("Svc".to_owned())];
        assert!(!holds("adminName", Op::Eq, &value, Cell::text("svc"), false));
        assert!(holds("adminName", Op::Eq, &value, Cell::text("svc"), true));
        assert!(holds("adminName", Op::Contains, &value, Cell::text("my-sVC-1"), false));
        assert!(holds(
            "adminName",
            Op::Contains,
            &[Scalar::Text("ÅKE".to_owned())],
            Cell::text("björn åkesson"),
            false
        ));
    }

    #[test]
    fn a_part_of_a_greek_word_is_found_whatever_its_case() {
        let value = [Scalar::Text("ΣΕΥΣ".to_owned())];
        assert!(holds("note", Op::Contains, &value, Cell::text("ὀδυσσευσ ὁ"), false));
        assert!(holds("note", Op::Contains, &[Scalar::Text("Σ".to_owned())], Cell::text("ΟΔΟΣ"), false));
    }

    #[test]
    fn a_row_in_another_case_does_not_break_a_negation() {
        let value = [Scalar::Text("NULL".to_owned())];
        for fold in [false, true] {
            assert!(holds("note", Op::Ne, &value, Cell::text("null"), fold));
            assert!(!holds("note", Op::Ne, &value, Cell::text("NULL"), fold));
        }
    }

    #[test]
    fn lists_of_values_are_any_or_none() {
        let values = [Scalar::Int(1), Scalar::Int(3)];
        assert!(holds("status", Op::Eq, &values, Cell::Int(3), false));
        assert!(!holds("status", Op::Ne, &values, Cell::Int(3), false));
        assert!(holds("status", Op::Ne, &values, Cell::Int(2), false));
    }

    #[test]
    fn a_list_field_is_asked_for_a_member() {
        let roles = Cell::List(["administrator".into(), "readonly".into()].into());
        let value = |text: &str| [Scalar::Text(text.to_owned())];
        assert!(holds("roles", Op::Eq, &value("readonly"), roles.clone(), false));
        assert!(!holds("roles", Op::Eq, &value("read"), roles.clone(), false));
        assert!(holds("roles", Op::Contains, &value("READ"), roles.clone(), false));
        assert!(!holds("roles", Op::Empty, &[], roles, false));
        assert!(holds("roles", Op::Empty, &[], Cell::List([].into()), false));
    }

    #[test]
    fn alternatives_need_one() {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        let leaf = |n| check::leaf(endpoint, "status", Op::Eq, vec![Scalar::Int(n)]).expect("it fits");
        let any = Condition::Any(vec![leaf(1), leaf(2)]);
        let layout = Layout::new(vec![Name::Known(leaf(1).field)]);
        let mut row = layout.empty_row();
        row.set(0, Cell::Int(2));
        assert!(Matcher::new([&any], &layout).matches(&row));
        row.set(0, Cell::Int(3));
        assert!(!Matcher::new([&any], &layout).matches(&row));
    }
}

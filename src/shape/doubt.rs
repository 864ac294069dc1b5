//! Rows on which a condition on a derived field cannot be decided: what it is derived from is there, and is no time or
//! status. Such a row may match, so the list without it proves nothing.

use crate::catalog::Origin;
use crate::filter::{Condition, Leaf, Op};
use crate::row::{Cell, Layout, Row};

/// The doubts about the rows looked at.
pub(super) struct Doubts<'a> {
    layout: &'a Layout,
    asked: Vec<Asked>,
}

/// A derived field that a condition is on.
struct Asked {
    name: &'static str,
    sources: Vec<&'static str>,
    /// The source and id of the first row in doubt.
    first: Option<(&'static str, Option<i64>)>,
    rows: usize,
}

impl<'a> Doubts<'a> {
    pub(super) fn new(conditions: &[Condition], layout: &'a Layout) -> Self {
        let mut asked: Vec<Asked> = Vec::new();
        for leaf in conditions.iter().flat_map(Condition::leaves) {
            let sources = sources(leaf);
            if !sources.is_empty() && asked.iter().all(|known| known.name != leaf.field.name) {
                asked.push(Asked { name: leaf.field.name, sources, first: None, rows: 0 });
            }
        }
        Self { layout, asked }
    }

    /// Looks at a row whose derived cells are filled.
    pub(super) fn look(&mut self, row: &Row) {
        let cell = |name: &str| self.layout.index(name).map_or(&Cell::Null, |index| row.cell(index));
        for asked in &mut self.asked {
            if *cell(asked.name) != Cell::Null {
                continue;
            }
            // Of these, 0 is nothing: a token that was never used.
            let there = |name: &&&str| !matches!(cell(name), Cell::Null | Cell::Int(0));
            if let Some(source) = asked.sources.iter().find(there) {
                asked.first = asked.first.or(Some((source, cell("id").as_int())));
                asked.rows += 1;
            }
        }
    }

    /// A reason for each field in doubt.
    pub(super) fn finish(self) -> Vec<String> {
        let reason = |asked: Asked| {
            let (source, id) = asked.first?;
            let token = id.map_or_else(|| "a token without id".to_owned(), |id| format!("token {id}"));
            let more = if asked.rows > 1 { format!(" and {} more", asked.rows - 1) } else { String::new() };
            let name = asked.name;
            Some(format!(
                "`{source}` of {token}{more} gives no `{name}`, so the filter on `{name}` proves nothing"
            ))
        };
        self.asked.into_iter().filter_map(reason).collect()
    }
}

/// What the field of a condition is derived from; nothing where null is what the condition asks about.
fn sources(leaf: &Leaf) -> Vec<&'static str> {
    match (leaf.op, &leaf.field.origin) {
        (Op::Empty | Op::NotEmpty, _) | (_, Origin::Api | Origin::Derived("")) => Vec::new(),
        // The idle days of a never-used token are its age.
        (_, Origin::Derived(from)) if leaf.field.name == "idleDays" => vec![from, "createdOn"],
        (_, Origin::Derived(from)) => vec![from],
    }
}

//! Rows on which a condition or `select` cannot be decided: a field has a value of another type than documented, or what a
//! derived field is made of is there and is no time or status. Such a row may match, so the list without it proves nothing.

use crate::catalog::{Field, Origin};
use crate::filter::{Condition, Leaf, Op};
use crate::path::Path;
use crate::row::{Cell, Layout, Name, Row};

/// The doubts about the rows looked at.
pub(super) struct Doubts<'a> {
    layout: &'a Layout,
    asked: Vec<Asked>,
}

/// A field that a condition or `select` is on.
struct Asked {
    name: String,
    /// Who asks, for the reason.
    by: &'static str,
    sources: Vec<&'static str>,
    /// The source and id of the first row in doubt.
    first: Option<(&'static str, Option<i64>)>,
    rows: usize,
}

impl<'a> Doubts<'a> {
    pub(super) fn new(conditions: &[Condition], select: Option<&Path>, layout: &'a Layout) -> Self {
        let mut asked: Vec<Asked> = Vec::new();
        let mut ask = |name: &str, by: &'static str, sources: Vec<&'static str>| {
            if !sources.is_empty() && asked.iter().all(|known| known.name != name) {
                asked.push(Asked { name: name.to_owned(), by, sources, first: None, rows: 0 });
            }
        };
        for leaf in conditions.iter().flat_map(Condition::leaves) {
            ask(leaf.field.name, "filter", sources(leaf));
        }
        for name in select.iter().flat_map(|path| path.fields()) {
            let known = layout.names().iter().find(|known| known.as_str() == name);
            if let Some(Name::Known(field)) = known {
                ask(field.name, "`select`", if field.is_api() { vec![field.name] } else { made_of(field) });
            }
        }
        Self { layout, asked }
    }

    /// Looks at a row whose derived cells are filled.
    pub(super) fn look(&mut self, row: &Row) {
        let cell = |name: &str| self.layout.index(name).map_or(&Cell::Null, |index| row.cell(index));
        for asked in &mut self.asked {
            let own = cell(&asked.name);
            if *own != Cell::Null && !matches!(own, Cell::Other(_)) {
                continue;
            }
            let there = |name: &&&str| *cell(name) != Cell::Null;
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
            let Asked { name, by, .. } = asked;
            let what = if name == source {
                "has another type than documented".to_owned()
            } else {
                format!("gives no `{name}`")
            };
            let by = if by == "filter" { format!("the filter on `{name}`") } else { by.to_owned() };
            Some(format!("`{source}` of {token}{more} {what}, so {by} proves nothing"))
        };
        self.asked.into_iter().filter_map(reason).collect()
    }
}

/// What the field of a condition is derived from; nothing where null is what the condition asks about.
fn sources(leaf: &Leaf) -> Vec<&'static str> {
    if matches!(leaf.op, Op::Empty | Op::NotEmpty) { Vec::new() } else { made_of(leaf.field) }
}

/// What lmq makes a field of.
fn made_of(field: &Field) -> Vec<&'static str> {
    match field.origin {
        Origin::Api | Origin::Derived("") => Vec::new(),
        // The idle days of a never-used token are its age.
        Origin::Derived(from) if field.name == "idleDays" => vec![from, "createdOn"],
        Origin::Derived(from) => vec![from],
    }
}

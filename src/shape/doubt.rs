//! Rows on which a condition or `select` cannot be decided: a field has a value of another type than documented, or what a
//! derived field is made of is no time or status, or null throughout; for `select`, a field that every token has is null, too. Such a
//! row may match, so the list without it proves nothing.

use crate::catalog::{Field, Origin};
use crate::filter::{Condition, Op};
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
    /// Whether null is a doubt whatever the sources are.
    always: bool,
    /// The first row in doubt.
    first: Option<First>,
    rows: usize,
}

/// A row in doubt: the field that makes it so, whether that is null, and the row's id.
struct First {
    source: &'static str,
    null: bool,
    id: Option<i64>,
}

impl<'a> Doubts<'a> {
    pub(super) fn new(conditions: &[Condition], select: Option<&Path>, layout: &'a Layout) -> Self {
        let mut asked: Vec<Asked> = Vec::new();
        let mut ask = |name: &str, by: &'static str, sources: Vec<&'static str>, always: bool| {
            let known = asked.iter().any(|known| known.name == name && (known.always || !always));
            if !sources.is_empty() && !known {
                asked.push(Asked { name: name.to_owned(), by, sources, always, first: None, rows: 0 });
            }
        };
        for leaf in conditions.iter().flat_map(Condition::leaves) {
            // A null of the API's own is looked for where the rows come in, and one that `empty` asks for is what it asks for.
            let always = !matches!(leaf.op, Op::Empty | Op::NotEmpty);
            ask(leaf.field.name, "filter", made_of(leaf.field), always);
        }
        for name in select.iter().flat_map(|path| path.fields()) {
            let known = layout.names().iter().find(|known| known.as_str() == name);
            if let Some(Name::Known(field)) = known {
                let sources = if field.is_api() { vec![field.name] } else { made_of(field) };
                ask(field.name, "`select`", sources, field.always || !field.is_api());
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
            let there = |name: &&&'static str| *cell(name) != Cell::Null;
            let (null, source) = match asked.sources.iter().find(there) {
                Some(source) => (false, *source),
                None if asked.always => (true, asked.sources[asked.sources.len() - 1]),
                None => continue,
            };
            asked.first.get_or_insert_with(|| First { source, null, id: cell("id").as_int() });
            asked.rows += 1;
        }
    }

    /// A reason for each field in doubt.
    pub(super) fn finish(self) -> Vec<String> {
        let reason = |asked: Asked| {
            let First { source, null, id } = asked.first?;
            let token = id.map_or_else(|| "a token without id".to_owned(), |id| format!("token {id}"));
            let more = if asked.rows > 1 { format!(" and {} more", asked.rows - 1) } else { String::new() };
            let Asked { name, by, .. } = asked;
            let what = if null {
                "is null".to_owned()
            } else if name == source {
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

/// What lmq makes a field of.
fn made_of(field: &Field) -> Vec<&'static str> {
    match field.origin {
        Origin::Api | Origin::Derived("") => Vec::new(),
        // The idle days of a never-used token are its age.
        Origin::Derived(from) if field.name == "idleDays" => vec![from, "createdOn"],
        Origin::Derived(from) => vec![from],
    }
}

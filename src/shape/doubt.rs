//! Rows on which a condition, `select` or a `sort` that cuts cannot be decided: a field has a value of another type than documented or a
//! time that is implausible, or what a derived field is made of is no time or status, or null throughout; for `select` and `sort`, a
//! field that every token has is null, too. Such a row may match, so the list without it proves nothing.

use crate::catalog::{Field, FieldType, Origin};
use crate::filter::{Condition, Op};
use crate::path::Path;
use crate::row::{Cell, Layout, Name, Row};
use crate::spec::SortKey;

/// The doubts about the rows looked at.
pub(super) struct Doubts<'a> {
    layout: &'a Layout,
    now: i64,
    asked: Vec<Asked>,
}

/// A field that is read.
struct Asked {
    field: &'static Field,
    /// Who reads it, for the reason.
    by: &'static str,
    /// Whether null is a doubt; of a derived field where nothing that it is made of is there.
    null: bool,
    /// The first row in doubt.
    first: Option<First>,
    rows: usize,
}

/// A row in doubt: the field that makes it so, what is wrong with that, and the row's id.
struct First {
    source: &'static str,
    what: &'static str,
    id: Option<i64>,
}

impl<'a> Doubts<'a> {
    /// About conditions and `select`. `now` is in epoch seconds.
    pub(super) fn new(conditions: &[Condition], select: Option<&Path>, layout: &'a Layout, now: i64) -> Self {
        let mut doubts = Self { layout, now, asked: Vec::new() };
        for leaf in conditions.iter().flat_map(Condition::leaves) {
            // Where the rows come in the API's own values are looked at, but without a clock. A null that `empty` asks for is none.
            let asks_for_null = matches!(leaf.op, Op::Empty | Op::NotEmpty);
            if !leaf.field.is_api() || leaf.field.kind == FieldType::EpochSeconds {
                doubts.ask(leaf.field, "filter", !leaf.field.is_api() && !asks_for_null);
            }
        }
        for name in select.iter().flat_map(|path| path.fields()) {
            let known = layout.names().iter().find(|known| known.as_str() == name);
            if let Some(Name::Known(field)) = known {
                doubts.ask(field, "`select`", field.always || !field.is_api());
            }
        }
        doubts
    }

    /// About the place of rows in an order.
    pub(super) fn of_order(keys: &[SortKey], layout: &'a Layout, now: i64) -> Self {
        let mut doubts = Self { layout, now, asked: Vec::new() };
        for SortKey { field, .. } in keys {
            doubts.ask(field, "`sort`", field.always || !field.is_api());
        }
        doubts
    }

    fn ask(&mut self, field: &'static Field, by: &'static str, null: bool) {
        let known = self.asked.iter().any(|known| known.field == field && (known.null || !null));
        if !known {
            self.asked.push(Asked { field, by, null, first: None, rows: 0 });
        }
    }

    /// Looks at a row whose derived cells are filled.
    pub(super) fn look(&mut self, row: &Row) {
        let cell = |name: &str| self.layout.index(name).map_or(&Cell::Null, |index| row.cell(index));
        for asked in &mut self.asked {
            let own = cell(asked.field.name);
            let sources = made_of(asked.field);
            let (source, what) = match own.doubt(asked.field, self.now) {
                None => continue,
                Some(what) if *own != Cell::Null => (asked.field.name, what),
                Some(what) => match sources.iter().find(|name| *cell(name) != Cell::Null) {
                    Some(source) => (*source, ""),
                    None if asked.null => (*sources.last().unwrap_or(&asked.field.name), what),
                    None => continue,
                },
            };
            asked.first.get_or_insert_with(|| First { source, what, id: cell("id").as_int() });
            asked.rows += 1;
        }
    }

    /// A reason for each field in doubt.
    pub(super) fn finish(self) -> impl Iterator<Item = String> {
        self.asked.into_iter().filter_map(|asked| {
            let First { source, what, id } = asked.first?;
            let token = id.map_or_else(|| "a token without id".to_owned(), |id| format!("token {id}"));
            let more = if asked.rows > 1 { format!(" and {} more", asked.rows - 1) } else { String::new() };
            let name = asked.field.name;
            let what = if what.is_empty() { format!("gives no `{name}`") } else { what.to_owned() };
            let by =
                if asked.by == "filter" { format!("the filter on `{name}`") } else { asked.by.to_owned() };
            Some(format!("`{source}` of {token}{more} {what}, so {by} proves nothing"))
        })
    }
}

/// What lmq makes a field of.
pub(super) fn made_of(field: &Field) -> Vec<&'static str> {
    match field.origin {
        Origin::Api | Origin::Derived("") => Vec::new(),
        // The idle days of a never-used token are its age.
        Origin::Derived(from) if field.name == "idleDays" => vec![from, "createdOn"],
        Origin::Derived(from) => vec![from],
    }
}

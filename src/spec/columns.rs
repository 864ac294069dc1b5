//! `select` and `columns`: paths and names held against what rows have.

use std::collections::HashSet;

use super::fields;
use super::query::{ColumnSource, ColumnSpec};
use crate::catalog::Endpoint;
use crate::diag::Code;
use crate::path::{self, Known, Path, Root};
use crate::row::Name;
use crate::text;
use crate::yaml::Node;
use crate::yaml::{At, Entries, Mistake, Reader};

const KEYS: &[&str] = &["title", "path"];

/// What rows of an endpoint have. Key material is no part of it: a path could take it apart.
pub(super) fn known(endpoint: &Endpoint, unknown: &[String]) -> Vec<Known> {
    let known = endpoint.fields.iter().filter(|field| !field.secret);
    let known = known.map(|field| Known { name: field.name.to_owned(), kind: Some(field.kind) });
    known.chain(unknown.iter().map(|name| Known { name: name.clone(), kind: None })).collect()
}

/// `select`: which rows of the result.
pub(super) fn select(reader: &mut Reader, keys: &Entries<'_>, known: &[Known]) -> Option<Path> {
    keys.value("select").and_then(|at| path(reader, at, Root::Rows, known))
}

/// `columns`; the fields in order where the query has none.
pub(super) fn columns(
    reader: &mut Reader,
    keys: &Entries<'_>,
    endpoint: &Endpoint,
    unknown: &[String],
    fields: &[Name],
) -> Vec<ColumnSpec> {
    match keys.value("columns") {
        Some(at) => list(reader, at, endpoint, unknown),
        None => fields.iter().cloned().map(field).collect(),
    }
}

/// A list of names, and of maps with `title` and `path`.
pub(super) fn list(
    reader: &mut Reader,
    at: &At<'_>,
    endpoint: &Endpoint,
    unknown: &[String],
) -> Vec<ColumnSpec> {
    let items = at.items();
    if items.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty list, expected columns", &at.place));
    }
    let mut columns: Vec<ColumnSpec> = Vec::new();
    let mut titles = HashSet::new();
    for item in items {
        let column = match item.node {
            Node::Map(_) => titled(reader, &item, endpoint, unknown),
            _ => fields::name(reader, &item, endpoint, unknown).map(field),
        };
        let Some(column) = column else { continue };
        if titles.insert(column.title.clone()) {
            columns.push(column);
        } else {
            let message = format!("two columns are called `{}`", text::shortened(&column.title, 40));
            reader.push(
                Mistake::new(Code::BadValue, message, &item.place).help("give one of them another `title`"),
            );
        }
    }
    columns
}

fn field(name: Name) -> ColumnSpec {
    ColumnSpec { title: name.as_str().to_owned(), source: ColumnSource::Field(name) }
}

fn titled(reader: &mut Reader, item: &At<'_>, endpoint: &Endpoint, unknown: &[String]) -> Option<ColumnSpec> {
    let keys = reader.entries(item, KEYS, "a field name, or a map with `title` and `path`");
    for key in KEYS {
        if keys.value(key).is_none() {
            reader.push(Mistake::new(Code::MissingKey, format!("a column without `{key}`"), &item.place));
        }
    }
    let title = keys.value("title").and_then(|at| reader.text(at, "a heading"));
    let path = keys.value("path").and_then(|at| path(reader, at, Root::Row, &known(endpoint, unknown)));
    let (title, path) = (title?, path?);
    // A path that is just a field is that field: its type decides how it looks.
    let single = path.single_field().and_then(|name| match endpoint.field(name) {
        Some(field) => Some(Name::Known(field)),
        None => unknown.iter().find(|known| *known == name).cloned().map(Name::Unknown),
    });
    Some(ColumnSpec { title, source: single.map_or(ColumnSource::Path(path), ColumnSource::Field) })
}

/// A path that is checked for where it starts.
fn path(reader: &mut Reader, at: &At<'_>, root: Root, known: &[Known]) -> Option<Path> {
    let text = reader.text(at, "a JSONPath")?;
    match path::parse(&text, root, known) {
        Ok(path) => Some(path),
        Err(mistakes) => {
            for mistake in mistakes {
                reader.push_inner(mistake, &at.place);
            }
            None
        }
    }
}

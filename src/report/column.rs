//! Columns of tabular reports: a field of the row, or what a JSONPath finds in it.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::found::{FINDINGS, Found};
use crate::catalog::Field;
use crate::path::{self, Known, Path, Root};
use crate::row::{Cell, Layout, Name, Row};
use crate::spec::{ColumnSource, ColumnSpec, Query};

/// The field that tells rows of several portals apart.
const PORTAL: &str = "portal";

/// A column of a report.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// JSONPath (RFC 9535) on a row.
    pub path: String,
    #[serde(skip)]
    #[schemars(skip)]
    source: Source,
}

/// A column as it stands in a saved result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawColumn {
    title: String,
    path: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Source {
    Cell(usize),
    Path(Path),
    /// What expectations found of the row.
    Findings(Arc<Found>),
}

/// The columns over a layout, which has every field that they read.
pub(super) fn columns(specs: &[ColumnSpec], layout: &Layout) -> Vec<Column> {
    let column = |spec: &ColumnSpec| {
        let (path, source) = match &spec.source {
            ColumnSource::Field(name) => {
                (format!("$.{}", name.as_str()), Source::Cell(layout.index(name.as_str())?))
            }
            ColumnSource::Path(path) => (path.as_str().to_owned(), Source::Path(path.clone())),
        };
        Some(Column { title: spec.title.clone(), path, source })
    };
    specs.iter().filter_map(column).collect()
}

/// The columns of a query: those it names, or its fields. Rows of several portals are told apart by the portal, unless the query
/// names columns.
pub(super) fn of_query(query: &Query, portals: usize, layout: &Layout) -> Vec<Column> {
    let columns = columns(&query.columns, layout);
    let fields = query.fields.iter().map(Name::as_str);
    let are_fields = query.columns.iter().map(|column| column.title.as_str()).eq(fields);
    if are_fields && portals > 1 { with_portal(columns, layout) } else { columns }
}

/// The columns of a result on one portal, for one on several. Whether the query names them it does not say; where they are plain
/// fields, it is taken that it does not.
pub(super) fn told_apart(columns: Vec<Column>, layout: &Layout) -> Vec<Column> {
    let is_field = |column: &Column| match &column.source {
        Source::Cell(index) => layout.names()[*index].as_str() == column.title,
        Source::Path(_) | Source::Findings(_) => false,
    };
    if columns.iter().all(is_field) { with_portal(columns, layout) } else { columns }
}

fn with_portal(mut columns: Vec<Column>, layout: &Layout) -> Vec<Column> {
    let is_there = columns.iter().any(|column| column.title == PORTAL);
    if !is_there {
        columns.splice(0..0, Column::of_field(PORTAL, layout));
    }
    columns
}

impl Column {
    /// A saved column over the records' layout.
    ///
    /// # Errors
    /// When its path is none, or reads a field that the records do not have.
    pub(super) fn read(raw: RawColumn, layout: &Layout) -> Result<Self, String> {
        let RawColumn { title, path } = raw;
        if let Some(index) = path.strip_prefix("$.").and_then(|name| layout.index(name)) {
            return Ok(Self { title, path, source: Source::Cell(index) });
        }
        match path::parse(&path, Root::Row, &known(layout)) {
            Ok(parsed) => Ok(Self { title, path, source: Source::Path(parsed) }),
            Err(mistakes) => {
                let why = mistakes.first().map_or("not JSONPath", |mistake| &mistake.message);
                Err(format!("the column `{title}` cannot be read: {why}"))
            }
        }
    }

    /// The column of a field.
    pub(super) fn of_field(name: &str, layout: &Layout) -> Option<Self> {
        let source = Source::Cell(layout.index(name)?);
        Some(Self { title: name.to_owned(), path: format!("$.{name}"), source })
    }

    /// The same column over a layout that has its fields in other places.
    pub(super) fn moved(&self, from: &Layout, to: &Layout) -> Option<Self> {
        let source = match &self.source {
            Source::Cell(index) => Source::Cell(to.index(from.names()[*index].as_str())?),
            other => other.clone(),
        };
        Some(Self { source, ..self.clone() })
    }

    /// The catalogue's field, where the column is one.
    pub(super) fn field(&self, layout: &Layout) -> Option<&'static Field> {
        match &self.source {
            Source::Cell(index) => match &layout.names()[*index] {
                Name::Known(field) => Some(field),
                Name::Unknown(_) => None,
            },
            Source::Path(_) | Source::Findings(_) => None,
        }
    }

    /// A last column, with what was found of each row.
    pub(super) fn findings(found: Found) -> Self {
        let source = Source::Findings(Arc::new(found));
        Self { title: FINDINGS.to_owned(), path: String::new(), source }
    }

    /// Whether it is that column.
    pub(super) fn is_findings(&self) -> bool {
        matches!(self.source, Source::Findings(_))
    }

    /// What was found of a row, where the column is that.
    pub(super) fn found(&self, row: &Row) -> Option<Cell> {
        match &self.source {
            Source::Findings(found) => Some(found.of(row)),
            Source::Cell(_) | Source::Path(_) => None,
        }
    }
}

/// What a path may name on rows of a layout.
pub(super) fn known(layout: &Layout) -> Vec<Known> {
    let known = |name: &Name| {
        let kind = match name {
            Name::Known(field) => Some(field.kind),
            Name::Unknown(_) => None,
        };
        Known { name: name.as_str().to_owned(), kind }
    };
    layout.names().iter().map(known).collect()
}

/// The cells of a row, one a column.
pub(super) fn cells<'a>(columns: &[Column], row: &'a Row, layout: &Layout) -> Vec<Cow<'a, Cell>> {
    // Paths are asked of the row as JSON; made once, and only where there is a path.
    let paths = columns.iter().any(|column| matches!(column.source, Source::Path(_)));
    let json = paths.then(|| row.to_json(layout));
    let cell = |column: &Column| match (&column.source, &json) {
        (Source::Cell(index), _) => Cow::Borrowed(row.cell(*index)),
        (Source::Path(path), Some(json)) => Cow::Owned(found(path.values(json))),
        (Source::Findings(found), _) => Cow::Owned(found.of(row)),
        (Source::Path(_), None) => unreachable!("the row is JSON as soon as one column is a path"),
    };
    columns.iter().map(cell).collect()
}

/// Nothing, the one value, or all of them as a list.
fn found(mut values: Vec<Value>) -> Cell {
    match values.len() {
        0 => Cell::Null,
        1 => of_json(values.remove(0)),
        _ => of_json(Value::Array(values)),
    }
}

/// The cell that holds a value.
pub(super) fn of_json(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(value),
        Value::String(text) => Cell::text(&text),
        Value::Number(number) => match number.as_i64() {
            Some(value) => Cell::Int(value),
            None => Cell::Other(Box::new(Value::Number(number))),
        },
        Value::Array(items) => {
            let texts: Option<Arc<[_]>> = items.iter().map(|item| item.as_str().map(Into::into)).collect();
            texts.map_or_else(|| Cell::Other(Box::new(Value::Array(items))), Cell::List)
        }
        other @ Value::Object(_) => Cell::Other(Box::new(other)),
    }
}

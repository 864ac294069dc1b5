//! Rows as lmq holds them: one cell a field, in a fixed order, without a tree of JSON values around them.
//!
//! How a page's bytes become rows is in `decode`; what derived cells hold is worked out in `shape`.

mod decode;
mod saved;

use std::sync::Arc;

use serde_json::Value;
use smol_str::SmolStr;

use crate::catalog::{Field, FieldType};

pub use decode::{Envelope, decode};
pub use saved::SavedCell;

/// A column of the rows: a field of the catalogue, or a name newer than lmq (`unknownFields`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// The catalogue has it.
    Known(&'static Field),
    /// Only the user knows it; its values are taken as they come.
    Unknown(String),
}

impl Name {
    /// The field's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(field) => field.name,
            Self::Unknown(name) => name,
        }
    }

    /// Whether the API sends it.
    #[must_use]
    pub fn is_api(&self) -> bool {
        match self {
            Self::Known(field) => field.is_api(),
            Self::Unknown(_) => true,
        }
    }
}

/// Which cell of a row is which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Those that are shown first.
    names: Vec<Name>,
    shown: usize,
}

impl Layout {
    /// A layout of these names, in this order.
    #[must_use]
    pub fn new(names: Vec<Name>) -> Arc<Self> {
        Self::with_hidden(names, Vec::new())
    }

    /// The same, and behind them names of cells that prove something of a list and are in no record.
    #[must_use]
    pub fn with_hidden(mut names: Vec<Name>, hidden: Vec<Name>) -> Arc<Self> {
        let shown = names.len();
        names.extend(hidden);
        Arc::new(Self { names, shown })
    }

    /// The names in order.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names[..self.shown]
    }

    /// The same, the hidden ones too.
    #[must_use]
    pub fn fetched(&self) -> &[Name] {
        &self.names
    }

    /// The index of a name's cell.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names().iter().position(|known| known.as_str() == name)
    }

    /// The same, of hidden ones too.
    #[must_use]
    pub fn fetched_index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.as_str() == name)
    }

    /// Where the names of another layout are in this one.
    #[must_use]
    pub fn indexes(&self, other: &Self) -> Vec<Option<usize>> {
        other.names().iter().map(|name| self.index(name.as_str())).collect()
    }

    /// A row of nulls.
    #[must_use]
    pub fn empty_row(&self) -> Row {
        Row::new(vec![Cell::Null; self.names.len()].into_boxed_slice())
    }
}

/// Epoch seconds from here on are milliseconds, or nonsense; so are those before 1970.
const IMPLAUSIBLE: i64 = 100_000_000_000;
/// How far clocks may differ, in seconds: no time of a token is further ahead.
const AHEAD: i64 = 86_400;

/// One value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Null, or not sent.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer or a time in epoch seconds.
    Int(i64),
    /// A string.
    Text(SmolStr),
    /// A list of strings.
    List(Arc<[SmolStr]>),
    /// A value of another type than the catalogue says, or a time that is none, as it came.
    Other(Box<Value>),
}

impl Cell {
    /// A text cell.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// The integer in it.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it holds nothing: null, an empty string, an empty list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// Whether a value of this type may stand in a field of that kind. Null fits everywhere.
    #[must_use]
    pub fn fits(&self, kind: FieldType) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(_) => kind == FieldType::Boolean,
            Self::Int(time) if kind == FieldType::EpochSeconds => (0..IMPLAUSIBLE).contains(time),
            Self::Int(_) => kind == FieldType::Integer,
            Self::Text(_) => kind == FieldType::Text,
            Self::List(_) => kind == FieldType::TextList,
            Self::Other(_) => false,
        }
    }

    /// Whether it is a number that cannot be the time of that field: in milliseconds, before 1970, or ahead of `now`.
    #[must_use]
    pub fn is_implausible(&self, field: &Field, now: i64) -> bool {
        let is_time = field.kind == FieldType::EpochSeconds;
        is_time
            && match self {
                Self::Int(time) => !self.fits(field.kind) || *time > now.saturating_add(AHEAD),
                Self::Other(value) => value.is_number(),
                _ => false,
            }
    }

    /// What leaves open which value the field has, if anything does: it is null and every row has it, it is of another type, or an
    /// implausible time.
    #[must_use]
    pub fn doubt(&self, field: &Field, now: i64) -> Option<&'static str> {
        let must = field.always || field.name == "id" || !field.is_api();
        match self {
            Self::Null => must.then_some("is null"),
            cell if cell.is_implausible(field, now) => Some("is no plausible time"),
            cell => (!cell.fits(field.kind)).then_some("has another type than documented"),
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::from(*value),
            Self::Int(value) => Value::from(*value),
            Self::Text(text) => Value::from(text.as_str()),
            Self::List(items) => items.iter().map(SmolStr::as_str).collect(),
            Self::Other(value) => (**value).clone(),
        }
    }
}

/// One row; its cells are in the order of its [`Layout`].
#[derive(Debug, Clone)]
pub struct Row {
    cells: Box<[Cell]>,
    /// Which of the first cells were set: what was not sent is null too.
    set: u32,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Row {
    fn new(cells: Box<[Cell]>) -> Self {
        Self { cells, set: 0 }
    }

    /// The cell at an index of the layout.
    #[must_use]
    pub fn cell(&self, index: usize) -> &Cell {
        &self.cells[index]
    }

    /// Replaces the cell at an index of the layout.
    pub fn set(&mut self, index: usize, cell: Cell) {
        self.cells[index] = cell;
        self.set |= bit(index);
    }

    /// Whether the cell at an index of the layout was ever set, be it to null. Of the fields of the API alone: they are the first.
    #[must_use]
    pub fn is_set(&self, index: usize) -> bool {
        self.set & bit(index) != 0
    }

    /// The cells, in the order of the layout.
    pub fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.cells.iter_mut()
    }

    /// A row of the cells at these indexes, null where there is none: see [`Layout::indexes`].
    #[must_use]
    pub fn picked(&self, indexes: &[Option<usize>]) -> Self {
        let cell = |index: &Option<usize>| index.map_or(Cell::Null, |index| self.cells[index].clone());
        Self::new(indexes.iter().map(cell).collect())
    }

    /// The row as a JSON object.
    #[must_use]
    pub fn to_json(&self, layout: &Layout) -> Value {
        let members = layout.names().iter().zip(&self.cells);
        Value::Object(members.map(|(name, cell)| (name.as_str().to_owned(), cell.to_json())).collect())
    }
}

/// The bit of a cell; cells behind those of the API's fields have none.
fn bit(index: usize) -> u32 {
    u32::try_from(index).ok().and_then(|index| 1_u32.checked_shl(index)).unwrap_or(0)
}

//! One value of a row: by what the catalogue says of its field.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize as _;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use smol_str::SmolStr;

use super::shared::Shared;
use crate::row::{Cell, Name};

/// The cell of a member with this name, on a page that had these texts.
pub(super) struct CellSeed<'a>(pub(super) &'a Name, pub(super) &'a Shared);

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl CellSeed<'_> {
    fn typed(&self, cell: Cell, raw: impl FnOnce() -> Value) -> Cell {
        match self.0 {
            Name::Known(field) if field.secret => masked(&raw()),
            // One form of "never", whichever the portal sends: a path or a report must not tell 0 from null.
            Name::Known(field) if field.zero_is_null && cell == Cell::Int(0) => Cell::Null,
            Name::Known(field) if !cell.fits(field.kind) => Cell::Other(Box::new(raw())),
            _ => cell,
        }
    }
}

impl CellSeed<'_> {
    /// A list whose items are not all strings.
    fn list(&self, items: Vec<Value>) -> Cell {
        let names: Option<Arc<[SmolStr]>> = items.iter().map(name_of).collect();
        let cell = names.map_or_else(|| Cell::Other(Box::new(Value::Array(items.clone()))), Cell::List);
        self.typed(cell, || Value::Array(items))
    }
}

impl<'de> Visitor<'de> for CellSeed<'_> {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Cell, E> {
        Ok(self.typed(Cell::Bool(value), || Value::from(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Cell, E> {
        Ok(self.typed(Cell::Int(value), || Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Cell, E> {
        let cell = i64::try_from(value).map_or_else(|_| Cell::Other(Box::new(Value::from(value))), Cell::Int);
        Ok(self.typed(cell, || Value::from(value)))
    }

    #[expect(clippy::cast_possible_truncation, reason = "only whole numbers well inside i64 are taken")]
    fn visit_f64<E>(self, value: f64) -> Result<Cell, E> {
        if value.fract() == 0.0 && value.abs() < 9.0e15 {
            return Ok(self.typed(Cell::Int(value as i64), || Value::from(value)));
        }
        Ok(self.typed(Cell::Other(Box::new(Value::from(value))), || Value::from(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Cell, E> {
        if matches!(self.0, Name::Known(field) if field.secret) {
            // Kept for no other row.
            return Ok(masked(&Value::from(value)));
        }
        Ok(self.typed(Cell::Text(self.1.text(value)), || Value::from(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell, A::Error> {
        let mut names = self.1.items();
        while let Some(item) = seq.next_element_seed(ItemSeed)? {
            match item {
                Item::Text(text) => names.push(text),
                Item::Other(value) => {
                    let mut items: Vec<Value> = names.iter().map(|name| Value::from(name.as_str())).collect();
                    items.push(value);
                    while let Some(item) = seq.next_element()? {
                        items.push(item);
                    }
                    return Ok(self.list(items));
                }
            }
        }
        let cell = Cell::List(self.1.list(names));
        let fits = matches!(self.0, Name::Known(field) if !field.secret && cell.fits(field.kind));
        Ok(if fits { cell } else { self.typed(cell.clone(), || cell.to_json()) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        let mut members = serde_json::Map::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            members.insert(key, value);
        }
        let value = Value::Object(members);
        Ok(self.typed(Cell::Other(Box::new(value.clone())), || value))
    }
}

/// Roles come as strings, in some answers as objects with a `name`.
fn name_of(item: &Value) -> Option<SmolStr> {
    let text = item.as_str().or_else(|| item.get("name").and_then(Value::as_str));
    text.map(Into::into)
}

/// An item of a list: most are strings, and become no JSON value first.
enum Item {
    Text(SmolStr),
    Other(Value),
}

struct ItemSeed;

impl<'de> DeserializeSeed<'de> for ItemSeed {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ItemSeed {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Item, E> {
        Ok(Item::Text(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Item, E> {
        Ok(Item::Other(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Item, E> {
        Ok(Item::Other(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Item, E> {
        Ok(Item::Other(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Item, E> {
        Ok(Item::Other(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Item, E> {
        Ok(Item::Other(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Item, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(Item::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Item::Other)
    }
}

/// The first 8 characters of key material, and `…`.
fn masked(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::String(text) => {
            let start: String = text.chars().take(8).collect();
            Cell::text(&format!("{start}…"))
        }
        _ => Cell::text("…"),
    }
}

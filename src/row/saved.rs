//! From a saved result to cells: the value as it stands, in the form that a run would hold it in. What a run does to values when
//! it decodes them (masking, names out of objects) is done, and is not done again.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Cell, Name};

/// Reads the saved value of a field.
#[derive(Debug, Clone, Copy)]
pub struct SavedCell<'a>(pub &'a Name);

impl SavedCell<'_> {
    fn typed(self, cell: Cell, raw: impl FnOnce() -> Value) -> Cell {
        match self.0 {
            Name::Known(field) if !cell.fits(field.kind) => Cell::Other(Box::new(raw())),
            _ => cell,
        }
    }
}

impl<'de> DeserializeSeed<'de> for SavedCell<'_> {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for SavedCell<'_> {
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

    fn visit_f64<E>(self, value: f64) -> Result<Cell, E> {
        // A whole number was written as an integer; what has a fraction or an exponent is as the portal sent it.
        Ok(Cell::Other(Box::new(Value::from(value))))
    }

    fn visit_str<E>(self, value: &str) -> Result<Cell, E> {
        Ok(self.typed(Cell::text(value), || Value::from(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell, A::Error> {
        let mut items: Vec<Value> = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        let texts: Option<Arc<[_]>> = items.iter().map(|item| item.as_str().map(Into::into)).collect();
        let cell = texts.map_or_else(|| Cell::Other(Box::new(Value::Array(items.clone()))), Cell::List);
        Ok(self.typed(cell, || Value::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        let mut members = serde_json::Map::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            members.insert(key, value);
        }
        Ok(Cell::Other(Box::new(Value::Object(members))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TOKEN_FIELDS;

    fn read(name: &str, json: &str) -> Cell {
        let known = TOKEN_FIELDS.iter().find(|field| field.name == name);
        let name = known.map_or_else(|| Name::Unknown(name.to_owned()), Name::Known);
        let mut deserializer = serde_json::Deserializer::from_str(json);
        SavedCell(&name).deserialize(&mut deserializer).expect("a value")
    }

    #[test]
    fn values_keep_their_text_and_get_the_form_of_their_field() {
        let other = |json: &str| Cell::Other(Box::new(serde_json::from_str(json).expect("JSON")));
        let list = |items: &[&str]| Cell::List(items.iter().map(|item| (*item).into()).collect());
        let cases = [
            ("id", "7", Cell::Int(7)),
            ("id", "\"7\"", other("\"7\"")),
            ("id", "18446744073709551615", other("18446744073709551615")),
            ("note", "5.0", other("5.0")),
            ("note", "null", Cell::Null),
            ("note", "\"\"", Cell::text("")),
            ("roles", "[\"a\",\"b\"]", list(&["a", "b"])),
            ("roles", "[]", list(&[])),
            ("roles", "[{\"name\":\"a\"}]", other("[{\"name\":\"a\"}]")),
            ("status", "[]", other("[]")),
            ("lastUsedOn", "0", Cell::Int(0)),
            ("accessKey", "\"abcdefgh…\"", Cell::text("abcdefgh…")),
            ("newer", "1.5", other("1.5")),
            ("newer", "true", Cell::Bool(true)),
            ("newer", "{\"a\":[1]}", other("{\"a\":[1]}")),
        ];
        for (name, json, expected) in cases {
            let cell = read(name, json);
            assert_eq!(cell, expected, "{name}: {json}");
            assert_eq!(cell.to_json().to_string(), json, "{name}");
        }
    }
}

//! From the bytes of an answer to rows, in one pass: members nobody asked for are dropped here, and key material is
//! masked here, before any other code sees it.

mod cell;
mod shared;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::de::Read;

use cell::CellSeed;
use shared::Shared;

use super::{Layout, Row};

/// An answer's body, whichever of the API's forms it has.
#[derive(Debug, Default)]
pub struct Envelope {
    /// `total` as sent; `None` when absent or null.
    pub total: Option<i64>,
    /// `isMin`: `total` is a lower bound.
    pub is_min: bool,
    /// Whether it has `items`: a list, or null beside a `total`.
    pub is_page: bool,
    /// The rows of `items`; empty when it is null or missing.
    pub rows: Vec<Row>,
    /// `errorMessage` (version 3) or `errmsg` (version 1), else `errorDetail` or `error`; also there when `errorCode` or `status`
    /// alone says that something went wrong.
    pub error_message: Option<String>,
    /// `errorCode` (version 3) or `status` (version 1), as text.
    pub error_code: Option<String>,
    /// The members of version 1 are there: `errmsg` or `data`.
    pub is_v1: bool,
}

/// Decodes a body.
///
/// # Errors
/// When it is no JSON object, or a member of the page has a form that no page has.
pub fn decode(body: &[u8], layout: &Layout) -> serde_json::Result<Envelope> {
    match std::str::from_utf8(body) {
        // Found to be text once, and not string by string.
        Ok(text) => decode_with(serde_json::Deserializer::from_str(text), layout),
        Err(_) => decode_with(serde_json::Deserializer::from_slice(body), layout),
    }
}

fn decode_with<'de, R: Read<'de>>(
    mut deserializer: serde_json::Deserializer<R>,
    layout: &Layout,
) -> serde_json::Result<Envelope> {
    let envelope = deserializer.deserialize_map(EnvelopeVisitor(layout))?;
    deserializer.end()?;
    Ok(envelope)
}

struct EnvelopeVisitor<'a>(&'a Layout);

impl<'de> Visitor<'de> for EnvelopeVisitor<'_> {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::default();
        let (mut items_seen, mut total_seen, mut failed) = (false, false, false);
        let mut detail = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "items" => {
                    // Two lists in one answer: taking either would lose the other's rows.
                    if std::mem::replace(&mut items_seen, true) {
                        return Err(A::Error::custom("`items` stands twice"));
                    }
                    let rows = map.next_value_seed(ItemsSeed(self.0, &Shared::default()))?;
                    envelope.is_page = rows.is_some();
                    envelope.rows = rows.unwrap_or_default();
                }
                "total" => {
                    // Two counts contradict each other, and a count that cannot be read proves nothing.
                    if std::mem::replace(&mut total_seen, true) {
                        return Err(A::Error::custom("`total` stands twice"));
                    }
                    envelope.total = count_of(&map.next_value()?).map_err(A::Error::custom)?;
                }
                "isMin" => envelope.is_min = is_set(&map.next_value()?),
                // Empty, it says that nothing went wrong.
                "errorMessage" => {
                    envelope.error_message =
                        text_of(map.next_value()?).filter(|text| !text.trim().is_empty());
                }
                "errorCode" => {
                    envelope.error_code = text_of(map.next_value()?);
                    // The members of an error may stand, empty, beside the rows of a page that is well.
                    let is_well = matches!(envelope.error_code.as_deref(), None | Some("" | "0" | "200"));
                    failed = failed || !is_well;
                }
                "status" => {
                    let status: Value = map.next_value()?;
                    failed = failed || number_in(&status).is_some_and(|status| status >= 400);
                    envelope.error_code = envelope.error_code.take().or_else(|| text_of(status));
                }
                "errorDetail" | "error" => detail = detail.or(complaint(map.next_value()?)),
                "errmsg" => {
                    envelope.is_v1 = true;
                    envelope.error_message = text_of(map.next_value()?);
                }
                "data" => {
                    envelope.is_v1 = true;
                    map.next_value::<IgnoredAny>()?;
                }
                // Members of other answers; `data` stands alone because it tells the version.
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        envelope.is_page |= items_seen && envelope.total.is_some();
        envelope.error_message = envelope.error_message.or(detail);
        if failed && envelope.error_message.is_none() {
            envelope.error_message = Some("no message".to_owned());
        }
        Ok(envelope)
    }
}

/// An integer, or nothing where the portal tells no count.
fn count_of(value: &Value) -> Result<Option<i64>, String> {
    match value {
        Value::Null => Ok(None),
        value => value.as_i64().map(Some).ok_or_else(|| format!("`total` is no integer but {value}")),
    }
}

/// Whether a flag is anything but absent or false: what is not understood is no promise that it is not set.
fn is_set(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_u64() != Some(0)
}

/// A number, or the one that a text begins with.
fn number_in(value: &Value) -> Option<u64> {
    let digits = |text: &str| text.trim().split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    value.as_u64().or_else(|| digits(value.as_str()?))
}

/// What says that something went wrong: anything but nothing.
fn complaint(value: Value) -> Option<String> {
    let is_nothing = match &value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) => false,
    };
    if is_nothing { None } else { text_of(value) }
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

struct ItemsSeed<'a>(&'a Layout, &'a Shared);

impl<'de> DeserializeSeed<'de> for ItemsSeed<'_> {
    type Value = Option<Vec<Row>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Vec<Row>>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed<'_> {
    type Value = Option<Vec<Row>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects, or null")
    }

    fn visit_none<E>(self) -> Result<Option<Vec<Row>>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Vec<Row>>, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<Vec<Row>>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element_seed(RowSeed(self.0, self.1))? {
            rows.push(row);
        }
        Ok(Some(rows))
    }
}

struct RowSeed<'a>(&'a Layout, &'a Shared);

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = self.0.empty_row();
        let mut likely = 0;
        while let Some(index) = map.next_key_seed(KeySeed { layout: self.0, likely })? {
            match index {
                Some(index) => {
                    likely = index + 1;
                    let cell = map.next_value_seed(CellSeed(&self.0.fetched()[index], self.1))?;
                    row.set(index, cell);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(row)
    }
}

/// The index of a member's cell, without a copy of its name.
struct KeySeed<'a> {
    layout: &'a Layout,
    /// Members mostly come in the order they were asked for: where to look first.
    likely: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        let names = self.layout.fetched();
        let index = match names.get(self.likely) {
            Some(likely) if likely.as_str() == name => Some(self.likely),
            _ => self.layout.fetched_index(name),
        };
        // A derived field is lmq's own; a member of that name is not it.
        Ok(index.filter(|index| names[*index].is_api()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::by_path;
    use crate::row::{Cell, Name};

    fn layout(names: &[&str]) -> Arc<Layout> {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        Layout::new(
            names
                .iter()
                .map(|name| {
                    endpoint.field(name).map_or_else(|| Name::Unknown((*name).to_owned()), Name::Known)
                })
                .collect(),
        )
    }

    fn row(json: &str, names: &[&str]) -> Row {
        let body = format!(r#"{{"total":1,"items":[{json}]}}"#);
        decode(body.as_bytes(), &layout(names)).expect("a page").rows.remove(0)
    }

    #[test]
    fn known_members_become_cells_and_others_are_dropped() {
        let row = row(
            r#"{"id":7,"note":null,"roles":["a","b"],"extra":{"x":[1]},"createdOn":1.7e9}"#,
            &["id", "note", "roles", "createdOn", "adminName"],
        );
        assert_eq!(row.cell(0), &Cell::Int(7));
        assert_eq!(row.cell(1), &Cell::Null);
        assert_eq!(row.cell(2), &Cell::List(["a".into(), "b".into()].into()));
        assert_eq!(row.cell(3), &Cell::Int(1_700_000_000));
        assert_eq!(row.cell(4), &Cell::Null);
    }

    #[test]
    fn roles_as_objects_are_their_names() {
        let row = row(r#"{"roles":[{"id":1,"name":"administrator"},"readonly"]}"#, &["roles"]);
        assert_eq!(row.cell(0), &Cell::List(["administrator".into(), "readonly".into()].into()));
    }

    #[test]
    fn a_value_of_another_type_is_kept_as_it_came() {
        let row = row(r#"{"id":"7","status":true,"roles":"x","note":5}"#, &["id", "status", "roles", "note"]);
        for index in 0..4 {
            assert!(matches!(row.cell(index), Cell::Other(_)), "{:?}", row.cell(index));
        }
    }

    #[test]
    fn key_material_is_masked_whatever_its_type() {
        let secret = row(r#"{"accessKey":"abcdefghijklmnop"}"#, &["accessKey"]);
        assert_eq!(secret.cell(0), &Cell::text("abcdefgh…"));
        for raw in [
            r#"{"accessKey":["abcdefghijkl"]}"#,
            r#"{"accessKey":{"k":"abcdefghijkl"}}"#,
            r#"{"accessKey":12345678901}"#,
        ] {
            assert_eq!(row(raw, &["accessKey"]).cell(0), &Cell::text("…"), "{raw}");
        }
    }

    #[test]
    fn never_has_one_form() {
        for raw in [r#"{"lastUsedOn":0}"#, r#"{"lastUsedOn":0.0}"#, r#"{"lastUsedOn":null}"#, "{}"] {
            assert_eq!(row(raw, &["lastUsedOn"]).cell(0), &Cell::Null, "{raw}");
        }
        assert_eq!(row(r#"{"status":0}"#, &["status"]).cell(0), &Cell::Int(0), "0 is a number elsewhere");
    }

    #[test]
    fn a_derived_name_in_an_answer_is_not_the_derived_field() {
        let row = row(r#"{"tokenType":"forged","id":1}"#, &["id", "tokenType"]);
        assert_eq!(row.cell(1), &Cell::Null);
    }

    #[test]
    fn unknown_fields_take_any_json() {
        let row = row(r#"{"expiresOn":{"at":5},"scopes":["a"]}"#, &["expiresOn", "scopes"]);
        assert_eq!(row.cell(0).to_json(), serde_json::json!({"at": 5}));
        assert_eq!(row.cell(1).to_json(), serde_json::json!(["a"]));
    }

    #[test]
    fn forms_of_an_empty_page() {
        for body in
            [r#"{"total":0,"items":[]}"#, r#"{"total":0,"items":null}"#, r#"{"items":null,"total":0}"#]
        {
            let envelope = decode(body.as_bytes(), &layout(&["id"])).expect("a page");
            assert!(envelope.is_page && envelope.rows.is_empty() && envelope.total == Some(0), "{body}");
        }
        // Once an empty list: an answer that says nothing of its rows.
        for body in [
            "{}",
            r#"{"total":0}"#,
            r#"{"total":null}"#,
            r#"{"total":0,"Items":[{"id":3}]}"#,
            r#"{"items":null}"#,
        ] {
            assert!(!decode(body.as_bytes(), &layout(&["id"])).expect("an object").is_page, "{body}");
        }
    }

    #[test]
    fn totals_that_tell_nothing() {
        for body in [r#"{"total":null,"items":[]}"#, r#"{"items":[]}"#] {
            assert_eq!(decode(body.as_bytes(), &layout(&["id"])).expect("a page").total, None, "{body}");
        }
    }

    #[test]
    fn a_lower_bound_is_one_however_it_is_marked() {
        for (value, is_min) in
            [("true", true), ("1", true), ("\"true\"", true), ("false", false), ("0", false), ("null", false)]
        {
            let body = format!(r#"{{"total":5,"isMin":{value},"items":[]}}"#);
            let envelope = decode(body.as_bytes(), &layout(&["id"])).expect("a page");
            assert_eq!(envelope.is_min, is_min, "{value}");
        }
    }

    #[test]
    fn error_bodies_of_both_versions() {
        let v3 = decode(br#"{"errorMessage":"no","errorCode":1401,"errorDetail":null}"#, &layout(&["id"]));
        let v3 = v3.expect("an object");
        assert_eq!((v3.error_message.as_deref(), v3.error_code.as_deref()), (Some("no"), Some("1401")));
        let v1 = decode(br#"{"status":200,"errmsg":"OK","data":{"items":[]}}"#, &layout(&["id"]))
            .expect("an object");
        assert!(v1.is_v1 && !v1.is_page);
    }

    #[test]
    fn what_is_no_page_is_an_error() {
        for body in [
            "",
            "[]",
            "null",
            "{\"items\":{}}",
            "{\"items\":[1]}",
            "{\"items\":[]} x",
            "{\"items\":[{}",
            "{\"items\":[],\"items\":[]}",
        ] {
            assert!(decode(body.as_bytes(), &layout(&["id"])).is_err(), "{body:?}");
        }
    }
}

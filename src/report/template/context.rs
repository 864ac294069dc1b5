//! The result document as templates see it: inert text, and lists where templates go through lists.

use serde_json::{Map, Value};

use crate::catalog::{self, FieldType};
use crate::text;

/// A document for templates, made once a run for all of them.
///
/// Every text in it is inert: control characters, escape sequences and bidi overrides are written out, so that even
/// `{{{raw}}}` carries none. Line ends are `\n`.
#[derive(Debug, Clone)]
pub struct Context(handlebars::Context);

impl Context {
    /// Takes a document over.
    #[must_use]
    pub fn new(mut document: Value) -> Self {
        make_inert(&mut document);
        if let Some(Value::Array(records)) = document.get_mut("records") {
            records.iter_mut().filter_map(Value::as_object_mut).for_each(fill_lists);
        }
        Self(document.into())
    }

    pub(super) fn handlebars(&self) -> &handlebars::Context {
        &self.0
    }
}

/// A list the portal did not send is an empty one: `#each` over null is an error of strict mode.
fn fill_lists(record: &mut Map<String, Value>) {
    let fields = catalog::ENDPOINTS.iter().flat_map(|endpoint| endpoint.fields);
    for field in fields.filter(|field| field.kind == FieldType::TextList) {
        if let Some(value @ Value::Null) = record.get_mut(field.name) {
            *value = Value::Array(Vec::new());
        }
    }
}

fn make_inert(value: &mut Value) {
    match value {
        Value::String(string) => {
            let lines = string.contains("\r\n").then(|| string.replace("\r\n", "\n"));
            let inert = text::inert(lines.as_deref().unwrap_or(string)).into_owned();
            *string = inert;
        }
        Value::Array(values) => values.iter_mut().for_each(make_inert),
        Value::Object(map) => {
            let active = |key: &String| key.chars().any(text::is_active);
            if map.keys().any(active) {
                let renamed = std::mem::take(map).into_iter();
                *map = renamed.map(|(key, value)| (text::inert(&key).into_owned(), value)).collect();
            }
            map.values_mut().for_each(make_inert);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_keys_are_inert_at_every_depth() {
        let document = json!({"records": [{"note": "a\u{1b}[31m\r\nb\u{202e}", "x\u{7}": ["\u{9b}"]}]});
        let context = Context::new(document);
        assert_eq!(
            *context.handlebars().data(),
            json!({"records": [{"note": "a\\u{1b}[31m\nb\\u{202e}", "x\\u{7}": ["\\u{9b}"]}]})
        );
    }

    #[test]
    fn lists_are_never_null() {
        let context = Context::new(json!({"records": [{"roles": null, "note": null}]}));
        assert_eq!(*context.handlebars().data(), json!({"records": [{"roles": [], "note": null}]}));
    }
}

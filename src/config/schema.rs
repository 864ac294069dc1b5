//! The JSON Schema of a configuration, from the keys that the reader goes by.

use serde_json::{Map, Value, json};

use super::auth::{AUTH_KEYS, PROMPT, SOURCE_KEYS};
use super::file::{BEARER, KEYS, PORTAL_KEYS};

/// The JSON Schema (draft 2020-12) of `lmq.yaml` and of the user's `config.yaml`.
///
/// # Panics
/// Never: every key has a schema, which a test checks.
#[must_use]
pub fn schema() -> Value {
    let mut source = object(SOURCE_KEYS, |key| match key {
        "env" => {
            json!({"description": "An environment variable; of a project it begins with LM_", "type": "string", "pattern": "^[A-Za-z0-9_]+$"})
        }
        "file" => {
            json!({"description": "A file that the owner alone can read. In your own configuration only", "type": "string", "minLength": 1})
        }
        _ => {
            json!({"description": "A program that prints the secret, and its arguments. In your own configuration only", "type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}})
        }
    });
    source["minProperties"] = json!(1);
    source["maxProperties"] = json!(1);
    let prompt =
        json!({"description": "Asked for on the terminal. In your own configuration only", "const": PROMPT});
    let source = json!({"anyOf": [source, prompt]});
    let auth = object(AUTH_KEYS, |_| source.clone());
    let portal = object(PORTAL_KEYS, |key| match key {
        "account" => {
            json!({"description": "acme, acme.logicmonitor.com or a URL", "type": "string", "minLength": 1})
        }
        "bearer" => {
            let words: Vec<&str> = BEARER.iter().map(|(word, _)| *word).collect();
            json!({"description": "unlicensed: the portal has no list of bearer tokens", "enum": words})
        }
        "domain" => json!({"description": "lmgov.us for GovCloud", "type": "string", "minLength": 1}),
        _ => {
            let mut auth = auth.clone();
            auth["oneOf"] = json!([{"required": ["accessId", "accessKey"]}, {"required": ["bearerToken"]}]);
            auth
        }
    });
    let mut portal = portal;
    portal["required"] = json!(["account", "auth"]);
    let mut top = object(KEYS, |key| match key {
        "portals" => json!({
            "description": "Portals by name",
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"},
            "additionalProperties": portal,
        }),
        _ => json!({"description": "The portal for runs that name none", "type": "string", "minLength": 1}),
    });
    top["$schema"] = Value::from("https://json-schema.org/draft/2020-12/schema");
    top["$id"] = Value::from("urn:lmq:schema:config:v1");
    top["title"] = Value::from("lmq configuration");
    top
}

fn object(keys: &[&str], of: impl Fn(&str) -> Value) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), of(key))).collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

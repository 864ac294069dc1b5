//! The JSON Schema of a configuration, from the keys that the reader goes by.

use serde_json::{Map, Value, json};

use super::file::{AUTH_KEYS, KEYS, PORTAL_KEYS};

/// The JSON Schema (draft 2020-12) of `lmq.yaml` and of the user's `config.yaml`.
///
/// # Panics
/// Never: every key has a schema, which a test checks.
#[must_use]
pub fn schema() -> Value {
    let variable = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["env"],
        "properties": {"env": {"description": "An environment variable; of a project it begins with LM_", "type": "string", "pattern": "^[A-Za-z0-9_]+$"}},
    });
    let auth = object(AUTH_KEYS, |_| variable.clone());
    let portal = object(PORTAL_KEYS, |key| match key {
        "account" => {
            json!({"description": "acme, acme.logicmonitor.com or a URL", "type": "string", "minLength": 1})
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

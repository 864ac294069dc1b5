//! The JSON Schema of a query file, made from the tables that the reader itself goes by: keys, fields, operators, formats.
//!
//! It says what a schema can: names, types, ranges, which keys go together. That a filter string parses or a JSONPath names
//! a field is `lmq validate`'s to say.

use serde_json::{Map, Value, json};

use super::expect::Severity;
use super::format::Format;
use super::vars::VarKind;
use super::waivers;
use crate::catalog::{ENDPOINTS, Field, FieldType, TOKEN_FIELDS};
use crate::filter::{self, Op};

/// The schema's name.
const ID: &str = "urn:lmq:schema:query:v1";

/// What a variable may be called.
const VARIABLE_NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// The JSON Schema (draft 2020-12) of a query file, version 1.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "lmq query",
        "description": "A query for the LogicMonitor REST API v3, run by lmq",
        "type": "object",
        "additionalProperties": false,
        "required": ["endpoint"],
        "properties": properties(),
        "allOf": [permission_needs_bearer(), admin_id_needs_its_path(), fields_are_known(), all_rows_are_checked()],
        "$defs": definitions(),
    })
}

fn definitions() -> Map<String, Value> {
    let mut definitions: Map<String, Value> =
        filterable().map(|field| (format!("operand_{}", field.name), operand(field))).collect();
    definitions.extend([
        (
            "variable".to_owned(),
            json!({
                "description": "A variable, which takes its own type",
                "type": "string",
                "pattern": "^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$",
            }),
        ),
        (
            "field".to_owned(),
            json!({"enum": TOKEN_FIELDS.iter().map(|field| field.name).collect::<Vec<_>>()}),
        ),
        ("condition".to_owned(), condition(true)),
        ("alternative".to_owned(), condition(false)),
        ("output".to_owned(), output()),
        ("expectation".to_owned(), expectation()),
        ("waiver".to_owned(), waiver()),
        ("column".to_owned(), column()),
    ]);
    definitions
}

fn properties() -> Value {
    let text = |description: &str| json!({"description": description, "type": "string", "minLength": 1});
    json!({
        "name": {"description": "Letters, digits, - and _; the file's stem without it", "type": "string", "pattern": "^([A-Za-z0-9_-]|\\$\\{[A-Za-z0-9_]+\\})+$"},
        "description": text("What the query is for"),
        "tags": one_or_list(&text("A word to select the query by")),
        "vars": {"description": "Variables: a default, or a map with type", "type": "object", "propertyNames": {"pattern": VARIABLE_NAME}, "additionalProperties": variable()},
        "endpoint": or_variable(&json!({"description": "What is listed", "enum": endpoints()})),
        "adminId": one_or_distinct(&or_variable(&json!({"description": "A user's id", "type": "integer", "minimum": 1, "maximum": i32::MAX}))),
        "type": choice("Kinds of token: LMv1 by default; all is two listings", &["lmv1", "bearer", "all"]),
        "permission": choice("Narrows the bearer listing to owners who may read traces", &["traces"]),
        "filters": {"description": "Conditions that all hold", "type": "array", "items": {"$ref": "#/$defs/condition"}},
        "pushdown": choice("Which conditions the portal evaluates", &["safe", "all", "none"]),
        "fields": one_or_distinct(&json!({"type": "string", "minLength": 1})),
        "unknownFields": one_or_list(&json!({"description": "A field newer than lmq", "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": {"enum": ["change", "changes"]}})),
        "sort": one_or_list(&json!({"description": "A field; -field for the greatest first", "type": "string", "minLength": 1})),
        "size": or_variable(&json!({"description": "Rows a request", "type": "integer", "minimum": 1, "maximum": 1000})),
        "offset": or_variable(&json!({"description": "Rows left out at the start", "type": "integer", "minimum": 0})),
        "limit": or_variable(&json!({"description": "Most rows", "type": "integer", "minimum": 1})),
        "select": text("JSONPath (RFC 9535) on the list of rows, giving rows"),
        "columns": one_or_list(&json!({"$ref": "#/$defs/column"})),
        "expect": one_or_list(&json!({"$ref": "#/$defs/expectation"})),
        "waivers": {"description": "Findings that somebody accepts: a list, or a file of waivers", "anyOf": [
            {"$ref": "#/$defs/waiver"},
            {"type": "array", "items": {"$ref": "#/$defs/waiver"}},
            {"type": "string", "pattern": "\\.waivers\\.ya?ml$|\\$\\{"},
        ]},
        "output": one_or_list(&json!({"$ref": "#/$defs/output"})),
    })
}

fn endpoints() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        ENDPOINTS.iter().flat_map(|endpoint| [endpoint.path, endpoint.short]).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn choice(description: &str, words: &[&str]) -> Value {
    or_variable(&json!({"description": description, "enum": words}))
}

fn or_variable(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"$ref": "#/$defs/variable"}]})
}

fn one_or_list(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]})
}

fn one_or_distinct(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1, "uniqueItems": true}]})
}

fn variable() -> Value {
    let scalar = json!({"type": ["string", "number", "boolean"]});
    let kinds: Vec<&str> = VarKind::ALL.iter().map(|(name, _)| *name).collect();
    // The kinds are called as JSON Schema calls its types.
    let values_fit = kinds.iter().map(|kind| {
        let value = json!({"type": kind});
        json!({
            "if": {"required": ["type"], "properties": {"type": {"const": kind}}},
            "then": {"properties": {"default": value, "allowed": one_or_list(&value)}},
        })
    });
    let values_fit: Vec<Value> = values_fit.collect();
    json!({"anyOf": [scalar, {
        "type": "object",
        "additionalProperties": false,
        "anyOf": [{"required": ["type"]}, {"required": ["default"]}],
        "allOf": values_fit,
        "properties": {
            "type": {"enum": kinds},
            "default": scalar,
            "description": {"type": "string", "minLength": 1},
            "allowed": {"anyOf": [scalar, {"type": "array", "items": scalar}]},
        },
    }]})
}

/// `any` does not nest, so its conditions are without it.
fn condition(with_any: bool) -> Value {
    let mut fields: Map<String, Value> = filterable()
        .map(|field| (field.name.to_owned(), json!({"$ref": format!("#/$defs/operand_{}", field.name)})))
        .collect();
    if with_any {
        let any = json!({"description": "One of them holds", "type": "array", "minItems": 1, "items": {"$ref": "#/$defs/alternative"}});
        fields.insert("any".to_owned(), any);
    }
    json!({"anyOf": [
        {"description": "LogicMonitor's own syntax: status:2", "type": "string", "minLength": 1},
        {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": fields},
    ]})
}

fn filterable() -> impl Iterator<Item = &'static Field> {
    TOKEN_FIELDS.iter().filter(|field| !field.secret)
}

/// `value`, `[values]` or `{op: value}` for a field.
fn operand(field: &Field) -> Value {
    let value = match field.kind {
        FieldType::Integer | FieldType::EpochSeconds => or_variable(&json!({"type": "integer"})),
        FieldType::Boolean => or_variable(&json!({"type": "boolean"})),
        FieldType::Text | FieldType::TextList => json!({"type": "string", "minLength": 1}),
    };
    // 0 means never, and `empty` asks for that; greater than 0 is a time like any other.
    let equal = if field.zero_is_null {
        or_variable(&json!({"type": "integer", "not": {"const": 0}}))
    } else {
        value.clone()
    };
    let mut operators = Map::new();
    for op in filter::operators(field.kind) {
        let operand = match op {
            Op::Empty | Op::NotEmpty => or_variable(&json!({"type": "boolean"})),
            Op::Before | Op::After => json!({"description": "RFC 3339 date or date-time", "type": "string"}),
            Op::OlderThan | Op::NewerThan => {
                json!({"description": "An age: 90d, 12h, 2w", "type": "string", "pattern": "^([0-9]+[hdw]|.*\\$\\{.*)$"})
            }
            op if op.takes_list() => one_or_list(&equal),
            _ => value.clone(),
        };
        operators.insert(op.name().to_owned(), operand);
    }
    json!({
        "description": field.meaning,
        "anyOf": [
            one_or_list(&equal),
            {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": operators},
        ],
    })
}

fn column() -> Value {
    json!({"anyOf": [
        {"description": "A field", "type": "string", "minLength": 1},
        {
            "type": "object",
            "additionalProperties": false,
            "required": ["title", "path"],
            "properties": {
                "title": {"description": "The heading", "type": "string", "minLength": 1},
                "path": {"description": "JSONPath on a row", "type": "string", "minLength": 1},
            },
        },
    ]})
}

fn output() -> Value {
    let formats: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "oneOf": [{"required": ["format"]}, {"required": ["template"]}],
        "properties": {
            "format": choice("One of lmq's formats", &formats),
            "template": {
                "description": "A Handlebars template",
                "type": "string",
                "pattern": "\\.hbs$|\\$\\{",
                "not": {"pattern": "^/|^.:|\\\\"},
            },
            "to": {
                "description": "A file, relative to the project root; stdout without it",
                "type": "string",
                "minLength": 1,
                "not": {"anyOf": [
                    {"pattern": "^/|^.:|\\\\|(^|/)\\.|/$|(^|[^$])\\{"},
                    {"pattern": "\\.([hH][bB][sS]|[tT][oO][mM][lL])$"},
                    // All YAML but `.out.yaml`: a query might be overwritten.
                    {
                        "pattern": "\\.[yY][aA]?[mM][lL]$",
                        "not": {"pattern": "\\.[oO][uU][tT]\\.[yY][aA][mM][lL]$"},
                    },
                ]},
            },
            "columns": one_or_list(&json!({"$ref": "#/$defs/column"})),
        },
    })
}

fn expectation() -> Value {
    let text = |description: &str| json!({"description": description, "type": "string", "minLength": 1});
    let least = |description: &str| {
        or_variable(&json!({"description": description, "type": "integer", "minimum": 0}))
    };
    let singles = filterable().filter(|field| field.kind != FieldType::TextList);
    let singles: Vec<&str> = singles.map(|field| field.name).collect();
    let severities: Vec<&str> = Severity::ALL.iter().map(|severity| severity.name()).collect();
    json!({
        "description": "What must hold of the rows of each portal",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "message"],
        "dependentRequired": {"per": ["max"]},
        "oneOf": [
            {"required": ["select"]},
            {"required": ["count"], "not": {"required": ["max"]}},
        ],
        "properties": {
            "id": {"description": "Its name: letters, digits, - and _", "type": "string", "pattern": "^([A-Za-z0-9_-]|\\$\\{[A-Za-z0-9_]+\\}){1,100}$"},
            "select": text("JSONPath (RFC 9535) on the list of rows, giving those that should not be"),
            "max": least("How many such rows may be; none by default"),
            "per": choice("The field whose values `max` is for: as many rows of each", &singles),
            "count": {
                "description": "How many rows there must be",
                "type": "object",
                "additionalProperties": false,
                "minProperties": 1,
                "properties": {"min": least("At least"), "max": least("At most")},
            },
            "severity": choice("How much a finding weighs; error by default", &severities),
            "message": text("What a finding says: Handlebars on the row; with count on count, min, max and portal"),
        },
    })
}

fn waiver() -> Value {
    let text = |description: &str| json!({"description": description, "type": "string", "minLength": 1});
    let values = filterable().map(|field| {
        let value = match field.kind {
            FieldType::Integer | FieldType::EpochSeconds => or_variable(&json!({"type": "integer"})),
            FieldType::Boolean => or_variable(&json!({"type": "boolean"})),
            FieldType::Text => json!({"type": "string"}),
            FieldType::TextList => json!({"type": "array", "items": {"type": "string"}}),
        };
        (field.name.to_owned(), value)
    });
    let values: Map<String, Value> = values.collect();
    json!({
        "description": "Accepts findings, in the open and for a time",
        "type": "object",
        "additionalProperties": false,
        "required": waivers::KEYS,
        "properties": {
            "expect": text("The id of the expectation"),
            "match": {
                "description": "Fields of the row and the values they must have; of a count its portal",
                "type": "object",
                "minProperties": 1,
                "properties": values,
            },
            "reason": text("Why it is accepted"),
            "owner": text("Who answers for it"),
            "expires": {"description": "The last day it holds, UTC: 2026-12-31", "type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|.*\\$\\{.*)$"},
        },
    })
}

/// A part of the rows proves nothing, and what nobody expects nobody need accept.
fn all_rows_are_checked() -> Value {
    json!({"allOf": [
        {
            "if": {"required": ["expect"]},
            "then": {"not": {"anyOf": [{"required": ["offset"]}, {"required": ["limit"]}]}},
        },
        {"if": {"required": ["waivers"]}, "then": {"required": ["expect"]}},
    ]})
}

fn permission_needs_bearer() -> Value {
    json!({
        "if": {"required": ["permission"]},
        "then": {"required": ["type"], "properties": {"type": {"not": {"const": "lmv1"}}}},
    })
}

fn admin_id_needs_its_path() -> Value {
    let with: Vec<&str> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.path_parameter.is_some())
        .map(|endpoint| endpoint.path)
        .collect();
    let without: Vec<&str> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.path_parameter.is_none())
        .map(|endpoint| endpoint.path)
        .collect();
    json!({"allOf": [
        {"if": {"properties": {"endpoint": {"enum": with}}}, "then": {"required": ["adminId"]}},
        {"if": {"properties": {"endpoint": {"enum": without}}}, "then": {"not": {"required": ["adminId"]}}},
    ]})
}

/// Without `unknownFields` every field is one of the catalogue's.
fn fields_are_known() -> Value {
    let names: Vec<&str> = TOKEN_FIELDS.iter().map(|field| field.name).collect();
    let keys: Vec<String> = names.iter().flat_map(|name| [(*name).to_owned(), format!("-{name}")]).collect();
    json!({"allOf": [
        {
            "if": {"not": {"required": ["unknownFields"]}},
            "then": {"properties": {"fields": one_or_distinct(&json!({"anyOf": [{"$ref": "#/$defs/field"}, {"type": "string", "pattern": "\\$\\{"}]}))}},
        },
        {"properties": {"sort": one_or_list(&json!({"anyOf": [{"enum": keys}, {"type": "string", "pattern": "\\$\\{"}]}))}},
    ]})
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::super::load::KEYS;
    use super::*;

    #[test]
    fn the_schema_has_the_readers_keys() {
        let schema = schema();
        let properties = schema["properties"].as_object().expect("a map of properties");
        let mut named: Vec<&str> = properties.keys().map(String::as_str).collect();
        let mut keys = KEYS.to_vec();
        named.sort_unstable();
        keys.sort_unstable();
        assert_eq!(named, keys);
        for (name, keys) in [("expectation", expect::KEYS), ("waiver", waivers::KEYS)] {
            let properties = schema["$defs"][name]["properties"].as_object().expect("a map of properties");
            let mut keys = keys.to_vec();
            keys.sort_unstable();
            let mut named: Vec<&str> = properties.keys().map(String::as_str).collect();
            named.sort_unstable();
            assert_eq!(named, keys, "{name}");
        }
    }
}

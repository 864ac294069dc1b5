//! One condition, and what it makes of a token.

use std::cmp::Ordering;

use serde_json::Value;

use super::pattern::Pattern;
use crate::sandbox::data::{FIELDS, Token};

/// `field OP value|value…`, or a test without values.
#[derive(Debug, PartialEq)]
pub(super) struct Condition {
    /// A field, a path of them with dots, or `_all`.
    pub(super) field: String,
    pub(super) test: Test,
}

#[derive(Debug, PartialEq)]
pub(super) enum Test {
    Compare(Operator, Vec<Operand>),
    Empty,
    NotEmpty,
    NotNull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Contains,
    Lacks,
}

#[derive(Debug, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    Text(Pattern),
    /// Text without quotes: the portal takes it without an error, and matches nothing.
    Bare,
}

/// What operands a field can be compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Text,
    Unknown,
}

/// A value to compare with; a list is several.
enum Scalar {
    Number(f64),
    Text(String),
}

impl Condition {
    pub(super) fn holds(&self, token: &Token) -> bool {
        let values = resolve(token, &self.field);
        let is_empty =
            values.iter().flatten().all(|value| matches!(value, Scalar::Text(text) if text.is_empty()));
        match &self.test {
            Test::Empty => is_empty,
            Test::NotEmpty => !is_empty,
            Test::NotNull => values.is_some(),
            Test::Compare(operator, operands) => {
                let expected = type_of(&self.field);
                let hit = |operand: &Operand| {
                    values.iter().flatten().any(|value| compare(*operator, value, operand))
                };
                if matches!(operator, Operator::NotEqual | Operator::Lacks) {
                    operands.iter().all(|operand| operand.fits(expected) && !hit(operand))
                } else {
                    operands.iter().any(|operand| operand.fits(expected) && hit(operand))
                }
            }
        }
    }
}

impl Operand {
    fn fits(&self, expected: Type) -> bool {
        match self {
            Self::Number(_) => expected != Type::Text,
            Self::Text(_) => expected != Type::Number,
            Self::Bare => false,
        }
    }
}

fn type_of(field: &str) -> Type {
    match field {
        "id" | "adminId" | "status" | "createdOn" | "lastUsedOn" => Type::Number,
        "accessId" | "adminName" | "roles" | "note" | "createdBy" | "lastAuthIp" | "userPermission" => {
            Type::Text
        }
        _ => Type::Unknown,
    }
}

/// Whether the value has what the operator looks for. A negation looks for what it denies.
fn compare(operator: Operator, value: &Scalar, operand: &Operand) -> bool {
    match (value, operand) {
        (Scalar::Number(value), Operand::Number(operand)) => match operator {
            Operator::Contains | Operator::Lacks => value.to_string().contains(&operand.to_string()),
            _ => value.partial_cmp(operand).is_some_and(|order| fulfils(operator, order)),
        },
        (Scalar::Text(value), Operand::Text(operand)) => match operator {
            Operator::Equal | Operator::NotEqual => operand.equals(value),
            Operator::Contains | Operator::Lacks => operand.is_within(value),
            _ => fulfils(operator, value.as_str().cmp(operand.text())),
        },
        _ => false,
    }
}

fn fulfils(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Greater => order.is_gt(),
        Operator::Less => order.is_lt(),
        Operator::AtLeast => order.is_ge(),
        Operator::AtMost => order.is_le(),
        Operator::Equal | Operator::NotEqual => order.is_eq(),
        Operator::Contains | Operator::Lacks => false,
    }
}

/// The values at a path; `None` where there is nothing or null.
fn resolve(token: &Token, path: &str) -> Option<Vec<Scalar>> {
    if path == "_all" {
        let fields = FIELDS.iter().filter_map(|field| resolve(token, field)).flatten();
        return Some(fields.map(Scalar::into_text).collect());
    }
    let mut segments = path.split('.');
    let first = segments.next().filter(|field| *field != "accessKey")?;
    let mut value = token.member(first)?;
    for segment in segments {
        value = inner(value, segment)?;
    }
    match value {
        Value::Null => None,
        Value::Array(items) => Some(items.into_iter().filter_map(scalar).collect()),
        value => scalar(value).map(|value| vec![value]),
    }
}

/// A member of an object, or that member of each object of a list.
fn inner(value: Value, name: &str) -> Option<Value> {
    match value {
        Value::Object(mut object) => object.remove(name),
        Value::Array(items) => {
            let members: Vec<Value> = items.into_iter().filter_map(|item| inner(item, name)).collect();
            (!members.is_empty()).then_some(Value::Array(members))
        }
        _ => None,
    }
}

/// A role that comes as an object counts as its name.
fn scalar(value: Value) -> Option<Scalar> {
    match value {
        Value::Number(number) => number.as_f64().map(Scalar::Number),
        Value::String(text) => Some(Scalar::Text(text)),
        Value::Object(mut object) => object.remove("name").and_then(scalar),
        Value::Bool(flag) => Some(Scalar::Text(flag.to_string())),
        Value::Null | Value::Array(_) => None,
    }
}

impl Scalar {
    fn into_text(self) -> Self {
        match self {
            Self::Number(number) => Self::Text(number.to_string()),
            text @ Self::Text(_) => text,
        }
    }
}

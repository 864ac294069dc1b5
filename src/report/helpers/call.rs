//! A call of a helper: its arguments as JSON, and what it may know besides.

use std::borrow::Cow;

use serde_json::Value;

use crate::path::Path;
use crate::report::template::{InTurn, Kind};
use crate::text;

/// A helper's function. The error says what was found and what was expected, without the helper's name.
pub(in crate::report) type Function = fn(&Call<'_>) -> Result<Value, String>;

/// The arguments of one call.
#[derive(Debug)]
pub(in crate::report) struct Call<'a> {
    /// Positional ones.
    pub(in crate::report) params: Vec<Cow<'a, Value>>,
    /// `name=value`.
    pub(in crate::report) hash: Vec<(&'a str, Cow<'a, Value>)>,
    /// The JSONPath among them.
    pub(in crate::report) path: Option<&'a Path>,
    /// What ages count from: `run.now` of the document.
    pub(in crate::report) now: &'a Value,
    /// The rows that the document's `records` only stand for.
    pub(in crate::report) in_turn: Option<InTurn<'a>>,
    /// What the template makes.
    pub(in crate::report) kind: Kind,
    /// How many bytes it may make.
    pub(in crate::report) room: usize,
}

static NOTHING: Value = Value::Null;

impl<'a> Call<'a> {
    /// A call outside any document.
    pub(super) fn of(params: &[&'a Value], hash: &[(&'a str, &'a Value)]) -> Self {
        Self {
            params: params.iter().map(|value| Cow::Borrowed(*value)).collect(),
            hash: hash.iter().map(|(name, value)| (*name, Cow::Borrowed(*value))).collect(),
            path: None,
            now: &NOTHING,
            in_turn: None,
            kind: Kind::Text,
            room: usize::MAX,
        }
    }

    /// The same call at this time.
    #[cfg(test)]
    pub(super) fn at(mut self, now: &'a Value) -> Self {
        self.now = now;
        self
    }

    /// The same call in a template of that kind.
    #[cfg(test)]
    pub(super) fn making(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The positional argument; null stands for one that is not there.
    pub(super) fn param(&self, index: usize) -> &Value {
        self.optional(index).unwrap_or(&NOTHING)
    }

    /// The positional argument, when there is one.
    pub(super) fn optional(&self, index: usize) -> Option<&Value> {
        self.params.get(index).map(|value| &**value)
    }

    /// The positional arguments from that one on, each a text.
    pub(super) fn texts(&self, from: usize) -> Result<Vec<&str>, String> {
        let text = |value| {
            Value::as_str(value).ok_or_else(|| format!("expected a name as text, found {}", found(value)))
        };
        self.params.iter().skip(from).map(|value| text(value)).collect()
    }

    /// The list that is its first argument; an empty one for null.
    pub(super) fn list(&self) -> Result<&[Value], String> {
        match self.param(0) {
            Value::Array(values) => Ok(values),
            Value::Null => Ok(&[]),
            other => Err(format!("expected a list, found {}", found(other))),
        }
    }

    /// The `name=value` argument.
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.hash.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The `name=text` argument; none where it is null.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.named(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{name}=` takes a text, found {}", found(other))),
        }
    }

    /// The `name=number` argument: a whole number from `least` to `most`.
    pub(super) fn whole(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, String> {
        let Some(value) = self.named(name) else { return Ok(None) };
        let number = value.as_u64().filter(|number| (least..=most).contains(number));
        let wrong =
            || format!("`{name}=` takes a whole number from {least} to {most}, found {}", found(value));
        number.map(Some).ok_or_else(wrong)
    }

    /// What `default=` says, else `otherwise`: for a value that is not there.
    pub(super) fn fallback(&self, otherwise: Value) -> Value {
        self.named("default").map_or(otherwise, Value::clone)
    }

    /// An error when what is being made has grown too large.
    pub(super) fn check_room(&self, bytes: usize) -> Result<(), String> {
        if bytes <= self.room { Ok(()) } else { Err("the value it makes is too large".to_owned()) }
    }
}

/// A value as it stands in an error, short.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing (null)".to_owned(),
        Value::String(text) => format!("the text `{}`", text::shortened(text, 40)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a group of names".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
    }
}

//! The edge to Handlebars: a call with its arguments as JSON, and the adapter that makes a helper of a function.

use std::collections::BTreeMap;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, PathAndJson, RenderContext, RenderError, RenderErrorReason,
    ScopedJson,
};
use serde_json::Value;

use crate::text;

/// A helper's function. The error says what was found and what was expected, without the helper's name.
pub(super) type Function = fn(&Call<'_>) -> Result<Value, String>;

/// The arguments of one call.
#[derive(Debug)]
pub(super) struct Call<'a> {
    params: Vec<&'a Value>,
    hash: BTreeMap<&'a str, &'a Value>,
    now: Option<&'a Value>,
}

impl<'a> Call<'a> {
    /// A call outside any document.
    pub(super) fn of(params: &[&'a Value], hash: &[(&'a str, &'a Value)]) -> Self {
        Self { params: params.to_vec(), hash: hash.iter().copied().collect(), now: None }
    }

    /// The same call in a document whose `run.now` is this.
    #[cfg(test)]
    pub(super) fn at(mut self, now: &'a Value) -> Self {
        self.now = Some(now);
        self
    }

    /// The positional argument; null stands for one that is not there.
    pub(super) fn param(&self, index: usize) -> &'a Value {
        self.params.get(index).copied().unwrap_or(&Value::Null)
    }

    /// The positional argument, when there is one.
    pub(super) fn optional(&self, index: usize) -> Option<&'a Value> {
        self.params.get(index).copied()
    }

    /// The `name=text` argument.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        match self.hash.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{name}=` takes a text, found {}", found(other))),
        }
    }

    /// The `name=value` argument, whatever it is.
    pub(super) fn named(&self, name: &str) -> Option<&'a Value> {
        self.hash.get(name).copied()
    }

    /// What `default=` says, else `otherwise`: for a value that is not there.
    pub(super) fn fallback(&self, otherwise: Value) -> Value {
        self.hash.get("default").map_or(otherwise, |value| (*value).clone())
    }

    /// `run.now` of the document.
    pub(super) fn now(&self) -> &'a Value {
        self.now.unwrap_or(&Value::Null)
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

/// Makes a Handlebars helper of a function. It gives a value and leaves writing and escaping to Handlebars.
pub(super) struct Adapter {
    /// The helper's name, for errors.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) run: Function,
}

impl HelperDef for Adapter {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        // Strict mode looks at plain values only; an argument that is not there would pass as null.
        let mut arguments = helper.params().iter().chain(helper.hash().values());
        if let Some(missing) = arguments.find(|argument| argument.is_value_missing()) {
            return Err(RenderError::strict_error(missing.relative_path()));
        }
        let call = Call {
            params: helper.params().iter().map(PathAndJson::value).collect(),
            hash: helper.hash().iter().map(|(name, argument)| (*name, argument.value())).collect(),
            now: context.data().pointer("/run/now"),
        };
        (self.run)(&call)
            .map(ScopedJson::Derived)
            .map_err(|why| RenderErrorReason::Other(format!("helper `{}`: {why}", self.name)).into())
    }
}

//! What an expression gives: a value of the document where it can, else one that was made.

use std::borrow::Cow;

use serde_json::Value;

use super::scope::Scope;
use super::{NOTHING, Renderer};
use crate::report::helpers::{Call, Takes};
use crate::report::template::program::{Expr, Invocation, Local};

impl Renderer<'_, '_, '_> {
    /// The value; where there is none, an error that names the path.
    pub(super) fn eval<'s>(
        &mut self,
        expr: &'s Expr,
        scope: &'s Scope<'s>,
    ) -> Result<Cow<'s, Value>, String> {
        match expr {
            Expr::Path(route) => scope
                .follow(route)
                .map(Cow::Borrowed)
                .ok_or_else(|| format!("there is no value at `{}`", route.raw)),
            _ => self.eval_or_null(expr, scope),
        }
    }

    /// The value; null where there is none, for those who ask whether it is there.
    pub(super) fn eval_or_null<'s>(
        &mut self,
        expr: &'s Expr,
        scope: &'s Scope<'s>,
    ) -> Result<Cow<'s, Value>, String> {
        Ok(match expr {
            Expr::Path(route) => Cow::Borrowed(scope.follow(route).unwrap_or(&NOTHING)),
            Expr::Literal(value) => Cow::Borrowed(value),
            Expr::Local(ups, local) => Cow::Owned(at(scope.up(*ups), *local)),
            Expr::Call(call) => Cow::Owned(self.call(call, scope)?),
        })
    }

    fn call(&mut self, call: &Invocation, scope: &Scope<'_>) -> Result<Value, String> {
        let helper = call.helper;
        let named = |why: String| format!("helper `{}`: {why}", helper.name);
        let run = helper.run.ok_or_else(|| named("it needs a block".to_owned()))?;
        let mut params = Vec::with_capacity(call.params.len());
        for param in &call.params {
            params.push(match helper.takes {
                Takes::Anything => self.eval_or_null(param, scope)?,
                _ => self.eval(param, scope)?,
            });
        }
        let mut hash = Vec::with_capacity(call.hash.len());
        for (name, value) in &call.hash {
            hash.push((&**name, self.eval(value, scope)?));
        }
        let work: usize = params.iter().map(|param| param.as_array().map_or(1, Vec::len)).sum();
        let value = run(&Call {
            params,
            hash,
            path: call.path.as_ref(),
            now: self.now,
            in_turn: self.in_turn,
            kind: self.kind,
            room: self.guard.room(),
        })
        .map_err(named)?;
        self.guard.steps(u32::try_from(work).unwrap_or(u32::MAX), self.out.written())?;
        if matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_)) {
            self.guard.keep(&value)?;
        }
        Ok(value)
    }
}

fn at(scope: &Scope<'_>, local: Local) -> Value {
    let Some(locals) = scope.locals else { return Value::Null };
    match local {
        Local::Index => Value::from(locals.index),
        Local::First => Value::Bool(locals.index == 0),
        Local::Last => Value::Bool(locals.index == locals.last),
        Local::Key => locals.key.map_or(Value::Null, Value::from),
    }
}

/// Whether `#if` takes it for something: not null, `false`, 0, an empty text or list.
pub(in crate::report) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

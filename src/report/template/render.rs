//! Renders a program: walks its nodes with the scopes around them, and stops where a template takes too much.

mod eval;
mod scope;

use std::borrow::Cow;
use std::io::Write;

use serde_json::{Map, Value};

use super::context::Context;
use super::guard::{Clock, Guard, Limits};
use super::out::Out;
use super::program::{Act, Condition, Escaping, Expr, Inclusion, Loop, Node, Nodes, Program, Within};
use super::{InTurn, Kind};
use crate::report::format::FormatError;
use crate::report::helpers::Gives;
use crate::report::inert::{Escape, Inert};
use crate::report::template::RenderError;
use crate::text;
pub(in crate::report) use eval::truth;
use scope::{Locals, Scope};

/// Writes the document in the program's words.
///
/// # Errors
/// When a helper is given what it cannot take, a value of unknown form is not there, or the template takes too much; and
/// those of `out`.
pub(super) fn render(
    program: &Program,
    kind: Kind,
    context: &Context<'_>,
    (limits, clock): (Limits, Clock<'_>),
    out: &mut dyn Write,
) -> Result<(), FormatError> {
    let out = Out::new(kind, Inert::new(out, Escape::Text));
    let in_turn = context.in_turn();
    let (now, guard) = (context.now(), Guard::new(limits, clock));
    let mut renderer = Renderer { program, kind, now, part: 0, in_turn, guard, out };
    let nodes = &program.parts[0].nodes;
    renderer.nodes(nodes, &Scope::of(context.data()), None)?;
    let Renderer { guard, out, .. } = renderer;
    guard.check_written(out.written()).map_err(|message| place(program, 0, 0, &message))?;
    out.finish()?;
    Ok(())
}

struct Renderer<'r, 'w, 'c> {
    program: &'r Program,
    kind: Kind,
    /// What ages count from.
    now: &'r Value,
    /// The part being rendered.
    part: usize,
    /// The rows that `records` only stands for.
    in_turn: Option<InTurn<'r>>,
    guard: Guard<'c>,
    out: Out<'w>,
}

/// The block that a partial was included with, and where it stands.
#[derive(Clone, Copy)]
struct Block<'b> {
    nodes: &'b Nodes,
    part: usize,
    scope: &'b Scope<'b>,
    /// The one of the template that the block stands in.
    outer: Option<&'b Block<'b>>,
}

static NOTHING: Value = Value::Null;

impl Renderer<'_, '_, '_> {
    fn nodes(
        &mut self,
        nodes: &[Node],
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        for node in nodes {
            let kept = self.guard.kept();
            self.guard.steps(1, self.out.written()).map_err(|message| self.failed(node.at, &message))?;
            match &node.act {
                Act::Text(text) => self.out.text(text)?,
                Act::Value(expr, escaping) => self.value(node.at, expr, *escaping, scope)?,
                Act::If(condition) => self.condition(node.at, condition, scope, block)?,
                Act::Each(each) => self.each(node.at, each, scope, block)?,
                Act::With(with) => self.with(node.at, with, scope, block)?,
                Act::Partial(inclusion) => self.partial(node.at, inclusion, scope, block)?,
                Act::Block(otherwise) => self.block(otherwise.as_ref(), scope, block)?,
                Act::Nodes(nodes) => self.nodes(nodes, scope, block)?,
            }
            self.guard.release(kept);
        }
        Ok(())
    }

    fn value(
        &mut self,
        at: usize,
        expr: &Expr,
        escaping: Escaping,
        scope: &Scope<'_>,
    ) -> Result<(), FormatError> {
        let value = self.eval(expr, scope).map_err(|message| self.failed(at, &message))?;
        let markup = matches!(expr, Expr::Call(call) if call.helper.gives == Gives::Markup);
        if markup || escaping == Escaping::None {
            self.out.raw(&value)?;
        } else {
            self.out.value(&value)?;
        }
        Ok(())
    }

    fn condition(
        &mut self,
        at: usize,
        condition: &Condition,
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        let failed = |this: &Self, message: String| this.failed(at, &message);
        let zero = match &condition.zero {
            None => false,
            Some(expr) => {
                let value = self.eval(expr, scope).map_err(|message| failed(self, message))?;
                value.as_bool().unwrap_or(false)
            }
        };
        let test = self.eval_or_null(&condition.test, scope).map_err(|message| failed(self, message))?;
        let holds = truth(&test) || (zero && test.is_number());
        self.nodes(
            if holds == condition.wanted { &condition.then } else { &condition.otherwise },
            scope,
            block,
        )
    }

    fn each(
        &mut self,
        at: usize,
        each: &Loop,
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        // Where nothing is said for that case, a name that is not there is an error; a null is an empty list.
        let over = match &each.otherwise {
            Some(_) => self.eval_or_null(&each.over, scope),
            None => self.eval(&each.over, scope),
        };
        let over = over.map_err(|message| self.failed(at, &message))?;
        if let Some(in_turn) = self.in_turn.filter(|in_turn| in_turn.are(&over) && !in_turn.rows().is_empty())
        {
            let last = in_turn.rows().len() - 1;
            return in_turn.each(|index, record| {
                let key = each.key.as_ref().map(|_| Value::from(index));
                let locals = Locals { index, last, key: None };
                self.element(at, each, (record, key.as_ref(), locals), scope, block)
            });
        }
        match (&*over, &each.otherwise) {
            (Value::Array(values), _) if !values.is_empty() => {
                let last = values.len() - 1;
                for (index, value) in values.iter().enumerate() {
                    let key = each.key.as_ref().map(|_| Value::from(index));
                    let locals = Locals { index, last, key: None };
                    self.element(at, each, (value, key.as_ref(), locals), scope, block)?;
                }
                Ok(())
            }
            (Value::Object(map), _) if !map.is_empty() => {
                let last = map.len() - 1;
                for (index, (name, value)) in map.iter().enumerate() {
                    let key = each.key.as_ref().map(|_| Value::from(name.as_str()));
                    let locals = Locals { index, last, key: Some(name) };
                    self.element(at, each, (value, key.as_ref(), locals), scope, block)?;
                }
                Ok(())
            }
            (_, Some(otherwise)) => self.nodes(otherwise, scope, block),
            (Value::Array(_) | Value::Object(_) | Value::Null, None) => Ok(()),
            (_, None) => Err(self.failed(at, "there is no list to go through")),
        }
    }

    fn element(
        &mut self,
        at: usize,
        each: &Loop,
        (value, key, locals): (&Value, Option<&Value>, Locals<'_>),
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        // An empty block takes time too.
        self.guard.steps(1, self.out.written()).map_err(|message| self.failed(at, &message))?;
        let first = each.value.as_ref().map(|name| (&**name, value));
        let second = each.key.as_ref().zip(key).map(|(name, key)| (&**name, key));
        match (first, second) {
            (Some(first), Some(second)) => {
                self.nodes(&each.body, &scope.below(value, &[second, first], Some(locals)), block)
            }
            (Some(first), None) => self.nodes(&each.body, &scope.below(value, &[first], Some(locals)), block),
            _ => self.nodes(&each.body, &scope.below(value, &[], Some(locals)), block),
        }
    }

    fn with(
        &mut self,
        at: usize,
        with: &Within,
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        let value = match &with.otherwise {
            Some(_) => self.eval_or_null(&with.value, scope),
            None => self.eval(&with.value, scope),
        };
        let value = value.map_err(|message| self.failed(at, &message))?;
        if truth(&value) {
            let param = with.name.as_ref().map(|name| (&**name, &*value));
            return self.nodes(&with.body, &scope.below(&value, param.as_slice(), scope.locals), block);
        }
        match &with.otherwise {
            Some(otherwise) => self.nodes(otherwise, scope, block),
            None if value.is_null() => Ok(()),
            None => Err(self.failed(at, "there is nothing to step into")),
        }
    }

    fn partial(
        &mut self,
        at: usize,
        inclusion: &Inclusion,
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        let empty = Value::Object(Map::new());
        let context = match &inclusion.context {
            None => Cow::Borrowed(scope.value),
            Some(expr) => self.eval(expr, scope).map_err(|message| self.failed(at, &message))?,
        };
        let mut values = Vec::with_capacity(inclusion.params.len());
        for (name, expr) in &inclusion.params {
            let value = self.eval(expr, scope).map_err(|message| self.failed(at, &message))?;
            values.push((&**name, value));
        }
        let params: Vec<(&str, &Value)> = values.iter().map(|(name, value)| (*name, &**value)).collect();
        let has_names = context.is_object() || context.is_null();
        let value = if params.is_empty() || has_names { &*context } else { &empty };
        let inside = scope.below(value, &params, scope.locals);
        let own = inclusion.block.as_ref();
        let own = own.map(|nodes| Block { nodes, part: self.part, scope: &inside, outer: block });
        let part = std::mem::replace(&mut self.part, inclusion.part);
        let indent = self.out.indent(&inclusion.indent);
        let program = self.program;
        let rendered = self.nodes(&program.parts[inclusion.part].nodes, &inside, own.as_ref());
        self.out.outdent(indent);
        self.part = part;
        rendered
    }

    /// The block that this partial was included with. What is in it stands in the template that includes it.
    fn block(
        &mut self,
        otherwise: Option<&Nodes>,
        scope: &Scope<'_>,
        block: Option<&Block<'_>>,
    ) -> Result<(), FormatError> {
        match (block, otherwise) {
            (Some(block), _) => {
                let part = std::mem::replace(&mut self.part, block.part);
                let rendered = self.nodes(block.nodes, block.scope, block.outer);
                self.part = part;
                rendered
            }
            (None, Some(otherwise)) => self.nodes(otherwise, scope, None),
            (None, None) => Ok(()),
        }
    }

    fn failed(&self, at: usize, message: &str) -> FormatError {
        place(self.program, self.part, at, message)
    }
}

fn place(program: &Program, part: usize, at: usize, message: &str) -> FormatError {
    let source = &program.parts[part].source;
    let (line, column) = source.position(at);
    let message = text::inert_line(message).into_owned();
    FormatError::Template(RenderError { template: source.name.clone(), line, column, message })
}

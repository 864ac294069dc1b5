//! The check of `{{> partial}}`: static names, no circles, and what the partial will see.

use handlebars::template::{DecoratorTemplate, Parameter};

use super::check::{Frame, Walk};
use super::library::PARTIAL_BLOCK;
use super::names::Shape;
use super::scope::Scope;
use super::syntax::MAX_DEPTH;
use crate::diag::{Code, Diagnostic};

/// In how many different scopes the partials of one template may be included. More is a way to make the check and the
/// report grow with the power of the depth.
const MAX_INCLUSIONS: usize = 1000;

/// How often the partials of one template may be included in all, repeated ones counted each time: thirty partials that
/// each include the next one twice would render a thousand million times.
const MAX_RENDERED: usize = 10_000;

impl Walk<'_, '_> {
    /// `{{> name context key=value}}`, or `{{#> name}}…{{/name}}`.
    pub(super) fn partial(&mut self, call: &DecoratorTemplate) {
        let tag = self.top().tag.clone();
        let name = match &call.name {
            Parameter::Subexpression(_) => None,
            name => name.as_name(),
        };
        let Some(name) = name.filter(|name| *name == PARTIAL_BLOCK || is_plain(name)) else {
            let help = "write the name of the partial's file without `.hbs`, and choose with `#if`";
            return self.refuse(tag, "the name of a partial must be written out".to_owned(), help);
        };
        let span = self.find(name, tag.start);
        self.top().word = span.end;
        let scope = self.partial_scope(call);
        if name == PARTIAL_BLOCK {
            return self.partial_block(call);
        }
        self.stack.push(scope);
        if let Some(tree) = &call.template {
            self.tree(tree);
        }
        let place = self.top().parsed.label(span);
        let part = self.top().part;
        match self.library.partial(part, name, &place) {
            Err(diagnostic) => self.add(*diagnostic),
            Ok(None) => {}
            Ok(Some(part)) => {
                let parsed = self.library.parsed(part);
                let (has_block, tag) = (call.template.is_some(), 0..0);
                self.include(Frame { part, parsed, call: Some(place), has_block, tag, word: 0 });
            }
        }
        self.stack.pop();
    }

    /// What the partial sees: its argument or the scope at hand, and the `key=value` arguments over both.
    fn partial_scope(&mut self, call: &DecoratorTemplate) -> Scope {
        let tag = self.top().tag.clone();
        let from = self.top().word;
        if call.params.len() > 1 {
            let help = "give it one context, and the rest as `name=value`";
            self.refuse(tag, "a partial takes one argument without a name".to_owned(), help);
        }
        let arguments: Vec<_> = call.params.iter().map(|param| self.value(param)).collect();
        self.hash(&call.hash, from);
        // Quietly: what is wrong in the values was just reported.
        let known = self.diagnostics.len();
        let params: Vec<_> = call.hash.iter().map(|(key, value)| (key.clone(), self.value(value))).collect();
        self.diagnostics.truncate(known);
        let around = self.stack.last().expect("the document's own scope is never popped");
        let mut value = arguments.first().copied().unwrap_or(around.value);
        if !params.is_empty()
            && !matches!(
                value,
                Shape::Group(_) | Shape::Grouped(_) | Shape::Record | Shape::Changed | Shape::Any
            )
        {
            // The renderer makes a group of the arguments alone.
            value = Shape::Group(&[]);
        }
        Scope { value, params: params.into_iter().collect(), locals: around.locals }
    }

    fn partial_block(&mut self, call: &DecoratorTemplate) {
        if let Some(otherwise) = &call.template {
            return self.tree(otherwise);
        }
        let frame = self.top();
        if !frame.has_block {
            let span = frame.tag.clone();
            let help = "include it as `{{#> name}}…{{/name}}`, or give it a text of its own: \
                        `{{#> @partial-block}}…{{/@partial-block}}`";
            self.refuse(span, "there is no block to put here".to_owned(), help);
        }
    }

    fn include(&mut self, frame: Frame) {
        let place = frame.call.clone().expect("a partial is included from somewhere");
        if let Some(first) = self.frames.iter().position(|open| open.part == frame.part) {
            let name = &frame.parsed.source.name;
            let message = if first + 1 == self.frames.len() {
                format!("`{name}` includes itself")
            } else {
                format!("`{name}` is included inside itself")
            };
            let mut diagnostic = Diagnostic::new(Code::PartialCycle, message, place);
            for open in &self.frames[first + 1..] {
                let call = open.call.clone().expect("only the main template has none, and it comes first");
                diagnostic.related.push(call.with_message("on the way here"));
            }
            return self.add(diagnostic);
        }
        if self.frames.len() >= MAX_DEPTH || self.seen.len() >= MAX_INCLUSIONS {
            let message = if self.seen.len() >= MAX_INCLUSIONS {
                format!("partials are included in more than {MAX_INCLUSIONS} ways")
            } else {
                format!("partials nest deeper than {MAX_DEPTH} levels")
            };
            return self.add(Diagnostic::new(Code::TooDeep, message, place));
        }
        let key = (frame.part, frame.has_block, self.stack.clone());
        let before = self.inclusions;
        if let Some(cost) = self.seen.get(&key) {
            // Walked before; rendered, it takes as long again.
            self.inclusions = self.inclusions.saturating_add(*cost);
        } else {
            self.seen.insert(key.clone(), 1);
            self.inclusions = self.inclusions.saturating_add(1);
            self.frame(frame);
            self.seen.insert(key, self.inclusions.saturating_sub(before));
        }
        if self.inclusions > MAX_RENDERED && before <= MAX_RENDERED {
            let message = format!("partials include each other more than {MAX_RENDERED} times");
            self.add(Diagnostic::new(Code::TooDeep, message, place));
        }
    }
}

/// A file's name: letters, digits, `_`, `-`, `.`, and `/` between folders.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "_-./".contains(c))
}

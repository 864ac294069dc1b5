//! Makes programs of templates that passed the check.

use std::ops::Range;

use handlebars::template::{
    BlockParam, DecoratorTemplate, HelperTemplate, Parameter, TemplateElement, TemplateMapping,
};
use handlebars::{Path, Template as Tree};
use serde_json::Value;

use super::library::{Library, PARTIAL_BLOCK};
use super::program::{
    Act, Condition, Escaping, Expr, Inclusion, Invocation, Local, Loop, Node, Nodes, Part, Program, Route,
    Segment, Within,
};
use super::scope;
use super::syntax::Parsed;
use crate::path::{self, Known};
use crate::report::helpers::{self, Takes};
use crate::text;

/// The program of a library whose templates have no mistake; `known` is what records have.
pub(super) fn program(library: &Library<'_>, known: &[Known]) -> Program {
    let part = |number: usize| {
        let parsed = library.parsed(number);
        let mut compiler = Compiler { library, known, parsed: &parsed, number, end: 0 };
        let nodes = compiler.nodes(&parsed.tree);
        Part { source: parsed.source.clone(), nodes }
    };
    Program { parts: (0..library.len()).map(part).collect() }
}

struct Compiler<'c> {
    library: &'c Library<'c>,
    known: &'c [Known],
    parsed: &'c Parsed,
    number: usize,
    /// Where the last tag ended.
    end: usize,
}

impl Compiler<'_> {
    fn nodes(&mut self, tree: &Tree) -> Nodes {
        let elements = tree.elements.iter().enumerate();
        elements.filter_map(|(index, element)| self.node(element, tree.mapping.get(index))).collect()
    }

    fn node(&mut self, element: &TemplateElement, mapping: Option<&TemplateMapping>) -> Option<Node> {
        if let TemplateElement::RawString(text) = element {
            let text = inert(text);
            return (!text.is_empty()).then_some(Node { at: self.end, act: Act::Text(text) });
        }
        let tag = self.parsed.tag(mapping, self.end);
        self.end = tag.end;
        let act = match element {
            TemplateElement::Expression(call) => Act::Value(self.expression(call), Escaping::Kind),
            TemplateElement::HtmlExpression(call) => Act::Value(self.expression(call), Escaping::None),
            TemplateElement::HelperBlock(block) => self.block(block),
            TemplateElement::PartialExpression(call) => {
                let parsed = self.parsed;
                self.partial(call, indent(&parsed.source.text, &tag))
            }
            // Its tag is the beginning of what it includes, and has no line to itself.
            TemplateElement::PartialBlock(call) => self.partial(call, ""),
            _ => return None,
        };
        Some(Node { at: tag.start, act })
    }

    /// A name alone is a value: no helper does without an argument.
    fn expression(&self, call: &HelperTemplate) -> Expr {
        match &call.name {
            Parameter::Path(path) if call.params.is_empty() && call.hash.is_empty() => expr_of(path),
            _ => self.call(call),
        }
    }

    fn block(&mut self, block: &HelperTemplate) -> Act {
        let body = |this: &mut Self| block.template.as_ref().map(|tree| this.nodes(tree)).unwrap_or_default();
        let otherwise = |this: &mut Self| block.inverse.as_ref().map(|tree| this.nodes(tree));
        let name = block.name.as_name().unwrap_or_default();
        let (first, second) = names(block);
        match name {
            "raw" => Act::Nodes(body(self)),
            "each" => Act::Each(Loop {
                over: self.first(block),
                value: first,
                key: second,
                body: body(self),
                otherwise: otherwise(self),
            }),
            "with" => Act::With(Within {
                value: self.first(block),
                name: first,
                body: body(self),
                otherwise: otherwise(self),
            }),
            "if" | "unless" => Act::If(Condition {
                test: self.first(block),
                zero: block.hash.get("includeZero").map(|value| self.value(value)),
                wanted: name == "if",
                then: body(self),
                otherwise: otherwise(self).unwrap_or_default(),
            }),
            _ => Act::If(Condition {
                test: self.call(block),
                zero: None,
                wanted: true,
                then: body(self),
                otherwise: otherwise(self).unwrap_or_default(),
            }),
        }
    }

    fn first(&self, block: &HelperTemplate) -> Expr {
        block.params.first().map_or(Expr::Literal(Value::Null), |param| self.value(param))
    }

    fn partial(&mut self, call: &DecoratorTemplate, indent: &str) -> Act {
        let block = call.template.as_ref().map(|tree| self.nodes(tree));
        let name = call.name.as_name().unwrap_or_default();
        if name == PARTIAL_BLOCK {
            return Act::Block(block);
        }
        let params = call.hash.iter().map(|(name, value)| (name.as_str().into(), self.value(value)));
        Act::Partial(Inclusion {
            part: self.library.part(self.number, name).expect("the check found every partial"),
            context: call.params.first().map(|param| self.value(param)),
            params: params.collect(),
            block,
            indent: indent.into(),
        })
    }

    fn value(&self, param: &Parameter) -> Expr {
        match param {
            Parameter::Path(path) => expr_of(path),
            Parameter::Literal(value) => Expr::Literal(inert_value(value)),
            Parameter::Subexpression(inner) => match inner.as_element() {
                TemplateElement::Expression(call) => self.call(call),
                _ => Expr::Literal(Value::Null),
            },
            _ => Expr::Literal(Value::Null),
        }
    }

    fn call(&self, call: &HelperTemplate) -> Expr {
        let name = call.name.as_name().unwrap_or_default();
        let helper = helpers::by_name(name).expect("the check knows every helper");
        let path = match (helper.takes, call.params.get(1)) {
            (Takes::Path, Some(Parameter::Literal(Value::String(text)))) => {
                path::parse(text, path::Root::Rows, self.known).ok()
            }
            _ => None,
        };
        let mut hash: Vec<_> =
            call.hash.iter().map(|(name, value)| (name.as_str().into(), self.value(value))).collect();
        // A map's order is not the same twice, and the first argument that is wrong is the one told.
        hash.sort_by(|(one, _): &(Box<str>, Expr), (other, _)| one.cmp(other));
        let params = call.params.iter().map(|param| self.value(param)).collect();
        Expr::Call(Box::new(Invocation { helper, params, hash: hash.into(), path }))
    }
}

fn names(block: &HelperTemplate) -> (Option<Box<str>>, Option<Box<str>>) {
    let name = |param: &Parameter| param.as_name().map(Into::into);
    match &block.block_param {
        Some(BlockParam::Pair((first, second))) => (name(first), name(second)),
        Some(BlockParam::Single(first)) => (name(first), None),
        _ => (None, None),
    }
}

fn expr_of(path: &Path) -> Expr {
    match path {
        Path::Local((ups, name, _)) => {
            let local = match name.as_str() {
                "first" => Local::First,
                "last" => Local::Last,
                "key" => Local::Key,
                _ => Local::Index,
            };
            Expr::Local(*ups, local)
        }
        Path::Relative((segments, raw)) => {
            let route = scope::route(segments, raw);
            let segment = |name: &&str| Segment { name: (*name).into(), index: name.parse().ok() };
            Expr::Path(Route {
                from_root: route.from_root,
                ups: route.ups,
                names: route.names.iter().map(segment).collect(),
                raw: raw.as_str().into(),
            })
        }
    }
}

/// What a partial's lines begin with: the white space before a tag that has its line to itself.
fn indent<'t>(text: &'t str, tag: &Range<usize>) -> &'t str {
    let blank = |c: char| c == ' ' || c == '\t';
    let line = text[..tag.start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = &text[line..tag.start];
    let after = text[tag.end..].trim_start_matches(blank);
    let alone = before.chars().all(blank) && (after.is_empty() || after.starts_with(['\n', '\r']));
    let kept = !text[tag.clone()].starts_with("{{~");
    if alone && kept { before } else { "" }
}

/// What the template itself says acts on no terminal either. Its line ends stay as they are.
fn inert(text: &str) -> Box<str> {
    text::inert_lines(text).into()
}

fn inert_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(inert(text).into()),
        Value::Array(values) => values.iter().map(inert_value).collect(),
        other => other.clone(),
    }
}

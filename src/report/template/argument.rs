//! The check of what stands in a tag: helpers with the arguments they take, and the paths among those.

use std::ops::Range;

use handlebars::Path;
use handlebars::template::{HelperTemplate, Parameter, Subexpression, TemplateElement};
use serde_json::Value;

use super::check::Walk;
use super::names::{self, Class, Shape};
use crate::report::helpers::{self, Form, Gives, HELPERS, Helper, Takes};
use crate::text;

impl Walk<'_, '_> {
    /// Checks a helper's call; gives the shapes of its arguments, or nothing when it is no helper.
    pub(super) fn call(&mut self, call: &HelperTemplate, block: bool) -> Option<Vec<Shape>> {
        let name = call.name.as_name().unwrap_or_default();
        let from = self.top().word;
        let span = self.find(name, from);
        self.top().word = span.end;
        let helper = helpers::by_name(name);
        let arguments = self.arguments(helper, &call.params);
        let known = helper.map_or(&[][..], |helper| helper.hash);
        let hash = self.hash(&call.hash, span.end);
        let Some(helper) = helper else {
            self.unknown_helper(name, span, block);
            return None;
        };
        for (key, place, shape) in hash {
            self.names.taken.whole |= shape.holds_records();
            if known.contains(&key.as_str()) {
                if !matches!(call.hash.get(&key), Some(Parameter::Literal(_))) {
                    self.check_named(&key, shape, place);
                }
            } else {
                let help = match text::nearest(&key, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}=`?"),
                    None if known.is_empty() => "it takes none by name".to_owned(),
                    None => format!("it takes {}", text::listed(known.iter().copied())),
                };
                self.mistake(place, format!("helper `{name}` takes no `{key}=`"), Some(help));
            }
        }
        self.named_literals(helper, call, &span);
        if helper.takes == Takes::Drawn {
            self.chart(helper, call, &arguments, &span);
        }
        self.check_form(helper, block, &span);
        self.check_count(helper, arguments.len(), span.clone());
        let before = self.diagnostics.len();
        self.check_kinds(helper, &arguments, &call.params, &span);
        if self.diagnostics.len() == before {
            self.literals(helper, call, &span);
        }
        Some(arguments)
    }

    /// Checks the kind of a `name=value` argument; what is written out is told by `named_literals`.
    fn check_named(&mut self, key: &str, shape: Shape, place: Range<usize>) {
        let (right, expected) = match key {
            "format" | "tz" | "unit" | "title" | "noun" | "caption" => (shape.may_be(Class::Text), "a text"),
            "digits" | "limit" | "top" => (shape.may_be(Class::Number), "a number"),
            "default" => (shape.is_printable(), "a value"),
            _ => return,
        };
        if !right {
            self.mistake(place, format!("`{key}=` takes {expected}, found {}", shape.in_full()), None);
        }
    }

    /// Checks the arguments that are written out: what they are is known before the run.
    fn named_literals(&mut self, helper: &Helper, call: &HelperTemplate, span: &Range<usize>) {
        for (key, value) in &call.hash {
            if let Parameter::Literal(value) = value
                && helper.hash.contains(&key.as_str())
                && let Err(why) = helpers::check_named(helper, key, value)
            {
                let help = match key.as_str() {
                    "format" => "a format is made of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S` and the like",
                    "tz" => "zones are named as in the IANA database: `Europe/Berlin`, `UTC`",
                    "unit" => "the age is told in one unit, else in the two greatest",
                    "title" | "noun" | "caption" => "a text stands between quotes",
                    _ => "a number is written without quotes: `limit=10`, `digits=1`",
                };
                self.refuse(span.clone(), why, help);
            }
        }
    }

    /// Checks the positional ones, whose kinds are right.
    fn literals(&mut self, helper: &Helper, call: &HelperTemplate, span: &Range<usize>) {
        let written = |param: &'_ Parameter| match param {
            Parameter::Literal(value) => Some(value.clone()),
            _ => None,
        };
        let values: Vec<Option<Value>> = call.params.iter().map(written).collect();
        let values: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
        if !helper.params.contains(&values.len()) || values.iter().all(Option::is_none) {
            return;
        }
        if let Err(why) = helpers::check_positional(helper, &values) {
            let name = helper.name;
            let help = match helper.takes {
                Takes::Text => format!("the length is a number: `{{{{{name} note 20}}}}`"),
                Takes::List => {
                    format!("what stands between the values is a text: `{{{{{name} roles \"; \"}}}}`")
                }
                _ if name == "pluralize" => format!("write `{{{{{name} count \"token\"}}}}`"),
                _ => "it is told in whole numbers".to_owned(),
            };
            self.refuse(span.clone(), why, &help);
        }
    }

    /// Checks a tag that writes what a helper gives.
    pub(super) fn written(&mut self, call: &HelperTemplate) {
        let start = self.top().word;
        let Some(arguments) = self.call(call, false) else { return };
        let name = call.name.as_name().unwrap_or_default();
        let given = self.given(call, &arguments);
        // What is given is one of two: neither may be what cannot be written.
        let either = helpers::by_name(name).is_some_and(|helper| helper.gives == Gives::Either);
        let shapes = arguments.iter().copied().filter(|_| either).chain([given]);
        if let Some(shape) = shapes.into_iter().find(|shape| !shape.is_printable()) {
            let span = self.find(name, start);
            let help = match shape {
                Shape::List(_) | Shape::Groups(_) => {
                    format!("`{{{{#each ({name} …)}}}}` goes through it, `{{{{len ({name} …)}}}}` counts it")
                }
                _ => "name a part of it".to_owned(),
            };
            let message = format!("`{name}` gives {}, not a value to write", shape.in_full());
            self.mistake(span, message, Some(help));
        }
    }

    /// The shapes of a helper's arguments.
    fn arguments(&mut self, helper: Option<&Helper>, params: &[Parameter]) -> Vec<Shape> {
        params.iter().map(|param| self.argument(helper, param)).collect()
    }

    fn argument(&mut self, helper: Option<&Helper>, param: &Parameter) -> Shape {
        let before = std::mem::take(&mut self.names.taken.list);
        let shape = self.value(param);
        // The path to it is all there is: what is made of the list is another one.
        let is_all = self.names.taken.list
            && matches!(param, Parameter::Path(_))
            && shape == Shape::List(&Shape::Record);
        match helper {
            Some(helper) if is_all && helper.takes_in_turn() => {
                self.names.taken.list = before;
                self.names.taken.table |= helper.lists_records();
            }
            _ => {
                self.names.taken.list |= before;
                self.note_records(helper, shape);
            }
        }
        shape
    }

    /// Notes records that a helper takes as values. To go through a list of them, to step into one and to ask whether they are
    /// there reads none of their fields.
    fn note_records(&mut self, helper: Option<&Helper>, shape: Shape) {
        self.names.taken.whole |= match helper.map_or(("", None), |own| (own.name, Some(own.takes))) {
            ("len", _) => !matches!(shape, Shape::List(_) | Shape::Groups(_)) && shape.holds_records(),
            ("with", _) | (_, Some(Takes::Fields(_) | Takes::Path | Takes::Drawn)) => false,
            ("each", _) => !matches!(shape, Shape::List(_) | Shape::Groups(_)) && shape.holds_records(),
            (_, Some(Takes::Anything)) => false,
            _ => shape.holds_records(),
        };
    }

    /// The shape of an argument, with every path in it checked.
    pub(super) fn value(&mut self, param: &Parameter) -> Shape {
        match param {
            Parameter::Path(path) => self.path(path),
            Parameter::Literal(value) => literal(value),
            Parameter::Subexpression(inner) => self.subexpression(inner),
            _ => Shape::Any,
        }
    }

    /// Checks the values of `name=value` arguments; gives each name with its place, in the order of the text.
    pub(super) fn hash<'h>(
        &mut self,
        hash: impl IntoIterator<Item = (&'h String, &'h Parameter)>,
        from: usize,
    ) -> Vec<(String, Range<usize>, Shape)> {
        let mut found: Vec<_> =
            hash.into_iter().map(|(key, value)| (self.find_key(key, from), key, value)).collect();
        found.sort_by_key(|(place, key, _)| (place.start, (*key).clone()));
        let positional = self.top().word;
        let mut checked = Vec::with_capacity(found.len());
        for (place, key, value) in found {
            self.top().word = place.end;
            let shape = self.value(value);
            checked.push((key.clone(), place, shape));
        }
        let frame = self.top();
        frame.word = frame.word.max(positional);
        checked
    }

    /// The shape a path leads to; a mistake is reported at the part of it that is wrong.
    pub(super) fn path(&mut self, path: &Path) -> Shape {
        let (Path::Relative((_, raw)) | Path::Local((_, _, raw))) = path;
        let from = self.top().word;
        let span = self.find(raw, from);
        self.top().word = span.end;
        match self.names.resolve(path, &self.stack) {
            Ok(shape) => shape,
            Err(unknown) => {
                let span = unknown.segment.map_or(span.clone(), |wanted| segment(raw, wanted, span));
                self.mistake(span, unknown.message, unknown.help);
                Shape::Any
            }
        }
    }

    fn find_key(&mut self, key: &str, from: usize) -> Range<usize> {
        let mut at = from;
        loop {
            let place = self.find(key, at);
            let frame = self.top();
            let text = &frame.parsed.source.text;
            if place == frame.tag || text[place.end..].trim_start().starts_with('=') {
                return place;
            }
            at = place.end;
        }
    }

    fn subexpression(&mut self, inner: &Subexpression) -> Shape {
        let TemplateElement::Expression(call) = inner.as_element() else { return Shape::Any };
        let Some(arguments) = self.call(call, false) else { return Shape::Any };
        self.given(call, &arguments)
    }

    /// What a helper gives for these arguments.
    fn given(&mut self, call: &HelperTemplate, arguments: &[Shape]) -> Shape {
        match call.name.as_name().and_then(helpers::by_name).map(|helper| helper.gives) {
            Some(Gives::Text | Gives::Markup) => Shape::Text,
            Some(Gives::Number) => Shape::Number,
            Some(Gives::Member) => self.member(arguments.first().copied(), call.params.get(1)),
            Some(Gives::Flag) => Shape::Flag,
            Some(Gives::First) => arguments.first().copied().unwrap_or(Shape::Any),
            Some(Gives::Either) => either(arguments),
            Some(Gives::Groups) => match arguments.first() {
                Some(Shape::List(element)) => Shape::Groups(element),
                _ => Shape::Any,
            },
            Some(Gives::Counts) => Shape::List(&names::COUNT),
            None => Shape::Any,
        }
    }

    /// An element of a list of numbers, or the field of one: a time stays one.
    fn member(&mut self, list: Option<Shape>, field: Option<&Parameter>) -> Shape {
        let element = list.and_then(Shape::element);
        let found = match field {
            Some(Parameter::Literal(Value::String(path))) => {
                path.split('.').try_fold(element.unwrap_or(Shape::Any), |shape, name| {
                    self.names.step(shape, name, None).ok()
                })
            }
            _ => element,
        };
        found.filter(|shape| shape.may_be(Class::Number)).unwrap_or(Shape::Number)
    }

    fn unknown_helper(&mut self, name: &str, span: Range<usize>, block: bool) {
        let refused = match name {
            "lookup" => Some("write the name: `a.b`, or `a.[0]` for a place in a list"),
            "log" => Some("a template writes to its output alone"),
            _ => None,
        };
        if let Some(help) = refused {
            return self.refuse(span, format!("`{name}` is not allowed"), help);
        }
        let is_name = Path::parse(name).is_ok_and(|path| self.names.resolve(&path, &self.stack).is_ok());
        let near = text::nearest(name, HELPERS.iter().map(|helper| helper.name));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if is_name && block => {
                format!("`{name}` is a value: write `{{{{#each {name}}}}}` or `{{{{#if {name}}}}}`")
            }
            None if is_name => format!("`{name}` is a value and takes no arguments"),
            None => format!("the helpers are {}", text::listed(HELPERS.iter().map(|helper| helper.name))),
        };
        self.refuse(span, format!("unknown helper `{name}`"), &help);
    }

    fn check_form(&mut self, helper: &Helper, block: bool, span: &Range<usize>) {
        let name = helper.name;
        match helper.form {
            Form::Block if !block => {
                let help = format!("write `{{{{#{name} …}}}}…{{{{/{name}}}}}`");
                self.refuse(span.clone(), format!("`{name}` needs a block"), &help);
            }
            Form::Value if block => {
                let help = format!("write `{{{{{name} …}}}}`");
                self.refuse(span.clone(), format!("`{name}` gives a value and has no block"), &help);
            }
            _ => {}
        }
    }

    fn check_count(&mut self, helper: &Helper, count: usize, span: Range<usize>) {
        if helper.params.contains(&count) {
            return;
        }
        let (least, most) = (*helper.params.start(), *helper.params.end());
        let takes = match most {
            _ if least == most => text::counted(least, "argument"),
            usize::MAX => format!("at least {}", text::counted(least, "argument")),
            _ => format!("{least} to {most} arguments"),
        };
        let help = "a helper inside another one stands in brackets: `(name …)`";
        self.refuse(span, format!("helper `{}` takes {takes}, found {count}", helper.name), help);
    }
}

/// Whether a tag with nothing but this in it calls a helper, or one of Handlebars' that is refused.
pub(super) fn is_helper(name: &Parameter) -> bool {
    name.as_name().is_some_and(|name| helpers::by_name(name).is_some() || matches!(name, "log" | "lookup"))
}

/// What `default` gives: the value with its names where it has some, and a text or number where both are one.
fn either(arguments: &[Shape]) -> Shape {
    match arguments {
        [one @ (Shape::List(_) | Shape::Groups(_) | Shape::Group(_) | Shape::Record | Shape::Changed), _] => {
            *one
        }
        [one, other] => one.or(*other),
        _ => Shape::Any,
    }
}

fn literal(value: &Value) -> Shape {
    match value {
        Value::String(_) if helpers::is_time(value) => Shape::Stamp,
        Value::String(_) => Shape::Text,
        Value::Number(_) if helpers::is_time(value) => Shape::Time,
        Value::Number(_) => Shape::Number,
        Value::Bool(_) => Shape::Flag,
        Value::Array(_) => Shape::List(&Shape::Any),
        Value::Null | Value::Object(_) => Shape::Any,
    }
}

/// The place of the nth name of a path that stands at `span`.
fn segment(raw: &str, wanted: usize, span: Range<usize>) -> Range<usize> {
    if span.len() != raw.len() {
        return span;
    }
    let (mut at, mut index) = (0, 0);
    let mut bracket = false;
    for part in raw.split_inclusive(|c| {
        match c {
            '[' => bracket = true,
            ']' => bracket = false,
            _ => {}
        }
        !bracket && (c == '.' || c == '/')
    }) {
        let name = part.trim_end_matches(['.', '/']);
        if !name.is_empty() && !matches!(name, "this" | "[this]" | "@root") {
            if index == wanted {
                return span.start + at..span.start + at + name.len();
            }
            index += 1;
        }
        at += part.len();
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_part_of_a_path_is_found() {
        let cases = [
            ("note", 0, "note"),
            ("../note", 0, "note"),
            ("@root.query.nam", 1, "nam"),
            ("this.a.a", 1, "a"),
            ("listings.[0].x", 2, "x"),
            ("a.[b.c].d", 2, "d"),
        ];
        for (raw, wanted, name) in cases {
            assert_eq!(&raw[segment(raw, wanted, 0..raw.len())], name, "{raw}");
        }
    }
}

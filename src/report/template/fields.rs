//! The check of what a helper is given: the types of its arguments, and the names and paths that it takes as texts.

use std::ops::Range;

use handlebars::template::Parameter;
use serde_json::Value;

use super::check::Walk;
use super::names::{self, Class, Shape};
use crate::diag::Diagnostic;
use crate::path::{self, Known};
use crate::report::helpers::{Helper, Names, Takes};
use crate::text;

/// Fields of records as JSONPath knows them.
pub(super) fn known(fields: &[&str]) -> Vec<Known> {
    fields.iter().map(|name| Known { name: (*name).to_owned(), kind: names::kind(name) }).collect()
}

impl Walk<'_, '_> {
    /// Checks the positional arguments of a call, whose shapes are `arguments`. `span` is the helper's name.
    pub(super) fn check_kinds(
        &mut self,
        helper: &Helper,
        arguments: &[Shape],
        params: &[Parameter],
        span: &Range<usize>,
    ) {
        let Some(first) = arguments.first().copied() else { return };
        match helper.takes {
            Takes::Anything | Takes::Values | Takes::Drawn => {}
            Takes::Pair => {
                self.check_pair(helper, arguments, span);
                self.check_known(helper, arguments, params, span);
            }
            Takes::Cells => {
                for (shape, param) in arguments.iter().zip(params).filter(|(shape, _)| !shape.is_printable())
                {
                    self.wrong_kind(helper, *shape, "values", Some(param), span);
                }
            }
            Takes::Sized => {
                if matches!(first.class(), Some(Class::Number | Class::Flag)) {
                    self.wrong_kind(helper, first, "a list or a text", params.first(), span);
                }
            }
            Takes::Time => {
                if !matches!(first, Shape::Time | Shape::Stamp | Shape::Any) {
                    self.wrong_kind(helper, first, "a time", params.first(), span);
                }
            }
            Takes::Numbers(count) => {
                for (shape, param) in arguments.iter().zip(params).take(count) {
                    if !shape.may_be(Class::Number) {
                        self.wrong_kind(helper, *shape, "a number", Some(param), span);
                    }
                }
                self.check_rest(helper, (count, Class::Text), arguments, params, span);
            }
            Takes::Text => {
                if first.class().is_some_and(|class| class >= Class::List) {
                    self.wrong_kind(helper, first, "a text", params.first(), span);
                }
                self.check_rest(helper, (1, Class::Number), arguments, params, span);
            }
            Takes::List => {
                if self.list_of(helper, first, params, span).is_some_and(|element| !element.is_printable()) {
                    self.wrong_kind(helper, first, "a list of values", params.first(), span);
                }
                self.check_rest(helper, (1, Class::Text), arguments, params, span);
            }
            Takes::Table => self.check_table(helper, arguments, params, span),
            Takes::Fields(names) => {
                if let Some(element) = self.list_of(helper, first, params, span) {
                    self.check_fields(helper, (names, element), params, span);
                }
            }
            Takes::Path => {
                if !matches!(first, Shape::List(Shape::Record | Shape::Changed)) {
                    return self.wrong_kind(helper, first, "a list of records", params.first(), span);
                }
                if let Some(text) = self.written_out(params.get(1), "a JSONPath", span) {
                    self.check_path(&text, span);
                }
            }
        }
    }

    /// What stands behind the first arguments, where it is not written out: `literals` tells those.
    fn check_rest(
        &mut self,
        helper: &Helper,
        (first, class): (usize, Class),
        arguments: &[Shape],
        params: &[Parameter],
        span: &Range<usize>,
    ) {
        let expected = if class == Class::Text { "a text" } else { "a number" };
        for (shape, param) in arguments.iter().zip(params).skip(first) {
            if !shape.may_be(class) && !matches!(param, Parameter::Literal(_)) {
                self.wrong_kind(helper, *shape, expected, Some(param), span);
            }
        }
    }

    /// Records, and the columns they are shown in.
    fn check_table(
        &mut self,
        helper: &Helper,
        arguments: &[Shape],
        params: &[Parameter],
        span: &Range<usize>,
    ) {
        let [records, columns] = arguments else { return };
        if !matches!(records, Shape::List(Shape::Record | Shape::Changed | Shape::Any) | Shape::Any) {
            self.wrong_kind(helper, *records, "a list of records", params.first(), span);
        }
        if !matches!(*columns, names::COLUMNS | Shape::Any) {
            self.wrong_kind(helper, *columns, "a list of columns", params.get(1), span);
        }
    }

    /// A text compared with a number is never equal and never less: a condition that can never hold says nothing.
    fn check_pair(&mut self, helper: &Helper, arguments: &[Shape], span: &Range<usize>) {
        let [one, other] = arguments else { return };
        if let (Some(first), Some(second)) = (one.class(), other.class())
            && first != second
        {
            let message =
                format!("`{}` compares {} with {}", helper.name, one.described(), other.described());
            self.refuse(span.clone(), message, "values of different types are never equal, less or greater");
        }
    }

    /// A field that is one of a few values, compared with another: it is the same for every row.
    fn check_known(
        &mut self,
        helper: &Helper,
        arguments: &[Shape],
        params: &[Parameter],
        span: &Range<usize>,
    ) {
        let ([one, other], [first, second], "eq" | "ne") = (arguments, params, helper.name) else { return };
        for (shape, named, param) in [(one, first, second), (other, second, first)] {
            if let Parameter::Literal(value) = param
                && let Some((false, values)) = shape.known_values(value)
            {
                let (place, shown) = match value {
                    Value::String(text) => (self.find_text(text, span), text.clone()),
                    other => (span.clone(), other.to_string()),
                };
                let named = named.as_name().unwrap_or("this value");
                let message = format!("`{named}` is never `{}`", text::shortened(&shown, 40));
                self.refuse(place, message, &format!("it is one of {values}"));
            }
        }
    }

    fn wrong_kind(
        &mut self,
        helper: &Helper,
        found: Shape,
        expected: &str,
        param: Option<&Parameter>,
        span: &Range<usize>,
    ) {
        let place = match param.and_then(Parameter::as_name) {
            Some(name) => self.find(name, span.end),
            None => span.clone(),
        };
        let message = format!("helper `{}` takes {expected}, found {}", helper.name, found.in_full());
        let help = match expected {
            "a time" => Some("times are `createdOn`, `lastUsedOn`, `run.startedAt` and the like"),
            "a list of columns" => Some("the columns of the query or the output are `columns`"),
            "values" | "a list of values" if found.class() == Some(Class::List) => {
                Some("`#each` goes through it, `table` shows it")
            }
            "values" => Some("name a part of it"),
            "a list or a text" if found.class() == Some(Class::Number) => Some("write the number itself"),
            "a list of records" if helper.name == "records_table" => Some("`table` shows any other list"),
            "a list of records" => {
                Some("records are `records`, `diff.added` and the like, and what helpers make of them")
            }
            _ => None,
        };
        self.mistake(place, message, help.map(str::to_owned));
    }

    /// What the elements of a list are; nothing where it is none, which is told.
    fn list_of(
        &mut self,
        helper: &Helper,
        list: Shape,
        params: &[Parameter],
        span: &Range<usize>,
    ) -> Option<Shape> {
        match list {
            Shape::Any => Some(Shape::Any),
            Shape::List(_) | Shape::Groups(_) => list.element(),
            other => {
                self.wrong_kind(helper, other, "a list", params.first(), span);
                None
            }
        }
    }

    fn check_fields(
        &mut self,
        helper: &Helper,
        (names, element): (Names, Shape),
        params: &[Parameter],
        span: &Range<usize>,
    ) {
        let rest = params.get(1..).unwrap_or_default();
        if rest.is_empty() && names == Names::Numbers && !element.may_be(Class::Number) {
            let message = format!("helper `{}` takes numbers, found {}", helper.name, element.described());
            return self.refuse(span.clone(), message, "name the field that holds them: `\"idleDays\"`");
        }
        if matches!((helper.name, element), ("group_by", Shape::Grouped(_))) {
            let help = "group the `items` inside of `#each`";
            return self.refuse(span.clone(), "groups cannot be grouped again".to_owned(), help);
        }
        for param in rest {
            let Some(text) = self.written_out(Some(param), "the name of a field", span) else { continue };
            let name = match names {
                Names::Keys => text.strip_prefix('-').unwrap_or(&text),
                Names::Columns => text.split_once('=').map_or(&*text, |(name, _)| name),
                Names::Plain | Names::Numbers => &text,
            };
            self.check_field(helper, (names, element), name, &text, span);
        }
    }

    fn check_field(
        &mut self,
        helper: &Helper,
        (names, element): (Names, Shape),
        name: &str,
        text: &str,
        span: &Range<usize>,
    ) {
        let place = self.find_text(text, span);
        let mut shape = element;
        let mut parent = None;
        for part in name.split('.') {
            match self.names.step(shape, part, parent) {
                Ok(next) => shape = next,
                Err(unknown) => return self.mistake(place, unknown.message, unknown.help),
            }
            parent = Some(part);
        }
        let wrong = match names {
            Names::Numbers => !shape.may_be(Class::Number),
            Names::Plain | Names::Keys | Names::Columns => !shape.is_printable(),
        };
        if wrong {
            let expected = if names == Names::Numbers { "numbers" } else { "values" };
            let message = format!("helper `{}` takes {expected}, found {}", helper.name, shape.described());
            self.mistake(place, message, None);
        }
    }

    /// A text that stands in the template itself; nothing where it does not, which is told.
    fn written_out(&mut self, param: Option<&Parameter>, what: &str, span: &Range<usize>) -> Option<String> {
        match param {
            None => None,
            Some(Parameter::Literal(Value::String(text))) => Some(text.clone()),
            Some(other) => {
                let place = other.as_name().map_or_else(|| span.clone(), |name| self.find(name, span.end));
                let help = other.as_name().map_or_else(
                    || "it is checked before the run".to_owned(),
                    |name| format!("write `\"{name}\"`: it is checked before the run"),
                );
                self.refuse(place, format!("{what} must be a text that is written out"), &help);
                None
            }
        }
    }

    fn check_path(&mut self, text: &str, span: &Range<usize>) {
        let known = known(self.names.fields);
        let place = self.find_text(text, span);
        match path::parse(text, path::Root::Rows, &known) {
            Ok(path) => self.names.read.extend(path.fields().iter().cloned()),
            Err(mistakes) => {
                for mistake in mistakes {
                    let part =
                        mistake.span.filter(|part| place.len() == text.len() && part.end <= text.len());
                    let part =
                        part.map_or(place.clone(), |part| place.start + part.start..place.start + part.end);
                    let label = self.top().parsed.label(part);
                    let mut diagnostic = Diagnostic::new(mistake.code, mistake.message, label);
                    diagnostic.help = mistake.help;
                    self.add(diagnostic);
                }
            }
        }
    }

    /// The place of a text between quotes; the whole tag where it is written with escapes.
    pub(super) fn find_text(&mut self, text: &str, span: &Range<usize>) -> Range<usize> {
        let frame = self.top();
        let tag = &frame.parsed.source.text[span.end..frame.tag.end];
        let quoted = ['"', '\''].into_iter().find_map(|quote| tag.find(&format!("{quote}{text}{quote}")));
        match quoted {
            Some(at) => span.end + at + 1..span.end + at + 1 + text.len(),
            None => frame.tag.clone(),
        }
    }
}

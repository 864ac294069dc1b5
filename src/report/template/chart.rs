//! The check of a chart's arguments: a list to draw, and the field that is counted or that has the words for its values.

use std::ops::Range;

use handlebars::template::{HelperTemplate, Parameter};
use serde_json::Value;

use super::check::Walk;
use super::names::{self, Class, Shape};
use crate::report::helpers::{self, Helper};
use crate::text;

impl Walk<'_, '_> {
    /// Checks the arguments of a chart; notes which field of the records it reads.
    pub(super) fn chart(
        &mut self,
        helper: &Helper,
        call: &HelperTemplate,
        arguments: &[Shape],
        span: &Range<usize>,
    ) {
        if let Some(Parameter::Literal(top)) = call.hash.get("top")
            && helper.hash.contains(&"top")
            && let Err(why) = helpers::check_top(top)
        {
            self.refuse(span.clone(), why, "the others are drawn as one");
        }
        let records = match arguments.first().copied() {
            None | Some(Shape::Any | Shape::List(Shape::Any)) => None,
            Some(Shape::List(Shape::Record | Shape::Changed)) => Some(true),
            Some(list) if is_counted(list) => Some(false),
            Some(other) => return self.no_chart(other, call, span),
        };
        match call.params.get(1) {
            Some(Parameter::Literal(Value::String(field))) => {
                self.charted(field, call.params.first(), span);
                if records == Some(true) && helper.name == "sparkline" {
                    self.drawn_as_numbers(field, span);
                }
            }
            Some(field) => {
                let shape = arguments.get(1).copied().unwrap_or(Shape::Any);
                self.field_by_value(helper, (shape, field), span);
                self.names.taken.whole |= records != Some(false);
            }
            None if records == Some(true) => {
                let help = format!(
                    "name the field that is counted: `{{{{{} records \"adminName\"}}}}`",
                    helper.name
                );
                self.refuse(span.clone(), "a chart of records needs a field".to_owned(), &help);
            }
            None => {}
        }
    }

    /// A sparkline leaves out what is no number: of any other field nothing would be left.
    fn drawn_as_numbers(&mut self, field: &str, span: &Range<usize>) {
        let shape = names::field(field);
        if !shape.may_be(Class::Number) {
            let place = self.find_text(field, span);
            let message = format!("`sparkline` draws numbers, `{field}` is {}", shape.described());
            self.mistake(place, message, Some("`bar_chart` counts how many there are of each".to_owned()));
        }
    }

    /// A field that is named by a value: a text, whose name is known in the run.
    fn field_by_value(&mut self, helper: &Helper, (found, field): (Shape, &Parameter), span: &Range<usize>) {
        if !found.may_be(Class::Text) {
            let message = format!("a chart takes the name of a field, found {}", found.described());
            let help = format!("write it between quotes: `{{{{{} records \"adminName\"}}}}`", helper.name);
            let place = field.as_name().map_or_else(|| span.clone(), |name| self.find(name, span.end));
            self.refuse(place, message, &help);
        }
    }

    fn no_chart(&mut self, found: Shape, call: &HelperTemplate, span: &Range<usize>) {
        let drawn = if found.class() == Some(Class::List) { "records or counts" } else { "a list" };
        let message = format!("a chart draws {drawn}, found {}", found.in_full());
        let help = match &call.params[..] {
            [list, Parameter::Literal(Value::String(field))] if found.class() == Some(Class::List) => {
                counted_first(Some(list), field)
            }
            _ => "the lists to draw are in `stats`, and `records`".to_owned(),
        };
        self.refuse(span.clone(), message, &help);
    }

    fn charted(&mut self, field: &str, list: Option<&Parameter>, span: &Range<usize>) {
        if self.names.reads(field) {
            return;
        }
        let known = self.names.fields;
        if field.split_once('.').is_some_and(|(name, _)| known.contains(&name)) {
            let place = self.find_text(field, span);
            let message = format!("a chart counts a field, `{field}` is a part of one");
            return self.refuse(place, message, &counted_first(list, field));
        }
        let help = match text::nearest(field, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its fields are {}", text::listed(known.iter().copied())),
        };
        let place = self.find_text(field, span);
        self.mistake(place, format!("a record has no field `{field}`"), Some(help));
    }
}

fn counted_first(list: Option<&Parameter>, field: &str) -> String {
    let list = list.and_then(Parameter::as_name).unwrap_or("…");
    format!("count it first: `(count_by {list} \"{field}\")`")
}

/// Whether it is a list of amounts: what `count_by` and `group_by` give, or numbers.
fn is_counted(list: Shape) -> bool {
    let named = |shape: Shape| shape.member("value").or_else(|| shape.member("key")).is_some();
    match list {
        Shape::Groups(_) => true,
        Shape::List(element) => {
            element.class() == Some(Class::Number) || (named(*element) && element.member("count").is_some())
        }
        _ => false,
    }
}

//! What the functions of a path are called with. The library takes anything, and a call that RFC 9535 has no meaning for gives
//! nothing, or the same for every row.

use jsonpath_rust::parser::model::{FnArg, Literal, Segment, Selector, Test, TestFunction};

use super::kind::{Kind, kind_of};
use super::meaning::{Check, Shape, field_of};
use crate::catalog::FieldType;

/// Largest compiled regular expression. A file may have thousands of them, and each is compiled.
const MAX_REGEX_BYTES: usize = 1024 * 1024;

/// How much of a text a regular expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Part,
}

impl Check<'_> {
    pub(super) fn function(&mut self, shape: &Shape, function: &TestFunction) -> Kind {
        match function {
            TestFunction::Custom(name, _) => {
                let message = format!("`{name}` is no function");
                self.push(
                    self.span(name),
                    message,
                    Some("RFC 9535 has `length`, `count`, `value`, `match` and `search`"),
                );
                Kind::Any
            }
            TestFunction::Length(argument) => {
                self.length(shape, argument);
                Kind::Number
            }
            TestFunction::Value(argument) => {
                self.of_nodes("value", argument);
                self.value_of("value", shape, argument).map_or(Kind::Any, |(_, kind)| kind_of(kind))
            }
            TestFunction::Count(argument) => {
                self.count(shape, argument);
                Kind::Number
            }
            TestFunction::Search(subject, pattern) => {
                self.regex("search", shape, subject);
                self.pattern(pattern, Extent::Part);
                Kind::Flag
            }
            TestFunction::Match(subject, pattern) => {
                self.regex("match", shape, subject);
                self.pattern(pattern, Extent::Whole);
                Kind::Flag
            }
        }
    }

    fn length(&mut self, shape: &Shape, argument: &FnArg) {
        let help = "`length` of a list is how many elements it has: `length(@.roles)`";
        let one = self.of_one("length", argument, help);
        if let Some((name, kind)) = self.value_of("length", shape, argument)
            && one
            && !matches!(kind, FieldType::Text | FieldType::TextList)
        {
            let message = format!("`length` of `{name}`, which is {}", kind.with_article());
            self.push(self.span(&name), message, None);
        }
    }

    fn count(&mut self, shape: &Shape, argument: &FnArg) {
        self.of_nodes("count", argument);
        let found = field_of(self.argument(shape, argument));
        if is_one(argument) {
            let help = match found {
                Some((name, FieldType::TextList)) => {
                    format!("write `length(@.{name})`, or `count(@.{name}[*])`")
                }
                _ => "it counts what a path finds: `count(@.roles[*])`".to_owned(),
            };
            self.push(self.span("count"), "`count` of one value is always 1", Some(&help));
        }
    }

    fn regex(&mut self, function: &str, shape: &Shape, subject: &FnArg) {
        let help = format!("ask each of them: `@.roles[?{function}(@, '…')]`");
        let one = self.of_one(function, subject, &help);
        if let Some((name, kind)) = self.value_of(function, shape, subject)
            && one
            && kind != FieldType::Text
        {
            let help = match kind {
                FieldType::TextList => format!("ask each of them: `@.{name}[?{function}(@, '…')]`"),
                _ => "`match` and `search` are for text".to_owned(),
            };
            let message = format!("a regular expression on `{name}`, which is {}", kind.with_article());
            self.push(self.span(&name), message, Some(&help));
        }
    }

    fn pattern(&mut self, pattern: &FnArg, extent: Extent) {
        match pattern {
            FnArg::Literal(Literal::String(text)) => {
                // As the library evaluates it: what compiles alone may not do so between these.
                let whole = (extent == Extent::Whole).then(|| format!("^(?:{text})$"));
                let mistake = compile(text).or_else(|| whole.and_then(|whole| compile(&whole)));
                if let Some(cause) = mistake {
                    let message = format!("the regular expression does not compile: {cause}");
                    self.push(self.literal(text), message, None);
                }
            }
            FnArg::Literal(other) => {
                self.push(self.span(&other.to_string()), "a regular expression is a string", None);
            }
            FnArg::Test(_) | FnArg::Filter(_) => self.push(
                0..1,
                "a regular expression from a row, which nobody has checked",
                Some("write it out: `search(@.note, '…')`"),
            ),
        }
    }

    /// Whether a function of one value gets one that is not the same for every row.
    fn of_one(&mut self, function: &str, argument: &FnArg, help: &str) -> bool {
        if matches!(argument, FnArg::Literal(_)) {
            let message = format!("`{function}` of a literal is the same for every row");
            self.push(self.span(function), message, None);
            return false;
        }
        let several = matches!(argument, FnArg::Test(test) if !matches!(**test, Test::Function(_)));
        if several && !is_one(argument) {
            let message = format!("`{function}` is of one value, and this path may find several");
            self.push(self.span(function), message, Some(help));
            return false;
        }
        true
    }

    /// `count` and `value` are of what a path finds.
    fn of_nodes(&mut self, function: &str, argument: &FnArg) {
        let path = matches!(argument, FnArg::Test(test) if !matches!(**test, Test::Function(_)));
        if !path {
            let help = format!("hand it a path: `{function}(@.roles[*])`");
            self.push(self.span(function), format!("`{function}` is of what a path finds"), Some(&help));
        }
    }

    /// The field that a function is of. A row is none.
    fn value_of(&mut self, function: &str, shape: &Shape, argument: &FnArg) -> Option<(String, FieldType)> {
        let found = self.argument(shape, argument);
        if found == Shape::Row {
            let more = if matches!(function, "search" | "match") { ", '…'" } else { "" };
            let help = format!("hand it a field: `{function}(@.note{more})`");
            self.push(self.span(function), format!("`{function}` of a row, which is no value"), Some(&help));
        }
        field_of(found)
    }

    /// What a path finds. Its own mistakes are told.
    fn argument(&mut self, shape: &Shape, argument: &FnArg) -> Shape {
        match argument {
            FnArg::Test(test) => match &**test {
                Test::RelQuery(segments) => self.segments(shape, segments),
                Test::AbsQuery(query) => {
                    let start = self.start();
                    self.segments(&start, &query.segments)
                }
                Test::Function(function) => {
                    self.function(shape, function);
                    Shape::Any
                }
            },
            FnArg::Filter(filter) => {
                self.filter(shape, filter);
                Shape::Any
            }
            FnArg::Literal(_) => Shape::Any,
        }
    }
}

/// Why a regular expression does not compile.
fn compile(text: &str) -> Option<String> {
    let error = regex::RegexBuilder::new(text).size_limit(MAX_REGEX_BYTES).build().err()?;
    let cause = error.to_string();
    Some(cause.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
}

/// Whether a path finds one value at most: names and indices alone.
fn is_one(argument: &FnArg) -> bool {
    let FnArg::Test(test) = argument else { return false };
    let segments = match &**test {
        Test::RelQuery(segments) => segments,
        Test::AbsQuery(query) => &query.segments,
        Test::Function(_) => return false,
    };
    let one =
        |segment: &Segment| matches!(segment, Segment::Selector(Selector::Name(_) | Selector::Index(_)));
    segments.iter().all(one)
}

//! What a path means on rows: names and types. What its functions are called with is left to `call`.

use std::collections::BTreeSet;
use std::ops::Range;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, JpQuery, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test, TestFunction,
};

use super::kind::{Kind, kind_of, kind_of_literal, remedy};
use super::{Known, Root, outside_quotes};
use crate::catalog::{Field, FieldType, TOKEN_FIELDS};
use crate::diag::{Code, Mistake};
use crate::text;

/// What a part of a path stands on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// All rows.
    Rows,
    /// One of them.
    Row,
    /// A field's value.
    Field(String, FieldType),
    /// Anything: below a field newer than lmq, or after `..`.
    Any,
}

/// Checks a path. Gives the fields it reads.
pub(super) fn check(
    text: &str,
    query: &JpQuery,
    root: Root,
    known: &[Known],
) -> Result<BTreeSet<String>, Vec<Mistake>> {
    let mut check = Check { text, known, root, fields: BTreeSet::new(), mistakes: Vec::new() };
    if root == Root::Rows && !gives_rows(query) {
        check.push(
            0..1,
            "this path does not give rows",
            Some("select rows with `$[?…]`, `$[*]`, an index or a slice"),
        );
    }
    check.segments(&check.start(), &query.segments);
    if check.mistakes.is_empty() { Ok(check.fields) } else { Err(check.mistakes) }
}

/// One selection on the list itself: what it gives are rows.
fn gives_rows(query: &JpQuery) -> bool {
    let rows = |selector: &Selector| !matches!(selector, Selector::Name(_));
    match &query.segments[..] {
        [Segment::Selector(selector)] => rows(selector),
        [Segment::Selectors(selectors)] => selectors.iter().all(rows),
        _ => false,
    }
}

/// A path that is being checked.
pub(super) struct Check<'a> {
    text: &'a str,
    known: &'a [Known],
    root: Root,
    fields: BTreeSet<String>,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    pub(super) fn start(&self) -> Shape {
        match self.root {
            Root::Rows => Shape::Rows,
            Root::Row => Shape::Row,
        }
    }

    pub(super) fn push(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<&str>) {
        let mistake = Mistake::new(Code::PathMeaning, message).at(span);
        self.mistakes.push(match help {
            Some(help) => mistake.with_help(help),
            None => mistake,
        });
    }

    /// Where a word of the path stands; the whole path when it is written otherwise.
    pub(super) fn span(&self, word: &str) -> Range<usize> {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let whole = |at: usize| {
            let before = self.text[..at].chars().next_back();
            let after = self.text[at + word.len()..].chars().next();
            let longer = (word.starts_with(part) && before.is_some_and(part))
                || (word.ends_with(part) && after.is_some_and(part));
            !longer
        };
        let places = || self.text.match_indices(word).map(|(at, _)| at).filter(|at| whole(*at));
        // A literal may have the same word in it, and a name may stand between quotes.
        let unquoted: BTreeSet<usize> = outside_quotes(self.text).map(|(at, _)| at).collect();
        let outside = places().find(|at| unquoted.contains(at));
        outside.or_else(|| places().next()).map_or(0..self.text.len(), |at| at..at + word.len())
    }

    pub(super) fn segments(&mut self, start: &Shape, segments: &[Segment]) -> Shape {
        let mut shape = start.clone();
        for segment in segments {
            shape = match segment {
                Segment::Selector(selector) => self.selector(&shape, selector),
                Segment::Selectors(selectors) => {
                    let shapes: Vec<Shape> =
                        selectors.iter().map(|selector| self.selector(&shape, selector)).collect();
                    shapes
                        .into_iter()
                        .reduce(|a, b| if a == b { a } else { Shape::Any })
                        .unwrap_or(Shape::Any)
                }
                Segment::Descendant(below) => {
                    self.descendant(&shape, below);
                    Shape::Any
                }
            };
        }
        shape
    }

    /// `..name`: somewhere below, so only the name can be held against the rows.
    fn descendant(&mut self, shape: &Shape, segment: &Segment) {
        let selectors = match segment {
            Segment::Selector(selector) => std::slice::from_ref(selector),
            Segment::Selectors(selectors) => selectors,
            Segment::Descendant(below) => return self.descendant(shape, below),
        };
        for selector in selectors {
            match selector {
                Selector::Name(name) => {
                    self.name(&Shape::Row, unquoted(name));
                }
                _ if matches!(shape, Shape::Rows | Shape::Row) => self.nameless(".."),
                Selector::Filter(filter) => self.filter(&Shape::Any, filter),
                Selector::Wildcard | Selector::Index(_) | Selector::Slice(..) => {}
            }
        }
    }

    /// A row has the fields that are named somewhere, so what looks at all of them finds now more, now less.
    fn nameless(&mut self, written: &str) {
        let message =
            format!("`{written}` looks at fields without naming them, and a row has only what is named");
        self.push(self.span(written), message, Some("name the field: `@.field`, `$.field`"));
    }

    fn selector(&mut self, shape: &Shape, selector: &Selector) -> Shape {
        match selector {
            Selector::Name(name) => self.name(shape, unquoted(name)),
            Selector::Filter(filter) => {
                let element = self.element(shape, "[?…]");
                self.filter(&element, filter);
                element
            }
            Selector::Wildcard => self.element(shape, "*"),
            Selector::Index(index) => self.element(shape, &index.to_string()),
            Selector::Slice(_, _, Some(0)) => {
                self.push(self.span(":"), "a slice with step 0 selects nothing", None);
                self.element(shape, ":")
            }
            Selector::Slice(..) => self.element(shape, ":"),
        }
    }

    fn element(&mut self, shape: &Shape, written: &str) -> Shape {
        match shape {
            Shape::Rows => Shape::Row,
            Shape::Field(name, FieldType::TextList) => Shape::Field(name.clone(), FieldType::Text),
            Shape::Any => Shape::Any,
            Shape::Row if matches!(written, "*" | "[?…]") => {
                self.nameless(written);
                Shape::Any
            }
            Shape::Row => {
                let help = "ask for a field: `@.field`, `$.field`";
                self.push(self.span(written), "a row has names, not elements", Some(help));
                Shape::Any
            }
            Shape::Field(name, kind) => {
                let message = format!("`{name}` is {}: it has no elements", kind.with_article());
                self.push(self.span(written), message, None);
                Shape::Any
            }
        }
    }

    fn name(&mut self, shape: &Shape, name: &str) -> Shape {
        match shape {
            Shape::Any => Shape::Any,
            Shape::Rows => {
                let message = format!("`{name}` is asked of the list of rows, which has no names");
                self.push(self.span(name), message, Some("ask it of each row: `$[?@.field …]`"));
                Shape::Any
            }
            Shape::Field(field, kind) => {
                let message = format!("`{field}` is {}: it has no `{name}`", kind.with_article());
                self.push(self.span(name), message, None);
                Shape::Any
            }
            Shape::Row => {
                let Some(Known { name, kind }) = self.known.iter().find(|known| known.name == name) else {
                    self.unknown(name);
                    return Shape::Any;
                };
                self.fields.insert(name.clone());
                kind.map_or(Shape::Any, |kind| Shape::Field(name.clone(), kind))
            }
        }
    }

    fn unknown(&mut self, name: &str) {
        let names = || self.known.iter().map(|known| known.name.as_str());
        let help = match text::nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("fields: {}", text::listed(names())),
        };
        let mistake = Mistake::new(Code::UnknownField, format!("unknown field `{name}`"));
        self.mistakes.push(mistake.at(self.span(name)).with_help(help));
    }

    pub(super) fn filter(&mut self, shape: &Shape, filter: &Filter) {
        match filter {
            Filter::Or(filters) | Filter::And(filters) => {
                for filter in filters {
                    self.filter(shape, filter);
                }
            }
            Filter::Atom(FilterAtom::Filter { expr, .. }) => self.filter(shape, expr),
            Filter::Atom(FilterAtom::Test { expr, .. }) => self.test(shape, expr),
            Filter::Atom(FilterAtom::Comparison(comparison)) => self.comparison(shape, comparison),
        }
    }

    /// A test asks whether something exists. Every row has every field, so that tells nothing of a field.
    fn test(&mut self, shape: &Shape, test: &Test) {
        let found = match test {
            Test::RelQuery(segments) => self.segments(shape, segments),
            Test::AbsQuery(query) => {
                let start = self.start();
                self.segments(&start, &query.segments)
            }
            Test::Function(function) => {
                self.function(shape, function);
                return;
            }
        };
        let whole = matches!(test, Test::RelQuery(segments) if segments.len() == 1);
        if let (Shape::Field(name, kind), true, Shape::Row) = (found, whole, shape) {
            let help = match kind {
                FieldType::Boolean => format!("write `@.{name} == true`"),
                FieldType::TextList => format!("write `length(@.{name}) > 0`"),
                _ => format!("write `@.{name} != null`"),
            };
            let message = format!("`@.{name}` asks whether the field exists, and it always does");
            self.push(self.span(&name), message, Some(&help));
        }
    }

    fn comparison(&mut self, shape: &Shape, comparison: &Comparison) {
        let (left, right) = comparison.vals();
        let (left_kind, left_field) = self.side(shape, left);
        let (right_kind, right_field) = self.side(shape, right);
        if let (Comparable::Literal(_), Comparable::Literal(_)) = (left, right) {
            self.push(0..1, "a comparison of two literals is the same for every row", None);
            return;
        }
        let ordered = !matches!(comparison, Comparison::Eq(..) | Comparison::Ne(..));
        let orderless = |kind: Kind| matches!(kind, Kind::Flag | Kind::Null | Kind::List);
        let field = left_field.as_ref().or(right_field.as_ref());
        if ordered && (orderless(left_kind) || orderless(right_kind)) {
            let at = field.map_or(0..1, |(name, _)| self.span(name));
            self.push(
                at,
                "neither is greater: booleans, lists and null have no order",
                Some("numbers and texts have an order; write `==` or `!=`"),
            );
            return;
        }
        self.closed_values(field, left, right);
        if !ordered {
            self.labelled_values(field, left, right);
        }
        self.zero(field, comparison);
        if left_kind == right_kind
            || [left_kind, right_kind].iter().any(|kind| matches!(kind, Kind::Any | Kind::Null))
        {
            return;
        }
        let literal = match (left, right) {
            (Comparable::Literal(literal), _) | (_, Comparable::Literal(literal)) => Some(literal),
            _ => None,
        };
        let never = if ordered { "less or greater than" } else { "equal to" };
        self.mismatch(field, literal, right_field.as_ref(), never);
    }

    /// 0 where it means null: no row has it. Equal to it, and at most it, is then what no row is.
    fn zero(&mut self, field: Option<&(String, FieldType)>, comparison: &Comparison) {
        let below = match comparison {
            Comparison::Eq(left, right) | Comparison::Ne(left, right) => number(left).or(number(right)),
            Comparison::Lt(_, bound)
            | Comparison::Lte(_, bound)
            | Comparison::Gt(bound, _)
            | Comparison::Gte(bound, _) => number(bound),
        };
        let (Some((name, _)), Some(bound)) = (field, below) else { return };
        if bound > 0.0 || !TOKEN_FIELDS.iter().any(|field| field.name == name && field.zero_is_null) {
            return;
        }
        let never = !matches!(comparison, Comparison::Ne(..));
        let help = format!("write `@.neverUsed == {never}`");
        self.push(self.span(name), format!("0 in `{name}` means never, as null does"), Some(&help));
    }

    /// A literal that a field with few values never has.
    fn closed_values(&mut self, field: Option<&(String, FieldType)>, left: &Comparable, right: &Comparable) {
        let ((Some((name, _)), Comparable::Literal(Literal::String(text)), _)
        | (Some((name, _)), _, Comparable::Literal(Literal::String(text)))) = (field, left, right)
        else {
            return;
        };
        let values =
            TOKEN_FIELDS.iter().find(|field| field.name == name).map_or(&[][..], |field| field.values);
        if !values.is_empty() && !values.contains(&text.as_str()) {
            let help = format!("it is one of {}", text::listed(values.iter().copied()));
            self.push(self.literal(text), format!("`{name}` is never `{text}`"), Some(&help));
        }
    }

    /// The same of a number that stands for a word.
    fn labelled_values(
        &mut self,
        field: Option<&(String, FieldType)>,
        left: &Comparable,
        right: &Comparable,
    ) {
        let ((Some((name, _)), Comparable::Literal(Literal::Int(number)), _)
        | (Some((name, _)), _, Comparable::Literal(Literal::Int(number)))) = (field, left, right)
        else {
            return;
        };
        let labels =
            TOKEN_FIELDS.iter().find(|field| field.name == name).map_or(&[][..], |field| field.labels);
        if !labels.is_empty() && labels.iter().all(|(known, _)| known != number) {
            let known: Vec<String> = labels.iter().map(|(known, word)| format!("{known} = {word}")).collect();
            let at = self.span(&number.to_string());
            self.push(at, format!("`{name}` is never {number}"), Some(&known.join(", ")));
        }
    }

    fn mismatch(
        &mut self,
        field: Option<&(String, FieldType)>,
        literal: Option<&Literal>,
        right: Option<&(String, FieldType)>,
        never: &str,
    ) {
        match (field, literal) {
            (Some((name, kind)), Some(literal)) => {
                let at = match literal {
                    Literal::String(text) => self.literal(text),
                    other => self.span(&other.to_string()),
                };
                let message = format!(
                    "{} is {} and never {never} `{}`",
                    called(name, *kind),
                    kind.with_article(),
                    &self.text[at.clone()]
                );
                self.push(at, message, remedy(name, *kind, literal).as_deref());
            }
            (Some((name, kind)), None) => {
                let at = self.span(right.map_or(name.as_str(), |(name, _)| name.as_str()));
                self.push(
                    at,
                    format!("`{name}` is {}, the other side is of another type", kind.with_article()),
                    None,
                );
            }
            (None, _) => self.push(0..1, "the two sides are of different types", None),
        }
    }

    /// A string literal with its quotes; escapes are not followed.
    pub(super) fn literal(&self, content: &str) -> Range<usize> {
        let quoted = ['\'', '"'].map(|quote| format!("{quote}{content}{quote}"));
        let found =
            quoted.iter().find_map(|quoted| self.text.find(quoted.as_str()).map(|at| at..at + quoted.len()));
        found.unwrap_or(0..self.text.len())
    }

    fn side(&mut self, shape: &Shape, side: &Comparable) -> (Kind, Option<(String, FieldType)>) {
        let found = match side {
            Comparable::Literal(literal) => return (kind_of_literal(literal), None),
            Comparable::Function(function) => {
                if let TestFunction::Search(..) | TestFunction::Match(..) | TestFunction::Custom(..) =
                    function
                {
                    self.push(0..1, "`match` and `search` are tests and cannot be compared", None);
                }
                return (self.function(shape, function), None);
            }
            Comparable::SingularQuery(SingularQuery::Current(segments)) => {
                self.singular(shape.clone(), segments)
            }
            Comparable::SingularQuery(SingularQuery::Root(segments)) => self.singular(self.start(), segments),
        };
        if matches!(found, Shape::Row | Shape::Rows) {
            self.push(
                self.span("@"),
                "a row is compared, and never equal to a value",
                Some("compare a field: `@.field`"),
            );
        }
        match field_of(found) {
            Some((name, kind)) => (kind_of(kind), Some((name, kind))),
            None => (Kind::Any, None),
        }
    }

    fn singular(&mut self, start: Shape, segments: &[SingularQuerySegment]) -> Shape {
        segments.iter().fold(start, |shape, segment| match segment {
            SingularQuerySegment::Name(name) => self.name(&shape, unquoted(name)),
            SingularQuerySegment::Index(index) => self.element(&shape, &index.to_string()),
        })
    }
}

/// A field, or what a list of it holds.
fn called(name: &str, kind: FieldType) -> String {
    let list = |field: &&Field| field.name == name && field.kind == FieldType::TextList;
    match TOKEN_FIELDS.iter().find(list) {
        Some(_) if kind != FieldType::TextList => format!("each of `{name}`"),
        _ => format!("`{name}`"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "only its sign counts")]
fn number(side: &Comparable) -> Option<f64> {
    match side {
        Comparable::Literal(Literal::Int(number)) => Some(*number as f64),
        Comparable::Literal(Literal::Float(number)) => Some(*number),
        _ => None,
    }
}

pub(super) fn field_of(shape: Shape) -> Option<(String, FieldType)> {
    match shape {
        Shape::Field(name, kind) => Some((name, kind)),
        Shape::Rows | Shape::Row | Shape::Any => None,
    }
}

/// The library keeps the quotes of `['name']`.
fn unquoted(name: &str) -> &str {
    let inner = |quote: char| name.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('\'').or_else(|| inner('"')).unwrap_or(name)
}

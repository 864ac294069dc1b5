//! A checked template as the renderer runs it: paths taken apart, helpers and partials found, text made inert.
//!
//! The parser is Handlebars' own; its renderer builds the path from the document's root to each value as a list of strings,
//! which takes five times as long and leaves no place for limits. The rules of this one are those that `scope` checks by.

use std::sync::Arc;

use serde_json::Value;

use crate::diag::Source;
use crate::path;
use crate::report::helpers::Helper;

/// A template with its partials.
#[derive(Debug)]
pub(super) struct Program {
    /// By number; the one that the query names is the first.
    pub(super) parts: Vec<Part>,
}

/// A template or partial.
#[derive(Debug)]
pub(super) struct Part {
    /// Its text, for places.
    pub(super) source: Arc<Source>,
    /// What it does.
    pub(super) nodes: Nodes,
}

/// What is done one after the other.
pub(super) type Nodes = Box<[Node]>;

/// A tag or the text between tags, and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    /// Offset in the text of the part.
    pub(super) at: usize,
    /// What it does.
    pub(super) act: Act,
}

/// What a node does.
#[derive(Debug)]
pub(super) enum Act {
    /// Text as it stands.
    Text(Box<str>),
    /// `{{x}}` and `{{helper x}}`.
    Value(Expr, Escaping),
    /// `{{#if x}}`, `{{#unless x}}`, `{{#eq a b}}`.
    If(Condition),
    /// `{{#each x}}`.
    Each(Loop),
    /// `{{#with x}}`.
    With(Within),
    /// `{{> name}}`.
    Partial(Inclusion),
    /// `{{> @partial-block}}`, and what stands for it where there is none.
    Block(Option<Nodes>),
    /// `{{{{raw}}}}`.
    Nodes(Nodes),
}

/// Whether a value is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escaping {
    /// For the template's kind.
    Kind,
    /// Not at all: `{{{x}}}`.
    None,
}

/// A block that is there or not.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) test: Expr,
    /// `includeZero=`.
    pub(super) zero: Option<Expr>,
    /// Which outcome of the test renders `then`.
    pub(super) wanted: bool,
    pub(super) then: Nodes,
    pub(super) otherwise: Nodes,
}

/// A block for each element.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) over: Expr,
    /// `as |value key|`.
    pub(super) value: Option<Box<str>>,
    pub(super) key: Option<Box<str>>,
    pub(super) body: Nodes,
    pub(super) otherwise: Option<Nodes>,
}

/// A block in another scope.
#[derive(Debug)]
pub(super) struct Within {
    pub(super) value: Expr,
    /// `as |name|`.
    pub(super) name: Option<Box<str>>,
    pub(super) body: Nodes,
    pub(super) otherwise: Option<Nodes>,
}

/// A partial with what it sees.
#[derive(Debug)]
pub(super) struct Inclusion {
    pub(super) part: usize,
    pub(super) context: Option<Expr>,
    pub(super) params: Vec<(Box<str>, Expr)>,
    /// What `{{> @partial-block}}` stands for in it.
    pub(super) block: Option<Nodes>,
    /// What its lines begin with.
    pub(super) indent: Box<str>,
}

/// What gives a value.
#[derive(Debug)]
pub(super) enum Expr {
    Path(Route),
    Local(usize, Local),
    Literal(Value),
    Call(Box<Invocation>),
}

/// A path taken apart.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) from_root: bool,
    /// How often `../`.
    pub(super) ups: usize,
    pub(super) names: Box<[Segment]>,
    /// As it stands in the template.
    pub(super) raw: Box<str>,
}

/// A name of a path, and the place in a list that it may be.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) name: Box<str>,
    pub(super) index: Option<usize>,
}

/// An `@` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Local {
    Index,
    First,
    Last,
    Key,
}

/// A call of a helper.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) helper: &'static Helper,
    pub(super) params: Box<[Expr]>,
    pub(super) hash: Box<[(Box<str>, Expr)]>,
    /// The JSONPath among its arguments.
    pub(super) path: Option<path::Path>,
}

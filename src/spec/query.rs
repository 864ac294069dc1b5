//! A valid query.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::expect::Expectation;
use super::format::Format;
use super::vars::Variable;
use super::waivers::Waivers;
use crate::catalog::{Endpoint, Field};
use crate::diag::{Label, Source};
use crate::filter::Condition;
use crate::path::Path;
use crate::row::Name;
use crate::yaml::Place;
use crate::yaml::Spans;

/// What a query file says, checked: every name in it exists, every value fits.
#[derive(Debug, Clone)]
pub struct Query {
    /// The file.
    pub source: Arc<Source>,
    /// Letters, digits, `-` and `_`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// What is listed.
    pub endpoint: &'static Endpoint,
    /// The users whose tokens are listed; empty for the list of all users.
    pub admin_ids: Vec<i64>,
    /// The kinds of token, one listing each.
    pub kinds: Vec<TokenKind>,
    /// What narrows the bearer listing.
    pub permission: Option<PermissionFilter>,
    /// All must hold.
    pub filters: Vec<Condition>,
    /// Which of them the portal may evaluate.
    pub pushdown: Pushdown,
    /// The fields asked for, in order.
    pub fields: Vec<Name>,
    /// Names newer than lmq.
    pub unknown_fields: Vec<String>,
    /// The order of the rows.
    pub sort: Vec<SortKey>,
    /// Rows a request, 1 to 1000.
    pub size: u32,
    /// Rows left out at the start.
    pub offset: usize,
    /// Most rows shown.
    pub limit: Option<usize>,
    /// Which rows of the result, where the query says so.
    pub select: Option<Path>,
    /// The columns of tabular reports.
    pub columns: Vec<ColumnSpec>,
    /// What must hold of the rows.
    pub expect: Vec<Expectation>,
    /// What is accepted all the same.
    pub waivers: Waivers,
    /// The variables, with their values.
    pub variables: Vec<Variable>,
    /// Where the result goes; never empty.
    pub outputs: Vec<Output>,
    /// Where its name stands; where it has none of its own, its endpoint.
    pub name_place: Place,
    /// Where `endpoint` stands.
    pub endpoint_place: Place,
    /// Where each of `admin_ids` stands.
    pub admin_id_places: Vec<Place>,
}

impl Query {
    /// The place as a label, for a diagnostic.
    #[must_use]
    pub fn label(&self, place: &Place) -> Label {
        Label::new(&self.source, self.span(place))
    }

    /// A part of the text at a place as a label; all of it where the file has it in other words, such as escapes or a variable.
    #[must_use]
    pub fn label_within(&self, place: &Place, text: &str, part: &Range<usize>) -> Label {
        let spans = Spans::new(&self.source.text);
        Label::new(&self.source, spans.part_of(place, text, part))
    }

    /// Whether the result is a part of what matches.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.offset > 0 || self.limit.is_some()
    }

    fn span(&self, place: &Place) -> Range<usize> {
        Spans::new(&self.source.text).span(place)
    }
}

/// A kind of token. Each is a listing of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// LMv1: what the API lists without a `type`.
    Lmv1,
    /// `type=bearer`.
    Bearer,
}

impl TokenKind {
    /// The value of `tokenType`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lmv1 => "lmv1",
            Self::Bearer => "bearer",
        }
    }
}

/// The one value of `permission`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionFilter {
    /// Bearer tokens whose owners may read traces.
    Traces,
}

impl PermissionFilter {
    /// The parameter's value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
        }
    }
}

/// Which conditions the portal evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushdown {
    /// Those it is sure to understand as lmq does.
    Safe,
    /// All its grammar can say.
    All,
    /// None.
    None,
}

/// A field to sort by.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// The field.
    pub field: &'static Field,
    /// Greatest first.
    pub descending: bool,
}

/// A column of tabular reports.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSpec {
    /// Its heading.
    pub title: String,
    /// What it shows.
    pub source: ColumnSource,
}

impl ColumnSpec {
    /// The fields it shows something of.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let (name, path) = match &self.source {
            ColumnSource::Field(name) => (Some(name.as_str()), None),
            ColumnSource::Path(path) => (None, Some(path.fields().iter().map(String::as_str))),
        };
        name.into_iter().chain(path.into_iter().flatten())
    }
}

/// What a column shows.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnSource {
    /// A field.
    Field(Name),
    /// What a path finds in a row.
    Path(Path),
}

/// One output.
#[derive(Debug, Clone)]
pub struct Output {
    /// What it looks like.
    pub kind: OutputKind,
    /// Where it goes.
    pub to: Destination,
    /// The columns, where they differ from the query's `fields`.
    pub columns: Option<Vec<ColumnSpec>>,
    /// Where the query says so, for diagnostics: its format or template, and its `to`.
    pub place: Place,
    /// Where its `to` stands.
    pub to_place: Place,
}

/// Where an output goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A `to`: relative to the project root, and inside it.
    Project(String),
    /// A path from the command line: relative to the current folder, anywhere.
    Path(PathBuf),
}

/// What an output looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputKind {
    /// One of lmq's formats.
    Format(Format),
    /// A Handlebars template, as named in the query.
    Template(String),
}

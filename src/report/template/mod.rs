//! Templates: Handlebars files of a project or shipped with lmq, checked before the run and rendered after it.
//!
//! [`load`] does everything that can go wrong with the file: it finds the template and its partials (`lookup`), parses them
//! (`syntax`) and checks every name in them (`check`, `argument`, `include`) against what the document will have (`names`).
//! What passes is made a program (`compile`), which `render` runs over the document: what is left for it are values that nobody
//! foresaw, and templates that take too much (`guard`). Helpers are in `report::helpers`.

mod argument;
mod builtin;
mod chart;
mod check;
mod compile;
mod context;
pub(super) mod escape;
mod fields;
mod guard;
mod include;
mod library;
mod lookup;
mod message;
mod names;
mod out;
mod program;
mod render;
mod rows;
mod scope;
mod syntax;
mod tag;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

pub use context::{Context, Reads};
pub(super) use guard::{Clock, size};
pub use message::Message;
pub(super) use out::push;
pub(super) use render::truth;
pub(super) use rows::{InTurn, Member, members, record};

use super::format::FormatError;
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::Project;
use check::Walk;
use guard::Limits;
use library::Library;
use lookup::Found;
use program::Program;

/// What a template makes, by its name: it decides how values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `.html.hbs`
    Html,
    /// `.md.hbs`
    Markdown,
    /// `.csv.hbs`
    Csv,
    /// Any other `.hbs`.
    Text,
}

impl Kind {
    /// The kind of a template of that name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let kinds = [Self::Html, Self::Markdown, Self::Csv];
        kinds.into_iter().find(|kind| name.ends_with(kind.suffix())).unwrap_or(Self::Text)
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Html => "HTML",
            Self::Markdown => "Markdown",
            Self::Csv => "CSV",
            Self::Text => "plain text",
        }
    }

    /// How the names of its templates end.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Html => ".html.hbs",
            Self::Markdown => ".md.hbs",
            Self::Csv => ".csv.hbs",
            Self::Text => ".hbs",
        }
    }
}

/// A template that was found right, with its partials.
#[derive(Debug)]
pub struct Template {
    kind: Kind,
    name: String,
    fields: BTreeSet<String>,
    reads: Reads,
    reads_verdict: bool,
    program: Program,
}

/// Why a checked template could not be rendered: a value is not what the template takes it for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}:{line}:{column}: {message}")]
pub struct RenderError {
    /// The template or partial, as shown.
    pub template: String,
    /// The line of the tag, from 1; 0 when it is not known.
    pub line: usize,
    /// The column of the tag, from 1; 0 when it is not known.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

/// Finds, reads and checks the template that a query names as `reference`, with its partials.
///
/// `base` is the folder of the query file (the current folder when there is none), `place` where the query names the
/// template, `fields` what a record may have.
///
/// # Errors
/// Every mistake of the template and its partials, those of the main template first.
pub fn load(
    project: &Project,
    base: Option<&Path>,
    reference: &str,
    place: &Label,
    fields: &[&str],
) -> Result<Template, Vec<Diagnostic>> {
    let found = lookup::template(project, base, reference, place).map_err(|mistake| vec![*mistake])?;
    check_text(&found.source)?;
    checked(project, found, (Kind::of(reference), names::ROOT), fields)
}

/// An editor that truncates first, or a pipe without a writer, must not put an empty report in the place of a good one.
fn check_text(source: &Arc<Source>) -> Result<(), Vec<Diagnostic>> {
    if !source.text.trim().is_empty() {
        return Ok(());
    }
    let empty = Diagnostic::new(Code::TemplateSyntax, "this template is empty", Label::new(source, 0..0));
    Err(vec![empty.with_help("it would make an empty report")])
}

/// The shipped template of that name, whatever the project has under it.
///
/// # Errors
/// Every mistake of the project's own partials, where it has some in place of the shipped ones.
///
/// # Panics
/// When there is no such template.
pub fn shipped(project: &Project, name: &str, fields: &[&str]) -> Result<Template, Vec<Diagnostic>> {
    let source = builtin::find(name).expect("lmq asks for templates that it ships");
    checked(project, Found { source, folder: None }, (Kind::of(name), names::ROOT), fields)
}

/// A template that has a text and no name. Its partials are those of the current folder, of the project and shipped ones.
///
/// # Errors
/// Every mistake of the template and its partials.
pub fn piped(
    project: &Project,
    source: Arc<Source>,
    kind: Kind,
    fields: &[&str],
) -> Result<Template, Vec<Diagnostic>> {
    check_text(&source)?;
    let folder = Some(project.current().to_path_buf());
    checked(project, Found { source, folder }, (kind, names::ROOT), fields)
}

/// `root` is what it sees.
fn checked(
    project: &Project,
    found: Found,
    (kind, root): (Kind, names::Shape),
    fields: &[&str],
) -> Result<Template, Vec<Diagnostic>> {
    let name = found.source.name.clone();
    let library = Library::of(project, found).map_err(|mistake| vec![*mistake])?;
    let mut walk = Walk::of(library, root, fields);
    if !walk.diagnostics.is_empty() {
        walk.diagnostics.sort_by_key(|found| {
            let source = &found.primary.source.name;
            (*source != name, source.clone(), found.primary.span.start)
        });
        return Err(walk.diagnostics);
    }
    let fields_read = walk.names.read;
    let (list, table) = (walk.names.taken.list, walk.names.taken.table);
    let reads = if walk.names.taken.whole || list && table {
        Reads::All
    } else if list {
        Reads::Fields(fields_read.clone())
    } else {
        Reads::InTurn { fields: fields_read.clone(), table }
    };
    Ok(Template {
        kind,
        name,
        fields: fields_read,
        reads,
        reads_verdict: walk.names.verdict,
        program: compile::program(&walk.library, &fields::known(fields)),
    })
}

impl Template {
    /// What it makes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its path as the user would type it; `<built-in>/…` for a shipped one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its file and those of its partials.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.program.parts.iter().map(|part| part.source.name.as_str())
    }

    /// The record fields that it or its partials read.
    #[must_use]
    pub fn fields(&self) -> &BTreeSet<String> {
        &self.fields
    }

    /// Whether it or a partial reads `run.verdict`: then its reader learns that a run was incomplete.
    #[must_use]
    pub fn reads_verdict(&self) -> bool {
        self.reads_verdict
    }

    /// What of the records it needs in its context.
    #[must_use]
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// The document in this template's words. Control and bidi characters in it, the template's own too, are written out.
    ///
    /// # Errors
    /// When a helper is given what it cannot take, or a value of unknown form is not there, or the template takes too much, or
    /// `out` takes no more.
    pub(super) fn write(
        &self,
        context: &Context<'_>,
        clock: Clock<'_>,
        out: &mut dyn Write,
    ) -> Result<(), FormatError> {
        render::render(&self.program, self.kind, context, (Limits::REPORT, clock), out)
    }
}

/// A value as text, not escaped.
pub(super) fn written(value: &Value) -> String {
    let mut text = String::new();
    out::push(&mut text, value);
    text
}

/// A text made inert for what a template of that kind makes.
pub(super) fn escaped(text: &str, kind: Kind) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape::push(&mut out, text, kind);
    out
}

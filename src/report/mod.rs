//! Reports: the result document in the forms that were asked for, and files written whole or not at all.
//!
//! [`prepare`] finds every mistake of the outputs before a request is sent, [`render`] makes the texts once the verdict is
//! known, [`sink`] puts them where they belong.

mod aligned;
mod column;
mod csv;
mod document;
mod grid;
mod helpers;
mod json;
mod prepare;
pub mod sink;
mod stats;
mod table;
pub mod template;

use std::path::PathBuf;
use std::sync::Arc;

pub use document::{Document, Times, schema};
pub use grid::grid;
pub use json::JsonForm;
pub use prepare::{Base, Templates, prepare, targets_differ};
pub use template::RenderError;

use template::{Context, Template};

use crate::spec::{ColumnSpec, Format};

/// An output that can be rendered: its template is checked, its place is allowed.
#[derive(Debug)]
pub struct Prepared {
    form: Form,
    columns: Option<Vec<ColumnSpec>>,
    /// Where it goes.
    pub target: Target,
}

#[derive(Debug)]
enum Form {
    Format(Format),
    Template(Arc<Template>),
}

/// Where a text goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, absolute.
    File(PathBuf),
}

/// A text, or the word that there is none.
#[derive(Debug)]
pub struct Rendered {
    /// Where it goes.
    pub target: Target,
    /// Whether programs read it: then nothing may stand between the texts of several queries.
    pub is_json: bool,
    /// The report. `None`: withheld, because the run is incomplete and this form cannot say so.
    pub text: Option<String>,
}

/// How reports are made, whatever their form.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Whether forms that cannot say that a run is incomplete are made all the same.
    pub allow_partial: bool,
    /// How JSON is laid out.
    pub json: JsonForm,
    /// The width of the terminal that stdout is, if it is one.
    pub width: Option<u16>,
}

impl Prepared {
    /// Whether a reader of this form learns that a run was incomplete.
    fn tells_verdict(&self) -> bool {
        match &self.form {
            Form::Format(Format::Table | Format::Json) => true,
            Form::Format(Format::Csv) => false,
            Form::Template(template) => template.reads_verdict(),
        }
    }
}

/// Renders all outputs of a document.
///
/// # Errors
/// When a template meets a value that it cannot take.
///
/// # Panics
/// Never: every part of a document is JSON.
pub fn render(
    outputs: &[Prepared],
    document: &Document,
    manner: Manner,
) -> Result<Vec<Rendered>, RenderError> {
    let templates = outputs.iter().any(|output| matches!(output.form, Form::Template(_)));
    // One tree for all templates: making it costs more than rendering from it.
    let context = templates
        .then(|| Context::new(serde_json::to_value(document).expect("every part of a document is JSON")));
    let mut rendered = Vec::with_capacity(outputs.len());
    for output in outputs {
        let withheld = document.is_incomplete() && !manner.allow_partial && !output.tells_verdict();
        let text = if withheld { None } else { Some(text(output, document, context.as_ref(), manner)?) };
        let is_json = matches!(output.form, Form::Format(Format::Json));
        rendered.push(Rendered { target: output.target.clone(), is_json, text });
    }
    Ok(rendered)
}

fn text(
    output: &Prepared,
    document: &Document,
    context: Option<&Context>,
    manner: Manner,
) -> Result<String, RenderError> {
    let columns = || document.columns_for(output.columns.as_deref());
    Ok(match (&output.form, context) {
        (Form::Format(Format::Table), _) => {
            let width = manner.width.filter(|_| output.target == Target::Stdout);
            table::render(document, &columns(), width)
        }
        (Form::Format(Format::Json), _) => json::render(document, manner.json),
        (Form::Format(Format::Csv), _) => csv::render(document, &columns()),
        (Form::Template(template), Some(context)) => template.render(context)?,
        (Form::Template(_), None) => unreachable!("a context is made as soon as one output is a template"),
    })
}

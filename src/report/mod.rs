//! Reports: the result document in the forms that were asked for, and files written whole or not at all.
//!
//! [`prepare`] finds every mistake of the outputs before a request is sent, [`stage`] writes the reports into drafts once the
//! verdict is known, [`sink`] puts these where they belong.

mod aligned;
mod chart;
mod column;
mod compare;
mod document;
mod format;
mod found;
mod grid;
mod helpers;
mod html;
mod inert;
mod listed;
mod prepare;
mod shown;
pub mod sink;
mod stats;
mod stream;
pub mod template;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

pub use column::Column;
pub use compare::{Earlier, Incomparable};
pub use document::{Diff, Document, MergeError, ReadError, Times, merge, schema};
pub use grid::grid;
pub use prepare::{Base, Shown, Templates, messages, prepare, targets_differ};
pub use stream::Stream;
pub use template::{Message, RenderError};

use format::{FormatError, JsonForm, View, summary};
use sink::{Draft, Privacy, WriteError};
use template::{Clock, Context, Template};

use crate::auth::Redactor;
use crate::diag::Root;
use crate::spec::{ColumnSpec, Content, Format, Sharing, Verdicts};

/// An output that can be rendered: its template is checked, its place is allowed.
#[derive(Debug)]
pub struct Prepared {
    form: Form,
    columns: Option<Vec<ColumnSpec>>,
    privacy: Privacy,
    /// What it names files relative to.
    root: Arc<Root>,
    /// Where it goes.
    pub target: Target,
}

#[derive(Debug)]
enum Form {
    Format(Format),
    Template(Arc<Template>),
    /// A part of a summary of this many, of which some are written already.
    Summary(usize),
}

/// Where a text goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, absolute.
    File(PathBuf),
    /// The end of a file, absolute: the summary of a step.
    End(PathBuf),
}

/// How reports are made, whatever their form.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Whether forms that cannot say that a run is incomplete are made all the same.
    pub allow_partial: bool,
    /// Whether other queries print to the same stdout.
    pub company: Company,
    /// The width of the terminal that stdout is, if it is one.
    pub width: Option<u16>,
}

/// Who prints to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// One query.
    Alone,
    /// Several queries, one after the other.
    Several,
}

/// The reports of a document, ready to be put in place.
#[derive(Debug)]
pub struct Staged {
    /// One for each report that is made.
    pub drafts: Vec<Draft>,
    /// Where those would go that are withheld, because the run is incomplete and their form cannot say so.
    pub withheld: Vec<Target>,
}

impl Staged {
    /// What is told of a query of which nothing could be read: its part of the summary, which would look whole without it.
    #[must_use]
    pub fn of_failure(mut self) -> Self {
        self.drafts.retain(Draft::is_appended);
        Self { drafts: self.drafts, withheld: Vec::new() }
    }
}

/// Why the reports of a document are not made. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template met a value that it cannot take.
    #[error("a template could not be rendered: {0}")]
    Template(#[from] RenderError),
    /// One could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Prepared {
    /// The whole result in a file that its owner alone may read.
    #[must_use]
    pub fn saved(path: PathBuf) -> Self {
        Self {
            form: Form::Format(Format::Json),
            columns: None,
            privacy: Privacy::Owner,
            root: Arc::default(),
            target: Target::File(path),
        }
    }

    /// A part of the summary of a step. `left` queries, this one included, share the room that there is.
    #[must_use]
    pub fn summary(path: PathBuf, left: usize) -> Self {
        Self {
            form: Form::Summary(left),
            columns: None,
            privacy: Privacy::Plain,
            root: Arc::default(),
            target: Target::End(path),
        }
    }

    /// The form in which its rows can be written while they come in, where it has one.
    #[must_use]
    pub fn row_format(&self) -> Option<Format> {
        match &self.form {
            Form::Format(format) => format::is_by_row(*format).then_some(*format),
            Form::Template(_) | Form::Summary(_) => None,
        }
    }

    /// The columns that it shows in place of the query's.
    #[must_use]
    pub fn columns(&self) -> Option<&[ColumnSpec]> {
        self.columns.as_deref()
    }

    /// The files of its template and partials, as the user would type them; of shipped ones no file has that name.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        let template = match &self.form {
            Form::Template(template) => Some(template),
            Form::Format(_) | Form::Summary(_) => None,
        };
        template.into_iter().flat_map(|template| template.files())
    }

    /// An empty draft of it, which takes these secrets out of its text. A form that is no text does so itself.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn draft(&self, redactor: &Redactor) -> Result<Draft, WriteError> {
        match &self.form {
            Form::Format(format) if format.about().content == Content::Binary => {
                Draft::open(&self.target, self.privacy, &Redactor::default())
            }
            _ => Draft::open(&self.target, self.privacy, redactor),
        }
    }

    /// Whether a reader of this form learns that a run was incomplete.
    fn tells_verdict(&self) -> bool {
        match &self.form {
            Form::Format(format) => format.about().verdicts == Verdicts::Told,
            Form::Template(template) => template.reads_verdict(),
            Form::Summary(_) => true,
        }
    }

    /// How it shares stdout with other queries.
    fn sharing(&self) -> Sharing {
        match &self.form {
            Form::Format(format) => format.about().sharing,
            Form::Template(_) | Form::Summary(_) => Sharing::Heading,
        }
    }
}

/// Writes all outputs of a document into drafts, without the secrets that the redactor knows. `clock` gives milliseconds, for a
/// template that does not come to its end.
///
/// # Errors
/// The first that cannot be made; nothing is left of the others then.
pub fn stage(
    outputs: &[Prepared],
    document: &Document,
    manner: Manner,
    redactor: &Redactor,
    clock: &dyn Fn() -> i64,
) -> Result<Staged, ReportError> {
    let told =
        |output: &&Prepared| !document.is_incomplete() || manner.allow_partial || output.tells_verdict();
    let (made, withheld): (Vec<&Prepared>, Vec<&Prepared>) = outputs.iter().partition(told);
    let mut context = context(&made, document);
    let mut drafts = Vec::with_capacity(made.len());
    for output in &made {
        let mut draft = output.draft(redactor)?;
        if let Some(context) = &mut context {
            context.show(&document.columns_for(output.columns.as_deref()));
        }
        let source = Source { document, context: context.as_ref(), redactor, clock };
        match written(output, &source, manner, &mut draft) {
            Ok(()) => drafts.push(draft),
            Err(FormatError::Io(error)) => return Err(draft.failed(error).into()),
            Err(FormatError::Template(error)) => return Err(error.into()),
        }
    }
    Ok(Staged { drafts, withheld: withheld.into_iter().map(|output| output.target.clone()).collect() })
}

/// One tree for all templates: making it costs more than rendering from it.
fn context<'d>(outputs: &[&Prepared], document: &'d Document) -> Option<Context<'d>> {
    let reads = outputs.iter().filter_map(|output| match &output.form {
        Form::Template(template) => Some(template.reads().clone()),
        Form::Format(_) | Form::Summary(_) => None,
    });
    reads.reduce(|one, other| one.and(&other)).map(|reads| Context::of(document, &reads))
}

/// What reports are made from.
struct Source<'a> {
    document: &'a Document,
    context: Option<&'a Context<'a>>,
    redactor: &'a Redactor,
    clock: Clock<'a>,
}

fn written(
    output: &Prepared,
    source: &Source<'_>,
    manner: Manner,
    draft: &mut Draft,
) -> Result<(), FormatError> {
    let Source { document, context, redactor, clock } = *source;
    let on_stdout = output.target == Target::Stdout;
    let shared = on_stdout && manner.company == Company::Several;
    let headed = shared && output.sharing() == Sharing::Heading;
    if headed {
        writeln!(draft, "== {} ==\n", document.query.name)?;
    }
    let columns = document.columns_for(output.columns.as_deref());
    let view = View {
        document,
        columns: &columns,
        width: manner.width.filter(|_| on_stdout),
        json: if shared { JsonForm::Line } else { JsonForm::Pretty },
        redactor,
        root: &output.root,
    };
    match (&output.form, context) {
        (Form::Format(format), _) => format::write(*format, &view, draft)?,
        (Form::Summary(left), _) => {
            let room = summary::LIMIT.saturating_sub(draft.already()?) / (*left).max(1) as u64;
            summary::write(&view, usize::try_from(room).unwrap_or_default(), draft)?;
        }
        (Form::Template(template), Some(context)) => template.write(context, clock, draft)?,
        (Form::Template(_), None) => unreachable!("a context is made as soon as one output is a template"),
    }
    if headed {
        writeln!(draft)?;
    }
    Ok(())
}

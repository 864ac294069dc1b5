//! Everything about query files that needs no network: select, load, check outputs and templates, say every mistake. All
//! commands that take query files go through here, so they say exactly the same.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::exit::Exit;
use super::stream::Console;
use super::variables::{self, Given};
use super::{select, settings};
use crate::diag::{self, Code, Diagnostic, Source};
use crate::project::Project;
use crate::report::{self, Message, Shown};
use crate::run::Job;
use crate::spec::{self, Inputs, Output, Query};
use crate::text::counted;

/// What is to be checked.
#[derive(Default)]
pub(super) struct Request<'a> {
    pub(super) paths: &'a [PathBuf],
    /// Only queries with one of these tags; empty: all.
    pub(super) tag: &'a [String],
    /// No query with one of these.
    pub(super) exclude: &'a [String],
    /// What the command line says in place of each file's outputs.
    pub(super) outputs: Option<&'a [Output]>,
    /// A template that came on standard input.
    pub(super) piped: Option<Arc<Source>>,
    /// Values of variables.
    pub(super) given: Given<'a>,
    /// Whether the results are held against earlier ones.
    pub(super) held: Held,
}

/// Whether results are held against earlier ones: then each query has findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Held {
    #[default]
    Alone,
    Against,
}

/// What the files hold.
pub(super) struct Checked {
    pub(super) project: Project,
    /// The selected queries that have no mistake.
    pub(super) jobs: Vec<Job>,
    /// Every mistake and warning, file by file.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many files were read.
    pub(super) files: usize,
    templates: report::Templates,
}

/// Reads and checks all files. Nothing is printed but why there is no project.
pub(super) fn check(request: &Request<'_>, console: &mut Console<'_, '_>) -> Result<Checked, Exit> {
    let project = console.project()?;
    let (sources, mut diagnostics) = select::select(request.paths, project.current(), console.world.stdin);
    let (inputs, found) = variables::inputs(&request.given, &console.world.environment, project.current());
    diagnostics.extend(found);
    let mut checked = Checked {
        project,
        jobs: Vec::new(),
        diagnostics,
        files: sources.len(),
        templates: report::Templates::with(request.piped.clone()),
    };
    let mut variables: Vec<String> = Vec::new();
    let mut valid = 0;
    let mut tags = BTreeSet::new();
    for source in &sources {
        if let Some(query) = checked.add(source, request, &inputs, &mut tags) {
            valid += 1;
            variables.extend(query);
        }
    }
    let diagnostics = checked.across(request);
    checked.diagnostics.extend(diagnostics);
    // Of a file with mistakes nobody knows what it declares.
    if valid == sources.len() {
        checked.diagnostics.extend(variables::undeclared(&inputs, &variables));
        for tag in request.tag.iter().chain(request.exclude).filter(|tag| !tags.contains(*tag)) {
            console.note("warning", format!("no query has the tag `{tag}`"));
        }
    }
    checked.say_each_once();
    Ok(checked)
}

impl Checked {
    /// One file: its own mistakes, then those of what it names. Gives the variables it declares, when it is valid.
    fn add(
        &mut self,
        source: &Arc<Source>,
        request: &Request<'_>,
        inputs: &Inputs,
        tags: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        let draft = spec::draft(source, inputs);
        let state =
            if draft.diagnostics.iter().any(Diagnostic::is_error) { State::Broken } else { State::Valid };
        // What it names is checked even when it has mistakes of its own: all are told in one run.
        tags.extend(draft.outline().into_iter().flat_map(|query| query.tags.iter().cloned()));
        let prepared = draft
            .outline()
            .filter(|query| settings::is_selected(request.tag, request.exclude, query))
            .map(|query| self.prepare(query.clone(), state, request));
        let (query, mut diagnostics) = draft.valid();
        let variables =
            query.as_ref().map(|query| query.variables.iter().map(|var| var.name.clone()).collect());
        match prepared {
            Some(Ok(job)) if query.is_some() => self.jobs.push(job),
            Some(Err(mistakes)) => diagnostics.extend(mistakes),
            Some(Ok(_)) | None => {}
        }
        self.diagnostics.extend(diag::apply_ignores(source, diagnostics));
        variables
    }

    /// The query with its outputs, or their mistakes and those of the templates they name.
    fn prepare(
        &mut self,
        mut query: Query,
        state: State,
        request: &Request<'_>,
    ) -> Result<Job, Vec<Diagnostic>> {
        let base = match request.outputs {
            Some(outputs) => {
                query.outputs = settings::named(outputs, &query.name);
                report::Base::CurrentFolder
            }
            None => report::Base::QueryFile,
        };
        let shown = match request.held {
            Held::Alone => Shown::Query(&query),
            Held::Against => Shown::Compared(&query),
        };
        let prepared = report::prepare(shown, &query.outputs, (&self.project, base), &mut self.templates);
        let messages = report::messages(&query, &self.project);
        // Of a query with mistakes nobody knows which expectations it has.
        let waivers = match state {
            State::Valid => spec::load_waivers(&query, &self.project),
            State::Broken => Ok(Vec::new()),
        };
        let mut mistakes = Vec::new();
        let ((outputs, mut fields), messages, waivers) =
            (taken(prepared, &mut mistakes), taken(messages, &mut mistakes), taken(waivers, &mut mistakes));
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        fields.extend(messages.iter().flat_map(Message::fields).cloned());
        fields.extend(waivers.iter().flat_map(|waiver| &waiver.matches).map(|(name, _)| name.clone()));
        Ok(Job { query, outputs, messages, waivers, fields, baseline: None })
    }

    /// What only shows when the queries stand side by side.
    fn across(&self, request: &Request<'_>) -> Vec<Diagnostic> {
        let mut first: HashMap<&str, &Query> = HashMap::new();
        let mut diagnostics = Vec::new();
        for Job { query, .. } in &self.jobs {
            match first.get(query.name.as_str()) {
                Some(first) => diagnostics.push(same_name(query, first)),
                None => drop(first.insert(&query.name, query)),
            }
        }
        // Paths of flags stand in no file: `run` looks at them.
        if request.outputs.is_none() {
            let targets: Vec<_> = self.jobs.iter().map(|job| (&job.query, &job.outputs[..])).collect();
            diagnostics.extend(report::targets_differ(&targets, &self.project));
        }
        diagnostics
    }

    /// A template that several queries name has its mistakes once.
    fn say_each_once(&mut self) {
        let mut seen = HashSet::new();
        self.diagnostics.retain(|diagnostic| {
            let Diagnostic { code, message, primary, .. } = diagnostic;
            seen.insert((*code, primary.source.name.clone(), primary.span.clone(), message.clone()))
        });
    }

    /// How many of the diagnostics are errors.
    pub(super) fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count()
    }

    /// The queries, for a command that needs them all valid. Prints every diagnostic; `otherwise` is what a mistake means,
    /// such as `nothing was sent`.
    pub(super) fn all_valid(
        self,
        otherwise: &str,
        console: &mut Console<'_, '_>,
    ) -> Result<(Project, Vec<Job>), Exit> {
        for diagnostic in &self.diagnostics {
            console.diagnostic(diagnostic);
        }
        match self.errors() {
            0 if self.jobs.is_empty() => Err(nothing(console)),
            0 => Ok((self.project, self.jobs)),
            errors => {
                console.error(format!("{}; {otherwise}", counted(errors, "mistake")), None);
                Err(Exit::Usage)
            }
        }
    }
}

/// Whether a query has mistakes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Valid,
    Broken,
}

/// What was prepared; its mistakes are put to the others.
fn taken<T: Default>(prepared: Result<T, Vec<Diagnostic>>, mistakes: &mut Vec<Diagnostic>) -> T {
    prepared.unwrap_or_else(|found| {
        mistakes.extend(found);
        T::default()
    })
}

/// No file, or none with the tags.
pub(super) fn nothing(console: &mut Console<'_, '_>) -> Exit {
    console.error("nothing selected: no query file in these paths, or none with these tags", None);
    Exit::Nothing
}

fn same_name(query: &Query, first: &Query) -> Diagnostic {
    let message = format!("the query `{}` stands in `{}` too", query.name, first.source.name);
    Diagnostic::new(Code::SameName, message, query.label(&query.name_place))
        .with_related(first.label(&first.name_place).with_message("the first"))
        .with_help("give each query a `name` of its own")
}

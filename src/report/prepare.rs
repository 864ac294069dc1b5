//! What can be wrong with an output before the run: its template, its place.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::sink::{self, Privacy, what_is};
use super::template::{Kind, Message, Template};
use super::{Document, Form, Prepared, Target, format, template};
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::Project;
use crate::spec::{Destination, Format, Output, OutputKind, Query, Subject};
use crate::yaml::Place;

/// What the outputs show.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// What a query will bring.
    Query(&'a Query),
    /// What a query will bring, held against an earlier result: what is different are findings.
    Compared(&'a Query),
    /// A result that is there.
    Result(&'a Document),
}

/// Who names the outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The query file: a template that begins with `./` or `../` is relative to it.
    QueryFile,
    /// The command line: such a template is relative to the current folder.
    CurrentFolder,
}

impl Shown<'_> {
    /// The names a record may have in a template. Of a query, key material only where it asks for it; of a result, what is there:
    /// nothing can be asked for any more.
    fn fields(self) -> Vec<String> {
        match self {
            Self::Query(query) | Self::Compared(query) => record_fields(query),
            Self::Result(document) => document.query.fields.clone(),
        }
    }

    fn expects(self) -> bool {
        match self {
            Self::Query(query) => !query.expect.is_empty(),
            Self::Compared(_) => true,
            Self::Result(document) => !document.query.expect.is_empty(),
        }
    }

    /// Where an output says what it is: in the query file, or in the flag that names it.
    fn content_label(self, output: &Output, base: Base) -> Label {
        match &output.kind {
            OutputKind::Template(reference) => self.label(&output.place, base, ("--template", reference)),
            OutputKind::Format(format) => self.label(&output.place, base, ("--format", format.name())),
        }
    }

    /// Where it says where it goes.
    fn target_label(self, output: &Output, base: Base) -> Label {
        let path = match &output.to {
            Destination::Path(path) => path.to_string_lossy(),
            Destination::Project(to) => to.into(),
            Destination::Stdout => "-".into(),
        };
        self.label(&output.to_place, base, ("--output", &path))
    }

    fn label(self, place: &Place, base: Base, (flag, value): (&str, &str)) -> Label {
        match (self, base) {
            (Self::Query(query) | Self::Compared(query), Base::QueryFile) => query.label(place),
            _ => Label::new(&Source::new(flag, value), 0..value.len()),
        }
    }

    /// The folder of the file that names the outputs.
    fn folder(self, base: Base) -> Option<PathBuf> {
        match (self, base) {
            (Self::Query(query) | Self::Compared(query), Base::QueryFile) => {
                Path::new(&query.source.name).parent().map(Path::to_path_buf)
            }
            _ => None,
        }
    }
}

/// Templates that were found right, for the queries that name them too: many queries name the same few, and to parse and
/// check one takes longer than to read a query.
#[derive(Debug, Default)]
pub struct Templates {
    checked: HashMap<Key, Arc<Template>>,
    /// The one that came on standard input.
    piped: Option<Arc<Source>>,
}

/// What makes templates the same: where they are found, and the names a record may have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// The folder that a reference is relative to, and the reference.
    Named(Option<PathBuf>, String, Vec<String>),
    /// The name of a shipped one.
    Shipped(&'static str, Vec<String>),
    /// The one that came on standard input.
    Piped(Kind, Vec<String>),
}

impl Templates {
    /// None yet, and the one that is on standard input, if there is one.
    #[must_use]
    pub fn with(piped: Option<Arc<Source>>) -> Self {
        Self { checked: HashMap::new(), piped }
    }

    /// The template an output names.
    fn load(
        &mut self,
        (shown, output, base): (Shown<'_>, &Output, Base),
        project: &Project,
        reference: &str,
        names: &[String],
    ) -> Result<Arc<Template>, Vec<Diagnostic>> {
        if let Some(source) = self.piped.clone().filter(|_| reference == "-" && base == Base::CurrentFolder) {
            let kind = piped_kind(output);
            return self.once(Key::Piped(kind, names.to_vec()), |names| {
                template::piped(project, source, kind, names)
            });
        }
        let base_folder = shown.folder(base);
        let folder = base_folder.clone().filter(|_| reference.starts_with('.'));
        let place = shown.content_label(output, base);
        self.once(Key::Named(folder, reference.to_owned(), names.to_vec()), |names| {
            template::load(project, base_folder.as_deref(), reference, &place, names)
        })
    }

    /// The shipped template that makes a format.
    fn shipped(
        &mut self,
        project: &Project,
        name: &'static str,
        names: &[String],
    ) -> Result<Arc<Template>, Vec<Diagnostic>> {
        self.once(Key::Shipped(name, names.to_vec()), |names| template::shipped(project, name, names))
    }

    fn once(
        &mut self,
        key: Key,
        load: impl FnOnce(&[&str]) -> Result<Template, Vec<Diagnostic>>,
    ) -> Result<Arc<Template>, Vec<Diagnostic>> {
        if let Some(template) = self.checked.get(&key) {
            return Ok(Arc::clone(template));
        }
        let (Key::Named(_, _, names) | Key::Shipped(_, names) | Key::Piped(_, names)) = &key;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let template = Arc::new(load(&names)?);
        self.checked.insert(key, Arc::clone(&template));
        Ok(template)
    }
}

/// Mistakes of one query's outputs after which the others are not looked at: to find the place of each takes time.
const MOST_TOLD: usize = 20;

/// Checks the outputs of a query or a result. Gives them with the fields that their templates read.
///
/// # Errors
/// Every mistake of every output and template.
pub fn prepare(
    shown: Shown<'_>,
    outputs: &[Output],
    (project, base): (&Project, Base),
    templates: &mut Templates,
) -> Result<(Vec<Prepared>, BTreeSet<String>), Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut prepared = Vec::new();
    let mut fields = BTreeSet::new();
    let names = shown.fields();
    let root = Arc::new(project.repository());
    for output in outputs {
        if diagnostics.len() >= MOST_TOLD {
            break;
        }
        let target = target(output, project, || shown.target_label(output, base))
            .map_err(|mistake| diagnostics.push(*mistake));
        diagnostics.extend(without_findings(shown, output, base));
        let form = match &output.kind {
            OutputKind::Format(format) => match format::template(*format) {
                Some(name) => templates.shipped(project, name, &names).map(Form::Template),
                None => Ok(Form::Format(*format)),
            },
            OutputKind::Template(reference) => {
                templates.load((shown, output, base), project, reference, &names).map(Form::Template)
            }
        };
        let form = form.map_err(|mistakes| diagnostics.extend(mistakes));
        if let Ok(Form::Template(template)) = &form {
            fields.extend(template.fields().iter().cloned());
            diagnostics.extend(unlike(template, output, || shown.target_label(output, base)));
        }
        if let (Ok(target), Ok(form)) = (target, form) {
            let columns = output.columns.clone();
            let root = Arc::clone(&root);
            prepared.push(Prepared { form, columns, privacy: Privacy::Plain, root, target });
        }
    }
    if diagnostics.is_empty() { Ok((prepared, fields)) } else { Err(diagnostics) }
}

/// What a template without a name makes: what its file's name says, and text where there is none.
fn piped_kind(output: &Output) -> Kind {
    match &output.to {
        Destination::Path(path) => kind_of_file(&path.to_string_lossy()).unwrap_or(Kind::Text),
        Destination::Project(_) | Destination::Stdout => Kind::Text,
    }
}

/// How a file has to be escaped, where its name says so.
fn kind_of_file(name: &str) -> Option<Kind> {
    match Format::by_suffix(name.rsplit_once('.')?.1)? {
        Format::Html => Some(Kind::Html),
        Format::Markdown => Some(Kind::Markdown),
        Format::Csv => Some(Kind::Csv),
        _ => None,
    }
}

/// A template that makes one language, for a file of another: what it writes would not be escaped there.
fn unlike(template: &Template, output: &Output, place: impl Fn() -> Label) -> Option<Diagnostic> {
    let file = match &output.to {
        Destination::Path(path) => path.to_string_lossy(),
        Destination::Project(to) => to.into(),
        Destination::Stdout => return None,
    };
    let wanted = kind_of_file(&file).filter(|wanted| *wanted != template.kind())?;
    let name = template.name();
    let is_shipped = name.starts_with("<built-in>");
    let stem = [".html.hbs", ".md.hbs", ".csv.hbs", ".txt.hbs", ".hbs"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    let message = format!("`{name}` makes {}, and `{file}` is {}", template.kind().name(), wanted.name());
    let help = if is_shipped {
        "write to a file of another suffix".to_owned()
    } else {
        let right = format!("{}{}", stem.unwrap_or(name), wanted.suffix());
        format!(
            "its name says how it escapes what a portal sends: `{right}`, or write to a file of another suffix"
        )
    };
    Some(Diagnostic::new(Code::BadTarget, message, place()).with_help(&help))
}

/// A format of findings for a query that can have none: its report would be green, and nothing was checked.
fn without_findings(shown: Shown<'_>, output: &Output, base: Base) -> Option<Diagnostic> {
    let OutputKind::Format(format) = &output.kind else { return None };
    (format.about().subject == Subject::Findings && !shown.expects()).then(|| {
        let message =
            format!("the format `{}` shows findings, and this query expects nothing", format.name());
        let place = match shown {
            // The query is what is to be changed, whoever names the format.
            Shown::Query(query) | Shown::Compared(query) => query.label(&output.place),
            Shown::Result(_) => shown.content_label(output, base),
        };
        Diagnostic::new(Code::BadValue, message, place)
            .with_help("add `expect`; `json` has every row with its verdict")
    })
}

/// Checks the messages of a query's expectations.
///
/// # Errors
/// Every mistake of every message.
pub fn messages(query: &Query, project: &Project) -> Result<Vec<Message>, Vec<Diagnostic>> {
    let names = record_fields(query);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut diagnostics = Vec::new();
    let mut messages = Vec::new();
    for expectation in &query.expect {
        if diagnostics.len() >= MOST_TOLD {
            break;
        }
        match Message::of(project, query, expectation, &names) {
            Ok(message) => messages.push(message),
            Err(mistakes) => diagnostics.extend(mistakes),
        }
    }
    if diagnostics.is_empty() { Ok(messages) } else { Err(diagnostics) }
}

/// The fields of a query's endpoint, and those that are newer: key material only where it asks for it.
fn record_fields(query: &Query) -> Vec<String> {
    let asked = |name: &str| query.fields.iter().any(|field| field.as_str() == name);
    let known = query.endpoint.fields.iter().filter(|field| !field.secret || asked(field.name));
    let known = known.map(|field| field.name.to_owned());
    known.chain(query.unknown_fields.iter().cloned()).collect()
}

fn target(output: &Output, project: &Project, place: impl Fn() -> Label) -> Result<Target, Box<Diagnostic>> {
    let wrong = |message: String| Box::new(Diagnostic::new(Code::BadTarget, message, place()));
    let path = match &output.to {
        Destination::Stdout => return Ok(Target::Stdout),
        Destination::Path(path) => project.current().join(path),
        Destination::Project(to) => {
            project.target(to).map_err(|error| wrong(format!("no output can go to `{to}`: {error}")))?
        }
    };
    if let Some(there) = sink::in_the_way(&path) {
        let (path, there, what) = (project.shown(&path), project.shown(there), what_is(there));
        return Err(wrong(format!("no output can go to `{path}`: `{there}` is {what}")));
    }
    Ok(Target::File(path))
}

/// A mistake for each output of `queries` that goes to the file of an earlier query.
#[must_use]
pub fn targets_differ(queries: &[(&Query, &[Prepared])], project: &Project) -> Vec<Diagnostic> {
    let mut seen: HashMap<&Path, &Query> = HashMap::new();
    let mut diagnostics = Vec::new();
    for (query, prepared) in queries {
        for (index, output) in prepared.iter().enumerate() {
            let Target::File(path) = &output.target else { continue };
            let first = *seen.entry(path).or_insert(query);
            if !std::ptr::eq(first, *query) {
                let place =
                    query.outputs.get(index).map(|output| output.to_place.clone()).unwrap_or_default();
                let message = format!("`{}` is written by `{}` too", project.shown(path), first.source.name);
                diagnostics.push(Diagnostic::new(Code::SameTarget, message, query.label(&place)));
            }
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Inputs, load};

    fn prepared(text: &str) -> Result<(Vec<Prepared>, BTreeSet<String>), Vec<Diagnostic>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("reports")).expect("writable");
        let project = Project::find(folder.path()).expect("it exists");
        let (query, diagnostics) = load(&Source::new("q.yaml", text), &Inputs::default());
        let query = query.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let templates = &mut Templates::default();
        prepare(Shown::Query(&query), &query.outputs, (&project, Base::QueryFile), templates)
    }

    #[test]
    fn all_mistakes_of_all_outputs_are_told() {
        let mistakes = prepared(
            "endpoint: apitokens\noutput:\n  - {format: csv, to: ../x.csv}\n  - {template: gone.md.hbs}\n  - {format: json, to: reports}\n",
        )
        .expect_err("three mistakes");
        let codes: Vec<Code> = mistakes.iter().map(|mistake| mistake.code).collect();
        assert_eq!(codes, [Code::BadTarget, Code::TemplateMissing, Code::BadTarget]);
        assert!(mistakes.iter().all(|mistake| !mistake.primary.span.is_empty()), "{mistakes:?}");
    }

    #[test]
    fn a_template_is_checked_once_for_all_that_name_the_same_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for place in ["a", "b"] {
            std::fs::create_dir(folder.path().join(place)).expect("writable");
            std::fs::write(folder.path().join(place).join("own.hbs"), place).expect("writable");
        }
        let project = Project::find(folder.path()).expect("it exists");
        let mut templates = Templates::default();
        let mut template = |file: &str, reference: &str, fields: &str| {
            let text = format!("endpoint: apitokens\noutput: {{template: {reference}}}\n{fields}");
            let (query, _) = load(&Source::new(file, text), &Inputs::default());
            let query = query.expect("valid");
            let base = (&project, Base::QueryFile);
            let prepared = prepare(Shown::Query(&query), &query.outputs, base, &mut templates);
            match &prepared.expect("right").0[0].form {
                Form::Template(template) => Arc::clone(template),
                Form::Format(_) | Form::Summary(_) => unreachable!("the query names a template"),
            }
        };
        let shipped = template("a/q.yaml", "tokens.md.hbs", "");
        assert!(Arc::ptr_eq(&shipped, &template("b/q.yaml", "tokens.md.hbs", "")));
        let secret = template("b/r.yaml", "tokens.md.hbs", "fields: [id, accessKey]\n");
        assert!(!Arc::ptr_eq(&shipped, &secret), "it may name other fields");
        assert_eq!(template("a/q.yaml", "./own.hbs", "").name(), "a/own.hbs");
        assert_eq!(template("b/q.yaml", "./own.hbs", "").name(), "b/own.hbs");
    }

    #[test]
    fn key_material_is_a_name_only_where_it_is_asked_for() {
        let names = |text: &str| {
            let (query, _) = load(&Source::new("q.yaml", text), &Inputs::default());
            record_fields(&query.expect("valid"))
        };
        assert!(!names("endpoint: apitokens\n").contains(&"accessKey".to_owned()));
        assert!(names("endpoint: apitokens\nfields: [id, accessKey]\n").contains(&"accessKey".to_owned()));
    }
}

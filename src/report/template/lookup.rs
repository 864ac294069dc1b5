//! Where templates and partials are found: beside the query, in the project's `templates/`, among the shipped ones.
//!
//! A partial `{{> verdict.md}}` is the file `verdict.md.hbs`: the name as written and `.hbs`.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::builtin;
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::{FileError, Project};
use crate::text;

/// A file's text, and the folder its partials are looked up in first (none for a shipped one).
#[derive(Debug)]
pub(super) struct Found {
    /// The text under the name to show.
    pub(super) source: Arc<Source>,
    /// The folder it lies in.
    pub(super) folder: Option<PathBuf>,
}

/// Finds the template a query names.
///
/// # Errors
/// At `place`: the reference is none, or names nothing that may be read.
pub(super) fn template(
    project: &Project,
    base: Option<&Path>,
    reference: &str,
    place: &Label,
) -> Result<Found, Box<Diagnostic>> {
    let refuse = |code, what: &str, help: &str| {
        let message = format!("`{reference}` {what}");
        Err(Box::new(Diagnostic::new(code, message, place.clone()).with_help(help)))
    };
    if is_absolute(reference) {
        let help = "write it relative to the query file (`./x.md.hbs`) or to `templates/` (`x.md.hbs`)";
        return refuse(Code::OutsideProject, "is absolute", help);
    }
    if reference.contains('\\') {
        return refuse(Code::BadValue, "has a backslash", "write `/` between folders");
    }
    if !is_template(Path::new(reference)) {
        let help = "the name of a template ends in `.md.hbs`, `.html.hbs`, `.csv.hbs` or `.hbs`";
        return refuse(Code::BadValue, "does not end in `.hbs`", help);
    }
    let relative = ["./", "../"].iter().any(|prefix| reference.starts_with(prefix));
    if relative {
        let base = project.current().join(base.unwrap_or(Path::new("")));
        return first(project, &[base.join(reference)], None, reference, place);
    }
    if leaves(reference) {
        let help = "a path that starts with `./` or `../` is relative to the query file";
        return refuse(Code::OutsideProject, "leads out of `templates/`", help);
    }
    let shared = project.root().join("templates").join(reference);
    first(project, &[shared], Some(reference), reference, place)
}

/// Finds the partial that a template in `folder` names.
///
/// # Errors
/// At `place`: as for [`template`].
pub(super) fn partial(
    project: &Project,
    folder: Option<&Path>,
    name: &str,
    place: &Label,
) -> Result<Found, Box<Diagnostic>> {
    if is_absolute(name) || leaves(name) {
        let message = format!("the partial `{name}` leads out of its folder");
        let help = "partials lie beside the template, below it, or in the project's `templates/`";
        return Err(Box::new(Diagnostic::new(Code::OutsideProject, message, place.clone()).with_help(help)));
    }
    let file = format!("{name}.hbs");
    let shared = project.root().join("templates");
    let folders = folder.into_iter().chain([shared.as_path()]);
    let candidates: Vec<PathBuf> = folders.map(|folder| folder.join(&file)).collect();
    first(project, &candidates, Some(&file), &file, place)
}

/// The first of the candidates that exists, else the shipped file.
fn first(
    project: &Project,
    candidates: &[PathBuf],
    shipped: Option<&str>,
    wanted: &str,
    place: &Label,
) -> Result<Found, Box<Diagnostic>> {
    for path in candidates {
        let path = normalised(path);
        match project.read(&path) {
            Ok(source) => return Ok(Found { source, folder: path.parent().map(Path::to_path_buf) }),
            Err(FileError::Missing(_)) => {}
            Err(error) => return Err(Box::new(unreadable(&error, place))),
        }
    }
    if let Some(source) = shipped.and_then(builtin::find) {
        return Ok(Found { source, folder: None });
    }
    let mut message = format!("there is no template `{wanted}`");
    if let [path] = candidates {
        message = format!("{message}: `{}` does not exist", project.shown(&normalised(path)));
    }
    let missing = Diagnostic::new(Code::TemplateMissing, message, place.clone());
    Err(Box::new(missing.with_help(hint(project, candidates, shipped.is_some(), wanted))))
}

fn unreadable(error: &FileError, place: &Label) -> Diagnostic {
    let code = match error {
        FileError::Outside(_) | FileError::Hidden(_) | FileError::NotRegular(_) => Code::OutsideProject,
        FileError::Missing(_) => Code::TemplateMissing,
        FileError::TooLarge(..) | FileError::NotText(_) | FileError::Io(..) => Code::Unreadable,
    };
    Diagnostic::new(code, error.to_string(), place.clone())
}

/// The nearest name of what lies in the folders looked at and, where they count, among the shipped ones.
fn hint(project: &Project, candidates: &[PathBuf], shipped: bool, wanted: &str) -> String {
    let file = wanted.rsplit('/').next().unwrap_or(wanted);
    let mut names: Vec<String> = candidates
        .iter()
        .filter_map(|path| fs::canonicalize(normalised(path).parent()?).ok())
        .filter(|folder| folder.starts_with(project.root()))
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_template(Path::new(name)))
        .collect();
    names.sort();
    if shipped {
        names.extend(builtin::names().map(str::to_owned));
    }
    match text::nearest(file, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if shipped => {
            format!("looked in `templates/` and among the shipped ones: {}", text::listed(builtin::names()))
        }
        None => "a name without `./` is looked up in `templates/` and among the shipped ones".to_owned(),
    }
}

fn is_template(path: &Path) -> bool {
    path.extension().is_some_and(|suffix| suffix == "hbs")
}

fn is_absolute(reference: &str) -> bool {
    reference.starts_with(['/', '\\']) || reference.as_bytes().get(1) == Some(&b':')
}

fn leaves(reference: &str) -> bool {
    reference.split(['/', '\\']).any(|part| part == "..")
}

/// Without `.` and `x/..`, so that one file has one name.
fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

//! Where the flags put the outputs of all queries together: no file twice, nothing on stdout that cannot share it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::args::OutputArgs;
use crate::cli::settings::{self, BadFlag};
use crate::cli::stream::Console;
use crate::project::Project;
use crate::report::sink;
use crate::report::{Prepared, Target};
use crate::spec::{Content, Destination, Output, OutputKind, Sharing};

/// What stdout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdout {
    Terminal,
    Other,
}

impl Stdout {
    pub(super) fn of(console: &Console<'_, '_>) -> Self {
        if console.world.stdout_is_terminal { Self::Terminal } else { Self::Other }
    }
}

/// The outputs of one query or result.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    /// As they were named.
    pub(super) outputs: &'a [Output],
    /// As they are made, with what was saved.
    pub(super) prepared: &'a [Prepared],
}

/// What is wrong with the places, told before anything is sent. `reads` are the files that the command reads, templates apart.
pub(super) fn mistake(
    (flags, save): (&OutputArgs, Option<&String>),
    placed: &[Placed<'_>],
    (project, reads): (&Project, &[PathBuf]),
    stdout: Stdout,
) -> Option<BadFlag> {
    let mut outputs = placed.iter().flat_map(|placed| placed.outputs);
    if placed.len() > 1 {
        if let Some(file) = settings::needs_name(flags, save) {
            return Some(BadFlag {
                message: format!("{} queries would all write `{file}`", placed.len()),
                help: Some("put `{name}` into the path: it becomes each query's name".to_owned()),
            });
        }
        if let Some(form) = outputs.clone().find_map(needs_file) {
            return Some(BadFlag {
                message: format!("{form} of {} queries cannot share stdout", placed.len()),
                help: Some(format!(
                    "write files: `-o '{{name}}.{}'`, or a `to` in each query",
                    form.to_ascii_lowercase()
                )),
            });
        }
    }
    if stdout == Stdout::Terminal
        && let Some(name) = outputs.find_map(binary_on_stdout)
    {
        return Some(BadFlag {
            message: format!("a terminal cannot show `{name}`"),
            help: Some(format!("write a file: `-o report.{name}`")),
        });
    }
    // Those that a query or -o names were looked at with their place; a result goes where --save says.
    if let Some((path, there)) = targets(placed).find_map(|path| Some((path, sink::in_the_way(path)?))) {
        let (path, shown, what) = (project.shown(path), project.shown(there), sink::what_is(there));
        let message = format!("nothing can be saved to `{path}`: `{shown}` is {what}");
        return Some(BadFlag { message, help: Some("name a file in a folder".to_owned()) });
    }
    if let Some(path) = read_and_written(placed, project, reads) {
        return Some(both(&project.shown(&path)));
    }
    let twice = written_twice(placed)?;
    let message = format!("two outputs go to `{}`", project.shown(&twice));
    Some(BadFlag { message, help: Some("give each of them a path of its own".to_owned()) })
}

/// The form of an output on stdout that nothing may follow: one file, read by a program.
fn needs_file(output: &Output) -> Option<String> {
    let named = |name: &String, suffix: &str| name.to_ascii_lowercase().ends_with(suffix);
    if output.to != Destination::Stdout {
        return None;
    }
    match &output.kind {
        OutputKind::Format(format) => {
            (format.about().sharing == Sharing::Never).then(|| format.name().to_uppercase())
        }
        OutputKind::Template(name) if named(name, ".csv.hbs") => Some("CSV".to_owned()),
        OutputKind::Template(name) if named(name, ".html.hbs") => Some("HTML".to_owned()),
        OutputKind::Template(_) => None,
    }
}

/// The format of an output on stdout that is no text.
fn binary_on_stdout(output: &Output) -> Option<&'static str> {
    match output.kind {
        OutputKind::Format(format) if output.to == Destination::Stdout => {
            (format.about().content == Content::Binary).then(|| format.name())
        }
        _ => None,
    }
}

/// A file that two outputs go to, or an output and `--save`.
fn written_twice(placed: &[Placed<'_>]) -> Option<PathBuf> {
    let mut seen = BTreeSet::new();
    targets(placed).find(|path| !seen.insert(plain(path))).cloned()
}

/// A file that an output would take the place of, and that the report is made from.
fn read_and_written(placed: &[Placed<'_>], project: &Project, reads: &[PathBuf]) -> Option<PathBuf> {
    let prepared = placed.iter().flat_map(|placed| placed.prepared);
    let templates = prepared.flat_map(Prepared::templates).map(Path::new);
    let read = reads.iter().map(PathBuf::as_path).chain(templates);
    let read: BTreeSet<PathBuf> =
        read.filter_map(|path| project.current().join(path).canonicalize().ok()).collect();
    targets(placed).find(|path| path.canonicalize().is_ok_and(|path| read.contains(&path))).cloned()
}

/// What is said of such a file.
pub(super) fn both(file: &str) -> BadFlag {
    BadFlag {
        message: format!("`{file}` is both read and written"),
        help: Some("write to another file".to_owned()),
    }
}

fn targets<'a>(placed: &'a [Placed<'a>]) -> impl Iterator<Item = &'a PathBuf> {
    placed.iter().flat_map(|placed| placed.prepared).filter_map(|output| match &output.target {
        Target::File(path) => Some(path),
        Target::Stdout | Target::End(_) => None,
    })
}

/// Where a path leads, with the links of its folder resolved, as far as that exists.
fn plain(path: &Path) -> PathBuf {
    let path = &*sink::led_to(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        // `components` leaves out `.` and doubled slashes.
        _ => path.components().collect(),
    }
}

//! Where the flags put the outputs of all queries together: no file twice, nothing on stdout that cannot share it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::args::RunArgs;
use crate::cli::settings::{self, BadFlag};
use crate::project::Project;
use crate::report::Target;
use crate::run::Job;
use crate::spec::{Destination, Format, Output, OutputKind};

/// What is wrong with the places, told before anything is sent.
pub(super) fn mistake(args: &RunArgs, jobs: &[Job], project: &Project) -> Option<BadFlag> {
    if jobs.len() > 1 {
        if let Some(file) = settings::needs_name(args) {
            return Some(BadFlag {
                message: format!("{} queries would all write `{file}`", jobs.len()),
                help: Some("put `{name}` into the path: it becomes each query's name".to_owned()),
            });
        }
        let alone = jobs.iter().flat_map(|job| &job.query.outputs).find_map(needs_file);
        if let Some(form) = alone {
            return Some(BadFlag {
                message: format!("{form} of {} queries cannot share stdout", jobs.len()),
                help: Some("write files: `-o '{name}.csv'`, or a `to` in each query".to_owned()),
            });
        }
    }
    let twice = written_twice(args, jobs, project)?;
    let message = format!("two outputs go to `{}`", project.shown(&twice));
    Some(BadFlag { message, help: Some("give each of them a path of its own".to_owned()) })
}

/// The form of an output on stdout that nothing may follow: one file, read by a program.
fn needs_file(output: &Output) -> Option<&'static str> {
    let named = |name: &String, suffix: &str| name.to_ascii_lowercase().ends_with(suffix);
    if output.to != Destination::Stdout {
        return None;
    }
    match &output.kind {
        OutputKind::Format(Format::Csv) => Some("CSV"),
        OutputKind::Template(name) if named(name, ".csv.hbs") => Some("CSV"),
        OutputKind::Template(name) if named(name, ".html.hbs") => Some("HTML"),
        OutputKind::Format(Format::Table | Format::Json) | OutputKind::Template(_) => None,
    }
}

/// A file that two outputs go to, or an output and `--save`.
fn written_twice(args: &RunArgs, jobs: &[Job], project: &Project) -> Option<PathBuf> {
    let mut seen = BTreeSet::new();
    for job in jobs {
        let outputs = job.outputs.iter().filter_map(|output| match &output.target {
            Target::File(path) => Some(path.clone()),
            Target::Stdout => None,
        });
        let saved =
            args.save.iter().map(|path| project.current().join(settings::with_name(path, &job.query)));
        for path in outputs.chain(saved) {
            if !seen.insert(plain(&path)) {
                return Some(path);
            }
        }
    }
    None
}

/// The path with the links of its folder resolved, as far as that exists.
fn plain(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        // `components` leaves out `.` and doubled slashes.
        _ => path.components().collect(),
    }
}

//! `--baseline`: the earlier result of each query, read and looked at before anything is sent.

use std::collections::BTreeMap;
use std::path::Path;

use super::saved::{self, Saved};
use crate::check::diff::Compare;
use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::settings::{self, BadFlag, bad_flag};
use crate::cli::stream::Console;
use crate::portal::Portal;
use crate::project::Project;
use crate::report::{Earlier, Incomparable};
use crate::run::Job;
use crate::text;

/// Gives each job the result that its own is held against. Every mistake is told.
pub(super) fn attach(
    args: &RunArgs,
    jobs: &mut [Job],
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<(), Exit> {
    let Some(path) = &args.baseline else { return Ok(()) };
    let compare = compare(&args.compare).map_err(|flag| bad_flag(flag, console))?;
    let mut files = BTreeMap::new();
    let mut wrong = None;
    for job in jobs {
        let path = settings::with_name(path, &job.query.name);
        let attached = whole(job)
            .and_then(|()| take(&path, &job.query.name, &mut files, project, console))
            .and_then(|saved| attached(job, saved, &compare, console));
        if let Err(flag) = attached {
            wrong = Some(bad_flag(flag, console));
        }
    }
    wrong.map_or(Ok(()), Err)
}

/// What the words of `--compare` mean.
pub(super) fn compare(words: &[String]) -> Result<Compare, BadFlag> {
    Compare::of(words).map_err(|unfit| BadFlag { message: unfit.message, help: unfit.help })
}

/// What is wrong with a comparison, as a flag is.
pub(super) fn incomparable(error: &Incomparable) -> BadFlag {
    BadFlag { message: error.to_string(), help: error.help().map(str::to_owned) }
}

/// Whether the portals are those of the baselines, as far as that is known yet.
pub(super) fn meet(jobs: &[Job], portals: &[Portal], console: &mut Console<'_, '_>) -> Result<(), Exit> {
    for earlier in jobs.iter().filter_map(|job| job.baseline.as_ref()) {
        if let Err(error) = earlier.meets(portals.iter()) {
            return Err(bad_flag(incomparable(&error), console));
        }
    }
    Ok(())
}

/// Of a part of the rows nobody knows what is missing.
fn whole(job: &Job) -> Result<(), BadFlag> {
    if !job.query.is_limited() {
        return Ok(());
    }
    let name = &job.query.name;
    Err(BadFlag {
        message: format!(
            "`--baseline` with the query `{name}`, which takes a part of the rows: a part proves nothing"
        ),
        help: Some("take `limit` and `offset` out of it, or make two queries of it".to_owned()),
    })
}

/// A file of results, and the queries they are of.
struct File {
    names: Vec<String>,
    results: Vec<Saved>,
}

/// The result of a query in a file, which is read once.
fn take(
    path: &str,
    query: &str,
    files: &mut BTreeMap<String, Result<File, String>>,
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<Saved, BadFlag> {
    let read = || {
        let results = saved::read_one(Path::new(path), project, console)?;
        let names = results.iter().map(|saved| saved.document.query.name.clone()).collect();
        Ok(File { names, results })
    };
    let file = files.entry(path.to_owned()).or_insert_with(read).as_mut().map_err(|message| BadFlag {
        message: format!("--baseline: {message}"),
        help: Some(if project.current().join(path).exists() {
            saved::WHAT_A_RESULT_IS.to_owned()
        } else {
            format!("make one first: `lmq run … --save {path}`")
        }),
    })?;
    let place = file.results.iter().position(|saved| saved.document.query.name == query);
    place.map(|index| file.results.swap_remove(index)).ok_or_else(|| BadFlag {
        message: format!("--baseline: `{path}` has no result of the query `{query}`"),
        help: Some(format!(
            "it has results of {}; with `{{name}}` in the path each query has a file of its own",
            text::listed(file.names.iter().map(String::as_str))
        )),
    })
}

/// What is compared has to be there in the new result too.
fn attached(
    job: &mut Job,
    saved: Saved,
    compare: &Compare,
    console: &Console<'_, '_>,
) -> Result<(), BadFlag> {
    let earlier = Earlier::new(saved.document, &saved.file, compare.clone(), &console.redactor());
    let earlier = earlier.map_err(|error| incomparable(&error))?;
    job.fields.extend(earlier.fields(&job.query).map_err(|error| incomparable(&error))?);
    job.baseline = Some(earlier);
    Ok(())
}

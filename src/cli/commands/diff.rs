//! `lmq diff`: what is different between two saved results.

use super::baseline::{compare, incomparable};
use super::saved::{self, Reports, Saved};
use crate::check::diff::Compare;
use crate::cli::args::DiffArgs;
use crate::cli::exit::Exit;
use crate::cli::settings::{self, BadFlag, bad_flag};
use crate::cli::stream::Console;
use crate::project::Project;
use crate::report::{Document, Earlier};
use crate::text;

/// Compares, and makes the reports. Nothing is sent, and no credential is looked at.
pub(in crate::cli) fn run(args: &DiffArgs, console: &mut Console<'_, '_>) -> Exit {
    match console.project().and_then(|project| reported(args, &project, console)) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn reported(args: &DiffArgs, project: &Project, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let paths = [args.old.clone(), args.new.clone()];
    if paths.iter().all(|path| path.as_os_str() == "-") {
        let message = "both results are on standard input".to_owned();
        let help = Some("put one of them into a file".to_owned());
        return Err(bad_flag(BadFlag { message, help }, console));
    }
    let piped = settings::piped(&args.outputs, &paths, console.world.stdin);
    let piped = piped.map_err(|flag| bad_flag(flag, console))?;
    let compare = compare(&args.compare).map_err(|flag| bad_flag(flag, console))?;
    let [old, new] =
        [&args.old, &args.new].map(|path| saved::read(std::slice::from_ref(path), project, console));
    let documents = compared((old?, new?), &compare, console).map_err(|flag| bad_flag(flag, console))?;
    let documents: Vec<&Document> = documents.iter().collect();
    let reports = Reports {
        outputs: &args.outputs,
        reads: &paths,
        save: None,
        piped,
        allow_partial: args.allow_partial,
        fail_on: args.fail_on,
    };
    Ok(reports.deliver(&documents, project, console))
}

/// The differences of each query, in the order of the later results.
fn compared(
    (old, new): (Vec<Saved>, Vec<Saved>),
    compare: &Compare,
    console: &Console<'_, '_>,
) -> Result<Vec<Document>, BadFlag> {
    let redactor = console.redactor();
    let pairs = pairs(old, new)?;
    let compared = pairs.into_iter().map(|(old, new)| {
        let earlier = Earlier::new(old.document, &old.file, compare.clone(), &redactor)?;
        new.document.differences(&new.file, &earlier, &redactor)
    });
    compared.collect::<Result<_, _>>().map_err(|error| incomparable(&error))
}

/// The results of each query. A query that one of the files does not have is a mistake: its tokens would be neither there nor gone.
fn pairs(mut old: Vec<Saved>, new: Vec<Saved>) -> Result<Vec<(Saved, Saved)>, BadFlag> {
    for results in [&old, &new] {
        let twice = results.iter().enumerate().find(|(index, saved)| has(&results[..*index], saved));
        if let Some((_, Saved { file, document })) = twice {
            let message = format!("`{file}` has two results of the query `{}`", document.query.name);
            return Err(BadFlag { message, help: Some("compare files with one result of each".to_owned()) });
        }
    }
    // Two results of two queries are told as such when they are compared.
    if let ([_], [_]) = (&old[..], &new[..]) {
        return Ok(old.into_iter().zip(new).collect());
    }
    for (results, others) in [(&old, &new), (&new, &old)] {
        let alone: Vec<&Saved> = results.iter().filter(|saved| !has(others, saved)).collect();
        if let (Some(first), Some(other)) = (alone.first(), others.first()) {
            let names = alone.iter().map(|saved| saved.document.query.name.as_str());
            let message = format!("only `{}` has a result of {}", first.file, text::listed(names));
            let help = Some(format!("`{}` has to have one as well", other.file));
            return Err(BadFlag { message, help });
        }
    }
    let pair = |new: Saved| {
        let index = old.iter().position(|saved| saved.document.query.name == new.document.query.name)?;
        Some((old.swap_remove(index), new))
    };
    Ok(new.into_iter().filter_map(pair).collect())
}

/// Whether one of them is of the same query.
fn has(results: &[Saved], wanted: &Saved) -> bool {
    results.iter().any(|saved| saved.document.query.name == wanted.document.query.name)
}

//! Reports on their way to where they belong, and what is told of it.

use crate::check::diff::Kind;
use crate::cli::exit::Exit;
use crate::cli::signal::Signals;
use crate::cli::stream::Console;
use crate::project::Project;
use crate::report::sink::{self, Waiting};
use crate::report::{Company, Document, Prepared, ReportError, Staged, Target};
use crate::text::{self, counted};

/// Puts the files of a query or result in place. What is withheld is named. Gives what is left to be copied.
pub(super) fn publish(
    (outputs, reports): (&[Prepared], Result<Staged, ReportError>),
    project: &Project,
    signals: &Signals,
    console: &mut Console<'_, '_>,
) -> (Exit, Vec<Waiting>) {
    let failed = |error: &dyn std::fmt::Display, console: &mut Console<'_, '_>| {
        console.error(error, None);
        name_left_files(outputs, project, console);
        (Exit::Output, Vec::new())
    };
    let Staged { drafts, withheld } = match reports {
        Ok(staged) => staged,
        Err(error) => return failed(&error, console),
    };
    if !withheld.is_empty() {
        let names: Vec<String> = withheld.iter().map(|target| named(target, project)).collect();
        let (forms, them) = if names.len() == 1 { ("its form", "it") } else { ("their forms", "them") };
        let names = text::listed(names.iter().map(String::as_str));
        console.note(
            "withheld",
            format!("{names}: {forms} cannot say that the list may be short; --allow-partial takes {them}"),
        );
        name_left_files(outputs, project, console);
    }
    if signals.came().is_some() {
        return (Exit::Clean, Vec::new());
    }
    match sink::publish(drafts) {
        Ok(waiting) => (Exit::Clean, waiting),
        Err(error) => failed(&error, console),
    }
}

/// A target in a sentence.
fn named(target: &Target, project: &Project) -> String {
    match target {
        Target::Stdout => "stdout".to_owned(),
        Target::File(path) | Target::End(path) => project.shown(path),
    }
}

/// Copies what waits for it. The exit code is that of the writing.
pub(super) fn copy(waiting: Vec<Waiting>, console: &mut Console<'_, '_>) -> Exit {
    let mut exit = Exit::Clean;
    for waiting in waiting {
        if let Err(error) = waiting.copy(console.world.stdout) {
            console.error(&error, None);
            exit = Exit::Output;
        }
    }
    exit
}

/// Files of an earlier run, which now look newer than they are.
pub(super) fn name_left_files(outputs: &[Prepared], project: &Project, console: &mut Console<'_, '_>) {
    let files = outputs.iter().filter_map(|output| match &output.target {
        Target::File(path) => Some(path),
        Target::Stdout | Target::End(_) => None,
    });
    let left: Vec<_> = files.filter(|path| path.is_file()).collect();
    for path in left {
        console.note("note", format!("`{}` is from an earlier run", project.shown(path)));
    }
}

/// `142 tokens, 2 listings, 3 pages, complete`, behind the query's name where there are several. Of differences, how many there are.
pub(super) fn summary(document: &Document, company: Company) -> String {
    let name = match company {
        Company::Several => format!("{}: ", document.query.name),
        Company::Alone => String::new(),
    };
    let sandbox = if document.run.sandbox { ", sandbox data" } else { "" };
    let since = match &document.diff {
        Some(diff) if diff.only => {
            return format!("{name}{}, {}{sandbox}", diff.counts(), document.run.verdict);
        }
        Some(diff) => format!(", {} since {}", diff.counts(), diff.old.started_at),
        None => String::new(),
    };
    let shown = counted(document.count, "token");
    let of = if document.count == document.total { String::new() } else { format!(" of {}", document.total) };
    let portals = document.portals.len();
    let portals = if portals > 1 { format!("{}, ", counted(portals, "portal")) } else { String::new() };
    let pages: u32 = document.listings.iter().map(|listing| listing.pages).sum();
    let shard = document.run.shard.as_ref().map_or_else(String::new, |shard| format!(", {}", shard.name()));
    format!(
        "{name}{shown}{of}, {portals}{}, {}, {}{shard}{sandbox}{}{since}",
        counted(document.listings.len(), "listing"),
        counted(pages as usize, "page"),
        document.run.verdict,
        found(document),
    )
}

/// `, 3 findings, 1 waived` of a query that expects something.
fn found(document: &Document) -> String {
    // What is different from an earlier result is counted by itself.
    let own = |id: &str| Kind::of(id).is_none();
    if !document.query.expect.iter().any(|expected| own(&expected.id)) {
        return String::new();
    }
    let findings = document.findings.iter().filter(|finding| own(&finding.id)).count();
    let waived = match document.waived.len() {
        0 => String::new(),
        waived => format!(", {waived} waived"),
    };
    format!(", {}{waived}", counted(findings, "finding"))
}

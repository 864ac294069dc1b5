//! `lmq list`: what the query files of a project are.

use serde::Serialize;

use crate::cli::args::{Form, ListArgs};
use crate::cli::check::{self, Request};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::report::grid;
use crate::run::Job;
use crate::spec::{Destination, Missing, Output, OutputKind, Query, TokenKind};
use crate::text;

/// A query, for programs.
#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    description: Option<&'a str>,
    tags: &'a [String],
    file: &'a str,
    endpoint: &'static str,
    r#type: &'static str,
    outputs: Vec<OutputEntry<'a>>,
}

#[derive(Serialize)]
struct OutputEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
    /// Null: stdout.
    to: Option<String>,
}

/// Lists the queries. Files with mistakes are told as `validate` tells them, and then nothing is listed: a list that leaves
/// queries out looks like a whole one.
pub(in crate::cli) fn run(args: &ListArgs, console: &mut Console<'_, '_>) -> Exit {
    let request = Request {
        paths: &args.paths,
        tag: &args.tag,
        exclude: &args.exclude,
        given: Given { missing: Missing::StandIn, ..Given::default() },
        ..Request::default()
    };
    let checked = check::check(&request, console);
    let (_, jobs) = match checked.and_then(|checked| checked.all_valid("nothing is listed", console)) {
        Ok(valid) => valid,
        Err(exit) => return exit,
    };
    let entries: Vec<Entry<'_>> = jobs.iter().map(entry).collect();
    let text = match args.format {
        Form::Table => table(&entries, console.world.stdout_width),
        Form::Json => {
            let json = serde_json::to_string_pretty(&entries).expect("strings are JSON");
            text::inert_json(&json).into_owned() + "\n"
        }
    };
    console.result(&text)
}

fn entry(job: &Job) -> Entry<'_> {
    let query = &job.query;
    Entry {
        name: &query.name,
        description: query.description.as_deref(),
        tags: &query.tags,
        file: &query.source.name,
        endpoint: query.endpoint.path,
        r#type: kind(query),
        outputs: query.outputs.iter().map(output).collect(),
    }
}

/// The value of `type`.
fn kind(query: &Query) -> &'static str {
    match query.kinds[..] {
        [TokenKind::Lmv1] => "lmv1",
        [TokenKind::Bearer] => "bearer",
        _ => "all",
    }
}

fn output(output: &Output) -> OutputEntry<'_> {
    let (format, template) = match &output.kind {
        OutputKind::Format(format) => (Some(format.name()), None),
        OutputKind::Template(template) => (None, Some(template.as_str())),
    };
    let to = match &output.to {
        Destination::Stdout => None,
        Destination::Project(to) => Some(to.clone()),
        Destination::Path(path) => Some(path.to_string_lossy().into_owned()),
    };
    OutputEntry { format, template, to }
}

fn table(entries: &[Entry<'_>], width: Option<u16>) -> String {
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let outputs: Vec<String> = entry.outputs.iter().map(shown).collect();
            vec![
                entry.name.to_owned(),
                entry.tags.join(", "),
                text::one_line(entry.description.unwrap_or_default()),
                outputs.join(", "),
                entry.file.to_owned(),
            ]
        })
        .collect();
    grid(&["NAME", "TAGS", "DESCRIPTION", "OUTPUTS", "FILE"], &rows, width)
}

fn shown(output: &OutputEntry<'_>) -> String {
    let what = output.format.or(output.template).unwrap_or_default();
    output.to.as_ref().map_or_else(|| what.to_owned(), |to| format!("{what} > {to}"))
}

//! `output`: formats, templates and where they go.

use std::collections::HashMap;

use super::columns;
use super::format::Format;
use super::query::{Destination, Output, OutputKind};
use crate::catalog::Endpoint;
use crate::diag::Code;
use crate::text;
use crate::yaml::Place;
use crate::yaml::{At, Entries, Mistake, Reader};

const KEYS: &[&str] = &["format", "template", "to", "columns"];

/// The outputs; a table on stdout where the query names none.
pub(super) fn outputs(
    reader: &mut Reader,
    keys: &Entries<'_>,
    endpoint: &Endpoint,
    unknown: &[String],
) -> Vec<Output> {
    let Some(at) = keys.value("output") else { return vec![table()] };
    let items = at.items();
    if items.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty list, expected an output", &at.place));
    }
    let outputs: Vec<Output> =
        items.iter().filter_map(|item| output(reader, item, endpoint, unknown)).collect();
    check_together(reader, &outputs);
    outputs
}

fn table() -> Output {
    Output {
        kind: OutputKind::Format(Format::Table),
        to: Destination::Stdout,
        columns: None,
        place: Place::default(),
        to_place: Place::default(),
    }
}

fn output(reader: &mut Reader, item: &At<'_>, endpoint: &Endpoint, unknown: &[String]) -> Option<Output> {
    let keys = reader.entries(item, KEYS, "a map with `format` or `template`");
    let to = keys.value("to").and_then(|at| reader.text(at, "a path"));
    let to = to.map_or(Destination::Stdout, Destination::Project);
    let to_place = keys.value("to").map_or_else(|| item.place.clone(), |at| at.place.clone());
    let columns = keys.value("columns").map(|at| columns::list(reader, at, endpoint, unknown));
    let (kind, place) = match (keys.value("format"), keys.value("template")) {
        (Some(format), Some(_)) => {
            let place = keys.key_place("template").unwrap_or(&item.place);
            let mistake = Mistake::new(Code::Conflict, "both `format` and `template`", place);
            reader.push(mistake.related(&format.place, "the format").help("write two outputs"));
            return None;
        }
        (Some(at), None) => (OutputKind::Format(format(reader, at)?), at.place.clone()),
        (None, Some(at)) => (OutputKind::Template(template(reader, at)?), at.place.clone()),
        (None, None) => {
            if matches!(item.node, crate::yaml::Node::Map(_)) {
                let mistake =
                    Mistake::new(Code::MissingKey, "an output without `format` or `template`", &item.place);
                let formats = text::listed(Format::ALL.iter().map(|format| format.name()));
                reader.push(mistake.help(format!("formats: {formats}")));
            }
            return None;
        }
    };
    Some(Output { kind, to, columns, place, to_place })
}

fn format(reader: &mut Reader, at: &At<'_>) -> Option<Format> {
    let choices: Vec<_> = Format::ALL.iter().map(|format| (format.name(), *format)).collect();
    reader.choice(at, &choices)
}

fn template(reader: &mut Reader, at: &At<'_>) -> Option<String> {
    let name = reader.text(at, "the name of a template")?;
    if std::path::Path::new(&name).extension().is_none_or(|suffix| suffix != "hbs") {
        let message = format!("`{}` is no template", text::shortened(&name, 60));
        let help = "templates end in `.hbs`; what stands before it decides the escaping: `.html.hbs`, `.md.hbs`, `.csv.hbs`";
        reader.push(Mistake::new(Code::BadValue, message, &at.place).help(help));
        return None;
    }
    Some(name)
}

/// One output a path, and one on stdout.
fn check_together(reader: &mut Reader, outputs: &[Output]) {
    let mut first_to: HashMap<&Destination, &Output> = HashMap::new();
    for output in outputs {
        let first = *first_to.entry(&output.to).or_insert(output);
        if std::ptr::eq(first, output) {
            continue;
        }
        let mistake = match &output.to {
            Destination::Project(to) => {
                let message = format!("two outputs go to `{}`", text::shortened(to, 60));
                let mistake = Mistake::new(Code::SameTarget, message, &output.to_place);
                mistake.related(&first.to_place, "the first")
            }
            Destination::Stdout | Destination::Path(_) => {
                let mistake = Mistake::new(Code::SameTarget, "two outputs go to stdout", &output.place);
                mistake.related(&first.place, "the first").help("give one of them a `to`")
            }
        };
        reader.push(mistake);
    }
}

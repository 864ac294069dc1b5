//! `lmq fields`: what can be named in a query, and what can be done with it.

use serde::Serialize;

use crate::catalog::{ENDPOINTS, Endpoint, Field, Origin, Pushdown};
use crate::cli::args::{FieldsArgs, Form};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::filter;
use crate::report::grid;
use crate::text;

/// An endpoint, for programs.
#[derive(Serialize)]
struct EndpointEntry {
    endpoint: &'static str,
    short: &'static str,
    title: &'static str,
    fields: Vec<FieldEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldEntry {
    name: &'static str,
    r#type: &'static str,
    meaning: &'static str,
    derived: bool,
    /// The field it is made of; null: the listing itself, or the API sends it.
    derived_from: Option<&'static str>,
    default: bool,
    operators: Vec<&'static str>,
    sent: Vec<&'static str>,
}

/// Lists the fields of the endpoints with that path or short name, of all without one.
pub(in crate::cli) fn run(args: &FieldsArgs, console: &mut Console<'_, '_>) -> Exit {
    let endpoints: Vec<&Endpoint> = match &args.endpoint {
        None => ENDPOINTS.iter().collect(),
        Some(word) => {
            let path = word.trim_start_matches("/santaba/rest");
            ENDPOINTS.iter().filter(|endpoint| endpoint.path == path || endpoint.short == word).collect()
        }
    };
    if let (true, Some(word)) = (endpoints.is_empty(), &args.endpoint) {
        return unknown(word, console);
    }
    let text = match args.format {
        Form::Table => tables(&endpoints, console.world.stdout_width),
        Form::Json => {
            let entries: Vec<EndpointEntry> = endpoints.iter().map(|endpoint| entry(endpoint)).collect();
            serde_json::to_string_pretty(&entries).expect("strings are JSON") + "\n"
        }
    };
    console.result(&text)
}

fn unknown(word: &str, console: &mut Console<'_, '_>) -> Exit {
    let names = ENDPOINTS.iter().flat_map(|endpoint| [endpoint.path, endpoint.short]);
    let help = match text::nearest(word, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("endpoints: {}, or `apitokens`", text::listed(ENDPOINTS.iter().map(|it| it.path))),
    };
    console.error(format!("unknown endpoint `{}`", text::shortened(word, 60)), Some(&help));
    Exit::Usage
}

fn entry(endpoint: &Endpoint) -> EndpointEntry {
    EndpointEntry {
        endpoint: endpoint.path,
        short: endpoint.short,
        title: endpoint.title,
        fields: endpoint.fields.iter().map(field).collect(),
    }
}

fn field(field: &Field) -> FieldEntry {
    let derived_from = match field.origin {
        Origin::Derived(from) if !from.is_empty() => Some(from),
        Origin::Derived(_) | Origin::Api => None,
    };
    FieldEntry {
        name: field.name,
        r#type: field.kind.name(),
        meaning: field.meaning,
        derived: !field.is_api(),
        derived_from,
        default: field.is_api() && !field.secret,
        operators: filter::operators_of(field),
        sent: filter::sent_operators_of(field),
    }
}

/// One table for all endpoints that have the same fields.
fn tables(endpoints: &[&Endpoint], width: Option<u16>) -> String {
    let mut out = String::new();
    let mut left = endpoints.to_vec();
    while let Some(first) = left.first().copied() {
        let (same, others): (Vec<&Endpoint>, Vec<&Endpoint>) =
            left.iter().partition(|other| other.fields == first.fields);
        for endpoint in same {
            out = out + endpoint.title + ": " + endpoint.path + " (`" + endpoint.short + "`)\n";
        }
        let rows: Vec<Vec<String>> = first.fields.iter().map(row).collect();
        out.push('\n');
        out += &grid(&["FIELD", "TYPE", "FROM", "OPERATORS", "SENT", "MEANING"], &rows, width);
        left = others;
    }
    out + "\nFROM: the API sends it, or lmq derives it, some of another field.\n\
           OPERATORS: what a condition in `filters` may say.\n\
           SENT: what of it `pushdown: safe` lets the portal decide; lmq decides the rest, and all of it again.\n"
}

fn row(field: &Field) -> Vec<String> {
    let from = match field.origin {
        Origin::Api => "API".to_owned(),
        Origin::Derived("") => "derived".to_owned(),
        Origin::Derived(from) => format!("derived: {from}"),
    };
    let none = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let plain = if field.pushdown == Pushdown::PlainText { " (plain ASCII)" } else { "" };
    vec![
        field.name.to_owned(),
        field.kind.name().to_owned(),
        from,
        none(filter::operators_of(field).join(" ")),
        none(filter::sent_operators_of(field).join(" ") + plain),
        field.meaning.to_owned(),
    ]
}

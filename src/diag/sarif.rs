//! Diagnostics as SARIF 2.1.0, for code scanning. Plain structures: the part of the standard that is needed fits on a page.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Code, Diagnostic, Label, Root};
use crate::text;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    /// Columns count characters, not UTF-16 units.
    column_kind: &'static str,
    results: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: String,
    short_description: Message,
    help: Message,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'a str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the standard's names")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// All diagnostics as one log with one run. `digest` makes a short text of a long one, the same for the same; the
/// fingerprint made with it stays when other lines of the file move.
///
/// # Panics
/// Never: strings and numbers are JSON.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], root: &Root, digest: fn(&str) -> String) -> String {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let results = diagnostics
        .iter()
        .map(|diagnostic| {
            let identity = identity(diagnostic, root);
            let count = seen.entry(identity.clone()).or_default();
            *count += 1;
            found(diagnostic, root, digest(&format!("{identity}\n{count}")))
        })
        .collect();
    let driver = Driver {
        name: "lmq",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: Code::ALL.iter().copied().map(rule).collect(),
    };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    let text = serde_json::to_string_pretty(&log).expect("strings and numbers are JSON");
    text::inert_json(&text).into_owned() + "\n"
}

fn rule(code: Code) -> Rule {
    let meaning = Message { text: code.meaning().to_owned() };
    Rule {
        id: code.as_str(),
        name: format!("{code:?}"),
        short_description: meaning,
        help: Message {
            text: format!("{}: {}. Each result says what to do.", code.as_str(), code.meaning()),
        },
        default_configuration: Configuration { level: code.severity().name() },
    }
}

/// What makes a result the same one in the next run: code, file and the words of the line, not its number.
fn identity(diagnostic: &Diagnostic, root: &Root) -> String {
    let source = &diagnostic.primary.source;
    let line = source.line(diagnostic.primary.region().line).trim();
    [diagnostic.code.as_str(), &root.path(&source.name), line, &diagnostic.message].join("\n")
}

fn found<'a>(diagnostic: &Diagnostic, root: &Root, fingerprint: String) -> Found<'a> {
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
    let related = diagnostic.related.iter().enumerate();
    Found {
        rule_id: diagnostic.code.as_str(),
        rule_index: Code::ALL.iter().position(|code| *code == diagnostic.code).unwrap_or_default(),
        level: diagnostic.severity.name(),
        message: Message { text: std::iter::once(diagnostic.message.clone()).chain(help).collect() },
        locations: [location(&diagnostic.primary, root, None)],
        related_locations: related.map(|(index, label)| location(label, root, Some(index + 1))).collect(),
        partial_fingerprints: BTreeMap::from([("lmq/v1", fingerprint)]),
    }
}

fn location(label: &Label, root: &Root, id: Option<usize>) -> Location {
    let region = label.region();
    let uri = root.uri(&label.source.name);
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri.text,
                uri_base_id: uri.relative.then_some("%SRCROOT%"),
            },
            region: Region {
                start_line: region.line,
                start_column: region.column,
                end_line: region.end_line,
                end_column: region.end_column,
            },
        },
        message: (!label.message.is_empty()).then(|| Message { text: label.message.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::super::Source;
    use super::*;

    fn fingerprints(text: &str) -> Vec<String> {
        let source = Source::new("q.yaml", text);
        let at = |needle| text.match_indices(needle).map(|(at, _)| at);
        let diagnostics: Vec<Diagnostic> = at("colour")
            .map(|at| Diagnostic::new(Code::UnknownKey, "unknown key", Label::new(&source, at..at + 6)))
            .collect();
        let root = Root::new(Path::new("/r"), Path::new("/r"));
        let log: Value = serde_json::from_str(&sarif(&diagnostics, &root, str::to_owned)).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("a list").clone();
        results.iter().map(|result| result["partialFingerprints"]["lmq/v1"].to_string()).collect()
    }

    #[test]
    fn fingerprints_stay_when_lines_move_and_differ_in_one_file() {
        let before = fingerprints("colour: x\ncolour: x\n");
        assert_eq!(before, fingerprints("# new\n\n  colour: x\ncolour: x\n"));
        assert_ne!(before[0], before[1]);
        assert_ne!(before[0], fingerprints("colour: y\n")[0]);
    }
}

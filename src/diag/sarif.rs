//! Diagnostics as SARIF, for code scanning.

use std::collections::BTreeMap;

use super::log::{Configuration, Driver, Found, Location, Log, Message, Region, Rule, Run, Tool};
use super::{Code, Diagnostic, Label, Root};

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
    let rules = Code::ALL.iter().copied().map(rule).collect();
    Log::new(Run { tool: Tool { driver: Driver::new(rules) }, results, ..Run::default() }).text()
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.as_str().to_owned(),
        name: format!("{code:?}"),
        short_description: Message::new(code.meaning()),
        help: Message::new(format!("{}: {}. Each result says what to do.", code.as_str(), code.meaning())),
        default_configuration: Configuration { level: code.severity().name() },
    }
}

/// What makes a result the same one in the next run: code, file and the words of the line, not its number.
fn identity(diagnostic: &Diagnostic, root: &Root) -> String {
    let source = &diagnostic.primary.source;
    let line = source.line(diagnostic.primary.region().line).trim();
    [diagnostic.code.as_str(), &root.path(&source.name), line, &diagnostic.message].join("\n")
}

fn found(diagnostic: &Diagnostic, root: &Root, fingerprint: String) -> Found {
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
    let related = diagnostic.related.iter().enumerate();
    let related = related.map(|(index, label)| Location { id: Some(index + 1), ..location(label, root) });
    Found {
        rule_id: diagnostic.code.as_str().to_owned(),
        rule_index: Code::ALL.iter().position(|code| *code == diagnostic.code).unwrap_or_default(),
        level: diagnostic.severity.name(),
        message: Message::new(std::iter::once(diagnostic.message.clone()).chain(help).collect::<String>()),
        locations: [location(&diagnostic.primary, root)],
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([("lmq/v1", fingerprint)]),
        suppressions: None,
    }
}

fn location(label: &Label, root: &Root) -> Location {
    let message = (!label.message.is_empty()).then(|| Message::new(&label.message));
    Location { message, ..Location::new(root, &label.source.name, Region::from(label.region())) }
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

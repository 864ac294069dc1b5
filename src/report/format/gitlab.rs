//! GitLab's code quality report: a list of findings, which a merge request compares with those of its target by their fingerprints.
//! It has findings and nothing else, so what must be said of the run is an entry too.

use std::io::Write;

use serde::Serialize;

use super::case;
use super::{FormatError, Report, View};
use crate::auth::sha256_hex;
use crate::check::Severity;
use crate::text;

pub(super) struct Gitlab;

#[derive(Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

impl Report for Gitlab {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let document = view.document;
        let incomplete = case::reasons(view).map(|reasons| {
            let told = format!("INCOMPLETE: the list may be short: {}", reasons.join("; "));
            of_run("incomplete", told, "critical", view)
        });
        let name = |id: &str| format!("{}/{id}", document.query.name);
        let at = |place: &crate::check::FindingPlace| Location {
            path: view.root.path(&place.file),
            lines: Lines { begin: place.line },
        };
        let findings = case::worst_first(view).into_iter().map(|finding| Entry {
            description: case::told(finding, view),
            check_name: name(&finding.id),
            fingerprint: finding.fingerprint.clone(),
            severity: severity(finding.severity),
            location: at(&finding.place),
        });
        let waived = document.waived.iter().map(|finding| Entry {
            description: case::told_waived(finding, view),
            check_name: name(&finding.id),
            fingerprint: finding.fingerprint.clone(),
            severity: "info",
            location: at(&finding.place),
        });
        let warnings = case::warnings(view);
        let warned = (!warnings.is_empty()).then(|| of_run("warnings", warnings.join("; "), "minor", view));
        let remarks = case::remarks(view).into_iter();
        let remarks = remarks.map(|(what, remark)| of_run(what, remark, "info", view));
        let entries: Vec<Entry> =
            incomplete.into_iter().chain(findings).chain(waived).chain(warned).chain(remarks).collect();
        let json = serde_json::to_string_pretty(&entries).expect("strings and numbers are JSON");
        writeln!(out, "{}", text::inert_json(&json))?;
        Ok(())
    }
}

/// An entry about the run, the same one in every run of the query.
fn of_run(what: &str, description: String, severity: &'static str, view: &View<'_>) -> Entry {
    let query = &view.document.query;
    Entry {
        description,
        check_name: format!("{}/{what}", query.name),
        fingerprint: sha256_hex(&format!("{}\n{what}", query.name)),
        severity,
        location: Location { path: view.root.path(&query.file), lines: Lines { begin: 1 } },
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

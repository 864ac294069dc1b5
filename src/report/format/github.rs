//! Workflow commands of GitHub Actions, which make annotations. GitHub shows ten of a kind a step, so at most ten are made, the worst
//! first; the last of them counts what has none of its own.

use std::io::Write;

use super::case;
use super::{FormatError, Report, View};
use crate::check::{Finding, Severity};
use crate::diag::{Annotation, Level, Region};
use crate::text::counted;

pub(super) struct Github;

/// Most annotations of a query. An eleventh error would be one that nobody is shown.
const MOST: usize = 10;

/// Most waived findings that are told by name.
const MOST_WAIVED: usize = 20;

impl Report for Github {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let query = &view.document.query;
        let mut left = MOST;
        if let Some(reasons) = case::reasons(view) {
            let start = Region { line: 1, column: 1, end_line: 1, end_column: 1 };
            let annotation = Annotation {
                level: Level::Error,
                place: Some((&query.file, start)),
                title: &format!("{}: INCOMPLETE", query.name),
                message: &format!("the list may be short\n{}", reasons.join("\n")),
            };
            out.write_all(annotation.line(view.root).as_bytes())?;
            left -= 1;
        }
        let findings = case::worst_first(view);
        if findings.len() > left || !remainder(&[], view).is_empty() {
            left -= 1;
        }
        let (shown, rest) = findings.split_at(findings.len().min(left));
        for finding in shown {
            let annotation = Annotation {
                level: level(finding.severity),
                place: Some((&finding.place.file, case::region(&finding.place))),
                title: &format!("{}/{}", query.name, finding.id),
                message: &case::told(finding, view),
            };
            out.write_all(annotation.line(view.root).as_bytes())?;
        }
        let message = remainder(rest, view);
        if !message.is_empty() {
            let level = rest.first().map_or(Level::Notice, |finding| level(finding.severity));
            let annotation =
                Annotation { level, place: None, title: &query.name, message: &message.join("\n") };
            out.write_all(annotation.line(view.root).as_bytes())?;
        }
        Ok(())
    }
}

/// What has no annotation of its own.
fn remainder(rest: &[&Finding], view: &View<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if !rest.is_empty() {
        let of = |severity| rest.iter().filter(|finding| finding.severity == severity).count();
        let counts = Severity::ALL.map(|severity| (of(severity), severity.name()));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, name)| format!("{count} {name}")).collect();
        lines.push(format!("and {} ({})", counted(rest.len(), "more finding"), counts.join(", ")));
    }
    let waived = &view.document.waived;
    lines.extend(waived.iter().take(MOST_WAIVED).map(|finding| case::told_waived(finding, view)));
    if waived.len() > MOST_WAIVED {
        lines.push(format!("and {} more waived", waived.len() - MOST_WAIVED));
    }
    lines.extend(case::warnings(view));
    if view.document.run.sandbox {
        lines.push(case::SANDBOX.to_owned());
    }
    lines
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Notice,
    }
}

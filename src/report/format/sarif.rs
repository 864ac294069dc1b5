//! SARIF 2.1.0: the expectations are rules, the findings results, each at the place in the query file that asks for it.

use std::collections::BTreeMap;
use std::io::Write;

use super::case::{self, Case};
use super::{FormatError, Report, View};
use crate::check::diff::Kind;
use crate::check::{Finding, Severity};
use crate::diag::log::{
    Automation, Configuration, Driver, Found, Invocation, Location, Log, Message, Notification, Region, Rule,
    Run, Suppression, Tool,
};

pub(super) struct Sarif;

impl Report for Sarif {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let cases = case::cases(view);
        let rules = cases.iter().map(|case| rule(case, view)).collect();
        let results = cases.iter().enumerate().flat_map(|(index, case)| {
            let findings = case.findings.iter().chain(&case.waived);
            findings.map(move |finding| found(finding, index, view))
        });
        let run = Run {
            tool: Tool { driver: Driver::new(rules) },
            automation_details: Some(Automation { id: format!("lmq/{}/", view.document.query.name) }),
            invocations: vec![invocation(view)],
            results: results.collect(),
            ..Run::default()
        };
        out.write_all(Log::new(run).text().as_bytes())?;
        Ok(())
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(case: &Case<'_>, view: &View<'_>) -> Rule {
    let query = &view.document.query;
    if let Some(kind) = Kind::of(case.id) {
        return difference(case, kind, &query.name);
    }
    let about = query.description.as_ref().map(|description| format!(" ({description})")).unwrap_or_default();
    let help = format!(
        "A finding stays until the token changes, or until a waiver accepts it. The expectation is in {}, line {}.",
        view.root.path(&case.place.file),
        case.place.line
    );
    Rule {
        id: case.id.to_owned(),
        name: case.id.to_owned(),
        short_description: Message::new(case::clean(
            &format!("What `{}` of the query {} expects{about}", case.id, query.name),
            view,
        )),
        help: Message::new(help),
        default_configuration: Configuration { level: level(case.severity) },
    }
}

/// The rule whose results are differences.
fn difference(case: &Case<'_>, kind: Kind, query: &str) -> Rule {
    let name = kind.name();
    Rule {
        id: case.id.to_owned(),
        name: case.id.to_owned(),
        short_description: Message::new(format!(
            "Tokens {name} since the earlier result of the query {query}"
        )),
        help: Message::new("A difference stays until the result is compared with a later one.".to_owned()),
        default_configuration: Configuration { level: level(case.severity) },
    }
}

fn found(finding: &Finding, rule_index: usize, view: &View<'_>) -> Found {
    let suppression = case::accepted(finding, view).map(|justification| Suppression {
        kind: "external",
        status: "accepted",
        justification,
    });
    let print = &finding.fingerprint;
    Found {
        rule_id: finding.id.clone(),
        rule_index,
        level: level(finding.severity),
        message: Message::new(case::told(finding, view)),
        locations: [Location::new(
            view.root,
            &finding.place.file,
            Region::from(case::region(&finding.place)),
        )],
        related_locations: Vec::new(),
        // Under the second name GitHub looks for it. Without, it would make one of the line, which all findings share.
        partial_fingerprints: BTreeMap::from([
            ("lmq/v1", print.clone()),
            ("primaryLocationLineHash", print.clone()),
        ]),
        suppressions: Some(suppression.into_iter().collect()),
    }
}

fn invocation(view: &View<'_>) -> Invocation {
    let run = &view.document.run;
    let reasons = case::reasons(view);
    let execution_successful = reasons.is_none();
    let told = |level| move |text: String| Notification { level, message: Message::new(text) };
    let reasons = reasons.into_iter().flatten().map(|reason| format!("INCOMPLETE: {reason}"));
    let warnings = run.warnings.iter().map(|warning| case::clean(warning, view));
    let sandbox = run.sandbox.then(|| case::SANDBOX.to_owned());
    let notifications = reasons.map(told("error")).chain(warnings.map(told("warning")));
    Invocation {
        execution_successful,
        start_time_utc: run.started_at.clone(),
        end_time_utc: run.finished_at.clone(),
        tool_execution_notifications: notifications.chain(sandbox.map(told("note"))).collect(),
    }
}

//! What the formats of findings share: findings by expectation, the worst first, and the words for them.

use super::View;
use crate::check::{Finding, FindingPlace, Severity};
use crate::diag::Region;
use crate::report::found;
use crate::text;

/// An expectation with what it found.
pub(super) struct Case<'a> {
    /// Its `id`.
    pub(super) id: &'a str,
    pub(super) severity: Severity,
    pub(super) place: &'a FindingPlace,
    /// What nobody accepts.
    pub(super) findings: Vec<&'a Finding>,
    /// What somebody accepts.
    pub(super) waived: Vec<&'a Finding>,
}

/// All expectations in their order. A finding of one that the query does not list, as a result from elsewhere may have it, makes
/// one: no finding is left out.
pub(super) fn cases<'a>(view: &View<'a>) -> Vec<Case<'a>> {
    let document = view.document;
    let listed =
        document.query.expect.iter().map(|expected| (&expected.id, expected.severity, &expected.place));
    let found = document.findings.iter().chain(&document.waived);
    let found = found.map(|finding| (&finding.id, finding.severity, &finding.place));
    let mut cases: Vec<Case<'a>> = Vec::new();
    for (id, severity, place) in listed.chain(found) {
        if !cases.iter().any(|case| case.id == id) {
            cases.push(Case { id, severity, place, findings: Vec::new(), waived: Vec::new() });
        }
    }
    for case in &mut cases {
        case.findings = document.findings.iter().filter(|finding| finding.id == case.id).collect();
        case.waived = document.waived.iter().filter(|finding| finding.id == case.id).collect();
    }
    cases
}

/// The findings that nobody accepts, the worst first.
pub(super) fn worst_first<'a>(view: &View<'a>) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = view.document.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// What a finding says, with its portal where there are several.
pub(super) fn told(finding: &Finding, view: &View<'_>) -> String {
    let portal = match view.document.whole() {
        0 | 1 => String::new(),
        _ => format!("{}: ", finding.portal),
    };
    clean(&format!("{portal}{}", finding.message), view)
}

/// What a finding that somebody accepts says.
pub(super) fn told_waived(finding: &Finding, view: &View<'_>) -> String {
    match accepted(finding, view) {
        Some(accepted) => format!("{} ({accepted})", told(finding, view)),
        None => told(finding, view),
    }
}

/// Until when, by whom and why a finding is accepted.
pub(super) fn accepted(finding: &Finding, view: &View<'_>) -> Option<String> {
    found::accepted(finding).map(|accepted| clean(&accepted, view))
}

/// Why the run is incomplete, or nothing where it is not.
pub(super) fn reasons(view: &View<'_>) -> Option<Vec<String>> {
    let run = &view.document.run;
    view.document.is_incomplete().then(|| run.reasons.iter().map(|reason| clean(reason, view)).collect())
}

/// What is odd about a run that need not be short, such as a waiver that has expired.
pub(super) fn warnings(view: &View<'_>) -> Vec<String> {
    let warnings = view.document.run.warnings.iter();
    warnings.map(|warning| clean(&format!("warning: {warning}"), view)).collect()
}

/// A text without secrets, before its escapes can hide them, and inert.
pub(super) fn clean(text: &str, view: &View<'_>) -> String {
    text::inert(&view.redactor.text(text)).into_owned()
}

/// Where the query file asks for it.
pub(super) fn region(place: &FindingPlace) -> Region {
    let FindingPlace { line, column, end_line, end_column, .. } = *place;
    Region { line, column, end_line, end_column }
}

/// That this is a part of a run, or that rows are made up, for a reader who sees nothing else of the run: a word for it, and what
/// is said.
pub(super) fn remarks(view: &View<'_>) -> Vec<(&'static str, String)> {
    let run = &view.document.run;
    let shard = run.shard.as_ref().map(|shard| ("shard", format!("{}: {}", shard.name(), shard.covered())));
    let sandbox = run.sandbox.then(|| ("sandbox", "sandbox data: these tokens are made up".to_owned()));
    shard.into_iter().chain(sandbox).collect()
}

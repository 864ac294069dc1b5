//! Findings in reports: which row has which, and the lines that tell them to people.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::document::Document;
use crate::check::Finding;
use crate::row::{Cell, Row};
use crate::text;

/// What the column and the member of findings are called.
pub(super) const FINDINGS: &str = "findings";

/// The findings of each row, by what tells rows apart.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    /// The cells of portal, kind and id.
    cells: [Option<usize>; 3],
    by_row: HashMap<Key, Vec<SmolStr>>,
}

/// Portal, kind and id.
type Key = (SmolStr, SmolStr, Option<i64>);

impl Found {
    /// Those of a document, of a query that expects something.
    pub(super) fn of_document(document: &Document) -> Option<Self> {
        if !document.has_findings() {
            return None;
        }
        let cells = ["portal", "tokenType", "id"].map(|name| document.records.layout.index(name));
        let mut by_row: HashMap<Key, Vec<SmolStr>> = HashMap::new();
        for finding in document.findings.iter().chain(&document.waived) {
            let Some(kind) = &finding.token_type else { continue };
            let shown = match finding.waiver {
                Some(_) => format!("{} (waived)", finding.id),
                None => finding.id.clone(),
            };
            let key = (finding.portal.as_str().into(), kind.as_str().into(), finding.token_id);
            by_row.entry(key).or_default().push(shown.into());
        }
        Some(Self { cells, by_row })
    }

    /// The ids of the expectations that a row breaks.
    pub(super) fn of(&self, row: &Row) -> Cell {
        let text = |index: Option<usize>| match index.map(|index| row.cell(index)) {
            Some(Cell::Text(text)) => text.clone(),
            _ => SmolStr::default(),
        };
        let [portal, kind, id] = self.cells;
        let key = (text(portal), text(kind), id.and_then(|index| row.cell(index).as_int()));
        Cell::List(self.by_row.get(&key).cloned().unwrap_or_default().into())
    }
}

/// `severity: message (id)`, behind the portal where there are several, and what a waiver says.
pub(super) fn line(finding: &Finding, document: &Document) -> String {
    let portal = if document.portals.len() > 1 { format!("{}: ", finding.portal) } else { String::new() };
    let severity = finding.severity.name();
    format!("{severity}: {portal}{} ({})", text::one_line(&finding.message), finding.id)
}

/// `accepted by owner until 2026-12-31: reason`, for a finding that is.
pub(super) fn accepted(finding: &Finding) -> Option<String> {
    let waiver = finding.waiver.as_ref()?;
    let (owner, reason) = (text::one_line(&waiver.owner), text::one_line(&waiver.reason));
    Some(format!("accepted by {owner} until {}: {reason}", waiver.expires))
}

//! The document of a comparison: a result with what is different in it, or what is different alone.

use std::sync::Arc;

use super::{Earlier, Incomparable};
use crate::auth::Redactor;
use crate::check::diff::{self, Change, Kind, Listed, Side};
use crate::check::{Extent, Finding, FindingPlace};
use crate::portal::Verdict;
use crate::report::column::{self, Column};
use crate::report::document::diff::{CHANGE, CHANGES, ChangedRecords, Diff, OldInfo};
use crate::report::document::{Document, ListingInfo, Records};
use crate::report::stats::Stats;
use crate::row::{Cell, Layout, Name, Row};
use crate::text;

/// A result of a run, as it was before it was compared with another one, and without these secrets.
pub(super) fn usable(document: Document, file: &str, redactor: &Redactor) -> Result<Document, Incomparable> {
    let file = || format!("`{file}`");
    if document.diff.as_ref().is_some_and(|diff| diff.only) {
        return Err(Incomparable::Differences(file()));
    }
    let document = document.alone();
    let limited = |verdict: &str| verdict == Verdict::Limited.name();
    let mut listings = document.listings.iter().map(|listing| listing.verdict);
    if limited(document.run.verdict) || listings.any(limited) {
        return Err(Incomparable::Limited(file()));
    }
    Ok(document.cleaned(redactor))
}

/// What comes of a comparison.
struct Compared {
    diff: Diff,
    findings: Vec<Finding>,
}

impl Document {
    /// The same held against an earlier result: with what is different, and findings of it at a place of the query.
    ///
    /// # Errors
    /// When the two cannot be compared.
    pub fn against(self, earlier: &Earlier, place: &FindingPlace) -> Result<Self, Incomparable> {
        let Compared { diff, mut findings } = compared(earlier, &self, place)?;
        let mut document = self.doubting(&diff);
        document.query.expect.extend(Kind::ALL.map(|kind| kind.expected(place)));
        document.findings.append(&mut findings);
        document.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        document.diff = Some(diff);
        Ok(document)
    }

    /// What is different from an earlier result and nothing else: a record for each token that is. `file` is what this one is from.
    ///
    /// # Errors
    /// When the two cannot be compared.
    pub fn differences(
        self,
        file: &str,
        earlier: &Earlier,
        redactor: &Redactor,
    ) -> Result<Self, Incomparable> {
        let mut document = usable(self, file, redactor)?;
        let query_file = document.query.file.clone();
        let place = FindingPlace { file: query_file, line: 1, column: 1, end_line: 1, end_column: 1 };
        let Compared { mut diff, findings } = compared(earlier, &document, &place)?;
        diff.only = true;
        document.query.expect = Kind::ALL.map(|kind| kind.expected(&place)).into();
        document.findings = findings;
        document.waived = Vec::new();
        let (records, columns) = records_of(&diff, &document);
        document.query.fields = records.layout.names().iter().map(|name| name.as_str().to_owned()).collect();
        document.columns = columns;
        document.stats = Stats::new(&records.rows, &records.layout);
        (document.total, document.count) = (records.rows.len(), records.rows.len());
        document.records = records;
        let mut document = document.doubting(&diff);
        document.diff = Some(diff);
        Ok(document)
    }

    /// With the doubts of a comparison beside its own.
    fn doubting(mut self, diff: &Diff) -> Self {
        if !diff.reasons.is_empty() {
            self.run.verdict = Verdict::Incomplete.name();
        }
        self.run.reasons.extend_from_slice(&diff.reasons);
        self.run.warnings.extend_from_slice(&diff.warnings);
        self
    }

    /// As its run left it: an earlier comparison that may lack something makes no list short.
    fn alone(mut self) -> Self {
        let Some(diff) = self.diff.take() else { return self };
        let run = &mut self.run;
        without_end(&mut run.warnings, &diff.warnings);
        if without_end(&mut run.reasons, &diff.reasons) && run.reasons.is_empty() {
            let all = [Verdict::Incomplete, Verdict::Limited];
            let has = |verdict: &Verdict| self.listings.iter().any(|own| own.verdict == verdict.name());
            run.verdict = all.into_iter().find(has).unwrap_or(Verdict::Complete).name();
        }
        self.query.expect.retain(|expected| Kind::of(&expected.id).is_none());
        self.findings.retain(|finding| Kind::of(&finding.id).is_none());
        self
    }

    /// As far as a comparison looks at it.
    fn side(&self) -> Side<'_> {
        let incomplete = Verdict::Incomplete.name();
        let listed = |listing: &ListingInfo| listing.verdict == incomplete;
        let extent = |partial: bool| if partial { Extent::Partial } else { Extent::Whole };
        let of_listings: usize = self.listings.iter().map(|listing| listing.reasons.len()).sum();
        // What no listing accounts for is a doubt about all of them.
        let beyond = self.is_incomplete()
            && (self.run.reasons.len() != of_listings || !self.listings.iter().any(listed));
        let listings = self.listings.iter().map(|listing| Listed {
            portal: &listing.portal,
            path: &listing.path,
            kind: listing.kind,
            rows: extent(listed(listing)),
        });
        Side {
            rows: &self.records.rows,
            layout: &self.records.layout,
            listings: listings.collect(),
            run: extent(beyond),
            reasons: &self.run.reasons,
        }
    }

    /// The same without these secrets in its rows: what comes from a file may be from where another one was known.
    fn cleaned(mut self, redactor: &Redactor) -> Self {
        for cell in self.records.rows.iter_mut().flat_map(Row::cells_mut) {
            if let Some(clean) = cleaned(cell, redactor) {
                *cell = clean;
            }
        }
        self
    }
}

/// Takes the last ones off where they are these; says whether there were any.
fn without_end(texts: &mut Vec<String>, end: &[String]) -> bool {
    let is_end = !end.is_empty() && texts.ends_with(end);
    if is_end {
        texts.truncate(texts.len() - end.len());
    }
    is_end
}

/// The cell without secrets, where it has one.
fn cleaned(cell: &Cell, redactor: &Redactor) -> Option<Cell> {
    let text = match cell {
        Cell::Text(text) if redactor.finds(text.as_bytes()) => return Some(Cell::text(&redactor.text(text))),
        Cell::Null | Cell::Bool(_) | Cell::Int(_) | Cell::Text(_) => return None,
        Cell::List(_) | Cell::Other(_) => cell.to_json().to_string(),
    };
    if !redactor.finds(text.as_bytes()) {
        return None;
    }
    let text = redactor.text(&text);
    // What a secret was in may be no JSON without it.
    Some(serde_json::from_str(&text).map_or_else(|_| Cell::text(&text), column::of_json))
}

fn compared(earlier: &Earlier, new: &Document, place: &FindingPlace) -> Result<Compared, Incomparable> {
    earlier.same(new)?;
    let old = &earlier.document;
    let (before, after) = (&old.records.layout, &new.records.layout);
    let chosen = earlier.compare.choose(before.names(), after.names())?;
    let difference = diff::diff(&old.side(), &new.side(), &chosen.fields);
    let findings = diff::findings(&difference, (before, after), &new.query.name, place);
    let records = |rows: Vec<Row>| Records { layout: Arc::clone(after), rows };
    let indexes = before.indexes(after);
    let changed = difference.changed.into_iter().map(|changed| (changed.row.clone(), changed.changes));
    let diff = Diff {
        old: OldInfo {
            file: earlier.file.clone(),
            started_at: old.run.started_at.clone(),
            now: old.run.now,
            verdict: old.run.verdict,
            lmq_version: old.run.lmq_version.clone(),
        },
        only: false,
        fields: chosen.fields,
        added: records(difference.added.into_iter().cloned().collect()),
        removed: records(difference.removed.into_iter().map(|row| row.picked(&indexes)).collect()),
        changed: ChangedRecords { layout: Arc::clone(after), rows: changed.collect() },
        reasons: difference.reasons,
        warnings: chosen.warnings.into_iter().chain(odd(earlier, new)).collect(),
    };
    Ok(Compared { diff, findings })
}

/// What makes two results of a query other ones, besides the tokens.
fn odd(earlier: &Earlier, new: &Document) -> Vec<String> {
    let Earlier { document: old, file, .. } = earlier;
    let mut odd = Vec::new();
    if new.run.now < old.run.now {
        let (before, after) = (&old.run.started_at, &new.run.started_at);
        odd.push(format!(
            "`{file}` is of a later run ({before}) than this result ({after}): what is told as added may have been removed"
        ));
    }
    let permissions = |document: &Document| {
        let mut found: Vec<_> = document.listings.iter().map(|listing| listing.permission).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let other = [
        ("filters", old.query.filter != new.query.filter),
        ("select", old.query.select != new.query.select),
        ("permission", permissions(old) != permissions(new)),
    ];
    let other: Vec<&str> = other.into_iter().filter_map(|(key, other)| other.then_some(key)).collect();
    if !other.is_empty() {
        let keys = text::listed(other);
        odd.push(format!(
            "the query has changed since the earlier result ({keys}): tokens may be told as added or removed because of that"
        ));
    }
    odd
}

/// A record for each difference, with how it differs before and what is another behind its fields; and the columns of that.
fn records_of(diff: &Diff, new: &Document) -> (Records, Vec<Column>) {
    let own = &new.records.layout;
    let names = own.names().iter().filter(|name| ![CHANGE, CHANGES].contains(&name.as_str()));
    let extra = |name: &str| Name::Unknown(name.to_owned());
    let names = std::iter::once(extra(CHANGE)).chain(names.cloned()).chain([extra(CHANGES)]);
    let layout = Layout::new(names.collect());
    let mut indexes = own.indexes(&layout);
    let last = indexes.len() - 1;
    (indexes[0], indexes[last]) = (None, None);
    let record = |row: &Row, kind: Kind, changes: &[Change]| {
        let mut row = row.picked(&indexes);
        row.set(0, Cell::text(kind.name()));
        row.set(last, Cell::List(changes.iter().map(|change| diff::told(change).into()).collect()));
        row
    };
    let added = diff.added.rows.iter().map(|row| record(row, Kind::Added, &[]));
    let removed = diff.removed.rows.iter().map(|row| record(row, Kind::Removed, &[]));
    let changed = diff.changed.rows.iter().map(|(row, changes)| record(row, Kind::Changed, changes));
    let rows = added.chain(removed).chain(changed).collect();
    let column = |name: &str| Column::of_field(name, &layout);
    let columns = new.columns.iter().filter_map(|column| column.moved(own, &layout));
    let columns = column(CHANGE).into_iter().chain(columns).chain(column(CHANGES)).collect();
    (Records { layout, rows }, columns)
}

//! Results held against earlier ones: which can be, and the document that comes of it. What is different is found in `check`.

use std::sync::Arc;

use super::column::{self, Column};
use super::document::diff::{CHANGE, CHANGES, ChangedRecords, Diff, OldInfo};
use super::document::{Document, Records};
use super::stats::Stats;
use crate::auth::Redactor;
use crate::check::diff::{self, Compare, Kind, Listed, Side, Unfit};
use crate::check::{Extent, Finding, FindingPlace};
use crate::portal::{Portal, Verdict};
use crate::row::{Cell, Layout, Name, Row};
use crate::spec::Query;

/// An earlier result, to hold one against.
#[derive(Debug)]
pub struct Earlier {
    document: Document,
    file: String,
    compare: Compare,
}

/// Why two results cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// They are of two queries.
    #[error("the earlier result is of the query `{old}`, and this one of `{new}`")]
    Query {
        /// The earlier one's.
        old: String,
        /// The other's.
        new: String,
    },
    /// A part of the rows that match.
    #[error("{0} is `limited`: which tokens are missing from a part cannot be told")]
    Limited(String),
    /// Differences, and no result of a run.
    #[error("{0} is what `lmq diff` made, and no result of a run")]
    Differences(String),
    /// Made-up tokens and those of a portal.
    #[error("sandbox data is never compared with a real portal's: {0} made up")]
    Sandbox(&'static str),
    /// Two portals of one name.
    #[error("the portal `{name}` was at `{old}` for the earlier result, and is at `{new}` now")]
    Host {
        /// Their name.
        name: String,
        /// Where the one is that the earlier result is of.
        old: String,
        /// Where the other one is.
        new: String,
    },
    /// A field that was named.
    #[error(transparent)]
    Field(#[from] Unfit),
}

impl Incomparable {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Query { .. } => Some("compare results of one query; its `name` tells them apart"),
            Self::Limited(_) => Some("take `limit` and `offset` out of the query, or compare another one"),
            Self::Differences(_) => Some("name the two results that it was made of"),
            Self::Sandbox(_) => Some("compare two runs with `--sandbox`, or two without"),
            Self::Host { .. } => Some("two portals with one name are not one; give each a name of its own"),
            Self::Field(unfit) => unfit.help.as_deref(),
        }
    }
}

impl Earlier {
    /// A result from a file, without these secrets. `compare` says which fields count.
    ///
    /// # Errors
    /// When nothing can be held against it.
    pub fn new(
        document: Document,
        file: &str,
        compare: Compare,
        redactor: &Redactor,
    ) -> Result<Self, Incomparable> {
        let document = usable(document, file)?.cleaned(redactor);
        Ok(Self { document, file: file.to_owned(), compare })
    }

    /// The name of its query.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.document.query.name
    }

    /// The fields that a run of the query has to bring, so that like is compared with like. No key material that the query does not
    /// ask for.
    ///
    /// # Errors
    /// A name that cannot be compared.
    pub fn fields(&self, query: &Query) -> Result<Vec<String>, Incomparable> {
        let asked = |name: &str| query.fields.iter().any(|field| field.as_str() == name);
        let known = query.endpoint.fields.iter().filter(|field| !field.secret || asked(field.name));
        let unknown = query.unknown_fields.iter().cloned().map(Name::Unknown);
        let possible: Vec<Name> = known.map(Name::Known).chain(unknown).collect();
        Ok(self.compare.choose(self.document.records.layout.names(), &possible)?.fields)
    }

    /// Whether results of these portals can be held against it, as far as that is known before they are asked.
    ///
    /// # Errors
    /// When not.
    pub fn meets<'p>(&self, portals: impl Iterator<Item = &'p Portal>) -> Result<(), Incomparable> {
        for portal in portals {
            // What listens on this machine says itself whether it is a sandbox.
            if portal.sandbox || !portal.address.is_loopback() {
                same_data(self.document.run.sandbox, portal.sandbox)?;
            }
            if !self.document.run.sandbox {
                self.same_host(&portal.name, &portal.address.host())?;
            }
        }
        Ok(())
    }

    fn same_host(&self, name: &str, host: &str) -> Result<(), Incomparable> {
        let mut moved = self.document.portals.iter().filter(|old| old.name == name && old.host != host);
        moved.next().map_or(Ok(()), |old| {
            let (old, new) = (old.host.clone(), host.to_owned());
            Err(Incomparable::Host { name: name.to_owned(), old, new })
        })
    }

    fn same(&self, new: &Document) -> Result<(), Incomparable> {
        let old = &self.document;
        if old.query.name != new.query.name {
            let (old, new) = (old.query.name.clone(), new.query.name.clone());
            return Err(Incomparable::Query { old, new });
        }
        same_data(old.run.sandbox, new.run.sandbox)?;
        // A sandbox is on another port each time.
        let portals = new.portals.iter().filter(|_| !new.run.sandbox);
        portals.map(|portal| self.same_host(&portal.name, &portal.host)).collect()
    }
}

fn same_data(old: bool, new: bool) -> Result<(), Incomparable> {
    match (old, new) {
        (true, false) => Err(Incomparable::Sandbox("the earlier result is")),
        (false, true) => Err(Incomparable::Sandbox("this one is")),
        _ => Ok(()),
    }
}

/// A result of a run, as it was before it was compared with another one.
fn usable(document: Document, file: &str) -> Result<Document, Incomparable> {
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
    Ok(document)
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
        let mut document = usable(self, file)?.cleaned(redactor);
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
        let listed = |listing: &'_ super::document::ListingInfo| listing.verdict == incomplete;
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
        Cell::Null | Cell::Bool(_) | Cell::Int(_) => return None,
        Cell::Text(text) if redactor.finds(text.as_bytes()) => return Some(Cell::text(&redactor.text(text))),
        Cell::Text(_) => return None,
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
        let keys = crate::text::listed(other);
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
    let record = |row: &Row, kind: Kind, changes: &[diff::Change]| {
        let mut row = row.picked(&indexes);
        row.set(0, Cell::text(kind.name()));
        row.set(last, Cell::List(changes.iter().map(|change| diff::told(change).into()).collect()));
        row
    };
    let added = diff.added.rows.iter().map(|row| record(row, Kind::Added, &[]));
    let removed = diff.removed.rows.iter().map(|row| record(row, Kind::Removed, &[]));
    let changed = diff.changed.rows.iter().map(|(row, changes)| record(row, Kind::Changed, changes));
    let rows = added.chain(removed).chain(changed).collect();
    let named = |name: &str| Column::of_field(name, &layout);
    let columns = new.columns.iter().filter_map(|column| column.moved(own, &layout));
    let columns = named(CHANGE).into_iter().chain(columns).chain(named(CHANGES)).collect();
    (Records { layout, rows }, columns)
}

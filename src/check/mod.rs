//! Checks on the rows: what expectations find, and what is accepted of it; what is different from an earlier result is in [`diff`].
//!
//! Rows come from `shape`; `report` writes what is found here, `cli` makes the exit code of it. Pure: the clock and the words of a
//! finding are arguments.

pub mod diff;
mod doubt;
mod finding;
mod waive;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

pub use finding::{Acceptance, Expected, Finding, FindingPlace, Severity};
pub use waive::is_unused;

use crate::auth::sha256_hex;
use crate::catalog::Field;
use crate::row::{Cell, Layout, Row};
use crate::spec::{Expectation, Query, Waiver, Wants};
use crate::yaml::Place;
use doubt::Doubts;
use waive::Accepted;

/// A portal, and whether all its rows are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub portal: String,
    /// How many of its rows are there.
    pub rows: Extent,
}

/// How many rows are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All.
    Whole,
    /// Perhaps not all: that there are too few proves nothing.
    Partial,
}

/// What a message is about.
#[derive(Debug)]
pub enum Subject<'a> {
    /// A row that should not be.
    Row(&'a Row, &'a Layout),
    /// A number of rows: `count`, `min`, `max` and `portal`.
    Count(Value),
}

/// Words for a finding: of the expectation at this index, on this subject.
pub type Say<'a> = &'a dyn Fn(usize, &Subject<'_>) -> Result<String, String>;

/// What a check brought.
#[derive(Debug, Default)]
pub struct Checked {
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What was found and is accepted.
    pub waived: Vec<Finding>,
    /// Why an expectation proves nothing.
    pub reasons: Vec<String>,
    /// Waivers without effect.
    pub warnings: Vec<String>,
}

/// Holds the rows of each portal, in their order, against the query's expectations. `whole` is how many portals the run asks, those of
/// other shards too; `now` is in epoch seconds.
#[must_use]
pub fn check(
    query: &Query,
    (rows, layout): (&[Row], &Layout),
    (portals, whole): (&[Asked], usize),
    (waivers, now): (&[Waiver], i64),
    say: Say<'_>,
) -> Checked {
    if query.expect.is_empty() {
        return Checked::default();
    }
    let mut accepted = Accepted::new(waivers, now);
    let places = query.expect.iter().map(|expectation| FindingPlace::of(query, &expectation.place)).collect();
    let several = whole > 1;
    let mut check = Check { query, layout, say, places, several, now, checked: Checked::default() };
    let mut by_portal = by_portal(rows, layout);
    for asked in portals {
        let rows = by_portal.remove(asked.portal.as_str()).unwrap_or_default();
        check.portal(asked, &rows, &mut accepted);
    }
    let mut checked = check.checked;
    let ids: Vec<&str> = query.expect.iter().map(|expectation| expectation.id.as_str()).collect();
    sort(&mut checked.findings, &ids);
    sort(&mut checked.waived, &ids);
    let whole = portals.iter().all(|asked| asked.rows == Extent::Whole);
    checked.warnings = accepted.finish(if whole { Extent::Whole } else { Extent::Partial });
    checked
}

/// Sorts findings of all portals in turn: the worst first, then by expectation, of which these are the ids in their order.
pub fn sort(findings: &mut [Finding], ids: &[&str]) {
    findings.sort_by_key(|finding| {
        let at = ids.iter().position(|id| *id == finding.id);
        (std::cmp::Reverse(finding.severity), at)
    });
}

fn by_portal<'r>(rows: &'r [Row], layout: &Layout) -> BTreeMap<&'r str, Vec<&'r Row>> {
    let portal = layout.index("portal");
    let mut found: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let name = portal.map_or("", |index| text(row.cell(index)));
        found.entry(name).or_default().push(row);
    }
    found
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => "",
    }
}

struct Check<'a> {
    query: &'a Query,
    layout: &'a Layout,
    say: Say<'a>,
    /// Where each expectation stands: to find it out takes a pass over the file.
    places: Vec<FindingPlace>,
    /// Whether there are several portals.
    several: bool,
    now: i64,
    checked: Checked,
}

impl Check<'_> {
    fn portal(&mut self, asked: &Asked, rows: &[&Row], accepted: &mut Accepted<'_>) {
        let values = Value::Array(rows.iter().map(|row| row.to_json(self.layout)).collect());
        for (index, expectation) in self.query.expect.iter().enumerate() {
            match &expectation.wants {
                Wants::Few { select, max, per } => {
                    let doubts = Doubts::of(expectation, rows, self.layout, self.now);
                    let portal = if self.several { format!("{}: ", asked.portal) } else { String::new() };
                    self.checked.reasons.extend(doubts.map(|doubt| portal.clone() + &doubt));
                    let offending: Vec<&Row> =
                        select.select(&values).into_iter().filter_map(|at| rows.get(at).copied()).collect();
                    // Within what is allowed nothing is found. Its waivers have their use all the same.
                    for rows in self.by_value(*per, offending) {
                        let found = self.of_rows(index, expectation, &asked.portal, &rows);
                        let found = found.map(|finding| accepted.take(finding)).collect();
                        self.keep(found, *max);
                    }
                }
                Wants::Count { min, max } => {
                    let finding = self.of_count(index, expectation, asked, rows.len(), (*min, *max));
                    self.keep(finding.map(|finding| accepted.take(finding)).into_iter().collect(), 0);
                }
            }
        }
    }

    /// The rows of each value of a field, in the order of the first of each; all together without a field.
    fn by_value<'r>(&self, field: Option<&Field>, rows: Vec<&'r Row>) -> Vec<Vec<&'r Row>> {
        let Some(index) = field.and_then(|field| self.layout.index(field.name)) else { return vec![rows] };
        let mut values: Vec<Vec<&Row>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let at = *known.entry(row.cell(index).to_json().to_string()).or_insert(values.len());
            if at == values.len() {
                values.push(Vec::new());
            }
            values[at].push(row);
        }
        values
    }

    /// Waived ones do not count towards `max`; the others are findings when there are more.
    fn keep(&mut self, found: Vec<Finding>, allowed: usize) {
        if found.len() <= allowed {
            return;
        }
        let (waived, open): (Vec<Finding>, Vec<Finding>) =
            found.into_iter().partition(|finding| finding.waiver.is_some());
        self.checked.waived.extend(waived);
        if open.len() > allowed {
            self.checked.findings.extend(open);
        }
    }

    fn of_rows<'r>(
        &'r self,
        index: usize,
        expectation: &'r Expectation,
        portal: &'r str,
        offending: &'r [&'r Row],
    ) -> impl Iterator<Item = Finding> + 'r {
        let cell = |row: &Row, name: &str| {
            self.layout.index(name).map_or(Cell::Null, |index| row.cell(index).clone())
        };
        offending.iter().map(move |row| {
            let kind = Some(text(&cell(row, "tokenType")).to_owned());
            let id = cell(row, "id").as_int();
            Finding {
                token_type: kind,
                token_id: id,
                record: Some(row.to_json(self.layout)),
                ..self.finding(index, expectation, portal, &Subject::Row(row, self.layout))
            }
            .identified(&self.query.name)
        })
    }

    fn of_count(
        &self,
        index: usize,
        expectation: &Expectation,
        asked: &Asked,
        count: usize,
        (min, max): (Option<usize>, Option<usize>),
    ) -> Option<Finding> {
        let few = min.is_some_and(|min| count < min) && asked.rows == Extent::Whole;
        let many = max.is_some_and(|max| count > max);
        let subject = || {
            let portal = asked.portal.as_str();
            Subject::Count(serde_json::json!({"count": count, "min": min, "max": max, "portal": portal}))
        };
        (few || many)
            .then(|| self.finding(index, expectation, &asked.portal, &subject()).identified(&self.query.name))
    }

    /// A finding without what it is about, and without its fingerprint.
    fn finding(&self, index: usize, expectation: &Expectation, portal: &str, about: &Subject<'_>) -> Finding {
        let message = (self.say)(index, about);
        Finding {
            id: expectation.id.clone(),
            severity: expectation.severity,
            // What was found is found, whatever becomes of its words.
            message: message.unwrap_or_else(|error| format!("its message cannot be rendered: {error}")),
            fingerprint: String::new(),
            portal: portal.to_owned(),
            token_type: None,
            token_id: None,
            record: None,
            place: self.places[index].clone(),
            waiver: None,
        }
    }
}

impl Expected {
    /// The expectations of a query.
    #[must_use]
    pub fn of(query: &Query) -> Vec<Self> {
        let expected = |expectation: &Expectation| Self {
            id: expectation.id.clone(),
            severity: expectation.severity,
            place: FindingPlace::of(query, &expectation.place),
        };
        query.expect.iter().map(expected).collect()
    }
}

impl FindingPlace {
    /// A place of the query.
    #[must_use]
    pub fn of(query: &Query, place: &Place) -> Self {
        let region = query.label(place).region();
        Self {
            file: query.source.name.clone(),
            line: region.line,
            column: region.column,
            end_line: region.end_line,
            end_column: region.end_column,
        }
    }
}

impl Finding {
    /// The same with its fingerprint. As a list in JSON no two different ones are written alike.
    fn identified(mut self, query: &str) -> Self {
        let Self { id, portal, token_type, token_id, .. } = &self;
        self.fingerprint =
            sha256_hex(&serde_json::json!([query, id, portal, token_type, token_id]).to_string());
        self
    }
}

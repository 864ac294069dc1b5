//! Results of one query on several portals, put together as if one run had asked all of them. What cannot be one run's is refused.

mod fit;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::read::rank;
use super::shard::without_portals;
use super::{Document, ListingInfo, PortalInfo, Records, RunInfo, reasons_of};
use crate::check::{self, Expected, Finding};
use crate::portal::Verdict;
use crate::report::column;
use crate::report::stats::Stats;
use crate::row::{Layout, Row};
use crate::shape;
use crate::spec::SortKey;

/// Longest time between the clocks of two results, in seconds, that ages of both can be compared.
const DAY: i64 = 86_400;
/// Groups of missing shards that are named.
const MOST_NAMED: usize = 20;

/// Why results cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MergeError {
    /// What does not fit, with the files it is in.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// A result, and the name of the file it is from.
type Named = (String, Document);

/// Puts the results of each query together. Queries are in the order of their first results.
///
/// # Errors
/// The first thing of each query that does not fit.
pub fn merge(results: Vec<Named>) -> Result<Vec<Document>, Vec<MergeError>> {
    let mut groups: Vec<Vec<Named>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (file, document) in results {
        let at = *known.entry(document.query.name.clone()).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push((file, document));
    }
    let mut merged = Vec::new();
    let mut errors = Vec::new();
    for group in groups {
        match fit::check(&group) {
            Ok(sort) => merged.push(put(group.into_iter().map(|(_, document)| document).collect(), &sort)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(merged) } else { Err(errors) }
}

/// What the parts of all documents are collected in.
#[derive(Default)]
struct Pile {
    /// Each with its place in the run, where the document is a shard.
    portals: Vec<(Option<usize>, PortalInfo)>,
    listings: Vec<ListingInfo>,
    total: usize,
    rows: Vec<Row>,
    findings: Vec<Finding>,
    waived: Vec<Finding>,
}

impl Pile {
    /// Takes what a document has, its rows in this layout.
    fn add(&mut self, document: Document, layout: &Layout) {
        let places = document.run.shard.map(|shard| shard.places).unwrap_or_default();
        let portals = document.portals.into_iter().enumerate();
        self.portals.extend(portals.map(|(at, portal)| (places.get(at).copied(), portal)));
        self.listings.extend(document.listings);
        self.total = self.total.saturating_add(document.total);
        self.rows.extend(laid_out(document.records, layout));
        self.findings.extend(document.findings);
        self.waived.extend(document.waived);
    }

    /// Puts all into the order of the run, as far as it is known: that of the documents where they are no shards.
    fn sort(&mut self, sort: &[SortKey], expect: &[Expected], layout: &Layout) {
        self.portals.sort_by_key(|(place, _)| *place);
        let order: HashMap<&str, usize> =
            self.portals.iter().enumerate().map(|(at, (_, portal))| (portal.name.as_str(), at)).collect();
        let place = |portal: &str| order.get(portal).copied();
        self.listings.sort_by_key(|listing| place(&listing.portal));
        let ids: Vec<&str> = expect.iter().map(|expected| expected.id.as_str()).collect();
        for findings in [&mut self.findings, &mut self.waived] {
            findings.sort_by_key(|finding| place(&finding.portal));
            check::sort(findings, &ids);
        }
        shape::sort(&mut self.rows, sort, layout);
    }
}

/// One document of several that fit, at least one.
fn put(documents: Vec<Document>, sort: &[SortKey]) -> Document {
    let several = documents.iter().map(|document| document.portals.len()).sum();
    let missing = missing(&documents);
    let run = run(&documents, missing.is_some());
    let rest: Vec<String> = documents.iter().flat_map(|document| of_no_listing(document, several)).collect();
    // Columns know where the fields are in the rows of their document, and whether there are several portals.
    let tells = |document: &&Document| (!document.records.rows.is_empty(), document.whole() > 1);
    let base = documents.iter().rev().max_by_key(tells).unwrap_or(&documents[0]);
    let (schema, query) = (base.schema, base.query.clone());
    let layout = Arc::clone(&base.records.layout);
    let columns = match base.columns.clone() {
        columns if several > 1 && base.whole() == 1 => column::told_apart(columns, &layout),
        columns => columns,
    };
    let mut pile = Pile::default();
    for document in documents {
        pile.add(document, &layout);
    }
    pile.sort(sort, &query.expect, &layout);
    let Pile { portals, listings, total, rows, findings, waived } = pile;
    let reasons = missing.into_iter().chain(reasons_of(&listings, several)).chain(rest);
    Document {
        schema,
        query,
        portals: portals.into_iter().map(|(_, portal)| portal).collect(),
        run: RunInfo { reasons: once(reasons), ..run },
        listings,
        total,
        count: rows.len(),
        columns,
        stats: Stats::new(&rows, &layout),
        records: Records { layout, rows },
        findings,
        waived,
        diff: None,
    }
}

/// The rows in a layout of the same fields, which may be in another order.
fn laid_out(records: Records, layout: &Layout) -> Vec<Row> {
    let Records { layout: own, rows } = records;
    if own.names() == layout.names() {
        return rows;
    }
    let from: Vec<Option<usize>> = layout.names().iter().map(|name| own.index(name.as_str())).collect();
    let laid_out = |row: Row| {
        let mut again = layout.empty_row();
        for (at, from) in from.iter().enumerate() {
            if let Some(from) = from {
                again.set(at, row.cell(*from).clone());
            }
        }
        again
    };
    rows.into_iter().map(laid_out).collect()
}

/// What is told of the run, without its reasons. `short`: a shard is missing.
fn run(documents: &[Document], short: bool) -> RunInfo {
    let runs = || documents.iter().map(|document| &document.run);
    let first = &documents[0].run;
    let verdict = runs().map(|run| rank(run.verdict)).max().unwrap_or(Verdict::Complete);
    let verdict = if short { Verdict::Incomplete } else { verdict };
    // All are UTC and of one form, so texts are in the order of the times.
    let started = runs().map(|run| &run.started_at).min().unwrap_or(&first.started_at);
    let finished = runs().map(|run| &run.finished_at).max().unwrap_or(&first.finished_at);
    let now = runs().map(|run| run.now).min().unwrap_or(first.now);
    RunInfo {
        started_at: started.clone(),
        finished_at: finished.clone(),
        now,
        lmq_version: first.lmq_version.clone(),
        verdict: verdict.name(),
        reasons: Vec::new(),
        warnings: warnings(documents, short),
        requests: runs().fold(0, |sum, run| sum.saturating_add(run.requests)),
        waited_seconds: runs().fold(0, |sum, run| sum.saturating_add(run.waited_seconds)),
        sandbox: runs().any(|run| run.sandbox),
        shard: None,
    }
}

/// Each warning once. That a waiver has nothing to accept is one only where no portal has it; that a shard has no portal is none.
fn warnings(documents: &[Document], short: bool) -> Vec<String> {
    let everywhere =
        |warning: &String| !short && documents.iter().all(|document| document.run.warnings.contains(warning));
    let of_one = |document: &Document| {
        let empty = document.run.shard.as_ref().map(|shard| without_portals(&shard.name()));
        let own = document.run.warnings.iter().filter(move |warning| Some(*warning) != empty.as_ref());
        own.cloned().collect::<Vec<_>>()
    };
    let kept = documents.iter().flat_map(of_one);
    let kept = kept.filter(|warning| !check::is_unused(warning) || everywhere(warning));
    once(apart(documents).into_iter().chain(kept))
}

/// That ages in the rows count from different days.
fn apart(documents: &[Document]) -> Option<String> {
    let times = || documents.iter().map(|document| document.run.now);
    let (first, last) = (times().min()?, times().max()?);
    let shown = |seconds: i64| {
        jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
    };
    (last.saturating_sub(first) > DAY).then(|| {
        let (first, last) = (shown(first), shown(last));
        format!(
            "the results are more than a day apart: ages count from {first} in one and from {last} in another"
        )
    })
}

/// The shards that are not there.
fn missing(documents: &[Document]) -> Option<String> {
    let shards = || documents.iter().filter_map(|document| document.run.shard.as_ref());
    let count = shards().next()?.count;
    let there: BTreeSet<u32> = shards().map(|shard| shard.index).collect();
    let mut groups: Vec<(u32, u32)> = Vec::new();
    for index in (1..=count).filter(|index| !there.contains(index)) {
        match groups.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => groups.push((index, index)),
        }
    }
    let named = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    let list: Vec<String> = groups.iter().take(MOST_NAMED).map(named).collect();
    let more = if groups.len() > MOST_NAMED { " and others" } else { "" };
    match &groups[..] {
        [] => None,
        [(one, end)] if one == end => Some(format!("shard {one} of {count} is missing")),
        _ => Some(format!("shards {}{more} of {count} are missing", list.join(", "))),
    }
}

/// The reasons of a document that are no listing's. Where only the whole has several portals, they get the name of the one.
fn of_no_listing(document: &Document, several: usize) -> Vec<String> {
    let of_listings: BTreeSet<String> =
        reasons_of(&document.listings, document.whole()).into_iter().collect();
    let portal = match &document.listings[..] {
        [listing, ..] if several > 1 && document.whole() == 1 => format!("{}: ", listing.portal),
        _ => String::new(),
    };
    let own = document.run.reasons.iter().filter(|reason| !of_listings.contains(*reason));
    own.map(|reason| format!("{portal}{reason}")).collect()
}

fn once(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.into_iter().filter(|text| seen.insert(text.clone())).collect()
}

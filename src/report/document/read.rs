//! A saved result, read back: strictly, because a report of it says what was checked. The rows become cells at once, without a
//! tree of JSON values around them.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::diff::RawDiff;
use super::word::{self, Word};
use super::{Document, ListingInfo, PortalInfo, QueryInfo, Records, RunInfo};
use crate::catalog::ENDPOINTS;
use crate::check::Finding;
use crate::portal::Verdict;
use crate::report::column::{Column, RawColumn};
use crate::report::stats::Stats;
use crate::row::{Cell, Layout, Name, Row, SavedCell};
use crate::text;

/// Fields that every record has: what tells tokens apart.
const KEY: [&str; 3] = ["id", "tokenType", "portal"];
/// Most members of a record.
const MOST_MEMBERS: usize = 1000;

/// Why a text is no saved result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// The line, from 1; 0 where it is the whole of the document.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

/// The document as it stands in a file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a result, as `--save` writes it")]
struct RawDocument {
    #[serde(deserialize_with = "word::schema")]
    schema: Word,
    query: QueryInfo,
    portals: Vec<PortalInfo>,
    run: RunInfo,
    listings: Vec<ListingInfo>,
    total: usize,
    count: usize,
    columns: Vec<RawColumn>,
    records: Records,
    findings: Vec<Finding>,
    waived: Vec<Finding>,
    stats: Stats,
    #[serde(default, deserialize_with = "RawDiff::present")]
    diff: Option<RawDiff>,
}

impl Document {
    /// The results in a text: one, or several one after the other, as `-f json` writes those of several queries.
    ///
    /// # Errors
    /// When one of them is none, with its place; when there is none at all.
    pub fn read(text: &str) -> Result<Vec<Self>, ReadError> {
        let mut documents = Vec::new();
        for raw in serde_json::Deserializer::from_str(text).into_iter::<RawDocument>() {
            let raw = raw.map_err(|error| of_json(&error))?;
            let number = documents.len() + 1;
            documents.push(raw.checked().map_err(|message| ReadError {
                line: 0,
                column: 0,
                message: if number == 1 { message } else { format!("document {number}: {message}") },
            })?);
        }
        if documents.is_empty() {
            let message = "there is no result in it".to_owned();
            return Err(ReadError { line: 0, column: 0, message });
        }
        Ok(documents)
    }
}

fn of_json(error: &serde_json::Error) -> ReadError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    let message = message.strip_suffix(&place).unwrap_or(&message);
    ReadError { line, column: column.max(1), message: text::inert_line(message).into_owned() }
}

impl RawDocument {
    /// The document, its parts held against each other.
    fn checked(self) -> Result<Document, String> {
        let layout = named(&self.query.fields)?;
        let records = self.records.of(&layout, "records")?;
        if self.count != records.rows.len() {
            return Err(format!("`count` is {}, and there are {} records", self.count, records.rows.len()));
        }
        if self.total < self.count {
            return Err(format!("`total` is {}, and there are {} records", self.total, self.count));
        }
        check_portals(&self.portals, &self.listings, &records)?;
        let rows: usize = self.listings.iter().map(|listing| listing.rows).sum();
        // Of a part, the portal's count may say how many there are.
        if rows < self.total
            && rank(self.run.verdict) == Verdict::Complete
            && !self.diff.as_ref().is_some_and(RawDiff::is_all)
        {
            return Err(format!("`total` is {}, and the listings have {rows} rows", self.total));
        }
        let words = self.listings.iter().map(|listing| listing.verdict);
        if let Some(worst) = words.map(rank).max()
            && rank(self.run.verdict) < worst
        {
            return Err(format!("`run.verdict` is `{}`, and a listing's is worse", self.run.verdict));
        }
        check_verdicts(&self.run, &self.listings)?;
        if let Some(shard) = &self.run.shard {
            shard.check(self.portals.len())?;
        }
        let layout = &records.layout;
        let columns = self.columns.into_iter().map(|raw| Column::read(raw, layout));
        let columns = columns.collect::<Result<_, _>>()?;
        let diff = self.diff.map(|diff| diff.checked(&self.query.fields, self.run.verdict)).transpose()?;
        if let Some(diff) = diff.as_ref().filter(|diff| diff.only && diff.count() != records.rows.len()) {
            let (count, records) = (diff.count(), records.rows.len());
            return Err(format!("`diff` has {count} differences, and there are {records} records"));
        }
        Ok(Document {
            schema: self.schema,
            query: self.query,
            portals: self.portals,
            run: self.run,
            listings: self.listings,
            total: self.total,
            count: self.count,
            columns,
            records,
            findings: self.findings,
            waived: self.waived,
            stats: self.stats,
            diff,
        })
    }
}

/// Whether what has reasons is incomplete, as far as it says so.
fn check_verdicts(run: &RunInfo, listings: &[ListingInfo]) -> Result<(), String> {
    let is_short = |verdict: Word| rank(verdict) == Verdict::Incomplete;
    if !run.reasons.is_empty() && !is_short(run.verdict) {
        return Err(format!("`run.verdict` is `{}`, and `run.reasons` are there", run.verdict));
    }
    match listings.iter().find(|listing| !listing.reasons.is_empty() && !is_short(listing.verdict)) {
        Some(listing) => {
            Err(format!("the verdict of `{}` is `{}`, and it has reasons", listing.path, listing.verdict))
        }
        None => Ok(()),
    }
}

/// Whether what says of which portal it is names one of them, and each has a listing.
fn check_portals(portals: &[PortalInfo], listings: &[ListingInfo], records: &Records) -> Result<(), String> {
    let known: HashSet<&str> = portals.iter().map(|portal| portal.name.as_str()).collect();
    let is_known = |name: &str| known.contains(name);
    if let Some(listing) = listings.iter().find(|listing| !is_known(&listing.portal)) {
        return Err(format!("a listing is of `{}`, which is none of `portals`", listing.portal));
    }
    if let Some(unread) =
        portals.iter().find(|portal| listings.iter().all(|listing| listing.portal != portal.name))
    {
        return Err(format!("`{}` is one of `portals`, and there is no listing of it", unread.name));
    }
    let Some(place) = records.layout.index("portal") else { return Ok(()) };
    let mut cells = records.rows.iter().map(|row| row.cell(place));
    match cells.find(|cell| !matches!(cell, Cell::Text(name) if is_known(name))) {
        Some(cell) => {
            Err(format!("a record is of the portal {}, which is none of `portals`", cell.to_json()))
        }
        None => Ok(()),
    }
}

/// The verdict that a word is.
pub(super) fn rank(word: Word) -> Verdict {
    let all = [Verdict::Complete, Verdict::Limited, Verdict::Incomplete];
    all.into_iter().find(|verdict| verdict.name() == word).unwrap_or(Verdict::Incomplete)
}

/// The layout of these fields.
fn named(fields: &[String]) -> Result<Arc<Layout>, String> {
    let mut seen = HashSet::new();
    if let Some(twice) = fields.iter().find(|name| !seen.insert(name.as_str())) {
        return Err(format!("`query.fields` has `{twice}` twice"));
    }
    if let Some(missing) = KEY.iter().find(|name| !seen.contains(*name)) {
        return Err(format!("`query.fields` has no `{missing}`"));
    }
    Ok(layout_of(&fields.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// The layout of these names.
pub(super) fn layout_of(names: &[&str]) -> Arc<Layout> {
    Layout::new(names.iter().map(|name| name_of(name)).collect())
}

fn name_of(name: &str) -> Name {
    let known = ENDPOINTS.iter().find_map(|endpoint| endpoint.field(name));
    known.map_or_else(|| Name::Unknown(name.to_owned()), Name::Known)
}

impl Records {
    /// The records with the fields of a layout. Without any, they have them too.
    pub(super) fn of(self, layout: &Arc<Layout>, what: &str) -> Result<Self, String> {
        if self.rows.is_empty() {
            return Ok(Self { layout: Arc::clone(layout), rows: Vec::new() });
        }
        let strange = |one: &Layout, other: &Layout| {
            one.names().iter().find(|name| other.index(name.as_str()).is_none()).cloned()
        };
        if let Some(name) = strange(&self.layout, layout) {
            return Err(format!("`{what}` have `{}`, and `query.fields` has not", name.as_str()));
        }
        match strange(layout, &self.layout) {
            Some(name) => Err(format!("`{what}` have no `{}`, and `query.fields` has", name.as_str())),
            None => Ok(self),
        }
    }
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RecordsVisitor)
    }
}

struct RecordsVisitor;

impl<'de> Visitor<'de> for RecordsVisitor {
    type Value = Records;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Records, A::Error> {
        let Some((layout, first)) = seq.next_element_seed(FirstSeed)? else {
            return Ok(Records { layout: Layout::new(Vec::new()), rows: Vec::new() });
        };
        let mut rows = vec![first];
        while let Some(row) = seq.next_element_seed(RowSeed(&layout))? {
            rows.push(row);
        }
        Ok(Records { layout, rows })
    }
}

/// The first record, which says what all have.
struct FirstSeed;

impl<'de> DeserializeSeed<'de> for FirstSeed {
    type Value = (Arc<Layout>, Row);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FirstSeed {
    type Value = (Arc<Layout>, Row);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names: Vec<Name> = Vec::new();
        let mut cells: Vec<Cell> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if names.iter().any(|name| name.as_str() == key) {
                return Err(A::Error::custom(format!("`{key}` stands twice in a record")));
            }
            if names.len() == MOST_MEMBERS {
                return Err(A::Error::custom(format!("a record of more than {MOST_MEMBERS} members")));
            }
            let name = name_of(&key);
            cells.push(map.next_value_seed(SavedCell(&name))?);
            names.push(name);
        }
        let layout = Layout::new(names);
        let mut row = layout.empty_row();
        for (index, cell) in cells.into_iter().enumerate() {
            row.set(index, cell);
        }
        Ok((layout, row))
    }
}

/// A record with the members of the first, in their order.
struct RowSeed<'a>(&'a Layout);

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = self.0.empty_row();
        for (index, name) in self.0.names().iter().enumerate() {
            if map.next_key_seed(KeySeed(name.as_str()))?.is_none() {
                return Err(A::Error::custom(format!("a record without `{}`", name.as_str())));
            }
            row.set(index, map.next_value_seed(SavedCell(name))?);
        }
        match map.next_key::<String>()? {
            None => Ok(row),
            Some(key) => {
                let key = text::shortened(&key, 60);
                Err(A::Error::custom(format!("`{key}` is no member of the first record, or stands twice")))
            }
        }
    }
}

/// The name of a member, which is this one.
struct KeySeed<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<(), E> {
        if name == self.0 {
            return Ok(());
        }
        let name = text::shortened(name, 60);
        Err(E::custom(format!("`{name}` where the first record has `{}`", self.0)))
    }
}

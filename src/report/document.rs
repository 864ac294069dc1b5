//! The result document, `lmq.result/v1`: what every report is made from, what `json` prints and templates see. Reading it back is in
//! `read`, putting the documents of shards together in `merge`.

pub(super) mod diff;
mod merge;
mod read;
mod shard;
#[cfg(test)]
mod tests;
mod word;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use smol_str::SmolStr;

use super::column::{self, Column};
use super::stats::Stats;
use crate::auth::{Redactor, sha256_hex};
use crate::catalog::{Field, FieldType, TOKEN_FIELDS};
use crate::check::{Checked, Expected, Finding};
use crate::filter::Condition;
use crate::plan::{Plan, title};
use crate::portal::{Fetched, Portal, Share, Verdict, Walked};
use crate::row::{Cell, Layout, Row};
use crate::shape::Shaped;
use crate::spec::{ColumnSpec, Query, SortKey, TokenKind};
pub use diff::Diff;
pub use merge::{MergeError, merge};
pub use read::ReadError;
pub use shard::ShardInfo;
pub use word::Word;
pub(super) use word::{CREDENTIALS, KINDS, SEVERITIES, VERDICTS};

/// The schema's name, in every document.
pub const SCHEMA: &str = "lmq.result/v1";

/// A result.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: Word,
    /// The query.
    pub query: QueryInfo,
    /// Where the rows come from.
    pub portals: Vec<PortalInfo>,
    /// The run.
    pub run: RunInfo,
    /// What was walked.
    pub listings: Vec<ListingInfo>,
    /// Rows that match.
    pub total: usize,
    /// Rows in `records`: less than `total` with `offset` or `limit`.
    pub count: usize,
    /// The columns of tabular reports.
    pub columns: Vec<Column>,
    /// The rows.
    pub records: Records,
    /// What expectations found.
    pub findings: Vec<Finding>,
    /// Findings that waivers silence.
    pub waived: Vec<Finding>,
    /// Counts over the records.
    pub stats: Stats,
    /// What is different from an earlier result, where it is held against one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<Diff>,
}

/// `query`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryInfo {
    /// Its name.
    #[serde(deserialize_with = "word::name")]
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The file, as the user typed it.
    pub file: String,
    /// SHA-256 of the file's text, in hex.
    pub sha256: String,
    /// The names of what each record has, in order.
    pub fields: Vec<String>,
    /// All of its conditions, as it says them.
    pub filter: Option<String>,
    /// Its `select`.
    pub select: Option<String>,
    /// Its `sort`: a name each, with `-` before it where the greatest come first.
    pub sort: Vec<String>,
    /// What it expects of its rows.
    pub expect: Vec<Expected>,
}

/// An entry of `portals`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalInfo {
    /// Its name.
    pub name: String,
    /// The host, with its port where that is not the scheme's own; of the sandbox without.
    pub host: String,
    /// The account, where it is known.
    pub account: Option<String>,
    /// The kind of credential it was seen with: what a token may see depends on its owner's role.
    #[serde(deserialize_with = "word::credential")]
    pub credential: Word,
}

/// `run`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunInfo {
    /// RFC 3339, UTC.
    #[serde(deserialize_with = "word::time")]
    pub started_at: String,
    /// RFC 3339, UTC.
    #[serde(deserialize_with = "word::time")]
    pub finished_at: String,
    /// What ages count from, in epoch seconds.
    pub now: i64,
    /// The version of lmq.
    pub lmq_version: String,
    /// `complete`, `limited` or `incomplete`.
    #[serde(deserialize_with = "word::verdict")]
    pub verdict: Word,
    /// Why the result may be short.
    pub reasons: Vec<String>,
    /// What is odd without making the result short.
    pub warnings: Vec<String>,
    /// Requests sent.
    pub requests: u32,
    /// Seconds waited for the rate limit.
    pub waited_seconds: u64,
    /// Whether the data are made up.
    pub sandbox: bool,
    /// Which part of a run it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardInfo>,
}

/// An entry of `listings`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListingInfo {
    /// The portal's name.
    pub portal: String,
    /// The path below `/santaba/rest`.
    pub path: String,
    /// `lmv1` or `bearer`.
    #[serde(deserialize_with = "word::kind")]
    pub kind: Word,
    /// `traces`, on a listing that it narrows.
    #[serde(deserialize_with = "word::permission")]
    pub permission: Option<Word>,
    /// The conditions that the portal evaluated.
    pub sent_filter: Option<String>,
    /// The conditions that lmq evaluated alone.
    pub local_filter: Option<String>,
    /// Answers read.
    pub pages: u32,
    /// The portal's own count, where it told one.
    pub total: Option<u64>,
    /// Rows that match all conditions.
    pub rows: usize,
    /// `complete`, `limited` or `incomplete`.
    #[serde(deserialize_with = "word::verdict")]
    pub verdict: Word,
    /// Why it may be short.
    pub reasons: Vec<String>,
    /// What a reader should know of it although it is whole.
    pub notes: Vec<String>,
}

/// The rows, written without a tree of JSON values.
#[derive(Debug)]
pub struct Records {
    /// Which cell is which field.
    pub layout: std::sync::Arc<Layout>,
    /// In order.
    pub rows: Vec<Row>,
}

/// The run's times.
#[derive(Debug, Clone)]
pub struct Times {
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// Epoch seconds.
    pub now: i64,
}

impl PortalInfo {
    /// The port of a sandbox is another one each time, and no part of a result.
    fn new(portal: &Portal, sandbox: bool) -> Self {
        Self {
            name: portal.name.clone(),
            host: if sandbox { portal.address.bare_host().to_owned() } else { portal.address.host() },
            account: portal.account.clone(),
            credential: portal.access.kind(),
        }
    }
}

impl ListingInfo {
    fn title(&self) -> String {
        let bearer = self.kind == TokenKind::Bearer.name();
        title(&self.path, if bearer { TokenKind::Bearer } else { TokenKind::Lmv1 })
    }
}

impl Document {
    /// Puts a result together. `shaped` moves in; what it was made of is told in the listings.
    #[must_use]
    pub fn new(
        query: &Query,
        plan: &Plan,
        share: &Share<'_>,
        fetched: &Fetched,
        shaped: Shaped,
        times: Times,
    ) -> Self {
        let limited = query.is_limited();
        let verdict = verdict(fetched, limited);
        let columns = column::of_query(query, share.whole(), &shaped.layout);
        let stats = Stats::new(&shaped.rows, &shaped.layout);
        let local = local_filter(plan);
        let listings = fetched.listings.iter().zip(&shaped.by_listing);
        let listings: Vec<ListingInfo> =
            listings.map(|(walked, rows)| listing(walked, *rows, local.as_ref(), limited)).collect();
        let reasons = reasons_of(&listings, share.whole()).into_iter().chain(fetched.reasons.iter().cloned());
        let warnings = shaped.warnings.into_iter().chain(share.dealt().and_then(shard::empty));
        Self {
            schema: SCHEMA,
            query: QueryInfo {
                name: query.name.clone(),
                description: query.description.clone(),
                tags: query.tags.clone(),
                file: query.source.name.clone(),
                sha256: sha256_hex(&query.source.text),
                fields: shaped.layout.names().iter().map(|name| name.as_str().to_owned()).collect(),
                filter: joined(query.filters.iter()),
                select: query.select.as_ref().map(|path| path.as_str().to_owned()),
                sort: query.sort.iter().map(sort_key).collect(),
                expect: Expected::of(query),
            },
            portals: share.portals().map(|portal| PortalInfo::new(portal, fetched.sandbox)).collect(),
            run: RunInfo {
                started_at: times.started_at,
                finished_at: times.finished_at,
                now: times.now,
                lmq_version: env!("CARGO_PKG_VERSION").to_owned(),
                verdict: verdict.name(),
                reasons: reasons.collect(),
                warnings: warnings.collect(),
                requests: fetched.requests,
                waited_seconds: fetched.waited.as_secs(),
                sandbox: fetched.sandbox,
                shard: share.dealt().map(ShardInfo::of),
            },
            listings,
            total: shaped.total,
            count: shaped.count,
            columns,
            records: Records { layout: shaped.layout, rows: shaped.rows },
            findings: Vec::new(),
            waived: Vec::new(),
            stats,
            diff: None,
        }
    }

    /// The same with what its expectations found.
    #[must_use]
    pub fn with(mut self, checked: Checked) -> Self {
        self.findings = checked.findings;
        self.waived = checked.waived;
        self
    }

    /// The same without these secrets in what a query says. A condition has escapes of its own, which those of a form hide from who
    /// looks at the report.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        let filters = self.listings.iter_mut();
        let filters = filters.flat_map(|listing| [&mut listing.sent_filter, &mut listing.local_filter]);
        let found = self.findings.iter_mut().chain(&mut self.waived);
        let found = found.flat_map(|finding| {
            let accepted =
                finding.waiver.iter_mut().flat_map(|waiver| [&mut waiver.reason, &mut waiver.owner]);
            accepted.chain([&mut finding.message])
        });
        let query = &mut self.query;
        let own = filters.chain([&mut query.description, &mut query.filter, &mut query.select]).flatten();
        for text in own.chain(found).chain(&mut self.run.warnings) {
            *text = redactor.text(text).into_owned();
        }
        self
    }

    /// The columns an output shows: its own, or the query's.
    #[must_use]
    pub fn columns_for(&self, own: Option<&[ColumnSpec]>) -> Vec<Column> {
        own.map_or_else(|| self.columns.clone(), |specs| column::columns(specs, &self.records.layout))
    }

    /// How many portals the run asks: of a shard, those of the others too.
    #[must_use]
    pub fn whole(&self) -> usize {
        self.run.shard.as_ref().map_or(self.portals.len(), |shard| shard.portals)
    }

    /// Whether findings stand beside the rows: the query expects something, and the rows do not say it themselves.
    #[must_use]
    pub(super) fn has_findings(&self) -> bool {
        !self.query.expect.is_empty() && !self.is_differences()
    }

    /// Whether its records are the differences between two results.
    #[must_use]
    pub(super) fn is_differences(&self) -> bool {
        self.diff.as_ref().is_some_and(|diff| diff.only)
    }

    /// Whether the list may be short.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.run.verdict == Verdict::Incomplete.name()
    }
}

fn verdict(fetched: &Fetched, limited: bool) -> Verdict {
    let worst = fetched.listings.iter().map(Walked::verdict).max().unwrap_or(Verdict::Complete);
    let run = if fetched.reasons.is_empty() { Verdict::Complete } else { Verdict::Incomplete };
    let asked = if limited { Verdict::Limited } else { Verdict::Complete };
    worst.max(run).max(asked)
}

/// The reasons of listings, each with the listing it belongs to where there are several. `portals` is how many the run asks.
fn reasons_of(listings: &[ListingInfo], portals: usize) -> Vec<String> {
    let mut reasons = Vec::new();
    for listing in listings {
        let portal = if portals > 1 { format!("{}: ", listing.portal) } else { String::new() };
        let title = if listings.len() > 1 { format!("{}: ", listing.title()) } else { String::new() };
        reasons.extend(listing.reasons.iter().map(|reason| format!("{portal}{title}{reason}")));
    }
    reasons
}

fn listing(walked: &Walked, rows: usize, local: Option<&String>, limited: bool) -> ListingInfo {
    let verdict = if limited { walked.verdict().max(Verdict::Limited) } else { walked.verdict() };
    ListingInfo {
        portal: walked.portal.to_string(),
        path: walked.listing.path.clone(),
        kind: walked.listing.kind.name(),
        permission: walked.listing.permission.map(crate::spec::PermissionFilter::name),
        sent_filter: walked.listing.filter_shown.clone(),
        local_filter: local.cloned(),
        pages: walked.pages,
        total: walked.total,
        rows,
        verdict: verdict.name(),
        reasons: walked.reasons.clone(),
        notes: walked.notes.clone(),
    }
}

fn local_filter(plan: &Plan) -> Option<String> {
    joined(plan.conditions.iter().filter(|condition| !plan.sent.contains(condition)))
}

fn joined<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Option<String> {
    let shown: Vec<String> = conditions.map(ToString::to_string).collect();
    (!shown.is_empty()).then(|| shown.join(","))
}

fn sort_key(key: &SortKey) -> String {
    format!("{}{}", if key.descending { "-" } else { "" }, key.field.name)
}

/// A record has the API's fields and the derived ones; which, depends on the query.
impl JsonSchema for Records {
    fn schema_name() -> Cow<'static, str> {
        "Records".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let properties: serde_json::Map<String, Value> =
            TOKEN_FIELDS.iter().map(|field| (field.name.to_owned(), field_schema(field))).collect();
        schemars::json_schema!({
            "type": "array",
            "items": {"type": "object", "required": ["id", "tokenType", "portal"], "properties": properties},
        })
    }
}

fn field_schema(field: &Field) -> Value {
    let description = field.meaning;
    // A portal may send another type than it documents; the value is then as it came, and the run says so.
    match field.kind {
        FieldType::Integer | FieldType::EpochSeconds => {
            json!({"description": description, "type": ["integer", "null"]})
        }
        FieldType::Text => json!({"description": description, "type": ["string", "null"]}),
        FieldType::Boolean => json!({"description": description, "type": ["boolean", "null"]}),
        FieldType::TextList => {
            json!({"description": description, "type": ["array", "null"], "items": {"type": "string"}})
        }
    }
}

/// The JSON Schema (draft 2020-12) of the result document, from its Rust types.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Document).to_value();
    schema["$id"] = Value::from("urn:lmq:schema:result:v1");
    schema["title"] = Value::from("lmq result");
    schema["properties"]["schema"] = json!({"const": SCHEMA});
    schema
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            seq.serialize_element(&Record { row, layout: &self.layout })?;
        }
        seq.end()
    }
}

struct Record<'a> {
    row: &'a Row,
    layout: &'a Layout,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.layout.names();
        let mut map = serializer.serialize_map(Some(names.len()))?;
        for (index, name) in names.iter().enumerate() {
            map.serialize_entry(name.as_str(), &Plain(self.row.cell(index)))?;
        }
        map.end()
    }
}

/// A cell as the JSON value it is.
pub(super) struct Plain<'a>(pub(super) &'a Cell);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Null => serializer.serialize_unit(),
            Cell::Bool(value) => serializer.serialize_bool(*value),
            Cell::Int(value) => serializer.serialize_i64(*value),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::List(items) => serializer.collect_seq(items.iter().map(SmolStr::as_str)),
            Cell::Other(value) => value.serialize(serializer),
        }
    }
}

//! The member `diff` of the document: what is different from an earlier result. Writing and reading it; what is different is found
//! in `check`, and put together in `compare`.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::Deserializer;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::layout_of;
use super::word::{self, Word};
use super::{Plain, Records};
use crate::check::diff::Change;
use crate::portal::Verdict;
use crate::row::{Layout, Row};

/// The member of a changed record that says what is another.
pub(in crate::report) const CHANGES: &str = "changes";
/// The member of a record that says how it differs, where the records are the differences.
pub(in crate::report) const CHANGE: &str = "change";

/// `diff`: what is different from an earlier result of the query.
#[derive(Debug, JsonSchema, Serialize)]
pub struct Diff {
    /// The earlier result.
    pub old: OldInfo,
    /// Whether the records are the differences alone, as of `lmq diff`, and not all rows of the run.
    pub only: bool,
    /// The fields that were compared.
    pub fields: Vec<String>,
    /// Tokens that the earlier result does not have.
    pub added: Records,
    /// Tokens that it alone has, as they were then.
    pub removed: Records,
    /// Tokens that have changed, as they are now.
    pub changed: ChangedRecords,
    /// Why the comparison may lack something; they are in `run.reasons` too.
    pub reasons: Vec<String>,
    /// What is odd about the comparison; they are in `run.warnings` too.
    pub warnings: Vec<String>,
}

/// `diff.old`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OldInfo {
    /// The file it was in, as the user typed it.
    pub file: String,
    /// When its run began, RFC 3339, UTC.
    #[serde(deserialize_with = "word::time")]
    pub started_at: String,
    /// What ages in it count from, in epoch seconds.
    pub now: i64,
    /// `complete` or `incomplete`.
    #[serde(deserialize_with = "word::verdict")]
    pub verdict: Word,
    /// The version of lmq that it is from.
    pub lmq_version: String,
}

/// Records with what has changed.
#[derive(Debug)]
pub struct ChangedRecords {
    /// Which cell is which field.
    pub layout: Arc<Layout>,
    /// In order.
    pub rows: Vec<(Row, Vec<Change>)>,
}

/// It as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDiff {
    old: OldInfo,
    only: bool,
    fields: Vec<String>,
    added: Records,
    removed: Records,
    changed: Records,
    reasons: Vec<String>,
    warnings: Vec<String>,
}

impl RawDiff {
    /// A `diff` that is there: null would be none.
    pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Self::deserialize(deserializer).map(Some)
    }

    /// Whether the records of the document are the differences alone.
    pub(super) fn is_all(&self) -> bool {
        self.only
    }

    /// The member, held against the fields of the document's records and the verdict of its run.
    pub(super) fn checked(self, fields: &[String], verdict: Word) -> Result<Diff, String> {
        if !self.reasons.is_empty() && verdict != Verdict::Incomplete.name() {
            return Err(format!("`run.verdict` is `{verdict}`, and `diff` has reasons"));
        }
        let names = fields.iter().map(String::as_str);
        let names = names.filter(|name| !self.only || ![CHANGE, CHANGES].contains(name));
        let names: Vec<&str> = names.collect();
        let layout = layout_of(&names);
        // A field of that name, newer than lmq, stands behind what has changed.
        let own = names.iter().copied().filter(|name| *name != CHANGES);
        let changed = layout_of(&own.chain([CHANGES]).collect::<Vec<_>>());
        Ok(Diff {
            old: self.old,
            only: self.only,
            fields: self.fields,
            added: self.added.of(&layout, "diff.added")?,
            removed: self.removed.of(&layout, "diff.removed")?,
            changed: ChangedRecords::read(self.changed.of(&changed, "diff.changed")?)?,
            reasons: self.reasons,
            warnings: self.warnings,
        })
    }
}

impl ChangedRecords {
    /// Takes what has changed out of the cells in which it was read.
    fn read(records: Records) -> Result<Self, String> {
        let Records { layout, rows } = records;
        let names = layout.names().iter().filter(|name| name.as_str() != CHANGES);
        let own = Layout::new(names.cloned().collect());
        let at = layout.index(CHANGES).expect("the caller has checked the names");
        let indexes = layout.indexes(&own);
        let row = |row: Row| {
            let changes: Vec<Change> = serde_json::from_value(row.cell(at).to_json())
                .map_err(|error| format!("`{CHANGES}` of a record of `diff.changed`: {error}"))?;
            Ok((row.picked(&indexes), changes))
        };
        let rows = rows.into_iter().map(row).collect::<Result<_, String>>()?;
        Ok(Self { layout: own, rows })
    }
}

impl Serialize for ChangedRecords {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.rows.len()))?;
        for (row, changes) in &self.rows {
            seq.serialize_element(&Record { row, changes, layout: &self.layout })?;
        }
        seq.end()
    }
}

struct Record<'a> {
    row: &'a Row,
    changes: &'a [Change],
    layout: &'a Layout,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let names = self.layout.names().iter().enumerate();
        for (index, name) in names.filter(|(_, name)| name.as_str() != CHANGES) {
            map.serialize_entry(name.as_str(), &Plain(self.row.cell(index)))?;
        }
        map.serialize_entry(CHANGES, self.changes)?;
        map.end()
    }
}

impl JsonSchema for ChangedRecords {
    fn schema_name() -> Cow<'static, str> {
        "ChangedRecords".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Records::json_schema(generator);
        let changes = generator.subschema_for::<Vec<Change>>();
        schema.insert("items".to_owned(), {
            let mut items = schema.get("items").cloned().unwrap_or_default();
            items["properties"][CHANGES] = changes.into();
            if let Some(required) = items["required"].as_array_mut() {
                required.push(Value::from(CHANGES));
            }
            items
        });
        schema
    }
}

impl Diff {
    /// How many differences there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.added.rows.len() + self.removed.rows.len() + self.changed.rows.len()
    }

    /// What was held against what, and what came of it: `2 added, 1 removed, 1 changed since … (last.json)`. `now` is when the run
    /// began.
    #[must_use]
    pub(in crate::report) fn headline(&self, now: &str) -> String {
        let OldInfo { file, started_at, .. } = &self.old;
        let what = match (self.count(), self.reasons.is_empty()) {
            (0, true) => "no differences".to_owned(),
            (0, false) => "no differences found".to_owned(),
            _ => self.counts(),
        };
        if self.only {
            return format!("{what} between {started_at} ({file}) and {now}");
        }
        format!("{what} since {started_at} ({file})")
    }

    /// `2 added, 1 removed, 1 changed`.
    #[must_use]
    pub fn counts(&self) -> String {
        let Self { added, removed, changed, .. } = self;
        format!("{} added, {} removed, {} changed", added.rows.len(), removed.rows.len(), changed.rows.len())
    }
}

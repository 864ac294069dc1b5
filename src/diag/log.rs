//! The log of SARIF 2.1.0. Plain structures: the part of the standard that is needed fits on a page.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Members are called as the standard calls them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Root;
use crate::text;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log with one run.
#[derive(Debug, Serialize)]
pub struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

impl Log {
    /// The log of a run.
    #[must_use]
    pub fn new(run: Run) -> Self {
        Self { schema: SCHEMA, version: "2.1.0", runs: [run] }
    }

    /// The log as JSON, ending with a line feed, inert on a terminal.
    ///
    /// # Panics
    /// Never: strings and numbers are JSON.
    #[must_use]
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("strings and numbers are JSON");
        text::inert_json(&text).into_owned() + "\n"
    }
}

/// A run of the tool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// What ran.
    pub tool: Tool,
    /// What the run is one of, such as `lmq/idle-tokens/`: logs of one kind follow each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation_details: Option<Automation>,
    /// How it went.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invocations: Vec<Invocation>,
    /// What columns count.
    pub column_kind: &'static str,
    /// What was found.
    pub results: Vec<Found>,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            tool: Tool { driver: Driver::new(Vec::new()) },
            automation_details: None,
            invocations: Vec::new(),
            // Characters, not UTF-16 units.
            column_kind: "unicodeCodePoints",
            results: Vec::new(),
        }
    }
}

/// `tool`.
#[derive(Debug, Serialize)]
pub struct Tool {
    /// lmq.
    pub driver: Driver,
}

/// `driver`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

impl Driver {
    /// This version of lmq, with these rules.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { name: "lmq", semantic_version: env!("CARGO_PKG_VERSION"), rules }
    }
}

/// `automationDetails`.
#[derive(Debug, Serialize)]
pub struct Automation {
    /// Its `id`.
    pub id: String,
}

/// `invocation`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    /// Whether all was looked at.
    pub execution_successful: bool,
    /// RFC 3339, UTC.
    pub start_time_utc: String,
    /// RFC 3339, UTC.
    pub end_time_utc: String,
    /// What a reader must know of it.
    pub tool_execution_notifications: Vec<Notification>,
}

/// `notification`.
#[derive(Debug, Serialize)]
pub struct Notification {
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What it says.
    pub message: Message,
}

/// `reportingDescriptor`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its `id`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is about, in one sentence.
    pub short_description: Message,
    /// What to do about it.
    pub help: Message,
    /// How bad its results are.
    pub default_configuration: Configuration,
}

/// `reportingConfiguration`.
#[derive(Debug, Serialize)]
pub struct Configuration {
    /// `error`, `warning` or `note`.
    pub level: &'static str,
}

/// `message`.
#[derive(Debug, Serialize)]
pub struct Message {
    text: String,
}

impl Message {
    /// A message of plain text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// `result`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The rule's `id`.
    pub rule_id: String,
    /// Its place among the rules.
    pub rule_index: usize,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What was found.
    pub message: Message,
    /// Where.
    pub locations: [Location; 1],
    /// Other places that take part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    /// What makes it the same one in the next run.
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    /// Who accepts it; where one result of a run has the member, all have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressions: Option<Vec<Suppression>>,
}

/// `suppression`.
#[derive(Debug, Serialize)]
pub struct Suppression {
    /// `external` or `inSource`.
    pub kind: &'static str,
    /// `accepted`, `underReview` or `rejected`.
    pub status: &'static str,
    /// Why.
    pub justification: String,
}

/// `location`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Its number among the related ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    /// Where it is.
    pub physical_location: PhysicalLocation,
    /// A few words about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

impl Location {
    /// A place in a file.
    #[must_use]
    pub fn new(root: &Root, file: &str, region: Region) -> Self {
        let uri = root.uri(file);
        let uri_base_id = uri.relative.then_some("%SRCROOT%");
        let artifact_location = ArtifactLocation { uri: uri.text, uri_base_id };
        Self { id: None, physical_location: PhysicalLocation { artifact_location, region }, message: None }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
/// `physicalLocation`.
pub struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

/// `region`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl From<super::Region> for Region {
    fn from(region: super::Region) -> Self {
        Self {
            start_line: region.line,
            start_column: region.column,
            end_line: region.end_line,
            end_column: region.end_column,
        }
    }
}

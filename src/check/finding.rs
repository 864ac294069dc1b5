//! What an expectation found: the entries of `findings` and, where somebody accepts them, of `waived`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::spec::Severity;

/// An entry of `query.expect`: an expectation of the query, so that reports can name those that found nothing.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expected {
    /// Its `id`.
    pub id: String,
    /// How much its findings weigh.
    pub severity: Severity,
    /// Where the query file has it.
    pub place: FindingPlace,
}

/// An entry of `findings` or `waived`: a row that an expectation did not want, or a count that is out of its bounds.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finding {
    /// The `id` of the expectation.
    pub id: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The expectation's message, for this row.
    pub message: String,
    /// What stays the same from run to run: SHA-256, in hex, of query, expectation, portal, kind and token.
    pub fingerprint: String,
    /// The portal's name.
    pub portal: String,
    /// The token's kind; null where the finding is a count.
    pub token_type: Option<String>,
    /// The token's `id`; null where the finding is a count.
    pub token_id: Option<i64>,
    /// The row; null where the finding is a count.
    pub record: Option<Value>,
    /// Where the query file asks for it.
    pub place: FindingPlace,
    /// Who accepts it; null where nobody does.
    pub waiver: Option<Acceptance>,
}

/// Where a query file has an expectation. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingPlace {
    /// The file, as the user typed it.
    pub file: String,
    /// The line it begins in.
    pub line: usize,
    /// The column it begins at.
    pub column: usize,
    /// The line it ends in.
    pub end_line: usize,
    /// The column behind its end.
    pub end_column: usize,
}

/// That somebody accepts a finding, in the open and for a time.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, such as `2026-12-31`, UTC.
    pub expires: String,
}

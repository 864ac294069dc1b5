//! Every fault as data: its name, the value it takes, what it means. `--help` and the documents show this table.

use std::ops::RangeInclusive;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Trouble {
    Status,
    Storm,
    RetryAfter,
    Bare429,
    Reset,
    ResetBody,
    Truncate,
    Stall,
    StallBody,
    Latency,
    Html,
    Redirect,
    ErrorBody,
    V1,
    Apologies,
    NotJson,
    Large,
    NegativeTotal,
    NullTotal,
    NoTotal,
    MinTotal,
    Total,
    TotalDrift,
    ShortPages,
    EmptyPage,
    RepeatPage,
    IgnoreSize,
    NullItems,
    DuplicateItems,
    Delete,
    DeleteLast,
    Add,
    AddFirst,
    NoId,
    TextId,
    RolesNull,
    Unsorted,
    Reverse,
    IgnoreFilter,
    MisreadFilter,
    IgnoreFields,
    Blind,
    SelfBlind,
    Unlicensed,
    Skew,
    Echo,
    Echo500,
    EchoNote,
}

/// The value that a fault takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What stands for it in the help.
    pub placeholder: &'static str,
    /// The value where none is written; without one, it must be.
    pub default: Option<i64>,
    /// What it may be.
    pub range: RangeInclusive<i64>,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(super) trouble: Trouble,
    /// The name, as written.
    pub name: &'static str,
    /// The value, where it takes one.
    pub value: Option<Value>,
    /// What the portal does.
    pub meaning: &'static str,
}

impl Entry {
    /// How it is written: `status=N`, `delete[=N]`, `reset`.
    #[must_use]
    pub fn usage(&self) -> String {
        match &self.value {
            None => self.name.to_owned(),
            Some(Value { placeholder, default: None, .. }) => format!("{}={placeholder}", self.name),
            Some(Value { placeholder, default: Some(_), .. }) => format!("{}[={placeholder}]", self.name),
        }
    }
}

const fn plain(trouble: Trouble, name: &'static str, meaning: &'static str) -> Entry {
    Entry { trouble, name, value: None, meaning }
}

const fn with(trouble: Trouble, name: &'static str, value: Value, meaning: &'static str) -> Entry {
    Entry { trouble, name, value: Some(value), meaning }
}

const fn any(placeholder: &'static str, range: RangeInclusive<i64>) -> Value {
    Value { placeholder, default: None, range }
}

const fn or(placeholder: &'static str, default: i64, range: RangeInclusive<i64>) -> Value {
    Value { placeholder, default: Some(default), range }
}

const ROWS: RangeInclusive<i64> = 1..=1_000_000;

/// All faults, those that stop an answer first.
#[rustfmt::skip]
pub const FAULTS: &[Entry] = &[
    with(Trouble::Status, "status", any("N", 400..=599), "HTTP N with an error body"),
    with(Trouble::Storm, "429", or("SECONDS", 60, 0..=86_400), "HTTP 429 with a window of SECONDS (60) and no Retry-After"),
    with(Trouble::RetryAfter, "retry-after", or("SECONDS", 1, 0..=86_400), "HTTP 429 with Retry-After: SECONDS (1) and no rate headers"),
    plain(Trouble::Bare429, "bare-429", "HTTP 429 without a header of the API"),
    plain(Trouble::Reset, "reset", "closes the connection without an answer"),
    plain(Trouble::ResetBody, "reset-body", "closes the connection after half the body"),
    plain(Trouble::Truncate, "truncate", "half the body, with a length that fits it"),
    plain(Trouble::Stall, "stall", "never answers"),
    plain(Trouble::StallBody, "stall-body", "half the body, then nothing"),
    with(Trouble::Latency, "latency", any("MS", 0..=600_000), "waits MS milliseconds before each answer"),
    plain(Trouble::Html, "html", "HTTP 200 with a login page"),
    plain(Trouble::Redirect, "redirect", "HTTP 302 to another host"),
    with(Trouble::ErrorBody, "error-body", or("CODE", 1500, 1000..=9999), "HTTP 200 with an error body of CODE (1500)"),
    plain(Trouble::V1, "v1", "answers in the form of version 1"),
    plain(Trouble::Apologies, "apologies", "HTTP 200 with the text of an upgrade"),
    plain(Trouble::NotJson, "not-json", "HTTP 200 with a body that is no JSON"),
    plain(Trouble::Large, "large", "a page of more than 64 MiB, in a small gzip body"),
    plain(Trouble::NegativeTotal, "negative-total", "a total of -(size + 1)"),
    plain(Trouble::NullTotal, "null-total", "a total of null"),
    plain(Trouble::NoTotal, "no-total", "no total"),
    plain(Trouble::MinTotal, "min-total", "counts up to the end of the page, with isMin: true"),
    with(Trouble::Total, "total", any("N", -1_000_000..=1_000_000), "a total that is wrong by N, as +40 or -40"),
    plain(Trouble::TotalDrift, "total-drift", "a total that is one more with each answer"),
    with(Trouble::ShortPages, "short-pages", any("N", 1..=1000), "never more than N rows a page"),
    plain(Trouble::EmptyPage, "empty-page", "no rows, whatever the total says"),
    plain(Trouble::RepeatPage, "repeat-page", "ignores offset: always the first page"),
    plain(Trouble::IgnoreSize, "ignore-size", "50 rows a page, whatever is asked"),
    plain(Trouble::NullItems, "null-items", "items: null in place of the rows"),
    plain(Trouble::DuplicateItems, "duplicate-items", "the member items twice, with half the rows in each"),
    with(Trouble::Delete, "delete", or("N", 1, ROWS), "N (1) tokens with the lowest ids are deleted before each answer"),
    with(Trouble::DeleteLast, "delete-last", or("N", 1, ROWS), "N (1) tokens with the highest ids are deleted before each answer"),
    with(Trouble::Add, "add", or("N", 1, ROWS), "N (1) tokens with new highest ids come before each answer"),
    with(Trouble::AddFirst, "add-first", or("N", 1, ROWS), "N (1) tokens with ids below all others come before each answer"),
    plain(Trouble::NoId, "no-id", "rows without an id"),
    plain(Trouble::TextId, "text-id", "rows with a text for an id"),
    plain(Trouble::RolesNull, "roles-null", "rows with roles: null"),
    plain(Trouble::Unsorted, "unsorted", "ignores sort: rows in an order of no meaning"),
    plain(Trouble::Reverse, "reverse", "ignores sort: rows by descending id"),
    plain(Trouble::IgnoreFilter, "ignore-filter", "ignores filter"),
    plain(Trouble::MisreadFilter, "misread-filter", "a filter matches nothing"),
    plain(Trouble::IgnoreFields, "ignore-fields", "ignores fields: all members of each row"),
    plain(Trouble::Blind, "blind", "the caller may see no token: empty lists"),
    plain(Trouble::SelfBlind, "self-blind", "the caller sees every token but its own"),
    plain(Trouble::Unlicensed, "unlicensed", "HTTP 400 for bearer tokens: the account has no licence for traces"),
    with(Trouble::Skew, "skew", any("SECONDS", -315_360_000..=315_360_000), "a clock that is ahead by SECONDS, or behind with -"),
    plain(Trouble::Echo, "echo", "HTTP 401 that repeats the Authorization header in four encodings"),
    plain(Trouble::Echo500, "echo-500", "the same with HTTP 500"),
    plain(Trouble::EchoNote, "echo-note", "the caller's secret in the note of the first row"),
];

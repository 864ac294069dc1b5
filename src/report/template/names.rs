//! What a template sees, as data: the names of the context document and what lies below each.
//!
//! A new name in the document is an entry here. Following a path through these shapes is in `scope`.

use crate::catalog::{self, FieldType};

/// What a value of the document is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// A string, or null.
    Text,
    /// A number, or null.
    Number,
    /// True or false, or null.
    Flag,
    /// `run.verdict`: a string, and the one name whose reading is noted.
    Verdict,
    /// A list of values of one shape.
    List(&'static Shape),
    /// Names with a shape each, never null.
    Group(&'static [(&'static str, Shape)]),
    /// A row: its names depend on the query.
    Record,
    /// Not known before the run: every name below it is let through.
    Any,
}

use Shape::{Any, Flag, Group, List, Number, Record, Text, Verdict};

impl Shape {
    /// What it is, for messages.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Text | Verdict => "a text",
            Number => "a number",
            Flag => "true or false",
            List(_) => "a list",
            Group(_) => "a group of names",
            Record => "a record",
            Any => "a value",
        }
    }

    /// What `#each` gives one after the other; nothing when there is nothing to go through.
    pub(super) fn element(&self) -> Option<&'static Shape> {
        match self {
            List(element) => Some(element),
            Group(names) => match names {
                [(_, first), rest @ ..] if rest.iter().all(|(_, shape)| shape == first) => Some(first),
                _ => Some(&Any),
            },
            Record | Any => Some(&Any),
            Text | Number | Flag | Verdict => None,
        }
    }

    /// Whether records are in it.
    pub(super) fn holds_records(&self) -> bool {
        match self {
            Record => true,
            List(element) => element.holds_records(),
            Group(names) => names.iter().any(|(_, shape)| shape.holds_records()),
            Text | Number | Flag | Verdict | Any => false,
        }
    }

    /// Whether it is written as one text that means something to a reader.
    pub(super) fn is_printable(&self) -> bool {
        match self {
            Group(_) | Record => false,
            List(element) => element.is_printable(),
            Text | Number | Flag | Verdict | Any => true,
        }
    }
}

/// The whole document.
pub(super) static ROOT: Shape = Group(&[
    ("schema", Text),
    ("query", QUERY),
    ("portals", List(&PORTAL)),
    ("run", RUN),
    ("listings", List(&LISTING)),
    ("total", Number),
    ("count", Number),
    ("records", List(&Record)),
    ("columns", List(&Group(&[("title", Text), ("path", Text)]))),
    ("findings", List(&FINDING)),
    ("waived", List(&FINDING)),
    ("stats", STATS),
]);

const QUERY: Shape = Group(&[
    ("name", Text),
    ("description", Text),
    ("tags", List(&Text)),
    ("file", Text),
    ("sha256", Text),
    ("fields", List(&Text)),
    ("filter", Text),
    ("select", Text),
    ("sort", List(&Text)),
    ("expect", List(&EXPECTED)),
]);

static EXPECTED: Shape = Group(&[("id", Text), ("severity", Text), ("place", PLACE)]);

static PORTAL: Shape = Group(&[("name", Text), ("host", Text), ("account", Text), ("credential", Text)]);

const RUN: Shape = Group(&[
    ("startedAt", Text),
    ("finishedAt", Text),
    ("now", Number),
    ("lmqVersion", Text),
    ("verdict", Verdict),
    ("reasons", List(&Text)),
    ("warnings", List(&Text)),
    ("requests", Number),
    ("waitedSeconds", Number),
    ("sandbox", Flag),
]);

static LISTING: Shape = Group(&[
    ("portal", Text),
    ("path", Text),
    ("kind", Text),
    ("permission", Text),
    ("sentFilter", Text),
    ("localFilter", Text),
    ("pages", Number),
    ("total", Number),
    ("rows", Number),
    ("verdict", Text),
    ("reasons", List(&Text)),
    ("notes", List(&Text)),
]);

static FINDING: Shape = Group(&[
    ("id", Text),
    ("severity", Text),
    ("message", Text),
    ("fingerprint", Text),
    ("portal", Text),
    ("tokenType", Text),
    ("tokenId", Number),
    ("record", Any),
    ("place", PLACE),
    ("waiver", WAIVER),
]);

const PLACE: Shape = Group(&[
    ("file", Text),
    ("line", Number),
    ("column", Number),
    ("endLine", Number),
    ("endColumn", Number),
]);

const WAIVER: Shape = Group(&[("reason", Text), ("owner", Text), ("expires", Text)]);

static COUNT: Shape = Group(&[("value", Any), ("count", Number)]);

const STATS: Shape = Group(COUNTS);

static COUNTS: &[(&str, Shape)] = &[
    ("tokenType", List(&COUNT)),
    ("status", List(&COUNT)),
    ("adminName", List(&COUNT)),
    ("age", List(&COUNT)),
    ("idle", List(&COUNT)),
];

/// The fields of the records that a name of `stats` is counted from; none of another group.
pub(super) fn counted(group: &[(&str, Shape)], name: &str) -> &'static [&'static str] {
    match name {
        _ if group != COUNTS => &[],
        "tokenType" => &["tokenType"],
        "status" => &["status"],
        "adminName" => &["adminName"],
        "age" => &["ageDays"],
        "idle" => &["neverUsed", "idleDays"],
        _ => &[],
    }
}

/// The shape of a record's field, by what the catalogue says of it.
pub(super) fn field(name: &str) -> &'static Shape {
    let known = catalog::ENDPOINTS.iter().find_map(|endpoint| endpoint.field(name));
    match known.map(|field| field.kind) {
        Some(FieldType::Text) => &Text,
        Some(FieldType::Integer | FieldType::EpochSeconds) => &Number,
        Some(FieldType::Boolean) => &Flag,
        Some(FieldType::TextList) => &List(&Text),
        None => &Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_lists_and_groups() {
        assert_eq!(List(&Record).element(), Some(&Record));
        assert_eq!(STATS.element(), Some(&List(&COUNT)), "all of one shape");
        assert_eq!(QUERY.element(), Some(&Any), "of several shapes");
        assert_eq!(Text.element(), None);
    }

    #[test]
    fn fields_have_the_shape_of_their_type() {
        assert_eq!(field("roles"), &List(&Text));
        assert_eq!(field("createdOn"), &Number);
        assert_eq!(field("newerThanLmq"), &Any);
    }
}

//! What a template sees, as data: the names of the context document and what lies below each.
//!
//! A new name in the document is an entry here. Following a path through these shapes is in `scope`.

use crate::catalog::{self, FieldType};
use crate::report::document::diff::CHANGES;

/// What a value of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// A string, or null.
    Text,
    /// A text that may be a time in RFC 3339, as in `run.startedAt`, or null.
    Stamp,
    /// A number that is no time, or null.
    Number,
    /// A number that may be a time, in seconds since 1970, or null.
    Time,
    /// True or false, or null.
    Flag,
    /// `run.verdict`: a string, and the one name whose reading is noted.
    Verdict,
    /// A list of values of one shape.
    List(&'static Shape),
    /// Names with a shape each, never null.
    Group(&'static [(&'static str, Shape)]),
    /// Names with a shape each, or null.
    Optional(&'static [(&'static str, Shape)]),
    /// A row: its names depend on the query.
    Record,
    /// A row that has changed: it has `changes` besides.
    Changed,
    /// What `group_by` makes of a list of these.
    Groups(&'static Shape),
    /// One of them: `{key, count, items}`.
    Grouped(&'static Shape),
    /// Not known before the run: every name below it is let through.
    Any,
}

use Shape::{
    Any, Changed, Flag, Group, Grouped, Groups, List, Number, Optional, Record, Stamp, Text, Time, Verdict,
};

/// Values that can be equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Text,
    Number,
    Flag,
    List,
    Group,
}

/// The names of a group.
pub(super) const GROUPED: &[&str] = &["key", "count", "items"];

impl Shape {
    /// What it is, for messages.
    pub(super) fn described(self) -> &'static str {
        match self {
            Text | Stamp | Verdict => "a text",
            Number | Time => "a number",
            Flag => "true or false",
            List(_) | Groups(_) => "a list",
            Group(_) | Grouped(_) | Optional(_) => "a group of names",
            Record | Changed => "a record",
            Any => "a value",
        }
    }

    /// What it can be equal to; nothing where that is not known.
    pub(super) fn class(self) -> Option<Class> {
        Some(match self {
            Text | Stamp | Verdict => Class::Text,
            Number | Time => Class::Number,
            Flag => Class::Flag,
            List(_) | Groups(_) => Class::List,
            Group(_) | Optional(_) | Grouped(_) | Record | Changed => Class::Group,
            Any => return None,
        })
    }

    /// Whether it may be of that class.
    pub(super) fn may_be(self, class: Class) -> bool {
        self.class().is_none_or(|own| own == class)
    }

    /// Either of two.
    pub(super) fn or(self, other: Shape) -> Shape {
        match (self, other) {
            _ if self == other => self,
            _ if self.class() != other.class() => Any,
            (Stamp, _) | (_, Stamp) => Stamp,
            (Time, _) | (_, Time) => Time,
            _ => match self.class() {
                Some(Class::Text) => Text,
                Some(Class::Number) => Number,
                _ => Any,
            },
        }
    }

    /// What `#each` gives one after the other; nothing when there is nothing to go through.
    pub(super) fn element(self) -> Option<Shape> {
        match self {
            List(element) => Some(*element),
            Groups(element) => Some(Grouped(element)),
            Group(names) => match names {
                [(_, first), rest @ ..] if rest.iter().all(|(_, shape)| shape == first) => Some(*first),
                _ => Some(Any),
            },
            Grouped(_) | Record | Changed | Any => Some(Any),
            Text | Stamp | Number | Time | Flag | Verdict | Optional(_) => None,
        }
    }

    /// A name of one of them, of a kind that has fixed names.
    pub(super) fn member(self, name: &str) -> Option<Shape> {
        match (self, name) {
            (Group(names) | Optional(names), _) => {
                names.iter().find(|(known, _)| *known == name).map(|(_, shape)| *shape)
            }
            (Grouped(_), "key") => Some(Any),
            (Grouped(_), "count") => Some(Number),
            (Grouped(element), "items") => Some(List(element)),
            (Changed, CHANGES) => Some(List(&CHANGE)),
            _ => None,
        }
    }

    /// Whether records are in it.
    pub(super) fn holds_records(self) -> bool {
        match self {
            Record | Changed => true,
            List(element) | Groups(element) | Grouped(element) => element.holds_records(),
            Group(names) | Optional(names) => names.iter().any(|(_, shape)| shape.holds_records()),
            Text | Stamp | Number | Time | Flag | Verdict | Any => false,
        }
    }

    /// Whether it is written as one text that means something to a reader.
    pub(super) fn is_printable(self) -> bool {
        match self {
            Group(_) | Optional(_) | Record | Changed | Groups(_) | Grouped(_) => false,
            List(element) => element.is_printable(),
            Text | Stamp | Number | Time | Flag | Verdict | Any => true,
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
    ("columns", COLUMNS),
    ("findings", List(&FINDING)),
    ("waived", List(&FINDING)),
    ("stats", STATS),
    ("diff", Optional(DIFF)),
]);

/// A row: what the message of an expectation sees that selects rows.
pub(super) static RECORD: Shape = Record;

/// A number of rows: what the message of an expectation sees that counts them.
pub(super) static COUNTED: Shape =
    Group(&[("count", Number), ("min", Number), ("max", Number), ("portal", Text)]);

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

/// What a table of records has for columns.
pub(super) const COLUMNS: Shape = List(&Group(&[("title", Text), ("path", Text)]));

static EXPECTED: Shape = Group(&[("id", Text), ("severity", Text), ("place", PLACE)]);

static PORTAL: Shape = Group(&[("name", Text), ("host", Text), ("account", Text), ("credential", Text)]);

const RUN: Shape = Group(&[
    ("startedAt", Stamp),
    ("finishedAt", Stamp),
    ("now", Time),
    ("lmqVersion", Text),
    ("verdict", Verdict),
    ("reasons", List(&Text)),
    ("warnings", List(&Text)),
    ("requests", Number),
    ("waitedSeconds", Number),
    ("sandbox", Flag),
    ("shard", SHARD),
]);

const SHARD: Shape = Group(&[
    ("index", Number),
    ("count", Number),
    ("portals", Number),
    ("places", List(&Number)),
    ("deal", Text),
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

pub(super) static COUNT: Shape = Group(&[("value", Any), ("count", Number)]);

const STATS: Shape = Group(COUNTS);

static COUNTS: &[(&str, Shape)] = &[
    ("tokenType", List(&COUNT)),
    ("status", List(&COUNT)),
    ("adminName", List(&COUNT)),
    ("age", List(&COUNT)),
    ("idle", List(&COUNT)),
];

static DIFF: &[(&str, Shape)] = &[
    ("old", OLD),
    ("only", Flag),
    ("fields", List(&Text)),
    ("added", List(&Record)),
    ("removed", List(&Record)),
    ("changed", List(&Changed)),
    ("reasons", List(&Text)),
    ("warnings", List(&Text)),
];

const OLD: Shape =
    Group(&[("file", Text), ("startedAt", Stamp), ("now", Time), ("verdict", Text), ("lmqVersion", Text)]);

static CHANGE: Shape = Group(&[("field", Text), ("old", Any), ("new", Any)]);

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

/// The type of a record's field, by what the catalogue says of it.
pub(super) fn kind(name: &str) -> Option<FieldType> {
    catalog::ENDPOINTS.iter().find_map(|endpoint| endpoint.field(name)).map(|field| field.kind)
}

/// The shape of a record's field.
pub(super) fn field(name: &str) -> Shape {
    match kind(name) {
        Some(FieldType::Text) => Text,
        Some(FieldType::Integer) => Number,
        Some(FieldType::EpochSeconds) => Time,
        Some(FieldType::Boolean) => Flag,
        Some(FieldType::TextList) => List(&Text),
        None => Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_lists_and_groups() {
        assert_eq!(List(&Record).element(), Some(Record));
        assert_eq!(Groups(&Record).element().and_then(|group| group.member("items")), Some(List(&Record)));
        assert_eq!(STATS.element(), Some(List(&COUNT)), "all of one shape");
        assert_eq!(QUERY.element(), Some(Any), "of several shapes");
        assert_eq!(Text.element(), None);
    }

    #[test]
    fn either_of_two_is_what_both_may_be() {
        let cases = [
            (Text, Text, Text),
            (Text, Stamp, Stamp),
            (Verdict, Text, Text),
            (Number, Time, Time),
            (Number, Text, Any),
            (Flag, Any, Any),
            (List(&Text), List(&Record), Any),
        ];
        for (one, other, expected) in cases {
            assert_eq!((one.or(other), other.or(one)), (expected, expected), "{one:?} {other:?}");
        }
    }

    #[test]
    fn fields_have_the_shape_of_their_type() {
        assert_eq!(field("roles"), List(&Text));
        assert_eq!(field("createdOn"), Time);
        assert_eq!(field("idleDays"), Number);
        assert_eq!(field("newerThanLmq"), Any);
    }
}

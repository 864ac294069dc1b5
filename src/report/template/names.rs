//! What a template sees, as data: the names of the context document and what lies below each.
//!
//! A new name in the document is an entry here. Following a path through these shapes is in `scope`.

use serde_json::Value;

use crate::catalog::{self, Field, FieldType};
use crate::report::document::diff::CHANGES;
use crate::report::document::{CREDENTIALS, KINDS, SEVERITIES, VERDICTS};
use crate::text;

/// What a value of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// A string, or null.
    Text,
    /// A text that may be a time in RFC 3339, as in `run.startedAt`, or null.
    Stamp,
    /// One of these texts, or null.
    Word(&'static [&'static str]),
    /// A number that is no time, or null.
    Number,
    /// A number that may be a time, in seconds since 1970, or null.
    Time,
    /// One of these numbers, each with the word for it, or null.
    Code(&'static [(i64, &'static str)]),
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
    Any, Changed, Code, Flag, Group, Grouped, Groups, List, Number, Optional, Record, Stamp, Text, Time,
    Verdict, Word,
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
            Text | Stamp | Word(_) | Verdict => "a text",
            Number | Time | Code(_) => "a number",
            Flag => "true or false",
            List(_) | Groups(_) => "a list",
            Group(_) | Grouped(_) | Optional(_) => "a group of names",
            Record | Changed => "a record",
            Any => "a value",
        }
    }

    /// What it is with what a list holds, for messages: `a list of records`.
    pub(super) fn in_full(self) -> String {
        let elements = match self {
            List(element) => match element.class() {
                Some(Class::Text) => "texts",
                Some(Class::Number) => "numbers",
                Some(Class::Group) if matches!(element, Record | Changed) => "records",
                Some(Class::Group) if *element == COUNT => "counts",
                Some(Class::Group) => "groups of names",
                Some(Class::List) => "lists",
                Some(Class::Flag) | None => return self.described().to_owned(),
            },
            Groups(_) => "groups",
            _ => return self.described().to_owned(),
        };
        format!("a list of {elements}")
    }

    /// What it can be equal to; nothing where that is not known.
    pub(super) fn class(self) -> Option<Class> {
        Some(match self {
            Text | Stamp | Word(_) | Verdict => Class::Text,
            Number | Time | Code(_) => Class::Number,
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

    /// Whether it can be this value, and what it is one of; nothing where it may be any.
    pub(super) fn known_values(self, value: &Value) -> Option<(bool, String)> {
        match (self, value) {
            (Word(words), Value::String(text)) => {
                Some((words.contains(&text.as_str()), text::listed(words.iter().copied())))
            }
            (Verdict, _) => Word(VERDICTS).known_values(value),
            (Code(codes), Value::Number(number)) => {
                let is_one = codes.iter().any(|(code, _)| Value::from(*code).as_f64() == number.as_f64());
                let words: Vec<String> =
                    codes.iter().map(|(code, word)| format!("{code} = {word}")).collect();
                Some((is_one, words.join(", ")))
            }
            _ => None,
        }
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
            Text | Stamp | Word(_) | Number | Time | Code(_) | Flag | Verdict | Optional(_) => None,
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
            Text | Stamp | Word(_) | Number | Time | Code(_) | Flag | Verdict | Any => false,
        }
    }

    /// Whether it is written as one text that means something to a reader.
    pub(super) fn is_printable(self) -> bool {
        match self {
            Group(_) | Optional(_) | Record | Changed | Groups(_) | Grouped(_) => false,
            List(element) => element.is_printable(),
            Text | Stamp | Word(_) | Number | Time | Code(_) | Flag | Verdict | Any => true,
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

static EXPECTED: Shape = Group(&[("id", Text), ("severity", Word(SEVERITIES)), ("place", PLACE)]);

static PORTAL: Shape =
    Group(&[("name", Text), ("host", Text), ("account", Text), ("credential", Word(CREDENTIALS))]);

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
    ("kind", Word(KINDS)),
    ("permission", Text),
    ("sentFilter", Text),
    ("localFilter", Text),
    ("pages", Number),
    ("total", Number),
    ("rows", Number),
    ("verdict", Word(VERDICTS)),
    ("reasons", List(&Text)),
    ("notes", List(&Text)),
]);

static FINDING: Shape = Group(&[
    ("id", Text),
    ("severity", Word(SEVERITIES)),
    ("message", Text),
    ("fingerprint", Text),
    ("portal", Text),
    ("tokenType", Word(KINDS)),
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

const OLD: Shape = Group(&[
    ("file", Text),
    ("startedAt", Stamp),
    ("now", Time),
    ("verdict", Word(VERDICTS)),
    ("lmqVersion", Text),
]);

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

/// What the catalogue says of a record's field.
fn known(name: &str) -> Option<&'static Field> {
    catalog::ENDPOINTS.iter().find_map(|endpoint| endpoint.field(name))
}

/// The type of a record's field.
pub(super) fn kind(name: &str) -> Option<FieldType> {
    known(name).map(|field| field.kind)
}

/// The shape of a record's field.
pub(super) fn field(name: &str) -> Shape {
    let Some(field) = known(name) else { return Any };
    match field.kind {
        FieldType::Text if !field.values.is_empty() => Word(field.values),
        FieldType::Text => Text,
        FieldType::Integer if !field.labels.is_empty() => Code(field.labels),
        FieldType::Integer => Number,
        FieldType::EpochSeconds => Time,
        FieldType::Boolean => Flag,
        FieldType::TextList => List(&Text),
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
            (Code(&[(1, "one")]), Number, Number),
            (Word(&["a"]), Word(&["b"]), Text),
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
        assert!(matches!(field("tokenType"), Word(words) if words.contains(&"lmv1")));
        assert!(matches!(field("status"), Code(_)));
        assert_eq!(field("newerThanLmq"), Any);
    }
}

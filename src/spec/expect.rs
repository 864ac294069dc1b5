//! `expect`: what must hold of the rows.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{columns, fields};
use crate::catalog::{Endpoint, Field, FieldType};
use crate::diag::Code;
use crate::path::{Known, Path};
use crate::text;
use crate::yaml::{At, Entries, Mistake, Node, Place, Reader};

pub(super) const KEYS: &[&str] = &["id", "select", "count", "max", "per", "severity", "message"];
const BOUNDS: &[&str] = &["min", "max"];

/// Longest `id`. It stands in reports, and in the names of test cases.
const MAX_ID: usize = 100;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The word in query files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// An entry of `expect`.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Its name, which no other of the query has.
    pub id: String,
    /// What must hold.
    pub wants: Wants,
    /// How much its findings weigh.
    pub severity: Severity,
    /// The template of its findings' messages.
    pub message: String,
    /// Where its `id` stands.
    pub place: Place,
    /// Where its `message` stands.
    pub message_place: Place,
}

/// What an expectation asks of the rows of a portal.
#[derive(Debug, Clone)]
pub enum Wants {
    /// No more than `max` rows that this path selects.
    Few {
        /// Selects the rows that should not be.
        select: Path,
        /// How many of them may be.
        max: usize,
        /// The field of whose values each may have as many of them.
        per: Option<&'static Field>,
    },
    /// As many rows.
    Count {
        /// At least.
        min: Option<usize>,
        /// At most.
        max: Option<usize>,
    },
}

impl Expectation {
    /// The fields it reads.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let (path, per) = match &self.wants {
            Wants::Few { select, per, .. } => (Some(select), *per),
            Wants::Count { .. } => (None, None),
        };
        let selected = path.into_iter().flat_map(Path::fields).map(String::as_str);
        let twice = move |name: &str| path.is_some_and(|path| path.fields().contains(name));
        selected.chain(per.map(|field| field.name).filter(move |name| !twice(name)))
    }
}

/// The endpoint, and what its rows have.
type Fields<'a> = (&'a Endpoint, &'a [Known]);

/// The expectations of the query; those with a mistake are left out. They are of all rows, so a part of them is a mistake.
pub(super) fn expectations(reader: &mut Reader, keys: &Entries<'_>, fields: Fields<'_>) -> Vec<Expectation> {
    let Some(at) = keys.value("expect") else { return Vec::new() };
    let items = at.items();
    if items.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty list, expected expectations", &at.place));
    }
    for key in ["offset", "limit"] {
        if let (Some(place), Some(part)) = (keys.key_place("expect"), keys.key_place(key)) {
            let message = format!("`expect` does not go with `{key}`: a part of the rows proves nothing");
            let mistake = Mistake::new(Code::Conflict, message, place).related(part, "takes a part");
            reader.push(mistake.help("take one of them out, or make two queries of it"));
        }
    }
    let mut first: HashMap<String, Place> = HashMap::new();
    let mut expectations = Vec::new();
    for item in items {
        let Some(expectation) = expectation(reader, &item, fields) else { continue };
        if let Some(place) = first.get(&expectation.id) {
            let message = format!("two expectations are called `{}`", expectation.id);
            let mistake = Mistake::new(Code::BadValue, message, &expectation.place);
            reader.push(mistake.related(place, "the first").help("give each an `id` of its own"));
            continue;
        }
        first.insert(expectation.id.clone(), expectation.place.clone());
        expectations.push(expectation);
    }
    expectations
}

fn expectation(reader: &mut Reader, item: &At<'_>, fields: Fields<'_>) -> Option<Expectation> {
    let keys = reader.entries(item, KEYS, "a map with `id`, `select` or `count`, and `message`");
    if !matches!(item.node, Node::Map(_)) {
        return None;
    }
    for key in ["id", "message"] {
        if keys.value(key).is_none() {
            reader.push(Mistake::new(
                Code::MissingKey,
                format!("an expectation without `{key}`"),
                &item.place,
            ));
        }
    }
    let id = keys.value("id").and_then(|at| id(reader, at));
    let message = keys.value("message").and_then(|at| reader.text(at, "a text"));
    let severity = match keys.value("severity") {
        Some(at) => {
            let choices = Severity::ALL.map(|severity| (severity.name(), severity));
            reader.choice(at, &choices)
        }
        None => Some(Severity::Error),
    };
    let wants = wants(reader, item, &keys, fields);
    let place = |key: &str| keys.value(key).map(|at| at.place.clone()).unwrap_or_default();
    Some(Expectation {
        id: id?,
        wants: wants?,
        severity: severity?,
        message: message?,
        place: place("id"),
        message_place: place("message"),
    })
}

/// The `id` that a node has, whatever else is wrong with it.
pub(super) fn id_of(node: &Node) -> Option<String> {
    let Node::Map(entries) = node else { return None };
    entries.iter().find_map(|entry| match entry {
        (Node::Text(key), Node::Text(id)) if key == "id" => Some(id.clone()),
        _ => None,
    })
}

fn id(reader: &mut Reader, at: &At<'_>) -> Option<String> {
    let id = reader.text(at, "a name")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= MAX_ID && id.chars().all(fits) {
        return Some(id);
    }
    let message = format!("`{}` is no name", text::shortened(&id, 60));
    let help = format!("letters, digits, `-` and `_`, at most {MAX_ID}");
    reader.push(Mistake::new(Code::BadValue, message, &at.place).help(help));
    None
}

fn wants(
    reader: &mut Reader,
    item: &At<'_>,
    keys: &Entries<'_>,
    (endpoint, known): Fields<'_>,
) -> Option<Wants> {
    let max = keys.value("max").and_then(|at| reader.integer(at, 0..=i64::MAX));
    let per = per(reader, keys, endpoint);
    match (keys.value("select"), keys.value("count")) {
        (Some(_), Some(count)) => {
            let place = keys.key_place("count").unwrap_or(&count.place);
            let mistake = Mistake::new(Code::Conflict, "both `select` and `count`", place);
            let mistake = match keys.key_place("select") {
                Some(select) => mistake.related(select, "the rows that should not be"),
                None => mistake,
            };
            reader.push(mistake.help("write two expectations"));
            None
        }
        (Some(_), None) => {
            let select = columns::select(reader, keys, known)?;
            Some(Wants::Few { select, max: wide(max.unwrap_or(0)), per })
        }
        (None, Some(at)) => {
            if let Some(place) = keys.key_place("max") {
                let mistake = Mistake::new(Code::Conflict, "`max` does not go with `count`", place);
                reader.push(mistake.help("write it into `count`: `count: { max: 10 }`"));
            }
            count(reader, at)
        }
        (None, None) => {
            let mistake =
                Mistake::new(Code::MissingKey, "an expectation without `select` or `count`", &item.place);
            reader.push(mistake.help(
                "`select` gives the rows that should not be: `select: $[?@.idleDays > 90]`; `count` bounds \
                 how many rows there are: `count: { min: 1 }`",
            ));
            None
        }
    }
}

/// `per`: the field whose values `max` is for.
fn per(reader: &mut Reader, keys: &Entries<'_>, endpoint: &Endpoint) -> Option<&'static Field> {
    let at = keys.value("per")?;
    let place = keys.key_place("per").unwrap_or(&at.place);
    if keys.value("count").is_some() {
        let mistake = Mistake::new(Code::Conflict, "`per` does not go with `count`", place);
        reader.push(mistake.help("all rows are `select: $[*]`, and `max` is for each value of `per`"));
    } else if keys.value("max").is_none() {
        let mistake = Mistake::new(Code::MissingKey, "`per` without `max`", place);
        reader.push(mistake.help("`max` says how many rows of each value may be"));
    }
    let word = reader.text(at, "a field name")?;
    let Some(field) = endpoint.field(&word) else {
        reader.push(fields::no_field(endpoint, &word, at));
        return None;
    };
    let wrong = match field.kind {
        _ if field.secret => "is key material, which nothing is counted by",
        _ if matches!(field.name, "id" | "accessId") => {
            "is another one in each row, and would never be too many"
        }
        FieldType::TextList => "is a list, and `per` takes a field of one value",
        _ => return Some(field),
    };
    reader.push(Mistake::new(Code::BadValue, format!("`{word}` {wrong}"), &at.place));
    None
}

fn count(reader: &mut Reader, at: &At<'_>) -> Option<Wants> {
    let keys = reader.entries(at, BOUNDS, "a map with `min` or `max`");
    let mut bound = |key| keys.value(key).map(|at| reader.integer(at, 0..=i64::MAX));
    let (min, max) = (bound("min"), bound("max"));
    let mut wrong = |message: &str, help: &str| {
        reader.push(Mistake::new(Code::BadValue, message, &at.place).help(help));
        None
    };
    match (min, max) {
        (None, None) if matches!(at.node, Node::Map(_)) => {
            wrong("a `count` without `min` or `max` always holds", "write `count: { min: 1 }`")
        }
        (Some(Some(min)), Some(Some(max))) if min > max => {
            wrong("`min` is more than `max`, which no number of rows is", "swap the two")
        }
        (Some(Some(0)), None) => wrong("there are never less than 0 rows", "write `min: 1`, or a `max`"),
        (Some(None), _) | (_, Some(None)) | (None, None) => None,
        (min, max) => Some(Wants::Count { min: min.flatten().map(wide), max: max.flatten().map(wide) }),
    }
}

fn wide(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

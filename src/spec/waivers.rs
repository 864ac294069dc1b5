//! `waivers`: findings that somebody accepts, in the query itself or in a file of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::expect::{self, Expectation, Wants};
use super::query::Query;
use crate::catalog::{Endpoint, Field, FieldType};
use crate::diag::{Code, Diagnostic, Source};
use crate::project::{FileError, Project};
use crate::text;
use crate::yaml::{self, At, Entries, Mistake, Node, Place, Reader};

pub(super) const KEYS: &[&str] = &["expect", "match", "reason", "owner", "expires"];

/// How the name of a file of waivers ends.
const SUFFIXES: [&str; 2] = [".waivers.yaml", ".waivers.yml"];

/// What accepts findings of an expectation.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// The `id` of the expectation.
    pub expect: String,
    /// The fields of a row, or of a count the portal, and the values that it must have; never empty.
    pub matches: Vec<(String, Value)>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, UTC.
    pub expires: jiff::civil::Date,
    /// Where it stands: file and line.
    pub at: String,
}

/// Where the waivers of a query stand.
#[derive(Debug, Clone, Default)]
pub enum Waivers {
    /// Nowhere.
    #[default]
    None,
    /// In the query.
    Here(Vec<Waiver>),
    /// In this file, which is read by [`load`].
    File(String, Place),
}

/// What waivers are held against.
struct Against<'a> {
    source: &'a Source,
    expectations: &'a [Expectation],
    /// The ids of those that have mistakes of their own.
    broken: &'a [String],
    endpoint: &'a Endpoint,
    unknown: &'a [String],
}

/// The waivers of the query. Those of a file are left to [`load_waivers`].
pub(super) fn waivers(
    reader: &mut Reader,
    keys: &Entries<'_>,
    source: &Source,
    expectations: &[Expectation],
    (endpoint, unknown): (&Endpoint, &[String]),
) -> Waivers {
    let Some(at) = keys.value("waivers") else { return Waivers::None };
    if keys.value("expect").is_none() {
        let place = keys.key_place("waivers").unwrap_or(&at.place);
        let mistake =
            Mistake::new(Code::Conflict, "`waivers` without `expect`: there is nothing to accept", place);
        reader.push(mistake.help("write what is expected under `expect`, or take the waivers out"));
    }
    if let Node::Text(path) = at.node {
        if SUFFIXES.iter().any(|suffix| path.ends_with(suffix)) {
            return Waivers::File(path.clone(), at.place.clone());
        }
        let message = format!("`{}` is no file of waivers", text::shortened(path, 60));
        reader
            .push(Mistake::new(Code::BadValue, message, &at.place).help("its name ends in `.waivers.yaml`"));
        return Waivers::None;
    }
    let items = keys.value("expect").map(At::items).unwrap_or_default();
    let broken: Vec<String> = items.iter().filter_map(|item| expect::id_of(item.node)).collect();
    Waivers::Here(list(reader, at, &Against { source, expectations, broken: &broken, endpoint, unknown }))
}

/// The waivers of a query, read from their file where they have one. A path that begins with `./` or `../` is relative to the
/// query file, any other to the root of the project.
///
/// # Errors
/// Every mistake of the file.
pub fn load_waivers(query: &Query, project: &Project) -> Result<Vec<Waiver>, Vec<Diagnostic>> {
    let (path, place) = match &query.waivers {
        Waivers::None => return Ok(Vec::new()),
        Waivers::Here(waivers) => return Ok(waivers.clone()),
        Waivers::File(path, place) => (file(query, path, project), place),
    };
    let source = project.read(&path).map_err(|error| {
        let code = match error {
            FileError::Missing(_) => Code::WaiversMissing,
            FileError::Outside(_)
            | FileError::Hidden(_)
            | FileError::NotRegular(_)
            | FileError::TooLarge(..) => Code::OutsideProject,
            FileError::NotText(_) | FileError::Io(..) => Code::Unreadable,
        };
        vec![Diagnostic::new(code, error.to_string(), query.label(place))]
    })?;
    of_file(query, &source)
}

/// The file of a query's waivers, where they have one of their own: absolute, or relative to the current folder.
#[must_use]
pub fn waivers_file(query: &Query, project: &Project) -> Option<PathBuf> {
    match &query.waivers {
        Waivers::File(path, _) => Some(file(query, path, project)),
        Waivers::None | Waivers::Here(_) => None,
    }
}

fn file(query: &Query, path: &str, project: &Project) -> PathBuf {
    let base = match Path::new(&query.source.name).parent() {
        Some(folder) if path.starts_with("./") || path.starts_with("../") => folder,
        _ => project.root(),
    };
    base.join(path.trim_start_matches("./"))
}

fn of_file(query: &Query, source: &Arc<Source>) -> Result<Vec<Waiver>, Vec<Diagnostic>> {
    let top = yaml::parse(source).map_err(|mistake| vec![*mistake])?;
    let mut reader = Reader::default();
    let at = At::new(&top, Place::default());
    let against = Against {
        source,
        expectations: &query.expect,
        broken: &[],
        endpoint: query.endpoint,
        unknown: &query.unknown_fields,
    };
    let waivers = if matches!(top, Node::List(_)) {
        list(&mut reader, &at, &against)
    } else if top == Node::Null {
        Vec::new()
    } else {
        reader.wrong_type(&at, "a list of waivers");
        Vec::new()
    };
    let diagnostics = reader.finish(source);
    if diagnostics.is_empty() { Ok(waivers) } else { Err(diagnostics) }
}

fn list(reader: &mut Reader, at: &At<'_>, against: &Against<'_>) -> Vec<Waiver> {
    at.items().iter().filter_map(|item| waiver(reader, item, against)).collect()
}

fn waiver(reader: &mut Reader, item: &At<'_>, against: &Against<'_>) -> Option<Waiver> {
    let keys = reader.entries(item, KEYS, "a map with `expect`, `match`, `reason`, `owner` and `expires`");
    if !matches!(item.node, Node::Map(_)) {
        return None;
    }
    let missing = KEYS.iter().copied().filter(|key| keys.value(key).is_none());
    let missing = text::listed(missing);
    if !missing.is_empty() {
        let help = "what is accepted has a reason, an owner and an end";
        reader.push(
            Mistake::new(Code::MissingKey, format!("a waiver without {missing}"), &item.place).help(help),
        );
    }
    let expectation = keys.value("expect").and_then(|at| expectation(reader, at, against));
    let matches = keys.value("match").and_then(|at| matches(reader, at, expectation, against));
    let mut words = |key| keys.value(key).and_then(|at| words(reader, at));
    let (reason, owner) = (words("reason"), words("owner"));
    let expires = keys.value("expires").and_then(|at| date(reader, at));
    let line = yaml::Spans::new(&against.source.text).span(&item.place).start;
    let at = format!("{}:{}", against.source.name, against.source.position(line).0);
    Some(Waiver {
        expect: expectation?.id.clone(),
        matches: matches?,
        reason: reason?,
        owner: owner?,
        expires: expires?,
        at,
    })
}

fn expectation<'a>(reader: &mut Reader, at: &At<'_>, against: &Against<'a>) -> Option<&'a Expectation> {
    let word = reader.text(at, "the `id` of an expectation")?;
    let found = against.expectations.iter().find(|expectation| expectation.id == word);
    if found.is_none() && !against.broken.contains(&word) {
        let ids = || against.expectations.iter().map(|expectation| expectation.id.as_str());
        let message = format!("there is no expectation `{}`", text::shortened(&word, 60));
        let mistake = Mistake::new(Code::UnknownExpectation, message, &at.place);
        reader.push(match text::nearest(&word, ids()) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.help(format!("expectations: {}", text::listed(ids()))),
        });
    }
    found
}

/// A text that says something.
fn words(reader: &mut Reader, at: &At<'_>) -> Option<String> {
    let words = reader.text(at, "a text")?;
    if words.trim().is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty text", &at.place));
        return None;
    }
    Some(words)
}

fn date(reader: &mut Reader, at: &At<'_>) -> Option<jiff::civil::Date> {
    let word = reader.text(at, "a date such as `2026-12-31`")?;
    // A date alone: with a time behind it, it would not be plain which day is the last.
    let date = (word.len() == 10).then(|| word.parse().ok()).flatten();
    if date.is_none() {
        let message = format!("`{}` is no date", text::shortened(&word, 40));
        reader.push(
            Mistake::new(Code::BadValue, message, &at.place)
                .help("write the last day it holds: `2026-12-31`"),
        );
    }
    date
}

fn matches(
    reader: &mut Reader,
    at: &At<'_>,
    expectation: Option<&Expectation>,
    against: &Against<'_>,
) -> Option<Vec<(String, Value)>> {
    let Node::Map(entries) = at.node else {
        reader.wrong_type(at, "a map of fields and values");
        return None;
    };
    if entries.is_empty() {
        let mistake = Mistake::new(Code::BadValue, "an empty `match` would accept every finding", &at.place);
        reader.push(mistake.help("name the token: `match: { tokenType: lmv1, id: 42 }`"));
        return None;
    }
    let counted = expectation.is_some_and(|found| matches!(found.wants, Wants::Count { .. }));
    let mut matches: Vec<(String, Value)> = Vec::new();
    for (index, (key, value)) in entries.iter().enumerate() {
        let (key, value) = (At::new(key, at.place.key(index)), At::new(value, at.place.value(index)));
        let Some((name, field)) = field(reader, &key, against) else { continue };
        if counted && name != "portal" {
            let mistake = Mistake::new(Code::BadValue, format!("a count has no `{name}`"), &key.place);
            reader.push(mistake.help("it is one of a portal: `match: { portal: acme }`"));
        } else if matches.iter().any(|(known, _)| *known == name) {
            reader.push(Mistake::new(
                Code::DuplicateKey,
                format!("the field `{name}` stands twice"),
                &key.place,
            ));
        } else if let Some(value) = fitting(reader, &value, field) {
            matches.push((name, value));
        }
    }
    (matches.len() == entries.len()).then_some(matches)
}

/// The field that a key names; nothing is known of one that is newer than lmq.
fn field(
    reader: &mut Reader,
    key: &At<'_>,
    against: &Against<'_>,
) -> Option<(String, Option<&'static Field>)> {
    let name = reader.text(key, "a field name")?;
    let fields = against.endpoint.fields;
    let found = fields.iter().find(|field| field.name == name && !field.secret);
    if found.is_none() && !against.unknown.contains(&name) {
        let names = || fields.iter().filter(|field| !field.secret).map(|field| field.name);
        let message = format!("unknown field `{}`", text::shortened(&name, 40));
        let mistake = Mistake::new(Code::UnknownField, message, &key.place);
        reader.push(match text::nearest(&name, names()) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.help(format!("fields: {}", text::listed(names()))),
        });
        return None;
    }
    Some((name, found))
}

/// The value, where the field may have it.
fn fitting(reader: &mut Reader, at: &At<'_>, field: Option<&Field>) -> Option<Value> {
    let texts = |items: &[Node]| {
        let text = |node: &Node| match node {
            Node::Text(text) => Some(Value::from(text.as_str())),
            _ => None,
        };
        items.iter().map(text).collect::<Option<Vec<Value>>>()
    };
    let value = match (field.map(|field| field.kind), at.node) {
        (Some(FieldType::Integer | FieldType::EpochSeconds) | None, Node::Int(value)) => {
            Some(Value::from(*value))
        }
        (Some(FieldType::Text) | None, Node::Text(text)) => Some(Value::from(text.as_str())),
        (Some(FieldType::Boolean) | None, Node::Bool(value)) => Some(Value::from(*value)),
        (Some(FieldType::TextList) | None, Node::List(items)) => texts(items).map(Value::from),
        _ => None,
    };
    let name = field.map_or("", |field| field.name);
    if value.is_none() {
        let what = field.map_or_else(|| "a value".to_owned(), |field| field.kind.with_article());
        let found = if *at.node == Node::Null { "`null`".to_owned() } else { at.node.described() };
        let message = format!("{found} does not fit `{name}`, which is {what}");
        reader.push(Mistake::new(Code::FilterValue, message, &at.place));
    }
    let allowed = field.map_or(&[][..], |field| field.values);
    if let (Some(Value::String(text)), false) = (&value, allowed.is_empty())
        && !allowed.contains(&text.as_str())
    {
        let message = format!("`{name}` is never `{}`", text::shortened(text, 40));
        let help = format!("it is one of {}", text::listed(allowed.iter().copied()));
        reader.push(Mistake::new(Code::FilterValue, message, &at.place).help(help));
        return None;
    }
    value
}

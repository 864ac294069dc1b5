//! `fields`, `unknownFields` and `sort`: names held against the catalogue.

use super::query::SortKey;
use crate::catalog::Endpoint;
use crate::diag::Code;
use crate::row::Name;
use crate::text;
use crate::yaml::{At, Entries, Mistake, Reader};

/// Most names in `unknownFields`. All of them stand in the address of each request.
const MOST_UNKNOWN: usize = 100;

/// What records of differences have of their own.
const OWN: [&str; 2] = ["change", "changes"];

/// The names in `unknownFields` that lmq does not know.
pub(super) fn unknown_fields(reader: &mut Reader, keys: &Entries<'_>, endpoint: &Endpoint) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let items = keys.value("unknownFields").map(At::items).unwrap_or_default();
    if let Some(item) = items.get(MOST_UNKNOWN) {
        let message = format!("{} names, expected at most {MOST_UNKNOWN}", items.len());
        reader.push(Mistake::new(Code::BadValue, message, &item.place));
    }
    for item in items.into_iter().take(MOST_UNKNOWN) {
        let Some(name) = reader.text(&item, "a field name") else { continue };
        if endpoint.field(&name).is_some() {
            let message = format!("lmq knows the field `{name}`");
            reader.push(
                Mistake::new(Code::KnownField, message, &item.place).help("take it out of `unknownFields`"),
            );
        } else if !is_name(&name) {
            let message = format!("`{}` is no field name", text::shortened(&name, 40));
            reader.push(Mistake::new(Code::BadValue, message, &item.place).help("letters, digits and `_`"));
        } else if OWN.contains(&name.as_str()) {
            let message = format!("`{name}` is what lmq calls a difference, in the records of `lmq diff`");
            let mistake = Mistake::new(Code::BadValue, message, &item.place);
            reader.push(mistake.help("take it out; lmq cannot show a field of that name"));
        } else if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The fields of the query, all documented ones but key material by default.
pub(super) fn fields(
    reader: &mut Reader,
    keys: &Entries<'_>,
    endpoint: &Endpoint,
    unknown: &[String],
) -> Vec<Name> {
    match keys.value("fields") {
        Some(at) => names(reader, at, endpoint, unknown),
        None => endpoint.default_fields().map(Name::Known).collect(),
    }
}

/// A list of field names.
fn names(reader: &mut Reader, at: &At<'_>, endpoint: &Endpoint, unknown: &[String]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let items = at.items();
    if items.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty list, expected field names", &at.place));
    }
    for item in items {
        let Some(name) = name(reader, &item, endpoint, unknown) else { continue };
        if names.contains(&name) {
            let message = format!("`{}` stands twice", name.as_str());
            reader.push(Mistake::new(Code::BadValue, message, &item.place));
        } else {
            names.push(name);
        }
    }
    names
}

/// One field name. Key material is a warning.
pub(super) fn name(
    reader: &mut Reader,
    item: &At<'_>,
    endpoint: &Endpoint,
    unknown: &[String],
) -> Option<Name> {
    let word = reader.text(item, "a field name")?;
    let name = match endpoint.field(&word) {
        Some(field) => Name::Known(field),
        None if unknown.contains(&word) => Name::Unknown(word),
        None => {
            reader.push(no_field(endpoint, &word, item));
            return None;
        }
    };
    if matches!(&name, Name::Known(field) if field.secret) {
        let message = format!("`{}` is key material", name.as_str());
        let help = "it is shown masked; leave it out unless you compare keys by their first characters";
        reader.push(Mistake::new(Code::KeyMaterial, message, &item.place).help(help));
    }
    Some(name)
}

/// The sort keys; `-` in front of a field sorts its greatest first.
pub(super) fn sort(reader: &mut Reader, keys: &Entries<'_>, endpoint: &Endpoint) -> Vec<SortKey> {
    let mut sort = Vec::new();
    for item in keys.value("sort").map(At::items).unwrap_or_default() {
        let Some(word) = reader.text(&item, "a field name, or `-` and a field name") else { continue };
        let (descending, name) = match word.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, word.as_str()),
        };
        match endpoint.field(name) {
            Some(field) if field.secret => {
                let message = format!("`{name}` is key material and cannot be sorted by");
                reader.push(Mistake::new(Code::BadValue, message, &item.place));
            }
            Some(field) => sort.push(SortKey { field, descending }),
            None => reader.push(no_field(endpoint, name, &item)),
        }
    }
    sort
}

/// That a word is no field.
pub(super) fn no_field(endpoint: &Endpoint, word: &str, item: &At<'_>) -> Mistake {
    let names = endpoint.fields.iter().map(|field| field.name);
    let shown = text::shortened(word, 40);
    let mistake = Mistake::new(Code::UnknownField, format!("unknown field `{shown}`"), &item.place);
    match text::nearest(word, names.clone()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake.help(format!(
            "fields: {}\na field newer than lmq is listed in `unknownFields` too",
            text::listed(names)
        )),
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

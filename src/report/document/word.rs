//! Words of the document that are one of a few, or of one form: any other is refused when a result is read, so that no verdict is
//! made up.

use serde::de::{Deserialize as _, Deserializer, Error as _};

use super::SCHEMA;
use crate::portal::Verdict;
use crate::spec::{self, PermissionFilter, Severity, TokenKind};
use crate::text;

/// A word that lmq knows.
pub type Word = &'static str;

pub(in crate::report) const VERDICTS: &[Word] =
    &[Verdict::Complete.name(), Verdict::Limited.name(), Verdict::Incomplete.name()];
pub(in crate::report) const KINDS: &[Word] = &[TokenKind::Lmv1.name(), TokenKind::Bearer.name()];
const PERMISSIONS: &[Word] = &[PermissionFilter::Traces.name()];
/// What `portal::Access::kind` gives.
pub(in crate::report) const CREDENTIALS: &[Word] = &["LMv1", "bearer", "none"];
pub(in crate::report) const SEVERITIES: &[Word] =
    &[Severity::Error.name(), Severity::Warning.name(), Severity::Info.name()];

pub(super) fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    let found = String::deserialize(deserializer)?;
    if found == SCHEMA {
        return Ok(SCHEMA);
    }
    let found = text::shortened(&found, 60);
    Err(D::Error::custom(format!("this is `{found}`, and this lmq reads `{SCHEMA}`")))
}

pub(super) fn verdict<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    one_of("verdict", VERDICTS, &String::deserialize(deserializer)?)
}

pub(super) fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    one_of("kind of token", KINDS, &String::deserialize(deserializer)?)
}

pub(super) fn permission<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Word>, D::Error> {
    let found = Option::<String>::deserialize(deserializer)?;
    found.map(|found| one_of("permission", PERMISSIONS, &found)).transpose()
}

pub(super) fn credential<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    one_of("kind of credential", CREDENTIALS, &String::deserialize(deserializer)?)
}

/// The name of a query: it may become part of a file's name.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let found = String::deserialize(deserializer)?;
    if spec::is_name(&found) {
        return Ok(found);
    }
    let found = text::shortened(&found, 60);
    Err(D::Error::custom(format!("`{found}` is no name of a query: letters, digits, `-` and `_`")))
}

/// A time as results have it.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let found = String::deserialize(deserializer)?;
    if found.parse::<jiff::Timestamp>().is_ok() {
        return Ok(found);
    }
    let found = text::shortened(&found, 60);
    Err(D::Error::custom(format!("`{found}` is no time: RFC 3339, as in `2026-11-23T12:00:00Z`")))
}

fn one_of<E: serde::de::Error>(what: &str, known: &[Word], found: &str) -> Result<Word, E> {
    known.iter().find(|word| **word == found).copied().ok_or_else(|| {
        let found = text::shortened(found, 60);
        E::custom(format!("`{found}` is no {what}: {}", text::listed(known.iter().copied())))
    })
}

//! Differences as findings of expectations that every query has when it is held against an earlier result: that nothing is added,
//! removed or changed. Their names are none that a query can give.

use serde_json::Value;

use super::{Difference, words};
use crate::auth::sha256_hex;
use crate::check::{Expected, Finding, FindingPlace, Severity, text};
use crate::row::{Cell, Layout, Row};

/// A kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A token that was not there.
    Added,
    /// One that is gone.
    Removed,
    /// One that has other fields.
    Changed,
}

impl Kind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Added, Self::Removed, Self::Changed];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    /// The `id` of its findings. A query's own have no `/`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Added => "diff/added",
            Self::Removed => "diff/removed",
            Self::Changed => "diff/changed",
        }
    }

    /// The kind whose findings have this `id`.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// It as an entry of `query.expect`.
    #[must_use]
    pub fn expected(self, place: &FindingPlace) -> Expected {
        Expected { id: self.id().to_owned(), severity: Severity::Error, place: place.clone() }
    }
}

/// The differences between results of a query, with the layouts of the old and the new one, as findings at a place of the query.
#[must_use]
pub fn findings(
    difference: &Difference<'_>,
    (old, new): (&Layout, &Layout),
    query: &str,
    place: &FindingPlace,
) -> Vec<Finding> {
    let of = |kind: Kind, (row, layout): (&Row, &Layout), words: &str, what: Value| {
        finding(kind, (row, layout), words, (query, &what), place)
    };
    let added = difference.added.iter();
    let added = added.map(|row| of(Kind::Added, (row, new), "was added to the list", Value::Null));
    let removed = difference.removed.iter();
    let removed = removed.map(|row| of(Kind::Removed, (row, old), "was removed from the list", Value::Null));
    let changed = difference.changed.iter().map(|changed| {
        let what = serde_json::json!(changed.changes);
        let words = format!("changed: {}", words::all(&changed.changes));
        of(Kind::Changed, (changed.row, new), &words, what)
    });
    added.chain(removed).chain(changed).collect()
}

/// `what` is what has changed: the same token may change again.
fn finding(
    kind: Kind,
    (row, layout): (&Row, &Layout),
    words: &str,
    (query, what): (&str, &Value),
    place: &FindingPlace,
) -> Finding {
    let cell = |name: &str| layout.index(name).map_or(&Cell::Null, |index| row.cell(index));
    let (portal, token_type) = (text(cell("portal")), text(cell("tokenType")));
    let token_id = cell("id").as_int();
    let owner = match cell("adminName") {
        Cell::Text(owner) => format!(" of {}", words::line(owner)),
        _ => String::new(),
    };
    let id = kind.id();
    let identity = serde_json::json!([query, id, portal, token_type, token_id, what]);
    Finding {
        id: id.to_owned(),
        severity: Severity::Error,
        message: format!("{} token {}{owner} {words}", words::line(token_type), token_id.unwrap_or_default()),
        fingerprint: sha256_hex(&identity.to_string()),
        portal: portal.to_owned(),
        token_type: Some(token_type.to_owned()),
        token_id,
        record: Some(row.to_json(layout)),
        place: place.clone(),
        waiver: None,
    }
}

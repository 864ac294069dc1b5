//! Which results can be held against earlier ones. The document that comes of it is made in `made`, what is different is found in
//! `check`.

mod made;

use super::document::Document;
use crate::auth::Redactor;
use crate::check::diff::{Compare, Unfit};
use crate::portal::Portal;
use crate::row::Name;
use crate::spec::Query;
use made::usable;

/// An earlier result, to hold one against.
#[derive(Debug)]
pub struct Earlier {
    document: Document,
    file: String,
    compare: Compare,
}

/// Why two results cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// They are of two queries.
    #[error("the earlier result is of the query `{old}`, and this one of `{new}`")]
    Query {
        /// The earlier one's.
        old: String,
        /// The other's.
        new: String,
    },
    /// A part of the rows that match.
    #[error("{0} is `limited`: which tokens are missing from a part cannot be told")]
    Limited(String),
    /// Differences, and no result of a run.
    #[error("{0} is what `lmq diff` made, and no result of a run")]
    Differences(String),
    /// Made-up tokens and those of a portal.
    #[error("sandbox data is never compared with a real portal's: {0} made up")]
    Sandbox(&'static str),
    /// Two portals of one name.
    #[error("the portal `{name}` was at `{old}` for the earlier result, and is at `{new}` now")]
    Host {
        /// Their name.
        name: String,
        /// Where the one is that the earlier result is of.
        old: String,
        /// Where the other one is.
        new: String,
    },
    /// A field that was named.
    #[error(transparent)]
    Field(#[from] Unfit),
}

impl Incomparable {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Query { .. } => Some("compare results of one query; its `name` tells them apart"),
            Self::Limited(_) => Some("take `limit` and `offset` out of the query, or compare another one"),
            Self::Differences(_) => Some("name the two results that it was made of"),
            Self::Sandbox(_) => Some("compare two runs with `--sandbox`, or two without"),
            Self::Host { .. } => Some("two portals with one name are not one; give each a name of its own"),
            Self::Field(unfit) => unfit.help.as_deref(),
        }
    }
}

impl Earlier {
    /// A result from a file, without these secrets. `compare` says which fields count.
    ///
    /// # Errors
    /// When nothing can be held against it.
    pub fn new(
        document: Document,
        file: &str,
        compare: Compare,
        redactor: &Redactor,
    ) -> Result<Self, Incomparable> {
        let document = usable(document, file, redactor)?;
        Ok(Self { document, file: file.to_owned(), compare })
    }

    /// The name of its query.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.document.query.name
    }

    /// The fields that a run of the query has to bring, so that like is compared with like. No key material that the query does not
    /// ask for.
    ///
    /// # Errors
    /// A name that cannot be compared.
    pub fn fields(&self, query: &Query) -> Result<Vec<String>, Incomparable> {
        let asked = |name: &str| query.fields.iter().any(|field| field.as_str() == name);
        let known = query.endpoint.fields.iter().filter(|field| !field.secret || asked(field.name));
        let unknown = query.unknown_fields.iter().cloned().map(Name::Unknown);
        let possible: Vec<Name> = known.map(Name::Known).chain(unknown).collect();
        Ok(self.compare.choose(self.document.records.layout.names(), &possible)?.fields)
    }

    /// Whether results of these portals can be held against it, as far as that is known before they are asked.
    ///
    /// # Errors
    /// When not.
    pub fn meets<'p>(&self, portals: impl Iterator<Item = &'p Portal>) -> Result<(), Incomparable> {
        for portal in portals {
            // What listens on this machine says itself whether it is a sandbox.
            if portal.sandbox || !portal.address.is_loopback() {
                same_data(self.document.run.sandbox, portal.sandbox)?;
            }
            if !self.document.run.sandbox {
                self.same_host(&portal.name, &portal.address.host())?;
            }
        }
        Ok(())
    }

    fn same_host(&self, name: &str, host: &str) -> Result<(), Incomparable> {
        let mut moved = self.document.portals.iter().filter(|old| old.name == name && old.host != host);
        moved.next().map_or(Ok(()), |old| {
            let (old, new) = (old.host.clone(), host.to_owned());
            Err(Incomparable::Host { name: name.to_owned(), old, new })
        })
    }

    fn same(&self, new: &Document) -> Result<(), Incomparable> {
        let old = &self.document;
        if old.query.name != new.query.name {
            let (old, new) = (old.query.name.clone(), new.query.name.clone());
            return Err(Incomparable::Query { old, new });
        }
        same_data(old.run.sandbox, new.run.sandbox)?;
        // A sandbox is on another port each time.
        let mut portals = new.portals.iter().filter(|_| !new.run.sandbox);
        portals.try_for_each(|portal| self.same_host(&portal.name, &portal.host))
    }
}

fn same_data(old: bool, new: bool) -> Result<(), Incomparable> {
    match (old, new) {
        (true, false) => Err(Incomparable::Sandbox("the earlier result is")),
        (false, true) => Err(Incomparable::Sandbox("this one is")),
        _ => Ok(()),
    }
}

//! Members that no row of a listing has, not even as null: the portal does not send the field, and what reads it goes by nothing.

use crate::catalog::{Field, Sent};
use crate::filter::Condition;
use crate::path::Path;
use crate::plan::{Listing, Part, Plan};
use crate::row::{Name, Row};
use crate::spec::{Expectation, Query, TokenKind};
use crate::text;

/// From how many rows on it is worth a word that a member which some rows may lack is in none.
const MANY: usize = 20;

/// The members of the rows of a listing.
pub(super) struct Absent {
    asked: Vec<Asked>,
    rows: usize,
    warnings: Vec<String>,
    reasons: Vec<String>,
}

/// A field of the API that was asked for.
struct Asked {
    index: usize,
    field: &'static Field,
    /// Who decides by it, for the reason.
    by: Option<String>,
    sent: bool,
}

impl Absent {
    pub(super) fn new(query: &Query, plan: &Plan) -> Self {
        let names = plan.layout.names().iter().enumerate();
        let asked = names.filter_map(|(index, name)| match name {
            // A row without an id is told by the walk.
            Name::Known(field) if field.is_api() && field.name != "id" => {
                Some(Asked { index, field, by: reader(query, field), sent: false })
            }
            _ => None,
        });
        Self { asked: asked.collect(), rows: 0, warnings: Vec::new(), reasons: Vec::new() }
    }

    /// Looks at a row as the portal sent it.
    pub(super) fn look(&mut self, row: &Row) {
        self.rows += 1;
        for asked in self.asked.iter_mut().filter(|asked| !asked.sent) {
            asked.sent = row.is_set(asked.index);
        }
    }

    /// The rows so far were all or a part of those of this listing, and the next are another's. `portal` is told where there are
    /// several.
    pub(super) fn end(&mut self, listing: &Listing, part: Part, portal: Option<&str>) {
        let rows = std::mem::take(&mut self.rows);
        let title = portal.map_or_else(|| listing.title(), |portal| format!("{portal}: {}", listing.title()));
        let whole = listing.filter.is_none() && part == Part::ALL;
        let mut told = Vec::new();
        for asked in &mut self.asked {
            let missing = !std::mem::take(&mut asked.sent) && rows > 0;
            let must = match asked.field.sent {
                Sent::OfLmv1 if listing.kind == TokenKind::Bearer => continue,
                Sent::Always | Sent::OfLmv1 => true,
                // The caller's own token is among those of all users, and is used now.
                Sent::OnceUsed => whole && listing.kind == TokenKind::Lmv1 && listing.admin_id().is_none(),
                Sent::IfAny => false,
            };
            let name = asked.field.name;
            match &asked.by {
                _ if !missing => {}
                Some(by) if must => self.reasons.push(format!(
                    "{title}: the portal sends no `{name}` in any row, so {by} proves nothing"
                )),
                _ if must || (rows >= MANY && !asked.field.secret) => told.push(name),
                _ => {}
            }
        }
        if !told.is_empty() {
            self.warnings.push(format!("{title}: the portal sends no {} in any row", text::listed(told)));
        }
    }

    pub(super) fn finish(self) -> (Vec<String>, Vec<String>) {
        (self.warnings, self.reasons)
    }
}

/// What of a query decides about rows by a field, or by one that is derived from it.
fn reader(query: &Query, field: &Field) -> Option<String> {
    let reads = |name: &str| {
        let read = query.endpoint.field(name);
        read.is_some_and(|read| read == field || super::doubt::made_of(read).contains(&field.name))
    };
    let filtered = query.filters.iter().flat_map(Condition::leaves).find(|leaf| reads(leaf.field.name));
    let selected = || query.select.iter().flat_map(Path::fields).any(|name| reads(name));
    let expected = || query.expect.iter().find(|expectation| expectation.fields().any(reads));
    let sorted = || query.sort.iter().any(|key| reads(key.field.name));
    if let Some(leaf) = filtered {
        Some(format!("the filter on `{}`", leaf.field.name))
    } else if selected() {
        Some("`select`".to_owned())
    } else if let Some(Expectation { id, .. }) = expected() {
        Some(format!("the expectation `{id}`"))
    } else {
        sorted().then(|| "`sort`".to_owned())
    }
}

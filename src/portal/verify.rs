//! Rows held against what was asked, one after the other as they come.
//!
//! Every condition that was sent is decided again: a row that breaks one (case aside) means that the portal ignored it. A
//! value of another type than documented leaves a condition undecided.

use crate::catalog::{Field, Origin};
use crate::filter::{Condition, Leaf, Matcher, Op};
use crate::plan::{Listing, Plan};
use crate::row::{Cell, Layout, Name, Row};
use crate::spec::TokenKind;
use crate::text::shortened;

/// What the rows of a listing showed.
pub(super) struct Verify<'a> {
    layout: &'a Layout,
    sent: Vec<Sent<'a>>,
    typed: Vec<Typed>,
    unknown: Vec<Unknown>,
    own: Option<Own<'a>>,
    owner: Option<Owner>,
    /// Rows looked at.
    pub(super) rows: usize,
}

/// A condition that was sent, and the rows that break it.
struct Sent<'a> {
    condition: &'a Condition,
    matcher: Matcher<'a>,
    first: Option<String>,
    broken: usize,
}

/// A field that a condition is on or goes by, and the first value of it that leaves the condition undecided.
struct Typed {
    index: usize,
    field: &'static Field,
    /// Whether null leaves it undecided: every row has this field, and null is not what is asked about.
    null: bool,
    first: Option<(String, String)>,
}

/// A field that only the query knows, and whether a row has it.
struct Unknown {
    index: usize,
    found: bool,
}

/// The caller's own access id among those of the rows.
struct Own<'a> {
    index: usize,
    access_id: &'a str,
    /// The kind of token that was asked for: it is an `LMv1` token.
    kind: TokenKind,
    any: bool,
    found: bool,
}

/// The user whose tokens were asked for, and the first row that is not shown to be theirs: its `adminId`, where it is no id.
struct Owner {
    index: usize,
    id: i64,
    first: Option<(String, Option<String>)>,
}

/// Whether the caller's own token was among the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It was.
    Seen,
    /// There are access ids, and the caller's is not one of them.
    Missing,
    /// The rows do not tell.
    Unknown,
}

impl<'a> Verify<'a> {
    /// For rows of a listing; `access_id` is the caller's own, where it has one.
    pub(super) fn new(plan: &'a Plan, listing: &Listing, access_id: Option<&'a str>) -> Self {
        let layout = &plan.layout;
        let sent = plan.sent.iter().map(|condition| Sent {
            condition,
            matcher: Matcher::new([condition], layout).ignoring_case(),
            first: None,
            broken: 0,
        });
        let mut typed: Vec<Typed> = Vec::new();
        for leaf in plan.conditions.iter().flat_map(Condition::leaves) {
            let Some((index, field)) = decided_by(leaf, layout) else { continue };
            let null = field.always && !matches!(leaf.op, Op::Empty | Op::NotEmpty);
            match typed.iter_mut().find(|known| known.index == index) {
                Some(known) => known.null |= null,
                None => typed.push(Typed { index, field, null, first: None }),
            }
        }
        let unknown = layout.names().iter().enumerate();
        let unknown = unknown.filter(|(_, name)| matches!(name, Name::Unknown(_)));
        let own = access_id.and_then(|access_id| {
            let index = layout.fetched_index("accessId")?;
            Some(Own { index, access_id, kind: listing.kind, any: false, found: false })
        });
        let owner = listing.admin_id().and_then(|id| {
            let index = layout.fetched_index("adminId")?;
            Some(Owner { index, id, first: None })
        });
        Self {
            layout,
            sent: sent.collect(),
            typed,
            unknown: unknown.map(|(index, _)| Unknown { index, found: false }).collect(),
            own,
            owner,
            rows: 0,
        }
    }

    /// Looks at a row as the portal sent it.
    pub(super) fn look(&mut self, row: &Row) {
        self.rows += 1;
        for sent in &mut self.sent {
            if !sent.matcher.matches(row) {
                sent.first.get_or_insert_with(|| token(row, self.layout));
                sent.broken += 1;
            }
        }
        for typed in self.typed.iter_mut().filter(|typed| typed.first.is_none()) {
            let cell = row.cell(typed.index);
            if matches!(cell, Cell::Other(_)) || (*cell == Cell::Null && typed.null) {
                let value = shortened(&cell.to_json().to_string(), 40).into_owned();
                typed.first = Some((token(row, self.layout), value));
            }
        }
        for unknown in &mut self.unknown {
            unknown.found = unknown.found || *row.cell(unknown.index) != Cell::Null;
        }
        if let Some(own) = &mut self.own
            && let Cell::Text(found) = row.cell(own.index)
        {
            own.any = true;
            own.found = own.found || found == own.access_id;
        }
        if let Some(owner) = &mut self.owner
            && owner.first.is_none()
            && *row.cell(owner.index) != Cell::Int(owner.id)
        {
            let found = row.cell(owner.index);
            let other = !matches!(found, Cell::Int(_));
            let value = other.then(|| shortened(&found.to_json().to_string(), 40).into_owned());
            owner.first = Some((token(row, self.layout), value));
        }
    }

    /// Why the rows prove less than they should.
    pub(super) fn reasons(&self) -> Vec<String> {
        let ignored = self.sent.iter().filter_map(|sent| {
            let first = sent.first.as_ref()?;
            let more = if sent.broken > 1 { format!(" and {} more", sent.broken - 1) } else { String::new() };
            Some(format!(
                "the portal ignored the filter `{}`: {first}{more} came all the same",
                sent.condition
            ))
        });
        let typed = self.typed.iter().filter_map(|typed| {
            let (token, value) = typed.first.as_ref()?;
            let (name, kind) = (typed.field.name, typed.field.kind.name());
            Some(format!(
                "`{name}` of {token} is no {kind} but `{value}`, so the filter on it proves nothing"
            ))
        });
        let owner = self.owner.iter().filter_map(|owner| {
            let ((token, value), id) = (owner.first.as_ref()?, owner.id);
            Some(match value {
                None => format!("the portal lists tokens of others than user {id}: {token} is one"),
                Some(value) => {
                    format!("`adminId` of {token} is `{value}`: nothing shows that it is user {id}'s")
                }
            })
        });
        let kind = self.own.iter().filter(|own| own.found && own.kind == TokenKind::Bearer);
        let kind = kind.map(|_| {
            "the portal ignored `type=bearer`: this key's own LMv1 token is among the bearer tokens"
                .to_owned()
        });
        ignored.chain(typed).chain(owner).chain(kind).collect()
    }

    /// Whether the caller's own token was among the rows.
    pub(super) fn sight(&self) -> Sight {
        match self.own.as_ref().filter(|own| own.kind == TokenKind::Lmv1) {
            Some(own) if own.found => Sight::Seen,
            Some(own) if own.any => Sight::Missing,
            Some(_) | None => Sight::Unknown,
        }
    }

    /// The fields of `unknownFields` that a row has.
    pub(super) fn found_fields(&self) -> impl Iterator<Item = usize> + '_ {
        self.unknown.iter().filter(|unknown| unknown.found).map(|unknown| unknown.index)
    }
}

/// The cell that decides a condition: its own, or the one that its field is derived from.
fn decided_by(leaf: &Leaf, layout: &Layout) -> Option<(usize, &'static Field)> {
    let name = match leaf.field.origin {
        Origin::Api => leaf.field.name,
        Origin::Derived(from) => from,
    };
    let index = layout.index(name)?;
    match &layout.names()[index] {
        Name::Known(field) => Some((index, field)),
        Name::Unknown(_) => None,
    }
}

fn token(row: &Row, layout: &Layout) -> String {
    let id = layout.index("id").and_then(|index| row.cell(index).as_int());
    id.map_or_else(|| "a token without id".to_owned(), |id| format!("token {id}"))
}

//! What a comparison can know: that a token is gone is only known of a portal that was asked the same again, and whose lists are
//! whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{Listed, Side};
use crate::check::{Extent, text};
use crate::text::counted;

/// What is known of each portal.
pub(super) struct Known<'a> {
    /// Why removals on a portal of the old result are not known; nothing where they are.
    removals: BTreeMap<&'a str, Option<String>>,
    /// What counts as added although it may have been there.
    additions: Vec<String>,
    /// Whether reasons name the portal.
    several: bool,
}

impl<'a> Known<'a> {
    pub(super) fn of(old: &Side<'a>, new: &Side<'a>) -> Self {
        let (before, after) = (portals(old), portals(new));
        let several = before.union(&after).count() > 1;
        let removals = before.iter().map(|portal| (*portal, unknown(portal, old, new))).collect();
        let additions = old_is_short(old).into_iter().chain(not_asked_before(old, new, several)).collect();
        Self { removals, additions, several }
    }

    /// Whether a token of the old result that is not in the new one is gone.
    pub(super) fn is_whole(&self, portal: &str) -> bool {
        matches!(self.removals.get(portal), Some(None))
    }

    /// Why the comparison may lack something. `missing` counts the tokens of each portal that are not told as removed.
    pub(super) fn reasons(self, missing: &BTreeMap<&str, usize>) -> Vec<String> {
        let reason = |(portal, why): (&str, Option<String>)| {
            let why = why?;
            let of = if self.several { format!(" from `{portal}`") } else { String::new() };
            let those = match missing.get(portal).copied().unwrap_or_default() {
                0 => String::new(),
                1 => " (1 token of the earlier result is not in this one)".to_owned(),
                more => format!(" ({more} tokens of the earlier result are not in this one)"),
            };
            Some(format!("what was removed{of} is not known: {why}{those}"))
        };
        self.removals.into_iter().filter_map(reason).chain(self.additions).collect()
    }
}

/// The portals that were asked, or that rows are from.
fn portals<'a>(side: &Side<'a>) -> BTreeSet<&'a str> {
    let index = side.layout.index("portal");
    let of_rows = side.rows.iter().filter_map(|row| index.map(|index| text(row.cell(index))));
    of_rows.chain(side.listings.iter().map(|listed| listed.portal)).collect()
}

/// Why it is not known what is gone from a portal.
fn unknown(portal: &str, old: &Side<'_>, new: &Side<'_>) -> Option<String> {
    let own = |listed: &&Listed<'_>| listed.portal == portal;
    let mut asked = new.listings.iter().filter(own).peekable();
    if asked.peek().is_none() {
        return Some("it was not asked this time".to_owned());
    }
    if new.run == Extent::Partial || asked.any(|listed| listed.rows == Extent::Partial) {
        return Some("the list may be short".to_owned());
    }
    let mut lost = old.listings.iter().filter(own).filter(|listed| !has(new, listed));
    lost.next().map(|listed| format!("this time nobody asked for {}", title(listed)))
}

fn has(side: &Side<'_>, wanted: &Listed<'_>) -> bool {
    side.listings
        .iter()
        .any(|listed| (listed.portal, listed.path, listed.kind) == (wanted.portal, wanted.path, wanted.kind))
}

fn title(listed: &Listed<'_>) -> String {
    format!("the {} tokens of `{}`", listed.kind, listed.path)
}

/// An old result that may be short: what it lacks is no addition.
fn old_is_short(old: &Side<'_>) -> Option<String> {
    let short =
        old.run == Extent::Partial || old.listings.iter().any(|listed| listed.rows == Extent::Partial);
    let first = match old.reasons {
        [] => String::new(),
        [first] => format!(": {first}"),
        [first, more @ ..] => format!(": {first}, and {}", counted(more.len(), "more reason")),
    };
    short.then(|| {
        format!("the earlier result is incomplete, and tokens that it lacks count as added here{first}")
    })
}

/// What is asked now and was not before: none of its tokens need be new.
fn not_asked_before(old: &Side<'_>, new: &Side<'_>, several: bool) -> Option<String> {
    let mut more = new.listings.iter().filter(|listed| !has(old, listed));
    let first = more.next()?;
    let of = if several { format!(" of `{}`", first.portal) } else { String::new() };
    let rest = match more.count() {
        0 => String::new(),
        rest => format!(", nor for {}", counted(rest, "more listing")),
    };
    Some(format!(
        "the earlier run did not ask for {}{of}{rest}: all tokens there count as added",
        title(first)
    ))
}

/// Rows that no other can be held against.
pub(super) fn without_id(old: usize, new: usize) -> Option<String> {
    let rows = old + new;
    (rows > 0).then(|| format!("{} without an `id` cannot be compared", counted(rows, "row")))
}

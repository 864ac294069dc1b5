//! Waivers: which findings they accept, and which of them have no effect.

use serde_json::Value;

use super::{Acceptance, Extent, Finding};
use crate::spec::Waiver;
use crate::text;

/// The end of the warning of a waiver that has nothing to accept.
const UNUSED: &str = "matches no finding";

/// Whether a warning is of such a waiver: elsewhere it may have something.
#[must_use]
pub fn is_unused(warning: &str) -> bool {
    warning.contains(": the waiver of `") && warning.ends_with(UNUSED)
}

/// The waivers of a query, with what they met.
pub(super) struct Accepted<'a> {
    waivers: Vec<Met<'a>>,
}

struct Met<'a> {
    waiver: &'a Waiver,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    /// Its last day is over.
    Expired,
    Unused,
    Used,
}

impl<'a> Accepted<'a> {
    /// `now` is in epoch seconds.
    pub(super) fn new(waivers: &'a [Waiver], now: i64) -> Self {
        let today =
            jiff::Timestamp::from_second(now).map(|now| jiff::tz::Offset::UTC.to_datetime(now).date());
        let met = |waiver: &'a Waiver| {
            // Where the clock says nothing, nothing is accepted.
            let expired = today.as_ref().map_or(true, |today| waiver.expires < *today);
            Met { waiver, state: if expired { State::Expired } else { State::Unused } }
        };
        Self { waivers: waivers.iter().map(met).collect() }
    }

    /// The finding, accepted by the first waiver that is of it.
    pub(super) fn take(&mut self, mut finding: Finding) -> Finding {
        for met in self.waivers.iter_mut().filter(|met| met.state != State::Expired) {
            if !is_of(met.waiver, &finding) {
                continue;
            }
            met.state = State::Used;
            let Waiver { reason, owner, expires, .. } = met.waiver;
            finding.waiver.get_or_insert_with(|| Acceptance {
                reason: reason.clone(),
                owner: owner.clone(),
                expires: expires.to_string(),
            });
        }
        finding
    }

    /// A warning for each waiver without effect. What matches no row of a part may match one of the rest.
    pub(super) fn finish(self, rows: Extent) -> Vec<String> {
        let warning = |met: Met<'_>| {
            let Waiver { expect, owner, expires, at, .. } = met.waiver;
            let owner = text::shortened(owner, 60);
            match met.state {
                State::Used => None,
                State::Expired => Some(format!(
                    "{at}: the waiver of `{expect}` by {owner} has expired: its last day was {expires}"
                )),
                State::Unused if rows == Extent::Partial => None,
                State::Unused => Some(format!("{at}: the waiver of `{expect}` by {owner} {UNUSED}")),
            }
        };
        self.waivers.into_iter().filter_map(warning).collect()
    }
}

/// Whether a waiver is of a finding: of its expectation, and all fields have their values.
fn is_of(waiver: &Waiver, finding: &Finding) -> bool {
    let value = |name: &str| match &finding.record {
        Some(record) => record.get(name).cloned(),
        None if name == "portal" => Some(Value::from(finding.portal.as_str())),
        None => None,
    };
    waiver.expect == finding.id
        && waiver.matches.iter().all(|(name, wanted)| value(name).is_some_and(|found| same(&found, wanted)))
}

/// Lists have no order: a portal may name the roles of a user in another one tomorrow.
fn same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len()
                && found.iter().all(|item| wanted.contains(item))
                && wanted.iter().all(|item| found.contains(item))
        }
        (found, wanted) => found == wanted,
    }
}

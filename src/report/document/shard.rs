//! `run.shard`: which part of a run a result is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Dealt, Shard};
use crate::text::counted;

/// `run.shard`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardInfo {
    /// Its number, from 1.
    pub index: u32,
    /// How many shards the run has.
    pub count: u32,
    /// How many portals all of them ask.
    pub portals: usize,
    /// Where each of its own portals stands among these, from 1.
    pub places: Vec<usize>,
    /// SHA-256, in hex, of the names of all queries and portals of the run: its shards have the same one.
    pub deal: String,
}

impl ShardInfo {
    pub(super) fn of(dealt: &Dealt) -> Self {
        let Shard { index, count } = dealt.shard;
        Self { index, count, portals: dealt.of, places: dealt.places.clone(), deal: dealt.deal.clone() }
    }

    /// `shard 3 of 8`.
    #[must_use]
    pub fn name(&self) -> String {
        Shard { index: self.index, count: self.count }.to_string()
    }

    /// `125 of 1000 portals`.
    #[must_use]
    pub fn covered(&self) -> String {
        format!("{} of {}", self.places.len(), counted(self.portals, "portal"))
    }

    /// Why it cannot be the shard of a result with so many portals.
    pub(super) fn check(&self, portals: usize) -> Result<(), String> {
        let Self { index, count, .. } = *self;
        if Shard::new(index, count).is_none() {
            return Err(format!("`run.shard` is {index} of {count}"));
        }
        let places = self.places.len();
        let inside = self.places.iter().all(|place| (1..=self.portals).contains(place));
        let ascending = self.places.is_sorted_by(|one, next| one < next);
        if places != portals || !inside || !ascending {
            return Err("`run.shard.places` does not fit `portals`".to_owned());
        }
        Ok(())
    }
}

/// The warning of a shard that a query has no portal in.
pub(super) fn empty(dealt: &Dealt) -> Option<String> {
    dealt.portals.is_empty().then(|| without_portals(&dealt.shard.to_string()))
}

pub(super) fn without_portals(shard: &str) -> String {
    format!("{shard} has no portal of this query")
}

//! The shards of a run: pairs of query and portal, dealt in turn as cards are, so that several processes ask a part each. Pure.
//!
//! Who deals knows names alone. All shards of a run must find the same pairs in the same hand, whatever order files, flags and
//! configurations are in, so the pairs are sorted by name first.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::auth::sha256_hex;

/// Most shards of a run.
const MOST: u32 = 10_000;

/// One of the shards of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

impl Shard {
    /// The shard of this number, if there is one.
    #[must_use]
    pub fn new(index: u32, count: u32) -> Option<Self> {
        ((1..=MOST).contains(&count) && (1..=count).contains(&index)).then_some(Self { index, count })
    }
}

impl FromStr for Shard {
    type Err = String;

    /// `3/8`.
    fn from_str(text: &str) -> Result<Self, String> {
        let number =
            |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok());
        let shard = text
            .split_once('/')
            .and_then(|(index, count)| Self::new(number(index).flatten()?, number(count).flatten()?));
        shard.ok_or_else(|| format!("a shard is I/N, such as 3/8: I from 1 to N, and N at most {MOST}"))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {} of {}", self.index, self.count)
    }
}

/// What a shard asks for one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dealt {
    /// Which shard.
    pub shard: Shard,
    /// The portals it asks, in the order of the run.
    pub portals: Vec<String>,
    /// The place of each of them in the run, from 1.
    pub places: Vec<usize>,
    /// How many portals all shards ask.
    pub of: usize,
    /// What the shards of one run have in common: SHA-256, in hex, of the names of all queries and portals.
    pub deal: String,
}

/// Deals the pairs of these queries and portals. Gives one hand a query, in the order of the queries. Names are there once, the
/// portals' in the order of the run.
#[must_use]
pub fn deal(shard: Shard, queries: &[&str], portals: &[&str]) -> Vec<Dealt> {
    let (by_query, by_portal) = (sorted(queries), sorted(portals));
    let mut hands: Vec<Vec<usize>> = vec![Vec::new(); queries.len()];
    let pairs = by_query.iter().flat_map(|query| by_portal.iter().map(move |portal| (*query, *portal)));
    for (query, portal) in pairs.skip(shard.index as usize - 1).step_by(shard.count as usize) {
        hands[query].push(portal);
    }
    let named = |order: &[usize], names: &[&str]| -> Value { order.iter().map(|at| names[*at]).collect() };
    let deal = sha256_hex(&json!([named(&by_query, queries), named(&by_portal, portals)]).to_string());
    let dealt = |mut hand: Vec<usize>| {
        hand.sort_unstable();
        Dealt {
            shard,
            portals: hand.iter().map(|at| portals[*at].to_owned()).collect(),
            places: hand.iter().map(|at| at + 1).collect(),
            of: portals.len(),
            deal: deal.clone(),
        }
    };
    hands.into_iter().map(dealt).collect()
}

/// The indices of names, in the order of the names.
fn sorted(names: &[&str]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|at| names[*at]);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_a_number_and_how_many_there_are() {
        for (text, index, count) in
            [("1/1", 1, 1), ("3/8", 3, 8), ("10000/10000", 10_000, 10_000), ("01/08", 1, 8)]
        {
            assert_eq!(text.parse(), Ok(Shard { index, count }), "{text}");
        }
        for text in
            ["", "3", "/", "3/", "/8", "0/8", "9/8", "1/0", "1/10001", "+1/8", "-1/8", "1 /8", "1/8/9", "٣/8"]
        {
            let error = text.parse::<Shard>().expect_err(text);
            assert!(error.contains("3/8"), "{text}: {error}");
        }
        assert_eq!(Shard { index: 3, count: 8 }.to_string(), "shard 3 of 8");
    }

    #[test]
    fn pairs_are_dealt_in_turn_by_name() {
        let hands = |index| {
            let dealt = deal(Shard { index, count: 3 }, &["b", "a"], &["y", "x"]);
            dealt.into_iter().map(|dealt| (dealt.portals, dealt.places)).collect::<Vec<_>>()
        };
        let of = |names: &[&str], places: &[usize]| {
            (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), places.to_vec())
        };
        // a x, a y, b x, b y: to 1, 2, 3, 1.
        assert_eq!(hands(1), [of(&["y"], &[1]), of(&["x"], &[2])]);
        assert_eq!(hands(2), [of(&[], &[]), of(&["y"], &[1])]);
        assert_eq!(hands(3), [of(&["x"], &[2]), of(&[], &[])]);
    }
}

//! Dealing as a property: every pair once, evenly, and the same whatever order names are in.

use std::collections::BTreeSet;

use lmq::plan::{Dealt, Shard, deal};
use proptest::prelude::*;

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// The hands of all shards, one after the other.
fn hands(count: u32, queries: &[String], portals: &[String]) -> Vec<Vec<Dealt>> {
    let shards = (1..=count).map(|index| Shard::new(index, count).expect("a shard"));
    shards.map(|shard| deal(shard, &refs(queries), &refs(portals))).collect()
}

/// The pairs of a hand, by name.
fn pairs(queries: &[String], hand: &[Dealt]) -> BTreeSet<(String, String)> {
    let own = queries.iter().zip(hand);
    own.flat_map(|(query, dealt)| dealt.portals.iter().map(|portal| (query.clone(), portal.clone())))
        .collect()
}

fn differ_by_one_at_most(sizes: impl Iterator<Item = usize> + Clone) -> bool {
    sizes.clone().max().unwrap_or_default() - sizes.min().unwrap_or_default() <= 1
}

fn names(most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-c]{1,2}[0-9é]{0,2}", 0..=most)
        .prop_map(|names| names.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
}

proptest! {
    #[test]
    fn every_pair_is_dealt_once_and_evenly(queries in names(5), portals in names(30), count in 1..40u32) {
        let hands = hands(count, &queries, &portals);
        let all: Vec<BTreeSet<_>> = hands.iter().map(|hand| pairs(&queries, hand)).collect();
        prop_assert_eq!(all.iter().map(BTreeSet::len).sum::<usize>(), queries.len() * portals.len());
        let together: BTreeSet<_> = all.iter().flatten().collect();
        prop_assert_eq!(together.len(), queries.len() * portals.len());
        prop_assert!(differ_by_one_at_most(all.iter().map(BTreeSet::len)));
        for at in 0..queries.len() {
            prop_assert!(differ_by_one_at_most(hands.iter().map(|hand| hand[at].portals.len())));
        }
        for dealt in hands.iter().flatten() {
            let at_their_places: Vec<&String> = dealt.places.iter().map(|place| &portals[place - 1]).collect();
            prop_assert_eq!(at_their_places, dealt.portals.iter().collect::<Vec<_>>());
            prop_assert!(dealt.places.is_sorted());
            prop_assert_eq!((dealt.of, &dealt.deal), (portals.len(), &hands[0][0].deal));
        }
    }

    #[test]
    fn who_gets_what_does_not_depend_on_the_order(
        (queries, again) in names(5).prop_flat_map(|names| (Just(names.clone()), Just(names).prop_shuffle())),
        (portals, once_more) in names(30).prop_flat_map(|names| (Just(names.clone()), Just(names).prop_shuffle())),
        count in 1..40u32,
    ) {
        let (one, other) = (hands(count, &queries, &portals), hands(count, &again, &once_more));
        for (one, other) in one.iter().zip(&other) {
            prop_assert_eq!(pairs(&queries, one), pairs(&again, other));
            prop_assert_eq!(one.first().map(|dealt| &dealt.deal), other.first().map(|dealt| &dealt.deal));
        }
    }
}

/// What a shard of a run with other queries or portals has is not what is missing here.
#[test]
fn runs_with_other_names_have_another_deal() {
    let deal = |queries: &[&str], portals: &[&str]| {
        let shard = Shard::new(1, 2).expect("a shard");
        deal(shard, queries, portals)[0].deal.clone()
    };
    let deals: BTreeSet<String> = [
        deal(&["a"], &["x", "y"]),
        deal(&["a"], &["x"]),
        deal(&["a"], &["x", "z"]),
        deal(&["b"], &["x", "y"]),
        deal(&["a", "b"], &["x", "y"]),
        deal(&["a", "x"], &["y"]),
        deal(&["a"], &["x\",\"y"]),
    ]
    .into();
    assert_eq!(deals.len(), 7);
}

//! Random histories of a list: a walk that is accepted has every row that stayed, once.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// What happens to the list before a request.
#[derive(Debug, Clone)]
enum Change {
    Nothing,
    /// Remove up to this many rows from this position on.
    Remove(usize, usize),
    /// Add rows with ids between others, from this position on.
    Add(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => Just(Change::Nothing),
        2 => (0..400_usize, 1..60_usize).prop_map(|(at, many)| Change::Remove(at, many)),
        2 => (0..400_usize, 1..60_usize).prop_map(|(at, many)| Change::Add(at, many)),
    ]
}

/// A list under change, and what of it was there throughout.
struct World {
    all: BTreeSet<i64>,
    stayed: BTreeSet<i64>,
    next: i64,
    end: i64,
    history: std::vec::IntoIter<Change>,
    descending: bool,
    totals: u8,
    /// The most rows of each page in turn; of none, pages are as asked.
    cuts: Vec<usize>,
    served: usize,
}

impl World {
    fn new(length: i64, history: Vec<Change>, descending: bool, totals: u8) -> Self {
        // Ids by thousands, so that rows can be added between any two.
        let all: BTreeSet<i64> = (1..=length).map(|n| n * 1000).collect();
        let stayed = all.clone();
        Self {
            all,
            stayed,
            next: 1,
            end: length * 1000 + 1000,
            history: history.into_iter(),
            descending,
            totals,
            cuts: Vec::new(),
            served: 0,
        }
    }

    /// Answers a request; before it the next change happens.
    fn serve(&mut self, step: Step) -> Page {
        match self.history.next().unwrap_or(Change::Nothing) {
            Change::Nothing => {}
            Change::Remove(at, many) => {
                let gone: Vec<i64> = self.all.iter().copied().skip(at).take(many).collect();
                for id in gone {
                    self.all.remove(&id);
                    self.stayed.remove(&id);
                }
            }
            Change::Add(at, many) => {
                let base = self.all.iter().copied().nth(at).unwrap_or(self.end);
                for _ in 0..many {
                    self.next += 1;
                    self.all.insert(base + self.next % 999);
                }
            }
        }
        let mut now: Vec<i64> = self.all.iter().copied().collect();
        if self.descending {
            now.reverse();
        }
        let total = match self.totals {
            0 => Some(count(&now)),
            1 => None,
            _ => Some(-i64::from(step.size) - 1),
        };
        let mut rows = slice(&now, step);
        if !self.cuts.is_empty() {
            rows.truncate(self.cuts[self.served % self.cuts.len()]);
        }
        self.served += 1;
        page(rows, total)
    }

    /// Nothing twice, and of an accepted walk everything that stayed.
    fn judge(&self, got: &[i64], reasons: &[String]) {
        let set: BTreeSet<i64> = got.iter().copied().collect();
        assert_eq!(set.len(), got.len(), "no row twice");
        if reasons.is_empty() {
            let lost: Vec<&i64> = self.stayed.difference(&set).collect();
            assert!(lost.is_empty(), "lost {lost:?}");
        }
    }
}

/// As `walk`, with up to `depth` pages asked for ahead, in an order and number that `dice` decides; rows are taken as soon
/// as they are settled, if `streamed`.
fn walk_ahead(
    size: u32,
    depth: usize,
    mut dice: impl FnMut() -> usize,
    streamed: bool,
    mut serve: impl FnMut(Step) -> Page,
) -> (Vec<i64>, Vec<String>) {
    let mut walk = Walk::new(size, 0, Part::ALL);
    let mut early: Vec<(Step, Page)> = Vec::new();
    let mut given: BTreeSet<i64> = BTreeSet::new();
    for _ in 0..100_000 {
        let Some(step) = walk.step() else {
            let tail = walk.finish();
            let all = given.into_iter().chain(ids(&tail)).collect();
            return (all, tail.reasons);
        };
        let likely: Vec<Step> = walk.ahead().take(depth).collect();
        let before = early.len();
        early.retain(|(kept, _)| *kept == step || likely.contains(kept));
        walk.waste(u32::try_from(before - early.len()).expect("few"));
        for _ in 0..dice() % (depth + 1) {
            let open: Vec<Step> =
                likely.iter().copied().filter(|step| early.iter().all(|(kept, _)| kept != step)).collect();
            if !open.is_empty() {
                let chosen = open[dice() % open.len()];
                early.push((chosen, serve(chosen)));
            }
        }
        let page = match early.iter().position(|(kept, _)| *kept == step) {
            Some(at) => early.swap_remove(at).1,
            None => serve(step),
        };
        walk.accept(page);
        if streamed {
            let settled = walk.settle();
            if settled.restarted {
                given.clear();
            }
            let new = |row: &Row| row.cell(0).as_int().expect("every row has one");
            for row in &settled.rows {
                assert!(given.insert(new(row)), "given twice");
            }
            given.extend(settled.late.iter().map(new));
        }
    }
    panic!("the walk does not end");
}

#[test]
fn deletions_anywhere_in_twenty_pages_cost_few_requests() {
    for gone in [1_i64, 10, 1000] {
        for when in 0..24 {
            for (depth, front) in [(0, true), (0, false), (4, true), (4, false)] {
                let mut all: Vec<i64> = (1..=19_500).collect();
                let mut requests = 0_usize;
                let (got, reasons) = walk_ahead(
                    1000,
                    depth,
                    || depth,
                    false,
                    |step| {
                        requests += 1;
                        if requests == when {
                            let gone = usize::try_from(gone).expect("small");
                            let from = if front { 0 } else { all.len() - gone };
                            all.drain(from..from + gone);
                            all.push(100_000);
                        }
                        page(slice(&all, step), count(&all))
                    },
                );
                assert_eq!(reasons, Vec::<String>::new(), "{gone} gone before request {when}");
                let stayed = all.iter().filter(|id| **id < 100_000);
                let got: BTreeSet<i64> = got.into_iter().collect();
                assert_eq!(stayed.filter(|id| !got.contains(id)).count(), 0);
                assert!(requests <= 20 + 3 * 20 + 10, "{requests} requests");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every accepted walk has every row that stayed, once, whatever happened between two requests.
    #[test]
    fn what_stayed_is_in_the_list(
        length in 0..300_i64,
        size in 1..80_u32,
        descending: bool,
        totals in 0..3_u8,
        changes in proptest::collection::vec(change(), 0..12),
    ) {
        let mut world = World::new(length, changes, descending, totals);
        let walked = walk(size, |step| world.serve(step));
        world.judge(&ids(&walked), &walked.reasons);
    }

    /// The same with pages asked for ahead, in any order, and rows taken while the walk goes on.
    #[test]
    fn what_stayed_is_in_the_list_in_any_order_of_fetching(
        length in 0..300_i64,
        size in 1..60_u32,
        depth in 1..6_usize,
        streamed: bool,
        descending: bool,
        totals in 0..2_u8,
        dice in proptest::collection::vec(0..60_usize, 1..40),
        changes in proptest::collection::vec(change(), 0..16),
    ) {
        let mut world = World::new(length, changes, descending, totals);
        let mut turn = 0;
        let (got, reasons) = walk_ahead(
            size,
            depth,
            || {
                turn += 1;
                dice[turn % dice.len()]
            },
            streamed,
            |step| world.serve(step),
        );
        world.judge(&got, &reasons);
    }

    /// The same with pages shorter than asked. Without a count, one of a single row and a change at the same time may deceive.
    #[test]
    fn what_stayed_is_in_the_list_whatever_the_length_of_pages(
        length in 0..200_i64,
        size in 1..60_u32,
        descending: bool,
        totals in 0..3_u8,
        cuts in proptest::collection::vec(1..40_usize, 1..12),
        changes in proptest::collection::vec(change(), 0..12),
    ) {
        let mut world = World::new(length, changes, descending, totals);
        world.cuts = cuts.into_iter().map(|most| if totals == 0 { most } else { most.max(2) }).collect();
        let walked = walk(size, |step| world.serve(step));
        world.judge(&ids(&walked), &walked.reasons);
    }

    /// The same without changes: then no page is too short.
    #[test]
    fn a_quiet_list_is_whole_or_has_a_reason_whatever_the_length_of_pages(
        length in 0..100_i64,
        size in 1..60_u32,
        totals in 0..3_u8,
        cuts in proptest::collection::vec(1..5_usize, 1..12),
    ) {
        let mut world = World::new(length, Vec::new(), false, totals);
        world.cuts = cuts;
        let walked = walk(size, |step| world.serve(step));
        world.judge(&ids(&walked), &walked.reasons);
    }

    /// A part has no gap: what stayed between its first row and its last is in it.
    #[test]
    fn what_stayed_within_a_part_is_there(
        length in 0..300_i64,
        size in 1..60_u32,
        offset in 0..120_u64,
        limit in proptest::option::of(1..150_u64),
        changes in proptest::collection::vec(change(), 0..12),
    ) {
        let mut world = World::new(length, changes, false, 0);
        let mut walk = Walk::new(size, 0, Part { offset, limit });
        while let Some(step) = walk.step() {
            walk.accept(world.serve(step));
        }
        let walked = walk.finish();
        let got = ids(&walked);
        if let (Some(first), Some(last)) = (got.first().copied(), got.last().copied()) {
            world.stayed.retain(|id| (first..=last).contains(id));
            world.judge(&got, &walked.reasons);
        }
    }

    /// A server that answers anything at all ends the walk, and never by a panic.
    #[test]
    fn nonsense_ends(
        size in 1..20_u32,
        answers in proptest::collection::vec(
            (proptest::collection::vec(proptest::option::weighted(0.95, -5..40_i64), 0..25), proptest::option::of(-30..60_i64), any::<bool>()),
            1..12,
        ),
    ) {
        let mut turn = 0;
        walk(size, |_| {
            turn += 1;
            let (ids, total, is_min) = &answers[turn % answers.len()];
            let rows = ids.iter().map(|id| {
                let mut row = row(0);
                row.set(0, id.map_or(Cell::Null, Cell::Int));
                row
            });
            Page { rows: rows.collect(), total: *total, is_min: *is_min }
        });
    }
}

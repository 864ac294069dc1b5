//! Every ending of a walk, by a table; and random histories, by a model.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::catalog::by_path;
use crate::row::{Cell, Layout, Name};

fn row(id: i64) -> Row {
    let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
    let layout = Layout::new(vec![Name::Known(endpoint.field("id").expect("it has an id"))]);
    let mut row = layout.empty_row();
    row.set(0, Cell::Int(id));
    row
}

fn page(ids: impl IntoIterator<Item = i64>, total: impl Into<Option<i64>>) -> Page {
    Page { rows: ids.into_iter().map(row).collect(), total: total.into(), is_min: false }
}

/// Walks against a server; ends by itself or the test fails.
fn walk(size: u32, mut serve: impl FnMut(Step) -> Page) -> Walked {
    let mut walk = Walk::new(size, 0, Part::ALL);
    for _ in 0..100_000 {
        let Some(step) = walk.step() else { return walk.finish() };
        walk.accept(serve(step));
    }
    panic!("the walk does not end");
}

fn ids(walked: &Walked) -> Vec<i64> {
    walked.rows.iter().filter_map(|row| row.cell(0).as_int()).collect()
}

fn slice(all: &[i64], step: Step) -> Vec<i64> {
    let start = usize::try_from(step.offset).expect("a small offset");
    all.iter().copied().skip(start).take(step.size as usize).collect()
}

fn count(all: &[i64]) -> i64 {
    i64::try_from(all.len()).expect("a small list")
}

#[test]
fn a_quiet_list_is_whole_whatever_its_length() {
    for length in [0, 1, 2, 3, 49, 50, 51, 98, 99, 100, 101, 500] {
        for size in [1, 2, 3, 7, 50, 1000] {
            let all: Vec<i64> = (1..=length).collect();
            let walked = walk(size, |step| page(slice(&all, step), count(&all)));
            assert_eq!((ids(&walked), &walked.reasons), (all, &Vec::new()), "{length} by {size}");
        }
    }
}

#[test]
fn one_page_takes_one_request() {
    let all: Vec<i64> = (1..=120).collect();
    assert_eq!(walk(1000, |step| page(slice(&all, step), count(&all))).pages, 1);
    assert_eq!(walk(50, |step| page(slice(&all, step), count(&all))).pages, 3);
}

#[test]
fn a_total_that_tells_nothing_is_no_end() {
    let all: Vec<i64> = (1..=120).collect();
    for total in [Some(-51), Some(-1), None] {
        let walked = walk(50, |step| page(slice(&all, step), total));
        assert_eq!((ids(&walked), &walked.reasons), (all.clone(), &Vec::new()), "{total:?}");
    }
    let walked = walk(50, |step| Page { is_min: true, ..page(slice(&all, step), 51) });
    assert_eq!((ids(&walked), &walked.reasons), (all, &Vec::new()));
}

#[test]
fn pages_shorter_than_asked_leave_no_gap() {
    let all: Vec<i64> = (1..=120).collect();
    let capped = walk(50, |step| page(slice(&all, Step { size: step.size.min(20), ..step }), count(&all)));
    assert_eq!((ids(&capped), &capped.reasons), (all.clone(), &Vec::new()));
    let middle = walk(50, |step| {
        let size = if step.offset == 49 { 10 } else { step.size };
        page(slice(&all, Step { size, ..step }), count(&all))
    });
    assert_eq!((ids(&middle), &middle.reasons), (all, &Vec::new()));
}

#[test]
fn an_answer_that_contradicts_its_total_is_a_reason() {
    let all: Vec<i64> = (1..=80).collect();
    let cases: [(&str, i64); 2] =
        [("portal counts 120, serves 80", 120), ("portal counts 60, serves 80", 60)];
    for (reason, total) in cases {
        let walked = walk(50, |step| page(slice(&all, step), total));
        assert_eq!(walked.reasons, [reason]);
        assert_eq!(ids(&walked), all, "nothing is lost");
        assert!(walked.pages <= 8, "{} pages", walked.pages);
    }
    let nothing = walk(50, |_| page([], 120));
    assert_eq!(nothing.reasons, ["portal counts 120, serves 0: an empty page at offset 0"]);
    let negative = walk(50, |_| page([], -51));
    assert_eq!(negative.reasons, ["portal counts more rows, serves 0: an empty page at offset 0"]);
}

#[test]
fn an_empty_page_after_the_first_is_no_end() {
    let all: Vec<i64> = (1..=120).collect();
    for total in [Some(120), None, Some(-51)] {
        let walked =
            walk(50, |step| if step.offset == 0 { page(slice(&all, step), total) } else { page([], total) });
        assert_eq!(walked.reasons.len(), 1, "{total:?}: {:?}", walked.reasons);
        assert_eq!(ids(&walked).len(), 50);
        assert!(walked.pages <= 4);
    }
}

#[test]
fn a_portal_that_ignores_offset_is_found_out() {
    let all: Vec<i64> = (1..=120).collect();
    for total in [Some(120), None, Some(-51)] {
        let walked = walk(50, |step| page(slice(&all, Step { offset: 0, ..step }), total));
        assert_eq!(walked.reasons, ["the portal sends the same page at every offset"], "{total:?}");
        assert!(walked.pages <= 4);
    }
}

#[test]
fn a_row_without_an_id_is_a_reason() {
    let walked = walk(50, |_| {
        let mut page = page([1, 2], 3);
        page.rows.push({
            let mut row = row(0);
            row.set(0, Cell::Null);
            row
        });
        page
    });
    assert_eq!(walked.reasons, ["the portal sent a row without an integer `id`"]);
    assert_eq!(walked.rows.len(), 3, "the rows are kept");
}

/// Two rows a page and the greatest total there is once ended in an overflow.
#[test]
fn a_total_beyond_all_counting_ends_with_a_reason() {
    let walked = walk(2, |step| page(if step.offset == 0 { [1, 2] } else { [2, 3] }, i64::MAX));
    assert!(!walked.reasons.is_empty());
}

#[test]
fn descending_lists_are_joined_mirrored() {
    let all: Vec<i64> = (1..=120).rev().collect();
    let walked = walk(50, |step| page(slice(&all, step), count(&all)));
    assert_eq!((ids(&walked), &walked.reasons, &walked.notes), (all, &Vec::new(), &Vec::new()));
}

#[test]
fn a_loose_order_is_walked_twice() {
    let all: Vec<i64> = (1..=120).map(|n| (n * 37) % 121).collect();
    let walked = walk(50, |step| page(slice(&all, step), count(&all)));
    assert_eq!(walked.reasons, Vec::<String>::new());
    assert_eq!(walked.notes.len(), 1);
    assert_eq!(ids(&walked).into_iter().collect::<BTreeSet<_>>(), all.iter().copied().collect());
    let mut shuffles = 0;
    let changing = walk(50, |step| {
        shuffles += 7;
        let mut turned = all.clone();
        turned.rotate_left(shuffles % 120);
        page(slice(&turned, step), count(&all))
    });
    assert!(!changing.reasons.is_empty());
}

#[test]
fn rows_that_go_between_two_pages_hide_none() {
    let mut all: Vec<i64> = (1..=200).collect();
    let mut requests = 0;
    let walked = walk(50, |step| {
        requests += 1;
        if requests == 2 {
            all.drain(..10);
        }
        page(slice(&all, step), count(&all))
    });
    assert_eq!(walked.reasons, Vec::<String>::new());
    assert_eq!(ids(&walked), (1..=200).collect::<Vec<i64>>());
}

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
        page(slice(&now, step), total)
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
fn pages_ahead_are_those_that_follow() {
    let all: Vec<i64> = (1..=120).collect();
    let mut walk = Walk::new(50, 0, Part::ALL);
    assert_eq!(walk.ahead().count(), 0, "nothing is known yet");
    walk.accept(page(slice(&all, walk.step().expect("the first")), 120));
    assert_eq!(walk.step().map(|step| step.offset), Some(49));
    assert_eq!(walk.ahead().map(|step| step.offset).collect::<Vec<_>>(), [98]);
    let mut walk = Walk::new(50, 0, Part::ALL);
    walk.accept(page(1..=50, i64::MAX));
    assert_eq!(walk.ahead().take(3).map(|step| step.offset).collect::<Vec<_>>(), [98, 147, 196]);
}

#[test]
fn a_part_is_read_and_no_more() {
    let all: Vec<i64> = (1..=120).collect();
    let read = |size, offset, limit| {
        let mut walk = Walk::new(size, 0, Part { offset, limit });
        while let Some(step) = walk.step() {
            walk.accept(page(slice(&all, step), count(&all)));
        }
        let walked = walk.finish();
        assert_eq!(walked.reasons, Vec::<String>::new());
        (ids(&walked), walked.pages)
    };
    assert_eq!(read(1000, 0, Some(10)), ((1..=10).collect(), 1));
    assert_eq!(read(10, 30, Some(10)), ((31..=40).collect(), 1));
    assert_eq!(read(10, 115, Some(10)), ((116..=120).collect(), 1));
    assert_eq!(read(10, 500, Some(10)), (Vec::new(), 1));
    assert_eq!(read(50, 100, None), ((101..=120).collect(), 1));
    let (found, pages) = read(10, 0, Some(25));
    assert_eq!((&found[..25], pages), (&all[..25], 3));
}

#[test]
fn a_part_of_a_loose_order_is_unclear() {
    let mut walk = Walk::new(50, 0, Part { offset: 0, limit: Some(10) });
    walk.accept(page([5, 3, 9, 1], 4));
    assert!(walk.step().is_none());
    assert!(walk.finish().part_unclear);
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

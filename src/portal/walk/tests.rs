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
    let mut walk = Walk::new(size, 0);
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
        // Ids by tens, so that rows can be added between any two.
        let mut all: BTreeSet<i64> = (1..=length).map(|n| n * 1000).collect();
        let mut stayed = all.clone();
        let mut next = 1;
        let mut history = changes.into_iter();
        let walked = walk(size, |step| {
            match history.next().unwrap_or(Change::Nothing) {
                Change::Nothing => {}
                Change::Remove(at, many) => {
                    let gone: Vec<i64> = all.iter().copied().skip(at).take(many).collect();
                    for id in gone {
                        all.remove(&id);
                        stayed.remove(&id);
                    }
                }
                Change::Add(at, many) => {
                    let base = all.iter().copied().nth(at).unwrap_or(length * 1000 + 1000);
                    for _ in 0..many {
                        next += 1;
                        all.insert(base + next % 999);
                    }
                }
            }
            let mut now: Vec<i64> = all.iter().copied().collect();
            if descending {
                now.reverse();
            }
            let total = match totals {
                0 => Some(count(&now)),
                1 => None,
                _ => Some(-i64::from(step.size) - 1),
            };
            page(slice(&now, step), total)
        });
        let got = ids(&walked);
        let set: BTreeSet<i64> = got.iter().copied().collect();
        prop_assert_eq!(set.len(), got.len(), "no row twice");
        if walked.reasons.is_empty() {
            let lost: Vec<&i64> = stayed.difference(&set).collect();
            prop_assert!(lost.is_empty(), "lost {:?}", lost);
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

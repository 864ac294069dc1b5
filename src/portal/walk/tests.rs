//! Every ending of a walk, by a table. Random histories are in `model`.

mod model;

use std::collections::BTreeSet;

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

/// A page of the shared row alone was once the end, where no count said otherwise.
#[test]
fn a_page_cut_to_the_shared_row_is_no_end_without_a_count() {
    let all: Vec<i64> = (1..=120).collect();
    for total in [None, Some(-51)] {
        let mut cut = true;
        let once = walk(50, |step| {
            let size = if step.offset == 49 && std::mem::take(&mut cut) { 1 } else { step.size };
            page(slice(&all, Step { size, ..step }), total)
        });
        assert_eq!((ids(&once), &once.reasons), (all.clone(), &Vec::new()), "{total:?}");
        for size in [2, 50] {
            let always = walk(size, |step| page(slice(&all, Step { size: 1, ..step }), total));
            assert_eq!(always.reasons, ["portal counts nothing, serves 1, and has more behind that"]);
            assert_eq!((ids(&always), always.pages), (vec![1], 4), "{total:?}");
        }
    }
}

/// An empty first page without a count was once believed at once.
#[test]
fn one_empty_page_without_a_count_is_no_end() {
    let all: Vec<i64> = (1..=80).collect();
    let mut first = true;
    let walked =
        walk(
            50,
            |step| {
                if std::mem::take(&mut first) { page([], None) } else { page(slice(&all, step), None) }
            },
        );
    assert_eq!((ids(&walked), &walked.reasons), (all, &Vec::new()));
    let nothing = walk(50, |_| page([], None));
    assert_eq!((nothing.reasons, nothing.pages), (Vec::new(), 2));
}

/// A first page out of order, its two rows ascending by chance, once hid the rows in front of them.
#[test]
fn a_page_of_another_order_hides_no_row() {
    let all: Vec<i64> = (1..=40).collect();
    let mut first = true;
    let walked = walk(2, |step| {
        let rows = if std::mem::take(&mut first) { vec![17, 33] } else { slice(&all, step) };
        page(rows, count(&all))
    });
    assert_eq!((ids(&walked), &walked.reasons), (all, &Vec::new()));
    assert_eq!(
        walked.notes,
        ["the portal counted more rows than it had shown; two walks gave the same rows"]
    );
}

/// Rows at the head of a list in descending order, one a page, once were taken for ascending: the first of them came twice.
#[test]
fn pages_of_one_row_say_nothing_of_the_order() {
    let mut lists = [vec![2], vec![3], vec![4, 3, 2, 1]].into_iter();
    let mut now = Vec::new();
    let walked = walk(50, |step| {
        now = lists.next().unwrap_or_else(|| now.clone());
        page(if now.len() == 1 { now.clone() } else { slice(&now, step) }, 4)
    });
    assert_eq!((ids(&walked), &walked.reasons), (vec![4, 3, 2, 1], &Vec::new()));
}

/// Where the portal tells a count, the first one bounds the walk; without one it once went on for ever.
#[test]
fn a_list_that_grows_as_fast_as_it_is_read_ends_with_a_reason() {
    for (counted, length, more, most) in
        [(true, 60, 25, 100), (false, 60, 25, 4001), (false, 60, 2, 60), (false, 5, 1, 301)]
    {
        let mut all: Vec<i64> = (1..=length).collect();
        let walked = walk(20, |step| {
            all.extend(count(&all) + 1..=count(&all) + more);
            page(slice(&all, step), counted.then(|| count(&all)))
        });
        assert_eq!(walked.reasons.len(), 1, "{counted}");
        assert!(walked.pages <= most, "{} pages", walked.pages);
    }
}

#[test]
fn a_list_without_a_count_that_leads_nowhere_ends_soon() {
    let mut first = 0;
    let walked = walk(20, |step| {
        // Rows come in front as fast as it is read.
        first -= 25;
        page(slice(&(first..60).collect::<Vec<i64>>(), step), None)
    });
    assert_eq!(walked.reasons.len(), 1);
    assert!(walked.pages < 20, "{} pages", walked.pages);
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

/// Once the rows before and behind the gap were the part, and those in it were in no page.
#[test]
fn a_part_that_moves_behind_the_last_row_begins_anew() {
    let mut all: Vec<i64> = (1..=120).collect();
    let mut requests = 0;
    let mut walk = Walk::new(10, 0, Part { offset: 10, limit: Some(30) });
    while let Some(step) = walk.step() {
        requests += 1;
        if requests == 2 {
            all.drain(..25);
        }
        walk.accept(page(slice(&all, step), count(&all)));
    }
    let walked = walk.finish();
    assert_eq!(walked.reasons, Vec::<String>::new());
    assert_eq!(ids(&walked)[..30], (36..=65).collect::<Vec<i64>>());
}

#[test]
fn a_part_of_a_loose_order_is_unclear() {
    let mut walk = Walk::new(50, 0, Part { offset: 0, limit: Some(10) });
    walk.accept(page([5, 3, 9, 1], 4));
    assert!(walk.step().is_none());
    assert!(walk.finish().part_unclear);
}

/// The rows of the other end once were the part, and three rows that ascend by chance the first of the list.
#[test]
fn a_part_is_unclear_unless_enough_rows_ascend() {
    let part = |all: &[i64], offset, limit| {
        let mut walk = Walk::new(1000, 0, Part { offset, limit });
        while let Some(step) = walk.step() {
            walk.accept(page(slice(all, step), count(all)));
        }
        let walked = walk.finish();
        assert_eq!((walked.pages, &walked.reasons), (1, &Vec::new()));
        (!walked.part_unclear).then(|| ids(&walked))
    };
    let ascending: Vec<i64> = (1..=120).collect();
    let descending: Vec<i64> = ascending.iter().copied().rev().collect();
    assert_eq!(part(&ascending, 0, Some(3)), Some(vec![1, 2, 3]), "and no more than it");
    assert_eq!(part(&[1, 2, 3, 4], 0, Some(3)), Some(vec![1, 2, 3]), "all there are");
    assert_eq!(part(&descending, 0, Some(3)), None);
    assert_eq!(part(&descending, 100, None), None);
    assert_eq!(part(&[4, 7, 9, 1, 2, 3], 0, Some(3)), None);
    assert_eq!(part(&descending, 119, Some(5)), None, "one row has no order");
    assert_eq!(part(&ascending, 117, Some(5)), None, "three are not enough to tell");
    assert_eq!(part(&ascending, 110, Some(5)), Some((111..=115).collect()));
}

/// A page of two rows that counted less than the one before once ended the list at once.
#[test]
fn a_count_that_fell_is_asked_for_again_before_it_ends_the_list() {
    let all: Vec<i64> = (1..=29).collect();
    let lied = walk(5, |step| match step.offset {
        8 => page([9, 10], 10),
        _ => page(slice(&all, step), 29),
    });
    assert_eq!((ids(&lied), &lied.reasons), (all.clone(), &Vec::new()));
    let mut emptied = true;
    let empty = walk(5, |step| match step.offset {
        4 => page([], 29),
        0 if !std::mem::take(&mut emptied) => page([], 0),
        _ => page(slice(&all, step), 29),
    });
    assert_eq!(empty.pages, 4, "offsets 0, 4, 0 and 0 again");
    // Rows that did go cost one request.
    let mut left = all;
    let gone = walk(5, |step| {
        left.truncate(if step.offset == 0 { 29 } else { 7 });
        page(slice(&left, step), count(&left))
    });
    assert_eq!((ids(&gone), gone.pages, &gone.reasons), ((1..=7).collect(), 3, &Vec::new()));
}

#[test]
fn a_lower_bound_of_nothing_is_no_count() {
    let walked = walk(50, |_| Page { is_min: true, ..page([], 0) });
    assert_eq!(walked.reasons, ["portal counts at least 0, serves 0: an empty page at offset 0"]);
}

/// Where no total was told, the first of two rows with one id was dropped with a note.
#[test]
fn two_rows_with_one_id_are_a_reason_and_one_row_sent_twice_is_none() {
    let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
    let layout =
        Layout::new(["id", "note"].map(|name| Name::Known(endpoint.field(name).expect("a field"))).into());
    let walked = |notes: [&str; 2]| {
        walk(50, |step| {
            let rows = [(1, ""), (2, notes[0]), (2, notes[1])].map(|(id, note)| {
                let mut row = layout.empty_row();
                row.set(0, Cell::Int(id));
                row.set(1, Cell::text(note));
                row
            });
            Page {
                rows: rows.into_iter().skip(usize::try_from(step.offset).expect("small")).collect(),
                ..page([], None)
            }
        })
    };
    assert_eq!(walked(["a", "b"]).reasons, ["the portal sent two rows with the `id` 2 on one page"]);
    assert_eq!(walked(["a", "a"]).reasons, Vec::<String>::new());
}

//! Caps are never the end of a list; a part that was asked for leaves the rest unread.

use super::run;
use crate::support::{Stub, ids, page, rows, slice};

fn portal() -> Stub {
    Stub::start(|seen| page(slice(&rows(120), seen), 120))
}

#[test]
fn more_rows_than_allowed_are_incomplete() {
    let ran = run(&portal(), "size: 50\n", &["--max-rows", "60"]).exits(6).says(&["--max-rows, 60"]);
    assert_eq!(ids(&ran.json()).len(), 60);
    run(&portal(), "size: 50\n", &["--max-rows", "119"]).exits(6);
    run(&portal(), "size: 50\n", &["--max-rows", "120"]).exits(0);
    run(&portal(), "adminId: [1, 2]\n", &["--max-rows", "239"]).exits(6);
}

#[test]
fn a_part_leaves_the_other_pages_unread() {
    let read = |more: &str| {
        let stub = portal();
        let document = run(&stub, more, &[]).exits(0).json();
        assert_eq!(document["run"]["verdict"], "limited");
        let asked: Vec<(usize, usize)> =
            stub.seen().iter().map(|seen| (seen.offset(), seen.number_of("size"))).collect();
        (ids(&document), document["total"].as_u64(), asked)
    };
    assert_eq!(read("limit: 10\n"), ((1..=10).collect(), Some(120), vec![(0, 20)]));
    assert_eq!(read("limit: 10\noffset: 50\n"), ((51..=60).collect(), Some(120), vec![(50, 20)]));
    assert_eq!(read("offset: 110\n"), ((111..=120).collect(), Some(120), vec![(110, 1000)]));
    // Too few rows to show the order.
    let asked = vec![(115, 1000), (0, 1000)];
    assert_eq!(read("offset: 115\n"), ((116..=120).collect(), Some(120), asked));
    let (found, total, _) = read("offset: 500\n");
    assert_eq!((found, total), (Vec::new(), Some(120)));
    // Sorted otherwise, every row must be seen.
    let (found, total, asked) = read("limit: 10\nsort: -id\n");
    assert_eq!((found, total), ((111..=120).rev().collect(), Some(120)));
    assert_eq!(asked, [(0, 1000)]);
}

#[test]
fn a_part_of_what_the_portal_filters_otherwise_is_read_whole() {
    // The portal takes other rows too; lmq does not, and the part begins elsewhere.
    let stub = Stub::start(|seen| {
        let mut rows = rows(120);
        for row in rows.iter_mut().take(30) {
            row["status"] = 1.into();
        }
        page(slice(&rows, seen), 120)
    });
    let ran = run(&stub, "limit: 10\nfilters: [{status: 2}]\n", &[]).exits(6).says(&["ignored the filter"]);
    assert_eq!(ids(&ran.json()), (31..=40).collect::<Vec<i64>>());
}

/// A part behind the last row was once called a misread filter, and the rows in front of it were listed.
#[test]
fn a_part_behind_the_last_row_is_empty_and_no_misread_filter() {
    let ran = run(&portal(), "offset: 500\nlimit: 9\nfilters: [{status: 2}]\n", &[]).exits(0);
    let document = ran.json();
    assert_eq!((ids(&document), document["total"].as_u64()), (Vec::new(), Some(120)));
    let misread = Stub::start(|seen| match seen.parameter("filter") {
        Some(_) => page(&[], 0),
        None => page(slice(&rows(120), seen), 120),
    });
    for part in ["offset: 9\n", "limit: 9\n"] {
        run(&misread, &format!("{part}filters: [{{status: 2}}]\n"), &[])
            .exits(6)
            .says(&["misread the filter"]);
    }
}

/// Rows that were read for a part, and then again with all others, were once counted twice.
#[test]
fn rows_that_are_read_anew_are_counted_once() {
    let stub = Stub::start(|seen| {
        let mut rows = rows(120);
        rows[0]["adminName"] = "OWNER".into();
        rows[1]["adminName"] = "owner".into();
        page(slice(&rows[..2], seen), 2)
    });
    let more = "limit: 2\nfilters: [{adminName: owner}]\n";
    let document = run(&stub, more, &["--max-rows", "2"]).exits(0).json();
    assert_eq!(ids(&document), [2]);
}

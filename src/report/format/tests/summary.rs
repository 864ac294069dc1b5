//! The summary of a step: what stands there, and what it does without room.

use super::super::summary;
use super::*;
use crate::catalog::TOKEN_FIELDS;
use crate::report::column;
use crate::row::{Cell, Name};
use crate::spec::{ColumnSource, ColumnSpec};

fn page(document: &Document, room: usize) -> String {
    through(document, |view, out| summary::write(view, room, out).expect("memory takes it"))
}

/// With this many rows of an id.
fn with_rows(mut document: Document, count: i64) -> Document {
    let field = TOKEN_FIELDS.iter().find(|field| field.name == "id").expect("it is one");
    let layout = Layout::new(vec![Name::Known(field)]);
    let row = |id| {
        let mut row = layout.empty_row();
        row.set(0, Cell::Int(id));
        row
    };
    let rows: Vec<_> = (1..=count).map(row).collect();
    let id = ColumnSpec { title: "id | <b>".to_owned(), source: ColumnSource::Field(Name::Known(field)) };
    document.columns = column::columns(&[id], &layout);
    (document.total, document.count) = (rows.len(), rows.len());
    document.records = Records { layout, rows };
    document
}

#[test]
fn verdict_and_findings_stand_before_the_rows() {
    let text = page(&with_rows(mixed(), 2), 1 << 20);
    let parts = [
        "## idle\n\n**Complete**: ",
        "2 tokens, **2 findings** (1 error, 1 info), 2 waived.\n\n",
        "| severity | expectation | finding |\n|---|---|---|\n| error | old | &lt;b&gt;",
        "| info | noted | token 1 has a note |\n\n",
        "| 2026-12-31 | jane | old | token 3 is old | moves in May |\n| 2026-12-31 | jane | seen | ",
        "| id \\| &lt;b&gt; |\n|---:|\n| 1 |\n| 2 |\n\n",
    ];
    let mut rest = text.as_str();
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("no {part:?}, or not there:\n{text}"));
        rest = &rest[at + part.len()..];
    }
    assert_eq!(rest, "", "{text}");
}

#[test]
fn an_incomplete_run_says_so_first_and_that_it_proves_nothing() {
    let mut document = incomplete(document(vec![expected("old", Severity::Error, 7)], vec![]));
    document.run.sandbox = true;
    let text = page(&document, 1 << 20);
    assert!(text.starts_with("## idle\n\n**INCOMPLETE**: "), "{text}");
    assert!(text.contains("**Sandbox data**"), "{text}");
    assert!(text.contains("0 tokens, INCOMPLETE, no finding so far.\n\n- HTTP 500\n- &lt;b&gt;"), "{text}");
}

#[test]
fn what_has_no_room_is_counted_and_lines_stay_whole() {
    let document = with_rows(mixed(), 5_000);
    let whole = page(&document, 1 << 20);
    for room in (0..whole.len()).step_by(97) {
        let text = page(&document, room);
        assert!(text.len() <= room, "{room}: {}", text.len());
        let told = text.is_empty() || text.contains("no room");
        assert!(told, "{room}:\n{text}");
        assert!(text.lines().all(|line| !line.starts_with('|') || line.ends_with('|')), "{room}:\n{text}");
    }
    assert!(page(&document, 5_000).ends_with("more rows: no room.\n\n"));
    assert_eq!(
        page(&document, 100),
        "- idle: 5000 tokens, **2 findings** (1 error, 1 info), 2 waived, no room for more\n"
    );
    let shown = |text: &str| text.lines().filter(|line| line.starts_with("| ") && line.len() < 9).count();
    let text = page(&document, 9_000);
    assert!(text.contains(&format!("\n{} more rows: no room.", 5_000 - shown(&text))), "{text}");
}

#[test]
fn hostile_text_stays_in_its_cell() {
    let mut document = with_rows(mixed(), 1);
    document.columns[0].title = HOSTILE.to_owned();
    document.waived[0].waiver.as_mut().expect("it is waived").reason = HOSTILE.to_owned();
    let text = page(&document, 1 << 20);
    assert_eq!(text.chars().find(|c| crate::text::is_active(*c)), None, "{text}");
    assert!(!text.contains("<b>") && !text.lines().any(|line| line.starts_with("::")), "{text}");
    assert_eq!(text.matches("&lt;b&gt;").count(), 3, "{text}");
}

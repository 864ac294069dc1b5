//! Aligned columns of plain text, fitted to a terminal: what `table` and the lists of the command line have in common.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width};
use unicode_width::UnicodeWidthStr as _;

use crate::text;

/// Spaces between two columns.
const GAP: u16 = 2;
/// A column of at most this width is never wrapped: ids, dates, kinds, states, IPv4 addresses.
const NARROW: u16 = 16;
/// A wrapped column keeps at least this width.
const LEAST: u16 = 10;
/// Without a terminal, a text of more than this width moves what stands behind it, and not the whole column.
const WIDE: usize = 60;

/// A column's heading.
#[derive(Debug)]
pub(super) struct Heading<'a> {
    /// Its text.
    pub title: &'a str,
    /// Whether the column is flush right, as numbers are.
    pub right: bool,
}

/// The rows below their headings, each line without spaces at its end.
///
/// With a width, no line is longer: the widest columns wrap. Where not even that makes room, the rows follow each other as
/// blocks, a line for each column. Without a width nothing is wrapped or cut. No text can act on the terminal.
pub(super) fn aligned(headings: &[Heading<'_>], rows: &[Vec<String>], width: Option<u16>) -> String {
    let Some(width) = width else { return whole(headings, rows) };
    let mut table = plain();
    let cell = |text: &str, heading: &Heading<'_>| {
        let cell = Cell::new(text::inert_line(text));
        if heading.right { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    table.set_header(Row::from(headings.iter().map(|heading| cell(heading.title, heading))));
    for row in rows {
        table.add_row(Row::from(row.iter().zip(headings).map(|(text, heading)| cell(text, heading))));
    }
    match fit(&table.column_max_content_widths(), width) {
        Some(widths) => lines(table, &widths),
        None => blocks(headings, rows, width),
    }
}

/// The rows with every text on its line. The library would make each line as long as the longest text of each column: of ten
/// thousand rows and one long note, gigabytes of spaces.
fn whole(headings: &[Heading<'_>], rows: &[Vec<String>]) -> String {
    let lines = || std::iter::once(headings.iter().map(|heading| heading.title).collect()).chain(texts(rows));
    let mut widths = vec![0; headings.len()];
    for line in lines() {
        for (most, text) in widths.iter_mut().zip(line) {
            let width = text::inert_line(text).width();
            *most = if width > WIDE { *most } else { width.max(*most) };
        }
    }
    let mut out = String::new();
    for line in lines() {
        let start = out.len();
        for ((text, heading), width) in line.iter().zip(headings).zip(&widths) {
            let text = text::inert_line(text);
            let room = " ".repeat(width.saturating_sub(text.width()));
            let (before, behind) = if heading.right { (&*room, "") } else { ("", &*room) };
            out.extend([before, &text, behind]);
            out.extend(std::iter::repeat_n(' ', GAP.into()));
        }
        out.truncate(start + out[start..].trim_end().len());
        out.push('\n');
    }
    out
}

fn texts(rows: &[Vec<String>]) -> impl Iterator<Item = Vec<&str>> {
    rows.iter().map(|row| row.iter().map(String::as_str).collect())
}

/// The width of each column in a terminal of that width; `None` where narrow columns would have to wrap.
///
/// From the narrowest up, each column takes its whole width while the others keep their least; the rest share what is left.
fn fit(content: &[u16], width: u16) -> Option<Vec<u16>> {
    let least = |index: usize| if content[index] <= NARROW { content[index] } else { LEAST };
    let gaps = u32::from(GAP) * u32::try_from(content.len().saturating_sub(1)).ok()?;
    let mut left = u32::from(width).checked_sub(gaps)?;
    let mut kept: u32 = (0..content.len()).map(|index| u32::from(least(index))).sum();
    if kept > left {
        return None;
    }
    let mut order: Vec<usize> = (0..content.len()).collect();
    order.sort_by_key(|index| content[*index]);
    let mut widths = content.to_vec();
    let columns = (1..=u32::try_from(order.len()).ok()?).rev();
    for (index, columns) in order.into_iter().zip(columns) {
        kept -= u32::from(least(index));
        let free = left - kept;
        if u32::from(content[index]) > free {
            widths[index] = u16::try_from(free.min(left / columns)).ok()?.max(least(index));
        }
        left -= u32::from(widths[index]);
    }
    Some(widths)
}

/// Each row as lines of a heading and its value, with an empty line between rows.
fn blocks(headings: &[Heading<'_>], rows: &[Vec<String>], width: u16) -> String {
    let mut table = plain();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            table.add_row(["", ""]);
        }
        for (heading, text) in headings.iter().zip(row) {
            table.add_row([text::inert_line(heading.title), text::inert_line(text)]);
        }
    }
    let title = table.column_max_content_widths().first().copied().unwrap_or_default();
    let title = title.min(width / 3).max(1);
    lines(table, &[title, width.saturating_sub(title + GAP).max(1)])
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table
}

fn lines(mut table: Table, widths: &[u16]) -> String {
    let last = table.column_count().saturating_sub(1);
    for ((index, column), width) in table.column_iter_mut().enumerate().zip(widths) {
        let gap = if index == last { 0 } else { GAP };
        column.set_padding((0, gap));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width.saturating_add(gap))));
    }
    let gaps = GAP.saturating_mul(u16::try_from(last).unwrap_or(u16::MAX));
    let whole = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(whole);
    table.lines().fold(String::new(), |out, line| out + line.trim_end() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Widths of the contents, of the terminal, of the columns.
    type Case = (&'static [u16], u16, Option<&'static [u16]>);

    #[test]
    fn narrow_columns_keep_their_width_and_wide_ones_share_the_rest() {
        let cases: &[Case] = &[
            (&[3, 10, 40], 80, Some(&[3, 10, 40])),
            (&[3, 10, 40], 40, Some(&[3, 10, 23])),
            (&[3, 60, 90], 45, Some(&[3, 19, 19])),
            (&[90, 3, 20], 50, Some(&[23, 3, 20])),
            (&[3, 16, 40], 33, Some(&[3, 16, 10])),
            (&[3, 16, 40], 32, None),
            (&[], 10, Some(&[])),
        ];
        for (content, width, widths) in cases {
            assert_eq!(fit(content, *width).as_deref(), *widths, "{content:?} in {width}");
        }
    }

    #[test]
    fn one_long_text_does_not_widen_its_column_where_nothing_wraps() {
        let headings = ["id", "note", "by"].map(|title| Heading { title, right: title == "id" });
        let long = "é".repeat(WIDE + 1);
        let rows = [["7", "a\tb", "x"], ["12345", &long, "y"], ["8", "日本", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let expected = format!("   id  note  by\n    7  a\\tb  x\n12345  {long}  y\n    8  日本\n");
        assert_eq!(aligned(&headings, &rows, None), expected);
        assert_eq!(aligned(&headings, &[], None), "id  note  by\n");
        assert_eq!(aligned(&[], &[], None), "\n");
    }

    #[test]
    fn rows_without_room_are_blocks() {
        let headings = [Heading { title: "id", right: true }, Heading { title: "createdOn", right: false }];
        let rows = [vec!["1".to_owned(), "2026-01-01".to_owned()], vec!["22".to_owned(), "-".to_owned()]];
        assert_eq!(aligned(&headings, &rows, Some(14)), "id  createdOn\n 1  2026-01-01\n22  -\n");
        let note = Heading { title: "note", right: false };
        let [id, created] = headings;
        let rows = [["1", "2026-01-01", "a note of many words"], ["2", "never", "b"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let text = aligned(&[id, created, note], &rows, Some(22));
        assert_eq!(
            text,
            "id       1\ncreated  2026-01-01\nOn\nnote     a note of\n         many words\n\n\
             id       2\ncreated  never\nOn\nnote     b\n"
        );
    }
}

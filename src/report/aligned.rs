//! Aligned columns of plain text, fitted to a terminal: what `table` and the lists of the command line have in common.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width};

use crate::text;

/// Spaces between two columns.
const GAP: u16 = 2;
/// A column of at most this width is never wrapped: ids, dates, kinds, states, IPv4 addresses.
const NARROW: u16 = 16;
/// A wrapped column keeps at least this width.
const LEAST: u16 = 10;

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
/// blocks, a line for each column. Without a width nothing is wrapped. No text can act on the terminal.
pub(super) fn aligned(headings: &[Heading<'_>], rows: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = plain();
    let cell = |text: &str, heading: &Heading<'_>| {
        let cell = Cell::new(text::inert_line(text));
        if heading.right { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    table.set_header(Row::from(headings.iter().map(|heading| cell(heading.title, heading))));
    for row in rows {
        table.add_row(Row::from(row.iter().zip(headings).map(|(text, heading)| cell(text, heading))));
    }
    let Some(width) = width else { return lines(table, None) };
    match fit(&table.column_max_content_widths(), width) {
        Some(widths) => lines(table, Some(&widths)),
        None => blocks(headings, rows, width),
    }
}

/// Bytes of the rows without a width, at most: each line is as long as the longest texts of its columns together, before the spaces
/// at its end go.
pub(super) fn size(rows: &[Vec<String>]) -> usize {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    // A column is not made wider than the library can count.
    let most = usize::from(u16::MAX);
    let widest =
        |index: usize| rows.iter().filter_map(|row| row.get(index)).map(|text| text.len().min(most)).max();
    let line: usize = (0..columns).filter_map(widest).sum();
    line.saturating_mul(rows.len())
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
    lines(table, Some(&[title, width.saturating_sub(title + GAP).max(1)]))
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table
}

fn lines(mut table: Table, widths: Option<&[u16]>) -> String {
    let last = table.column_count().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        let gap = if index == last { 0 } else { GAP };
        column.set_padding((0, gap));
        if let Some(width) = widths.and_then(|widths| widths.get(index)) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width.saturating_add(gap))));
        }
    }
    if let Some(widths) = widths {
        let gaps = GAP.saturating_mul(u16::try_from(last).unwrap_or(u16::MAX));
        let whole = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(whole);
    }
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

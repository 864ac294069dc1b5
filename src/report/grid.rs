//! Aligned columns of plain text, for lists that are no result documents.

use comfy_table::{ContentArrangement, Row, Table};

use crate::text;

/// The rows below their headings, each line without spaces at its end; at most `width` characters wide when the width is
/// known.
#[must_use]
pub fn grid(headings: &[&str], rows: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table.set_header(Row::from(headings.to_vec()));
    for row in rows {
        table.add_row(Row::from(
            row.iter().map(|cell| text::inert_line(cell).into_owned()).collect::<Vec<_>>(),
        ));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().fold(String::new(), |out, line| out + line.trim_end() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_cells_are_inert() {
        let rows = [vec!["a\u{1b}\nb".to_owned(), "1".to_owned()], vec!["ü".to_owned(), String::new()]];
        assert_eq!(grid(&["NAME", "N"], &rows, None), "NAME        N\na\\u{1b}\\nb  1\nü\n");
    }
}

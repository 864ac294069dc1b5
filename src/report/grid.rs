//! Aligned columns of plain text, for lists that are no result documents.

use super::aligned::{Heading, aligned};

/// The rows below their headings, each line without spaces at its end; at most `width` characters wide when the width is
/// known.
#[must_use]
pub fn grid(headings: &[&str], rows: &[Vec<String>], width: Option<u16>) -> String {
    let headings: Vec<Heading<'_>> = headings.iter().map(|title| Heading { title, right: false }).collect();
    aligned(&headings, rows, width)
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

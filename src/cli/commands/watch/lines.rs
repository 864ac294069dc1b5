//! Lines on a terminal that are drawn over each other and vanish.
//!
//! The cursor rests below them at the left edge. What a terminal echoes meanwhile, such as `^C`, stands there, and goes with
//! them: a library that leaves the cursor behind its last line loses count of its lines when the echo wraps.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use crate::cli::stream::{Console, Screen};

use super::board::{Line, Mood};

/// Lines at most, but for the one that counts the others.
const MOST: usize = 10;
/// Rows of the screen that are left to that one, to the cursor, and to what was there.
const LEFT: usize = 3;
/// From the cursor to the end of its row, and to the end of the screen.
const CLEAR_ROW: &str = "\u{1b}[K";
const CLEAR_BELOW: &str = "\u{1b}[J";

/// What stands on the screen.
#[derive(Debug)]
pub(super) struct Lines {
    screen: Screen,
    drawn: Vec<String>,
}

impl Lines {
    pub(super) fn new(screen: Screen) -> Self {
        Self { screen, drawn: Vec::new() }
    }

    /// How many lines there may be, but for the one that counts the others.
    pub(super) fn room(&self) -> usize {
        usize::from(self.screen.height).saturating_sub(LEFT).clamp(1, MOST)
    }

    /// Draws these in place of those that stand.
    pub(super) fn draw(&mut self, lines: &[Line], console: &mut Console<'_, '_>) {
        // What must not be seen is found in whole texts only, so it is taken out before they are cut.
        let width = usize::from(self.screen.width).saturating_sub(1);
        let rows: Vec<String> = lines
            .iter()
            .map(|line| self.coloured(cut(&console.safe(&line.text), width), line.mood))
            .collect();
        if rows == self.drawn {
            return;
        }
        let mut out = self.to_the_first();
        for row in &rows {
            out = out + row + CLEAR_ROW + "\n";
        }
        console.draw(&(out + CLEAR_BELOW));
        self.drawn = rows;
    }

    /// Leaves the screen as it was.
    pub(super) fn erase(&mut self, console: &mut Console<'_, '_>) {
        if !self.drawn.is_empty() {
            let out = self.to_the_first() + CLEAR_BELOW;
            console.draw(&out);
            self.drawn.clear();
        }
    }

    fn to_the_first(&self) -> String {
        let mut out = String::new();
        if !self.drawn.is_empty() {
            write!(out, "\r\u{1b}[{}A", self.drawn.len()).expect("writing to a string cannot fail");
        }
        out
    }

    fn coloured(&self, text: String, mood: Mood) -> String {
        match mood {
            Mood::Waiting if self.screen.coloured => format!("\u{1b}[33m{text}\u{1b}[0m"),
            Mood::Waiting | Mood::Busy => text,
        }
    }
}

/// As much of a text as fits in so many columns. A row that wraps would be two.
fn cut(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_by_columns_and_not_by_characters() {
        let cases = [
            ("abc", 3, "abc"),
            ("abcd", 3, "abc"),
            ("日本", 3, "日"),
            ("a\u{301}b", 1, "a\u{301}"),
            ("a", 0, ""),
        ];
        for (text, width, expected) in cases {
            assert_eq!(cut(text, width), expected, "{text} in {width}");
        }
    }
}

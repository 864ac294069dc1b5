//! What a walk through a part of a listing adds: whether the order tells which rows the part is, and where it has gone.

use super::{Order, Walk};
use crate::row::Row;

/// Rows that show the order of a list of which a part is wanted: that so many ascend by chance is out of the question. As many and
/// more are asked for at once, which costs no request.
pub(super) const ORDER_ROWS: (usize, u32) = (8, 20);

impl Walk {
    /// The order of the listing does not tell which rows the part is.
    pub(super) fn give_up_part(&mut self) {
        self.out.part_unclear = true;
        self.done = true;
    }

    /// Whether rows that came or went in front have moved a part away from the rows taken: what lies between was on no page.
    pub(super) fn has_moved(&self, ids: &[i64]) -> bool {
        if self.part.offset == 0 || self.order == Order::Loose {
            return false;
        }
        let key = |row: &Row| row.cell(self.id).as_int().map(|id| self.key(id));
        let (first, last) = (self.rows.first().and_then(key), self.last_key());
        let (Some(first), Some(last), [start, .., end] | [start @ end]) = (first, last, ids) else {
            return false;
        };
        let at_start = self.offset <= self.part.offset;
        self.key(*end) < first || (at_start && self.key(*start) > last)
    }

    /// A part is what it should be only where enough rows showed the order, unless they are all there are. What was read beyond it
    /// is no row of it.
    pub(super) fn finish_part(&mut self) {
        let rows = self.rows.len();
        let all = self.part.offset == 0 && self.out.total == Some(rows as u64);
        if rows > 0 && !all && rows < ORDER_ROWS.0.min(self.asked as usize) {
            self.give_up_part();
        }
        self.rows
            .truncate(self.part.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    }
}

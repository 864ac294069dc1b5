//! The walk through the pages of one listing: a plain value that says which page to ask for next, takes the answer, and
//! knows when the end is proved. No network, no clock.
//!
//! **Proof by joining.** Each request starts on the last row of the page before. Inside a page ids ascend strictly; a page
//! joins when its first id is not greater than the last id taken, and then its greater ids are taken. A row that matched
//! throughout and stood on no page would have been after the shared row once and before it later, which an order by id
//! does not allow. So rows may come and go between two requests, and every row that stayed is still in the list.
//!
//! A page that does not join is answered by stepping back. The end is a joined answer whose own `total` says that it is
//! one; where the total tells nothing, a page that holds only the shared row, and nothing behind it. What proves nothing ends
//! with a reason.
//!
//! When an answer was made does not matter for that proof, only that pages are joined in order: [`Walk::ahead`] names the
//! pages that are likely wanted next, to be asked for in the meantime.

mod page;
mod part;

use std::collections::{BTreeSet, HashMap};

use crate::plan::Part;
use crate::row::Row;
use page::twins;
pub use page::{Batch, page_size};
pub(super) use page::{Page, Step, Walked};
use part::ORDER_ROWS;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Fewer than two rows seen.
    Open,
    Ascending,
    Descending,
    /// Neither: two walks must agree.
    Loose,
}

/// Pages of a portal that tells no count, at most, and where the first one was shorter than asked: nothing else tells a long list
/// from one that grows as fast as it is read.
const UNCOUNTED_PAGES: (u64, u64) = (4000, 300);

/// Why a walk starts over without an order to rely on.
const UNORDERED: &str = "the portal does not list by id";
const UNSEEN: &str = "the portal counted more rows than it had shown";

/// A walk under way.
#[derive(Debug)]
pub(super) struct Walk {
    id: usize,
    order: Order,
    asked: u32,
    /// Rows of the first page: what the portal gives at once.
    page_rows: u32,
    /// The one of [`UNCOUNTED_PAGES`] that holds.
    most_uncounted: u64,
    /// Rows that came behind the last one.
    led_on: u64,
    /// What the portal counted at first.
    first_total: Option<u64>,
    /// The count of the answer before, where this one counts less.
    fell_from: Option<u64>,
    offset: u64,
    rows: Vec<Row>,
    /// Row by id, for loose order alone.
    index: HashMap<i64, usize>,
    /// Why, for loose order alone.
    loose_for: &'static str,
    /// The keys of the first walk, for loose order alone.
    first_keys: Option<BTreeSet<i64>>,
    /// What looked wrong once: offset, total and length of the answer.
    looked: Option<(u64, Option<u64>, usize)>,
    /// Whether the next request looks behind the last row: no count says that it is the last.
    beyond: bool,
    /// The ids of the page before, and how often in a row it came again at another offset.
    previous: Vec<i64>,
    repeats: u32,
    part: Part,
    /// The place in the order of the last row that [`Walk::settle`] gave.
    given: Option<i64>,
    /// How many it gave.
    given_rows: u64,
    late: Vec<Row>,
    restarted: bool,
    /// Answers asked for ahead that nobody wanted in the end.
    wasted: u32,
    done: bool,
    out: Walked,
}

impl Walk {
    /// A walk through `part` of a listing, with pages of [`page_size`] rows; `id` is the cell of the row's id.
    pub(super) fn new(size: u32, id: usize, part: Part) -> Self {
        let wanted = part.limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(u32::MAX);
        let wanted = wanted.max(ORDER_ROWS.1);
        Self {
            id,
            order: Order::Open,
            asked: page_size(size.min(wanted)),
            page_rows: page_size(size.min(wanted)),
            most_uncounted: UNCOUNTED_PAGES.0,
            led_on: 0,
            first_total: None,
            fell_from: None,
            offset: part.offset,
            rows: Vec::new(),
            index: HashMap::new(),
            loose_for: "",
            first_keys: None,
            looked: None,
            beyond: false,
            previous: Vec::new(),
            repeats: 0,
            part,
            given: None,
            given_rows: 0,
            late: Vec::new(),
            restarted: false,
            wasted: 0,
            done: false,
            out: Walked::default(),
        }
    }

    /// The next request, unless the walk has ended.
    pub(super) fn step(&self) -> Option<Step> {
        (!self.done)
            .then_some(Step { offset: self.offset.saturating_add(self.beyond.into()), size: self.asked })
    }

    /// The requests that most likely follow, as far as the portal's count goes.
    pub(super) fn ahead(&self) -> impl Iterator<Item = Step> + use<> {
        let (asked, total) = (self.asked, if self.out.pages > 0 { self.out.total } else { None });
        let end = match self.part.limit {
            Some(limit) => total.map(|total| total.min(self.part.offset.saturating_add(limit))),
            None => total,
        };
        let offsets = std::iter::successors(self.offset.checked_add(u64::from(asked - 1)), move |offset| {
            offset.checked_add(u64::from(asked - 1))
        });
        offsets
            .take_while(move |offset| end.is_some_and(|end| *offset < end))
            .map(move |offset| Step { offset, size: asked })
    }

    /// Counts requests made ahead that nobody wanted.
    pub(super) fn waste(&mut self, requests: u32) {
        self.wasted = self.wasted.saturating_add(requests);
    }

    /// The rows that no answer will change any more, but for late ones: all but the last, of a list in ascending order.
    pub(super) fn settle(&mut self) -> Batch {
        let mut batch = Batch {
            restarted: std::mem::take(&mut self.restarted),
            late: std::mem::take(&mut self.late),
            ..Batch::default()
        };
        if self.order == Order::Ascending && self.rows.len() > 1 {
            let last = self.rows.pop();
            batch.rows = std::mem::replace(&mut self.rows, last.into_iter().collect());
            self.given_rows += batch.rows.len() as u64;
            self.given = batch.rows.last().and_then(|row| row.cell(self.id).as_int());
        }
        batch
    }

    /// Takes the answer to the last [`Walk::step`].
    pub(super) fn accept(&mut self, page: Page) {
        self.out.pages += 1;
        let total = page.total.and_then(|total| u64::try_from(total).ok()).filter(|_| !page.is_min);
        self.fell_from = self.out.total.filter(|before| total.is_some_and(|total| total < *before));
        self.out.total = total.or(self.out.total);
        if self.out.pages == 1 {
            let length = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
            self.page_rows = self.asked.min(length.max(2));
            self.most_uncounted = if length < self.asked { UNCOUNTED_PAGES.1 } else { UNCOUNTED_PAGES.0 };
            self.first_total = total.map(|total| total.max(length.into()));
        }
        if self.spent() {
            self.end("the list changed, or contradicted itself, faster than it could be read");
            return;
        }
        let ids: Option<Vec<i64>> = page.rows.iter().map(|row| row.cell(self.id).as_int()).collect();
        match ids {
            None => {
                self.rows.extend(page.rows);
                self.end("the portal sent a row without an integer `id`");
            }
            Some(ids) if std::mem::take(&mut self.beyond) => self.accept_beyond(&ids),
            Some(ids) if ids.is_empty() => self.accept_empty(total, page.total, page.is_min),
            Some(ids) => self.accept_rows(page.rows, ids, total),
        }
    }

    /// Ends the walk for a reason from outside: a request that failed.
    pub(super) fn fail(&mut self, reason: &str) {
        self.end(reason);
    }

    /// The answers read so far.
    pub(super) fn pages(&self) -> u32 {
        self.out.pages
    }

    /// The rows and what they are worth.
    pub(super) fn finish(mut self) -> Walked {
        self.out.rows = self.rows;
        self.out
    }

    fn end(&mut self, reason: &str) {
        self.out.reasons.push(reason.to_owned());
        self.done = true;
    }

    /// Rows taken so far, those given away too.
    pub(super) fn seen(&self) -> u64 {
        self.given_rows + self.rows.len() as u64
    }

    /// Whether more than 3 × pages + 10 requests went beyond what the list needs. The pages are those of the list as it was at
    /// first: one that grows as fast as it is read has no end. Without a count, they are those of the rows that led on.
    fn spent(&self) -> bool {
        let (rows, most) = match self.first_total {
            Some(total) => (total, u64::MAX),
            None => (self.led_on, self.most_uncounted),
        };
        let walks = if self.order == Order::Loose { 3 } else { 1 };
        // A portal may count as far as numbers go.
        let pages = (rows / u64::from(self.page_rows.max(2) - 1)).saturating_add(1).saturating_mul(walks);
        let allowed = pages.saturating_mul(4).saturating_add(10).min(most);
        u64::from(self.out.pages) + u64::from(self.wasted) > allowed
    }

    /// Whether this very answer was looked at before; the first time it is asked for again.
    fn second_look(&mut self, total: Option<u64>, length: usize) -> bool {
        let look = Some((self.offset, total, length));
        std::mem::replace(&mut self.looked, look) == look
    }

    fn accept_empty(&mut self, total: Option<u64>, raw_total: Option<i64>, is_min: bool) {
        // A lower bound is no count, and that of 0 least of all.
        let at_least = is_min || raw_total.is_some_and(|total| total != 0);
        let first = self.offset <= self.part.offset;
        let again = self.second_look(total, 0);
        match total {
            Some(total) if first && total <= self.offset && self.fell_from.is_none() => self.finish_pass(),
            // Without a count, one empty page may be a slip.
            None if first && !at_least && again => self.finish_pass(),
            _ if again => {
                let bound = || if raw_total == Some(0) { "at least 0" } else { "more rows" }.to_owned();
                let counted = total.map_or_else(bound, |total| total.to_string());
                let served = self.offset.min(self.seen());
                self.end(&format!(
                    "portal counts {counted}, serves {served}: an empty page at offset {}",
                    self.offset
                ));
            }
            _ if first => {}
            _ => self.step_back(),
        }
    }

    /// What stands behind the last row: nothing, and it was the last, or a portal that gives one row a page.
    fn accept_beyond(&mut self, ids: &[i64]) {
        if ids.is_empty() {
            self.finish_pass();
        }
    }

    fn accept_rows(&mut self, rows: Vec<Row>, ids: Vec<i64>, total: Option<u64>) {
        if !self.keeps_order(&ids) {
            self.loosen(UNORDERED);
            return;
        }
        if self.order == Order::Descending && self.part != Part::ALL {
            // Its rows are those of the other end.
            self.give_up_part();
            return;
        }
        if self.repeated(&ids) {
            self.end("the portal sends the same page at every offset");
            return;
        }
        if !self.joins(ids[0]) {
            self.previous = ids;
            self.step_back();
            return;
        }
        if self.order == Order::Loose
            && let Some(twin) = twins(&rows, &ids)
        {
            self.take(rows, &ids);
            self.end(&format!("the portal sent two rows with the `id` {twin} on one page"));
            return;
        }
        if self.has_moved(&ids) {
            let at_start = self.offset <= self.part.offset;
            self.restart();
            if !at_start {
                return;
            }
        }
        let length = ids.len();
        // Nothing but the shared row: the list goes no further.
        let stands = matches!(ids[..], [only] if self.is_known(only));
        self.take(rows, &ids);
        self.previous = ids;
        self.advance(length, stands, total);
    }

    /// Whether the page is in the order of the listing, which the first page of two rows decides.
    fn keeps_order(&mut self, ids: &[i64]) -> bool {
        let ascending = ids.is_sorted_by(|a, b| a < b);
        let descending = ids.is_sorted_by(|a, b| a > b);
        match self.order {
            Order::Loose => true,
            Order::Open if ids.len() < 2 => true,
            Order::Open if ascending => {
                self.order = Order::Ascending;
                true
            }
            Order::Open if descending => {
                self.order = Order::Descending;
                // Pages of one row each, which said nothing of the order, are kept by ascending ids.
                self.rows.reverse();
                true
            }
            Order::Open => false,
            Order::Ascending => ascending,
            Order::Descending => descending,
        }
    }

    /// Starts over without an order to rely on: two walks must agree, row for row.
    fn loosen(&mut self, why: &'static str) {
        self.order = Order::Loose;
        self.loose_for = why;
        if self.part != Part::ALL {
            self.give_up_part();
        }
        self.restart();
    }

    fn restart(&mut self) {
        self.offset = self.part.offset;
        self.restarted = self.restarted || self.given.take().is_some();
        self.given_rows = 0;
        self.late.clear();
        self.rows.clear();
        self.index.clear();
        self.previous.clear();
        self.looked = None;
    }

    /// The same page at other offsets, twice in a row: the portal ignores `offset`.
    fn repeated(&mut self, ids: &[i64]) -> bool {
        let again = ids.len() > 1
            && self.previous == ids
            && self.looked.is_none_or(|(offset, ..)| offset != self.offset);
        self.repeats = if again { self.repeats + 1 } else { 0 };
        self.repeats >= 2
    }

    /// The place of an id in the order of the walk.
    fn key(&self, id: i64) -> i64 {
        if self.order == Order::Descending { id.saturating_neg() } else { id }
    }

    fn last_key(&self) -> Option<i64> {
        self.rows.last().and_then(|row| row.cell(self.id).as_int()).map(|id| self.key(id))
    }

    fn joins(&self, first: i64) -> bool {
        self.order == Order::Loose
            || self.offset <= self.part.offset
            || self.last_key().is_none_or(|last| self.key(first) <= last)
    }

    /// Takes the rows that are new, those that came behind the walk too; of two copies of a row the later stays.
    fn take(&mut self, rows: Vec<Row>, ids: &[i64]) {
        for (row, id) in rows.into_iter().zip(ids) {
            if self.given.is_some_and(|given| *id <= given) {
                self.late.push(row);
                continue;
            }
            match self.position(*id) {
                Ok(at) => self.rows[at] = row,
                Err(at) => {
                    if self.order == Order::Loose {
                        self.index.insert(*id, at);
                    }
                    self.led_on += u64::from(at == self.rows.len());
                    self.rows.insert(at, row);
                }
            }
        }
    }

    /// Where a row is, or where it belongs.
    fn position(&self, id: i64) -> Result<usize, usize> {
        if self.order == Order::Loose {
            return self.index.get(&id).copied().ok_or(self.rows.len());
        }
        let key = self.key(id);
        if self.last_key().is_none_or(|last| last < key) {
            // Nearly every row is a new one behind all others.
            return Err(self.rows.len());
        }
        self.rows.binary_search_by_key(&Some(key), |row| row.cell(self.id).as_int().map(|id| self.key(id)))
    }

    /// Whether the walk has taken this row, and it is not one of those given away.
    fn is_known(&self, id: i64) -> bool {
        self.given.is_none_or(|given| id > given) && self.position(id).is_ok()
    }

    /// A joined page was taken: is it the end, and if not, where to go on.
    fn advance(&mut self, length: usize, stands: bool, total: Option<u64>) {
        let end = self.offset.saturating_add(length as u64);
        let short = (length as u64) < u64::from(self.asked);
        if self.part.limit.is_some_and(|limit| end >= self.part.offset.saturating_add(limit)) {
            // Rows may have gone meanwhile, and the end of the part with them.
            let wanted = self.part.limit.and_then(|limit| usize::try_from(limit).ok());
            if wanted.is_none_or(|wanted| self.rows.len() >= wanted) {
                self.finish_pass();
                return;
            }
        }
        match total {
            // A count that fell ends nothing before the last row alone was asked for, and the count with it.
            Some(total) if short && total == end && self.fell_from.is_some() => self.offset = end - 1,
            // As many rows as there are were seen, unless some came behind the walk, or a page was of another order.
            Some(total) if short && total == end && self.has_unseen(total) => {
                self.loosen(UNSEEN);
            }
            Some(total) if short && total == end => self.finish_pass(),
            // Asked for once more as it is before it counts against the list.
            Some(total) if stands => {
                if self.second_look(Some(total), length) {
                    self.end(&format!("portal counts {total}, serves {end}"));
                }
            }
            None if stands => {
                if self.second_look(None, length) {
                    self.end(&format!("portal counts nothing, serves {end}, and has more behind that"));
                }
                self.beyond = true;
            }
            _ => {
                if short && length > 1 {
                    // The portal gives pages of its own size.
                    self.asked = u32::try_from(length).unwrap_or(self.asked);
                }
                self.offset = end - 1;
            }
        }
    }

    /// Whether fewer rows were taken than there are.
    fn has_unseen(&self, total: u64) -> bool {
        self.order != Order::Loose && self.part == Part::ALL && self.seen() < total
    }

    fn step_back(&mut self) {
        self.offset = self.offset.saturating_sub(u64::from(self.asked - 1)).max(self.part.offset);
    }

    /// The end is reached. A loose order is walked twice, and counts only when both walks saw the same rows.
    fn finish_pass(&mut self) {
        self.done = true;
        if self.part != Part::ALL {
            self.finish_part();
        }
        if self.order != Order::Loose {
            return;
        }
        let keys: BTreeSet<i64> = self.index.keys().copied().collect();
        if let Some(total) = self.out.total.filter(|total| *total != keys.len() as u64) {
            self.end(&format!("portal counts {total}, serves {} different rows", keys.len()));
            return;
        }
        match self.first_keys.take() {
            None => {
                self.first_keys = Some(keys);
                self.restart();
                self.done = false;
            }
            Some(first) if first == keys => {
                self.out.notes.push(format!("{}; two walks gave the same rows", self.loose_for));
            }
            Some(_) => self.end(&format!("{}, and two walks gave different rows", self.loose_for)),
        }
    }
}

#[cfg(test)]
mod tests;

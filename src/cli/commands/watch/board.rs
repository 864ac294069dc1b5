//! Where a run stands: the listings that are read, and what is waited for. Plain values.

use std::time::Duration;

use crate::portal::{Event, Why};
use crate::text::counted;

/// Characters between the brackets of a bar.
const BAR: u64 = 20;

/// The listings that have begun and not ended, in the order in which they began, and the waits that go on.
#[derive(Debug)]
pub(super) struct Board {
    several_portals: bool,
    going: Vec<Going>,
    waits: Vec<Wait>,
}

/// A listing that is read.
#[derive(Debug)]
struct Going {
    portal: String,
    title: String,
    pages: u32,
    rows: u64,
    total: Option<u64>,
}

/// A wait: of a whole portal, or of one listing for its next attempt.
#[derive(Debug)]
struct Wait {
    portal: String,
    until: Duration,
    attempt: Option<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    title: String,
    number: u32,
    of: u32,
    error: String,
}

/// A line to be shown, without what makes it safe.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) mood: Mood,
}

/// What a line says in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// It goes on.
    Busy,
    /// It is held up.
    Waiting,
}

impl Board {
    pub(super) fn new(several_portals: bool) -> Self {
        Self { several_portals, going: Vec::new(), waits: Vec::new() }
    }

    /// Takes an event.
    pub(super) fn see(&mut self, event: &Event<'_>) {
        match event {
            Event::Begun { portal, listing } => self.going.push(Going {
                portal: (*portal).to_owned(),
                title: listing.title(),
                pages: 0,
                rows: 0,
                total: None,
            }),
            Event::Page { portal, listing, number, rows, total } => {
                let title = listing.title();
                if let Some(going) = self.going.iter_mut().find(|going| going.is(portal, &title)) {
                    going.page(*number, *rows, *total);
                }
                self.waits.retain(|wait| !wait.is_of(portal, &title));
            }
            Event::Wait { portal, until, why, .. } => self.wait(portal, *until, why),
            Event::Ended { portal, listing } => {
                let title = listing.title();
                self.going.retain(|going| !going.is(portal, &title));
                self.waits.retain(|wait| !wait.is_of(portal, &title));
            }
            Event::Request { .. } | Event::Tick => {}
        }
    }

    fn wait(&mut self, portal: &str, until: Duration, why: &Why<'_>) {
        let attempt = match why {
            Why::RateLimit => None,
            Why::Failed { error, failures, attempts, listing } => Some(Attempt {
                title: listing.title(),
                number: failures.saturating_add(1),
                of: *attempts,
                error: error.to_string(),
            }),
        };
        // The latest one of a kind is told.
        self.waits.retain(|wait| match &attempt {
            None => wait.attempt.is_some() || wait.portal != portal,
            Some(attempt) => !wait.is_of(portal, &attempt.title),
        });
        self.waits.push(Wait { portal: portal.to_owned(), until, attempt });
    }

    /// The lines for this moment: as many as there is room for, and one that counts the others.
    pub(super) fn shown(&mut self, now: Duration, room: usize) -> Vec<Line> {
        self.waits.retain(|wait| wait.until > now);
        let heads: Vec<String> = self.going.iter().map(|going| self.head(going)).collect();
        let lone: Vec<&Wait> = self.waits.iter().filter(|wait| !self.has_line(wait)).collect();
        let count = heads.len() + lone.len();
        let shown = count.min(room);
        let longest = heads.iter().take(shown).map(|head| head.chars().count()).max().unwrap_or(0);
        let listings = self.going.iter().zip(&heads).map(|(going, head)| {
            let wait = self.wait_of(going);
            let text = match wait {
                Some(wait) if going.pages > 0 => format!("{} ({})", wait.words(now), going.count()),
                Some(wait) => wait.words(now),
                None => format!("{}{}", going.count(), going.bar()),
            };
            let mood = if wait.is_some() { Mood::Waiting } else { Mood::Busy };
            Line { text: format!("{head:longest$}  {text}"), mood }
        });
        let lone = lone
            .iter()
            .map(|wait| Line { text: format!("{}  {}", wait.portal, wait.words(now)), mood: Mood::Waiting });
        let mut lines: Vec<Line> = listings.chain(lone).take(shown).collect();
        if count > shown {
            lines.push(Line { text: format!("and {} more", count - shown), mood: Mood::Busy });
        }
        lines
    }

    fn head(&self, going: &Going) -> String {
        let portal = if self.several_portals { format!("{}: ", going.portal) } else { String::new() };
        format!("{portal}{}", going.title)
    }

    /// What holds a listing up: its own next attempt, else its portal.
    fn wait_of(&self, going: &Going) -> Option<&Wait> {
        let own = self.waits.iter().find(|wait| wait.is_of(&going.portal, &going.title));
        own.or_else(|| self.waits.iter().find(|wait| wait.attempt.is_none() && wait.portal == going.portal))
    }

    /// Whether a wait stands with a listing. After the last page a portal may still be asked what these credentials see.
    fn has_line(&self, wait: &Wait) -> bool {
        self.going.iter().any(|going| match &wait.attempt {
            Some(attempt) => going.is(&wait.portal, &attempt.title),
            None => going.portal == wait.portal,
        })
    }
}

impl Going {
    fn is(&self, portal: &str, title: &str) -> bool {
        self.portal == portal && self.title == title
    }

    /// Each page but the first begins with a row that was there already.
    fn page(&mut self, number: u32, rows: usize, total: Option<i64>) {
        let new = if number > 1 { rows.saturating_sub(1) } else { rows };
        self.pages = number;
        self.rows = self.rows.saturating_add(u64::try_from(new).unwrap_or(u64::MAX));
        self.total = total.and_then(|total| u64::try_from(total).ok());
    }

    /// The portal's count, where it can be one.
    fn total(&self) -> Option<u64> {
        self.total.filter(|total| *total >= self.rows)
    }

    fn count(&self) -> String {
        let of = self.total().map_or_else(String::new, |total| format!(" of {total}"));
        let noun = if self.rows == 1 && of.is_empty() { "row" } else { "rows" };
        format!("{}{of} {noun}, {}", self.rows, counted(self.pages as usize, "page"))
    }

    fn bar(&self) -> String {
        let Some(total) = self.total().filter(|total| *total > 0) else { return String::new() };
        // The product may be wider than a count.
        let full = u64::try_from(u128::from(self.rows) * u128::from(BAR) / u128::from(total)).unwrap_or(BAR);
        let marks = |mark: &str, times: u64| mark.repeat(usize::try_from(times).unwrap_or(0));
        format!("  [{}{}]", marks("#", full), marks("-", BAR.saturating_sub(full)))
    }
}

impl Wait {
    fn is_of(&self, portal: &str, title: &str) -> bool {
        self.portal == portal && self.attempt.as_ref().is_some_and(|attempt| attempt.title == title)
    }

    fn words(&self, now: Duration) -> String {
        let left = self.until.saturating_sub(now).as_secs_f64();
        match &self.attempt {
            None => format!("waiting {} s for the rate limit", left.ceil()),
            Some(Attempt { number, of, error, .. }) => {
                format!("attempt {number} of {of} in {left:.1} s: {error}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Listing;
    use crate::portal::FetchError;
    use crate::spec::TokenKind;

    const NOW: Duration = Duration::from_secs(100);

    fn listing(kind: TokenKind) -> Listing {
        Listing {
            path: "/setting/admins/apitokens".to_owned(),
            path_template: "/setting/admins/apitokens",
            kind,
            permission: None,
            fields: Vec::new(),
            filter: None,
            filter_shown: None,
        }
    }

    /// What two portals do, the second one with a listing of a shorter name.
    fn board() -> Board {
        let mut board = Board::new(true);
        board.see(&Event::Begun { portal: "acme", listing: &listing(TokenKind::Bearer) });
        board.see(&Event::Begun { portal: "b", listing: &listing(TokenKind::Lmv1) });
        board
    }

    fn page(board: &mut Board, number: u32, rows: usize, total: Option<i64>) {
        let listing = &listing(TokenKind::Bearer);
        board.see(&Event::Page { portal: "acme", listing, number, rows, total });
    }

    fn rate_limit(board: &mut Board, portal: &str) {
        let time = Duration::from_mins(1);
        board.see(&Event::Wait { portal, time, until: NOW + time, why: Why::RateLimit });
    }

    fn failed(board: &mut Board, failures: u32) {
        let (time, error) = (Duration::from_millis(1200), FetchError::Maintenance);
        let listing = &listing(TokenKind::Bearer);
        let why = Why::Failed { error: &error, failures, attempts: 5, listing };
        board.see(&Event::Wait { portal: "acme", time, until: NOW + time, why });
    }

    fn texts(board: &mut Board, after: f64) -> Vec<String> {
        let lines = board.shown(NOW + Duration::from_secs_f64(after), 10);
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn rows_are_counted_once_and_held_against_a_total_that_can_be_one() {
        let cases: [(Option<i64>, &str); 5] = [
            (Some(20), "11 of 20 rows, 3 pages  [###########---------]"),
            (Some(11), "11 of 11 rows, 3 pages  [####################]"),
            (Some(4), "11 rows, 3 pages"),
            (Some(-5), "11 rows, 3 pages"),
            (None, "11 rows, 3 pages"),
        ];
        for (total, expected) in cases {
            let mut board = board();
            (1..=2).for_each(|number| page(&mut board, number, 5, total));
            page(&mut board, 3, 3, total);
            let expected = [
                format!("acme: bearer tokens of all users  {expected}"),
                "b: LMv1 tokens of all users       0 rows, 0 pages".to_owned(),
            ];
            assert_eq!(texts(&mut board, 0.0), expected);
        }
    }

    #[test]
    fn a_wait_of_a_portal_is_counted_down_on_its_lines_and_then_forgotten() {
        let mut board = board();
        rate_limit(&mut board, "b");
        for (after, left) in [(0.0, 60), (0.5, 60), (1.0, 59), (59.5, 1)] {
            let expected = format!("b: LMv1 tokens of all users       waiting {left} s for the rate limit");
            assert_eq!(texts(&mut board, after)[1], expected);
            assert!(!texts(&mut board, after)[0].contains("waiting"));
        }
        assert!(texts(&mut board, 60.0)[1].ends_with("0 rows, 0 pages"));
        assert_eq!(board.waits.len(), 0);
    }

    #[test]
    fn the_next_attempt_comes_before_the_wait_of_the_portal_and_ends_with_a_page() {
        let mut board = board();
        rate_limit(&mut board, "acme");
        failed(&mut board, 1);
        failed(&mut board, 2);
        let text = &texts(&mut board, 0.1)[0];
        assert!(text.contains("  attempt 3 of 5 in 1.1 s: "), "{text}");
        page(&mut board, 1, 5, None);
        let text = &texts(&mut board, 0.1)[0];
        assert!(text.ends_with("  waiting 60 s for the rate limit (5 rows, 1 page)"), "{text}");
    }

    #[test]
    fn a_wait_without_a_listing_has_a_line_of_its_own() {
        let mut board = board();
        board.see(&Event::Ended { portal: "acme", listing: &listing(TokenKind::Bearer) });
        rate_limit(&mut board, "acme");
        let waiting = "acme  waiting 60 s for the rate limit";
        assert_eq!(texts(&mut board, 0.0)[1..], [waiting]);
        failed(&mut board, 1);
        assert_eq!(texts(&mut board, 0.0).len(), 3);
        let moods: Vec<Mood> = board.shown(NOW, 10).iter().map(|line| line.mood).collect();
        assert_eq!(moods, [Mood::Busy, Mood::Waiting, Mood::Waiting]);
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let mut board = board();
        rate_limit(&mut board, "c");
        let texts: Vec<String> = board.shown(NOW, 1).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["acme: bearer tokens of all users  0 rows, 0 pages", "and 2 more"]);
        assert_eq!(board.shown(NOW, 3).len(), 3);
    }
}

//! The budget of requests for one path template of one portal: a plain value that goes by what the answers say.
//!
//! Everyone on the account shares it. With a tenth of a window's requests left it pauses, one window at most, and then lets
//! one request go at a time, until more is left. HTTP 429 is waited out. The number of requests in flight halves with it and
//! grows back slowly.

use std::collections::VecDeque;
use std::time::Duration;

/// The window where the headers tell none.
const DEFAULT_WINDOW: Duration = Duration::from_mins(1);
/// No wait is shorter: a window of no length would be no wait at all.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// What part of a window's requests is left to others.
const SHARED: u32 = 10;
/// Pages for each request in flight before one more is let go.
const PAGES_TO_GROW: u32 = 4;

/// `X-Rate-Limit-*` and `Retry-After` of an answer, as far as they are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Requests a window.
    pub(super) limit: Option<u32>,
    /// Those left.
    pub(super) remaining: Option<u32>,
    /// The length of the rolling window.
    pub(super) window: Option<Duration>,
    /// `Retry-After` in seconds.
    pub(super) retry_after: Option<Duration>,
}

/// What came of a request, as far as the budget cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Page,
    TooMany,
    /// An answer of another kind, or none.
    Other,
}

/// Whether a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// It may, and is counted as in flight.
    Go,
    /// Others are on their way: ask again when one has come back.
    Busy,
    /// Not before this moment.
    Wait(Duration),
    /// Waiting longer than allowed.
    Spent,
}

/// The place of a request in the queue for leave.
pub(super) type Ticket = u64;

/// The budget. Moments are durations on the run's clock.
#[derive(Debug)]
pub(super) struct Budget {
    /// Requests in flight at most, by `--concurrency`.
    most: u32,
    /// And by what the portal bears.
    permits: u32,
    in_flight: u32,
    /// Who waits for leave, the longest first: so that one listing cannot keep another from its turn.
    queue: VecDeque<Ticket>,
    tickets: Ticket,
    /// Whether a page has come: until then one request goes alone, so that wrong credentials fail once.
    accepted: bool,
    /// Pages since `permits` changed.
    streak: u32,
    standing: Standing,
    /// Whether the pause of this shortage was taken.
    paused: bool,
    resume_at: Duration,
    /// When the first wait since the last page began.
    waiting_since: Option<Duration>,
    max_wait: Duration,
}

impl Budget {
    pub(super) fn new(concurrency: u32, max_wait: Duration) -> Self {
        Self {
            most: concurrency,
            permits: concurrency,
            in_flight: 0,
            queue: VecDeque::new(),
            tickets: 0,
            accepted: false,
            streak: 0,
            standing: Standing::default(),
            paused: false,
            resume_at: Duration::ZERO,
            waiting_since: None,
            max_wait,
        }
    }

    /// Enters the queue.
    pub(super) fn enter(&mut self) -> Ticket {
        self.tickets += 1;
        self.queue.push_back(self.tickets);
        self.tickets
    }

    /// Leaves the queue.
    pub(super) fn quit(&mut self, ticket: Ticket) {
        self.queue.retain(|waiting| *waiting != ticket);
    }

    /// Asks for leave to send a request. With it, the ticket is spent.
    pub(super) fn ask(&mut self, ticket: Ticket, now: Duration) -> Leave {
        if now < self.resume_at {
            let since = *self.waiting_since.get_or_insert(now);
            if self.resume_at.saturating_sub(since) > self.max_wait {
                return Leave::Spent;
            }
            return Leave::Wait(self.resume_at);
        }
        let allowed = if self.accepted && !self.is_short() { self.permits } else { 1 };
        let free = allowed.saturating_sub(self.in_flight) as usize;
        if self.queue.iter().take(free).all(|waiting| *waiting != ticket) {
            return Leave::Busy;
        }
        self.quit(ticket);
        self.in_flight += 1;
        Leave::Go
    }

    /// Takes what came of a request that had leave to go.
    pub(super) fn came(&mut self, now: Duration, standing: Standing, came: Came) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.standing = Standing {
            limit: standing.limit.or(self.standing.limit),
            remaining: standing.remaining.or(self.standing.remaining),
            window: standing.window.or(self.standing.window),
            retry_after: None,
        };
        match came {
            Came::Page => self.page(),
            Came::TooMany => self.too_many(now, standing),
            Came::Other => {}
        }
        self.pause(now);
    }

    /// A request that had leave to go was given up before it came back.
    pub(super) fn dropped(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Requests left in the window, those in flight taken off, by the last answer that told.
    fn left(&self) -> Option<u32> {
        self.standing.remaining.map(|remaining| remaining.saturating_sub(self.in_flight))
    }

    /// Whether no more than the shared tenth is left.
    fn is_short(&self) -> bool {
        match (self.standing.limit, self.left()) {
            (Some(limit), Some(left)) => left <= limit / SHARED,
            _ => false,
        }
    }

    fn page(&mut self) {
        self.accepted = true;
        self.waiting_since = None;
        self.streak += 1;
        if self.permits < self.most && self.streak >= self.permits * PAGES_TO_GROW {
            self.permits += 1;
            self.streak = 0;
        }
    }

    fn too_many(&mut self, now: Duration, standing: Standing) {
        // Those that were on their way when the first one was turned back say nothing new.
        if now >= self.resume_at {
            self.permits = (self.permits / 2).max(1);
            self.streak = 0;
        }
        let window = standing.retry_after.or(self.standing.window).unwrap_or(DEFAULT_WINDOW);
        self.resume_at = self.resume_at.max(now.saturating_add(window.max(SHORTEST_WAIT)));
        // The window that was waited for is the pause.
        self.paused = true;
        self.standing.remaining = None;
    }

    fn pause(&mut self, now: Duration) {
        if !self.is_short() {
            self.paused = self.paused && self.standing.remaining.is_none();
        } else if !self.paused {
            self.paused = true;
            let window = self.standing.window.unwrap_or(DEFAULT_WINDOW).min(self.max_wait);
            self.resume_at = self.resume_at.max(now.saturating_add(window));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn left(remaining: u32) -> Standing {
        Standing { limit: Some(100), remaining: Some(remaining), window: Some(MINUTE), retry_after: None }
    }

    /// One request more that asks, and goes away again if it may not go.
    fn ask(budget: &mut Budget, now: Duration) -> Leave {
        let ticket = budget.enter();
        let leave = budget.ask(ticket, now);
        budget.quit(ticket);
        leave
    }

    /// A budget of four that has seen a page with this many requests left.
    fn started(remaining: u32) -> Budget {
        let mut budget = Budget::new(4, 5 * MINUTE);
        assert_eq!(ask(&mut budget, at(0)), Leave::Go);
        budget.came(at(0), left(remaining), Came::Page);
        budget
    }

    fn granted(budget: &mut Budget, now: Duration) -> usize {
        (0..100).take_while(|_| ask(budget, now) == Leave::Go).count()
    }

    #[test]
    fn one_request_goes_alone_until_a_page_came() {
        let mut budget = Budget::new(4, 5 * MINUTE);
        assert_eq!(granted(&mut budget, at(0)), 1);
        assert_eq!(ask(&mut budget, at(0)), Leave::Busy);
        budget.came(at(0), Standing::default(), Came::Other);
        assert_eq!(granted(&mut budget, at(0)), 1, "a failure accepts nobody");
        budget.came(at(0), Standing::default(), Came::Page);
        assert_eq!(granted(&mut budget, at(0)), 4);
    }

    #[test]
    fn a_tenth_of_the_window_is_left_to_others() {
        let mut budget = started(13);
        assert_eq!(granted(&mut budget, at(1)), 3, "the fourth would be the last but ten");
        for _ in 0..3 {
            budget.came(at(1), left(10), Came::Page);
        }
        assert_eq!(ask(&mut budget, at(1)), Leave::Wait(at(61)));
        assert_eq!(granted(&mut budget, at(61)), 1, "then one at a time");
        budget.came(at(62), left(9), Came::Page);
        assert_eq!(granted(&mut budget, at(62)), 1, "the pause is taken once");
        budget.came(at(63), left(90), Came::Page);
        assert_eq!(granted(&mut budget, at(63)), 4, "until more is left");
    }

    #[test]
    fn a_429_is_waited_out_and_halves_what_is_in_flight() {
        let mut budget = started(90);
        assert_eq!(granted(&mut budget, at(1)), 4);
        let none = Standing { window: Some(at(2)), ..Standing::default() };
        for _ in 0..4 {
            budget.came(at(1), none, Came::TooMany);
        }
        assert_eq!(ask(&mut budget, at(2)), Leave::Wait(at(3)));
        assert_eq!(granted(&mut budget, at(3)), 2, "halved once for all four");
    }

    #[test]
    fn the_wait_is_retry_after_then_the_window_then_a_minute() {
        let cases = [
            (Standing { retry_after: Some(at(7)), window: Some(at(9)), ..Standing::default() }, 7),
            (Standing { window: Some(at(9)), ..Standing::default() }, 9),
            (Standing::default(), 60),
            (Standing { window: Some(at(0)), ..Standing::default() }, 1),
            (Standing { retry_after: Some(at(0)), ..Standing::default() }, 1),
        ];
        for (standing, seconds) in cases {
            let mut budget = Budget::new(4, 5 * MINUTE);
            assert_eq!(ask(&mut budget, at(0)), Leave::Go);
            budget.came(at(0), standing, Came::TooMany);
            assert_eq!(ask(&mut budget, at(0)), Leave::Wait(at(seconds)));
        }
    }

    #[test]
    fn endless_429_is_spent_and_a_page_starts_anew() {
        let mut budget = Budget::new(4, 5 * MINUTE);
        let mut now = at(0);
        let mut waits = 0;
        loop {
            match ask(&mut budget, now) {
                Leave::Go => budget.came(now, Standing::default(), Came::TooMany),
                Leave::Wait(until) => {
                    waits += 1;
                    now = until;
                }
                Leave::Spent => break,
                Leave::Busy => unreachable!("nothing else is in flight"),
            }
        }
        assert_eq!((waits, now), (5, 5 * MINUTE));

        let mut budget = Budget::new(4, MINUTE);
        for round in 0..10 {
            assert_eq!(ask(&mut budget, at(round * 60)), Leave::Go);
            budget.came(at(round * 60), Standing::default(), Came::TooMany);
            assert!(matches!(ask(&mut budget, at(round * 60)), Leave::Wait(_)), "round {round}");
            assert_eq!(ask(&mut budget, at(round * 60 + 60)), Leave::Go);
            budget.came(at(round * 60 + 60), Standing::default(), Came::Page);
        }
    }

    #[test]
    fn leave_goes_by_the_order_of_asking() {
        let mut budget = Budget::new(4, 5 * MINUTE);
        let (first, second) = (budget.enter(), budget.enter());
        assert_eq!(budget.ask(second, at(0)), Leave::Busy);
        assert_eq!(budget.ask(first, at(0)), Leave::Go);
        budget.came(at(0), Standing::default(), Came::TooMany);
        let again = budget.enter();
        assert_eq!(budget.ask(again, at(60)), Leave::Busy, "the other one has waited longer");
        assert_eq!(budget.ask(second, at(60)), Leave::Go);
    }

    #[test]
    fn a_wait_longer_than_allowed_is_not_begun() {
        let mut budget = Budget::new(4, 5 * MINUTE);
        assert_eq!(ask(&mut budget, at(0)), Leave::Go);
        let hour = Standing { retry_after: Some(at(3600)), ..Standing::default() };
        budget.came(at(0), hour, Came::TooMany);
        assert_eq!(ask(&mut budget, at(0)), Leave::Spent);
    }

    #[test]
    fn what_is_in_flight_grows_back_slowly() {
        let mut budget = started(90);
        assert_eq!(ask(&mut budget, at(0)), Leave::Go);
        budget.came(at(0), Standing { window: Some(at(1)), ..Standing::default() }, Came::TooMany);
        let mut pages = 0;
        while granted(&mut budget, at(10)) < 4 {
            while budget.in_flight > 0 {
                budget.came(at(10), left(90), Came::Page);
                pages += 1;
            }
        }
        assert!((20..=30).contains(&pages), "{pages}");
    }
}

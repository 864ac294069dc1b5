//! What a person is told while a query runs: pages with `-v`, requests with `-vv`, waits always.

use crate::cli::stream::Console;
use crate::portal::{Event, Session, Why};
use crate::text::counted;

/// Tells what happens.
pub(super) struct Watch<'c, 'w, 'a> {
    console: &'c mut Console<'w, 'a>,
    several_portals: bool,
}

impl<'c, 'w, 'a> Watch<'c, 'w, 'a> {
    pub(super) fn new(console: &'c mut Console<'w, 'a>, session: &Session) -> Self {
        Self { console, several_portals: session.portals().nth(1).is_some() }
    }

    /// Takes an event.
    pub(super) fn see(&mut self, event: &Event<'_>) {
        if let Some((level, portal, line)) = told(event)
            && self.console.verbose >= level
        {
            let portal = if self.several_portals { format!("{portal}: ") } else { String::new() };
            self.console.say(format!("{portal}{line}"));
        }
    }
}

/// How often `-v` must stand for an event to be told, whose it is, and the line.
fn told<'e>(event: &Event<'e>) -> Option<(u8, &'e str, String)> {
    Some(match event {
        Event::Request { portal, path, query } => (2, portal, format!("GET {path}?{query}")),
        Event::Page { portal, listing, number, rows, total } => {
            let total = total.map_or_else(String::new, |total| format!(" of {total}"));
            (1, portal, format!("{}: page {number}, {}{total}", listing.title(), counted(*rows, "row")))
        }
        Event::Wait { portal, time, why: Why::RateLimit, .. } => {
            (0, portal, format!("waiting {} s for the rate limit", time.as_secs_f64().ceil()))
        }
        Event::Wait { portal, time, why: Why::Failed { error, failures }, .. } => (
            1,
            portal,
            format!("attempt {failures} failed: {error}; the next one in {:.1} s", time.as_secs_f64()),
        ),
        Event::Begun { .. } | Event::Ended { .. } | Event::Tick => return None,
    })
}

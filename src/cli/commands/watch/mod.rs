//! What a person is told while a query runs: pages with `-v`, requests with `-vv`, and where it stands. On a terminal that is
//! shown in lines that vanish at the end, see [`lines`]; anywhere else waits for the rate limit are told.

mod board;
mod lines;

use std::sync::Arc;
use std::time::Duration;

use board::Board;
use lines::Lines;

use crate::cli::args::ProgressChoice;
use crate::cli::stream::Console;
use crate::portal::{Event, Share, Why};
use crate::text::counted;

/// Tells what happens.
pub(super) struct Watch<'c, 'w, 'a> {
    console: &'c mut Console<'w, 'a>,
    several_portals: bool,
    progress: Option<Progress>,
}

/// Where the run stands, and what of it is on the screen.
struct Progress {
    board: Board,
    lines: Lines,
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl<'c, 'w, 'a> Watch<'c, 'w, 'a> {
    pub(super) fn new(console: &'c mut Console<'w, 'a>, share: &Share<'_>, choice: ProgressChoice) -> Self {
        let several_portals = share.whole() > 1;
        let progress = console.screen(choice).map(|screen| Progress {
            board: Board::new(several_portals),
            lines: Lines::new(screen),
            now: Arc::clone(&console.world.pace.now),
        });
        Self { console, several_portals, progress }
    }

    /// Takes an event.
    pub(super) fn see(&mut self, event: &Event<'_>) {
        if let Some(progress) = &mut self.progress {
            progress.board.see(event);
        }
        let told = self.told(event);
        if let Some(line) = &told {
            // It takes the place of the lines, which are drawn again below it.
            if let Some(progress) = &mut self.progress {
                progress.lines.erase(self.console);
            }
            self.console.say(line);
        }
        // Pages can come by the thousand; what they change is drawn with the next tick.
        if let Some(progress) = &mut self.progress
            && (told.is_some() || matches!(event, Event::Begun { .. } | Event::Wait { .. } | Event::Tick))
        {
            let shown = progress.board.shown((progress.now)(), progress.lines.room());
            progress.lines.draw(&shown, self.console);
        }
    }

    /// Nothing more happens.
    pub(super) fn end(mut self) {
        if let Some(progress) = &mut self.progress {
            progress.lines.erase(self.console);
        }
    }

    /// The line for an event, where it is to be told.
    fn told(&self, event: &Event<'_>) -> Option<String> {
        let shown = matches!(event, Event::Wait { why: Why::RateLimit, .. }) && self.progress.is_some();
        let (level, portal, line) = told(event).filter(|_| !shown)?;
        let portal = if self.several_portals { format!("{portal}: ") } else { String::new() };
        (self.console.verbose >= level).then(|| format!("{portal}{line}"))
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
        Event::Wait { portal, time, why: Why::Failed { error, failures, .. }, .. } => (
            1,
            portal,
            format!("attempt {failures} failed: {error}; the next one in {:.1} s", time.as_secs_f64()),
        ),
        Event::Begun { .. } | Event::Ended { .. } | Event::Tick => return None,
    })
}

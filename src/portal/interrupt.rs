//! Signals that end a run.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::Poll;

use tokio::runtime::Runtime;

/// A signal that ended the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// SIGINT, Ctrl-C.
    Int,
    /// SIGTERM.
    Term,
}

/// Ctrl-C and SIGTERM from the moment that this is made: one that comes before somebody waits is not lost.
pub(crate) struct Interrupts(RefCell<Streams>);

#[cfg(unix)]
struct Streams {
    int: Option<tokio::signal::unix::Signal>,
    term: Option<tokio::signal::unix::Signal>,
}

#[cfg(not(unix))]
struct Streams {
    int: Option<tokio::signal::windows::CtrlC>,
}

impl Interrupts {
    /// Listens on a runtime. What it grants no handler for ends the process by the system's own.
    pub(crate) fn listen(runtime: &Runtime) -> Self {
        let _context = runtime.enter();
        #[cfg(unix)]
        let streams = {
            use tokio::signal::unix::{SignalKind, signal};
            Streams { int: signal(SignalKind::interrupt()).ok(), term: signal(SignalKind::terminate()).ok() }
        };
        #[cfg(not(unix))]
        let streams = Streams { int: tokio::signal::windows::ctrl_c().ok() };
        Self(RefCell::new(streams))
    }

    /// The next one.
    pub(crate) async fn next(&self) -> Interrupt {
        poll_fn(|context| {
            let mut streams = self.0.borrow_mut();
            let mut came = Poll::Pending;
            #[cfg(unix)]
            if let Some(Poll::Ready(_)) = streams.term.as_mut().map(|stream| stream.poll_recv(context)) {
                came = Poll::Ready(Interrupt::Term);
            }
            if let Some(Poll::Ready(_)) = streams.int.as_mut().map(|stream| stream.poll_recv(context)) {
                came = Poll::Ready(Interrupt::Int);
            }
            came
        })
        .await
    }
}

//! Ctrl-C and SIGTERM. While a command listens itself, as the walk through the pages does, it ends in its own way; at any
//! other time the process ends at once, with the code a shell expects. A signal is never lost between the two. A command that
//! does not get to listen, as one that renders a long report or waits for a reader of stderr, is ended for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register_conditional_shutdown, register_usize};

use super::exit::Exit;
use crate::report::sink;

/// How often it is looked whether a signal came, and at how many looks in a row it has not been listened to.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: u32 = 4;

/// What the process knows of signals.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// Whether a signal ends the process at once.
    at_once: Arc<AtomicBool>,
    /// The exit code of the last signal; 0: none came.
    came: Arc<AtomicUsize>,
}

impl Signals {
    /// Signals of this process, for `main.rs`. A test has the default: signals that never come.
    #[must_use]
    pub fn install() -> Self {
        let signals = Self { at_once: Arc::new(AtomicBool::new(true)), ..Self::default() };
        for (signal, code) in [(SIGINT, 130_u8), (SIGTERM, 143)] {
            // Where nothing can be registered, the system ends the process all the same.
            let _ = register_usize(signal, Arc::clone(&signals.came), usize::from(code)).and_then(|_| {
                register_conditional_shutdown(signal, code.into(), Arc::clone(&signals.at_once))
            });
        }
        signals
    }

    /// Does work that listens for signals itself. `Err`: one came, whether the work saw it or not; what was done is dropped
    /// before anything can end the process, so that it leaves nothing behind.
    pub(super) fn listening<T>(&self, work: impl FnOnce() -> T) -> Result<T, Exit> {
        let before = self.at_once.swap(false, Ordering::SeqCst);
        let listening = if before { self.watch() } else { None };
        let done = work();
        let done = if self.came().is_none() { Some(done) } else { None };
        drop(listening);
        self.at_once.store(before, Ordering::SeqCst);
        // What came before that line was noted, what comes after it ends the process.
        match (self.came(), done) {
            (None, Some(done)) => Ok(done),
            (Some(exit), _) => Err(exit),
            (None, None) => unreachable!("a signal that came is not forgotten"),
        }
    }

    /// Ends the process when a signal came and what is given has not been dropped soon after; of its files nothing half-written is
    /// left. Where there is no thread for it, the work is waited for.
    fn watch(&self) -> Option<Sender<()>> {
        let (listening, ended) = mpsc::channel();
        let signals = self.clone();
        let watching = move || {
            let mut looks = 0;
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let Some(exit) = signals.came() else { continue };
                looks += 1;
                if looks > LOOKS {
                    let _kept = sink::abandon();
                    signal_hook::low_level::exit(exit.code().into());
                }
            }
        };
        thread::Builder::new().spawn(watching).ok().map(|_| listening)
    }

    /// How the process is to end, once a signal came.
    pub(super) fn came(&self) -> Option<Exit> {
        match self.came.load(Ordering::SeqCst) {
            130 => Some(Exit::Interrupted),
            143 => Some(Exit::Terminated),
            _ => None,
        }
    }
}

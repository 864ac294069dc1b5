//! Time and chance, handed in: `main.rs` gives the real ones, a test those that take no time.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Something that is done later.
pub type Later = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Longest time for a connection to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time in which nothing of an answer comes.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// A clock that never goes back, waits that go by it, chance, and how long silence is borne.
#[derive(Clone)]
pub struct Pace {
    /// Time since some fixed moment.
    pub now: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Waits that long.
    pub wait: Arc<dyn Fn(Duration) -> Later + Send + Sync>,
    /// A number from 0 up to, but not, 1.
    pub random: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Longest time for a connection to stand.
    pub connect_timeout: Duration,
    /// Longest time in which nothing of an answer comes.
    pub read_timeout: Duration,
}

impl Pace {
    /// The machine's own.
    #[must_use]
    pub fn real() -> Self {
        let start = Instant::now();
        Self {
            now: Arc::new(move || start.elapsed()),
            wait: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
            random: Arc::new(fastrand::f64),
            connect_timeout: CONNECT_TIMEOUT,
            read_timeout: READ_TIMEOUT,
        }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("now", &(self.now)()).finish_non_exhaustive()
    }
}

//! Which faults play on a request.

use std::sync::{Mutex, PoisonError};

use super::Fault;
use super::table::Trouble;

/// The faults of a portal, with how often each has played.
pub(in crate::sandbox) struct Script(Mutex<Vec<(Fault, u32)>>);

/// A fault on this request.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Play {
    pub(super) trouble: Trouble,
    pub(super) name: &'static str,
    pub(super) value: i64,
    /// How often it has played, this time included.
    pub(super) number: u32,
}

/// The faults on one request, in the order they were given.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Plays(pub(super) Vec<Play>);

impl Script {
    pub(in crate::sandbox) fn new(faults: Vec<Fault>) -> Self {
        Self(Mutex::new(faults.into_iter().map(|fault| (fault, 0)).collect()))
    }

    /// Counts and gives the faults that play on this page.
    pub(in crate::sandbox) fn on(&self, page: u64) -> Plays {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = faults.iter_mut().filter(|(fault, played)| {
            fault.page.is_none_or(|other| other == page) && fault.times.is_none_or(|times| *played < times)
        });
        Plays(
            due.map(|(fault, played)| {
                *played = played.saturating_add(1);
                let Fault { entry, value, .. } = fault;
                Play { trouble: entry.trouble, name: entry.name, value: *value, number: *played }
            })
            .collect(),
        )
    }
}

impl Plays {
    /// Whether this one plays.
    pub(in crate::sandbox) fn has(&self, trouble: Trouble) -> bool {
        self.value(trouble).is_some()
    }

    /// Its value, where it plays.
    pub(in crate::sandbox) fn value(&self, trouble: Trouble) -> Option<i64> {
        self.0.iter().find(|play| play.trouble == trouble).map(|play| play.value)
    }

    /// The sum of its values.
    pub(in crate::sandbox) fn sum(&self, trouble: Trouble) -> i64 {
        self.0.iter().filter(|play| play.trouble == trouble).map(|play| play.value).sum()
    }

    /// Their names.
    pub(in crate::sandbox) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|play| play.name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_plays_on_its_page_as_often_as_it_says() {
        let faults = ["reset@2x2", "status=503x3", "latency=1", "latency=2@1"];
        let script = Script::new(faults.map(|text| Fault::parse(text).expect("a fault")).to_vec());
        let names = |page| script.on(page).names().join(" ");
        assert_eq!(names(1), "status latency latency");
        assert_eq!(names(2), "reset status latency");
        assert_eq!(names(3), "status latency");
        assert_eq!(names(2), "reset latency");
        assert_eq!(names(2), "latency");
        let plays = script.on(1);
        assert_eq!((plays.sum(Trouble::Latency), plays.value(Trouble::Latency)), (3, Some(1)));
        assert!(!plays.has(Trouble::Reset));
    }
}

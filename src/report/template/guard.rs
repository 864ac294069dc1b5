//! What a template may take: bytes of its report, bytes of values that its helpers make, time.
//!
//! A template comes from anyone, and three loops inside each other over ten thousand rows would write for years. How deep
//! blocks and partials nest is limited before (`check`, `include`).

use serde_json::Value;

use crate::text;

/// Milliseconds since 1970.
pub(in crate::report) type Clock<'c> = &'c dyn Fn() -> i64;

/// Steps between two looks at the clock: some milliseconds.
const STEPS: u32 = 1 << 16;

/// Most bytes or milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Of the report.
    pub(super) written: usize,
    /// Of values made by helpers at one place in the template.
    pub(super) made: usize,
    /// Milliseconds.
    pub(super) time: i64,
}

impl Limits {
    /// What every report may take.
    pub(super) const REPORT: Self = Self { written: 1 << 30, made: 1 << 29, time: 60_000 };
}

/// What was taken so far.
pub(super) struct Guard<'c> {
    limits: Limits,
    clock: Clock<'c>,
    started: i64,
    /// Until the next look at the clock.
    left: u32,
    /// Bytes of the values that are in use.
    made: usize,
}

impl<'c> Guard<'c> {
    pub(super) fn new(limits: Limits, clock: Clock<'c>) -> Self {
        Self { limits, clock, started: clock(), left: STEPS, made: 0 }
    }

    /// Counts steps; `written` is how large the report is by now.
    ///
    /// # Errors
    /// When it is too large, or takes too long.
    pub(super) fn steps(&mut self, steps: u32, written: usize) -> Result<(), String> {
        if self.left > steps {
            self.left -= steps;
            return self.check_written(written);
        }
        self.left = STEPS;
        if (self.clock)().saturating_sub(self.started) > self.limits.time {
            let seconds = usize::try_from(self.limits.time / 1000).unwrap_or_default();
            let most = text::counted(seconds, "second");
            return Err(format!("the report takes longer than {most}: loops inside of loops do"));
        }
        self.check_written(written)
    }

    /// # Errors
    /// When these are too many bytes of a report.
    pub(super) fn check_written(&self, written: usize) -> Result<(), String> {
        if written <= self.limits.written {
            return Ok(());
        }
        Err(format!("the report grows beyond {}", mebibytes(self.limits.written)))
    }

    /// Counts a value that a helper made, until [`Guard::release`] gives it back.
    ///
    /// # Errors
    /// When they are too large together.
    pub(super) fn keep(&mut self, value: &Value) -> Result<(), String> {
        self.made = self.made.saturating_add(size(value));
        if self.made <= self.limits.made {
            return Ok(());
        }
        Err(format!("values of more than {} are made here", mebibytes(self.limits.made)))
    }

    /// Bytes of values in use, for [`Guard::release`].
    pub(super) fn kept(&self) -> usize {
        self.made
    }

    /// The values that were made since then are gone.
    pub(super) fn release(&mut self, kept: usize) {
        self.made = kept;
    }

    /// How many bytes a helper may still make.
    pub(super) fn room(&self) -> usize {
        self.limits.made.saturating_sub(self.made)
    }
}

fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes >> 20)
}

/// About what a value takes in memory.
pub(in crate::report) fn size(value: &Value) -> usize {
    const ONE: usize = size_of::<Value>();
    match value {
        Value::String(text) => ONE + text.len(),
        Value::Array(values) => ONE + values.iter().map(size).sum::<usize>(),
        Value::Object(map) => {
            ONE + map.iter().map(|(name, value)| ONE + name.len() + size(value)).sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => ONE,
    }
}

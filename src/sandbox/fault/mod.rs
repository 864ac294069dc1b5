//! What goes wrong on purpose: the faults of `--fault`, and what they do to an answer.
//!
//! `table` has them all as data, `parse` reads a specification, `play` says which ones play on a request. They act by stage:
//! `instead` gives an answer in place of the portal's own, `listing` changes what is listed, `shape` the rows and the form of the page,
//! `wire` how the body goes out.

mod instead;
mod large;
mod listing;
mod parse;
mod play;
mod shape;
mod table;
mod wire;

use std::fmt;
use std::num::NonZeroU32;

pub use parse::FaultError;
pub use table::{Entry, FAULTS, Value};

pub(super) use instead::{Asked, instead};
pub(super) use listing::{bend, change};
pub(super) use play::{Plays, Script};
pub(super) use shape::{reshape, rewrite};
pub(super) use table::Trouble;
pub(super) use wire::{Content, send};

/// A fault to play, as [`Fault::parse`] reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    portal: Option<NonZeroU32>,
    entry: &'static Entry,
    /// 0 where it takes none.
    value: i64,
    page: Option<u64>,
    times: Option<u32>,
}

impl Fault {
    /// The number, from 1, of the one portal that plays it.
    #[must_use]
    pub fn portal(&self) -> Option<u32> {
        self.portal.map(NonZeroU32::get)
    }

    /// The row of [`FAULTS`] that it is.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(portal) = self.portal {
            write!(f, "{portal}/")?;
        }
        f.write_str(self.entry.name)?;
        if self.entry.value.is_some() {
            write!(f, "={}", self.value)?;
        }
        if let Some(page) = self.page {
            write!(f, "@{page}")?;
        }
        if let Some(times) = self.times {
            write!(f, "x{times}")?;
        }
        Ok(())
    }
}

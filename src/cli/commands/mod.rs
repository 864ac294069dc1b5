//! The commands, one file each.

mod deliver;
mod place;
pub(super) mod run;
pub(super) mod sandbox;

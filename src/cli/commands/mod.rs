//! The commands, one file each.

mod deliver;
pub(super) mod run;
pub(super) mod sandbox;
pub(super) mod validate;

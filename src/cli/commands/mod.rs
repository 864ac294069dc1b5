//! The commands, one file each.

mod deliver;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod fields;
pub(super) mod list;
mod place;
pub(super) mod run;
pub(super) mod sandbox;
pub(super) mod schema;
pub(super) mod validate;
mod watch;

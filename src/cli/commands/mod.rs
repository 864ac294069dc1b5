//! The commands, one file each.

pub(super) mod completions;
mod deliver;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod fields;
pub(super) mod help;
pub(super) mod init;
pub(super) mod list;
pub(super) mod man;
mod place;
pub(super) mod run;
pub(super) mod sandbox;
pub(super) mod schema;
pub(super) mod validate;
mod watch;

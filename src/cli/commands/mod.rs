//! The commands, one file each.

mod baseline;
pub(super) mod completions;
mod deliver;
pub(super) mod diff;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod fields;
pub(super) mod help;
pub(super) mod init;
pub(super) mod list;
pub(super) mod man;
mod place;
mod publish;
pub(super) mod render;
pub(super) mod run;
pub(super) mod sandbox;
mod saved;
pub(super) mod schema;
pub(super) mod validate;
mod watch;

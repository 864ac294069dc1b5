//! Checks on the rows: what expectations find, and what is accepted of it.
//!
//! Rows come from `shape`; `report` writes what is found here, `cli` makes the exit code of it.

mod finding;

pub use finding::{Acceptance, Expected, Finding, FindingPlace, Severity};

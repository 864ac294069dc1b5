//! lmq: query files for the LogicMonitor REST API v3.
//!
//! A query goes one way through the program, and each stage is a module that takes a value and gives one:
//!
//! ```text
//! spec → plan → portal → shape → check → report
//! ```
//!
//! [`spec`] reads a query file, [`plan`] makes listings of it, [`portal`] walks them, [`shape`] makes rows, [`check`] says what is
//! wrong with them, [`report`] renders them; [`run()`] is that story in one function. Below them lie [`catalog`] (the API as
//! data), [`filter`] (conditions), [`row`], [`auth`] (signing), [`yaml`] (files with places) and [`diag`] (mistakes in files).
//! [`main`] is the command line, [`sandbox`] a portal to try everything on. `tests/it/architecture.rs` keeps imports going this
//! one way.

pub mod auth;
pub mod catalog;
pub mod check;
mod cli;
pub mod config;
pub mod diag;
pub mod filter;
pub mod path;
pub mod plan;
pub mod portal;
pub mod project;
pub mod report;
pub mod row;
pub mod run;
pub mod sandbox;
pub mod secret;
pub mod shape;
pub mod spec;
pub mod text;
pub mod yaml;

pub use cli::{Signals, World, main};
pub use run::run;

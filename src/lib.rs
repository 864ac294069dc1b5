//! lmq: query files for the `LogicMonitor` REST API v3.
pub mod auth;
pub mod catalog;
pub mod diag;
pub mod project;
pub mod report;
pub mod secret;
pub mod text;

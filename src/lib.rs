//! lmq: query files for the `LogicMonitor` REST API v3.
pub mod auth;
pub mod catalog;
pub mod diag;
pub mod filter;
pub mod plan;
pub mod portal;
pub mod project;
pub mod report;
pub mod row;
pub mod sandbox;
pub mod secret;
pub mod shape;
pub mod spec;
pub mod text;

//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod config;
mod explain;
mod fields;
mod list;
mod readme;
mod run;
mod sandbox;
mod support;
mod validate;

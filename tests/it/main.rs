//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod checks;
mod config;
mod diagnostics;
mod doctor;
mod engine;
mod exit_codes;
mod explain;
mod faults;
mod fields;
mod help;
mod limits;
mod list;
mod package;
mod pipeline;
mod portals;
mod progress;
mod property;
mod readme;
mod redaction;
mod run;
mod sandbox;
mod schema;
mod support;
mod terminal;
mod validate;

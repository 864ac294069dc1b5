//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod browser;
mod config;
mod diagnostics;
mod doctor;
mod engine;
mod explain;
mod faults;
mod fields;
mod help;
mod hostile;
mod html;
mod limits;
mod list;
mod package;
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

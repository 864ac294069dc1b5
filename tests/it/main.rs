//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod diagnostics;
mod explain;
mod fields;
mod list;
mod readme;
mod run;
mod sandbox;
mod schema;
mod support;
mod validate;

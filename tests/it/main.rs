//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod run;
mod sandbox;
mod support;
mod validate;

//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod readme;
mod run;
mod sandbox;
mod support;

//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod limits;
mod property;
mod readme;
mod run;
mod sandbox;
mod support;

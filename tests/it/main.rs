//! lmq from outside: commands, the sandbox portal, shipped files.

mod architecture;
mod readme;
mod sandbox;

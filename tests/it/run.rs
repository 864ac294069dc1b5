//! `lmq run` from outside: whole commands, against the sandbox and against portals that misbehave.

mod credentials;
mod defects;
mod doubts;
mod filters;
mod formats;
mod forms;
mod hostile;
mod inert;
mod mistakes;
mod outputs;
mod process;
mod secrets;
mod selection;
mod shipped;
mod summary;
mod templates;

//! Reports: the result document in the form that was asked for.

mod helpers;
pub mod template;

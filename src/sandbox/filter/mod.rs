//! The portal's side of `filter`: which tokens a filter expression takes.
//!
//! Written from the API's description alone, apart from lmq's own conditions, so that the two check each other.
//!
//! The expression comes here decoded once, as a query value. It is taken apart with respect to quotes; then the content
//! of each quoted value is percent-decoded a second time (a `+` is a space again), and at last backslash escapes are
//! undone. A client that escapes, percent-encodes the content, assembles, and encodes the whole gets exactly its text.
//!
//! Where the description is silent: `,` binds tighter than `||`; there is no white space between conditions; a `*` is a
//! wildcard however it was encoded; a value of the wrong type (a bare word, a quoted number for a numeric field, a bare
//! number for a text field) matches nothing, under a negation too; key material cannot be searched.

mod condition;
mod parse;
mod pattern;

use super::data::Token;
use condition::Condition;

/// A filter expression: OR of ANDs.
#[derive(Debug, PartialEq)]
pub(super) struct Filter(Vec<Vec<Condition>>);

/// The expression does not follow the grammar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Filter {
    /// Reads an expression that was decoded once.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        parse::expression(text).map(Self)
    }

    /// Whether the filter takes this token.
    pub(super) fn takes(&self, token: &Token) -> bool {
        self.0.iter().any(|all| all.iter().all(|condition| condition.holds(token)))
    }
}

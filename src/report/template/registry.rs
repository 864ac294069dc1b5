//! The one place that makes a Handlebars registry: strict, escaping by kind, with lmq's helpers and nothing that reaches out.

use handlebars::{Handlebars, no_escape};

use super::{Kind, escape};
use crate::report::helpers;

/// An empty registry for templates of a kind.
pub(super) fn new(kind: Kind) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(match kind {
        Kind::Html => escape::html,
        Kind::Markdown => escape::markdown,
        Kind::Csv => escape::csv,
        Kind::Text => no_escape,
    });
    // The check refuses both by name; taken out as well, so that no gap in it can let them in.
    registry.unregister_helper("log");
    registry.unregister_helper("lookup");
    helpers::register(&mut registry, kind);
    registry
}

//! The shipped templates and partials, compiled in: what a query may name without a project having it.

use std::sync::Arc;

use crate::diag::Source;

/// Name and text of every shipped template and partial.
const SHIPPED: &[(&str, &str)] = &[
    ("tokens.md.hbs", include_str!("../../../templates/tokens.md.hbs")),
    ("tokens.html.hbs", include_str!("../../../templates/tokens.html.hbs")),
    ("summary.txt.hbs", include_str!("../../../templates/summary.txt.hbs")),
    ("verdict.md.hbs", include_str!("../../../templates/verdict.md.hbs")),
    ("verdict.html.hbs", include_str!("../../../templates/verdict.html.hbs")),
    ("verdict.txt.hbs", include_str!("../../../templates/verdict.txt.hbs")),
];

/// The shipped file of that name.
pub(super) fn find(name: &str) -> Option<Arc<Source>> {
    let (name, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    Some(Source::new(format!("<built-in>/{name}"), *text))
}

/// The names of all of them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

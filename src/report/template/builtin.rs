//! The shipped templates and partials, compiled in: what a query may name without a project having it.

use std::sync::Arc;

use crate::diag::Source;

/// Name and text of every shipped template and partial.
const SHIPPED: &[(&str, &str)] = &[
    ("tokens.md.hbs", include_str!("../../../templates/tokens.md.hbs")),
    ("tokens.html.hbs", include_str!("../../../templates/tokens.html.hbs")),
    ("summary.txt.hbs", include_str!("../../../templates/summary.txt.hbs")),
    ("addresses.md.hbs", include_str!("../../../templates/addresses.md.hbs")),
    ("administrators.md.hbs", include_str!("../../../templates/administrators.md.hbs")),
    ("cards.txt.hbs", include_str!("../../../templates/cards.txt.hbs")),
    ("creators.txt.hbs", include_str!("../../../templates/creators.txt.hbs")),
    ("idle.md.hbs", include_str!("../../../templates/idle.md.hbs")),
    ("owners.txt.hbs", include_str!("../../../templates/owners.txt.hbs")),
    ("roles.md.hbs", include_str!("../../../templates/roles.md.hbs")),
    ("tasks.md.hbs", include_str!("../../../templates/tasks.md.hbs")),
    ("verdict.md.hbs", include_str!("../../../templates/verdict.md.hbs")),
    ("verdict.html.hbs", include_str!("../../../templates/verdict.html.hbs")),
    ("verdict.txt.hbs", include_str!("../../../templates/verdict.txt.hbs")),
    ("findings.md.hbs", include_str!("../../../templates/findings.md.hbs")),
    ("findings.txt.hbs", include_str!("../../../templates/findings.txt.hbs")),
    ("waived.md.hbs", include_str!("../../../templates/waived.md.hbs")),
    ("seen.md.hbs", include_str!("../../../templates/seen.md.hbs")),
    ("seen.txt.hbs", include_str!("../../../templates/seen.txt.hbs")),
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

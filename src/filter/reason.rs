//! Why a condition is not sent, in words: the other side of `is_safe` and `is_sayable`.

use super::encode::{is_plain, is_safe, is_sayable, safe_operators};
use super::{Condition, Leaf, Op, Scalar};
use crate::text;

/// Why the portal is not sure to understand the condition as lmq does; `None` when it is.
#[must_use]
pub fn why_not_safe(condition: &Condition) -> Option<String> {
    if is_safe(condition) {
        return None;
    }
    let leaf = match condition {
        Condition::Is(leaf) => leaf,
        // An age may have become one, so its field is a better reason than its form.
        Condition::Any(leaves) => match leaves.iter().find(|leaf| safe_operators(leaf.field).is_empty()) {
            Some(leaf) => leaf,
            None => return Some("`pushdown: safe` sends no `any`".to_owned()),
        },
    };
    let (field, op) = (leaf.field.name, leaf.op.name());
    let plain = leaf.values.iter().all(is_plain);
    Some(derived(leaf).unwrap_or_else(|| match safe_operators(leaf.field) {
        [] => format!("`pushdown: safe` sends nothing on `{field}`"),
        safe if safe.contains(&leaf.op) && !plain => {
            "the value has more than ASCII letters, digits, space and `- _ . @ /`".to_owned()
        }
        safe => {
            let names = text::listed(safe.iter().map(|op| op.name()));
            format!("`pushdown: safe` sends no `{op}` on `{field}`, only {names}")
        }
    }))
}

/// Why the API's grammar cannot say the condition, beside others or alone; `None` when it can.
#[must_use]
pub fn why_not_sayable(condition: &Condition, alone: bool) -> Option<String> {
    if is_sayable(condition, alone) {
        return None;
    }
    if !alone && is_sayable(condition, true) {
        return Some(
            "the grammar does not mix `,` and `||`: an `any` is sent alone or not at all".to_owned(),
        );
    }
    let said = |leaf: &Leaf| {
        let wildcard = |value: &Scalar| matches!(value, Scalar::Text(text) if text.contains('*'));
        derived(leaf).or_else(|| {
            if leaf.values.iter().any(wildcard) {
                Some("`*` is a wildcard in the grammar, and has no escape".to_owned())
            } else if leaf.field.zero_is_null && leaf.op == Op::Empty {
                Some(format!("`{}` has two forms of empty, 0 and null, and takes a `||`", leaf.field.name))
            } else {
                None
            }
        })
    };
    let leaf = condition.leaves().iter().find_map(said);
    Some(leaf.unwrap_or_else(|| "an alternative of it takes several conditions of the grammar".to_owned()))
}

fn derived(leaf: &Leaf) -> Option<String> {
    (!leaf.field.is_api()).then(|| format!("the API has no `{}`: lmq derives it", leaf.field.name))
}

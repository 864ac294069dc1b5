//! Conditions on time: dates and ages written by people, resolved against the one clock reading of a run.

use super::{Condition, Leaf, Op, Scalar};

const UNITS: [(char, i64); 3] = [('h', 3600), ('d', 86_400), ('w', 604_800)];

/// An RFC 3339 date (its midnight, UTC) or date-time, in epoch seconds.
#[must_use]
pub fn parse_instant(text: &str) -> Option<i64> {
    let midnight = format!("{text}T00:00:00Z");
    let text = if text.len() == 10 { &midnight } else { text };
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// `90d`, `12h`, `2w`, in seconds.
#[must_use]
pub fn parse_age(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let (_, seconds) = UNITS.iter().find(|(known, _)| *known == unit)?;
    let number = &text[..text.len() - 1];
    let count: i64 = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())??;
    count.checked_mul(*seconds)
}

/// The condition with its times made into comparisons with epoch seconds, at `now`.
///
/// `older_than` is t ≤ now − d; where null means never, never is older. `newer_than` is t > now − d.
#[must_use]
pub fn resolve(condition: &Condition, now: i64) -> Condition {
    let leaves: Vec<Leaf> = condition.leaves().iter().flat_map(|leaf| resolve_leaf(leaf, now)).collect();
    match (condition, &leaves[..]) {
        (Condition::Is(_), [leaf]) => Condition::Is(leaf.clone()),
        _ => Condition::Any(leaves),
    }
}

fn resolve_leaf(leaf: &Leaf, now: i64) -> Vec<Leaf> {
    let compared = |op: Op, value: i64| Leaf { field: leaf.field, op, values: vec![Scalar::Int(value)] };
    let value = match leaf.values.first() {
        Some(Scalar::Int(value)) => *value,
        _ => 0,
    };
    match leaf.op {
        Op::Before => vec![compared(Op::Lt, value)],
        Op::After => vec![compared(Op::Gt, value)],
        Op::NewerThan => vec![compared(Op::Gt, now.saturating_sub(value))],
        Op::OlderThan => {
            let mut leaves = vec![compared(Op::Le, now.saturating_sub(value))];
            if leaf.field.zero_is_null {
                leaves.push(Leaf { field: leaf.field, op: Op::Empty, values: Vec::new() });
            }
            leaves
        }
        _ => vec![leaf.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::by_path;
    use crate::filter;

    #[test]
    fn dates_and_ages_are_read() {
        let cases = [
            ("2026-01-01", Some(1_767_225_600)),
            ("2026-01-01T00:00:00Z", Some(1_767_225_600)),
            ("2026-01-01T01:00:00+01:00", Some(1_767_225_600)),
            ("2026-1-1", None),
            ("2026-02-30", None),
            ("yesterday", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_instant(text), seconds, "{text}");
        }
        let cases = [
            ("90d", Some(7_776_000)),
            ("12h", Some(43_200)),
            ("2w", Some(1_209_600)),
            ("0d", Some(0)),
            ("90", None),
            ("d", None),
            ("-1d", None),
            ("1.5d", None),
            ("99999999999999999999d", None),
            ("9223372036854775807w", None),
            ("1ö", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_age(text), seconds, "{text}");
        }
    }

    #[test]
    fn never_used_counts_as_older() {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        let condition = |name: &str, op: Op| {
            let leaf = filter::leaf(endpoint, name, op, vec![Scalar::Int(100)]).expect("it fits");
            resolve(&Condition::Is(leaf), 1000).to_string()
        };
        assert_eq!(condition("lastUsedOn", Op::OlderThan), "lastUsedOn<:900||lastUsedOn:::empty");
        assert_eq!(condition("createdOn", Op::OlderThan), "createdOn<:900");
        assert_eq!(condition("lastUsedOn", Op::NewerThan), "lastUsedOn>900");
        assert_eq!(condition("createdOn", Op::Before), "createdOn<100");
        assert_eq!(condition("createdOn", Op::After), "createdOn>100");
    }
}

//! Conditions as the portal reads them: which can be said at all, which are safe, and the double encoding.
//!
//! The portal decodes the filter twice: once as a query value, once more inside each quoted value. So the content of each
//! quoted value is percent-encoded here; the whole expression is encoded once more where the query string is made.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::check::operators;
use super::{Condition, Leaf, Op, Scalar};
use crate::catalog::{Field, Pushdown};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The filter expression of conditions that all must hold; its quoted values are encoded, the whole is not yet.
/// Only for what [`is_sayable`] accepts.
#[must_use]
pub fn encode(conditions: &[&Condition]) -> String {
    let conditions: Vec<String> = conditions.iter().map(|condition| encode_condition(condition)).collect();
    conditions.join(",")
}

/// Whether the portal is sure to understand the condition as lmq does.
#[must_use]
pub fn is_safe(condition: &Condition) -> bool {
    let Condition::Is(leaf) = condition else { return false };
    let plain = leaf.field.pushdown != Pushdown::PlainText || leaf.values.iter().all(is_plain);
    plain && safe_operators(leaf.field).contains(&leaf.op)
}

/// The operators on a field that the portal is sure to understand as lmq does; on texts, for plain values alone.
pub(super) fn safe_operators(field: &Field) -> &'static [Op] {
    match field.pushdown {
        Pushdown::Never => &[],
        Pushdown::PlainText => &[Op::Eq],
        Pushdown::Number => &[Op::Eq, Op::Gt, Op::Lt, Op::Ge, Op::Le],
    }
}

/// The names of the operators on a field that are sent by `pushdown: safe`, in the order of the documentation. Times are
/// sent as the comparisons they mean.
#[must_use]
pub fn sent_operators_of(field: &Field) -> Vec<&'static str> {
    let safe = safe_operators(field);
    let sent = |op: Op| match op {
        Op::Before => Op::Lt,
        Op::After | Op::NewerThan => Op::Gt,
        Op::OlderThan => Op::Le,
        op => op,
    };
    operators(field.kind).iter().filter(|op| safe.contains(&sent(**op))).map(|op| op.name()).collect()
}

/// Whether the grammar can say the condition, in a filter with others or (`any`) alone.
#[must_use]
pub fn is_sayable(condition: &Condition, alone: bool) -> bool {
    match condition {
        Condition::Is(leaf) => is_sayable_leaf(leaf),
        // No mix of `,` and `||`: a leaf that needs two parts, or another condition beside it, cannot be said.
        Condition::Any(leaves) => {
            alone && leaves.iter().all(|leaf| is_sayable_leaf(leaf) && parts(leaf).len() == 1)
        }
    }
}

pub(super) fn is_plain(value: &Scalar) -> bool {
    let Scalar::Text(text) = value else { return false };
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -_.@/".contains(&byte))
}

fn is_sayable_leaf(leaf: &Leaf) -> bool {
    // `*` is a wildcard and has no escape. Where 0 means never, "empty" is two conditions joined by `||`.
    let literal = leaf.values.iter().all(|value| !matches!(value, Scalar::Text(text) if text.contains('*')));
    let never = leaf.field.zero_is_null && matches!(leaf.op, Op::Empty);
    leaf.field.is_api() && literal && !never
}

fn encode_condition(condition: &Condition) -> String {
    let joint = if matches!(condition, Condition::Any(_)) { "||" } else { "," };
    let parts: Vec<String> =
        condition.leaves().iter().flat_map(parts).map(|leaf| encode_leaf(&leaf)).collect();
    parts.join(joint)
}

/// A leaf as the grammar can say it: "none of" is one part a value, and a field where 0 means never is kept above 0.
fn parts(leaf: &Leaf) -> Vec<Leaf> {
    let one = |op: Op, values: Vec<Scalar>| Leaf { field: leaf.field, op, values };
    match leaf.op {
        Op::Ne | Op::NotContains => {
            leaf.values.iter().map(|value| one(leaf.op, vec![value.clone()])).collect()
        }
        Op::NotEmpty if leaf.field.zero_is_null => vec![one(Op::Gt, vec![Scalar::Int(0)])],
        Op::Lt | Op::Le | Op::Gt | Op::Ge if leaf.field.zero_is_null => {
            vec![leaf.clone(), one(Op::Gt, vec![Scalar::Int(0)])]
        }
        _ => vec![leaf.clone()],
    }
}

fn encode_leaf(leaf: &Leaf) -> String {
    struct Wire<'a>(&'a Leaf);
    impl fmt::Display for Wire<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_leaf(f, self.0, |value| match value {
                Scalar::Text(text) => format!("\"{}\"", utf8_percent_encode(&escaped(text), RESERVED)),
                other => other.to_string(),
            })
        }
    }
    Wire(leaf).to_string()
}

/// A leaf in LogicMonitor's syntax, its values written by `value`.
pub(super) fn write_leaf(
    f: &mut fmt::Formatter<'_>,
    leaf: &Leaf,
    value: impl Fn(&Scalar) -> String,
) -> fmt::Result {
    let op = match leaf.op {
        Op::Eq => ":",
        Op::Ne => "!:",
        Op::Gt => ">",
        Op::Lt => "<",
        Op::Ge => ">:",
        Op::Le => "<:",
        Op::Contains => "~",
        Op::NotContains => "!~",
        Op::Empty => ":::empty",
        Op::NotEmpty => "!::empty",
        // Resolved before anything is sent; this is for messages.
        Op::Before | Op::After | Op::OlderThan | Op::NewerThan => leaf.op.name(),
    };
    let values: Vec<String> = leaf.values.iter().map(value).collect();
    write!(f, "{}{op}{}", leaf.field.name, values.join("|"))
}

/// The content of a quoted value with the grammar's backslashes.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if "\\\"()$&#[]".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use crate::catalog::by_path;

    fn is(name: &str, op: Op, values: &[Scalar]) -> Condition {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        Condition::Is(check::leaf(endpoint, name, op, values.to_vec()).expect("it fits"))
    }

    fn text(text: &str) -> Scalar {
        Scalar::Text(text.to_owned())
    }

    #[test]
    fn values_are_escaped_then_encoded() {
        let cases = [
            (is("adminName", Op::Eq, &[text("svc+ci@example.com")]), r#"adminName:"svc%2Bci%40example.com""#),
            (is("note", Op::Contains, &[text("a b")]), r#"note~"a%20b""#),
            (is("note", Op::Eq, &[text(r#""\("#)]), r#"note:"%5C%22%5C%5C%5C%28""#),
            (is("note", Op::Eq, &[text("ö|,%'")]), r#"note:"%C3%B6%7C%2C%25%27""#),
            (is("status", Op::Eq, &[Scalar::Int(1), Scalar::Int(2)]), "status:1|2"),
            (is("status", Op::Ne, &[Scalar::Int(1), Scalar::Int(2)]), "status!:1,status!:2"),
            (is("note", Op::Empty, &[]), "note:::empty"),
            (is("lastUsedOn", Op::NotEmpty, &[]), "lastUsedOn>0"),
            (is("lastUsedOn", Op::Lt, &[Scalar::Int(9)]), "lastUsedOn<9,lastUsedOn>0"),
        ];
        for (condition, wire) in cases {
            assert_eq!(encode(&[&condition]), wire);
        }
    }

    #[test]
    fn safe_is_what_the_portal_surely_understands() {
        let cases = [
            (is("status", Op::Eq, &[Scalar::Int(2)]), true),
            (is("createdOn", Op::Ge, &[Scalar::Int(2)]), true),
            (is("status", Op::Ne, &[Scalar::Int(2)]), false),
            (is("lastUsedOn", Op::Lt, &[Scalar::Int(2)]), false),
            (is("adminName", Op::Eq, &[text("svc-1@example.com")]), true),
            (is("adminName", Op::Eq, &[text("svc-1"), text("svc+1")]), false),
            (is("adminName", Op::Contains, &[text("svc")]), false),
            (is("roles", Op::Eq, &[text("readonly")]), false),
            (is("idleDays", Op::Gt, &[Scalar::Int(9)]), false),
        ];
        for (condition, safe) in cases {
            assert_eq!(is_safe(&condition), safe, "{condition}");
        }
    }

    #[test]
    fn what_the_grammar_cannot_say_is_kept() {
        assert!(!is_sayable(&is("note", Op::Ne, &[text("a*")]), true));
        assert!(!is_sayable(&is("idleDays", Op::Gt, &[Scalar::Int(9)]), true));
        assert!(!is_sayable(&is("lastUsedOn", Op::Empty, &[]), true));
        assert!(is_sayable(&is("roles", Op::Contains, &[text("é")]), false));
        let leaves = |condition: Condition| condition.leaves().to_vec();
        let mut two = leaves(is("status", Op::Eq, &[Scalar::Int(1)]));
        two.extend(leaves(is("note", Op::Empty, &[])));
        let any = Condition::Any(two);
        assert!(is_sayable(&any, true) && !is_sayable(&any, false));
        assert_eq!(encode(&[&any]), "status:1||note:::empty");
        let mut split = leaves(is("status", Op::Ne, &[Scalar::Int(1), Scalar::Int(2)]));
        split.extend(leaves(is("note", Op::Empty, &[])));
        assert!(!is_sayable(&Condition::Any(split), true));
    }
}

//! `filters`: the YAML forms of conditions.

use crate::catalog::Endpoint;
use crate::diag::Code;
use crate::filter::{self, Condition, Leaf, Op, Scalar};
use crate::text;
use crate::yaml::Node;
use crate::yaml::{At, Entries, Mistake, Reader};

/// The conditions of the query; those with a mistake are left out.
pub(super) fn filters(reader: &mut Reader, keys: &Entries<'_>, endpoint: &Endpoint) -> Vec<Condition> {
    let Some(at) = keys.value("filters") else { return Vec::new() };
    let Node::List(_) = at.node else {
        let message = format!("found {}, expected a list of conditions", at.node.described());
        let help = "put `- ` in front of each condition";
        reader.push(Mistake::new(Code::WrongType, message, &at.place).help(help));
        return Vec::new();
    };
    at.items().iter().flat_map(|item| condition(reader, item, endpoint)).collect()
}

fn condition(reader: &mut Reader, item: &At<'_>, endpoint: &Endpoint) -> Vec<Condition> {
    match item.node {
        Node::Text(text) => parsed(reader, item, text, endpoint),
        Node::Map(entries) if entries.len() == 1 => match &entries[0] {
            (Node::Text(key), _) if key == "any" => any(reader, item, endpoint).into_iter().collect(),
            _ => leaves(reader, item, endpoint).into_iter().map(Condition::Is).collect(),
        },
        Node::Map(entries) => {
            let message =
                format!("a condition with {}, expected exactly one", text::counted(entries.len(), "key"));
            let help = "write each as an item of its own, with `- ` in front";
            reader.push(Mistake::new(Code::WrongType, message, &item.place).help(help));
            Vec::new()
        }
        _ => {
            reader.wrong_type(item, "a condition such as `status: 2` or `'status:2'`");
            Vec::new()
        }
    }
}

fn parsed(reader: &mut Reader, item: &At<'_>, text: &str, endpoint: &Endpoint) -> Vec<Condition> {
    filter::parse(endpoint, text).unwrap_or_else(|mistake| {
        reader.push_inner(mistake, &item.place);
        Vec::new()
    })
}

/// `any: [condition, …]`: each alternative is one leaf, in either syntax.
fn any(reader: &mut Reader, item: &At<'_>, endpoint: &Endpoint) -> Option<Condition> {
    let Node::Map(entries) = item.node else { return None };
    let list = At::new(&entries[0].1, item.place.value(0));
    let Node::List(alternatives) = list.node else {
        reader.wrong_type(&list, "a list of conditions, one of which must hold");
        return None;
    };
    if alternatives.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty `any` holds for no row", &list.place));
        return None;
    }
    let mut leaves = Vec::new();
    for alternative in list.items() {
        match (alternative.node, &condition(reader, &alternative, endpoint)[..]) {
            (Node::Map(entries), _) if matches!(&entries[..], [(Node::Text(key), _)] if key == "any") => {
                reader.push(Mistake::new(Code::FilterSyntax, "`any` does not nest", &alternative.place));
            }
            // A mistake in it, told already.
            (_, []) => {}
            (_, [condition @ (Condition::Is(_) | Condition::Any(_))]) => {
                leaves.extend_from_slice(condition.leaves());
            }
            (_, [_, _, ..]) => {
                let message = "an alternative of `any` is one comparison, not several that all hold";
                reader.push(Mistake::new(Code::FilterSyntax, message, &alternative.place));
            }
        }
    }
    if leaves.is_empty() { None } else { Some(Condition::Any(leaves)) }
}

/// `field: value`, `field: [values]`, `field: {op: value, …}`.
fn leaves(reader: &mut Reader, item: &At<'_>, endpoint: &Endpoint) -> Vec<Leaf> {
    let Node::Map(entries) = item.node else { return Vec::new() };
    let (key, node) = &entries[0];
    let key_at = At::new(key, item.place.key(0));
    let Some(field) = reader.text(&key_at, "a field name") else { return Vec::new() };
    let value = At::new(node, item.place.value(0));
    let Node::Map(ops) = value.node else {
        return leaf(reader, endpoint, (&key_at, &field), Op::Eq, &value, &value).into_iter().collect();
    };
    if ops.is_empty() {
        reader.wrong_type(&value, "a value, or operators such as `{gt: 5}`");
    }
    let names: Vec<&'static str> = Op::NAMED.iter().map(|(name, _)| *name).chain(["empty"]).collect();
    let known = reader.entries(&value, &names, "operators");
    let mut leaves = Vec::new();
    for name in names {
        let (Some(operand), Some(place)) = (known.value(name), known.key_place(name)) else { continue };
        let op_at = At::new(value.node, place.clone());
        let op = match (Op::NAMED.iter().find(|(known, _)| *known == name), operand.node) {
            (Some((_, op)), _) => *op,
            (None, Node::Bool(true)) => Op::Empty,
            (None, Node::Bool(false)) => Op::NotEmpty,
            (None, _) => {
                reader.wrong_type(operand, "`true` or `false`");
                continue;
            }
        };
        leaves.extend(leaf(reader, endpoint, (&key_at, &field), op, &op_at, operand));
    }
    leaves
}

fn leaf(
    reader: &mut Reader,
    endpoint: &Endpoint,
    (key, field): (&At<'_>, &str),
    op: Op,
    op_at: &At<'_>,
    operand: &At<'_>,
) -> Option<Leaf> {
    let values = match op {
        Op::Empty | Op::NotEmpty => Vec::new(),
        Op::Before | Op::After => {
            vec![time(
                reader,
                operand,
                filter::parse_instant,
                "an RFC 3339 date or date-time, such as `2026-01-31`",
            )?]
        }
        Op::OlderThan | Op::NewerThan => {
            vec![time(reader, operand, filter::parse_age, "an age such as `90d`, `12h` or `2w`")?]
        }
        _ => values(reader, operand)?,
    };
    match filter::leaf(endpoint, field, op, values) {
        Ok(leaf) => Some(leaf),
        Err(mistake) => {
            let at = match mistake.code {
                Code::UnknownField => key,
                Code::FilterOperator => op_at,
                _ => operand,
            };
            reader.push_inner(mistake, &at.place);
            None
        }
    }
}

fn time(
    reader: &mut Reader,
    operand: &At<'_>,
    parse: fn(&str) -> Option<i64>,
    expected: &str,
) -> Option<Scalar> {
    let seconds = match operand.node {
        Node::Text(text) => parse(text),
        _ => None,
    };
    if seconds.is_none() {
        let message = format!("found {}, expected {expected}", operand.node.described());
        reader.push(Mistake::new(Code::FilterValue, message, &operand.place));
    }
    seconds.map(Scalar::Int)
}

fn values(reader: &mut Reader, operand: &At<'_>) -> Option<Vec<Scalar>> {
    let items = operand.items();
    if items.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty list of values", &operand.place));
        return None;
    }
    let scalars: Vec<Option<Scalar>> = items.iter().map(|item| scalar(reader, item)).collect();
    scalars.into_iter().collect()
}

fn scalar(reader: &mut Reader, at: &At<'_>) -> Option<Scalar> {
    match at.node {
        Node::Int(value) => Some(Scalar::Int(*value)),
        Node::Bool(value) => Some(Scalar::Bool(*value)),
        Node::Text(text) => Some(Scalar::Text(text.clone())),
        Node::Null => {
            let mistake = Mistake::new(Code::FilterValue, "`null` is no value to compare with", &at.place);
            reader.push(mistake.help("write `field: {empty: true}` for rows without a value"));
            None
        }
        Node::Float(_) | Node::List(_) | Node::Map(_) => {
            reader.wrong_type(at, "a string, an integer or a boolean");
            None
        }
    }
}

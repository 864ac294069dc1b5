//! What a filter means, said as plainly as can be on the token itself: no rows, no cells, no code of lmq.

use lmq::sandbox::data::{Kind as TokenKind, Status, Token};

use super::model::{Item, Kind, Leaf, Op, Value};
use super::{NOW, PORTAL};

const DAY: i64 = 86_400;

pub fn holds(item: &Item, token: &Token) -> bool {
    match item {
        Item::One(leaf) => leaf_holds(leaf, token),
        Item::All(leaves) => leaves.iter().all(|leaf| leaf_holds(leaf, token)),
        Item::Any(leaves) => leaves.iter().any(|leaf| leaf_holds(leaf, token)),
    }
}

fn leaf_holds(leaf: &Leaf, token: &Token) -> bool {
    let name = leaf.field.name;
    match leaf.field.kind {
        Kind::Text => text_holds(leaf, text(name, token).as_deref()),
        Kind::List => list_holds(leaf, &token.roles),
        Kind::Flag => flag_holds(leaf, flag(name, token)),
        Kind::Number | Kind::Time => number_holds(leaf, number(name, token)),
    }
}

fn text(name: &str, token: &Token) -> Option<String> {
    match name {
        "adminName" => Some(token.admin_name.clone()),
        "note" => token.note.clone(),
        "accessId" => token.access_id.clone(),
        "createdBy" => Some(token.created_by.clone()),
        "lastAuthIp" => token.last_auth_ip.clone(),
        "userPermission" => Some(token.user_permission.to_owned()),
        "portal" => Some(PORTAL.to_owned()),
        "tokenType" => Some(if token.kind == TokenKind::Bearer { "bearer" } else { "lmv1" }.to_owned()),
        other => panic!("{other} is no text"),
    }
}

fn number(name: &str, token: &Token) -> Option<i64> {
    let days = |time: i64| is_plausible(time).then(|| (NOW - time).div_euclid(DAY));
    match name {
        "id" => Some(token.id),
        "adminId" => Some(token.admin_id),
        "status" => Some(if token.status == Status::Enabled { 2 } else { 1 }),
        "createdOn" => Some(token.created_on),
        "lastUsedOn" => token.last_used_on,
        "ageDays" => days(token.created_on),
        "idleDays" => days(token.last_used_on.unwrap_or(token.created_on)),
        other => panic!("{other} is no number"),
    }
}

fn is_plausible(time: i64) -> bool {
    (0..100_000_000_000).contains(&time) && time <= NOW + DAY
}

fn flag(name: &str, token: &Token) -> Option<bool> {
    match name {
        "enabled" => Some(token.status == Status::Enabled),
        "neverUsed" => match token.last_used_on {
            Some(time) => is_plausible(time).then_some(false),
            None => Some(true),
        },
        other => panic!("{other} is no flag"),
    }
}

fn texts(leaf: &Leaf) -> impl Iterator<Item = &str> {
    leaf.values.iter().map(|value| match value {
        Value::Text(text) => text.as_str(),
        other => panic!("{other:?} is no text"),
    })
}

fn numbers(leaf: &Leaf) -> impl Iterator<Item = i64> {
    leaf.values.iter().map(|value| match value {
        Value::Int(value) => *value,
        other => panic!("{other:?} is no number"),
    })
}

/// Letter by letter: what a letter becomes does not depend on those beside it.
fn has(text: &str, part: &str) -> bool {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    lower(text).contains(&lower(part))
}

fn text_holds(leaf: &Leaf, text: Option<&str>) -> bool {
    match leaf.op {
        Op::Empty => text.is_none_or(str::is_empty),
        Op::NotEmpty => text.is_some_and(|text| !text.is_empty()),
        Op::Eq => texts(leaf).any(|value| text == Some(value)),
        Op::Ne => texts(leaf).all(|value| text != Some(value)),
        Op::Contains => texts(leaf).any(|value| text.is_some_and(|text| has(text, value))),
        Op::NotContains => texts(leaf).all(|value| text.is_none_or(|text| !has(text, value))),
        other => panic!("{other:?} does not fit a text"),
    }
}

fn list_holds(leaf: &Leaf, list: &[String]) -> bool {
    let equal = |value: &str| list.iter().any(|item| item == value);
    let within = |value: &str| list.iter().any(|item| has(item, value));
    match leaf.op {
        Op::Empty => list.is_empty(),
        Op::NotEmpty => !list.is_empty(),
        Op::Eq => texts(leaf).any(equal),
        Op::Ne => !texts(leaf).any(equal),
        Op::Contains => texts(leaf).any(within),
        Op::NotContains => !texts(leaf).any(within),
        other => panic!("{other:?} does not fit a list"),
    }
}

fn flag_holds(leaf: &Leaf, flag: Option<bool>) -> bool {
    let among = flag.is_some_and(|flag| leaf.values.contains(&Value::Flag(flag)));
    match leaf.op {
        Op::Empty => flag.is_none(),
        Op::NotEmpty => flag.is_some(),
        Op::Eq => among,
        Op::Ne => !among,
        other => panic!("{other:?} does not fit a flag"),
    }
}

/// Nothing is neither greater nor less; never used counts as older.
fn number_holds(leaf: &Leaf, number: Option<i64>) -> bool {
    let value = || numbers(leaf).next().expect("an operator with a value has one");
    let Some(number) = number else {
        return match leaf.op {
            Op::Empty | Op::Ne => true,
            Op::OlderThan => leaf.field.name == "lastUsedOn",
            _ => false,
        };
    };
    match leaf.op {
        Op::Empty => false,
        Op::NotEmpty => true,
        Op::Eq => numbers(leaf).any(|value| value == number),
        Op::Ne => numbers(leaf).all(|value| value != number),
        Op::Gt | Op::After => number > value(),
        Op::Lt | Op::Before => number < value(),
        Op::Ge => number >= value(),
        Op::Le => number <= value(),
        Op::OlderThan => number <= NOW - value(),
        Op::NewerThan => number > NOW - value(),
        other => panic!("{other:?} does not fit a number"),
    }
}

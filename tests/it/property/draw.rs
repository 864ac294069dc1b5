//! Strategies: texts that try every special character, tokens that hold them, filters that look for them.

use lmq::sandbox::data::{Kind as TokenKind, NeverUsed, RoleForm, Status, Token};
use proptest::prelude::*;
use proptest::sample::select;

use super::NOW;
use super::model::{FIELDS, Field, Item, Kind, Leaf, Op, Style, Value};
use super::write::fits;

const DAY: i64 = 86_400;
const MIDNIGHT: i64 = NOW / DAY * DAY;

/// Texts of tokens, also of those of a sandbox.
const TEXTS: &[&str] = &[
    "svc+ci@example.com",
    "SVC+CI@example.com",
    "svc ci@example.com",
    r#""quoted" \\ (name) & #1 %, |x"#,
    r"CORP\jdoe",
    "o'brien@example.com",
    "björn.åkesson@example.com",
    "BJÖRN",
    "李小龙@example.com",
    "ΟΔΥΣΣΕΥΣ",
    "100%_uptime",
    "100%25_uptime",
    "%2B",
    "a,b||c",
    "a|b",
    "noc[eu]&[us]$",
    "*",
    "a*c",
    "abc",
    "  spaces around  ",
    "spaces around",
    " ",
    "first line\nsecond line\r\nthird line",
    "tab\there \u{1b}[31m",
    "${x} $${y} {{z}}",
    "\\",
    "\"",
    "\\\"",
    "status:2",
    "null",
    "true",
    "2",
    "-",
    "deploys 🚀 to 🇪🇺",
    "invoice\u{202e}gpj.exe",
    "administrator",
    "readonly",
    "Integration (write)",
    "svc-terraform",
    "test",
    "read",
    "lmv1",
    "bearer",
    "acme",
    "203.0.113.7",
];

const OPS: &[Op] = &[
    Op::Eq,
    Op::Eq,
    Op::Ne,
    Op::Gt,
    Op::Lt,
    Op::Ge,
    Op::Le,
    Op::Contains,
    Op::Contains,
    Op::NotContains,
    Op::Empty,
    Op::NotEmpty,
    Op::Before,
    Op::After,
    Op::OlderThan,
    Op::NewerThan,
];

fn pooled() -> impl Strategy<Value = String> {
    select(TEXTS).prop_map(str::to_owned)
}

/// A text to look for: of the pool, a part of one, one in another case, or of awkward characters. Never empty.
fn text() -> impl Strategy<Value = String> {
    let part = (pooled(), 0_usize..8, 1_usize..6).prop_map(|(text, from, count)| {
        let part: String = text.chars().skip(from).take(count).collect();
        if part.is_empty() { text } else { part }
    });
    let cased = (pooled(), any::<bool>())
        .prop_map(|(text, upper)| if upper { text.to_uppercase() } else { text.to_lowercase() });
    prop_oneof![
        4 => pooled(),
        4 => part,
        2 => cased,
        3 => r#"["\\()&#%,|+*'éÅ李$\[\]{}:~<>!=aA2 .;/?-]{1,5}"#,
    ]
}

/// A time near those of the tokens, on their midnights and beside them.
fn time() -> impl Strategy<Value = i64> {
    let near = |start: i64| {
        (select(&[0, 1, 2, 29, 30, 90, 365, 366, 400][..]), -1_i64..=1)
            .prop_map(move |(days, off)| start - days * DAY + off)
    };
    prop_oneof![4 => near(MIDNIGHT), 4 => near(NOW), 1 => select(&[1, NOW + DAY, NOW + DAY + 1, NOW + 9 * DAY][..])]
}

fn value(field: Field, op: Op) -> BoxedStrategy<Value> {
    match (field.kind, op) {
        (_, Op::OlderThan | Op::NewerThan) => {
            select(&[0, 3600, 24 * 3600, 30 * DAY, 12 * 7 * DAY, 90 * DAY, 365 * DAY, 366 * DAY][..])
                .prop_map(Value::Int)
                .boxed()
        }
        // A value it never has is refused before anything is sent.
        (Kind::Text, Op::Eq | Op::Ne) if field.name == "tokenType" => {
            select(&["lmv1", "bearer"][..]).prop_map(|kind| Value::Text(kind.to_owned())).boxed()
        }
        (Kind::Text | Kind::List, _) => text().prop_map(Value::Text).boxed(),
        (Kind::Flag, _) => any::<bool>().prop_map(Value::Flag).boxed(),
        (Kind::Time, _) => time().prop_map(Value::Int).boxed(),
        (Kind::Number, _) => match field.name {
            "status" => (0_i64..=3).prop_map(Value::Int).boxed(),
            "adminId" => select(&[131, 2, 3, 8, 14, 0, -1][..]).prop_map(Value::Int).boxed(),
            "id" => prop_oneof![9 => -1_i64..60, 1 => Just(i64::MAX)].prop_map(Value::Int).boxed(),
            _ => select(&[-1, 0, 1, 29, 30, 90, 365, 366][..]).prop_map(Value::Int).boxed(),
        },
    }
}

fn style() -> impl Strategy<Value = Style> {
    any::<[bool; 4]>().prop_map(|[string, short, variable, single]| Style { string, short, variable, single })
}

fn leaf_of(field: Field, op: Op) -> BoxedStrategy<Leaf> {
    let count = match op {
        Op::Empty | Op::NotEmpty => 0..=0,
        Op::Eq | Op::Ne | Op::Contains | Op::NotContains => 1..=3,
        _ => 1..=1,
    };
    (prop::collection::vec(value(field, op), count), style())
        .prop_map(move |(values, style)| Leaf { field, op, values, style })
        .boxed()
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let fitting: Vec<(Field, Op)> = FIELDS
        .iter()
        // Names, notes and the last use are where filters go wrong.
        .flat_map(|field| std::iter::repeat_n(*field, if FIELDS[..2].contains(field) { 4 } else { 1 }))
        .flat_map(|field| OPS.iter().map(move |op| (field, *op)))
        .filter(|(field, op)| fits(*field, *op))
        .collect();
    select(fitting).prop_flat_map(|(field, op)| leaf_of(field, op))
}

/// Several operators on one field, each once.
fn several() -> impl Strategy<Value = Item> {
    select(FIELDS).prop_flat_map(|field| {
        let mut ops: Vec<Op> = OPS.iter().copied().filter(|op| fits(field, *op)).collect();
        ops.dedup();
        // `empty` is one key, whichever way it is asked.
        ops.retain(|op| *op != Op::NotEmpty);
        let most = ops.len().min(3);
        prop::sample::subsequence(ops, 1..=most)
            .prop_flat_map(move |ops| ops.into_iter().map(|op| leaf_of(field, op)).collect::<Vec<_>>())
            .prop_map(Item::All)
    })
}

fn item() -> impl Strategy<Value = Item> {
    prop_oneof![
        5 => leaf().prop_map(Item::One),
        1 => several(),
        2 => prop::collection::vec(leaf(), 1..4).prop_map(Item::Any),
    ]
}

/// The `filters` of a query.
pub fn items() -> impl Strategy<Value = Vec<Item>> {
    prop_oneof![5 => prop::collection::vec(item(), 1..=1), 3 => prop::collection::vec(item(), 0..4)]
}

fn token() -> impl Strategy<Value = Token> {
    let texts = (
        pooled(),
        prop::option::of(prop_oneof![9 => text(), 1 => Just(String::new())]),
        pooled(),
        prop::option::of(pooled()),
        prop::option::of(pooled()),
        prop::collection::vec(pooled(), 0..3),
    );
    let rest =
        (any::<[bool; 3]>(), time(), prop::option::of(time()), 0_usize..3, select(&[131, 2, 8, 0][..]));
    (texts, rest).prop_map(|(texts, rest)| {
        let (admin_name, note, created_by, access_id, last_auth_ip, roles) = texts;
        let ([bearer, objects, enabled], created_on, last_used_on, never, admin_id) = rest;
        Token {
            kind: if bearer { TokenKind::Bearer } else { TokenKind::Lmv1 },
            id: 0,
            access_id,
            key_start: None,
            admin_id,
            admin_name,
            roles,
            role_form: if objects { RoleForm::Objects } else { RoleForm::Names },
            reads_traces: false,
            status: if enabled { Status::Enabled } else { Status::Disabled },
            note,
            created_on,
            created_by,
            last_used_on,
            never_used: [NeverUsed::Zero, NeverUsed::Null, NeverUsed::Absent][never],
            last_auth_ip,
            user_permission: "read",
        }
    })
}

/// Tokens that hold the texts the filters look for.
pub fn tokens() -> impl Strategy<Value = Vec<Token>> {
    prop::collection::vec(token(), 4..12)
}

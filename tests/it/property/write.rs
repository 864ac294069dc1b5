//! Generated filters as the text of a query file, in every form the format has.

use std::fmt::Write as _;

use super::model::{Field, Item, Kind, Leaf, Op, Value};

/// A query over both kinds of token.
pub fn query(items: &[Item]) -> String {
    format!("endpoint: apitokens\ntype: all\n{}", filters(items))
}

/// `filters`, with the `vars` they use.
pub fn filters(items: &[Item]) -> String {
    let mut writer = Writer { vars: Vec::new() };
    let lines: Vec<String> = items.iter().map(|item| writer.item(item)).collect();
    let mut out = String::new();
    for (index, value) in writer.vars.iter().enumerate() {
        let start = if index == 0 { "vars:\n" } else { "" };
        writeln!(out, "{start}  v{index}: {{ type: string, default: {} }}", double(value)).expect("a string");
    }
    out.push_str(if lines.is_empty() { "filters: []\n" } else { "filters:\n" });
    for line in lines {
        writeln!(out, "  - {line}").expect("a string");
    }
    out
}

struct Writer {
    /// Texts that stand in variables.
    vars: Vec<String>,
}

impl Writer {
    fn item(&mut self, item: &Item) -> String {
        match item {
            Item::One(leaf) => self.leaf(leaf),
            Item::All(leaves) => {
                if leaves.iter().all(is_sayable) && leaves[0].style.string {
                    return self.joined(leaves, ",");
                }
                let ops: Vec<String> = leaves.iter().map(|leaf| self.op(leaf)).collect();
                format!("{}: {{ {} }}", leaves[0].field.name, ops.join(", "))
            }
            Item::Any(leaves) => {
                if leaves.iter().all(is_sayable) && leaves[0].style.string {
                    return self.joined(leaves, "||");
                }
                let parts: Vec<String> = leaves
                    .iter()
                    .map(|leaf| {
                        let text = self.leaf(leaf);
                        if text.starts_with(['\'', '"']) { text } else { format!("{{ {text} }}") }
                    })
                    .collect();
                format!("any: [ {} ]", parts.join(", "))
            }
        }
    }

    fn joined(&mut self, leaves: &[Leaf], joint: &str) -> String {
        let parts: Vec<String> = leaves.iter().map(|leaf| self.string(leaf)).collect();
        yaml(&parts.join(joint), leaves[0].style.single)
    }

    fn leaf(&mut self, leaf: &Leaf) -> String {
        if leaf.style.string && is_sayable(leaf) {
            return yaml(&self.string(leaf), leaf.style.single);
        }
        if leaf.style.short && leaf.op == Op::Eq {
            return format!("{}: {}", leaf.field.name, self.values(leaf));
        }
        format!("{}: {{ {} }}", leaf.field.name, self.op(leaf))
    }

    /// `op: value` of the YAML form.
    fn op(&mut self, leaf: &Leaf) -> String {
        let name = match leaf.op {
            Op::Eq => "eq",
            Op::Ne => "ne",
            Op::Gt => "gt",
            Op::Lt => "lt",
            Op::Ge => "ge",
            Op::Le => "le",
            Op::Contains => "contains",
            Op::NotContains => "not_contains",
            Op::Before => "before",
            Op::After => "after",
            Op::OlderThan => "older_than",
            Op::NewerThan => "newer_than",
            Op::Empty => return "empty: true".to_owned(),
            Op::NotEmpty => return "empty: false".to_owned(),
        };
        format!("{name}: {}", self.values(leaf))
    }

    fn values(&mut self, leaf: &Leaf) -> String {
        let values: Vec<String> = leaf.values.iter().map(|value| self.value(leaf, value)).collect();
        match &values[..] {
            [value] if leaf.style.short || !takes_list(leaf.op) => value.clone(),
            _ => format!("[{}]", values.join(", ")),
        }
    }

    fn value(&mut self, leaf: &Leaf, value: &Value) -> String {
        match (leaf.op, value) {
            (Op::Before | Op::After, Value::Int(time)) => format!("\"{}\"", instant(*time)),
            (Op::OlderThan | Op::NewerThan, Value::Int(seconds)) => age(*seconds),
            (_, Value::Int(value)) => value.to_string(),
            (_, Value::Flag(value)) => value.to_string(),
            (_, Value::Text(text)) if leaf.style.variable => format!("\"{}\"", self.variable(text)),
            (_, Value::Text(text)) => yaml(&text.replace("${", "$${"), leaf.style.single),
        }
    }

    fn variable(&mut self, text: &str) -> String {
        self.vars.push(text.to_owned());
        format!("${{v{}}}", self.vars.len() - 1)
    }

    /// LogicMonitor's syntax, before it is quoted for YAML.
    fn string(&mut self, leaf: &Leaf) -> String {
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
            Op::NotEmpty if leaf.style.short => "!::null",
            Op::NotEmpty => "!::empty",
            other => panic!("{other:?} has no such form"),
        };
        let values: Vec<String> = leaf
            .values
            .iter()
            .map(|value| match value {
                Value::Int(value) => value.to_string(),
                Value::Flag(value) => value.to_string(),
                Value::Text(text) if leaf.style.variable && leaf.style.short => self.variable(text),
                Value::Text(text) if leaf.style.variable => format!("\"{}\"", self.variable(text)),
                Value::Text(text) => format!("\"{}\"", escaped(text).replace("${", "$${")),
            })
            .collect();
        let space = if leaf.style.short { "" } else { " " };
        format!("{}{op}{space}{}", leaf.field.name, values.join("|"))
    }
}

fn takes_list(op: Op) -> bool {
    matches!(op, Op::Eq | Op::Ne | Op::Contains | Op::NotContains)
}

/// Whether LogicMonitor's syntax has a form for it; a literal `*` has none there.
fn is_sayable(leaf: &Leaf) -> bool {
    let star = |value: &Value| matches!(value, Value::Text(text) if text.contains('*'));
    let timed = matches!(leaf.op, Op::Before | Op::After | Op::OlderThan | Op::NewerThan);
    !timed && !leaf.values.iter().any(star)
}

/// The backslashes of LogicMonitor's quoted values.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '"' | '(' | ')' | '$' | '&' | '#' | '[' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A YAML scalar in quotes.
fn yaml(text: &str, single: bool) -> String {
    let plain = text.chars().all(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'));
    if single && plain { format!("'{}'", text.replace('\'', "''")) } else { double(text) }
}

fn double(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() || ('\u{200b}'..='\u{206f}').contains(&c) || c == '\u{feff}' => {
                write!(out, "\\U{:08x}", u32::from(c)).expect("a string");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// RFC 3339: a date where it is midnight, else a date-time, some with an offset.
fn instant(time: i64) -> String {
    let text = jiff::Timestamp::from_second(time).expect("a time of this era").to_string();
    match text.strip_suffix("T00:00:00Z") {
        Some(date) => date.to_owned(),
        None if time % 2 == 0 => {
            let later = jiff::Timestamp::from_second(time + 7200).expect("a time of this era").to_string();
            format!("{}+02:00", later.trim_end_matches('Z'))
        }
        None => text,
    }
}

fn age(seconds: i64) -> String {
    match (seconds % 604_800, seconds % 86_400) {
        (0, _) => format!("{}w", seconds / 604_800),
        (_, 0) => format!("{}d", seconds / 86_400),
        _ => format!("{}h", seconds / 3600),
    }
}

/// Whether an operator fits the field.
pub fn fits(field: Field, op: Op) -> bool {
    let timed = matches!(op, Op::Before | Op::After | Op::OlderThan | Op::NewerThan);
    let ordered = matches!(op, Op::Gt | Op::Lt | Op::Ge | Op::Le);
    let part = matches!(op, Op::Contains | Op::NotContains);
    match field.kind {
        Kind::Text | Kind::List => !timed && !ordered,
        Kind::Number => !timed && !part,
        Kind::Time => !part,
        Kind::Flag => !timed && !ordered && !part,
    }
}

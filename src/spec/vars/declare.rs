//! The `vars` map, and the value each variable gets.

use std::collections::HashMap;

use super::{Inputs, Missing, Origin, VarKind, VarValue, Variable};
use crate::diag::Code;
use crate::text;
use crate::yaml::Node;
use crate::yaml::Place;
use crate::yaml::{At, Mistake, Reader};

const KEYS: &[&str] = &["type", "default", "description", "allowed"];

/// A variable as declared.
pub(in crate::spec) struct Declared {
    /// With its value.
    pub(in crate::spec) variable: Variable,
    /// Where its name stands.
    pub(in crate::spec) place: Place,
}

struct Declaration {
    kind: VarKind,
    default: Option<VarValue>,
    description: Option<String>,
    allowed: Vec<VarValue>,
}

/// The variables of a query, each with the strongest value there is.
///
/// One with a mistake gets a value that stands in, so that its uses are not mistakes as well.
pub(in crate::spec) fn declare(reader: &mut Reader, top: &At<'_>, inputs: &Inputs) -> Vec<Declared> {
    let Some(at) = vars(top) else { return Vec::new() };
    let Node::Map(entries) = at.node else {
        reader.wrong_type(&at, "a map of variables");
        return Vec::new();
    };
    let mut declared: Vec<Declared> = Vec::new();
    let mut first: HashMap<String, Place> = HashMap::new();
    for (index, (key, node)) in entries.iter().enumerate() {
        let place = at.place.key(index);
        let Some(name) = name(reader, key, &place) else { continue };
        if let Some(first) = first.get(&name) {
            let mistake =
                Mistake::new(Code::DuplicateKey, format!("the variable `{name}` stands twice"), &place);
            reader.push(mistake.related(first, "first here").help("keep one of them"));
            continue;
        }
        first.insert(name.clone(), place.clone());
        let variable = declaration(reader, &At::new(node, at.place.value(index)))
            .map_or_else(|| broken(&name), |declaration| valued(reader, &name, declaration, inputs, &place));
        declared.push(Declared { variable, place });
    }
    declared
}

fn vars<'a>(top: &At<'a>) -> Option<At<'a>> {
    let Node::Map(entries) = top.node else { return None };
    let index = entries.iter().position(|(key, _)| matches!(key, Node::Text(key) if key == "vars"))?;
    Some(At::new(&entries[index].1, top.place.value(index)))
}

/// What takes the place of a variable with a mistake.
fn broken(name: &str) -> Variable {
    let kind = VarKind::String;
    Variable {
        name: name.to_owned(),
        kind,
        description: None,
        value: kind.stand_in(),
        origin: Origin::Broken,
    }
}

fn name(reader: &mut Reader, key: &Node, place: &Place) -> Option<String> {
    match key {
        Node::Text(name) if is_name(name) => Some(name.clone()),
        other => {
            let message = format!("found {}, expected the name of a variable", other.described());
            reader.push(
                Mistake::new(Code::VarDeclaration, message, place)
                    .help("letters, digits and `_`, a letter first"),
            );
            None
        }
    }
}

pub(super) fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn declaration(reader: &mut Reader, at: &At<'_>) -> Option<Declaration> {
    if !matches!(at.node, Node::Map(_)) {
        let Some(default) = VarValue::of_node(at.node) else {
            reader.wrong_type(at, "a default value, or a map with `type`");
            return None;
        };
        return Some(Declaration {
            kind: default.kind(),
            default: Some(default),
            description: None,
            allowed: Vec::new(),
        });
    }
    let keys = reader.entries(at, KEYS, "a declaration");
    let description = keys.value("description").and_then(|at| reader.text(at, "a string"));
    let default_kind =
        || keys.value("default").and_then(|at| VarValue::of_node(at.node)).map(|default| default.kind());
    let kind = match keys.value("type") {
        Some(at) => reader.choice(at, VarKind::ALL),
        None => default_kind(),
    };
    let Some(kind) = kind else {
        if keys.value("type").is_none() {
            let kinds = text::listed(VarKind::ALL.iter().map(|(name, _)| *name));
            let mistake =
                Mistake::new(Code::VarDeclaration, "a variable without `type` and `default`", &at.place);
            reader.push(mistake.help(format!("types: {kinds}")));
        }
        return None;
    };
    let mut fitting = |at: &At<'_>| {
        let value = VarValue::of_node(at.node).and_then(|value| value.fitted(kind));
        if value.is_none() {
            let message = format!("found {}, expected a value of type {}", at.node.described(), kind.name());
            reader.push(Mistake::new(Code::VarDeclaration, message, &at.place));
        }
        value
    };
    let allowed: Vec<Option<VarValue>> =
        keys.value("allowed").map(At::items).unwrap_or_default().iter().map(&mut fitting).collect();
    let allowed: Vec<VarValue> = allowed.into_iter().collect::<Option<_>>()?;
    let default = match keys.value("default") {
        Some(at) => {
            let value = fitting(at)?;
            if !allowed.is_empty() && !allowed.contains(&value) {
                let message = format!("the default {} is none of the allowed values", value.described());
                reader.push(Mistake::new(Code::VarDeclaration, message, &at.place));
                return None;
            }
            Some(value)
        }
        None => None,
    };
    Some(Declaration { kind, default, description, allowed })
}

/// The variable with the strongest value: `--var`, `--var-file`, `LMQ_VAR_…`, default.
fn valued(
    reader: &mut Reader,
    name: &str,
    declaration: Declaration,
    inputs: &Inputs,
    place: &Place,
) -> Variable {
    let Declaration { kind, default, description, allowed } = declaration;
    let environment = format!("LMQ_VAR_{}", name.to_uppercase());
    let flag = inputs.flags.iter().rev().find(|(known, _)| known == name);
    let file = inputs.files.iter().rev().find_map(|file| {
        file.values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| (&file.name, value))
    });
    let (value, origin, found) = if let Some((_, text)) = flag {
        (kind.parse(text), Origin::Flag, VarValue::Text(text.clone()))
    } else if let Some((file, value)) = file {
        (value.clone().fitted(kind), Origin::File(file.clone()), value.clone())
    } else if let Some(text) = inputs.environment.get(&environment) {
        (kind.parse(text), Origin::Environment(environment), VarValue::Text(text.clone()))
    } else if let Some(default) = default {
        (Some(default.clone()), Origin::Default, default)
    } else if inputs.missing == Missing::StandIn {
        let value = allowed.first().cloned().unwrap_or_else(|| kind.stand_in());
        (Some(value.clone()), Origin::StandIn, value)
    } else {
        let mistake = Mistake::new(Code::VarMissing, format!("the variable `{name}` has no value"), place);
        reader.push(mistake.help(format!("give it one: `--var {name}=…`, or {environment}")));
        return broken(name);
    };
    let fitting = value.filter(|value| allowed.is_empty() || allowed.contains(value));
    let Some(value) = fitting else {
        let values: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        let expected = match &values[..] {
            [] => format!("a value of type {}", kind.name()),
            values => format!("one of {}", text::listed(values.iter().map(String::as_str))),
        };
        let message = format!("{origin} gives `{name}` {}, expected {expected}", found.described());
        reader.push(Mistake::new(Code::VarValue, message, place));
        return broken(name);
    };
    Variable { name: name.to_owned(), kind, description, value, origin }
}

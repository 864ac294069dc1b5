//! Types of the sides of a comparison, and what to write where they differ.

use jsonpath_rust::parser::model::Literal;

use crate::catalog::{FieldType, TOKEN_FIELDS};

/// The type of a side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Flag,
    List,
    Null,
    Any,
}

pub(super) fn kind_of(kind: FieldType) -> Kind {
    match kind {
        FieldType::Integer | FieldType::EpochSeconds => Kind::Number,
        FieldType::Text => Kind::Text,
        FieldType::TextList => Kind::List,
        FieldType::Boolean => Kind::Flag,
    }
}

pub(super) fn kind_of_literal(literal: &Literal) -> Kind {
    match literal {
        Literal::Int(_) | Literal::Float(_) => Kind::Number,
        Literal::String(_) => Kind::Text,
        Literal::Bool(_) => Kind::Flag,
        Literal::Null => Kind::Null,
    }
}

/// What to write instead of a literal of another type.
pub(super) fn remedy(name: &str, kind: FieldType, literal: &Literal) -> Option<String> {
    let labels = TOKEN_FIELDS.iter().find(|field| field.name == name).map_or(&[][..], |field| field.labels);
    match (kind, literal) {
        (FieldType::Integer | FieldType::EpochSeconds, Literal::String(text))
            if text.parse::<i64>().is_ok() =>
        {
            Some(format!("write it without quotes: `{text}`"))
        }
        (FieldType::Integer, _) if !labels.is_empty() => {
            let words: Vec<String> = labels.iter().map(|(value, word)| format!("{value} = {word}")).collect();
            Some(words.join(", "))
        }
        (FieldType::EpochSeconds, _) => {
            Some("write epoch seconds, or compare `ageDays` or `idleDays`".to_owned())
        }
        (FieldType::Text, Literal::Int(value)) => Some(format!("write it in quotes: `\"{value}\"`")),
        (FieldType::TextList, Literal::String(text)) => {
            Some(format!("ask each of them: `@.{name}[?@ == '{text}']`"))
        }
        (FieldType::Boolean, _) => Some("write `true` or `false`".to_owned()),
        _ => None,
    }
}

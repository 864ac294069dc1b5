//! Values of variables and their types.

use crate::text;
use crate::yaml::Node;

/// A type of variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarKind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
}

impl VarKind {
    /// Every type with its name.
    pub const ALL: &'static [(&'static str, VarKind)] = &[
        ("string", VarKind::String),
        ("integer", VarKind::Integer),
        ("number", VarKind::Number),
        ("boolean", VarKind::Boolean),
    ];

    /// The type's name in a query file.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The value a text has as this type.
    pub(super) fn parse(self, text: &str) -> Option<VarValue> {
        match self {
            Self::String => Some(VarValue::Text(text.to_owned())),
            Self::Integer => text.trim().parse().ok().map(VarValue::Int),
            Self::Number => {
                let number: f64 = text.trim().parse().ok()?;
                number.is_finite().then_some(VarValue::Number(number))
            }
            Self::Boolean => text.trim().parse().ok().map(VarValue::Bool),
        }
    }

    /// A value that stands in while a file is checked.
    pub(super) fn stand_in(self) -> VarValue {
        match self {
            Self::String => VarValue::Text("x".to_owned()),
            Self::Integer => VarValue::Int(1),
            Self::Number => VarValue::Number(1.0),
            Self::Boolean => VarValue::Bool(true),
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum VarValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Any number.
    Number(f64),
    /// True or false.
    Bool(bool),
}

impl VarValue {
    pub(in crate::spec) fn of_node(node: &Node) -> Option<Self> {
        match node {
            Node::Text(text) => Some(Self::Text(text.clone())),
            Node::Int(value) => Some(Self::Int(*value)),
            Node::Float(value) if value.is_finite() => Some(Self::Number(*value)),
            Node::Bool(value) => Some(Self::Bool(*value)),
            Node::Float(_) | Node::Null | Node::List(_) | Node::Map(_) => None,
        }
    }

    pub(super) fn kind(&self) -> VarKind {
        match self {
            Self::Text(_) => VarKind::String,
            Self::Int(_) => VarKind::Integer,
            Self::Number(_) => VarKind::Number,
            Self::Bool(_) => VarKind::Boolean,
        }
    }

    /// The value as this type, where it is one: an integer is a number too.
    #[expect(clippy::cast_precision_loss, reason = "a number variable is a float by its declaration")]
    pub(super) fn fitted(self, kind: VarKind) -> Option<Self> {
        match (self, kind) {
            (Self::Int(value), VarKind::Number) => Some(Self::Number(value as f64)),
            (value, kind) if value.kind() == kind => Some(value),
            _ => None,
        }
    }

    pub(super) fn to_node(&self) -> Node {
        match self {
            Self::Text(text) => Node::Text(text.clone()),
            Self::Int(value) => Node::Int(*value),
            Self::Number(value) => Node::Float(*value),
            Self::Bool(value) => Node::Bool(*value),
        }
    }

    /// What it is, for "found …".
    pub(super) fn described(&self) -> String {
        match self {
            Self::Text(text) => format!("the string `{}`", text::shortened(text, 40)),
            other => format!("`{other}`"),
        }
    }
}

impl std::fmt::Display for VarValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Int(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Bool(value) => write!(f, "{value}"),
        }
    }
}

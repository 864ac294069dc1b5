//! Conditions on rows: one small tree with four readers. `parse` reads LogicMonitor's own syntax, `check` holds a
//! condition against the catalogue, `encode` says it to the portal, `evaluate` decides it on a row.
//!
//! The YAML forms are read in `spec`; which conditions are sent is decided in `plan`.

mod check;
mod encode;
mod evaluate;
mod parse;
mod reason;
mod time;

use std::fmt;

use crate::catalog::Field;

pub use check::{leaf, operators, operators_of};
pub use encode::{encode, is_safe, is_sayable, sent_operators_of};
pub use evaluate::Matcher;
pub use parse::parse;
pub use reason::{why_not_safe, why_not_sayable};
pub use time::{parse_age, parse_instant, resolve};

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Equal to one of the values.
    Eq,
    /// Equal to none of the values.
    Ne,
    /// Greater.
    Gt,
    /// Less.
    Lt,
    /// Greater or equal.
    Ge,
    /// Less or equal.
    Le,
    /// Contains one of the texts, whatever their case.
    Contains,
    /// Contains none of the texts.
    NotContains,
    /// Null, absent, an empty text or an empty list.
    Empty,
    /// None of these.
    NotEmpty,
    /// Earlier than a time.
    Before,
    /// Later than a time.
    After,
    /// So many seconds ago or longer; never used counts.
    OlderThan,
    /// Less than so many seconds ago.
    NewerThan,
}

impl Op {
    /// The operators a query file can name with a value, in the order of the documentation.
    pub const NAMED: &'static [(&'static str, Op)] = &[
        ("eq", Op::Eq),
        ("ne", Op::Ne),
        ("gt", Op::Gt),
        ("lt", Op::Lt),
        ("ge", Op::Ge),
        ("le", Op::Le),
        ("contains", Op::Contains),
        ("not_contains", Op::NotContains),
        ("before", Op::Before),
        ("after", Op::After),
        ("older_than", Op::OlderThan),
        ("newer_than", Op::NewerThan),
    ];

    /// The operator's name in a query file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty | Self::NotEmpty => "empty",
            _ => Self::NAMED.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name),
        }
    }

    /// Whether it takes a list of values.
    #[must_use]
    pub fn takes_list(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Contains | Self::NotContains)
    }
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// An integer.
    Int(i64),
    /// A text.
    Text(String),
    /// A boolean.
    Bool(bool),
}

/// One field against one or more values. Made by [`leaf`], so the operator fits the field and the values fit both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The field.
    pub field: &'static Field,
    /// The comparison.
    pub op: Op,
    /// The values: none for `empty`, one or more for operators that take lists, else one.
    pub values: Vec<Scalar>,
}

/// A condition of a query: all conditions of a query must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The leaf holds.
    Is(Leaf),
    /// One of the leaves holds. Never empty.
    Any(Vec<Leaf>),
}

impl Condition {
    /// A text field that equals `text`.
    #[must_use]
    pub fn equals(field: &'static Field, text: &str) -> Self {
        Self::Is(Leaf { field, op: Op::Eq, values: vec![Scalar::Text(text.to_owned())] })
    }

    /// The leaves, in order.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf] {
        match self {
            Self::Is(leaf) => std::slice::from_ref(leaf),
            Self::Any(leaves) => leaves,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "\"{}\"", encode::escaped(text)),
        }
    }
}

impl fmt::Display for Leaf {
    /// LogicMonitor's syntax, unencoded: for messages and reports.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode::write_leaf(f, self, ToString::to_string)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, leaf) in self.leaves().iter().enumerate() {
            write!(f, "{}{leaf}", if index == 0 { "" } else { "||" })?;
        }
        Ok(())
    }
}

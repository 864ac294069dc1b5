//! `vars`: declarations, values and where they come from, and `${name}` in the strings of a query.
//!
//! Variables are put in after the YAML is parsed, never into its text. In a filter string or a JSONPath one stands where a
//! literal may: it is inserted as a literal, or into quotes with its content escaped, so it cannot change the structure.

mod declare;
mod insert;
mod value;

use std::collections::BTreeMap;

pub use value::{VarKind, VarValue};

pub(super) use declare::declare;
pub(super) use insert::insert;

/// Where values of variables come from, the strongest first.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `--var name=value`; of one name the last counts.
    pub flags: Vec<(String, String)>,
    /// `--var-file`, in order; of one name the last counts.
    pub files: Vec<VarFile>,
    /// The environment, for `LMQ_VAR_…`.
    pub environment: BTreeMap<String, String>,
    /// What to do about a variable without a value.
    pub missing: Missing,
}

/// What a variable without a value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// A mistake: the query is about to run.
    #[default]
    Mistake,
    /// A value of its type stands in: the file is only checked.
    StandIn,
}

/// The values of a `--var-file`.
#[derive(Debug, Clone)]
pub struct VarFile {
    /// The path as typed.
    pub name: String,
    /// Name and value, in order.
    pub values: Vec<(String, VarValue)>,
}

/// A variable of a query with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: VarKind,
    /// What it is for.
    pub description: Option<String>,
    /// Its value.
    pub value: VarValue,
    /// Where the value comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The query file.
    Default,
    /// `--var`.
    Flag,
    /// A `--var-file`.
    File(String),
    /// An environment variable.
    Environment(String),
    /// Nowhere: it stands in for a value while the file is checked.
    StandIn,
    /// Nowhere: the variable has a mistake, so the query has no value.
    Broken,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Flag => f.write_str("--var"),
            Self::File(name) => write!(f, "--var-file {name}"),
            Self::Environment(name) => f.write_str(name),
            Self::StandIn | Self::Broken => f.write_str("no value yet"),
        }
    }
}

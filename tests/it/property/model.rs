//! Filters as the tests generate them: what is meant, and in which of the forms it is written.

/// A field as the tests know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Time,
    Text,
    List,
    Flag,
}

/// Every field that can be filtered on.
pub const FIELDS: &[Field] = &[
    Field { name: "adminName", kind: Kind::Text },
    Field { name: "note", kind: Kind::Text },
    Field { name: "accessId", kind: Kind::Text },
    Field { name: "createdBy", kind: Kind::Text },
    Field { name: "lastAuthIp", kind: Kind::Text },
    Field { name: "userPermission", kind: Kind::Text },
    Field { name: "roles", kind: Kind::List },
    Field { name: "id", kind: Kind::Number },
    Field { name: "adminId", kind: Kind::Number },
    Field { name: "status", kind: Kind::Number },
    Field { name: "createdOn", kind: Kind::Time },
    Field { name: "lastUsedOn", kind: Kind::Time },
    Field { name: "tokenType", kind: Kind::Text },
    Field { name: "portal", kind: Kind::Text },
    Field { name: "enabled", kind: Kind::Flag },
    Field { name: "neverUsed", kind: Kind::Flag },
    Field { name: "ageDays", kind: Kind::Number },
    Field { name: "idleDays", kind: Kind::Number },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Contains,
    NotContains,
    Empty,
    NotEmpty,
    /// The value is a time.
    Before,
    After,
    /// The value is an age in seconds, in whole hours.
    OlderThan,
    NewerThan,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Int(i64),
    Text(String),
    Flag(bool),
}

#[derive(Debug, Clone)]
pub struct Leaf {
    pub field: Field,
    pub op: Op,
    pub values: Vec<Value>,
    pub style: Style,
}

/// How a leaf is written.
#[expect(clippy::struct_excessive_bools, reason = "each is a coin that is tossed")]
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// In LogicMonitor's syntax, where it can say the leaf.
    pub string: bool,
    /// One value as itself and not as a list of one; `eq` without its name.
    pub short: bool,
    /// Texts through variables.
    pub variable: bool,
    /// Single quotes in YAML where they do, not double ones.
    pub single: bool,
}

/// An item of `filters`.
#[derive(Debug, Clone)]
pub enum Item {
    One(Leaf),
    /// `field: {op: value, op: value}`, or parts joined by `,`.
    All(Vec<Leaf>),
    /// `any`, or parts joined by `||`.
    Any(Vec<Leaf>),
}

//! What the sandbox portal holds: its tokens and their owners, the same for the same seed, count and day.
//!
//! All times are midnights (UTC) counted back from the day the portal started on, so that an age in whole days is the
//! same at whatever hour, and on whatever day, it is looked at. How rows are chosen is in `listing` and `filter`.

mod generate;
mod note;
mod owner;
mod random;

use serde_json::{Map, Value, json};

pub(super) use generate::World;
pub(super) use owner::Owner;

/// The members of a token, as documented.
pub const FIELDS: [&str; 13] = [
    "id",
    "accessId",
    "accessKey",
    "adminId",
    "adminName",
    "roles",
    "status",
    "note",
    "createdOn",
    "createdBy",
    "lastUsedOn",
    "lastAuthIp",
    "userPermission",
];

/// The two kinds of token: each has its own listing and its own sequence of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An access id with its key.
    Lmv1,
    /// A bearer token.
    Bearer,
}

/// How a token that was never used says so in `lastUsedOn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeverUsed {
    /// `0`.
    Zero,
    /// `null`.
    Null,
    /// The member is missing.
    Absent,
}

/// How a token's `roles` are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleForm {
    /// `["administrator"]`.
    Names,
    /// `[{"name": "administrator"}]`.
    Objects,
}

/// A token's `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 1.
    Disabled = 1,
    /// 2.
    Enabled = 2,
}

/// A token of the portal, as it is, whatever a listing shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// `LMv1` or bearer.
    pub kind: Kind,
    /// Unique among the tokens of its kind.
    pub id: i64,
    /// The access id; bearer tokens have none.
    pub access_id: Option<String>,
    /// The first 20 characters of a bearer token: all that a listing shows of key material.
    pub key_start: Option<String>,
    /// The owner's user id.
    pub admin_id: i64,
    /// The owner's user name.
    pub admin_name: String,
    /// Names of the owner's roles.
    pub roles: Vec<String>,
    /// How they are sent.
    pub role_form: RoleForm,
    /// Whether the owner may read traces; no listing shows it.
    pub reads_traces: bool,
    /// Disabled or enabled.
    pub status: Status,
    /// Free text; absent when `None`.
    pub note: Option<String>,
    /// Seconds since 1970.
    pub created_on: i64,
    /// Name of the user who made it.
    pub created_by: String,
    /// Seconds since 1970; `None` when it was never used.
    pub last_used_on: Option<i64>,
    /// How `None` is sent.
    pub never_used: NeverUsed,
    /// Address of the last use; absent when `None`.
    pub last_auth_ip: Option<String>,
    /// `write`, `read` or `none`.
    pub user_permission: &'static str,
}

impl Token {
    /// The member of this name as the API sends it; `None` when it sends none.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value> {
        match name {
            "id" => Some(self.id.into()),
            "accessId" => Some(json!(self.access_id)),
            "accessKey" => match &self.key_start {
                None if self.id % 2 == 0 => None,
                start => Some(json!(start)),
            },
            "adminId" => Some(self.admin_id.into()),
            "adminName" => Some(self.admin_name.as_str().into()),
            "roles" => Some(match self.role_form {
                RoleForm::Names => json!(self.roles),
                RoleForm::Objects => self.roles.iter().map(|name| json!({ "name": name })).collect(),
            }),
            "status" => Some((self.status as i64).into()),
            "note" => self.note.as_deref().map(Value::from),
            "createdOn" => Some(self.created_on.into()),
            "createdBy" => Some(self.created_by.as_str().into()),
            "lastUsedOn" => match (self.last_used_on, self.never_used) {
                (Some(time), _) => Some(time.into()),
                (None, NeverUsed::Zero) => Some(0.into()),
                (None, NeverUsed::Null) => Some(Value::Null),
                (None, NeverUsed::Absent) => None,
            },
            "lastAuthIp" => self.last_auth_ip.as_deref().map(Value::from),
            "userPermission" => Some(self.user_permission.into()),
            _ => None,
        }
    }

    /// The row as the API sends it for these `fields` ([`FIELDS`] for all); unknown names are ignored.
    pub fn json<'a>(&self, fields: impl IntoIterator<Item = &'a str>) -> Map<String, Value> {
        fields
            .into_iter()
            .filter_map(|name| self.member(name).map(|value| (name.to_owned(), value)))
            .collect()
    }
}

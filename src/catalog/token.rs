//! The API-token lists: 13 documented fields, and those that lmq derives.

use super::FieldType::{Boolean, EpochSeconds, Integer, Text, TextList};
use super::{Endpoint, Field, FieldType, Origin, Pushdown, Sent};

/// The endpoints lmq can query.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/setting/admins/apitokens",
        short: "apitokens",
        path_parameter: None,
        title: "API tokens of all users",
        fields: TOKEN_FIELDS,
    },
    Endpoint {
        path: "/setting/admins/{adminId}/apitokens",
        short: "apitokens",
        path_parameter: Some("adminId"),
        title: "API tokens of one user",
        fields: TOKEN_FIELDS,
    },
];

/// The fields of a token. Order: as documented, then the derived ones.
pub const TOKEN_FIELDS: &[Field] = &[
    api("id", Integer, Pushdown::Number, "the token's id; ids of the two kinds may collide"),
    Field {
        sent: Sent::OfLmv1,
        ..api("accessId", Text, Pushdown::PlainText, "the LMv1 access id; bearer tokens may have none")
    },
    Field {
        secret: true,
        sent: Sent::IfAny,
        ..api("accessKey", Text, Pushdown::Never, "key material; shown masked, never asked for by default")
    },
    always("adminId", Integer, Pushdown::Number, "the owner's user id"),
    always("adminName", Text, Pushdown::PlainText, "the owner's user name"),
    always("roles", TextList, Pushdown::Never, "names of the owner's roles"),
    Field {
        labels: &[(1, "disabled"), (2, "enabled")],
        always: true,
        ..api("status", Integer, Pushdown::Number, "1 = disabled, 2 = enabled")
    },
    Field {
        sent: Sent::IfAny,
        ..api("note", Text, Pushdown::PlainText, "free text of whoever made the token")
    },
    always("createdOn", EpochSeconds, Pushdown::Number, "when it was made"),
    api("createdBy", Text, Pushdown::PlainText, "who made it"),
    Field {
        zero_is_null: true,
        sent: Sent::OnceUsed,
        ..api("lastUsedOn", EpochSeconds, Pushdown::Never, "last use; 0 or null = never used")
    },
    Field { sent: Sent::OnceUsed, ..api("lastAuthIp", Text, Pushdown::Never, "address of the last use") },
    api("userPermission", Text, Pushdown::Never, "what the caller may do with it: `write`, `read`, `none`"),
    Field {
        values: &["lmv1", "bearer"],
        ..derived("tokenType", Text, "", "`lmv1` or `bearer`: the listing it came from")
    },
    derived("portal", Text, "", "name of the portal it came from"),
    derived("enabled", Boolean, "status", "whether `status` is 2"),
    derived("neverUsed", Boolean, "lastUsedOn", "whether it was never used"),
    derived("ageDays", Integer, "createdOn", "whole days since `createdOn`"),
    derived(
        "idleDays",
        Integer,
        "lastUsedOn",
        "whole days since `lastUsedOn`; of a never-used token its `ageDays`",
    ),
];

const fn api(name: &'static str, kind: FieldType, pushdown: Pushdown, meaning: &'static str) -> Field {
    Field {
        name,
        kind,
        meaning,
        origin: Origin::Api,
        pushdown,
        secret: false,
        zero_is_null: false,
        always: false,
        sent: Sent::Always,
        labels: &[],
        values: &[],
    }
}

/// A field that every row has.
const fn always(name: &'static str, kind: FieldType, pushdown: Pushdown, meaning: &'static str) -> Field {
    Field { always: true, ..api(name, kind, pushdown, meaning) }
}

const fn derived(name: &'static str, kind: FieldType, from: &'static str, meaning: &'static str) -> Field {
    let origin = Origin::Derived(from);
    Field {
        name,
        kind,
        meaning,
        origin,
        pushdown: Pushdown::Never,
        secret: false,
        zero_is_null: false,
        always: false,
        sent: Sent::Always,
        labels: &[],
        values: &[],
    }
}

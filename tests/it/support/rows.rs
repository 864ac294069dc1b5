//! Rows and pages for stubs.

use serde_json::{Value, json};

use super::{Reply, Seen};

/// A token with all documented members.
pub fn row(id: usize) -> Value {
    json!({
        "id": id, "accessId": format!("access{id}"), "adminId": 131, "adminName": format!("owner{id}"),
        "roles": ["readonly"], "status": 2, "note": format!("note {id}"), "createdOn": 1_600_000_000,
        "createdBy": "admin", "lastUsedOn": 1_690_000_000, "lastAuthIp": "192.0.2.1", "userPermission": "read",
    })
}

/// Tokens with the ids from 1 up.
pub fn rows(count: usize) -> Vec<Value> {
    (1..=count).map(row).collect()
}

/// A page of version 3.
pub fn page(items: &[Value], total: impl Into<Value>) -> Reply {
    Reply::json(200, &json!({ "total": total.into(), "searchId": null, "items": items }))
}

/// The rows that a request asks for.
pub fn slice<'a>(all: &'a [Value], seen: &Seen) -> &'a [Value] {
    let start = seen.offset().min(all.len());
    let end = (start + seen.number_of("size")).min(all.len());
    &all[start..end]
}

/// Tokens as a portal has them in the listing that is asked for: those of one user are that user's, and bearer tokens show no
/// access id.
pub fn listed(mut all: Vec<Value>, seen: &Seen) -> Vec<Value> {
    let user = seen.path.split('/').rev().nth(1).and_then(|part| part.parse::<i64>().ok());
    for row in &mut all {
        if let Some(user) = user {
            row["adminId"] = user.into();
        }
        if seen.is_bearer() {
            row["accessId"] = Value::Null;
        }
    }
    all
}

/// The ids of a document's records.
pub fn ids(document: &Value) -> Vec<i64> {
    let records = document["records"].as_array().expect("a document has records");
    records.iter().map(|record| record["id"].as_i64().expect("a row has an id")).collect()
}

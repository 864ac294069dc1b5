//! What the portal answers, and its two forms: the API's third version, and the first, which old clients still get.

use serde_json::{Map, Value, json};

/// A page of rows, or a refusal.
pub(super) type Answer = Result<Page, Refusal>;

/// A page of a listing.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    /// The count of all rows that match.
    pub(super) total: usize,
    pub(super) items: Vec<Map<String, Value>>,
}

/// An error: HTTP status, error code, message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u16,
    pub(super) message: String,
}

/// The version of the API a client speaks, by its `X-Version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The header is missing, or says anything but 3.
    First,
    Third,
}

impl Refusal {
    /// HTTP status N with error code 1N.
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, code: 1000 + status, message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// The path is not one of the API's: HTTP 404 with the code of a bad request.
    pub(super) fn unknown_path(path: &str) -> Self {
        Self { code: 1400, ..Self::new(404, format!("HTTP 404 Not Found: no resource at {path}")) }
    }
}

/// HTTP status and body.
pub(super) fn written(answer: &Answer, version: Version) -> (u16, Value) {
    match (version, answer) {
        (Version::Third, Ok(page)) => {
            (200, json!({ "total": page.total, "searchId": null, "items": page.items }))
        }
        (Version::Third, Err(refusal)) => {
            let Refusal { status, code, message } = refusal;
            (*status, json!({ "errorMessage": message, "errorCode": code, "errorDetail": null }))
        }
        (Version::First, Ok(page)) => {
            let data = json!({ "total": page.total, "searchId": null, "items": page.items });
            (200, json!({ "status": 200, "errmsg": "OK", "data": data }))
        }
        (Version::First, Err(refusal)) => {
            (200, json!({ "status": refusal.code, "errmsg": refusal.message, "data": null }))
        }
    }
}

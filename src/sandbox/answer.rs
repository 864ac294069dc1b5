//! What the portal answers, and its two forms: the API's third version, and the first, which old clients still get.

use serde_json::{Map, Value, json};

/// A page in its envelope, or a refusal.
pub(super) type Answer = Result<Envelope, Refusal>;

/// A row as it is sent.
pub(super) type Item = Map<String, Value>;

/// A page of a listing.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    /// The count of all rows that match.
    pub(super) total: usize,
    pub(super) items: Vec<Item>,
}

/// What is around the rows.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    /// `None`: there is no such member.
    pub(super) total: Option<Value>,
    /// Whether the total is the least there is, and the page says so.
    pub(super) is_min: bool,
    pub(super) items: Items,
}

/// The rows of an envelope.
#[derive(Debug, PartialEq)]
pub(super) enum Items {
    Once(Vec<Item>),
    /// The member stands twice.
    Twice(Vec<Item>, Vec<Item>),
    Null,
}

/// An error: HTTP status, error code, message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: i64,
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
        Self { status, code: 1000 + i64::from(status), message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// The path is not one of the API's: HTTP 404 with the code of a bad request.
    pub(super) fn unknown_path(path: &str) -> Self {
        Self { code: 1400, ..Self::new(404, format!("HTTP 404 Not Found: no resource at {path}")) }
    }
}

impl From<Page> for Envelope {
    fn from(page: Page) -> Self {
        Self { total: Some(page.total.into()), is_min: false, items: Items::Once(page.items) }
    }
}

impl Envelope {
    /// How many rows are in it.
    pub(super) fn rows(&self) -> usize {
        match &self.items {
            Items::Once(items) => items.len(),
            Items::Twice(first, second) => first.len() + second.len(),
            Items::Null => 0,
        }
    }

    /// As JSON. It is put together by hand, because a member may stand twice.
    fn text(&self) -> String {
        let mut members = vec![r#""searchId":null"#.to_owned()];
        members.extend(self.total.as_ref().map(|total| format!(r#""total":{total}"#)));
        if self.is_min {
            members.push(r#""isMin":true"#.to_owned());
        }
        let list = |items: &[Item]| format!(r#""items":{}"#, json!(items));
        match &self.items {
            Items::Once(items) => members.push(list(items)),
            Items::Twice(first, second) => members.extend([list(first), list(second)]),
            Items::Null => members.push(r#""items":null"#.to_owned()),
        }
        format!("{{{}}}", members.join(","))
    }
}

/// HTTP status and body.
pub(super) fn written(answer: &Answer, version: Version) -> (u16, String) {
    match (version, answer) {
        (Version::Third, Ok(envelope)) => (200, envelope.text()),
        (Version::Third, Err(refusal)) => {
            let Refusal { status, code, message } = refusal;
            let body = json!({ "errorMessage": message, "errorCode": code, "errorDetail": null });
            (*status, body.to_string())
        }
        (Version::First, Ok(envelope)) => {
            (200, format!(r#"{{"status":200,"errmsg":"OK","data":{}}}"#, envelope.text()))
        }
        (Version::First, Err(refusal)) => {
            let body = json!({ "status": refusal.code, "errmsg": refusal.message, "data": null });
            (200, body.to_string())
        }
    }
}

//! An HTTP/1.1 client of a screenful, so that nothing between the test and the wire helps or hides.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use lmq::sandbox::Sandbox;
use serde_json::Value;

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let found = all.next();
        assert!(all.next().is_none(), "{name} came twice");
        found.map(|(_, value)| value.as_str())
    }

    /// The rows of a page.
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().unwrap_or_else(|| panic!("no items in {}", self.body))
    }

    pub fn ids(&self) -> Vec<i64> {
        self.items().iter().map(|row| row["id"].as_i64().expect("rows with ids")).collect()
    }

    /// Status, error code and message of an error of version 3.
    pub fn error(&self) -> (u16, i64, &str) {
        let keys: Vec<&String> = self.body.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["errorCode", "errorDetail", "errorMessage"]);
        let code = self.body["errorCode"].as_i64().expect("a number");
        (self.status, code, self.body["errorMessage"].as_str().expect("a text"))
    }
}

/// A GET of `target` (path below the API's root, and query) with the portal's bearer token, as version 3.
pub fn get(sandbox: &Sandbox, target: &str) -> Reply {
    let bearer = format!("Bearer {}", sandbox.bearer_token().expose());
    send(sandbox, "GET", target, &[("Authorization", &bearer), ("X-Version", "3")])
}

/// A request with just these headers.
pub fn send(sandbox: &Sandbox, method: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
    let base = sandbox.base_url();
    let (address, root) = base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL");
    raw(address, &format!("{method} /{root}{target}"), headers)
}

/// A request with this start of its first line.
pub fn raw(address: &str, start: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = format!("{start} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").expect("writing to a string cannot fail");
    }
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all((request + "\r\n").as_bytes()).expect("an open connection");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer to its end");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.into(), value.into()));
    Reply { status, headers: headers.collect(), body: serde_json::from_str(body).expect("a JSON body") }
}

/// Percent-encoding of all but unreserved characters and those in `keep`.
pub fn encode(text: &str, keep: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || (c.is_ascii() && keep.contains(c)) {
            out.push(c);
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}

/// `text` as a quoted value: backslash-escaped, then its content percent-encoded.
pub fn quoted(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if "\\\"()$&#[]".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    format!("\"{}\"", encode(&escaped, "*"))
}

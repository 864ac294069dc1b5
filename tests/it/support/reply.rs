//! What a stub answers: status, headers and body as bytes, or something ruder.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    end: End,
}

/// How the connection goes on after the body.
#[derive(Debug, Clone, Copy)]
enum End {
    Well,
    /// `Content-Length` promises this many bytes more than come.
    Missing(usize),
    /// Nothing comes, and the connection is reset.
    Reset,
    /// Nothing comes until the client leaves.
    Stall,
}

impl Reply {
    /// This status, content type and body.
    pub fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let reply = Self { status, headers: Vec::new(), body: body.into(), end: End::Well };
        if content_type.is_empty() { reply } else { reply.header("Content-Type", content_type) }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// An error as version 3 writes it.
    pub fn error(status: u16, code: u32, message: &str) -> Self {
        Self::json(status, &json!({ "errorMessage": message, "errorCode": code, "errorDetail": null }))
    }

    pub fn reset() -> Self {
        Self { end: End::Reset, ..Self::text(200, "", "") }
    }

    pub fn stall() -> Self {
        Self { end: End::Stall, ..Self::text(200, "", "") }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without the last `bytes` of its body, which its length still promises.
    pub fn cut(mut self, bytes: usize) -> Self {
        self.body.truncate(self.body.len().saturating_sub(bytes));
        self.end = End::Missing(bytes);
        self
    }

    /// The same with its body in gzip, stored as it is.
    pub fn gzipped(mut self) -> Self {
        self.body = gzip(&self.body);
        self.header("Content-Encoding", "gzip")
    }

    pub fn is_reset(&self) -> bool {
        matches!(self.end, End::Reset)
    }

    /// Writes it. A client that left is no matter.
    pub fn send(&self, stream: &mut TcpStream) {
        let missing = match self.end {
            End::Well => 0,
            End::Missing(bytes) => bytes,
            End::Reset => return,
            End::Stall => {
                let _ = stream.read_to_end(&mut Vec::new());
                return;
            }
        };
        let mut head = format!("HTTP/1.1 {} Stub\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").expect("writing to a string cannot fail");
        }
        write!(head, "Content-Length: {}\r\n\r\n", self.body.len() + missing).expect("as above");
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&self.body));
    }
}

/// RFC 1952 around stored blocks of RFC 1951.
fn gzip(body: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let blocks: Vec<&[u8]> = if body.is_empty() { vec![body] } else { body.chunks(0xffff).collect() };
    for (index, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).expect("a chunk is shorter");
        out.push(u8::from(index + 1 == blocks.len()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(*block);
    }
    let crc = body.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    out.extend((!crc).to_le_bytes());
    out.extend(u32::try_from(body.len()).expect("a small body").to_le_bytes());
    out
}

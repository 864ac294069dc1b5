//! How an answer goes out: whole, in part, or not at all.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Response, header};
use http_body::Frame;

use super::large;
use super::play::Plays;
use super::table::Trouble;

/// A body.
pub(in crate::sandbox) enum Content {
    Text(String),
    /// More than a client should take.
    Large,
}

/// What follows the parts of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Well,
    /// The connection is closed.
    Broken,
    /// Nothing, and no end.
    Silence,
}

/// A body in parts.
struct Parts {
    left: std::vec::IntoIter<Bytes>,
    end: End,
    /// Whether the parts are on their way: an error would hold back what is not.
    flushed: bool,
}

impl Parts {
    fn body(parts: Vec<Bytes>, end: End) -> Body {
        // Without a part, not even the head is to go out.
        Body::new(Self { flushed: parts.is_empty(), left: parts.into_iter(), end })
    }
}

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(part) = self.left.next() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.end {
            End::Well => Poll::Ready(None),
            End::Broken => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
            End::Silence => Poll::Pending,
        }
    }
}

/// Sends an answer as the faults have it. What never comes is a body, or an answer, that waits for ever.
pub(in crate::sandbox) async fn send(
    status: u16,
    mut headers: HeaderMap,
    content: Content,
    plays: &Plays,
) -> Response<Body> {
    if plays.has(Trouble::Stall) {
        std::future::pending::<()>().await;
    }
    let body = match content {
        _ if plays.has(Trouble::Reset) => Parts::body(Vec::new(), End::Broken),
        Content::Large => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Parts::body(large::parts(), End::Well)
        }
        Content::Text(text) => cut(text, &mut headers, plays),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status.try_into().expect("the portal's statuses are valid");
    *response.headers_mut() = headers;
    response
}

fn cut(text: String, headers: &mut HeaderMap, plays: &Plays) -> Body {
    let whole = Bytes::from(text);
    let half = whole.slice(..whole.len() / 2);
    let end = match () {
        () if plays.has(Trouble::ResetBody) => End::Broken,
        () if plays.has(Trouble::StallBody) => End::Silence,
        () if plays.has(Trouble::Truncate) => return Body::from(half),
        () => return Body::from(whole),
    };
    headers.insert(header::CONTENT_LENGTH, whole.len().into());
    Parts::body(vec![half], end)
}

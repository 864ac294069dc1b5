//! One request: signed, sent, read to a bound.

use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SERVER,
};

use super::answer::{Answer, read};
use super::error::FetchError;
use super::rate::Standing;
use super::walk::Page;
use super::{Access, Clock, HEADERS, Pace, Portal, SANDBOX_SERVER};
use crate::auth::{Redactor, signature};
use crate::row::Layout;
use crate::secret::Secret;

/// Most bytes of a page after decompression.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// A body that is decoded where it is: to hand it to another thread takes longer.
const SMALL_BODY_BYTES: usize = 16 * 1024;

/// Memory for a body that is kept for the next one, at most: twice a page of a thousand tokens, and more.
const SPARE_BYTES: usize = 1024 * 1024;

/// A client of one portal. Connections are made when they are needed.
pub(super) struct Client {
    portal: Arc<Portal>,
    clock: Clock,
    pace: Pace,
    connections: usize,
    /// Knows the credentials: no text of the portal leaves with them.
    redactor: Redactor,
    http: RefCell<Option<reqwest::Client>>,
    /// Memory of bodies that were decoded, for those that come.
    spare: RefCell<Vec<Vec<u8>>>,
    /// Whether an answer said that it is a sandbox's.
    made_up: Cell<bool>,
}

/// What came of one request.
pub(super) struct Reply {
    /// What the portal says of its rate limit.
    pub(super) standing: Standing,
    /// The HTTP status, where an answer came.
    pub(super) status: Option<u16>,
    /// lmq's clock minus `Date`, where an answer told it.
    pub(super) skew_seconds: Option<i64>,
    pub(super) result: Result<Page, FetchError>,
}

impl Client {
    pub(super) fn new(portal: Arc<Portal>, clock: Clock, pace: Pace, concurrency: u32) -> Self {
        let redactor = match &portal.access {
            Access::Granted(credentials) => Redactor::of([credentials]),
            Access::Missing { .. } => Redactor::default(),
        };
        let connections = concurrency as usize;
        Self {
            portal,
            clock,
            pace,
            connections,
            redactor,
            http: RefCell::new(None),
            spare: RefCell::default(),
            made_up: Cell::new(false),
        }
    }

    /// Whether the portal is a sandbox, by its own word.
    pub(super) fn is_made_up(&self) -> bool {
        self.made_up.get()
    }

    /// Closes the connections that nobody uses.
    pub(super) fn disconnect(&self) {
        self.http.take();
    }

    /// Gives back the memory that waits for bodies.
    pub(super) fn free(&self) {
        self.spare.take();
    }

    fn http(&self) -> Result<reqwest::Client, FetchError> {
        if let Some(http) = &*self.http.borrow() {
            return Ok(http.clone());
        }
        let http = self.connectable().map_err(FetchError::Tls)?;
        Ok(self.http.borrow_mut().insert(http).clone())
    }

    fn connectable(&self) -> Result<reqwest::Client, String> {
        let provider = rustls::crypto::ring::default_provider();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_max_idle_per_host(self.connections)
            .connect_timeout(self.pace.connect_timeout)
            .read_timeout(self.pace.read_timeout);
        let builder = if self.portal.address.is_https() {
            // Set already by an earlier client: the same provider.
            let _ = provider.install_default();
            builder.https_only(true).tls_version_min(reqwest::tls::Version::TLS_1_2)
        } else {
            // Loopback: no proxy, and no look at the system's certificates, which may be missing.
            let config = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
                .with_safe_default_protocol_versions()
                .map_err(|error| error.to_string())?
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            builder.tls_backend_preconfigured(config)
        };
        let builder = if self.portal.address.is_loopback() { builder.no_proxy() } else { builder };
        builder.build().map_err(|error| causes(&error))
    }

    /// Asks for one page, once, with a signature of its own.
    pub(super) async fn page(&self, path: &str, query: &str, layout: &Arc<Layout>) -> Reply {
        let nothing = |error| Reply {
            standing: Standing::default(),
            status: None,
            skew_seconds: None,
            result: Err(error),
        };
        let Access::Granted(credentials) = &self.portal.access else {
            return nothing(FetchError::Skipped);
        };
        let url = self.portal.address.url(path, query);
        let authorization = credentials.authorization(path, (self.clock)());
        let mut answer = match self.send(&url, &authorization).await {
            Ok(answer) => answer,
            Err(error) => return nothing(error),
        };
        let (standing, status, skew_seconds) = (answer.standing, Some(answer.status), answer.skew_seconds);
        let large = answer.body.len() > SMALL_BODY_BYTES;
        let (redactor, layout) = (self.redactor.clone(), Arc::clone(layout));
        let decode = move || (clean(&mut answer, &redactor, &authorization, &layout), answer.body);
        let (result, body) = if large {
            let decoded = tokio::task::spawn_blocking(decode).await;
            let undecoded = || Err(FetchError::NoPage("it could not be decoded".to_owned()));
            decoded.unwrap_or_else(|_| (undecoded(), Vec::new()))
        } else {
            decode()
        };
        self.keep(body);
        Reply { standing, status, skew_seconds, result }
    }

    /// Keeps the memory of a body.
    fn keep(&self, mut body: Vec<u8>) {
        let mut spare = self.spare.borrow_mut();
        if body.capacity() <= SPARE_BYTES && spare.len() < self.connections {
            body.clear();
            spare.push(body);
        }
    }

    async fn send(&self, url: &str, authorization: &Secret) -> Result<Answer, FetchError> {
        let request = self.http()?.get(url).headers(headers(authorization)?);
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        if response.headers().get(SERVER).is_some_and(|server| server == SANDBOX_SERVER) {
            self.made_up.set(true);
        }
        let body = self.spare.borrow_mut().pop().unwrap_or_default();
        let mut answer = Answer { status: response.status().as_u16(), body, ..Answer::default() };
        read_headers(&mut answer, response.headers(), (self.clock)());
        let told = response.content_length().and_then(|length| usize::try_from(length).ok());
        answer.body.reserve_exact(told.unwrap_or(0).min(MAX_BODY_BYTES));
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if answer.body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(FetchError::TooLarge(MAX_BODY_BYTES / 1024 / 1024));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

/// The page in an answer, or what it is instead, without the credentials should the server send them back.
fn clean(
    answer: &mut Answer,
    redactor: &Redactor,
    authorization: &Secret,
    layout: &Layout,
) -> Result<Page, FetchError> {
    redactor.bytes(&mut answer.body);
    read(answer, layout).map_err(|_| {
        // Before it is cut short and made inert: a part of a secret would be left. The live signature and the header as a
        // whole stand in no page, but a server may repeat them in an error.
        let redactor = redactor.and(&signature(authorization)).and([authorization]);
        match read(&answer.redacted(|text| redactor.text(text).into_owned()), layout) {
            Err(error) => error,
            Ok(_) => FetchError::NoPage("it repeats the credentials".to_owned()),
        }
    })
}

fn headers(authorization: &Secret) -> Result<HeaderMap, FetchError> {
    let mut authorization =
        HeaderValue::from_str(authorization.expose()).map_err(|_| FetchError::Refused {
            status: 401,
            message: "not sent: the credentials contain characters that no header may have".to_owned(),
            skew_seconds: None,
        })?;
    authorization.set_sensitive(true);
    let constant = HEADERS.iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("our own names are valid");
        (name, HeaderValue::from_static(value))
    });
    Ok(constant.chain([(AUTHORIZATION, authorization)]).collect())
}

fn read_headers(answer: &mut Answer, headers: &HeaderMap, now_ms: i64) {
    let text = |value: Option<&HeaderValue>| value.and_then(|value| value.to_str().ok()).map(str::to_owned);
    answer.content_type = text(headers.get(CONTENT_TYPE)).unwrap_or_default();
    answer.location = text(headers.get(LOCATION));
    let number = |value: Option<&HeaderValue>| text(value).and_then(|text| text.trim().parse::<u32>().ok());
    let seconds = |value| number(value).map(|seconds| Duration::from_secs(seconds.into()));
    answer.standing = Standing {
        limit: number(headers.get("x-rate-limit-limit")),
        remaining: number(headers.get("x-rate-limit-remaining")),
        window: seconds(headers.get("x-rate-limit-window")),
        retry_after: seconds(headers.get(RETRY_AFTER)),
    };
    let date = text(headers.get(DATE)).and_then(|date| jiff::fmt::rfc2822::parse(&date).ok());
    answer.skew_seconds = date.map(|date| now_ms / 1000 - date.timestamp().as_second());
}

fn failure(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        FetchError::TimedOut(causes(error))
    } else if error.is_connect() {
        FetchError::Connect(causes(error))
    } else {
        FetchError::Broken(causes(error))
    }
}

/// The innermost cause: the outer ones repeat the URL.
fn causes(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = String::new();
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    if text.is_empty() { error.to_string() } else { text }
}

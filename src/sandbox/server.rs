//! From a request to its answer.
//!
//! The steps, in the order a portal takes them: rate limit, method, credentials, path, listing. Between the answer and its
//! form on the wire ([`Portal::respond`]) is the place for whatever is to go wrong on purpose.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;

use super::Clock;
use super::answer::{Answer, Refusal, Version, written};
use super::data::{Owner, Token};
use super::gate::Gate;
use super::listing;
use super::query::Query;
use super::rate::{Limiter, Standing};
use super::received::{Observer, Received};

/// The path that the API is below.
pub(super) const ROOT: &str = "/santaba/rest";
/// How many requests the log keeps, the latest.
const LOG_LENGTH: usize = 10_000;

/// The portal's state.
pub(super) struct Portal {
    pub(super) tokens: Vec<Token>,
    pub(super) owners: Vec<Owner>,
    pub(super) gate: Gate,
    pub(super) clock: Clock,
    pub(super) limiter: Mutex<Limiter>,
    pub(super) log: Mutex<VecDeque<Received>>,
    pub(super) observer: Option<Observer>,
}

/// What a path asks for.
enum Route<'a> {
    Apitokens,
    ApitokensOf(&'a str),
    Unknown,
}

impl<'a> Route<'a> {
    fn of(path: Option<&'a str>) -> Self {
        match path.and_then(|path| path.strip_prefix("/setting/admins/")) {
            Some("apitokens") => Self::Apitokens,
            Some(rest) => match rest.split_once('/') {
                Some((admin_id, "apitokens")) => Self::ApitokensOf(admin_id),
                _ => Self::Unknown,
            },
            None => Self::Unknown,
        }
    }

    /// What requests are counted by: one budget for all users.
    fn template(&self) -> &'static str {
        match self {
            Self::Apitokens => "/setting/admins/apitokens",
            Self::ApitokensOf(_) => "/setting/admins/{adminId}/apitokens",
            Self::Unknown => "",
        }
    }
}

impl Portal {
    /// The requests so far.
    pub(super) fn log(&self) -> MutexGuard<'_, VecDeque<Received>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request and notes it.
    pub(super) fn respond(&self, request: &Request<Body>) -> Response<Body> {
        let now_ms = (self.clock)();
        let whole = percent_decode_str(request.uri().path()).decode_utf8_lossy();
        let path = below_root(&whole);
        let route = Route::of(path);
        let standing = self.limiter.lock().unwrap_or_else(PoisonError::into_inner).count(
            route.template(),
            request.method(),
            now_ms,
        );
        let answer = if standing.admitted {
            self.answer(request, &route, path.unwrap_or(&whole), now_ms)
        } else {
            Err(Refusal::new(429, "Too many requests: the rate limit of this endpoint is spent"))
        };
        let (status, body) = written(&answer, version(request.headers()));
        self.note(request, status, answer.as_ref().map_or(0, |page| page.items.len()));
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status.try_into().expect("the portal's statuses are valid");
        add_headers(response.headers_mut(), standing, now_ms);
        response
    }

    fn answer(&self, request: &Request<Body>, route: &Route<'_>, path: &str, now_ms: i64) -> Answer {
        if request.method() != Method::GET {
            return Err(Refusal::new(405, format!("HTTP 405 Method Not Allowed: {}", request.method())));
        }
        self.gate.admit(request.headers(), request.method(), path, now_ms)?;
        let query = Query::parse(request.uri().query().unwrap_or_default());
        match route {
            Route::Apitokens => listing::page(&self.tokens, None, &query),
            Route::ApitokensOf(text) => {
                let admin_id: i64 = text
                    .parse()
                    .map_err(|_| Refusal::bad_request(format!("adminId must be a number, not {text}")))?;
                if !self.owners.iter().any(|owner| owner.admin_id == admin_id) {
                    return Err(Refusal::new(404, format!("User<{admin_id}> is not found")));
                }
                listing::page(&self.tokens, Some(admin_id), &query)
            }
            Route::Unknown => Err(Refusal::unknown_path(path)),
        }
    }

    fn note(&self, request: &Request<Body>, status: u16, rows: usize) {
        let uri = request.uri();
        let received = Received {
            method: request.method().to_string(),
            path: self.gate.redact(below_root(uri.path()).unwrap_or(uri.path())),
            query: self.gate.redact(uri.query().unwrap_or_default()),
            status,
            rows,
        };
        if let Some(observer) = &self.observer {
            observer(&received);
        }
        let mut log = self.log();
        if log.len() == LOG_LENGTH {
            log.pop_front();
        }
        log.push_back(received);
    }
}

/// The path below [`ROOT`], from its slash on.
fn below_root(path: &str) -> Option<&str> {
    path.strip_prefix(ROOT).filter(|rest| rest.starts_with('/'))
}

fn version(headers: &HeaderMap) -> Version {
    match headers.get("x-version") {
        Some(value) if value.as_bytes().trim_ascii() == b"3" => Version::Third,
        _ => Version::First,
    }
}

fn add_headers(headers: &mut HeaderMap, standing: Standing, now_ms: i64) {
    let Standing { limit, remaining, window_seconds, .. } = standing;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static("x-rate-limit-limit"), limit.into());
    headers.insert(HeaderName::from_static("x-rate-limit-remaining"), remaining.into());
    headers.insert(HeaderName::from_static("x-rate-limit-window"), window_seconds.into());
    // A clock beyond the calendar has no date to send.
    let date = Timestamp::from_millisecond(now_ms)
        .and_then(|time| DateTimePrinter::new().timestamp_to_rfc9110_string(&time));
    if let Some(date) = date.ok().and_then(|date| HeaderValue::try_from(date).ok()) {
        headers.insert(header::DATE, date);
    }
}

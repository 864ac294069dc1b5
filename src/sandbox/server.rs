//! From a request to its answer.
//!
//! The steps, in the order a portal takes them: rate limit, method, credentials, path, listing. Which faults play is decided
//! when the request comes; each acts at its stage.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;

use super::Clock;
use super::answer::{Answer, Envelope, Refusal, Version, written};
use super::data::{Kind, Owner};
use super::fault::{Asked, Content, Plays, Script, Trouble, bend, change, instead, reshape, rewrite, send};
use super::gate::Gate;
use super::listing::{Ask, page_number};
use super::query::Query;
use super::rate::{Limiter, Standing};
use super::received::{Observer, Received};
use super::store::Store;
use crate::portal::SANDBOX_SERVER;

/// The path that the API is below.
pub(super) const ROOT: &str = "/santaba/rest";
/// How many requests the log keeps, the latest.
const LOG_LENGTH: usize = 10_000;

/// The portal's state.
pub(super) struct Portal {
    pub(super) store: Mutex<Store>,
    pub(super) owners: Vec<Owner>,
    pub(super) gate: Gate,
    pub(super) clock: Clock,
    pub(super) limiter: Mutex<Limiter>,
    pub(super) script: Script,
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

/// A request taken apart.
struct Asking<'a> {
    head: &'a Parts,
    route: Route<'a>,
    /// Decoded, below the root where it is there.
    path: &'a str,
    query: Query,
}

impl Portal {
    /// The requests so far.
    pub(super) fn log(&self) -> MutexGuard<'_, VecDeque<Received>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tokens.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request and notes it.
    pub(super) async fn respond(&self, request: Request<Body>) -> Response<Body> {
        let (head, _) = request.into_parts();
        let whole = percent_decode_str(head.uri.path()).decode_utf8_lossy();
        let path = below_root(&whole);
        let asking = Asking {
            head: &head,
            route: Route::of(path),
            path: path.unwrap_or(&whole),
            query: Query::parse(head.uri.query().unwrap_or_default()),
        };
        let plays = match asking.route {
            Route::Unknown => Plays::default(),
            Route::Apitokens | Route::ApitokensOf(_) => self.script.on(page_number(&asking.query)),
        };
        if let Ok(latency @ 1..) = u64::try_from(plays.sum(Trouble::Latency)) {
            tokio::time::sleep(Duration::from_millis(latency)).await;
        }
        let (status, headers, content) = self.reply(&asking, &plays);
        send(status, headers, content, &plays).await
    }

    /// Status, headers and body, before anything happens to them on their way.
    fn reply(&self, asking: &Asking<'_>, plays: &Plays) -> (u16, HeaderMap, Content) {
        let Asking { head, route, query, .. } = asking;
        let now_ms = (self.clock)();
        let standing = self.limiter.lock().unwrap_or_else(PoisonError::into_inner).count(
            route.template(),
            &head.method,
            now_ms,
        );
        let now_ms = now_ms.saturating_add(plays.sum(Trouble::Skew).saturating_mul(1000));
        let mut headers = headers(standing, now_ms);
        let asked = Asked {
            authorization: header_text(&head.headers, &header::AUTHORIZATION),
            kind: if query.value("type") == Some("bearer") { Kind::Bearer } else { Kind::Lmv1 },
            version: version(&head.headers, plays),
        };
        if let Some((status, content)) = instead(plays, &asked, &mut headers) {
            self.note(head, status, 0, plays);
            return (status, headers, content);
        }
        let answer = if standing.admitted {
            self.answer(asking, plays, now_ms)
        } else {
            Err(Refusal::new(429, "Too many requests: the rate limit of this endpoint is spent"))
        };
        let (status, body) = written(&answer, asked.version);
        self.note(head, status, answer.as_ref().map_or(0, Envelope::rows), plays);
        (status, headers, Content::Text(body))
    }

    fn answer(&self, asking: &Asking<'_>, plays: &Plays, now_ms: i64) -> Answer {
        let Asking { head, route, path, query } = asking;
        if head.method != Method::GET {
            return Err(Refusal::new(405, format!("HTTP 405 Method Not Allowed: {}", head.method)));
        }
        let caller = self.gate.admit(&head.headers, &head.method, path, now_ms)?;
        let admin_id = match route {
            Route::Apitokens => None,
            Route::ApitokensOf(text) => Some(self.admin_id(text)?),
            Route::Unknown => return Err(Refusal::unknown_path(path)),
        };
        let mut ask = Ask::read(query, admin_id)?;
        let mut store = self.store();
        change(&mut store, &ask, plays);
        let own = store.own(ask.kind).filter(|_| ask.kind == caller);
        bend(&mut ask, plays, own);
        let mut page = ask.page(store.tokens());
        drop(store);
        rewrite(&mut page, &ask, plays, self.gate.secret(caller).expose());
        Ok(reshape(page, &ask, plays))
    }

    fn admin_id(&self, text: &str) -> Result<i64, Refusal> {
        let admin_id: i64 = text
            .parse()
            .map_err(|_| Refusal::bad_request(format!("adminId must be a number, not {text}")))?;
        if self.owners.iter().any(|owner| owner.admin_id == admin_id) {
            Ok(admin_id)
        } else {
            Err(Refusal::new(404, format!("User<{admin_id}> is not found")))
        }
    }

    fn note(&self, head: &Parts, status: u16, rows: usize, plays: &Plays) {
        let uri = &head.uri;
        let received = Received {
            method: head.method.to_string(),
            path: self.gate.redact(below_root(uri.path()).unwrap_or(uri.path())),
            query: self.gate.redact(uri.query().unwrap_or_default()),
            status,
            rows,
            faults: plays.names(),
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

fn version(headers: &HeaderMap, plays: &Plays) -> Version {
    match headers.get("x-version") {
        _ if plays.has(Trouble::V1) => Version::First,
        Some(value) if value.as_bytes().trim_ascii() == b"3" => Version::Third,
        _ => Version::First,
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The headers of every answer.
fn headers(standing: Standing, now_ms: i64) -> HeaderMap {
    let Standing { limit, remaining, window_seconds, .. } = standing;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::SERVER, HeaderValue::from_static(SANDBOX_SERVER));
    headers.insert(HeaderName::from_static("x-rate-limit-limit"), limit.into());
    headers.insert(HeaderName::from_static("x-rate-limit-remaining"), remaining.into());
    headers.insert(HeaderName::from_static("x-rate-limit-window"), window_seconds.into());
    // A clock beyond the calendar has no date to send.
    let date = Timestamp::from_millisecond(now_ms)
        .and_then(|time| DateTimePrinter::new().timestamp_to_rfc9110_string(&time));
    if let Some(date) = date.ok().and_then(|date| HeaderValue::try_from(date).ok()) {
        headers.insert(header::DATE, date);
    }
    headers
}

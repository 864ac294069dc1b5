//! One request: signed, sent, read to a bound.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};

use super::answer::{Answer, read};
use super::error::{FetchError, PortalError};
use super::walk::Page;
use super::{Clock, HEADERS, Portal};
use crate::auth::{Redactor, signature};
use crate::row::Layout;
use crate::secret::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// Most bytes of a page after decompression.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// A client of one portal.
pub(super) struct Client<'a> {
    http: reqwest::Client,
    portal: &'a Portal,
    clock: Clock<'a>,
}

impl<'a> Client<'a> {
    pub(super) fn new(portal: &'a Portal, clock: Clock<'a>) -> Result<Self, PortalError> {
        let provider = rustls::crypto::ring::default_provider();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT);
        let builder = if portal.address.is_https() {
            // Set already by an earlier client: the same provider.
            let _ = provider.install_default();
            builder.https_only(true).tls_version_min(reqwest::tls::Version::TLS_1_2)
        } else {
            // Loopback: no proxy, and no look at the system's certificates, which may be missing.
            let config = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
                .with_safe_default_protocol_versions()
                .map_err(|error| PortalError::Tls(error.to_string()))?
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            builder.tls_backend_preconfigured(config)
        };
        let builder = if portal.address.is_loopback() { builder.no_proxy() } else { builder };
        let http = builder.build().map_err(|error| PortalError::Tls(causes(&error)))?;
        Ok(Self { http, portal, clock })
    }

    /// Asks for one page.
    pub(super) async fn page(&self, path: &str, query: &str, layout: &Layout) -> Result<Page, FetchError> {
        let url = self.portal.address.url(path, query);
        let credentials = &self.portal.credentials;
        let authorization = credentials.authorization(path, (self.clock)());
        let answer = self.send(&url, &authorization).await?;
        read(&answer, layout).map_err(|_| {
            // Before it is cut short and made inert: a part of a secret would be left.
            let redactor = Redactor::of([credentials]).and(&signature(&authorization));
            match read(&answer.redacted(|text| redactor.text(text).into_owned()), layout) {
                Err(error) => error,
                Ok(_) => FetchError::NoPage("it repeats the credentials".to_owned()),
            }
        })
    }

    async fn send(&self, url: &str, authorization: &Secret) -> Result<Answer, FetchError> {
        let request = self.http.get(url).headers(headers(authorization)?);
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let mut answer = Answer { status: response.status().as_u16(), ..Answer::default() };
        read_headers(&mut answer, response.headers(), (self.clock)());
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if answer.body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(FetchError::TooLarge(MAX_BODY_BYTES / 1024 / 1024));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
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
    let seconds = |value: Option<&HeaderValue>| text(value).and_then(|text| text.trim().parse().ok());
    answer.window_seconds =
        seconds(headers.get(RETRY_AFTER)).or_else(|| seconds(headers.get("x-rate-limit-window")));
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

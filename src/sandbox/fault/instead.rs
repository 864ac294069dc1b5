//! Faults that take the place of the portal's own answer. Of several the first one given counts.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::play::{Play, Plays};
use super::table::Trouble;
use super::wire::Content;
use crate::sandbox::answer::{Refusal, Version, written};
use crate::sandbox::data::Kind;

const LOGIN: &str = "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><form>Name, password</form></body></html>\n";
const APOLOGIES: &str =
    "Apologies, service is temporarily unavailable. We are upgrading and will be back soon.";
const ELSEWHERE: &str = "https://login.example.com/santaba/rest";
/// The headers that tell of the rate limit.
const RATE: [&str; 3] = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-window"];

/// The request, as far as these faults look at it.
pub(in crate::sandbox) struct Asked<'a> {
    pub(in crate::sandbox) authorization: &'a str,
    pub(in crate::sandbox) kind: Kind,
    pub(in crate::sandbox) version: Version,
}

/// The status and body that take the place of the portal's, with its headers changed.
pub(in crate::sandbox) fn instead(
    plays: &Plays,
    asked: &Asked<'_>,
    headers: &mut HeaderMap,
) -> Option<(u16, Content)> {
    plays.0.iter().find_map(|play| {
        let Some(refusal) = refusal(play, asked) else { return other(play, headers) };
        limit_headers(play, headers);
        let (status, body) = written(&Err(refusal), asked.version);
        Some((status, Content::Text(body)))
    })
}

fn refusal(play: &Play, asked: &Asked<'_>) -> Option<Refusal> {
    match play.trouble {
        Trouble::Status => {
            let status = u16::try_from(play.value).expect("the table has the range");
            Some(Refusal::new(status, format!("HTTP {status}: this fault was asked for")))
        }
        Trouble::Storm | Trouble::RetryAfter | Trouble::Bare429 => {
            Some(Refusal::new(429, "Too many requests: the rate limit of this endpoint is spent"))
        }
        Trouble::ErrorBody => {
            Some(Refusal { status: 200, code: play.value, message: "An internal error occurred".to_owned() })
        }
        Trouble::Unlicensed if asked.kind == Kind::Bearer => {
            Some(Refusal::bad_request("The feature is not enabled for this account: traces"))
        }
        Trouble::Echo => Some(Refusal::new(401, echo(asked.authorization, play.number))),
        Trouble::Echo500 => Some(Refusal::new(500, echo(asked.authorization, play.number))),
        _ => None,
    }
}

/// What a 429 tells of when to come back.
fn limit_headers(play: &Play, headers: &mut HeaderMap) {
    match play.trouble {
        Trouble::Storm => {
            headers.insert(HeaderName::from_static(RATE[1]), 0.into());
            headers.insert(HeaderName::from_static(RATE[2]), play.value.into());
        }
        Trouble::RetryAfter => {
            for name in RATE {
                headers.remove(name);
            }
            headers.insert(header::RETRY_AFTER, play.value.into());
        }
        Trouble::Bare429 => headers.clear(),
        _ => {}
    }
}

fn other(play: &Play, headers: &mut HeaderMap) -> Option<(u16, Content)> {
    let mut is = |content_type| {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    };
    let (status, text) = match play.trouble {
        Trouble::Html => {
            is("text/html; charset=utf-8");
            (200, LOGIN)
        }
        Trouble::Apologies => {
            is("text/plain");
            (200, APOLOGIES)
        }
        Trouble::NotJson => (200, "OK"),
        Trouble::Redirect => {
            headers.insert(header::LOCATION, HeaderValue::from_static(ELSEWHERE));
            (302, "")
        }
        Trouble::Large => return Some((200, Content::Large)),
        _ => return None,
    };
    Some((status, Content::Text(text.to_owned())))
}

/// The header in four encodings, from the `number`th on: a client may show the start of a message alone.
fn echo(authorization: &str, number: u32) -> String {
    let mut hex = String::new();
    for byte in authorization.bytes() {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
    }
    let percent = utf8_percent_encode(authorization, NON_ALPHANUMERIC).to_string();
    let mut forms = [authorization.to_owned(), STANDARD.encode(authorization), hex, percent];
    let count = forms.len();
    forms.rotate_left((number as usize + count - 1) % count);
    format!("unknown credentials: {}", forms.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_begins_with_each_encoding_in_turn() {
        let starts = ["Bearer a=", "QmVhcmVyIGE9", "42656172657220613d", "Bearer%20a%3D"];
        for (number, start) in (1..).zip(starts.iter().cycle()).take(9) {
            let echo = echo("Bearer a=", number);
            let rest = echo.strip_prefix("unknown credentials: ").expect("it says why");
            assert!(rest.starts_with(start) && starts.iter().all(|form| rest.contains(form)), "{echo}");
        }
    }
}

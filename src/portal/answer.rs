//! What an answer is: a page, or one of the API's many ways to say no. Status, content type and body, in that order.

use super::error::FetchError;
use super::rate::Standing;
use super::walk::Page;
use crate::row::{Envelope, Layout, decode};
use crate::text;

/// An answer as it came.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    /// `Location` of a redirect.
    pub(super) location: Option<String>,
    /// What the headers say of the rate limit.
    pub(super) standing: Standing,
    /// lmq's clock minus `Date`.
    pub(super) skew_seconds: Option<i64>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The same with every text made clean.
    pub(super) fn redacted(&self, clean: impl Fn(&str) -> String) -> Self {
        Self {
            status: self.status,
            content_type: clean(&self.content_type),
            location: self.location.as_deref().map(&clean),
            standing: self.standing,
            skew_seconds: self.skew_seconds,
            body: clean(&String::from_utf8_lossy(&self.body)).into_bytes(),
        }
    }
}

/// The page in an answer.
///
/// # Errors
/// When it holds none: which of the forms of failure it is.
pub(super) fn read(answer: &Answer, layout: &Layout) -> Result<Page, FetchError> {
    if starts_with_apologies(&answer.body) {
        return Err(FetchError::Maintenance);
    }
    if answer.status != 200 {
        return Err(failed(answer, layout));
    }
    let content_type = answer.content_type.to_ascii_lowercase();
    if content_type.contains("html") || answer.body.trim_ascii_start().starts_with(b"<") {
        return Err(not_json(answer));
    }
    match decode(&answer.body, layout) {
        Ok(envelope) => page(answer, envelope),
        Err(_) if !content_type.is_empty() && !content_type.contains("json") => Err(not_json(answer)),
        Err(error) if error.is_eof() => Err(FetchError::Broken(format!("the answer ends early: {error}"))),
        Err(error) => Err(FetchError::NoPage(error.to_string())),
    }
}

fn page(answer: &Answer, envelope: Envelope) -> Result<Page, FetchError> {
    let code = envelope.error_code.unwrap_or_default();
    if envelope.is_v1 {
        let message = shown(&envelope.error_message.unwrap_or_default());
        return Err(match code.as_str() {
            "401" | "403" | "1401" | "1403" => refused(answer, &code, message),
            _ => FetchError::Version1 { status: code, message },
        });
    }
    if let Some(message) = envelope.error_message {
        let message = shown(&message);
        return Err(match code.as_str() {
            "401" | "403" | "1401" | "1403" => refused(answer, &code, message),
            "1404" => FetchError::NotFound(message),
            "1429" => FetchError::RateLimited,
            "" => FetchError::ErrorBody { code: "(no code)".to_owned(), message },
            _ => FetchError::ErrorBody { code, message },
        });
    }
    if !envelope.is_page {
        return Err(FetchError::NoPage("it has no `items`".to_owned()));
    }
    Ok(Page { rows: envelope.rows, total: envelope.total, is_min: envelope.is_min })
}

fn failed(answer: &Answer, layout: &Layout) -> FetchError {
    let message = decode(&answer.body, layout).ok().and_then(|envelope| envelope.error_message);
    let message = message.map_or_else(|| start(&answer.body), |message| shown(&message));
    match answer.status {
        401 | 403 => {
            FetchError::Refused { status: answer.status, message, skew_seconds: answer.skew_seconds }
        }
        404 => FetchError::NotFound(message),
        400 => FetchError::BadRequest(message),
        429 => FetchError::RateLimited,
        300..=399 => FetchError::Redirect(shown(answer.location.as_deref().unwrap_or("nowhere"))),
        status => FetchError::Status { status, message },
    }
}

fn refused(answer: &Answer, code: &str, message: String) -> FetchError {
    let status = if code.ends_with('3') { 403 } else { 401 };
    FetchError::Refused { status, message, skew_seconds: answer.skew_seconds }
}

fn not_json(answer: &Answer) -> FetchError {
    let content_type = if answer.content_type.is_empty() { "text" } else { &answer.content_type };
    FetchError::NotJson { content_type: shown(content_type), start: start(&answer.body) }
}

fn starts_with_apologies(body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    body.len() >= 9 && body[..9].eq_ignore_ascii_case(b"apologies")
}

/// The first characters of a body, on one line.
fn start(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(400)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { "an empty answer".to_owned() } else { shown(&words.join(" ")) }
}

fn shown(message: &str) -> String {
    text::inert_line(&text::shortened(message, 200)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::by_path;
    use crate::row::Name;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        Answer { status, content_type: content_type.to_owned(), body: body.into(), ..Answer::default() }
    }

    fn error(answer: &Answer) -> FetchError {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        let layout = Layout::new(endpoint.default_fields().map(Name::Known).collect());
        read(answer, &layout).expect_err("no page")
    }

    fn json(status: u16, body: &str) -> FetchError {
        error(&answer(status, "application/json", body))
    }

    #[test]
    fn each_form_of_failure_is_told_apart() {
        let body =
            |code: &str| format!(r#"{{"errorMessage":"said no","errorCode":{code},"errorDetail":null}}"#);
        let refused =
            |status| FetchError::Refused { status, message: "said no".to_owned(), skew_seconds: None };
        let said = || "said no".to_owned();

        let cases = [
            (401, body("1401"), refused(401)),
            (403, body("\"1403\""), refused(403)),
            (404, body("1404"), FetchError::NotFound(said())),
            (404, body("1400"), FetchError::NotFound(said())),
            (400, body("1400"), FetchError::BadRequest(said())),
            (429, body("1429"), FetchError::RateLimited),
            (500, body("1500"), FetchError::Status { status: 500, message: said() }),
            (418, body("1"), FetchError::Status { status: 418, message: said() }),
            (200, body("1401"), refused(401)),
            (200, body("1429"), FetchError::RateLimited),
            (
                200,
                r#"{"errorMessage":"said no","errorCode":0,"items":[]}"#.to_owned(),
                FetchError::ErrorBody { code: "0".to_owned(), message: said() },
            ),
            (200, r#"{"status":401,"errorMessage":"said no","total":0,"items":[]}"#.to_owned(), refused(401)),
            (
                200,
                r#"{"status":1500,"total":0,"items":[]}"#.to_owned(),
                FetchError::ErrorBody { code: "1500".to_owned(), message: "no message".to_owned() },
            ),
            (
                200,
                r#"{"status":"401","total":0,"items":[]}"#.to_owned(),
                FetchError::Refused { status: 401, message: "no message".to_owned(), skew_seconds: None },
            ),
            (
                200,
                r#"{"total":0,"items":[],"errorDetail":"said no","errorCode":null}"#.to_owned(),
                FetchError::ErrorBody { code: "(no code)".to_owned(), message: said() },
            ),
            (
                200,
                r#"{"items":null,"error":"said no","status":"500 oh"}"#.to_owned(),
                FetchError::ErrorBody { code: "500 oh".to_owned(), message: said() },
            ),
            (200, body("1500"), FetchError::ErrorBody { code: "1500".to_owned(), message: said() }),
        ];
        for (status, body, expected) in cases {
            assert_eq!(json(status, &body), expected, "HTTP {status} {body}");
        }
    }

    /// An empty message beside rows was once an error.
    #[test]
    fn the_members_of_an_error_may_stand_empty_beside_a_page() {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        let layout = Layout::new(endpoint.default_fields().map(Name::Known).collect());
        for members in [
            r#""errorMessage":"","errorCode":0"#,
            r#""errorMessage":null,"errorCode":null,"errorDetail":null"#,
            r#""errorDetail":"","error":false,"status":"OK""#,
            r#""errorMessage":" ","errorCode":"200","status":200"#,
        ] {
            let body = format!(r#"{{"total":1,"items":[{{"id":1}}],{members}}}"#);
            let page = read(&answer(200, "application/json", &body), &layout).expect("a page");
            assert_eq!(page.rows.len(), 1, "{members}");
        }
    }

    #[test]
    fn version_1_is_recognised_even_when_it_is_well() {
        let ok = json(200, r#"{"status":200,"errmsg":"OK","data":{"total":1,"items":[{"id":1}]}}"#);
        assert_eq!(ok, FetchError::Version1 { status: "200".to_owned(), message: "OK".to_owned() });
        let refused = json(200, r#"{"status":1401,"errmsg":"Authentication failed","data":null}"#);
        assert!(refused.is_refusal(), "{refused}");
    }

    #[test]
    fn upgrades_web_pages_and_redirects() {
        let apology = "Apologies, service is temporarily unavailable. Please try again.";
        assert_eq!(error(&answer(200, "text/plain", apology)), FetchError::Maintenance);
        assert_eq!(error(&answer(503, "text/html", apology)), FetchError::Maintenance);
        for page in ["<!doctype html><p>hi", "  <html>"] {
            assert!(matches!(error(&answer(200, "text/html", page)), FetchError::NotJson { .. }));
            assert!(matches!(json(200, page), FetchError::NotJson { .. }));
        }
        let redirect = Answer { location: Some("https://evil.example/".to_owned()), ..answer(302, "", "") };
        assert_eq!(error(&redirect), FetchError::Redirect("https://evil.example/".to_owned()));
    }

    #[test]
    fn what_is_cut_or_no_page_is_no_empty_list() {
        assert!(matches!(json(200, r#"{"total":2,"items":[{"id":1}"#), FetchError::Broken(_)));
        assert!(matches!(json(200, ""), FetchError::Broken(_)));
        for body in ["{}", "[]", "null", "true", r#"{"data2":[]}"#, r#"{"total":0}"#, r#"{"items":null}"#] {
            assert!(matches!(json(200, body), FetchError::NoPage(_) | FetchError::Version1 { .. }), "{body}");
        }
    }

    #[test]
    fn the_portals_words_are_inert_and_short() {
        let long = "x".repeat(1000);
        let refused = json(401, &format!(r#"{{"errorMessage":"\u001b[31m{long}","errorCode":1401}}"#));
        let text = refused.to_string();
        assert!(!text.contains('\u{1b}') && text.len() < 400, "{text}");
    }
}

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

/// It has characters that every encoding changes.
const KEY: &str = "=s3cr%t[Key]~th\"t+m'st/nev\\r{sh&w}<any>^42!";

fn redactor() -> Redactor {
    Redactor::new([&Secret::new(KEY)])
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Each character of the key through `escape`.
fn escaped(escape: impl Fn(char) -> String) -> String {
    KEY.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { escape(c) }).collect()
}

/// The key in every form that is promised.
fn forms() -> Vec<String> {
    let percent = utf8_percent_encode(KEY, NON_ALPHANUMERIC).to_string();
    let lower = escaped(|c| format!("%{:02x}", u32::from(c)));
    let mixed = KEY.replace('%', "%25").replace('+', "%2B").replace('/', "%2f");
    let json = serde_json::to_string(KEY).expect("JSON").trim_matches('"').to_owned();
    vec![
        KEY.to_owned(),
        percent,
        lower,
        mixed,
        json.replace('/', "\\/"),
        escaped(|c| format!("\\u{:04X}", u32::from(c))),
        escaped(|c| format!("\\u{:04x}", u32::from(c))),
        escaped(|c| format!("\\x{:02x}", u32::from(c))),
        escaped(|c| format!("\\{c}")),
        escaped(|c| format!("&#x{:X};", u32::from(c))),
        escaped(|c| format!("&#{};", u32::from(c))),
        handlebars_like(),
        KEY.replace('"', "\"\""),
        hex(KEY),
        hex(KEY).to_uppercase(),
        STANDARD.encode(KEY).trim_end_matches('=').to_owned(),
        URL_SAFE.encode(KEY).trim_end_matches('=').to_owned(),
        STANDARD.encode(KEY).trim_end_matches('=').replace('/', "\\/").replace('+', "%2B"),
    ]
}

fn handlebars_like() -> String {
    escaped(|c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        '=' => "&#x3D;".to_owned(),
        c => c.to_string(),
    })
}

#[test]
fn every_form_is_replaced_and_nothing_else() {
    let redactor = redactor();
    for form in forms() {
        let text = format!("é {form}·{form}\n");
        assert_eq!(redactor.text(&text), "é [redacted]·[redacted]\n", "{form}");
        let mut bytes = text.clone().into_bytes();
        redactor.bytes(&mut bytes);
        assert_eq!(bytes, "é [redacted]·[redacted]\n".as_bytes());
        assert!(redactor.finds(form.as_bytes()));
        let missing = &form[..form.len() - 2];
        assert!(matches!(redactor.text(missing), Cow::Borrowed(text) if text == missing), "{missing}");
    }
}

#[test]
fn base64_of_more_than_the_secret_is_replaced() {
    let redactor = redactor();
    for before in ["", "a", "ab", "abc", "user:", "some user:"] {
        for behind in ["", "x", "xy", "xyz"] {
            let encoded = STANDARD.encode(format!("{before}{KEY}{behind}"));
            let clean = redactor.text(&encoded);
            assert!(clean.contains("[redacted]"), "{before} {behind}: {clean}");
            // At the edges are characters that are half of something else.
            let most = (before.len() + behind.len()) * 4 / 3 + 8 + "[redacted]".len();
            assert!(clean.len() <= most, "{before} {behind}: {clean}");
        }
    }
}

#[test]
fn pieces_make_no_difference() {
    let redactor = redactor();
    let text = format!("a \\u00 &# % é {} b &amp", forms().join(" , "));
    let whole = redactor.text(&text).into_owned();
    assert_eq!(whole.matches("[redacted]").count(), forms().len());
    for size in (1..40).chain([text.len() - 1, text.len()]) {
        let mut writer = redactor.writer(Vec::new());
        for piece in text.as_bytes().chunks(size) {
            writer.write_all(piece).expect("memory");
            writer.flush().expect("memory");
        }
        let written = writer.finish().expect("memory");
        assert_eq!(String::from_utf8(written).as_deref(), Ok(whole.as_str()), "pieces of {size}");
    }
}

#[test]
fn a_beginning_waits_and_is_no_secret_at_the_end() {
    let redactor = redactor();
    let mut writer = redactor.writer(Vec::new());
    writer.write_all(format!("text {}", &KEY[..20]).as_bytes()).expect("memory");
    assert_eq!(writer.inner, b"text ");
    assert_eq!(writer.finish().expect("memory"), format!("text {}", &KEY[..20]).into_bytes());
}

/// `%C` of `%C3` was taken for no beginning of an escape, because two bytes are no escape.
#[test]
fn an_escape_may_be_cut_anywhere() {
    let redactor = Redactor::new([&Secret::new("schlüssel")]);
    for form in ["schl%C3%BCssel", "schl%c3%bcssel", "schl\\U00FCssel", "schl&#xFC;ssel"] {
        for cut in 0..=form.len() {
            let mut writer = redactor.writer(Vec::new());
            writer.write_all(&form.as_bytes()[..cut]).expect("memory");
            writer.write_all(&form.as_bytes()[cut..]).expect("memory");
            assert_eq!(writer.finish().expect("memory"), b"[redacted]", "{form} cut at {cut}");
        }
    }
}

#[test]
fn the_longest_of_several_counts() {
    let (short, long) = (Secret::new("12345678"), Secret::new("123456789abc"));
    let redactor = Redactor::new([&short]).and([&long]);
    assert_eq!(redactor.text("x123456789abcx12345678x"), "x[redacted]x[redacted]x");
    assert_eq!(redactor.text("1234567812345678"), "[redacted][redacted]");
    let secret = Secret::new("schlüssel-€-𝄞");
    let redactor = Redactor::new([&secret]);
    for form in
        ["schlüssel-€-𝄞", "schl%C3%BCssel-%e2%82%ac-%F0%9D%84%9E", "schl\\u00fcssel-\\u20AC-\\ud834\\udd1e"]
    {
        assert_eq!(redactor.text(form), "[redacted]");
    }
    assert_eq!(Redactor::new([&Secret::new("pass word 1")]).text("pass+word%201"), "[redacted]");
}

/// A secret of escape characters has many readings: they are followed side by side, not one after the other.
#[test]
fn ambiguous_secrets_take_no_time() {
    let redactor = Redactor::new([&Secret::new(&"\\".repeat(60)), &Secret::new(&"%25".repeat(30))]);
    let text = "\\".repeat(3000) + &"%2525".repeat(1000);
    let _ = redactor.text(&text);
    assert!(redactor.finds("\\".repeat(60).as_bytes()) && redactor.finds("\\".repeat(120).as_bytes()));
}

#[test]
fn short_secrets_are_none_and_nothing_shows_them() {
    let redactor = Redactor::new([&Secret::new("token"), &Secret::new("")]);
    assert_eq!(redactor.text("a token"), "a token");
    assert_eq!(Redactor::default().text(KEY), KEY);
    let shown = format!("{:?}", Redactor::new([&Secret::new(KEY)]));
    assert_eq!(shown, "Redactor(of 1)");
}

/// Most of a text is passed over in strides: a form is found wherever it begins, and whatever stands around it.
#[test]
fn nothing_is_passed_over() {
    let key = Secret::new("Zq7#-k\u{e9}_w");
    let redactor = Redactor::new([&key]);
    let forms = [
        "Zq7#-k\u{e9}_w".to_owned(),
        "Zq7%23-k%C3%A9_w".to_owned(),
        "\\u005aq7\\U0023\\u002Dk\\u00e9_\\x77".to_owned(),
        "Zq7&#35;-k&#x000e9;_&#+119;".to_owned(),
        hex("Zq7#-k\u{e9}_w"),
        STANDARD.encode("Zq7#-k\u{e9}_w").trim_end_matches('=').to_owned(),
    ];
    for form in forms {
        for around in ["", " ", "\"", "a", "Zq", "&", "\\", "%2", "&zz", "\u{e9}", "7#-k"] {
            for length in 0..40 {
                let text = format!("{}{form}{around}", around.repeat(length));
                let expected = format!("{}[redacted]{around}", around.repeat(length));
                assert_eq!(redactor.text(&text), expected);
                let mut writer = redactor.writer(Vec::new());
                let (one, other) = text.as_bytes().split_at(text.len() / 2);
                writer.write_all(one).expect("memory");
                writer.write_all(other).expect("memory");
                assert_eq!(writer.finish().expect("memory"), expected.as_bytes());
            }
        }
    }
}

//! Any text as a filter string. What is read can be written and read again, and what is sent says the same to a reader
//! that shares no code with the encoder.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lmq::catalog::by_path;
use lmq::filter::{Condition, Scalar, encode, is_sayable, parse};

fuzz_target!(|text: &str| {
    let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
    let conditions = match parse(endpoint, text) {
        Ok(conditions) => conditions,
        Err(mistake) => {
            if let Some(span) = mistake.span {
                assert!(text.get(span.clone()).is_some(), "{span:?} is no part of {text:?}");
            }
            return;
        }
    };
    let shown: Vec<String> = conditions.iter().map(ToString::to_string).collect();
    let again = parse(endpoint, &shown.join(",")).expect("what is shown can be read");
    assert_eq!(again, conditions);
    for condition in conditions.iter().filter(|condition| is_sayable(condition, true)) {
        assert_eq!(sent_texts(&encode(&[condition])), texts(condition));
    }
});

/// The texts of a condition, in order.
fn texts(condition: &Condition) -> Vec<String> {
    let values = condition.leaves().iter().flat_map(|leaf| &leaf.values);
    values
        .filter_map(|value| match value {
            Scalar::Text(text) => Some(text.clone()),
            Scalar::Int(_) | Scalar::Bool(_) => None,
        })
        .collect()
}

/// The texts a portal reads out of an expression: between quotes, percent-decoded, without backslashes.
fn sent_texts(expression: &str) -> Vec<String> {
    let parts: Vec<&str> = expression.split('"').collect();
    assert_eq!(parts.len() % 2, 1, "an open quote in {expression}");
    for plain in parts.iter().step_by(2) {
        assert!(plain.bytes().all(|b| b.is_ascii_alphanumeric() || b":!<>~|,-".contains(&b)), "{expression}");
    }
    parts.iter().skip(1).step_by(2).map(|content| unescaped(&decoded(content))).collect()
}

fn decoded(content: &str) -> String {
    let bytes = content.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        assert!(bytes[at] != b'+' && bytes[at] != b'*', "{content}");
        if bytes[at] == b'%' {
            out.push(u8::from_str_radix(&content[at + 1..at + 3], 16).expect("two hexadecimal digits"));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).expect("what was encoded is UTF-8")
}

fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

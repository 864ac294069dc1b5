//! A portal that sends the credentials back, in whatever encoding: nothing of them is shown.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lmq::auth::sign;
use lmq::sandbox::{Fault, Options, Sandbox};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{NOW_MS, Project};

/// The length of a piece that must not be shown.
const PIECE: usize = 16;

/// The part of the text behind `prefix`, in each encoding, as far as nothing of the prefix is in it.
fn encodings(prefix: &str, text: &str) -> Vec<(&'static str, String)> {
    let whole = format!("{prefix}{text}");
    let hex = text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        hex
    });
    vec![
        ("raw", text.to_owned()),
        ("base64", STANDARD.encode(&whole).split_off(prefix.len().div_ceil(3) * 4)),
        ("hex", hex),
        ("percent", utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()),
    ]
}

#[test]
fn credentials_that_come_back_are_not_shown_in_any_encoding() {
    let mut shown = Vec::new();
    for fault in ["echo", "echo-500"] {
        let faults = vec![Fault::parse(fault).expect("a fault")];
        let sandbox = Sandbox::start(Options { faults, ..Options::default() }, Arc::new(|| NOW_MS));
        let sandbox = sandbox.expect("a free port");
        let base = sandbox.base_url();
        let plain = Project::new().query("").env("LMQ_BASE_URL", &base);
        let bearer = sandbox.bearer_token().expose();
        let signature = sign(sandbox.access_key(), "GET", NOW_MS, "", "/setting/admins/apitokens");
        let signed = format!("LMv1 {}:", sandbox.access_id());
        let cases = [
            (plain.env("LM_BEARER_TOKEN", bearer), "Bearer ", bearer),
            (Project::new().query("").sandbox(&sandbox), &*signed, &*signature),
        ];
        for (project, prefix, secret) in cases {
            // Each answer begins with another encoding.
            for _ in 0..4 {
                let ran = project.run(&["q.yaml"]);
                assert!(matches!(ran.code, 4 | 5), "{}", ran.stderr);
                for (encoding, text) in encodings(prefix, secret) {
                    let mut pieces = text.as_bytes().windows(PIECE).map(String::from_utf8_lossy);
                    if pieces.any(|piece| ran.both().contains(&*piece)) {
                        shown.push(format!("{fault}, {encoding}: {}", ran.stderr));
                    }
                }
            }
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

//! Any text as a JSONPath: mistakes have a place inside it, and what is accepted selects without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lmq::catalog::TOKEN_FIELDS;
use lmq::path::{Known, Root, parse};
use lmq::row::{Cell, Layout, Name};

fuzz_target!(|text: &str| {
    let mut known: Vec<Known> =
        TOKEN_FIELDS.iter().map(|field| Known { name: field.name.to_owned(), kind: Some(field.kind) }).collect();
    known.push(Known { name: "expiresOn".to_owned(), kind: None });
    let layout = Layout::new(TOKEN_FIELDS.iter().map(Name::Known).collect());
    let mut row = layout.empty_row();
    row.set(0, Cell::Int(7));
    row.set(4, Cell::text("svc-x"));
    row.set(5, Cell::List(["administrator".into()].into()));
    let row = row.to_json(&layout);
    let rows = vec![layout.empty_row().to_json(&layout), row.clone()].into();
    for root in [Root::Rows, Root::Row] {
        match parse(text, root, &known) {
            Ok(path) => {
                assert_eq!(path.as_str(), text);
                assert!(path.fields().iter().all(|field| known.iter().any(|known| known.name == *field)));
                match root {
                    Root::Rows => assert!(path.select(&rows).iter().all(|index| *index < 2)),
                    Root::Row => drop(path.values(&row)),
                }
            }
            Err(mistakes) => {
                assert!(!mistakes.is_empty());
                for span in mistakes.into_iter().filter_map(|mistake| mistake.span) {
                    assert!(text.get(span.clone()).is_some(), "{span:?} is no part of {text:?}");
                }
            }
        }
    }
});

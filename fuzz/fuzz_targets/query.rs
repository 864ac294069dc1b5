//! Any bytes as a query file: a query or mistakes, never a panic; a query that is valid can be planned and asked for.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use lmq::diag::{Source, render};
use lmq::spec::{Inputs, Missing, load};

fuzz_target!(|bytes: &[u8]| {
    // Files are read as text before the loader sees them.
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let source = Source::new("fuzz.yaml", text);
    for missing in [Missing::Mistake, Missing::StandIn] {
        let (query, diagnostics) = load(&source, &Inputs { missing, ..Inputs::default() });
        for diagnostic in diagnostics.iter().take(20) {
            render(diagnostic, false);
        }
        let Some(query) = query else {
            assert!(diagnostics.iter().any(|diagnostic| diagnostic.is_error()), "no query, and no error");
            continue;
        };
        assert!(!diagnostics.iter().any(|diagnostic| diagnostic.is_error()), "a query with an error");
        for now in [0, 1_700_000_000, i64::MAX, i64::MIN] {
            let plan = lmq::plan::plan(&query, &BTreeSet::new(), now);
            assert!(!plan.listings.is_empty());
            for listing in &plan.listings {
                let url = listing.query_string(u64::MAX, plan.size);
                assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
            }
        }
    }
});

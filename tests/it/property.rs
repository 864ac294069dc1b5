//! A filter means the same wherever it runs: generated filters on generated tokens, evaluated by the sandbox's portal
//! (`pushdown: all`), in part by it (`safe`), by lmq alone (`none`), and by `truth`, which shares no code with either.

mod draw;
mod model;
mod truth;
mod write;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use lmq::diag::Source;
use lmq::filter::Matcher;
use lmq::plan::{Listing, Plan, plan};
use lmq::portal::Walked;
use lmq::row::{Layout, Row, decode};
use lmq::sandbox::data::{FIELDS, Kind, Token};
use lmq::sandbox::{self, Options, Sandbox};
use lmq::shape::shape;
use lmq::spec::{Inputs, Pushdown, Query, load};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::{NOW_MS, Project, ids};
use model::Item;

/// In epoch seconds.
const NOW: i64 = NOW_MS / 1000;
const PORTAL: &str = "acme";
const CASES: u32 = 10_000;

/// A token by what its listing calls it.
type Key = (Kind, i64);

/// The tokens of sandboxes with several seeds, and their rows.
static WORLDS: LazyLock<Vec<Tokens>> = LazyLock::new(|| {
    let world = |seed| {
        let options = Options { seed, tokens: 40, ..Options::default() };
        let sandbox = Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port");
        Tokens::new(sandbox.truth())
    };
    [1, 2, 3, 77].into_iter().map(world).collect()
});

/// The layout of every query that names no `fields`.
static LAYOUT: LazyLock<Arc<Layout>> = LazyLock::new(|| {
    let (query, _) = load(&Source::new("q.yaml", "endpoint: apitokens\n"), &Inputs::default());
    plan(&query.expect("valid"), &BTreeSet::new(), NOW).layout
});

/// Tokens, and the rows that a portal's answer makes of them.
struct Tokens {
    tokens: Vec<Token>,
    rows: Vec<Row>,
}

impl Tokens {
    fn new(tokens: Vec<Token>) -> Self {
        let items: Vec<_> = tokens.iter().map(|token| token.json(FIELDS)).collect();
        let body = serde_json::json!({ "total": items.len(), "items": items }).to_string();
        let rows = decode(body.as_bytes(), &LAYOUT).expect("a page").rows;
        Self { tokens, rows }
    }

    /// The rows a portal answers a request with.
    fn answer(&self, url: &str) -> Result<Vec<Row>, TestCaseError> {
        let taken = sandbox::matching(&self.tokens, url);
        let taken = taken.map_err(|message| TestCaseError::fail(format!("{message}: {url}")))?;
        let index = |token: &Token| self.tokens.iter().position(|other| std::ptr::eq(other, token));
        Ok(taken.into_iter().filter_map(index).map(|index| self.rows[index].clone()).collect())
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn a_filter_means_the_same_wherever_it_runs() {
    // How many cases sent something, and how many took some rows and left others.
    let (sent, parted) = ([const { Cell::new(0) }; 3], Cell::new(0));
    let strategy = (draw::items(), draw::tokens(), 0..WORLDS.len());
    let outcome = TestRunner::new(config(CASES)).run(&strategy, |(items, tokens, world)| {
        let portals = [&WORLDS[world], &Tokens::new(numbered(tokens))];
        let text = write::query(&items);
        let query = loaded(&text)?;
        let expected = portals.map(|portal| by_truth(&items, &portal.tokens));
        for (pushdown, sent) in [Pushdown::All, Pushdown::Safe, Pushdown::None].into_iter().zip(&sent) {
            let query = Query { pushdown, ..query.clone() };
            let plan = plan(&query, &BTreeSet::new(), NOW);
            prop_assert_eq!(&plan.layout, &*LAYOUT);
            for (portal, expected) in portals.iter().zip(&expected) {
                let found = by_lmq(&query, &plan, portal)?;
                prop_assert_eq!(&found, expected, "{:?}: {:?}\n{}", pushdown, plan.listings[0].filter, text);
            }
            sent.set(sent.get() + usize::from(!plan.sent.is_empty()));
        }
        parted.set(parted.get() + usize::from((1..portals[0].tokens.len()).contains(&expected[0].len())));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    // The cases are worth something.
    let sent = sent.map(Cell::into_inner);
    let cases = CASES as usize;
    assert!(sent[0] > cases / 2 && sent[1] > cases / 10 && sent[2] == 0, "sent by all, safe, none: {sent:?}");
    assert!(parted.get() > cases / 4, "{parted:?} took some rows and left others");
}

#[test]
fn a_run_over_the_network_brings_what_the_truth_says() {
    let options = Options { seed: 5, rate_limit: 1_000_000, ..Options::default() };
    let sandbox = Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port");
    let outcome = TestRunner::new(config(50)).run(&draw::items(), |items| {
        // The portal of a run has a name of its own.
        prop_assume!(!format!("{items:?}").contains("\"portal\""));
        let expected = by_truth(&items, &sandbox.truth());
        for pushdown in ["all", "safe", "none"] {
            let text = format!(
                "type: all\nfields: [id, tokenType]\npushdown: {pushdown}\n{}",
                write::filters(&items)
            );
            let ran = Project::new().query(&text).sandbox(&sandbox).run(&["-f", "json", "q.yaml"]);
            prop_assert_eq!(ran.code, 0, "{}\n{}", text, ran.stderr);
            let document = ran.json();
            let kinds = document["records"].as_array().into_iter().flatten();
            let kinds = kinds.map(|record| match record["tokenType"].as_str() {
                Some("bearer") => Kind::Bearer,
                _ => Kind::Lmv1,
            });
            let found: BTreeSet<(bool, i64)> =
                kinds.zip(ids(&document)).map(|(kind, id)| (kind == Kind::Bearer, id)).collect();
            let wanted: BTreeSet<(bool, i64)> =
                expected.iter().map(|(kind, id)| (*kind == Kind::Bearer, *id)).collect();
            prop_assert_eq!(found, wanted, "{}", text);
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// With distinct ids, each kind's in a sequence.
fn numbered(mut tokens: Vec<Token>) -> Vec<Token> {
    tokens.sort_by_key(|token| token.kind == Kind::Bearer);
    tokens.iter_mut().zip(1..).for_each(|(token, id)| token.id = id);
    tokens
}

fn loaded(text: &str) -> Result<Query, TestCaseError> {
    let (query, diagnostics) = load(&Source::new("q.yaml", text), &Inputs::default());
    prop_assert!(diagnostics.is_empty(), "{}\n{:#?}", text, diagnostics);
    query.ok_or_else(|| TestCaseError::fail(format!("no query:\n{text}")))
}

fn by_truth(items: &[Item], tokens: &[Token]) -> Vec<Key> {
    let taken = tokens.iter().filter(|token| items.iter().all(|item| truth::holds(item, token)));
    taken.map(|token| (token.kind, token.id)).collect()
}

/// What a run brings when this portal answers its requests.
fn by_lmq(query: &Query, plan: &Plan, portal: &Tokens) -> Result<Vec<Key>, TestCaseError> {
    let mut found = Vec::new();
    for (listing, kind) in plan.listings.iter().zip([Kind::Lmv1, Kind::Bearer]) {
        let rows = portal.answer(&listing.query_string(0, plan.size))?;
        // A row that breaks what was sent would make the run incomplete.
        let matcher = Matcher::new(&plan.sent, &plan.layout).ignoring_case();
        prop_assert!(rows.iter().all(|row| matcher.matches(row)), "a row breaks {:?}", listing.filter);
        let mut walked = [walked(listing, rows)];
        let shaped = shape(query, plan, &mut walked, NOW);
        let id = plan.layout.index("id").expect("it is always fetched");
        found.extend(shaped.rows.iter().filter_map(|row| row.cell(id).as_int()).map(|id| (kind, id)));
    }
    Ok(found)
}

fn walked(listing: &Listing, rows: Vec<Row>) -> Walked {
    Walked { rows_read: rows.len(), rows, pages: 1, ..Walked::nothing(PORTAL, listing) }
}

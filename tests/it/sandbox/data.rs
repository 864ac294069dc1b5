//! What the portal holds, and how it comes and goes.

use std::collections::HashSet;
use std::net::TcpStream;
use std::sync::Arc;

use lmq::sandbox::data::{Kind, NeverUsed, RoleForm, Status, Token};
use lmq::sandbox::{Options, Sandbox};

use super::client::get;
use super::{NOW_MS, portal};

const DAY_S: i64 = 86_400;
const MIDNIGHT_S: i64 = 1_699_920_000;

fn at(now_ms: i64, options: Options) -> Sandbox {
    Sandbox::start(options, Arc::new(move || now_ms)).expect("a free port")
}

fn of(sandbox: &Sandbox, kind: Kind) -> Vec<Token> {
    sandbox.truth().into_iter().filter(|token| token.kind == kind).collect()
}

#[test]
fn the_data_has_what_an_audit_looks_for_whatever_the_seed() {
    for seed in [0, 1, 2, 77, u64::MAX] {
        let sandbox = portal(Options { seed, ..Options::default() });
        let tokens = sandbox.truth();
        let owners: HashSet<&str> = tokens.iter().map(|token| token.admin_name.as_str()).collect();
        assert_eq!((tokens.len(), owners.len()), (120, 25));
        for (kind, count) in [(Kind::Lmv1, 72), (Kind::Bearer, 48)] {
            let tokens = of(&sandbox, kind);
            assert_eq!(tokens.len(), count);
            assert!(tokens.is_sorted_by(|a, b| a.id < b.id) && tokens[0].id <= 2);
            let has = |what: &str, wanted: &dyn Fn(&Token) -> bool| {
                assert!(tokens.iter().any(wanted), "seed {seed}, {kind:?}: {what}");
            };
            for form in [NeverUsed::Zero, NeverUsed::Null, NeverUsed::Absent] {
                has("never used", &|token| token.last_used_on.is_none() && token.never_used == form);
            }
            has("idle", &|token| token.last_used_on.is_some_and(|time| time < MIDNIGHT_S - 365 * DAY_S));
            has("used today", &|token| token.last_used_on == Some(MIDNIGHT_S));
            has("recent", &|token| token.created_on >= MIDNIGHT_S - 60 * DAY_S);
            has("disabled", &|token| token.status == Status::Disabled);
            has("roles as objects", &|token| token.role_form == RoleForm::Objects && !token.roles.is_empty());
            has("without a note", &|token| token.note.is_none());
            has("without an address", &|token| token.last_auth_ip.is_none() && token.last_used_on.is_some());
            has("of 131", &|token| token.admin_id == 131);
            has("of lmsupport or an administrator", &|token| token.roles == ["administrator"]);
        }
        for token in tokens {
            assert!(token.last_used_on.is_none_or(|time| token.created_on <= time && time <= MIDNIGHT_S));
            assert_eq!(token.access_id.is_some(), token.kind == Kind::Lmv1);
        }
    }
}

#[test]
fn awkward_notes_are_there() {
    let sandbox = portal(Options::default());
    let parts = [
        "<script>",
        "onerror=",
        "|",
        "\n",
        "=cmd|",
        "+1",
        "@SUM",
        "🚀",
        "\u{1b}[31m",
        "\u{202e}",
        "\t",
        "\u{7}",
        "\"no\"",
        "\\\\",
        "${x}",
        "{{note}}",
    ];
    let tokens = sandbox.truth();
    let notes: Vec<&str> = tokens.iter().filter_map(|token| token.note.as_deref()).collect();
    for part in parts {
        assert!(notes.iter().any(|note| note.contains(part)), "{part}");
    }
    assert!(notes.iter().any(|note| note.chars().count() == 500));
    assert!(notes.iter().all(|note| !note.contains('\0')));
}

#[test]
fn ids_of_the_two_kinds_collide() {
    let sandbox = portal(Options::default());
    let ids = |kind| of(&sandbox, kind).iter().map(|token| token.id).collect::<HashSet<i64>>();
    assert!(ids(Kind::Lmv1).intersection(&ids(Kind::Bearer)).count() > 10);
}

#[test]
fn ages_in_days_are_the_same_on_every_day_and_at_every_hour() {
    let ages = |now_ms: i64| {
        let sandbox = at(now_ms, Options::default());
        let days = |time: i64| (now_ms / 1000 - time).div_euclid(DAY_S);
        let ages =
            sandbox.truth().into_iter().map(|token| (days(token.created_on), token.last_used_on.map(days)));
        ages.collect::<Vec<_>>()
    };
    let expected = ages(NOW_MS);
    for now_ms in [MIDNIGHT_S * 1000, (MIDNIGHT_S + DAY_S) * 1000 - 1, NOW_MS + 400 * DAY_S * 1000] {
        assert_eq!(ages(now_ms), expected, "{now_ms}");
    }
}

#[test]
fn the_same_seed_makes_the_same_portal() {
    let first = portal(Options::default());
    let again = portal(Options::default());
    let other = portal(Options { seed: 2, ..Options::default() });
    assert_eq!(first.truth(), again.truth());
    assert_ne!(first.truth(), other.truth());
    let secrets = |sandbox: &Sandbox| {
        let secrets = [sandbox.access_key(), sandbox.bearer_token()].map(|secret| secret.expose().to_owned());
        assert!(secrets[0].len() >= 20 && secrets[1].starts_with("lmb_") && secrets[1].len() >= 40);
        (sandbox.access_id().to_owned(), secrets)
    };
    assert_eq!(secrets(&first), secrets(&again));
    assert_ne!(secrets(&first), secrets(&other));
    assert_eq!(secrets(&first), secrets(&portal(Options { tokens: 5, ..Options::default() })));
}

#[test]
fn small_and_large_portals_work() {
    for (tokens, lmv1, bearer) in [(0, 0, 0), (1, 1, 0), (2, 1, 1), (5, 3, 2), (10_000, 6000, 4000)] {
        let sandbox = portal(Options { tokens, ..Options::default() });
        assert_eq!((of(&sandbox, Kind::Lmv1).len(), of(&sandbox, Kind::Bearer).len()), (lmv1, bearer));
        let page = get(&sandbox, "/setting/admins/apitokens?size=1000&fields=id,accessId");
        assert_eq!((page.status, &page.body["total"]), (200, &lmv1.into()));
        assert_eq!(page.items().len(), lmv1.min(1000));
        assert_eq!(get(&sandbox, "/setting/admins/apitokens?type=bearer").body["total"], bearer);
        assert_eq!(get(&sandbox, "/setting/admins/131/apitokens").status, 200);
        let own = |token: &&Token| token.access_id.as_deref() == Some(sandbox.access_id());
        assert_eq!(sandbox.truth().iter().filter(own).count(), lmv1.min(1));
        let keys = sandbox.truth().into_iter().map(|token| (token.kind == Kind::Bearer, token.id));
        assert_eq!(keys.collect::<HashSet<_>>().len(), tokens);
    }
}

#[test]
fn dropping_it_frees_the_port_though_a_client_holds_on() {
    let sandbox = portal(Options::default());
    let base = sandbox.base_url();
    let address = base.strip_prefix("http://").unwrap().strip_suffix("/santaba/rest").unwrap();
    let port = address.strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    let taken = Sandbox::start(Options { port, ..Options::default() }, Arc::new(|| NOW_MS));
    assert_eq!(taken.err().unwrap().kind(), std::io::ErrorKind::AddrInUse);
    let held = TcpStream::connect(address).unwrap();
    assert_eq!(get(&sandbox, "/setting/admins/apitokens").status, 200);
    drop(sandbox);
    assert!(TcpStream::connect(address).is_err());
    drop(held);
}

//! Several portals on one thread, and the configuration that names them.

use std::collections::BTreeSet;

use lmq::config::{Auth, SecretSource, Trust};
use lmq::diag::Source;
use lmq::sandbox::{Fault, Options, Sandbox, configuration, environment};

use super::client::get;
use super::clock;

const ALL: &str = "/setting/admins/apitokens";

fn start(count: usize, tokens: usize) -> Vec<Sandbox> {
    let options = (1..).take(count).map(|seed| Options { seed, tokens, ..Options::default() });
    Sandbox::start_many(options.collect(), &clock().1).expect("free ports")
}

/// The threads of this process that serve portals.
#[cfg(target_os = "linux")]
fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux has it").flatten();
    tasks
        .filter(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "sandbox")
        })
        .count()
}

#[cfg(target_os = "linux")]
#[test]
fn two_hundred_portals_are_one_thread() {
    // Other tests may share the process.
    let before = threads();
    let sandboxes = start(200, 2);
    assert!(threads() < before + 100);
    assert_eq!(get(&sandboxes[0], ALL).status, 200);
    assert_eq!(get(&sandboxes[199], ALL).status, 200);
    let urls: BTreeSet<String> = sandboxes.iter().map(Sandbox::base_url).collect();
    assert_eq!(urls.len(), 200);
}

#[test]
fn each_portal_has_tokens_credentials_and_faults_of_its_own_and_lives_as_long_as_one_handle() {
    let fault = Fault::parse("status=503").expect("a fault");
    let options = [
        Options { seed: 7, ..Options::default() },
        Options { seed: 8, faults: vec![fault], ..Options::default() },
    ];
    let mut sandboxes = Sandbox::start_many(options.to_vec(), &clock().1).expect("free ports");
    let second = sandboxes.pop().expect("two portals");
    let first = sandboxes.pop().expect("one more");
    assert_ne!(first.truth(), second.truth());
    assert_ne!(first.access_id(), second.access_id());
    assert_eq!((get(&first, ALL).status, get(&second, ALL).status), (200, 503));
    assert_eq!((first.requests().len(), second.requests().len()), (1, 1));
    drop(first);
    assert_eq!(get(&second, ALL).status, 503);
    let alone = Sandbox::start(Options { seed: 8, ..Options::default() }, clock().1).expect("a free port");
    assert_eq!(alone.truth(), second.truth());
}

#[test]
fn the_configuration_names_each_portal_and_holds_no_secret() {
    let sandboxes = start(3, 5);
    let text = configuration(&sandboxes);
    let environment = environment(&sandboxes);
    let source = Source::new("lmq.yaml", text.as_str());
    let config = lmq::config::load(&source, Trust::User).expect("a user's configuration");
    assert_eq!(config.portals.len(), 3);
    let value = |source: &SecretSource| {
        let SecretSource::Env(name) = source else { panic!("{source:?}") };
        environment.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    };
    for (portal, sandbox) in config.portals.iter().zip(&sandboxes) {
        assert_eq!(portal.address, sandbox.portal().address);
        let Auth::Lmv1 { access_id, access_key } = &portal.auth else { panic!("{portal:?}") };
        assert_eq!(value(access_id), Some(sandbox.access_id()));
        assert_eq!(value(access_key), Some(sandbox.access_key().expose()));
        assert!(!text.contains(sandbox.access_key().expose()));
    }
    let names: Vec<&str> = config.portals.iter().map(|portal| portal.name.as_str()).collect();
    assert_eq!((names, environment.len()), (vec!["sandbox-1", "sandbox-2", "sandbox-3"], 6));
}

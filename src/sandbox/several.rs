//! Several portals as a configuration and the environment it needs, for a run that asks all of them.

use std::fmt::Write as _;

use super::Sandbox;

/// The text of an `lmq.yaml` that names each portal: `sandbox-1`, `sandbox-2`, … It holds no secret.
#[must_use]
pub fn configuration(sandboxes: &[Sandbox]) -> String {
    let mut text = "portals:\n".to_owned();
    for (number, sandbox) in (1..).zip(sandboxes) {
        let (id, key) = names(number);
        write!(
            text,
            "  sandbox-{number}:\n    account: http://{}\n    auth:\n      accessId: {{ env: {id} }}\n      accessKey: {{ env: {key} }}\n",
            sandbox.address
        )
        .expect("writing to a string cannot fail");
    }
    text
}

/// The variables that the configuration names, with their values.
#[must_use]
pub fn environment(sandboxes: &[Sandbox]) -> Vec<(String, String)> {
    let portals = (1..).zip(sandboxes);
    portals
        .flat_map(|(number, sandbox)| {
            let (id, key) = names(number);
            [(id, sandbox.access_id().to_owned()), (key, sandbox.access_key().expose().to_owned())]
        })
        .collect()
}

/// The variables that hold access id and key of the portal of this number.
fn names(number: u32) -> (String, String) {
    (format!("LM_SANDBOX_{number}_ACCESS_ID"), format!("LM_SANDBOX_{number}_ACCESS_KEY"))
}

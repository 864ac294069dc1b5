//! Exit codes: a finding is 1, and never hides that something could not be looked at.

use serde_json::json;

use super::{IDLE, portal, query, tokens};
use crate::support::{Project, Reply, Stub, page};

#[test]
fn severities_fail_as_asked() {
    let cases = [
        ("error", "error", 1),
        ("error", "never", 0),
        ("warning", "error", 0),
        ("warning", "warning", 1),
        ("warning", "info", 1),
        ("info", "warning", 0),
        ("info", "info", 1),
        ("info", "never", 0),
    ];
    for (severity, fail_on, code) in cases {
        let stub = portal(&tokens());
        let project = query(&stub, &format!("{IDLE}    severity: {severity}\n"), "");
        project.run(&["--fail-on", fail_on, "q.yaml"]).exits(code).says(&["2 findings"]);
    }
    let stub = portal(&tokens());
    query(&stub, IDLE, "").run(&["q.yaml"]).exits(1);
}

/// A row that a null field leaves undecided, beside two that are found.
fn doubtful() -> Stub {
    let mut rows = tokens();
    rows[3]["createdOn"] = json!(null);
    rows[3]["lastUsedOn"] = json!(null);
    portal(&rows)
}

#[test]
fn incomplete_is_worse_than_findings() {
    let stub = doubtful();
    let project = query(&stub, IDLE, "");
    project.run(&["q.yaml"]).exits(6).says(&["error[no-idle]: 2 findings", "incomplete"]);
    project.run(&["--fail-on", "never", "q.yaml"]).exits(6);
    project.run(&["--allow-partial", "q.yaml"]).exits(1);
    project.run(&["--allow-partial", "--fail-on", "never", "q.yaml"]).exits(0);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_worse_than_findings() {
    let stub = portal(&tokens());
    let project = query(&stub, IDLE, "");
    project.run(&["-f", "csv", "-o", "/dev/full", "q.yaml"]).exits(7).says(&["error[no-idle]: 2 findings"]);
}

#[test]
fn a_portal_that_fails_is_worse_than_findings_of_another_query() {
    let stub = Stub::start(|seen| {
        if seen.path.contains("/131/") { Reply::error(400, 1400, "no") } else { page(&tokens(), 4) }
    });
    let project = query(&stub, IDLE, "").file("r.yaml", "endpoint: apitokens\nadminId: 131\n");
    project.run(&["q.yaml", "r.yaml", "-f", "json"]).exits(5).says(&["error[no-idle]: 2 findings"]);
}

#[test]
fn fewer_rows_than_expected_are_no_finding_of_a_short_list() {
    let mut rows = tokens();
    rows[3]["id"] = json!(null);
    let stub = portal(&rows);
    let count = |bounds: &str| format!("  - {{ id: n, count: {{ {bounds} }}, message: m }}\n");
    let run = |bounds: &str, code: u8| {
        let project = query(&stub, &count(bounds), "");
        project.run(&["--allow-partial", "-f", "json", "q.yaml"]).exits(code).json()
    };
    assert_eq!(run("min: 4", 0)["findings"], json!([]));
    assert_eq!(run("max: 2", 1)["findings"][0]["id"], "n", "that there are too many is known");
}

#[test]
fn a_query_that_expects_nothing_finds_nothing() {
    let ran = Project::new().query("").run(&["--sandbox", "--fail-on", "info", "q.yaml"]).exits(0);
    assert!(!ran.both().contains("finding"), "{}", ran.both());
}

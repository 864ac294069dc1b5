//! What the terminal is told of findings.

use serde_json::json;

use super::{IDLE, portal, query, tokens};
use crate::support::{Stub, page, row};

#[test]
fn each_expectation_is_told_once_at_its_place() {
    let stub = portal(&tokens());
    let ran = query(&stub, IDLE, "").run(&["q.yaml"]).exits(1);
    let told = "\
error[no-idle]: 2 findings
 --> q.yaml:3:9
  |
3 |   - id: no-idle
  |         ^^^^^^^
  |
  = note: token 2 of owner2 is idle for 115 days
  = note: token 3 of owner3 is idle for 115 days
";
    assert!(ran.stderr.starts_with(told), "{}", ran.stderr);
    assert!(ran.stderr.contains(", complete, 2 findings, "), "{}", ran.stderr);
}

#[test]
fn one_finding_is_its_message_and_many_are_counted() {
    let stub = portal(&tokens());
    let expect = "  - { id: one, select: '$[?@.id == 1]', severity: info, message: 'only {{id}}' }\n";
    query(&stub, expect, "").run(&["q.yaml"]).exits(0).says(&["info[one]: only 1\n"]);
    let rows: Vec<_> = (1..=40).map(row).collect();
    let stub = Stub::saying(page(&rows, 40));
    let ran = query(&stub, "  - { id: all, select: '$[*]', severity: warning, message: '{{id}}' }\n", "")
        .run(&["q.yaml"])
        .exits(0)
        .says(&["warning[all]: 40 findings", "= note: 5\n", "= note: and 35 more\n"]);
    assert!(!ran.stderr.contains("= note: 6\n"), "{}", ran.stderr);
}

#[test]
fn quiet_keeps_errors() {
    let stub = portal(&tokens());
    let warning = IDLE.replace("no-idle", "b") + "    severity: warning\n";
    let ran = query(&stub, &format!("{IDLE}{warning}"), "").run(&["-q", "q.yaml"]).exits(1);
    assert!(ran.stderr.contains("error[no-idle]") && !ran.stderr.contains("warning[b]"), "{}", ran.stderr);
}

#[test]
fn the_worst_come_first_and_before_the_reasons() {
    let mut rows = tokens();
    rows[3]["createdOn"] = json!(null);
    rows[3]["lastUsedOn"] = json!(null);
    let stub = portal(&rows);
    let info = IDLE.replace("no-idle", "a") + "    severity: info\n";
    let ran = query(&stub, &format!("{info}{IDLE}"), "").run(&["q.yaml"]).exits(6);
    let at = |part: &str| ran.stderr.find(part).unwrap_or_else(|| panic!("{part}: {}", ran.stderr));
    assert!(at("error[no-idle]") < at("info[a]") && at("info[a]") < at("incomplete: "), "{}", ran.stderr);
}

/// No text of a portal acts on a terminal or ends the line of a GitHub command.
#[test]
fn a_hostile_row_stays_text() {
    let mut rows = tokens();
    rows[1]["note"] = json!("\u{1b}[31mred\r\n::error::x\u{202e}");
    let stub = portal(&rows);
    let expect = "  - { id: a, select: '$[?@.id == 2]', message: '{{{note}}}' }\n";
    for format in ["table", "csv", "tsv", "ndjson", "json", "yaml", "markdown"] {
        let ran = query(&stub, expect, "").run(&["-f", format, "q.yaml"]).exits(1);
        let active = |c: char| c == '\u{1b}' || c == '\u{202e}' || c == '\r';
        assert!(!ran.both().contains(active), "{format}: {:?}", ran.both());
        assert!(!ran.stderr.lines().any(|line| line.starts_with("::")), "{format}: {}", ran.stderr);
    }
}

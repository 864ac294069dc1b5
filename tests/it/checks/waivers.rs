//! Waivers: accepted in the open, for a time.

use serde_json::{Value, json};

use super::{IDLE, found, portal, query, tokens};
use crate::support::{Project, Ran};

/// The tests' clock stands at 2023-11-14T22:13:20Z.
fn waiver(matches: &str, expires: &str) -> String {
    format!(
        "  - {{ expect: no-idle, match: {{ {matches} }}, reason: runs once a year, owner: maria, expires: {expires} }}\n"
    )
}

fn with(waivers: &str) -> Ran {
    let stub = portal(&tokens());
    query(&stub, IDLE, &format!("waivers:\n{waivers}")).run(&["-f", "json", "q.yaml"])
}

#[test]
fn what_is_waived_is_marked_and_counts_no_more() {
    let ran = with(&waiver("id: 2", "2023-12-31")).exits(1).says(&["1 finding, 1 waived"]);
    let document = ran.json();
    assert_eq!((found(&document["findings"]), found(&document["waived"])), (vec![3], vec![2]));
    let accepted = json!({"reason": "runs once a year", "owner": "maria", "expires": "2023-12-31"});
    assert_eq!(document["waived"][0]["waiver"], accepted);
    assert_eq!(document["findings"][0]["waiver"], Value::Null);
    let both = waiver("id: 2, tokenType: lmv1", "2023-12-31") + &waiver("adminName: owner3", "2023-12-31");
    with(&both).exits(0).says(&["0 findings, 2 waived"]);
}

#[test]
fn the_last_day_holds_and_the_next_does_not() {
    let all = "roles: [readonly]";
    with(&waiver(all, "2023-11-14")).exits(0);
    let ran = with(&waiver(all, "2023-11-13")).exits(1).says(&["2 findings"]);
    assert!(found(&ran.json()["waived"]).is_empty());
    ran.says(&[
        "warning: q.yaml:7: the waiver of `no-idle` by maria has expired: its last day was 2023-11-13",
    ]);
}

#[test]
fn the_clock_is_the_real_one() {
    let stub = portal(&tokens());
    let project = query(&stub, IDLE, &format!("waivers:\n{}", waiver("status: 2", "2023-11-13")));
    project.env("SOURCE_DATE_EPOCH", "1600000000").run(&["q.yaml"]).exits(1).says(&["has expired"]);
}

#[test]
fn all_fields_must_have_their_values() {
    let cases = [
        ("id: 9", 2),
        ("id: 2, adminName: owner3", 2),
        ("adminId: 131, status: 2", 0),
        ("enabled: true, portal: nobody", 2),
        ("note: Note 2", 2),
        ("note: note 2", 1),
    ];
    for (matches, open) in cases {
        let ran = with(&waiver(matches, "2023-12-31"));
        let document = ran.json();
        assert_eq!(found(&document["findings"]).len(), open, "{matches}");
        let told = ran.stderr.contains("q.yaml:7: the waiver of `no-idle` by maria matches no finding");
        assert_eq!(told, open == 2, "{matches}: {}", ran.stderr);
    }
}

#[test]
fn waived_rows_do_not_count_towards_the_most() {
    let stub = portal(&tokens());
    let waivers = format!("    max: 1\nwaivers:\n{}", waiver("id: 2", "2023-12-31"));
    let ran = query(&stub, IDLE, &waivers).run(&["-f", "json", "q.yaml"]).exits(0);
    let document = ran.json();
    assert_eq!((found(&document["findings"]), found(&document["waived"])), (vec![], vec![2]));
    assert!(!ran.stderr.contains("matches no finding"), "{}", ran.stderr);
}

#[test]
fn a_count_is_waived_by_its_portal() {
    let stub = portal(&tokens());
    let expect = "  - { id: no-idle, count: { min: 9 }, message: few }\n";
    let project = query(&stub, expect, "");
    let name = project.run(&["-f", "json", "q.yaml"]).exits(1).json()["portals"][0]["name"].clone();
    let waiver = waiver(&format!("portal: {name}"), "2023-12-31");
    query(&stub, expect, &format!("waivers:\n{waiver}")).run(&["q.yaml"]).exits(0);
}

#[test]
fn they_may_stand_in_a_file_of_the_project() {
    let stub = portal(&tokens());
    let text = format!("endpoint: apitokens\nexpect:\n{IDLE}");
    let file = waiver("status: 2", "2023-12-31");
    let project = Project::new()
        .stub(&stub)
        .file("queries/a.yaml", format!("{text}waivers: ./a.waivers.yaml\n"))
        .file("queries/b.yaml", format!("{text}waivers: b.waivers.yaml\n"))
        .file("queries/a.waivers.yaml", &file)
        .file("b.waivers.yaml", &file);
    project.run(&["queries", "-f", "json"]).exits(0).says(&["a: 4 tokens", "0 findings, 2 waived"]);
    project.write("b.waivers.yaml", file.replace("no-idle", "no-idel"));
    project.run(&["queries", "-f", "json"]).exits(2).says(&[
        "error[LMQ026]: there is no expectation `no-idel`",
        "--> b.waivers.yaml:1:15",
        "did you mean `no-idle`?",
    ]);
    project.write("b.waivers.yaml", "expect: x\n");
    project.run(&["queries", "-f", "json"]).exits(2).says(&["error[LMQ014]"]);
    project.write("b.waivers.yaml", vec![b' '; 1024 * 1024 + 1]);
    project.run(&["queries", "-f", "json"]).exits(2).says(&["error[LMQ035]", "larger than 1024 KiB"]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_refused() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(outside.path().join("x.waivers.yaml"), "[]").expect("writable");
    let project = Project::new().query(&format!("expect:\n{IDLE}waivers: x.waivers.yaml\n"));
    std::os::unix::fs::symlink(outside.path().join("x.waivers.yaml"), project.path("x.waivers.yaml"))
        .expect("writable");
    project.lmq(&["validate", "q.yaml"]).exits(2).says(&["error[LMQ035]"]);
}

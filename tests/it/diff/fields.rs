//! Which fields count.

use serde_json::json;

use super::{Portal, changes, told, two, with};
use crate::support::{Reply, Stub, rows};

#[test]
fn the_last_use_and_what_is_derived_count_when_they_are_named() {
    let (_portal, project) = two();
    let compared = |fields: &str| {
        let ran = project.lmq(&["diff", "old.json", "new.json", "-f", "json", "--compare", fields]);
        ran.exits(1).json()
    };
    let document = compared("lastUsedOn,idleDays,neverUsed");
    assert_eq!(told(&document), [vec![8], vec![3], vec![4]]);
    assert_eq!(
        changes(&document),
        [json!([
            {"field": "lastUsedOn", "old": 1_690_000_000, "new": 1_699_000_000},
            {"field": "idleDays", "old": 115, "new": 11},
        ])]
    );
    assert_eq!(document["diff"]["fields"], json!(["lastUsedOn", "idleDays", "neverUsed"]));
    assert_eq!(told(&compared("status"))[2], [2]);
    assert_eq!(told(&compared("-status,-note"))[2], [5]);
    assert_eq!(told(&compared("-roles"))[2], [2]);
}

/// A list is a set: a portal may name roles in any order.
#[test]
fn the_order_of_a_list_is_no_difference_and_nothing_is_not_an_empty_text() {
    let before = with(rows(3), 1, &json!({"roles": ["a", "b"], "note": null}));
    let portal = Portal::start(with(before, 2, &json!({"note": null, "lastUsedOn": 0})));
    let project = portal.project("");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    let after = with(rows(3), 1, &json!({"roles": ["b", "a"], "note": ""}));
    let mut after = with(after, 2, &json!({"lastUsedOn": null}));
    after[1].as_object_mut().expect("a row").remove("note");
    portal.serve(after);
    let document = project.run(&["--baseline", "old.json", "-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(told(&document), [vec![], vec![], vec![1]]);
    assert_eq!(changes(&document), [json!([{"field": "note", "old": null, "new": ""}])]);
}

#[test]
fn a_name_that_is_no_field_is_a_mistake_with_the_nearest() {
    let (portal, project) = two();
    let sent = portal.stub.count();
    for args in [
        &["diff", "old.json", "new.json", "--compare", "stauts"][..],
        &["run", "q.yaml", "--baseline", "old.json", "--compare", "stauts"],
    ] {
        let ran = project.lmq(args).exits(2);
        ran.says(&["neither result has the field `stauts`", "help: did you mean `status`?"]);
    }
    project.lmq(&["diff", "old.json", "new.json", "--compare", "id"]).exits(2).says(&["tells tokens apart"]);
    project.run(&["q.yaml", "--compare", "status"]).exits(2).says(&["--baseline"]);
    assert_eq!(portal.stub.count(), sent, "nothing was sent");
}

#[test]
fn what_one_result_lacks_is_told_and_not_compared() {
    let portal = Portal::start(rows(2));
    let project = portal.project("fields: [id, note]\n").file("more.yaml", "endpoint: apitokens\nname: q\n");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    portal.serve(with(rows(2), 1, &json!({"createdBy": "somebody else", "note": "x"})));
    project.run(&["--save", "new.json", "more.yaml"]).exits(0);
    let ran = project.lmq(&["diff", "old.json", "new.json", "-f", "json"]).exits(1);
    let ran = ran.says(&["warning: `accessId`, `adminId`, `roles`, `createdBy`, `lastAuthIp`, `userPermission` are not compared: the earlier result does not have them"]);
    assert_eq!(changes(&ran.json()), [json!([{"field": "note", "old": "note 1", "new": "x"}])]);
    let ran = project.lmq(&["diff", "new.json", "old.json"]).exits(1);
    ran.says(&["are not compared: this result does not have them"]);
    let ran = project.lmq(&["diff", "old.json", "new.json", "--compare", "createdBy"]).exits(2);
    ran.says(&["the earlier result does not have the field `createdBy`"]);
}

/// Like is compared with like: what the baseline has is asked for, but no key material that nobody wanted.
#[test]
fn a_run_asks_for_what_its_baseline_has() {
    let portal = Portal::start(with(rows(2), 1, &json!({"accessKey": "0123456789abcdef"})));
    let project = portal
        .project("fields: [id]\n")
        .file("more.yaml", "endpoint: apitokens\nname: q\nfields: [id, createdBy, accessKey]\n");
    project.run(&["--save", "old.json", "more.yaml"]).exits(0);
    portal.serve(with(rows(2), 1, &json!({"createdBy": "somebody else"})));
    let asked = portal.stub.count();
    let ran = project.run(&["--baseline", "old.json", "-f", "json", "q.yaml"]).exits(1);
    let ran = ran.says(&["warning: `accessKey` is not compared: this result does not have it"]);
    assert_eq!(
        changes(&ran.json()),
        [json!([{"field": "createdBy", "old": "admin", "new": "somebody else"}])]
    );
    let seen = portal.stub.seen().split_off(asked);
    assert!(seen.iter().all(|seen| seen.query.contains("createdBy") && !seen.query.contains("accessKey")));
    let ran = project.run(&["--baseline", "old.json", "--compare", "accessKey", "q.yaml"]).exits(2);
    ran.says(&["this result does not have the field `accessKey`"]);
    let ran = project.run(&["--baseline", "old.json", "-f", "csv", "more.yaml"]).exits(1);
    assert!(ran.stdout.starts_with("id,createdBy,accessKey,findings\n"), "{}", ran.stdout);
}

/// Rows are not handed on as they come where they are to be compared.
#[test]
fn a_list_that_would_be_streamed_is_compared_too() {
    let portal = Portal::start(rows(12));
    let project = portal.project("fields: [id, note]\n");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    portal.serve(rows(11));
    let ran = project.run(&["--baseline", "old.json", "-f", "ndjson", "q.yaml"]).exits(1);
    assert_eq!(ran.stdout.lines().count(), 11);
    ran.says(&["error[diff/removed]: lmv1 token 12 of owner12 was removed from the list"]);
}

#[test]
fn a_portal_that_fails_is_compared_with_nothing() {
    let portal = Portal::start(rows(2));
    let project = portal.project("");
    project.run(&["--save", "old.json", "q.yaml"]).exits(0);
    let refusing = Stub::saying(Reply::error(403, 1403, "not allowed"));
    let ran = project.stub(&refusing).run(&["--baseline", "old.json", "q.yaml"]).exits(4);
    assert!(!ran.stderr.contains("removed"), "{}", ran.stderr);
}

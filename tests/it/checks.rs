//! Expectations and waivers from outside: what is found, what is accepted, and which exit code comes of it.

mod exit;
mod forms;
mod terminal;
mod waivers;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Project, Reply, Stub, page, row};

/// An expectation that the tokens 2 and 3 break.
const IDLE: &str = "  - id: no-idle\n    select: $[?@.idleDays > 100]\n    \
                    message: 'token {{id}} of {{adminName}} is idle for {{idleDays}} days'\n";

/// Four tokens: 2 and 3 are idle for 115 days, the others for none.
fn tokens() -> Vec<Value> {
    let mut rows: Vec<Value> = (1..=4).map(row).collect();
    for (row, used) in rows.iter_mut().zip([1_700_000_000, 1_690_000_000, 1_690_000_000, 1_700_000_000]) {
        row["lastUsedOn"] = json!(used);
    }
    rows
}

fn portal(rows: &[Value]) -> Stub {
    let total = rows.len();
    Stub::saying(page(rows, total))
}

/// A query with these expectations and keys more.
fn query(stub: &Stub, expect: &str, more: &str) -> Project {
    Project::new().stub(stub).query(&format!("expect:\n{expect}{more}"))
}

/// Which tokens of `findings` or `waived` have which expectation.
fn ids(list: &Value) -> Vec<(String, Option<i64>)> {
    let entries = list.as_array().expect("a list").iter();
    entries
        .map(|entry| (entry["id"].as_str().expect("a text").to_owned(), entry["tokenId"].as_i64()))
        .collect()
}

fn found(list: &Value) -> Vec<i64> {
    ids(list).into_iter().filter_map(|(_, id)| id).collect()
}

#[test]
fn rows_that_should_not_be_are_findings_with_place_and_message() {
    let stub = portal(&tokens());
    let document = query(&stub, IDLE, "").run(&["-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(found(&document["findings"]), [2, 3]);
    let first = &document["findings"][0];
    assert_eq!(first["message"], "token 2 of owner2 is idle for 115 days");
    assert_eq!(first["severity"], "error");
    assert_eq!(first["record"]["id"], 2);
    let place = json!({"file": "q.yaml", "line": 3, "column": 9, "endLine": 3, "endColumn": 16});
    assert_eq!(first["place"], place);
    let expected = json!([{"id": "no-idle", "severity": "error", "place": place}]);
    assert_eq!(document["query"]["expect"], expected);
    assert_eq!(document["count"], 4, "rows that are as they should be stay");
}

#[test]
fn expectations_see_rows_that_select_leaves_out_and_columns_do_not_show() {
    let stub = portal(&tokens());
    let project = query(&stub, IDLE, "fields: [id]\nselect: $[?@.id == 1]\nsort: -id\n");
    let document = project.run(&["-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(document["count"], 1);
    assert_eq!(found(&document["findings"]), [3, 2], "in the order of the rows");
    let asked = &stub.seen()[0].query;
    assert!(asked.contains("lastUsedOn") && asked.contains("adminName"), "{asked}");
}

#[test]
fn what_a_message_reads_is_fetched() {
    let stub = portal(&tokens());
    let expect = "  - { id: a, select: '$[?@.id == 2]', message: '{{note}} by {{createdBy}}' }\n";
    let document = query(&stub, expect, "fields: [id]\n").run(&["-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(document["findings"][0]["message"], "note 2 by admin");
}

#[test]
fn as_many_as_allowed_are_none() {
    for (max, code, expected) in [("2", 0, &[][..]), ("1", 1, &[2, 3]), ("0", 1, &[2, 3])] {
        let stub = portal(&tokens());
        let project = query(&stub, &format!("{IDLE}    max: {max}\n"), "");
        let document = project.run(&["-f", "json", "q.yaml"]).exits(code).json();
        assert_eq!(found(&document["findings"]), expected, "{max}");
    }
}

/// A token each, of the owner that a letter names.
fn owned(owners: &str) -> Vec<Value> {
    let row = |(id, owner): (usize, char)| {
        let mut row = row(id);
        row["adminName"] = json!(owner.to_string());
        row
    };
    (1..).zip(owners.chars()).map(row).collect()
}

#[test]
fn as_many_as_allowed_of_each_value_are_none() {
    let cases: [(&str, &str, &[i64]); 5] = [
        ("ababb", "max: 3, per: adminName", &[]),
        ("ababb", "max: 2, per: adminName", &[2, 4, 5]),
        ("bbaccac", "max: 2, per: adminName", &[4, 5, 7]),
        ("ababb", "max: 1, per: adminName", &[1, 3, 2, 4, 5]),
        ("ababb", "max: 2, per: tokenType", &[1, 2, 3, 4, 5]),
    ];
    for (owners, bounds, expected) in cases {
        let stub = portal(&owned(owners));
        let expect = format!("  - {{ id: a, select: '$[*]', {bounds}, message: 'of {{{{adminName}}}}' }}\n");
        let code = u8::from(!expected.is_empty());
        let document = query(&stub, &expect, "").run(&["-f", "json", "q.yaml"]).exits(code).json();
        assert_eq!(found(&document["findings"]), expected, "{owners} {bounds}");
    }
}

#[test]
fn rows_are_not_counted_by_what_is_another_in_each() {
    for field in ["id", "accessId"] {
        let expect = format!("  - {{ id: a, select: '$[*]', max: 1, per: {field}, message: m }}\n");
        let ran = query(&portal(&owned("a")), &expect, "").lmq(&["validate", "q.yaml"]).exits(2);
        ran.says(&[&format!("`{field}` is another one in each row")]);
    }
}

#[test]
fn what_is_waived_of_a_value_does_not_count_towards_it() {
    let stub = portal(&owned("abbab"));
    let expect = "  - { id: a, select: '$[*]', max: 1, per: adminName, message: m }\n";
    let waiver = "waivers:\n  - { expect: a, match: { id: 4 }, reason: r, owner: o, expires: 2099-12-31 }\n";
    let document = query(&stub, expect, waiver).run(&["-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(found(&document["findings"]), [2, 3, 5]);
    assert_eq!(found(&document["waived"]), [4], "`a` has one more, which is allowed");
}

/// The rows of no owner are not those of another one.
#[test]
fn a_null_that_rows_are_counted_by_is_a_value_or_a_doubt() {
    let mut rows = owned("aabb");
    rows[0]["adminName"] = json!(null);
    rows[1]["createdBy"] = json!(null);
    for (per, code) in [("adminName", 6), ("createdBy", 1)] {
        let stub = portal(&rows);
        let expect = format!("  - {{ id: a, select: '$[*]', max: 1, per: {per}, message: m }}\n");
        let ran = query(&stub, &expect, "fields: [id]\n").run(&["-f", "json", "q.yaml"]).exits(code);
        let expected: &[i64] = if per == "adminName" { &[3, 4] } else { &[1, 3, 4] };
        assert_eq!(found(&ran.json()["findings"]), expected, "{per}");
        assert_eq!(ran.stderr.contains("`adminName` of lmv1 token 1 is null"), code == 6, "{}", ran.stderr);
    }
}

#[test]
fn numbers_of_rows_have_bounds() {
    let cases = [
        ("min: 4", 0),
        ("min: 5", 1),
        ("max: 4", 0),
        ("max: 3", 1),
        ("min: 1, max: 4", 0),
        ("min: 5, max: 9", 1),
    ];
    for (bounds, code) in cases {
        let stub = portal(&tokens());
        let expect = format!("  - {{ id: n, count: {{ {bounds} }}, message: 'has {{{{count}}}}' }}\n");
        let document = query(&stub, &expect, "").run(&["-f", "json", "q.yaml"]).exits(code).json();
        let findings = document["findings"].as_array().expect("a list");
        assert_eq!(findings.len(), usize::from(code), "{bounds}");
        for finding in findings {
            assert_eq!(finding["message"], "has 4");
            assert_eq!((&finding["tokenId"], &finding["record"]), (&Value::Null, &Value::Null));
        }
    }
}

/// A fingerprint is of query, expectation, portal, kind and token, and of nothing else.
#[test]
fn fingerprints_stay_and_differ() {
    let second = IDLE.replace("no-idle", "no-idle-2");
    let count = "  - { id: n, count: { max: 1 }, message: 'has {{count}}' }\n";
    let expect = format!("{IDLE}{second}{count}");
    let served = Arc::new(Mutex::new(Vec::new()));
    let stub = {
        let served = Arc::clone(&served);
        Stub::start(move |_| page(&served.lock().expect("nobody panics"), 4))
    };
    let fingerprints = |rows: Vec<Value>, more: &str| -> Vec<String> {
        *served.lock().expect("nobody panics") = rows;
        let document = query(&stub, &expect, more).run(&["-f", "json", "q.yaml"]).exits(1).json();
        let findings = document["findings"].as_array().expect("a list").clone();
        findings.iter().map(|it| it["fingerprint"].as_str().expect("a text").to_owned()).collect()
    };
    let first = fingerprints(tokens(), "");
    assert_eq!(first.len(), 5);
    assert!(first.iter().all(|it| it.len() == 64 && it.bytes().all(|b| b.is_ascii_hexdigit())), "{first:?}");
    let distinct: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(distinct.len(), 5);
    let mut changed = tokens();
    changed[1]["note"] = json!("another note");
    changed[1]["lastUsedOn"] = json!(1_680_000_000);
    assert_eq!(fingerprints(changed, "fields: [id, note]\n"), first);
    assert!(fingerprints(tokens(), "name: other\n").iter().all(|it| !first.contains(it)));
}

/// A null on which an expectation cannot be decided is told by token, and not counted as right.
#[test]
fn a_null_that_should_not_be_makes_the_run_incomplete() {
    let cases = [
        ("createdOn", json!(null), "$[?@.ageDays > 9999]", 6),
        ("status", json!(null), "$[?@.enabled == false]", 6),
        ("roles", json!(null), "$[?@.roles[?@ == 'root']]", 6),
        ("lastUsedOn", json!("yesterday"), "$[?@.neverUsed == true]", 6),
        ("note", json!(7), "$[?@.note == 'x']", 6),
        ("note", json!(null), "$[?@.note == 'x']", 0),
        ("lastUsedOn", json!(null), "$[?@.idleDays > 9999]", 0),
    ];
    for (field, value, select, code) in cases {
        let mut rows = tokens();
        rows[2][field] = value;
        let stub = portal(&rows);
        let expect = format!("  - id: a\n    select: {select}\n    message: m\n");
        let ran = query(&stub, &expect, "").run(&["-f", "json", "q.yaml"]).exits(code);
        let told =
            ran.stderr.contains("lmv1 token 3") && ran.stderr.contains("the expectation `a` proves nothing");
        assert_eq!(told, code == 6, "{field} {select}: {}", ran.stderr);
    }
}

/// Ages in messages count from the same moment as those of the rows.
#[test]
fn messages_say_how_long_ago() {
    let stub = portal(&tokens());
    let expect = "  - { id: a, select: '$[?@.id == 2]', message: '{{ago lastUsedOn}}, {{age lastUsedOn unit=\"days\"}}, {{idleDays}}' }\n";
    let document = query(&stub, expect, "").run(&["-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(document["findings"][0]["message"], "115 days ago, 115 days, 115");
    let count = "  - { id: n, count: { max: 1 }, message: 'more than {{ago 1690000000}}' }\n";
    let document = query(&stub, count, "").run(&["-f", "json", "q.yaml"]).exits(1).json();
    assert_eq!(document["findings"][0]["message"], "more than 115 days ago");
}

#[test]
fn a_message_that_cannot_be_rendered_hides_no_finding() {
    let mut rows = tokens();
    rows[1]["createdOn"] = json!("long ago");
    let stub = portal(&rows);
    let expect = "  - { id: a, select: '$[?@.id == 2]', message: 'since {{date createdOn}}' }\n";
    let document = query(&stub, expect, "").run(&["-f", "json", "q.yaml"]).exits(1).json();
    let message = document["findings"][0]["message"].as_str().expect("a text");
    assert!(message.starts_with("its message cannot be rendered: "), "{message}");
}

#[test]
fn variables_stand_in_expectations_as_literals() {
    let stub = portal(&tokens());
    let expect = "  - { id: a, select: \"$[?@.adminName == '${who}']\", message: '{{id}} of ${who}' }\n";
    let project = query(&stub, expect, "vars: {who: {type: string}}\n");
    let document = project.run(&["-f", "json", "--var", "who=owner2", "q.yaml"]).exits(1).json();
    assert_eq!(document["findings"][0]["message"], "2 of owner2");
    let hostile = "x' || @.id > 0 || @.note == 'x";
    let document = project.run(&["-f", "json", "--var", &format!("who={hostile}"), "q.yaml"]).exits(0).json();
    assert_eq!(document["findings"], json!([]));
}

#[test]
fn a_failed_portal_has_no_findings() {
    let stub = Stub::saying(Reply::error(403, 1403, "not allowed"));
    query(&stub, "  - { id: n, count: { min: 1 }, message: none }\n", "").run(&["q.yaml"]).exits(4);
}

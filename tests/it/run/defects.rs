//! The sixteen ways in which clients of this API have lost rows or told the wrong thing, each played once.

use serde_json::{Value, json};

use crate::support::{
    NOW_MS, Project, Ran, Reply, SECRET_KEY, Seen, Stub, ids, listed, page, row, rows, sandbox, slice,
};

fn run(stub: &Stub, more: &str) -> Ran {
    Project::new().query(more).stub(stub).run(&["-f", "json", "q.yaml"])
}

fn up_to(last: i64) -> Vec<i64> {
    (1..=last).collect()
}

#[test]
fn defect_01_a_negative_total_is_not_one_page() {
    for total in [json!(-51), json!(-1), Value::Null] {
        let counted = total.clone();
        let stub = Stub::start(move |seen| page(slice(&rows(120), seen), counted.clone()));
        let document = run(&stub, "size: 50\n").exits(0).json();
        assert_eq!(ids(&document), up_to(120), "{total}");
        assert_eq!(document["listings"][0]["total"], Value::Null, "no count was told");
    }
    let stub = Stub::start(|seen| {
        let items = slice(&rows(120), seen).to_vec();
        Reply::json(200, &json!({ "total": seen.offset() + items.len(), "isMin": true, "items": items }))
    });
    assert_eq!(ids(&run(&stub, "size: 50\n").exits(0).json()), up_to(120), "isMin: a lower bound is no end");
}

#[test]
fn defect_02_a_list_that_repeats_its_first_page_is_found_out() {
    for query in ["adminId: 131\nsize: 50\n", "size: 50\n"] {
        for total in [json!(120), Value::Null, json!(-51)] {
            let counted = total.clone();
            let stub = Stub::start(move |_| page(&rows(50), counted.clone()));
            let ran = run(&stub, query).exits(6).says(&["incomplete", "the same page"]);
            assert_eq!(ids(&ran.json()), up_to(50), "each row once");
            assert!(stub.count() <= 13, "{} requests", stub.count());
        }
    }
}

#[test]
fn defect_03_a_short_page_in_the_middle_leaves_no_gap() {
    let stub = Stub::start(|seen| {
        let items = slice(&rows(120), seen).to_vec();
        let length = if seen.offset() == 49 { 10.min(items.len()) } else { items.len() };
        page(&items[..length], 120)
    });
    assert_eq!(ids(&run(&stub, "size: 50\n").exits(0).json()), up_to(120));
    let capped = Stub::start(|seen| {
        let items = slice(&rows(120), seen).to_vec();
        page(&items[..items.len().min(50)], 120)
    });
    assert_eq!(
        ids(&run(&capped, "size: 1000\n").exits(0).json()),
        up_to(120),
        "a portal with pages of its own size"
    );
}

#[test]
fn defect_04_an_empty_page_while_the_total_says_more_is_no_end() {
    for (served, total) in
        [(0, json!(120)), (50, json!(120)), (50, json!(-51)), (0, json!(-51)), (50, Value::Null)]
    {
        let counted = total.clone();
        let stub = Stub::start(move |seen| {
            let items = if seen.offset() < 49 { rows(served) } else { Vec::new() };
            page(&items[seen.offset().min(items.len())..], counted.clone())
        });
        let ran = run(&stub, "size: 50\n").exits(6).says(&["an empty page at offset"]);
        assert_eq!(ran.json()["count"], served, "{total}");
        assert!(stub.count() <= 13, "{} requests", stub.count());
    }
    let less = Stub::start(|seen| page(slice(&rows(80), seen), 120));
    let ran = run(&less, "size: 50\n").exits(6).says(&["portal counts 120, serves 80"]);
    assert_eq!(ids(&ran.json()), up_to(80));
    let null = Stub::start(|_| Reply::json(200, &json!({ "total": 3, "items": null })));
    run(&null, "").exits(6);
    let missing = Stub::start(|_| Reply::json(200, &json!({ "total": 3 })));
    run(&missing, "").exits(5).says(&["it has no `items`"]);
}

#[test]
fn defect_05_a_late_page_that_fails_keeps_the_rows_and_the_doubt() {
    let stub = Stub::start(|seen| match seen.offset() {
        0 | 49 => page(slice(&rows(120), seen), 120),
        _ => Reply::error(500, 1500, "late"),
    });
    let ran = run(&stub, "size: 50\n").exits(6).says(&["after 2 pages", "HTTP 500"]);
    assert_eq!(ids(&ran.json()), up_to(99));
}

#[test]
fn defect_06_an_endless_429_ends() {
    let stub = Stub::saying(Reply::error(429, 1429, "slow down").header("X-Rate-Limit-Window", "0"));
    run(&stub, "type: all\n").exits(5).says(&["HTTP 429", "shared with everyone"]);
    // A second each, as a window of no length is taken for.
    assert!(stub.count() <= 301, "{} requests", stub.count());
}

#[test]
fn defect_07_each_request_has_a_signature_of_its_own_path() {
    let stub = Stub::start(|seen| page(&listed(vec![row(1)], seen), 1));
    let query = "endpoint: apitokens\nadminId: [131, 7]\n";
    Project::new().file("q.yaml", query).stub(&stub).run(&["q.yaml"]).exits(0);
    let seen = stub.seen();
    let signatures: Vec<&str> =
        seen.iter().map(|seen| seen.header("Authorization").expect("signed")).collect();
    assert_eq!(signatures.len(), 2);
    assert_ne!(signatures[0], signatures[1], "the path is signed");
    for signature in signatures {
        assert!(
            signature.starts_with("LMv1 access1:") && signature.ends_with(&format!(":{NOW_MS}")),
            "{signature}"
        );
    }
    for seen in &seen {
        assert_eq!(seen.header("X-Version"), Some("3"));
        assert_eq!(seen.header("Accept"), Some("application/json"));
        assert!(seen.header("User-Agent").is_some_and(|agent| agent.starts_with("lmq/")), "{seen:?}");
    }
}

#[test]
fn defect_08_an_error_in_a_good_status_is_no_data() {
    let bodies = [
        json!({ "errorMessage": "no", "errorCode": 1500, "errorDetail": null }),
        json!({ "status": 1007, "errmsg": "no", "data": null }),
        json!({ "status": 200, "errmsg": "OK", "data": { "items": [] } }),
    ];
    for body in bodies {
        let stub = Stub::saying(Reply::json(200, &body));
        assert_eq!(run(&stub, "").exits(5).stdout, "", "{body}");
    }
    let html = Stub::saying(Reply::text(200, "text/html; charset=utf-8", "<html>Sign in</html>"));
    run(&html, "").exits(5).says(&["account's name"]);
}

#[test]
fn defect_09_roles_as_objects_and_never_used_in_three_forms_are_one_thing() {
    let with = |id: usize, roles: Value, last: Option<Value>| {
        let mut row = row(id);
        row["roles"] = roles;
        match last {
            Some(last) => row["lastUsedOn"] = last,
            None => drop(row.as_object_mut().expect("an object").remove("lastUsedOn")),
        }
        row
    };
    let all = [
        with(1, json!(["readonly"]), Some(json!(0))),
        with(2, json!([{ "name": "readonly", "id": 7 }]), Some(Value::Null)),
        with(3, json!([]), None),
        with(4, json!(["readonly", "x"]), Some(json!(1_690_000_000))),
    ];
    let stub = Stub::start(move |seen| page(slice(&all, seen), 4));
    let document = run(&stub, "").exits(0).json();
    let records = document["records"].as_array().expect("records");
    let roles: Vec<&Value> = records.iter().map(|row| &row["roles"]).collect();
    assert_eq!(roles, [&json!(["readonly"]), &json!(["readonly"]), &json!([]), &json!(["readonly", "x"])]);
    let never: Vec<&Value> = records.iter().map(|row| &row["neverUsed"]).collect();
    assert_eq!(never, [true, true, true, false]);
    assert_eq!(records[0]["idleDays"], records[1]["idleDays"]);
    assert_eq!(records[0]["idleDays"], records[2]["ageDays"], "of a never-used token: its age");
    assert_eq!(ids(&run(&stub, "filters: [{lastUsedOn: {empty: true}}]\n").exits(0).json()), [1, 2, 3]);
    let table = Project::new().query("").stub(&stub).run(&["q.yaml"]).exits(0).stdout;
    assert_eq!(table.matches("never").count(), 3, "{table}");
}

#[test]
fn defect_10_one_is_disabled_and_two_is_enabled() {
    let mut all = rows(2);
    all[0]["status"] = json!(1);
    let stub = Stub::start(move |seen| page(slice(&all, seen), 2));
    let document = run(&stub, "").exits(0).json();
    assert_eq!(document["records"][0]["enabled"], false);
    assert_eq!(document["records"][1]["enabled"], true);
    let query = "fields: [id, status]\n";
    let table = Project::new().query(query).stub(&stub).run(&["q.yaml"]).exits(0).stdout;
    let lines: Vec<&str> = table.lines().map(str::trim).collect();
    assert!(lines[1].ends_with("disabled") && lines[2].ends_with("enabled"), "{table}");
    assert_eq!(ids(&run(&stub, "filters: [{enabled: true}]\n").exits(0).json()), [2]);
}

#[test]
fn defect_11_filter_values_arrive_as_they_were_meant() {
    let cases = [
        ("svc+ci@example.com", "svc%252Bci%2540example.com"),
        (r#"a"b\c"#, "a%255C%2522b%255C%255Cc"),
        ("50% | a,b & c#d", "50%2525%2520%257C%2520a%252Cb%2520%255C%2526%2520c%255C%2523d"),
        ("o'brien (ö)", "o%2527brien%2520%255C%2528%25C3%25B6%255C%2529"),
    ];
    for (value, wire) in cases {
        let stub = Stub::saying(page(&[], 0));
        let value = value.replace('\'', "''");
        run(&stub, &format!("pushdown: all\nfilters: [{{adminName: '{value}'}}]\n")).exits(0);
        let query = stub.seen()[0].query.clone();
        assert!(query.contains(&format!("filter=adminName%3A%22{wire}%22&")), "{value}: {query}");
        assert!(!query.contains('+'), "a raw + is read as a space: {query}");
    }
}

#[test]
fn defect_12_operators_and_types_are_the_apis_own() {
    let stub = Stub::saying(page(&[], 0));
    run(&stub, "type: all\nfilters: [{id: {le: 5, ge: 2}}]\n").exits(0);
    let seen = stub.seen();
    for seen in &seen {
        if let Some(filter) = seen.parameter("filter") {
            assert_eq!(filter, "id>:2,id<:5");
        }
        assert!(matches!(seen.parameter("type").as_deref(), None | Some("bearer")), "{}", seen.query);
    }
    assert!(seen.iter().any(Seen::is_bearer) && seen.iter().any(|seen| !seen.is_bearer()));
    Project::new().query("filters: ['id<=5']\n").stub(&stub).run(&["q.yaml"]).exits(2).says(&["`<:`"]);
}

#[test]
fn defect_13_a_note_is_inert_in_every_report() {
    let mut all = rows(1);
    all[0]["note"] = json!("=cmd|'/C calc'!A0\n<script>x</script>|y");
    let stub = Stub::start(move |seen| page(slice(&all, seen), 1));
    let project = Project::new().query("fields: [note]\n").stub(&stub);
    let html = project.run(&["-t", "tokens.html.hbs", "q.yaml"]).exits(0).stdout;
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    let csv = project.run(&["-f", "csv", "q.yaml"]).exits(0).stdout;
    assert!(csv.contains("\"'=cmd|"), "{csv}");
}

#[test]
fn defect_14_zero_tokens_are_a_valid_report() {
    let stub = Stub::saying(page(&[], 0));
    let project = Project::new().query("adminId: 131\nfields: [id, note]\n").stub(&stub);
    let document = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!((&document["count"], &document["records"]), (&json!(0), &json!([])));
    assert_eq!(project.run(&["-f", "csv", "q.yaml"]).exits(0).stdout.trim_end(), "id,note");
    assert!(project.run(&["q.yaml"]).exits(0).stdout.contains("no token matches"));
    for template in ["tokens.md.hbs", "tokens.html.hbs", "summary.txt.hbs"] {
        let text = project.run(&["-t", template, "q.yaml"]).exits(0).stdout;
        assert!(text.contains("No token matches this query."), "{template}: {text}");
    }
}

/// An incomplete run once said that no token matches, and `No findings`, in green.
#[test]
fn nothing_found_in_a_part_is_not_nothing() {
    let late = Stub::start(|seen| match seen.offset() {
        0 => page(slice(&rows(9), seen), 9),
        _ => Reply::error(500, 1500, "late"),
    });
    let expect = "expect:\n  - {id: none, select: '$[?@.id > 99]', message: m}\n";
    let empty = Project::new().query(&format!("size: 5\nfilters: [{{id: 99}}]\npushdown: none\n{expect}"));
    let empty = empty.stub(&late);
    for form in [["-f", "table"], ["-f", "markdown"], ["-f", "html"]]
        .into_iter()
        .chain(["tokens.md.hbs", "summary.txt.hbs"].map(|name| ["-t", name]))
    {
        let text = empty.run(&[form[0], form[1], "q.yaml"]).exits(6).stdout.to_lowercase();
        assert!(text.contains("no token that matches was read"), "{form:?}: {text}");
        assert!(text.contains("no findings in what was read"), "{form:?}: {text}");
        assert!(!text.contains("class=\"good\""), "{form:?}: {text}");
    }
    let stub = Stub::start(|seen| page(slice(&rows(9), seen), 9));
    let whole = Project::new().query(expect).stub(&stub);
    let text = whole.run(&["-t", "summary.txt.hbs", "q.yaml"]).exits(0).stdout;
    assert!(text.contains("\nNo findings.\n"), "{text}");
}

#[test]
fn defect_15_a_silent_portal_is_left_after_the_timeout() {
    let stub = Stub::start(|_| Reply::stall());
    let ran =
        Project::new().query("type: all\n").stub(&stub).run(&["--timeout", "200ms", "-f", "json", "q.yaml"]);
    ran.exits(6).says(&["--timeout", "incomplete"]);
    assert_eq!(stub.count(), 1, "nothing is asked when the time is over");
    let late = Stub::start(|seen| match seen.offset() {
        0 => page(slice(&rows(20), seen), 20),
        _ => Reply::stall(),
    });
    let project = Project::new().query("size: 5\n").stub(&late);
    let ran = project.run(&["--timeout", "300ms", "-f", "json", "q.yaml"]).exits(6).says(&["--timeout"]);
    assert_eq!(ids(&ran.json()), up_to(5));
}

#[test]
fn defect_16_what_a_portal_sends_back_shows_no_secret() {
    let message = format!("bad key {SECRET_KEY} for testid");
    let stub = Stub::saying(Reply::error(401, 1401, &message));
    let ran = run(&stub, "").exits(4).says(&["bad key [redacted]"]);
    assert!(!ran.both().contains(SECRET_KEY), "{}", ran.stderr);
    // The rest is in `secrets`, and for a portal that checks signatures in `credentials`.
    let sandbox = sandbox();
    let project = Project::new().query("").sandbox(&sandbox);
    assert!(!project.run(&["-vv", "q.yaml"]).exits(0).both().contains(sandbox.access_key().expose()));
}

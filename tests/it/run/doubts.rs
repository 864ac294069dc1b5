//! A portal that answers, and not what was asked: the rows are kept, the run is incomplete and says why.

mod values;

use serde_json::{Value, json};

use crate::support::{Project, Ran, Reply, Seen, Stub, ids, listed, page, row, rows, slice};

fn run(stub: &Stub, more: &str) -> Ran {
    Project::new().query(more).stub(stub).run(&["-f", "json", "q.yaml"])
}

/// Tokens of which every other one is disabled.
fn mixed() -> Vec<Value> {
    let mut all = rows(6);
    for row in all.iter_mut().step_by(2) {
        row["status"] = json!(1);
    }
    all
}

#[test]
fn a_portal_that_ignores_the_filter_is_incomplete() {
    let stub = Stub::start(|seen| page(slice(&mixed(), seen), 6));
    for (filter, shown) in [
        ("status: 1", "status:1"),
        ("adminName: owner1", "adminName:\"owner1\""),
        ("'id>:4'", "id>:4"),
        ("id: [2, 3]", "id:2|3"),
    ] {
        let ran = run(&stub, &format!("filters: [{filter}]\n")).exits(6);
        let ran = ran.says(&["incomplete", "the portal ignored the filter", shown]);
        let document = ran.json();
        assert!(document["run"]["reasons"][0].as_str().expect("a reason").contains(shown));
        let kept = ids(&document);
        assert!(!kept.is_empty() && kept.len() < 6, "lmq filters all the same: {kept:?}");
    }
}

#[test]
fn some_rows_that_break_the_filter_are_enough() {
    let stub = Stub::start(|seen| {
        let kept: Vec<Value> =
            mixed().into_iter().filter(|row| row["status"] == 1 || row["id"] == 4).collect();
        page(slice(&kept, seen), kept.len())
    });
    let ran = run(&stub, "filters: [{status: 1}]\n").exits(6).says(&["token 4 came all the same"]);
    assert_eq!(ids(&ran.json()), [1, 3, 5]);
    let csv =
        Project::new().query("filters: [{status: 1}]\n").stub(&stub).run(&["-f", "csv", "q.yaml"]).exits(6);
    assert_eq!(csv.stdout, "");
}

#[test]
fn letters_of_another_case_are_no_broken_filter() {
    let mut all = rows(2);
    all[1]["adminName"] = json!("OWNER1");
    let stub = Stub::start(move |seen| page(slice(&all, seen), 2));
    assert_eq!(ids(&run(&stub, "filters: [{adminName: owner1}]\n").exits(0).json()), [1]);
}

#[test]
fn no_rows_with_a_filter_is_asked_again_without_it() {
    let misread = |seen: &Seen| match seen.parameter("filter") {
        Some(_) => page(&[], 0),
        None => page(slice(&mixed(), seen), 6),
    };
    let stub = Stub::start(misread);
    let ran = run(&stub, "filters: [{status: 1}]\n").exits(6);
    let ran = ran.says(&["misread the filter `status:1`", "3 rows match"]);
    assert_eq!(ids(&ran.json()), [1, 3, 5]);
    assert_eq!(stub.count(), 2);
    // Nothing matches without it either: the empty list is proved.
    let none = run(&stub, "filters: [{adminName: nobody}]\n").exits(0).json();
    assert_eq!((&none["count"], &none["run"]["verdict"]), (&json!(0), &json!("complete")));
}

/// Conditions on derived fields were once decided before these were filled, and hid the misread one.
#[test]
fn a_condition_on_a_derived_field_hides_no_misread_filter() {
    let stub = Stub::start(|seen| match seen.parameter("filter") {
        Some(_) => page(&[], 0),
        None => page(slice(&mixed(), seen), 6),
    });
    for derived in ["enabled: false", "ageDays: {ge: 0}", "tokenType: lmv1"] {
        let ran = run(&stub, &format!("filters: [{{status: 1}}, {{{derived}}}]\n")).exits(6);
        assert_eq!(ids(&ran.says(&["misread the filter `status:1`"]).json()), [1, 3, 5], "{derived}");
    }
}

#[test]
fn the_second_look_decides_nothing_on_values_of_another_type() {
    let stub = Stub::start(|seen| {
        let mut row = rows(3).remove(1);
        row["status"] = json!("2");
        if seen.parameter("filter").is_some() { page(&[], 0) } else { page(slice(&[row], seen), 1) }
    });
    run(&stub, "filters: [{status: 2}]\n").exits(6).says(&["`status` of token 2 is no integer but `\"2\"`"]);
}

#[test]
fn the_second_look_must_be_whole_itself() {
    let broken: [fn() -> Reply; 4] = [
        || Reply::error(500, 1500, "broken"),
        || Reply::error(401, 1401, "locked"),
        || page(&[], 9),
        || Reply::text(200, "text/html", "<html>"),
    ];
    for reply in broken {
        let stub =
            Stub::start(move |seen| if seen.parameter("filter").is_some() { page(&[], 0) } else { reply() });
        let ran = run(&stub, "filters: [{status: 1}]\n").exits(6).says(&["without it the list is not whole"]);
        assert_eq!(ran.json()["count"], 0);
    }
}

#[test]
fn rows_without_a_usable_id_prove_nothing() {
    for id in [Value::Null, json!("7"), json!(1.5), json!([1])] {
        let mut all = rows(3);
        all[1]["id"] = id.clone();
        let stub = Stub::start(move |seen| page(slice(&all, seen), 3));
        let ran = run(&stub, "").exits(6).says(&["a row without an integer `id`"]);
        assert_eq!(ran.json()["count"], 3, "{id}: nothing is thrown away");
    }
    let mut all = rows(2);
    all[0].as_object_mut().expect("an object").remove("id");
    let stub = Stub::start(move |seen| page(slice(&all, seen), 2));
    run(&stub, "").exits(6);
}

#[test]
fn a_listing_that_permission_narrows_says_so() {
    let stub = Stub::start(|seen| page(slice(&listed(rows(2), seen), seen), 2));
    for template in ["tokens.md.hbs", "tokens.html.hbs"] {
        let project = Project::new().query("type: all\npermission: traces\n").stub(&stub);
        let report = project.run(&["-t", template, "q.yaml"]).exits(0).stdout;
        assert_eq!(report.matches("apitokens, permission traces").count(), 1, "{template}: {report}");
    }
}

#[test]
fn a_list_without_an_order_is_walked_twice_and_says_so() {
    let shuffled = |seen: &Seen| {
        let mut all = rows(40);
        all.sort_by_key(|row| row["id"].as_i64().map(|id| id * 17 % 41));
        page(slice(&all, seen), 40)
    };
    let stub = Stub::start(shuffled);
    let ran = run(&stub, "size: 7\n").exits(0);
    let document = ran.json();
    assert_eq!(ids(&document), (1..=40).collect::<Vec<i64>>());
    assert!(document["listings"][0]["notes"][0].as_str().expect("a note").contains("two walks"));
    assert!(
        ran.stderr.contains("note: LMv1 tokens of all users: the portal does not list by id"),
        "{}",
        ran.stderr
    );
    for template in ["tokens.md.hbs", "tokens.html.hbs"] {
        let report = Project::new().query("size: 7\n").stub(&stub).run(&["-t", template, "q.yaml"]).exits(0);
        let text = report.stdout.replace("</span>", "");
        assert!(text.contains("complete; the portal does not list by id; two walks"), "{template}");
    }
}

#[test]
fn rows_that_go_away_between_two_pages_lose_no_other() {
    // After the first page, the first three tokens are deleted: what follows moves up.
    let stub = Stub::start(|seen| {
        let all = rows(20);
        let all = if seen.number == 0 { &all[..] } else { &all[3..] };
        page(slice(all, seen), all.len())
    });
    let found = ids(&run(&stub, "size: 5\n").exits(0).json());
    assert!((4..=20).all(|id| found.contains(&id)), "{found:?}");
}

#[test]
fn a_field_newer_than_lmq_that_no_row_has_is_a_doubt() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    let query = "fields: [id, expiresOn]\nunknownFields: [expiresOn]\n";
    run(&stub, query).exits(6).says(&["no row has the field `expiresOn`"]);
}

#[test]
fn what_permission_narrows_and_what_it_does_not_is_said() {
    let stub = Stub::start(|seen| page(slice(&listed(rows(3), seen), seen), 3));
    let ran = run(&stub, "type: all\npermission: traces\n").exits(0);
    let ran = ran.says(&["`permission` does not narrow LMv1 tokens", "narrowed by `permission: traces`"]);
    let document = ran.json();
    assert_eq!(document["listings"][0]["permission"], Value::Null);
    assert_eq!(document["listings"][1]["permission"], "traces");
    let report = Project::new().query("type: all\npermission: traces\n").stub(&stub);
    let markdown = report.run(&["-t", "tokens.md.hbs", "q.yaml"]).exits(0).stdout;
    assert!(markdown.contains("does not narrow LMv1 tokens"), "{markdown}");
}

#[test]
fn a_select_that_cannot_be_decided_is_a_doubt() {
    let stub = Stub::start(|seen| {
        let mut all = rows(4);
        all[2]["status"] = json!("2");
        page(slice(&all, seen), 4)
    });
    for select in ["$[?@.status == 1]", "$[?@.enabled == false]"] {
        run(&stub, &format!("select: {select}\n"))
            .exits(6)
            .says(&["`status` of token 3", "`select` proves nothing"]);
    }
    run(&stub, "select: $[?@.id > 2]\n").exits(0);
}

/// A token whose status, age or role was null was once left out by `select` without a word.
#[test]
fn a_null_that_no_token_has_leaves_a_select_undecided() {
    let cases = [
        ("status", "$[?@.status == 1]", "status"),
        ("status", "$[?@.enabled == false]", "status"),
        ("createdOn", "$[?@.ageDays > 90]", "createdOn"),
        ("adminName", "$[?@.adminName == 'lmsupport']", "adminName"),
        ("roles", "$[?@.roles[0] == 'administrator']", "roles"),
    ];
    for (field, select, named) in cases {
        let stub = Stub::start(move |seen| {
            let mut all = rows(4);
            all[2][field] = Value::Null;
            page(slice(&all, seen), 4)
        });
        let said = format!("`{named}` of token 3 is null, so `select` proves nothing");
        run(&stub, &format!("select: \"{select}\"\n")).exits(6).says(&[&said]);
        // A field that may be null is none, and neither is one that nobody asks for.
        run(&stub, "select: \"$[?@.note == 'x' || @.neverUsed == true || @.idleDays > 9]\"\n").exits(0);
    }
}

/// A portal that is older than bearer tokens lists LMv1 tokens whatever `type` says. They were once listed as bearer tokens.
#[test]
fn lmv1_tokens_in_place_of_bearer_tokens_are_found_out() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    // Also where nobody asked for the fields that tell.
    for query in
        ["type: all\n", "type: bearer\n", "type: all\nfields: [note]\n", "type: bearer\nfields: [note]\n"]
    {
        run(&stub, query).exits(6).says(&["the portal ignored `type=bearer`"]);
    }
    let bearer = Project::new().query("type: all\nfields: [note]\n").stub(&stub);
    let bearer = bearer
        .env("LM_ACCESS_ID", "")
        .env("LM_ACCESS_KEY", "")
        .env("LM_BEARER_TOKEN", "abcdefghijklmnop1234");
    let said = "token 1, with its access id, is among the LMv1 tokens too";
    bearer.run(&["q.yaml"]).exits(6).says(&[said]);
    let others = Stub::start(|seen| page(slice(&listed(rows(3), seen), seen), 3));
    run(&others, "type: all\n").exits(0);
}

/// Tokens of others were once listed as those of the user who was asked for.
#[test]
fn tokens_of_somebody_else_are_found_out() {
    let stub = Stub::start(|seen| page(slice(&[row(1), row(2)], seen), 2));
    run(&stub, "adminId: 131\n").exits(0);
    let ran = run(&stub, "adminId: 7\n").exits(6);
    ran.says(&["the portal lists tokens of others than user 7: token 1 is one"]);
    run(&stub, "adminId: 7\nfields: [note]\n").exits(6).says(&["user 7: token 1 is one"]);
    let nobody = Stub::start(|seen| {
        let mut all = rows(2);
        all[1]["adminId"] = Value::Null;
        page(slice(&all, seen), 2)
    });
    let said = "`adminId` of token 2 is `null`: nothing shows that it is user 131's";
    run(&nobody, "adminId: 131\nfields: [note]\n").exits(6).says(&[said]);
}

/// A list without the caller's own token was whole where `accessId` was not asked for; what lmq fetches for itself is in no record.
#[test]
fn what_proves_a_list_is_asked_for_and_not_shown() {
    let stub = Stub::start_probed(|seen| {
        let own = seen.is_probe();
        let all: Vec<Value> = if own { vec![row(1)] } else { rows(3).split_off(1) };
        page(slice(&all, seen), all.len())
    });
    let ran = run(&stub, "fields: [note]\n").exits(6).says(&["this key's own token is not in the list"]);
    let record = ran.json()["records"][0].clone();
    assert!(record.get("note").is_some() && record.get("accessId").is_none(), "{record}");
}

/// HTTP 200 that says nothing, or that something went wrong, was once an empty list.
#[test]
fn an_answer_without_rows_that_does_not_say_so_is_no_empty_list() {
    for body in [
        r#"{"total":null}"#,
        r#"{"total":0,"Items":[{"id":3}]}"#,
        r#"{"items":null}"#,
        r#"{"items":null,"error":"x","status":"500"}"#,
        r#"{"total":0,"items":[],"status":"500"}"#,
        r#"{"total":0,"items":[],"errorDetail":"permission denied","errorCode":null}"#,
        r#"{"total":0,"items":[],"isMin":true}"#,
    ] {
        let stub = Stub::start(move |seen| {
            if seen.is_bearer() {
                Reply::json(200, &serde_json::from_str(body).expect("JSON"))
            } else {
                page(slice(&rows(3), seen), 3)
            }
        });
        let ran = run(&stub, "type: all\n");
        assert!(ran.code != 0, "{body}: {}", ran.stderr);
    }
}

/// The last rows of a list once were its first: the portal lists in descending order, or in none.
#[test]
fn a_part_of_a_list_in_another_order_is_read_whole() {
    for (order, limit) in [([9, 7, 4, 3, 2, 1], 3), ([4, 7, 9, 1, 2, 3], 3), ([4, 7, 9, 1, 2, 3], 1)] {
        let stub = Stub::start(move |seen| page(slice(&order.map(row), seen), 6));
        let ran = run(&stub, &format!("limit: {limit}\nfields: [id]\n")).exits(0);
        assert_eq!(ids(&ran.json()), [1, 2, 3][..limit]);
    }
}

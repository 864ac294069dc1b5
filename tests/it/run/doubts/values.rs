//! Values that decide nothing: of another type, implausible, not there at all.

use serde_json::{Value, json};

use super::run;
use crate::support::{Project, Stub, ids, listed, page, row, rows, slice};

#[test]
fn a_value_of_another_type_leaves_a_filter_undecided() {
    let cases: [(&str, Value, &str); 12] = [
        ("status", json!("enabled"), "status: 2"),
        ("status", json!("2"), "{enabled: true}"),
        ("status", json!(true), "{enabled: false}"),
        ("adminName", json!(7), "{adminName: {contains: x}}"),
        ("roles", json!("readonly"), "{roles: readonly}"),
        ("roles", json!([1]), "{roles: {ne: readonly}}"),
        ("lastUsedOn", json!("1690000000"), "{lastUsedOn: {gt: 5}}"),
        ("lastUsedOn", json!("1690000000"), "{idleDays: {gt: 90}}"),
        ("lastUsedOn", json!([]), "{neverUsed: true}"),
        ("createdOn", json!("2020-01-01"), "{ageDays: {gt: 90}}"),
        ("createdOn", json!(1.5), "{createdOn: {gt: 90}}"),
        ("note", json!({ "text": "x" }), "{note: {empty: true}}"),
    ];
    for (field, value, filter) in cases {
        let mut all = rows(3);
        all[1][field] = value.clone();
        let stub = Stub::start(move |seen| page(slice(&all, seen), 3));
        let ran = run(&stub, &format!("pushdown: none\nfilters: [{filter}]\n"));
        assert_eq!(ran.code, 6, "{field} {value} {filter}\n{}\n{}", ran.stdout, ran.stderr);
        ran.says(&[&format!("`{field}` of token 2"), "proves nothing"]);
    }
}

#[test]
fn an_implausible_time_leaves_a_filter_on_its_age_undecided() {
    let milliseconds = 1_690_000_000_000_i64;
    for (field, filter) in [
        ("lastUsedOn", "{idleDays: {gt: 90}}"),
        ("createdOn", "{ageDays: {ge: 0}}"),
        ("lastUsedOn", "any: [{idleDays: {gt: 1}}, {id: 3}]"),
    ] {
        let mut all = rows(3);
        all[1][field] = json!(milliseconds);
        let stub = Stub::start(move |seen| page(slice(&all, seen), 3));
        let ran = run(&stub, &format!("filters: [{filter}]\n")).exits(6);
        ran.says(&[&format!("`{field}` of token 2"), "proves nothing"]);
        // Without such a filter it is a warning, and the row stays.
        let ran = run(&stub, "").exits(0).says(&["warning: implausible", field]);
        assert_eq!(ids(&ran.json()), [1, 2, 3]);
    }
}

/// Times in milliseconds, before 1970 and in the future once decided what is filtered and selected as if they were real.
#[test]
fn an_implausible_time_decides_nothing() {
    for time in [1_690_000_000_000_i64, -1, 4_000_000_000] {
        let stub = Stub::start(move |seen| {
            let mut all = rows(4);
            for row in &mut all[1..3] {
                (row["createdOn"], row["lastUsedOn"]) = (json!(time), json!(time));
            }
            page(slice(&all, seen), 4)
        });
        for (filter, field) in [
            ("lastUsedOn: {older_than: 90d}", "lastUsedOn"),
            ("lastUsedOn: {empty: true}", "lastUsedOn"),
            ("createdOn: {newer_than: 90d}", "createdOn"),
        ] {
            let said = format!(
                "`{field}` of token 2 and 1 more is no plausible time, so the filter on `{field}` proves nothing"
            );
            run(&stub, &format!("pushdown: none\nfilters: [{{{filter}}}]\n")).exits(6).says(&[&said]);
        }
        for path in ["$[?@.lastUsedOn < 1600000000]", "$[?@.neverUsed == true]"] {
            run(&stub, &format!("select: \"{path}\"\n"))
                .exits(6)
                .says(&["`lastUsedOn` of token 2 and 1 more"]);
            let expect = format!("expect: [{{id: x, select: \"{path}\", message: m}}]\n");
            run(&stub, &expect).exits(6).says(&["of lmv1 token 2 and 1 more", "`x` proves nothing"]);
        }
        // Where nothing reads it, it is a warning.
        run(&stub, "filters: [{note: {contains: note}}]\n")
            .exits(0)
            .says(&["warning: implausible `lastUsedOn`"]);
    }
}

#[test]
fn the_second_look_decides_nothing_on_implausible_times() {
    let stub = Stub::start(|seen| {
        let mut row = row(1);
        row["createdOn"] = json!(1_600_000_000_000_i64);
        if seen.parameter("filter").is_some() { page(&[], 0) } else { page(slice(&[row], seen), 1) }
    });
    let said = "`createdOn` of token 1 is no time (epoch seconds) but `1600000000000`";
    run(&stub, "filters: [{createdOn: {older_than: 90d}}]\n").exits(6).says(&[said]);
}

/// A row whose place is not known was once cut without a word.
#[test]
fn a_row_whose_place_is_open_is_cut_with_a_doubt() {
    let cases = [
        (json!(null), json!(null), "-idleDays", "`createdOn` of token 3 is null"),
        (json!(null), json!(null), "[adminName, createdOn]", "`createdOn` of token 3 is null"),
        (json!(1_600_000_000), json!(-1), "-idleDays", "`lastUsedOn` of token 3 gives no `idleDays`"),
        (json!(1_600_000_000), json!(4_000_000_000_i64), "lastUsedOn", "token 3 is no plausible time"),
    ];
    for (created, used, sort, said) in cases {
        let stub = Stub::start(move |seen| {
            let mut all = rows(3);
            (all[2]["createdOn"], all[2]["lastUsedOn"]) = (created.clone(), used.clone());
            page(slice(&all, seen), 3)
        });
        for cut in ["limit: 2", "offset: 1"] {
            let ran = run(&stub, &format!("sort: {sort}\n{cut}\n")).exits(6);
            ran.says(&[said, "so `sort` proves nothing"]);
        }
        // Where nothing is cut, all rows are there.
        run(&stub, &format!("sort: {sort}\nlimit: 3\n")).exits(0);
        run(&stub, "sort: -note\nlimit: 2\n").exits(0);
    }
}

/// A field that the portal stopped sending was once taken for null in every row.
#[test]
fn a_field_that_no_row_has_proves_nothing() {
    let stub = |lost: &'static [&str], nulls: bool, count: usize| {
        Stub::start(move |seen| {
            let mut all = listed(rows(count), seen);
            for (index, row) in all.iter_mut().enumerate() {
                for name in lost {
                    row.as_object_mut().expect("an object").remove(*name);
                    if nulls && index == 1 {
                        row[*name] = Value::Null;
                    }
                }
            }
            page(slice(&all, seen), count)
        })
    };
    let cases: [(&[&str], &str, &str); 6] = [
        (&["createdBy"], "select: \"$[?@.createdBy == 'bob']\"", "`select`"),
        (
            &["createdBy"],
            "expect: [{id: x, select: \"$[?@.createdBy == 'bob']\", message: m}]",
            "the expectation `x`",
        ),
        (&["lastUsedOn"], "filters: [{lastUsedOn: {newer_than: 300d}}]", "the filter on `lastUsedOn`"),
        (&["lastUsedOn"], "filters: [{idleDays: {lt: 300}}]", "the filter on `idleDays`"),
        (&["userPermission"], "filters: [{userPermission: write}]", "the filter on `userPermission`"),
        (&["lastAuthIp"], "sort: lastAuthIp", "`sort`"),
    ];
    for (lost, query, by) in cases {
        let name = lost[0];
        let said = format!(
            "LMv1 tokens of all users: the portal sends no `{name}` in any row, so {by} proves nothing"
        );
        let (lost, null) = (stub(lost, false, 2), stub(lost, true, 2));
        run(&lost, &format!("{query}\n")).exits(6).says(&[&said]);
        // Null is sent, and one row that has it is enough.
        run(&null, &format!("{query}\n")).exits(0);
    }
    // Where nothing reads it, it is a warning, in a report that is a stream too.
    for format in ["json", "csv"] {
        let stub = stub(&["adminName", "roles"], false, 2);
        let project = Project::new().query("").stub(&stub);
        let said = "warning: LMv1 tokens of all users: the portal sends no `adminName`, `roles` in any row";
        project.run(&["-f", format, "q.yaml"]).exits(0).says(&[said]);
    }
    // Bearer tokens may be without an access id, tokens that were never used without a last use, and any without a note.
    let lost = &["accessId", "lastUsedOn", "note"];
    let (few, many) = (stub(lost, false, 3), stub(lost, false, 20));
    let bearer = "type: bearer\nfilters: [{accessId: {empty: true}}, {lastUsedOn: {empty: true}}]\n";
    let ran = run(&few, bearer).exits(0);
    assert!(!ran.stderr.contains("sends no"), "{}", ran.stderr);
    let said = "warning: bearer tokens of all users: the portal sends no `note`, `lastUsedOn` in any row";
    run(&many, bearer).exits(0).says(&[said]);
}

/// A token without any time was once left out by a filter on its age without a word.
#[test]
fn a_derived_field_that_nothing_gives_leaves_a_filter_undecided() {
    let stub = Stub::start(|seen| {
        let mut all = rows(4);
        for row in &mut all[1..3] {
            (row["createdOn"], row["lastUsedOn"]) = (Value::Null, Value::Null);
        }
        page(slice(&all, seen), 4)
    });
    for filter in ["{idleDays: {gt: 90}}", "{idleDays: {ne: 90}}", "any: [{idleDays: {gt: 90}}, {id: 4}]"] {
        let said = "`createdOn` of token 2 and 1 more is null, so the filter on `idleDays` proves nothing";
        run(&stub, &format!("filters: [{filter}]\n")).exits(6).says(&[said]);
    }
    // What asks for the null finds it.
    let ran = run(&stub, "filters: [{idleDays: {empty: true}}]\n").exits(0);
    assert_eq!(ids(&ran.json()), [2, 3]);
    // A token that was never used has its age.
    let stub = Stub::start(|seen| {
        let mut all = rows(2);
        all[1]["lastUsedOn"] = Value::Null;
        page(slice(&all, seen), 2)
    });
    run(&stub, "filters: [{idleDays: {gt: 90}}]\n").exits(0);
}

//! Reading is the inverse of writing, and takes nothing that lmq would not have written.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::diff::{ChangedRecords, OldInfo};
use super::*;
use crate::check::diff::Change;
use crate::check::{Acceptance, FindingPlace, Severity};
use crate::report::column::RawColumn;
use crate::row::{Name, SavedCell};

/// Names of the records: known ones of every type, and one that is newer than lmq.
const NAMES: &[&str] = &[
    "id",
    "accessId",
    "roles",
    "status",
    "note",
    "createdOn",
    "lastUsedOn",
    "newer_2",
    "tokenType",
    "portal",
    "enabled",
    "idleDays",
];

fn layout() -> Arc<Layout> {
    let name = |name: &&str| {
        let known = TOKEN_FIELDS.iter().find(|field| field.name == *name);
        known.map_or_else(|| Name::Unknown((*name).to_owned()), Name::Known)
    };
    Layout::new(NAMES.iter().map(name).collect())
}

/// A value as a run holds it in a field.
fn cell(name: &Name, value: &Value) -> Cell {
    let text = value.to_string();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    serde::de::DeserializeSeed::deserialize(SavedCell(name), &mut deserializer).expect("any JSON is a cell")
}

fn finding(message: &str, record: Option<Value>, waiver: Option<Acceptance>) -> Finding {
    let place = FindingPlace { file: "q.yaml".into(), line: 9, column: 3, end_line: 11, end_column: 1 };
    Finding {
        id: "idle".into(),
        severity: Severity::Warning,
        message: message.into(),
        fingerprint: "ab12".into(),
        portal: "acme".into(),
        token_type: record.as_ref().map(|_| "lmv1".into()),
        token_id: record.as_ref().map(|_| 7),
        record,
        place,
        waiver,
    }
}

fn query(text: &str) -> QueryInfo {
    let place = finding("", None, None).place;
    QueryInfo {
        name: "q".into(),
        description: Some(text.into()),
        tags: vec![text.into()],
        file: text.into(),
        sha256: "00".into(),
        fields: NAMES.iter().map(|name| (*name).to_owned()).collect(),
        filter: None,
        select: Some(text.into()),
        sort: vec!["-idleDays".into()],
        expect: vec![Expected { id: "idle".into(), severity: Severity::Error, place }],
    }
}

fn listing(rows: usize, text: &str) -> ListingInfo {
    ListingInfo {
        portal: "acme".into(),
        path: "/setting/admins/apitokens".into(),
        kind: "bearer",
        permission: Some("traces"),
        sent_filter: Some(text.into()),
        local_filter: None,
        pages: 2,
        total: Some(u64::MAX),
        rows,
        verdict: "incomplete",
        reasons: vec![text.into()],
        notes: vec![text.into()],
    }
}

/// A document with these values in its records, and this text wherever a text of somebody's may stand.
fn document(values: &[Vec<Value>], text: &str) -> Document {
    let layout = layout();
    let rows = values.iter().map(|values| {
        let mut row = layout.empty_row();
        for (index, (name, value)) in layout.names().iter().zip(values).enumerate() {
            row.set(index, cell(name, value));
        }
        row.set(layout.index("portal").expect("rows have one"), Cell::text("acme"));
        row
    });
    let rows: Vec<Row> = rows.collect();
    let acceptance = Acceptance { reason: text.into(), owner: text.into(), expires: "2026-12-31".to_owned() };
    let column = |title: &str, path: &str| {
        let raw = serde_json::from_value::<RawColumn>(json!({"title": title, "path": path}));
        Column::read(raw.expect("a column"), &layout).expect("it reads the layout's fields")
    };
    Document {
        schema: SCHEMA,
        query: query(text),
        portals: vec![PortalInfo {
            name: "acme".into(),
            host: "acme.example".into(),
            account: None,
            credential: "LMv1",
        }],
        run: RunInfo {
            started_at: "2023-11-14T22:13:20Z".into(),
            finished_at: "2023-11-14T22:13:21Z".into(),
            now: 1_700_000_000,
            lmq_version: "0.1.0".into(),
            verdict: "incomplete",
            reasons: vec![text.into()],
            warnings: Vec::new(),
            requests: 3,
            waited_seconds: 0,
            sandbox: true,
            shard: None,
        },
        listings: vec![listing(values.len(), text)],
        total: values.len(),
        count: values.len(),
        columns: vec![column("id", "$.id"), column(text, "$.newer_2"), column("first", "$.roles[0]")],
        stats: Stats::new(&rows, &layout),
        records: Records { layout, rows },
        findings: vec![finding(text, Some(json!({"id": 7, "note": text})), None)],
        waived: vec![finding(text, None, Some(acceptance))],
        diff: None,
    }
}

/// The same, held against an earlier result: every row is new, is gone and has changed.
fn compared(mut document: Document, text: &str) -> Document {
    let Records { layout, rows } = &document.records;
    let records = || Records { layout: Arc::clone(layout), rows: rows.clone() };
    let change = Change { field: text.into(), old: json!([text]), new: Value::Null };
    let changed = rows.iter().map(|row| (row.clone(), vec![change.clone(); 2])).collect();
    document.diff = Some(Diff {
        old: OldInfo {
            file: text.into(),
            started_at: "2023-11-07T22:13:20Z".into(),
            now: 1,
            verdict: "complete",
            lmq_version: text.into(),
        },
        only: false,
        fields: vec![text.into()],
        added: records(),
        removed: records(),
        changed: ChangedRecords { layout: Arc::clone(layout), rows: changed },
        reasons: vec![text.into()],
        warnings: vec![text.into()],
    });
    document
}

fn written(document: &Document) -> String {
    serde_json::to_string_pretty(document).expect("a document is JSON")
}

fn read(text: &str) -> Result<Document, ReadError> {
    Document::read(text).map(|mut documents| documents.remove(0))
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no other", |number| number.is_finite()).prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[\\x00-\\x1f\\x7f-\\x9f\u{202a}-\u{202e}\u{2066}-\u{2069}=|<\"\\\\]*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(".*", 0..3).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_to_the_same_bytes(
        values in prop::collection::vec(prop::collection::vec(any_value(), NAMES.len()), 0..4),
        text in ".*",
    ) {
        for first in [document(&values, &text), compared(document(&values, &text), &text)] {
            let bytes = written(&first);
            let again = read(&bytes).expect("lmq wrote it");
            prop_assert_eq!(&written(&again), &bytes);
            prop_assert_eq!(&again.records.rows, &first.records.rows);
            prop_assert_eq!(&again.columns, &first.columns);
            prop_assert_eq!(&again.records.layout, &first.records.layout);
            let changed = |document: &Document| document.diff.as_ref().map(|diff| diff.changed.rows.clone());
            prop_assert_eq!(changed(&again), changed(&first));
        }
    }
}

#[test]
fn several_documents_may_follow_each_other() {
    let text = written(&document(&[], "a"));
    let read = Document::read(&format!("{text}\n{}\n", text.replace("\"q\"", "\"r\""))).expect("two");
    assert_eq!(read.iter().map(|document| document.query.name.as_str()).collect::<Vec<_>>(), ["q", "r"]);
    assert!(Document::read(" \n").expect_err("nothing").message.contains("no result"));
}

/// What stands in the document, what is put in its place, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    ("lmq.result/v1", "lmq.result/v2", "this is `lmq.result/v2`, and this lmq reads `lmq.result/v1`"),
    ("lmq.result/v1", "lmq.diagnostics/v1", "this is `lmq.diagnostics/v1`"),
    ("\"total\": 2", "\"totals\": 2", "unknown field `totals`"),
    ("\"total\": 2,", "", "missing field `total`"),
    ("\"total\": 2,", "\"total\": 2, \"total\": 2,", "duplicate field `total`"),
    ("\"total\": 2", "\"total\": -2", "invalid value: integer `-2`"),
    ("\"total\": 2", "\"total\": 1", "`total` is 1, and there are 2 records"),
    ("\"name\": \"q\"", "\"name\": \"../q\"", "`../q` is no name of a query"),
    ("\"name\": \"q\"", "\"name\": \"\"", "`` is no name of a query"),
    ("\"2023-11-14T22:13:20Z\"", "\"today\"", "`today` is no time"),
    ("\"portal\": \"acme\"", "\"portal\": \"beta\"", "a listing is of `beta`, which is none of `portals`"),
    ("\"count\": 2", "\"count\": 3", "`count` is 3, and there are 2 records"),
    ("\"verdict\": \"incomplete\"", "\"verdict\": \"fine\"", "`fine` is no verdict"),
    ("\"verdict\": \"incomplete\"", "\"verdict\": \"complete\"", "a listing's is worse"),
    ("\"kind\": \"bearer\"", "\"kind\": \"v2\"", "`v2` is no kind of token"),
    ("\"permission\": \"traces\"", "\"permission\": \"logs\"", "`logs` is no permission"),
    ("\"credential\": \"LMv1\"", "\"credential\": \"magic\"", "`magic` is no kind of credential"),
    ("\"sandbox\": true", "\"sandbox\": 1", "invalid type"),
    ("\"$.roles[0]\"", "\"$.roles[\"", "the column `first` cannot be read"),
    ("\"$.roles[0]\"", "\"$.adminName[0]\"", "the column `first` cannot be read"),
    ("\"severity\": \"warning\"", "\"severity\": \"grave\"", "unknown variant `grave`"),
    ("\"records\": [", "\"records\": [{\"id\": 1},", "`accessId` is no member of the first record"),
    ("\"records\": [", "\"records\": [{\"id\": 1, \"id\": 2},", "`id` stands twice in a record"),
    ("      \"note\",", "", "`records` have `note`, and `query.fields` has not"),
    ("      \"portal\",", "", "`query.fields` has no `portal`"),
    ("      \"note\",", "\"note\",\"note\",", "`query.fields` has `note` twice"),
];

/// The same of a result that is held against another one.
const WRONG_DIFF: &[(&str, &str, &str)] = &[
    ("\"only\": false", "\"only\": true", "`diff` has 6 differences, and there are 2 records"),
    ("\"only\": false", "\"only\": false, \"more\": 1", "unknown field `more`"),
    ("\"only\": false,", "", "missing field `only`"),
    ("\"verdict\": \"complete\"", "\"verdict\": \"fine\"", "`fine` is no verdict"),
    ("\"verdict\": \"incomplete\"", "\"verdict\": \"limited\"", "a listing's is worse"),
    ("\"added\": [", "\"added\": [{\"id\": 1},", "`accessId` is no member of the first record"),
    ("\"changes\": [", "\"changes\": [7,", "`changes` of a record of `diff.changed`"),
    ("\"changes\": [", "\"other\": [", "`changes` where the first record has `other`"),
];

#[test]
fn a_comparison_that_lmq_did_not_make_is_refused() {
    let values = vec![vec![Value::Null; NAMES.len()]; 2];
    let text = written(&compared(document(&values, "x"), "x"));
    for (from, to, expected) in WRONG_DIFF {
        let index = text.find(from).unwrap_or_else(|| panic!("`{from}` is not there"));
        let changed = format!("{}{to}{}", &text[..index], &text[index + from.len()..]);
        let error = read(&changed).expect_err(from);
        assert!(error.message.contains(expected), "{from}: {error}");
    }
    let start = text.find("\"diff\": {").expect("it is there");
    let error = read(&format!("{}\"diff\": null\n}}", &text[..start])).expect_err("no comparison");
    assert!(error.message.contains("null"), "{error}");
    // Doubts about a comparison are doubts about the result.
    let mut document = compared(document(&values, "x"), "x");
    document.run.reasons.clear();
    document.listings[0].reasons.clear();
    let green = written(&document).replace("\"verdict\": \"incomplete\"", "\"verdict\": \"complete\"");
    let error = read(&green).expect_err("a reason without its verdict");
    assert!(error.message.contains("`run.verdict` is `complete`, and `diff` has reasons"), "{error}");
}

#[test]
fn what_contradicts_itself_is_refused() {
    let mut green = document(&vec![vec![Value::Null; NAMES.len()]; 2], "x");
    green.run.verdict = "complete";
    green.run.reasons.clear();
    green.listings[0].verdict = "complete";
    green.listings[0].reasons.clear();
    let green = serde_json::to_value(&green).expect("a document is JSON");
    assert!(read(&green.to_string()).is_ok());
    for (pointer, value, expected) in [
        ("/total", json!(5), "`total` is 5, and the listings have 2 rows"),
        ("/listings", json!([]), "`acme` is one of `portals`, and there is no listing of it"),
        (
            "/records/1/portal",
            json!("beta"),
            "a record is of the portal \"beta\", which is none of `portals`",
        ),
        ("/records/1/portal", json!(null), "a record is of the portal null"),
        ("/run/reasons", json!(["page 2"]), "`run.verdict` is `complete`, and `run.reasons` are there"),
        ("/listings/0/reasons", json!(["page 2"]), "is `complete`, and it has reasons"),
        ("/portals", json!([]), "a listing is of `acme`, which is none"),
        ("/portals/0/name", json!("beta"), "a listing is of `acme`, which is none of `portals`"),
    ] {
        let mut changed = green.clone();
        *changed.pointer_mut(pointer).expect("it is there") = value;
        let error = read(&changed.to_string()).expect_err(pointer);
        assert!(error.message.contains(expected), "{pointer}: {error}");
    }
}

#[test]
fn what_lmq_did_not_write_is_refused() {
    let text = written(&document(&vec![vec![Value::Null; NAMES.len()]; 2], "x"));
    for (from, to, expected) in WRONG {
        let index = text.find(from).unwrap_or_else(|| panic!("`{from}` is not there"));
        let changed = format!("{}{to}{}", &text[..index], &text[index + from.len()..]);
        let error = read(&changed).expect_err(from);
        assert!(error.message.contains(expected), "{from}: {error}");
    }
    let error = read(&text.replace("\"total\": 2", "\"total\": x")).expect_err("no JSON");
    let line = text.lines().position(|line| line.contains("\"total\": 2")).expect("it is there") + 1;
    assert_eq!((error.line, error.column > 1), (line, true), "{error}");
    for cut in (1..text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
        assert!(read(&text[..cut]).is_err(), "cut at {cut}");
    }
    for other in ["[]", "null", "1", "\"lmq.result/v1\"", "{}", "{\"schema\": 5}"] {
        assert!(read(other).is_err(), "{other}");
    }
    assert!(read(&format!("{}1{}", "[".repeat(200), "]".repeat(200))).is_err());
}

//! A difference applied to the old rows gives the new ones, and what cannot be known is not told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::TOKEN_FIELDS;
use crate::check::FindingPlace;
use crate::row::Name;

const PATH: &str = "/setting/admins/apitokens";
const PORTALS: [&str; 2] = ["acme", "beta"];
const KINDS: [&str; 2] = ["lmv1", "bearer"];

fn layout(names: &[&str]) -> Arc<Layout> {
    let name = |name: &&str| {
        let known = TOKEN_FIELDS.iter().find(|field| field.name == *name);
        known.map_or_else(|| Name::Unknown((*name).to_owned()), Name::Known)
    };
    Layout::new(names.iter().map(name).collect())
}

fn names() -> Arc<Layout> {
    layout(&["id", "status", "note", "roles", "lastUsedOn", "tokenType", "portal"])
}

/// What tells a token apart: its portal, kind and id.
type Id = (usize, usize, i64);

/// What is compared of it: status, note, roles; and what is not.
type Token = (i64, Option<String>, Vec<String>, i64);

fn row(id: Id, token: &Token, layout: &Layout) -> Row {
    let (status, note, roles, used) = token;
    let mut row = layout.empty_row();
    let roles = roles.iter().map(|role| role.as_str().into()).collect();
    let cells = [
        ("id", Cell::Int(id.2)),
        ("status", Cell::Int(*status)),
        ("note", note.as_ref().map_or(Cell::Null, |note| Cell::text(note))),
        ("roles", Cell::List(roles)),
        ("lastUsedOn", Cell::Int(*used)),
        ("tokenType", Cell::text(KINDS[id.1])),
        ("portal", Cell::text(PORTALS[id.0])),
    ];
    for (name, cell) in cells {
        if let Some(index) = layout.index(name) {
            row.set(index, cell);
        }
    }
    row
}

/// What of a row is compared.
fn compared(row: &Row, layout: &Layout) -> Value {
    let mut value = row.to_json(layout);
    let map = value.as_object_mut().expect("a row is an object");
    map.retain(|name, _| ["status", "note", "roles"].contains(&name.as_str()));
    if let Some(roles) = map["roles"].as_array_mut() {
        roles.sort_by_key(Value::to_string);
    }
    value
}

fn listings(whole: &[(usize, Extent)]) -> Vec<Listed<'static>> {
    let listed = |(portal, rows): &(usize, Extent)| {
        KINDS.map(|kind| Listed { portal: PORTALS[*portal], path: PATH, kind, rows: *rows })
    };
    whole.iter().flat_map(listed).collect()
}

fn side<'a>(rows: &'a [Row], layout: &'a Layout, listings: Vec<Listed<'a>>) -> Side<'a> {
    Side { rows, layout, listings, run: Extent::Whole, reasons: &[] }
}

fn whole<'a>(rows: &'a [Row], layout: &'a Layout) -> Side<'a> {
    side(rows, layout, listings(&[(0, Extent::Whole), (1, Extent::Whole)]))
}

fn fields() -> Vec<String> {
    ["status", "note", "roles"].map(str::to_owned).into()
}

fn keys(rows: &[&Row], layout: &Layout) -> Vec<(String, String, i64)> {
    let cell = |row: &Row, name: &str| row.cell(layout.index(name).expect("it is there")).clone();
    let word = |row: &Row, name: &str| text(&cell(row, name)).to_owned();
    let key =
        |row: &&Row| (word(row, "portal"), word(row, "tokenType"), cell(row, "id").as_int().expect("an id"));
    rows.iter().map(key).collect()
}

fn tokens() -> impl Strategy<Value = BTreeMap<Id, Token>> {
    let token = (1_i64..3, prop::option::of("[ab]{0,1}"), prop::collection::vec("[xy]", 0..3), 0_i64..3);
    prop::collection::btree_map((0..PORTALS.len(), 0..KINDS.len(), 1_i64..5), token, 0..12)
}

fn rows(tokens: &BTreeMap<Id, Token>, layout: &Layout) -> Vec<Row> {
    tokens.iter().map(|(id, token)| row(*id, token, layout)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn applied_to_the_old_rows_it_gives_the_new_ones(old in tokens(), new in tokens()) {
        // The fields of the two stand in other orders.
        let (before, after) = (names(), layout(&["portal", "tokenType", "roles", "note", "id", "status"]));
        let (old, new) = (rows(&old, &before), rows(&new, &after));
        let difference = diff(&whole(&old, &before), &whole(&new, &after), &fields());
        let by_key = |rows: &[Row], layout: &Layout| -> BTreeMap<(String, String, i64), Value> {
            let refs: Vec<&Row> = rows.iter().collect();
            keys(&refs, layout).into_iter().zip(rows.iter().map(|row| compared(row, layout))).collect()
        };
        let mut applied = by_key(&old, &before);
        for key in keys(&difference.removed, &before) {
            prop_assert!(applied.remove(&key).is_some());
        }
        for (key, row) in keys(&difference.added, &after).into_iter().zip(&difference.added) {
            prop_assert!(applied.insert(key, compared(row, &after)).is_none());
        }
        for changed in &difference.changed {
            let key = keys(&[changed.row], &after).remove(0);
            let value = applied.get_mut(&key).expect("what has changed was there");
            prop_assert!(!changed.changes.is_empty());
            for change in &changed.changes {
                let sorted = |value: &Value| match value {
                    Value::Array(items) => {
                        let mut items = items.clone();
                        items.sort_by_key(Value::to_string);
                        Value::Array(items)
                    }
                    other => other.clone(),
                };
                prop_assert_eq!(&value[&change.field], &sorted(&change.old));
                value[&change.field] = sorted(&change.new);
            }
        }
        prop_assert_eq!(applied, by_key(&new, &after));
        prop_assert!(difference.reasons.is_empty());
    }

    #[test]
    fn the_other_way_round_it_is_mirrored_and_in_order(old in tokens(), new in tokens()) {
        let layout = names();
        let (old, new) = (rows(&old, &layout), rows(&new, &layout));
        let (old, new) = (whole(&old, &layout), whole(&new, &layout));
        let (there, back) = (diff(&old, &new, &fields()), diff(&new, &old, &fields()));
        let keys = |rows: &[&Row]| keys(rows, &layout);
        prop_assert_eq!(keys(&there.added), keys(&back.removed));
        prop_assert_eq!(keys(&there.removed), keys(&back.added));
        prop_assert_eq!(there.changed.len(), back.changed.len());
        for (there, back) in there.changed.iter().zip(&back.changed) {
            let turned = |change: &Change| Change { field: change.field.clone(), old: change.new.clone(), new: change.old.clone() };
            prop_assert_eq!(&there.changes, &back.changes.iter().map(turned).collect::<Vec<_>>());
        }
        for list in [&there.added, &there.removed, &there.changed.iter().map(|changed| changed.row).collect()] {
            prop_assert!(keys(list).is_sorted());
        }
    }

    /// Whatever is short or was not asked: nothing that cannot be known is told as removed, and what is not told has a reason.
    #[test]
    fn no_removal_is_told_that_cannot_be_known(
        old in tokens(),
        new in tokens(),
        extents in prop::collection::vec(prop::option::of(any::<bool>()), PORTALS.len()),
        run in any::<bool>(),
    ) {
        let layout = names();
        let (before, after) = (rows(&old, &layout), rows(&new, &layout));
        let extent = |whole: bool| if whole { Extent::Whole } else { Extent::Partial };
        let asked: Vec<(usize, Extent)> = extents
            .iter()
            .enumerate()
            .filter_map(|(portal, whole)| Some((portal, extent((*whole)?))))
            .collect();
        let new_side = Side { run: extent(run), ..side(&after, &layout, listings(&asked)) };
        let difference = diff(&whole(&before, &layout), &new_side, &fields());
        let known = |portal: usize| run && extents[portal] == Some(true);
        let gone: Vec<&Id> = old.keys().filter(|id| !new.contains_key(*id)).collect();
        let certain = gone.iter().filter(|id| known(id.0)).count();
        prop_assert_eq!(difference.removed.len(), certain);
        for (portal, name) in PORTALS.iter().enumerate() {
            let told = difference.reasons.iter().any(|reason| reason.contains(name));
            prop_assert_eq!(told, !known(portal));
        }
        let added = new.keys().filter(|id| !old.contains_key(*id)).count();
        prop_assert_eq!(difference.added.len(), added);
    }
}

#[test]
fn a_listing_that_nobody_asked_for_again_leaves_removals_open() {
    let layout = names();
    let token = (2, None, Vec::new(), 0);
    let old = [row((0, 0, 1), &token, &layout), row((0, 1, 1), &token, &layout)];
    let mut asked = listings(&[(0, Extent::Whole)]);
    let before = side(&old, &layout, asked.clone());
    asked.pop();
    let after = side(&old[..1], &layout, asked);
    let there = diff(&before, &after, &[]);
    assert!(there.removed.is_empty(), "{there:?}");
    assert_eq!(
        there.reasons,
        [
            "what was removed is not known: this time nobody asked for the bearer tokens of `/setting/admins/apitokens` (1 token of the earlier result is not in this one)"
        ]
    );
    let back = diff(&after, &before, &[]);
    assert_eq!(back.added.len(), 1);
    assert_eq!(
        back.reasons,
        [
            "the earlier run did not ask for the bearer tokens of `/setting/admins/apitokens`: all tokens there count as added"
        ]
    );
}

#[test]
fn an_old_result_that_may_be_short_is_told() {
    let layout = names();
    let reasons = ["page 2 failed".to_owned(), "more".to_owned()];
    let old = Side { reasons: &reasons, ..side(&[], &layout, listings(&[(0, Extent::Partial)])) };
    let new = row((0, 0, 1), &(2, None, Vec::new(), 0), &layout);
    let new = [new];
    let there = diff(&old, &side(&new, &layout, listings(&[(0, Extent::Whole)])), &fields());
    assert_eq!(there.added.len(), 1);
    assert_eq!(
        there.reasons,
        [
            "the earlier result is incomplete, and tokens that it lacks count as added here: page 2 failed, and 1 more reason"
        ]
    );
}

#[test]
fn rows_without_an_id_are_told_and_not_compared() {
    let layout = names();
    let mut odd = row((0, 0, 1), &(2, None, Vec::new(), 0), &layout);
    odd.set(0, Cell::text("1"));
    let old = [odd];
    let there = diff(&whole(&old, &layout), &whole(&[], &layout), &fields());
    assert!(there.removed.is_empty());
    assert_eq!(there.reasons, ["1 row without an `id` cannot be compared"]);
}

#[test]
fn findings_have_a_fingerprint_of_what_has_changed() {
    let layout = names();
    let place = FindingPlace { file: "q.yaml".to_owned(), line: 1, column: 1, end_line: 1, end_column: 1 };
    let of = |old: &[Row], new: &[Row], query: &str| {
        let difference = diff(&whole(old, &layout), &whole(new, &layout), &fields());
        findings(&difference, (&layout, &layout), query, &place)
    };
    let token =
        |note: &str, used: i64| [row((0, 0, 7), &(2, Some(note.to_owned()), Vec::new(), used), &layout)];
    let (a, b, c) = (token("a", 1), token("b", 1), token("c", 1));
    let all = [
        of(&[], &a, "q"),
        of(&a, &[], "q"),
        of(&a, &b, "q"),
        of(&a, &c, "q"),
        of(&b, &c, "q"),
        of(&a, &b, "r"),
    ];
    let messages: Vec<&str> = all.iter().map(|found| found[0].message.as_str()).collect();
    assert_eq!(
        messages[..3],
        [
            "lmv1 token 7 was added to the list",
            "lmv1 token 7 was removed from the list",
            "lmv1 token 7 changed: note \"a\" → \"b\""
        ]
    );
    let prints: BTreeSet<&str> = all.iter().map(|found| found[0].fingerprint.as_str()).collect();
    assert_eq!(prints.len(), all.len());
    let again = of(&token("a", 2), &token("b", 3), "q");
    assert_eq!(again[0].fingerprint, all[2][0].fingerprint, "the last use is not compared");
    assert_eq!(again[0].record.as_ref().expect("a row")["note"], json!("b"), "it is as it is now");
}

/// The words of `--compare`, and what is compared of results with these fields.
#[test]
fn fields_are_chosen_as_asked() {
    let old = layout(&[
        "id",
        "status",
        "note",
        "lastUsedOn",
        "accessId",
        "newer",
        "idleDays",
        "tokenType",
        "portal",
    ]);
    let new =
        layout(&["id", "status", "note", "lastUsedOn", "roles", "newer", "idleDays", "tokenType", "portal"]);
    let choose = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Compare::of(&words).and_then(|compare| compare.choose(old.names(), new.names()))
    };
    let chosen = choose(&[]).expect("the usual ones");
    assert_eq!(chosen.fields, ["status", "note", "newer"]);
    assert_eq!(
        chosen.warnings,
        [
            "`roles` is not compared: the earlier result does not have it",
            "`accessId` is not compared: this result does not have it",
        ]
    );
    let chosen = choose(&["idleDays", "note", "idleDays", "lastUsedOn"]).expect("all are in both");
    assert_eq!((chosen.fields.join(" ").as_str(), chosen.warnings.len()), ("idleDays note lastUsedOn", 0));
    let chosen = choose(&["-note", "-roles", "-accessId"]).expect("all are in one");
    assert_eq!((chosen.fields.join(" ").as_str(), chosen.warnings.len()), ("status newer", 0));
    let bare = layout(&["id", "lastUsedOn", "tokenType", "portal"]);
    let none = Compare::Usual.choose(bare.names(), bare.names()).expect("added and removed are told");
    assert!(none.fields.is_empty() && none.warnings[0].contains("no field is compared"), "{none:?}");
    let wrong: [(&[&str], &str, &str); 9] = [
        (&["-note", "-status", "-newer"], "leaves no field to compare", "leave fewer out"),
        (&["stauts"], "neither result has the field `stauts`", "did you mean `status`?"),
        (&["-stauts"], "neither result has the field `stauts`", "did you mean `status`?"),
        (&["zzzzzz"], "neither result has", "they have `accessId`, `idleDays`"),
        (&["roles"], "the earlier result does not have the field `roles`", "save a result with it"),
        (&["accessId"], "this result does not have the field `accessId`", "name it in `fields`"),
        (&["id"], "`id` is what tells tokens apart", ""),
        (&["note", "-roles"], "names of both kinds", "`status,note` compares these two"),
        (&["note", ""], "an empty name", ""),
    ];
    for (words, message, help) in wrong {
        let unfit = choose(words).expect_err(message);
        assert!(unfit.message.contains(message), "{words:?}: {unfit}");
        assert!(unfit.help.unwrap_or_default().contains(help), "{words:?}");
    }
}

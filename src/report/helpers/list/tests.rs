use super::*;
use crate::path::{Known, Root, parse};

fn records() -> Value {
    json!([
        {"id": 1, "owner": "jane", "days": 12, "roles": ["b", "a", "b"], "place": {"line": 3}},
        {"id": 2, "owner": "joe", "days": null, "roles": [], "place": {"line": 1}},
        {"id": 3, "owner": "jane", "days": 100, "roles": ["a"], "place": {"line": 2}},
        {"id": 4, "owner": null, "days": 9, "roles": ["c"], "place": {"line": 1}},
    ])
}

fn ids(list: &Value) -> Vec<i64> {
    let ids = list.as_array().expect("a list").iter().map(|element| element["id"].as_i64().expect("an id"));
    ids.collect()
}

#[test]
fn lists_are_sorted_with_what_is_missing_last() {
    let cases: [(&[&str], &[i64]); 8] = [
        (&["days"], &[4, 1, 3, 2]),
        (&["-days"], &[3, 1, 4, 2]),
        (&["owner", "-id"], &[3, 1, 2, 4]),
        (&["-owner"], &[2, 1, 3, 4]),
        (&["place.line", "-id"], &[4, 2, 3, 1]),
        (&["gone"], &[1, 2, 3, 4]),
        (&["roles.0", "-id"], &[3, 1, 4, 2]),
        (&["roles.one"], &[1, 2, 3, 4]),
    ];
    let records = records();
    for (keys, expected) in cases {
        let keys: Vec<Value> = keys.iter().map(|key| json!(key)).collect();
        let params: Vec<&Value> = std::iter::once(&records).chain(&keys).collect();
        assert_eq!(ids(&sort_by(&Call::of(&params, &[])).expect("a list")), expected, "{keys:?}");
    }
    let first = sort_by(&Call::of(&[&records, &json!("-days")], &[("limit", &json!(2))]));
    assert_eq!(ids(&first.expect("a list")), [3, 1]);
    let plain = json!(["b", null, 2, "a", true, 10]);
    assert_eq!(sort_by(&Call::of(&[&plain], &[])), Ok(json!([true, 2, 10, "a", "b", null])));
    assert_eq!(sort_by(&Call::of(&[&json!(null)], &[])), Ok(json!([])));
    assert!(sort_by(&Call::of(&[&json!(1)], &[])).is_err_and(|why| why.contains("expected a list")));
    let odd = sort_by(&Call::of(&[&records], &[("limit", &json!(-1))]));
    assert!(odd.is_err_and(|why| why.contains("`limit=`")));
}

#[test]
fn groups_are_in_the_order_of_their_first_element() {
    let groups = |field: &str| {
        let groups = group_by(&Call::of(&[&records(), &json!(field)], &[])).expect("groups");
        let group = |group: &Value| (group["key"].clone(), ids(&group["items"]), group["count"].clone());
        groups.as_array().expect("a list").iter().map(group).collect::<Vec<_>>()
    };
    assert_eq!(
        groups("owner"),
        [
            (json!("jane"), vec![1, 3], json!(2)),
            (json!("joe"), vec![2], json!(1)),
            (json!(null), vec![4], json!(1))
        ]
    );
    assert_eq!(
        groups("roles"),
        [
            (json!("b"), vec![1], json!(1)),
            (json!("a"), vec![1, 3], json!(2)),
            (json!(null), vec![2], json!(1)),
            (json!("c"), vec![4], json!(1)),
        ],
        "a member twice in a list counts once"
    );
    assert_eq!(
        groups("roles.0"),
        [
            (json!("b"), vec![1], json!(1)),
            (json!(null), vec![2], json!(1)),
            (json!("a"), vec![3], json!(1)),
            (json!("c"), vec![4], json!(1)),
        ]
    );
}

#[test]
fn counts_have_the_most_first_and_ties_by_value() {
    assert_eq!(
        count_by(&Call::of(&[&records(), &json!("owner")], &[])),
        Ok(json!([{"value": "jane", "count": 2}, {"value": "joe", "count": 1}, {"value": null, "count": 1}]))
    );
    assert_eq!(
        count_by(&Call::of(&[&records(), &json!("place.line")], &[])),
        Ok(json!([{"value": 1, "count": 2}, {"value": 2, "count": 1}, {"value": 3, "count": 1}]))
    );
}

#[test]
fn paths_select_records() {
    let known = [Known { name: "days".to_owned(), kind: None }];
    let path = parse("$[?@.days > 10]", Root::Rows, &known).expect("a path");
    let records = records();
    let mut call = Call::of(&[&records], &[]);
    assert!(select(&call).is_err());
    call.path = Some(&path);
    assert_eq!(ids(&select(&call).expect("a list")), [1, 3]);
}

#[test]
fn numbers_of_a_list() {
    let records = records();
    let of = |run: fn(&Call<'_>) -> Result<Value, String>, list: &Value, field: Option<&str>| {
        let field = field.map(Value::from);
        let params: Vec<&Value> = std::iter::once(list).chain(&field).collect();
        run(&Call::of(&params, &[]))
    };
    assert_eq!(of(sum, &records, Some("days")), Ok(json!(121)));
    assert_eq!(of(min, &records, Some("days")), Ok(json!(9)));
    assert_eq!(of(max, &records, Some("days")), Ok(json!(100)));
    assert_eq!(of(sum, &json!([1, 2.5]), None), Ok(json!(3.5)));
    assert_eq!(of(sum, &json!([u64::MAX]), None), Ok(json!(u64::MAX)));
    assert!(of(sum, &json!([u64::MAX, 1]), None).is_err_and(|why| why.contains("too large")));
    assert_eq!(of(sum, &json!([]), None), Ok(json!(0)));
    assert_eq!(of(max, &json!([]), None), Ok(json!(null)));
    assert_eq!(max(&Call::of(&[&json!([])], &[("default", &json!("-"))])), Ok(json!("-")));
    assert!(of(sum, &records, Some("owner")).is_err_and(|why| why.contains("`jane`")));
}

#[test]
fn what_a_list_takes_is_limited() {
    // A list of members puts an element into as many groups, and each copy has all members again.
    let members: Vec<Value> = (0..2_000).map(Value::from).collect();
    let records = json!([{"roles": members}]);
    let name = json!("roles");
    let mut call = Call::of(&[&records, &name], &[]);
    call.room = 1 << 20;
    assert!(group_by(&call).is_err_and(|why| why.contains("too large")));
    assert!(count_by(&call).is_ok());
    call.room = 10;
    assert!(sort_by(&call).is_err_and(|why| why.contains("too large")));
}

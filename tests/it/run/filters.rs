//! A filter finds exactly its rows, wherever it is evaluated and however it is written.

use lmq::sandbox::Sandbox;
use lmq::sandbox::data::{Kind, Status, Token};

use crate::support::{NOW_MS, Project, ids, sandbox};

const PUSHDOWNS: [&str; 3] = ["safe", "all", "none"];

/// Owners whose names try every special character, each with a part that `contains` looks for.
const AWKWARD: &[(&str, &str)] = &[
    ("svc+ci@example.com", "C+CI@"),
    ("o'brien@example.com", "O'B"),
    ("björn.åkesson@example.com", "ÖRN.Å"),
    (r#""quoted" \\ (name) & #1 %, |x"#, r#"ED" \\ (NAME) & #1 %, |X"#),
    (r"CORP\jdoe", r"P\J"),
    ("李小龙@example.com", "小龙"),
    ("100%_uptime", "0%_U"),
    ("a,b||c", ",B||"),
    ("noc[eu]&[us]$", "[EU]&[us]$"),
    ("<b>priya.n</b>@example.com", "<B>PRIYA"),
    ("svc-terraform", "TERRA"),
];

/// The ids that a query with these filters brings, LMv1 and bearer.
fn taken(sandbox: &Sandbox, pushdown: &str, filters: &str) -> Vec<(Kind, i64)> {
    let mut taken = Vec::new();
    for (kind, name) in [(Kind::Lmv1, "lmv1"), (Kind::Bearer, "bearer")] {
        let query = format!("type: {name}\npushdown: {pushdown}\nfields: [id]\nfilters:\n  - {filters}\n");
        let ran = Project::new().query(&query).sandbox(sandbox).run(&["-f", "json", "q.yaml"]);
        assert_eq!(ran.code, 0, "{pushdown} {filters}\n{}", ran.stderr);
        taken.extend(ids(&ran.json()).into_iter().map(|id| (kind, id)));
    }
    taken
}

fn truth(sandbox: &Sandbox, wanted: impl Fn(&Token) -> bool) -> Vec<(Kind, i64)> {
    sandbox.truth().iter().filter(|token| wanted(token)).map(|token| (token.kind, token.id)).collect()
}

/// A text as YAML in single quotes.
fn yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text as a quoted value of LogicMonitor's grammar.
fn quoted(text: &str) -> String {
    let escape = |c: char| if "\\\"()$&#[]".contains(c) { format!("\\{c}") } else { c.to_string() };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

fn folded(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[test]
fn awkward_owners_are_found_exactly_in_every_form_and_place() {
    let sandbox = sandbox();
    for (name, part) in AWKWARD {
        let equal = truth(&sandbox, |token| token.admin_name == *name);
        assert!(!equal.is_empty(), "the sandbox has {name}");
        let containing = truth(&sandbox, |token| folded(&token.admin_name, part));
        let forms = [
            (format!("adminName: {}", yaml(name)), &equal),
            (format!("adminName: {{eq: [{}]}}", yaml(name)), &equal),
            (yaml(&format!("adminName:{}", quoted(name))), &equal),
            (format!("adminName: {{contains: {}}}", yaml(part)), &containing),
            (yaml(&format!("adminName~{}", quoted(part))), &containing),
        ];
        for (filter, expected) in &forms {
            for pushdown in PUSHDOWNS {
                assert_eq!(&taken(&sandbox, pushdown, filter), *expected, "{pushdown} {filter}");
            }
        }
    }
}

#[test]
fn negations_take_the_others_and_those_without_a_value() {
    let sandbox = sandbox();
    let note = |token: &Token| token.note.clone().unwrap_or_default();
    let names = [AWKWARD[0].0, AWKWARD[3].0, AWKWARD[2].0];
    let [first, second, third] = names.map(yaml);
    let cases = [
        (format!("adminName: {{ne: {first}}}"), truth(&sandbox, |token| token.admin_name != names[0])),
        (
            format!("adminName: {{ne: [{first}, {second}]}}"),
            truth(&sandbox, |token| !names[..2].contains(&token.admin_name.as_str())),
        ),
        (
            yaml(&format!("adminName!:{}", quoted(names[1]))),
            truth(&sandbox, |token| token.admin_name != names[1]),
        ),
        (
            format!("adminName: {{not_contains: {third}}}"),
            truth(&sandbox, |token| !folded(&token.admin_name, names[2])),
        ),
        (
            "adminName: {not_contains: [svc, '@']}".to_owned(),
            truth(&sandbox, |token| !folded(&token.admin_name, "svc") && !token.admin_name.contains('@')),
        ),
        ("note: {ne: rotate yearly}".to_owned(), truth(&sandbox, |token| note(token) != "rotate yearly")),
        ("note: {not_contains: E}".to_owned(), truth(&sandbox, |token| !folded(&note(token), "e"))),
        (yaml(r#"note!~"e""#), truth(&sandbox, |token| !folded(&note(token), "e"))),
        ("status: {ne: 1}".to_owned(), truth(&sandbox, |token| token.status == Status::Enabled)),
    ];
    check(&sandbox, &cases);
}

#[test]
fn lists_take_any_of_their_values() {
    let sandbox = sandbox();
    let cases = [
        (
            format!("adminName: [{}, {}]", yaml(AWKWARD[0].0), yaml(AWKWARD[3].0)),
            truth(&sandbox, |token| [AWKWARD[0].0, AWKWARD[3].0].contains(&token.admin_name.as_str())),
        ),
        (
            "adminName: {contains: ['+CI', '%']}".to_owned(),
            truth(&sandbox, |token| folded(&token.admin_name, "+ci") || token.admin_name.contains('%')),
        ),
        ("adminId: [131, 8, 9]".to_owned(), truth(&sandbox, |token| [131, 8, 9].contains(&token.admin_id))),
        ("'status:1|2'".to_owned(), truth(&sandbox, |_| true)),
        (
            "roles: [administrator, ackonly]".to_owned(),
            truth(&sandbox, |token| {
                token.roles.iter().any(|role| role == "administrator" || role == "ackonly")
            }),
        ),
        (
            "roles: {contains: WRITE}".to_owned(),
            truth(&sandbox, |token| token.roles.iter().any(|role| folded(role, "write"))),
        ),
        (
            "any: [{adminId: 8}, {adminName: {contains: o'b}}, 'status:1']".to_owned(),
            truth(&sandbox, |token| {
                token.admin_id == 8 || folded(&token.admin_name, "o'b") || token.status == Status::Disabled
            }),
        ),
        (
            yaml(r#"adminId:8||note~"|""#),
            truth(&sandbox, |token| {
                token.admin_id == 8 || token.note.as_deref().is_some_and(|note| note.contains('|'))
            }),
        ),
    ];
    check(&sandbox, &cases);
}

#[test]
fn empty_is_null_absent_zero_or_nothing_in_it() {
    let sandbox = sandbox();
    let noted = |token: &Token| token.note.as_deref().is_some_and(|note| !note.is_empty());
    let used = |token: &Token| token.last_used_on.is_some();
    let cases = [
        ("note: {empty: true}".to_owned(), truth(&sandbox, |token| !noted(token))),
        ("note: {empty: false}".to_owned(), truth(&sandbox, noted)),
        ("'note:::empty'".to_owned(), truth(&sandbox, |token| !noted(token))),
        ("'note!::empty'".to_owned(), truth(&sandbox, noted)),
        ("lastUsedOn: {empty: true}".to_owned(), truth(&sandbox, |token| !used(token))),
        ("lastUsedOn: {empty: false}".to_owned(), truth(&sandbox, used)),
        ("neverUsed: true".to_owned(), truth(&sandbox, |token| !used(token))),
        ("accessId: {empty: true}".to_owned(), truth(&sandbox, |token| token.access_id.is_none())),
        ("roles: {empty: true}".to_owned(), truth(&sandbox, |token| token.roles.is_empty())),
        ("lastAuthIp: {empty: true}".to_owned(), truth(&sandbox, |token| token.last_auth_ip.is_none())),
    ];
    check(&sandbox, &cases);
}

#[test]
fn comparisons_know_their_bounds_and_never_used_is_no_number() {
    let sandbox = sandbox();
    let now = NOW_MS / 1000;
    let created = sandbox.truth()[20].created_on;
    let used = sandbox.truth().iter().filter_map(|token| token.last_used_on).nth(10).expect("some are used");
    let compared = |test: fn(i64, i64) -> bool| truth(&sandbox, |token| test(token.created_on, created));
    let last = |test: fn(i64, i64) -> bool| {
        truth(&sandbox, |token| token.last_used_on.is_some_and(|time| test(time, used)))
    };
    let idle = |token: &Token| (now - token.last_used_on.unwrap_or(token.created_on)) / 86_400;
    let cases = [
        (format!("createdOn: {{lt: {created}}}"), compared(|a, b| a < b)),
        (format!("createdOn: {{le: {created}}}"), compared(|a, b| a <= b)),
        (format!("createdOn: {{gt: {created}}}"), compared(|a, b| a > b)),
        (format!("createdOn: {{ge: {created}}}"), compared(|a, b| a >= b)),
        (format!("'createdOn<:{created}'"), compared(|a, b| a <= b)),
        (format!("createdOn: {{ge: {created}, le: {created}}}"), compared(|a, b| a == b)),
        (format!("lastUsedOn: {{lt: {used}}}"), last(|a, b| a < b)),
        (format!("lastUsedOn: {{le: {used}}}"), last(|a, b| a <= b)),
        (format!("lastUsedOn: {{gt: {used}}}"), last(|a, b| a > b)),
        (format!("'lastUsedOn>:{used}'"), last(|a, b| a >= b)),
        ("lastUsedOn: {gt: 0}".to_owned(), truth(&sandbox, |token| token.last_used_on.is_some())),
        ("id: {gt: 10, lt: 20}".to_owned(), truth(&sandbox, |token| token.id > 10 && token.id < 20)),
        ("idleDays: {gt: 90}".to_owned(), truth(&sandbox, |token| idle(token) > 90)),
        ("ageDays: {le: 365}".to_owned(), truth(&sandbox, |token| (now - token.created_on) / 86_400 <= 365)),
        ("enabled: false".to_owned(), truth(&sandbox, |token| token.status == Status::Disabled)),
    ];
    check(&sandbox, &cases);
}

#[test]
fn conditions_together_all_hold() {
    let sandbox = sandbox();
    let query = "status: 2\n  - adminName: {contains: '+ci'}\n  - roles: manager\n  - any: [{id: {lt: 30}}, {note: {empty: true}}]";
    let expected = truth(&sandbox, |token| {
        token.status == Status::Enabled
            && token.admin_name.contains("+ci")
            && token.roles.iter().any(|role| role == "manager")
            && (token.id < 30 || token.note.as_deref().is_none_or(str::is_empty))
    });
    check(&sandbox, &[(query.to_owned(), expected)]);
}

/// Each filter on every pushdown.
fn check(sandbox: &Sandbox, cases: &[(String, Vec<(Kind, i64)>)]) {
    for (filter, expected) in cases {
        for pushdown in PUSHDOWNS {
            assert_eq!(&taken(sandbox, pushdown, filter), expected, "{pushdown} {filter}");
        }
    }
}

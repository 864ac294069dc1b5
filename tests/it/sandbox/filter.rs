//! Filters, from the encoding of a client to the rows that come.

use lmq::sandbox::data::{Kind, RoleForm, Status, Token};
use lmq::sandbox::{Options, Sandbox};

use super::client::{encode, get, quoted};
use super::portal;

/// Whether a token is one that a case expects.
type Wanted = Box<dyn Fn(&Token) -> bool>;

/// The rows that a filter expression takes, by kind and id.
fn taken(sandbox: &Sandbox, expression: &str) -> Vec<(Kind, i64)> {
    let mut rows = Vec::new();
    for (kind, query) in [(Kind::Lmv1, ""), (Kind::Bearer, "&type=bearer")] {
        let filter = encode(expression, "");
        let reply =
            get(sandbox, &format!("/setting/admins/apitokens?size=1000&fields=id&filter={filter}{query}"));
        assert_eq!(reply.status, 200, "{expression}: {}", reply.body);
        rows.extend(reply.ids().into_iter().map(|id| (kind, id)));
    }
    rows
}

fn expected(sandbox: &Sandbox, wanted: impl Fn(&Token) -> bool) -> Vec<(Kind, i64)> {
    sandbox.truth().iter().filter(|token| wanted(token)).map(|token| (token.kind, token.id)).collect()
}

fn note(token: &Token) -> &str {
    token.note.as_deref().unwrap_or_default()
}

fn folded(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[test]
fn every_owner_and_every_note_is_found_by_its_exact_text() {
    let sandbox = portal(Options { rate_limit: 10_000, ..Options::default() });
    for token in sandbox.truth() {
        let name = &token.admin_name;
        let owned = expected(&sandbox, |other| other.admin_name == *name);
        assert_eq!(taken(&sandbox, &format!("adminName:{}", quoted(name))), owned, "{name}");
        let others = expected(&sandbox, |other| other.admin_name != *name);
        assert_eq!(taken(&sandbox, &format!("adminName!:{}", quoted(name))), others, "not {name}");
        if let Some(text) = &token.note {
            let same = expected(&sandbox, |other| other.note.as_ref() == Some(text));
            assert_eq!(taken(&sandbox, &format!("note:{}", quoted(text))), same, "{text}");
        }
    }
}

#[test]
fn every_special_character_is_found_as_itself() {
    let sandbox = portal(Options::default());
    let parts = [
        "\"",
        "\\",
        "\\\\",
        "(",
        ")",
        "$",
        "&",
        "#",
        "[",
        "]",
        "%",
        "+",
        "|",
        "||",
        ",",
        "'",
        "<",
        ">",
        "!",
        ":",
        "=",
        "{{",
        "`",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\u{1b}",
        "\u{202e}",
        "🚀",
        "李",
        "ö",
        "Å",
        "SVC+CI@",
        "\" \\\\ (",
        "+1",
        "%_",
        "&lt;",
    ];
    for part in parts {
        let found = expected(&sandbox, |token| folded(&token.admin_name, part) || folded(note(token), part));
        assert!(!found.is_empty() && found.len() < 120, "{part:?} tells nothing");
        let (value, both) =
            (quoted(part), taken(&sandbox, &format!("adminName~{0}||note~{0}", quoted(part))));
        assert_eq!(both, found, "{part:?}");
        let neither = taken(&sandbox, &format!("adminName!~{value},note!~{value}"));
        assert_eq!(neither.len() + both.len(), 120, "{part:?}");
    }
}

#[test]
fn a_value_encoded_once_is_mangled() {
    let sandbox = portal(Options::default());
    assert!(!taken(&sandbox, "adminName:\"svc%2Bci@example.com\"").is_empty());
    assert!(taken(&sandbox, "adminName:\"svc+ci@example.com\"").is_empty());
    assert!(!taken(&sandbox, "adminName:\"DevOps+Team\"").is_empty());
    assert!(!taken(&sandbox, "adminName:\"DevOps Team\"").is_empty());
    assert!(!taken(&sandbox, "adminName:\"o'brien@example.com\"").is_empty());
    assert!(!taken(&sandbox, r#"note~"\"no\"""#).is_empty(), "a raw escaped quote does not end the value");
}

#[test]
fn each_operator_means_what_it_says() {
    let sandbox = portal(Options::default());
    let edge = sandbox.truth()[30].created_on;
    let cases: Vec<(String, Wanted)> = vec![
        ("status:2".into(), Box::new(|t| t.status == Status::Enabled)),
        ("status!:2".into(), Box::new(|t| t.status == Status::Disabled)),
        ("status:1|2".into(), Box::new(|_| true)),
        ("status!:1|2".into(), Box::new(|_| false)),
        ("id>10".into(), Box::new(|t| t.id > 10)),
        ("id<10".into(), Box::new(|t| t.id < 10)),
        ("id>:10".into(), Box::new(|t| t.id >= 10)),
        ("id<:10".into(), Box::new(|t| t.id <= 10)),
        ("id>9.5,id<10.5".into(), Box::new(|t| t.id == 10)),
        ("id~13".into(), Box::new(|t| t.id.to_string().contains("13"))),
        (format!("createdOn:{edge}"), Box::new(move |t| t.created_on == edge)),
        (format!("createdOn<{edge}"), Box::new(move |t| t.created_on < edge)),
        (format!("createdOn!:{edge}"), Box::new(move |t| t.created_on != edge)),
        ("adminName>\"m\"".into(), Box::new(|t| t.admin_name.as_str() > "m")),
        ("adminName:\"SVC-terraform\"".into(), Box::new(|_| false)),
        ("adminName~\"SVC-\"".into(), Box::new(|t| t.admin_name.contains("svc-"))),
        ("adminName!~\"SVC-\"".into(), Box::new(|t| !t.admin_name.contains("svc-"))),
        ("adminName:\"svc-*\"".into(), Box::new(|t| t.admin_name.starts_with("svc-"))),
        ("adminName!:\"svc-*\"".into(), Box::new(|t| !t.admin_name.starts_with("svc-"))),
        ("adminName:\"*@example.com\"".into(), Box::new(|t| t.admin_name.ends_with("@example.com"))),
        ("adminName~\"s*vice\"".into(), Box::new(|t| t.admin_name.contains("servicenow"))),
        (
            "adminName:\"lmsupport\"|\"svc-t*\"".into(),
            Box::new(|t| t.admin_name == "lmsupport" || t.admin_name.starts_with("svc-t")),
        ),
        ("userPermission:\"none\"".into(), Box::new(|t| t.user_permission == "none")),
        ("adminId:131".into(), Box::new(|t| t.admin_id == 131)),
    ];
    for (expression, wanted) in cases {
        assert_eq!(taken(&sandbox, &expression), expected(&sandbox, wanted), "{expression}");
    }
}

#[test]
fn null_and_absent_match_negations_and_tests_for_them_alone() {
    let sandbox = portal(Options::default());
    let used = |t: &Token| t.last_used_on.is_some();
    let zero = move |t: &Token| !used(t) && t.member("lastUsedOn") == Some(0.into());
    assert!(expected(&sandbox, |t| !used(t) && !zero(t)).len() > 3 && !expected(&sandbox, zero).is_empty());
    let cases: Vec<(&str, Wanted)> = vec![
        ("lastUsedOn:::empty", Box::new(move |t| !used(t) && !zero(t))),
        ("lastUsedOn!::empty", Box::new(move |t| used(t) || zero(t))),
        ("lastUsedOn!::null", Box::new(move |t| used(t) || zero(t))),
        ("lastUsedOn:0", Box::new(zero)),
        ("lastUsedOn!:0", Box::new(move |t| !zero(t))),
        ("lastUsedOn>:0", Box::new(move |t| used(t) || zero(t))),
        ("lastUsedOn<1", Box::new(zero)),
        ("note:::empty", Box::new(|t| note(t).is_empty())),
        ("note!::empty", Box::new(|t| !note(t).is_empty())),
        ("note!::null", Box::new(|t| t.note.is_some())),
        ("note:\"\"", Box::new(|t| t.note.as_deref() == Some(""))),
        ("note~\"\"", Box::new(|t| t.note.is_some())),
        ("note:\"*\"", Box::new(|t| t.note.is_some())),
        ("note!:\"test\"", Box::new(|t| note(t) != "test")),
        ("note!~\"e\"", Box::new(|t| !folded(note(t), "e"))),
        ("accessId:::empty", Box::new(|t| t.kind == Kind::Bearer)),
        ("roles:::empty", Box::new(|t| t.roles.is_empty())),
        ("roles!::null", Box::new(|_| true)),
        ("colour:::empty", Box::new(|_| true)),
        ("colour!::null", Box::new(|_| false)),
        ("colour:\"red\"", Box::new(|_| false)),
        ("colour!:\"red\"", Box::new(|_| true)),
        ("adminName.first!:\"x\"", Box::new(|_| true)),
        ("AdminName:\"lmsupport\"", Box::new(|_| false)),
    ];
    for (expression, wanted) in cases {
        assert_eq!(taken(&sandbox, expression), expected(&sandbox, wanted), "{expression}");
    }
}

#[test]
fn roles_are_compared_one_by_one_in_both_forms() {
    let sandbox = portal(Options::default());
    let has = |t: &Token, role: &str| t.roles.iter().any(|other| other == role);
    let cases: Vec<(&str, Wanted)> = vec![
        ("roles:\"ackonly\"", Box::new(move |t| has(t, "ackonly"))),
        ("roles!:\"ackonly\"", Box::new(move |t| !has(t, "ackonly"))),
        ("roles:\"ack\"", Box::new(|_| false)),
        ("roles~\"ACK\"", Box::new(move |t| has(t, "ackonly"))),
        ("roles!~\"a\"", Box::new(|t| t.roles.iter().all(|role| !role.contains('a')))),
        ("roles:\"traces-*\"", Box::new(|t| t.roles.iter().any(|role| role.starts_with("traces-")))),
        ("roles:\"manager\",roles:\"ackonly\"", Box::new(move |t| has(t, "manager") && has(t, "ackonly"))),
        ("roles.name:\"ackonly\"", Box::new(move |t| has(t, "ackonly") && t.role_form == RoleForm::Objects)),
    ];
    for (expression, wanted) in cases {
        let found = expected(&sandbox, wanted);
        assert_eq!(found.is_empty(), expression == "roles:\"ack\"", "{expression}");
        assert_eq!(taken(&sandbox, expression), found, "{expression}");
    }
}

#[test]
fn values_of_the_wrong_type_match_nothing_without_an_error() {
    let sandbox = portal(Options::default());
    let cases = [
        "adminName:lmsupport",
        "adminName!:lmsupport",
        "adminName~lm",
        "adminName:DevOps Team",
        "note:true",
        "note!:5",
        "adminName:131",
        "status:\"2\"",
        "status!:\"2\"",
        "id>\"1\"",
        "lastUsedOn!:\"never\"",
        "status:two",
        "accessKey~\"lmb\"",
        "colour!:red",
        "roles>5",
    ];
    for expression in cases {
        assert_eq!(taken(&sandbox, expression), [], "{expression}");
    }
    let enabled = expected(&sandbox, |token| token.status == Status::Enabled);
    assert_eq!(taken(&sandbox, "status:\"1\"|2"), enabled, "the value of the right type counts");
}

#[test]
fn and_binds_tighter_than_or() {
    let sandbox = portal(Options::default());
    let wanted = |t: &Token| t.id < 5 || t.id > 20 && t.status == Status::Disabled || t.admin_id == 131;
    assert_eq!(taken(&sandbox, "id<5||id>20,status:1||adminId:131"), expected(&sandbox, wanted));
    let both = |t: &Token| t.admin_name.starts_with("svc-") && t.status == Status::Enabled;
    assert_eq!(taken(&sandbox, "adminName:\"svc-*\",status:2"), expected(&sandbox, both));
}

#[test]
fn all_searches_every_field_but_key_material() {
    let sandbox = portal(Options::default());
    let anywhere = |t: &Token, part: &str| {
        let texts = [&t.admin_name, &t.created_by].into_iter().chain(&t.roles).map(String::as_str);
        let optional = [t.access_id.as_deref(), t.note.as_deref(), t.last_auth_ip.as_deref()];
        let numbers = [Some(t.id), Some(t.admin_id), Some(t.created_on), t.last_used_on];
        texts.chain(optional.into_iter().flatten()).chain([t.user_permission]).any(|text| folded(text, part))
            || numbers.into_iter().flatten().any(|number| number.to_string().contains(part))
    };
    for part in ["GRAFANA", "2001:db8", "ackonly", "write", "131", "|", "李", "rotate", "1699920000"] {
        let found = expected(&sandbox, |token| anywhere(token, part));
        assert!(!found.is_empty() && found.len() < 120, "{part} tells nothing");
        assert_eq!(taken(&sandbox, &format!("_all~{}", quoted(part))), found, "{part}");
    }
    assert_eq!(taken(&sandbox, "_all~\"lmb_\""), []);
}

#[test]
fn an_invalid_filter_is_refused_with_its_text() {
    let sandbox = portal(Options::default());
    let cases = [
        "status<=2",
        "status>=2",
        "status=2",
        "status",
        "nonsense here",
        "note:\"a b",
        "status:2,",
        "(status:2)",
        "status:2 || id:1",
        "note:\"%2541\"x",
    ];
    for expression in cases {
        let filter = encode(expression, "");
        let reply = get(&sandbox, &format!("/setting/admins/apitokens?filter={filter}"));
        let message = format!("invalid filter! {expression}");
        assert_eq!(reply.error(), (400, 1400, message.as_str()));
        assert!(reply.body["errorDetail"].is_null());
    }
    assert_eq!(get(&sandbox, "/setting/admins/apitokens?filter=").status, 200);
    let per_user = get(&sandbox, "/setting/admins/131/apitokens?filter=status:1");
    assert_eq!(per_user.items().len(), 0, "the caller's tokens are enabled");
}

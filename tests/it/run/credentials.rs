//! Who asks: credentials from the environment, refused ones, none at all.

use lmq::sandbox::{Options, Sandbox};

use crate::support::{NOW_MS, Project, Reply, Stub, page, row, rows, sandbox, slice};

const QUERY: &str = "type: all\n";

#[test]
fn the_environment_reaches_a_separate_sandbox() {
    let sandbox = sandbox();
    let count = sandbox.truth().len();
    let lmv1 = Project::new().query(QUERY).sandbox(&sandbox);
    let bearer = |token: &str| {
        let project = Project::new().query(QUERY).env("LMQ_BASE_URL", &sandbox.base_url());
        project.env("LM_BEARER_TOKEN", token)
    };
    let token = sandbox.bearer_token().expose().to_owned();
    let cases = [
        (lmv1, "LMv1"),
        (bearer(&token), "bearer"),
        (bearer(&format!("Bearer {token}")), "bearer"),
        (bearer(&format!(" bearer {token}\n")), "bearer"),
    ];
    for (project, kind) in cases {
        let document = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
        assert_eq!(document["count"], count);
        assert_eq!(document["portals"][0]["credential"], kind);
        assert_eq!(document["run"]["sandbox"], true, "made-up rows say so, however they were reached");
    }
}

#[test]
fn the_address_may_have_its_path_or_not() {
    let sandbox = sandbox();
    let root = sandbox.base_url().trim_end_matches("/santaba/rest").to_owned();
    for url in
        [root.clone(), format!("{root}/"), format!("{root}/santaba/rest"), format!("{root}/santaba/rest/")]
    {
        Project::new().query(QUERY).sandbox(&sandbox).env("LMQ_BASE_URL", &url).run(&["q.yaml"]).exits(0);
    }
}

#[test]
fn both_kinds_of_credential_take_lmv1_and_say_so() {
    let sandbox = sandbox();
    let project = Project::new().query(QUERY).sandbox(&sandbox).env("LM_BEARER_TOKEN", "lmb_wrong");
    project.run(&["q.yaml"]).exits(0).says(&["LMv1 is used"]);
}

#[test]
fn a_wrong_key_is_tried_once() {
    let two =
        |project: Project| project.file("r.yaml", "endpoint: apitokens\nadminId: [131, 2]\ntype: all\n");
    let cases: [(&str, &[&str]); 4] = [
        ("", &["q.yaml"]),
        ("type: all\n", &["q.yaml"]),
        ("type: all\n", &["q.yaml", "r.yaml"]),
        ("type: all\n", &["--allow-partial", "r.yaml", "q.yaml"]),
    ];
    for (more, args) in cases {
        let sandbox = sandbox();
        let project =
            two(Project::new().query(more).sandbox(&sandbox).env("LM_ACCESS_KEY", "wrong-key-wrong"));
        let ran = project.run(args).exits(4);
        let ran = ran.says(&["HTTP 401", "LM_ACCESS_ID", "LM_ACCESS_KEY", "account", "disabled or locked"]);
        assert_eq!(ran.stdout, "", "{args:?}");
        assert_eq!(sandbox.requests().len(), 1, "{args:?}");
    }
}

#[test]
fn wrong_ids_and_bearer_tokens_are_refused_alike() {
    for (name, value) in [("LM_ACCESS_ID", "nobody"), ("LM_BEARER_TOKEN", "lmb_nobody")] {
        let sandbox = sandbox();
        let mut project = Project::new().query(QUERY).sandbox(&sandbox).env(name, value);
        if name == "LM_BEARER_TOKEN" {
            project = project.env("LM_ACCESS_ID", "").env("LM_ACCESS_KEY", "");
        }
        project.run(&["q.yaml"]).exits(4);
        assert_eq!(sandbox.requests().len(), 1);
    }
}

#[test]
fn refused_on_a_later_page_is_asked_no_more() {
    let stub = Stub::start(|seen| match seen.offset() {
        0 => page(slice(&rows(20), seen), 20),
        _ => Reply::error(401, 1401, "Authentication failed"),
    });
    let project = Project::new().query("type: all\nsize: 5\n").stub(&stub);
    let project = project.file("r.yaml", "endpoint: apitokens\n");
    for args in [&["q.yaml", "-f", "json"][..], &["q.yaml", "-f", "json", "--allow-partial"]] {
        let ran = project.run(args).says(&["HTTP 401"]);
        assert_eq!(ran.code, if args.len() == 3 { 6 } else { 0 });
    }
    project.run(&["q.yaml", "r.yaml", "--allow-partial"]).exits(4).says(&["1 more not run"]);
    let most = 3 * (1 + 4);
    assert!(stub.count() <= most, "one good page, what was in flight, and nothing more: {}", stub.count());
}

#[test]
fn forbidden_names_the_permission() {
    let stub = Stub::saying(Reply::error(403, 1403, "Permission denied"));
    let ran = Project::new().query(QUERY).stub(&stub).run(&["q.yaml"]).exits(4);
    ran.says(&["HTTP 403", "Permission denied", "Settings > User Access: View"]);
    assert_eq!(stub.count(), 1);
}

#[test]
fn a_clock_that_is_off_is_named() {
    for (date, word) in [
        ("Tue, 14 Nov 2023 21:13:20 GMT", "60 minutes ahead"),
        ("Tue, 14 Nov 2023 23:13:20 GMT", "60 minutes behind"),
    ] {
        let stub = Stub::saying(Reply::error(401, 1401, "Authentication failed").header("Date", date));
        Project::new().query("").stub(&stub).run(&["q.yaml"]).exits(4).says(&["clock", word]);
    }
    let hour_off = std::sync::Arc::new(|| NOW_MS + 3_600_000);
    let sandbox = Sandbox::start(Options::default(), hour_off).expect("a free port");
    Project::new().query("").sandbox(&sandbox).run(&["q.yaml"]).exits(4).says(&["60 minutes behind"]);
}

#[test]
fn without_credentials_the_help_names_the_variables_and_the_sandbox() {
    let cases: [&[(&str, &str)]; 5] = [
        &[],
        &[("LM_COMPANY", "acme")],
        &[("LM_COMPANY", "acme"), ("LM_ACCESS_ID", "id")],
        &[("LM_COMPANY", "acme"), ("LM_ACCESS_KEY", "a-key-a-key"), ("LM_ACCESS_ID", "  ")],
        &[("LM_ACCESS_ID", "id"), ("LM_ACCESS_KEY", "key-key-key")],
    ];
    for variables in cases {
        let project = variables
            .iter()
            .fold(Project::new().query(""), |project, (name, value)| project.env(name, value));
        let ran = project.run(&["q.yaml"]).exits(4);
        let ran = ran.says(&["LM_COMPANY", "LM_ACCESS_ID", "LM_ACCESS_KEY", "LM_BEARER_TOKEN", "--sandbox"]);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn the_sandbox_needs_no_credentials_and_uses_none() {
    let stub = Stub::saying(page(&[row(1)], 1));
    Project::new().query("").stub(&stub).run(&["--sandbox", "q.yaml"]).exits(0);
    assert_eq!(stub.count(), 0);
}

#[test]
fn an_address_that_is_none_is_usage() {
    for url in [
        "http://example.com",
        "not a url",
        "ftp://127.0.0.1",
        "https://user:pw@127.0.0.1",
        "http://127.0.0.1/x",
    ] {
        let project = Project::new().query("").env("LM_ACCESS_ID", "id").env("LM_ACCESS_KEY", "key-key-key");
        let ran = project.env("LMQ_BASE_URL", url).run(&["q.yaml"]).exits(2).says(&["LMQ_BASE_URL"]);
        assert!(!ran.stderr.contains("pw"), "{}", ran.stderr);
    }
}

#[test]
fn credentials_no_header_can_hold_are_not_sent() {
    let stub = Stub::saying(page(&[], 0));
    for id in ["id\u{7}x", "a\nb"] {
        let project = Project::new().query("").stub(&stub).env("LM_ACCESS_ID", id);
        project.run(&["q.yaml"]).exits(4).says(&["characters that no header may have"]);
    }
    assert_eq!(stub.count(), 0);
}

#[test]
fn what_is_too_short_to_be_a_secret_is_not_used() {
    let stub = Stub::saying(page(&[], 0));
    let base = || Project::new().query("").env("LMQ_BASE_URL", &stub.url());
    let cases = [
        (
            base().env("LM_ACCESS_ID", "testid").env("LM_ACCESS_KEY", "hunt3r2"),
            "LM_ACCESS_KEY has fewer than 8",
        ),
        (base().env("LM_BEARER_TOKEN", "Bearer hunt3r2"), "LM_BEARER_TOKEN has fewer than 8"),
        (base().env("LM_ACCESS_ID", "testid").answering("hunt3r2"), "LM_ACCESS_KEY has fewer than 8"),
    ];
    for (project, message) in cases {
        let ran = project.run(&["-vv", "q.yaml"]).exits(4).says(&[message]);
        assert!(!ran.both().contains("hunt3r2"), "{}", ran.stderr);
    }
    assert_eq!(stub.count(), 0);
}

#[test]
fn a_missing_key_is_asked_for_where_somebody_can_answer() {
    let sandbox = sandbox();
    let project = || {
        let project = Project::new().query(QUERY).env("LMQ_BASE_URL", &sandbox.base_url());
        project.env("LM_ACCESS_ID", sandbox.access_id()).answering(sandbox.access_key().expose())
    };
    let ran = project().run(&["q.yaml"]).exits(0);
    assert_eq!(ran.questions.len(), 1, "{:?}", ran.questions);
    assert!(ran.questions[0].starts_with("LM_ACCESS_KEY (accessKey of 127.0.0.1"), "{:?}", ran.questions);
    assert!(!ran.both().contains(sandbox.access_key().expose()), "{}", ran.stderr);
    let in_ci = project().env("CI", "true").run(&["q.yaml"]).exits(4).says(&["LM_ACCESS_KEY is not"]);
    assert!(in_ci.questions.is_empty(), "{:?}", in_ci.questions);
    let nowhere = project().env("LMQ_BASE_URL", "").run(&["q.yaml"]).exits(4);
    assert!(nowhere.questions.is_empty(), "a key without a portal is of no use: {:?}", nowhere.questions);
    project().answering("^C").run(&["q.yaml"]).exits(130);
    project().answering("  ").run(&["q.yaml"]).exits(4);
}

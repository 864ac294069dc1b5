//! What each format says, read back.

use serde_json::{Value, json};

use super::*;

/// Each case of a JUnit report: its name, what is in it, and the text of that.
fn cases(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}:\n{xml}"));
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    cases
        .map(|case| {
            let inside = case.children().filter(roxmltree::Node::is_element).map(|inside| {
                let text = inside.text().or(inside.attribute("message")).unwrap_or_default();
                (inside.tag_name().name().to_owned(), text.to_owned())
            });
            (case.attribute("name").expect("it has a name").to_owned(), inside.collect())
        })
        .collect()
}

fn counts(xml: &str) -> Vec<[String; 4]> {
    let document = roxmltree::Document::parse(xml).expect("XML");
    let of = |node: roxmltree::Node<'_, '_>| {
        ["tests", "failures", "errors", "skipped"]
            .map(|name| node.attribute(name).expect("counted").to_owned())
    };
    ["testsuites", "testsuite"]
        .iter()
        .map(|name| of(document.descendants().find(|node| node.has_tag_name(*name)).expect("it is there")))
        .collect()
}

/// Whether a log is SARIF by the official schema; its one run.
fn sarif(text: &str) -> Value {
    let schema = include_str!("../../../../tests/it/schemas/sarif-2.1.0.json");
    let mut schema: Value = serde_json::from_str(schema).expect("JSON");
    // The official file has a stray `]` in this one expression, which strict readers refuse; lmq writes no `language`.
    for holder in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{holder}/properties/language"));
        assert!(language.and_then(Value::as_object_mut).is_some_and(|it| it.remove("pattern").is_some()));
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let log: Value = serde_json::from_str(text).expect("JSON");
    let wrong: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    log["runs"][0].clone()
}

#[test]
fn junit_has_a_case_an_expectation_whatever_it_found() {
    let xml = written(&mixed(), Format::Junit);
    let cases = cases(&xml);
    let inside = |name: &str| -> Vec<&str> {
        let (_, inside) = cases.iter().find(|(case, _)| case == name).expect("it has a case");
        inside.iter().map(|(tag, _)| tag.as_str()).collect()
    };
    assert_eq!(
        cases.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["old", "seen", "noted", "fine"]
    );
    assert_eq!(inside("old"), ["failure", "system-out"]);
    assert_eq!(inside("seen"), ["skipped", "system-out"]);
    assert_eq!(inside("noted"), ["system-out"]);
    assert_eq!(inside("fine"), [""; 0]);
    let waived = &cases[1].1[1].1;
    assert_eq!(waived, "- token 4 was seen (accepted by jane until 2026-12-31: moves in May)");
    assert_eq!(counts(&xml), [["4", "1", "0", "1"]; 2]);
    assert!(xml.contains("file=\"sub/q.yaml\" line=\"7\""), "{xml}");
}

#[test]
fn junit_of_an_incomplete_run_is_an_error_and_passes_nothing() {
    let xml = written(&incomplete(mixed()), Format::Junit);
    let cases = cases(&xml);
    assert_eq!((cases[0].0.as_str(), cases[0].1[0].0.as_str()), ("complete", "error"));
    assert!(cases[0].1[0].1.starts_with("- HTTP 500\n- <b>&amp;]]>"), "{xml}");
    assert!(cases.iter().all(|(_, inside)| !inside.is_empty()), "nothing passes: {cases:?}");
    assert_eq!(counts(&xml), [["5", "1", "1", "3"]; 2]);
}

#[test]
fn sarif_is_as_the_standard_says() {
    let run = sarif(&written(&mixed(), Format::Sarif));
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().expect("a list").iter().map(|rule| &rule["id"]).collect();
    assert_eq!(rules, ["old", "seen", "noted", "fine"]);
    let results = run["results"].as_array().expect("a list");
    let told = |result: &Value| {
        let rule = rules[usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small")];
        assert_eq!(*rule, result["ruleId"]);
        (result["level"].clone(), result["suppressions"].as_array().expect("a list").len())
    };
    assert_eq!(
        results.iter().map(told).collect::<Vec<_>>(),
        [(json!("error"), 0), (json!("error"), 1), (json!("warning"), 1), (json!("note"), 0)]
    );
    let location = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "sub/q.yaml");
    assert_eq!(location["region"], json!({"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 18}));
    assert_eq!(results[0]["partialFingerprints"]["primaryLocationLineHash"], "old-2");
    let suppression = &results[1]["suppressions"][0];
    assert_eq!(
        suppression,
        &json!({"kind": "external", "status": "accepted", "justification": "accepted by jane until 2026-12-31: moves in May"})
    );
    assert_eq!(run["automationDetails"]["id"], "lmq/idle/");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_of_an_incomplete_run_was_not_successful() {
    let mut document = incomplete(mixed());
    document.run.warnings = vec!["odd".to_owned()];
    document.run.sandbox = true;
    let run = sarif(&written(&document, Format::Sarif));
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = invocation["toolExecutionNotifications"].as_array().expect("a list").iter();
    let told: Vec<(&str, &str)> = told
        .map(|told| {
            (told["level"].as_str().expect("a text"), told["message"]["text"].as_str().expect("a text"))
        })
        .collect();
    assert_eq!(told[0], ("error", "INCOMPLETE: HTTP 500"));
    assert_eq!(told[2..], [("warning", "odd"), ("note", "sandbox data: these tokens are made up")]);
}

#[test]
fn github_has_ten_annotations_and_the_last_counts_the_rest() {
    let worst = expected("old", Severity::Error, 7);
    let other = expected("seen", Severity::Warning, 9);
    let info = expected("noted", Severity::Info, 11);
    let many = |expected, count| (0..count).map(move |token| finding(expected, token, "it is"));
    let found = many(&info, 3).chain(many(&other, 5)).chain(many(&worst, 6));
    let found = found.chain(std::iter::once(waived(finding(&worst, 99, "token 99"))));
    let whole = document(vec![worst.clone(), other.clone(), info.clone()], found.collect());
    let told = written(&whole, Format::Github);
    let commands = |told: &str| -> Vec<String> {
        told.lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(commands(&told), [vec!["::error"; 6], vec!["::warning"; 4]].concat());
    assert!(
        told.starts_with(
            "::error file=sub/q.yaml,line=7,col=5,endLine=7,endColumn=18,title=idle/old::it is\n"
        ),
        "{told}"
    );
    let last = told.lines().next_back().expect("a line");
    assert_eq!(
        last,
        "::warning title=idle::and 5 more findings (2 warning, 3 info)%0Atoken 99 (accepted by jane until 2026-12-31: moves in May)"
    );
    let told = written(&incomplete(whole), Format::Github);
    assert_eq!(commands(&told).len(), 10);
    assert!(told.starts_with("::error file=sub/q.yaml,line=1,col=1,endLine=1,endColumn=1,title=idle%3A INCOMPLETE::the list may be short%0AHTTP 500%0A"), "{told}");
    assert!(told.contains("and 6 more findings (3 warning, 3 info)"), "{told}");
    // Of one kind GitHub shows ten, so a last one that counts must be among them.
    for (found, shown) in [(9, 9), (10, 10), (11, 10), (500, 10)] {
        let told = written(&document(vec![worst.clone()], many(&worst, found).collect()), Format::Github);
        assert_eq!(commands(&told), vec!["::error"; shown], "{found}");
        assert_eq!(told.contains("more finding"), found > 10, "{told}");
    }
    assert_eq!(written(&document(vec![], vec![]), Format::Github), "", "a clean run has nothing to say");
}

#[test]
fn gitlab_has_the_members_it_reads_and_each_fingerprint_once() {
    let mut document = incomplete(mixed());
    document.run.sandbox = true;
    let entries: Vec<Value> = serde_json::from_str(&written(&document, Format::Gitlab)).expect("a list");
    let of = |member: &str| -> Vec<String> {
        entries.iter().map(|entry| entry[member].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(
        of("check_name"),
        ["idle/incomplete", "idle/old", "idle/noted", "idle/old", "idle/seen", "idle/sandbox"]
    );
    assert_eq!(of("severity"), ["critical", "major", "info", "info", "info", "info"]);
    assert!(of("description")[3].contains("accepted by jane"), "{:?}", of("description"));
    let mut prints = of("fingerprint");
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), entries.len());
    assert_eq!(entries[1]["location"], json!({"path": "sub/q.yaml", "lines": {"begin": 7}}));
    assert_eq!(written(&super::document(vec![], vec![]), Format::Gitlab), "[]\n");
}

#[test]
fn hostile_text_is_inert_everywhere() {
    for format in ALL {
        let mut document = incomplete(mixed());
        document.query.description = Some(HOSTILE.to_owned());
        let told = written(&document, format);
        assert_eq!(told.chars().find(|c| crate::text::is_active(*c)), None, "{format:?}: {told:?}");
        assert!(!told.lines().any(|line| line.starts_with("::error::")), "{format:?}: {told}");
        assert!(told.contains("[31m"), "{format:?}: what was said is still there");
    }
}

#[test]
fn several_portals_are_told_apart_and_no_finding_is_left_out() {
    let mut document = mixed();
    document.portals.push(crate::report::document::PortalInfo {
        name: "beta".to_owned(),
        host: "beta.logicmonitor.com".to_owned(),
        account: None,
        credential: "an LMv1 token",
    });
    document.query.expect.clear();
    for format in ALL {
        assert!(written(&document, format).contains("acme: token 1 has a note"), "{format:?}");
    }
}

#[test]
fn warnings_are_told_where_a_run_is_well_otherwise() {
    let mut document = document(vec![expected("old", Severity::Error, 7)], vec![]);
    document.run.warnings = vec!["the waiver of jane has expired".to_owned()];
    for format in ALL {
        let told = written(&document, format);
        assert!(told.contains("the waiver of jane has expired"), "{format:?}: {told}");
    }
    let xml = written(&document, Format::Junit);
    assert_eq!(counts(&xml), [["1", "0", "0", "0"]; 2], "{xml}");
}

#[test]
fn secrets_are_taken_out_before_they_are_escaped() {
    let old = expected("old", Severity::Error, 7);
    let secret = "a secret that nobody may see";
    let found = vec![waived(finding(&old, 1, secret)), finding(&old, 2, &format!("<{secret}>"))];
    let mut document = incomplete(document(vec![old], found));
    document.run.reasons = vec![format!("{secret}%")];
    document.run.warnings = vec![secret.to_owned()];
    for format in ALL {
        let told = written(&document, format);
        assert!(!told.contains("nobody") && told.contains("[redacted]"), "{format:?}: {told}");
    }
}

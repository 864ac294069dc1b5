//! Every command, as talkative as it gets, under every fault: no key, no token and no live signature is in a stream or a file,
//! however encoded.

mod search;

use std::fs;
use std::sync::Arc;

use lmq::sandbox::{FAULTS, Fault, Options, Sandbox};
use lmq::spec::Format;

use crate::support::{NOW_MS, Project, Ran, SECRET_KEY, Stub, listed, page, row};
use search::Search;

/// Values for the faults that have no default.
const VALUES: &[(&str, &str)] = &[
    ("status", "=403"),
    ("latency", "=1"),
    ("total", "=+40"),
    ("short-pages", "=7"),
    ("skew", "=3600"),
    ("retry-after", "=1"),
];

/// The templates that lmq ships.
const TEMPLATES: [&str; 3] = ["summary.txt.hbs", "tokens.md.hbs", "tokens.html.hbs"];

/// A query whose outputs are all formats and templates there are.
fn everything() -> String {
    let mut query = format!(
        "endpoint: apitokens\ntype: all\nsize: 20\nfields: [id, accessId, accessKey, note]\n{FINDS}output:\n"
    );
    for format in Format::ALL {
        let name = format.name();
        query = query + "  - {format: " + name + ", to: out/all.out." + name + "}\n";
    }
    for template in TEMPLATES {
        query = query + "  - {template: " + template + ", to: out/" + template + ".out}\n";
    }
    query
}

/// An expectation that finds every row, and says its note.
const FINDS: &str =
    "expect:\n  - {id: all, select: '$[?@.id > 0]', severity: info, message: '{{id}} {{note}}'}\n";

/// Every fault, and some on the second page too.
fn specs() -> Vec<String> {
    let value = |name: &str| VALUES.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    let spec = |name: &str| format!("{name}{}", value(name));
    // What is sent back once there are rows.
    let late =
        FAULTS.iter().filter(|entry| entry.name.starts_with("echo")).map(|entry| spec(entry.name) + "@2");
    FAULTS.iter().map(|entry| spec(entry.name)).chain(late).collect()
}

/// The two ways in, each with what is secret about it.
fn ways(sandbox: &Sandbox) -> [(&'static str, Project, Search); 2] {
    let bearer = sandbox.bearer_token().expose();
    let token = Project::new().env("LMQ_BASE_URL", &sandbox.base_url()).env("LM_BEARER_TOKEN", bearer);
    [
        ("LMv1", Project::new().sandbox(sandbox), Search::of(&[sandbox.access_key().expose()])),
        ("bearer", token, Search::of(&[bearer])),
    ]
}

/// What of the secrets is in the streams or in a file.
fn leaks(search: &Search, ran: &Ran, project: &Project) -> Vec<String> {
    let mut found: Vec<String> =
        search.leaks(ran.both().as_bytes()).into_iter().map(|leak| format!("the streams: {leak}")).collect();
    for file in project.files() {
        let bytes = fs::read(project.path(&file)).expect("readable");
        found.extend(search.leaks(&bytes).into_iter().map(|leak| format!("{file}: {leak}")));
    }
    found
}

/// Runs under a fault in both ways; what leaks, and how many files there were.
fn under(spec: &str) -> (Vec<String>, usize) {
    let faults = vec![Fault::parse(spec).unwrap_or_else(|error| panic!("{spec}: {error}"))];
    let options = Options { tokens: 30, rate_limit: 1_000_000, faults, ..Options::default() };
    let sandbox = Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port");
    let (mut found, mut files) = (Vec::new(), 0);
    for (way, project, search) in ways(&sandbox) {
        let project = project.file("q.yaml", everything());
        let project = if spec.starts_with("stall") { project.impatient() } else { project };
        let ran = project.run(&["-vv", "--allow-partial", "--save", "saved.json", "q.yaml"]);
        files += project.files().len() - 1;
        let leaks = leaks(&search, &ran, &project);
        found.extend(leaks.into_iter().map(|leak| format!("{spec}, {way}, exit {}: {leak}", ran.code)));
    }
    (found, files)
}

#[test]
fn no_fault_brings_a_secret_into_a_report_or_a_stream() {
    let specs = specs();
    let halves = specs.split_at(specs.len() / 2);
    let run = |specs: &[String]| specs.iter().map(|spec| under(spec)).collect::<Vec<_>>();
    let all = std::thread::scope(|scope| {
        let second = scope.spawn(|| run(halves.1));
        [run(halves.0), second.join().expect("no panic")].concat()
    });
    let found: Vec<&str> = all.iter().flat_map(|(leaks, _)| leaks).map(String::as_str).collect();
    assert!(found.is_empty(), "{} leaks:\n{}", found.len(), found.join("\n"));
    let files: usize = all.iter().map(|(_, files)| files).sum();
    assert!(files > specs.len() * 10, "the sweep sees reports: {files} files of {} faults", specs.len());
}

#[test]
fn no_format_on_stdout_has_a_secret() {
    let faults = vec![Fault::parse("echo-note").expect("a fault")];
    let options = Options { tokens: 50, faults, ..Options::default() };
    let sandbox = Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port");
    for (way, project, search) in ways(&sandbox) {
        let project = project.query(&format!("type: all\nfields: [id, note]\n{FINDS}"));
        let formats = Format::ALL.iter().map(|format| ["-f", format.name()]).filter(|flag| flag[1] != "xlsx");
        for flag in formats.chain(TEMPLATES.map(|template| ["-t", template])) {
            let ran = project.run(&["-vv", flag[0], flag[1], "q.yaml"]).exits(0);
            let leaks = leaks(&search, &ran, &project);
            assert!(leaks.is_empty() && !ran.stdout.is_empty(), "{way} {flag:?}: {leaks:?}");
        }
    }
}

#[test]
fn no_command_that_stays_offline_shows_a_secret() {
    let sandbox = Sandbox::start(Options::default(), Arc::new(|| NOW_MS)).expect("a free port");
    for (way, project, search) in ways(&sandbox) {
        let project = project.file("q.yaml", everything()).file("bad.yaml", "endpoint: nowhere\n");
        for args in [
            &["validate", "q.yaml"][..],
            &["validate", "bad.yaml"],
            &["validate", "--format", "json", "bad.yaml"],
            &["explain", "q.yaml"],
            &["explain", "--curl", "q.yaml"],
            &["list", "q.yaml"],
            &["fields"],
            &["fields", "apitokens"],
            &["schema", "query"],
            &["schema", "config"],
            &["schema", "result"],
            &["run", "--sandbox", "-f", "json", "q.yaml"],
        ] {
            let ran = project.lmq(&[args, &["-vv"]].concat());
            let leaks = leaks(&search, &ran, &project);
            assert!(leaks.is_empty() && !ran.both().is_empty(), "{way} {args:?}: {leaks:?}");
        }
    }
    assert!(sandbox.requests().is_empty(), "they stay offline");
}

/// A key that a person put where none belongs: what the portal sends is clean, and the report all the same had the key.
#[test]
fn a_secret_from_elsewhere_is_in_no_report() {
    let stub = Stub::start(|seen| page(&listed(vec![row(1)], seen), 1));
    let quoted = serde_json::to_string(&format!("with {SECRET_KEY} in it")).expect("a text");
    let query = everything().replacen(
        "output:",
        &format!("description: {quoted}\nvars: {{who: nobody}}\nfilters: ['note!:\"${{who}}\"']\noutput:"),
        1,
    );
    let template = format!("{{{{query.description}}}} and {SECRET_KEY} itself, {{{{run.verdict}}}}\n");
    let query = query + "  - {template: own.txt.hbs, to: out/own.txt}\n";
    let project = Project::new().stub(&stub).file("lmq.yaml", "").file("templates/own.txt.hbs", template);
    let project = project.file("q.yaml", query);
    let ran = project.run(&["-vv", "--var", &format!("who={SECRET_KEY}"), "--save", "saved.json", "q.yaml"]);
    let ran = ran.exits(0);
    let (own, text) = (project.read("out/own.txt"), project.read("out/all.out.json"));
    assert!(own.contains("and [redacted] itself"), "{own}");
    assert!(text.contains("with [redacted] in it"), "{text}");
    for source in ["q.yaml", "templates/own.txt.hbs"] {
        fs::remove_file(project.path(source)).expect("it is ours");
    }
    let leaks = leaks(&Search::of(&[SECRET_KEY]), &ran, &project);
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// An earlier result may be from where nobody knew the secret: what is told of its rows is clean, also where a long text is cut.
#[test]
fn no_difference_from_an_earlier_result_has_a_secret() {
    let sandbox = Sandbox::start(Options { tokens: 30, ..Options::default() }, Arc::new(|| NOW_MS));
    let sandbox = sandbox.expect("a free port");
    for (way, project, search) in ways(&sandbox) {
        let secret = project
            .environment()
            .get("LM_ACCESS_KEY")
            .or_else(|| project.environment().get("LM_BEARER_TOKEN"));
        let secret = secret.expect("one of them is set").clone();
        let project = project.file("q.yaml", everything());
        project.run(&["--save", "new.json", "q.yaml"]).exits(0);
        let mut old: serde_json::Value = serde_json::from_str(&project.read("new.json")).expect("JSON");
        let records = old["records"].as_array_mut().expect("records");
        for (index, record) in records.iter_mut().enumerate() {
            record["note"] = format!("{}{secret} at the end", "a".repeat(index * 3)).into();
        }
        records[0]["id"] = 9_999_999.into();
        records[1]["adminName"] = secret.as_str().into();
        records[2]["note"] = serde_json::json!({"in": [secret]});
        records[3]["accessId"] = serde_json::json!([secret, "administrator"]);
        let elsewhere = Project::new().file("old.json", old.to_string());
        let old = elsewhere.path("old.json").to_string_lossy().into_owned();
        let ran = project.run(&["-vv", "--baseline", &old, "--save", "saved.json", "q.yaml"]).exits(1);
        let mut found = leaks(&search, &ran, &project);
        let formats = Format::ALL.iter().map(|format| ["-f", format.name()]);
        for [flag, form] in formats.chain(TEMPLATES.map(|template| ["-t", template])) {
            let to = format!("out/diff.{form}");
            let args = ["diff", &old, "new.json", "-vv", "--compare=-accessKey", flag, form, "-o", &to];
            found.extend(leaks(&search, &project.lmq(&args).exits(1), &project));
        }
        assert!(found.is_empty(), "{way}: {}", found.join("\n"));
        let told = project.read("out/diff.csv");
        assert!(told.matches("[redacted]").count() > 5 && told.contains("removed,9999999"), "{told}");
    }
    assert!(sandbox.requests().len() < 100);
}

#[test]
fn the_search_sees_what_it_looks_for() {
    let search = Search::of(&[SECRET_KEY]);
    for form in search::forms(SECRET_KEY) {
        assert!(!search.leaks(format!("a {form} b").as_bytes()).is_empty(), "{form}");
    }
    assert!(search.leaks(b"any other text").is_empty());
    let signature = lmq::auth::sign(&lmq::secret::Secret::new(SECRET_KEY), "GET", NOW_MS, "", "/x");
    assert!(!search.leaks(signature.as_bytes()).is_empty());
    let sandbox = Sandbox::start(Options::default(), Arc::new(|| NOW_MS)).expect("a free port");
    let project = Project::new().sandbox(&sandbox).query("description: find-me-in-a-workbook\n");
    project.run(&["-o", "x.xlsx", "q.yaml"]).exits(0);
    let workbook = fs::read(project.path("x.xlsx")).expect("written");
    assert!(!Search::of(&["find-me-in-a-workbook"]).leaks(&workbook).is_empty(), "it looks into workbooks");
}

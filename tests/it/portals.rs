//! Several portals in one run: each is whole or has a reason with its name, and one that fails takes nothing from the others.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lmq::sandbox::data::{Kind, Token};
use lmq::sandbox::{Fault, Options, Sandbox, configuration, environment};
use serde_json::Value;

use crate::support::{NOW_MS, Project, Ran, Reply, Stub, page, row, sandbox};

/// This many portals, with the faults of some: their number from 1, and a specification.
fn start(count: usize, faults: &[(usize, &str)]) -> Vec<Sandbox> {
    let options = (1..=count).map(|number| {
        let own = faults.iter().filter(|(portal, _)| *portal == number);
        let faults = own.map(|(_, spec)| Fault::parse(spec).expect("a fault")).collect();
        let seed = number.try_into().expect("few portals");
        Options { seed, tokens: 60, rate_limit: 1_000_000, faults, ..Options::default() }
    });
    Sandbox::start_many(options.collect(), &(Arc::new(|| NOW_MS) as _)).expect("free ports")
}

/// A project whose configuration names them, `sandbox-1` and so on, with a query over all tokens in several pages.
fn project(sandboxes: &[Sandbox]) -> Project {
    let project = Project::new().query("type: all\nsize: 25\n").file("own.yaml", configuration(sandboxes));
    let project = project.env("LMQ_CONFIG", "own.yaml").impatient();
    environment(sandboxes).iter().fold(project, |project, (name, value)| project.env(name, value))
}

/// What is compared of a row.
type Key = (String, &'static str, i64, Option<String>, Option<String>);

/// The tokens of the portals with these numbers.
fn truth(sandboxes: &[Sandbox], numbers: impl Iterator<Item = usize>) -> BTreeSet<Key> {
    let key = |number: usize, token: &Token| {
        let kind = if token.kind == Kind::Bearer { "bearer" } else { "lmv1" };
        let owner = Some(token.admin_name.clone());
        (format!("sandbox-{number}"), kind, token.id, owner, token.last_auth_ip.clone())
    };
    let tokens = |number: usize| sandboxes[number - 1].truth().into_iter().map(move |token| (number, token));
    numbers.flat_map(tokens).map(|(number, token)| key(number, &token)).collect()
}

/// The rows of a document. None is there twice.
fn rows(document: &Value) -> BTreeSet<Key> {
    let records = document["records"].as_array().expect("records");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let key = |row: &Value| {
        let kind = if row["tokenType"] == "bearer" { "bearer" } else { "lmv1" };
        let portal = text(&row["portal"]).expect("a portal");
        (portal, kind, row["id"].as_i64().expect("an id"), text(&row["adminName"]), text(&row["lastAuthIp"]))
    };
    let rows: BTreeSet<Key> = records.iter().map(key).collect();
    assert_eq!(rows.len(), records.len(), "no row is there twice");
    rows
}

fn names(document: &Value) -> Vec<&str> {
    let portals = document["portals"].as_array().expect("portals");
    portals.iter().map(|portal| portal["name"].as_str().expect("a name")).collect()
}

fn all(project: &Project, format: &str) -> Ran {
    project.run(&["--all-portals", "-f", format, "q.yaml"])
}

/// The three of twenty that fail, each in a way of its own.
const BAD: [(usize, &str); 3] = [(5, "status=401"), (10, "stall"), (15, "html")];

#[test]
fn seventeen_of_twenty_are_whole_and_three_have_a_reason_with_their_name() {
    let sandboxes = start(20, &BAD);
    let ran = all(&project(&sandboxes), "json").exits(6);
    let document = ran.json();
    assert_eq!(document["run"]["verdict"], "incomplete");
    let good = (1..=20).filter(|number| !BAD.iter().any(|(bad, _)| bad == number));
    assert_eq!(rows(&document), truth(&sandboxes, good));
    assert_eq!(names(&document).len(), 20);
    let reasons = document["run"]["reasons"].as_array().expect("reasons");
    for (number, words) in [(5, "HTTP 401"), (10, "in time"), (15, "no JSON but text/html")] {
        let name = format!("sandbox-{number}: ");
        let own = reasons.iter().filter_map(Value::as_str).filter(|reason| reason.starts_with(&name));
        let own: Vec<&str> = own.collect();
        assert!(own.len() == 2 && own[0].contains(words), "{name}: {reasons:?}");
        let told = ran.stderr.lines().filter(|line| line.starts_with("error") && line.contains(&name));
        assert!(told.count() == 2, "{name} in\n{}", ran.stderr);
    }
    assert_eq!(reasons.len(), 6, "two listings of three portals: {reasons:?}");
    for listing in document["listings"].as_array().expect("listings") {
        let bad = BAD.iter().any(|(number, _)| listing["portal"] == format!("sandbox-{number}"));
        assert_eq!(listing["verdict"], if bad { "incomplete" } else { "complete" }, "{listing}");
    }
}

#[test]
fn where_no_portal_answers_the_worst_of_them_decides() {
    for (faults, code) in [
        (&["status=401"][..], 4),
        (&["status=403"], 4),
        (&["stall"], 5),
        (&["html"], 5),
        (&["html", "status=503"], 5),
        (&["html", "status=401"], 4),
        (&["status=401", "status=401"], 4),
    ] {
        let numbered: Vec<(usize, &str)> = (1..).zip(faults.iter().copied()).collect();
        let sandboxes = start(faults.len(), &numbered);
        let ran = all(&project(&sandboxes), "json").exits(code);
        assert!(ran.stdout.is_empty(), "{faults:?}: {}", ran.stdout);
    }
}

#[test]
fn flags_and_the_variable_say_which_portals_are_asked() {
    let sandboxes = start(4, &[]);
    let one = project(&sandboxes);
    for (args, expected) in [
        (&["--all-portals"][..], &[1, 2, 3, 4][..]),
        (&["--portal", "sandbox-3", "--portal", "sandbox-1"], &[3, 1]),
        (&["--portal", "sandbox-2", "--portal", "sandbox-2"], &[2]),
    ] {
        let document = one.run(&[args, &["-f", "json", "q.yaml"]].concat()).exits(0).json();
        let named: Vec<String> = expected.iter().map(|number| format!("sandbox-{number}")).collect();
        assert_eq!(names(&document), named);
        assert_eq!(rows(&document), truth(&sandboxes, expected.iter().copied()));
    }
    let by_variable = one.env("LMQ_PORTAL", "sandbox-4,sandbox-2");
    let document = by_variable.run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!(names(&document), ["sandbox-4", "sandbox-2"]);
    let asked = |number: usize| sandboxes[number - 1].requests().len();
    let before = (asked(1), asked(3));
    by_variable.run(&["q.yaml"]).exits(0);
    assert_eq!((asked(1), asked(3)), before, "who is not named is not asked");
}

#[test]
fn a_portal_without_credentials_is_named_beside_a_good_one_and_ends_the_run_alone() {
    let sandboxes = start(2, &[]);
    let poor = project(&sandboxes).env("LM_SANDBOX_2_ACCESS_KEY", "");
    let ran = all(&poor, "json").exits(6).says(&["sandbox-2", "LM_SANDBOX_2_ACCESS_KEY"]);
    let document = ran.json();
    assert_eq!(rows(&document), truth(&sandboxes, std::iter::once(1)));
    let reasons = document["run"]["reasons"].as_array().expect("reasons").iter().filter_map(Value::as_str);
    let reasons: Vec<&str> = reasons.collect();
    assert!(!reasons.is_empty() && reasons.iter().all(|reason| reason.starts_with("sandbox-2: ")));
    assert_eq!(document["portals"][1]["credential"], "none");
    let alone = poor.run(&["--portal", "sandbox-2", "q.yaml"]).exits(4);
    let alone = alone.says(&["LM_SANDBOX_2_ACCESS_KEY", "sandbox-2"]);
    assert!(alone.stdout.is_empty(), "{}", alone.stdout);
    assert!(sandboxes[1].requests().is_empty());
}

/// Tables once had the rows of all portals without saying which row is whose, and a portal that nobody asked was seen by a token.
#[test]
fn reports_of_several_portals_say_which_row_is_whose() {
    let sandboxes = start(3, &[(3, "status=401")]);
    let project = project(&sandboxes).env("LM_SANDBOX_2_ACCESS_KEY", "");
    let project = project.query("type: lmv1\nfields: [id, note]\nsort: id\nsize: 25\n");
    let text = |flag: &str, form: &str| {
        let ran = project.run(&["--all-portals", "--allow-partial", flag, form, "q.yaml"]).exits(0);
        assert!(ran.stderr.contains("tokens, 3 portals, 3 listings"), "{}", ran.stderr);
        ran.stdout
    };
    for (flag, form, parts) in [
        ("-f", "table", &["portal     id  note\nsandbox-1   2  "][..]),
        ("-f", "csv", &["portal,id,note\nsandbox-1,2,"]),
        ("-f", "markdown", &["| portal | id | note |\n|---|---:|---|\n| sandbox-1 | 2 | "]),
        (
            "-f",
            "html",
            &[
                "<th scope=\"col\">Portal</th><th scope=\"col\" class=\"number\">ID</th>",
                ">sandbox-1</th>",
                "not asked",
            ],
        ),
        (
            "-t",
            "tokens.md.hbs",
            &[
                "| Portal | Owner |",
                "|---|---|---|---|---|---|---|---|\n| sandbox-1 | ",
                "sandbox-2 (127.0.0.1): ",
            ],
        ),
        (
            "-t",
            "summary.txt.hbs",
            &[" PORTAL             NOTE\n", "sandbox-2: not asked, without credentials\n"],
        ),
    ] {
        let text = text(flag, form);
        for part in parts {
            assert!(text.contains(part), "{form} without `{part}`:\n{text}");
        }
    }
    let chosen = project.query("type: lmv1\ncolumns: [id, note]\n");
    let ran = chosen.run(&["--all-portals", "--allow-partial", "-f", "csv", "q.yaml"]).exits(0);
    assert!(ran.stdout.starts_with("id,note\n"), "columns that are named stay as they are: {}", ran.stdout);
    let alone =
        chosen.query("fields: [id, note]\n").run(&["--portal", "sandbox-1", "-f", "csv", "q.yaml"]).exits(0);
    assert!(alone.stdout.starts_with("id,note\n"), "{}", alone.stdout);
}

#[test]
fn many_portals_are_a_line_in_a_short_report() {
    let sandboxes = start(6, &[]);
    let text = project(&sandboxes).run(&["--all-portals", "-t", "summary.txt.hbs", "q.yaml"]).exits(0).stdout;
    let head = text.split("STATUS").next().expect("a head");
    assert!(head.contains("6 portals, each as seen by") && !head.contains("sandbox-"), "{head}");
}

/// The run's process may have 256 files open, its own included: as many as a system without a setting allows.
#[cfg(unix)]
#[test]
fn two_hundred_portals_do_not_run_out_of_sockets() {
    #[expect(clippy::disallowed_methods, reason = "the process that runs has the real clock")]
    let clock = Arc::new(|| jiff::Timestamp::now().as_millisecond()) as _;
    let options =
        (1..=200).map(|seed| Options { seed, tokens: 8, rate_limit: 1_000_000, ..Options::default() });
    let sandboxes = Sandbox::start_many(options.collect(), &clock).expect("free ports");
    let project = project(&sandboxes).query("type: all\nsize: 2\n");
    let started = Instant::now();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 256 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_lmq")]);
    command.args(["run", "--all-portals", "-f", "json", "q.yaml"]);
    command.current_dir(project.root()).env_clear().envs(project.environment()).stdin(Stdio::null());
    let output = command.output().expect("it starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(rows(&document), truth(&sandboxes, 1..=200));
    let pages: u64 =
        document["listings"].as_array().expect("listings").iter().filter_map(|l| l["pages"].as_u64()).sum();
    assert!(pages >= 4 * 200, "several pages of each portal: {pages}");
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}

#[test]
fn a_sandbox_is_told_from_a_portal_however_it_is_reached() {
    let sandbox = sandbox();
    let document = Project::new().query("").sandbox(&sandbox).run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!(document["run"]["sandbox"], true);
    let stub = Stub::saying(page(&[row(1)], 1));
    let document = Project::new().query("").stub(&stub).run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!(document["run"]["sandbox"], false);
}

#[test]
fn exactly_the_refusal_of_an_unlicensed_portal_is_an_empty_list() {
    let sandboxes = start(1, &[(1, "unlicensed")]);
    let project = project(&sandboxes).file("all.yaml", "endpoint: apitokens\ntype: all\n");
    let run = || project.run(&["--portal", "sandbox-1", "-f", "json", "all.yaml"]);
    run().exits(6).says(&["feature is not enabled", "bearer: unlicensed"]);
    project.write("own.yaml", format!("{}    bearer: unlicensed\n", project.read("own.yaml")));
    let ran = run().exits(0).says(&["none, by `bearer: unlicensed`"]);
    assert_eq!(ran.json()["listings"][1]["rows"], 0);
    let other = Stub::saying(Reply::error(400, 1400, "the user is not enabled"));
    let account = format!("account: {}", other.url());
    let text = project.read("own.yaml");
    let old =
        text.lines().find(|line| line.contains("account:")).expect("a portal has one").trim().to_owned();
    project.write("own.yaml", text.replace(&old, &account));
    run().exits(5).says(&["the user is not enabled"]);
}

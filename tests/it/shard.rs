//! A run in shards, merged again: the same as the run in one go, and incomplete where one is missing.

mod deal;
mod refused;
mod told;

use std::sync::Arc;

use lmq::sandbox::{Fault, Options, Sandbox, configuration, environment};
use serde_json::Value;

use crate::support::{NOW_MS, Project, Ran, sandbox};

/// This many portals of few tokens, with the faults of some: their number from 1, and a specification.
fn start(count: usize, faults: &[(usize, &str)]) -> Vec<Sandbox> {
    let options = (1..=count).map(|number| {
        let own = faults.iter().filter(|(portal, _)| *portal == number);
        let faults = own.map(|(_, spec)| Fault::parse(spec).expect("a fault")).collect();
        let seed = number.try_into().expect("few portals");
        Options { seed, tokens: 8, rate_limit: 1_000_000, faults, ..Options::default() }
    });
    Sandbox::start_many(options.collect(), &(Arc::new(|| NOW_MS) as _)).expect("free ports")
}

/// Every row and an order of its own; findings of each severity, a waiver with something to accept and one without.
const HYGIENE: &str = "\
endpoint: apitokens
type: all
size: 5
sort: [-idleDays, adminName]
expect:
  - {id: unused, select: '$[?@.neverUsed == true]', severity: warning, message: '{{id}} of {{adminName}}'}
  - {id: idle, select: '$[?@.idleDays > 90]', max: 2, message: 'idle for {{idleDays}} days'}
  - {id: many, count: {max: 6}, severity: info, message: '{{count}} tokens of {{portal}}'}
waivers:
  - {expect: unused, match: {tokenType: bearer}, reason: known, owner: ops, expires: 2030-01-01}
  - {expect: unused, match: {adminName: nobody at all}, reason: gone, owner: ops, expires: 2030-01-01}
  - {expect: idle, match: {portal: sandbox-7}, reason: moved, owner: ops, expires: 2020-01-01}
";
/// A part of the rows, with columns that are fields and no portal among them.
const IDLE: &str = "\
endpoint: apitokens
fields: [id, adminName, note, idleDays]
columns: [id, {title: Owner, path: $.adminName}]
select: '$[?@.idleDays > 30]'
";
/// The least there is to say.
const PLAIN: &str = "endpoint: apitokens\ntype: all\n";

/// A project whose configuration names the portals, `sandbox-1` and so on, with the three queries.
fn project(sandboxes: &[Sandbox]) -> Project {
    let project = Project::new().file("own.yaml", configuration(sandboxes)).env("LMQ_CONFIG", "own.yaml");
    let project = project.file("queries/hygiene.yaml", HYGIENE).file("queries/idle.yaml", IDLE);
    let project = project.file("queries/plain.yaml", PLAIN);
    environment(sandboxes).iter().fold(project, |project, (name, value)| project.env(name, value))
}

const QUERIES: [&str; 3] = ["hygiene", "idle", "plain"];
/// Files that a form of each query goes to.
const FORMS: [&str; 4] = ["csv", "md", "html", "junit.xml"];

/// `lmq run` over all portals with these flags, each query's result saved in a folder.
fn run(project: &Project, folder: &str, flags: &[&str]) -> Ran {
    let save = format!("{folder}/{{name}}.json");
    project.run(&[&["queries", "--all-portals", "-f", "json", "--save", &save], flags].concat())
}

/// All shards but some, each in its folder.
fn run_shards(project: &Project, count: usize, without: &[usize]) -> Vec<Ran> {
    let indices = (1..=count).filter(|index| !without.contains(index));
    indices.map(|index| run(project, &index.to_string(), &["--shard", &format!("{index}/{count}")])).collect()
}

/// `lmq merge` of the results of a query in these folders, as far as they are there.
fn merge(project: &Project, query: &str, folders: impl IntoIterator<Item = usize>, flags: &[&str]) -> Ran {
    let files = folders.into_iter().map(|folder| format!("{folder}/{query}.json"));
    let files: Vec<String> = files.filter(|file| project.has(file)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    project.lmq(&[&["merge"], &files[..], flags].concat())
}

fn document(project: &Project, file: &str) -> Value {
    serde_json::from_str(&project.read(file)).expect("a document")
}

/// What is the same however a run is split. Whether the caller sees itself is asked once a run, whatever query comes first.
fn told(mut document: Value) -> Value {
    document["run"].as_object_mut().expect("a group").remove("requests").expect("a number");
    document
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

/// How many portals each result asks, shard by shard.
fn sizes(project: &Project, query: &str, shards: usize) -> Vec<usize> {
    let size = |index: usize| {
        document(project, &format!("{index}/{query}.json"))["portals"].as_array().map(Vec::len)
    };
    (1..=shards).map(|index| size(index).expect("portals")).collect()
}

/// A hundred portals. A thousand are in `bench/shards.py`: a process with a thousand open ports takes more than every system gives.
#[test]
fn eight_shards_put_together_are_the_run_in_one_go() {
    let sandboxes = start(100, &[]);
    let project = project(&sandboxes);
    run(&project, "0", &[]).exits(1);
    let shards = run_shards(&project, 8, &[]);
    assert!(shards.iter().all(|ran| ran.code == 1), "each has findings");
    for query in QUERIES {
        let code = u8::from(query == "hygiene");
        // In whatever order they are given.
        merge(&project, query, (1..=8).rev(), &["-f", "json", "--save", "all/{name}.json"]).exits(code);
        let read = |folder: &str| told(document(&project, &format!("{folder}/{query}.json")));
        assert!(read("0") == read("all"), "{query}: another result");
        let sizes = sizes(&project, query, 8);
        assert_eq!(sizes.iter().sum::<usize>(), 100);
        assert!(sizes.iter().all(|size| [12, 13].contains(size)), "{query}: {sizes:?}");
    }
    let hygiene = document(&project, "all/hygiene.json");
    let list = |name: &str| hygiene[name].as_array().expect("a list").len();
    assert_eq!(list("records"), 800);
    assert!(list("findings") > 100 && list("waived") > 50, "{} {}", list("findings"), list("waived"));
    // The order of the configuration, which is that of the numbers.
    assert_eq!(hygiene["portals"][1]["name"], "sandbox-2");
    let warnings = texts(&hygiene["run"]["warnings"]);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].ends_with("matches no finding") && warnings[1].contains("expired"), "{warnings:?}");
}

#[test]
fn reports_of_a_merged_result_are_those_of_the_run_in_one_go() {
    let sandboxes = start(9, &[]);
    let project = project(&sandboxes);
    run_shards(&project, 3, &[]);
    let written = |command: &[&str], folder: &str| {
        let outputs = FORMS.map(|form| format!("{folder}/{{name}}.{form}"));
        let outputs = outputs.iter().flat_map(|output| ["-o", output.as_str()]);
        project.lmq(&command.iter().copied().chain(outputs).collect::<Vec<_>>()).exits(1);
        FORMS.map(|form| project.read(&format!("{folder}/hygiene.{form}")))
    };
    let one = written(&["run", "queries/hygiene.yaml", "--all-portals"], "one");
    let all = written(&["merge", "1/hygiene.json", "2/hygiene.json", "3/hygiene.json"], "all");
    for (form, (one, all)) in FORMS.iter().zip(one.iter().zip(&all)) {
        assert!(one == all, "{form}:\n{one}\n{all}");
        assert!(!all.contains("hard 1 of 3"), "{form}: it is no shard any more");
    }
}

#[test]
fn a_missing_shard_makes_the_result_incomplete() {
    let sandboxes = start(9, &[]);
    let project = project(&sandboxes);
    run_shards(&project, 8, &[3]);
    let ran = merge(&project, "plain", 1..=8, &["-f", "json"]).exits(6);
    let ran = ran.says(&["incomplete: shard 3 of 8 is missing", "56 tokens, 7 portals", "incomplete"]);
    let document = ran.json();
    assert_eq!(document["run"]["verdict"], "incomplete");
    assert_eq!(texts(&document["run"]["reasons"]), ["shard 3 of 8 is missing"]);
    assert!(
        document["listings"].as_array().expect("listings").iter().all(|one| one["verdict"] == "complete")
    );
    // Of a form that cannot say so nothing is made.
    let csv = merge(&project, "plain", 1..=8, &["-f", "csv"]).exits(6).says(&["withheld"]);
    assert!(csv.stdout.is_empty(), "{}", csv.stdout);
    merge(&project, "plain", 1..=8, &["-f", "csv", "--allow-partial"]).exits(0);
    // Findings do not hide it, and are told.
    let found = merge(&project, "hygiene", 1..=8, &[]).exits(6);
    assert!(found.stdout.starts_with("INCOMPLETE: the list may be short\n  shard 3 of 8 is missing\n"));
    assert!(found.stdout.contains(" findings\n"), "{}", found.stdout);
    // A waiver may have something to accept there.
    assert!(!found.stderr.contains("matches no finding"), "{}", found.stderr);
    merge(&project, "plain", [1, 2, 6], &[]).exits(6).says(&["shards 3-5, 7-8 of 8 are missing"]);
    merge(&project, "plain", [8], &[]).exits(6).says(&["shards 1-7 of 8 are missing"]);
}

#[test]
fn a_portal_that_fails_is_named_as_in_the_run_in_one_go() {
    // Of three shards, the first has 1, 4 and 7, and so on.
    let sandboxes = start(9, &[(5, "status=503"), (7, "html@2")]);
    let project = project(&sandboxes);
    run(&project, "0", &["--retries", "0"]).exits(6);
    for index in 1..=3 {
        run(&project, &index.to_string(), &["--retries", "0", "--shard", &format!("{index}/3")]);
    }
    for query in QUERIES {
        let merged = merge(&project, query, 1..=3, &["-f", "json"]).exits(6).json();
        let one = document(&project, &format!("0/{query}.json"));
        for part in ["portals", "listings", "records", "findings", "waived", "stats", "columns", "total"] {
            assert_eq!(merged[part], one[part], "{query}: {part}");
        }
        assert_eq!(merged["run"]["reasons"], one["run"]["reasons"], "{query}");
        let reasons = texts(&merged["run"]["reasons"]);
        assert!(reasons.iter().all(|reason| reason.starts_with("sandbox-")), "{reasons:?}");
        assert!(reasons.iter().any(|reason| reason.starts_with("sandbox-5: ")), "{reasons:?}");
    }
}

/// A reason names the listing where there are several, and the portal: in a part it may be the only one.
#[test]
fn reasons_are_those_of_the_run_in_one_go_word_for_word() {
    let sandboxes = start(4, &[(1, "roles-null"), (3, "html@2"), (4, "roles-null")]);
    let query = "endpoint: apitokens\nsize: 3\nexpect: {id: role, select: \"$[?length(@.roles) == 0]\", message: none}\n";
    let project = project(&sandboxes).file("doubts.yaml", query);
    let run = |file: &str, flags: &[&str]| {
        project.run(&[&["doubts.yaml", "-f", "json", "--retries", "0", "--save", file], flags].concat())
    };
    run("0.json", &["--all-portals"]).exits(6);
    let one = told(document(&project, "0.json"));
    let reasons = texts(&one["run"]["reasons"]);
    assert!(reasons[0].starts_with("sandbox-3: LMv1 tokens of all users: "), "{reasons:?}");
    assert!(reasons[1].starts_with("sandbox-1: `roles` of ") && reasons.len() == 3, "{reasons:?}");
    for number in 1..=4 {
        let (shard, portal) = (format!("{number}/4"), format!("sandbox-{number}"));
        run(&format!("shard.{number}.json"), &["--all-portals", "--shard", &shard]);
        run(&format!("portal.{number}.json"), &["--portal", &portal]);
    }
    for what in ["shard", "portal"] {
        let files: Vec<String> = (1..=4).map(|number| format!("{what}.{number}.json")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let merged = project.lmq(&[&["merge", "-f", "json"], &files[..]].concat()).exits(6).json();
        assert_eq!(told(merged), one, "{what}");
    }
}

/// Of a shard of which no portal answers there is no result, as of a run.
#[test]
fn a_shard_of_which_nothing_could_be_read_is_missing() {
    let sandboxes = start(3, &[(2, "status=401")]);
    let project = project(&sandboxes);
    let codes: Vec<u8> = run_shards(&project, 3, &[]).iter().map(|ran| ran.code).collect();
    assert_eq!(codes, [1, 4, 1]);
    assert!(!project.has("2/plain.json"));
    merge(&project, "plain", 1..=3, &[]).exits(6).says(&["shard 2 of 3 is missing"]);
}

#[test]
fn a_shard_without_a_portal_has_a_result_that_says_so() {
    let sandboxes = start(2, &[]);
    let project = project(&sandboxes);
    run(&project, "0", &[]).exits(1);
    let mut shards = run_shards(&project, 8, &[]);
    // Three queries on two portals are six pairs.
    assert_eq!(shards.iter().map(|ran| ran.code).collect::<Vec<_>>(), [1, 1, 0, 0, 0, 0, 0, 0]);
    for query in QUERIES {
        let sizes = sizes(&project, query, 8);
        assert_eq!((sizes.iter().sum::<usize>(), sizes.iter().max()), (2, Some(&1)), "{query}: {sizes:?}");
        let merged = merge(&project, query, 1..=8, &["-f", "json"]).json();
        assert_eq!(told(merged), told(document(&project, &format!("0/{query}.json"))), "{query}");
    }
    let empty = document(&project, "8/plain.json");
    assert_eq!((&empty["run"]["verdict"], &empty["run"]["requests"]), (&"complete".into(), &0.into()));
    let warnings = texts(&empty["run"]["warnings"]);
    assert_eq!(warnings, ["shard 8 of 8 has no portal of this query"]);
    shards
        .remove(7)
        .says(&["warning: shard 8 of 8 has no portal of this query", "plain: 0 tokens, 0 listings"]);
}

/// Nobody looks at the credentials of a portal that another shard asks.
#[test]
fn a_shard_needs_the_credentials_of_its_own_portals_alone() {
    let sandboxes = start(3, &[]);
    let rich = project(&sandboxes);
    let poor = ["1", "3"].iter().fold(project(&sandboxes), |project, number| {
        project.env(&format!("LM_SANDBOX_{number}_ACCESS_KEY"), "")
    });
    let one = |project: &Project, shard: &str| {
        project.run(&["queries/plain.yaml", "--all-portals", "-f", "json", "--shard", shard])
    };
    let asked = |ran: &Ran| ran.json()["portals"][0]["name"].as_str().map(str::to_owned);
    assert_eq!(asked(&one(&poor, "2/3").exits(0)).as_deref(), Some("sandbox-2"));
    // One of several portals, although it is alone in its shard: the rest of the run does not end with it.
    one(&poor, "1/3").exits(4).says(&["sandbox-1: LMv1 tokens of all users", "LM_SANDBOX_1_ACCESS_KEY"]);
    assert_eq!(asked(&one(&rich, "1/3").exits(0)).as_deref(), Some("sandbox-1"));
    assert!(sandboxes[2].requests().is_empty(), "the third is in no shard that was run");
    let person = poor.answering("^C");
    assert!(one(&person, "2/3").exits(0).questions.is_empty(), "nobody is asked for the keys of the others");
    assert_eq!(one(&person, "3/3").exits(130).questions.len(), 1);
}

/// With the one portal of the environment the queries are dealt. What is of all rows together is then in one shard.
#[test]
fn queries_of_one_portal_are_dealt() {
    let sandbox = sandbox();
    let project = Project::new().sandbox(&sandbox);
    let project = ["a", "b", "c"].iter().fold(project, |project, name| {
        project.file(&format!("queries/{name}.yaml"), "endpoint: apitokens\nlimit: 3\nselect: $[0:2]\n")
    });
    for index in 1..=2 {
        let (shard, save) = (format!("{index}/2"), format!("{index}/{{name}}.json"));
        project.run(&["queries", "--shard", &shard, "--save", &save]).exits(0);
    }
    for (query, own, other) in [("a", 1, 2), ("b", 2, 1), ("c", 1, 2)] {
        let rows = |index: usize| document(&project, &format!("{index}/{query}.json"))["count"].clone();
        assert_eq!((rows(own), rows(other)), (2.into(), 0.into()), "{query}");
        let merged = merge(&project, query, 1..=2, &["-f", "json"]).exits(0).json();
        assert_eq!(merged["run"]["verdict"], "limited");
        let one = project.run(&[&format!("queries/{query}.yaml"), "-f", "json"]).exits(0).json();
        assert_eq!(told(merged), told(one), "{query}");
    }
    let sent = sandbox.requests().len();
    let none = Project::new().query("").run(&["q.yaml", "--shard", "2/2", "-f", "json"]).exits(0);
    assert_eq!((none.json()["count"].clone(), sandbox.requests().len()), (0.into(), sent), "nobody is asked");
    Project::new().query("").run(&["q.yaml", "--shard", "1/2"]).exits(4).says(&["LM_COMPANY"]);
    let made_up =
        |shard: &str| Project::new().query("").run(&["q.yaml", "--sandbox", "--shard", shard]).exits(0);
    assert!(made_up("1/2").stdout.contains("shard 1 of 2: 1 of 1 portal\nsandbox data"));
    assert!(made_up("2/2").stdout.contains("shard 2 of 2: 0 of 1 portal\n\nno token matches"));
}

/// Results of a portal each, such as a job for each customer makes, are put together as well; nothing tells which are missing.
#[test]
fn results_of_a_portal_each_are_as_one_run_on_all() {
    let sandboxes = start(4, &[(3, "html@2")]);
    let project = project(&sandboxes);
    run(&project, "0", &["--retries", "0"]).exits(6);
    for number in 1..=4 {
        let (portal, save) = (format!("sandbox-{number}"), format!("{number}/{{name}}.json"));
        project.run(&["queries", "--portal", &portal, "-f", "json", "--save", &save, "--retries", "0"]);
    }
    for query in QUERIES {
        let merged = merge(&project, query, 1..=4, &["-f", "json"]).json();
        let one = document(&project, &format!("0/{query}.json"));
        assert_eq!(told(merged), told(one), "{query}");
    }
    assert_eq!(document(&project, "1/plain.json")["columns"][0]["title"], "id");
    let ran = merge(&project, "plain", [1, 2], &["-f", "csv"]).exits(0);
    assert!(ran.stdout.starts_with("portal,id,"), "{}", ran.stdout);
    let ran = merge(&project, "plain", [1], &["-f", "csv"]).exits(0);
    assert!(ran.stdout.starts_with("id,"), "{}", ran.stdout);
    let ran = merge(&project, "idle", [1, 2], &["-f", "csv"]).exits(0);
    assert!(ran.stdout.starts_with("id,Owner\n"), "columns that are named stay as they are: {}", ran.stdout);
}

/// A record's members may be in any order; and of two results the one on several portals knows whether they need a column.
#[test]
fn results_of_other_makes_fit_too() {
    let sandboxes = start(3, &[]);
    let project = project(&sandboxes).file("named.yaml", "endpoint: apitokens\ncolumns: [id, note]\n");
    let run = |portals: &[&str], file: &str| {
        let portals: Vec<&str> = portals.iter().flat_map(|portal| ["--portal", *portal]).collect();
        project.run(&[&["named.yaml", "-f", "json", "--save", file], &portals[..]].concat()).exits(0);
    };
    run(&["sandbox-1"], "1.json");
    run(&["sandbox-2", "sandbox-3"], "2.json");
    run(&["sandbox-1", "sandbox-2", "sandbox-3"], "all.json");
    let whole = document(&project, "all.json");
    let merged = project.lmq(&["merge", "1.json", "2.json", "-f", "json"]).exits(0).json();
    assert_eq!(merged, whole);
    // The tests' JSON has its members by name.
    let by_name = document(&project, "2.json");
    project.write("2.json", by_name.to_string());
    assert!(!project.read("2.json").contains("\"records\":[{\"id\""), "another order");
    let merged = project.lmq(&["merge", "1.json", "2.json", "-f", "json"]).exits(0).json();
    assert_eq!(merged, whole);
}

#[test]
fn several_queries_and_several_documents_a_file_are_told_apart() {
    let sandboxes = start(4, &[]);
    let project = project(&sandboxes);
    let shard =
        |shard: &str| project.run(&["queries", "--all-portals", "-f", "json", "--shard", shard]).stdout;
    let (one, two) = (shard("1/2"), shard("2/2"));
    project.write("one.json", &one);
    let flags = ["merge", "one.json", "-", "-f", "json", "--save", "all/{name}.json"];
    let ran = project.lmq_reading(&flags, two.as_bytes()).exits(1);
    let names: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("a document")).collect();
    assert_eq!(names.iter().map(|document| &document["query"]["name"]).collect::<Vec<_>>(), QUERIES);
    assert!(names.iter().all(|document| document["portals"].as_array().map(Vec::len) == Some(4)));
    assert!(QUERIES.iter().all(|query| project.has(&format!("all/{query}.json"))));
    // What is saved can be rendered, and merged again with nothing.
    project.lmq(&["render", "all/hygiene.json"]).exits(1);
    project.lmq(&["merge", "all/hygiene.json", "--fail-on", "never"]).exits(0);
    project.write("two.json", &two);
    let table = project.lmq(&["merge", "one.json", "two.json"]).exits(1).stdout;
    assert!(QUERIES.iter().all(|query| table.contains(&format!("== {query} =="))), "{table}");
    project.lmq(&["merge", "one.json", "two.json", "--save", "x.json"]).exits(2).says(&["{name}"]);
    project.lmq(&["merge", "one.json", "two.json", "-f", "csv"]).exits(2).says(&["CSV", "3 queries"]);
}

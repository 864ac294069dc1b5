//! `lmq validate`: every mistake in one pass, for people and for programs.

use serde_json::Value;

use crate::support::{Project, Ran};

/// A mistake of every kind that a reviewer would otherwise find one by one.
const WRONG: &str = "\
colour: red
endpoint: apitokens
permission: traces
filters:
  - adminNam: svc
  - status: { contains: x }
size: 5000
output:
  - template: gone.md.hbs
";

fn wrong() -> Project {
    Project::new().file("queries/wrong.yaml", WRONG).file("queries/right.yaml", "endpoint: apitokens\n")
}

/// Code, file, line and column of each diagnostic.
fn places(ran: &Ran) -> Vec<(String, String, u64, u64)> {
    let document = ran.json();
    assert_eq!(document["schema"], "lmq.diagnostics/v1");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let number = |value: &Value| value.as_u64().expect("a number");
    let entries = document["diagnostics"].as_array().expect("a list").iter();
    entries.map(|d| (text(&d["code"]), text(&d["file"]), number(&d["line"]), number(&d["column"]))).collect()
}

/// Whether a document is SARIF by the official schema, and the results of its one run.
fn sarif(ran: &Ran) -> Vec<Value> {
    let mut schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).expect("JSON");
    // The official file has a stray `]` in this one expression, which strict readers refuse; lmq writes no `language`.
    for holder in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{holder}/properties/language"));
        assert!(language.and_then(Value::as_object_mut).is_some_and(|it| it.remove("pattern").is_some()));
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let log = ran.json();
    let wrong: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "no SARIF:\n{}", wrong.join("\n"));
    assert_eq!(log["version"], "2.1.0");
    log["runs"][0]["results"].as_array().expect("a list").clone()
}

#[test]
fn every_mistake_has_its_own_place() {
    let ran = wrong().lmq(&["validate", "queries", "--format", "json"]).exits(2);
    let file = "queries/wrong.yaml".to_owned();
    let at = |code: &str, line, column| (code.to_owned(), file.clone(), line, column);
    assert_eq!(
        places(&ran),
        [
            at("LMQ010", 1, 1),
            at("LMQ016", 3, 1),
            at("LMQ012", 5, 5),
            at("LMQ021", 6, 15),
            at("LMQ015", 7, 7),
            at("LMQ030", 9, 15)
        ]
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn for_people_the_mistakes_go_to_stderr_and_the_sum_to_stdout() {
    let ran = wrong().lmq(&["validate", "queries"]).exits(2).says(&[
        "error[LMQ012]: unknown field `adminNam`",
        "--> queries/wrong.yaml:5:5",
        "did you mean `adminName`?",
    ]);
    assert_eq!(ran.stdout, "2 queries, 6 mistakes\n");
    let ran = wrong().lmq(&["validate", "queries/right.yaml"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("1 query, no mistakes\n", ""));
    let ran = wrong().lmq(&["validate", "-q", "queries/right.yaml"]).exits(0);
    assert_eq!(ran.both(), "");
}

#[test]
fn shipped_queries_have_no_mistake() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/queries");
    let ran = Project::new().lmq(&["validate", "--deny-warnings", shipped]).exits(0);
    assert!(ran.stdout.ends_with("queries, no mistakes\n"), "{}", ran.stdout);
}

#[test]
fn run_and_validate_say_the_same() {
    let project = wrong().file("queries/key.yaml", "endpoint: apitokens\nfields: [accessKey]\n");
    let validated = project.lmq(&["validate", "queries"]).exits(2);
    let ran = project.run(&["queries"]).exits(2);
    assert_eq!(ran.stderr, format!("{}error: 6 mistakes; nothing was sent\n", validated.stderr));
}

#[test]
fn nothing_selected_and_missing_paths_differ() {
    let project = Project::new().file("empty/readme.txt", "");
    for format in ["human", "json", "sarif", "github"] {
        let ran = project.lmq(&["validate", "-f", format, "empty"]).exits(3).says(&["nothing selected"]);
        assert_eq!(ran.stdout, "", "no document that says all is well");
    }
    let ran = project.lmq(&["validate", "-f", "json", "gone.yaml"]).exits(2);
    assert_eq!(places(&ran), [("LMQ001".to_owned(), "gone.yaml".to_owned(), 1, 1)]);
    project.lmq(&["validate"]).exits(2);
}

#[test]
fn credentials_are_not_looked_at() {
    let broken = Project::new().query("").env("LMQ_BASE_URL", "http://example.com").env("LM_ACCESS_ID", "x");
    broken.lmq(&["validate", "q.yaml"]).exits(0);
}

#[test]
fn standard_input_is_a_file() {
    let ran = Project::new()
        .lmq_reading(&["validate", "-", "-f", "json"], b"endpoint: apitokens\nsize: 0\n")
        .exits(2);
    assert_eq!(places(&ran), [("LMQ015".to_owned(), "stdin".to_owned(), 2, 7)]);
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let project = Project::new().query("fields: [id, accessKey]\n");
    let ran = project.lmq(&["validate", "q.yaml"]).exits(0).says(&["warning[LMQ040]"]);
    assert_eq!(ran.stdout, "1 query, 1 warning\n");
    let ran = project.lmq(&["validate", "-q", "--deny-warnings", "q.yaml"]).exits(2).says(&["error[LMQ040]"]);
    assert_eq!(ran.stdout, "");
    let ran = project.lmq(&["validate", "-f", "json", "--deny-warnings", "q.yaml"]).exits(2);
    assert_eq!(ran.json()["diagnostics"][0]["severity"], "error");
}

#[test]
fn a_comment_with_a_reason_silences_a_warning() {
    let project = Project::new()
        .query("# lmq-ignore: LMQ040 keys are compared by their start\nfields: [id, accessKey]\n")
        .file("none.yaml", "endpoint: apitokens\n# lmq-ignore: LMQ040 a leftover\nfields: [id]\n")
        .file("bare.yaml", "endpoint: apitokens\n# lmq-ignore: LMQ040\nfields: [id, accessKey]\n")
        .file("error.yaml", "# lmq-ignore: LMQ010 please\ncolour: red\nendpoint: apitokens\n");
    assert_eq!(project.lmq(&["validate", "--deny-warnings", "q.yaml"]).exits(0).stderr, "");
    let codes = |file: &str| {
        let ran = project.lmq(&["validate", "-f", "json", file]);
        (ran.code, places(&ran).into_iter().map(|(code, _, line, _)| (code, line)).collect::<Vec<_>>())
    };
    assert_eq!(codes("none.yaml"), (0, vec![("LMQ061".to_owned(), 2)]));
    assert_eq!(codes("bare.yaml"), (0, vec![("LMQ060".to_owned(), 2), ("LMQ040".to_owned(), 3)]));
    assert_eq!(codes("error.yaml"), (2, vec![("LMQ060".to_owned(), 1), ("LMQ010".to_owned(), 2)]));
    assert_eq!(project.lmq(&["validate", "q.yaml", "-f", "github"]).exits(0).stdout, "");
}

/// A partial with a mistake, named by a template that two queries name.
fn with_partial() -> Project {
    let query = "endpoint: apitokens\noutput: {template: main.md.hbs}\n";
    Project::new()
        .file("queries/a.yaml", format!("name: a\n{query}"))
        .file("queries/b.yaml", query)
        .file("templates/main.md.hbs", "# Tokens\n\n{{> part.md}}\n")
        .file("templates/part.md.hbs", "{{#each records}}{{nmae}}{{/each}}\n")
}

#[test]
fn a_shared_template_has_its_mistakes_once_with_the_way_to_them() {
    let ran = with_partial().lmq(&["validate", "queries", "-f", "json"]).exits(2);
    let expected = ("LMQ032".to_owned(), "templates/part.md.hbs".to_owned(), 1, 20);
    assert_eq!(places(&ran), [expected]);
    let related = &ran.json()["diagnostics"][0]["related"];
    let from = (&related[0]["file"], &related[0]["line"], &related[0]["message"]);
    assert_eq!(from, (&"templates/main.md.hbs".into(), &3.into(), &"included from here".into()));
}

#[test]
fn sarif_passes_the_official_schema() {
    for args in
        [&["validate", "-f", "sarif", "queries"][..], &["validate", "-f", "sarif", "queries/right.yaml"]]
    {
        sarif(&wrong().lmq(args));
    }
    let results = sarif(&wrong().lmq(&["validate", "-f", "sarif", "queries"]).exits(2));
    let first = &results[1];
    assert_eq!(first["ruleId"], "LMQ016");
    let location = &first["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "queries/wrong.yaml");
    assert_eq!(location["region"]["startLine"], 3);
    let rules =
        &wrong().lmq(&["validate", "-f", "sarif", "queries"]).json()["runs"][0]["tool"]["driver"]["rules"];
    let index = usize::try_from(first["ruleIndex"].as_u64().expect("a number")).expect("small");
    assert_eq!(rules[index]["id"], "LMQ016");
}

#[test]
fn sarif_names_files_of_several_folders_from_the_root() {
    let results = sarif(&with_partial().below("queries").lmq(&["validate", "-f", "sarif", "."]).exits(2));
    let file = |location: &Value| location["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(results.len(), 1);
    assert_eq!(file(&results[0]["locations"][0]), "templates/part.md.hbs");
    assert_eq!(file(&results[0]["relatedLocations"][0]), "templates/main.md.hbs");
    let odd = Project::new().file("ü b/q#1.yaml", "endpoint: x\n");
    let results = sarif(&odd.lmq(&["validate", "-f", "sarif", "ü b"]).exits(2));
    assert_eq!(file(&results[0]["locations"][0]), "%C3%BC%20b/q%231.yaml");
}

#[test]
fn sarif_tells_the_same_mistake_from_run_to_run() {
    let fingerprint = |text: &str| {
        let ran = Project::new().file("q.yaml", text).lmq(&["validate", "-f", "sarif", "q.yaml"]).exits(2);
        sarif(&ran)[0]["partialFingerprints"]["lmq/v1"].as_str().expect("a text").to_owned()
    };
    let before = fingerprint("endpoint: apitokens\nsize: 0\n");
    assert_eq!(before, fingerprint("# a comment\nendpoint: apitokens\n\nsize: 0\n"));
    assert_ne!(before, fingerprint("endpoint: apitokens\nsize: 1001\n"));
    assert_eq!(before.len(), 64, "{before}");
}

#[test]
fn workflow_commands_name_lines_of_the_repository() {
    let ran = wrong().below("queries").lmq(&["validate", "-f", "github", "."]).exits(2);
    let first = ran.stdout.lines().next().expect("a command");
    assert!(
        first
            .starts_with("::error file=queries/wrong.yaml,line=1,col=1,endLine=1,endColumn=7,title=LMQ010::"),
        "{first}"
    );
    assert_eq!(ran.stdout.lines().count(), 6);
    let warning = Project::new().query("fields: [accessKey]\n").lmq(&["validate", "-f", "github", "q.yaml"]);
    assert!(warning.exits(0).stdout.starts_with("::warning file=q.yaml,line=2,"));
}

#[test]
fn hostile_text_is_inert_in_every_form() {
    let project =
        Project::new().file("q.yaml", "endpoint: \"x\\e[31m\\n::error::\\u202e\\x9b\"\n\"k\\e[0m\": 1\n");
    for format in ["human", "json", "sarif", "github"] {
        let ran = project.lmq(&["validate", "-f", format, "q.yaml"]).exits(2);
        let active = ran.both().chars().find(|c| *c != '\n' && lmq::text::is_active(*c));
        assert_eq!(active, None, "{format}: {:?}", ran.both());
        assert!(!ran.stdout.lines().any(|line| line.starts_with("::error::")), "{}", ran.stdout);
    }
}

//! Which files a PATH means, and which of their queries run.

use serde_json::Value;

use crate::support::{Project, Ran};

const QUERY: &str = "endpoint: apitokens\nfields: [id]\n";

fn tagged(tags: &str) -> String {
    format!("{QUERY}tags: [{tags}]\n")
}

/// The names of the queries that ran, in their order.
#[track_caller]
fn names(ran: Ran) -> Vec<String> {
    let ran = ran.exits(0);
    let name = |line: &str| {
        serde_json::from_str::<Value>(line).expect("JSON")["query"]["name"].as_str().map(str::to_owned)
    };
    if ran.stdout.starts_with("{\n") {
        return vec![ran.json()["query"]["name"].as_str().expect("a name").to_owned()];
    }
    ran.stdout.lines().map(|line| name(line).expect("a name")).collect()
}

fn run(project: &Project, args: &[&str]) -> Ran {
    project.run(&[&["--sandbox", "-f", "json"], args].concat())
}

fn tree() -> Project {
    [
        ("queries/b.yaml", QUERY),
        ("queries/a.yml", QUERY),
        ("queries/deep/er/c.yaml", QUERY),
        ("queries/.hidden.yaml", "not: a query\n"),
        ("queries/.hidden/x.yaml", "not: a query\n"),
        ("queries/ignored.yaml", "not: a query\n"),
        ("queries/drafts/x.yaml", "not: a query\n"),
        ("queries/x.waivers.yaml", "not: a query\n"),
        ("queries/x.vars.yaml", "not: a query\n"),
        ("queries/x.out.yaml", "not: a query\n"),
        ("queries/notes.txt", "not: a query\n"),
        (".gitignore", "ignored.yaml\n/queries/drafts/\n"),
    ]
    .into_iter()
    .fold(Project::new(), |project, (path, text)| project.file(path, text))
}

#[test]
fn a_folder_means_the_queries_below_it() {
    let project = tree();
    assert_eq!(names(run(&project, &["queries"])), ["a", "b", "c"]);
    assert_eq!(names(run(&project, &["queries/"])), ["a", "b", "c"]);
    assert_eq!(names(run(&project, &["."])), ["a", "b", "c"]);
    assert_eq!(names(run(&project, &["queries/deep"])), ["c"]);
    assert_eq!(names(run(&tree().below("queries/deep"), &[".."])), ["a", "b", "c"]);
}

#[test]
fn a_folder_with_lmq_yaml_means_its_queries() {
    let project = tree().file("lmq.yaml", "").file("other/x.yaml", "not: a query\n");
    assert_eq!(names(run(&project, &["."])), ["a", "b", "c"]);
}

#[test]
fn globs_and_files_and_each_file_once() {
    let project = tree();
    assert_eq!(names(run(&project, &["queries/*.yaml"])), ["b"]);
    assert_eq!(names(run(&project, &["queries/**/*.yaml"])), ["b", "c"]);
    assert_eq!(names(run(&project, &["queries/{a,b}.y*"])), ["a", "b"]);
    assert_eq!(names(run(&project, &["queries/b.yaml", "./queries/b.yaml", "queries"])), ["b", "a", "c"]);
    let odd = Project::new().file("odd[1].yaml", QUERY);
    assert_eq!(names(run(&odd, &["odd[1].yaml"])), ["odd-1-"], "a file that is there is no glob");
}

#[test]
fn a_file_that_is_named_is_read_though_ignored() {
    let project = tree().file("queries/ignored.yaml", QUERY);
    assert_eq!(names(run(&project, &["queries/ignored.yaml"])), ["ignored"]);
}

#[test]
fn standard_input_is_a_query_named_stdin() {
    let project = Project::new();
    let ran = project.lmq_reading(&["run", "--sandbox", "-f", "json", "-"], QUERY.as_bytes());
    assert_eq!(names(ran), ["stdin"]);
    let bad = project.lmq_reading(&["run", "--sandbox", "-"], b"endpont: apitokens\n").exits(2);
    bad.says(&["stdin:1:1", "`endpoint`"]);
    let large = vec![b'#'; 300 * 1024];
    for (bytes, word) in [(&b"\xff"[..], "UTF-8"), (b"a\0", "UTF-8"), (&large, "256 KiB"), (b"", "endpoint")]
    {
        project.lmq_reading(&["run", "--sandbox", "-"], bytes).exits(2).says(&[word]);
    }
}

#[test]
fn tags_choose() {
    let project = Project::new()
        .file("a.yaml", tagged("weekly, security"))
        .file("b.yaml", tagged("weekly"))
        .file("c.yaml", QUERY);
    let all = ["a.yaml", "b.yaml", "c.yaml"];
    let chosen = |flags: &[&str]| names(run(&project, &[flags, &all].concat()));
    assert_eq!(chosen(&[]), ["a", "b", "c"]);
    assert_eq!(chosen(&["--tag", "weekly"]), ["a", "b"]);
    assert_eq!(chosen(&["--tag", "security", "--tag", "none"]), ["a"]);
    assert_eq!(chosen(&["--exclude", "security"]), ["b", "c"]);
    assert_eq!(chosen(&["--tag", "weekly", "--exclude", "security"]), ["b"]);
    for flags in [&["--tag", "nothing"][..], &["--exclude", "weekly", "--tag", "security"]] {
        let ran = run(&project, &[flags, &all].concat()).exits(3).says(&["nothing selected"]);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn nothing_there_is_three_and_a_path_that_is_not_there_is_two() {
    let project = Project::new().file("empty/x.txt", "").query("");
    run(&project, &["empty"]).exits(3);
    run(&project, &["empty/*.yaml"]).exits(3);
    run(&project, &["gone.yaml"]).exits(2).says(&["gone.yaml", "LMQ001"]);
    run(&project, &["q.yaml", "gone/"]).exits(2).says(&["gone"]);
    run(&project, &["q.yaml/x"]).exits(2);
    run(&project, &["[x.yaml"]).exits(2).says(&["glob"]);
}

#[test]
fn yaml_that_is_no_query_is_a_mistake() {
    let project = Project::new().file("queries/config.yaml", "portals: {}\n").file("queries/a.yaml", QUERY);
    run(&project, &["queries"]).exits(2).says(&["config.yaml:1:1", "LMQ010", "`endpoint` is missing"]);
}

#[test]
fn two_queries_of_one_name_are_a_mistake() {
    let project = Project::new().file("a/x.yaml", QUERY).file("b/x.yaml", QUERY);
    run(&project, &["a", "b"]).exits(2).says(&["LMQ038", "`x`", "a/x.yaml", "b/x.yaml"]);
    let named = Project::new().file("a.yaml", QUERY).file("b.yaml", format!("name: a\n{QUERY}"));
    run(&named, &["a.yaml", "b.yaml"]).exits(2).says(&["LMQ038"]);
}

#[test]
fn one_invalid_query_keeps_all_from_running() {
    let project = Project::new().file("a.yaml", QUERY).file("b.yaml", "endpoint: apitokens\nsize: 0\n");
    let ran = run(&project, &["a.yaml", "b.yaml"]).exits(2).says(&["b.yaml:2:7", "nothing was sent"]);
    assert_eq!(ran.stdout, "");
}

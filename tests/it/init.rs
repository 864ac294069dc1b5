//! `lmq init`: the project it makes is whole and runs, and nothing that was there is touched.

mod pipeline;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Project, Ran, sandbox};

/// What is made whatever the CI.
const ALWAYS: [&str; 8] = [
    ".gitignore",
    "lmq.schema.json",
    "lmq.yaml",
    "queries/inventory.yaml",
    "queries/owners.yaml",
    "queries/token-rules.waivers.yaml",
    "queries/token-rules.yaml",
    "templates/by-owner.txt.hbs",
];
const GITHUB: &str = ".github/workflows/lmq.yml";
const GITLAB: &str = ".gitlab-ci.yml";
const RULES: &str = "queries/token-rules.yaml";
const WAIVERS: &str = "queries/token-rules.waivers.yaml";

/// A project made in place.
fn made(args: &[&str]) -> Project {
    let project = Project::new();
    project.lmq(&[&["init"], args].concat()).exits(0);
    project
}

fn starter(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("starter").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A commented example without its `# `: from the comment line that begins with this to the end of the file.
fn uncommented(text: &str, first: &str) -> String {
    let at = text.find(&format!("# {first}")).unwrap_or_else(|| panic!("no {first}: {text}"));
    let (above, example) = text.split_at(at);
    let lines = example.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
    above.to_owned() + &lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The starter's `owners.txt.hbs` once stood in the way of the shipped one, which a recipe names.
#[test]
fn no_template_of_the_starter_hides_a_shipped_one() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for file in ALWAYS.iter().filter_map(|path| path.strip_prefix("templates/")) {
        assert!(!shipped.join(file).exists(), "{file}");
    }
}

#[test]
fn the_files_are_those_of_the_starter() {
    for (args, pipeline) in [
        (&[][..], Some(GITHUB)),
        (&["--ci", "github"], Some(GITHUB)),
        (&["--ci", "gitlab"], Some(GITLAB)),
        (&["--ci", "none"], None),
    ] {
        let project = Project::new();
        let ran = project.lmq(&[&["init", "a/demo"], args].concat()).exits(0);
        let expected: BTreeSet<String> = ALWAYS.into_iter().chain(pipeline).map(str::to_owned).collect();
        let files = project.files();
        let below = files.iter().map(|path| path.replace('\\', "/").replacen("a/demo/", "", 1));
        assert_eq!(below.collect::<BTreeSet<_>>(), expected, "{args:?}");
        for path in &expected {
            assert!(ran.stdout.contains(&format!("  {path}  ")), "{path}: {}", ran.stdout);
            let text = project.read(&format!("a/demo/{path}"));
            if path == "lmq.schema.json" {
                assert_eq!(text, project.lmq(&["schema"]).stdout);
            } else {
                assert_eq!(text, starter(path), "{path}");
            }
        }
        assert!(ran.stdout.contains("\n  cd a/demo\n  lmq run --sandbox ."), "{}", ran.stdout);
    }
}

#[test]
fn what_is_told_fits_a_terminal_and_names_no_folder_where_there_is_none_to_go_to() {
    let here = Project::new().lmq(&["init"]).exits(0);
    assert!(!here.stdout.contains("cd "), "{}", here.stdout);
    assert_eq!(here.stderr, "");
    assert!(here.stdout.lines().all(|line| line.chars().count() <= 100), "{}", here.stdout);
    assert_eq!(Project::new().lmq(&["init", "-q"]).exits(0).both(), "");
    let odd = Project::new().lmq(&["init", "it's \u{1b}[31mred", "--ci", "none"]).exits(0);
    assert!(odd.stdout.contains(r"cd 'it'\''s \u{1b}[31mred'"), "{}", odd.stdout);
    let dash = Project::new().lmq(&["init", "--ci", "none", "--", "-x"]).exits(0);
    assert!(dash.stdout.contains("\n  cd ./-x\n"), "{}", dash.stdout);
}

#[test]
fn queries_have_no_mistakes_and_an_editor_finds_their_schema() {
    let project = made(&[]);
    let ran = project.lmq(&["validate", "--deny-warnings", "."]).exits(0);
    assert_eq!(ran.stdout, "3 queries, no mistakes\n");
    let schema: Value = serde_json::from_str(&project.read("lmq.schema.json")).expect("JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    for file in ALWAYS.iter().filter(|file| file.starts_with("queries/") && !file.contains(".waivers.")) {
        let text = project.read(file);
        let path = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let named = project.path(file).with_file_name(path.expect("it names one"));
        assert_eq!(
            fs::canonicalize(named).expect("it is there"),
            fs::canonicalize(project.path("lmq.schema.json")).expect("it is there")
        );
        let query: Value = serde_yaml::from_str(&text).expect("YAML");
        assert!(validator.is_valid(&query), "{file}");
    }
}

/// The ids and kinds of what was found, or waived.
fn tokens(list: &Value) -> Vec<(String, i64)> {
    let entries = list.as_array().expect("a list").iter();
    entries
        .map(|it| {
            (it["tokenType"].as_str().expect("a kind").to_owned(), it["tokenId"].as_i64().expect("an id"))
        })
        .collect()
}

fn rules(project: &Project) -> Ran {
    project.run(&["--sandbox", RULES, "-f", "json"])
}

/// A waiver for each, below what the file has.
fn waive(project: &Project, findings: &[(String, i64)], expires: &str) {
    let item = |(kind, id): &(String, i64)| {
        format!(
            "- expect: no-idle-administrators\n  match: {{ tokenType: {kind}, id: {id} }}\n  \
             reason: known\n  owner: us\n  expires: {expires}\n"
        )
    };
    let items: String = findings.iter().map(item).collect();
    project.write(WAIVERS, starter(WAIVERS) + &items);
}

#[test]
fn the_first_run_has_findings_and_waivers_accept_them() {
    let project = made(&[]);
    let ran = project.run(&["--sandbox", "."]).exits(1);
    assert!(ran.stdout.contains("105 enabled tokens of 25 owners"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("warning") && !ran.stderr.contains("note: the"), "{}", ran.stderr);
    let ran = ran.says(&["error[no-idle-administrators]: 4 findings", "--> queries/token-rules.yaml:"]);
    for report in ["inventory.html", "inventory.xlsx", "token-rules.md", "token-rules.xml"] {
        assert!(project.has(&format!("reports/{report}")), "{report}");
    }
    assert!(project.read("reports/token-rules.md").contains("(no-idle-administrators)"));

    let findings = tokens(&rules(&project).exits(1).json()["findings"]);
    assert_eq!(findings.len(), 4, "{}", ran.stderr);
    waive(&project, &findings, "2023-12-31");
    project.run(&["--sandbox", "."]).exits(0).says(&["0 findings, 4 waived"]);
    assert!(project.read("reports/token-rules.md").contains("## Waived"));
    assert_eq!(tokens(&rules(&project).exits(0).json()["waived"]), findings);

    waive(&project, &findings, "2023-11-13");
    project.run(&["--sandbox", "."]).exits(1).says(&["4 findings, 0.", "its last day was 2023-11-13"]);
}

#[test]
fn the_examples_in_comments_work_as_they_are() {
    let project = made(&[]);
    let waivers = uncommented(&project.read(WAIVERS), "- expect:");
    project.write(WAIVERS, waivers);
    project.run(&["--sandbox", "."]).exits(1).says(&["3 findings, 1 waived"]);

    let sandbox = sandbox();
    let configuration = uncommented(&project.read("lmq.yaml"), "portals:");
    project.write("lmq.yaml", configuration);
    // Its portal has no credentials here; with a mistake it would be 2.
    project.run(&[RULES]).exits(4).says(&["LM_ACME_ACCESS_ID"]);
    // And without it, the environment says which portal is asked.
    made(&[]).sandbox(&sandbox).run(&["."]).exits(1).says(&["105 tokens"]);
}

#[test]
fn the_project_runs_from_the_folder_above_too() {
    let project = Project::new();
    project.lmq(&["init", "demo"]).exits(0);
    project.lmq(&["validate", "--deny-warnings", "demo"]).exits(0);
    project.run(&["--sandbox", "demo"]).exits(1);
}

#[test]
fn nothing_is_written_where_one_file_is_there() {
    for present in ALWAYS.iter().filter(|file| **file != ".gitignore").chain([&GITHUB]) {
        let project = Project::new().file(present, "mine").file("README.md", "mine");
        let before = project.files();
        let ran = project.lmq(&["init"]).exits(2).says(&["1 file is there already", present]);
        assert_eq!((ran.stdout.as_str(), project.files()), ("", before));
        assert_eq!(project.read(present), "mine");
    }
    let project = made(&[]);
    let ran = project.lmq(&["init"]).exits(2).says(&["8 files are there already, and nothing was written"]);
    for file in ALWAYS.iter().filter(|file| **file != ".gitignore").chain([&GITHUB]) {
        assert!(ran.stderr.contains(&format!("\n  {file}\n")), "{file}: {}", ran.stderr);
    }
    let gitlab = Project::new().file(GITLAB, "mine");
    gitlab.lmq(&["init", "--ci", "gitlab"]).exits(2).says(&[GITLAB, "`--ci none`"]);
    gitlab.lmq(&["init", "--ci", "none"]).exits(0);
    assert_eq!(gitlab.read(GITLAB), "mine");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_there_too() {
    let project = Project::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    std::os::unix::fs::symlink(outside.path().join("new"), project.path("lmq.yaml")).expect("writable");
    project.lmq(&["init"]).exits(2).says(&["lmq.yaml"]);
    assert!(!outside.path().join("new").exists());
    assert_eq!(project.files(), ["lmq.yaml"]);
}

#[test]
fn what_is_ignored_already_stays_and_what_is_missing_is_told() {
    let told = |text: &str| {
        let project = Project::new().file(".gitignore", text);
        let ran = project.lmq(&["init"]).exits(0);
        assert_eq!(project.read(".gitignore"), text);
        let lines = ran.stdout.split("add to it:\n\n").nth(1).map(|rest| rest.split("\n\n").next());
        lines.flatten().unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told("/target\n"), ["/reports/", ".env"]);
    assert_eq!(told("target\r\nreports\r\n"), [".env"]);
    assert_eq!(told("/reports/\n.env"), [""; 0]);
    assert_eq!(told("# /reports/\n.env.local\n"), ["/reports/", ".env"]);
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let project = Project::new().file("file", "mine").file("taken/templates", "mine");
    for (dir, reason) in [
        ("file", "file` cannot be made: not a directory"),
        ("file/below", "file` cannot be made: not a directory"),
        ("taken", "templates` cannot be made: not a directory"),
    ] {
        let ran = project.lmq(&["init", dir]).exits(7).says(&[reason, "nothing was written"]);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(
        project.files(),
        ["file", "taken/templates"].map(|path| path.replace('/', std::path::MAIN_SEPARATOR_STR))
    );
    assert!(!project.has("taken/queries"));
    assert_eq!(project.read("taken/templates"), "mine");
}

#[test]
fn a_folder_inside_of_a_repository_is_told_that_its_pipeline_is_not_seen() {
    let note = "`A project in a folder` of docs/ci.md";
    let project = Project::new();
    project.lmq(&["init", "demo"]).exits(0).says(&[note]);
    let without = project.lmq(&["init", "other", "--ci", "none"]).exits(0);
    assert!(!without.stderr.contains(note), "{}", without.stderr);
    let document = fs::read_to_string("docs/ci.md").expect("the document exists");
    assert!(document.contains("**A project in a folder of a repository**"));
}

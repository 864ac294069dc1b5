//! `lmq render`: what a saved result becomes again.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader, Lines};
#[cfg(unix)]
use std::process::{Child, ChildStderr, Command, Stdio};

use lmq::spec::{Format, Subject};

use crate::support::{OWN_ACCESS_ID, Project, Ran, Reply, SECRET_KEY, Stub, page, rows, sandbox, slice};

const HYGIENE: &str = include_str!("../../queries/token-hygiene.yaml");

fn suffix(format: Format) -> &'static str {
    format.about().suffixes.first().copied().unwrap_or("out")
}

/// A project with the result of a query on the sandbox in `result.json`.
fn saved(query: &str, more: &[&str]) -> Project {
    let sandbox = sandbox();
    let project = Project::new().file("q.yaml", query).sandbox(&sandbox);
    project.run(&[&["q.yaml", "--save", "result.json", "-f", "json"], more].concat());
    project
}

#[test]
fn every_format_and_template_is_that_of_the_run() {
    let sandbox = sandbox();
    let project = Project::new().file("q.yaml", HYGIENE).sandbox(&sandbox);
    let suffixes: Vec<&str> =
        Format::ALL.iter().copied().map(suffix).filter(|suffix| *suffix != "out").collect();
    let outputs = |name: &str| -> Vec<String> {
        suffixes.iter().flat_map(|suffix| ["-o".to_owned(), format!("{name}.{suffix}")]).collect()
    };
    let run =
        [vec!["q.yaml".to_owned(), "--save".to_owned(), "result.json".to_owned()], outputs("a")].concat();
    project.run(&run.iter().map(String::as_str).collect::<Vec<_>>()).exits(1);
    let render = [vec!["render".to_owned(), "result.json".to_owned()], outputs("b")].concat();
    project.lmq(&render.iter().map(String::as_str).collect::<Vec<_>>()).exits(1);
    assert!(suffixes.len() >= 11, "{suffixes:?}");
    let bytes = |name: &str| std::fs::read(project.path(name)).expect("it was written");
    for suffix in suffixes {
        assert!(bytes(&format!("a.{suffix}")) == bytes(&format!("b.{suffix}")), "{suffix}");
    }
    for form in [["-f", "github"], ["-f", "gitlab"], ["-f", "table"]] {
        let run = project.run(&[&["q.yaml"][..], &form].concat()).exits(1);
        let render = project.lmq(&[&["render", "result.json"][..], &form].concat()).exits(1);
        assert_eq!(run.stdout, render.stdout, "{form:?}");
    }
    for template in ["tokens.md.hbs", "tokens.html.hbs", "summary.txt.hbs"] {
        let run = project.run(&["q.yaml", "-t", template, "--save", "result.json"]).exits(1);
        let render = project.lmq(&["render", "result.json", "-t", template]).exits(1);
        assert_eq!(run.stdout, render.stdout, "{template}");
    }
}

#[test]
fn nothing_is_sent_and_no_credential_is_looked_at() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    let project = Project::new().query("").stub(&stub);
    project.run(&["q.yaml", "--save", "result.json"]).exits(0);
    let asked = stub.seen().len();
    let offline = Project::new().file("result.json", project.read("result.json"));
    let ran = offline.env("LMQ_BASE_URL", "http://nowhere.example").lmq(&["render", "result.json"]).exits(0);
    assert!(ran.stdout.contains("3 tokens") || ran.stdout.contains("access1"), "{}", ran.stdout);
    assert_eq!(stub.seen().len(), asked);
    assert!(!ran.both().contains(SECRET_KEY) && OWN_ACCESS_ID.len() > 3);
}

#[test]
fn the_exit_code_is_what_the_result_says() {
    let found = saved(HYGIENE, &[]);
    found.lmq(&["render", "result.json"]).exits(1).says(&["findings"]);
    found.lmq(&["render", "result.json", "--fail-on", "never"]).exits(0);
    let late = Stub::start(|seen| match seen.offset() {
        0 => page(slice(&rows(9), seen), 9),
        _ => Reply::error(500, 1500, "late"),
    });
    let project = Project::new().query("size: 5\n").stub(&late);
    project.run(&["q.yaml", "--save", "result.json", "-f", "json"]).exits(6);
    let short = project.lmq(&["render", "result.json", "-o", "r.html", "-o", "r.csv"]).exits(6);
    short.says(&["incomplete: ", "withheld"]);
    assert!(!project.has("r.csv") || project.read("r.csv").is_empty());
    let taken = project.lmq(&["render", "result.json", "-f", "csv", "--allow-partial"]).exits(0);
    assert_eq!(taken.stdout.lines().count(), 6, "{}", taken.stdout);
    if cfg!(target_os = "linux") {
        project.lmq(&["render", "result.json", "-f", "csv", "-o", "/dev/full", "--allow-partial"]).exits(7);
    }
}

#[test]
fn what_is_no_result_is_named_with_its_place() {
    let project = saved("endpoint: apitokens\n", &[]);
    let text = project.read("result.json");
    let cases = [
        ("gone.json", None, "`gone.json` does not exist"),
        ("empty.json", Some(String::new()), "there is no result in it"),
        ("q.yaml", None, "q.yaml:1:1: expected value"),
        ("cut.json", Some(text[..text.len() / 2].to_owned()), "cut.json:"),
        ("other.json", Some(text.replacen("lmq.result/v1", "lmq.result/v9", 1)), "lmq.result/v9"),
        ("more.json", Some(text.replacen("\"total\"", "\"sum\": 1, \"total\"", 1)), "`sum`"),
        ("binary.json", Some("\0".to_owned()), "is not UTF-8 text"),
    ];
    for (file, content, words) in cases {
        if let Some(content) = content {
            project.write(file, content);
        }
        let ran = project.lmq(&["render", file, "-o", "r.md"]).exits(2);
        ran.says(&[words, "help: a result is what `lmq run --save FILE.json`"]);
        assert!(!project.has("r.md"), "{file}");
    }
    // All of them are told, and nothing is rendered of the one that is right.
    let both = project.lmq(&["render", "gone.json", "empty.json", "result.json"]).exits(2);
    let both = both.says(&["gone.json", "there is no result"]);
    assert_eq!(both.stdout, "");
}

#[test]
fn a_template_names_only_what_the_result_has() {
    let project = saved("endpoint: apitokens\nfields: [id, note]\n", &[]);
    project.write("own.md.hbs", "{{#each records}}{{id}} {{lastAuthIp}}{{/each}}{{coun}}");
    let ran = project.lmq(&["render", "result.json", "-t", "./own.md.hbs", "-o", "r.md"]).exits(2);
    ran.says(&[
        "own.md.hbs:1:27",
        "no field `lastAuthIp`",
        "`note`",
        "unknown name `coun`",
        "nothing was rendered",
    ]);
    assert!(!project.has("r.md"));
    let gone = project.lmq(&["render", "result.json", "-t", "gone.md.hbs"]).exits(2);
    gone.says(&["--> --template:1:1", "gone.md.hbs"]);
    let none = project.lmq(&["render", "result.json", "-f", "junit"]).exits(2);
    none.says(&["--> --format:1:1", "expects nothing"]);
}

#[test]
fn a_template_on_standard_input_is_escaped_for_where_it_goes() {
    let project = saved("name: a-b\ndescription: 1 < 2 & =3\nendpoint: apitokens\n", &[]);
    let piped = |args: &[&str], template: &str| -> Ran {
        project.lmq_reading(&[&["render", "result.json", "-t", "-"], args].concat(), template.as_bytes())
    };
    assert_eq!(piped(&[], "{{query.description}}").exits(0).stdout, "1 < 2 & =3");
    for (file, expected) in
        [("r.html", "1 &lt; 2 &amp; &#61;3"), ("r.txt", "1 < 2 & =3"), ("r.csv", "1 < 2 & =3")]
    {
        piped(&["-o", file], "{{query.description}}").exits(0);
        assert_eq!(project.read(file), expected, "{file}");
    }
    piped(&[], "{{nope}}").exits(2).says(&["stdin:1:3", "`nope`"]);
    let ran = project.lmq_reading(&["run", "--sandbox", "q.yaml", "-t", "-"], b"{{count}} rows");
    assert_eq!(ran.exits(0).stdout, "72 rows");
    let twice = project.lmq_reading(&["render", "-", "-t", "-"], b"");
    twice.exits(2).says(&["both mean standard input"]);
    let large = piped(&[], &"x".repeat(2 << 20));
    large.exits(2).says(&["larger than 1024 KiB"]);
}

#[test]
fn a_file_of_several_results_renders_each() {
    let sandbox = sandbox();
    let query = |name: &str| format!("name: {name}\nendpoint: apitokens\nfilters: [{{id: [1, 2]}}]\n");
    let project = Project::new().file("q/a.yaml", query("a")).file("q/b.yaml", query("b")).sandbox(&sandbox);
    let lines = project.run(&["q", "-f", "json"]).exits(0).stdout;
    project.write("both.json", &lines);
    let ran = project.lmq(&["render", "both.json"]).exits(0);
    assert!(ran.stdout.contains("== a ==") && ran.stdout.contains("== b =="), "{}", ran.stdout);
    project.lmq(&["render", "both.json", "-o", "r.csv"]).exits(2).says(&["{name}"]);
    project.lmq(&["render", "both.json", "-f", "csv"]).exits(2).says(&["cannot share stdout"]);
    project.lmq(&["render", "both.json", "-o", "out/{name}.csv"]).exits(0);
    assert_eq!(project.read("out/a.csv"), project.read("out/b.csv"));
    let piped = project.lmq_reading(&["render", "-", "-f", "json"], lines.as_bytes()).exits(0);
    assert_eq!(piped.stdout, lines);
}

#[test]
fn only_formats_of_rows_need_no_expectations() {
    let project = saved("endpoint: apitokens\n", &[]);
    for format in Format::ALL.iter().filter(|format| format.about().subject == Subject::Rows) {
        let file = format!("r.{}", suffix(*format));
        project.lmq(&["render", "result.json", "-f", format.name(), "-o", &file]).exits(0);
        assert!(project.has(&file), "{file}");
    }
}

#[test]
fn watching_takes_files_that_come_to_rest() {
    let project = saved("endpoint: apitokens\n", &[]);
    project.lmq_reading(&["render", "-", "--watch"], b"{}").exits(2).says(&["`-` is standard input"]);
    project.lmq(&["render", "result.json", "-t", "-", "--watch"]).exits(2).says(&["put it into a file"]);
    let itself = project.lmq(&["render", "result.json", "-o", "./result.json", "--watch"]).exits(2);
    itself.says(&["`./result.json` is both read and written"]);
    project.lmq(&["render", "gone/result.json", "--watch"]).exits(2).says(&["`--watch`: "]);
}

/// `lmq render result.json -t ./own.hbs -o r.txt --watch` under way.
#[cfg(unix)]
struct Watching<'a> {
    project: &'a Project,
    child: Child,
    told: Lines<BufReader<ChildStderr>>,
}

#[cfg(unix)]
impl<'a> Watching<'a> {
    fn start(project: &'a Project) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lmq"))
            .args(["render", "result.json", "-t", "./own.hbs", "-o", "r.txt", "--watch"])
            .current_dir(project.root())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let told = BufReader::new(child.stderr.take().expect("piped")).lines();
        Self { project, child, told }
    }

    /// What writes a file in several steps may be rendered more than once.
    fn becomes(&mut self, expected: &str) {
        for _ in 0..9 {
            let told = self.told.by_ref();
            let waits =
                told.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("waiting for a change")));
            assert!(waits.is_some(), "it waits after each rendering");
            if self.project.read("r.txt") == expected {
                return;
            }
        }
        panic!("it stays `{}`, not `{expected}`", self.project.read("r.txt"));
    }

    fn ends(mut self) {
        let kill = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(kill.expect("kill is there").success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(130));
    }
}

#[cfg(unix)]
#[test]
fn a_change_of_result_or_template_is_rendered_until_ctrl_c() {
    let project = saved("name: first\nendpoint: apitokens\n", &[]);
    project.write("own.hbs", "one {{query.name}}");
    let mut watching = Watching::start(&project);
    watching.becomes("one first");
    project.write("own.hbs", "two {{query.name}}");
    watching.becomes("two first");
    // A mistake is told, and the last report stays.
    project.write("own.hbs", "{{nope}}");
    watching.becomes("two first");
    project.write("own.hbs", "three {{query.name}}");
    watching.becomes("three first");
    // In the way of editors: a new file in the place of the old one.
    project.write("new.json", project.read("result.json").replace("first", "second"));
    std::fs::rename(project.path("new.json"), project.path("result.json")).expect("writable");
    watching.becomes("three second");
    watching.ends();
}

#[cfg(unix)]
#[test]
fn a_change_behind_a_link_is_rendered_too() {
    let project = saved("name: first\nendpoint: apitokens\n", &[]);
    let result = project.read("result.json");
    let link = |file: &str, link: &str| {
        let _ = std::fs::remove_file(project.path(link));
        std::os::unix::fs::symlink(project.path(file), project.path(link)).expect("writable");
    };
    project.write("runs/1.json", &result);
    project.write("runs/two/2.json", result.replace("first", "second"));
    project.write("a/own.hbs", "{{query.name}} {{> near}} {{> far}}");
    project.write("b/near.hbs", "1");
    project.write("c/far.hbs", "1");
    project.write("templates/other.hbs", "");
    for (file, name) in [
        ("runs/1.json", "result.json"),
        ("a/own.hbs", "own.hbs"),
        ("b/near.hbs", "near.hbs"),
        ("c/far.hbs", "templates/far.hbs"),
    ] {
        link(file, name);
    }
    let mut watching = Watching::start(&project);
    watching.becomes("first 1 1");
    project.write("a/own.hbs", "{{query.name}}: {{> near}} {{> far}}");
    watching.becomes("first: 1 1");
    project.write("b/near.hbs", "2");
    watching.becomes("first: 2 1");
    project.write("c/far.hbs", "3");
    watching.becomes("first: 2 3");
    project.write("runs/1.json", result.replace("first", "again"));
    watching.becomes("again: 2 3");
    // The link leads elsewhere, and that changes.
    link("runs/two/2.json", "result.json");
    watching.becomes("second: 2 3");
    project.write("runs/two/2.json", result.replace("first", "third"));
    watching.becomes("third: 2 3");
    watching.ends();
}

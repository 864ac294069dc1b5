//! Where reports go: stdout, files, saved results; whole or not at all.

use serde_json::Value;

use crate::support::{Project, Reply, Seen, Stub, listed, page, rows, slice};

fn stub() -> Stub {
    Stub::start(|seen| page(slice(&listed(rows(3), seen), seen), 3))
}

/// A stub whose second page fails.
fn late() -> Stub {
    Stub::start(|seen| {
        if seen.offset() == 0 { page(slice(&rows(9), seen), 9) } else { Reply::error(500, 1500, "late") }
    })
}

#[test]
fn stdout_is_the_result_and_nothing_else() {
    let stub = stub();
    let project =
        Project::new().query("fields: [id, accessKey]\n").stub(&stub).env("LM_BEARER_TOKEN", "lmb_also");
    for level in ["-v", "-vv", "-q", "--color=always"] {
        let ran = project.run(&[level, "-f", "json", "q.yaml"]).exits(0);
        assert_eq!(ran.json()["count"], 3);
        let csv = project.run(&[level, "-f", "csv", "q.yaml"]).exits(0);
        assert_eq!(csv.stdout.lines().count(), 4, "{}", csv.stdout);
        assert!(!ran.stdout.contains('\u{1b}') && !csv.stdout.contains('\u{1b}'));
    }
    let loud =
        project.run(&["-f", "json", "q.yaml"]).exits(0).says(&["3 tokens, 1 listing, 1 page, complete"]);
    assert_eq!(
        loud.stderr.lines().last().map(|line| line.contains("complete")),
        Some(true),
        "{}",
        loud.stderr
    );
}

#[test]
fn quiet_says_nothing_but_errors() {
    let stub = stub();
    let project =
        Project::new().query("fields: [id, accessKey]\n").stub(&stub).env("LM_BEARER_TOKEN", "lmb_also");
    let ran = project.run(&["-q", "q.yaml"]).exits(0);
    assert_eq!(ran.stderr, "", "no warning, note or summary");
    let bad = Project::new().query("nme: x\n").run(&["-q", "q.yaml"]).exits(2);
    bad.says(&["LMQ010"]);
    Project::new()
        .query("")
        .stub(&Stub::saying(Reply::reset()))
        .run(&["-q", "q.yaml"])
        .exits(5)
        .says(&["error"]);
    Project::new().lmq(&["run", "-q", "-v", "q.yaml"]).exits(2);
}

#[test]
fn verbose_says_a_line_a_page() {
    let stub = Stub::start(|seen| page(slice(&rows(9), seen), 9));
    let ran = Project::new().query("size: 5\n").stub(&stub).run(&["-v", "q.yaml"]).exits(0);
    let ran = ran.says(&["LMv1 tokens of all users: page 1, 5 rows of 9", "page 2"]);
    assert!(!ran.stderr.contains("GET "), "{}", ran.stderr);
    let ran = Project::new().query("size: 5\n").stub(&stub).run(&["-vv", "q.yaml"]).exits(0);
    ran.says(&["GET /setting/admins/apitokens?fields=", "&size=5&offset=4", "page 2"]);
}

#[test]
fn files_go_where_the_query_says() {
    let stub = stub();
    let query = "output:\n  - {format: json, to: reports/deep/q.json}\n  - {template: tokens.md.hbs, to: q.md}\n  - {format: csv}\n";
    let project = Project::new().query(query).stub(&stub).below("elsewhere");
    let ran = project.run(&["../q.yaml"]).exits(0);
    assert!(ran.stdout.starts_with("id,"), "{}", ran.stdout);
    let saved: Value = serde_json::from_str(&project.read("reports/deep/q.json")).expect("JSON");
    assert_eq!(saved["count"], 3);
    assert!(project.read("q.md").starts_with("# q"));
    assert_eq!(project.files(), ["q.md", "q.yaml", "reports/deep/q.json"]);
}

#[test]
fn flags_replace_the_outputs_of_the_file() {
    let stub = stub();
    let project = Project::new().query("output: {format: csv, to: never.csv}\n").stub(&stub).below("sub");
    let ran = project.run(&["-f", "json", "../q.yaml"]).exits(0);
    assert_eq!(ran.json()["count"], 3);
    let ran = project.run(&["-o", "a.json", "-o", "b.CSV", "-o", "c.txt", "../q.yaml"]).exits(0);
    assert_eq!(ran.stdout, "");
    project.run(&["-f", "csv", "-o", "-", "../q.yaml"]).exits(0);
    project.run(&["-f", "json", "-o", "odd.suffix", "../q.yaml"]).exits(0);
    project.run(&["-t", "tokens.md.hbs", "-o", "../{name}-report.md", "../q.yaml"]).exits(0);
    assert_eq!(
        project.files(),
        ["q-report.md", "q.yaml", "sub/a.json", "sub/b.CSV", "sub/c.txt", "sub/odd.suffix"]
    );
    assert!(project.read("sub/b.CSV").starts_with("id,"));
}

#[test]
fn flags_that_do_not_go_together_are_usage() {
    let cases: [&[&str]; 12] = [
        &["-o", "x.pdf"],
        &["-o", "x"],
        &["-o", "-"],
        &["-o", "a.csv", "-o", "b.pdf"],
        &["-f", "json", "-o", "a.json", "-o", "b.json"],
        &["-f", "json", "-t", "tokens.md.hbs"],
        &["-f", "pdf"],
        &["--timeout", "soon"],
        &["--timeout", "0s"],
        &["--timeout", "-5s"],
        &["-o", "a.csv", "-o", "./a.csv"],
        &["-o", "a.json", "--save", "a.json"],
    ];
    for args in cases {
        let stub = stub();
        let project = Project::new().query("").stub(&stub);
        let ran = project.run(&[args, &["q.yaml"]].concat());
        assert_eq!(ran.code, 2, "{args:?}\n{}{}", ran.stdout, ran.stderr);
        assert_eq!((stub.count(), ran.stdout.as_str()), (0, ""), "{args:?}");
        assert_eq!(project.files(), ["q.yaml"], "{args:?}");
    }
    for args in [&[][..], &["run"], &["walk"], &["run", "--nonsense", "q.yaml"]] {
        Project::new().lmq(args).exits(2);
    }
}

#[test]
fn a_saved_result_is_the_json_and_the_owners_alone() {
    let stub = stub();
    let project = Project::new().query("type: all\n").stub(&stub);
    let ran = project.run(&["--save", "saved/{name}.json", "-f", "json", "q.yaml"]).exits(0);
    assert_eq!(project.read("saved/q.json"), ran.stdout, "the same bytes");
    let again = project.run(&["-f", "json", "q.yaml"]).exits(0);
    assert_eq!(again.stdout, ran.stdout, "the same run gives the same bytes");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| {
            std::fs::metadata(project.path(path)).expect("it is there").permissions().mode() & 0o777
        };
        assert_eq!(mode("saved/q.json"), 0o600);
        std::fs::set_permissions(project.path("saved/q.json"), std::fs::Permissions::from_mode(0o644))
            .expect("ours");
        project.run(&["--save", "saved/q.json", "q.yaml"]).exits(0);
        assert_eq!(mode("saved/q.json"), 0o600, "a file that was there is made private");
        project.run(&["-o", "open.json", "q.yaml"]).exits(0);
        project.write("plain", "");
        assert_eq!(mode("open.json"), mode("plain"), "a plain report has the mode of a plain create");
    }
}

#[test]
fn several_queries_share_stdout_and_not_files() {
    let stub = stub();
    let project = || Project::new().query("").file("r.yaml", "endpoint: apitokens\n").stub(&stub);
    let tables = project().run(&["q.yaml", "r.yaml"]).exits(0).says(&["q: 3 tokens", "r: 3 tokens"]);
    assert!(tables.stdout.contains("== q ==") && tables.stdout.contains("== r =="), "{}", tables.stdout);
    let lines = project().run(&["-f", "json", "q.yaml", "r.yaml"]).exits(0).stdout;
    let names: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["query"]["name"].take())
        .collect();
    assert_eq!(names, ["q", "r"]);
    let braces = project().file("t.txt.hbs", "{ {{query.name}} {{run.verdict}} }\n");
    let texts = braces.run(&["-t", "./t.txt.hbs", "q.yaml", "r.yaml"]).exits(0).stdout;
    assert!(texts.contains("== q ==\n\n{ q complete }") && texts.contains("== r =="), "{texts}");
    let both = project();
    both.run(&["-o", "{name}.csv", "--save", "{name}.json", "q.yaml", "r.yaml"]).exits(0);
    assert_eq!(both.files(), ["q.csv", "q.json", "q.yaml", "r.csv", "r.json", "r.yaml"]);
    for args in [&["-o", "x.csv"][..], &["--save", "x.json"]] {
        let project = project();
        project.run(&[args, &["q.yaml", "r.yaml"]].concat()).exits(2).says(&["{name}"]);
        assert_eq!(project.files(), ["q.yaml", "r.yaml"]);
    }
}

#[test]
fn csv_of_several_queries_needs_files() {
    let stub = stub();
    let project = Project::new().query("").file("r.yaml", "endpoint: apitokens\n").stub(&stub);
    let ran = project.run(&["-f", "csv", "q.yaml", "r.yaml"]).exits(2).says(&["CSV", "{name}"]);
    assert_eq!((ran.stdout.as_str(), stub.count()), ("", 0));
}

/// A stub that answers, and puts a file in the way of an output before it does.
fn obstructing(
    project: &Project,
    file: &str,
    answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> Stub {
    let file = project.path(file);
    Stub::start(move |seen| {
        std::fs::write(&file, "I am a file").expect("writable");
        answer(seen)
    })
}

#[test]
fn a_place_that_cannot_be_written_is_seven_and_changes_nothing() {
    let query = "output:\n  - {format: json, to: good.json}\n  - {format: csv, to: file/x.csv}\n";
    let project = Project::new().query(query).file("good.json", "old");
    let stub = obstructing(&project, "file", |seen| page(slice(&rows(3), seen), 3));
    let project = project.stub(&stub);
    let ran = project.run(&["q.yaml"]).exits(7).says(&["file/x.csv", "from an earlier run"]);
    assert_eq!(ran.stdout, "");
    assert_eq!(project.read("good.json"), "old");
    assert_eq!(project.files(), ["file", "good.json", "q.yaml"], "no part of a file is left");
    // The next time it is there before.
    project.run(&["q.yaml"]).exits(2).says(&["LMQ036", "`file` is a file", "nothing was sent"]);
    let save = |path: &str| project.run(&["-f", "json", "--save", path, "q.yaml"]).exits(2);
    save("file/sub/x.json").says(&["nothing can be saved to `file/sub/x.json`: `file` is a file"]);
    save(".").says(&["nothing can be saved to `.`: `.` is a folder"]);
    project.run(&["-f", "csv", "-o", ".", "q.yaml"]).exits(2).says(&["no output can go to `.`"]);
}

#[test]
fn a_folder_in_the_way_is_told_before_or_after() {
    let query = "output: {format: csv, to: out.csv}\n";
    let before = Project::new().query(query).file("out.csv/x", "");
    before.run(&["--sandbox", "q.yaml"]).exits(2).says(&["LMQ036", "is a folder"]);
    // It appears while the pages are read.
    let project = Project::new().query(query);
    let folder = project.path("out.csv");
    let stub = Stub::start(move |seen| {
        std::fs::create_dir_all(&folder).expect("writable");
        page(slice(&rows(3), seen), 3)
    });
    let project = project.stub(&stub);
    project.run(&["q.yaml"]).exits(7).says(&["out.csv"]);
    assert!(project.path("out.csv").is_dir());
}

#[test]
fn incomplete_goes_before_an_output_that_failed() {
    let project = Project::new().query("size: 5\noutput: {format: json, to: file/x.json}\n");
    let stub = obstructing(&project, "file", |seen| {
        if seen.offset() == 0 { page(slice(&rows(9), seen), 9) } else { Reply::error(500, 1500, "late") }
    });
    project.stub(&stub).run(&["q.yaml"]).exits(6).says(&["file/x.json"]);
}

#[test]
fn files_left_from_an_earlier_run_are_named() {
    let late = late();
    let project = Project::new()
        .query("size: 5\noutput: {format: csv, to: out.csv}\n")
        .file("out.csv", "old")
        .stub(&late);
    project
        .run(&["q.yaml"])
        .exits(6)
        .says(&["withheld: `out.csv`: its form", "`out.csv` is from an earlier run"]);
    assert_eq!(project.read("out.csv"), "old");
    let down = Project::new().query("output: {format: csv, to: out.csv}\n").file("out.csv", "old");
    down.stub(&Stub::saying(Reply::reset()))
        .run(&["q.yaml"])
        .exits(5)
        .says(&["`out.csv` is from an earlier run"]);
}

#[test]
fn a_printed_time_that_is_none_is_refused() {
    for wrong in ["abc", "1.5", "253402300800"] {
        let project = Project::new().query("").env("SOURCE_DATE_EPOCH", wrong);
        project.run(&["--sandbox", "q.yaml"]).exits(2).says(&["`SOURCE_DATE_EPOCH` is", "which is no time"]);
    }
    Project::new().query("").env("SOURCE_DATE_EPOCH", "").run(&["--sandbox", "q.yaml"]).exits(0);
}

#[test]
fn the_printed_time_follows_source_date_epoch_and_ages_do_not() {
    let stub = stub();
    let project = Project::new().query("").stub(&stub);
    let plain = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
    let fixed = Project::new().query("").stub(&stub).env("SOURCE_DATE_EPOCH", "1000000000");
    let fixed = fixed.run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!(plain["run"]["startedAt"], "2023-11-14T22:13:20Z");
    assert_eq!(fixed["run"]["startedAt"], "2001-09-09T01:46:40Z");
    assert_eq!(plain["records"], fixed["records"]);
    // What a report prints as its time is no clock of its own.
    for (form, printed) in [
        (["-f", "html"], "<time datetime=\"2001-09-09T01:46:40Z\">2001-09-09 01:46 UTC</time>"),
        (["-f", "markdown"], "as of 2001-09-09T01:46:40Z"),
        (["-t", "tokens.md.hbs"], "as of 2001-09-09T01:46:40Z"),
    ] {
        let project = Project::new().query("").stub(&stub).env("SOURCE_DATE_EPOCH", "1000000000");
        let text = project.run(&[form[0], form[1], "q.yaml"]).exits(0).stdout;
        assert!(text.contains(printed), "{form:?}: {text}");
        assert!(!text.contains("22:13"), "{form:?}: the time of the run\n{text}");
    }
}

/// An `offset` beyond the end once read `no token matches`.
#[test]
fn an_empty_part_is_not_an_empty_list() {
    let stub = stub();
    for part in ["offset: 9\n", "select: '$[?@.id > 99]'\n"] {
        let project = Project::new().query(part).stub(&stub);
        let table = project.run(&["q.yaml"]).exits(0).stdout;
        assert!(table.contains("no token is in the part asked for; 3 match"), "{table}");
        for template in ["tokens.md.hbs", "tokens.html.hbs", "summary.txt.hbs"] {
            let text = project.run(&["-t", template, "q.yaml"]).exits(0).stdout;
            assert!(text.contains("No token is in the part asked for; 3 match."), "{template}: {text}");
        }
    }
}

#[test]
fn limited_is_said_and_is_no_doubt() {
    let stub = stub();
    let ran =
        Project::new().query("offset: 1\nlimit: 1\n").stub(&stub).run(&["-f", "json", "q.yaml"]).exits(0);
    let document = ran.says(&["1 token of 3", "limited"]).json();
    assert_eq!((&document["count"], &document["total"]), (&Value::from(1), &Value::from(3)));
    assert_eq!(document["run"]["verdict"], "limited");
    let beyond =
        Project::new().query("offset: 99\n").stub(&stub).run(&["-f", "json", "q.yaml"]).exits(0).json();
    assert_eq!((&beyond["count"], &beyond["total"]), (&Value::from(0), &Value::from(3)));
}

/// An output once took the place of the query, the template or the result that it was made from.
#[test]
fn what_is_read_is_not_written() {
    let stub = stub();
    let project = Project::new()
        .query("name: q\nexpect: [{id: x, count: {min: 1}, message: few}]\nwaivers: w.waivers.yaml\n")
        .file("w.waivers.yaml", "[]\n")
        .file("v.yaml", "{}\n")
        .file("lmq.yaml", "")
        .file("templates/t.md.hbs", "{{> p.md}}")
        .file("templates/p.md.hbs", "{{count}}")
        .file("s.hbs", "{{count}}")
        .stub(&stub);
    project.run(&["--save", "r.json", "q.yaml"]).exits(0);
    let before = project.files();
    let sent = stub.count();
    let refused = |args: &[&str], file: &str| {
        let said = format!("`{file}` is both read and written");
        let ran = project.lmq(args).exits(2);
        ran.says(&[&said, "write to another file"]);
    };
    refused(&["run", "q.yaml", "-f", "yaml", "-o", "./q.yaml"], "q.yaml");
    refused(&["run", "q.yaml", "--var-file", "v.yaml", "-f", "csv", "-o", "v.yaml"], "v.yaml");
    refused(&["run", "q.yaml", "-f", "json", "-o", "w.waivers.yaml"], "w.waivers.yaml");
    refused(&["run", "q.yaml", "-o", "lmq.yaml"], "lmq.yaml");
    refused(&["run", "q.yaml", "-t", "t.md.hbs", "-o", "templates/p.md.hbs"], "templates/p.md.hbs");
    refused(&["run", "q.yaml", "-t", "./s.hbs", "-o", "s.hbs"], "s.hbs");
    refused(&["render", "r.json", "-f", "csv", "-o", "r.json"], "r.json");
    refused(&["render", "r.json", "-t", "t.md.hbs", "-o", "templates/t.md.hbs"], "templates/t.md.hbs");
    refused(&["diff", "r.json", "r.json", "-f", "csv", "-o", "./r.json"], "r.json");
    refused(&["merge", "r.json", "--save", "r.json"], "r.json");
    assert_eq!((project.files(), stub.count()), (before, sent), "nothing is sent, nothing is written");
    // The result of this run may be what the next one is held against.
    project.run(&["--baseline", "r.json", "--save", "r.json", "q.yaml"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_file_is_written_once_whatever_leads_to_it() {
    let project = Project::new().query("");
    std::os::unix::fs::symlink("real.csv", project.path("link.csv")).expect("writable");
    for exists in [false, true] {
        let ran = project.run(&["--sandbox", "-o", "link.csv", "-o", "real.csv", "q.yaml"]).exits(2);
        ran.says(&["two outputs go to `real.csv`"]);
        assert_eq!(project.has("real.csv"), exists);
        project.write("real.csv", "");
    }
}

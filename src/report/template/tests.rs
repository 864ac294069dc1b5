//! Templates as a query meets them: files of a project, loaded, checked, rendered.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::diag::{self, Code, Source};

const FIELDS: &[&str] = &[
    "id",
    "adminName",
    "note",
    "roles",
    "status",
    "createdOn",
    "lastUsedOn",
    "idleDays",
    "tokenType",
    "lastAuthIp",
];

/// A project folder with files in it.
struct Place {
    folder: tempfile::TempDir,
    project: Project,
}

impl Place {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("lmq.yaml"), "").expect("writable");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        let project = Project::find(folder.path()).expect("it exists");
        Self { folder, project }
    }

    fn load(&self, reference: &str) -> Result<Template, Vec<Diagnostic>> {
        let source = Source::new("queries/q.yaml", format!("output: {reference}\n"));
        let place = Label::new(&source, 8..8 + reference.len());
        load(&self.project, Some(Path::new("queries")), reference, &place, FIELDS)
    }

    /// Code, place and message of every mistake.
    fn mistakes(&self, reference: &str) -> Vec<String> {
        let diagnostics = self.load(reference).expect_err("it has mistakes");
        diagnostics
            .iter()
            .map(|found| {
                let source = &found.primary.source;
                let (line, column) = source.position(found.primary.span.start);
                let code = found.code.as_str();
                format!("{code} {}:{line}:{column} {}", source.name, found.message)
            })
            .collect()
    }
}

/// The mistakes of one template: code, the text at the carets, message, help.
fn mistakes(template: &str) -> Vec<(Code, String, String, String)> {
    let place = Place::with(&[("templates/t.hbs", template), ("templates/part.hbs", "{{note}}")]);
    let diagnostics = place.load("t.hbs").err().unwrap_or_default();
    diagnostics
        .into_iter()
        .map(|found| {
            let carets = found.primary.source.text[found.primary.span.clone()].to_owned();
            (found.code, carets, found.message, found.help.unwrap_or_default())
        })
        .collect()
}

fn names(template: &str) -> Vec<String> {
    mistakes(template).into_iter().map(|(_, carets, ..)| carets).collect()
}

fn document() -> Value {
    json!({
        "query": {"name": "idle", "description": null, "tags": ["weekly"], "file": "queries/q.yaml", "sha256": "ab"},
        "portals": [{"name": "acme", "host": "acme.logicmonitor.com", "account": "acme", "credential": "env"}],
        "run": {
            "startedAt": "2026-11-23T12:00:00Z", "finishedAt": "2026-11-23T12:00:01Z", "now": 1_795_435_200,
            "lmqVersion": "0.1.0", "verdict": "complete", "reasons": [], "requests": 3, "waitedSeconds": 0,
            "sandbox": false
        },
        "listings": [{
            "portal": "acme", "path": "/setting/admins/apitokens", "kind": "lmv1", "permission": null,
            "sentFilter": "status:2", "localFilter": null, "pages": 1, "total": 2, "rows": 2,
            "verdict": "complete", "reasons": []
        }],
        "total": 2,
        "count": 2,
        "columns": [{"title": "Owner", "path": "adminName"}],
        "findings": [],
        "waived": [],
        "stats": {"tokenType": [{"value": "lmv1", "count": 2}], "status": [], "adminName": [], "idle": []},
        "records": [
            {"id": 1, "adminName": "jane", "note": "ci", "roles": ["admin", "ops"], "status": 2,
             "createdOn": 1_790_000_000, "lastUsedOn": 1_794_398_400, "idleDays": 12, "tokenType": "lmv1"},
            {"id": 2, "adminName": "joe", "note": null, "roles": null, "status": 1,
             "createdOn": 1_790_000_000, "lastUsedOn": 0, "idleDays": 62, "tokenType": "lmv1"},
        ]
    })
}

fn rendered(files: &[(&str, &str)], reference: &str) -> String {
    let template = Place::with(files).load(reference).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(|found| diag::render(found, false)).collect::<String>())
    });
    template.render(&Context::new(document())).expect("it renders")
}

fn text(template: &str) -> String {
    rendered(&[("templates/t.hbs", template)], "t.hbs")
}

#[test]
fn a_misspelt_each_is_an_error_with_line_and_column() {
    let place = Place::with(&[("templates/t.md.hbs", "# Tokens\n{{#each recrods}}x{{else}}none{{/each}}\n")]);
    let found = place.load("t.md.hbs").expect_err("it has a mistake");
    assert_eq!(found.len(), 1);
    insta::assert_snapshot!(diag::render(&found[0], false), @r"
    error[LMQ032]: unknown name `recrods`
     --> templates/t.md.hbs:2:9
      |
    2 | {{#each recrods}}x{{else}}none{{/each}}
      |         ^^^^^^^
      |
      = help: did you mean `records`?
    ");
}

#[test]
fn names_are_checked_wherever_they_stand() {
    let cases: &[(&str, &[&str])] = &[
        ("{{query.nam}} {{{runn.verdict}}} {{& nope}}", &["nam", "runn", "nope"]),
        ("{{#if recrods}}a{{else if lisings}}b{{else}}{{stat}}{{/if}}", &["recrods", "lisings", "stat"]),
        ("{{#unless nope}}{{/unless}}{{#with quary}}{{x}}{{/with}}", &["nope", "quary"]),
        ("{{#each records}}{{adminNam}}{{../count}}{{../cuont}}{{/each}}", &["adminNam", "cuont"]),
        ("{{#each records as |r i|}}{{r.note}}{{i}}{{r.noet}}{{j}}{{/each}}", &["noet", "j"]),
        ("{{#each records}}{{@index}}{{@first}}{{@last}}{{@key}}{{/each}}{{@index}}", &["@key", "@index"]),
        (
            "{{#each stats}}{{@key}}{{#each this}}{{value}} {{cuont}} {{@../key}}{{/each}}{{/each}}",
            &["cuont"],
        ),
        ("{{@root.query.name}}{{@root/query/name}}{{@root.nope}}{{@root}}", &["nope", "@root"]),
        ("{{this.query.name}}{{./count}}{{this/nope}}", &["nope"]),
        ("{{date run.nwo}}{{date run.now format=run.fmt}}", &["nwo", "fmt"]),
        ("{{#if (and (eq run.verdct \"x\") (gt cuont 1))}}{{/if}}", &["verdct", "cuont"]),
        ("{{#each records}}{{#if (eq stauts 2)}}{{/if}}{{/each}}", &["stauts"]),
        ("{{count.x}}{{query.tags.x}}{{listings.0.pages}}{{listings.[0].pagse}}", &["x", "x", "pagse"]),
        ("{{#each count}}{{/each}}{{#each query.tags}}{{this}}{{x}}{{/each}}", &["count", "x"]),
        ("{{../count}}{{#if count}}{{../count}}{{/if}}", &["../count", "../count"]),
        ("{{> part adminName=nope note=count}}{{> part recrods}}", &["nope", "recrods"]),
        ("{{#with run}}{{verdict}}{{count}}{{../count}}{{/with}}", &["count"]),
        ("{{query}}{{records}}{{query.tags}}{{json query}}", &["query", "records"]),
        ("{{#each findings}}{{message}}{{record.anything.below}}{{mesage}}{{/each}}", &["mesage"]),
        ("{{#each (default records records)}}{{noet}}{{/each}}", &["noet"]),
        ("{{#each records}}{{@../index}}{{#each roles}}{{@../index}}{{/each}}{{/each}}", &["@../index"]),
        ("{{date run.now fromat=\"%Y\"}}", &["fromat"]),
    ];
    for (template, expected) in cases {
        assert_eq!(names(template), *expected, "{template}");
    }
}

#[test]
fn help_knows_where_a_name_is() {
    let help = |template: &str| mistakes(template).remove(0).3;
    assert_eq!(help("{{#each records}}{{count}}{{/each}}"), "did you mean `../count`?");
    assert_eq!(
        help("{{#each listings}}{{#each reasons}}{{count}}{{/each}}{{/each}}"),
        "did you mean `@root.count`?"
    );
    assert_eq!(
        help("{{#each listings}}{{#each reasons}}{{pages}}{{/each}}{{/each}}"),
        "did you mean `../pages`?"
    );
    assert_eq!(help("{{#each records}}{{adminNam}}{{/each}}"), "did you mean `adminName`?");
    assert_eq!(
        help("{{records.length}}"),
        "`{{#each records}}` goes through it, `{{len records}}` counts it"
    );
    assert!(help("{{query.colour}}").starts_with("the names here are `name`, "));
}

#[test]
fn features_that_reach_out_or_hide_names_are_refused() {
    let cases = [
        ("{{> (default note \"x\")}}", "{{> (default note \"x\")}}"),
        ("{{#*inline \"x\"}}y{{/inline}}", "{{#*inline \"x\"}}"),
        ("{{* set x=1}}", "{{* set x=1}}"),
        ("{{log \"x\"}}", "log"),
        ("{{log}}", "log"),
        ("{{lookup query \"name\"}}", "lookup"),
        ("{{#if (lookup query \"name\")}}{{/if}}", "lookup"),
        ("{{dat run.now}}", "dat"),
        ("{{#records}}{{/records}}", "records"),
        ("{{(default count 1)}}", "{{(default count 1)}}"),
        ("{{if count}}", "if"),
        ("{{#date run.now}}{{/date}}", "date"),
        ("{{date}}", "date"),
        ("{{eq count}}", "eq"),
        ("{{#if count total}}{{/if}}", "if"),
        ("{{#if count as |x|}}{{/if}}", "{{#if count as |x|}}"),
        ("{{#with query.description}}{{this}}{{/with}}", "{{#with query.description}}"),
        ("{{date run.now format=\"%!\"}}", "date"),
        ("{{> part query run}}", "{{> part query run}}"),
        ("{{> @partial-block}}", "{{> @partial-block}}"),
    ];
    for (template, carets) in cases {
        let found = mistakes(template);
        let refused: Vec<_> = found.iter().filter(|found| found.0 == Code::TemplateRefused).collect();
        assert_eq!(refused.len(), 1, "{template}: {found:?}");
        assert_eq!(refused[0].1, carets, "{template}");
    }
    assert_eq!(mistakes("{{dat run.now}}")[0].3, "did you mean `date`?");
    assert!(mistakes("{{#records}}{{/records}}")[0].3.contains("{{#each records}}"));
}

#[test]
fn all_mistakes_come_at_once_and_in_order() {
    let place = Place::with(&[
        ("queries/t.md.hbs", "{{one}}\n{{> row}}\n{{#each records}}{{> row}}{{two}}{{/each}}\n"),
        ("queries/row.hbs", "x\n  {{note}} {{thre}}\n"),
    ]);
    assert_eq!(
        place.mistakes("./t.md.hbs"),
        [
            "LMQ032 queries/t.md.hbs:1:3 unknown name `one`",
            "LMQ032 queries/t.md.hbs:3:29 a record has no field `two`",
            "LMQ032 queries/row.hbs:2:5 unknown name `note`",
            "LMQ032 queries/row.hbs:2:14 unknown name `thre`",
        ]
    );
}

#[test]
fn partials_that_include_each_other_are_refused() {
    let place = Place::with(&[
        ("templates/t.hbs", "{{> a}}"),
        ("templates/a.hbs", "x\n{{> b}}"),
        ("templates/b.hbs", "{{#if count}}{{> a}}{{/if}}"),
        ("templates/self.hbs", "{{#each records}}{{> self}}{{/each}}"),
    ]);
    assert_eq!(
        place.mistakes("t.hbs"),
        ["LMQ034 templates/b.hbs:1:18 `templates/a.hbs` is included inside itself"]
    );
    assert_eq!(
        place.mistakes("self.hbs"),
        ["LMQ034 templates/self.hbs:1:22 `templates/self.hbs` includes itself"]
    );
    let found = place.load("t.hbs").expect_err("a circle");
    insta::assert_snapshot!(diag::render(&found[0], false), @r"
    error[LMQ034]: `templates/a.hbs` is included inside itself
     --> templates/b.hbs:1:18
      |
    1 | {{#if count}}{{> a}}{{/if}}
      |                  ^
      |
     ::: templates/a.hbs:2:5
      |
    2 | {{> b}}
      |     - on the way here
    ");
}

#[test]
fn what_a_partial_sees_is_what_the_renderer_gives_it() {
    // Each line: a call, a partial, and what comes out. The check must let through what renders.
    let cases = [
        ("{{> p}}", "{{count}}", "2"),
        ("{{#each records}}{{> p}}{{/each}}", "{{id}}{{../note}}{{../../count}}{{@index}};", "1ci20;221;"),
        ("{{> p query}}", "{{name}}", "idle"),
        ("{{> p query extra=count}}", "{{name}}{{extra}}{{../count}}", "idle22"),
        ("{{> p list=query.tags}}", "{{#each list}}{{this}}{{../list}}{{/each}}", "weekly[weekly]"),
        ("{{#each records as |r|}}{{> p}}{{/each}}", "{{r.id}}", "12"),
        ("{{#each records}}{{> p id=../total}}{{/each}}", "{{id}}", "22"),
        ("{{> p id=total}}", "{{#each records}}{{id}}{{/each}}", "22"),
        ("{{#> p query}}{{name}}{{/p}}", "<{{> @partial-block}}>", "<idle>"),
        ("{{> p}}", "{{#> @partial-block}}none{{/@partial-block}}", "none"),
        ("{{#with run}}{{> p}}{{/with}}", "{{verdict}}{{../verdict}}{{../../count}}", "completecomplete2"),
        ("{{#each query.tags}}{{> p a=1}}{{/each}}", "{{a}}{{../this}}", "1weekly"),
    ];
    for (call, partial, expected) in cases {
        let files = [("templates/t.hbs", call), ("templates/p.hbs", partial)];
        assert_eq!(rendered(&files, "t.hbs"), expected, "{call} {partial}");
    }
}

#[test]
fn what_passes_the_check_renders() {
    let cases = [
        ("{{#each records}}{{note}}|{{/each}}", "ci||"),
        ("{{#each records}}{{#each roles}}{{this}} {{../id}};{{/each}}{{/each}}", "admin 1;ops 1;"),
        ("{{#each records}}{{#if note}}{{../count}}{{/if}}{{/each}}", "2"),
        (
            "{{#each records as |r i|}}{{i}}{{r.id}}{{#with r}}{{note}}{{@index}}{{/with}} {{/each}}",
            "01ci0 121 ",
        ),
        (
            "{{#each listings}}{{#each reasons}}x{{else}}{{path}}{{/each}}{{/each}}",
            "/setting/admins/apitokens",
        ),
        ("{{#each stats}}{{@key}}={{len this}} {{/each}}", "adminName=0 idle=0 status=0 tokenType=1 "),
        ("{{#with query.description}}{{this}}{{else}}none {{count}}{{/with}}", "none 2"),
        ("{{#if (eq run.verdict \"complete\")}}ok{{else if (gt count 1)}}many{{else}}few{{/if}}", "ok"),
        ("{{#eq count 2}}two{{else}}other{{/eq}}", "two"),
        (
            "{{#each records}}{{ago lastUsedOn}}, {{date lastUsedOn}}; {{/each}}",
            "12 days ago, 2026-11-11; never, never; ",
        ),
        ("{{pluralize count \"token\"}} {{number 12345}} {{days 1}}", "2 tokens 12,345 1 day"),
        (
            "{{#each records}}{{default note \"no note\"}} {{join roles \"+\"}} {{/each}}",
            "ci admin+ops no note  ",
        ),
        ("{{json records.[0].roles}} {{listings.0.path}}", "[\"admin\",\"ops\"] /setting/admins/apitokens"),
        ("{{{{raw}}}}{{x}}{{{{/raw}}}}\\{{y}}", "{{x}}{{y}}"),
        ("{{date run.startedAt}} {{datetime run.now}}", "2026-11-23 2026-11-23T12:00:00Z"),
    ];
    for (template, expected) in cases {
        assert_eq!(text(template), expected, "{template}");
    }
}

#[test]
fn partials_are_found_beside_then_shared_then_shipped() {
    let files = [
        ("queries/t.hbs", "{{> row}} {{> sub/row}} {{> shared}}"),
        ("queries/row.hbs", "near"),
        ("queries/sub/row.hbs", "{{> row2}}"),
        ("queries/sub/row2.hbs", "below"),
        ("templates/row.hbs", "far"),
        ("templates/shared.hbs", "{{> row}}"),
    ];
    assert_eq!(rendered(&files, "./t.hbs"), "near below far");
    let found = Place::with(&[("templates/t.hbs", "{{> rwo}}"), ("templates/row.hbs", "")]);
    let mistake = &found.load("t.hbs").expect_err("it is missing")[0];
    assert_eq!(mistake.code, Code::TemplateMissing);
    assert_eq!(mistake.help.as_deref(), Some("did you mean `row.hbs`?"));
}

#[test]
fn references_are_looked_up_and_kept_inside() {
    let place = Place::with(&[
        ("queries/near.md.hbs", "near"),
        ("other/x.hbs", "other"),
        ("templates/shared.csv.hbs", "shared"),
        ("templates/tokens.md.hbs", "mine"),
    ]);
    let name = |reference: &str| place.load(reference).map(|found| found.name().to_owned()).ok();
    assert_eq!(name("./near.md.hbs").as_deref(), Some("queries/near.md.hbs"));
    assert_eq!(name("../other/x.hbs").as_deref(), Some("other/x.hbs"));
    assert_eq!(name("shared.csv.hbs").as_deref(), Some("templates/shared.csv.hbs"));
    assert_eq!(name("tokens.md.hbs").as_deref(), Some("templates/tokens.md.hbs"));
    assert_eq!(name("tokens.html.hbs").as_deref(), Some("<built-in>/tokens.html.hbs"));
    let code = |reference: &str| place.load(reference).expect_err("it is refused")[0].code;
    let cases = [
        ("near.md.hbs", Code::TemplateMissing),
        ("./gone.hbs", Code::TemplateMissing),
        ("/etc/passwd.hbs", Code::OutsideProject),
        ("C:/x.hbs", Code::OutsideProject),
        ("sub/../../queries/near.md.hbs", Code::OutsideProject),
        ("../../../../../../../etc/hostname.hbs", Code::TemplateMissing),
        ("..\\x.hbs", Code::BadValue),
        ("./near.md", Code::BadValue),
    ];
    for (reference, expected) in cases {
        assert_eq!(code(reference), expected, "{reference}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_project_are_refused() {
    let place = Place::with(&[
        ("templates/t.hbs", "{{> part}}"),
        ("templates/up.hbs", "{{> ../x}}"),
        ("templates/abs.hbs", "{{> /etc/x}}"),
    ]);
    let outside = tempfile::tempdir().expect("a temporary folder");
    fs::write(outside.path().join("x.hbs"), "secret").expect("writable");
    let link = |name: &str| {
        let to = place.folder.path().join(name);
        std::os::unix::fs::symlink(outside.path().join("x.hbs"), to).expect("writable");
    };
    link("templates/link.hbs");
    link("templates/part.hbs");
    let outside = format!("../{}/x.hbs", outside.path().file_name().unwrap().to_string_lossy());
    assert_eq!(place.load("link.hbs").expect_err("refused")[0].code, Code::OutsideProject);
    assert_eq!(place.load(&format!("../{outside}")).expect_err("refused")[0].code, Code::OutsideProject);
    assert_eq!(
        place.mistakes("t.hbs"),
        ["LMQ035 templates/t.hbs:1:5 `templates/part.hbs` is outside the project"]
    );
    assert!(place.mistakes("up.hbs")[0].starts_with("LMQ035 templates/up.hbs:1:5 "));
    assert!(place.mistakes("abs.hbs")[0].starts_with("LMQ035 templates/abs.hbs:1:5 "));
}

#[test]
fn fields_and_the_verdict_are_noted_through_partials() {
    let place = Place::with(&[
        (
            "templates/t.hbs",
            "{{#each records as |r|}}{{r.note}}{{> row r}}{{/each}}{{#with run}}{{> v}}{{/with}}",
        ),
        ("templates/row.hbs", "{{days idleDays}}"),
        ("templates/v.hbs", "{{#if (eq verdict \"x\")}}{{/if}}"),
        ("templates/no.hbs", "{{#each listings}}{{verdict}}{{/each}}"),
    ]);
    let template = place.load("t.hbs").expect("it is right");
    assert_eq!(template.fields().iter().collect::<Vec<_>>(), ["idleDays", "note"]);
    assert!(template.reads_verdict());
    assert!(!place.load("no.hbs").expect("it is right").reads_verdict());
}

#[test]
fn growth_by_partials_is_bounded() {
    let files: Vec<(String, String)> = (0..40)
        .map(|n| {
            let next = n + 1;
            (
                format!("templates/p{n}.hbs"),
                format!("{{{{> p{next}}}}}{{{{#each @root.records}}}}{{{{> p{next}}}}}{{{{/each}}}}"),
            )
        })
        .chain([("templates/p40.hbs".to_owned(), String::new())])
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let found = Place::with(&files).load("p0.hbs").expect_err("it is refused");
    assert!(found.iter().all(|found| found.code == Code::TooDeep), "{found:?}");
}

#[test]
fn render_errors_name_template_and_place() {
    let place = Place::with(&[
        ("templates/t.hbs", "x\n{{> part}}"),
        ("templates/part.hbs", "y\n {{date query.name}}"),
        ("templates/any.hbs", "{{#each query}}{{this.x}}{{/each}}"),
    ]);
    let render = |name: &str| {
        let template = place.load(name).expect("it is right");
        template.render(&Context::new(document())).expect_err("the value is none").to_string()
    };
    assert_eq!(
        render("t.hbs"),
        "templates/part.hbs:2:2: helper `date`: expected epoch seconds, found the text `idle`"
    );
    assert_eq!(render("any.hbs"), "templates/any.hbs:1:16: there is no value at `this.x`");
}

#[test]
fn escaping_follows_the_name() {
    let text = "{{#each records}}{{note}};{{{note}}}{{/each}}";
    let files: Vec<(String, &str)> = ["html.hbs", "md.hbs", "csv.hbs", "hbs", "txt.hbs"]
        .map(|kind| (format!("templates/t.{kind}"), text))
        .into();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let place = Place::with(&files);
    let context = Context::new(json!({"records": [{"note": "=a|<b>\u{1b}[1m"}]}));
    let render = |name: &str| place.load(name).expect("it is right").render(&context).expect("it renders");
    assert_eq!(render("t.html.hbs"), "&#61;a|&lt;b&gt;\\u{1b}[1m;=a|<b>\\u{1b}[1m");
    assert_eq!(render("t.md.hbs"), "\\=a\\|&lt;b&gt;\\\\u\\{1b\\}\\[1m;=a|<b>\\u{1b}[1m");
    assert_eq!(render("t.csv.hbs"), "'=a|<b>\\u{1b}[1m;=a|<b>\\u{1b}[1m");
    assert_eq!(render("t.hbs"), "=a|<b>\\u{1b}[1m;=a|<b>\\u{1b}[1m");
    assert_eq!(render("t.txt.hbs"), render("t.hbs"));
}

#[test]
fn a_template_cannot_carry_escape_sequences_either() {
    assert_eq!(text("a\u{1b}[31m\u{202e}\r\nb"), "a\\u{1b}[31m\\u{202e}\r\nb");
    assert_eq!(text("{{default query.description \"\\u001b[31m\"}}"), "\\u{1b}[31m");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, ..Default::default() })]

    /// Whatever stands in a template, loading it ends in a template or in diagnostics inside its text, and what loads
    /// renders or says why not.
    #[test]
    fn no_template_upsets_the_check(parts in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
        let place = Place::with(&[("templates/t.md.hbs", &parts.concat()), ("templates/part.hbs", "{{this.count}}")]);
        match place.load("t.md.hbs") {
            Ok(template) => drop(template.render(&Context::new(document()))),
            Err(found) => for found in found {
                let text = &found.primary.source.text;
                assert!(text.get(found.primary.span.clone()).is_some(), "{found:?}");
                diag::render(&found, false);
            },
        }
    }
}

const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{{",
    "}}}",
    "{{{{",
    "}}}}",
    "{{#if ",
    "{{#each records",
    "{{/each}}",
    "{{/if}}",
    "{{else}}",
    "{{else if ",
    "{{^}}",
    "{{~",
    "~}}",
    "{{>",
    "{{> part}}",
    "{{#> part}}",
    "{{/part}}",
    "{{#*inline \"x\"}}",
    "{{/inline}}",
    "{{!--",
    "--}}",
    "{{! x }}",
    "records",
    " as |r i|",
    "r.note",
    "../",
    "@root.",
    "@index",
    "this",
    ".",
    "/",
    "[0]",
    "(",
    ")",
    "eq ",
    "\"",
    "'",
    "\\",
    "=",
    "format=",
    "date ",
    "1",
    "-1.5",
    "null",
    " ",
    "\n",
    "\r\n",
    "é",
    "|",
    "{{count}}",
    "{{{query.name}}}",
    "{{&total}}",
    "{{@key}}",
    "{{#with run}}",
    "{{/with}}",
    "{{verdict}}",
    "[",
    "]",
    "{",
    "}",
    "else",
];

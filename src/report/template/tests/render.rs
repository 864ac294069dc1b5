//! What comes out of a template that passed the check, and that the check agrees with the renderer.

use super::*;

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
fn the_lines_of_a_partial_are_indented_as_its_tag_is() {
    let files = [
        ("templates/t.hbs", "- a\n    {{> p}}\nb {{> p}}{{#each records}}\n  {{> q}}\n{{/each}}"),
        ("templates/p.hbs", "x\n\n{{join @root.query.tags \"\"}}\n"),
        ("templates/q.hbs", "{{id}}\n\t{{> p}}\n.\n"),
        ("templates/cut.hbs", "{{count~}}\n  {{> p}}\n"),
        ("templates/tilde.hbs", "a\n  {{~> p}}\n"),
    ];
    assert_eq!(
        rendered(&files, "t.hbs"),
        "- a\n    x\n\n    weekly\nb x\n\nweekly\n\n  1\n  \tx\n\n  \tweekly\n  .\n\n  2\n  \tx\n\n  \tweekly\n  .\n"
    );
    assert_eq!(rendered(&files, "cut.hbs"), "2  x\n\n  weekly\n");
    assert_eq!(rendered(&files, "tilde.hbs"), "ax\n\nweekly\n");
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
        ("{{#each stats}}{{@key}}={{len this}} {{/each}}", "adminName=0 age=0 idle=0 status=0 tokenType=1 "),
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
fn an_element_that_is_not_there_is_null() {
    let cases = [
        ("{{#each records}}{{roles.0}};{{default roles.1 \"none\"}} {{/each}}", "admin;ops ;none "),
        ("{{records.0.adminName}}{{records.7.adminName}}{{upper records.7.adminName}}.", "jane."),
        ("{{#each records.7.roles}}x{{/each}}{{#each records.7.roles}}x{{else}}none{{/each}}", "none"),
        (
            "{{#with records.7}}{{note}}{{/with}}{{#with records.7 as |r|}}{{r.note}}{{else}}none{{/with}}",
            "none",
        ),
        ("{{#if records.7.note}}x{{/if}}{{date records.7.createdOn}}{{join records.7.roles}}", "never"),
        ("{{#if (eq listings.3.rows 2)}}x{{/if}}{{> p r=records.7}}", "<>"),
        ("{{> q records.7}}{{> q records.7 mark=1}}", "()()"),
        ("{{run.shard.index}}{{#if run.shard}}x{{/if}}.", "."),
    ];
    let mut document = document();
    document["run"]["shard"] = json!(null);
    for (template, expected) in cases {
        let place = Place::with(&[
            ("templates/t.hbs", template),
            ("templates/p.hbs", "<{{r.note}}>"),
            ("templates/q.hbs", "({{note}})"),
        ]);
        let template = place.load("t.hbs").unwrap_or_else(|found| panic!("{template}: {found:?}"));
        let found = render(&template, &Context::of_value(document.clone()));
        assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected);
    }
}

#[test]
fn render_errors_name_template_and_place() {
    let place = Place::with(&[
        ("templates/t.hbs", "x\n{{#each stats.tokenType}}{{> part}}{{/each}}"),
        ("templates/part.hbs", "y\n {{date value}}"),
        ("templates/any.hbs", "{{#each query}}{{this.x}}{{/each}}"),
    ]);
    let render = |name: &str| {
        let template = place.load(name).expect("it is right");
        super::render(&template, &Context::of_value(document())).expect_err("the value is none").to_string()
    };
    assert_eq!(
        render("t.hbs"),
        "templates/part.hbs:2:2: helper `date`: expected epoch seconds or RFC 3339 text, found the text `lmv1`"
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
    let context = Context::of_value(json!({"records": [{"note": "=a|<b>\u{1b}[1m"}]}));
    let render =
        |name: &str| super::render(&place.load(name).expect("it is right"), &context).expect("it renders");
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
            Ok(template) => drop(render(&template, &Context::of_value(document()))),
            Err(found) => for found in found {
                let text = &found.primary.source.text;
                assert!(text.get(found.primary.span.clone()).is_some(), "{found:?}");
                assert!(!diag::render(&found, false).is_empty());
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

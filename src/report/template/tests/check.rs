//! What the check before the run finds.

use super::*;

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
        ("{{date run.now format=\"\"}}", "date"),
        ("{{date run.now tz=\"Mars/X\"}}", "date"),
        ("{{date run.now tz=5}}", "date"),
        ("{{age run.now unit=\"fortnights\"}}", "age"),
        ("{{percent count total digits=\"1\"}}", "percent"),
        ("{{percent count total digits=99}}", "percent"),
        ("{{#each (sort_by records \"id\" limit=\"3\")}}{{/each}}", "sort_by"),
        ("{{truncate query.name \"x\"}}", "truncate"),
        ("{{truncate query.name 0}}", "truncate"),
        ("{{cut query.name -1}}", "cut"),
        ("{{pad query.name 1.5}}", "pad"),
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
fn fields_and_the_verdict_are_noted_through_partials() {
    let place = Place::with(&[
        (
            "templates/t.hbs",
            "{{#each records as |r|}}{{r.note}}{{> row r}}{{/each}}{{#with run}}{{> v}}{{/with}}",
        ),
        ("templates/row.hbs", "{{days idleDays}}"),
        ("templates/v.hbs", "{{#if (eq verdict \"complete\")}}{{/if}}"),
        ("templates/no.hbs", "{{#each listings}}{{verdict}}{{/each}}"),
    ]);
    let template = place.load("t.hbs").expect("it is right");
    assert_eq!(template.fields().iter().collect::<Vec<_>>(), ["idleDays", "note"]);
    assert!(template.reads_verdict());
    assert!(!place.load("no.hbs").expect("it is right").reads_verdict());
}

#[test]
fn charts_draw_lists_and_know_their_fields() {
    let first = |template: &str| {
        let (code, _, message, help) = mistakes(template).into_iter().next().expect("a mistake");
        (code, format!("{message}; {help}"))
    };
    let cases = [
        ("{{bar_chart records}}", Code::TemplateRefused, "needs a field; name the field"),
        (
            "{{donut stats.status \"statuss\"}}",
            Code::TemplateName,
            "has no field `statuss`; did you mean `status`?",
        ),
        ("{{histogram count}}", Code::TemplateRefused, "a chart draws a list, found a number"),
        ("{{donut stats.idle top=0}}", Code::TemplateRefused, "from 1 to 100, found `0`"),
        (
            "{{sparkline stats.idle title=\"x\"}}",
            Code::TemplateName,
            "takes no `title=`; it takes none by name",
        ),
        (
            "{{bar_chart listings \"rows\"}}",
            Code::TemplateRefused,
            "a chart draws records or counts, found a list of groups of names; count it first: `(count_by listings \"rows\")`",
        ),
        (
            "{{bar_chart findings \"severity\"}}",
            Code::TemplateRefused,
            "; count it first: `(count_by findings \"severity\")`",
        ),
        (
            "{{donut records \"roles.0\"}}",
            Code::TemplateRefused,
            "`roles.0` is a part of one; count it first: `(count_by records \"roles.0\")`",
        ),
        ("{{donut stats.status colour=1}}", Code::TemplateName, "takes no `colour=`; it takes `title`"),
        ("{{donut stats.statuss}}", Code::TemplateName, "has no name `statuss`; did you mean `status`?"),
        ("{{#donut stats.status}}{{/donut}}", Code::TemplateRefused, "gives a value and has no block"),
        (
            "{{bar_chart records 3}}",
            Code::TemplateRefused,
            "takes the name of a field, found a number; write it between quotes",
        ),
        ("{{donut records count}}", Code::TemplateRefused, "takes the name of a field, found a number"),
        ("{{records_table records}}", Code::TemplateRefused, "takes 2 arguments, found 1"),
    ];
    for (template, expected, words) in cases {
        let (code, message) = first(template);
        assert!(code == expected && message.contains(words), "{template}: {message}");
    }
}

#[test]
fn charts_read_what_they_count() {
    for counted in ["listings \"rows\"", "findings \"severity\"", "records \"roles.0\""] {
        assert_eq!(
            names(&format!("{{{{bar_chart (count_by {counted}) title=\"x\"}}}}")),
            [""; 0],
            "{counted}"
        );
    }
    let read = |template: &str| {
        let place = Place::with(&[("templates/t.hbs", template)]);
        let template = place.load("t.hbs").expect("right");
        (template.fields().iter().cloned().collect::<Vec<_>>().join(" "), *template.reads() == Reads::All)
    };
    assert_eq!(read("{{bar_chart records \"adminName\"}}"), ("adminName".to_owned(), false));
    assert_eq!(read("{{bar_chart stats.adminName}}"), ("adminName".to_owned(), false));
    assert_eq!(read("{{histogram stats.idle}}"), ("idleDays".to_owned(), false));
    assert!(read("{{#each (group_by records \"note\")}}{{records_table items @root.columns}}{{/each}}").1);
}

#[test]
fn the_list_of_records_is_made_where_it_is_a_value() {
    let cases = [
        ("{{#each records}}{{note}}{{else}}none{{/each}}", "in turn"),
        (
            "{{#each @root.records as |r i|}}{{i}}{{r.note}}{{#each ../records}}{{id}}{{/each}}{{/each}}",
            "in turn",
        ),
        ("{{#if records}}{{len records}}{{/if}}{{#unless records}}none{{/unless}}{{count}}", "in turn"),
        ("{{#with query}}{{#each ../records}}{{note}}{{/each}}{{/with}}", "in turn"),
        ("{{records_table records columns}}", "in turn"),
        ("{{bar_chart stats.adminName}}", "in turn"),
        ("{{#if (and (not query.expect) (or query.expect records))}}some{{/if}}", "in turn"),
        ("{{records_table records columns}}{{#with records.[0]}}{{note}}{{/with}}", "all"),
        ("{{#each records}}{{note}}{{/each}}{{#each (sort_by records \"id\")}}{{note}}{{/each}}", "list"),
        ("{{#each (sort_by records \"id\") as |records|}}{{note}}{{/each}}", "list"),
        ("{{#each records}}{{#if (eq id ../records.[0].id)}}{{note}}{{/if}}{{/each}}", "list"),
        ("{{#with records as |all|}}{{#each all}}{{note}}{{/each}}{{else}}{{/with}}", "list"),
        ("{{#with records.[0]}}{{note}}{{/with}}", "list"),
        ("{{bar_chart records \"adminName\"}}", "list"),
        ("{{#each (count_by records \"note\")}}{{value}}{{/each}}", "list"),
        ("{{len (where records '$[?@.id > 1]')}}", "list"),
        ("{{> part records=(sort_by records \"id\")}}", "list"),
        ("{{#each records}}{{> one record=this}}{{/each}}", "in turn"),
        ("{{#each records}}{{> all record=this}}{{/each}}", "all"),
        ("{{#each records}}{{len this}}{{/each}}", "all"),
        ("{{len records.[0]}}", "all"),
        ("{{records_table (sort_by records \"id\") columns}}", "all"),
        ("{{#each (group_by records \"note\")}}{{records_table items @root.columns}}{{/each}}", "all"),
        ("{{#each records}}{{json this}}{{/each}}", "all"),
        ("{{json this}}", "all"),
        ("{{#each this}}{{json this}}{{/each}}", "all"),
    ];
    let mut document = document();
    document["columns"] = json!([{"title": "Owner", "path": "$.adminName"}, {"title": "Role", "path": "$.roles[0]"}, {"title": "x", "path": "$.x"}]);
    for (template, expected) in cases {
        let part = "{{#each records}}{{note}}{{/each}}";
        let place = Place::with(&[
            ("templates/t.hbs", template),
            ("templates/part.hbs", part),
            ("templates/one.hbs", "{{record.note}}"),
            ("templates/all.hbs", "{{json record}}"),
        ]);
        let template = place.load("t.hbs").unwrap_or_else(|found| panic!("{template}: {found:?}"));
        let found = match template.reads() {
            Reads::InTurn { .. } => "in turn",
            Reads::Fields(_) => "list",
            Reads::All => "all",
        };
        assert_eq!(found, expected, "{:?}", template.program.parts[0].source.text);
        render(&template, &Context::of_value(document.clone())).expect("it renders");
    }
}

//! Templates that would take too much: all of them end, with an error that says where.

use std::cell::Cell;

use super::*;
use crate::report::template::guard::Limits;
use crate::report::template::render as machine;

const SMALL: Limits = Limits { written: 1 << 20, made: 1 << 20, time: 1_000 };

/// What is said of a template, over so many records, within small limits. The clock goes on by half a second a look.
fn stopped(template: &str, records: usize) -> String {
    let files = [
        ("templates/t.hbs", template),
        ("templates/twice.hbs", "{{> again x=(csv x x)}}"),
        ("templates/again.hbs", "{{> more x=(csv x x)}}"),
        ("templates/more.hbs", "{{#with (csv x x) as |y|}}{{len y}}{{else}}{{/with}}"),
        ("templates/block.hbs", "{{> @partial-block}}{{> @partial-block}}{{> @partial-block}}"),
    ];
    let template = Place::with(&files).load("t.hbs").unwrap_or_else(|found| panic!("{found:?}"));
    let mut document = document();
    let record = document["records"][0].clone();
    document["records"] = vec![record; records].into();
    let now = Cell::new(0);
    let clock = || now.replace(now.get() + 500);
    let mut out = Vec::new();
    let rendered = machine::render(
        &template.program,
        template.kind,
        &Context::of_value(document),
        (SMALL, &clock),
        &mut out,
    );
    rendered.expect_err("it takes too much").to_string()
}

#[test]
fn a_report_that_grows_too_large_is_stopped() {
    let text =
        "{{#each records}}{{#each ../records}}{{#each ../../records}}0123456789{{/each}}{{/each}}{{/each}}";
    let why = stopped(&text.replace('0', &"0".repeat(50)), 100);
    assert!(why.starts_with("templates/t.hbs:1:") && why.ends_with("the report grows beyond 1 MiB"), "{why}");
    // One value many times is as much.
    let why = stopped(
        "{{#with (json records) as |x|}}{{#each @root.records}}{{x}}{{/each}}{{else}}{{/with}}",
        2_000,
    );
    assert!(why.ends_with("the report grows beyond 1 MiB"), "{why}");
    // Also where that is found at the end.
    let why = stopped(&format!("{{{{#each records}}}}{}{{{{/each}}}}", "x".repeat(1_000)), 2_000);
    assert!(why.ends_with("the report grows beyond 1 MiB"), "{why}");
    let blocks = format!("{}{}{}", "{{#> block}}".repeat(30), "x".repeat(1_000), "{{/block}}".repeat(30));
    assert!(stopped(&blocks, 1).ends_with("the report grows beyond 1 MiB"));
}

#[test]
fn a_template_that_takes_too_long_is_stopped() {
    for text in [
        "{{#each records}}{{#each ../records}}{{#each ../../records}}{{/each}}{{/each}}{{/each}}",
        "{{#each records}}{{#each ../records}}{{#if (and false note)}}{{/if}}{{/each}}{{/each}}",
        "{{#each records}}{{#if (sum ../records \"idleDays\")}}{{/if}}{{/each}}",
        "{{#each records}}{{#each ../records}}{{{@root.query.description}}}{{/each}}{{/each}}",
    ] {
        let why = stopped(text, 600);
        assert!(why.starts_with("templates/t.hbs:1:"), "{why}");
        assert!(why.contains("takes longer than 1 second"), "{text}: {why}");
    }
    let blocks = format!("{}{}", "{{#> block}}".repeat(60), "{{/block}}".repeat(60));
    assert!(stopped(&blocks, 1).contains("takes longer than 1 second"));
}

#[test]
fn values_that_grow_too_large_are_stopped() {
    let cases = [
        ("{{#if (json records)}}{{/if}}", "values of more"),
        ("{{#if (join records.0.roles (json records))}}{{/if}}", "too large"),
        ("{{#each (sort_by records \"id\")}}{{/each}}", "too large"),
        ("{{table records \"createdOn\" \"lastUsedOn\" \"adminName\"}}", "too large"),
        // Each of them is small enough; they are there at the same time.
        ("{{> twice x=(json (sort_by records \"id\" limit=1000))}}", "too large"),
    ];
    for (text, expected) in cases {
        let why = stopped(text, 50_000);
        assert!(
            (why.contains(expected) || why.contains("values of more than 1 MiB"))
                && why.starts_with("templates/"),
            "{text}: {why}"
        );
    }
}

#[test]
fn what_was_made_is_forgotten_with_its_tag() {
    let text = "{{#each records}}{{#if (json ../records)}}{{/if}}{{/each}}";
    let place = Place::with(&[("templates/t.hbs", text)]);
    let template = place.load("t.hbs").expect("it is right");
    let mut document = document();
    let record = document["records"][0].clone();
    document["records"] = vec![record; 500].into();
    let limits = Limits { made: 1 << 18, ..Limits::REPORT };
    let context = Context::of_value(document);
    let rendered =
        machine::render(&template.program, template.kind, &context, (limits, &|| 0), &mut Vec::new());
    assert!(rendered.is_ok(), "{rendered:?}");
}

#[test]
fn blocks_and_partials_together_nest_so_deep_and_no_deeper() {
    let nested = |blocks: usize, inside: &str| {
        format!("{}{inside}{}", "{{#if count}}".repeat(blocks), "{{/if}}".repeat(blocks))
    };
    let call = format!("{{{{default {}1{} 2}}}}", "(default ".repeat(60), " 2)".repeat(60));
    let place = Place::with(&[
        ("templates/right.hbs", &nested(60, "{{> part}}")),
        ("templates/part.hbs", &nested(36, &call)),
        ("templates/wrong.hbs", &nested(60, "{{> large}}")),
        ("templates/large.hbs", &nested(60, "x")),
    ]);
    let template = place.load("right.hbs").expect("it is right");
    assert_eq!(render(&template, &Context::of_value(document())).expect("it renders"), "1");
    let mistakes = place.mistakes("wrong.hbs");
    assert!(mistakes[0].starts_with("LMQ004 templates/large.hbs:1:"), "{mistakes:?}");
    assert!(mistakes[0].contains("deeper than 100 levels together"), "{mistakes:?}");
}

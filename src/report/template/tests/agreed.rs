//! The renderer against the one that Handlebars' crate brings: on what both can do, they agree.

use proptest::prelude::{Strategy, any};
use proptest::sample::select;

use super::*;

/// What is right everywhere.
const LEAVES: &[&str] = &[
    "a",
    " ",
    "\n",
    " \n  ",
    "\r\n",
    "|_x_\n",
    "{{@root.count}}",
    "{{~@root.count}}",
    "{{@root.count~}}\n",
    "  {{~@root.count}}",
    "{{{@root.query.name}}}",
    "{{@root.total}}",
    "{{@root.query.description}}",
    "{{@root.query.tags}}",
    "{{len @root.records}}",
    "{{#if @root.run.sandbox}}s{{/if}}",
    "{{> part}}",
    "{{> part @root.query}}",
    "{{> part note=@root.count}}",
    "{{@root.records.0.roles.[1]}}",
    "{{! no }}",
    "{{!-- }} --}}\n",
    "\\{{count}}",
    "{{{{raw}}}}{{x}}{{{{/raw}}}}",
];

/// Blocks, with names that are there inside of them.
const BLOCKS: &[(&str, &str)] = &[
    ("{{#each @root.records}}{{id}}{{note}}{{@index}}", "{{/each}}"),
    ("{{#each @root.records}}\n{{@first}}{{@last}} {{this.id}}\n", "{{/each}}\n"),
    ("{{#each @root.records as |r i|}}{{r.id}}{{i}}", "{{r.note}}{{else}}none{{/each}}"),
    ("{{#each @root.records.0.roles}}{{this}}", "{{/each}}"),
    ("{{#each @root.stats}}{{@key}}{{len this}}", "{{@index}}{{/each}}"),
    ("{{#each @root.stats.tokenType as |c|}}{{c.value}}", "{{c.count}}{{/each}}"),
    ("{{#each @root.run.reasons}}x{{else}}", "{{/each}}"),
    ("{{#each @root.listings}}{{#each @root.records}}{{../path}}{{id}}{{@../index}}", "{{/each}}{{/each}}"),
    ("{{#with @root.run}}{{verdict}}", "{{requests}}{{/with}}"),
    ("{{#with @root.records.1 as |r|}}{{r.id}}{{id}}", "{{else}}none{{/with}}"),
    ("{{#with @root.query.description}}{{this}}", "{{else}}none{{/with}}"),
    ("{{#if (eq @root.count 2)}}", "{{else}}no{{/if}}"),
    ("{{#if @root.query.description}}", "{{else if @root.total}}some{{else}}no{{/if}}"),
    ("  {{#unless @root.query.tags}}\nx\n  {{else}}\n", "\n  {{/unless}}\n"),
    ("{{#gt @root.count 1}}", "{{/gt}}"),
    ("{{#> frame}}", "{{/frame}}"),
    ("{{#> frame @root.query}}{{name}}", "{{/frame}}"),
];

/// A template in which every block is closed.
fn template() -> impl Strategy<Value = String> {
    let leaf = select(LEAVES).prop_map(str::to_owned);
    let list = |inner| proptest::collection::vec(inner, 1..5).prop_map(|parts: Vec<String>| parts.concat());
    let nested = leaf.prop_recursive(4, 40, 5, move |inner| {
        (select(BLOCKS), list(inner), any::<bool>()).prop_map(|((open, close), body, line)| {
            format!("{open}{body}{close}{}", if line { "\n" } else { "" })
        })
    });
    list(nested.boxed())
}

/// Names that are there wherever they are included.
const PARTS: [(&str, &str); 2] = [("part", "<{{@root.count}}>"), ("frame", "[{{> @partial-block}}]\n")];

fn place(template: &str) -> Place {
    Place::with(&[
        ("templates/t.md.hbs", template),
        ("templates/part.hbs", PARTS[0].1),
        ("templates/frame.hbs", PARTS[1].1),
    ])
}

fn by_handlebars(template: &str) -> Result<String, handlebars::RenderError> {
    let mut registry = handlebars::Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(|text| escaped(text, Kind::Markdown));
    for (name, text) in PARTS {
        registry.register_template_string(name, text).expect("it can be parsed");
    }
    registry.register_template_string("t", template).expect("the check let it through");
    registry.render("t", Context::of_value(document()).data())
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 300, ..Default::default() })]

    #[test]
    fn both_renderers_write_the_same(text in template()) {
        if let Ok(template) = place(&text).load("t.md.hbs")
            && let Ok(found) = render(&template, &Context::of_value(document()))
            && let Ok(expected) = by_handlebars(&text)
        {
            assert_eq!(found, expected, "{text:?}");
        }
    }
}

#[test]
fn most_templates_of_that_kind_can_be_compared() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let compared = (0..60).filter(|_| {
        let text = template().new_tree(&mut runner).expect("a template").current();
        place(&text).load("t.md.hbs").is_ok() && by_handlebars(&text).is_ok()
    });
    assert!(compared.count() > 40);
}

//! Where templates and partials are found, and which are refused.

use std::fs;

use super::*;

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
fn an_empty_template_is_an_error_and_an_empty_partial_is_none() {
    for text in ["", " \n\t\r\n"] {
        let place = Place::with(&[
            ("templates/t.md.hbs", text),
            ("templates/u.md.hbs", "a{{> part}}"),
            ("templates/part.hbs", text),
        ]);
        let found = place.load("t.md.hbs").expect_err("it is empty");
        assert_eq!((found.len(), found[0].code), (1, Code::TemplateSyntax));
        assert!(diag::render(&found[0], false).contains("this template is empty"));
        assert!(place.load("u.md.hbs").is_ok());
        let piped = piped(&place.project, Source::new("<stdin>", text), Kind::Markdown, FIELDS);
        assert!(piped.is_err_and(|found| found[0].message == "this template is empty"));
    }
}

//! Templates are checked before the first request, and reach nothing outside the project.

use crate::support::{Project, Ran, Reply, Stub, page, row, rows, slice};

/// Runs the project's `q.yaml` against a stub that must see no request, with the files that lie there kept as they are.
#[track_caller]
fn refused(project: Project, args: &[&str]) -> Ran {
    let stub = Stub::saying(page(&[row(1)], 1));
    let project = project.stub(&stub);
    let before = project.files();
    let ran = project.run(&[args, &["q.yaml"]].concat()).exits(2);
    assert_eq!(ran.stdout, "");
    assert_eq!(stub.count(), 0, "nothing is sent");
    assert_eq!(project.files(), before, "nothing is written");
    ran
}

#[test]
fn a_misspelt_name_is_told_before_the_first_request() {
    let text = "# Tokens\n\n{{#each recrods}}\n- {{id}}\n{{else}}\nnone\n{{/each}}\n";
    let project = || Project::new().file("templates/t.md.hbs", text);
    let in_file = project().query("output: {template: t.md.hbs, to: out.md}\n");
    let message = ["templates/t.md.hbs:3:9", "recrods", "`records`", "LMQ032", "nothing was sent"];
    refused(in_file, &[]).says(&message);
    refused(project().query(""), &["-t", "t.md.hbs"]).says(&message);
    refused(project().query("").file("here.md.hbs", text), &["-t", "./here.md.hbs"])
        .says(&["here.md.hbs:3:9"]);
    for (tag, place) in [
        ("{{#if run.verdcit}}x{{/if}}", "t.md.hbs:1:11"),
        ("{{#with qurey}}x{{/with}}", "t.md.hbs:1:9"),
        ("{{#unless fndings}}x{{/unless}}", "t.md.hbs:1:11"),
        ("{{#each records}}{{adminNam}}{{/each}}", "t.md.hbs:1:20"),
        ("{{date run.nwo}}", "t.md.hbs:1:12"),
    ] {
        let project = Project::new().query("").file("t.md.hbs", tag);
        refused(project, &["-t", "./t.md.hbs"]).says(&[place, "LMQ032"]);
    }
}

#[test]
fn partials_that_include_each_other_are_refused() {
    let project = Project::new()
        .query("output: {template: a.md.hbs}\n")
        .file("templates/a.md.hbs", "{{> b.md}}")
        .file("templates/b.md.hbs", "{{> c.md}}")
        .file("templates/c.md.hbs", "x {{> a.md}}");
    refused(project, &[]).says(&["LMQ034", "templates/c.md.hbs:1:7"]);
    let own = Project::new().query("output: {template: a.md.hbs}\n").file("templates/a.md.hbs", "{{> a.md}}");
    refused(own, &[]).says(&["includes itself"]);
}

#[test]
fn templates_and_partials_outside_the_project_are_refused() {
    let outside = tempfile::Builder::new().suffix(".md.hbs").tempfile().expect("a temporary file");
    std::fs::write(outside.path(), "{{count}}").expect("writable");
    let path = outside.path().to_str().expect("UTF-8");
    let name = outside.path().file_name().expect("a name").to_str().expect("UTF-8");
    let references = [
        path.to_owned(),
        format!("../{name}"),
        format!("./../{name}"),
        format!("x/../../{name}"),
        format!("./a/../../{name}"),
    ];
    for reference in references {
        let ran = refused(Project::new().query(&format!("output: {{template: {reference}}}\n")), &[]);
        assert!(
            ran.stderr.contains("LMQ035") || ran.stderr.contains("LMQ030"),
            "{reference}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains("project") || ran.stderr.contains("templates"), "{}", ran.stderr);
        refused(Project::new().query(""), &["-t", &reference]);
    }
    let stem = name.trim_end_matches(".hbs");
    for partial in [format!("../../{stem}"), format!("/tmp/{stem}")] {
        let project = Project::new().query("output: {template: t.md.hbs}\n");
        let ran = refused(project.file("templates/t.md.hbs", format!("{{{{> {partial}}}}}")), &[]);
        assert!(ran.stderr.contains("LMQ035") || ran.stderr.contains("LMQ033"), "{partial}: {}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn links_lead_no_template_partial_or_output_out_of_the_project() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(outside.path().join("t.md.hbs"), "{{count}}").expect("writable");
    let linked = |query: &str| {
        let project = Project::new().query(query).file("templates/main.md.hbs", "{{> link.md}}");
        symlink(outside.path().join("t.md.hbs"), project.path("templates/link.md.hbs")).expect("a link");
        symlink(outside.path(), project.path("out")).expect("a link");
        symlink(outside.path().join("new.csv"), project.path("dangling.csv")).expect("a link");
        project
    };
    for (query, code) in [
        ("output: {template: link.md.hbs}\n", "LMQ035"),
        ("output: {template: main.md.hbs}\n", "LMQ035"),
        ("output: {template: ./out/t.md.hbs}\n", "LMQ035"),
        ("output: {format: csv, to: out/x.csv}\n", "LMQ036"),
        ("output: {format: csv, to: out/deep/er/x.csv}\n", "LMQ036"),
        ("output: {format: csv, to: dangling.csv}\n", "LMQ036"),
    ] {
        refused(linked(query), &[]).says(&[code]);
    }
    let left: Vec<_> = std::fs::read_dir(outside.path()).expect("readable").collect();
    assert_eq!(left.len(), 1, "nothing new outside: {left:?}");
}

#[test]
fn targets_that_leave_the_project_or_hit_its_sources_are_refused() {
    for to in [
        "../x.csv",
        "/tmp/x.csv",
        "a/../../x.csv",
        "a\\\\b.csv",
        "'C:x.csv'",
        ".git/hooks/pre-commit",
        "a/.x.csv",
        "q.yaml",
        "templates/x.md.hbs",
        "Cargo.toml",
        "x.yml",
        "'.'",
        "a/",
        "'a\\u0007.csv'",
    ] {
        let ran = refused(Project::new().query(&format!("output: {{format: csv, to: {to}}}\n")), &[]);
        assert!(ran.stderr.contains("LMQ036"), "{to}: {}", ran.stderr);
    }
}

#[test]
fn what_is_no_plain_text_file_is_no_template() {
    let project =
        |bytes: &[u8]| Project::new().query("output: {template: ./t.md.hbs}\n").file("t.md.hbs", bytes);
    refused(project(b"\xff\xfe"), &[]).says(&["LMQ001", "not UTF-8"]);
    refused(project(b"a\0b"), &[]).says(&["LMQ001"]);
    refused(project(&vec![b'x'; 1024 * 1024 + 1]), &[]).says(&["LMQ001", "1024 KiB"]);
    refused(Project::new().query("output: {template: ./t.md.hbs}\n").file("t.md.hbs/x", ""), &[])
        .says(&["LMQ035"]);
    refused(project("{{#each records}}".as_bytes()), &[]).says(&["LMQ031"]);
    refused(project("{{> (lookup query \"name\")}}".as_bytes()), &[]).says(&["LMQ033"]);
}

#[test]
fn all_mistakes_of_all_files_come_at_once() {
    let project = Project::new()
        .query("stats: 1\nfilters: [{adminNam: x}]\n")
        .file(
            "r.yaml",
            "endpoint: apitokens\noutput:\n  - {template: gone.md.hbs}\n  - {format: csv, to: ../x}\n",
        )
        .file("templates/t.md.hbs", "{{oops}}")
        .file("s.yaml", "endpoint: apitokens\noutput: {template: t.md.hbs}\n");
    let ran = refused(project, &["r.yaml", "s.yaml"]);
    ran.says(&["LMQ010", "LMQ012", "LMQ030", "LMQ036", "LMQ032", "5 mistakes"]);
}

#[test]
fn a_project_template_goes_before_the_shipped_one() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    let project = Project::new().query("").stub(&stub).file("templates/tokens.md.hbs", "mine: {{count}}\n");
    assert_eq!(project.run(&["-t", "tokens.md.hbs", "q.yaml"]).exits(0).stdout, "mine: 3\n");
    let partial = Project::new().query("").stub(&stub).file("templates/verdict.md.hbs", "my verdict\n");
    assert!(
        partial.run(&["-t", "tokens.md.hbs", "q.yaml"]).exits(0).stdout.contains("my verdict"),
        "its partials too"
    );
}

#[test]
fn a_template_that_meets_an_unforeseen_value_is_an_output_that_failed() {
    let mut odd = row(1);
    odd["createdOn"] = serde_json::json!({ "a": [1] });
    let stub = Stub::start(move |_| Reply::json(200, &serde_json::json!({ "total": 1, "items": [odd] })));
    let text = "{{#each records}}{{date createdOn}}{{/each}}";
    let project = Project::new()
        .query("output: {template: ./t.txt.hbs, to: out.txt}\n")
        .file("t.txt.hbs", text)
        .stub(&stub);
    let ran = project.run(&["q.yaml"]).exits(7).says(&["t.txt.hbs:1"]);
    assert!(!project.has("out.txt"), "{}", ran.stderr);
}

/// A description that a query may have or not was a title of no kind, after all requests.
#[test]
fn what_may_be_null_is_no_title() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    let text = "{{bar_chart stats.status title=query.description noun=query.filter}}{{bar_chart run.shard.places}}\
                {{date run.now tz=query.description format=query.select}}";
    let project = Project::new().query("").file("t.html.hbs", text).stub(&stub);
    let page = project.run(&["-t", "./t.html.hbs", "q.yaml"]).exits(0).stdout;
    assert!(
        page.contains("<svg") && page.contains("nothing to show") && !page.contains("figcaption"),
        "{page}"
    );
}

#[test]
fn helpers_are_checked_before_the_first_request() {
    for (tag, place) in [
        ("{{#each (sort_by records \"-idelDays\")}}{{id}}{{/each}}", "t.md.hbs:1:27"),
        (
            "{{#each (group_by records \"adminName\")}}{{key}}{{#each items}}{{nmae}}{{/each}}{{/each}}",
            "t.md.hbs:1:65",
        ),
        ("{{#each (count_by records \"tokenType\")}}{{vaule}}{{/each}}", "t.md.hbs:1:43"),
        ("{{#each (where records \"$[?@.idelDays > 90]\")}}{{id}}{{/each}}", "t.md.hbs:1:30"),
        ("{{sum records \"idelDays\"}}", "t.md.hbs:1:16"),
        ("{{table records \"id\" \"nmae=Name\"}}", "t.md.hbs:1:23"),
        ("{{date run.now tz=\"Europe/Berln\"}}", "`Europe/Berlin`"),
        ("{{percent count records}}", "t.md.hbs:1:17"),
    ] {
        let project = || Project::new().query("output: {template: ./t.md.hbs}\n").file("t.md.hbs", tag);
        refused(project(), &[]).says(&[place]);
        project().lmq(&["validate", "q.yaml"]).exits(2).says(&[place]);
    }
}

#[test]
fn helpers_read_fields_that_the_query_does_not_ask_for() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    let text = "{{#each (sort_by records \"-id\" limit=2)}}{{id}} {{/each}}{{len (where records '$[?@.status == 2]')}} \
                {{#each (count_by records \"adminName\")}}{{count}}{{/each}}";
    let project = Project::new().query("fields: [note]\n").file("t.txt.hbs", text).stub(&stub);
    assert_eq!(project.run(&["-t", "./t.txt.hbs", "q.yaml"]).exits(0).stdout, "3 2 3 111");
}

#[test]
fn a_template_that_takes_too_much_leaves_no_file() {
    // Each of the groups would have a copy of all the roles.
    let mut odd = row(1);
    odd["roles"] = (0..4_000).map(|index| format!("role {index}")).collect();
    let stub = Stub::start(move |_| page(std::slice::from_ref(&odd), 1));
    let project = Project::new()
        .query("output:\n  - {template: ./t.txt.hbs, to: out.txt}\n  - {format: csv, to: out.csv}\n")
        .file("t.txt.hbs", "{{count}}\n{{#each (group_by records \"roles\")}}{{key}}{{/each}}")
        .stub(&stub);
    let ran = project.run(&["--allow-partial", "q.yaml"]).exits(7);
    ran.says(&["t.txt.hbs:2:1: helper `group_by`: the value it makes is too large"]);
    assert!(!project.has("out.txt") && !project.has("out.csv"), "nothing is written");
}

/// All templates of a run share one tree of values.
#[test]
fn a_template_says_the_same_beside_any_other() {
    let stub = Stub::start(|seen| page(slice(&rows(3), seen), 3));
    let templates = [
        ("turn", "{{#each records}}{{note}} {{/each}}"),
        ("table", "{{records_table records columns}}"),
        ("list", "{{#each (sort_by records \"-id\")}}{{adminName}} {{/each}}"),
        ("both", "{{records_table records columns}}{{#with records.[0]}}{{adminName}}{{/with}}"),
    ];
    let made = |names: &[&str]| {
        let outputs: Vec<String> =
            names.iter().map(|name| format!("{{template: ./{name}.txt.hbs, to: {name}.txt}}")).collect();
        let query = format!("columns: [id, note, lastAuthIp]\noutput: [{}]\n", outputs.join(", "));
        let project = Project::new().query(&query).stub(&stub);
        let project = templates
            .iter()
            .fold(project, |project, (name, text)| project.file(&format!("{name}.txt.hbs"), text));
        project.run(&["q.yaml"]).exits(0);
        names.iter().map(|name| project.read(&format!("{name}.txt"))).collect::<Vec<_>>()
    };
    let alone: Vec<String> = templates.iter().map(|(name, _)| made(&[name]).remove(0)).collect();
    assert!(alone[1].contains("192.0.2.1"), "{}", alone[1]);
    for (one, (name, _)) in templates.iter().enumerate() {
        for (other, (beside, _)) in templates.iter().enumerate().filter(|(other, _)| *other != one) {
            assert_eq!(made(&[name, beside]), [&*alone[one], &*alone[other]], "{name} beside {beside}");
        }
    }
}

/// `rep.hbs` written to `rep.html` once had a live `<script>` of a note in it.
#[test]
fn a_template_of_one_language_makes_no_file_of_another() {
    let files = |query: &str| {
        Project::new().query(query).file("rep.hbs", "{{count}}").file("rep.html.hbs", "{{count}}")
    };
    let help = "its name says how it escapes what a portal sends: `rep.html.hbs`";
    for (template, to, said) in [
        ("./rep.hbs", "rep.html", "`rep.hbs` makes plain text, and `rep.html` is HTML"),
        ("./rep.hbs", "rep.HTM", "`rep.hbs` makes plain text, and `rep.HTM` is HTML"),
        ("./rep.hbs", "rep.csv", "`rep.hbs` makes plain text, and `rep.csv` is CSV"),
        ("./rep.html.hbs", "rep.md", "`rep.html.hbs` makes HTML, and `rep.md` is Markdown"),
    ] {
        refused(files(""), &["-t", template, "-o", to]).says(&[said, "LMQ036"]);
        let query = format!("output: {{template: {template}, to: {to}}}\n");
        refused(files(&query), &[]).says(&[said, "q.yaml:"]);
        files(&query).lmq(&["validate", "q.yaml"]).exits(2).says(&[said]);
    }
    refused(files(""), &["-t", "./rep.hbs", "-o", "rep.html"]).says(&[help]);
    let stub = Stub::saying(page(&[row(1)], 1));
    for (template, to) in [("./rep.hbs", "rep.txt"), ("./rep.html.hbs", "rep.html"), ("./rep.hbs", "rep")] {
        files("").stub(&stub).run(&["-t", template, "-o", to, "q.yaml"]).exits(0);
    }
}

//! `lmq list`: the queries of a project.

use serde_json::json;

use crate::support::Project;

fn project() -> Project {
    Project::new()
        .file(
            "queries/idle.yaml",
            "description: |\n  Nobody\n  uses them\ntags: [weekly, security]\nendpoint: apitokens\ntype: all\n\
             output:\n  - {template: tokens.md.hbs, to: reports/idle.md}\n  - format: csv\n",
        )
        .file("queries/one.yaml", "name: of-one\nendpoint: apitokens\nadminId: 131\n")
}

#[test]
fn a_table_for_people() {
    let ran = project().lmq(&["list", "queries"]).exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    assert!(lines[0].starts_with("NAME    TAGS"), "{}", ran.stdout);
    for part in ["idle", "weekly, security", "Nobody uses them", "tokens.md.hbs > reports/idle.md, csv"] {
        assert!(lines[1].contains(part), "`{part}` in {}", lines[1]);
    }
    assert!(
        lines[2].starts_with("of-one")
            && lines[2].contains(" table ")
            && lines[2].ends_with(" queries/one.yaml"),
        "{}",
        lines[2]
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn an_array_for_programs() {
    let ran = project().lmq(&["list", "queries", "--format", "json"]).exits(0);
    assert_eq!(
        ran.json(),
        json!([
            {
                "name": "idle",
                "description": "Nobody\nuses them\n",
                "tags": ["weekly", "security"],
                "file": "queries/idle.yaml",
                "endpoint": "/setting/admins/apitokens",
                "type": "all",
                "outputs": [
                    {"template": "tokens.md.hbs", "to": "reports/idle.md"},
                    {"format": "csv", "to": null},
                ],
            },
            {
                "name": "of-one",
                "description": null,
                "tags": [],
                "file": "queries/one.yaml",
                "endpoint": "/setting/admins/{adminId}/apitokens",
                "type": "lmv1",
                "outputs": [{"format": "table", "to": null}],
            },
        ])
    );
}

#[test]
fn tags_select() {
    let names = |args: &[&str]| {
        let listed = project().lmq(&[&["list", "queries", "-f", "json"], args].concat()).exits(0).json();
        let names = listed.as_array().expect("a list").iter().map(|query| query["name"].to_string());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&["--tag", "weekly"]), ["\"idle\""]);
    assert_eq!(names(&["--exclude", "weekly"]), ["\"of-one\""]);
    project().lmq(&["list", "queries", "--tag", "gone"]).exits(3);
}

#[test]
fn a_list_with_a_hole_is_not_printed() {
    let ran = project().file("queries/bad.yaml", "endpoint: apitoken\n").lmq(&["list", "queries"]).exits(2);
    assert_eq!(ran.stdout, "");
    ran.says(&["error[LMQ015]", "queries/bad.yaml:1:11", "nothing is listed"]);
    project().lmq(&["list", "gone.yaml"]).exits(2);
}

#[test]
fn text_of_a_file_is_inert() {
    let project = Project::new().query("description: \"\\e[31m\\u202e\"\ntags: [\"\\x9b\"]\n");
    for format in ["table", "json"] {
        let ran = project.lmq(&["list", "q.yaml", "-f", format]).exits(0);
        assert!(!ran.stdout.chars().any(|c| c != '\n' && lmq::text::is_active(c)), "{:?}", ran.stdout);
    }
}

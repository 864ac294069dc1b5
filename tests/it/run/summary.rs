//! `--summary`: what a run adds to the summary of a GitHub Actions step.

use crate::support::{OWN_ACCESS_ID, Project, Reply, SECRET_KEY, Seen, Stub, page, rows, slice};

const LIMIT: usize = 1 << 20;

fn project(stub: &Stub) -> Project {
    Project::new().query("").stub(stub).env("GITHUB_STEP_SUMMARY", "step.md")
}

fn stub(count: usize) -> Stub {
    Stub::start(move |seen: &Seen| page(slice(&rows(count), seen), count))
}

#[test]
fn each_query_adds_its_part_whatever_else_is_written() {
    let stub = stub(3);
    let project = project(&stub).file("r.yaml", "endpoint: apitokens\n").file("step.md", "# before\n");
    let ran = project.run(&["--summary", "-o", "{name}.csv", "q.yaml", "r.yaml"]).exits(0);
    assert_eq!(ran.stdout, "");
    assert_eq!(project.read("q.csv").lines().count(), 4, "the other outputs are as without");
    let text = project.read("step.md");
    assert!(text.starts_with("# before\n## q\n\n**Complete**: "), "{text}");
    assert_eq!(text.matches("3 tokens, nothing is expected.").count(), 2, "{text}");
    assert!(text.contains("\n## r\n") && text.contains("| owner3 |"), "{text}");
    project.run(&["q.yaml"]).exits(0);
    assert_eq!(project.read("step.md"), text, "without the flag nothing is added");
}

#[test]
fn queries_share_the_room_that_a_step_has_left() {
    let stub = stub(500);
    let project =
        project(&stub).file("r.yaml", "endpoint: apitokens\n").file("s.yaml", "endpoint: apitokens\n");
    project.write("step.md", "x".repeat(1_000_000) + "\n");
    project.run(&["--summary", "-o", "{name}.csv", "q.yaml", "r.yaml", "s.yaml"]).exits(0);
    let text = project.read("step.md");
    assert!((LIMIT - 2_000..=LIMIT).contains(&text.len()), "{}", text.len());
    assert_eq!(text.matches("more rows: no room.").count(), 3);
    project.run(&["--summary", "-f", "csv", "q.yaml"]).exits(0);
    assert!(project.read("step.md").len() <= LIMIT);
}

#[test]
fn a_query_that_could_not_be_read_is_in_the_summary_too() {
    for (reply, code) in [(Reply::error(401, 1401, "no"), 4), (Reply::error(400, 1400, "odd"), 5)] {
        let stub = Stub::saying(reply);
        let project = project(&stub);
        let ran = project.run(&["--summary", "-o", "q.csv", "q.yaml"]).exits(code);
        assert_eq!(ran.stdout, "");
        assert!(!project.has("q.csv"));
        let text = project.read("step.md");
        assert!(text.starts_with("## q\n\n**INCOMPLETE**: "), "{text}");
        assert!(text.contains("- "), "the reason is told: {text}");
    }
    let late = Stub::start(|seen: &Seen| match seen.offset() {
        0 => page(slice(&rows(9), seen), 9),
        _ => Reply::error(500, 1500, "late"),
    });
    let project = project(&late).query("size: 5\n");
    project.run(&["--summary", "-f", "csv", "q.yaml"]).exits(6).says(&["withheld"]);
    assert!(project.read("step.md").contains("HTTP 500"), "it can say what csv cannot");
}

#[test]
fn no_secret_gets_into_it() {
    let stub = Stub::start(|_| {
        let mut row = crate::support::row(1);
        row["note"] = format!("key {SECRET_KEY}").into();
        page(&[row], 1)
    });
    let project = project(&stub).query(&format!("name: {OWN_ACCESS_ID}\ndescription: '{SECRET_KEY}'\n"));
    project.run(&["--summary", "-o", "x.csv", "q.yaml"]).exits(0);
    let text = project.read("step.md");
    assert!(!text.contains("s3cr") && text.contains("redacted"), "{text}");
}

#[test]
fn without_the_variable_the_flag_is_a_mistake() {
    let stub = stub(1);
    for project in [Project::new(), Project::new().env("GITHUB_STEP_SUMMARY", "")] {
        let ran = project.query("").stub(&stub).run(&["--summary", "q.yaml"]).exits(2);
        ran.says(&["GITHUB_STEP_SUMMARY", "-f markdown"]);
    }
    let ran =
        project(&stub).env("GITHUB_STEP_SUMMARY", "gone/step.md").run(&["--summary", "q.yaml"]).exits(7);
    ran.says(&["gone/step.md"]);
}

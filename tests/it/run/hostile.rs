//! Files made to hurt: a clear error, soon, and no panic.

use crate::support::{Project, Ran};

/// Most bytes of stderr that a mistake may cost, whatever the file.
const SHORT: usize = 20_000;

#[track_caller]
fn refused(project: &Project, args: &[&str]) -> Ran {
    let ran = project.run(&[&["--sandbox"], args].concat()).exits(2);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("error"), "{ran:?}");
    assert!(ran.stderr.len() < SHORT, "{} bytes of diagnostics", ran.stderr.len());
    ran
}

#[test]
fn bytes_that_are_no_text() {
    let cases: [(&[u8], &str); 5] = [
        (b"endpoint: apitokens\nname: \xff\xfe\n", "UTF-8"),
        (b"endpoint: apitokens\0\n", "UTF-8"),
        (b"\xfe\xff\0e\0n\0d", "UTF-8"),
        (b"endpoint: apitokens\nname: \"\\uD800\"\n", "error"),
        (b"\x7fELF\x01\x02\x03", "error"),
    ];
    for (bytes, word) in cases {
        refused(&Project::new().file("q.yaml", bytes), &["q.yaml"]).says(&[word]);
    }
    Project::new()
        .file("q.yaml", "\u{feff}endpoint: apitokens\r\nsize: 5\r\n")
        .run(&["--sandbox", "q.yaml"])
        .exits(0);
}

#[test]
fn files_that_are_too_large() {
    let comment = |bytes: usize| format!("endpoint: apitokens\n#{}\n", "x".repeat(bytes));
    refused(&Project::new().file("q.yaml", comment(257 * 1024)), &["q.yaml"]).says(&["larger than 256 KiB"]);
    refused(&Project::new().file("q.yaml", vec![b'a'; 50 * 1024 * 1024]), &["q.yaml"]).says(&["256 KiB"]);
    Project::new().file("q.yaml", comment(250 * 1024)).run(&["--sandbox", "q.yaml"]).exits(0);
}

#[test]
fn nesting_without_end() {
    let indented = (0..200).fold(String::new(), |text, depth| format!("{text}{}a:\n", " ".repeat(depth)));
    let cases = [
        "[".repeat(10_000),
        "{a: ".repeat(10_000),
        format!("filters: {}1{}\nendpoint: apitokens\n", "[".repeat(10_000), "]".repeat(10_000)),
        "- ".repeat(10_000),
        "? ".repeat(10_000),
        indented,
        "[{".repeat(60_000),
    ];
    for text in cases {
        let ran = refused(&Project::new().file("q.yaml", &text), &["q.yaml"]);
        assert!(ran.stderr.contains("64 levels") || ran.stderr.contains("not YAML"), "{}", ran.stderr);
    }
}

#[test]
fn aliases_anchors_merges_tags_and_documents() {
    let bomb = (0..9).fold("a0: &a0 [x, x, x]\n".to_owned(), |text, n| {
        format!("{text}a{}: &a{} [{}]\n", n + 1, n + 1, vec![format!("*a{n}"); 9].join(", "))
    });
    for (text, word) in [
        (bomb.as_str(), "anchors"),
        ("a: &a [*a]\n", "anchors"),
        ("endpoint: apitokens\n<<: {size: 5}\n", "merge keys"),
        ("endpoint: !!str apitokens\n", "tags"),
        ("endpoint: !include /etc/passwd\n", "tags"),
        ("endpoint: apitokens\n---\nendpoint: apitokens\n", "second document"),
        ("%TAG ! tag:example.com,2000:\n---\nendpoint: !x apitokens\n", "tags"),
    ] {
        refused(&Project::new().file("q.yaml", text), &["q.yaml"]).says(&["LMQ003", word]);
    }
}

#[test]
fn many_mistakes_and_long_ones_stay_readable() {
    let long = format!("endpoint: {}\nname: {}\n", "x".repeat(100_000), "y z".repeat(10_000));
    let ran = Project::new().file("q.yaml", long).run(&["--sandbox", "q.yaml"]).exits(2);
    assert!(ran.stderr.len() < SHORT, "{} bytes of diagnostics", ran.stderr.len());
    let many = (0..5_000).fold("endpoint: apitokens\n".to_owned(), |text, n| format!("{text}key{n}: 1\n"));
    let ran = Project::new().file("q.yaml", many).run(&["--sandbox", "q.yaml"]).exits(2);
    ran.says(&["LMQ010", "nothing was sent"]);
}

#[test]
fn numbers_at_their_limits() {
    for (line, code) in [
        ("size: 1001", 2),
        ("size: 0", 2),
        ("size: -1", 2),
        ("size: 1.5", 2),
        ("size: 1e3", 2),
        ("size: 99999999999999999999999", 2),
        ("limit: 9223372036854775807", 0),
        ("offset: 9223372036854775807", 0),
        ("adminId: 2147483648", 2),
        ("filters: [{id: {gt: 9223372036854775807}}]", 0),
        ("filters: [{id: {lt: -9223372036854775808}}]", 0),
        ("filters: [{id: 18446744073709551615}]", 2),
        ("filters: ['id:99999999999999999999']", 2),
        ("filters: [{id: .nan}]", 2),
    ] {
        let ran = Project::new().query(&format!("{line}\n")).run(&["--sandbox", "-f", "json", "q.yaml"]);
        assert_eq!(ran.code, code, "{line}\n{}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_loops_of_links() {
    use std::os::unix::fs::symlink;
    let project = Project::new().file("queries/a.yaml", "endpoint: apitokens\n");
    let pipe = project.path("pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    refused(&project, &["pipe.yaml"]).says(&["not a regular file"]);
    refused(&project, &["/dev/zero"]).says(&["not a regular file"]);
    symlink(project.path("queries"), project.path("queries/again")).expect("a link");
    symlink(project.path("one.yaml"), project.path("two.yaml")).expect("a link");
    symlink(project.path("two.yaml"), project.path("one.yaml")).expect("a link");
    project.run(&["--sandbox", "queries"]).exits(0);
    refused(&project, &["one.yaml"]).says(&["one.yaml"]);
    let template = Project::new().query("output: {template: ./pipe.md.hbs}\n");
    let made =
        std::process::Command::new("mkfifo").arg(template.path("pipe.md.hbs")).status().expect("mkfifo");
    assert!(made.success());
    refused(&template, &["q.yaml"]).says(&["LMQ035"]);
}

#[test]
fn templates_made_to_hurt() {
    for text in [
        "{{#if a}}".repeat(10_000),
        "(".repeat(5_000),
        format!("{{{{{}}}}}", "(len ".repeat(5_000)),
        "{{".repeat(20_000),
        "{{#each records}}".repeat(300) + &"{{/each}}".repeat(300),
    ] {
        let ran = Project::new()
            .query("output: {template: ./t.md.hbs}\n")
            .file("t.md.hbs", &text)
            .run(&["--sandbox", "q.yaml"]);
        let shown: String = text.chars().take(30).collect();
        assert!(
            ran.code == 2 || (ran.code == 0 && text.starts_with('(')),
            "{shown}: {} {}",
            ran.code,
            ran.stderr
        );
    }
    // Each partial includes the next one twice: two to the power of thirty inclusions.
    let project = (0..30).fold(Project::new().query("output: {template: p0.md.hbs}\n"), |project, n| {
        let next = n + 1;
        project.file(&format!("templates/p{n}.md.hbs"), format!("{{{{> p{next}.md}}}}{{{{> p{next}.md}}}}"))
    });
    let project = project.file("templates/p30.md.hbs", "x");
    let ran = project.run(&["--sandbox", "q.yaml"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr.len());
}

#[test]
fn pages_made_to_hurt() {
    use crate::support::{Reply, Stub, page, row};
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        format!(r#"{{"total":1,"items":{deep}}}"#),
        format!(r#"{{"total":1,"items":[{{"id":1,"note":{deep}}}]}}"#),
        r#"{"total":1,"items":[{"id":99999999999999999999}]}"#.to_owned(),
        r#"{"total":1,"items":[{"id":1,"note":"\ud800"}]}"#.to_owned(),
        "{\"total\":1,\"items\":[{\"id\":1,\"note\":\"\u{0}\"}]}".to_owned(),
    ];
    for body in bodies {
        let shown: String = body.chars().take(60).collect();
        let stub = Stub::saying(Reply::text(200, "application/json", body));
        let ran = Project::new().query("").stub(&stub).run(&["-f", "json", "q.yaml"]);
        assert!(matches!(ran.code, 5 | 6), "{shown}: {} {}", ran.code, ran.stderr);
    }
    // It was once said to repeat the credentials.
    let latin = Reply::text(200, "application/json", b"{\"total\":1,\"items\":[{\"note\":\"caf\xe9\"}]}");
    Project::new().query("").stub(&Stub::saying(latin)).run(&["q.yaml"]).exits(5).says(&["no UTF-8 text"]);
    let mut wide = row(1);
    wide["note"] = serde_json::json!("x".repeat(1_000_000));
    wide["createdOn"] = serde_json::json!(i64::MIN);
    wide["lastUsedOn"] = serde_json::json!(i64::MAX);
    let stub = Stub::start(move |_| page(&[wide.clone()], 1));
    for format in lmq::spec::Format::ALL {
        let finds = "expect: [{id: all, select: '$[?@.id > 0]', severity: info, message: '{{note}}'}]\n";
        Project::new().query(finds).stub(&stub).run(&["-f", format.name(), "-o", "out", "q.yaml"]).exits(0);
    }
}

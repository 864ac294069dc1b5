//! Where secrets come from: files, programs, the terminal. In the user's own configuration alone, and only for what is sent.

use lmq::sandbox::Sandbox;

use super::QUERY;
use crate::support::{self, Project};

/// A project, and in `own/config.yaml` a portal `box`, the started sandbox, whose access key has this source.
fn project(sandbox: &Sandbox, source: &str) -> Project {
    let config = format!(
        "portals:\n  box:\n    account: {}\n    auth:\n      accessId: {{env: MY_ID}}\n      accessKey: {source}\ndefaultPortal: box\n",
        sandbox.base_url()
    );
    let project = Project::new().file("q.yaml", QUERY).file("own/config.yaml", config);
    let home = project.path("home").to_string_lossy().into_owned();
    project.env("LMQ_CONFIG", "own/config.yaml").env("HOME", &home).env("MY_ID", sandbox.access_id())
}

/// A file that its owner alone can read.
#[cfg(unix)]
fn private(project: Project, path: &str, content: impl AsRef<[u8]>, mode: u32) -> Project {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project.file(path, content);
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(project.path(path), permissions).expect("it is ours");
    project
}

#[cfg(unix)]
#[test]
fn a_file_gives_the_key() {
    let sandbox = support::sandbox();
    let key = format!("{}\r\n", sandbox.access_key().expose());
    for (source, path) in
        [("{file: key}", "own/key"), ("{file: ~/key}", "home/key"), ("{file: ../key}", "key")]
    {
        let ran = private(project(&sandbox, source), path, &key, 0o600).lmq(&["run", "q.yaml"]).exits(0);
        assert!(!ran.both().contains(key.trim()), "{source}");
    }
    let absolute = private(Project::new(), "key", &key, 0o400);
    let source = format!("{{file: {}}}", absolute.path("key").display());
    project(&sandbox, &source).lmq(&["run", "q.yaml"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_to_be_trusted_is_refused() {
    let sandbox = support::sandbox();
    let source = "{file: key}";
    let key = "hunter22-hunter22";
    let large = "h".repeat(70_000);
    let cases: [(&[u8], u32, &str); 8] = [
        (key.as_bytes(), 0o640, "can be read by others"),
        (key.as_bytes(), 0o604, "chmod 600 '"),
        (key.as_bytes(), 0o620, "can be read by others"),
        (b"hunter2", 0o600, "fewer than 8 characters"),
        (b" \n", 0o600, "is empty"),
        (b"hunter22-hunter22\nhunter22", 0o600, "has more than one line"),
        (b"hunter22-\xff", 0o600, "is not UTF-8"),
        (large.as_bytes(), 0o600, "is larger than 64 KiB"),
    ];
    for (content, mode, message) in cases {
        let project = private(project(&sandbox, source), "own/key", content, mode);
        let ran = project.lmq(&["run", "-vv", "q.yaml"]).exits(4);
        let ran = ran.says(&["no credentials: `accessKey` of the portal `box`", message]);
        assert!(!ran.both().contains("hunter"), "{}", ran.stderr);
    }
    let gone = project(&sandbox, source).lmq(&["run", "q.yaml"]).exits(4);
    gone.says(&["cannot be read", "relative to the configuration"]);
    let folder = project(&sandbox, "{file: ../own}").lmq(&["run", "q.yaml"]).exits(4);
    folder.says(&["is not a regular file"]);
    assert!(sandbox.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn a_program_gives_the_key() {
    let sandbox = support::sandbox();
    let key = sandbox.access_key().expose();
    let shell = "{command: [/bin/sh, -c, 'echo signed in >&2; cat key']}";
    let ran = project(&sandbox, shell).file("own/key", key).lmq(&["run", "-vv", "q.yaml"]).exits(0);
    assert!(!ran.both().contains(key) && !ran.stderr.contains("signed in"), "{}", ran.stderr);
    let script = format!("#!/bin/sh\necho '{}'\n", key.replace('\'', r"'\''"));
    for (source, path) in [("{command: [./key.sh]}", "own/key.sh"), ("{command: [~/key.sh]}", "home/key.sh")]
    {
        private(project(&sandbox, source), path, &script, 0o700).lmq(&["run", "q.yaml"]).exits(0);
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_fails_is_told_without_what_it_printed() {
    let sandbox = support::sandbox();
    let script = "{command: [/bin/sh, -c, 'echo hunter22-hunter22; printf \"\\033[31mno session for hunter22-hunter22\" >&2; exit 7']}";
    let ran = project(&sandbox, script).lmq(&["run", "-vv", "q.yaml"]).exits(4);
    let ran = ran.says(&["`/bin/sh` failed, exit status: 7", "no session for [redacted]", "by hand"]);
    assert!(!ran.both().contains("hunter22") && !ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    let gone = project(&sandbox, "{command: [./gone]}").lmq(&["run", "q.yaml"]).exits(4);
    gone.says(&["gone` cannot be started: "]);
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_person_gives_the_key() {
    let sandbox = support::sandbox();
    let key = sandbox.access_key().expose();
    let ran = project(&sandbox, "prompt").answering(key).lmq(&["run", "q.yaml"]).exits(0);
    assert_eq!(ran.questions, ["accessKey of box: "]);
    assert!(!ran.both().contains(key), "{}", ran.stderr);
    let unset = project(&sandbox, "{env: MY_KEY}").answering(key).lmq(&["run", "q.yaml"]).exits(0);
    assert_eq!(unset.questions, ["MY_KEY (accessKey of box): "]);
    project(&sandbox, "prompt").answering("^C").lmq(&["run", "q.yaml"]).exits(130).says(&["interrupted"]);
    let nobody = project(&sandbox, "prompt").lmq(&["run", "q.yaml"]).exits(4);
    nobody.says(&["nobody answered", "`env`, `file`, `command`"]);
    let ci = project(&sandbox, "prompt").answering(key).env("CI", "1").lmq(&["run", "q.yaml"]).exits(4);
    assert!(ci.questions.is_empty(), "{:?}", ci.questions);
}

#[cfg(unix)]
#[test]
fn what_sends_nothing_resolves_nothing() {
    let sandbox = support::sandbox();
    let project = project(&sandbox, "{command: [/bin/sh, -c, 'echo ran > mark; exit 1']}");
    for args in [
        &["validate", "q.yaml"][..],
        &["explain", "q.yaml"],
        &["list", "q.yaml"],
        &["fields"],
        &["schema", "config"],
        &["run", "--sandbox", "q.yaml"],
    ] {
        project.lmq(args).exits(0);
        assert!(!project.has("own/mark"), "{args:?}");
    }
    project.lmq(&["run", "q.yaml"]).exits(4);
    assert!(project.has("own/mark"), "a run does");
}

#[test]
fn a_project_may_not_name_other_sources() {
    let sandbox = support::sandbox();
    for (source, message) in [
        ("{file: ~/.ssh/id_ed25519}", "may not read files"),
        ("{command: [touch, mark]}", "may not run programs"),
        ("prompt", "may not ask for secrets"),
        ("{env: AWS_SECRET_ACCESS_KEY}", "may not read the variable `AWS_SECRET_ACCESS_KEY`"),
    ] {
        let config = format!(
            "portals:\n  acme:\n    account: acme\n    auth: {{bearerToken: {source}}}\ndefaultPortal: acme\n"
        );
        let project = Project::new().file("q.yaml", QUERY).file("lmq.yaml", config);
        let ran = project.answering(sandbox.bearer_token().expose()).lmq(&["run", "q.yaml"]).exits(2);
        ran.says(&["LMQ071", message, "your own configuration", "nothing was sent"]);
    }
}

//! Every exit code, by a process: the commands that `docs/ci.md` has for each.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::Project;

/// The rows of the table with this heading.
fn rows(file: &str, heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(file).expect("the document exists").replace("\r\n", "\n");
    let table = text.split(&format!("{heading}\n")).nth(1).unwrap_or_else(|| panic!("{file}: no {heading}"));
    let lines = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    lines.map(cells).collect()
}

fn project() -> Project {
    let project = Project::new();
    for entry in fs::read_dir("queries").expect("the folder exists") {
        let path = entry.expect("readable").path();
        let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
        project.write(&format!("queries/{name}"), fs::read(&path).expect("readable"));
    }
    project
}

fn start(folder: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
    command.args(args).current_dir(folder).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// The exit code of a command as the document has it. `timeout` is played: the signal comes as soon as lmq says a word, which it
/// does when it waits.
fn code(project: &Project, line: &str) -> Option<i32> {
    let words: Vec<&str> = line.split(' ').collect();
    let at = words.iter().position(|word| *word == "lmq").expect("it is a command of lmq");
    let mut child = start(project.root(), &words[at + 1..]);
    if at > 0 {
        let ["timeout", "--preserve-status", "--signal", signal, _] = words[..at] else { panic!("{line}") };
        let mut word = String::new();
        BufReader::new(child.stderr.take().expect("piped")).read_line(&mut word).expect("UTF-8");
        assert!(word.contains("rate limit"), "{word}");
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }
    child.wait_with_output().expect("it ends").status.code()
}

#[test]
fn each_code_comes_about_as_the_document_says() {
    let project = project();
    let mut seen = BTreeSet::new();
    for row in rows("docs/ci.md", "| code | for example |") {
        let [expected, command] = &row[..] else { panic!("{row:?}") };
        let expected: i32 = expected.parse().expect("a number");
        // Windows has no signals to send, and only Linux has a device that is full.
        if (expected < 128 || cfg!(unix)) && (expected != 7 || cfg!(target_os = "linux")) {
            assert_eq!(code(&project, command.trim_matches('`')), Some(expected), "{command}");
        }
        assert!(seen.insert(expected), "{expected} stands twice");
    }
    let known = rows("docs/cli.md", "| code | meaning |");
    let known = known.iter().flat_map(|row| row[0].split(", ")).map(|code| code.parse().expect("a number"));
    assert_eq!(seen, known.collect(), "docs/ci.md and the table of docs/cli.md");
}

#[test]
fn help_and_slips_of_the_pen_have_theirs() {
    let project = project();
    for (command, expected) in [
        ("lmq --version", 0),
        ("lmq --help", 0),
        ("lmq run", 2),
        ("lmq rum queries/", 2),
        ("lmq run --no-such-flag queries/", 2),
        ("lmq run queries/all-tokens.yaml", 4),
    ] {
        assert_eq!(code(&project, command), Some(expected), "{command}");
    }
}

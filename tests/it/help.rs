//! `lmq help`: commands as with `--help`, topics as the documents have them.

use std::collections::BTreeSet;
use std::fs;

use lmq::spec::Format;

use crate::support::Project;

fn help(words: &[&str]) -> String {
    Project::new().lmq(&[&["help"], words].concat()).exits(0).stdout
}

fn section(heading: &str) -> String {
    let text = fs::read_to_string("docs/cli.md").expect("the document exists").replace("\r\n", "\n");
    let section = text.split(&format!("\n## {heading}\n")).nth(1).expect("it has the section");
    section.split("\n## ").next().unwrap_or_default().to_owned()
}

/// Cells of the first column of the tables in a text.
fn first_cells(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| code |"));
    rows.map(|row| row.split('|').nth(1).unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn a_command_has_the_help_of_its_flag() {
    let project = Project::new();
    for command in ["run", "validate", "man", "help"] {
        assert_eq!(help(&[command]), project.lmq(&[command, "--help"]).exits(0).stdout);
    }
    assert_eq!(help(&[]), project.lmq(&["--help"]).exits(0).stdout);
    let coloured = project.lmq(&["--color", "always", "help", "run"]).exits(0).stdout;
    assert!(coloured.contains('\u{1b}') && !help(&["run"]).contains('\u{1b}'));
}

#[test]
fn what_is_neither_command_nor_topic_is_a_mistake() {
    let ran = Project::new().lmq(&["help", "nope"]).exits(2).says(&["`nope`", "`exit-codes`"]);
    assert_eq!(ran.stdout, "");
    Project::new().lmq(&["help", "enviroment"]).exits(2).says(&["did you mean `environment`?"]);
    Project::new().lmq(&["help", "vlidate"]).exits(2).says(&["did you mean `validate`?"]);
    Project::new().lmq(&["help", "x\u{1b}[31m"]).exits(2).says(&["\\u{1b}"]);
}

#[test]
fn topics_fit_a_terminal_and_are_listed() {
    for topic in ["exit-codes", "environment", "formatting"] {
        let text = help(&[topic]);
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{topic}: {long:?}");
        for text in [help(&[]), help(&["help"])] {
            assert!(text.contains(&format!("lmq help {topic}")), "{text}");
        }
    }
}

#[test]
fn every_exit_code_of_the_documents_is_explained() {
    let text = help(&["exit-codes"]);
    let told: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let documented = first_cells(&section("Exit codes"));
    let codes: Vec<&str> = documented.iter().flat_map(|cell| cell.split(", ")).collect();
    assert!(codes.len() >= 9, "{codes:?}");
    for code in codes {
        assert!(told.contains(code), "{code}: {text}");
    }
}

#[test]
fn every_variable_of_the_documents_is_explained() {
    let text = help(&["environment"]);
    let tables = first_cells(&section("Environment")).concat();
    let documented = tables + &section("Streams");
    let words = documented.split('`').skip(1).step_by(2);
    let is_variable =
        |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let variables: BTreeSet<&str> = words.filter(is_variable).filter(|word| *word != "INCOMPLETE").collect();
    assert!(variables.len() >= 15, "{variables:?}");
    for variable in variables {
        assert!(
            text.lines().any(
                |line| line.trim_start().starts_with(variable) || line.contains(&format!(" {variable} "))
            ),
            "{variable}"
        );
    }
}

#[test]
fn every_format_is_explained() {
    let text = help(&["formatting"]);
    let told: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  ").map(|line| line.split("  ").next().unwrap_or_default()))
        .flat_map(|names| names.split(", "))
        .collect();
    for format in Format::ALL {
        assert!(told.contains(format.name()), "{}", format.name());
    }
}

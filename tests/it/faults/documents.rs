//! The table of faults, held against the help and the documents.

use std::collections::BTreeMap;
use std::fs;

use lmq::sandbox::FAULTS;

use crate::support::Project;

fn table() -> BTreeMap<String, String> {
    FAULTS.iter().map(|entry| (entry.usage(), entry.meaning.to_owned())).collect()
}

#[test]
fn the_documents_have_every_fault() {
    let text = fs::read_to_string("docs/cli.md").expect("the document exists").replace("\r\n", "\n");
    let rows = text.split("| fault | the portal plays |\n").nth(1).expect("it has the table").lines().skip(1);
    let documented: BTreeMap<String, String> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split_once('|').expect("two cells"))
        .map(|(usage, meaning)| (usage.trim().trim_matches('`').to_owned(), meaning.trim().to_owned()))
        .collect();
    assert_eq!(documented, table());
}

#[test]
fn the_help_of_both_commands_has_every_fault() {
    for command in ["run", "sandbox"] {
        let help = Project::new().lmq(&[command, "--help"]).exits(0).stdout;
        let section = help.split("[PORTAL/]NAME[=VALUE][@PAGE][xTIMES]:\n").nth(1).expect("help has it");
        let told: BTreeMap<String, String> = section
            .lines()
            .take_while(|line| line.starts_with("  "))
            .map(|line| line.trim().split_once(' ').expect("two columns"))
            .map(|(usage, meaning)| (usage.to_owned(), meaning.trim().to_owned()))
            .collect();
        assert_eq!(told, table(), "{command}");
        let brief = Project::new().lmq(&[command, "-h"]).exits(0).stdout;
        assert!(!brief.contains("negative-total"), "{brief}");
    }
}

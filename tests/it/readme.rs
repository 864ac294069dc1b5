//! What README.md and docs/ say, held against the program: their queries load and run, their commands parse and run, their
//! tables are the program's own.
//!
//! A code block says in its first line what it is: `yaml` is a query that runs and ends with 0 (`yaml exit=6`: with 6; `sh` too),
//! `yaml LMQ020` one that is refused with that code, `sh run` a command for `.ci/run` to run as it stands, `text report`,
//! `text diagnostic` and `text findings` a part of what a command prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use lmq::World;
use lmq::catalog::TOKEN_FIELDS;
use lmq::diag::Source;
use lmq::spec::Inputs;

const README: &str = "README.md";
const FORMAT: &str = "docs/query-format.md";
const CLI: &str = "docs/cli.md";
/// Its examples are run where templates are.
const TEMPLATES: &str = "docs/templates.md";
const CHECKS: &str = "docs/checks.md";
const CI: &str = "docs/ci.md";
/// What its commands print is compared in `recipes`.
pub const RECIPES: &str = "docs/recipes.md";
/// Its examples are the business of `diagnostics`.
const DIAGNOSTICS: &str = "docs/diagnostics.md";
/// 2026-01-01T12:00:00Z.
const NOW_MS: i64 = 1_767_268_800_000;

/// A fenced code block.
pub struct Block {
    pub file: &'static str,
    pub line: usize,
    pub kind: String,
    pub text: String,
}

/// A document as on every system, whatever line ends git made of it.
pub fn document(file: &str) -> String {
    fs::read_to_string(file).expect("the document exists").replace("\r\n", "\n")
}

pub fn blocks(file: &'static str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in document(file).lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(kind), false) => {
                blocks.push(Block { file, line: index + 1, kind: kind.to_owned(), text: String::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let block = blocks.last_mut().expect("one is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!open, "{file}: a code block without its end");
    blocks
}

fn all_blocks() -> impl Iterator<Item = Block> {
    [README, FORMAT, CLI, CHECKS, CI, RECIPES].into_iter().flat_map(blocks)
}

/// What a command gave: exit code, stdout, stderr.
pub struct Ran {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

/// Runs lmq in process, with nothing in its environment.
pub fn lmq(args: &[&str], stdin: &str, current: &Path) -> Ran {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = lmq::main(&mut World {
        args: std::iter::once("lmq").chain(args.iter().copied()).map(Into::into).collect(),
        environment: lmq::config::Environment::default(),
        current_dir: current.to_path_buf(),
        clock: Arc::new(|| NOW_MS),
        pace: lmq::portal::Pace::real(),
        stdin: &mut stdin.as_bytes(),
        ask: None,
        stdout: &mut stdout,
        stderr: &mut stderr,
        stdout_is_terminal: false,
        stdout_width: None,
        signals: lmq::Signals::default(),
        stderr_is_terminal: false,
        stderr_size: None,
    });
    let text = |bytes| String::from_utf8(bytes).expect("lmq writes UTF-8");
    Ran { code, stdout: text(stdout), stderr: text(stderr) }
}

/// A folder that holds the shipped queries, for commands that name or write files.
pub fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let queries = folder.path().join("queries");
    fs::create_dir(&queries).expect("writable");
    for entry in fs::read_dir("queries").expect("the folder exists") {
        let path = entry.expect("readable").path();
        fs::copy(&path, queries.join(path.file_name().expect("it is a file"))).expect("writable");
    }
    folder
}

/// The exit code that a block says it has, as in `sh exit=1`; 0 without a word.
pub fn exit_of(kind: &str) -> u8 {
    kind.split("exit=").nth(1).map_or(0, |code| code.parse().expect("a number"))
}

/// The place and exit code of each `lmq …` and `cargo run -- …` line of the `sh` blocks, and its arguments, with what follows a
/// pipe or `<` cut off.
fn commands() -> Vec<((String, u8), Vec<String>)> {
    let mut commands = Vec::new();
    for block in all_blocks().chain(blocks(DIAGNOSTICS)).filter(|block| block.kind.starts_with("sh")) {
        for line in block.text.lines() {
            let place = format!("{}:{}: {line}", block.file, block.line);
            let words = words(line);
            let rest = match words.first().map(String::as_str) {
                Some("lmq") => &words[1..],
                Some("cargo") => match words.iter().position(|word| word == "--") {
                    Some(at) => &words[at + 1..],
                    None => continue,
                },
                _ => continue,
            };
            let end = rest.iter().position(|word| ["|", "<", ">", "#"].contains(&word.as_str()));
            commands.push(((place, exit_of(&block.kind)), rest[..end.unwrap_or(rest.len())].to_vec()));
        }
    }
    commands
}

/// Words as a shell makes them, single quotes taken off.
pub fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("never empty").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn with_endpoint(text: &str) -> String {
    let has = text.lines().any(|line| line.starts_with("endpoint:"));
    if has { text.to_owned() } else { format!("endpoint: apitokens\n{text}") }
}

#[test]
fn every_query_loads_and_runs_or_is_refused_as_said() {
    let folder = project();
    let mut seen = 0;
    for block in all_blocks().filter(|block| block.kind.split(' ').next() == Some("yaml")) {
        let place = format!("{}:{}", block.file, block.line);
        let text = with_endpoint(&block.text);
        let source = Source::new("example.yaml", text.as_str());
        let (query, diagnostics) = lmq::spec::load(&source, &Inputs::default());
        let diagnostics = lmq::diag::apply_ignores(&source, diagnostics);
        let word = block.kind.strip_prefix("yaml").unwrap_or_default().trim();
        if word.starts_with("LMQ") {
            let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
            assert_eq!(codes, [word], "{place}");
        } else {
            assert!(query.is_some() && diagnostics.is_empty(), "{place}: {diagnostics:?}");
            let expected = exit_of(word);
            let ran = lmq(&["run", "--sandbox", "-"], &text, folder.path());
            assert_eq!(ran.code, expected, "{place}: {}", ran.stderr);
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen} examples were found");
}

/// The file that a block quotes, as in `yaml file=queries/all-tokens.yaml`.
pub fn quoted(block: &Block) -> Option<&str> {
    block.kind.strip_prefix("yaml file=").and_then(|rest| rest.split(' ').next())
}

/// The line for editors may be left out: it is the same in all of them.
#[test]
fn shipped_files_are_quoted_as_they_are() {
    for block in all_blocks() {
        let Some(file) = quoted(&block) else { continue };
        let whole = document(file);
        let (first, rest) = whole.split_once('\n').expect("it has lines");
        let without = if first.starts_with("# yaml-language-server: ") { rest } else { &whole };
        assert!(block.text == whole || block.text == without, "{}:{}: {file}", block.file, block.line);
    }
}

#[test]
fn every_command_has_flags_that_exist_and_runs_without_a_portal() {
    let folder = project();
    // What the examples that start from results and templates of one's own start from.
    lmq(&["run", "--sandbox", "queries/all-tokens.yaml", "--save", "result.json"], "", folder.path());
    let template = "{{query.name}}: {{count}}";
    fs::write(folder.path().join("mine.md.hbs"), template).expect("writable");
    let mut ran_on_sandbox = 0;
    let mut ran_offline = 0;
    for ((place, exit), args) in commands() {
        let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
        if ["run", "doctor"].contains(&args[0]) && args.contains(&"--sandbox") {
            let ran = lmq(&args, "", folder.path());
            assert_eq!(ran.code, exit, "{place}: {}", ran.stderr);
            ran_on_sandbox += 1;
        } else if args.first().is_some_and(|command| !["run", "doctor", "sandbox"].contains(command)) {
            // What waits for Ctrl-C does so after all that it does without.
            let once: Vec<&str> = args.iter().copied().filter(|arg| *arg != "--watch").collect();
            // A project that is made is not among the queries of the others.
            let own = tempfile::tempdir().expect("a temporary folder");
            let current = if args[0] == "init" { &own } else { &folder };
            let ran = lmq(&once, template, current.path());
            assert_eq!(ran.code, 0, "{place}: {}", ran.stderr);
            let elsewhere = args.contains(&"github") || args.contains(&"-o");
            assert!(!ran.stdout.is_empty() || elsewhere, "{place}: no word on stdout");
            ran_offline += 1;
        }
        args.push("--help");
        let parsed = lmq(&args, "", folder.path());
        assert_eq!(parsed.code, 0, "{place}: {}", parsed.stderr);
    }
    assert!(ran_on_sandbox >= 5, "{ran_on_sandbox} commands were run");
    assert!(ran_offline >= 15, "{ran_offline} commands were run");
}

#[test]
fn two_blocks_are_for_running_and_the_first_prints_the_report_shown() {
    let runnable: Vec<String> =
        blocks(README).into_iter().filter(|block| block.kind == "sh run").map(|block| block.text).collect();
    let [first, second] = &runnable[..] else { panic!("{runnable:?}") };
    assert_eq!(first, "cargo run --quiet -- run --sandbox queries/bearer-traces.yaml\n");
    assert_eq!(second, "cargo test --locked\n");

    let ran = lmq(&["run", "--sandbox", "queries/bearer-traces.yaml"], "", project().path());
    let shown = blocks(README).into_iter().find(|block| block.kind == "text report").expect("it is shown");
    let mut printed = ran.stdout.lines();
    for line in shown.text.lines().filter(|line| *line != "…") {
        assert!(
            printed.any(|other| other == line),
            "not printed, or not in this order: {line}\n{}",
            ran.stdout
        );
    }
    for file in [README, CLI] {
        assert!(document(file).contains(&format!("`{}`", ran.stderr.trim_end())), "{file}: {}", ran.stderr);
    }
}

#[test]
fn the_mistake_shown_is_the_one_told() {
    let shown =
        blocks(README).into_iter().find(|block| block.kind == "text diagnostic").expect("it is shown");
    let ran = lmq(&["run", "-"], "endpoint: apitokens\nfields: [id, adminNam]\n", project().path());
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&shown.text), "{}", ran.stderr);
}

#[test]
fn the_findings_shown_are_those_told() {
    let shown =
        blocks(README).into_iter().find(|block| block.kind == "text findings").expect("they are shown");
    let ran = lmq(&["run", "--sandbox", "queries/token-hygiene.yaml"], "", project().path());
    assert_eq!(ran.code, 1);
    let mut told = ran.stderr.lines();
    for line in shown.text.lines().filter(|line| *line != "…") {
        assert!(told.any(|other| other == line), "not told, or not in this order: {line}\n{}", ran.stderr);
    }
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let help = lmq(&["run", "--help"], "", Path::new(".")).stdout;
    let section = help.split("Exit codes:\n").nth(1).expect("help has it").split("\n\n").next();
    let cells: Vec<&str> = section
        .unwrap_or_default()
        .lines()
        .flat_map(|line| line.split("  "))
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    let told: BTreeMap<&str, &str> = cells.chunks(2).map(|pair| (pair[0], pair[1])).collect();
    assert!(told.len() >= 8, "{told:?}");
    for file in [README, CLI] {
        let table: BTreeMap<String, String> = rows(file, "| code | meaning |");
        assert!(table.keys().eq(told.keys()), "{file}: {table:?}, help: {told:?}");
        for (code, meaning) in &told {
            assert!(table[*code].starts_with(meaning), "{file}: {code}: {}, help: {meaning}", table[*code]);
        }
    }
}

/// First and second cell of the rows of the table with this heading.
fn rows(file: &str, heading: &str) -> BTreeMap<String, String> {
    let text = document(file);
    let table = text.split(&format!("{heading}\n")).nth(1).unwrap_or_else(|| panic!("{file}: no {heading}"));
    let lines = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    lines
        .map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim).map(str::to_owned);
            (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
        })
        .collect()
}

#[test]
fn every_flag_is_documented_and_no_other() {
    let mut flags = BTreeSet::new();
    for command in commands_of_the_help() {
        let help = lmq(&[&command, "--help"], "", Path::new(".")).stdout;
        flags.extend(long_flags(&help));
    }
    flags.insert("--version".to_owned());
    assert_eq!(long_flags(&document(CLI)), flags);
}

/// What `lmq --help` lists, but `help` itself.
fn commands_of_the_help() -> Vec<String> {
    let help = lmq(&["--help"], "", Path::new(".")).stdout;
    let section = help.split("Commands:\n").nth(1).expect("help has it").split("\n\n").next();
    let names = section.unwrap_or_default().lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_is_documented() {
    let commands = commands_of_the_help();
    assert!(commands.len() >= 7, "{commands:?}");
    let text = document(CLI);
    let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## lmq ")).collect();
    assert_eq!(sections, commands);
    let listed: BTreeSet<String> = rows(CLI, "| command | does | sends requests |").into_keys().collect();
    assert_eq!(listed, commands.iter().map(|command| format!("`lmq {command}`")).collect());
}

fn long_flags(text: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_alphabetic() || c == '-';
    // A row of dashes is no flag.
    let is_flag =
        |word: &&str| word.strip_prefix("--").is_some_and(|name| name.len() > 1 && !name.starts_with('-'));
    let words = text.split(|c| !word(c)).filter(is_flag);
    words.map(str::to_owned).collect()
}

#[test]
fn every_key_and_field_is_documented() {
    let text = document(FORMAT);
    // The program names its keys where a file has one that is like none of them.
    let (_, diagnostics) =
        lmq::spec::load(&Source::new("q.yaml", "endpoint: apitokens\nqqqqqq: 1\n"), &Inputs::default());
    let help = diagnostics[0].help.as_deref().expect("it has a remedy");
    let keys: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
    assert!(keys.contains(&"pushdown"), "{help}");
    for key in keys {
        assert!(text.contains(&format!("`{key}`")), "the key `{key}`");
        assert!(text.contains(&format!("\n{key}:")), "an example of the key `{key}`");
    }
    let mut documented: BTreeMap<String, String> = BTreeMap::new();
    for table in text.split("| field | type | meaning |\n").skip(1) {
        let lines = table.lines().skip(1).take_while(|line| line.starts_with('|'));
        documented.extend(lines.map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim).map(str::to_owned);
            (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
        }));
    }
    let known: BTreeMap<String, String> = TOKEN_FIELDS
        .iter()
        .map(|field| {
            let kind = field.kind.name().split(" (").next().unwrap_or_default();
            (format!("`{}`", field.name), kind.to_owned())
        })
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn links_lead_somewhere() {
    for file in
        [README, FORMAT, CLI, TEMPLATES, CHECKS, CI, RECIPES, DIAGNOSTICS, "CONTRIBUTING.md", "CHANGELOG.md"]
    {
        let folder = Path::new(file).parent().expect("it is a file");
        for target in document(file).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let local = !target.contains("://") && !target.starts_with('#');
            let path = folder.join(target.split('#').next().unwrap_or_default());
            assert!(!local || path.exists(), "{file}: {target}");
        }
    }
}

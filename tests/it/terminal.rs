//! What commands look like on a terminal: tables that fit it, and the help of every command.

use lmq::World;
use std::path::Path;
use std::sync::Arc;

/// 2026-01-01T12:00:00Z.
const NOW_MS: i64 = 1_767_268_800_000;

fn stdout(args: &[&str], width: Option<u16>) -> String {
    let (code, stdout, stderr) = ran(args, width);
    assert_eq!(code, 0, "{args:?}: {stderr}");
    stdout
}

/// The exit code, stdout and stderr.
fn ran(args: &[&str], width: Option<u16>) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = lmq::main(&mut World {
        args: std::iter::once("lmq").chain(args.iter().copied()).map(Into::into).collect(),
        environment: lmq::config::Environment::default(),
        current_dir: Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf(),
        clock: Arc::new(|| NOW_MS),
        pace: lmq::portal::Pace::real(),
        stdin: &mut &b""[..],
        ask: None,
        stdout: &mut stdout,
        stderr: &mut stderr,
        stdout_is_terminal: width.is_some(),
        stdout_width: width,
        signals: lmq::Signals::default(),
        stderr_is_terminal: false,
        stderr_size: None,
    });
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("lmq writes UTF-8");
    (code, text(stdout), text(stderr))
}

#[test]
fn a_terminal_gets_no_workbook() {
    let (code, stdout, stderr) =
        ran(&["run", "--sandbox", "-f", "xlsx", "queries/all-tokens.yaml"], Some(80));
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(
        stderr.contains("a terminal cannot show `xlsx`") && stderr.contains("-o report.xlsx"),
        "{stderr}"
    );
}

fn dates(text: &str) -> usize {
    let is_date = |word: &&str| {
        word.len() == 10 && word.chars().enumerate().all(|(index, c)| matches!(index, 4 | 7) == (c == '-'))
    };
    text.split_whitespace().filter(is_date).count()
}

#[test]
fn tables_fit_the_terminal_and_keep_dates_whole() {
    let table = ["run", "--sandbox", "-f", "table", "queries/all-tokens.yaml"];
    let unbounded = stdout(&table, None);
    assert!(dates(&unbounded) > 100, "{unbounded}");
    for width in [60, 80, 100, 200] {
        let text = stdout(&table, Some(width));
        assert_eq!(dates(&text), dates(&unbounded), "{width}: {text}");
        for list in [text, stdout(&["list", "queries"], Some(width)), stdout(&["fields"], Some(width))] {
            let rows = list.split("\nFROM: ").next().unwrap_or_default();
            for line in rows.lines().filter(|line| !line.contains(": /setting/")) {
                assert!(console_width(line) <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

/// Columns of a terminal; wide characters take two.
fn console_width(line: &str) -> usize {
    line.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ff60}') { 2 } else { 1 }).sum()
}

#[test]
fn help_is_short_in_the_list_of_commands_and_with_h_and_long_with_help() {
    let list = stdout(&["--help"], None);
    for (command, short, long) in [
        (
            "run",
            "Run query files and render their reports",
            "All files are checked before the first request.",
        ),
        (
            "validate",
            "Find every mistake in query files and their templates, offline",
            "All of them in one pass",
        ),
        ("explain", "Show what a run would do, offline", "Nothing is sent, and no credential is read"),
        ("list", "Show what queries there are", "Files with mistakes are told as `lmq validate` tells them"),
        ("fields", "Show the fields of an endpoint", "They are what a query may name"),
        ("schema", "Print the JSON Schema of query files", "An editor with a YAML language server"),
        (
            "sandbox",
            "Serve the embedded portal on 127.0.0.1 until Ctrl-C",
            "It speaks the protocol of the API",
        ),
        ("init", "Make a project to start from", "Nothing is overwritten"),
    ] {
        let flat = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(list.lines().any(|line| line.trim().starts_with(&format!("{command} "))), "{list}");
        assert!(flat(list.clone()).contains(short), "{command}: {list}");
        let brief = flat(stdout(&[command, "-h"], None));
        assert!(brief.starts_with(short) && !brief.contains(long), "{command}: {brief}");
        let whole = flat(stdout(&[command, "--help"], None));
        assert!(whole.starts_with(short) && whole.contains(long), "{command}: {whole}");
    }
}

#[test]
fn a_table_says_that_it_is_a_part() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("q.yaml");
    let table = |text: &str| {
        std::fs::write(&file, text).expect("writable");
        stdout(&["run", "--sandbox", "-f", "table", &file.to_string_lossy()], None)
    };
    let all = "endpoint: apitokens\ntype: all\n";
    let limited = "limited: the query asks for a part of the rows; 5 of 120 that match\n";
    assert!(table(&format!("{all}offset: 10\nlimit: 5\n")).starts_with(limited));
    assert!(!table(all).contains("limited:"));
}

//! Hostile files end in a clear error, in bounded time and memory, and never in a panic.
//!
//! Nothing here is timed: a file that takes quadratic work makes the test take minutes, which shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lmq::diag::{Code, Diagnostic, Source, render};
use lmq::plan::plan;
use lmq::spec::{Inputs, Missing, load, load_var_file};

use crate::support::{Project, Ran};

/// As large as a query file may be.
const FULL: usize = 256 * 1024;

const BASE: &str = "endpoint: apitokens\n";

/// The mistakes of a text, each of them rendered.
fn mistakes(text: &str) -> Vec<Diagnostic> {
    assert!(text.len() <= FULL, "{} bytes would not be read at all", text.len());
    let source = Source::new("q.yaml", text);
    let (query, diagnostics) = load(&source, &Inputs { missing: Missing::StandIn, ..Inputs::default() });
    assert_eq!(query.is_none(), diagnostics.iter().any(Diagnostic::is_error));
    for diagnostic in &diagnostics {
        assert!(!render(diagnostic, false).is_empty());
    }
    if let Some(query) = query {
        assert!(!plan(&query, &BTreeSet::new(), 0).listings.is_empty());
    }
    diagnostics
}

fn first(text: &str) -> Code {
    let diagnostics = mistakes(text);
    diagnostics.first().unwrap_or_else(|| panic!("no mistake: {}…", &text[..60])).code
}

/// As many copies of a line as fit, each with its number.
fn lines(head: &str, line: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for number in 0.. {
        let line = line(number);
        if text.len() + line.len() > FULL - 64 {
            break;
        }
        text.push_str(&line);
    }
    text
}

fn refused(ran: &Ran, code: &str) {
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains(code), "{}", ran.stderr);
    assert!(ran.stderr.len() < 100_000, "{} bytes of complaint", ran.stderr.len());
}

#[test]
fn files_that_are_no_text_or_too_large_are_refused_before_they_are_parsed() {
    let files: [(&str, Vec<u8>); 6] = [
        ("nesting.yaml", b"[".repeat(10 * 1024 * 1024)),
        ("dashes.yaml", b"- ".repeat(5 * 1024 * 1024)),
        ("scalar.yaml", [BASE.as_bytes(), b"description: ", &b"x".repeat(1024 * 1024)].concat()),
        ("latin1.yaml", b"endpoint: apitokens\ndescription: caf\xe9\n".to_vec()),
        ("nul.yaml", b"endpoint: apitokens\0\n".to_vec()),
        ("utf16.yaml", "endpoint: apitokens\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    for (name, content) in files {
        let project = Project::new().file(name, &content);
        refused(&project.run(&[name]), "LMQ001");
        let piped = project.lmq_reading(&["run", "-"], &content);
        refused(&piped, "LMQ001");
    }
}

#[cfg(unix)]
#[test]
fn a_loop_of_folders_is_walked_once() {
    let project = Project::new().file("queries/a/q.yaml", "endpoint: apitoken\n");
    std::os::unix::fs::symlink("..", project.path("queries/a/up")).expect("links can be made");
    std::os::unix::fs::symlink("self", project.path("queries/self")).expect("links can be made");
    let ran = project.run(&["queries"]);
    refused(&ran, "LMQ015");
    assert_eq!(ran.stderr.matches("LMQ015").count(), 1, "{}", ran.stderr);
    // A query behind a link is not left out in silence.
    std::os::unix::fs::symlink("self", project.path("queries/self.yaml")).expect("links can be made");
    refused(&project.run(&["queries"]), "`queries/self.yaml` is a symbolic link");
    refused(&project.run(&["queries/self.yaml"]), "LMQ001");
}

/// A folder behind a link, a file in `.ignore`, a path of several that is empty: their queries were left out, with exit 0.
#[cfg(unix)]
#[test]
fn nothing_is_left_out_of_a_selection_in_silence() {
    let query = |name: &str| format!("name: {name}\nendpoint: apitokens\n");
    let project = Project::new()
        .file("queries/a.yaml", query("a"))
        .file("queries/.ignore", "b.yaml\n")
        .file("queries/b.yaml", query("b"))
        .file("other/c.yaml", query("c"))
        .file("empty/readme.md", "");
    let list = |paths: &[&str]| project.lmq(&[&["list"], paths].concat());
    let listed = list(&["queries"]).exits(0).stdout;
    assert!(listed.contains("queries/a.yaml") && listed.contains("queries/b.yaml"), "{listed}");
    for path in ["empty", "empty/*.yaml", "nothing*/*.yaml"] {
        list(&["queries", path]).exits(2).says(&[&format!("`{path}` has no query file")]);
        project.run(&["--sandbox", path]).exits(3);
    }
    std::os::unix::fs::symlink("../other", project.path("queries/link")).expect("links can be made");
    for path in ["queries", "queries/*.yaml", "queries/*/*.yaml"] {
        list(&[path]).exits(2).says(&["`queries/link` is a symbolic link", "name it itself"]);
    }
    assert!(list(&["queries/link"]).exits(0).stdout.contains("queries/link/c.yaml"));
    let tags = project.run(&["--sandbox", "other", "--exclude", "slow", "-f", "csv"]).exits(0);
    tags.says(&["warning: no query has the tag `slow`"]);
}

#[test]
fn alias_bombs_are_refused_at_the_first_anchor() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let below = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", vec![below; 9].join(", ")).expect("a string");
    }
    assert_eq!(first(&bomb), Code::YamlFeature);
    assert_eq!(first("a: &a [*a]\n"), Code::YamlFeature);
    assert_eq!(first(&lines("base: &b {x: 1}\n", |n| format!("k{n}: {{<<: *b}}\n"))), Code::YamlFeature);
}

/// What files of nothing else are made of.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "[", "]", "{", "}", "- ", "? ", ": ", "[{", "{a: ", "a: [", "? - ", "- - \n", "[],", "{},", "- [", "\"",
    "'", "'' ", "\\", "\"\\\"", "|\n", ">\n", "- |\n", "- >-\n  ", "&", "*", "!", "!!str ", "%", "%YAML 1.2\n",
    "@", "`", "#", "# \n", "---\n", "...\n", "--- ", "\t", " ", "\n", "\r", "\r\n", "a\n", "a: \n", "a:\n ",
    "<<: ", "~", "${", "${a}", "$${", "é", "\u{feff}", "\u{2028}", "\u{85}", "🚀: ", ",", "a,", "0", "-", "1e",
    ".", "? a\n: ", "- a: \n  - ", "\"a\": ", "a: b\n", "\u{1b}",
];

#[test]
fn every_pattern_of_signs_ends() {
    for piece in PIECES {
        let heads = [
            "",
            "a: ",
            "endpoint: apitokens\nfilters:\n  - ",
            "endpoint: apitokens\ndescription: \"",
            "vars: {",
        ];
        for head in heads {
            let text = head.to_owned() + &piece.repeat((FULL / 16 - head.len()) / piece.len());
            mistakes(&text);
        }
        mistakes(&piece.repeat(FULL / piece.len()));
    }
}

#[test]
fn of_very_many_mistakes_the_first_are_told_and_the_rest_counted() {
    let texts = [
        lines(BASE, |n| format!("k{n}: 1\n")),
        lines(BASE, |_| "x:\n".to_owned()),
        lines(BASE, |_| "size: 1\n".to_owned()),
        lines(BASE, |n| format!("nam{n}: 1\n")),
        lines("endpoint: apitokens\nfields:\n", |n| format!("- nam{n}\n")),
        lines("endpoint: apitokens\nfields:\n", |_| "- id\n".to_owned()),
        lines("endpoint: apitokens\nsort:\n", |n| format!("- adminNam{n}\n")),
        lines("endpoint: apitokens\nfilters:\n", |_| "- a:b\n".to_owned()),
        lines("endpoint: apitokens\nfilters:\n", |n| format!("- statu: {n}\n")),
        lines("endpoint: apitokens\nfilters:\n", |_| "- 'status:${x}'\n".to_owned()),
        lines("vars: {x: a}\nendpoint: apitokens\nfilters:\n", |_| "- 'status:${x}'\n".to_owned()),
        lines("endpoint: apitokens\ncolumns:\n", |_| "- {title: a, path: $.b}\n".to_owned()),
        lines("endpoint: apitokens\noutput:\n", |_| "- {format: csv}\n".to_owned()),
        lines("endpoint: apitokens\nvars:\n", |_| "  a: 1\n".to_owned()),
        lines("endpoint: apitokens\nvars:\n", |n| format!("  a{n}: {{}}\n")),
    ];
    for text in texts {
        let diagnostics = mistakes(&text);
        let shown = &text[..text.floor_char_boundary(80)];
        assert!((1..=200).contains(&diagnostics.len()), "{} mistakes of {shown}", diagnostics.len());
        let help = diagnostics.iter().filter_map(|diagnostic| diagnostic.help.as_deref());
        assert!(help.into_iter().any(|help| help.contains(" more mistakes")), "{shown}");
    }
}

#[test]
fn uses_of_a_broken_variable_are_no_mistakes_of_their_own() {
    let head = "vars: {x: {}}\nendpoint: apitokens\nfilters:\n";
    let diagnostics = mistakes(&lines(head, |_| "- 'status:${x}'\n".to_owned()));
    assert_eq!(
        diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(),
        [Code::VarDeclaration]
    );
}

#[test]
fn an_error_is_told_behind_any_number_of_warnings() {
    let text = lines("endpoint: apitokens\nvars:\n", |n| format!("  a{n}: 1\n"));
    assert!(mistakes(&text).iter().all(|diagnostic| !diagnostic.is_error()));
    let text = text + "size: 5000\n";
    let errors: Vec<Diagnostic> = mistakes(&text).into_iter().filter(Diagnostic::is_error).collect();
    assert_eq!(errors.len(), 1);
}

#[test]
fn very_many_of_what_is_right_are_taken() {
    let head = "vars:\n  x: {type: string, default: y}\n";
    let texts = [
        lines("endpoint: apitokens\nfilters:\n", |n| format!("- id: {n}\n")),
        lines("endpoint: apitokens\nfilters:\n- any:\n", |_| "  - id: 1\n".to_owned()),
        lines("endpoint: apitokens\nfilters:\n- adminName:\n", |n| format!("  - a{n}\n")),
        lines("endpoint: apitokens\nadminId:\n", |n| format!("- {}\n", n + 1)),
        lines("endpoint: apitokens\ncolumns:\n", |n| format!("- {{title: t{n}, path: $.note}}\n")),
        lines("endpoint: apitokens\ntags:\n", |n| format!("- t{n}\n")),
        lines("endpoint: apitokens\noutput:\n", |n| format!("- {{format: csv, to: r/{n}.csv}}\n")),
        lines(&format!("{head}endpoint: apitokens\ntags:\n"), |_| "- ${x}\n".to_owned()),
        lines("endpoint: apitokens\nsort:\n", |_| "- -id\n".to_owned()),
    ];
    for text in texts {
        assert_eq!(mistakes(&text), [], "{}", &text[..80]);
    }
}

#[test]
fn very_many_names_of_both_sides_are_not_all_compared() {
    let mut text = lines("endpoint: apitokens\nvars:\n", |n| format!("  variable{n}: 1\n"));
    text.truncate(FULL / 2);
    text.truncate(text.rfind('\n').expect("it has lines") + 1);
    assert!(!mistakes(&lines(&format!("{text}tags:\n"), |n| format!("- ${{variible{n}}}\n"))).is_empty());
    assert!(!mistakes(&lines(&format!("{text}tags:\n"), |n| format!("- ${{variable{n}}}\n"))).is_empty());
    let mut text = lines("endpoint: apitokens\nunknownFields:\n", |n| format!("- field{n}\n"));
    text.truncate(FULL / 2);
    text.truncate(text.rfind('\n').expect("it has lines") + 1);
    let columns = lines(&format!("{text}columns:\n"), |n| format!("- {{title: t{n}, path: $.field{n}}}\n"));
    assert_eq!(mistakes(&columns)[0].code, Code::BadValue, "too many unknown fields");
    assert_eq!(
        mistakes(&lines(&format!("{text}fields:\n"), |n| format!("- feild{n}\n")))[0].code,
        Code::BadValue
    );
}

#[test]
fn very_long_words_are_cut_in_messages_and_compared_with_nothing() {
    let word = "a".repeat(200 * 1024);
    let texts = [
        format!("{word}: 1\n"),
        format!("endpoint: {word}\n"),
        format!("endpoint: /setting/admins/{word}/apitokens\n"),
        format!("{BASE}name: '{word}!'\n"),
        format!("{BASE}type: {word}\n"),
        format!("{BASE}size: {word}\n"),
        format!("{BASE}fields: [{word}]\n"),
        format!("{BASE}sort: -{word}\n"),
        format!("{BASE}unknownFields: [{word}]\n"),
        format!("{BASE}columns: [{word}]\n"),
        format!("{BASE}select: {word}\n"),
        format!("{BASE}select: '$[?@.{word} == 1]'\n"),
        format!("{BASE}filters: [{word}]\n"),
        format!("{BASE}filters: ['{word}:1']\n"),
        format!("{BASE}filters: ['status:{word}']\n"),
        format!("{BASE}filters: ['status:\"{word}\"']\n"),
        format!("{BASE}filters: ['note:\"{word}']\n"),
        format!("{BASE}filters: [{{{word}: 1}}]\n"),
        format!("{BASE}filters: [{{status: {{{word}: 1}}}}]\n"),
        format!("{BASE}filters: [{{status: {word}}}]\n"),
        format!("{BASE}filters: [{{createdOn: {{before: {word}}}}}]\n"),
        format!("{BASE}filters: [{{createdOn: {{older_than: {}d}}}}]\n", "9".repeat(200_000)),
        format!("{BASE}size: {}\n", "9".repeat(200_000)),
        format!("{BASE}vars: {{{word}: 1}}\n"),
        format!("{BASE}vars: {{x: {{type: {word}}}}}\n"),
        format!("{BASE}vars: {{x: {{type: integer, default: {word}}}}}\n"),
        format!("{BASE}description: '${{{word}}}'\n"),
        format!("{BASE}description: '${{{word}'\n"),
        format!("{BASE}output: {{format: {word}}}\n"),
        format!("{BASE}output: {{template: {word}}}\n"),
    ];
    for text in texts {
        let diagnostics = mistakes(&text);
        assert!(!diagnostics.is_empty(), "{}", &text[..60]);
        for diagnostic in diagnostics {
            let length = diagnostic.message.len() + diagnostic.help.map_or(0, |help| help.len());
            assert!(length < 2000, "{length} bytes of message: {}", &text[..60]);
        }
    }
}

#[test]
fn very_long_conditions_are_read_in_one_pass() {
    let quotes = format!("note~\"{}\"", "\\\\".repeat(50_000));
    let values = format!("note:{}", vec!["\"a\""; 40_000].join("|"));
    let parts = vec!["status:2"; 20_000].join(",");
    let others = vec!["status:2"; 20_000].join("||");
    for text in [quotes, values, parts, others] {
        assert_eq!(mistakes(&format!("{BASE}filters:\n  - '{text}'\n")), []);
        assert_eq!(mistakes(&format!("{BASE}pushdown: all\nfilters:\n  - '{text}'\n")), []);
    }
    for text in
        ["note:\"".repeat(30_000), "status:2,".repeat(20_000), "|".repeat(200_000), "\\".repeat(200_000)]
    {
        assert_eq!(first(&format!("{BASE}filters:\n  - '{text}'\n")), Code::FilterSyntax);
    }
}

#[test]
fn paths_and_patterns_that_explode_are_refused() {
    let syntax = [
        "(".repeat(3000),
        "length(".repeat(500) + "@.note",
        "@.roles[?".repeat(300),
        "!".repeat(3000),
        "@.id == 1 || ".repeat(20_000),
    ];
    for inner in syntax {
        let code = first(&format!("{BASE}select: \"$[?{inner}]\"\n"));
        assert!(matches!(code, Code::PathSyntax | Code::PathMeaning), "{code:?}");
    }
    for pattern in ["(a{1000}){1000}", "((a{100}){100}){100}", "(", "[a", "a{99999999999}", &"(".repeat(3000)]
    {
        let code = first(&format!("{BASE}select: \"$[?search(@.note, '{pattern}')]\"\n"));
        assert!(matches!(code, Code::PathMeaning | Code::PathSyntax), "{pattern}: {code:?}");
    }
    let many = lines("endpoint: apitokens\ncolumns:\n", |n| {
        format!("- {{title: t{n}, path: \"$.roles[?search(@, '(a{{40}}){{20}}')]\"}}\n")
    });
    mistakes(&many);
}

#[test]
fn var_files_have_the_same_limits() {
    for text in ["[".repeat(FULL), lines("", |_| "a: 1\n".to_owned()), lines("", |n| format!("a{n}: []\n"))] {
        let mistakes = load_var_file(&Source::new("x.vars.yaml", text)).expect_err("mistakes");
        assert!((1..=200).contains(&mistakes.len()), "{}", mistakes.len());
    }
    let many = lines("", |n| format!("a{n}: 1\n"));
    assert!(load_var_file(&Source::new("x.vars.yaml", many)).is_ok());
}

#[test]
fn templates_that_nest_are_refused() {
    for piece in [
        "{{#if total}}",
        "{{#each records}}",
        "{{> a.md.hbs}}",
        "{{{{",
        "((",
        "{{(lower ",
        "{{#if (eq (lower ",
    ] {
        let project = Project::new()
            .query("output: {template: ./a.md.hbs}\n")
            .file("a.md.hbs", piece.repeat(900 * 1024 / piece.len()));
        let ran = project.run(&["q.yaml"]);
        if piece != "((" {
            refused(&ran, "LMQ0");
        }
    }
}

//! The layout as a test: imports go one way, and each crate with an owner is named by its owner alone.
//!
//! When this test is in the way, move the type down; do not loosen the test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the bottom up: each may import those above it in this list.
///
/// `filter` and `row` come before `spec` because a query is made of parsed conditions, and everything speaks of rows.
const ORDER: &[&str] = &[
    "text", "secret", "diag", "yaml", "project", "catalog", "row", "filter", "path", "spec", "auth", "plan",
    "portal", "shape", "check", "report", "config", "run", "sandbox", "cli",
];

/// Modules that nobody but these may import.
const IMPORTED_BY: &[(&str, &[&str])] = &[("cli", &[]), ("sandbox", &["cli"])];

/// Crates with an owner: the modules that may name them.
const OWNERS: &[(&str, &[&str])] = &[
    ("annotate_snippets", &["diag"]),
    ("serde_yaml", &["yaml"]),
    ("saphyr_parser", &["yaml"]),
    ("hmac", &["auth"]),
    ("sha2", &["auth"]),
    ("base64", &["auth", "sandbox"]),
    ("secrecy", &["secret"]),
    ("zeroize", &["secret"]),
    ("reqwest", &["portal"]),
    ("rustls", &["portal"]),
    ("tokio", &["portal", "sandbox"]),
    ("axum", &["sandbox"]),
    ("http_body", &["sandbox"]),
    ("flate2", &["sandbox"]),
    ("handlebars", &["report"]),
    ("comfy_table", &["report"]),
    ("rust_xlsxwriter", &["report"]),
    ("quick_xml", &["report"]),
    ("svg", &["report"]),
    ("jsonpath_rust", &["path"]),
    ("pest", &["path"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("signal_hook", &["cli"]),
    ("ignore", &["cli"]),
    ("globset", &["cli"]),
    ("notify", &["cli"]),
];

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        let Some(rank) = ORDER.iter().position(|name| *name == module) else {
            wrong.push(format!("{}: `{module}` has no place in the order", path.display()));
            continue;
        };
        for imported in imports(&code) {
            let below = ORDER.iter().position(|name| *name == imported).is_some_and(|other| other <= rank);
            let allowed = IMPORTED_BY
                .iter()
                .find(|(name, _)| *name == imported)
                .is_none_or(|(_, users)| module == imported || users.contains(&module.as_str()));
            if !below || !allowed {
                wrong.push(format!("{}: `{module}` imports `{imported}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the direction:\n{}", wrong.join("\n"));
}

#[test]
fn owned_crates_stay_with_their_owner() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        for (name, owners) in OWNERS {
            if !owners.contains(&module.as_str()) && names_crate(&code, name) {
                wrong.push(format!("{}: `{name}` belongs to {owners:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside their owner:\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_small() {
    let long: Vec<String> = rust_files(Path::new("src"))
        .chain(rust_files(Path::new("tests")))
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).expect("a readable file").lines().count();
            (lines > 500).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "files over 500 lines:\n{}", long.join("\n"));
    let main = fs::read_to_string("src/main.rs").expect("a readable file").lines().count();
    assert!(main <= 40, "src/main.rs has {main} lines");
}

#[test]
fn the_checks_find_what_they_look_for() {
    assert_eq!(imports("use crate::row::Row;\nfn f() { crate::text::inert(\"\") }"), ["row", "text"]);
    assert_eq!(imports("use crate::{diag, row::Row};"), ["diag", "row"]);
    assert!(names_crate("use hmac::Mac;", "hmac"));
    assert!(names_crate("let x = csv::Writer::new();", "csv"));
    assert!(!names_crate("// csv::Writer\nlet x = report::csv();", "csv"));
    assert!(!names_crate("crate::report::csv::write()", "csv"));
}

/// Module, path and code (without comments) of every file in `src` but `main.rs` and `lib.rs`.
fn sources() -> impl Iterator<Item = (String, PathBuf, String)> {
    rust_files(Path::new("src"))
        .filter(|path| !path.ends_with("src/main.rs") && !path.ends_with("src/lib.rs"))
        .map(|path| {
            let first = path.strip_prefix("src").expect("it is below src").components().next();
            let first = first.expect("a file has a name").as_os_str().to_string_lossy().into_owned();
            let code = without_comments(&fs::read_to_string(&path).expect("a readable file"));
            (first.trim_end_matches(".rs").to_owned(), path, code)
        })
}

fn rust_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|suffix| suffix == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter()
}

fn without_comments(code: &str) -> String {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that the code names, in the order of their first mention.
fn imports(code: &str) -> Vec<String> {
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = &group[..group.find(';').unwrap_or(group.len())];
            let mut depth = 0;
            let mut start = true;
            for (offset, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && c.is_alphabetic() => {
                        found.insert(at + offset, word(&group[offset..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            found.insert(at, word(rest));
        }
    }
    found.into_values().collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn names_crate(code: &str, name: &str) -> bool {
    let code = without_comments(code);
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    }) || code.contains(&format!("use {name};"))
}

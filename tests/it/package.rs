//! What a package of lmq brings besides the program: made by the program, and current.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::Project;

/// What makes the files anew.
const ANEW: &str = "make it anew: `just generated`";

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}; {ANEW}")).replace("\r\n", "\n")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn completions_are_current() {
    let shells = [("bash", "lmq.bash"), ("zsh", "_lmq"), ("fish", "lmq.fish"), ("powershell", "_lmq.ps1")];
    for (shell, file) in shells {
        let ran = Project::new().lmq(&["completions", shell]).exits(0);
        assert!(ran.stdout == read(&format!("completions/{file}")), "completions/{file} is old; {ANEW}");
        assert!(ran.stdout.contains("allow-partial"), "{shell}: flags of `run` are completed");
    }
    assert_eq!(names(Path::new("completions")), shells.map(|(_, file)| file.to_owned()).into());
    Project::new().lmq(&["completions", "tcsh"]).exits(2).says(&["bash", "powershell"]);
}

#[test]
fn man_pages_are_current() {
    let project = Project::new();
    assert_eq!(project.lmq(&["man", "made/on/the/way"]).exits(0).both(), "");
    let pages = names(&project.path("made/on/the/way"));
    assert_eq!(names(Path::new("man")), pages, "{ANEW}");
    for page in &pages {
        let made = project.read(&format!("made/on/the/way/{page}"));
        assert!(made == read(&format!("man/{page}")), "man/{page} is old; {ANEW}");
    }
    assert!(pages.contains("lmq-run.1") && pages.len() >= 10, "{pages:?}");
    for page in &pages {
        let text = project.read(&format!("made/on/the/way/{page}"));
        // Name, section, date, source, manual: the version once stood in the place of the date.
        let title = text.lines().find(|line| line.starts_with(".TH ")).expect("a page has a title");
        assert!(
            title.ends_with(&format!(" 1 \"\" \"lmq {}\" \"lmq manual\"", env!("CARGO_PKG_VERSION"))),
            "{title}"
        );
        assert_eq!(text.contains(".SH SEE ALSO"), page != "lmq.1", "{page}");
    }
    assert_eq!(project.lmq(&["man"]).exits(0).stdout, project.read("made/on/the/way/lmq.1"));
    project.file("file", "").lmq(&["man", "file"]).exits(7).says(&["file/"]);
}

/// The Debian package installs what is there, where it is looked for.
#[test]
fn the_debian_package_names_files_that_exist() {
    let manifest = read("Cargo.toml");
    let deb = manifest.split("[package.metadata.deb]\n").nth(1).expect("it has the table");
    let deb = deb.split("\n[").next().unwrap_or_default();
    let assets: Vec<Vec<&str>> = deb
        .lines()
        .filter_map(|line| line.trim().strip_prefix('[')?.strip_suffix("],"))
        .map(|line| line.split('"').skip(1).step_by(2).collect())
        .collect();
    let installed: BTreeSet<&str> = assets.iter().map(|asset| asset[0]).collect();
    for source in installed.iter().filter(|source| !source.starts_with("target/")) {
        let folder = Path::new(source).parent().expect("it is a file");
        let found = if source.contains('*') { folder.is_dir() } else { Path::new(source).is_file() };
        assert!(found, "{source}");
    }
    let expected =
        ["target/release/lmq", "man/*.1", "completions/lmq.bash", "completions/_lmq", "completions/lmq.fish"];
    // docs/templates.md says to copy a shipped template; README.md shows a picture.
    let read = ["README.md", "docs/*.md", "docs/report.png", "LICENSE-MIT", "LICENSE-APACHE"];
    let copied = ["queries/*.yaml", "templates/*.hbs"];
    for source in expected.into_iter().chain(read).chain(copied) {
        assert!(installed.contains(source), "{source} is not installed");
    }
}

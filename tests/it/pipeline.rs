//! The files that put lmq into pipelines: what they name exists, what they pin agrees, and no input of a user is code.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::Project;

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words behind `${{ inputs.` and the like.
fn named(text: &str, context: &str) -> BTreeSet<String> {
    let word = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    text.split(&format!("{context}.")).skip(1).map(word).collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("a map").keys().cloned().collect()
}

/// Every `run` and `uses` of the steps below a value.
fn steps(value: &Value, member: &str) -> Vec<String> {
    let own = value.get(member).and_then(Value::as_str).map(str::to_owned);
    let below: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Object(map) => Box::new(map.values()),
        Value::Array(items) => Box::new(items.iter()),
        _ => Box::new(std::iter::empty()),
    };
    own.into_iter().chain(below.flat_map(|value| steps(value, member))).collect()
}

/// What the release builds, and what the action installs.
fn targets(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| word.starts_with("x86_64-") || word.starts_with("aarch64-")).collect()
}

#[test]
fn the_action_uses_what_it_declares() {
    let (text, action) = (read("action.yml"), yaml("action.yml"));
    assert_eq!(named(&text, "inputs"), keys(&action["inputs"]));
    assert_eq!(action["inputs"]["version"]["default"], env!("CARGO_PKG_VERSION"), "it installs this version");
    let outputs = action["outputs"].to_string();
    let ids: BTreeSet<String> = steps(&action, "id").into_iter().collect();
    for step in named(&(text.clone() + &outputs), "steps") {
        assert!(ids.contains(&step), "there is no step `{step}`");
    }
    let scripts = steps(&action, "run").concat();
    for output in named(&text, "outputs").iter().filter(|output| !output.is_empty()) {
        assert!(scripts.contains(&format!("echo \"{output}=")), "no step sets `{output}`");
    }
    for variable in scripts.split("\"$LMQ_").skip(1) {
        let name: String = variable.chars().take_while(char::is_ascii_uppercase).collect();
        assert!(text.contains(&format!("        LMQ_{name}: ")), "nothing sets LMQ_{name}");
    }
    assert!(steps(&action, "uses").is_empty(), "no action of others");
    let command = action["inputs"]["command"]["default"].as_str().expect("a text");
    Project::new().lmq(&[command, "--help"]).exits(0);
}

#[test]
fn no_text_of_others_is_a_part_of_a_script() {
    for file in ["action.yml", ".github/workflows/release.yml"] {
        for script in steps(&yaml(file), "run") {
            assert!(!script.contains("${{"), "{file}: hand it in by the environment: {script}");
        }
    }
}

#[test]
fn the_release_is_pinned_and_builds_what_the_action_installs() {
    let (text, release) = (read(".github/workflows/release.yml"), yaml(".github/workflows/release.yml"));
    let used = steps(&release, "uses");
    assert!(used.len() >= 5, "{used:?}");
    for action in used {
        let commit = action.split('@').nth(1).expect("it names a version");
        assert!(
            commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()),
            "{action} is not pinned"
        );
    }
    let built: Vec<String> = steps(&release["jobs"]["build"]["strategy"], "target");
    let installed = read("action.yml");
    assert_eq!(built.iter().map(String::as_str).collect::<BTreeSet<_>>(), targets(&installed));
    assert!(text.contains("lmq-$VERSION-$TARGET") && installed.contains("lmq-$VERSION-$target.tar.gz"));
    assert!(text.contains("SHA256SUMS") && installed.contains("get SHA256SUMS"));
    assert_eq!(release["permissions"], Value::Object(serde_json::Map::new()), "each job asks for its own");
}

/// The first versions that run on Node 24: GitHub's runners have no Node 20 any more.
const ON_NODE_24: [(&str, u32); 5] = [
    ("actions/checkout", 5),
    ("actions/setup-python", 6),
    ("actions/upload-artifact", 6),
    ("actions/download-artifact", 7),
    ("actions/attest-build-provenance", 3),
];

#[test]
fn no_action_needs_a_runtime_that_is_gone() {
    let mut seen = 0;
    let starter = "starter/.github/workflows/lmq.yml";
    for file in [".github/workflows/ci.yml", ".github/workflows/release.yml", "docs/ci.md", starter] {
        let text = read(file);
        for used in text.lines().filter_map(|line| line.split("uses: actions/").nth(1)) {
            let (name, version) = used.split_once('@').expect("it names a version");
            // `v5`, or behind a commit `# v5.0.0`.
            let tag = version.rsplit('v').next().expect("it has a tag");
            let major: u32 = tag.split('.').next().and_then(|major| major.parse().ok()).expect("a number");
            let first = ON_NODE_24.iter().find(|(known, _)| known.strip_prefix("actions/") == Some(name));
            let (_, first) = first.unwrap_or_else(|| panic!("{file}: actions/{name} has no entry here"));
            assert!(major >= *first, "{file}: actions/{used}");
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn the_hooks_are_commands_that_run() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().expect("a list");
    assert_eq!(hooks[0]["id"], "lmq-validate");
    let project = Project::new().file("queries/q.yaml", "endpoint: apitokens\n");
    let wrong = Project::new().file("queries/q.yaml", "endpoint: nowhere\n");
    for hook in hooks {
        let entry = hook["entry"].as_str().expect("a text").split(' ').skip(1);
        let args = hook["args"].as_array().expect("a list").iter().filter_map(Value::as_str);
        let words: Vec<&str> = entry.chain(args).collect();
        project.lmq(&words).exits(0);
        wrong.lmq(&words).exits(2).says(&["LMQ015"]);
        let files = regex::Regex::new(hook["files"].as_str().expect("a text")).expect("a pattern");
        for (file, meant) in [("queries/q.yaml", true), ("templates/x.md.hbs", true), ("README.md", false)] {
            assert_eq!(files.is_match(file), meant, "{file}");
        }
    }
}

/// The pipelines of the document: YAML, with hooks and inputs that exist, and commands that parse.
#[test]
fn the_pipelines_of_the_document_use_what_there_is() {
    let text = read("docs/ci.md");
    let block = |kind: &str| -> Value {
        let block = text.split(&format!("```yml {kind}\n")).nth(1).expect("it has one").split("```").next();
        serde_yaml::from_str(block.unwrap_or_default()).unwrap_or_else(|error| panic!("{kind}: {error}"))
    };
    let (inputs, github) = (keys(&yaml("action.yml")["inputs"]), block("github"));
    let tables: BTreeSet<String> = text
        .split("| input | is | without it |\n")
        .nth(1)
        .expect("it has the table")
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('`').nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(tables, inputs);
    let mut used = 0;
    for step in
        github["jobs"].as_object().expect("jobs").values().filter_map(|job| job["steps"].as_array()).flatten()
    {
        let action = step["uses"].as_str().expect("each uses an action");
        assert_eq!(action.split('@').nth(1).map(str::len), Some(40), "{action} is not pinned");
        if action.starts_with("OWNER/lmq@") {
            assert!(keys(&step["with"]).is_subset(&inputs), "{step}");
            let with = |input: &str| step["with"][input].as_str();
            let words = with("args").unwrap_or_default().lines();
            let words: Vec<&str> = std::iter::once(with("command").unwrap_or("run")).chain(words).collect();
            Project::new().lmq(&[&words[..], &["--help"]].concat()).exits(0);
            used += 1;
        }
    }
    assert_eq!(used, 3);
    let scripts = block("gitlab");
    for job in ["api-tokens", "api-tokens-check"] {
        for line in scripts[job]["script"].as_array().expect("a list").iter().filter_map(Value::as_str) {
            let words: Vec<&str> = line.split(' ').skip(1).chain(["--help"]).collect();
            Project::new().lmq(&words).exits(0);
        }
    }
    let hook = &block("pre-commit")["repos"][0]["hooks"][0];
    assert!(
        yaml(".pre-commit-hooks.yaml")
            .as_array()
            .expect("a list")
            .iter()
            .any(|known| known["id"] == hook["id"])
    );
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(block("pre-commit")["repos"][0]["rev"], version);
    let release = scripts[".lmq"]["variables"]["LMQ_RELEASE"].as_str().expect("a text");
    assert!(
        release.contains(&format!("/{version}/lmq-{}-x86_64-unknown-linux-musl", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn the_image_is_lmq_alone_and_nobody_in_particular() {
    let text = read("Dockerfile");
    let manifest = read("Cargo.toml");
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("it says so");
    assert!(text.contains(&format!("FROM rust:{}-alpine", rust.trim_matches('"'))), "not Rust {rust}");
    let image = text.split("\nFROM scratch\n").nth(1).expect("it begins with nothing");
    let user = image.lines().find_map(|line| line.strip_prefix("USER ")).expect("it names a user");
    let id: u32 =
        user.split(':').next().expect("an id").parse().expect("a number: there is no list of users");
    assert!(id > 0);
    assert!(
        image.contains("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt")
            && text.contains("chmod 1777 /image/tmp")
    );
    for line in read(".dockerignore").lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(fs::metadata(line).is_ok(), "{line}");
    }
}

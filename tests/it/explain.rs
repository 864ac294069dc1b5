//! `lmq explain`: what a run would do, and a command that does the first step of it without lmq.

use std::process::Command;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use lmq::auth;
use lmq::sandbox::{Options, Sandbox};
use lmq::secret::Secret;
use serde_json::Value;

use crate::support::{NOW_MS, Project, SECRET_KEY, sandbox};

/// What YAML, shells, Python and curl each trip over.
const AWKWARD: &str = "= '\"$(id)`\\n%s~^![{#;";

fn query() -> Project {
    Project::new().file(
        "q.yaml",
        "description: Who is that?\nendpoint: apitokens\ntype: all\npermission: traces\nsize: 50\noffset: 5\nlimit: 10\n\
         filters:\n  - status: 2\n  - adminName: {contains: svc+}\n  - idleDays: {gt: 90}\n\
         fields: [adminName, tokenType]\nsort: [-idleDays, note]\n\
         output:\n  - {format: csv, to: x.csv, columns: [id, createdBy]}\n  - template: tokens.md.hbs\n",
    )
}

#[test]
fn everything_a_run_would_do() {
    let ran =
        query().env("LM_COMPANY", "acme").env("LM_ACCESS_ID", "testid").lmq(&["explain", "q.yaml"]).exits(0);
    for part in [
        "q (q.yaml)\nWho is that?\n",
        "  LMv1 tokens of all users\n    GET https://acme.logicmonitor.com/santaba/rest/setting/admins/apitokens?filter=status%3A2&fields=id,",
        "  bearer tokens of all users\n    GET https://acme.logicmonitor.com/santaba/rest/setting/admins/apitokens?type=bearer&permission=traces&filter=",
        "&sort=id&size=50&offset=0\n",
        "    string to sign: GET<epoch ms>/setting/admins/apitokens\n",
        "  Authorization: LMv1 <access id>:<signature>:<epoch ms>\n",
        "  X-Version: 3\n",
        "  50 rows a request",
        "  status:2  by the portal\n",
        "  adminName~\"svc+\"  by lmq: `pushdown: safe` sends no `contains` on `adminName`, only `eq`\n",
        "  idleDays>90  by lmq: the API has no `idleDays`: lmq derives it\n",
        "  filter sent: status:2\n  on the wire: filter=status%3A2\n",
        "  asked for: adminName, tokenType\n  of these derived by lmq, and not fetched: tokenType\n",
        "  fetched too: id, by which pages are joined; which an output's `columns` name\n",
        "  fetched too: note, which `sort` names",
        "  fetched too: createdBy, which an output's `columns` name\n",
        "  fetched too: lastUsedOn, which a template reads; of which lmq makes `neverUsed`, `idleDays`\n",
        "  sorted by idleDays, greatest first; then note; missing values last",
        "at most 10 after the first 5: the result is limited\n",
        "  csv to x.csv, columns id, createdBy\n  template tokens.md.hbs to stdout\n",
    ] {
        assert!(ran.stdout.contains(part), "`{part}` is missing in\n{}", ran.stdout);
    }
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_filter_is_shown_as_typed_and_as_sent() {
    let project = query().file(
        "all.yaml",
        "endpoint: apitokens\npushdown: all\nfilters: [{adminName: svc+ci@example.com}, {note: {not_contains: 'a\"'}}]\n",
    );
    let ran = project.lmq(&["explain", "all.yaml"]).exits(0).says(&["LM_COMPANY is not set"]);
    let sent = "  filter sent: adminName:\"svc+ci@example.com\",note!~\"a\\\"\"\n  on the wire: filter=adminName%3A%22svc%252Bci%2540example.com%22%2Cnote%21%7E%22a%255C%2522%22\n";
    // RFC 3986 leaves `~` as it is.
    let sent = sent.replace("%7E", "~");
    assert!(ran.stdout.contains(&sent), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("GET https://ACCOUNT.logicmonitor.com/santaba/rest/setting/"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_urls_are_those_of_a_run() {
    let sandbox = sandbox();
    for size in ["1", "1000"] {
        let project = query().sandbox(&sandbox).file(
            "r.yaml",
            format!("endpoint: apitokens\nadminId: 131\ntype: all\nsize: {size}\nfilters: [{{createdOn: {{gt: 0}}}}]\n"),
        );
        let explained = project.lmq(&["explain", "r.yaml"]).exits(0).stdout;
        let before = sandbox.requests().len();
        project.run(&["r.yaml", "-f", "json"]);
        let requests = sandbox.requests();
        let first: Vec<_> =
            requests[before..].iter().filter(|request| request.query.ends_with("&offset=0")).collect();
        assert!(first.len() >= 2, "{requests:?}");
        for request in first {
            let url = format!("GET {}{}?{}\n", sandbox.base_url(), request.path, request.query);
            assert!(explained.contains(&url), "{url} in\n{explained}");
        }
    }
}

#[test]
fn a_bearer_token_is_not_signed_with() {
    let ran = query().env("LM_BEARER_TOKEN", SECRET_KEY).lmq(&["explain", "q.yaml"]).exits(0);
    assert!(ran.stdout.contains("  Authorization: Bearer <token>\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("to sign"), "{}", ran.stdout);
}

#[test]
fn no_secret_is_shown() {
    let project = query()
        .env("LM_ACCESS_ID", "testid")
        .env("LM_ACCESS_KEY", SECRET_KEY)
        .env("LM_BEARER_TOKEN", SECRET_KEY)
        .env("LM_COMPANY", "acme");
    let signature = auth::sign(&Secret::new(SECRET_KEY), "GET", NOW_MS, "", "/setting/admins/apitokens");
    for args in [&["explain", "q.yaml"][..], &["explain", "q.yaml", "--curl"]] {
        let ran = project.lmq(args).exits(0);
        for secret in [SECRET_KEY, &signature, &NOW_MS.to_string()] {
            assert!(!ran.both().contains(secret), "{}", ran.both());
        }
    }
}

#[test]
fn mistakes_and_addresses_that_are_none() {
    let bad = Project::new().query("size: 0\n");
    assert_eq!(bad.lmq(&["explain", "q.yaml"]).exits(2).says(&["LMQ015", "nothing is explained"]).stdout, "");
    Project::new().file("empty/x.txt", "").lmq(&["explain", "empty"]).exits(3);
    query()
        .env("LMQ_BASE_URL", "http://example.com")
        .lmq(&["explain", "q.yaml"])
        .exits(2)
        .says(&["LMQ_BASE_URL"]);
}

/// The lines of `--curl` that are commands.
fn commands(project: &Project, file: &str) -> Vec<String> {
    let ran = project.lmq(&["explain", file, "--curl"]).exits(0);
    ran.stdout.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// What a shell makes of a command; `None` where a tool is missing.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn shell(command: &str, environment: &[(&str, &str)]) -> Option<String> {
    for tool in ["python3", "curl"] {
        if !Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: there is no {tool}");
            return None;
        }
    }
    let mut shell = Command::new("sh");
    for name in ["LM_ACCESS_ID", "LM_ACCESS_KEY", "LM_BEARER_TOKEN"] {
        shell.env_remove(name);
    }
    let output = shell.args(["-c", command]).envs(environment.iter().copied()).output().expect("a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command}\n{}{}", text(&output.stdout), text(&output.stderr));
    Some(text(&output.stdout))
}

/// A sandbox whose clock is the machine's: that is the one the command signs with.
#[expect(clippy::disallowed_methods, reason = "python3 has no other clock")]
fn live_sandbox() -> Sandbox {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Sandbox::start(Options::default(), Arc::new(move || i64::try_from(now()).expect("a time")))
        .expect("a free port")
}

#[test]
fn the_curl_lines_bring_the_rows() {
    let sandbox = live_sandbox();
    let (id, key) = (sandbox.access_id(), sandbox.access_key().expose());
    let bearer = format!("Bearer {}", sandbox.bearer_token().expose());
    let lmv1 = [("LM_ACCESS_ID", id), ("LM_ACCESS_KEY", key)];
    for environment in [&lmv1[..], &[("LM_BEARER_TOKEN", &*bearer)]] {
        let mut project =
            Project::new().query("type: all\nfields: [id]\n").env("LMQ_BASE_URL", &sandbox.base_url());
        for (name, value) in environment {
            project = project.env(name, value);
        }
        let mut rows = 0;
        let commands = commands(&project, "q.yaml");
        assert_eq!(commands.len(), 2);
        for command in &commands {
            assert!(environment.iter().all(|(_, value)| !command.contains(value)), "{command}");
            assert!(!command.contains('$'), "the shell has nothing to insert: {command}");
            let Some(answer) = shell(command, environment) else { return };
            let page: Value = serde_json::from_str(&answer).expect("JSON");
            rows += page["items"].as_array().unwrap_or_else(|| panic!("{answer}")).len();
        }
        assert_eq!(rows, sandbox.truth().len());
    }
}

#[test]
fn the_script_takes_any_key() {
    let project = query().env("LM_ACCESS_ID", "testid").env("LM_ACCESS_KEY", AWKWARD);
    let command = commands(&project, "q.yaml").swap_remove(0);
    let (script, _) = command.split_once(" | curl ").expect("a pipe");
    let Some(header) = shell(script, &[("LM_ACCESS_ID", " testid\n"), ("LM_ACCESS_KEY", AWKWARD)]) else {
        return;
    };
    let parts: Vec<&str> = header.trim_end().split([' ', ':']).filter(|part| !part.is_empty()).collect();
    let ["Authorization", "LMv1", "testid", signature, epoch] = parts[..] else { panic!("{header}") };
    let epoch = epoch.parse().expect("a number");
    assert_eq!(signature, auth::sign(&Secret::new(AWKWARD), "GET", epoch, "", "/setting/admins/apitokens"));
    let project = query().env("LM_BEARER_TOKEN", AWKWARD);
    let command = commands(&project, "q.yaml").swap_remove(0);
    let (script, _) = command.split_once(" | curl ").expect("a pipe");
    for text in [AWKWARD.to_owned(), format!("bearer  {AWKWARD}\n")] {
        let Some(header) = shell(script, &[("LM_BEARER_TOKEN", &text)]) else { return };
        assert_eq!(header, format!("Authorization: Bearer {AWKWARD}\n"));
    }
}

#[test]
fn key_material_in_an_answer_is_told() {
    let ran = Project::new().query("fields: [accessKey]\n").lmq(&["explain", "q.yaml", "--curl"]).exits(0);
    ran.says(&["warning: q: the answer shows `accessKey` unmasked"]);
}

#[test]
fn variables_and_times_have_the_values_of_a_run() {
    let query = "vars:\n  maxIdle: {type: integer, default: 90, description: days without use}\n  who: {type: string}\n\
                 endpoint: apitokens\nfilters:\n  - idleDays: {gt: \"${maxIdle}\"}\n  - adminName: \"${who}\"\n\
                 \x20 - createdOn: {older_than: 1d}\n  - lastUsedOn: {older_than: 1d}\n";
    let project = Project::new().file("q.yaml", query);
    project.lmq(&["explain", "q.yaml"]).exits(2).says(&["LMQ052"]);
    project.lmq(&["validate", "--deny-warnings", "q.yaml"]).exits(0);
    project.lmq(&["list", "q.yaml"]).exits(0);
    let ran = project.env("LMQ_VAR_WHO", "svc-1").lmq(&["explain", "q.yaml", "--var", "maxIdle=30"]).exits(0);
    let day_before = NOW_MS / 1000 - 86_400;
    for part in [
        "  maxIdle = 30 (integer, --var): days without use\n",
        "LMQ_VAR_WHO)\n",
        "  idleDays>30  by lmq: the API has no `idleDays`",
        "  adminName:\"svc-1\"  by the portal\n",
        &format!("(now createdOn<:{day_before})  by the portal\n"),
        "by lmq: `pushdown: safe` sends nothing on `lastUsedOn`\n",
    ] {
        assert!(ran.stdout.contains(part), "`{part}` is missing in\n{}", ran.stdout);
    }
}

//! Keys and tokens are in no stream and no file, however much is said and whatever a portal sends back.

use std::fs;
use std::io::BufRead as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{Project, Ran, Reply, SECRET_KEY, Stub, page, row, rows, sandbox, slice};

const LEVELS: [&[&str]; 4] = [&[], &["-v"], &["-vv"], &["-q"]];

/// A secret as it is, percent-encoded, and in base64 alone or behind an id.
fn forms(secret: &str) -> Vec<String> {
    let basic = format!("testid:{secret}");
    // The last characters of base64 depend on what follows.
    let start = |text: String| text[..text.len() - 6].to_owned();
    vec![
        secret.to_owned(),
        secret[..secret.len() / 2].to_owned(),
        secret[secret.len() / 2..].to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        start(STANDARD.encode(secret)),
        start(URL_SAFE.encode(secret)),
        start(STANDARD.encode(basic)),
    ]
}

#[track_caller]
fn free_of(secret: &str, ran: &Ran, project: &Project, what: &str) {
    let mut texts = vec![("the streams".to_owned(), ran.both())];
    for file in project.files() {
        let bytes = fs::read(project.path(&file)).expect("readable");
        texts.push((file, String::from_utf8_lossy(&bytes).into_owned()));
    }
    for form in forms(secret) {
        for (name, text) in &texts {
            assert!(!text.contains(&form), "{what}: `{form}` is in {name}:\n{text}");
        }
    }
}

fn everything(project: &Project, level: &[&str]) -> Ran {
    let args = [
        "-o",
        "{name}.json",
        "-o",
        "{name}.csv",
        "-o",
        "{name}.txt",
        "--save",
        "{name}.saved.json",
        "q.yaml",
    ];
    project.run(&[level, &args].concat())
}

#[test]
fn a_run_that_succeeds_shows_no_secret() {
    let sandbox = sandbox();
    let query = "type: all\nfields: [id, accessId, accessKey, note]\n";
    for level in LEVELS {
        let project = Project::new().query(query).sandbox(&sandbox);
        let ran = everything(&project, level).exits(0);
        free_of(sandbox.access_key().expose(), &ran, &project, "LMv1");
        let token = sandbox.bearer_token().expose();
        let project = Project::new().query(query).env("LMQ_BASE_URL", &sandbox.base_url());
        let project = project.env("LM_BEARER_TOKEN", token);
        let ran = everything(&project, level).exits(0);
        free_of(token, &ran, &project, "bearer");
        assert!(!project.read("q.json").contains(&token[..20]), "a listing shows 20 characters, lmq shows 8");
        assert!(
            project.read("q.json").contains(&format!("{}…", &token[..8])),
            "masked where it is asked for"
        );
    }
}

#[test]
fn a_wrong_key_is_in_no_stream_and_no_file() {
    for level in LEVELS {
        let sandbox = sandbox();
        let project = Project::new().query("type: all\n").sandbox(&sandbox).env("LM_ACCESS_KEY", SECRET_KEY);
        let ran = everything(&project, level).exits(4);
        free_of(SECRET_KEY, &ran, &project, "a wrong key");
        assert_eq!(sandbox.requests().len(), 1);
    }
}

#[test]
fn a_portal_that_sends_the_key_back_is_redacted() {
    let padded = format!("{} {SECRET_KEY} tail", "x".repeat(180));
    let html = format!("<html>{} {SECRET_KEY}</html>", "y".repeat(170));
    let escaped = format!(r#"{{"errorMessage":"{}","errorCode":1500}}"#, SECRET_KEY.replace('/', "\\/"));
    let percent = utf8_percent_encode(SECRET_KEY, NON_ALPHANUMERIC).to_string();
    let replies = [
        Reply::error(401, 1401, SECRET_KEY),
        Reply::error(500, 1500, &padded),
        Reply::error(200, 1500, &padded),
        Reply::text(200, "application/json", escaped),
        Reply::text(200, "text/html", html.clone()),
        Reply::text(502, "text/html", html),
        Reply::text(200, &format!("text/{SECRET_KEY}"), SECRET_KEY),
        Reply::text(302, "", "").header("Location", &format!("https://example.com/?key={percent}")),
        Reply::error(400, 1400, &STANDARD.encode(SECRET_KEY)),
        Reply::text(200, "application/json", format!(r#"{{"items":"{SECRET_KEY}"}}"#)),
        Reply::text(200, "application/json", format!(r#"{{"total":"{SECRET_KEY}","items":[]}}"#)),
    ];
    for (index, reply) in replies.into_iter().enumerate() {
        for level in LEVELS {
            let answer = reply.clone();
            let stub = Stub::start(move |seen| match seen.offset() {
                0 if seen.is_bearer() => page(slice(&rows(9), seen), 9),
                _ => answer.clone(),
            });
            let project = Project::new().query("type: all\nsize: 5\n").stub(&stub);
            let ran = everything(&project, level);
            assert_ne!(ran.code, 0);
            free_of(SECRET_KEY, &ran, &project, &format!("reply {index}"));
        }
    }
}

#[test]
fn a_portal_that_sends_the_signature_back_is_redacted() {
    let stub = Stub::start(|seen| {
        Reply::error(401, 1401, &format!("cannot verify {}", seen.header("Authorization").expect("signed")))
    });
    let ran = Project::new().query("").stub(&stub).run(&["-vv", "q.yaml"]).exits(4).says(&["cannot verify"]);
    let header = stub.seen()[0].header("Authorization").expect("signed").to_owned();
    let signature = header.split(':').nth(1).expect("a signature");
    assert!(!ran.stderr.contains(signature), "a live signature opens the portal:\n{}", ran.stderr);
}

#[test]
fn no_flag_takes_a_secret() {
    for args in [&["--help"][..], &["run", "--help"], &["sandbox", "--help"]] {
        let help = Project::new().lmq(args).exits(0).stdout;
        for flag in ["--key", "--access-key", "--token ", "--bearer", "--password", "--secret"] {
            assert!(!help.contains(flag), "{flag} in {args:?}");
        }
    }
}

#[test]
fn a_row_that_holds_the_key_is_redacted_on_stdout() {
    let mut row = row(1);
    row["note"] = format!("key {SECRET_KEY} <end>").into();
    let stub = Stub::start(move |seen| page(slice(&[row.clone()], seen), 1));
    for format in ["json", "csv", "table"] {
        let project = Project::new().query("fields: [id, note]\n").stub(&stub);
        let ran = project.run(&["-f", format, "q.yaml"]).exits(0);
        free_of(SECRET_KEY, &ran, &project, format);
        assert!(ran.stdout.contains("key [redacted]"), "{}", ran.stdout);
    }
}

#[test]
fn a_key_in_the_place_of_an_argument_is_not_repeated() {
    let project = Project::new().query("").env("LM_ACME_TOKEN", &format!("Bearer {SECRET_KEY}"));
    for args in [&["run", "--format", SECRET_KEY, "q.yaml"][..], &[SECRET_KEY]] {
        let ran = project.lmq(args).exits(2).says(&["[redacted]"]);
        free_of(SECRET_KEY, &ran, &project, "an argument");
    }
}

/// `lmq sandbox --env` in a shell that an earlier sandbox has set up already: its lines are for use.
#[test]
fn the_sandbox_hands_out_its_own_key() {
    let key = sandbox().access_key().expose().to_owned();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lmq"));
    command.args(["sandbox", "--env", "sh"]).env_clear().env("LM_ACCESS_KEY", &key);
    let started = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn();
    let mut child = started.expect("it starts");
    let lines = std::io::BufReader::new(child.stdout.take().expect("it is ours")).lines();
    let text: Vec<String> = lines.take(4).collect::<Result<_, _>>().expect("readable");
    child.kill().and_then(|()| child.wait()).expect("it runs");
    assert!(text.concat().contains(&key), "{text:?}");
}

#[test]
fn variables_that_a_configuration_names_are_guarded() {
    let config = "portals:\n  acme:\n    account: acme\n    auth: {bearerToken: {env: MINE}}\n";
    let project = Project::new().query("").file("own.yaml", config).env("MINE", SECRET_KEY);
    let project = project.env("LMQ_CONFIG", "own.yaml");
    let ran = project.lmq(&["run", "q.yaml", "--portal", SECRET_KEY]).exits(2).says(&["[redacted]"]);
    free_of(SECRET_KEY, &ran, &project, "a name");
}

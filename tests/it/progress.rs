//! Progress on a terminal: what is drawn, that it vanishes, and that nothing of it is anywhere else.

use std::num::NonZero;

use serde_json::json;

use crate::support::{Project, Ran, Reply, SECRET_KEY, Seen, Stub, listed, page, rows, slice};

/// What a program must write to act on a terminal.
const ESCAPE: char = '\u{1b}';

fn too_many() -> Reply {
    Reply::error(429, 1429, "too many requests").header("Retry-After", "42")
}

/// Five rows in pages of three; each request of these numbers gets an answer of its own.
fn stub(odd: impl Fn(usize) -> Option<Reply> + Send + Sync + 'static) -> Stub {
    let all = rows(5);
    Stub::start(move |seen| odd(seen.number).unwrap_or_else(|| page(slice(&all, seen), 5)))
}

fn project(stub: &Stub) -> Project {
    Project::new().query("size: 3\n").stub(stub).terminal(100, 24)
}

/// What is left on a terminal of this size, without empty rows.
fn screen(stderr: &str, width: u16, height: u16) -> Vec<String> {
    let size = |side| NonZero::new(side).expect("a terminal has a size");
    let mut terminal = vt100::Parser::new(size(height), size(width), 0);
    terminal.process(stderr.replace('\n', "\r\n").as_bytes());
    let text = terminal.screen().contents();
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[track_caller]
fn has_only_the_summary(ran: &Ran) {
    let left = screen(&ran.stderr, 100, 24);
    assert_eq!(left.len(), 1, "{left:#?}");
    assert!(left[0].starts_with("5 tokens, 1 listing, ") && left[0].contains(", complete, "), "{left:?}");
}

#[test]
fn a_terminal_shows_where_a_run_stands_and_keeps_the_summary() {
    let stub = stub(|_| None);
    let ran = project(&stub).run(&["q.yaml"]).exits(0);
    assert!(ran.stderr.contains("LMv1 tokens of all users  0 rows, 0 pages"), "{:?}", ran.stderr);
    has_only_the_summary(&ran);
}

#[test]
fn a_wait_is_counted_down_in_the_line_and_not_told_again() {
    let stub = stub(|number| (number == 1).then(too_many));
    // Of two pages asked for at once, either could be the one that waits.
    let ran = project(&stub).run(&["--concurrency", "1", "q.yaml"]).exits(0);
    let line = "LMv1 tokens of all users  waiting 42 s for the rate limit (3 of 5 rows, 1 page)";
    assert!(ran.stderr.contains(line), "{:?}", ran.stderr);
    assert!(!ran.stderr.contains("\nwaiting"), "{:?}", ran.stderr);
    has_only_the_summary(&ran);
}

#[test]
fn the_next_attempt_says_which_and_why() {
    for (status, of) in [(503, 5), (500, 3)] {
        let stub = stub(move |number| (number == 0).then(|| Reply::error(status, 1503, "no")));
        let ran = project(&stub).run(&["q.yaml"]).exits(0);
        let attempt = format!(
            "LMv1 tokens of all users  attempt 2 of {of} in 0.5 s: the portal failed (HTTP {status}): no"
        );
        assert!(ran.stderr.contains(&attempt), "{:?}", ran.stderr);
        has_only_the_summary(&ran);
    }
}

#[test]
fn what_is_told_meanwhile_stands_above_the_lines() {
    let stub = stub(|number| (number == 1).then(|| Reply::error(503, 1503, "no")));
    let ran = project(&stub).run(&["-v", "--concurrency", "1", "q.yaml"]).exits(0);
    let left = screen(&ran.stderr, 100, 24);
    let starts =
        ["LMv1 tokens of all users: page 1, 3 rows of 5", "attempt 1 failed: the portal failed (HTTP 503)"];
    for (line, start) in left.iter().zip(starts) {
        assert!(line.starts_with(start), "{left:#?}");
    }
    assert!(left[2].starts_with("LMv1 tokens of all users: page 2"), "{left:#?}");
    assert!(left.iter().all(|line| !line.contains("attempt 2")), "{left:#?}");
    assert!(left[left.len() - 1].starts_with("5 tokens, "), "{left:#?}");
    assert!(ran.stderr.contains("attempt 2 of 5 in"), "{:?}", ran.stderr);
}

#[test]
fn nothing_acts_on_a_terminal_where_progress_is_not_wanted() {
    let stub = stub(|number| (number % 2 == 1).then(too_many));
    let plain = || Project::new().query("size: 3\n").stub(&stub);
    let cases: [(Project, &[&str], bool); 6] = [
        (plain(), &["q.yaml"], true),
        (plain().terminal(100, 24), &["--progress", "never", "q.yaml"], true),
        (plain().terminal(100, 24).env("CI", "true"), &["q.yaml"], true),
        (plain().terminal(100, 24).env("TERM", "dumb"), &["q.yaml"], true),
        (plain().terminal(100, 24), &["-q", "q.yaml"], false),
        (plain(), &["-q", "--progress", "always", "q.yaml"], false),
    ];
    for (project, args, told) in cases {
        let ran = project.run(args).exits(0);
        assert!(!ran.both().contains(ESCAPE), "{args:?}: {:?}", ran.stderr);
        let wait = ran.stderr.lines().any(|line| line == "waiting 42 s for the rate limit");
        assert_eq!(wait, told, "{args:?}: {:?}", ran.stderr);
    }
}

#[test]
fn always_is_also_off_a_terminal() {
    let stub = stub(|number| (number == 1).then(too_many));
    let project = Project::new().query("size: 3\n").stub(&stub).env("CI", "true");
    let ran = project.run(&["--progress", "always", "q.yaml"]).exits(0);
    assert!(ran.stderr.contains("waiting 42 s for the rate limit (3 of 5 rows, 1 page)"), "{:?}", ran.stderr);
    has_only_the_summary(&ran);
}

#[test]
fn colour_is_for_waits_and_can_be_off() {
    let colour = "\u{1b}[33mLMv1 tokens of all users  waiting";
    for (name, coloured) in [("X", true), ("NO_COLOR", false)] {
        let stub = stub(|number| (number == 1).then(too_many));
        let ran = project(&stub).env(name, "1").run(&["q.yaml"]).exits(0);
        assert_eq!(ran.stderr.contains(colour), coloured, "{:?}", ran.stderr);
        assert_eq!(ran.stderr.contains("\u{1b}[33m"), coloured, "{:?}", ran.stderr);
        has_only_the_summary(&ran);
    }
}

/// A key that is cut in two would be found in neither part.
#[test]
fn lines_are_inert_and_without_secrets_before_they_are_cut() {
    let words = format!("\u{1b}[2Jno \u{202e}{SECRET_KEY}");
    for width in 40..120 {
        let words = words.clone();
        let stub = stub(move |number| (number == 0).then(|| Reply::error(503, 1503, &words)));
        let ran = project(&stub).terminal(width, 24).run(&["q.yaml"]).exits(0);
        assert!(!ran.stderr.contains("\u{1b}[2J") && !ran.stderr.contains('\u{202e}'), "{:?}", ran.stderr);
        assert!(!ran.stderr.contains(&SECRET_KEY[..4]), "{width}: {:?}", ran.stderr);
        assert_eq!(screen(&ran.stderr, width, 24).len(), 1, "{width}: {:?}", ran.stderr);
    }
}

#[test]
fn many_listings_take_ten_lines_and_less_on_a_small_screen() {
    let ids: Vec<usize> = (1..=30).collect();
    let query = format!("endpoint: /setting/admins/{{adminId}}/apitokens\nadminId: {}\n", json!(ids));
    for (height, lines) in [(40, 10), (8, 5), (2, 1)] {
        let good = |seen: &Seen| page(&listed(rows(1), seen), 1);
        let stub = Stub::start_probed(move |seen| if seen.number < 3 { too_many() } else { good(seen) });
        let project = Project::new().file("q.yaml", &query).stub(&stub).terminal(100, height);
        let ran = project.run(&["--concurrency", "30", "--max-wait", "10h", "q.yaml"]);
        assert!(ran.stderr.contains(&format!("and {} more", 30 - lines)), "{:?}", ran.stderr);
        let most = ran.stderr.split("\u{1b}[J").map(|frame| frame.matches('\n').count()).max();
        assert_eq!(most, Some(lines + 1), "{:?}", ran.stderr);
        if height > 2 {
            let left = screen(&ran.stderr, 100, 40);
            assert!(left.iter().all(|line| !line.contains("waiting")), "{left:#?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_a_clean_screen() {
    use std::process::{Command, Stdio};
    let stub = Stub::saying(Reply::stall());
    let project = project(&stub);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
    command.args(["run", "--progress", "always", "q.yaml"]).current_dir(project.root());
    command.env_clear().envs(project.environment()).stdin(Stdio::null());
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    stub.wait();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(130), "{stderr:?}");
    // What a terminal echoes when the key is pressed.
    let (before, after) = stderr.rsplit_once('\r').expect("a line that was drawn");
    let echoed = format!("$ lmq run\n{before}^C\r{after}");
    assert_eq!(screen(&echoed, 80, 24), ["$ lmq run", "error: interrupted"], "{stderr:?}");
}

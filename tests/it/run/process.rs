//! What only a process shows: pipes, signals. Its exit codes are in `exit_codes`.

use std::io::Read as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, mpsc};
#[cfg(unix)]
use std::time::{Duration, Instant};

use crate::support::{Project, Reply, Stub, page, rows, slice};

/// `lmq` as a process in the project, with its environment and no other.
fn lmq(project: &Project, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
    command.args(args).current_dir(project.root()).env_clear().envs(project.environment());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn stub() -> Stub {
    Stub::start(|seen| page(slice(&rows(3), seen), 3))
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let cases = [
        ("table", page(&rows(900), 900), 0),
        ("json", page(&rows(900), 900), 0),
        ("table", page(&rows(2), 9), 6),
    ];
    for (form, reply, expected) in cases {
        // The answer waits until the reader is gone.
        let (gone, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let stub = Stub::start(move |_| {
            let _ = wait.lock().expect("one thread at a time").recv();
            reply.clone()
        });
        let project = Project::new().query("").stub(&stub);
        {
            let mut child = lmq(&project, &["run", "-f", form, "q.yaml"]).spawn().expect("it starts");
            stub.wait();
            drop(child.stdout.take());
            for _ in 0..20 {
                gone.send(()).expect("the stub waits");
            }
            let mut stderr = String::new();
            child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("UTF-8");
            assert_eq!(child.wait().expect("it ends").code(), Some(expected), "{stderr}");
            assert!(!stderr.contains("panicked") && !stderr.to_lowercase().contains("pipe"), "{stderr}");
        }
    }
}

#[test]
fn help_into_a_closed_pipe_is_quiet() {
    let project = Project::new();
    let mut child = lmq(&project, &["run", "--help"]).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.code() == Some(0) && output.stderr.is_empty(), "{output:?}");
}

/// Sends a signal once the first request has come, and gives what is left.
#[cfg(unix)]
fn signalled(project: &Project, args: &[&str], stub: &Stub, signal: &str) -> Output {
    let child: Child = lmq(project, args).spawn().expect("it starts");
    stub.wait();
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
    child.wait_with_output().expect("it ends")
}

#[cfg(unix)]
#[test]
fn signals_end_a_run_at_once_with_nothing_half_written() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let stub = Stub::start(|_| Reply::stall());
        let query = "type: all\noutput:\n  - {format: csv, to: out.csv}\n  - {format: json}\n";
        let project = Project::new().query(query).file("out.csv", "old").stub(&stub);
        let output = signalled(&project, &["run", "q.yaml"], &stub, signal);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(expected), "{stderr}");
        assert!(output.stdout.is_empty() && stderr.contains("interrupted"), "{stderr}");
        assert_eq!((project.read("out.csv").as_str(), project.files().len()), ("old", 2));
    }
}

#[cfg(unix)]
#[test]
fn signals_end_a_check_at_once() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let stub = Stub::start(|_| Reply::stall());
        let output = signalled(&Project::new().stub(&stub), &["doctor"], &stub, signal);
        assert_eq!(output.status.code(), Some(expected));
        assert!(output.stdout.is_empty() && output.stderr == b"error: interrupted\n", "{output:?}");
    }
}

/// Sends SIGINT, and gives the exit code and how long that took.
#[cfg(unix)]
fn interrupted(child: &mut Child) -> (Option<i32>, Duration) {
    let started = Instant::now();
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill is there").success());
    (child.wait().expect("it ends").code(), started.elapsed())
}

/// Within a second, says the promise. A machine that is busy with other tests gets more attempts, but no more time.
#[cfg(unix)]
fn within_a_second(what: &str, attempt: impl Fn() -> Duration) {
    let times: Vec<Duration> =
        (0..4).map(|_| attempt()).take_while(|time| *time >= Duration::from_secs(1)).collect();
    assert!(times.len() < 4, "{what}: {times:?}");
}

/// `kill -INT` at the moment of each request in turn, and after the last one: the files are those of before, or all of them whole.
#[cfg(unix)]
#[test]
fn a_signal_at_any_request_leaves_no_file_in_part() {
    const PAGES: usize = 6;
    for moment in 0..=PAGES {
        within_a_second(&format!("request {moment}"), || signal_at(moment, PAGES));
    }
}

/// A signal while a report is made was once seen when all of them were there, which took seconds.
#[cfg(unix)]
#[test]
fn a_signal_while_a_report_is_made_ends_the_run_and_leaves_no_draft() {
    use std::io::{BufRead as _, BufReader};
    // Three loops in each other over 900 tokens: stopped after a minute.
    let each = "{{#each @root.records}}";
    let slow = format!("{each}{each}{each}{{{{/each}}}}{{{{/each}}}}{{{{/each}}}}\n{{{{run.verdict}}}}\n");
    let outputs =
        "output:\n  - {format: json, to: out/a.json}\n  - {template: slow.txt.hbs, to: out/b.txt}\n";
    within_a_second("a report", || {
        let stub = Stub::start(|seen| page(slice(&rows(900), seen), 900));
        let project =
            Project::new().query(outputs).file("templates/slow.txt.hbs", &slow).file("lmq.yaml", "");
        let project = project.file("out/b.txt", "old").stub(&stub);
        let before = project.files();
        let mut child = lmq(&project, &["run", "-v", "q.yaml"]).spawn().expect("it starts");
        let mut line = String::new();
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        stderr.read_line(&mut line).expect("a line");
        assert!(line.contains("page 1, 900 rows"), "{line}");
        // The report before it waits, whole, for its name.
        while project.files().len() < before.len() + 2 {
            assert!(child.try_wait().expect("it can be asked").is_none(), "it ended");
            std::thread::yield_now();
        }
        let (code, time) = interrupted(&mut child);
        assert_eq!((code, project.files(), project.read("out/b.txt")), (Some(130), before, "old".to_owned()));
        time
    });
}

/// How long a run takes to end by a signal at the moment of a request.
#[cfg(unix)]
fn signal_at(moment: usize, pages: usize) -> Duration {
    let query = "fields: [id, note]\nsize: 5\noutput:\n  - {format: csv, to: out/a.csv}\n  - {format: xlsx, to: out/b.xlsx}\n  - {format: json, to: out/c.json}\n";
    // The answer to this request waits until the signal is sent. The moment behind the last one has none.
    let (sent, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let stub = Stub::start(move |seen| {
        if seen.number == moment {
            let _ = wait.lock().expect("one thread at a time").recv();
        }
        page(slice(&rows(5 * pages), seen), 5 * pages)
    });
    let project = Project::new().query(query).file("out/a.csv", "old").stub(&stub);
    let mut child = lmq(&project, &["run", "--concurrency", "1", "q.yaml"]).spawn().expect("it starts");
    for _ in 0..=moment.min(pages - 1) {
        stub.wait();
    }
    let (code, time) = interrupted(&mut child);
    let _ = sent.send(());
    let untouched = ["out/a.csv", "q.yaml"];
    let done = ["out/a.csv", "out/b.xlsx", "out/c.json", "q.yaml"];
    let files = project.files();
    let lines = project.read("out/a.csv").lines().count();
    if moment < pages {
        assert_eq!((code, lines), (Some(130), 1), "request {moment}");
        assert_eq!(files, untouched, "request {moment}");
    } else {
        // The signal and the end of the run race: all or nothing, and a code that fits.
        assert!(matches!(code, Some(0 | 130)), "{code:?}");
        assert!((files == untouched && lines == 1) || (files == done && lines == 5 * pages + 1), "{files:?}");
        assert!(code == Some(130) || files == done, "{files:?}");
    }
    time
}

/// A signal after the last page was once swallowed: only the walk listened, and an output that blocked held the process.
#[cfg(unix)]
#[test]
fn signals_end_a_run_that_waits_for_its_output() {
    use std::io::{BufRead as _, BufReader};
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let project = Project::new().query("");
        let pipe = project.path("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there").success());
        let args = ["run", "--sandbox", "-v", "q.yaml", "-f", "csv", "-o", "pipe"];
        let mut child = lmq(&project, &args).spawn().expect("it starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("a line");
        assert!(line.contains("page 1"), "{line}");
        let sent =
            Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill is there");
        assert!(sent.success());
        assert_eq!(child.wait().expect("it ends").code(), Some(expected));
    }
}

#[test]
fn the_processs_streams_are_plain_without_a_terminal() {
    let stub = stub();
    let output = lmq(&Project::new().query("").stub(&stub), &["run", "q.yaml"]).output().expect("it runs");
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{output:?}");
    let bad = lmq(&Project::new().query("nme: x\n"), &["run", "--color", "always", "q.yaml"])
        .output()
        .expect("it runs");
    assert!(bad.stderr.contains(&0x1b) && bad.stdout.is_empty(), "{bad:?}");
}

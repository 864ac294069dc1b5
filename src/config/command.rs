//! A secret from a program such as `op read …` or `vault kv get …`: no shell, no standard input, a limit on time and on output.
//!
//! The program stays in lmq's process group: Ctrl-C ends both, and it may ask on the terminal. At the limit it is killed; what
//! it started itself is its own matter.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::auth::Redactor;
use crate::secret::{Secret, Zeroizing};
use crate::text;

/// Most bytes that a program or a file may give.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// How long lmq waits for what a program said, once it has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Between two looks at a program that has closed its output and not ended.
const PAUSE: Duration = Duration::from_millis(5);
/// Most lines of a program's complaint that are shown, and most characters.
const MOST_LINES: usize = 5;
const MOST_CHARACTERS: usize = 300;

type Bytes = Zeroizing<Vec<u8>>;

/// Why a program gave no secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    #[error("`{0}` cannot be started: {1}")]
    Start(String, io::Error),
    #[error("`{program}` did not end within {seconds} s{said}")]
    Late { program: String, seconds: u64, said: String },
    #[error("`{0}` printed more than {size} KiB", size = MAX_BYTES / 1024)]
    TooLong(String),
    #[error("`{program}` failed, {status}{said}")]
    Failed { program: String, status: ExitStatus, said: String },
    #[error("`{0}`: {1}")]
    Io(String, io::Error),
}

/// What the program prints. Its output is shown nowhere; what it says on stderr is, when it fails.
pub(super) fn output(
    program: &OsStr,
    arguments: &[String],
    folder: &Path,
    limit: Duration,
) -> Result<Bytes, CommandError> {
    let name = program.to_string_lossy().into_owned();
    let end = Instant::now() + limit;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    let mut child = command.spawn().map_err(|error| CommandError::Start(name.clone(), error))?;
    let printed = child.stdout.take().map(collect);
    let said = child.stderr.take().map(collect);
    let (printed, said) = (printed.expect("its output is piped"), said.expect("its output is piped"));
    let ended = ended(&mut child, &printed, &name, end);
    if !matches!(ended, Ok(Ended::Itself(..))) {
        // It may have ended by itself meanwhile.
        let _ = child.kill();
        let _ = child.wait();
    }
    let last =
        |stream: Receiver<io::Result<Bytes>>| stream.recv_timeout(LAST_WORDS).ok().and_then(Result::ok);
    match ended? {
        Ended::Itself(status, printed) if status.success() => Ok(printed),
        Ended::Itself(status, printed) => {
            let said = complaint(&last(said).unwrap_or_default(), &printed);
            Err(CommandError::Failed { program: name, status, said })
        }
        Ended::Late(given) => {
            let given = given.or_else(|| last(printed));
            // Without what it printed nobody can tell that it does not say the same.
            let said = given.and_then(|printed| Some(complaint(&last(said)?, &printed))).unwrap_or_default();
            Err(CommandError::Late { program: name, seconds: limit.as_secs(), said })
        }
    }
}

/// How a program ended.
enum Ended {
    /// By itself, with what it printed.
    Itself(ExitStatus, Bytes),
    /// It did not, and may have printed something.
    Late(Option<Bytes>),
}

/// Waits for the end of its output, then for its own.
fn ended(
    child: &mut Child,
    printed: &Receiver<io::Result<Bytes>>,
    name: &str,
    end: Instant,
) -> Result<Ended, CommandError> {
    let failed = |error| CommandError::Io(name.to_owned(), error);
    let left = || end.saturating_duration_since(Instant::now());
    let printed = match printed.recv_timeout(left()) {
        Ok(read) => read.map_err(failed)?,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(Ended::Late(None)),
    };
    if printed.len() > MAX_BYTES {
        return Err(CommandError::TooLong(name.to_owned()));
    }
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok(Ended::Itself(status, printed));
        }
        if left().is_zero() {
            return Ok(Ended::Late(Some(printed)));
        }
        std::thread::sleep(PAUSE);
    }
}

/// Reads a stream to its end or one byte over the limit. The thread is left behind where a program's own child keeps the
/// stream open.
fn collect(stream: impl Read + Send + 'static) -> Receiver<io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Room for all of it: memory that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
        let read = stream.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody waits any more when the limit is over.
        let _ = sender.send(read);
    });
    receiver
}

/// The first lines of what it said, without what it printed.
fn complaint(said: &[u8], printed: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let printed = Zeroizing::new(String::from_utf8_lossy(printed).into_owned());
    let secrets: Vec<Secret> = printed.lines().map(Secret::new).collect();
    let said = Redactor::new(&secrets).text(&said).into_owned();
    let lines: Vec<&str> =
        said.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES).collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!(": {}", text::shortened(&lines.join("; "), MOST_CHARACTERS))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> Result<String, String> {
        let arguments = ["-c".to_owned(), script.to_owned()];
        output(OsStr::new("/bin/sh"), &arguments, Path::new(""), limit)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_it_prints_is_taken_and_what_it_says_is_not() {
        let long = Duration::from_mins(1);
        assert_eq!(sh("echo s3cr3t-key; echo noise >&2", long).as_deref(), Ok("s3cr3t-key\n"));
        assert_eq!(sh("cat; echo end-of-input", long).as_deref(), Ok("end-of-input\n"));
        assert_eq!(sh("exec >&-; echo late >&2", long).as_deref(), Ok(""));
    }

    #[test]
    fn failures_name_the_status_and_what_was_said() {
        let long = Duration::from_mins(1);
        let cases = [
            (
                "echo not signed in >&2; echo try again >&2; exit 3",
                "`/bin/sh` failed, exit status: 3: not signed in; try again",
            ),
            ("exit 1", "`/bin/sh` failed, exit status: 1"),
            (
                "echo s3cr3t-key; echo 'got s3cr3t-key' >&2; exit 1",
                "`/bin/sh` failed, exit status: 1: got [redacted]",
            ),
            ("kill -9 $$", "`/bin/sh` failed, signal: 9 (SIGKILL)"),
            ("yes x | head -c 70000", "`/bin/sh` printed more than 64 KiB"),
        ];
        for (script, message) in cases {
            assert_eq!(sh(script, long), Err(message.to_owned()), "{script}");
        }
        let flood =
            sh("yes 0123456789abcdef0123456789 | head -c 9000 >&2; exit 1", long).expect_err("it fails");
        assert!(flood.chars().count() < 400, "{flood}");
        let gone = output(OsStr::new("/nowhere/op"), &[], Path::new(""), long).expect_err("there is none");
        assert!(gone.to_string().starts_with("`/nowhere/op` cannot be started: "), "{gone}");
    }

    #[test]
    fn a_program_that_does_not_end_is_killed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mark = folder.path().join("mark");
        let script = format!("exec 2>/dev/null; echo $$ > {}; exec sleep 600", mark.display());
        let limit = Duration::from_millis(300);
        for script in [script.clone(), format!("exec >&-; {script}")] {
            assert_eq!(sh(&script, limit), Err("`/bin/sh` did not end within 0 s".to_owned()));
            let waits = format!("echo s3cr3t-key; echo waiting for s3cr3t-key >&2; {script}");
            let said = "`/bin/sh` did not end within 0 s: waiting for [redacted]";
            assert_eq!(sh(&waits, limit), Err(said.to_owned()), "what it said tells what it waits for");
            let pid = std::fs::read_to_string(&mark).expect("it was started");
            let alive = Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status();
            assert!(!alive.expect("kill is part of every unix").success(), "{pid} still runs");
        }
    }
}

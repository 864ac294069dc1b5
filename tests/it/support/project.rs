//! A folder of its own, and lmq run in it: in process, with buffers for streams and a clock that stands still.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use lmq::portal::{Later, Pace};
use lmq::sandbox::Sandbox;
use lmq::secret::Secret;
use serde_json::Value;

use super::{NOW_MS, OWN_ACCESS_ID, SECRET_KEY, Stub};

/// A project in a temporary folder, with the environment lmq is to see.
pub struct Project {
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
    below: PathBuf,
    read_timeout: Duration,
    /// What the person before the terminal types in.
    answer: Option<String>,
    /// The size of the terminal that stderr is.
    terminal: Option<(u16, u16)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
    /// What was asked for without echo.
    pub questions: Vec<String>,
}

impl Project {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("lmq-it-").tempdir().expect("a temporary folder");
        // The root of a project, so that nothing above the folder is one.
        fs::create_dir(folder.path().join(".git")).expect("writable");
        Self {
            folder,
            environment: BTreeMap::new(),
            below: PathBuf::new(),
            read_timeout: Duration::from_mins(1),
            answer: None,
            terminal: None,
        }
    }

    /// With a file; its folders are made on the way.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    /// With a query `q.yaml` over all tokens, and these lines more.
    pub fn query(self, more: &str) -> Self {
        self.file("q.yaml", format!("endpoint: apitokens\n{more}"))
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With the credentials of a sandbox.
    pub fn sandbox(self, sandbox: &Sandbox) -> Self {
        self.env("LMQ_BASE_URL", &sandbox.base_url())
            .env("LM_ACCESS_ID", sandbox.access_id())
            .env("LM_ACCESS_KEY", sandbox.access_key().expose())
    }

    /// With credentials for a stub, which looks at none.
    pub fn stub(self, stub: &Stub) -> Self {
        self.env("LMQ_BASE_URL", &stub.url())
            .env("LM_ACCESS_ID", OWN_ACCESS_ID)
            .env("LM_ACCESS_KEY", SECRET_KEY)
    }

    /// With this folder of it as the current one.
    pub fn below(mut self, folder: &str) -> Self {
        fs::create_dir_all(self.path(folder)).expect("writable");
        self.below = PathBuf::from(folder);
        self
    }

    /// With a client that bears silence for a moment and no longer.
    pub fn impatient(mut self) -> Self {
        self.read_timeout = Duration::from_millis(300);
        self
    }

    /// On a terminal, where every question has this answer; `^C` is Ctrl-C.
    pub fn answering(mut self, answer: &str) -> Self {
        self.answer = Some(answer.to_owned());
        self.terminal(80, 24)
    }

    /// With a terminal of this width and height for stderr.
    pub fn terminal(mut self, width: u16, height: u16) -> Self {
        self.terminal = Some((width, height));
        self
    }

    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.path(path)).is_ok()
    }

    /// Every file below the root, sorted, without `.git`.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a readable folder") {
                let path = entry.expect("a readable entry").path();
                let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
                if is_folder && !path.ends_with(".git") {
                    folders.push(path);
                } else if !is_folder {
                    let short = path.strip_prefix(self.root()).expect("it is below the root");
                    found.push(short.to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// `lmq` with these arguments.
    pub fn lmq(&self, args: &[&str]) -> Ran {
        self.lmq_reading(args, b"")
    }

    /// `lmq run` with these arguments.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.lmq(&[&["run"], args].concat())
    }

    /// `lmq` with these arguments and this standard input. It ends within two minutes or the test fails.
    pub fn lmq_reading(&self, args: &[&str], stdin: &[u8]) -> Ran {
        let args: Vec<_> = std::iter::once("lmq").chain(args.iter().copied()).map(Into::into).collect();
        let shown = format!("{args:?}");
        let environment = self.environment.clone().into_iter().collect();
        let current_dir = self.root().join(&self.below);
        let stdin = stdin.to_vec();
        let (clock, pace) = virtual_time(self.read_timeout);
        let answer = self.answer.clone();
        let terminal = self.terminal;
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut stdout, mut stderr, mut questions) = (Vec::new(), Vec::new(), Vec::new());
            let mut ask = |question: &str| {
                questions.push(question.to_owned());
                match answer.as_deref() {
                    Some("^C") | None => Err(std::io::ErrorKind::Interrupted.into()),
                    Some(answer) => Ok(Secret::new(answer)),
                }
            };
            let code = lmq::main(&mut lmq::World {
                args,
                environment,
                current_dir,
                clock,
                pace,
                stdin: &mut stdin.as_slice(),
                ask: answer.is_some().then_some(&mut ask),
                stdout: &mut stdout,
                stderr: &mut stderr,
                stdout_is_terminal: false,
                stdout_width: None,
                signals: lmq::Signals::default(),
                stderr_is_terminal: terminal.is_some(),
                stderr_size: terminal,
            });
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("lmq writes UTF-8");
            // The test gave up waiting: nobody wants the answer.
            let _ = sender.send(Ran { code, stdout: text(stdout), stderr: text(stderr), questions });
        });
        let ran = receiver.recv_timeout(Duration::from_mins(2));
        ran.unwrap_or_else(|error| panic!("{shown} panicked or does not end: {error}"))
    }
}

/// A clock that goes on by what is waited, and waits that take no time.
fn virtual_time(read_timeout: Duration) -> (Arc<dyn Fn() -> i64 + Send + Sync>, Pace) {
    let elapsed = Arc::new(AtomicU64::new(0));
    let now = {
        let elapsed = Arc::clone(&elapsed);
        move || Duration::from_millis(elapsed.load(Ordering::SeqCst))
    };
    let clock = {
        let now = now.clone();
        move || NOW_MS + i64::try_from(now().as_millis()).expect("no test waits for ages")
    };
    let wait = {
        let now = now.clone();
        move |time: Duration| -> Later {
            let until = u64::try_from((now() + time).as_millis()).expect("no test waits for ages");
            elapsed.fetch_max(until + 1, Ordering::SeqCst);
            Box::pin(async {})
        }
    };
    let pace = Pace {
        now: Arc::new(now),
        wait: Arc::new(wait),
        random: Arc::new(|| 0.5),
        connect_timeout: Duration::from_secs(10),
        read_timeout,
    };
    (Arc::new(clock), pace)
}

impl Ran {
    /// The same, when the code is this.
    #[track_caller]
    pub fn exits(self, code: u8) -> Self {
        assert_eq!(self.code, code, "exit code\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    /// The same, when stderr has all of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "`{part}` is missing in stderr:\n{}", self.stderr);
        }
        self
    }

    /// The result document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| {
            panic!("{error}\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr)
        })
    }

    /// Everything lmq wrote to its streams.
    pub fn both(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

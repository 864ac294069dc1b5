//! The thin edge: arguments, environment, clock, signals and streams go in, an exit code comes out.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::disallowed_methods, reason = "this is the edge where they are handed in")]
fn main() -> ExitCode {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let text =
        |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    ExitCode::from(lmq::main(&mut lmq::World {
        args: std::env::args_os().collect(),
        environment: std::env::vars_os().filter_map(text).collect(),
        current_dir: std::env::current_dir().unwrap_or_else(|_| ".".into()),
        clock: Arc::new(|| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_millis().try_into().unwrap_or(i64::MAX))
        }),
        pace: lmq::portal::Pace::real(),
        ask: io::stdin().is_terminal().then_some(&mut |question: &str| {
            rpassword::prompt_password(question).map(lmq::secret::Secret::taken)
        }),
        stdin: &mut io::stdin().lock(),
        stdout_is_terminal: stdout.is_terminal(),
        stdout_width: terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0),
        stderr_is_terminal: stderr.is_terminal(),
        stderr_size: terminal_size::terminal_size_of(&stderr).map(|(width, height)| (width.0, height.0)),
        stdout: &mut stdout.lock(),
        stderr: &mut stderr.lock(),
        signals: lmq::Signals::install(),
    }))
}

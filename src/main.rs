//! The thin edge: arguments, environment, clock and streams go in, an exit code comes out.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "this is the edge where they are handed in")]
fn main() -> ExitCode {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0);
    let variable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let code = lmq::main(&mut lmq::World {
        args: std::env::args_os().collect(),
        environment: std::env::vars_os().filter_map(variable).collect(),
        current_dir: std::env::current_dir().unwrap_or_else(|_| ".".into()),
        clock: Arc::new(now_ms),
        stdin: &mut io::stdin().lock(),
        stdout_is_terminal: stdout.is_terminal(),
        stdout_width: width,
        stderr_is_terminal: stderr.is_terminal(),
        stdout: &mut stdout.lock(),
        stderr: &mut stderr.lock(),
    });
    ExitCode::from(code)
}

#[expect(clippy::disallowed_methods, reason = "this is the edge where the clock is read")]
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

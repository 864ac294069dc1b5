//! `lmq sandbox`: the embedded portal as a server.

use std::io::{self, Write as _};

use tempfile::{NamedTempFile, TempDir};

use crate::cli::args::{SandboxArgs, Shell};
use crate::cli::exit::Exit;
use crate::cli::fault;
use crate::cli::settings::BadFlag;
use crate::cli::stream::Console;
use crate::portal::Interrupt;
use crate::sandbox::{self, Options, Sandbox, Waiter};

/// Serves until a signal comes.
pub(in crate::cli) fn run(args: &SandboxArgs, console: &mut Console<'_, '_>) -> Exit {
    let options = match options(args) {
        Ok(options) => options,
        Err(flag) => {
            console.error(flag.message, flag.help.as_deref());
            return Exit::Usage;
        }
    };
    let (sandboxes, received) = match Sandbox::start_watched(options, &console.clock()) {
        Ok(started) => started,
        Err(error) => {
            let port = if args.port == 0 { "a free port".to_owned() } else { format!("port {}", args.port) };
            let port = if args.portals > 1 { format!("{} ports from {port}", args.portals) } else { port };
            console.error(format!("the sandbox cannot listen on {port} of 127.0.0.1: {error}"), None);
            return Exit::Portal;
        }
    };
    let (pointers, _kept) = match pointers(&sandboxes) {
        Ok(pointers) => pointers,
        Err(error) => {
            console.error(format!("the configuration cannot be written: {error}"), None);
            return Exit::Output;
        }
    };
    let text = match args.env {
        Some(shell) => lines(shell, &pointers),
        None => format!("{}\n\n{}", introduction(args, &sandboxes), lines(Shell::Sh, &pointers)),
    };
    if let Err(error) = console.hand_out(&text) {
        console.error(format!("stdout: {error}"), None);
        return Exit::Output;
    }
    let waiter = match Waiter::new() {
        Ok(waiter) => waiter,
        Err(error) => {
            console.error(format!("cannot wait for signals: {error}"), None);
            return Exit::Portal;
        }
    };
    console.say("serving until Ctrl-C");
    let signals = console.world.signals.clone();
    let ended = signals.listening(|| {
        waiter.wait(received, |index, request| match sandboxes.len() {
            1 => console.say(request),
            _ => console.say(format!("{}: {request}", index + 1)),
        })
    });
    match ended {
        Err(exit) => exit,
        Ok(Interrupt::Int) => Exit::Interrupted,
        Ok(Interrupt::Term) => Exit::Terminated,
    }
}

/// What each portal is to be like.
fn options(args: &SandboxArgs) -> Result<Vec<Options>, BadFlag> {
    let faults = fault::read(&args.fault, args.portals.into())?;
    let portals = (1..=u32::from(args.portals)).zip(0..);
    portals
        .map(|(number, index): (u32, u16)| {
            let port = if args.port == 0 { Some(0) } else { args.port.checked_add(index) };
            let here = faults.iter().filter(|fault| fault.portal().is_none_or(|other| other == number));
            Ok(Options {
                seed: args.seed.wrapping_add(index.into()),
                tokens: args.tokens as usize,
                port: port.ok_or_else(|| BadFlag {
                    message: format!("{} portals have no room from port {} on", args.portals, args.port),
                    help: Some("the last port is 65535; `--port 0` takes free ones".to_owned()),
                })?,
                rate_limit: args.rate_limit,
                faults: here.cloned().collect(),
                ..Options::default()
            })
        })
        .collect()
}

fn introduction(args: &SandboxArgs, sandboxes: &[Sandbox]) -> String {
    let tokens = args.tokens;
    match sandboxes {
        [one] => format!("lmq sandbox: {tokens} made-up tokens at {}", one.base_url()),
        several => {
            let urls: Vec<String> = (1..)
                .zip(several)
                .map(|(number, one)| format!("  sandbox-{number}  {}", one.base_url()))
                .collect();
            format!(
                "lmq sandbox: {} portals with {tokens} made-up tokens each\n{}",
                urls.len(),
                urls.join("\n")
            )
        }
    }
}

/// A configuration in its folder. Both go when it is dropped.
type Kept = Option<(NamedTempFile, TempDir)>;

/// The variables that point lmq at the portals. Their keys are no secrets: they open nothing else. Several portals are
/// named by a configuration, which is there as long as what is given back.
fn pointers(sandboxes: &[Sandbox]) -> io::Result<(Vec<(String, String)>, Kept)> {
    if let [sandbox] = sandboxes {
        let variables = [
            ("LMQ_BASE_URL", sandbox.base_url()),
            ("LM_ACCESS_ID", sandbox.access_id().to_owned()),
            ("LM_ACCESS_KEY", sandbox.access_key().expose().to_owned()),
            ("LM_BEARER_TOKEN", sandbox.bearer_token().expose().to_owned()),
        ];
        return Ok((variables.map(|(name, value)| (name.to_owned(), value)).to_vec(), None));
    }
    let folder = tempfile::Builder::new().prefix("lmq-sandbox-").tempdir()?;
    // Of the name that is asked for, and for its owner alone.
    let named = tempfile::Builder::new().prefix("lmq").rand_bytes(0).suffix(".yaml").tempfile_in(&folder);
    let mut file = named?;
    file.write_all(sandbox::configuration(sandboxes).as_bytes())?;
    let mut variables = vec![("LMQ_CONFIG".to_owned(), file.path().to_string_lossy().into_owned())];
    variables.extend(sandbox::environment(sandboxes));
    Ok((variables, Some((file, folder))))
}

fn lines(shell: Shell, variables: &[(String, String)]) -> String {
    variables.iter().map(|(name, value)| line(shell, name, value)).collect()
}

fn line(shell: Shell, name: &str, value: &str) -> String {
    match shell {
        Shell::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        Shell::Fish => format!("set -gx {name} '{}'\n", value.replace('\\', r"\\").replace('\'', r"\'")),
        Shell::Powershell => format!("$env:{name} = '{}'\n", value.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_the_shells_own() {
        assert_eq!(line(Shell::Sh, "X", "a'b$c"), "export X='a'\\''b$c'\n");
        assert_eq!(line(Shell::Fish, "X", "a'b\\c"), "set -gx X 'a\\'b\\\\c'\n");
        assert_eq!(line(Shell::Powershell, "X", "a'b$c"), "$env:X = 'a''b$c'\n");
    }
}

//! `lmq sandbox`: the embedded portal as a server.

use crate::cli::args::{SandboxArgs, Shell};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::portal::Interrupt;
use crate::sandbox::{Options, Sandbox};

/// Serves until a signal comes.
pub(in crate::cli) fn run(args: &SandboxArgs, console: &mut Console<'_, '_>) -> Exit {
    let options = Options {
        seed: args.seed,
        tokens: args.tokens as usize,
        port: args.port,
        rate_limit: args.rate_limit,
        ..Options::default()
    };
    let (sandbox, received) = match Sandbox::start_watched(options, console.clock()) {
        Ok(started) => started,
        Err(error) => {
            console.error(format!("the sandbox cannot listen on 127.0.0.1:{}: {error}", args.port), None);
            return Exit::Portal;
        }
    };
    let text = match args.env {
        Some(shell) => lines(shell, &sandbox),
        None => format!(
            "lmq sandbox: {} made-up tokens at {}\n\n{}",
            sandbox.truth().len(),
            sandbox.base_url(),
            lines(Shell::Sh, &sandbox)
        ),
    };
    if let Err(error) = console.hand_out(&text) {
        console.error(format!("stdout: {error}"), None);
        return Exit::Output;
    }
    console.say("serving until Ctrl-C");
    let signals = console.world.signals.clone();
    match signals.listening(|| sandbox.wait(received, |request| console.say(request))) {
        Err(exit) => exit,
        Ok(Ok(Interrupt::Int)) => Exit::Interrupted,
        Ok(Ok(Interrupt::Term)) => Exit::Terminated,
        Ok(Err(error)) => {
            console.error(format!("cannot wait for signals: {error}"), None);
            Exit::Portal
        }
    }
}

/// The lines that point lmq at the sandbox. Its key is no secret: it opens nothing else.
fn lines(shell: Shell, sandbox: &Sandbox) -> String {
    let variables = [
        ("LMQ_BASE_URL", sandbox.base_url()),
        ("LM_ACCESS_ID", sandbox.access_id().to_owned()),
        ("LM_ACCESS_KEY", sandbox.access_key().expose().to_owned()),
        ("LM_BEARER_TOKEN", sandbox.bearer_token().expose().to_owned()),
    ];
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

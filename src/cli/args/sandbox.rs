//! The arguments of `lmq sandbox`.

use clap::{Parser, ValueEnum};

use crate::cli::fault;

/// Serve the embedded portal on 127.0.0.1 until Ctrl-C.
///
/// It speaks the protocol of the API: it checks signatures, pages, filters and limits rates. Its tokens are made up, and the
/// same for the same seed and day.
#[derive(Debug, Parser)]
#[command(after_help = SANDBOX_HELP, after_long_help = fault::with_table(SANDBOX_HELP))]
pub(in crate::cli) struct SandboxArgs {
    /// Print the lines that point lmq at it, for this shell, and nothing else on stdout
    #[arg(long, value_enum, value_name = "SHELL")]
    pub(in crate::cli) env: Option<Shell>,

    /// The port, of several portals the first one; 0 takes free ones
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(in crate::cli) port: u16,

    /// How many portals, each with a port, tokens and credentials of its own, and a configuration that names them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(in crate::cli) portals: u16,

    /// What the tokens are made from; each further portal takes the next number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) seed: u64,

    /// How many tokens a portal holds, both kinds together
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(in crate::cli) tokens: u32,

    /// Requests a minute before a portal answers 429
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) rate_limit: u32,

    /// Go wrong, as the table of faults says. Repeatable
    #[arg(long, value_name = "SPEC")]
    pub(in crate::cli) fault: Vec<String>,
}

const SANDBOX_HELP: &str = "\
Examples:
  lmq sandbox
  lmq sandbox --env sh > sandbox.env &  sleep 1; . ./sandbox.env; lmq run queries/all-tokens.yaml
  lmq sandbox --portals 3 --fault 2/status=503x4";

/// A shell's way to set variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Shell {
    /// sh, bash, zsh
    Sh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

//! The arguments of `lmq doctor`.

use clap::Parser;

use super::{Form, PortalArgs};

/// Check settings, network, clock, credentials, permission and rate limit of each portal.
///
/// One line a check on stdout: `ok`, `warn`, `FAIL`, or `skip` where one before it failed. At most two requests go to a portal, none of
/// them is tried again, and nothing of a key is shown.
#[derive(Debug, Parser)]
#[command(after_help = DOCTOR_HELP)]
pub(in crate::cli) struct DoctorArgs {
    /// Check the embedded sandbox portal: no account, no network
    #[arg(long)]
    pub(in crate::cli) sandbox: bool,

    #[command(flatten)]
    pub(in crate::cli) portals: PortalArgs,

    /// How the checks are told
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(in crate::cli) format: Form,
}

const DOCTOR_HELP: &str = "\
Examples:
  lmq doctor
  lmq doctor --portal acme
  lmq doctor --all-portals -f json | jq -r '.checks[] | select(.status == \"fail\") | .help'

Exit codes, as `lmq run` would give:
  0  nothing failed                5  portal or network failed
  2  a configuration is invalid    6  the key does not see itself: lists would be incomplete
  4  credentials missing, refused  130, 143  ended by a signal";

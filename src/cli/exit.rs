//! Exit codes. One place maps what happened to a number; `docs/cli.md` has the table.

use super::args::FailOn;
use crate::check::Finding;
use crate::config::ConfigError;
use crate::portal::{FetchError, Fetched, Interrupt, PortalError};
use crate::report::Document;
use crate::run::RunError;

/// How a command ended. The order is the precedence: of several, the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// Everything was checked, and nothing found.
    Clean,
    /// Everything was checked, and something found.
    Findings,
    /// An output could not be rendered or written.
    Output,
    /// The list may be short.
    Incomplete,
    /// The portal or the network failed.
    Portal,
    /// Credentials are missing or were refused.
    Credentials,
    /// Nothing was selected.
    Nothing,
    /// Usage, or an invalid file, before anything was sent.
    Usage,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Exit {
    /// The process's exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Nothing => 3,
            Self::Credentials => 4,
            Self::Portal => 5,
            Self::Incomplete => 6,
            Self::Output => 7,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What the listings of a query make of it: all failed is the portal's or the credentials' matter, some is incomplete.
    pub(super) fn of_listings(fetched: &Fetched, incomplete: bool) -> Self {
        let failures: Vec<&FetchError> =
            fetched.listings.iter().filter_map(|walked| walked.failure.as_ref()).collect();
        if !failures.is_empty() && failures.len() == fetched.listings.len() {
            let refused = failures.iter().any(|failure| failure.is_refusal());
            return if refused { Self::Credentials } else { Self::Portal };
        }
        if incomplete { Self::Incomplete } else { Self::Clean }
    }

    /// What a result makes of it that was saved: how its portals failed is not in it, only that it may be short.
    pub(super) fn of_document(document: &Document, fail_on: FailOn, allow_partial: bool) -> Self {
        let short = document.is_incomplete() && !allow_partial;
        let seen = if short { Self::Incomplete } else { Self::Clean };
        seen.max(Self::of_findings(&document.findings, fail_on))
    }

    /// What findings make of it: those that nobody accepts, from a severity up.
    pub(super) fn of_findings(findings: &[Finding], fail_on: FailOn) -> Self {
        let counts = |finding: &Finding| fail_on.least().is_some_and(|least| finding.severity >= least);
        if findings.iter().any(counts) { Self::Findings } else { Self::Clean }
    }

    /// What keeps a portal from being asked.
    pub(super) fn of_config(error: &ConfigError) -> Self {
        match error {
            ConfigError::NoCredentials { .. } => Self::Credentials,
            ConfigError::Interrupted => Self::Interrupted,
            ConfigError::Address { .. }
            | ConfigError::NoPortal { .. }
            | ConfigError::NoPortals
            | ConfigError::Both { .. } => Self::Usage,
        }
    }

    /// What leaves a run without an outcome.
    pub(super) fn of_run(error: &RunError) -> Self {
        match error {
            RunError::Portal(error) => Self::of_error(error),
            RunError::Incomparable(_) => Self::Usage,
        }
    }

    /// What keeps a run from starting, or ends it from outside.
    pub(super) fn of_error(error: &PortalError) -> Self {
        match error {
            PortalError::Interrupted(Interrupt::Int) => Self::Interrupted,
            PortalError::Interrupted(Interrupt::Term) => Self::Terminated,
            PortalError::Runtime(_) => Self::Portal,
        }
    }
}

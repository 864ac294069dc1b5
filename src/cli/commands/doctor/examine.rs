//! The checks of one portal, in the order in which they need each other.

use super::Subject;
use super::check::{Checks, Status};
use super::setting;
use crate::auth::Credentials;
use crate::cli::exit::Exit;
use crate::config::{self, ConfigError, Environment};
use crate::portal::{
    Access, Address, Answered, Examiner, FetchError, Listed, Own, Portal, PortalError, set_clock,
};
use crate::text::counted;

/// A clock that is wrong by so much deserves a word; signatures are good for 30 minutes.
const SKEW_WARN: i64 = 2 * 60;
/// By so much, soon nothing is let in.
const SKEW_FAIL: i64 = 25 * 60;
/// A smaller part of the window's requests than this is little.
const LITTLE: u32 = 5;

/// What an answer is needed for.
const OF_THE_ANSWER: [&str; 6] = [CLOCK, ANSWER, AUTHENTICATION, PERMISSION, OWN_TOKEN, RATE_LIMIT];
const DNS: &str = "dns";
const CONNECTION: &str = "connection";
const CLOCK: &str = "clock";
const ANSWER: &str = "answer";
const AUTHENTICATION: &str = "authentication";
const PERMISSION: &str = "permission";
const OWN_TOKEN: &str = "own-token";
const RATE_LIMIT: &str = "rate-limit";

/// Looks at a portal.
///
/// # Errors
/// When a signal came.
pub(super) fn subject(
    subject: &Subject,
    examiner: &Examiner,
    environment: &Environment,
    checks: &mut Checks,
) -> Result<(), PortalError> {
    checks.portal.clone_from(&subject.name);
    account(subject, checks);
    credentials(subject, environment, checks);
    let Some(address) = &subject.address else {
        skip(&[DNS, CONNECTION], "no account", checks);
        skip(&OF_THE_ANSWER, "no account", checks);
        return Ok(());
    };
    let resolved = addresses(address, examiner, environment, checks)?;
    let why_not = match (&subject.portal, resolved) {
        (Err(_), _) => "no credentials",
        (Ok(_), Resolved::No) => "no address",
        (Ok(portal), Resolved::Yes) => return asked(portal, examiner, checks),
    };
    skip(&[CONNECTION], why_not, checks);
    skip(&OF_THE_ANSWER, why_not, checks);
    Ok(())
}

fn account(subject: &Subject, checks: &mut Checks) {
    match (&subject.address, &subject.portal) {
        (Some(address), _) => checks.ok("account", format!("{}, from {}", address.host(), subject.origin)),
        (None, portal) => {
            let help = portal.as_ref().err().and_then(ConfigError::help);
            checks.push("account", Status::Fail(Exit::Credentials), subject.origin.as_str(), help);
        }
    }
}

fn credentials(subject: &Subject, environment: &Environment, checks: &mut Checks) {
    const CHECK: &str = "credentials";
    match &subject.portal {
        Err(_) if subject.address.is_none() && config::scheme(environment).is_some() => {
            checks.skip(CHECK, "no account");
        }
        Err(error) => {
            // The remedy for a missing account names both.
            let help = error.help().filter(|_| subject.address.is_some());
            checks.push(CHECK, Status::Fail(Exit::of_config(error)), error.to_string(), help);
        }
        Ok(Portal { sandbox: true, access, .. }) => {
            checks.ok(CHECK, format!("{}, the sandbox's own", access.kind()));
        }
        Ok(Portal { access: Access::Granted(credentials), .. }) => {
            let found = setting::credentials(credentials, subject.auth.as_ref(), environment);
            match &subject.notes[..] {
                [] => checks.ok(CHECK, found),
                notes => {
                    let found = format!("{found}; {}", notes.join("; "));
                    checks.push(CHECK, Status::Warn, found, Some("unset what is not meant"));
                }
            }
        }
        Ok(Portal { access: Access::Missing { why, help }, .. }) => {
            checks.push(CHECK, Status::Fail(Exit::Credentials), why.as_str(), Some(help.as_str()));
        }
    }
}

/// Whether a connection may be tried.
#[derive(Clone, Copy)]
enum Resolved {
    Yes,
    No,
}

fn addresses(
    address: &Address,
    examiner: &Examiner,
    environment: &Environment,
    checks: &mut Checks,
) -> Result<Resolved, PortalError> {
    let found = examiner.addresses(address)?;
    Ok(match found {
        Ok(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            checks.ok(DNS, addresses.join(", "));
            Resolved::Yes
        }
        Err(error) if !address.is_loopback() && setting::has_proxy(environment) => {
            checks.push(DNS, Status::Warn, error, Some("the proxy may know the name all the same"));
            Resolved::Yes
        }
        Err(error) => {
            let help = FetchError::Connect(error.clone()).help();
            checks.push(DNS, Status::Fail(Exit::Portal), error, help);
            Resolved::No
        }
    })
}

/// What one request tells; then the one for the caller's own token.
fn asked(portal: &Portal, examiner: &Examiner, checks: &mut Checks) -> Result<(), PortalError> {
    let answered = examiner.answered(portal)?;
    let Some(status) = answered.status else {
        unanswered(&answered, checks);
        return Ok(());
    };
    let scheme =
        if portal.address.is_https() { "https, certificate trusted" } else { "http, on this machine" };
    checks.ok(CONNECTION, format!("{scheme}, HTTP {status}"));
    clock(portal, answered.skew_seconds, checks);
    if let Some(listed) = page(&answered, checks) {
        own(examiner.own(portal)?, listed, checks);
    }
    rate_limit(&answered, checks);
    Ok(())
}

/// No answer came: most likely there is no connection.
fn unanswered(answered: &Answered, checks: &mut Checks) {
    match &answered.page {
        Err(error) if error.is_refusal() => {
            skip(&[CONNECTION, CLOCK, ANSWER], "nothing was sent", checks);
            failed(AUTHENTICATION, error, checks);
            skip(&[PERMISSION, OWN_TOKEN, RATE_LIMIT], "nothing was sent", checks);
        }
        Err(error) => {
            failed(CONNECTION, error, checks);
            skip(&OF_THE_ANSWER, "no connection", checks);
        }
        Ok(_) => unreachable!("a page is an answer"),
    }
}

fn clock(portal: &Portal, skew: Option<i64>, checks: &mut Checks) {
    let Some(skew) = skew else {
        checks.skip(CLOCK, "the answer has no `Date`");
        return;
    };
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    let found = format!("{} s {direction} the portal's", skew.abs());
    let signed = matches!(portal.access, Access::Granted(Credentials::Lmv1 { .. }));
    match skew.abs() {
        0 => checks.ok(CLOCK, "as the portal's"),
        ..SKEW_WARN => checks.ok(CLOCK, found),
        SKEW_FAIL.. if signed => {
            checks.push(CLOCK, Status::Fail(Exit::Credentials), found, Some(set_clock(skew)));
        }
        _ => checks.push(CLOCK, Status::Warn, found, Some(set_clock(skew))),
    }
}

/// What the answer says of the credentials; the list, where it is one.
fn page(answered: &Answered, checks: &mut Checks) -> Option<Listed> {
    match &answered.page {
        Ok(listed) => {
            checks.ok(ANSWER, "a page of version 3");
            checks.ok(AUTHENTICATION, "accepted");
            let total = listed.total.and_then(|total| usize::try_from(total).ok());
            match (listed.rows, total) {
                (0, _) => checks.push(PERMISSION, Status::Warn, "lists no token at all", None::<String>),
                (_, Some(total)) => checks.ok(PERMISSION, format!("lists {}", counted(total, "token"))),
                (_, None) => checks.ok(PERMISSION, "lists tokens"),
            }
            return Some(*listed);
        }
        Err(error @ FetchError::Refused { status: 403, .. }) => {
            checks.ok(ANSWER, "a refusal");
            checks.skip(AUTHENTICATION, "HTTP 403 does not tell");
            failed(PERMISSION, error, checks);
        }
        Err(error @ FetchError::Refused { .. }) => {
            checks.ok(ANSWER, "a refusal");
            failed(AUTHENTICATION, error, checks);
            checks.skip(PERMISSION, "refused");
        }
        Err(FetchError::RateLimited) => {
            skip(&[ANSWER, AUTHENTICATION, PERMISSION], "the rate limit is used up", checks);
        }
        Err(error) => {
            failed(ANSWER, error, checks);
            skip(&[AUTHENTICATION, PERMISSION], "no page", checks);
        }
    }
    checks.skip(OWN_TOKEN, "no list");
    None
}

/// Whether the caller sees itself: where it does not, every list may be short.
fn own(own: Own, listed: Listed, checks: &mut Checks) {
    match own {
        Own::Visible => checks.ok(OWN_TOKEN, "in the list"),
        Own::Blind(why) => {
            let help = "without it every list may be short, and a run ends as `incomplete`";
            checks.push(OWN_TOKEN, Status::Fail(Exit::Incomplete), why, Some(help));
        }
        Own::Unaskable if listed.rows == 0 => {
            let found = "cannot be asked for with bearer credentials, and no other token shows";
            let help = "a list without rows is `incomplete` then; with an LMv1 token lmq can tell";
            checks.push(OWN_TOKEN, Status::Warn, found, Some(help));
        }
        Own::Unaskable => checks.skip(OWN_TOKEN, "cannot be asked for with bearer credentials"),
        Own::Failed(error) => failed(OWN_TOKEN, &error, checks),
    }
}

fn rate_limit(answered: &Answered, checks: &mut Checks) {
    let window = answered.window.map(|window| format!(" in a window of {} s", window.as_secs()));
    let window = window.unwrap_or_default();
    let help = "the budget is shared with everyone on the account; a run waits when a tenth is left";
    match (answered.limit, answered.remaining) {
        _ if answered.page == Err(FetchError::RateLimited) => {
            failed(RATE_LIMIT, &FetchError::RateLimited, checks);
        }
        (Some(limit), Some(left)) => {
            let found = format!("{left} of {limit} requests left{window}");
            if u64::from(left) * u64::from(LITTLE) < u64::from(limit) {
                checks.push(RATE_LIMIT, Status::Warn, found, Some(help));
            } else {
                checks.ok(RATE_LIMIT, found);
            }
        }
        _ => checks.skip(RATE_LIMIT, "the answer does not tell"),
    }
}

fn failed(check: &str, error: &FetchError, checks: &mut Checks) {
    let exit = if error.is_refusal() { Exit::Credentials } else { Exit::Portal };
    checks.push(check, Status::Fail(exit), error.to_string(), error.help());
}

fn skip(names: &[&str], why: &str, checks: &mut Checks) {
    for name in names {
        checks.skip(name, why);
    }
}

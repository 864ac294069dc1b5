//! Which portal, and who asks: `lmq.yaml`, the user's configuration and the environment made into a [`Portal`].
//!
//! Environment names are those LogicMonitor's users have already: `LM_COMPANY`, `LM_ACCESS_ID` and so on. The environment
//! is handed in; nothing here reads it.

mod choose;
mod file;
mod schema;

use std::collections::BTreeMap;

pub use choose::choose;
pub use file::{Auth, ConfigFile, PortalEntry, Trust, load};
pub use schema::schema;

use crate::auth::Credentials;
use crate::portal::{Access, Address, AddressError, BearerListing, Portal};
use crate::secret::Secret;

/// Environment variables by name.
pub type Environment = BTreeMap<String, String>;

/// Names of the account, the first one set counts.
const ACCOUNT: [&str; 3] = ["LM_COMPANY", "LM_ACCOUNT", "LM_PORTAL"];
const DEFAULT_DOMAIN: &str = "logicmonitor.com";
/// Terraform's names for the same things, for a hint.
const TERRAFORM: [&str; 2] = ["LM_API_ID", "LM_API_KEY"];

/// Why there is no portal to ask.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Something that lets lmq in is not set.
    #[error("no credentials: {missing}")]
    NoCredentials {
        /// What is missing.
        missing: String,
        /// What to set.
        help: String,
    },
    /// A setting holds something that no address is.
    #[error("{name}: {error}")]
    Address {
        /// The variable.
        name: String,
        /// What is wrong.
        error: AddressError,
    },
    /// No configuration has a portal of that name.
    #[error("{origin}: there is no portal `{name}`")]
    NoPortal {
        /// The name.
        name: String,
        /// Who asked for it.
        origin: &'static str,
        /// The nearest one, or where they are.
        help: String,
    },
    /// Two answers to the same question.
    #[error("--portal and LMQ_BASE_URL both say which portal to ask")]
    Both,
}

/// A portal, and what the user should know about how it was chosen.
#[derive(Debug)]
pub struct Chosen {
    /// The portal.
    pub portal: Portal,
    /// For stderr.
    pub notes: Vec<String>,
}

/// The portal that the environment names.
///
/// # Errors
/// When the account or the credentials are missing, or an address is none.
pub fn from_environment(environment: &Environment) -> Result<Chosen, ConfigError> {
    let mut notes = Vec::new();
    let credentials = credentials(environment, &mut notes)?;
    let Some(located) = locate(environment)? else {
        return Err(missing("LM_COMPANY is not set", environment));
    };
    let Located { address, name, account } = located;
    Ok(Chosen {
        portal: Portal {
            name,
            account,
            address,
            access: Access::Granted(credentials),
            bearer: BearerListing::Expected,
            sandbox: false,
        },
        notes,
    })
}

/// Where a portal is.
#[derive(Debug)]
pub struct Located {
    /// Its address.
    pub address: Address,
    /// Its name in reports.
    pub name: String,
    /// The account, as far as it is known.
    pub account: Option<String>,
}

/// Where the environment's portal is, whoever asks; `None` when it names none. No credential is looked at.
///
/// # Errors
/// When what it names is no address.
pub fn locate(environment: &Environment) -> Result<Option<Located>, ConfigError> {
    let account = ACCOUNT.into_iter().find_map(|name| Some((name, set(environment, name)?)));
    let wrong = |name: &str, error| ConfigError::Address { name: name.to_owned(), error };
    let (address, name) = match (set(environment, "LMQ_BASE_URL"), account) {
        (Some(url), _) => {
            let address = Address::of_url(url).map_err(|error| wrong("LMQ_BASE_URL", error))?;
            let name = address.host();
            (address, name)
        }
        (None, Some((variable, account))) => {
            let domain = set(environment, "LM_DOMAIN_NAME").unwrap_or(DEFAULT_DOMAIN);
            let address = Address::of_account(account, domain).map_err(|error| wrong(variable, error))?;
            let name = address.host().split('.').next().unwrap_or_default().to_owned();
            (address, name)
        }
        (None, None) => return Ok(None),
    };
    let account = account.map(|(_, account)| account.trim().to_owned());
    Ok(Some(Located { address, name, account }))
}

/// The form of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// An access id and its key: each request is signed.
    Lmv1,
    /// A bearer token.
    Bearer,
}

/// The form of the credentials that the environment has, told by what is set and not by its content; `None`: none.
#[must_use]
pub fn scheme(environment: &Environment) -> Option<Scheme> {
    let is_set = |name| set(environment, name).is_some();
    if is_set("LM_ACCESS_ID") || is_set("LM_ACCESS_KEY") {
        Some(Scheme::Lmv1)
    } else {
        is_set("LM_BEARER_TOKEN").then_some(Scheme::Bearer)
    }
}

fn credentials(environment: &Environment, notes: &mut Vec<String>) -> Result<Credentials, ConfigError> {
    let bearer = set(environment, "LM_BEARER_TOKEN");
    match (set(environment, "LM_ACCESS_ID"), set(environment, "LM_ACCESS_KEY")) {
        (Some(id), Some(key)) => {
            if bearer.is_some() {
                notes.push("LM_ACCESS_ID and LM_BEARER_TOKEN are both set: LMv1 is used".to_owned());
            }
            Ok(Credentials::Lmv1 { access_id: id.trim().to_owned(), access_key: Secret::new(key) })
        }
        (None, None) => match bearer {
            Some(token) => Ok(Credentials::bearer(token)),
            None => Err(missing(
                "neither LM_ACCESS_ID and LM_ACCESS_KEY nor LM_BEARER_TOKEN are set",
                environment,
            )),
        },
        (Some(_), None) => Err(missing("LM_ACCESS_ID is set, LM_ACCESS_KEY is not", environment)),
        (None, Some(_)) => Err(missing("LM_ACCESS_KEY is set, LM_ACCESS_ID is not", environment)),
    }
}

fn missing(what: &str, environment: &Environment) -> ConfigError {
    let mut help = "set LM_COMPANY (the account), and LM_ACCESS_ID with LM_ACCESS_KEY, or LM_BEARER_TOKEN;\n\
                    or try it without an account: add `--sandbox`"
        .to_owned();
    if TERRAFORM.iter().all(|name| set(environment, name).is_some()) {
        help.push_str("\nLM_API_ID and LM_API_KEY are set: lmq reads the same values from LM_ACCESS_ID and LM_ACCESS_KEY");
    }
    ConfigError::NoCredentials { missing: what.to_owned(), help }
}

/// A variable that is set to something.
fn set<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const KEYS: [(&str, &str); 2] = [("LM_ACCESS_ID", "id"), ("LM_ACCESS_KEY", "a-long-enough-key")];

    #[test]
    fn an_account_by_any_of_its_names() {
        for name in ["LM_COMPANY", "LM_ACCOUNT", "LM_PORTAL"] {
            let chosen =
                from_environment(&environment(&[KEYS[0], KEYS[1], (name, "acme")])).expect("a portal");
            assert_eq!(chosen.portal.address.host(), "acme.logicmonitor.com");
            assert_eq!(chosen.portal.name, "acme");
        }
        let gov = environment(&[KEYS[0], KEYS[1], ("LM_COMPANY", "acme"), ("LM_DOMAIN_NAME", "lmgov.us")]);
        assert_eq!(from_environment(&gov).expect("a portal").portal.address.host(), "acme.lmgov.us");
    }

    #[test]
    fn a_base_url_needs_no_account() {
        let chosen = from_environment(&environment(&[
            ("LM_BEARER_TOKEN", "lmb_x"),
            ("LMQ_BASE_URL", "http://127.0.0.1:9"),
        ]));
        assert_eq!(chosen.expect("a portal").portal.access.kind(), "bearer");
        let wrong = environment(&[KEYS[0], KEYS[1], ("LMQ_BASE_URL", "http://example.com")]);
        assert!(matches!(from_environment(&wrong), Err(ConfigError::Address { .. })));
    }

    #[test]
    fn both_kinds_of_credential_take_lmv1_and_say_so() {
        let both = [KEYS[0], KEYS[1], ("LM_BEARER_TOKEN", "lmb_x"), ("LM_COMPANY", "acme")];
        let chosen = from_environment(&environment(&both)).expect("a portal");
        assert_eq!(chosen.portal.access.kind(), "LMv1");
        assert_eq!(chosen.notes.len(), 1);
    }

    #[test]
    fn what_is_missing_is_named_with_a_remedy() {
        let cases: [(&[(&str, &str)], &str); 5] = [
            (&[], "neither"),
            (&KEYS, "LM_COMPANY"),
            (&[KEYS[0]], "LM_ACCESS_KEY is not"),
            (&[KEYS[1]], "LM_ACCESS_ID is not"),
            (&[("LM_ACCESS_ID", " "), ("LM_API_ID", "x"), ("LM_API_KEY", "y")], "neither"),
        ];
        for (pairs, found) in cases {
            match from_environment(&environment(pairs)) {
                Err(ConfigError::NoCredentials { missing, help }) => {
                    assert!(missing.contains(found), "{missing}");
                    assert!(help.contains("LM_COMPANY") && help.contains("--sandbox"), "{help}");
                    assert_eq!(help.contains("LM_API_ID"), pairs.len() == 3);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

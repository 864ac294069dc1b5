//! Which portals, and who asks: `lmq.yaml`, the user's configuration and the environment made into a [`Portal`] each.
//!
//! `file` and `auth` read configurations, `choose` says which portals are meant, `resolve` gets their secrets.
//! Environment names are those LogicMonitor's users have already: `LM_COMPANY`, `LM_ACCESS_ID` and so on. The environment
//! is handed in; nothing here reads it.

mod auth;
mod choose;
mod command;
mod environment;
mod file;
mod resolve;
mod schema;

pub use auth::{Auth, SecretSource};
pub use choose::{Barred, Candidates, Chosen, Selection, candidates, choose};
pub use environment::Environment;
pub use file::{ConfigFile, PortalEntry, Trust, load};
pub use resolve::{Ask, Sources};
pub use schema::schema;

use crate::auth::Credentials;
use crate::portal::{Access, Address, AddressError, BearerListing, Portal};
use crate::secret::Secret;
use resolve::{TRY_IT, long_enough};

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
    /// `--all-portals`, and no configuration has one.
    #[error("--all-portals: there is no portal")]
    NoPortals,
    /// Two answers to the same question.
    #[error("{flag} and LMQ_BASE_URL both say which portal to ask")]
    Both {
        /// The first of them.
        flag: &'static str,
    },
    /// Ctrl-C where a secret was asked for.
    #[error("interrupted")]
    Interrupted,
}

impl ConfigError {
    /// Where portals are configured.
    const WHERE: &'static str =
        "portals are in `lmq.yaml` of the project and in your own `config.yaml`; there are none";

    /// What is wrong, for a sentence that says already that there are no credentials.
    fn why(&self) -> String {
        match self {
            Self::NoCredentials { missing, .. } => missing.clone(),
            other => other.to_string(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NoCredentials { help, .. } | Self::NoPortal { help, .. } => Some(help),
            Self::NoPortals => Some(Self::WHERE),
            Self::Both { .. } => Some("leave out one of them"),
            Self::Address { .. } | Self::Interrupted => None,
        }
    }
}

/// The portal that the environment names.
///
/// # Errors
/// When an address is none, or the user broke off. Missing credentials are in the portal's place.
pub fn from_environment(sources: &mut Sources<'_>) -> Result<Chosen, ConfigError> {
    let mut notes = Vec::new();
    let Some(Located { address, name, account }) = locate(sources.environment)? else {
        // Nobody is asked for a key that could not be used.
        let mut silent = Sources { ask: None, ..*sources };
        let portal = credentials(&mut silent, "", &mut notes)
            .and_then(|_| Err(missing("LM_COMPANY is not set", sources.environment)));
        return Ok(Chosen {
            portal: portal.map_err(|error| Barred { error, portal: None }),
            notes,
            auth: None,
        });
    };
    let portal = match credentials(sources, &name, &mut notes) {
        Err(ConfigError::Interrupted) => return Err(ConfigError::Interrupted),
        credentials => credentials.map(|credentials| {
            let access = Access::Granted(credentials);
            Portal { name, account, address, access, sandbox: false, bearer: BearerListing::Expected }
        }),
    };
    Ok(Chosen { portal: portal.map_err(|error| Barred { error, portal: None }), notes, auth: None })
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
    let account = ACCOUNT.into_iter().find_map(|name| Some((name, environment.set(name)?)));
    let wrong = |name: &str, error| ConfigError::Address { name: name.to_owned(), error };
    let (address, name) = match (environment.set("LMQ_BASE_URL"), account) {
        (Some(url), _) => {
            let address = Address::of_url(url).map_err(|error| wrong("LMQ_BASE_URL", error))?;
            let name = address.host();
            (address, name)
        }
        (None, Some((variable, account))) => {
            let domain = environment.set("LM_DOMAIN_NAME").unwrap_or(DEFAULT_DOMAIN);
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
    let is_set = |name| environment.set(name).is_some();
    if is_set("LM_ACCESS_ID") || is_set("LM_ACCESS_KEY") {
        Some(Scheme::Lmv1)
    } else {
        is_set("LM_BEARER_TOKEN").then_some(Scheme::Bearer)
    }
}

fn credentials(
    sources: &mut Sources<'_>,
    portal: &str,
    notes: &mut Vec<String>,
) -> Result<Credentials, ConfigError> {
    let environment = sources.environment;
    let lmv1 = |id: &str, key| {
        let access_key = long_enough(key, "LM_ACCESS_KEY")?;
        Ok(Credentials::Lmv1 { access_id: id.trim().to_owned(), access_key })
    };
    let bearer = environment.set("LM_BEARER_TOKEN");
    match (environment.set("LM_ACCESS_ID"), environment.set("LM_ACCESS_KEY")) {
        (Some(id), Some(key)) => {
            if bearer.is_some() {
                notes.push("LM_ACCESS_ID and LM_BEARER_TOKEN are both set: LMv1 is used".to_owned());
            }
            lmv1(id, Secret::new(key))
        }
        (None, None) => match bearer {
            Some(token) => {
                let token = Credentials::bearer(token);
                long_enough(token.secret().clone(), "LM_BEARER_TOKEN").map(|_| token)
            }
            None => Err(missing(
                "neither LM_ACCESS_ID and LM_ACCESS_KEY nor LM_BEARER_TOKEN are set",
                environment,
            )),
        },
        (Some(id), None) => match sources.asked(&format!("LM_ACCESS_KEY (accessKey of {portal}): "))? {
            Some(key) => lmv1(id, key),
            None => Err(missing("LM_ACCESS_ID is set, LM_ACCESS_KEY is not", environment)),
        },
        (None, Some(_)) => Err(missing("LM_ACCESS_KEY is set, LM_ACCESS_ID is not", environment)),
    }
}

fn missing(what: &str, environment: &Environment) -> ConfigError {
    let mut help = format!(
        "set LM_COMPANY (the account), and LM_ACCESS_ID with LM_ACCESS_KEY, or LM_BEARER_TOKEN;\n{TRY_IT}"
    );
    if TERRAFORM.iter().all(|name| environment.set(name).is_some()) {
        help.push_str("\nLM_API_ID and LM_API_KEY are set: lmq reads the same values from LM_ACCESS_ID and LM_ACCESS_KEY");
    }
    ConfigError::NoCredentials { missing: what.to_owned(), help }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn portal(pairs: &[(&str, &str)]) -> Result<Portal, ConfigError> {
        from_environment(&mut Sources::new(&environment(pairs), None))?.portal.map_err(|barred| barred.error)
    }

    const KEYS: [(&str, &str); 2] = [("LM_ACCESS_ID", "id"), ("LM_ACCESS_KEY", "a-long-enough-key")];

    #[test]
    fn an_account_by_any_of_its_names() {
        for name in ["LM_COMPANY", "LM_ACCOUNT", "LM_PORTAL"] {
            let portal = portal(&[KEYS[0], KEYS[1], (name, "acme")]).expect("a portal");
            assert_eq!(portal.address.host(), "acme.logicmonitor.com");
            assert_eq!(portal.name, "acme");
        }
        let gov = [KEYS[0], KEYS[1], ("LM_COMPANY", "acme"), ("LM_DOMAIN_NAME", "lmgov.us")];
        assert_eq!(portal(&gov).expect("a portal").address.host(), "acme.lmgov.us");
    }

    #[test]
    fn a_base_url_needs_no_account() {
        let bearer = [("LM_BEARER_TOKEN", "lmb_long-enough"), ("LMQ_BASE_URL", "http://127.0.0.1:9")];
        assert_eq!(portal(&bearer).expect("a portal").access.kind(), "bearer");
        let wrong = [KEYS[0], KEYS[1], ("LMQ_BASE_URL", "http://example.com")];
        assert!(matches!(portal(&wrong), Err(ConfigError::Address { .. })));
    }

    #[test]
    fn both_kinds_of_credential_take_lmv1_and_say_so() {
        let both = [KEYS[0], KEYS[1], ("LM_BEARER_TOKEN", "lmb_long-enough"), ("LM_COMPANY", "acme")];
        let both = environment(&both);
        let chosen = from_environment(&mut Sources::new(&both, None)).expect("a portal");
        assert_eq!(chosen.portal.expect("a portal").access.kind(), "LMv1");
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
            match portal(pairs) {
                Err(ConfigError::NoCredentials { missing, help }) => {
                    assert!(missing.contains(found), "{missing}");
                    assert!(help.contains("LM_COMPANY") && help.contains("--sandbox"), "{help}");
                    assert_eq!(help.contains("LM_API_ID"), pairs.len() == 3);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_too_short_is_refused_and_not_shown() {
        let acme = ("LM_COMPANY", "acme");
        for pairs in [
            [acme, KEYS[0], ("LM_ACCESS_KEY", " hunter2 ")],
            [acme, ("LM_BEARER_TOKEN", "Bearer hunter2"), ("X", "")],
        ] {
            let error = portal(&pairs).expect_err("too short");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("fewer than 8 characters") && !shown.contains("hunter2"), "{shown}");
        }
    }
}

//! Which portals a run asks: `--portal` or `--all-portals`, `LMQ_PORTAL`, `defaultPortal`, the environment's own.

use super::auth::Auth;
use super::file::{ConfigFile, PortalEntry};
use super::resolve::Sources;
use super::{ConfigError, Environment, from_environment, locate};
use crate::portal::{Access, Portal};
use crate::text;

/// What the command line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Nothing: the environment and the files decide.
    Default,
    /// `--portal`, each name.
    Named(Vec<String>),
    /// `--all-portals`.
    All,
}

/// A portal that a run asks, or why it cannot; and what the user should know about how it was chosen.
#[derive(Debug)]
pub struct Chosen {
    /// The portal. That one has no credentials says nothing of the others.
    pub portal: Result<Portal, Barred>,
    /// For stderr.
    pub notes: Vec<String>,
    /// Where a configuration says its credentials are; `None`: it is the environment's own portal.
    pub auth: Option<Auth>,
}

/// A portal without credentials.
#[derive(Debug)]
pub struct Barred {
    /// Why.
    pub error: ConfigError,
    /// The portal as one that nobody may ask, where it is known: beside others, it is a part of the run that failed.
    pub portal: Option<Portal>,
}

/// The portals that a run may ask, by name: no credential is looked at yet.
#[derive(Debug)]
pub struct Candidates<'f> {
    /// Entries of configurations; none: it is the environment's own portal.
    entries: Vec<(&'f ConfigFile, &'f PortalEntry)>,
}

impl Candidates<'_> {
    /// Their names, at least one, each once.
    ///
    /// # Errors
    /// When what the environment names is no address.
    pub fn names(&self, environment: &Environment) -> Result<Vec<String>, ConfigError> {
        if self.entries.is_empty() {
            let located = locate(environment)?;
            return Ok(vec![located.map_or_else(String::new, |located| located.name)]);
        }
        Ok(self.entries.iter().map(|(_, entry)| entry.name.clone()).collect())
    }

    /// Those of them with these places, with their credentials.
    ///
    /// # Errors
    /// When an address is none, or the user broke off.
    pub fn resolved(
        &self,
        wanted: &dyn Fn(usize) -> bool,
        sources: &mut Sources<'_>,
    ) -> Result<Vec<Chosen>, ConfigError> {
        if self.entries.is_empty() {
            return if wanted(0) { Ok(vec![from_environment(sources)?]) } else { Ok(Vec::new()) };
        }
        let entries = self.entries.iter().enumerate().filter(|(place, _)| wanted(*place));
        entries.map(|(_, (file, entry))| resolved(file, entry, sources)).collect()
    }
}

/// The portals for a run, at least one, each once. Of two files the first counts, for a portal's entry as for `defaultPortal`.
///
/// # Errors
/// When no portal has a name, there is none to choose from, two settings contradict each other, or the user broke off.
pub fn choose(
    selection: &Selection,
    files: &[ConfigFile],
    sources: &mut Sources<'_>,
) -> Result<Vec<Chosen>, ConfigError> {
    candidates(selection, files, sources.environment)?.resolved(&|_| true, sources)
}

/// As [`choose`], with no portal resolved yet.
///
/// # Errors
/// When no portal has a name, there is none to choose from, or two settings contradict each other.
pub fn candidates<'f>(
    selection: &Selection,
    files: &'f [ConfigFile],
    environment: &Environment,
) -> Result<Candidates<'f>, ConfigError> {
    let base_url = environment.set("LMQ_BASE_URL").is_some();
    let (names, origin) = match selection {
        Selection::Named(_) if base_url => return Err(ConfigError::Both { flag: "--portal" }),
        Selection::All if base_url => return Err(ConfigError::Both { flag: "--all-portals" }),
        Selection::All => {
            let entries = every(files);
            return if entries.is_empty() { Err(ConfigError::NoPortals) } else { Ok(Candidates { entries }) };
        }
        Selection::Named(names) => (names.clone(), "--portal"),
        Selection::Default if base_url => return Ok(Candidates { entries: Vec::new() }),
        Selection::Default => match environment.set("LMQ_PORTAL") {
            Some(names) => {
                let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
                (names.map(str::to_owned).collect(), "LMQ_PORTAL")
            }
            None => (
                files.iter().find_map(|file| file.default_portal.clone()).into_iter().collect(),
                "defaultPortal",
            ),
        },
    };
    let mut entries: Vec<(&ConfigFile, &PortalEntry)> = Vec::new();
    for name in &names {
        let portal = named(name, origin, files)?;
        if !entries.iter().any(|(_, entry)| entry.name == *name) {
            entries.push(portal);
        }
    }
    Ok(Candidates { entries })
}

/// Every portal once, in the order of the files.
fn every(files: &[ConfigFile]) -> Vec<(&ConfigFile, &PortalEntry)> {
    let mut found: Vec<(&ConfigFile, &PortalEntry)> = Vec::new();
    for (file, entry) in files.iter().flat_map(|file| file.portals.iter().map(move |entry| (file, entry))) {
        if !found.iter().any(|(_, known)| known.name == entry.name) {
            found.push((file, entry));
        }
    }
    found
}

fn named<'f>(
    name: &str,
    origin: &'static str,
    files: &'f [ConfigFile],
) -> Result<(&'f ConfigFile, &'f PortalEntry), ConfigError> {
    let entries = every(files);
    if let Some(found) = entries.iter().find(|(_, entry)| entry.name == name) {
        return Ok(*found);
    }
    let names = || entries.iter().map(|(_, entry)| entry.name.as_str());
    let help = match text::nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if entries.is_empty() => ConfigError::WHERE.to_owned(),
        None => format!("portals: {}", text::listed(names())),
    };
    Err(ConfigError::NoPortal { name: name.to_owned(), origin, help })
}

/// A portal with its credentials. Only breaking off is an error of all.
fn resolved(
    file: &ConfigFile,
    entry: &PortalEntry,
    sources: &mut Sources<'_>,
) -> Result<Chosen, ConfigError> {
    let portal = match sources.credentials(entry, &file.folder) {
        Err(ConfigError::Interrupted) => return Err(ConfigError::Interrupted),
        credentials => credentials.map(|credentials| Portal {
            name: entry.name.clone(),
            account: Some(entry.account.clone()),
            address: entry.address.clone(),
            access: Access::Granted(credentials),
            sandbox: false,
            bearer: entry.bearer,
        }),
    };
    let portal = portal.map_err(|error| {
        let (name, account) = (entry.name.clone(), Some(entry.account.clone()));
        let access = Access::Missing { why: error.why(), help: error.help().unwrap_or_default().to_owned() };
        let address = entry.address.clone();
        Barred {
            error,
            portal: Some(Portal { name, account, address, access, sandbox: false, bearer: entry.bearer }),
        }
    });
    Ok(Chosen { portal, notes: Vec::new(), auth: Some(entry.auth.clone()) })
}

#[cfg(test)]
mod tests {
    use super::super::Environment;
    use super::super::file::{Trust, load};
    use super::*;
    use crate::diag::Source;
    use crate::portal::BearerListing;

    /// A portal a name, each of an account, with the token of the variable `LM_T` or one of its own.
    fn file(portals: &[(&str, &str)], default: &str) -> ConfigFile {
        let entry = |(name, account): &(&str, &str)| {
            let variable = if *name == "poor" { "LM_POOR" } else { "LM_T" };
            format!(
                "  {name}:\n    account: {account}\n    bearer: unlicensed\n    auth: {{bearerToken: {{env: {variable}}}}}\n"
            )
        };
        let portals: String = portals.iter().map(entry).collect();
        load(&Source::new("lmq.yaml", format!("portals:\n{portals}{default}")), Trust::User).expect("valid")
    }

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The hosts, or for a portal that cannot be asked its error; or the error of all.
    fn hosts(
        selection: &Selection,
        pairs: &[(&str, &str)],
        files: &[ConfigFile],
    ) -> Result<Vec<String>, String> {
        let environment = environment(pairs);
        let chosen = choose(selection, files, &mut Sources::new(&environment, None));
        let host = |chosen: Chosen| match chosen.portal {
            Ok(portal) => portal.address.host(),
            Err(barred) => {
                format!("{}: {}", barred.portal.map_or_else(String::new, |portal| portal.name), barred.error)
            }
        };
        chosen.map(|all| all.into_iter().map(host).collect()).map_err(|error| error.to_string())
    }

    fn flags(names: &[&str]) -> Selection {
        Selection::Named(names.iter().map(|name| (*name).to_owned()).collect())
    }

    const TOKEN: (&str, &str) = ("LM_T", "lmb_token-token");

    #[test]
    fn the_flag_then_the_variable_then_the_default_then_the_environment() {
        let files =
            [file(&[("a", "aaa")], "defaultPortal: a\n"), file(&[("b", "bbb")], "defaultPortal: b\n")];
        let own = [TOKEN, ("LM_COMPANY", "own"), ("LM_BEARER_TOKEN", "lmb_own-token")];
        let portal = [TOKEN, ("LMQ_PORTAL", "b")];
        let one = |host: &str| Ok(vec![format!("{host}.logicmonitor.com")]);
        assert_eq!(hosts(&flags(&["a"]), &portal, &files), one("aaa"));
        assert_eq!(hosts(&Selection::Default, &portal, &files), one("bbb"));
        assert_eq!(hosts(&Selection::Default, &own, &files), one("aaa"));
        assert_eq!(hosts(&Selection::Default, &own, &[]), one("own"));
        let all = Ok(vec!["aaa.logicmonitor.com".to_owned(), "bbb.logicmonitor.com".to_owned()]);
        assert_eq!(hosts(&Selection::All, &portal, &files), all, "the flag beats the variable");
    }

    #[test]
    fn several_come_in_order_and_once() {
        let files = [file(&[("b", "bbb"), ("a", "project")], ""), file(&[("a", "user"), ("c", "ccc")], "")];
        let of = |names: &[&str]| Ok(names.iter().map(|name| format!("{name}.logicmonitor.com")).collect());
        assert_eq!(hosts(&flags(&["c", "a", "c"]), &[TOKEN], &files), of(&["ccc", "project"]));
        let variable = [TOKEN, ("LMQ_PORTAL", " c ,b,, c")];
        assert_eq!(hosts(&Selection::Default, &variable, &files), of(&["ccc", "bbb"]));
        assert_eq!(hosts(&Selection::All, &[TOKEN], &files), of(&["bbb", "project", "ccc"]));
    }

    #[test]
    fn one_without_credentials_does_not_hide_the_others() {
        let files = [file(&[("a", "aaa"), ("poor", "ppp"), ("b", "bbb")], "")];
        let found = hosts(&Selection::All, &[TOKEN], &files).expect("portals");
        assert_eq!(found[0], "aaa.logicmonitor.com");
        assert!(found[1].starts_with("poor: no credentials: LM_POOR, which"), "{found:?}");
        assert_eq!(found[2], "bbb.logicmonitor.com");
        let chosen = choose(&Selection::All, &files, &mut Sources::new(&environment(&[TOKEN]), None));
        let first = chosen.expect("portals").remove(0).portal.expect("a portal");
        assert_eq!(first.bearer, BearerListing::Unlicensed);
    }

    #[test]
    fn what_is_missing_or_contradicts_is_named() {
        let files = [file(&[("acme", "acme")], "")];
        let error = |selection: &Selection, pairs: &[(&str, &str)], files: &[ConfigFile]| {
            hosts(selection, pairs, files).expect_err("refused")
        };
        assert!(error(&flags(&["acme", "acmee"]), &[TOKEN], &files).contains("no portal `acmee`"));
        assert!(error(&Selection::All, &[], &[]).contains("--all-portals"));
        let base = [("LMQ_BASE_URL", "http://127.0.0.1:9"), ("LM_BEARER_TOKEN", "lmb_token-token")];
        assert!(error(&flags(&["acme"]), &base, &files).starts_with("--portal and LMQ_BASE_URL"));
        assert!(error(&Selection::All, &base, &files).starts_with("--all-portals and LMQ_BASE_URL"));
        let default = [file(&[("a", "a")], "defaultPortal: a\n")];
        assert_eq!(hosts(&Selection::Default, &base, &default), Ok(vec!["127.0.0.1:9".to_owned()]));
    }
}

//! `lmq.yaml` of a project and `config.yaml` of a user: portals by name, and where their credentials are.
//!
//! A project file can come from anyone's pull request. It holds no secret, names only environment variables that begin with
//! `LM_`, and only portals of LogicMonitor. A user's own file may name others, and other sources. `auth` reads those.

use std::path::PathBuf;
use std::sync::Arc;

use super::auth::Auth;
use crate::diag::{Code, Diagnostic, Source};
use crate::portal::{Address, BearerListing};
use crate::text;
use crate::yaml::{self, At, Entries, Mistake, Node, Place, Reader};

/// The keys at the top.
pub(super) const KEYS: &[&str] = &["portals", "defaultPortal"];
/// The keys of a portal.
pub(super) const PORTAL_KEYS: &[&str] = &["account", "domain", "auth", "bearer"];
/// What `bearer` of a portal may say.
pub(super) const BEARER: &[(&str, BearerListing)] = &[("unlicensed", BearerListing::Unlicensed)];
/// Where LogicMonitor's portals are.
const DOMAINS: [&str; 2] = ["logicmonitor.com", "lmgov.us"];

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The project's: anyone may have written it.
    Project,
    /// The user's own.
    User,
}

/// A configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// In the order of the file.
    pub portals: Vec<PortalEntry>,
    /// The portal for runs that name none.
    pub default_portal: Option<String>,
    /// Where the file lies: paths in it are relative to that.
    pub folder: PathBuf,
}

impl ConfigFile {
    /// The variables that it says hold secrets.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.portals.iter().filter_map(|portal| portal.auth.variables())
    }
}

/// A portal of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalEntry {
    /// Its name: letters, digits, `-`, `_`.
    pub name: String,
    /// The account as written.
    pub account: String,
    /// Where it is.
    pub address: Address,
    /// Where its credentials are.
    pub auth: Auth,
    /// What is known of its list of bearer tokens.
    pub bearer: BearerListing,
}

/// Reads a configuration. An empty file is one without portals.
///
/// # Errors
/// Every mistake of the file.
pub fn load(source: &Arc<Source>, trust: Trust) -> Result<ConfigFile, Vec<Diagnostic>> {
    let top = yaml::parse(source).map_err(|mistake| vec![*mistake])?;
    let empty = Node::Map(Vec::new());
    let top = At::new(if top == Node::Null { &empty } else { &top }, Place::default());
    let mut reader = Reader::default();
    let keys = reader.entries(&top, KEYS, "a map with `portals`");
    let mut file = Loader { reader: &mut reader, source, trust, unshown: Vec::new() };
    let portals = keys.value("portals").map(|at| file.portals(at)).unwrap_or_default();
    let unshown = file.unshown;
    let default_portal = keys.value("defaultPortal").and_then(|at| reader.text(at, "the name of a portal"));
    let mut diagnostics = reader.finish(source);
    diagnostics.extend(unshown);
    if diagnostics.is_empty() {
        Ok(ConfigFile { portals, default_portal, folder: PathBuf::new() })
    } else {
        Err(diagnostics)
    }
}

/// Reads portals; `auth` reads their credentials' sources.
pub(super) struct Loader<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) source: &'a Arc<Source>,
    pub(super) trust: Trust,
    /// Mistakes whose line must not be shown, because a secret may stand in it.
    pub(super) unshown: Vec<Diagnostic>,
}

impl Loader<'_> {
    fn portals(&mut self, at: &At<'_>) -> Vec<PortalEntry> {
        let Node::Map(entries) = at.node else {
            self.reader.wrong_type(at, "a map of portals by name");
            return Vec::new();
        };
        let mut portals: Vec<PortalEntry> = Vec::new();
        for (index, (key, node)) in entries.iter().enumerate() {
            let key = At::new(key, at.place.key(index));
            let Some(name) = self.reader.text(&key, "the name of a portal") else { continue };
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                let message = format!("`{}` is no name of a portal", text::shortened(&name, 40));
                self.reader.push(
                    Mistake::new(Code::BadValue, message, &key.place).help("letters, digits, `-` and `_`"),
                );
            } else if portals.iter().any(|portal| portal.name == name) {
                let message = format!("the portal `{name}` stands twice");
                self.reader.push(Mistake::new(Code::DuplicateKey, message, &key.place));
            } else if let Some(portal) = self.portal(name, &At::new(node, at.place.value(index))) {
                portals.push(portal);
            }
        }
        portals
    }

    fn portal(&mut self, name: String, at: &At<'_>) -> Option<PortalEntry> {
        let keys = self.reader.entries(at, PORTAL_KEYS, "a map with `account` and `auth`");
        let domain = keys.value("domain").and_then(|at| self.reader.text(at, "a domain"));
        let account = self.mandatory(&keys, "account", at).and_then(|at| self.reader.text(&at, "an account"));
        let auth = self.mandatory(&keys, "auth", at).and_then(|at| self.auth(&at));
        let bearer = match keys.value("bearer") {
            Some(at) => self.reader.choice(at, BEARER),
            None => Some(BearerListing::Expected),
        };
        let account = account?;
        let place = keys.value("account").map_or(&at.place, |at| &at.place);
        let address = self.address(&account, domain.as_deref().unwrap_or(DOMAINS[0]), place);
        Some(PortalEntry { name, account, address: address?, auth: auth?, bearer: bearer? })
    }

    fn mandatory<'n>(&mut self, keys: &Entries<'n>, name: &str, at: &At<'n>) -> Option<At<'n>> {
        let value = keys.value(name).cloned();
        if value.is_none() && matches!(at.node, Node::Map(_)) {
            self.reader.push(Mistake::new(
                Code::MissingKey,
                format!("the key `{name}` is missing"),
                &at.place,
            ));
        }
        value
    }

    fn address(&mut self, account: &str, domain: &str, place: &Place) -> Option<Address> {
        let address = match Address::of_account(account, domain) {
            Ok(address) => address,
            Err(error) => {
                self.reader.push(Mistake::new(Code::BadValue, error.to_string(), place));
                return None;
            }
        };
        let host = address.host();
        let known = DOMAINS.iter().any(|domain| host.ends_with(&format!(".{domain}")));
        if self.trust == Trust::Project && !known {
            let message = format!("a project's configuration may not send credentials to `{host}`");
            let help = "accounts of a project are below logicmonitor.com or lmgov.us; others go into your own configuration";
            self.reader.push(Mistake::new(Code::ConfigTrust, message, place).help(help));
            return None;
        }
        Some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::super::auth::SecretSource;
    use super::*;

    const GOOD: &str = "portals:\n  acme:\n    account: acme\n    auth:\n      accessId: {env: LM_ACME_ACCESS_ID}\n      accessKey: {env: LM_ACME_ACCESS_KEY}\n  gov:\n    account: agency\n    domain: lmgov.us\n    auth: {bearerToken: {env: LM_GOV_TOKEN}}\ndefaultPortal: acme\n";

    fn codes(text: &str, trust: Trust) -> Vec<Code> {
        let mistakes = load(&Source::new("lmq.yaml", text), trust).err().unwrap_or_default();
        mistakes.iter().map(|mistake| mistake.code).collect()
    }

    fn portal(account: &str, auth: &str) -> String {
        format!("portals:\n  acme:\n    account: {account}\n    auth: {auth}\n")
    }

    #[test]
    fn portals_have_an_address_and_variables() {
        let file = load(&Source::new("lmq.yaml", GOOD), Trust::Project).expect("valid");
        let hosts: Vec<String> = file.portals.iter().map(|portal| portal.address.host()).collect();
        assert_eq!(hosts, ["acme.logicmonitor.com", "agency.lmgov.us"]);
        assert_eq!(file.portals[1].auth, Auth::Bearer(SecretSource::Env("LM_GOV_TOKEN".to_owned())));
        assert_eq!(file.variables().collect::<Vec<_>>(), ["LM_ACME_ACCESS_KEY", "LM_GOV_TOKEN"]);
        assert_eq!(file.default_portal.as_deref(), Some("acme"));
        assert_eq!(load(&Source::new("lmq.yaml", ""), Trust::Project), Ok(ConfigFile::default()));
    }

    #[test]
    fn a_project_may_say_less_than_a_user() {
        let good = "{bearerToken: {env: LM_TOKEN}}";
        let cases = [
            (portal("https://evil.example", good), Code::ConfigTrust),
            (portal("acme.logicmonitor.com.evil.example", good), Code::ConfigTrust),
            (portal("acme", "{bearerToken: {env: AWS_SECRET_ACCESS_KEY}}"), Code::ConfigTrust),
            (portal("acme", "{bearerToken: {file: ~/token}}"), Code::ConfigTrust),
            (portal("acme", "{bearerToken: {command: [op, read]}}"), Code::ConfigTrust),
            (portal("acme", "{bearerToken: prompt}"), Code::ConfigTrust),
        ];
        for (text, code) in cases {
            assert_eq!(codes(&text, Trust::Project), [code], "{text}");
            assert_eq!(codes(&text, Trust::User), [], "{text}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let cases = [
            ("portal: {}\n".to_owned(), Code::UnknownKey),
            (portal("acme", "{accessId: {env: LM_A}}"), Code::MissingKey),
            (portal("acme", "{}"), Code::MissingKey),
            (portal("a b", "{bearerToken: {env: LM_T}}"), Code::BadValue),
            (portal("acme", "{bearerToken: {command: op read}}"), Code::WrongType),
            (portal("acme", "{bearerToken: {command: []}}"), Code::BadValue),
            (portal("acme", "{bearerToken: {command: [op, 1]}}"), Code::WrongType),
            (portal("acme", "{bearerToken: {file: ''}}"), Code::BadValue),
            (portal("acme", "{bearerToken: {prompt: true}}"), Code::BadValue),
            (portal("acme", "{bearerToken: {}}"), Code::MissingKey),
            (portal("acme", "{bearerToken: {env: LM_T, file: x}}"), Code::Conflict),
            (portal("acme", "{bearerToken: {env: LM_T, env2: x}}"), Code::UnknownKey),
            (portal("acme", "{bearerToken: {env: a-b}}"), Code::BadValue),
            (portal("acme", "{bearerToken: {env: LM_T}}\n    bearer: licensed"), Code::BadValue),
            (portal("acme", "{bearerToken: {env: LM_T}}\n    bearer: true"), Code::WrongType),
            ("portals: {'a b': {}}\n".to_owned(), Code::BadValue),
            ("portals: []\n".to_owned(), Code::WrongType),
        ];
        for (text, code) in cases {
            assert_eq!(codes(&text, Trust::User), [code], "{text}");
        }
    }

    #[test]
    fn a_user_has_every_source() {
        let sources = [
            ("{env: MY_TOKEN}", SecretSource::Env("MY_TOKEN".to_owned())),
            ("{file: ~/.secrets/token}", SecretSource::File("~/.secrets/token".to_owned())),
            ("{command: [op, read]}", SecretSource::Command(vec!["op".to_owned(), "read".to_owned()])),
            ("prompt", SecretSource::Prompt),
        ];
        for (text, source) in sources {
            let text = portal("acme", &format!("{{bearerToken: {text}}}\n    bearer: unlicensed"));
            let file = load(&Source::new("config.yaml", text), Trust::User).expect("valid");
            assert_eq!(file.portals[0].auth, Auth::Bearer(source));
            assert_eq!(file.portals[0].bearer, BearerListing::Unlicensed);
        }
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_shown() {
        let text = portal("acme", "{accessId: abc, accessKey: 'hunter22-hunter22'}");
        let mistakes = load(&Source::new("lmq.yaml", text), Trust::User).expect_err("refused");
        let shown: String = mistakes.iter().map(|mistake| crate::diag::render(mistake, false)).collect();
        assert_eq!(mistakes.len(), 2);
        assert!(shown.contains("line 4") && shown.contains("{env: LM_…}"), "{shown}");
        assert!(!shown.contains("hunter22") && !format!("{mistakes:?}").contains("hunter22"), "{shown}");
        for disguised in ["{env: hunter22-hunter22}", "{value: hunter22-hunter22}", "[hunter22-hunter22]"] {
            let text = portal("acme", &format!("{{bearerToken: {disguised}}}"));
            let mistakes = load(&Source::new("lmq.yaml", text), Trust::User).expect_err("refused");
            let shown: String = mistakes.iter().map(|mistake| crate::diag::render(mistake, false)).collect();
            assert!(shown.contains("line 4") && !shown.contains("hunter22"), "{shown}");
        }
    }
}

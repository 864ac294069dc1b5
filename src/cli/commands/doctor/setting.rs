//! The settings: configurations and variables, with their origin. Of a secret, its length alone is told.

use std::fs;

use super::check::{Checks, Status};
use crate::auth::Credentials;
use crate::cli::configuration::Found;
use crate::cli::exit::Exit;
use crate::config::{Auth, ConfigFile, Environment, SecretSource};
use crate::diag::Diagnostic;
use crate::portal::without_credentials;
use crate::project::Project;
use crate::text::counted;

/// Variables whose value is told.
const PLAIN: [&str; 11] = [
    "LM_COMPANY",
    "LM_ACCOUNT",
    "LM_PORTAL",
    "LM_DOMAIN_NAME",
    "LMQ_BASE_URL",
    "LMQ_PORTAL",
    "LMQ_CONFIG",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_DIR",
    "CI",
];
/// Variables of which it is told that they are set. An access id is no secret, but a key may have been put in its place.
const SECRET: [&str; 3] = ["LM_ACCESS_ID", "LM_ACCESS_KEY", "LM_BEARER_TOKEN"];
/// Variables that name the proxy for https.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variable that names a file of root certificates.
const CERTIFICATES: &str = "SSL_CERT_FILE";
/// Variables that hold the account, the first one set counts.
const ACCOUNT: [&str; 4] = ["LMQ_BASE_URL", "LM_COMPANY", "LM_ACCOUNT", "LM_PORTAL"];

/// What is in each place of a configuration.
pub(super) fn files(found: &[Found], checks: &mut Checks) {
    for found in found {
        match &found.read {
            Ok(None) => checks.ok(&found.name, "none"),
            Ok(Some(file)) => {
                let default = file.default_portal.as_ref();
                let default = default.map(|name| format!(", `{name}` without --portal")).unwrap_or_default();
                checks.ok(&found.name, counted(file.portals.len(), "portal") + &default);
            }
            Err(mistakes) => mistakes.iter().for_each(|mistake| broken(&found.name, mistake, checks)),
        }
    }
}

fn broken(name: &str, mistake: &Diagnostic, checks: &mut Checks) {
    let region = mistake.primary.region();
    let place = if mistake.primary.source.text.is_empty() {
        String::new()
    } else {
        format!("line {}, column {}: ", region.line, region.column)
    };
    let found = format!("{place}{} [{}]", mistake.message, mistake.code.as_str());
    checks.push(name, Status::Fail(Exit::Usage), found, mistake.help.as_deref());
}

/// The variables that are set.
pub(super) fn variables(environment: &Environment, project: &Project, checks: &mut Checks) {
    for name in PLAIN.into_iter().chain(PROXY) {
        if let Some(value) = environment.set(name) {
            checks.ok(name, without_credentials(value));
        }
    }
    for name in SECRET {
        if let Some(secret) = environment.secret(name) {
            checks.ok(name, length(secret.expose()));
        }
    }
    if let Some(value) = environment.set(CERTIFICATES) {
        match fs::metadata(project.current().join(value)) {
            Ok(_) => checks.ok(CERTIFICATES, value),
            Err(error) => {
                let help = "correct the path, or unset the variable: without root certificates https fails";
                checks.push(CERTIFICATES, Status::Warn, format!("{value}: {error}"), Some(help));
            }
        }
    }
}

/// Whether a proxy may stand before a portal.
pub(super) fn has_proxy(environment: &Environment) -> bool {
    PROXY.iter().any(|name| environment.set(name).is_some())
}

/// The file that a portal of this name is of.
pub(super) fn file_of(portal: &str, files: &[(String, ConfigFile)]) -> String {
    let has = |file: &ConfigFile| file.portals.iter().any(|entry| entry.name == portal);
    let file = files.iter().find(|(_, file)| has(file)).expect("the portal was chosen from these files");
    file.0.clone()
}

/// The variables that say where the environment's portal is.
pub(super) fn variables_of_account(environment: &Environment) -> String {
    let account = ACCOUNT.into_iter().find(|name| environment.set(name).is_some());
    let domain = environment.set("LM_DOMAIN_NAME").filter(|_| account != Some(ACCOUNT[0]));
    match (account, domain) {
        (Some(account), Some(_)) => format!("{account} and LM_DOMAIN_NAME"),
        (Some(account), None) => account.to_owned(),
        (None, _) => format!("none of {} is set", ACCOUNT.join(", ")),
    }
}

/// Credentials and where each part comes from; without `auth`, from the environment.
pub(super) fn credentials(
    credentials: &Credentials,
    auth: Option<&Auth>,
    environment: &Environment,
) -> String {
    let own = |name: &str| SecretSource::Env(name.to_owned());
    let part = |name: &str, source: &SecretSource, value: &str| {
        let typed = match source {
            SecretSource::Env(name) if environment.set(name).is_none() => ", typed in",
            _ => "",
        };
        format!("{name} from {source}{typed}, {}", length(value))
    };
    match (credentials, auth) {
        (Credentials::Lmv1 { access_id, access_key }, auth) => {
            let (id, key) = match auth {
                Some(Auth::Lmv1 { access_id, access_key }) => (access_id.clone(), access_key.clone()),
                _ => (own("LM_ACCESS_ID"), own("LM_ACCESS_KEY")),
            };
            format!(
                "LMv1: {}; {}",
                part("access id", &id, access_id),
                part("access key", &key, access_key.expose())
            )
        }
        (Credentials::Bearer(token), auth) => {
            let source = match auth {
                Some(Auth::Bearer(source)) => source.clone(),
                _ => own("LM_BEARER_TOKEN"),
            };
            part("bearer token", &source, token.expose())
        }
    }
}

fn length(value: &str) -> String {
    format!("set, {}", counted(value.chars().count(), "character"))
}

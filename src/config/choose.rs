//! Which portal a run asks: `--portal`, `LMQ_PORTAL`, `defaultPortal`, the environment's own.

use super::file::{Auth, ConfigFile, PortalEntry};
use super::{Chosen, ConfigError, Environment, from_environment, set};
use crate::auth::Credentials;
use crate::portal::{Access, BearerListing, Portal};
use crate::secret::Secret;
use crate::text;

/// The portal for a run. Of two files the first counts, for a portal's entry as for `defaultPortal`.
///
/// # Errors
/// When no portal has the name, its credentials are missing, or `--portal` stands beside `LMQ_BASE_URL`.
pub fn choose(
    flag: Option<&str>,
    environment: &Environment,
    files: &[ConfigFile],
) -> Result<Chosen, ConfigError> {
    let base_url = set(environment, "LMQ_BASE_URL").is_some();
    if base_url && flag.is_some() {
        return Err(ConfigError::Both);
    }
    let default =
        || files.iter().find_map(|file| file.default_portal.as_deref().map(|name| (name, "defaultPortal")));
    let wanted = match (flag, set(environment, "LMQ_PORTAL")) {
        _ if base_url => None,
        (Some(name), _) => Some((name, "--portal")),
        (None, Some(name)) => Some((name, "LMQ_PORTAL")),
        (None, None) => default(),
    };
    let Some((name, origin)) = wanted else { return from_environment(environment) };
    let entries = || files.iter().flat_map(|file| &file.portals);
    let Some(entry) = entries().find(|entry| entry.name == name) else {
        let names = || entries().map(|entry| entry.name.as_str());
        let help = match text::nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if entries().next().is_some() => format!("portals: {}", text::listed(names())),
            None => "portals are in `lmq.yaml` of the project and in your own `config.yaml`; there are none"
                .to_owned(),
        };
        return Err(ConfigError::NoPortal { name: name.to_owned(), origin, help });
    };
    let credentials = credentials(entry, environment)?;
    let portal = Portal {
        name: entry.name.clone(),
        account: Some(entry.account.clone()),
        address: entry.address.clone(),
        access: Access::Granted(credentials),
        bearer: BearerListing::Expected,
        sandbox: false,
    };
    Ok(Chosen { portal, notes: Vec::new() })
}

fn credentials(entry: &PortalEntry, environment: &Environment) -> Result<Credentials, ConfigError> {
    let value = |variable: &str| {
        set(environment, variable).ok_or_else(|| ConfigError::NoCredentials {
            missing: format!("{variable}, which the portal `{}` names, is not set", entry.name),
            help: format!("set {variable}; or try it without an account: add `--sandbox`"),
        })
    };
    Ok(match &entry.auth {
        Auth::Lmv1 { access_id, access_key } => Credentials::Lmv1 {
            access_id: value(access_id)?.trim().to_owned(),
            access_key: Secret::new(value(access_key)?),
        },
        Auth::Bearer(token) => Credentials::bearer(value(token)?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::file::{Trust, load};
    use super::*;
    use crate::diag::Source;

    fn file(name: &str, account: &str, default: &str) -> ConfigFile {
        let text = format!(
            "portals:\n  {name}:\n    account: {account}\n    auth: {{bearerToken: {{env: LM_T}}}}\n{default}"
        );
        load(&Source::new("lmq.yaml", text), Trust::User).expect("valid")
    }

    fn host(
        flag: Option<&str>,
        environment: &[(&str, &str)],
        files: &[ConfigFile],
    ) -> Result<String, String> {
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        choose(flag, &environment, files)
            .map(|chosen| chosen.portal.address.host())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_flag_then_the_variable_then_the_default_then_the_environment() {
        let files = [file("a", "aaa", "defaultPortal: a\n"), file("b", "bbb", "defaultPortal: b\n")];
        let token = ("LM_T", "lmb_token");
        let own = [token, ("LM_COMPANY", "own"), ("LM_BEARER_TOKEN", "lmb_own")];
        let portal = [token, ("LMQ_PORTAL", "b")];
        assert_eq!(host(Some("a"), &portal, &files).as_deref(), Ok("aaa.logicmonitor.com"));
        assert_eq!(host(None, &portal, &files).as_deref(), Ok("bbb.logicmonitor.com"));
        assert_eq!(host(None, &own, &files).as_deref(), Ok("aaa.logicmonitor.com"));
        assert_eq!(host(None, &own, &[]).as_deref(), Ok("own.logicmonitor.com"));
    }

    #[test]
    fn the_project_beats_the_user() {
        let files = [file("a", "project", ""), file("a", "user", "")];
        assert_eq!(host(Some("a"), &[("LM_T", "x")], &files).as_deref(), Ok("project.logicmonitor.com"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let files = [file("acme", "acme", "")];
        assert!(host(Some("acmee"), &[], &files).is_err_and(|error| error.contains("no portal `acmee`")));
        assert!(host(Some("acme"), &[], &files).is_err_and(|error| error.contains("LM_T")));
        let base = [("LMQ_BASE_URL", "http://127.0.0.1:9"), ("LM_T", "x"), ("LM_BEARER_TOKEN", "lmb_x")];
        assert!(host(Some("acme"), &base, &files).is_err_and(|error| error.contains("LMQ_BASE_URL")));
        assert_eq!(host(None, &base, &[file("a", "a", "defaultPortal: a\n")]).as_deref(), Ok("127.0.0.1:9"));
    }
}

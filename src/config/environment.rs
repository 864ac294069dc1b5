//! The environment as it was handed in. Values are wiped when it is dropped, for some of them are keys.

use std::collections::BTreeMap;
use std::fmt;

use crate::auth::Credentials;
use crate::secret::{Secret, Zeroizing};

/// Environment variables by name.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, Zeroizing<String>>);

impl Environment {
    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str())
    }

    /// The value of a variable that is set to something.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.trim().is_empty())
    }

    /// All variables.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The user's home folder.
    #[must_use]
    pub fn home(&self) -> Option<&str> {
        self.set("HOME").or_else(|| self.set("USERPROFILE"))
    }

    /// The secret in a variable, without `Bearer ` in front.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<Secret> {
        Some(Credentials::bearer(self.set(name)?).secret().clone())
    }

    /// What looks like a secret by its name, `LM_…_KEY` or `LM_…_TOKEN`: no message may show it, whether it is used or not.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        let named =
            |name: &str| name.starts_with("LM_") && (name.ends_with("_KEY") || name.ends_with("_TOKEN"));
        self.iter().filter(|(name, _)| named(name)).filter_map(|(name, _)| self.secret(name)).collect()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_their_names() {
        let pairs = [
            ("LM_ACCESS_KEY", "one-one-one"),
            ("LM_ACME_TOKEN", "Bearer two-two-two"),
            ("LM_ACCESS_ID", "an-id-for-all"),
            ("MY_KEY", "not-for-lmq"),
            ("LM_EMPTY_KEY", " "),
        ];
        let environment: Environment =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let secrets: Vec<String> =
            environment.secrets().iter().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(secrets, ["one-one-one", "two-two-two"]);
        assert!(!format!("{environment:?}").contains("one-one"));
    }
}

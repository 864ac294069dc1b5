//! `auth` of a portal: where its credentials come from. To get them is the task of `resolve`.

use std::fmt;

use super::file::{Loader, Trust};
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::yaml::{At, Mistake, Node, Spans};

/// The keys of `auth`.
pub(super) const AUTH_KEYS: &[&str] = &["accessId", "accessKey", "bearerToken"];
/// The keys of a source, one of which it has.
pub(super) const SOURCE_KEYS: &[&str] = &["env", "file", "command"];
/// The source that is a word.
pub(super) const PROMPT: &str = "prompt";
/// What a source may be, for help.
const SOURCES: &str = "`{env: …}`; in your own configuration also `{file: …}`, `{command: […]}` or `prompt`";

/// Where the credentials of a portal come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// An LMv1 token.
    Lmv1 {
        /// Gives the access id.
        access_id: SecretSource,
        /// Gives the access key.
        access_key: SecretSource,
    },
    /// Gives a bearer token.
    Bearer(SecretSource),
}

/// Where a secret comes from. A project's configuration has the first kind alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file: absolute, below the home folder (`~/`), or relative to the configuration.
    File(String),
    /// What a program prints: its name and its arguments.
    Command(Vec<String>),
    /// Typed in without echo.
    Prompt,
}

impl fmt::Display for SecretSource {
    /// Its kind and its name. The arguments of a program are left out: one may be a secret all the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env {name}"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Command(words) => {
                let more = if words.len() > 1 { " …" } else { "" };
                write!(f, "command {}{more}", words.first().map_or("", String::as_str))
            }
            Self::Prompt => f.write_str(PROMPT),
        }
    }
}

impl Auth {
    /// The variables that hold secrets.
    pub(super) fn variables(&self) -> Option<&str> {
        match self {
            Self::Lmv1 { access_key: source, .. } | Self::Bearer(source) => match source {
                SecretSource::Env(name) => Some(name),
                SecretSource::File(_) | SecretSource::Command(_) | SecretSource::Prompt => None,
            },
        }
    }
}

impl Loader<'_> {
    pub(super) fn auth(&mut self, at: &At<'_>) -> Option<Auth> {
        let keys =
            self.reader.entries(at, AUTH_KEYS, "a map with `accessId` and `accessKey`, or `bearerToken`");
        let mut source = |name: &str| keys.value(name).map(|at| self.source(name, at));
        let found = (source("accessId"), source("accessKey"), source("bearerToken"));
        match found {
            (Some(id), Some(key), None) => Some(Auth::Lmv1 { access_id: id?, access_key: key? }),
            (None, None, Some(token)) => Some(Auth::Bearer(token?)),
            (None, None, None) => {
                let mistake = Mistake::new(Code::MissingKey, "`auth` names no credentials", &at.place);
                self.reader.push(mistake.help("`accessId` and `accessKey`, or `bearerToken`"));
                None
            }
            (Some(_), None, None) | (None, Some(_), None) => {
                let message = "`accessId` and `accessKey` go together";
                self.reader.push(Mistake::new(Code::MissingKey, message, &at.place));
                None
            }
            (_, _, Some(_)) => {
                let message = "both an LMv1 token and a bearer token";
                self.reader.push(Mistake::new(Code::Conflict, message, &at.place).help("keep one of them"));
                None
            }
        }
    }

    /// `{env: …}`, `{file: …}`, `{command: …}` or `prompt`.
    fn source(&mut self, key: &str, at: &At<'_>) -> Option<SecretSource> {
        let Node::Map(entries) = at.node else {
            if matches!(at.node, Node::Text(word) if word == PROMPT) {
                return self.of_user(at, "ask for secrets").then_some(SecretSource::Prompt);
            }
            let message = format!("`{key}` is not `{{env: NAME}}`; a configuration holds no secret");
            let help = format!("put it into an environment variable and name that: `{key}: {{env: LM_…}}`");
            self.unshown(Code::ConfigSecret, &message, help, at);
            return None;
        };
        if entries.iter().any(|(key, _)| matches!(key, Node::Text(word) if word == PROMPT)) {
            let mistake = Mistake::new(Code::BadValue, "`prompt` is a word and has no value", &at.place);
            self.reader.push(mistake.help(format!("write `{key}: prompt`")));
            return None;
        }
        let known = |key: &Node| matches!(key, Node::Text(word) if SOURCE_KEYS.contains(&word.as_str()));
        if !entries.iter().all(|(key, _)| known(key)) {
            let message = format!("`{key}` has a key that is no source of secrets");
            self.unshown(Code::UnknownKey, &message, SOURCES.to_owned(), at);
            return None;
        }
        let keys = self.reader.entries(at, SOURCE_KEYS, "a map with `env`, `file` or `command`");
        let values = (keys.value("env"), keys.value("file"), keys.value("command"));
        match values {
            (Some(at), None, None) => self.variable(at),
            (None, Some(at), None) => {
                let path = self.of_user(at, "read files").then_some(at)?;
                self.reader.text(path, "the path of a file").map(SecretSource::File)
            }
            (None, None, Some(at)) => {
                let program = self.of_user(at, "run programs").then_some(at)?;
                self.command(program)
            }
            (None, None, None) => {
                let message = format!("`{key}` names no source");
                self.reader.push(Mistake::new(Code::MissingKey, message, &at.place).help(SOURCES));
                None
            }
            _ => {
                let message = format!("`{key}` names more than one source");
                self.reader.push(Mistake::new(Code::Conflict, message, &at.place).help("keep one of them"));
                None
            }
        }
    }

    /// Whether the user wrote it; a project may not.
    fn of_user(&mut self, at: &At<'_>, what: &str) -> bool {
        if self.trust == Trust::Project {
            let message = format!("a project's configuration may not {what}");
            let help = "name a variable here, `{env: LM_…}`; other sources go into your own configuration";
            self.reader.push(Mistake::new(Code::ConfigTrust, message, &at.place).help(help));
        }
        self.trust == Trust::User
    }

    /// Anything that is no source may be the secret itself, so neither it nor its line is shown.
    fn unshown(&mut self, code: Code, message: &str, help: String, at: &At<'_>) {
        let (line, _) = self.source.position(Spans::new(&self.source.text).span(&at.place).start);
        let place = Label::new(&Source::new(self.source.name.clone(), ""), 0..0);
        let diagnostic = Diagnostic::new(code, format!("line {line}: {message}"), place);
        self.unshown.push(diagnostic.with_help(help));
    }

    fn variable(&mut self, at: &At<'_>) -> Option<SecretSource> {
        let name = self.reader.text(at, "the name of a variable")?;
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let help = "letters, digits and `_`; the secret itself goes into the variable".to_owned();
            self.unshown(Code::BadValue, "this is no name of an environment variable", help, at);
            return None;
        }
        if self.trust == Trust::Project && !name.starts_with("LM_") {
            let message = format!("a project's configuration may not read the variable `{name}`");
            let help = "names begin with `LM_`; others go into your own configuration";
            self.reader.push(Mistake::new(Code::ConfigTrust, message, &at.place).help(help));
            return None;
        }
        Some(SecretSource::Env(name))
    }

    /// A program and its arguments, as a list: there is no shell to take a line apart.
    fn command(&mut self, at: &At<'_>) -> Option<SecretSource> {
        let Node::List(items) = at.node else {
            self.reader.wrong_type(at, "a list: the program and its arguments");
            return None;
        };
        if items.is_empty() {
            let mistake = Mistake::new(Code::BadValue, "an empty list names no program", &at.place);
            self.reader.push(mistake.help("the program and its arguments: `[op, read, op://…]`"));
            return None;
        }
        let words: Vec<Option<String>> =
            at.items().iter().map(|item| self.reader.text(item, "a string")).collect();
        words.into_iter().collect::<Option<_>>().map(SecretSource::Command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_told_without_the_arguments_of_its_program() {
        let words = |words: &[&str]| SecretSource::Command(words.iter().map(|&word| word.into()).collect());
        for (source, told) in [
            (SecretSource::Env("LM_KEY".into()), "env LM_KEY"),
            (SecretSource::File("~/key".into()), "file ~/key"),
            (words(&["op", "read", "--token=hunter2"]), "command op …"),
            (words(&["op"]), "command op"),
            (SecretSource::Prompt, "prompt"),
        ] {
            assert_eq!(source.to_string(), told);
        }
    }
}

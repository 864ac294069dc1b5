//! The configuration files: the project's `lmq.yaml`, and the user's `config.yaml`.

use std::path::PathBuf;

use super::exit::Exit;
use super::stream::Console;
use crate::config::{self, ConfigFile, Environment, Trust};
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::{FileError, Project, read_text};
use crate::spec::MAX_QUERY_BYTES;
use crate::text::counted;

/// The configurations there are, the project's first.
///
/// # Errors
/// Every mistake of both.
pub(super) fn load(project: &Project, environment: &Environment) -> Result<Vec<ConfigFile>, Vec<Diagnostic>> {
    let paths =
        [(Some(project.root().join("lmq.yaml")), Trust::Project), (user_file(environment), Trust::User)];
    let mut files = Vec::new();
    let mut mistakes = Vec::new();
    for (path, trust) in paths {
        let Some(path) = path else { continue };
        let name = project.shown(&path);
        match read_text(&path, &name, MAX_QUERY_BYTES) {
            Ok(source) => match config::load(&source, trust) {
                Ok(file) => files.push(file),
                Err(found) => mistakes.extend(found),
            },
            Err(FileError::Missing(_)) => {}
            Err(error) => {
                let place = Label::new(&Source::new(name, ""), 0..0);
                mistakes.push(Diagnostic::new(Code::Unreadable, error.to_string(), place));
            }
        }
    }
    if mistakes.is_empty() { Ok(files) } else { Err(mistakes) }
}

/// `$XDG_CONFIG_HOME/lmq/config.yaml`, else `~/.config/lmq/config.yaml`.
fn user_file(environment: &Environment) -> Option<PathBuf> {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("lmq/config.yaml"))
}

/// Says what is wrong with a configuration.
pub(super) fn tell(mistakes: &[Diagnostic], console: &mut Console<'_, '_>) -> Exit {
    for mistake in mistakes {
        console.diagnostic(mistake);
    }
    console.error(format!("{}; nothing was sent", counted(mistakes.len(), "mistake")), None);
    Exit::Usage
}

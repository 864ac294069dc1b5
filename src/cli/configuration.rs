//! The configuration files: the project's `lmq.yaml`, and the user's `config.yaml`.

use std::path::{Path, PathBuf};

use super::args::PortalArgs;
use super::exit::Exit;
use super::stream::Console;
use crate::config::{self, ConfigFile, Environment, Selection, Trust};
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::{FileError, Project, read_text};
use crate::secret::Secret;
use crate::spec::MAX_QUERY_BYTES;
use crate::text::counted;

/// A configuration, or the place where one would be.
pub(super) struct Found {
    /// As messages name it.
    pub(super) name: String,
    /// What is there; `Ok(None)`: nothing.
    pub(super) read: Result<Option<ConfigFile>, Vec<Diagnostic>>,
}

/// The configurations there are, the project's first. What they say holds a secret is shown no more.
///
/// # Errors
/// Every mistake of both.
pub(super) fn load(
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<Vec<ConfigFile>, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut mistakes = Vec::new();
    for found in read(project, console) {
        match found.read {
            Ok(file) => files.extend(file),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(files) } else { Err(mistakes) }
}

/// Each place where a configuration may be, and what is there.
pub(super) fn read(project: &Project, console: &mut Console<'_, '_>) -> Vec<Found> {
    let environment = &console.world.environment;
    let own = user_file(environment, project.current());
    let paths =
        [(Some((project.root().join("lmq.yaml"), Missing::Fine)), Trust::Project), (own, Trust::User)];
    let places = paths.into_iter().filter_map(|(path, trust)| Some((path?, trust)));
    let found: Vec<Found> = places
        .map(|((path, missing), trust)| {
            let name = project.shown(&path);
            Found { read: at(&path, &name, missing, trust), name }
        })
        .collect();
    let files = found.iter().filter_map(|found| found.read.as_ref().ok()?.as_ref());
    let named = files.flat_map(ConfigFile::variables);
    let secrets: Vec<Secret> = named.filter_map(|name| environment.secret(name)).collect();
    console.guard(&secrets);
    found
}

fn at(
    path: &Path,
    name: &str,
    missing: Missing,
    trust: Trust,
) -> Result<Option<ConfigFile>, Vec<Diagnostic>> {
    let error = match read_text(path, name, MAX_QUERY_BYTES) {
        Ok(source) => {
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            return config::load(&source, trust).map(|file| Some(ConfigFile { folder, ..file }));
        }
        Err(FileError::Missing(_)) if missing == Missing::Fine => return Ok(None),
        Err(error) => error,
    };
    let place = Label::new(&Source::new(name, ""), 0..0);
    let diagnostic = Diagnostic::new(Code::Unreadable, error.to_string(), place);
    Err(vec![match missing {
        Missing::Fine => diagnostic,
        Missing::Mistake => diagnostic.with_help("LMQ_CONFIG names it: correct the path, or unset it"),
    }])
}

/// Which portals the flags name.
pub(super) fn selection(args: &PortalArgs) -> Selection {
    match &args.portal[..] {
        _ if args.all_portals => Selection::All,
        [] => Selection::Default,
        names => Selection::Named(names.to_vec()),
    }
}

/// What a file that does not exist is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Fine,
    Mistake,
}

/// What `LMQ_CONFIG` names, else `$XDG_CONFIG_HOME/lmq/config.yaml`, else `~/.config/lmq/config.yaml`.
fn user_file(environment: &Environment, current: &Path) -> Option<(PathBuf, Missing)> {
    if let Some(path) = environment.set("LMQ_CONFIG") {
        return Some((current.join(path), Missing::Mistake));
    }
    let folder = environment.set("XDG_CONFIG_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| environment.home().map(|home| Path::new(home).join(".config")))?;
    Some((current.join(folder).join("lmq/config.yaml"), Missing::Fine))
}

/// Says what is wrong with a configuration.
pub(super) fn tell(mistakes: &[Diagnostic], console: &mut Console<'_, '_>) -> Exit {
    for mistake in mistakes {
        console.diagnostic(mistake);
    }
    console.error(format!("{}; nothing was sent", counted(mistakes.len(), "mistake")), None);
    Exit::Usage
}

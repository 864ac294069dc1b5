//! Secrets from their sources: variables, files, programs, the terminal. Only commands that send anything come here.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::auth::{Auth, SecretSource};
use super::command::{self, MAX_BYTES};
use super::{ConfigError, Environment, PortalEntry};
use crate::auth::Credentials;
use crate::secret::{Secret, Zeroizing};

/// How long a program may take to print a secret.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// Asks for a secret on the terminal, without echo. An error of the kind `Interrupted` is Ctrl-C.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> io::Result<Secret>;

/// What secrets come from.
pub struct Sources<'a> {
    /// The variables.
    pub environment: &'a Environment,
    /// The terminal, where there is one and a person before it.
    pub ask: Option<Ask<'a>>,
    /// How long a program may take.
    pub command_limit: Duration,
}

impl<'a> Sources<'a> {
    /// With the usual limit.
    #[must_use]
    pub fn new(environment: &'a Environment, ask: Option<Ask<'a>>) -> Self {
        Self { environment, ask, command_limit: COMMAND_LIMIT }
    }

    /// The credentials of a portal.
    pub(super) fn credentials(
        &mut self,
        entry: &PortalEntry,
        folder: &Path,
    ) -> Result<Credentials, ConfigError> {
        let of = |key: &'static str| Wanted { key, portal: &entry.name, folder };
        Ok(match &entry.auth {
            Auth::Lmv1 { access_id, access_key } => Credentials::Lmv1 {
                access_id: self.resolve(access_id, of("accessId"))?.expose().to_owned(),
                access_key: long_enough(
                    self.resolve(access_key, of("accessKey"))?,
                    &of("accessKey").named(),
                )?,
            },
            Auth::Bearer(token) => {
                let token = Credentials::bearer(self.resolve(token, of("bearerToken"))?.expose());
                long_enough(token.secret().clone(), &of("bearerToken").named()).map(|_| token)?
            }
        })
    }

    /// Asks for a secret, where somebody can be asked.
    pub(super) fn asked(&mut self, question: &str) -> Result<Option<Secret>, ConfigError> {
        let Some(ask) = &mut self.ask else { return Ok(None) };
        match ask(question) {
            Ok(secret) => Ok((!secret.expose().is_empty()).then_some(secret)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(ConfigError::Interrupted),
            Err(_) => Ok(None),
        }
    }

    fn resolve(&mut self, source: &SecretSource, wanted: Wanted<'_>) -> Result<Secret, ConfigError> {
        let named = wanted.named();
        let secret = match source {
            SecretSource::Env(variable) => {
                if let Some(value) = self.environment.set(variable) {
                    return Ok(Secret::new(value));
                }
                let question = format!("{variable} ({} of {}): ", wanted.key, wanted.portal);
                self.asked(&question)?.ok_or_else(|| {
                    let missing =
                        format!("{variable}, which the portal `{}` names, is not set", wanted.portal);
                    refused(missing, &format!("set {variable}; {TRY_IT}"))
                })?
            }
            SecretSource::Prompt => {
                let question = format!("{} of {}: ", wanted.key, wanted.portal);
                self.asked(&question)?.ok_or_else(|| {
                    let help =
                        "run it on a terminal, not in CI; or name another source: `env`, `file`, `command`";
                    refused(format!("{named} is asked for, and nobody answered"), help)
                })?
            }
            SecretSource::File(path) => {
                let path = self.path(path, wanted.folder);
                let bytes = read(&path).map_err(|(message, help)| {
                    let help = help.replace("{}", &path.to_string_lossy());
                    refused(format!("{named}: `{}` {message}", path.display()), &help)
                })?;
                one_line(&bytes, &named, &format!("`{}`", path.display()))?
            }
            SecretSource::Command(words) => {
                let (program, arguments) = words.split_first().expect("an empty list is a mistake");
                // A bare name is looked for in PATH; a path is as those of files, never relative to the current folder.
                let program =
                    if program.contains('/') { self.path(program, wanted.folder) } else { program.into() };
                let printed =
                    command::output(program.as_os_str(), arguments, wanted.folder, self.command_limit)
                        .map_err(|error| {
                            refused(
                                format!("{named}: {error}"),
                                "run the command by hand to see what it wants",
                            )
                        })?;
                one_line(&printed, &named, &format!("what `{}` printed", program.display()))?
            }
        };
        Ok(secret)
    }

    /// Absolute, below the home folder, or relative to the configuration.
    fn path(&self, path: &str, folder: &Path) -> PathBuf {
        match (path.strip_prefix("~/"), self.environment.home()) {
            (Some(rest), Some(home)) => Path::new(home).join(rest),
            _ => folder.join(path),
        }
    }
}

/// What is asked for, and whose it is.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    key: &'static str,
    portal: &'a str,
    /// Where the configuration lies.
    folder: &'a Path,
}

impl Wanted<'_> {
    fn named(self) -> String {
        format!("`{}` of the portal `{}`", self.key, self.portal)
    }
}

/// The end of the help where credentials are missing.
pub(super) const TRY_IT: &str = "or try it without an account: add `--sandbox`";

fn refused(missing: String, help: &str) -> ConfigError {
    ConfigError::NoCredentials { missing, help: help.to_owned() }
}

/// The secret, unless it is too short to be one. What `redact` leaves alone must not be used.
pub(super) fn long_enough(secret: Secret, named: &str) -> Result<Secret, ConfigError> {
    if secret.is_short() {
        let message = format!("{named} has fewer than {} characters, too few for a secret", Secret::FEWEST);
        return Err(refused(message, "check that the whole of it was copied"));
    }
    Ok(secret)
}

/// The secret in what a file or a program gave.
fn one_line(bytes: &[u8], named: &str, origin: &str) -> Result<Secret, ConfigError> {
    let help = "it has to be the secret and nothing else, on one line";
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(refused(format!("{named}: {origin} is not UTF-8 text"), help));
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.lines().count() {
        0 => Err(refused(format!("{named}: {origin} is empty"), help)),
        1 => Ok(Secret::new(text)),
        _ => Err(refused(format!("{named}: {origin} has more than one line"), help)),
    }
}

/// The bytes of a file that its owner alone can read; else what is wrong and a remedy, `{}` for the path.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, (String, &'static str)> {
    const REMEDY: &str = "the path is absolute, below `~/`, or relative to the configuration";
    let io = |error: io::Error| (format!("cannot be read: {error}"), REMEDY);
    // Looked at before it is opened: opening a pipe would wait for a writer.
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(("is not a regular file".to_owned(), REMEDY));
    }
    let file = fs::File::open(path).map_err(io)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Of the file that is open, not of what may have taken its place.
        if file.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(("can be read by others".to_owned(), "chmod 600 '{}'"));
        }
    }
    // Room for all of it: memory that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() > MAX_BYTES {
        return Err((format!("is larger than {} KiB", MAX_BYTES / 1024), REMEDY));
    }
    Ok(bytes)
}

//! `lmq doctor`: whether settings, network, clock, credentials and permission of each portal are as a run needs them.

mod check;
mod examine;
mod setting;

use crate::cli::args::DoctorArgs;
use crate::cli::configuration;
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::config::{self, Auth, Barred, Chosen, ConfigError, ConfigFile, Environment};
use crate::portal::{Address, Examiner, Portal};
use crate::sandbox::{Options, Sandbox};
use check::{Checks, Status};

/// A portal to look at.
struct Subject {
    /// Its name, where the settings tell one.
    name: Option<String>,
    /// Where its account comes from.
    origin: String,
    address: Option<Address>,
    /// The portal with its credentials, or why there are none.
    portal: Result<Portal, ConfigError>,
    auth: Option<Auth>,
    notes: Vec<String>,
}

/// Looks at the portals one after the other and tells what was found. A failure of one keeps nobody from the next.
pub(in crate::cli) fn run(args: &DoctorArgs, console: &mut Console<'_, '_>) -> Exit {
    let mut checks = Checks::default();
    let (subjects, _sandbox) = match subjects(args, &mut checks, console) {
        Ok(subjects) => subjects,
        Err(exit) => return exit,
    };
    let secrets = subjects.iter().filter_map(|subject| subject.portal.as_ref().ok()?.access.secret());
    console.guard(secrets);
    let (pace, clock) = (console.world.pace.clone(), console.clock());
    let signals = console.world.signals.clone();
    let environment = &console.world.environment;
    // Made before anybody listens, so that no signal falls between.
    let examiner = match Examiner::new(&pace, &clock) {
        Ok(examiner) => examiner,
        Err(error) => {
            console.error(&error, None);
            return Exit::of_error(&error);
        }
    };
    let told = signals.listening(|| {
        subjects.iter().try_for_each(|subject| examine::subject(subject, &examiner, environment, &mut checks))
    });
    match told {
        Ok(Ok(())) => console.result(&checks.told(args.format)).max(checks.exit()),
        Ok(Err(error)) => {
            console.error(&error, None);
            Exit::of_error(&error)
        }
        Err(exit) => {
            console.error("interrupted", None);
            exit
        }
    }
}

/// The portals, and for `--sandbox` the server behind the one there is.
fn subjects(
    args: &DoctorArgs,
    checks: &mut Checks,
    console: &mut Console<'_, '_>,
) -> Result<(Vec<Subject>, Option<Sandbox>), Exit> {
    if args.sandbox {
        let sandbox = Sandbox::start(Options::default(), console.clock()).map_err(|error| {
            console.error(format!("the sandbox cannot start: {error}"), None);
            Exit::Portal
        })?;
        return Ok((vec![Subject::sandbox(sandbox.portal())], Some(sandbox)));
    }
    let project = console.project()?;
    let found = configuration::read(&project, console);
    setting::files(&found, checks);
    setting::variables(&console.world.environment, &project, checks);
    let names: Vec<(String, ConfigFile)> =
        found.into_iter().filter_map(|found| Some((found.name, found.read.ok()??))).collect();
    let files: Vec<ConfigFile> = names.iter().map(|(_, file)| file.clone()).collect();
    let selection = configuration::selection(&args.portals);
    match config::choose(&selection, &files, &mut console.sources()) {
        Ok(chosen) => {
            let environment = &console.world.environment;
            Ok((chosen.into_iter().map(|chosen| Subject::new(chosen, &names, environment)).collect(), None))
        }
        Err(error @ ConfigError::Interrupted) => {
            console.error(&error, None);
            Err(Exit::of_config(&error))
        }
        // What is missing may stand in the file that could not be read.
        Err(error) if checks.exit() == Exit::Usage => {
            checks.skip("portal", format!("unknown while a configuration has mistakes: {error}"));
            Ok((Vec::new(), None))
        }
        Err(error) => {
            checks.push("portal", Status::Fail(Exit::of_config(&error)), error.to_string(), error.help());
            Ok((Vec::new(), None))
        }
    }
}

impl Subject {
    fn sandbox(portal: Portal) -> Self {
        Self {
            name: Some(portal.name.clone()),
            origin: "the embedded sandbox".to_owned(),
            address: Some(portal.address.clone()),
            portal: Ok(portal),
            auth: None,
            notes: Vec::new(),
        }
    }

    fn new(chosen: Chosen, files: &[(String, ConfigFile)], environment: &Environment) -> Self {
        let Chosen { portal, notes, auth } = chosen;
        let (known, portal) = match portal {
            Ok(portal) => (Some((portal.name.clone(), portal.address.clone())), Ok(portal)),
            Err(Barred { error, portal }) => {
                let known = portal.map(|portal| (portal.name, portal.address));
                // Of the environment's portal the place may be known all the same.
                let located = || config::locate(environment).ok().flatten().map(|at| (at.name, at.address));
                (known.or_else(located), Err(error))
            }
        };
        let (name, address) = known.unzip();
        let origin = match (&auth, &name) {
            (Some(_), Some(name)) => setting::file_of(name, files),
            _ => setting::variables_of_account(environment),
        };
        Self { name, origin, address, portal, auth, notes }
    }
}

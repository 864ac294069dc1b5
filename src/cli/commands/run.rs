//! `lmq run`: every file checked first, then one query after the other.

use crate::cli::args::RunArgs;
use crate::cli::check::{self, Request};
use crate::cli::configuration;
use crate::cli::exit::Exit;
use crate::cli::settings;
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::config::{self, ConfigError};
use crate::portal::{Limits, Portal, Session};
use crate::project::Project;
use crate::report::{Company, Manner, Prepared};
use crate::run::Job;
use crate::sandbox::{Options, Sandbox};
use crate::spec::Missing;

use super::deliver::Delivery;
use super::place::{self, Stdout};

/// Runs the files. The exit code is the worst of all queries.
pub(in crate::cli) fn run(args: &RunArgs, console: &mut Console<'_, '_>) -> Exit {
    match prepare(args, console) {
        Ok((jobs, project, limits)) => execute(args, &jobs, &project, limits, console),
        Err(exit) => exit,
    }
}

/// Everything that needs no network: flags, files, templates.
fn prepare(args: &RunArgs, console: &mut Console<'_, '_>) -> Result<(Vec<Job>, Project, Limits), Exit> {
    let bad_flag = |flag: settings::BadFlag, console: &mut Console<'_, '_>| {
        console.error(flag.message, flag.help.as_deref());
        Exit::Usage
    };
    let replaced = settings::outputs(args).map_err(|flag| bad_flag(flag, console))?;
    let limits = settings::limits(args).map_err(|flag| bad_flag(flag, console))?;
    let request = Request {
        paths: &args.paths,
        tag: &args.tag,
        exclude: &args.exclude,
        outputs: replaced.as_deref(),
        given: Given::new(&args.variables, Missing::Mistake),
    };
    let (project, mut jobs) = check::check(&request, console)?.all_valid("nothing was sent", console)?;
    for job in &mut jobs {
        let saved =
            args.save.iter().map(|path| project.current().join(settings::with_name(path, &job.query)));
        job.outputs.extend(saved.map(Prepared::saved));
    }
    let stdout = if console.world.stdout_is_terminal { Stdout::Terminal } else { Stdout::Other };
    if let Some(mistake) = place::mistake(args, &jobs, &project, stdout) {
        return Err(bad_flag(mistake, console));
    }
    Ok((jobs, project, limits))
}

/// The portal and, for `--sandbox`, the server behind it, which lives as long as the run.
fn portal(
    args: &RunArgs,
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<(Portal, Option<Sandbox>), Exit> {
    if args.sandbox {
        let started = Sandbox::start(Options::default(), console.clock());
        let sandbox = started.map_err(|error| {
            console.error(format!("the sandbox cannot start: {error}"), None);
            Exit::Portal
        })?;
        return Ok((sandbox.portal(), Some(sandbox)));
    }
    let files = configuration::load(project, &console.world.environment);
    let files = files.map_err(|mistakes| configuration::tell(&mistakes, console))?;
    match config::choose(args.portal.as_deref(), &console.world.environment, &files) {
        Ok(chosen) => {
            for note in chosen.notes {
                console.note("note", note);
            }
            Ok((chosen.portal, None))
        }
        Err(error @ (ConfigError::Address { .. } | ConfigError::Both)) => {
            console.error(error, None);
            Err(Exit::Usage)
        }
        Err(ref error @ ConfigError::NoPortal { ref help, .. }) => {
            console.error(error, Some(help));
            Err(Exit::Usage)
        }
        Err(ConfigError::NoCredentials { missing, help }) => {
            console.error(format!("no credentials: {missing}"), Some(&help));
            Err(Exit::Credentials)
        }
    }
}

fn execute(
    args: &RunArgs,
    jobs: &[Job],
    project: &Project,
    limits: Limits,
    console: &mut Console<'_, '_>,
) -> Exit {
    let (portal, _sandbox) = match portal(args, project, console) {
        Ok(portal) => portal,
        Err(exit) => return exit,
    };
    let clock = console.clock();
    let session = match Session::new(vec![portal], limits, &console.world.pace, &clock) {
        Ok(session) => session,
        Err(error) => {
            console.error(&error, None);
            return Exit::of_error(&error);
        }
    };
    let manner = Manner {
        allow_partial: args.allow_partial,
        company: if jobs.len() > 1 { Company::Several } else { Company::Alone },
        width: console.world.stdout_width,
    };
    let delivery = Delivery { args, project, session: &session, manner };
    let mut worst = Exit::Clean;
    for (index, job) in jobs.iter().enumerate() {
        let exit = delivery.run(job, &*clock, console);
        worst = worst.max(exit);
        let left = jobs.len() - index - 1;
        match exit {
            Exit::Interrupted | Exit::Terminated => break,
            _ if session.is_refused() && left > 0 => {
                console.note("note", format!("{left} more not run: the portal refused the credentials"));
                worst = worst.max(Exit::Credentials);
                break;
            }
            _ => {}
        }
    }
    worst
}

//! `lmq run`: every file checked first, then one query after the other.

use std::cell::Cell;
use std::time::Instant;

use crate::cli::args::RunArgs;
use crate::cli::check::{self, Request};
use crate::cli::configuration;
use crate::cli::exit::Exit;
use crate::cli::fault;
use crate::cli::settings;
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::config::{self, ConfigError};
use crate::portal::{Bounds, Portal};
use crate::project::Project;
use crate::report::{JsonForm, Manner};
use crate::run::Job;
use crate::sandbox::{Options, Sandbox};
use crate::spec::Missing;

use super::deliver::Delivery;
use super::place;

/// Runs the files. The exit code is the worst of all queries.
pub(in crate::cli) fn run(args: &RunArgs, console: &mut Console<'_, '_>) -> Exit {
    match prepare(args, console) {
        Ok((jobs, project, bounds)) => execute(args, &jobs, &project, bounds, console),
        Err(exit) => exit,
    }
}

/// Everything that needs no network: flags, files, templates.
fn prepare(args: &RunArgs, console: &mut Console<'_, '_>) -> Result<(Vec<Job>, Project, Bounds), Exit> {
    let replaced = settings::outputs(args).map_err(|flag| bad_flag(flag, console))?;
    let timeout = settings::timeout(args).map_err(|flag| bad_flag(flag, console))?;
    let request = Request {
        paths: &args.paths,
        tag: &args.tag,
        exclude: &args.exclude,
        outputs: replaced.as_deref(),
        given: Given::new(&args.variables, Missing::Mistake),
    };
    let (project, jobs) = check::check(&request, console)?.all_valid("nothing was sent", console)?;
    if let Some(mistake) = place::mistake(args, &jobs, &project) {
        return Err(bad_flag(mistake, console));
    }
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    Ok((jobs, project, Bounds { deadline }))
}

fn bad_flag(flag: settings::BadFlag, console: &mut Console<'_, '_>) -> Exit {
    console.error(flag.message, flag.help.as_deref());
    Exit::Usage
}

/// The portal and, for `--sandbox`, the server behind it, which lives as long as the run.
fn portal(
    args: &RunArgs,
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<(Portal, Option<Sandbox>), Exit> {
    if args.sandbox {
        let faults = fault::read(&args.fault, 1).map_err(|flag| bad_flag(flag, console))?;
        let started = Sandbox::start(Options { faults, ..Options::default() }, console.clock());
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
    bounds: Bounds,
    console: &mut Console<'_, '_>,
) -> Exit {
    let (portal, _sandbox) = match portal(args, project, console) {
        Ok(portal) => portal,
        Err(exit) => return exit,
    };
    let manner = Manner {
        allow_partial: args.allow_partial,
        json: if jobs.len() > 1 { JsonForm::Line } else { JsonForm::Pretty },
        width: console.world.stdout_width,
    };
    let delivery = Delivery {
        args,
        project,
        portal: &portal,
        bounds,
        manner,
        several: jobs.len() > 1,
        refused: Cell::new(false),
    };
    let clock = console.clock();
    let mut worst = Exit::Clean;
    for (index, job) in jobs.iter().enumerate() {
        let exit = delivery.run(job, &*clock, console);
        worst = worst.max(exit);
        let left = jobs.len() - index - 1;
        match exit {
            Exit::Interrupted | Exit::Terminated => break,
            _ if delivery.refused.get() && left > 0 => {
                console.note("note", format!("{left} more not run: the portal refused the credentials"));
                worst = worst.max(Exit::Credentials);
                break;
            }
            _ => {}
        }
    }
    worst
}

//! `lmq run`: every file checked first, then one query after the other.

use std::cell::Cell;
use std::time::Instant;

use crate::cli::args::RunArgs;
use crate::cli::check::{self, Request};
use crate::cli::configuration;
use crate::cli::exit::Exit;
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
    let bad_flag = |flag: settings::BadFlag, console: &mut Console<'_, '_>| {
        console.error(flag.message, flag.help.as_deref());
        Exit::Usage
    };
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
    chosen(args, project, console).map(|portal| (portal, None))
}

/// The portal that flags, environment and configurations mean.
fn chosen(args: &RunArgs, project: &Project, console: &mut Console<'_, '_>) -> Result<Portal, Exit> {
    let failed = |error: &ConfigError, console: &mut Console<'_, '_>| {
        console.error(error, error.help());
        Exit::of_config(error)
    };
    let files = configuration::load(project, console);
    let files = files.map_err(|mistakes| configuration::tell(&mistakes, console))?;
    let selection = configuration::selection(args);
    let portals = config::choose(&selection, &files, &mut console.sources());
    let mut portals = portals.map_err(|error| failed(&error, console))?;
    let first = portals.remove(0);
    if !portals.is_empty() {
        console.error("a run asks one portal", Some("give `--portal` once, and run lmq for each of them"));
        return Err(Exit::Usage);
    }
    for note in first.notes {
        console.note("note", note);
    }
    let portal = first.portal.map_err(|error| failed(&error, console))?;
    console.guard([portal.credentials.secret()]);
    Ok(portal)
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

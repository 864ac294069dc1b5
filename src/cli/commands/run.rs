//! `lmq run`: every file checked first, then one query after the other.

use crate::cli::args::RunArgs;
use crate::cli::check::{self, Held, Request};
use crate::cli::configuration;
use crate::cli::exit::Exit;
use crate::cli::fault;
use crate::cli::settings::{self, bad_flag};
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::config::{self, Barred, ConfigError};
use crate::portal::{Limits, Portal, Session};
use crate::project::Project;
use crate::report::{Company, Manner, Prepared};
use crate::run::Job;
use crate::sandbox::{Options, Sandbox};
use crate::spec::Missing;

use super::baseline;
use super::deliver::Delivery;
use super::place::{self, Placed, Stdout};

/// Runs the files. The exit code is the worst of all queries.
pub(in crate::cli) fn run(args: &RunArgs, console: &mut Console<'_, '_>) -> Exit {
    match prepare(args, console) {
        Ok((jobs, project, limits)) => execute(args, &jobs, &project, limits, console),
        Err(exit) => exit,
    }
}

/// Everything that needs no network: flags, files, templates.
fn prepare(args: &RunArgs, console: &mut Console<'_, '_>) -> Result<(Vec<Job>, Project, Limits), Exit> {
    let replaced = settings::outputs(&args.outputs).map_err(|flag| bad_flag(flag, console))?;
    let limits = settings::limits(args).map_err(|flag| bad_flag(flag, console))?;
    let piped = settings::piped(&args.outputs, &args.paths, console.world.stdin);
    let piped = piped.map_err(|flag| bad_flag(flag, console))?;
    let request = Request {
        paths: &args.paths,
        tag: &args.tag,
        exclude: &args.exclude,
        outputs: replaced.as_deref(),
        piped,
        given: Given::new(&args.variables, Missing::Mistake),
        held: if args.baseline.is_some() { Held::Against } else { Held::Alone },
    };
    let (project, mut jobs) = check::check(&request, console)?.all_valid("nothing was sent", console)?;
    baseline::attach(args, &mut jobs, &project, console)?;
    let summary = settings::summary(args, &console.world.environment);
    let summary = summary.map_err(|flag| bad_flag(flag, console))?.map(|path| project.current().join(path));
    let count = jobs.len();
    for (index, job) in jobs.iter_mut().enumerate() {
        let saved =
            args.save.iter().map(|path| project.current().join(settings::with_name(path, &job.query.name)));
        job.outputs.extend(saved.map(Prepared::saved));
        job.outputs.extend(summary.iter().map(|path| Prepared::summary(path.clone(), count - index)));
    }
    let placed = jobs.iter().map(|job| Placed { outputs: &job.query.outputs, prepared: &job.outputs });
    let placed: Vec<Placed<'_>> = placed.collect();
    let flags = (&args.outputs, args.save.as_ref());
    if let Some(mistake) = place::mistake(flags, &placed, &project, Stdout::of(console)) {
        return Err(bad_flag(mistake, console));
    }
    Ok((jobs, project, limits))
}

/// The portals and, for `--sandbox`, the server behind the one there is, which lives as long as the run.
fn portals(
    args: &RunArgs,
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<(Vec<Portal>, Option<Sandbox>), Exit> {
    if args.sandbox {
        let faults = fault::read(&args.fault, 1).map_err(|flag| bad_flag(flag, console))?;
        let started = Sandbox::start(Options { faults, ..Options::default() }, console.clock());
        let sandbox = started.map_err(|error| {
            console.error(format!("the sandbox cannot start: {error}"), None);
            Exit::Portal
        })?;
        return Ok((vec![sandbox.portal()], Some(sandbox)));
    }
    chosen(args, project, console).map(|portals| (portals, None))
}

/// The portals that flags, environment and configurations mean. One of several without credentials is a part of the run that
/// fails; the only one is the end of it.
fn chosen(args: &RunArgs, project: &Project, console: &mut Console<'_, '_>) -> Result<Vec<Portal>, Exit> {
    let failed = |error: &ConfigError, console: &mut Console<'_, '_>| {
        console.error(error, error.help());
        Exit::of_config(error)
    };
    let files = configuration::load(project, console);
    let files = files.map_err(|mistakes| configuration::tell(&mistakes, console))?;
    let selection = configuration::selection(&args.portals);
    let chosen = config::choose(&selection, &files, &mut console.sources());
    let chosen = chosen.map_err(|error| failed(&error, console))?;
    let several = chosen.len() > 1;
    let mut portals = Vec::new();
    for chosen in chosen {
        for note in chosen.notes {
            console.note("note", note);
        }
        match chosen.portal {
            Ok(portal) => portals.push(portal),
            Err(Barred { portal: Some(portal), .. }) if several => portals.push(portal),
            Err(Barred { error, .. }) => return Err(failed(&error, console)),
        }
    }
    console.guard(portals.iter().filter_map(|portal| portal.access.secret()));
    Ok(portals)
}

fn execute(
    args: &RunArgs,
    jobs: &[Job],
    project: &Project,
    limits: Limits,
    console: &mut Console<'_, '_>,
) -> Exit {
    let (portals, _sandbox) = match portals(args, project, console) {
        Ok(portals) => portals,
        Err(exit) => return exit,
    };
    if let Err(exit) = baseline::meet(jobs, &portals, console) {
        return exit;
    }
    let clock = console.clock();
    let session = match Session::new(portals, limits, &console.world.pace, &clock) {
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

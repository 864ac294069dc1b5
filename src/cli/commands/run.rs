//! `lmq run`: every file checked first, then one query after the other.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cli::args::RunArgs;
use crate::cli::check::{self, Held, Request};
use crate::cli::configuration;
use crate::cli::exit::Exit;
use crate::cli::fault;
use crate::cli::settings::{self, bad_flag};
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::config::{self, Barred, ConfigError};
use crate::plan::Dealt;
use crate::portal::{Limits, Portal, Session};
use crate::project::Project;
use crate::report::{Company, Manner, Prepared};
use crate::run::Job;
use crate::sandbox::{Options, Sandbox};
use crate::spec::{self, Missing};

use super::baseline;
use super::deliver::Delivery;
use super::place::{self, Placed, Stdout};
use super::shard;

/// Runs the files. The exit code is the worst of all queries.
pub(in crate::cli) fn run(args: &RunArgs, console: &mut Console<'_, '_>) -> Exit {
    let printed_time = match settings::printed_time(&console.world.environment) {
        Ok(time) => time,
        Err(flag) => return bad_flag(flag, console),
    };
    match prepare(args, console) {
        Ok((jobs, project, limits)) => execute(args, &jobs, &project, (limits, printed_time), console),
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
    if let Some(flag) = shard::compared(args) {
        return Err(bad_flag(flag, console));
    }
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
    let reads = reads(args, &jobs, &project);
    if let Some(mistake) = place::mistake(flags, &placed, (&project, &reads), Stdout::of(console)) {
        return Err(bad_flag(mistake, console));
    }
    Ok((jobs, project, limits))
}

/// The files that a run is made from. A baseline is none of them: the result of this run may be the next one.
fn reads(args: &RunArgs, jobs: &[Job], project: &Project) -> Vec<PathBuf> {
    let queries = jobs.iter().map(|job| PathBuf::from(&job.query.source.name));
    let waivers = jobs.iter().filter_map(|job| spec::waivers_file(&job.query, project));
    let variables = args.variables.var_files.iter().cloned();
    queries.chain(waivers).chain(variables).chain([project.root().join("lmq.yaml")]).collect()
}

/// What the queries ask.
struct Asked {
    portals: Vec<Portal>,
    /// Which of them each query asks, in a shard.
    dealt: Option<Vec<Dealt>>,
    /// For `--sandbox`, the server behind the one there is, which lives as long as the run.
    _sandbox: Option<Sandbox>,
}

/// The portals. In a shard, those that a query was dealt; nobody looks at the credentials of the others.
fn portals(
    args: &RunArgs,
    jobs: &[Job],
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<Asked, Exit> {
    if args.sandbox {
        let faults = fault::read(&args.fault, 1).map_err(|flag| bad_flag(flag, console))?;
        let started = Sandbox::start(Options { faults, ..Options::default() }, console.clock());
        let sandbox = started.map_err(|error| {
            console.error(format!("the sandbox cannot start: {error}"), None);
            Exit::Portal
        })?;
        let portal = sandbox.portal();
        let shard =
            args.shard.map(|shard| shard::dealt(shard, jobs, std::slice::from_ref(&portal.name), console));
        return Ok(Asked { portals: vec![portal], dealt: shard.transpose()?, _sandbox: Some(sandbox) });
    }
    chosen(args, jobs, project, console)
}

/// The portals that flags, environment and configurations mean. One of several without credentials is a part of the run that
/// fails; the only one is the end of it.
fn chosen(
    args: &RunArgs,
    jobs: &[Job],
    project: &Project,
    console: &mut Console<'_, '_>,
) -> Result<Asked, Exit> {
    let failed = |error: &ConfigError, console: &mut Console<'_, '_>| {
        console.error(error, error.help());
        Exit::of_config(error)
    };
    let files = configuration::load(project, console);
    let files = files.map_err(|mistakes| configuration::tell(&mistakes, console))?;
    let selection = configuration::selection(&args.portals);
    let environment = &console.world.environment;
    let candidates = config::candidates(&selection, &files, environment);
    let named = candidates.and_then(|candidates| Ok((candidates.names(environment)?, candidates)));
    let (all, candidates) = named.map_err(|error| failed(&error, console))?;
    let dealt = args.shard.map(|shard| shard::dealt(shard, jobs, &all, console)).transpose()?;
    let own = dealt.as_ref().map(|dealt| dealt.iter().flat_map(|dealt| dealt.places.clone()).collect());
    let wanted = |place: usize| own.as_ref().is_none_or(|own: &BTreeSet<usize>| own.contains(&(place + 1)));
    let chosen = candidates.resolved(&wanted, &mut console.sources());
    let chosen = chosen.map_err(|error| failed(&error, console))?;
    let several = all.len() > 1;
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
    Ok(Asked { portals, dealt, _sandbox: None })
}

fn execute(
    args: &RunArgs,
    jobs: &[Job],
    project: &Project,
    (limits, printed_time): (Limits, Option<i64>),
    console: &mut Console<'_, '_>,
) -> Exit {
    let asked = match portals(args, jobs, project, console) {
        Ok(asked) => asked,
        Err(exit) => return exit,
    };
    let Asked { portals, dealt, _sandbox } = asked;
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
    let mut dealt = dealt.map(Vec::into_iter);
    let mut worst = Exit::Clean;
    for (index, job) in jobs.iter().enumerate() {
        let dealt = dealt.as_mut().and_then(Iterator::next);
        let share = dealt.map_or_else(|| session.all(), |dealt| session.dealt(dealt));
        let delivery = Delivery { args, project, share: &share, manner, printed_time };
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

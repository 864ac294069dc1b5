//! `lmq run`: every file checked first, then one query after the other.

use std::cell::Cell;

use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::cli::variables::{self, Given};
use crate::cli::{select, settings};
use crate::config::{self, ConfigError};
use crate::diag::{Code, Diagnostic};
use crate::portal::{Bounds, Portal};
use crate::project::Project;
use crate::report::{self, JsonForm, Manner};
use crate::run::Job;
use crate::sandbox::{Options, Sandbox};
use crate::spec::{self, Missing, Output, Query};
use crate::text::counted;

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
    let project = Project::find(&console.current_dir()).map_err(|error| {
        console.error(format!("the current folder: {error}"), None);
        Exit::Usage
    })?;
    let (sources, mut diagnostics) = select::select(&args.paths, project.current(), console.world.stdin);
    let given = Given { vars: &args.vars, files: &args.var_files, missing: Missing::Mistake };
    let (inputs, found) = variables::inputs(&given, &console.world.environment, project.current());
    diagnostics.extend(found);
    let mut queries = Vec::new();
    for source in &sources {
        let (query, found) = spec::load(source, &inputs);
        diagnostics.extend(found);
        queries.extend(query);
    }
    if queries.len() == sources.len() {
        diagnostics.extend(variables::undeclared(&inputs, &queries));
    }
    let (jobs, found) = jobs(args, queries, replaced.as_deref(), &project);
    diagnostics.extend(found);
    tell(&diagnostics, console)?;
    if jobs.is_empty() {
        console.error("nothing selected: no query file in these paths, or none with these tags", None);
        return Err(Exit::Nothing);
    }
    if let Some(mistake) = place::mistake(args, &jobs, &project) {
        return Err(bad_flag(mistake, console));
    }
    Ok((jobs, project, Bounds { timeout }))
}

fn tell(diagnostics: &[Diagnostic], console: &mut Console<'_, '_>) -> Result<(), Exit> {
    for diagnostic in diagnostics {
        console.diagnostic(diagnostic);
    }
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if errors == 0 {
        return Ok(());
    }
    console.error(format!("{}; nothing was sent", counted(errors, "mistake")), None);
    Err(Exit::Usage)
}

/// The selected queries with their outputs checked, and the mistakes of outputs, templates and names.
fn jobs(
    args: &RunArgs,
    queries: Vec<Query>,
    replaced: Option<&[Output]>,
    project: &Project,
) -> (Vec<Job>, Vec<Diagnostic>) {
    let mut jobs: Vec<Job> = Vec::new();
    let mut diagnostics = Vec::new();
    for mut query in queries.into_iter().filter(|query| settings::is_selected(args, query)) {
        if let Some(first) = jobs.iter().find(|job| job.query.name == query.name) {
            diagnostics.push(same_name(&query, &first.query));
        }
        if let Some(outputs) = replaced {
            query.outputs = settings::named(outputs, &query);
        }
        let base = if replaced.is_some() { report::Base::CurrentFolder } else { report::Base::QueryFile };
        match report::prepare(&query, project, base) {
            Ok((outputs, fields)) => jobs.push(Job { query, outputs, fields }),
            Err(mistakes) => diagnostics.extend(mistakes),
        }
    }
    // Paths of flags stand in no file: `place` looks at them.
    if replaced.is_none() {
        let targets: Vec<_> = jobs.iter().map(|job| (&job.query, &job.outputs[..])).collect();
        diagnostics.extend(report::targets_differ(&targets, project));
    }
    (jobs, diagnostics)
}

fn same_name(query: &Query, first: &Query) -> Diagnostic {
    let message = format!("the query `{}` stands in `{}` too", query.name, first.source.name);
    Diagnostic::new(Code::SameName, message, query.label(&query.endpoint_place))
        .with_help("give each query a `name` of its own")
}

/// The portal and, for `--sandbox`, the server behind it, which lives as long as the run.
fn portal(args: &RunArgs, console: &mut Console<'_, '_>) -> Result<(Portal, Option<Sandbox>), Exit> {
    if args.sandbox {
        let started = Sandbox::start(Options::default(), console.clock());
        let sandbox = started.map_err(|error| {
            console.error(format!("the sandbox cannot start: {error}"), None);
            Exit::Portal
        })?;
        return Ok((sandbox.portal(), Some(sandbox)));
    }
    match config::from_environment(&console.world.environment) {
        Ok(chosen) => {
            for note in chosen.notes {
                console.note("note", note);
            }
            Ok((chosen.portal, None))
        }
        Err(error @ ConfigError::Address { .. }) => {
            console.error(error, None);
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
    let (portal, _sandbox) = match portal(args, console) {
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

//! `lmq render`: reports of saved results, once or whenever something changes.

mod follow;

use std::path::PathBuf;
use std::sync::Arc;

use super::place;
use super::saved::{self, Reports};
use crate::cli::args::RenderArgs;
use crate::cli::exit::Exit;
use crate::cli::settings::{self, BadFlag, bad_flag};
use crate::cli::stream::Console;
use crate::diag::Source;
use crate::project::Project;
use follow::Watcher;

/// Makes the reports. Nothing is sent, and no credential is looked at.
pub(in crate::cli) fn run(args: &RenderArgs, console: &mut Console<'_, '_>) -> Exit {
    let project = match console.project() {
        Ok(project) => project,
        Err(exit) => return exit,
    };
    if args.watch {
        return match watched(args, &project) {
            Ok(watcher) => follow(args, &project, watcher, console),
            Err(flag) => bad_flag(flag, console),
        };
    }
    match settings::piped(&args.outputs, &args.results, console.world.stdin) {
        Ok(piped) => once(args, &project, piped, console),
        Err(flag) => bad_flag(flag, console),
    }
}

fn once(
    args: &RenderArgs,
    project: &Project,
    piped: Option<Arc<Source>>,
    console: &mut Console<'_, '_>,
) -> Exit {
    let results = match saved::read(&args.results, project, console) {
        Ok(results) => results,
        Err(exit) => return exit,
    };
    let documents: Vec<_> = results.iter().map(|saved| &saved.document).collect();
    let reports = Reports {
        outputs: &args.outputs,
        reads: &args.results,
        save: None,
        piped,
        allow_partial: args.allow_partial,
        fail_on: args.fail_on,
    };
    reports.deliver(&documents, project, console)
}

/// What is watched. Standard input comes once, and a result that is written anew would never be at rest.
fn watched(args: &RenderArgs, project: &Project) -> Result<Watcher, BadFlag> {
    let wrong = |message: String, help: &str| BadFlag { message, help: Some(help.to_owned()) };
    let piped = args.results.iter().any(|path| path.as_os_str() == "-");
    if piped || args.outputs.template.as_deref() == Some("-") {
        let message = "`--watch` needs files, and `-` is standard input".to_owned();
        return Err(wrong(message, "put it into a file"));
    }
    let results: Vec<_> = args.results.iter().map(|path| project.current().join(path)).collect();
    let real = |path: &str| project.current().join(path).canonicalize();
    let is_result =
        |path: &PathBuf| results.iter().any(|result| result.canonicalize().is_ok_and(|real| real == *path));
    if let Some(output) =
        args.outputs.output.iter().find(|output| real(output).is_ok_and(|path| is_result(&path)))
    {
        return Err(place::both(output));
    }
    watcher(args, project)
}

/// Of the files that the links lead to now.
fn watcher(args: &RenderArgs, project: &Project) -> Result<Watcher, BadFlag> {
    let results: Vec<_> = args.results.iter().map(|path| project.current().join(path)).collect();
    let template = args.outputs.template.as_deref().filter(|name| name.starts_with('.'));
    let template = template.map(|name| project.current().join(name));
    Watcher::of(&results, template.as_deref(), &project.root().join("templates")).map_err(|error| BadFlag {
        message: format!("`--watch`: {error}"),
        help: Some("leave it out, and run again after a change".to_owned()),
    })
}

/// Renders, and again after each change. Mistakes are told, and the next change is waited for.
fn follow(args: &RenderArgs, project: &Project, mut watched: Watcher, console: &mut Console<'_, '_>) -> Exit {
    loop {
        let exit = once(args, project, None, console);
        if matches!(exit, Exit::Interrupted | Exit::Terminated) {
            return exit;
        }
        console.say("waiting for a change of the result or a template; Ctrl-C ends");
        if let Err(message) = watched.wait() {
            console.error(format!("`--watch`: {message}"), None);
            return Exit::Output;
        }
        // A link may lead elsewhere now, or to nothing for a while. What changes from here on is told by the new one.
        if let Ok(next) = watcher(args, project) {
            watched = next;
        }
    }
}

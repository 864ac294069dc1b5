//! `lmq merge`: results of shards, or of a portal each, put together, with the reports of one run.

use super::saved::{self, Reports, Saved};
use crate::cli::args::MergeArgs;
use crate::cli::exit::Exit;
use crate::cli::settings::{self, bad_flag};
use crate::cli::stream::Console;
use crate::report;
use crate::text::counted;

/// Merges the results. Nothing is sent, and no credential is looked at.
pub(in crate::cli) fn run(args: &MergeArgs, console: &mut Console<'_, '_>) -> Exit {
    let project = match console.project() {
        Ok(project) => project,
        Err(exit) => return exit,
    };
    let piped = match settings::piped(&args.outputs, &args.results, console.world.stdin) {
        Ok(piped) => piped,
        Err(flag) => return bad_flag(flag, console),
    };
    let results = match saved::read(&args.results, &project, console) {
        Ok(results) => results,
        Err(exit) => return exit,
    };
    let results = results.into_iter().map(|Saved { file, document }| (file, document)).collect();
    let documents = match report::merge(results) {
        Ok(documents) => documents,
        Err(errors) => {
            for error in &errors {
                console.error(error, Some(error.help));
            }
            console.error(format!("{}; nothing was written", counted(errors.len(), "mistake")), None);
            return Exit::Usage;
        }
    };
    let reports = Reports {
        outputs: &args.outputs,
        reads: &args.results,
        save: args.save.as_ref(),
        piped,
        allow_partial: args.allow_partial,
        fail_on: args.fail_on,
    };
    reports.deliver(&documents.iter().collect::<Vec<_>>(), &project, console)
}

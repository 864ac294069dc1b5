//! `lmq explain`: what a run would do, without doing it. It needs no network, and no credential is read: of the environment
//! it looks at the account, and at which kind of credentials is set.

mod curl;
mod sections;

use crate::cli::args::ExplainArgs;
use crate::cli::check::{self, Request};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::config::{self, Scheme};
use crate::plan::{Plan, plan};
use crate::run::Job;
use crate::spec::Missing;
use crate::text;

/// What is set where nothing says which account is meant.
const NO_ACCOUNT: &str = "https://ACCOUNT.logicmonitor.com/santaba/rest";

/// Where the requests would go, and how they would be let in.
struct Target {
    /// What paths are appended to.
    base: String,
    loopback: bool,
    scheme: Scheme,
}

/// Explains every query of the path.
pub(in crate::cli) fn run(args: &ExplainArgs, console: &mut Console<'_, '_>) -> Exit {
    let given = Given::new(&args.variables, Missing::Mistake);
    let request = Request { paths: std::slice::from_ref(&args.path), given, ..Request::default() };
    let checked = check::check(&request, console);
    let (_, jobs) = match checked.and_then(|checked| checked.all_valid("nothing is explained", console)) {
        Ok(valid) => valid,
        Err(exit) => return exit,
    };
    let target = match target(console) {
        Ok(target) => target,
        Err(exit) => return exit,
    };
    let now = console.clock()().div_euclid(1000);
    let mut parts: Vec<String> = Vec::new();
    for job in &jobs {
        let plan = plan(&job.query, &job.fields, now);
        if args.curl {
            warn_of_keys(job, &plan, console);
            parts.push(curl::commands(job, &plan, &target));
        } else {
            parts.push(sections::explained(job, &plan, &target));
        }
    }
    let gap = if args.curl { "" } else { "\n" };
    console.result(&text::inert(&parts.join(gap)))
}

fn target(console: &mut Console<'_, '_>) -> Result<Target, Exit> {
    let environment = &console.world.environment;
    let scheme = config::scheme(environment);
    let located = config::locate(environment).map_err(|error| {
        console.error(error, None);
        Exit::Usage
    })?;
    if located.is_none() {
        console.note("note", "LM_COMPANY is not set: ACCOUNT stands for it");
    }
    if scheme.is_none() {
        console
            .note("note", "no credentials are set: LMv1 is shown; with LM_BEARER_TOKEN it is a bearer token");
    }
    Ok(Target {
        base: located.as_ref().map_or(NO_ACCOUNT, |located| located.address.base()).to_owned(),
        loopback: located.is_some_and(|located| located.address.is_loopback()),
        scheme: scheme.unwrap_or(Scheme::Lmv1),
    })
}

/// lmq masks key material as it comes in; curl shows an answer as it is.
fn warn_of_keys(job: &Job, plan: &Plan, console: &mut Console<'_, '_>) {
    let secret = plan
        .layout
        .names()
        .iter()
        .any(|name| job.query.endpoint.field(name.as_str()).is_some_and(|field| field.secret));
    if secret {
        let name = &job.query.name;
        console.note("warning", format!("{name}: the answer shows `accessKey` unmasked"));
    }
}

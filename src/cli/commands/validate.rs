//! `lmq validate`: every mistake of every file, for people or for programs.

use crate::auth;
use crate::cli::args::{Report, ValidateArgs};
use crate::cli::check::{self, Checked, Request};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::cli::variables::Given;
use crate::diag::{self, Severity};
use crate::spec::Missing;
use crate::text::counted;

/// Checks the files and says what is wrong. Nothing is sent, and no credential is looked at.
pub(in crate::cli) fn run(args: &ValidateArgs, console: &mut Console<'_, '_>) -> Exit {
    let given = Given::new(&args.variables, Missing::StandIn);
    let request = Request { paths: &args.paths, given, ..Request::default() };
    let mut checked = match check::check(&request, console) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    if args.deny_warnings {
        checked.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    if checked.files == 0 && checked.diagnostics.is_empty() {
        return check::nothing(console);
    }
    let text = match args.format {
        Report::Human => human(&checked, console),
        Report::Json => diag::json(&checked.diagnostics),
        Report::Sarif => diag::sarif(&checked.diagnostics, &checked.project.repository(), auth::sha256_hex),
        Report::Github => diag::github(&checked.diagnostics, &checked.project.repository()),
    };
    let written = console.result(&text);
    if checked.errors() == 0 { written } else { Exit::Usage }
}

/// The diagnostics go to stderr, as they do in `lmq run`; stdout is the line that sums them up.
fn human(checked: &Checked, console: &mut Console<'_, '_>) -> String {
    for diagnostic in &checked.diagnostics {
        console.diagnostic(diagnostic);
    }
    if console.is_quiet() {
        return String::new();
    }
    let errors = checked.errors();
    let warnings = checked.diagnostics.len() - errors;
    let found = match (errors, warnings) {
        (0, 0) => "no mistakes".to_owned(),
        (0, _) => counted(warnings, "warning"),
        (_, 0) => counted(errors, "mistake"),
        (_, _) => format!("{}, {}", counted(errors, "mistake"), counted(warnings, "warning")),
    };
    format!("{}, {found}\n", counted(checked.files, "query"))
}

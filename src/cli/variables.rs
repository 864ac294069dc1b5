//! Values of variables: `--var`, `--var-file`, `LMQ_VAR_…`.

use std::path::{Path, PathBuf};

use super::args::VariableArgs;
use crate::config::Environment;
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::read_text;
use crate::spec::{self, Inputs, MAX_QUERY_BYTES, Missing};
use crate::text;

/// Where the values of a command come from.
#[derive(Default)]
pub(super) struct Given<'a> {
    /// `--var`, each `name=value`.
    pub(super) vars: &'a [String],
    /// `--var-file`.
    pub(super) files: &'a [PathBuf],
    /// What to do about variables without a value.
    pub(super) missing: Missing,
}

impl<'a> Given<'a> {
    /// What the flags of a command give.
    pub(super) fn new(flags: &'a VariableArgs, missing: Missing) -> Self {
        Self { vars: &flags.vars, files: &flags.var_files, missing }
    }
}

/// The inputs for loading queries, and the mistakes in them.
pub(super) fn inputs(
    given: &Given<'_>,
    environment: &Environment,
    current: &Path,
) -> (Inputs, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut inputs = Inputs {
        environment: environment.iter().filter(|(name, _)| name.starts_with("LMQ_VAR_")).map(pair).collect(),
        missing: given.missing,
        ..Inputs::default()
    };
    for text in given.vars {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => inputs.flags.push((name.to_owned(), value.to_owned())),
            _ => {
                let message = format!("`--var {text}` is not `name=value`");
                diagnostics.push(on_command_line(Code::VarValue, message));
            }
        }
    }
    for path in given.files {
        let name = path.to_string_lossy().replace('\\', "/");
        match read_text(&current.join(path), &name, MAX_QUERY_BYTES) {
            Ok(source) => match spec::load_var_file(&source) {
                Ok(file) => inputs.files.push(file),
                Err(mistakes) => diagnostics.extend(mistakes),
            },
            Err(error) => {
                let place = Label::new(&Source::new(name, ""), 0..0);
                diagnostics.push(Diagnostic::new(Code::Unreadable, error.to_string(), place));
            }
        }
    }
    (inputs, diagnostics)
}

fn pair((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn on_command_line(code: Code, message: String) -> Diagnostic {
    Diagnostic::new(code, message, Label::new(&Source::new("command line", ""), 0..0))
}

/// Values for variables that no query declares: a slip of the pen, or of a file.
pub(super) fn undeclared(inputs: &Inputs, variables: &[String]) -> Vec<Diagnostic> {
    let declared = || variables.iter().map(String::as_str);
    let flags = inputs.flags.iter().map(|(name, _)| ("command line", name));
    let files =
        inputs.files.iter().flat_map(|file| file.values.iter().map(|(name, _)| (file.name.as_str(), name)));
    let unknown = flags.chain(files).filter(|(_, name)| !declared().any(|known| known == *name));
    let mistake = |(source, name): (&str, &String)| {
        let place = Label::new(&Source::new(source, ""), 0..0);
        let diagnostic =
            Diagnostic::new(Code::VarUndeclared, format!("no query declares the variable `{name}`"), place);
        match text::nearest(name, declared()) {
            Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
            None => diagnostic,
        }
    };
    unknown.map(mistake).collect()
}

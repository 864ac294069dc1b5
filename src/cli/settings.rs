//! What the flags of `run` mean for a query: outputs, bounds, tags.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::args::{OutputArgs, RunArgs};
use super::exit::Exit;
use super::select;
use super::stream::Console;
use crate::config::Environment;
use crate::diag::Source;
use crate::portal::Limits;
use crate::project::MAX_FILE_BYTES;
use crate::spec::{Destination, Format, Output, OutputKind, Query};
use crate::text;
use crate::yaml::Place;

/// A flag that cannot be taken as it is.
pub(super) struct BadFlag {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Tells of it. Nothing was sent.
pub(super) fn bad_flag(flag: BadFlag, console: &mut Console<'_, '_>) -> Exit {
    console.error(flag.message, flag.help.as_deref());
    Exit::Usage
}

/// The template of `-t -`. Standard input is read once: `paths` must leave it.
pub(super) fn piped(
    args: &OutputArgs,
    paths: &[PathBuf],
    stdin: &mut dyn Read,
) -> Result<Option<Arc<Source>>, BadFlag> {
    if args.template.as_deref() != Some("-") {
        return Ok(None);
    }
    if paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(BadFlag {
            message: "`-t -` and the path `-` both mean standard input".to_owned(),
            help: Some("put one of them into a file".to_owned()),
        });
    }
    let read = select::read_stdin(stdin, MAX_FILE_BYTES);
    read.map(Some)
        .map_err(|message| BadFlag { message: format!("the template of `-t -`: {message}"), help: None })
}

/// What the flags say in place of each file's `output`; `None`: nothing.
pub(super) fn outputs(args: &OutputArgs) -> Result<Option<Vec<Output>>, BadFlag> {
    let named = match (&args.format, &args.template) {
        (Some(format), _) => Some(OutputKind::Format(*format)),
        (None, Some(template)) => Some(OutputKind::Template(template.clone())),
        (None, None) => None,
    };
    match (named, &args.output[..]) {
        (None, []) => Ok(None),
        (Some(kind), []) => Ok(Some(vec![output(kind, Destination::Stdout)])),
        (Some(kind), [file]) => Ok(Some(vec![output(kind, destination(file))])),
        (Some(_), _) => Err(BadFlag {
            message: "several `-o` with `-f` or `-t`".to_owned(),
            help: Some("leave out -f and -t: each file's suffix tells its format".to_owned()),
        }),
        (None, files) => files
            .iter()
            .map(|file| Ok(output(by_suffix(file)?, destination(file))))
            .collect::<Result<_, _>>()
            .map(Some),
    }
}

/// What is made where nothing is said: a table on stdout.
pub(super) fn default_outputs() -> Vec<Output> {
    vec![output(OutputKind::Format(Format::Table), Destination::Stdout)]
}

fn output(kind: OutputKind, to: Destination) -> Output {
    Output { kind, to, columns: None, place: Place::default(), to_place: Place::default() }
}

fn destination(file: &str) -> Destination {
    if file == "-" { Destination::Stdout } else { Destination::Path(PathBuf::from(file)) }
}

fn by_suffix(file: &str) -> Result<OutputKind, BadFlag> {
    let suffix = file.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    Format::by_suffix(suffix).map(OutputKind::Format).ok_or_else(|| BadFlag {
        message: format!("the suffix of `{file}` tells no format"),
        help: Some(format!(
            "suffixes: {}; or name the format with -f, the template with -t",
            text::listed(Format::suffixes())
        )),
    })
}

/// The outputs with `{name}` filled in for a query of that name.
pub(super) fn named(outputs: &[Output], name: &str) -> Vec<Output> {
    let mut outputs = outputs.to_vec();
    for output in &mut outputs {
        if let Destination::Path(path) = &mut output.to {
            *path = PathBuf::from(with_name(&path.to_string_lossy(), name));
        }
    }
    outputs
}

/// A path with `{name}` filled in.
pub(super) fn with_name(path: &str, name: &str) -> String {
    path.replace("{name}", name)
}

/// A file of the flags that several queries would all write.
pub(super) fn needs_name<'a>(outputs: &'a OutputArgs, save: Option<&'a String>) -> Option<&'a str> {
    let files = outputs.output.iter().chain(save).filter(|file| *file != "-");
    files.map(String::as_str).find(|file| !file.contains("{name}"))
}

/// The file of `--summary`, where it is asked for: GitHub makes one for each step, and names it in the environment.
pub(super) fn summary(args: &RunArgs, environment: &Environment) -> Result<Option<PathBuf>, BadFlag> {
    match (args.summary, environment.set("GITHUB_STEP_SUMMARY")) {
        (false, _) => Ok(None),
        (true, Some(path)) => Ok(Some(PathBuf::from(path))),
        (true, None) => Err(BadFlag {
            message: "`--summary` adds to the file that `GITHUB_STEP_SUMMARY` names, and it is not set"
                .to_owned(),
            help: Some(
                "outside of GitHub Actions, write a page of your own: `-f markdown -o summary.md`".to_owned(),
            ),
        }),
    }
}

/// The run times that reports print, in epoch seconds, where `SOURCE_DATE_EPOCH` says one. A wrong one would print another time each
/// run, without a word.
pub(super) fn printed_time(environment: &Environment) -> Result<Option<i64>, BadFlag> {
    let Some(text) = environment.set("SOURCE_DATE_EPOCH") else { return Ok(None) };
    match text.parse() {
        Ok(seconds) if jiff::Timestamp::from_second(seconds).is_ok() => Ok(Some(seconds)),
        _ => Err(BadFlag {
            message: format!("`SOURCE_DATE_EPOCH` is `{}`, which is no time", text::shortened(text, 40)),
            help: Some("it is a number of seconds since 1970, before the year 10000".to_owned()),
        }),
    }
}

/// Whether the tags select a query.
pub(super) fn is_selected(tag: &[String], exclude: &[String], query: &Query) -> bool {
    let has = |tags: &[String]| tags.iter().any(|tag| query.tags.contains(tag));
    (tag.is_empty() || has(tag)) && !has(exclude)
}

/// What a run may take.
pub(super) fn limits(args: &RunArgs) -> Result<Limits, BadFlag> {
    let timeout = args.timeout.as_deref().map(|text| duration("--timeout", text)).transpose()?;
    Ok(Limits {
        concurrency: args.concurrency,
        max_rows: args.max_rows,
        timeout,
        max_wait: duration("--max-wait", &args.max_wait)?,
        retries: args.retries,
    })
}

/// `90s`, `5m`, `1h30m`.
fn duration(flag: &str, text: &str) -> Result<Duration, BadFlag> {
    let parsed: Option<Duration> =
        text.parse::<jiff::SignedDuration>().ok().and_then(|span| span.try_into().ok());
    parsed.filter(|duration| !duration.is_zero()).ok_or_else(|| BadFlag {
        message: format!("`{text}` is no duration for {flag}"),
        help: Some("write a number and a unit: `90s`, `5m`, `1h`".to_owned()),
    })
}

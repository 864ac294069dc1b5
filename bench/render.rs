//! Makes one report of many rows, and says how long that took: from the rows in memory to the closed file.
//!
//! ```sh
//! cargo run --release --example render -- --rows 100000 --template bench/templates/tokens.md.hbs --to /tmp/tokens.md
//! cargo run --release --example render -- --rows 100000 --format xlsx --to /tmp/tokens.xlsx
//! ```
//!
//! The rows come from the sandbox. On stdout: the seconds; on Linux the seconds that its processor worked, and the memory in KiB before and the
//! most of it after.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use clap::Parser;
use lmq::auth::Redactor;
use lmq::diag::Source;
use lmq::portal::{Clock, Limits, Pace, Session};
use lmq::project::Project;
use lmq::report::{Base, Company, Manner, Shown, Templates, prepare, sink, stage};
use lmq::run::{Job, Surroundings, run};
use lmq::sandbox::{Options, Sandbox};
use lmq::spec::{Inputs, load};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The columns of the templates.
const COLUMNS: &str = "[id, adminName, note, status, createdOn, lastUsedOn, tokenType, lastAuthIp]";

const NOW_MS: i64 = 1_795_435_200_000;

/// Makes one report of many rows, and says how long that took
#[derive(Debug, Parser)]
struct Args {
    /// How many rows there are
    #[arg(long, default_value_t = 100_000)]
    rows: usize,

    /// The format of the report
    #[arg(long, conflicts_with = "template", default_value = "json")]
    format: String,

    /// The template of the report
    #[arg(long)]
    template: Option<PathBuf>,

    /// Where the report goes
    #[arg(long)]
    to: PathBuf,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("lmq.yaml"), "")?;
    let project = Project::find(folder.path())?;
    let mut output = format!("format: {}, columns: {COLUMNS}", args.format);
    if let Some(template) = &args.template {
        let name = template.file_name().and_then(|name| name.to_str()).ok_or("the template has no name")?;
        fs::create_dir(folder.path().join("templates"))?;
        fs::copy(template, folder.path().join("templates").join(name))?;
        output = format!("template: {name}");
    }
    let text = format!("name: bench\nendpoint: apitokens\ntype: all\noutput: {{{output}, to: out}}\n");
    let (query, mistakes) = load(&Source::new("q.yaml", text), &Inputs::default());
    let query = query.ok_or_else(|| format!("{mistakes:?}"))?;
    let (shown, base) = (Shown::Query(&query), (&project, Base::QueryFile));
    let (outputs, fields) = prepare(shown, &query.outputs, base, &mut Templates::default())
        .map_err(|mistakes| format!("{mistakes:?}"))?;

    // Milliseconds that go on, for the signatures.
    let now = AtomicI64::new(NOW_MS);
    let clock: Clock = Arc::new(move || now.fetch_add(1, Ordering::SeqCst));
    let options = Options { tokens: args.rows, rate_limit: 1_000_000, ..Options::default() };
    let sandbox = Sandbox::start(options, Arc::new(|| NOW_MS))?;
    let manner = Manner { allow_partial: false, company: Company::Alone, width: None };
    let redactor = Redactor::new([sandbox.access_key(), sandbox.bearer_token()]);
    let around = Surroundings { clock: &*clock, printed_time: None, observe: &|_| {}, redactor: &redactor };
    let session = Session::new(vec![sandbox.portal()], Limits::default(), &Pace::real(), &clock)?;
    let (messages, waivers) = (Vec::new(), Vec::new());
    let job = Job { query, outputs: Vec::new(), messages, waivers, fields, baseline: None };
    let document = run(&job, &session.all(), manner, &around)?.document;
    if document.count != args.rows {
        return Err(format!("{} rows came: {:?}", document.count, document.run.reasons).into());
    }

    forget_peak();
    let before = peak();
    let worked = worked_seconds();
    let start = Instant::now();
    let staged = stage(&outputs, &document, manner, &redactor, &|| 0)?;
    let seconds = start.elapsed().as_secs_f64();
    let (worked, after) = (worked_seconds() - worked, peak());
    sink::publish(staged.drafts)?;
    fs::copy(folder.path().join("out"), &args.to)?;
    #[expect(clippy::print_stdout, reason = "it is what the script reads")]
    {
        println!("{seconds:.4} {worked:.4} {before} {after}");
    }
    Ok(())
}

/// Has the system forget the most memory so far, which fetching took: what it is from here on is the report's.
fn forget_peak() {
    // Elsewhere than on Linux nothing is told either.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory so far, in KiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Seconds that this thread had a processor; 0 where the system does not tell.
fn worked_seconds() -> f64 {
    let status = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = status.split_whitespace().next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.unwrap_or_default() / 1e9
}

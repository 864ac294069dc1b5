//! Reports of a hundred thousand rows, each written into a draft: rows as CSV and NDJSON, the document as JSON, a Markdown
//! template with eight columns.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use lmq::auth::Redactor;
use lmq::diag::Source;
use lmq::portal::{Clock, Limits, Pace, Session};
use lmq::project::Project;
use lmq::report::{Base, Company, Manner, Templates, prepare, stage};
use lmq::run::{Job, Surroundings, run};
use lmq::sandbox::{Options, Sandbox};
use lmq::spec::{Inputs, load};

const ROWS: usize = 100_000;

const QUERY: &str = "\
endpoint: apitokens
type: all
output:
  - {format: csv, to: out.csv}
  - {format: ndjson, to: out.ndjson}
  - {format: json, to: out.json}
  - {template: eight.md.hbs, to: out.md}
";

const TEMPLATE: &str = "\
{{run.verdict}}
{{#each records}}
| {{id}} | {{adminName}} | {{note}} | {{status}} | {{date createdOn}} | {{ago lastUsedOn}} | {{tokenType}} | {{lastAuthIp}} |
{{/each}}
";

fn reports(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("templates")).expect("writable");
    std::fs::write(folder.path().join("lmq.yaml"), "").expect("writable");
    std::fs::write(folder.path().join("templates/eight.md.hbs"), TEMPLATE).expect("writable");
    let project = Project::find(folder.path()).expect("it exists");
    let (query, mistakes) = load(&Source::new("q.yaml", QUERY), &Inputs::default());
    let query = query.unwrap_or_else(|| panic!("{mistakes:?}"));
    let prepared = prepare(&query, &project, Base::QueryFile, &mut Templates::default());
    let (outputs, fields) = prepared.expect("the outputs are right");

    // Milliseconds that go on, for the signatures.
    let now = AtomicI64::new(1_795_435_200_000);
    let clock: Clock = Arc::new(move || now.fetch_add(1, Ordering::SeqCst));
    let options = Options { tokens: ROWS, rate_limit: 10_000, ..Options::default() };
    let sandbox = Sandbox::start(options, Arc::new(|| 1_795_435_200_000)).expect("a port is free");
    let manner = Manner { allow_partial: false, company: Company::Alone, width: None };
    let redactor = Redactor::new([sandbox.access_key(), sandbox.bearer_token()]);
    let around = Surroundings { clock: &*clock, printed_time: None, observe: &|_| {}, redactor: &redactor };
    let session = Session::new(vec![sandbox.portal()], Limits::default(), &Pace::real(), &clock);
    let session = session.expect("the system grants a runtime");
    let job = Job { query, outputs: Vec::new(), fields };
    let outcome = run(&job, &session, manner, &around).expect("the sandbox answers");
    assert_eq!(outcome.document.count, ROWS, "{:?}", outcome.document.run.reasons);

    let mut group = criterion.benchmark_group("report");
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1));
    for (name, index) in [("csv", 0), ("ndjson", 1), ("json", 2), ("markdown template", 3)] {
        let output = &outputs[index..=index];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                stage(output, black_box(&outcome.document), manner, &redactor, &*clock).expect("writable")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reports);
criterion_main!(benches);

//! Reports of a hundred thousand rows, each written into a draft: the formats, and the templates of `bench/templates`.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use lmq::auth::Redactor;
use lmq::diag::Source;
use lmq::portal::{Clock, Limits, Pace, Session};
use lmq::project::Project;
use lmq::report::{Base, Company, Manner, Shown, Templates, prepare, stage};
use lmq::run::{Job, Surroundings, run};
use lmq::sandbox::{Options, Sandbox};
use lmq::spec::{Inputs, load};

const ROWS: usize = 100_000;

const FORMATS: [&str; 5] = ["csv", "ndjson", "json", "markdown", "html"];

const TEMPLATES: [(&str, &str); 3] = [
    ("tokens.md.hbs", include_str!("../bench/templates/tokens.md.hbs")),
    ("tokens.html.hbs", include_str!("../bench/templates/tokens.html.hbs")),
    ("tokens.csv.hbs", include_str!("../bench/templates/tokens.csv.hbs")),
];

fn reports(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("templates")).expect("writable");
    std::fs::write(folder.path().join("lmq.yaml"), "").expect("writable");
    let mut text = "endpoint: apitokens\ntype: all\noutput:\n".to_owned();
    for format in FORMATS {
        text = format!("{text}  - {{format: {format}, to: out.{format}.txt}}\n");
    }
    for (name, template) in TEMPLATES {
        std::fs::write(folder.path().join("templates").join(name), template).expect("writable");
        text = format!("{text}  - {{template: {name}, to: {name}.txt}}\n");
    }
    let project = Project::find(folder.path()).expect("it exists");
    let (query, mistakes) = load(&Source::new("q.yaml", text), &Inputs::default());
    let query = query.unwrap_or_else(|| panic!("{mistakes:?}"));
    let (shown, base) = (Shown::Query(&query), (&project, Base::QueryFile));
    let prepared = prepare(shown, &query.outputs, base, &mut Templates::default());
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
    let (messages, waivers) = (Vec::new(), Vec::new());
    let job = Job { query, outputs: Vec::new(), messages, waivers, fields, baseline: None };
    let outcome = run(&job, &session, manner, &around).expect("the sandbox answers");
    assert_eq!(outcome.document.count, ROWS, "{:?}", outcome.document.run.reasons);

    let mut group = criterion.benchmark_group("report");
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1));
    let names = FORMATS.into_iter().chain(TEMPLATES.map(|(name, _)| name));
    for (index, name) in names.enumerate() {
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

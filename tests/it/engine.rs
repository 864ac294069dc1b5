//! How lists are fetched: pages in parallel, retries, rate limits, bounds, and whether the caller sees what there is.

mod bounds;
mod coverage;
mod flow;
mod parallel;
mod rate;
mod retries;

use crate::support::{Project, Ran, Stub};

/// `lmq run -f json` of a query over all tokens against a stub.
fn run(stub: &Stub, more: &str, args: &[&str]) -> Ran {
    Project::new().query(more).stub(stub).run(&[&["-f", "json", "q.yaml"], args].concat())
}

//! The least that a client has to do with the pages: each is parsed into JSON values, and each row written as a line.
//!
//! ```sh
//! cargo run --release --example baseline -- --tokens 100000 --size 1000 > /dev/null
//! ```
//!
//! One thread, no network: the pages, those that `pages` serves, are in memory before the clock starts. The seconds go to
//! stderr.

mod tokens;

use std::io::{self, BufWriter, Write as _};
use std::time::Instant;

use clap::Parser;
use serde_json::Value;

use tokens::Tokens;

const BUFFER_BYTES: usize = 64 * 1024;

/// Parses pages of made-up tokens and writes their rows as NDJSON
#[derive(Debug, Parser)]
struct Args {
    /// How many tokens there are
    #[arg(long, default_value_t = 100_000)]
    tokens: usize,

    /// Rows of a page
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    size: u32,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let size = usize::try_from(args.size).map_err(io::Error::other)?;
    let pages = pages(args.tokens, size);
    let bytes: usize = pages.iter().map(String::len).sum();
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
    let start = Instant::now();
    let mut rows = 0;
    for page in &pages {
        let page: Value = serde_json::from_str(page)?;
        for row in page["items"].as_array().into_iter().flatten() {
            serde_json::to_writer(&mut out, row)?;
            out.write_all(b"\n")?;
            rows += 1;
        }
    }
    out.flush()?;
    let seconds = start.elapsed().as_secs_f64();
    writeln!(io::stderr(), "{seconds:.6} s, {rows} rows, {} pages, {bytes} bytes", pages.len())
}

/// The bodies of all pages.
fn pages(count: usize, size: usize) -> Vec<String> {
    let tokens = Tokens::new(count);
    let body = |offset| {
        let page = tokens.page(offset..offset + size, tokens.count());
        [&page.before, page.tokens, page.after].concat()
    };
    (0..count).step_by(size).map(body).collect()
}

//! What the tests share: a folder to run lmq in, portals to point it at.

mod archive;
mod project;
mod reply;
mod rows;
mod stub;

use std::sync::Arc;

use lmq::sandbox::{Options, Sandbox};

pub use archive::unzip;
pub use project::{Project, Ran};
pub use reply::Reply;
pub use rows::{ids, listed, page, row, rows, slice};
pub use stub::{Seen, Stub};

/// The clock of the tests: 2023-11-14T22:13:20Z.
pub const NOW_MS: i64 = 1_700_000_000_000;

/// The caller's access id on a stub: that of token 1.
pub const OWN_ACCESS_ID: &str = "access1";

/// What nothing but an `Authorization` header may show. It has characters that encodings change.
pub const SECRET_KEY: &str = "=s3cr%t[Key]~that+must/never{show}(anywhere)^42!";

/// A sandbox that is not short of requests, with the tests' clock.
pub fn sandbox() -> Sandbox {
    let options = Options { rate_limit: 1_000_000, ..Options::default() };
    Sandbox::start(options, Arc::new(|| NOW_MS)).expect("a free port")
}

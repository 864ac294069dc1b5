//! `--shard`: which portals each query of a run asks.

use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::settings::BadFlag;
use crate::cli::stream::Console;
use crate::plan::{Dealt, Shard, deal};
use crate::run::Job;
use crate::spec::Query;

/// `--baseline` with `--shard`: what the other shards bring would look as if it were gone.
pub(super) fn compared(args: &RunArgs) -> Option<BadFlag> {
    (args.shard.is_some() && args.baseline.is_some()).then(|| BadFlag {
        message: "`--baseline` compares a whole run, and `--shard` is a part of one".to_owned(),
        help: Some("merge the shards, and compare the whole: `lmq diff OLD.json MERGED.json`".to_owned()),
    })
}

/// What each query asks. Every query that cannot be dealt to several shards is told.
pub(super) fn dealt(
    shard: Shard,
    jobs: &[Job],
    portals: &[String],
    console: &mut Console<'_, '_>,
) -> Result<Vec<Dealt>, Exit> {
    let mut wrong = 0;
    // The one portal is in one shard, with all its rows.
    for job in jobs.iter().filter(|_| portals.len() > 1) {
        if let Some((why, help)) = undivided(&job.query) {
            let Query { name, source, .. } = &job.query;
            let message = format!("{}: --shard cannot split the query `{name}`: {why}", source.name);
            console.error(message, Some(&format!("{help}, or run the query without --shard")));
            wrong += 1;
        }
    }
    if wrong > 0 {
        return Err(Exit::Usage);
    }
    let queries: Vec<&str> = jobs.iter().map(|job| job.query.name.as_str()).collect();
    let portals: Vec<&str> = portals.iter().map(String::as_str).collect();
    Ok(deal(shard, &queries, &portals))
}

/// Why the result of a query is more than those of its portals one after the other, and what to do.
fn undivided(query: &Query) -> Option<(&'static str, &'static str)> {
    if query.is_limited() {
        return Some(("`limit` and `offset` are of the rows of all portals together", "leave them out"));
    }
    let by_row = query.select.as_ref().is_none_or(crate::path::Path::is_by_row);
    (!by_row).then_some((
        "its `select` looks at the rows of all portals together",
        "select by a filter alone, such as `$[?@.idleDays > 90]`",
    ))
}

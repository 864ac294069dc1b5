//! What keeps results of a query from being parts of one run.

use std::collections::HashMap;

use super::{MergeError, Named};
use crate::catalog::ENDPOINTS;
use crate::path::{self, Root};
use crate::portal::Verdict;
use crate::report::column::known;
use crate::report::document::{Document, QueryInfo};
use crate::spec::SortKey;

/// Checks that results of one query are parts of one. Gives what its rows are sorted by.
///
/// # Errors
/// The first thing that does not fit.
pub(super) fn check(group: &[Named]) -> Result<Vec<SortKey>, MergeError> {
    let (file, first) = &group[0];
    for (other, document) in &group[1..] {
        same_query((file, first), (other, document))?;
        same_run((file, first), (other, document))?;
    }
    no_comparison(group)?;
    same_kind(group)?;
    each_once(group)?;
    whole_rows(group)?;
    sort(first).map_err(|name| {
        refused(
            format!("`{file}`: the rows are sorted by `{name}`, which this lmq does not know"),
            "merge with the lmq that made the results",
        )
    })
}

fn refused(message: String, help: &'static str) -> MergeError {
    MergeError { message, help }
}

fn same_query((a, one): (&str, &Document), (b, other): (&str, &Document)) -> Result<(), MergeError> {
    let name = &one.query.name;
    if one.query.sha256 != other.query.sha256 {
        let message = format!("`{a}` and `{b}` are of different queries, both with the name `{name}`");
        return Err(refused(message, "run every shard with the same query files"));
    }
    // Paths as they were typed tell nothing.
    let said = |query: &QueryInfo| {
        let mut query = QueryInfo { file: String::new(), ..query.clone() };
        for expected in &mut query.expect {
            expected.place.file.clear();
        }
        query
    };
    if said(&one.query) != said(&other.query) {
        let message =
            format!("`{a}` and `{b}` are of the query `{name}` with other variables, or for other outputs");
        return Err(refused(message, "run every shard with the same flags and variables"));
    }
    Ok(())
}

fn same_run((a, one): (&str, &Document), (b, other): (&str, &Document)) -> Result<(), MergeError> {
    let name = &one.query.name;
    match (&one.run.shard, &other.run.shard) {
        (Some(one), Some(other)) if one.count != other.count => {
            let message = format!("`{name}`: `{a}` is {}, and `{b}` is {}", one.name(), other.name());
            Err(refused(message, "merge the shards of one run"))
        }
        (Some(one), Some(other)) if one.deal != other.deal => {
            let message =
                format!("`{name}`: `{a}` and `{b}` are shards of runs with other queries or portals");
            Err(refused(message, "run every shard with the same paths, flags and configuration"))
        }
        (Some(_), Some(_)) | (None, None) => Ok(()),
        (Some(shard), None) => Err(no_shard(name, (a, &shard.name()), b)),
        (None, Some(shard)) => Err(no_shard(name, (b, &shard.name()), a)),
    }
}

fn no_shard(name: &str, (a, shard): (&str, &str), b: &str) -> MergeError {
    refused(format!("`{name}`: `{a}` is {shard}, and `{b}` is no shard"), "merge the shards of one run")
}

/// Parts may each be compared with another earlier result, and the whole with none of them.
fn no_comparison(group: &[Named]) -> Result<(), MergeError> {
    group.iter().find(|(_, document)| document.diff.is_some()).map_or(Ok(()), |(file, document)| {
        let message = format!("`{}`: `{file}` is compared with an earlier result", document.query.name);
        Err(refused(
            message,
            "merge results that are not, and compare the merged one: `lmq diff OLD.json MERGED.json`",
        ))
    })
}

/// Sandbox data and real data are never one result. A shard without portals has neither.
fn same_kind(group: &[Named]) -> Result<(), MergeError> {
    let of = |sandbox: bool| {
        let mut asked = group.iter().filter(|(_, document)| !document.portals.is_empty());
        asked.find(|(_, document)| document.run.sandbox == sandbox)
    };
    match (of(true), of(false)) {
        (Some((a, document)), Some((b, _))) => {
            let name = &document.query.name;
            let message = format!("`{name}`: `{a}` has sandbox data, and `{b}` a real portal's");
            Err(refused(message, "leave one of them out"))
        }
        _ => Ok(()),
    }
}

/// No shard and no portal twice: rows would be counted twice.
fn each_once(group: &[Named]) -> Result<(), MergeError> {
    let mut shards: HashMap<u32, &str> = HashMap::new();
    let mut portals: HashMap<&str, &str> = HashMap::new();
    for (file, document) in group {
        let name = &document.query.name;
        let both = |first: &str, what: &str| {
            let who = if first == file {
                format!("`{file}` has")
            } else {
                format!("`{first}` and `{file}` both have")
            };
            Err(refused(format!("`{name}`: {who} {what}"), "give each result once"))
        };
        if let Some(shard) = &document.run.shard
            && let Some(first) = shards.insert(shard.index, file)
        {
            return both(first, &format!("{}{}", shard.name(), if first == file { " twice" } else { "" }));
        }
        for portal in document.portals.iter().map(|portal| portal.name.as_str()) {
            if let Some(first) = portals.insert(portal, file) {
                return both(
                    first,
                    &format!("the portal `{portal}`{}", if first == file { " twice" } else { "" }),
                );
            }
        }
    }
    Ok(())
}

/// What is a part of the rows of all portals together cannot be made of parts of each.
fn whole_rows(group: &[Named]) -> Result<(), MergeError> {
    let asked: Vec<&Named> = group.iter().filter(|(_, document)| !document.portals.is_empty()).collect();
    if asked.len() < 2 {
        return Ok(());
    }
    for (file, document) in asked {
        let name = &document.query.name;
        let limited = Verdict::Limited.name();
        let mut verdicts = document.listings.iter().map(|listing| listing.verdict);
        let fewer = document.query.select.is_none() && document.count < document.total;
        if fewer || document.run.verdict == limited || verdicts.any(|verdict| verdict == limited) {
            let message =
                format!("`{name}`: `{file}` has a part of its rows only: the query has `limit` or `offset`");
            return Err(refused(message, "leave them out: they are of the rows of all portals together"));
        }
        let by_row = |select: &String| {
            let path = path::parse(select, Root::Rows, &known(&document.records.layout));
            path.is_ok_and(|path| path.is_by_row())
        };
        if document.query.select.as_ref().is_some_and(|select| !by_row(select)) {
            let message =
                format!("`{name}`: the `select` of the query looks at the rows of all portals together");
            return Err(refused(message, "select by a filter alone, such as `$[?@.idleDays > 90]`"));
        }
    }
    Ok(())
}

/// The keys of `query.sort`; the name of one that is no field.
fn sort(document: &Document) -> Result<Vec<SortKey>, &str> {
    let key = |text: &'_ str| -> Option<SortKey> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let field = ENDPOINTS.iter().find_map(|endpoint| endpoint.field(name))?;
        Some(SortKey { field, descending })
    };
    document.query.sort.iter().map(|text| key(text).ok_or(text.as_str())).collect()
}

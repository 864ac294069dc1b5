//! What `lmq explain` says of a query, section by section.

use super::Target;
use crate::catalog::{Field, Origin};
use crate::config::Scheme;
use crate::filter::Condition;
use crate::path::Path;
use crate::plan::{Plan, why_local};
use crate::portal::{HEADERS, page_size};
use crate::row::Name;
use crate::run::Job;
use crate::spec::{ColumnSpec, Destination, OutputKind, Query, Variable};
use crate::text::{self, counted};

/// A heading and the lines below it.
struct Section {
    title: &'static str,
    lines: Vec<String>,
}

/// The whole story of a query, in the order a run has it.
pub(super) fn explained(job: &Job, plan: &Plan, target: &Target) -> String {
    let query = &job.query;
    let mut out = format!("{} ({})\n", query.name, text::inert_line(&query.source.name));
    if let Some(description) = &query.description {
        out = out + &text::inert_line(&text::one_line(description)) + "\n";
    }
    let sections = [
        variables(query),
        listings(plan, target),
        headers(target),
        pages(plan),
        conditions(query, plan),
        fields(job, plan),
        rows(query),
        outputs(query),
    ];
    for section in sections.iter().filter(|section| !section.lines.is_empty()) {
        out = out + "\n" + section.title + "\n";
        for line in &section.lines {
            out = out + "  " + &text::inert_line(line) + "\n";
        }
    }
    out
}

fn variables(query: &Query) -> Section {
    let line = |variable: &Variable| {
        let description = variable.description.as_ref().map(|text| format!(": {}", text::one_line(text)));
        format!(
            "{} = {} ({}, {}){}",
            variable.name,
            variable.value,
            variable.kind.name(),
            variable.origin,
            description.unwrap_or_default()
        )
    };
    Section { title: "Variables", lines: query.variables.iter().map(line).collect() }
}

fn listings(plan: &Plan, target: &Target) -> Section {
    let mut lines = Vec::new();
    for listing in &plan.listings {
        let query = listing.query_string(0, page_size(plan.size));
        lines.push(listing.title());
        lines.push(format!("  GET {}{}?{query}", target.base, listing.path));
        if target.scheme == Scheme::Lmv1 {
            lines.push(format!("  string to sign: GET<epoch ms>{}", listing.path));
        }
    }
    Section { title: "Listings, each with its first request", lines }
}

fn headers(target: &Target) -> Section {
    let (authorization, how) = match target.scheme {
        Scheme::Lmv1 => (
            "LMv1 <access id>:<signature>:<epoch ms>",
            "<signature> is base64(hex(HMAC-SHA256(<access key>, <string to sign>))), made anew for every request",
        ),
        Scheme::Bearer => (
            "Bearer <token>",
            "<token> is LM_BEARER_TOKEN, without a `Bearer ` of its own; nothing is signed",
        ),
    };
    let mut lines = vec![format!("Authorization: {authorization}")];
    lines.extend(HEADERS.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(how.to_owned());
    Section { title: "Headers", lines }
}

fn pages(plan: &Plan) -> Section {
    let lines = vec![
        format!("{} a request, in the order of `id`", counted(page_size(plan.size) as usize, "row")),
        "the next request starts on the last row of the page before: where the two do not join, it steps back".to_owned(),
        "the end: a page that joins, and whose own `total` says that it is the last; without a usable total, a page of \
         the shared row alone"
            .to_owned(),
        "anything else makes the result incomplete".to_owned(),
    ];
    Section { title: "Pages", lines }
}

fn conditions(query: &Query, plan: &Plan) -> Section {
    let title = "Conditions";
    if plan.conditions.is_empty() {
        return Section { title, lines: vec!["none: every token of the listings".to_owned()] };
    }
    let typed = query.filters.iter().zip(&plan.conditions);
    let mut lines: Vec<String> =
        typed.map(|(typed, condition)| decided(query, plan, typed, condition)).collect();
    // All listings of a query have the same filter.
    let listing = plan.listings.first();
    match listing.and_then(|listing| Some((listing.filter_shown.as_ref()?, listing.query_string(0, 1)))) {
        None => lines.push("no filter is sent".to_owned()),
        Some((shown, query)) => {
            lines.push(format!("filter sent: {shown}"));
            lines.push(format!("on the wire: {}", wire(&query)));
            lines.push(
                "what is sent is decided again on the rows that come back; with no rows, it is asked once more without"
                    .to_owned(),
            );
        }
    }
    Section { title, lines }
}

/// Who decides a condition. `condition` is what `typed` means at the time of the run.
fn decided(query: &Query, plan: &Plan, typed: &Condition, condition: &Condition) -> String {
    let meant = if typed == condition { String::new() } else { format!(" (now {condition})") };
    match why_local(query, plan, condition) {
        None => format!("{typed}{meant}  by the portal"),
        Some(why) => format!("{typed}{meant}  by lmq: {why}"),
    }
}

/// The `filter` parameter of a query string, as it goes out.
fn wire(query: &str) -> &str {
    query.split('&').find(|parameter| parameter.starts_with("filter=")).unwrap_or_default()
}

fn fields(job: &Job, plan: &Plan) -> Section {
    let asked: Vec<&str> = job.query.fields.iter().map(Name::as_str).collect();
    let mut lines = vec![format!("asked for: {}", asked.join(", "))];
    let own: Vec<&str> = job.query.fields.iter().filter(|name| !name.is_api()).map(Name::as_str).collect();
    if !own.is_empty() {
        lines.push(format!("of these derived by lmq, and not fetched: {}", own.join(", ")));
    }
    let fetched = plan.layout.names().iter().filter(|name| name.is_api()).map(Name::as_str);
    for name in fetched.filter(|name| !asked.contains(name)) {
        lines.push(format!("fetched too: {name}, {}", reasons(job, name).join("; ")));
    }
    let hidden = plan.layout.fetched().iter().skip(plan.layout.names().len());
    lines
        .extend(hidden.map(|name| {
            format!("fetched too: {}, by which the list is proved; in no record", name.as_str())
        }));
    Section { title: "Fields", lines }
}

/// Why a field is fetched that `fields` does not name.
fn reasons(job: &Job, name: &str) -> Vec<String> {
    let query = &job.query;
    let mut reasons: Vec<String> = Vec::new();
    let mut push = |holds: bool, reason: &str| reasons.extend(holds.then(|| reason.to_owned()));
    let is = |field: &Field| field.name == name;
    push(name == "id", "by which pages are joined");
    push(name == "adminName", "by which tokens are counted");
    push(
        query.filters.iter().flat_map(Condition::leaves).any(|leaf| is(leaf.field)),
        "which a condition names",
    );
    push(query.sort.iter().any(|key| is(key.field)), "which `sort` names");
    let shown =
        |columns: &[ColumnSpec]| columns.iter().flat_map(ColumnSpec::fields).any(|field| field == name);
    push(shown(&query.columns), "which `columns` name");
    let own = query.outputs.iter().filter_map(|output| output.columns.as_deref());
    push(own.into_iter().any(shown), "which an output's `columns` name");
    push(query.select.iter().flat_map(Path::fields).any(|field| field == name), "which `select` reads");
    push(job.fields.contains(name), "which a template reads");
    let is_source = |field: &&Field| matches!(field.origin, Origin::Derived(from) if from == name);
    let made: Vec<&str> = query.endpoint.fields.iter().filter(is_source).map(|field| field.name).collect();
    push(!made.is_empty(), &format!("of which lmq makes {}", text::listed(made)));
    if reasons.is_empty() {
        reasons.push("which the query names".to_owned());
    }
    reasons
}

fn rows(query: &Query) -> Section {
    let keys: Vec<String> = query
        .sort
        .iter()
        .map(|key| format!("{}{}", key.field.name, if key.descending { ", greatest first" } else { "" }))
        .collect();
    let order = if keys.is_empty() { "id".to_owned() } else { keys.join("; then ") };
    let mut lines = vec![format!("sorted by {order}; missing values last; ties by portal, tokenType, id")];
    if query.is_limited() {
        let most = query.limit.map_or_else(|| "all".to_owned(), |limit| format!("at most {limit}"));
        lines.push(format!(
            "of the sorted rows, {most} after the first {}: the result is limited",
            query.offset
        ));
    }
    if let Some(select) = &query.select {
        lines.push(format!("of these the rows that `{}` selects", select.as_str()));
    }
    Section { title: "Rows", lines }
}

fn outputs(query: &Query) -> Section {
    let lines = query.outputs.iter().map(|output| {
        let what = match &output.kind {
            OutputKind::Format(format) => format.name().to_owned(),
            OutputKind::Template(template) => format!("template {template}"),
        };
        let to = match &output.to {
            Destination::Stdout => "stdout".to_owned(),
            Destination::Project(to) => to.clone(),
            Destination::Path(path) => path.to_string_lossy().into_owned(),
        };
        let columns = output.columns.as_ref().map(|columns| {
            format!(
                ", columns {}",
                columns.iter().map(|column| column.title.as_str()).collect::<Vec<_>>().join(", ")
            )
        });
        format!("{what} to {to}{}", columns.unwrap_or_default())
    });
    Section { title: "Outputs", lines: lines.collect() }
}

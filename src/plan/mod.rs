//! From a query to listings: which paths are walked, what is asked of the portal, what is left to lmq. Pure.
//!
//! Sending the requests is `portal`'s; what the rows are worth is decided there, what they look like in `shape`.

mod deal;
mod local;
mod url;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use deal::{Dealt, Shard, deal};
pub use local::why_local;

use crate::catalog::Origin;
use crate::filter::{self, Condition};
use crate::path::Path;
use crate::row::{Layout, Name};
use crate::spec::{ColumnSpec, Expectation, PermissionFilter, Pushdown, Query, TokenKind};

/// Longest filter that is sent, in bytes before the last encoding. Beyond it servers refuse the URL; what does not fit is
/// evaluated by lmq.
const MAX_FILTER_BYTES: usize = 4000;

/// The listings of a query, and the layout that all their rows share.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One listing a user and kind, in the order of the query.
    pub listings: Vec<Listing>,
    /// The cells of every row: the API's fields first, then the derived ones.
    pub layout: Arc<Layout>,
    /// All conditions of the query.
    pub conditions: Vec<Condition>,
    /// Those of them that are sent.
    pub sent: Vec<Condition>,
    /// Rows a request.
    pub size: u32,
    /// The rows that are wanted of the only listing, where the portal's order and filter tell which they are: the others need
    /// not be read, as long as only one portal is asked.
    pub part: Option<Part>,
}

/// Rows of a listing, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Rows before the first.
    pub offset: u64,
    /// Rows at most.
    pub limit: Option<u64>,
}

impl Part {
    /// All of them.
    pub const ALL: Self = Self { offset: 0, limit: None };
}

/// One (path, kind) to be walked to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The path below `/santaba/rest`, its parameter filled in.
    pub path: String,
    /// The path's template, which the rate budget is kept by.
    pub path_template: &'static str,
    /// The kind of token.
    pub kind: TokenKind,
    /// `permission`, on the bearer listing alone.
    pub permission: Option<PermissionFilter>,
    /// The fields asked for, `id` among them.
    pub fields: Vec<String>,
    /// The filter expression, its values encoded once.
    pub filter: Option<String>,
    /// The same for people.
    pub filter_shown: Option<String>,
}

impl Listing {
    /// `bearer tokens of user 131`, for messages.
    #[must_use]
    pub fn title(&self) -> String {
        title(&self.path, self.kind)
    }

    /// The user whose tokens it has, unless it has those of all.
    #[must_use]
    pub fn admin_id(&self) -> Option<i64> {
        admin_id(&self.path)
    }

    /// The query string of one request, percent-encoded.
    #[must_use]
    pub fn query_string(&self, offset: u64, size: u32) -> String {
        url::query_string(self, offset, size)
    }

    /// The same listing without its filter.
    #[must_use]
    pub fn unfiltered(&self) -> Self {
        Self { filter: None, filter_shown: None, ..self.clone() }
    }
}

/// What a listing of that path and kind is called.
#[must_use]
pub fn title(path: &str, kind: TokenKind) -> String {
    let kind = match kind {
        TokenKind::Lmv1 => "LMv1 tokens",
        TokenKind::Bearer => "bearer tokens",
    };
    match admin_id(path) {
        Some(id) => format!("{kind} of user {id}"),
        None => format!("{kind} of all users"),
    }
}

fn admin_id(path: &str) -> Option<i64> {
    path.strip_prefix("/setting/admins/")?.strip_suffix("/apitokens")?.parse().ok()
}

/// Plans a query. `also` are fields that its templates read, beyond those the query names itself; `now` is what ages in
/// conditions count from, in epoch seconds.
#[must_use]
pub fn plan(query: &Query, also: &BTreeSet<String>, now: i64) -> Plan {
    let layout = layout(query, also);
    let conditions: Vec<Condition> =
        query.filters.iter().map(|condition| filter::resolve(condition, now)).collect();
    let sent = sent(query.pushdown, &conditions);
    let refs: Vec<&Condition> = sent.iter().collect();
    let filter = (!refs.is_empty()).then(|| filter::encode(&refs));
    let shown: Vec<String> = sent.iter().map(ToString::to_string).collect();
    let filter_shown = (!shown.is_empty()).then(|| shown.join(","));
    let fields: Vec<String> =
        layout.fetched().iter().filter(|name| name.is_api()).map(|name| name.as_str().to_owned()).collect();
    let mut listings = Vec::new();
    for path in paths(query) {
        for kind in &query.kinds {
            listings.push(Listing {
                path: path.clone(),
                path_template: query.endpoint.path,
                kind: *kind,
                permission: query.permission.filter(|_| *kind == TokenKind::Bearer),
                fields: fields.clone(),
                filter: filter.clone(),
                filter_shown: filter_shown.clone(),
            });
        }
    }
    let part = part(query, &listings, sent.len() == conditions.len());
    Plan { listings, layout, conditions, sent, size: query.size, part }
}

/// `offset` and `limit` are of the sorted rows that match: the portal's own where it filters all, and the order is by id.
fn part(query: &Query, listings: &[Listing], all_sent: bool) -> Option<Part> {
    let by_id = query.sort.first().is_none_or(|key| key.field.name == "id" && !key.descending);
    let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let part = Part { offset: wide(query.offset), limit: query.limit.map(wide) };
    (part != Part::ALL && listings.len() == 1 && all_sent && by_id).then_some(part)
}

fn paths(query: &Query) -> Vec<String> {
    match query.endpoint.path_parameter {
        None => vec![query.endpoint.path.to_owned()],
        Some(parameter) => {
            let slot = format!("{{{parameter}}}");
            query.admin_ids.iter().map(|id| query.endpoint.path.replace(&slot, &id.to_string())).collect()
        }
    }
}

/// Every field that is named anywhere, what derived fields are made of, and `id`; then the derived fields; and hidden, those that
/// show whether the portal heeded the kind and the user.
fn layout(query: &Query, also: &BTreeSet<String>) -> Arc<Layout> {
    let asked = query.fields.iter().map(Name::as_str);
    let filtered = query.filters.iter().flat_map(Condition::leaves).map(|leaf| leaf.field.name);
    let sorted = query.sort.iter().map(|key| key.field.name);
    let columns =
        query.outputs.iter().filter_map(|output| output.columns.as_ref()).chain([&query.columns]).flatten();
    let columns = columns.flat_map(ColumnSpec::fields);
    let selected = query.select.iter().flat_map(Path::fields).map(String::as_str);
    let expected = query.expect.iter().flat_map(Expectation::fields);
    let mut wanted: BTreeSet<&str> =
        asked.chain(filtered).chain(sorted).chain(columns).chain(selected).chain(expected).collect();
    wanted.extend(also.iter().map(String::as_str));
    // Rows are joined by id, and counted by owner.
    wanted.extend(["id", "adminName"]);
    wanted.extend(query.endpoint.fields.iter().filter_map(|field| origin(field.origin)));
    let (api, own): (Vec<_>, Vec<_>) = query.endpoint.fields.iter().partition(|field| field.is_api());
    let mut names: Vec<Name> =
        api.into_iter().filter(|field| wanted.contains(field.name)).map(Name::Known).collect();
    names.extend(
        query.unknown_fields.iter().filter(|name| wanted.contains(name.as_str())).cloned().map(Name::Unknown),
    );
    names.extend(own.into_iter().map(Name::Known));
    let proofs = ["accessId"].into_iter().chain(query.endpoint.path_parameter);
    let hidden =
        proofs.filter(|proof| !wanted.contains(proof)).filter_map(|proof| query.endpoint.field(proof));
    let hidden = hidden.map(Name::Known).collect();
    Layout::with_hidden(names, hidden)
}

fn origin(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Derived(from) if !from.is_empty() => Some(from),
        Origin::Derived(_) | Origin::Api => None,
    }
}

/// The conditions that go to the portal, in the order of the query.
fn sent(pushdown: Pushdown, conditions: &[Condition]) -> Vec<Condition> {
    let sendable = |condition: &&Condition| match pushdown {
        Pushdown::None => false,
        Pushdown::Safe => filter::is_safe(condition),
        Pushdown::All => filter::is_sayable(condition, false),
    };
    let mut sent: Vec<Condition> = conditions.iter().filter(sendable).cloned().collect();
    // An `any` can only be said alone: `,` and `||` do not mix.
    if sent.is_empty() && pushdown == Pushdown::All {
        sent.extend(conditions.iter().find(|condition| filter::is_sayable(condition, true)).cloned());
    }
    // What fits, counted once and not anew for each that does not.
    let fitting = sent
        .iter()
        .scan(0, |bytes, condition| {
            *bytes += filter::encode(&[condition]).len() + usize::from(*bytes > 0);
            Some(*bytes)
        })
        .take_while(|bytes| *bytes <= MAX_FILTER_BYTES)
        .count();
    sent.truncate(fitting);
    sent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::spec::{Inputs, load};

    fn planned(text: &str) -> Plan {
        let (query, diagnostics) = load(&Source::new("q.yaml", text), &Inputs::default());
        plan(&query.unwrap_or_else(|| panic!("{diagnostics:?}")), &BTreeSet::new(), 0)
    }

    #[test]
    fn one_listing_a_user_and_kind() {
        let plan = planned("endpoint: apitokens\nadminId: [131, 7]\ntype: all\npermission: traces\n");
        let listings: Vec<(&str, TokenKind, bool)> =
            plan.listings.iter().map(|l| (l.path.as_str(), l.kind, l.permission.is_some())).collect();
        assert_eq!(
            listings,
            [
                ("/setting/admins/131/apitokens", TokenKind::Lmv1, false),
                ("/setting/admins/131/apitokens", TokenKind::Bearer, true),
                ("/setting/admins/7/apitokens", TokenKind::Lmv1, false),
                ("/setting/admins/7/apitokens", TokenKind::Bearer, true),
            ]
        );
        assert_eq!(plan.listings[1].title(), "bearer tokens of user 131");
    }

    #[test]
    fn what_is_named_is_fetched_and_key_material_is_not() {
        let plan = planned(
            "endpoint: apitokens\nfields: [adminName]\nfilters: [{note: x}]\nsort: -lastAuthIp\n\
             output: {format: csv, columns: [createdBy]}\n",
        );
        let fields = &plan.listings[0].fields;
        for name in
            ["id", "adminName", "note", "lastAuthIp", "createdBy", "createdOn", "lastUsedOn", "status"]
        {
            assert!(fields.iter().any(|field| field == name), "{name} in {fields:?}");
        }
        assert!(!fields.iter().any(|field| field == "accessKey" || field == "idleDays"), "{fields:?}");
    }

    #[test]
    fn what_proves_a_list_is_fetched_and_in_no_record() {
        let hidden = |text: &str| {
            let plan = planned(text);
            let shown: Vec<&str> = plan.layout.names().iter().map(Name::as_str).collect();
            let fields = plan.listings[0].fields.iter().map(String::as_str);
            fields.filter(|field| !shown.contains(field)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(hidden("endpoint: apitokens\nfields: [note]\n"), ["accessId"]);
        assert_eq!(hidden("endpoint: apitokens\nfields: [note]\nadminId: 7\n"), ["accessId", "adminId"]);
        assert_eq!(hidden("endpoint: apitokens\nfields: [accessId]\nadminId: 7\n"), ["adminId"]);
        assert_eq!(hidden("endpoint: apitokens\n"), [""; 0]);
    }

    #[test]
    fn pushdown_decides_what_is_sent() {
        let filters = "filters:\n  - status: 2\n  - adminName: {contains: svc+}\n  - idleDays: {gt: 9}\n";
        let filter = |pushdown: &str| {
            let plan = planned(&format!("endpoint: apitokens\npushdown: {pushdown}\n{filters}"));
            assert_eq!(plan.conditions.len(), 3);
            plan.listings[0].filter.clone()
        };
        assert_eq!(filter("safe").as_deref(), Some("status:2"));
        assert_eq!(filter("all").as_deref(), Some(r#"status:2,adminName~"svc%2B""#));
        assert_eq!(filter("none"), None);
    }

    #[test]
    fn a_part_is_planned_only_where_the_portal_tells_which_rows_it_is() {
        let part = |more: &str| planned(&format!("endpoint: apitokens\n{more}")).part;
        let ten = Some(Part { offset: 5, limit: Some(10) });
        assert_eq!(part("limit: 10\noffset: 5\n"), ten);
        assert_eq!(part("limit: 10\noffset: 5\nsort: id\nfilters: [{status: 2}]\n"), ten);
        assert_eq!(part("limit: 10\noffset: 5\nsort: -id\n"), None);
        assert_eq!(part("limit: 10\noffset: 5\nsort: adminName\n"), None);
        assert_eq!(part("limit: 10\noffset: 5\nfilters: [{idleDays: {gt: 9}}]\n"), None);
        assert_eq!(part("limit: 10\noffset: 5\ntype: all\n"), None);
        assert_eq!(part(""), None);
    }

    #[test]
    fn a_filter_too_long_for_a_url_is_left_to_lmq() {
        let ids: Vec<String> = (1..2000).map(|id| id.to_string()).collect();
        let text = format!("endpoint: apitokens\nfilters: [{{status: 2}}, {{id: [{}]}}]\n", ids.join(","));
        assert_eq!(planned(&text).listings[0].filter.as_deref(), Some("status:2"));
        let text = format!("endpoint: apitokens\nfilters: [{{id: [{}]}}]\n", ids.join(","));
        assert_eq!(planned(&text).listings[0].filter, None);
    }
}

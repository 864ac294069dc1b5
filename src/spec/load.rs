//! From a file's text to a query, key by key.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::query::{PermissionFilter, Pushdown, Query, TokenKind};
use super::vars::{self, Inputs};
use super::{columns, expect, fields, filters, outputs, waivers};
use crate::catalog::{self, ENDPOINTS, Endpoint};
use crate::diag::{Code, Diagnostic, Source};
use crate::text;
use crate::yaml::{self, At, Entries, Mistake, Node, Place, Reader};

pub(super) const KEYS: &[&str] = &[
    "name",
    "description",
    "tags",
    "vars",
    "endpoint",
    "adminId",
    "type",
    "permission",
    "filters",
    "pushdown",
    "fields",
    "unknownFields",
    "sort",
    "size",
    "offset",
    "limit",
    "select",
    "columns",
    "expect",
    "waivers",
    "output",
];

/// A query file as it was read, with mistakes or without.
#[derive(Debug)]
pub struct Draft {
    query: Option<Query>,
    /// Every mistake and warning.
    pub diagnostics: Vec<Diagnostic>,
}

impl Draft {
    /// What the file says as far as it could be read, to check what it names: it may have mistakes. `None` when the file is
    /// no YAML.
    #[must_use]
    pub fn outline(&self) -> Option<&Query> {
        self.query.as_ref()
    }

    /// The query, unless one of the diagnostics is an error.
    #[must_use]
    pub fn valid(self) -> (Option<Query>, Vec<Diagnostic>) {
        let valid = !self.diagnostics.iter().any(Diagnostic::is_error);
        (self.query.filter(|_| valid), self.diagnostics)
    }
}

/// Reads a query file. The query is there unless one of the diagnostics is an error.
#[must_use]
pub fn load(source: &Arc<Source>, inputs: &Inputs) -> (Option<Query>, Vec<Diagnostic>) {
    draft(source, inputs).valid()
}

/// Reads a query file, for a caller that goes on to check what it names even when it has mistakes.
#[must_use]
pub fn draft(source: &Arc<Source>, inputs: &Inputs) -> Draft {
    let top = match yaml::parse(source) {
        Ok(top) => top,
        Err(mistake) => return Draft { query: None, diagnostics: vec![*mistake] },
    };
    let mut reader = Reader::default();
    let declared = vars::declare(&mut reader, &At::new(&top, Place::default()), inputs);
    let top = vars::insert(&mut reader, &top, &declared);
    let variables = declared.into_iter().map(|declared| declared.variable).collect();
    let query = Query { variables, ..read(&mut reader, source, &top) };
    Draft { query: Some(query), diagnostics: reader.finish(source) }
}

/// Every key is read even when others are wrong; what has a mistake, which is then pushed, gets a value that stands in.
fn read(reader: &mut Reader, source: &Arc<Source>, top: &Node) -> Query {
    let empty = Node::Map(Vec::new());
    let top = At::new(if *top == Node::Null { &empty } else { top }, Place::default());
    let keys = reader.entries(&top, KEYS, "a map of keys such as `endpoint`");
    let name = name(reader, &keys, source);
    let description = keys.value("description").and_then(|at| reader.text(at, "a string"));
    let tags = tags(reader, &keys);
    let (admin_ids, admin_id_places) = admin_ids(reader, &keys).into_iter().unzip();
    let endpoint = endpoint(reader, &keys, &top);
    // Names are checked even when the endpoint is wrong: all lists of tokens have the same fields.
    let fields_of = endpoint.unwrap_or(&ENDPOINTS[0]);
    let (kinds, permission) = kinds(reader, &keys);
    let filters = filters::filters(reader, &keys, fields_of);
    let pushdown = keys.value("pushdown").and_then(|at| {
        reader.choice(at, &[("safe", Pushdown::Safe), ("all", Pushdown::All), ("none", Pushdown::None)])
    });
    let unknown_fields = fields::unknown_fields(reader, &keys, fields_of);
    let fields = fields::fields(reader, &keys, fields_of, &unknown_fields);
    let sort = fields::sort(reader, &keys, fields_of);
    let known = columns::known(fields_of, &unknown_fields);
    let select = columns::select(reader, &keys, &known);
    let columns = columns::columns(reader, &keys, fields_of, &unknown_fields, &fields);
    let expect = expect::expectations(reader, &keys, (fields_of, &known));
    let waivers = waivers::waivers(reader, &keys, source, &expect, (fields_of, &unknown_fields));
    let outputs = outputs::outputs(reader, &keys, fields_of, &unknown_fields);
    let mut integer = |key, range| keys.value(key).and_then(|at| reader.integer(at, range));
    let size = integer("size", 1..=1000).unwrap_or(1000);
    let offset = integer("offset", 0..=i64::MAX).unwrap_or(0);
    let limit = integer("limit", 1..=i64::MAX);
    Query {
        source: Arc::clone(source),
        name: name.unwrap_or_default(),
        description,
        tags,
        endpoint: fields_of,
        admin_ids,
        kinds,
        permission,
        filters,
        pushdown: pushdown.unwrap_or(Pushdown::Safe),
        fields,
        unknown_fields,
        sort,
        size: u32::try_from(size).expect("checked to be at most 1000"),
        offset: usize::try_from(offset).unwrap_or(usize::MAX),
        limit: limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        select,
        columns,
        expect,
        waivers,
        outputs,
        variables: Vec::new(),
        name_place: keys
            .value("name")
            .or(keys.value("endpoint"))
            .map(|at| at.place.clone())
            .unwrap_or_default(),
        endpoint_place: keys.value("endpoint").map(|at| at.place.clone()).unwrap_or_default(),
        admin_id_places,
    }
}

/// Whether a query may have that name, which becomes part of files' names.
#[must_use]
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(fits_name)
}

fn fits_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

fn name(reader: &mut Reader, keys: &Entries<'_>, source: &Source) -> Option<String> {
    let Some(at) = keys.value("name") else {
        let stem = Path::new(&source.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        return Some(stem.unwrap_or_default().chars().map(|c| if fits_name(c) { c } else { '-' }).collect());
    };
    let name = reader.text(at, "a name")?;
    if is_name(&name) {
        return Some(name);
    }
    let message = format!("`{}` is no name", text::shortened(&name, 60));
    reader.push(Mistake::new(Code::BadValue, message, &at.place).help("letters, digits, `-` and `_`"));
    None
}

fn tags(reader: &mut Reader, keys: &Entries<'_>) -> Vec<String> {
    let items = keys.value("tags").map(At::items).unwrap_or_default();
    items.iter().filter_map(|item| reader.text(item, "a tag")).collect()
}

fn admin_ids(reader: &mut Reader, keys: &Entries<'_>) -> Vec<(i64, Place)> {
    let Some(at) = keys.value("adminId") else { return Vec::new() };
    let items = at.items();
    if items.is_empty() {
        reader.push(Mistake::new(Code::BadValue, "an empty list, expected user ids", &at.place));
    }
    let mut ids: Vec<(i64, Place)> = Vec::new();
    let mut seen = HashSet::new();
    for item in items {
        let Some(id) = reader.integer(&item, 1..=i64::from(i32::MAX)) else { continue };
        if seen.insert(id) {
            ids.push((id, item.place));
        } else {
            reader.push(Mistake::new(Code::BadValue, format!("user `{id}` stands twice"), &item.place));
        }
    }
    ids
}

fn endpoint(reader: &mut Reader, keys: &Entries<'_>, top: &At<'_>) -> Option<&'static Endpoint> {
    let with_id = keys.value("adminId").is_some();
    let Some(at) = keys.value("endpoint") else {
        let paths = text::listed(ENDPOINTS.iter().map(|endpoint| endpoint.path));
        let mistake = Mistake::new(Code::MissingKey, "the key `endpoint` is missing", &top.place);
        reader.push(mistake.help(format!("one of {paths}, or `apitokens`")));
        return None;
    };
    let word = reader.text(at, "an endpoint")?;
    let Some(endpoint) = catalog::by_path(&word).or_else(|| catalog::by_short(&word, with_id)) else {
        reader.push(unknown_endpoint(&word, at));
        return None;
    };
    match (endpoint.path_parameter, keys.key_place("adminId")) {
        (Some(parameter), None) => {
            let mistake = Mistake::new(Code::MissingKey, format!("`{word}` needs `{parameter}`"), &at.place);
            reader.push(mistake.help("add the user's id: `adminId: 131`"));
        }
        (None, Some(place)) => {
            let mistake = Mistake::new(Code::Conflict, format!("`adminId` does not go with `{word}`"), place);
            let help = "write `endpoint: apitokens`, which takes the per-user path when `adminId` is given";
            reader.push(mistake.related(&at.place, "lists all users").help(help));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    Some(endpoint)
}

fn unknown_endpoint(word: &str, at: &At<'_>) -> Mistake {
    let names = ENDPOINTS.iter().flat_map(|endpoint| [endpoint.path, endpoint.short]);
    let message = format!("unknown endpoint `{}`", text::shortened(word, 60));
    let mistake = Mistake::new(Code::BadValue, message, &at.place);
    let bare = word.trim_start_matches("/santaba/rest").trim_end_matches('/');
    let id = bare.strip_prefix("/setting/admins/").and_then(|rest| rest.strip_suffix("/apitokens"));
    match id {
        Some(id) if id.parse::<i64>().is_ok() => {
            mistake.help(format!("write `endpoint: apitokens` and `adminId: {id}`"))
        }
        _ => match text::nearest(bare, names.clone()) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake
                .help(format!("endpoints: {}", text::listed(ENDPOINTS.iter().map(|endpoint| endpoint.path)))),
        },
    }
}

fn kinds(reader: &mut Reader, keys: &Entries<'_>) -> (Vec<TokenKind>, Option<PermissionFilter>) {
    const KINDS: &[(&str, &[TokenKind])] = &[
        ("lmv1", &[TokenKind::Lmv1]),
        ("bearer", &[TokenKind::Bearer]),
        ("all", &[TokenKind::Lmv1, TokenKind::Bearer]),
    ];
    let kinds = match keys.value("type") {
        Some(at) => reader.choice(at, KINDS),
        None => Some(KINDS[0].1),
    };
    let permission = keys
        .value("permission")
        .and_then(|at| reader.choice(at, &[(PermissionFilter::Traces.name(), PermissionFilter::Traces)]));
    if let (Some(place), Some(kinds)) = (keys.key_place("permission"), kinds)
        && !kinds.contains(&TokenKind::Bearer)
    {
        let mistake =
            Mistake::new(Code::Conflict, "`permission` narrows bearer tokens, and none are listed", place);
        let mistake = mistake.help("add `type: bearer`, or `type: all`");
        reader.push(match keys.value("type") {
            Some(at) => mistake.related(&at.place, "LMv1 tokens only"),
            None => mistake,
        });
    }
    (kinds.unwrap_or(KINDS[0].1).to_vec(), permission)
}

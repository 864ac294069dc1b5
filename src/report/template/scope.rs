//! What a path in a template means: the scopes around it, as the renderer stacks them, followed through the shapes.
//!
//! The rules are those of handlebars-rust 6.4, found by reading and held by the tests of `check`: `#each`, `#with` and
//! partials push a scope and `#if` does not; block parameters and partial arguments win over every name, in every scope
//! below, `../` or not.

use std::collections::{BTreeMap, BTreeSet};

use handlebars::{Path, PathSeg};

use super::names::{self, Shape};
use crate::report::document::diff::CHANGES;
use crate::text;

/// One scope: what `this` is, and what has a name in it besides.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    /// What plain names are looked up in.
    pub(super) value: Shape,
    /// Block parameters and partial arguments.
    pub(super) params: BTreeMap<String, Shape>,
    /// `@index` and its like.
    pub(super) locals: &'static [&'static str],
}

impl Scope {
    /// A scope of a value alone.
    pub(super) fn of(value: Shape) -> Self {
        Self { value, params: BTreeMap::new(), locals: &[] }
    }
}

/// `@` names inside `#each` of a list, and of a group.
pub(super) const LIST_LOCALS: &[&str] = &["index", "first", "last"];
/// See [`LIST_LOCALS`].
pub(super) const GROUP_LOCALS: &[&str] = &["index", "first", "last", "key"];

/// A name that is not there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    /// What is wrong.
    pub(super) message: String,
    /// The remedy.
    pub(super) help: Option<String>,
    /// Which part of the path it is, counted without `this`, `..` and `@root`; none for the whole path.
    pub(super) segment: Option<usize>,
}

/// The names a template may use, and those it was seen to use.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// What `@root` is.
    root: Shape,
    /// What a record has.
    pub(super) fields: &'a [&'a str],
    /// Record fields read so far.
    pub(super) read: BTreeSet<String>,
    /// How records were taken so far, other than field by field.
    pub(super) taken: Taken,
    /// Whether `run.verdict` was read.
    pub(super) verdict: bool,
}

/// What was taken as a value.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The list of all records, other than to be gone through: then it has to be there.
    pub(super) list: bool,
    /// All records, with any of their fields, by a helper that reads the rows where there is no list.
    pub(super) table: bool,
    /// A record, or what holds records: then any field of it may have been read.
    pub(super) whole: bool,
}

/// Where a path starts, and the names it goes through.
pub(super) struct Route<'p> {
    pub(super) from_root: bool,
    pub(super) ups: usize,
    pub(super) names: Vec<&'p str>,
}

impl<'a> Names<'a> {
    /// Names of records and the document; nothing read yet.
    pub(super) fn new(root: Shape, fields: &'a [&'a str]) -> Self {
        Self { root, fields, read: BTreeSet::new(), taken: Taken::default(), verdict: false }
    }

    /// Notes that a field of the records is read; false where they have none of that name.
    pub(super) fn reads(&mut self, field: &str) -> bool {
        let known = self.fields.contains(&field);
        if known {
            self.read.insert(field.to_owned());
        }
        known
    }

    /// Follows a path from the innermost scope (the last one).
    pub(super) fn resolve(&mut self, path: &Path, stack: &[Scope]) -> Result<Shape, Unknown> {
        match path {
            Path::Local((ups, name, _)) => local(*ups, name, stack),
            Path::Relative((segments, raw)) => self.relative(&route(segments, raw), stack),
        }
    }

    fn relative(&mut self, route: &Route<'_>, stack: &[Scope]) -> Result<Shape, Unknown> {
        let mut names = route.names.as_slice();
        let mut shape = self.root;
        if !route.from_root {
            let param = names.first().and_then(|name| stack.iter().rev().find_map(|s| s.params.get(*name)));
            if let Some(param) = param {
                shape = *param;
                names = &names[1..];
            } else {
                let above = stack.len().checked_sub(route.ups + 1).ok_or_else(|| Unknown {
                    message: "there is no scope above this one".to_owned(),
                    help: Some("`#each`, `#with` and partials make a scope; `#if` makes none".to_owned()),
                    segment: None,
                })?;
                shape = stack[above].value;
            }
        }
        let skipped = route.names.len() - names.len();
        for (index, name) in names.iter().enumerate() {
            let parent = (index + skipped).checked_sub(1).map(|before| route.names[before]);
            shape = self.step(shape, name, parent).map_err(|mut unknown| {
                unknown.segment = Some(index + skipped);
                if index + skipped == 0 && !route.from_root {
                    unknown.help = self.elsewhere(name, stack).or(unknown.help);
                }
                unknown
            })?;
        }
        Ok(shape)
    }

    /// One name further.
    pub(super) fn step(&mut self, shape: Shape, name: &str, parent: Option<&str>) -> Result<Shape, Unknown> {
        self.taken.list |= name == "records" && shape == self.root;
        let next = match shape {
            Shape::Any => Some(shape),
            Shape::Changed if name == CHANGES => shape.member(name),
            Shape::Record | Shape::Changed if self.reads(name) => Some(names::field(name)),
            Shape::List(_) | Shape::Groups(_) if name.parse::<usize>().is_ok() => shape.element(),
            shape => {
                if let Shape::Group(group) = shape {
                    // What is counted has to be there in the rows.
                    for field in names::counted(group, name) {
                        self.reads(field);
                    }
                }
                shape.member(name)
            }
        };
        self.verdict |= next == Some(Shape::Verdict);
        next.ok_or_else(|| self.unknown(shape, name, parent))
    }

    fn unknown(&self, shape: Shape, name: &str, parent: Option<&str>) -> Unknown {
        let known = self.known(shape);
        let owner = parent.map(|parent| format!("`{parent}`"));
        let (message, help) = match shape {
            Shape::List(_) | Shape::Groups(_) => {
                let owner = owner.unwrap_or_else(|| "this".to_owned());
                let list = parent.unwrap_or("this");
                let help = format!("`{{{{#each {list}}}}}` goes through it, `{{{{len {list}}}}}` counts it");
                (format!("{owner} is a list and has no `{name}`"), Some(help))
            }
            Shape::Record | Shape::Changed => {
                (format!("a record has no field `{name}`"), Some(suggested(name, &known, "its fields are")))
            }
            Shape::Group(_) | Shape::Optional(_) | Shape::Grouped(_) => {
                let message = owner.map_or_else(
                    || format!("unknown name `{name}`"),
                    |owner| format!("{owner} has no name `{name}`"),
                );
                (message, Some(suggested(name, &known, "the names here are")))
            }
            other => {
                let owner = owner.unwrap_or_else(|| "this".to_owned());
                (format!("{owner} is {} and has no `{name}`", other.described()), None)
            }
        };
        Unknown { message, help, segment: None }
    }

    fn known(&self, shape: Shape) -> Vec<&'a str> {
        match shape {
            Shape::Grouped(_) => names::GROUPED.to_vec(),
            Shape::Group(names) | Shape::Optional(names) => names.iter().map(|(name, _)| *name).collect(),
            Shape::Changed => self.fields.iter().copied().chain([CHANGES]).collect(),
            Shape::Record => self.fields.to_vec(),
            _ => Vec::new(),
        }
    }

    /// How to reach a name that is missing here and known further out.
    fn elsewhere(&self, name: &str, stack: &[Scope]) -> Option<String> {
        let has = |shape: Shape| self.known(shape).contains(&name);
        let above = stack.iter().rev().skip(1).position(|scope| has(scope.value));
        let path = match above {
            Some(0) => format!("../{name}"),
            _ if has(self.root) => format!("@root.{name}"),
            Some(levels) => format!("{}{name}", "../".repeat(levels + 1)),
            None => return None,
        };
        Some(format!("did you mean `{path}`?"))
    }
}

fn suggested(name: &str, known: &[&str], otherwise: &str) -> String {
    match text::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are no names here".to_owned(),
        None => format!("{otherwise} {}", text::listed(known.iter().copied())),
    }
}

fn local(ups: usize, name: &str, stack: &[Scope]) -> Result<Shape, Unknown> {
    let locals = stack.len().checked_sub(ups + 1).map_or(&[][..], |index| stack[index].locals);
    if locals.contains(&name) {
        return Ok(match name {
            "first" | "last" => Shape::Flag,
            "index" => Shape::Number,
            _ => Shape::Text,
        });
    }
    let help = match name {
        "root" => "write `@root.` and a name of the document".to_owned(),
        "key" if !locals.is_empty() => "`@key` is there in an `#each` of a group of names".to_owned(),
        _ if locals.is_empty() => "`@index`, `@first` and `@last` are there inside `#each`".to_owned(),
        _ => {
            let known: Vec<String> = locals.iter().map(|local| format!("@{local}")).collect();
            format!("the names here are {}", text::listed(known.iter().map(String::as_str)))
        }
    };
    Err(Unknown { message: format!("there is no `@{name}` here"), help: Some(help), segment: None })
}

pub(super) fn route<'p>(segments: &'p [PathSeg], raw: &str) -> Route<'p> {
    let plain = ["this.", "this/", "./"].iter().find_map(|prefix| raw.strip_prefix(prefix)).unwrap_or(raw);
    let from_root = plain.starts_with("@root.") || plain.starts_with("@root/");
    let names: Vec<&str> = segments
        .iter()
        .filter_map(|segment| match segment {
            PathSeg::Named(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let ups = if from_root { 0 } else { segments.len() - names.len() };
    Route { from_root, ups, names }
}

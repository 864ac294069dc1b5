//! The scopes around a node, from the innermost outwards, each on the stack of whoever renders it.

use serde_json::Value;

use super::NOTHING;
use crate::report::template::context::NO_DIFF;
use crate::report::template::program::Route;

/// What plain names are looked up in, and what has a name besides.
pub(super) struct Scope<'s> {
    /// `this`.
    pub(super) value: &'s Value,
    /// `@index` and its like.
    pub(super) locals: Option<Locals<'s>>,
    root: &'s Value,
    /// Block parameters and partial arguments, the last one first.
    params: &'s [(&'s str, &'s Value)],
    parent: Option<&'s Scope<'s>>,
    /// The next scope outwards that has parameters.
    named: Option<&'s Scope<'s>>,
}

/// Where an `#each` is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locals<'s> {
    pub(super) index: usize,
    pub(super) last: usize,
    /// The name, in a group of names.
    pub(super) key: Option<&'s str>,
}

impl<'s> Scope<'s> {
    /// The document's.
    pub(super) fn of(root: &'s Value) -> Self {
        Self { value: root, locals: None, root, params: &[], parent: None, named: None }
    }

    /// A scope inside this one.
    pub(super) fn below<'b>(
        &'b self,
        value: &'b Value,
        params: &'b [(&'b str, &'b Value)],
        locals: Option<Locals<'b>>,
    ) -> Scope<'b>
    where
        's: 'b,
    {
        let named = if self.params.is_empty() { self.named } else { Some(self) };
        Scope { value, locals, root: self.root, params, parent: Some(self), named }
    }

    /// So many scopes up; the document's own when there are not so many.
    pub(super) fn up(&self, ups: usize) -> &Scope<'s> {
        let mut scope = self;
        for _ in 0..ups {
            let Some(parent) = scope.parent else { return scope };
            scope = parent;
        }
        scope
    }

    /// What a path leads to. How long a list is and what is null depends on the data, so an element that is missing is null,
    /// and so is every name below a null; nothing where a name is not there at all.
    pub(super) fn follow(&self, route: &Route) -> Option<&'s Value> {
        let mut names = route.names.iter();
        let mut value = if route.from_root { self.root } else { self.up(route.ups).value };
        if let Some(first) = route.names.first().filter(|_| !route.from_root)
            && let Some(param) = self.param(&first.name)
        {
            names.next();
            value = param;
        }
        while let Some(segment) = names.next() {
            let found = match value {
                Value::Object(map) => map.get(&*segment.name),
                Value::Array(values) => Some(values.get(segment.index?).unwrap_or(&NOTHING)),
                Value::Null => Some(&NOTHING),
                _ => None,
            };
            let is_diff = &*segment.name == "diff" && std::ptr::eq(value, self.root);
            value = match found {
                Some(found) => found,
                None if is_diff && names.len() > 0 => &NO_DIFF,
                None if is_diff => &NOTHING,
                None => return None,
            };
        }
        Some(value)
    }

    fn param(&self, name: &str) -> Option<&'s Value> {
        let mut next = Some(self);
        while let Some(scope) = next {
            if let Some((_, value)) = scope.params.iter().find(|(known, _)| *known == name) {
                return Some(value);
            }
            next = scope.named;
        }
        None
    }
}

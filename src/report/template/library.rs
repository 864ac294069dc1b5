//! The templates of one load: the one the query names and the partials it leads to, each read and parsed once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use super::lookup::{self, Found};
use super::syntax::{self, Parsed};
use crate::diag::{Diagnostic, Label};
use crate::project::Project;

/// The number of the template that the query names.
pub(super) const MAIN: usize = 0;

/// The name under which the block of `{{#> layout}}…{{/layout}}` is included.
pub(super) const PARTIAL_BLOCK: &str = "@partial-block";

/// A template or partial, parsed.
#[derive(Debug)]
struct Part {
    parsed: Rc<Parsed>,
    folder: Option<PathBuf>,
}

/// Parts by number, and which part a partial's name means in which part.
#[derive(Debug)]
pub(super) struct Library<'p> {
    project: &'p Project,
    parts: Vec<Part>,
    /// By the name a part is shown under; none for one that could not be parsed.
    by_name: HashMap<String, Option<usize>>,
    calls: HashMap<(usize, String), usize>,
}

impl<'p> Library<'p> {
    /// A library with the template that a query names, as the part [`MAIN`].
    ///
    /// # Errors
    /// When it cannot be parsed.
    pub(super) fn of(project: &'p Project, main: Found) -> Result<Self, Box<Diagnostic>> {
        let mut library = Self { project, parts: Vec::new(), by_name: HashMap::new(), calls: HashMap::new() };
        library.add(main)?;
        Ok(library)
    }

    /// Takes a file in. Nothing when it could not be parsed and that was reported before.
    ///
    /// # Errors
    /// When it cannot be parsed.
    fn add(&mut self, found: Found) -> Result<Option<usize>, Box<Diagnostic>> {
        let name = found.source.name.clone();
        if let Some(known) = self.by_name.get(&name) {
            return Ok(*known);
        }
        self.by_name.insert(name.clone(), None);
        let parsed = Rc::new(syntax::parse(&found.source)?);
        let part = self.parts.len();
        self.parts.push(Part { parsed, folder: found.folder });
        self.by_name.insert(name, Some(part));
        Ok(Some(part))
    }

    /// The part that `{{> name}}` in the part `from` includes. Nothing when its mistake was reported before.
    ///
    /// # Errors
    /// When there is none, or it cannot be read or parsed.
    pub(super) fn partial(
        &mut self,
        from: usize,
        name: &str,
        place: &Label,
    ) -> Result<Option<usize>, Box<Diagnostic>> {
        if let Some(part) = self.calls.get(&(from, name.to_owned())) {
            return Ok(Some(*part));
        }
        let found = lookup::partial(self.project, self.parts[from].folder.as_deref(), name, place)?;
        let part = self.add(found)?;
        if let Some(part) = part {
            self.calls.insert((from, name.to_owned()), part);
        }
        Ok(part)
    }

    /// The parsed form of a part.
    pub(super) fn parsed(&self, part: usize) -> Rc<Parsed> {
        Rc::clone(&self.parts[part].parsed)
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The part that a name means in the part `from`, once the check has met it there.
    pub(super) fn part(&self, from: usize, name: &str) -> Option<usize> {
        self.calls.get(&(from, name.to_owned())).copied()
    }
}

//! YAML with places: what the files that people write have in common. Every key is kept, every mistake has its place.
//!
//! `scan` refuses what no parser should see, `node` is the tree, `reader` takes values out of it and collects mistakes,
//! `spans` finds places in the text once there is something to show. What keys mean is `spec`'s and `config`'s.

mod node;
mod place;
mod reader;
mod scan;
mod spans;

use std::sync::Arc;

pub(crate) use node::Node;
pub use place::Place;
pub(crate) use reader::{At, Entries, Mistake, Reader};
pub(crate) use spans::Spans;

use crate::diag::{Code, Diagnostic, Label, Source};

/// The YAML of a file, syntax only.
pub(crate) fn parse(source: &Arc<Source>) -> Result<Node, Box<Diagnostic>> {
    scan::scan(source)?;
    serde_yaml::from_str(&source.text).map_err(|error| Box::new(syntax(source, &error)))
}

fn syntax(source: &Arc<Source>, error: &serde_yaml::Error) -> Diagnostic {
    let at = error.location().map_or(0, |location| location.index().min(source.text.len()));
    Diagnostic::new(Code::YamlSyntax, format!("not YAML: {error}"), Label::new(source, at..at))
}

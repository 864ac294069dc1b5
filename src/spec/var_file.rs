//! `--var-file`: a YAML map of names and values.

use std::collections::HashSet;
use std::sync::Arc;

use super::vars::{VarFile, VarValue};
use crate::diag::{Code, Diagnostic, Source};
use crate::text;
use crate::yaml::Node;
use crate::yaml::Place;
use crate::yaml::{At, Mistake, Reader};

/// Reads a file of values for variables.
///
/// # Errors
/// Every mistake of the file.
pub fn load_var_file(source: &Arc<Source>) -> Result<VarFile, Vec<Diagnostic>> {
    let top = crate::yaml::parse(source).map_err(|mistake| vec![*mistake])?;
    let mut reader = Reader::default();
    let mut values: Vec<(String, VarValue)> = Vec::new();
    let mut seen = HashSet::new();
    let place = Place::default();
    match &top {
        Node::Null => {}
        Node::Map(entries) => {
            for (index, (key, node)) in entries.iter().enumerate() {
                match (key, VarValue::of_node(node)) {
                    (Node::Text(name), _) if !seen.insert(name) => {
                        let message = format!("the variable `{}` stands twice", text::shortened(name, 64));
                        reader.push(Mistake::new(Code::DuplicateKey, message, &place.key(index)));
                    }
                    (Node::Text(name), Some(value)) => values.push((name.clone(), value)),
                    (Node::Text(_), None) => {
                        reader.wrong_type(
                            &At::new(node, place.value(index)),
                            "a string, a number or a boolean",
                        );
                    }
                    (key, _) => reader.wrong_type(&At::new(key, place.key(index)), "the name of a variable"),
                }
            }
        }
        other => reader.wrong_type(&At::new(other, place), "a map of names and values"),
    }
    let diagnostics = reader.finish(source);
    if diagnostics.is_empty() { Ok(VarFile { name: source.name.clone(), values }) } else { Err(diagnostics) }
}

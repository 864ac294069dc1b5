//! What is refused before the YAML parser proper sees a file: syntax errors, nesting beyond 64 levels, anchors, aliases,
//! merge keys, tags, and more than one document.
//!
//! It pulls events one at a time and stops at the first thing refused, so its work is linear in the file however the file
//! is made; the parser that builds values is quadratic in the nesting.

use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::spans::byte_offsets;
use crate::diag::{Code, Diagnostic, Label, Source};

/// Deepest nesting of lists and maps.
const MAX_DEPTH: usize = 64;

/// Refuses what a query file may not have.
pub(crate) fn scan(source: &Arc<Source>) -> Result<(), Box<Diagnostic>> {
    let mut depth = 0;
    let mut documents = 0;
    for event in Parser::new_from_str(&source.text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker().index();
            let range = bytes(source, at..at + 1);
            Diagnostic::new(
                Code::YamlSyntax,
                format!("not YAML: {}", error.info()),
                Label::new(source, range),
            )
        })?;
        let refuse = |code: Code, message: &str, help: &str| {
            let range = bytes(source, span.start.index()..span.end.index());
            Err(Box::new(Diagnostic::new(code, message, Label::new(source, range)).with_help(help)))
        };
        match &event {
            Event::Alias(_) => {
                return refuse(Code::YamlFeature, "aliases (`*name`) are not allowed", WRITE_OUT);
            }
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if *anchor > 0 =>
            {
                return refuse(Code::YamlFeature, "anchors (`&name`) are not allowed", WRITE_OUT);
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return refuse(
                    Code::YamlFeature,
                    "tags (`!name`) are not allowed",
                    "write the value without its tag",
                );
            }
            Event::Scalar(text, ScalarStyle::Plain, _, _) if text == "<<" => {
                return refuse(Code::YamlFeature, "merge keys (`<<`) are not allowed", WRITE_OUT);
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return refuse(
                        Code::TooDeep,
                        "nested deeper than 64 levels",
                        "a query file needs about five",
                    );
                }
            }
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return refuse(Code::YamlFeature, "a second document (`---`)", "write one query a file");
                }
            }
            _ => {}
        }
    }
    Ok(())
}

const WRITE_OUT: &str = "write the value out at each place";

fn bytes(source: &Source, chars: Range<usize>) -> Range<usize> {
    let offsets = byte_offsets(&source.text);
    let at = |index: usize| offsets.get(index).copied().unwrap_or(source.text.len());
    at(chars.start)..at(chars.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (Code, usize) {
        let source = Source::new("q.yaml", text);
        let diagnostic = scan(&source).expect_err("it is refused");
        (diagnostic.code, diagnostic.primary.span.start)
    }

    #[test]
    fn what_is_refused_is_refused_at_its_place() {
        let cases = [
            ("a: &x 1\n", Code::YamlFeature, 3),
            ("a: *x\n", Code::YamlSyntax, 3),
            ("a: &x 1\nb: *x\n", Code::YamlFeature, 3),
            ("<<: {a: 1}\n", Code::YamlFeature, 0),
            ("a: !!str 1\n", Code::YamlFeature, 3),
            ("a: 1\n---\nb: 2\n", Code::YamlFeature, 5),
            ("a: [1\n", Code::YamlSyntax, 6),
        ];
        for (text, code, at) in cases {
            assert_eq!(refused(text), (code, at), "{text:?}");
        }
    }

    #[test]
    fn ordinary_files_pass() {
        for text in ["", "a: 1\n", "---\na: '<<'\n", "# only a comment\n", "a: \"*x &y !z\"\n"] {
            assert!(scan(&Source::new("q.yaml", text)).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn deep_nesting_ends_at_the_limit() {
        let full = 200 * 1024;
        for piece in ["[", "{a: ", "- ", "? ", "[{", "a: [", "? - "] {
            let text = piece.repeat(full / piece.len());
            let (code, _) = refused(&text);
            assert!(matches!(code, Code::TooDeep | Code::YamlSyntax), "{piece:?}: {code:?}");
        }
    }
}

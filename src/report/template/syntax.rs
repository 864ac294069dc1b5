//! A template's text parsed: the tree of Handlebars, the tags it came from, and every mistake at its own place.

use std::ops::Range;
use std::sync::Arc;

use handlebars::template::TemplateMapping;
use handlebars::{Template as Tree, TemplateError, TemplateErrorReason};

use super::tag::{self, Role, Tag};
use crate::diag::{Code, Diagnostic, Label, Source};
use crate::text;

/// The deepest nesting of blocks, of brackets in a tag, and of partials in each other. The parser and the renderer call
/// themselves for each level.
pub(super) const MAX_DEPTH: usize = 64;

/// Most tags times bytes of one file. The parser counts the lines up to each tag from the start, so its time grows with
/// this product: at the limit it is about a second, without one a file of 1 MiB takes minutes.
const MAX_WORK: usize = 256 * 1024 * 1024;

/// A parsed template with what finds places in it.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The text.
    pub(super) source: Arc<Source>,
    /// The parsed form.
    pub(super) tree: Tree,
    tags: Vec<Tag>,
    line_starts: Vec<usize>,
}

impl Parsed {
    /// The tag an element came from. `mapping` is missing for a chained `{{else if …}}`: the next one after `cursor`.
    pub(super) fn tag(&self, mapping: Option<&TemplateMapping>, cursor: usize) -> Range<usize> {
        let wanted = |tag: &&Tag| mapping.is_some() || tag.role == Role::Chain;
        let from = mapping.map_or(cursor, |mapping| self.offset(mapping));
        let first = self.tags.partition_point(|tag| tag.span.start < from);
        self.tags[first..].iter().find(wanted).map_or(from..from, |tag| tag.span.clone())
    }

    /// A label on a place in it.
    pub(super) fn label(&self, span: Range<usize>) -> Label {
        Label::new(&self.source, span)
    }

    fn offset(&self, mapping: &TemplateMapping) -> usize {
        let (line, column) = (mapping.0, mapping.1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(self.source.text.len());
        let rest = &self.source.text[start..];
        start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
    }
}

/// Parses a template.
///
/// # Errors
/// The syntax error or the tag that nests too deep.
pub(super) fn parse(source: &Arc<Source>) -> Result<Parsed, Box<Diagnostic>> {
    let tags = tag::tags(&source.text);
    check_size(source, &tags)?;
    let open = check_nesting(source, &tags)?;
    let tree = Tree::compile_with_name(&source.text, source.name.clone())
        .map_err(|error| Box::new(syntax_error(source, &error, open)))?;
    let newlines = source.text.match_indices('\n').map(|(at, _)| at + 1);
    let line_starts = std::iter::once(0).chain(newlines).collect();
    Ok(Parsed { source: Arc::clone(source), tree, tags, line_starts })
}

/// Refuses what would take the parser too long.
fn check_size(source: &Arc<Source>, tags: &[Tag]) -> Result<(), Box<Diagnostic>> {
    if tags.len().saturating_mul(source.text.len()) <= MAX_WORK {
        return Ok(());
    }
    let message = format!("{} tags are too many for one file of this size", tags.len());
    let label = Label::new(source, tags.first().map_or(0..0, |tag| tag.span.clone()));
    let help = "put parts of it into files of their own and include them: `{{> name}}`";
    Err(Box::new(Diagnostic::new(Code::TemplateRefused, message, label).with_help(help)))
}

/// Refuses what nests too deep or closes nothing; gives the innermost block that is never closed.
fn check_nesting(source: &Arc<Source>, tags: &[Tag]) -> Result<Option<Range<usize>>, Box<Diagnostic>> {
    let mut open: Vec<(Range<usize>, usize)> = Vec::new();
    let mut depth = 0;
    for tag in tags {
        match tag.role {
            Role::Open => {
                open.push((tag.span.clone(), depth));
                depth += 1;
            }
            Role::Chain => depth += 1,
            Role::Close => {
                let Some((_, before)) = open.pop() else {
                    let label = Label::new(source, tag.span.clone());
                    let message = "this closes a block that is not open";
                    return Err(Box::new(Diagnostic::new(Code::TemplateSyntax, message, label)));
                };
                depth = before;
            }
            Role::Other => {}
        }
        if depth > MAX_DEPTH || tag.brackets > MAX_DEPTH {
            let message = format!("blocks or brackets nest deeper than {MAX_DEPTH} levels");
            let label = Label::new(source, tag.span.clone());
            return Err(Box::new(Diagnostic::new(Code::TooDeep, message, label)));
        }
    }
    Ok(open.pop().map(|(span, _)| span))
}

fn syntax_error(source: &Arc<Source>, error: &TemplateError, open: Option<Range<usize>>) -> Diagnostic {
    let at = error.pos().map(|(line, column)| source.offset(line, column));
    let (message, span) = match error.reason() {
        TemplateErrorReason::MismatchingClosedHelper(opened, closed)
        | TemplateErrorReason::MismatchingClosedDecorator(opened, closed) => {
            (format!("`{opened}` was opened, but `{closed}` is closed"), tag_at(source, at.unwrap_or(0)))
        }
        TemplateErrorReason::InvalidParam(param) => {
            let start = source.text.find(param.as_str()).unwrap_or(0);
            (format!("`{}` is no value", text::shortened(param, 40)), start..start + param.len())
        }
        TemplateErrorReason::InvalidSyntax(expected) => {
            let at = at.unwrap_or(0);
            match open {
                Some(span) if source.text[at..].trim().is_empty() => {
                    ("this block is never closed".to_owned(), span)
                }
                _ => (format!("this cannot be parsed: {}", readable(expected)), at..next(source, at)),
            }
        }
        other => (format!("this cannot be parsed: {other}"), 0..0),
    };
    Diagnostic::new(Code::TemplateSyntax, message, Label::new(source, span))
}

/// The tag that begins here, for the carets.
fn tag_at(source: &Source, at: usize) -> Range<usize> {
    at..source.text[at..].find("}}").map_or(source.text.len(), |end| at + end + 2)
}

fn next(source: &Source, at: usize) -> usize {
    at + source.text[at..].chars().next().map_or(0, char::len_utf8)
}

/// The parser's expectation in words: `expected path_id or path_key` has names of its rules.
fn readable(expected: &str) -> String {
    expected.replace("EOI", "the end of the template").replace("hbs_", "").replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> (Code, (usize, usize), String) {
        let source = Source::new("t.md.hbs", text);
        let diagnostic = parse(&source).expect_err("it has a mistake");
        let position = source.position(diagnostic.primary.span.start);
        (diagnostic.code, position, diagnostic.message)
    }

    #[test]
    fn mistakes_stand_at_their_place() {
        let cases = [
            ("a\n{{#each records}}\n{{/if}}\n", (3, 1), "`each` was opened, but `if` is closed"),
            ("a\n  {{#each records}}\n{{note}}\n", (2, 3), "this block is never closed"),
            ("{{#if a}}{{#each b}}{{/each}}\n", (1, 1), "this block is never closed"),
            ("a {{note\n", (2, 1), "this cannot be parsed"),
            ("x\n{{/if}}\n", (2, 1), "this closes a block that is not open"),
            ("x {{date 1.}}", (1, 10), "`1.` is no value"),
        ];
        for (text, position, message) in cases {
            let found = mistake(text);
            assert_eq!((found.0, found.1), (Code::TemplateSyntax, position), "{text:?}: {}", found.2);
            assert!(found.2.starts_with(message), "{text:?}: {}", found.2);
        }
    }

    #[test]
    fn a_file_that_would_take_minutes_is_refused() {
        assert_eq!(mistake(&"{{a}}\n".repeat(100_000)).0, Code::TemplateRefused);
        assert!(parse(&Source::new("t.hbs", "{{a}}\n".repeat(1_000))).is_ok());
    }

    #[test]
    fn deep_nesting_is_refused_before_the_parser() {
        let blocks = "{{#if a}}".repeat(1_000);
        assert_eq!(mistake(&blocks).0, Code::TooDeep);
        let chain = format!("{{{{#if a}}}}{}{{{{/if}}}}", "{{else if b}}".repeat(1_000));
        assert_eq!(mistake(&chain).0, Code::TooDeep);
        let brackets = format!("{{{{x {}", "(a ".repeat(100_000));
        assert_eq!(mistake(&brackets).0, Code::TooDeep);
        let allowed = format!("{}{}", "{{#if a}}".repeat(MAX_DEPTH), "{{/if}}".repeat(MAX_DEPTH));
        assert!(parse(&Source::new("t.hbs", allowed)).is_ok());
        let allowed = format!("{{{{x {}b{}}}}}", "(a ".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
        assert!(parse(&Source::new("t.hbs", allowed)).is_ok());
    }
}

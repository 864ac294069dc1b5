//! Places in the text. Built only for files that have something to show.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::place::{Place, Step};

/// The spans of every key and value of a file.
pub(crate) struct Spans<'a> {
    text: &'a str,
    top: Tree,
}

struct Tree {
    span: Range<usize>,
    children: Children,
}

enum Children {
    /// A scalar; its content, and whether it stands in the text as it is.
    None {
        content: String,
        block: bool,
    },
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

impl<'a> Spans<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let offsets = byte_offsets(text);
        let byte = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
        let mut builder = Builder { open: Vec::new(), top: None };
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let span = byte(span.start.index())..byte(span.end.index());
            // In a flow map the parser counts the space after a value to it.
            let end = span.start + text.get(span.clone()).map_or(0, |raw| raw.trim_end().len());
            let span = span.start..end;
            match event {
                Event::Scalar(content, style, ..) => {
                    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    builder.close(Tree {
                        span,
                        children: Children::None { content: content.into_owned(), block },
                    });
                }
                Event::SequenceStart(..) => builder.open.push((span.start, true, Vec::new())),
                Event::MappingStart(..) => builder.open.push((span.start, false, Vec::new())),
                Event::SequenceEnd | Event::MappingEnd => builder.end(span.end),
                _ => {}
            }
        }
        let nothing = Tree { span: 0..0, children: Children::List(Vec::new()) };
        Self { text, top: builder.top.unwrap_or(nothing) }
    }

    /// The byte range of a place; of the nearest thing above it that the text has.
    pub(crate) fn span(&self, place: &Place) -> Range<usize> {
        self.tree(place).span.clone()
    }

    /// The byte range of a part of a scalar's content; the whole scalar where it is not in the text as it is.
    pub(crate) fn part(&self, place: &Place, within: &Range<usize>) -> Range<usize> {
        let tree = self.tree(place);
        let Children::None { content, block: false } = &tree.children else { return tree.span.clone() };
        let raw = &self.text[tree.span.clone()];
        let quote = usize::from(raw.starts_with(['"', '\'']));
        match raw.get(quote..raw.len().saturating_sub(quote)) {
            Some(inner) if inner == content => {
                let start = tree.span.start + quote;
                start + within.start.min(content.len())..start + within.end.min(content.len())
            }
            _ => tree.span.clone(),
        }
    }

    /// The byte range of a part of `text`, which was read at a place; the whole scalar where the file has another one there.
    pub(crate) fn part_of(&self, place: &Place, text: &str, within: &Range<usize>) -> Range<usize> {
        match &self.tree(place).children {
            Children::None { content, .. } if content == text => self.part(place, within),
            _ => self.span(place),
        }
    }

    fn tree(&self, place: &Place) -> &Tree {
        let mut tree = &self.top;
        for step in place.steps() {
            let below = match (&tree.children, *step) {
                (Children::List(items), Step::Item(index)) => items.get(index),
                (Children::Map(entries), Step::Key(index)) => entries.get(index).map(|(key, _)| key),
                (Children::Map(entries), Step::Value(index)) => entries.get(index).map(|(_, value)| value),
                _ => None,
            };
            match below {
                Some(below) => tree = below,
                None => break,
            }
        }
        tree
    }
}

/// The byte offset of each character.
pub(super) fn byte_offsets(text: &str) -> Vec<usize> {
    text.char_indices().map(|(offset, _)| offset).collect()
}

struct Builder {
    /// Start, whether it is a list, and the children so far.
    open: Vec<(usize, bool, Vec<Tree>)>,
    top: Option<Tree>,
}

impl Builder {
    fn close(&mut self, tree: Tree) {
        match self.open.last_mut() {
            Some((_, _, children)) => children.push(tree),
            None => self.top = Some(tree),
        }
    }

    fn end(&mut self, end: usize) {
        let Some((start, is_list, children)) = self.open.pop() else { return };
        let children = if is_list {
            Children::List(children)
        } else {
            let mut entries = Vec::with_capacity(children.len() / 2);
            let mut rest = children.into_iter();
            while let (Some(key), Some(value)) = (rest.next(), rest.next()) {
                entries.push((key, value));
            }
            Children::Map(entries)
        };
        self.close(Tree { span: start..end.max(start), children });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_position() {
        let text = "näme: x\nfilters:\n  - 'status:2'\n  - {a: 1, a: \"b\\\"c\"}\n";
        let spans = Spans::new(text);
        let top = Place::default();
        let at = |place: &Place| &text[spans.span(place)];
        assert_eq!(at(&top.key(0)), "näme");
        assert_eq!(at(&top.value(0)), "x");
        let filters = top.value(1);
        assert_eq!(at(&filters.item(0)), "'status:2'");
        assert_eq!(&text[spans.part(&filters.item(0), &(0..6))], "status");
        assert_eq!(at(&filters.item(1).key(1)), "a");
        assert_eq!(at(&filters.item(1).value(1)), "\"b\\\"c\"");
        assert_eq!(&text[spans.part(&filters.item(1).value(1), &(0..1))], "\"b\\\"c\"", "escapes: the whole");
    }
}

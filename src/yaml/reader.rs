//! Reads values out of nodes and collects every mistake on the way.

use std::collections::HashSet;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use super::node::Node;
use super::place::Place;
use super::spans::Spans;
use crate::diag::{self, Code, Diagnostic, Label, Severity, Source};
use crate::text;

/// Most errors of one file that are told, and most warnings. The rest is counted: nobody reads them, and to show each in
/// its lines takes time.
const MOST_TOLD: usize = 100;

/// A node and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    pub(crate) node: &'a Node,
    pub(crate) place: Place,
}

impl<'a> At<'a> {
    pub(crate) fn new(node: &'a Node, place: Place) -> Self {
        Self { node, place }
    }

    /// The items of a list; a value that is no list is its own only item.
    pub(crate) fn items(&self) -> Vec<At<'a>> {
        match self.node {
            Node::List(items) => {
                items.iter().enumerate().map(|(index, node)| At::new(node, self.place.item(index))).collect()
            }
            _ => vec![self.clone()],
        }
    }
}

/// A mistake, by place; where that is in the text is found once all are known.
pub(crate) struct Mistake {
    code: Code,
    message: String,
    place: Place,
    within: Option<Range<usize>>,
    help: Option<String>,
    related: Vec<(Place, &'static str)>,
}

impl Mistake {
    pub(crate) fn new(code: Code, message: impl Into<String>, place: &Place) -> Self {
        let message = message.into();
        Self { code, message, place: place.clone(), within: None, help: None, related: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn within(mut self, span: Option<Range<usize>>) -> Self {
        self.within = span;
        self
    }

    pub(crate) fn related(mut self, place: &Place, message: &'static str) -> Self {
        self.related.push((place.clone(), message));
        self
    }
}

/// The mistakes of one file.
#[derive(Default)]
pub(crate) struct Reader {
    mistakes: Vec<Mistake>,
    errors: usize,
    warnings: usize,
    /// Strings that are no longer as they stand in the file: parts of them have no place there.
    substituted: HashSet<Place>,
    /// Strings whose variable has a mistake of its own: what they then mean is not told as well.
    unresolved: HashSet<Place>,
}

impl Reader {
    pub(crate) fn push(&mut self, mistake: Mistake) {
        if mistake.code != Code::VarUndeclared && self.unresolved.contains(&mistake.place) {
            return;
        }
        let count = match mistake.code.severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= MOST_TOLD {
            self.mistakes.push(mistake);
        }
    }

    /// Whether no more errors will be told: what costs much to say can be left out.
    pub(crate) fn is_full(&self) -> bool {
        self.errors >= MOST_TOLD
    }

    /// A mistake inside the string at a place.
    pub(crate) fn push_inner(&mut self, mistake: diag::Mistake, place: &Place) {
        let found = Mistake::new(mistake.code, mistake.message, place).within(mistake.span);
        self.push(match mistake.help {
            Some(help) => found.help(help),
            None => found,
        });
    }

    /// Notes that the string here had variables put in.
    pub(crate) fn substituted(&mut self, place: &Place) {
        self.substituted.insert(place.clone());
    }

    /// Notes that the string here has a variable with a mistake.
    pub(crate) fn unresolved(&mut self, place: &Place) {
        self.unresolved.insert(place.clone());
    }

    /// The mistakes as diagnostics, in the order of the file.
    pub(crate) fn finish(self, source: &Arc<Source>) -> Vec<Diagnostic> {
        if self.mistakes.is_empty() {
            return Vec::new();
        }
        let spans = Spans::new(&source.text);
        let hidden = (self.errors + self.warnings).saturating_sub(self.mistakes.len());
        let substituted = self.substituted;
        let resolve = |mistake: Mistake| {
            let span = match &mistake.within {
                Some(within)
                    if mistake.code == Code::VarUndeclared || !substituted.contains(&mistake.place) =>
                {
                    spans.part(&mistake.place, within)
                }
                _ => spans.span(&mistake.place),
            };
            let mut diagnostic = Diagnostic::new(mistake.code, mistake.message, Label::new(source, span));
            diagnostic.help = mistake.help;
            for (place, message) in &mistake.related {
                diagnostic =
                    diagnostic.with_related(Label::new(source, spans.span(place)).with_message(*message));
            }
            diagnostic
        };
        let mut diagnostics: Vec<Diagnostic> = self.mistakes.into_iter().map(resolve).collect();
        diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
        if let (Some(last), 1..) = (diagnostics.last_mut(), hidden) {
            let more = format!("{} of this file not shown", text::counted(hidden, "more mistake"));
            last.help = Some(last.help.take().map_or(more.clone(), |help| format!("{help}\n{more}")));
        }
        diagnostics
    }

    pub(crate) fn wrong_type(&mut self, at: &At<'_>, expected: &str) {
        let message = format!("found {}, expected {expected}", at.node.described());
        self.push(Mistake::new(Code::WrongType, message, &at.place));
    }

    /// A string that is not empty.
    pub(crate) fn text(&mut self, at: &At<'_>, expected: &str) -> Option<String> {
        match at.node {
            Node::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Node::Text(_) => {
                self.push(Mistake::new(
                    Code::BadValue,
                    format!("an empty string, expected {expected}"),
                    &at.place,
                ));
                None
            }
            Node::Int(_) | Node::Float(_) | Node::Bool(_) => {
                let message = format!("found {}, expected {expected}", at.node.described());
                self.push(
                    Mistake::new(Code::WrongType, message, &at.place)
                        .help("write it in quotes to make it a string"),
                );
                None
            }
            _ => {
                self.wrong_type(at, expected);
                None
            }
        }
    }

    /// An integer in a range.
    pub(crate) fn integer(&mut self, at: &At<'_>, range: RangeInclusive<i64>) -> Option<i64> {
        let expected = if *range.end() == i64::MAX {
            format!("an integer from {} up", range.start())
        } else {
            format!("an integer from {} to {}", range.start(), range.end())
        };
        match at.node {
            Node::Int(value) if range.contains(value) => Some(*value),
            Node::Int(value) => {
                self.push(Mistake::new(
                    Code::BadValue,
                    format!("found `{value}`, expected {expected}"),
                    &at.place,
                ));
                None
            }
            _ => {
                self.wrong_type(at, &expected);
                None
            }
        }
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, at: &At<'_>, choices: &[(&str, T)]) -> Option<T> {
        let names = choices.iter().map(|(name, _)| *name);
        let expected = format!("one of {}", text::listed(names.clone()));
        let Node::Text(word) = at.node else {
            self.wrong_type(at, &expected);
            return None;
        };
        let found = choices.iter().find(|(name, _)| name == word).map(|(_, value)| *value);
        if found.is_none() {
            let message = format!("found `{}`, expected {expected}", text::shortened(word, 40));
            let mistake = Mistake::new(Code::BadValue, message, &at.place);
            self.push(match text::nearest(word, names) {
                Some(near) => mistake.help(format!("did you mean `{near}`?")),
                None => mistake,
            });
        }
        found
    }

    /// The entries of a map by known key; unknown keys and keys that stand twice are mistakes.
    pub(crate) fn entries<'a>(&mut self, at: &At<'a>, known: &[&'static str], what: &str) -> Entries<'a> {
        let mut entries = Entries { found: Vec::new() };
        let Node::Map(pairs) = at.node else {
            self.wrong_type(at, what);
            return entries;
        };
        for (index, (key, node)) in pairs.iter().enumerate() {
            let key_place = at.place.key(index);
            let Some(name) =
                known.iter().copied().find(|name| matches!(key, Node::Text(text) if text == name))
            else {
                self.unknown_key(key, &key_place, known);
                continue;
            };
            if let Some(first) = entries.key_place(name) {
                let mistake =
                    Mistake::new(Code::DuplicateKey, format!("the key `{name}` stands twice"), &key_place);
                self.push(mistake.related(first, "first here").help("keep one of them"));
                continue;
            }
            entries.found.push((name, key_place, At::new(node, at.place.value(index))));
        }
        entries
    }

    fn unknown_key(&mut self, key: &Node, place: &Place, known: &[&'static str]) {
        let Node::Text(word) = key else {
            let message = format!("found {} as a key, expected a name", key.described());
            self.push(Mistake::new(Code::UnknownKey, message, place));
            return;
        };
        let mistake =
            Mistake::new(Code::UnknownKey, format!("unknown key `{}`", text::shortened(word, 40)), place);
        self.push(match text::nearest(word, known.iter().copied()) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.help(format!("keys: {}", text::listed(known.iter().copied()))),
        });
    }
}

/// The entries of a map whose keys are known.
pub(crate) struct Entries<'a> {
    found: Vec<(&'static str, Place, At<'a>)>,
}

impl<'a> Entries<'a> {
    /// The value of a key.
    pub(crate) fn value(&self, name: &str) -> Option<&At<'a>> {
        self.found.iter().find(|(found, ..)| *found == name).map(|(_, _, at)| at)
    }

    /// Where a key stands.
    pub(crate) fn key_place(&self, name: &str) -> Option<&Place> {
        self.found.iter().find(|(found, ..)| *found == name).map(|(_, place, _)| place)
    }
}

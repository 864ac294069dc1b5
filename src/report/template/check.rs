//! The check before the run: every name of a template and its partials against what will be there, all mistakes at once.
//!
//! Handlebars' own strict mode is silent in the arguments of blocks and helpers, so this walks the parsed form with the
//! scopes the renderer will have. A partial is walked once in each scope it is included from.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, Template as Tree};

use super::library::{Library, MAIN};
use super::names::Shape;
use super::scope::{GROUP_LOCALS, LIST_LOCALS, Names, Scope};
use super::syntax::Parsed;
use super::{argument, tag};
use crate::diag::{Code, Diagnostic, Label};

/// A template being walked: the main one, or a partial inside it.
pub(super) struct Frame {
    /// Its number in the library.
    pub(super) part: usize,
    /// Its parsed form.
    pub(super) parsed: Rc<Parsed>,
    /// Where it was included from; none for the main template.
    pub(super) call: Option<Label>,
    /// Whether it was included with a block for `{{> @partial-block}}`.
    pub(super) has_block: bool,
    /// The tag at hand.
    pub(super) tag: Range<usize>,
    /// From where on in the text the next word of the tag is looked for.
    pub(super) word: usize,
}

/// The walk and what it found.
pub(super) struct Walk<'p, 'f> {
    /// The parts, more with each partial met.
    pub(super) library: Library<'p>,
    /// What may be read, and what was.
    pub(super) names: Names<'f>,
    /// Every mistake so far.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) stack: Vec<Scope>,
    pub(super) frames: Vec<Frame>,
    /// The partials met, in which scopes, and how many inclusions each leads to when it is rendered.
    pub(super) seen: HashMap<(usize, bool, Vec<Scope>), usize>,
    /// How many inclusions the walk stands for, repeated ones counted each time.
    pub(super) inclusions: usize,
    /// How many blocks and partials are open.
    depth: usize,
}

/// The deepest nesting of blocks and partials together: the check and the renderer call themselves for each.
const MAX_OPEN: usize = 100;

impl<'p, 'f> Walk<'p, 'f> {
    /// Walks the main template of the library with what it sees as its scope: the whole document, or a part.
    pub(super) fn of(library: Library<'p>, root: Shape, fields: &'f [&'f str]) -> Self {
        let parsed = library.parsed(MAIN);
        let mut walk = Self {
            library,
            names: Names::new(root, fields),
            diagnostics: Vec::new(),
            stack: vec![Scope::of(root)],
            frames: Vec::new(),
            seen: HashMap::new(),
            inclusions: 0,
            depth: 0,
        };
        let main = Frame { part: MAIN, parsed, call: None, has_block: false, tag: 0..0, word: 0 };
        walk.frame(main);
        walk
    }

    /// Walks a whole template or partial.
    pub(super) fn frame(&mut self, frame: Frame) {
        let parsed = Rc::clone(&frame.parsed);
        self.frames.push(frame);
        self.tree(&parsed.tree);
        self.frames.pop();
    }

    /// Walks a tree in the scope at hand.
    pub(super) fn tree(&mut self, tree: &Tree) {
        if self.depth >= MAX_OPEN {
            let span = self.top().tag.clone();
            let message = format!("blocks and partials nest deeper than {MAX_OPEN} levels together");
            return self.report(Code::TooDeep, span, message, None);
        }
        self.depth += 1;
        self.elements(tree);
        self.depth -= 1;
    }

    fn elements(&mut self, tree: &Tree) {
        for (index, element) in tree.elements.iter().enumerate() {
            if matches!(element, TemplateElement::RawString(_)) {
                continue;
            }
            let frame = self.top();
            frame.tag = frame.parsed.tag(tree.mapping.get(index), frame.tag.end);
            frame.word = frame.tag.start;
            self.element(element);
        }
    }

    /// The template at hand.
    pub(super) fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a frame is pushed before anything is walked")
    }

    fn element(&mut self, element: &TemplateElement) {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => {
                self.expression(call);
            }
            TemplateElement::HelperBlock(block) => self.block(block),
            TemplateElement::PartialExpression(call) | TemplateElement::PartialBlock(call) => {
                self.partial(call);
            }
            _ => {
                let span = self.top().tag.clone();
                let help = "put the text into a file of its own and include it: `{{> name}}`";
                self.refuse(span, "decorators and inline partials are not allowed".to_owned(), help);
            }
        }
    }

    fn expression(&mut self, call: &HelperTemplate) {
        let plain = call.params.is_empty() && call.hash.is_empty();
        match &call.name {
            Parameter::Subexpression(inner) => {
                let span = self.top().tag.clone();
                let help = format!("write `{{{{{} …}}}}` without the brackets", inner.name());
                self.refuse(span, "brackets around a whole tag are not allowed".to_owned(), &help);
            }
            Parameter::Path(path) if plain && !(argument::is_helper(&call.name) && self.is_unknown(path)) => {
                let start = self.top().word;
                let shape = self.path(path);
                if !shape.is_printable() {
                    let span = self.find(call.name.as_name().unwrap_or_default(), start);
                    let name = call.name.as_name().unwrap_or_default();
                    let message = format!("`{name}` is {}, not a value to write", shape.described());
                    let help = match shape {
                        Shape::List(_) | Shape::Groups(_) => {
                            format!("`{{{{#each {name}}}}}` goes through it")
                        }
                        _ => format!("name a part of it, or write `{{{{json {name}}}}}`"),
                    };
                    self.mistake(span, message, Some(help));
                }
            }
            _ => self.written(call),
        }
    }

    /// Whether nothing has this name here: a value that has the name of a helper is the value.
    fn is_unknown(&mut self, path: &Path) -> bool {
        self.names.resolve(path, &self.stack).is_err()
    }

    /// `{{#name …}}…{{else}}…{{/name}}`.
    fn block(&mut self, block: &HelperTemplate) {
        let tag = self.top().tag.clone();
        let Some(arguments) = self.call(block, true) else {
            // What it does to the scope is not known, so the mistakes inside could be consequences.
            return;
        };
        let first = arguments.first().copied().unwrap_or(Shape::Any);
        let name = block.name.as_name().unwrap_or_default();
        let scope = match name {
            "each" => Some(self.each_scope(first, block, &tag)),
            "with" => Some(self.with_scope(first, block, &tag)),
            _ => {
                if block.block_param.is_some() {
                    let help = "`as |name|` belongs to `#each` and `#with`";
                    self.refuse(tag, format!("`#{name}` gives no name to anything"), help);
                }
                None
            }
        };
        let pushed = scope.is_some();
        self.stack.extend(scope);
        if let Some(tree) = &block.template {
            self.tree(tree);
        }
        if pushed {
            self.stack.pop();
        }
        if let Some(tree) = &block.inverse {
            self.tree(tree);
        }
    }

    fn each_scope(&mut self, over: Shape, block: &HelperTemplate, tag: &Range<usize>) -> Scope {
        let value = over.element().unwrap_or_else(|| {
            let what = block.params.first().and_then(Parameter::as_name).unwrap_or("this");
            let span = self.find(what, tag.start);
            let message = format!("`{what}` is {}: `#each` goes through lists", over.described());
            self.mistake(span, message, Some("`#if` asks whether it is there".to_owned()));
            Shape::Any
        });
        let list = matches!(over, Shape::List(_) | Shape::Groups(_));
        let locals = if list { LIST_LOCALS } else { GROUP_LOCALS };
        let mut scope = Scope { locals, ..Scope::of(value) };
        let key = if list { Shape::Number } else { Shape::Text };
        let (first, second) = block_params(block);
        scope.params.extend(first.map(|name| (name.to_owned(), value)));
        scope.params.extend(second.map(|name| (name.to_owned(), key)));
        scope
    }

    fn with_scope(&mut self, over: Shape, block: &HelperTemplate, tag: &Range<usize>) -> Scope {
        let (first, second) = block_params(block);
        if second.is_some() {
            self.refuse(tag.clone(), "`#with` gives one name".to_owned(), "write `as |name|`");
        }
        let certain =
            matches!(over, Shape::Group(_) | Shape::Grouped(_) | Shape::Record | Shape::Changed | Shape::Any);
        if !certain && block.inverse.is_none() {
            let help = "add `{{else}}`, or write `#if`, which keeps the scope";
            self.refuse(tag.clone(), "`#with` of what may be empty needs an `{{else}}`".to_owned(), help);
        }
        let locals = self.stack.last().map_or(&[][..], |scope| scope.locals);
        let mut scope = Scope { locals, ..Scope::of(over) };
        scope.params.extend(first.map(|name| (name.to_owned(), over)));
        scope
    }

    /// The place of a word of the tag at hand, from `from` on; the tag itself when it is not found.
    pub(super) fn find(&mut self, word: &str, from: usize) -> Range<usize> {
        let frame = self.top();
        let text = &frame.parsed.source.text[..frame.tag.end];
        tag::find_word(text, word, from.max(frame.tag.start)).unwrap_or_else(|| frame.tag.clone())
    }

    /// Reports a name that is not there.
    pub(super) fn mistake(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        self.report(Code::TemplateName, span, message, help);
    }

    /// Reports a feature that is not allowed.
    pub(super) fn refuse(&mut self, span: Range<usize>, message: String, help: &str) {
        self.report(Code::TemplateRefused, span, message, Some(help.to_owned()));
    }

    fn report(&mut self, code: Code, span: Range<usize>, message: String, help: Option<String>) {
        let frame = self.top();
        let mut diagnostic = Diagnostic::new(code, message, frame.parsed.label(span));
        diagnostic.help = help;
        diagnostic.related.extend(frame.call.clone().map(|call| call.with_message("included from here")));
        self.add(diagnostic);
    }

    /// Keeps a diagnostic, unless the same place has one of its code: a partial is walked in several scopes.
    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        let same = |other: &Diagnostic| {
            other.code == diagnostic.code
                && other.primary.span == diagnostic.primary.span
                && other.primary.source.name == diagnostic.primary.source.name
        };
        if !self.diagnostics.iter().any(same) {
            self.diagnostics.push(diagnostic);
        }
    }
}

fn block_params(block: &HelperTemplate) -> (Option<&str>, Option<&str>) {
    match &block.block_param {
        Some(BlockParam::Pair((first, second))) => (first.as_name(), second.as_name()),
        Some(BlockParam::Single(first)) => (first.as_name(), None),
        _ => (None, None),
    }
}

//! Diagnostics as rustc prints them.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet, Title};

use super::{Diagnostic, Label, Severity, Source};
use crate::text;

/// The diagnostic as text for a terminal, ending with a line feed. Everything that came from a file or a portal is
/// inert in it, whether coloured or not.
#[must_use]
pub fn render(diagnostic: &Diagnostic, coloured: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = text::inert_line(&diagnostic.message).into_owned();
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.related);
    let title = level.primary_title(message.as_str()).id(diagnostic.code.as_str());
    print(title, &Shown::new(labels), diagnostic.help.as_deref(), coloured)
}

/// A failure of a run, in the same form without a code: what happened, the place of the query that asked for it, and what
/// to do.
#[must_use]
pub fn render_failure(message: &str, place: &Label, help: Option<&str>, coloured: bool) -> String {
    let message = text::inert_line(message).into_owned();
    print(Level::ERROR.primary_title(message.as_str()), &Shown::new([place]), help, coloured)
}

/// What was found on rows, in the same form with the name of the expectation for a code: the place that asked for it, and a note
/// for each line.
#[must_use]
pub fn render_finding(
    (severity, id): (&str, &str),
    message: &str,
    place: &Label,
    notes: &[String],
    coloured: bool,
) -> String {
    let level = match severity {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        _ => Level::INFO,
    };
    let message = text::inert_line(message).into_owned();
    let notes: Vec<String> = notes.iter().map(|note| text::inert_line(note).into_owned()).collect();
    let notes = notes.iter().map(|note| Level::NOTE.message(note.as_str())).collect();
    print_with(level.primary_title(message.as_str()).id(id), &Shown::new([place]), notes, coloured)
}

fn print(title: Title<'_>, shown: &Shown, help: Option<&str>, coloured: bool) -> String {
    let help = help.map(|help| text::inert(help).into_owned());
    let help = help.iter().map(|help| Level::HELP.message(help.as_str())).collect();
    print_with(title, shown, help, coloured)
}

fn print_with(title: Title<'_>, shown: &Shown, below: Vec<Message<'_>>, coloured: bool) -> String {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let mut group = Group::with_title(title);
    for (index, file) in shown.files.iter().enumerate() {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        // Nothing to point into: the file could not be read, or is the command line.
        group = if file.source.text.is_empty() {
            group.element(Origin::path(file.name.as_str()))
        } else {
            group.element(file.snippet(kind))
        };
    }
    for message in below {
        group = group.element(message);
    }
    let mut out = renderer.decor_style(DecorStyle::Ascii).render(&[group]);
    out.push('\n');
    out
}

/// The labels by file, over copies of the texts that no terminal can be upset by.
struct Shown {
    files: Vec<File>,
}

struct File {
    name: String,
    source: Arc<Source>,
    /// Spans in the whole text.
    labels: Vec<(Range<usize>, String)>,
    /// The lines with labels, and the number of their first one.
    text: String,
    first_line: usize,
    /// Where `text` begins in the whole.
    offset: usize,
}

impl Shown {
    fn new<'a>(labels: impl IntoIterator<Item = &'a Label>) -> Self {
        let mut files: Vec<File> = Vec::new();
        for label in labels {
            let name = text::inert_line(&label.source.name).into_owned();
            let index = files.iter().position(|file| file.name == name).unwrap_or_else(|| {
                files.push(File::new(name, &label.source));
                files.len() - 1
            });
            files[index].labels.push((clamped(label), text::inert_line(&label.message).into_owned()));
        }
        files.iter_mut().for_each(File::cut);
        Self { files }
    }
}

impl File {
    fn new(name: String, source: &Arc<Source>) -> Self {
        let source = Arc::clone(source);
        Self { name, source, labels: Vec::new(), text: String::new(), first_line: 1, offset: 0 }
    }

    /// Takes the lines that labels point into: a file of thousands of mistakes is not gone through for each of them.
    fn cut(&mut self) {
        let whole = &self.source.text;
        let start = self.labels.iter().map(|(span, _)| span.start).min().unwrap_or(0);
        let end = self.labels.iter().map(|(span, _)| span.end).max().unwrap_or(0);
        let start = whole[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = whole[end..].find('\n').map_or(whole.len(), |at| end + at);
        self.text = same_length(&whole[start..end]);
        self.first_line = whole[..start].matches('\n').count() + 1;
        self.offset = start;
    }

    fn snippet(&self, first: AnnotationKind) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let mut snippet =
            Snippet::source(self.text.as_str()).path(self.name.as_str()).line_start(self.first_line);
        for (index, (span, message)) in self.labels.iter().enumerate() {
            let kind = if index == 0 { first } else { AnnotationKind::Context };
            let annotation = kind.span(span.start - self.offset..span.end - self.offset);
            let annotation = if message.is_empty() { annotation } else { annotation.label(message.as_str()) };
            snippet = snippet.annotation(annotation);
        }
        snippet
    }
}

/// Active characters become `?`, byte for byte, so that spans keep their place.
fn same_length(source: &str) -> String {
    source.chars().fold(String::with_capacity(source.len()), |mut out, c| {
        if text::is_active(c) && c != '\r' {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            out.push(c);
        }
        out
    })
}

/// The label's span inside the text, on one line: a mistake is shown where it begins.
fn clamped(label: &Label) -> Range<usize> {
    let text = &label.source.text;
    let start = label.span.start.min(text.len());
    let end = label.span.end.clamp(start, text.len());
    let line_end = text[start..end].find('\n').map_or(end, |at| start + at);
    start..line_end
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Source};
    use super::*;

    #[test]
    fn looks_like_rustc() {
        let source = Source::new("queries/x.yaml", "name: x\nfilters:\n  - adminNam: \"svc\"\n");
        let at = source.text.find("adminNam").expect("the text has it");
        let diagnostic = Diagnostic::new(
            Code::UnknownField,
            "unknown field `adminNam`",
            Label::new(&source, at..at + "adminNam".len()),
        )
        .with_help("did you mean `adminName`?");
        insta::assert_snapshot!(render(&diagnostic, false), @r#"
        error[LMQ012]: unknown field `adminNam`
         --> queries/x.yaml:3:5
          |
        3 |   - adminNam: "svc"
          |     ^^^^^^^^
          |
          = help: did you mean `adminName`?
        "#);
    }

    #[test]
    fn an_unreadable_file_still_has_its_name() {
        let source = Source::new("gone.yaml", "");
        let diagnostic = Diagnostic::new(Code::Unreadable, "no such file", Label::new(&source, 0..0));
        assert!(render(&diagnostic, false).contains("gone.yaml"));
    }

    #[test]
    fn escape_sequences_of_a_file_stay_in_it() {
        let source = Source::new("evil\u{1b}.yaml", "note: \u{1b}[31m\u{202e}\n");
        let diagnostic = Diagnostic::new(Code::BadValue, "bad \u{1b}", Label::new(&source, 0..4));
        let shown = render(&diagnostic, false);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    }
}

//! Diagnostics as workflow commands, which GitHub Actions shows at the lines of a pull request.

use std::fmt::Write as _;

use super::{Diagnostic, Region, Root, Severity};
use crate::text;

/// A workflow command that makes an annotation.
#[derive(Debug, Clone, Copy)]
pub struct Annotation<'a> {
    /// How it looks.
    pub level: Level,
    /// The file, as the user typed it, and where in it.
    pub place: Option<(&'a str, Region)>,
    /// Its heading.
    pub title: &'a str,
    /// Its text, which may have several lines.
    pub message: &'a str,
}

/// How an annotation looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `::error`
    Error,
    /// `::warning`
    Warning,
    /// `::notice`
    Notice,
}

impl Level {
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

impl Annotation<'_> {
    /// The command on a line. The file is named relative to the root: GitHub looks for it in the repository.
    #[must_use]
    pub fn line(&self, root: &Root) -> String {
        let place = self.place.map_or_else(String::new, |(file, region)| {
            format!(
                "file={},line={},col={},endLine={},endColumn={},",
                property(&root.path(file)),
                region.line,
                region.column,
                region.end_line,
                region.end_column,
            )
        });
        format!("::{} {place}title={}::{}\n", self.level.command(), property(self.title), data(self.message))
    }
}

/// One command a line.
#[must_use]
pub fn github(diagnostics: &[Diagnostic], root: &Root) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let level = match diagnostic.severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
            };
            let place = Some((diagnostic.primary.source.name.as_str(), diagnostic.primary.region()));
            let title = diagnostic.code.as_str();
            Annotation { level, place, title, message: &message(diagnostic) }.line(root)
        })
        .collect()
}

/// The message, the places that take part (an annotation has only one of its own), and the remedy.
fn message(diagnostic: &Diagnostic) -> String {
    let mut lines = diagnostic.message.clone();
    for label in &diagnostic.related {
        let region = label.region();
        let at = format!("{}:{}:{}", label.source.name, region.line, region.column);
        let words = if label.message.is_empty() { "see also" } else { &label.message };
        write!(lines, "\n{words}: {at}").expect("writing to a string cannot fail");
    }
    if let Some(help) = &diagnostic.help {
        write!(lines, "\nhelp: {help}").expect("writing to a string cannot fail");
    }
    lines
}

/// What stands after `::`. `%` first: the other escapes are made with it.
fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    text::inert_line(&escaped).into_owned()
}

/// What stands after `file=`: a `,` would begin the next property, a `:` might end them all.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Code, Label, Source};
    use super::*;

    #[test]
    fn what_the_protocol_reads_is_escaped() {
        let source = Source::new("a,b:c%.yaml", "name: x\nstatus: 2\n");
        let other = Source::new("t.md.hbs", "x");
        let diagnostic =
            Diagnostic::new(Code::UnknownKey, "100% wrong\r\n::error::x", Label::new(&source, 8..14))
                .with_related(Label::new(&other, 0..1).with_message("here"))
                .with_help("drop it\n::stop-commands::x\u{1b}");
        let root = Root::new(Path::new("/r"), Path::new("/r"));
        assert_eq!(
            github(&[diagnostic], &root),
            "::error file=a%2Cb%3Ac%25.yaml,line=2,col=1,endLine=2,endColumn=7,title=LMQ010::100%25 wrong%0D%0A\
             ::error::x%0Ahere: t.md.hbs:1:1%0Ahelp: drop it%0A::stop-commands::x\\u{1b}\n"
        );
    }
}

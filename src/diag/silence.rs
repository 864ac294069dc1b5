//! `# lmq-ignore: CODE reason`: a comment that silences a warning of the next line. Errors cannot be silenced, a reason must
//! be given, and a comment that silences nothing is a warning itself, so that none outlives its cause.

use std::ops::Range;
use std::sync::Arc;

use super::{Code, Diagnostic, Label, Severity, Source};
use crate::text;

const WORD: &str = "lmq-ignore";

/// A comment that can be taken.
struct Ignore {
    code: Code,
    /// The line it speaks for: the next one that is no such comment.
    line: usize,
    span: Range<usize>,
    used: bool,
}

/// The diagnostics of a query file and of what it names, without the warnings that the file's comments silence, with those
/// that the comments themselves deserve; the file's own ones in the order of the file, before those of other files.
#[must_use]
pub fn apply_ignores(source: &Arc<Source>, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if source.text.contains(WORD) {
        let mut ignores = Vec::new();
        let mut mistakes = Vec::new();
        for comment in comments(&source.text) {
            match read(source, &comment) {
                Ok(ignore) => ignores.push(ignore),
                Err(mistake) => mistakes.push(*mistake),
            }
        }
        diagnostics.retain(|diagnostic| !is_silenced(diagnostic, source, &mut ignores));
        // A file with an error was not read to its end: nobody knows yet what its comments would silence.
        if !diagnostics.iter().any(Diagnostic::is_error) {
            mistakes
                .extend(ignores.iter().filter(|ignore| !ignore.used).map(|ignore| unused(source, ignore)));
        }
        diagnostics.extend(mistakes);
    }
    diagnostics.sort_by_key(|diagnostic| {
        let own = Arc::ptr_eq(&diagnostic.primary.source, source);
        (!own, if own { diagnostic.primary.span.start } else { 0 })
    });
    diagnostics
}

fn is_silenced(diagnostic: &Diagnostic, source: &Arc<Source>, ignores: &mut [Ignore]) -> bool {
    if diagnostic.is_error() || !Arc::ptr_eq(&diagnostic.primary.source, source) {
        return false;
    }
    let line = diagnostic.primary.region().line;
    let mut silenced = false;
    for ignore in ignores.iter_mut().filter(|ignore| ignore.code == diagnostic.code && ignore.line == line) {
        ignore.used = true;
        silenced = true;
    }
    silenced
}

/// A line that is such a comment: what stands after the word, where it is, the line it speaks for.
struct Comment<'a> {
    rest: &'a str,
    span: Range<usize>,
    line: usize,
}

fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut found: Vec<Comment<'_>> = Vec::new();
    let mut start = 0;
    // From where on the comments speak for the line at hand.
    let mut open = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let trimmed = line.trim();
        let rest = trimmed.strip_prefix('#').and_then(|comment| comment.trim_start().strip_prefix(WORD));
        if let Some(rest) = rest {
            let begin = start + line.len() - line.trim_start().len();
            found.push(Comment { rest, span: begin..begin + trimmed.len(), line: 0 });
        } else {
            found[open..].iter_mut().for_each(|comment| comment.line = index + 1);
            open = found.len();
        }
        start += line.len();
    }
    found
}

fn read(source: &Arc<Source>, comment: &Comment<'_>) -> Result<Ignore, Box<Diagnostic>> {
    let wrong = |message: String, help: String| {
        let label = Label::new(source, comment.span.clone());
        Box::new(Diagnostic::new(Code::BadIgnore, message, label).with_help(help))
    };
    let example = || "write `# lmq-ignore: LMQ040 the reason` on the line above".to_owned();
    let Some(rest) = comment.rest.strip_prefix(':') else {
        return Err(wrong("an `lmq-ignore` without `:`".to_owned(), example()));
    };
    let rest = rest.trim();
    let (word, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if word.is_empty() {
        return Err(wrong("an `lmq-ignore` without a code".to_owned(), example()));
    }
    let Some(code) = Code::ALL.iter().copied().find(|code| code.as_str() == word) else {
        let message = format!("an `lmq-ignore` with the unknown code `{}`", text::shortened(word, 40));
        let near = text::nearest(word, Code::ALL.iter().map(|code| code.as_str()));
        return Err(wrong(message, near.map_or_else(example, |near| format!("did you mean `{near}`?"))));
    };
    if code.severity() == Severity::Error {
        let message = format!("`{word}` is an error, and errors cannot be ignored");
        return Err(wrong(message, "correct the mistake, and take the comment out".to_owned()));
    }
    if reason.trim().is_empty() {
        let message = format!("an `lmq-ignore` of `{word}` without a reason");
        return Err(wrong(message, format!("say why: `# lmq-ignore: {word} the reason`")));
    }
    Ok(Ignore { code, line: comment.line, span: comment.span.clone(), used: false })
}

fn unused(source: &Arc<Source>, ignore: &Ignore) -> Diagnostic {
    let message = format!("no `{}` on the next line to ignore", ignore.code.as_str());
    Diagnostic::new(Code::UnusedIgnore, message, Label::new(source, ignore.span.clone()))
        .with_help("take it out")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a warning LMQ040 at each `accessKey` and an error LMQ012 at each `nmae`.
    fn left(text: &str) -> Vec<(&'static str, usize)> {
        let source = Source::new("q.yaml", text);
        let all = |needle: &str, code| {
            let label = |at| Label::new(&source, at..at + 4);
            text.match_indices(needle)
                .map(|(at, _)| Diagnostic::new(code, "m", label(at)))
                .collect::<Vec<_>>()
        };
        let diagnostics = [all("accessKey", Code::KeyMaterial), all("nmae", Code::UnknownField)].concat();
        let left = apply_ignores(&source, diagnostics);
        left.iter().map(|diagnostic| (diagnostic.code.as_str(), diagnostic.primary.region().line)).collect()
    }

    #[test]
    fn a_comment_silences_the_line_below_it() {
        let cases: &[(&str, &[(&str, usize)])] = &[
            ("# lmq-ignore: LMQ040 compared by hand\n- accessKey\n", &[]),
            ("  #lmq-ignore: LMQ040 why\r\n- accessKey\r\n- accessKey\r\n", &[("LMQ040", 3)]),
            // Comments on top of each other speak for the same line.
            ("# lmq-ignore: LMQ040 why\n# lmq-ignore: LMQ041 why\n- accessKey\n", &[("LMQ061", 2)]),
            ("# lmq-ignore: LMQ040 why\n\n- accessKey\n", &[("LMQ061", 1), ("LMQ040", 3)]),
            ("# lmq-ignore: LMQ041 why\n- accessKey\n", &[("LMQ061", 1), ("LMQ040", 2)]),
            ("- accessKey # lmq-ignore: LMQ040 why\n", &[("LMQ040", 1)]),
            ("- x\n# lmq-ignore: LMQ040 why", &[("LMQ061", 2)]),
            // Not taken.
            ("# lmq-ignore: LMQ040\n- accessKey\n", &[("LMQ060", 1), ("LMQ040", 2)]),
            ("# lmq-ignore: LMQ999 why\n- accessKey\n", &[("LMQ060", 1), ("LMQ040", 2)]),
            ("# lmq-ignore LMQ040 why\n- accessKey\n", &[("LMQ060", 1), ("LMQ040", 2)]),
            ("# lmq-ignore:\n", &[("LMQ060", 1)]),
            // Errors stay, and what else the file would have said is open.
            ("# lmq-ignore: LMQ012 why\n- nmae\n", &[("LMQ060", 1), ("LMQ012", 2)]),
            ("# lmq-ignore: LMQ040 why\n- nmae\n", &[("LMQ012", 2)]),
        ];
        for (text, expected) in cases {
            assert_eq!(left(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn other_files_are_left_alone() {
        let source = Source::new("q.yaml", "# lmq-ignore: LMQ040 why\nx\n");
        let template = Source::new("t.hbs", "\naccessKey");
        let diagnostic = Diagnostic::new(Code::KeyMaterial, "m", Label::new(&template, 1..2));
        let left = apply_ignores(&source, vec![diagnostic.clone()]);
        assert_eq!(left.len(), 2);
        assert_eq!(left[1], diagnostic);
    }
}

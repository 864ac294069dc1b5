//! The Markdown of a query in the summary of a GitHub Actions step: verdict and findings first, then the rows that fit. A step's
//! summary is dropped whole when it is too long, so a report is cut at whole lines, and says so.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::View;
use super::case;
use super::markdown::{escaped, upper_first};
use crate::check::{Finding, Severity};
use crate::portal::Verdict;
use crate::report::column::cells;
use crate::report::shown::{is_number, shown};
use crate::text::counted;

/// Bytes of a step's summary that GitHub takes.
pub(in crate::report) const LIMIT: u64 = 1 << 20;

/// Bytes kept for the line that says that something is left out.
const RESERVE: usize = 80;

/// Writes the report in this many bytes at most.
pub(in crate::report) fn write(view: &View<'_>, room: usize, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(view, room).as_bytes())
}

/// Text that does not grow beyond its room.
struct Page {
    text: String,
    room: usize,
}

impl Page {
    /// Adds lines that belong together, or nothing.
    fn together(&mut self, lines: &str) -> bool {
        let fits = self.text.len() + lines.len() + RESERVE <= self.room;
        if fits {
            self.text.push_str(lines);
        }
        fits
    }

    /// Adds as many of the lines as fit behind `head`, and how many are left out.
    fn list(&mut self, head: &str, lines: impl ExactSizeIterator<Item = String>, noun: &str) {
        let (mut left, mut open) = (lines.len(), true);
        if left == 0 {
            return;
        }
        for (index, line) in lines.enumerate() {
            let line = if index == 0 { format!("{head}{line}\n") } else { line + "\n" };
            open = self.together(&line);
            if !open {
                break;
            }
            left -= 1;
        }
        let end = if open { "\n".to_owned() } else { format!("\n{}: no room.\n\n", counted(left, noun)) };
        if self.text.len() + end.len() <= self.room {
            self.text.push_str(&end);
        }
    }
}

fn page(view: &View<'_>, room: usize) -> String {
    let mut page = Page { text: String::new(), room };
    if !page.together(&head(view)) {
        let line =
            format!("- {}: {}, no room for more\n", safe(&view.document.query.name, view), verdict(view));
        return if line.len() <= room { line } else { String::new() };
    }
    let reasons = case::reasons(view).unwrap_or_default();
    page.list("", reasons.iter().map(|reason| format!("- {}", escaped(reason))), "more reason");
    let findings = case::worst_first(view);
    let found = |finding: &&Finding| {
        let Finding { severity, id, .. } = finding;
        format!("| {} | {} | {} |", severity.name(), safe(id, view), escaped(&case::told(finding, view)))
    };
    let head = "| severity | expectation | finding |\n|---|---|---|\n";
    page.list(head, findings.iter().map(found), "more finding");
    let head = "| waived until | by | expectation | finding | why |\n|---|---|---|---|---|\n";
    let waived = view.document.waived.iter().filter_map(|finding| waived(finding, view));
    page.list(head, waived.collect::<Vec<_>>().into_iter(), "more waived finding");
    let warnings = case::warnings(view);
    page.list("", warnings.iter().map(|warning| format!("- {}", escaped(warning))), "more warning");
    table(view, &mut page);
    page.text
}

/// What stands there in any case.
fn head(view: &View<'_>) -> String {
    let document = view.document;
    let mut head = format!("## {}\n\n", safe(&document.query.name, view));
    let mut line = |line: &str| write!(head, "{line}\n\n").expect("writing to a string cannot fail");
    line(if document.is_incomplete() {
        "**INCOMPLETE**: this report does not cover everything that was asked for."
    } else if document.run.verdict == Verdict::Limited.name() {
        "**Limited**: the query asks for a part of the rows only."
    } else {
        "**Complete**: every page of every listing was read and checked."
    });
    if document.run.sandbox {
        line("**Sandbox data**: these tokens are made up.");
    }
    line(&format!("{}.", verdict(view)));
    if let Some(diff) = &document.diff {
        line(&format!("{}.", safe(&upper_first(&diff.headline(&document.run.started_at)), view)));
    }
    head
}

/// What was found, in half a line.
fn verdict(view: &View<'_>) -> String {
    let document = view.document;
    let of = |severity| document.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = Severity::ALL.map(|severity| (of(severity), severity.name()));
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let findings = match (document.findings.len(), document.query.expect.len()) {
        (0, 0) => "nothing is expected".to_owned(),
        (0, _) if document.is_incomplete() => "INCOMPLETE, no finding so far".to_owned(),
        (0, expected) => format!("no finding, of {}", counted(expected, "expectation")),
        (count, _) => format!("**{}** ({})", counted(count, "finding"), counts.join(", ")),
    };
    let waived = match document.waived.len() {
        0 => String::new(),
        count => format!(", {count} waived"),
    };
    format!("{}, {findings}{waived}", counted(document.total, "token"))
}

fn waived(finding: &Finding, view: &View<'_>) -> Option<String> {
    let waiver = finding.waiver.as_ref()?;
    let cells = [&waiver.expires, &waiver.owner, &finding.id].map(|text| safe(text, view));
    let message = escaped(&case::told(finding, view));
    Some(format!("| {} | {message} | {} |", cells.join(" | "), safe(&waiver.reason, view)))
}

fn table(view: &View<'_>, page: &mut Page) {
    let View { document, columns, .. } = view;
    let layout = &document.records.layout;
    let mut head = String::new();
    for column in *columns {
        head = head + "| " + &safe(&column.title, view) + " ";
    }
    head.push_str("|\n");
    head.extend(columns.iter().map(|column| if is_number(column.field(layout)) { "|---:" } else { "|---" }));
    head.push_str("|\n");
    let rows = document.records.rows.iter().map(|row| {
        let cells = cells(columns, row, layout);
        let cells = cells.iter().zip(*columns);
        let cells =
            cells.map(|(cell, column)| format!("| {} ", safe(&shown(cell, column.field(layout)), view)));
        cells.collect::<String>() + "|"
    });
    page.list(&head, rows, "more row");
}

fn safe(text: &str, view: &View<'_>) -> String {
    escaped(&case::clean(text, view))
}

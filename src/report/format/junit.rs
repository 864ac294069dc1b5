//! JUnit XML, which every CI reads: a suite for the query, a case for each expectation. An incomplete run is an error, and what it
//! has not found counts as skipped: nobody looked everywhere.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};

use super::case::{self, Case};
use super::{FormatError, Report, View};
use crate::check::Severity;
use crate::text::{self, counted};

pub(super) struct Junit;

/// How a case ended.
enum End {
    Passed,
    Failed,
    Skipped(&'static str),
}

impl Report for Junit {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let cases: Vec<(Case<'_>, End)> = case::cases(view)
            .into_iter()
            .map(|case| {
                let end = end(&case, view);
                (case, end)
            })
            .collect();
        let reasons = case::reasons(view);
        let count = |wanted: fn(&End) -> bool| cases.iter().filter(|(_, end)| wanted(end)).count();
        let errors = usize::from(reasons.is_some());
        let counts = [
            ("tests", cases.len() + errors),
            ("failures", count(|end| matches!(end, End::Failed))),
            ("errors", errors),
            ("skipped", count(|end| matches!(end, End::Skipped(_)))),
        ];
        let mut writer = Writer::new_with_indent(out, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let suites = with_counts(element("testsuites", &[("name", "lmq")]), &counts);
        writer.write_event(Event::Start(suites))?;
        let (query, run) = (&view.document.query, &view.document.run);
        let suite = element("testsuite", &[("name", &query.name), ("timestamp", &run.started_at)]);
        writer.write_event(Event::Start(with_counts(suite, &counts)))?;
        properties(view, &mut writer)?;
        if let Some(reasons) = &reasons {
            incomplete(reasons, view, &mut writer)?;
        }
        for (case, end) in &cases {
            expectation(case, end, view, &mut writer)?;
        }
        let warnings = case::warnings(view);
        if !warnings.is_empty() {
            holding(BytesStart::new("system-out"), &lines(&warnings), &mut writer)?;
        }
        writer.write_event(Event::End(BytesStart::new("testsuite").to_end()))?;
        writer.write_event(Event::End(BytesStart::new("testsuites").to_end()))?;
        writer.into_inner().write_all(b"\n")?;
        Ok(())
    }
}

fn end(case: &Case<'_>, view: &View<'_>) -> End {
    if case.findings.iter().any(|finding| finding.severity > Severity::Info) {
        End::Failed
    } else if !case.waived.is_empty() {
        End::Skipped("every finding is waived")
    } else if view.document.is_incomplete() {
        End::Skipped("the list may be short")
    } else {
        End::Passed
    }
}

fn properties<W: Write>(view: &View<'_>, writer: &mut Writer<W>) -> io::Result<()> {
    let (query, run) = (&view.document.query, &view.document.run);
    let file = view.root.path(&query.file);
    let shard = run.shard.as_ref().map(|shard| format!("{}/{}", shard.index, shard.count));
    let known = [
        ("file", file.as_str()),
        ("verdict", run.verdict),
        ("lmqVersion", &run.lmq_version),
        ("sandbox", if run.sandbox { "true" } else { "false" }),
    ];
    let known = known.into_iter().chain(shard.as_deref().map(|shard| ("shard", shard)));
    writer.write_event(Event::Start(BytesStart::new("properties")))?;
    for (name, value) in known {
        writer.write_event(Event::Empty(element("property", &[("name", name), ("value", value)])))?;
    }
    writer.write_event(Event::End(BytesStart::new("properties").to_end()))
}

/// The case that every reader shows as an error: not everything was looked at.
fn incomplete<W: Write>(reasons: &[String], view: &View<'_>, writer: &mut Writer<W>) -> io::Result<()> {
    let name = &view.document.query.name;
    let case = element("testcase", &[("classname", name), ("name", "complete")]);
    writer.write_event(Event::Start(case))?;
    let error = element("error", &[("message", "INCOMPLETE: the list may be short"), ("type", "incomplete")]);
    holding(error, &lines(reasons), writer)?;
    writer.write_event(Event::End(BytesStart::new("testcase").to_end()))
}

fn expectation<W: Write>(
    case: &Case<'_>,
    end: &End,
    view: &View<'_>,
    writer: &mut Writer<W>,
) -> io::Result<()> {
    let (file, line) = (view.root.path(&case.place.file), case.place.line.to_string());
    let of = view.document.query.name.as_str();
    let start =
        element("testcase", &[("classname", of), ("name", case.id), ("file", &file), ("line", &line)]);
    let found: Vec<String> = case.findings.iter().map(|finding| case::told(finding, view)).collect();
    let waived: Vec<String> = case.waived.iter().map(|finding| case::told_waived(finding, view)).collect();
    if matches!(end, End::Passed) && found.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    match end {
        End::Failed => {
            let message = counted(found.len(), "finding");
            let failure = element("failure", &[("message", &message), ("type", case.severity.name())]);
            holding(failure, &lines(&found), writer)?;
        }
        End::Skipped(why) => writer.write_event(Event::Empty(element("skipped", &[("message", why)])))?,
        End::Passed => {}
    }
    // What fails nothing is told beside it.
    let told = if matches!(end, End::Failed) { waived } else { [found, waived].concat() };
    if !told.is_empty() {
        holding(BytesStart::new("system-out"), &lines(&told), writer)?;
    }
    writer.write_event(Event::End(BytesStart::new("testcase").to_end()))
}

fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        // A reader makes a space of a line end in an attribute.
        element.push_attribute((*name, legal(&text::inert_line(value)).as_str()));
    }
    element
}

fn with_counts<'a>(mut element: BytesStart<'a>, counts: &[(&str, usize)]) -> BytesStart<'a> {
    for (name, count) in counts {
        element.push_attribute((*name, count.to_string().as_str()));
    }
    element
}

fn holding<W: Write>(element: BytesStart<'_>, content: &str, writer: &mut Writer<W>) -> io::Result<()> {
    let end = element.to_end().into_owned();
    writer.write_event(Event::Start(element))?;
    writer.write_event(Event::Text(BytesText::new(&legal(content))))?;
    writer.write_event(Event::End(end))
}

/// A line each, behind a dash: at the start of a line of a log, GitHub would read a text of a portal as a command.
fn lines(told: &[String]) -> String {
    told.iter().map(|told| format!("- {}", text::inert_line(told))).collect::<Vec<_>>().join("\n")
}

/// The two characters that XML forbids besides control characters, which are written out already.
fn legal(text: &str) -> String {
    text.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

//! The formats of findings, on documents made by hand and read back by parsers that are not lmq's.

mod read;
mod summary;

use std::path::Path;

use super::{JsonForm, View, write};
use crate::auth::Redactor;
use crate::check::{Acceptance, Expected, Finding, FindingPlace, Severity};
use crate::diag::Root;
use crate::report::document::{Document, PortalInfo, QueryInfo, Records, RunInfo, SCHEMA};
use crate::report::stats::Stats;
use crate::row::Layout;
use crate::secret::Secret;
use crate::spec::Format;

/// Text that ends or opens something in each of the formats, and characters that XML forbids.
const HOSTILE: &str =
    "<b>&amp;]]>\"'`\n::error::x\r\n%25,:;\u{1b}[31m\u{0}\u{b}\u{202e}\u{85}\u{fffe}\u{ffff}\u{feff}😀";

fn place(line: usize) -> FindingPlace {
    FindingPlace { file: "q.yaml".to_owned(), line, column: 5, end_line: line, end_column: 18 }
}

fn expected(id: &str, severity: Severity, line: usize) -> Expected {
    Expected { id: id.to_owned(), severity, place: place(line) }
}

fn finding(expected: &Expected, token: i64, message: &str) -> Finding {
    Finding {
        id: expected.id.clone(),
        severity: expected.severity,
        message: message.to_owned(),
        fingerprint: format!("{}-{token}", expected.id),
        portal: "acme".to_owned(),
        token_type: Some("lmv1".to_owned()),
        token_id: Some(token),
        record: None,
        place: expected.place.clone(),
        waiver: None,
    }
}

fn waived(finding: Finding) -> Finding {
    let waiver = Acceptance {
        reason: "moves in May".to_owned(),
        owner: "jane".to_owned(),
        expires: "2026-12-31".to_owned(),
    };
    Finding { waiver: Some(waiver), ..finding }
}

/// A result of a complete run with these expectations and findings.
fn document(expect: Vec<Expected>, found: Vec<Finding>) -> Document {
    let layout = Layout::new(Vec::new());
    let (waived, findings) = found.into_iter().partition(|finding| finding.waiver.is_some());
    let portal = |name: &str| PortalInfo {
        name: name.to_owned(),
        host: "acme.logicmonitor.com".to_owned(),
        account: None,
        credential: "an LMv1 token",
    };
    Document {
        schema: SCHEMA,
        query: QueryInfo {
            name: "idle".to_owned(),
            description: Some("Nobody uses them".to_owned()),
            tags: Vec::new(),
            file: "q.yaml".to_owned(),
            sha256: String::new(),
            fields: Vec::new(),
            filter: None,
            select: None,
            sort: Vec::new(),
            expect,
        },
        portals: vec![portal("acme")],
        run: RunInfo {
            started_at: "2026-11-23T10:00:00Z".to_owned(),
            finished_at: "2026-11-23T10:00:01Z".to_owned(),
            now: 0,
            lmq_version: "0.1.0".to_owned(),
            verdict: "complete",
            reasons: Vec::new(),
            warnings: Vec::new(),
            requests: 1,
            waited_seconds: 0,
            sandbox: false,
        },
        listings: Vec::new(),
        total: 0,
        count: 0,
        columns: Vec::new(),
        diff: None,
        stats: Stats::new(&[], &layout),
        records: Records { layout, rows: Vec::new() },
        findings,
        waived,
    }
}

fn incomplete(mut document: Document) -> Document {
    document.run.verdict = "incomplete";
    document.run.reasons = vec!["HTTP 500".to_owned(), HOSTILE.to_owned()];
    document
}

/// Four expectations: one that finds, one that finds what is accepted, one that finds what fails nothing, one that finds nothing.
fn mixed() -> Document {
    let old = expected("old", Severity::Error, 7);
    let seen = expected("seen", Severity::Warning, 9);
    let noted = expected("noted", Severity::Info, 11);
    let fine = expected("fine", Severity::Error, 13);
    let found = vec![
        finding(&noted, 1, "token 1 has a note"),
        finding(&old, 2, HOSTILE),
        waived(finding(&old, 3, "token 3 is old")),
        waived(finding(&seen, 4, "token 4 was seen")),
    ];
    document(vec![old, seen, noted, fine], found)
}

/// The document in a format, as lmq writes it in `sub` of the repository.
fn written(document: &Document, format: Format) -> String {
    through(document, |view, out| write(format, view, out).expect("memory takes it"))
}

fn through(document: &Document, write: impl Fn(&View<'_>, &mut Vec<u8>)) -> String {
    let root = Root::new(Path::new("/r"), Path::new("/r/sub"));
    let secret = Secret::new("a secret that nobody may see");
    let redactor = Redactor::new([&secret]);
    let view = View {
        document,
        columns: &document.columns,
        width: None,
        json: JsonForm::Pretty,
        redactor: &redactor,
        root: &root,
    };
    let mut out = Vec::new();
    write(&view, &mut out);
    String::from_utf8(out).expect("it is text")
}

const ALL: [Format; 4] = [Format::Junit, Format::Sarif, Format::Github, Format::Gitlab];

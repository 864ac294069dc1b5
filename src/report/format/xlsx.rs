//! A workbook: a sheet of rows with typed cells, and a sheet `Run` that says what they cover. A text is never a formula.

use std::borrow::Cow;
use std::io::{self, Seek as _, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, Workbook, Worksheet, XlsxError};

use super::{FormatError, Report, View};
use crate::auth::Redactor;
use crate::catalog::{Field, FieldType};
use crate::report::column::cells;
use crate::row::Cell;
use crate::text;

/// Rows that a sheet holds, the header among them.
const MAX_ROWS: usize = 1_048_576;
/// Characters that a cell holds.
const MAX_TEXT: usize = 32_767;
/// Characters of a longer text that are kept, with a word on the rest behind.
const KEPT_TEXT: usize = 32_000;
/// The widest column, in characters.
const MAX_WIDTH: usize = 60;
/// The narrowest: a heading with the button of its filter.
const MIN_WIDTH: usize = 8;
/// Beyond this a number of a spreadsheet is not exact.
const MAX_EXACT: i64 = 1 << 53;

/// The headings of the sheet of findings, and how wide each column is.
const FINDING_COLUMNS: [(&str, f64); 10] = [
    ("severity", 10.0),
    ("expectation", 24.0),
    ("message", 60.0),
    ("portal", 16.0),
    ("tokenType", 10.0),
    ("id", 10.0),
    ("waivedBy", 16.0),
    ("reason", 40.0),
    ("expires", 12.0),
    ("fingerprint", 20.0),
];

pub(super) struct Xlsx;

impl Report for Xlsx {
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
        let View { document, .. } = view;
        let found = document.findings.len() + document.waived.len();
        for (count, what) in [(document.records.rows.len(), "rows"), (found, "findings")] {
            if count >= MAX_ROWS {
                let message = format!("{count} {what}, and a sheet holds {}", MAX_ROWS - 1);
                return Err(FormatError::Io(io::Error::new(io::ErrorKind::FileTooLarge, message)));
            }
        }
        let mut workbook = workbook(view).map_err(failed)?;
        // A workbook is put together with jumps to and fro, which what waits for stdout does not take.
        let mut file = tempfile::tempfile()?;
        workbook.save_to_writer(&mut file).map_err(failed)?;
        file.rewind()?;
        io::copy(&mut file, out)?;
        Ok(())
    }
}

fn failed(error: XlsxError) -> FormatError {
    FormatError::Io(match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error.to_string()),
    })
}

fn workbook(view: &View<'_>) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // The run's time, so that the same document gives the same bytes.
    let started: Option<jiff::Timestamp> = view.document.run.started_at.parse().ok();
    let created = ExcelDateTime::from_timestamp(started.map_or(0, jiff::Timestamp::as_second))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    rows(workbook.add_worksheet_with_constant_memory()?, view)?;
    if view.document.has_findings() {
        findings(workbook.add_worksheet_with_constant_memory()?, view)?;
    }
    run(workbook.add_worksheet_with_constant_memory()?, view)?;
    Ok(workbook)
}

fn rows(sheet: &mut Worksheet, view: &View<'_>) -> Result<(), XlsxError> {
    let View { document, columns, redactor, .. } = view;
    let (bold, time) = (Look::new().set_bold(), Look::new().set_num_format("yyyy-mm-dd hh:mm:ss"));
    let layout = &document.records.layout;
    let name = if document.is_differences() { "Changes" } else { "Tokens" };
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    let mut widths = Vec::with_capacity(columns.len());
    for (at, column) in (0..).zip(*columns) {
        let title = text(&column.title, redactor);
        // The button of the filter takes place, too.
        widths.push(title.chars().count() + 3);
        sheet.write_string_with_format(0, at, title.as_ref(), &bold)?;
    }
    for (line, row) in (1..).zip(&document.records.rows) {
        let cells = cells(columns, row, layout);
        for ((at, cell), column) in (0..).zip(&cells).zip(*columns) {
            let shown = Shown { field: column.field(layout), time: &time, redactor };
            let width = put(sheet, (line, at), cell, &shown)?;
            let widest = &mut widths[usize::from(at)];
            *widest = width.max(*widest);
        }
    }
    for (at, width) in (0..).zip(&widths) {
        let width = u8::try_from((*width).clamp(MIN_WIDTH, MAX_WIDTH)).unwrap_or(u8::MAX);
        sheet.set_column_width(at, f64::from(width) + 1.0)?;
    }
    if let (Some(last), Ok(line)) = (columns.len().checked_sub(1), u32::try_from(document.records.rows.len()))
    {
        sheet.autofilter(0, 0, line, u16::try_from(last).unwrap_or(u16::MAX))?;
    }
    Ok(())
}

/// How a cell is shown.
struct Shown<'a> {
    field: Option<&'static Field>,
    time: &'a Look,
    redactor: &'a Redactor,
}

/// Writes a cell, and gives the characters it takes.
fn put(
    sheet: &mut Worksheet,
    (line, at): (u32, u16),
    cell: &Cell,
    how: &Shown<'_>,
) -> Result<usize, XlsxError> {
    let Shown { field, time, redactor } = *how;
    let is_time = field.is_some_and(|field| field.kind == FieldType::EpochSeconds);
    let shown: Cow<'_, str> = match cell {
        Cell::Null => return Ok(0),
        Cell::Int(0) if field.is_some_and(|field| field.zero_is_null) => return Ok(0),
        Cell::Bool(value) => return sheet.write_boolean(line, at, *value).map(|_| 5),
        Cell::Int(value) => {
            if let Some(moment) = is_time.then(|| ExcelDateTime::from_timestamp(*value).ok()).flatten() {
                sheet.write_datetime_with_format(line, at, &moment, time)?;
                return Ok(19);
            }
            if value.checked_abs().is_some_and(|size| size <= MAX_EXACT) {
                #[expect(clippy::cast_precision_loss, reason = "it is exact up to this size")]
                sheet.write_number(line, at, *value as f64)?;
                return Ok(value.to_string().len());
            }
            value.to_string().into()
        }
        Cell::Text(value) => text(value, redactor),
        Cell::List(items) => text(&items.join("; "), redactor).into_owned().into(),
        Cell::Other(value) => text(&value.to_string(), redactor).into_owned().into(),
    };
    sheet.write_string(line, at, shown.as_ref())?;
    Ok(shown.lines().map(|line| line.chars().count()).max().unwrap_or(0))
}

/// A text that XML and a cell can hold, without secrets: in the packed workbook nobody finds them. What is cut says so.
fn text<'t>(value: &'t str, redactor: &Redactor) -> Cow<'t, str> {
    let clean = redactor.text(value);
    let lines = if clean.contains("\r\n") { Cow::Owned(clean.replace("\r\n", "\n")) } else { clean };
    let shown = match lines {
        Cow::Borrowed(lines) => text::inert(lines),
        Cow::Owned(lines) => Cow::Owned(text::inert(&lines).into_owned()),
    };
    let shown = if shown.contains(['\u{fffe}', '\u{ffff}']) {
        Cow::Owned(shown.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}"))
    } else {
        shown
    };
    // A spreadsheet counts in units of UTF-16.
    if shown.len() <= MAX_TEXT || shown.encode_utf16().count() <= MAX_TEXT {
        return shown;
    }
    let mut units = 0;
    let kept: String = shown
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= KEPT_TEXT
        })
        .collect();
    format!("{kept}… (cut here: the text has {} characters, a cell holds {MAX_TEXT})", shown.chars().count())
        .into()
}

/// What was found, a line each, those that are accepted last.
fn findings(sheet: &mut Worksheet, view: &View<'_>) -> Result<(), XlsxError> {
    let View { document, redactor, .. } = view;
    let bold = Look::new().set_bold();
    sheet.set_name("Findings")?.set_freeze_panes(1, 0)?;
    for (at, (title, width)) in (0..).zip(FINDING_COLUMNS) {
        sheet.write_string_with_format(0, at, title, &bold)?.set_column_width(at, width)?;
    }
    let all = document.findings.iter().chain(&document.waived);
    for (line, finding) in (1..).zip(all) {
        let waiver = finding.waiver.as_ref();
        let words = [
            Some(finding.severity.name()),
            Some(&finding.id),
            Some(&finding.message),
            Some(&finding.portal),
            finding.token_type.as_deref(),
            None,
            waiver.map(|waiver| waiver.owner.as_str()),
            waiver.map(|waiver| waiver.reason.as_str()),
            waiver.map(|waiver| waiver.expires.as_str()),
            Some(&finding.fingerprint),
        ];
        for (at, words) in (0..).zip(words) {
            match (at, words, finding.token_id) {
                (5, _, Some(id)) => {
                    put(sheet, (line, at), &Cell::Int(id), &Shown { field: None, time: &bold, redactor })?;
                }
                (_, Some(words), _) => {
                    sheet.write_string(line, at, text(words, redactor).as_ref())?;
                }
                (_, None, _) => {}
            }
        }
    }
    Ok(())
}

/// What the rows cover. Of an incomplete run, the workbook opens with it.
fn run(sheet: &mut Worksheet, view: &View<'_>) -> Result<(), XlsxError> {
    let View { document, redactor, .. } = view;
    let run = &document.run;
    let verdict = match (document.is_incomplete(), document.is_differences()) {
        (true, true) => "INCOMPLETE: differences may be missing",
        (true, false) => "INCOMPLETE: the list may be short",
        (false, _) => run.verdict,
    };
    let mut facts = vec![("Query", document.query.name.clone()), ("Verdict", verdict.to_owned())];
    facts.extend(run.reasons.iter().map(|reason| ("Reason", reason.clone())));
    facts.extend(run.warnings.iter().map(|warning| ("Warning", warning.clone())));
    facts.push(("Sandbox", if run.sandbox { "yes: these tokens are made up" } else { "no" }.to_owned()));
    facts.extend(document.query.description.iter().map(|text| ("Description", text.clone())));
    if !document.is_differences() {
        facts.push(("Tokens", format!("{} of {}", document.count, document.total)));
    }
    if let Some(diff) = &document.diff {
        facts.push(("Changes", diff.headline(&run.started_at)));
        facts.push(("Compared", diff.fields.join(", ")));
    }
    facts.extend(document.portals.iter().map(|portal| {
        ("Portal", format!("{}, {}, seen with {}", portal.name, portal.host, portal.credential))
    }));
    facts.extend(document.listings.iter().map(|listing| {
        let kind = listing.kind;
        (
            "Listing",
            format!("{} {}: {kind}, {}, {}", listing.portal, listing.path, listing.rows, listing.verdict),
        )
    }));
    facts.push(("Started", run.started_at.clone()));
    facts.push(("Finished", run.finished_at.clone()));
    facts.push(("File", format!("{} (SHA-256 {})", document.query.file, document.query.sha256)));
    facts.push(("lmq", run.lmq_version.clone()));
    let bold = Look::new().set_bold();
    sheet.set_name("Run")?.set_column_width(0, 14)?.set_column_width(1, 100)?;
    for (line, (name, value)) in (0..).zip(&facts) {
        sheet.write_string_with_format(line, 0, *name, &bold)?;
        sheet.write_string(line, 1, text(value, redactor).as_ref())?;
    }
    if document.is_incomplete() {
        sheet.set_active(true);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_its_cell_and_says_what_is_cut() {
        let text = |value: &str| super::text(value, &Redactor::default()).into_owned();
        let most = "ü".repeat(MAX_TEXT);
        assert_eq!(text(&most), most);
        for long in ["ü".repeat(MAX_TEXT + 1), "😀".repeat(MAX_TEXT / 2 + 1)] {
            let shown = text(&long);
            assert!(
                shown.encode_utf16().count() <= MAX_TEXT && shown.contains("cut here"),
                "{}",
                shown.len()
            );
        }
        assert_eq!(text("a\u{1b}\r\nb\u{ffff}\u{202e}"), "a\\u{1b}\nb\\u{ffff}\\u{202e}");
    }
}

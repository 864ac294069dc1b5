//! lmq's own formats, a file each. What they are called and which suffix is theirs is `spec::Format`'s.
//!
//! A format that is a list of rows is a [`RowWriter`], and can be written while the rows come in; one that needs the verdict or
//! all rows is a [`Report`] of the whole document.

mod case;
mod csv;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod sarif;
pub(super) mod summary;
mod table;
#[cfg(test)]
mod tests;
mod tsv;
mod xlsx;
mod yaml;

use std::io::{self, Write};
use std::sync::Arc;

pub(super) use json::JsonForm;

use super::column::Column;
use super::document::Document;
use super::found::Found;
use super::template::RenderError;
use crate::auth::Redactor;
use crate::diag::Root;
use crate::row::{Layout, Row};
use crate::spec::Format;

/// A format written row by row.
pub trait RowWriter {
    /// What stands before the rows.
    ///
    /// # Errors
    /// Those of `out`.
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()>;

    /// A row.
    ///
    /// # Errors
    /// Those of `out`.
    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()>;
}

/// A format written once the result is known.
pub(super) trait Report {
    /// The whole report.
    fn write(&self, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError>;
}

/// A document as one output shows it.
pub(super) struct View<'a> {
    pub(super) document: &'a Document,
    /// The columns of the output.
    pub(super) columns: &'a [Column],
    /// The width of the terminal that it goes to, if it does.
    pub(super) width: Option<u16>,
    pub(super) json: JsonForm,
    /// For forms that are no text, or whose escapes hide one; all others are looked through on their way out.
    pub(super) redactor: &'a Redactor,
    /// What files are named relative to where programs look for them.
    pub(super) root: &'a Root,
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum FormatError {
    /// It could not be written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A template met a value that it cannot take.
    #[error("{0}")]
    Template(#[from] RenderError),
}

/// How a format is made.
enum Maker {
    Rows(fn(&[Column], &Arc<Layout>) -> Box<dyn RowWriter>),
    Whole(&'static dyn Report),
    /// A shipped template.
    Template(&'static str),
}

fn maker(format: Format) -> Maker {
    match format {
        Format::Table => Maker::Whole(&table::Table),
        Format::Json => Maker::Whole(&json::Json),
        Format::Ndjson => Maker::Rows(ndjson::writer),
        Format::Csv => Maker::Rows(csv::writer),
        Format::Tsv => Maker::Rows(tsv::writer),
        Format::Markdown => Maker::Whole(&markdown::Markdown),
        Format::Yaml => Maker::Whole(&yaml::Yaml),
        Format::Xlsx => Maker::Whole(&xlsx::Xlsx),
        Format::Html => Maker::Template("tokens.html.hbs"),
        Format::Junit => Maker::Whole(&junit::Junit),
        Format::Sarif => Maker::Whole(&sarif::Sarif),
        Format::Github => Maker::Whole(&github::Github),
        Format::Gitlab => Maker::Whole(&gitlab::Gitlab),
    }
}

/// The shipped template that makes a format, where one does.
pub(super) fn template(format: Format) -> Option<&'static str> {
    match maker(format) {
        Maker::Template(name) => Some(name),
        Maker::Rows(_) | Maker::Whole(_) => None,
    }
}

/// Whether a format is a list of rows.
pub(super) fn is_by_row(format: Format) -> bool {
    matches!(maker(format), Maker::Rows(_))
}

/// The writer of a format that is a list of rows; nothing for the others.
#[must_use]
pub fn row_writer(format: Format, columns: &[Column], layout: &Arc<Layout>) -> Option<Box<dyn RowWriter>> {
    match maker(format) {
        Maker::Rows(make) => Some(make(columns, layout)),
        Maker::Whole(_) | Maker::Template(_) => None,
    }
}

/// Whether each row tells its findings, in a last column or member.
fn tells_findings(format: Format) -> bool {
    is_by_row(format) || format == Format::Xlsx
}

/// Writes a document in a format.
pub(super) fn write(format: Format, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
    let found = Found::of_document(view.document).filter(|_| tells_findings(format));
    let Some(found) = found else { return write_columns(format, view, out) };
    let columns = [view.columns, &[Column::findings(found)]].concat();
    write_columns(format, &View { columns: &columns, ..*view }, out)
}

fn write_columns(format: Format, view: &View<'_>, out: &mut dyn Write) -> Result<(), FormatError> {
    match maker(format) {
        Maker::Whole(report) => report.write(view, out),
        Maker::Rows(make) => {
            let records = &view.document.records;
            let mut writer = make(view.columns, &records.layout);
            writer.begin(out)?;
            records.rows.iter().try_for_each(|row| writer.row(row, out))?;
            Ok(())
        }
        Maker::Template(_) => unreachable!("an output of such a format is prepared as its template"),
    }
}

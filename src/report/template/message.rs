//! Messages of expectations: small templates inside of a query, on the row that should not be, or on a number of rows.

use std::collections::BTreeSet;

use super::context::Context;
use super::lookup::Found;
use super::names::{COUNTED, RECORD};
use super::{Kind, RenderError, Template, checked};
use crate::check::Subject;
use crate::diag::{Diagnostic, Source};
use crate::project::Project;
use crate::report::format::FormatError;
use crate::spec::{Expectation, Query, Wants};

/// A message that was found right: plain text, which each form of report escapes as it does any other.
#[derive(Debug)]
pub struct Message(Template);

impl Message {
    /// Checks the message of an expectation. `fields` are what a row may have.
    ///
    /// # Errors
    /// Every mistake, at its place in the query.
    pub fn of(
        project: &Project,
        query: &Query,
        expectation: &Expectation,
        fields: &[&str],
    ) -> Result<Self, Vec<Diagnostic>> {
        let text = expectation.message.as_str();
        let source = Source::new(format!("the message of `{}`", expectation.id), text);
        let root = match expectation.wants {
            Wants::Few { .. } => RECORD,
            Wants::Count { .. } => COUNTED,
        };
        let found = Found { source, folder: None };
        let name = found.source.name.clone();
        checked(project, found, (Kind::Text, root), fields).map(Self).map_err(|mut mistakes| {
            for mistake in &mut mistakes {
                let labels = std::iter::once(&mut mistake.primary).chain(&mut mistake.related);
                for label in labels.filter(|label| label.source.name == name) {
                    let words = std::mem::take(&mut label.message);
                    *label =
                        query.label_within(&expectation.message_place, text, &label.span).with_message(words);
                }
            }
            mistakes
        })
    }

    /// The fields of a row that it reads.
    #[must_use]
    pub fn fields(&self) -> &BTreeSet<String> {
        self.0.fields()
    }

    /// The message about a row or a number of rows, without control characters. Ages count from `now`, in epoch seconds.
    ///
    /// # Errors
    /// When a helper is given what it cannot take.
    pub fn about(&self, subject: &Subject<'_>, now: i64) -> Result<String, RenderError> {
        let context = match subject {
            Subject::Row(row, layout) => Context::of_row(row, layout, now),
            Subject::Count(count) => Context::of_count(count.clone(), now),
        };
        let mut out = Vec::new();
        match self.0.write(&context, &|| 0, &mut out) {
            Ok(()) => Ok(String::from_utf8_lossy(&out).trim().to_owned()),
            Err(FormatError::Template(error)) => Err(error),
            Err(FormatError::Io(_)) => unreachable!("memory takes what is written"),
        }
    }
}

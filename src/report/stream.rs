//! Reports written while the rows come in, for lists that need not be kept: their rows wait in the drafts for the verdict.

use std::io::Write as _;
use std::sync::Arc;

use super::format::{RowWriter, row_writer};
use super::sink::{Draft, WriteError};
use super::{Prepared, ReportError, Staged, column};
use crate::auth::Redactor;
use crate::row::{Layout, Row};
use crate::spec::ColumnSpec;

/// The drafts of a query's outputs, all of them lists of rows.
pub struct Stream<'a> {
    outputs: Vec<Output<'a>>,
    redactor: &'a Redactor,
    /// What went wrong first; nothing is written after it.
    error: Option<WriteError>,
}

struct Output<'a> {
    prepared: &'a Prepared,
    draft: Draft,
    writer: Box<dyn RowWriter>,
}

impl<'a> Stream<'a> {
    /// Drafts for outputs over rows of this layout; nothing when one of them needs the whole result. `columns` are the query's.
    /// What goes wrong is told by [`Stream::finish`].
    #[must_use]
    pub fn open(
        prepared: &'a [Prepared],
        columns: &[ColumnSpec],
        layout: &Arc<Layout>,
        redactor: &'a Redactor,
    ) -> Option<Self> {
        let writer = |prepared: &Prepared| {
            let columns = column::columns(prepared.columns().unwrap_or(columns), layout);
            row_writer(prepared.row_format()?, &columns, layout)
        };
        let writers: Vec<Box<dyn RowWriter>> = prepared.iter().map(writer).collect::<Option<_>>()?;
        let mut stream = Self { outputs: Vec::new(), redactor, error: None };
        for (prepared, writer) in prepared.iter().zip(writers) {
            match prepared.draft(&Redactor::default()) {
                Ok(draft) => stream.outputs.push(Output { prepared, draft, writer }),
                Err(error) => stream.error = stream.error.or(Some(error)),
            }
        }
        stream.begin();
        Some(stream)
    }

    /// Forgets the rows so far.
    pub fn restart(&mut self) {
        for output in &mut self.outputs {
            match output.prepared.draft(&Redactor::default()) {
                Ok(draft) => output.draft = draft,
                Err(error) => self.error = self.error.take().or(Some(error)),
            }
        }
        self.begin();
    }

    /// Writes a row.
    pub fn row(&mut self, row: &Row) {
        self.each(|output| output.writer.row(row, &mut output.draft));
    }

    /// The drafts, or where they would go when they are withheld.
    ///
    /// # Errors
    /// The first thing that could not be written.
    pub fn finish(self, withheld: bool) -> Result<Staged, ReportError> {
        match self.error {
            Some(error) => Err(error.into()),
            None if withheld => {
                let targets = self.outputs.into_iter().map(|output| output.prepared.target.clone());
                Ok(Staged { drafts: Vec::new(), withheld: targets.collect() })
            }
            None => {
                let drafts = self.outputs.into_iter().map(|output| output.draft).collect();
                Ok(Staged { drafts, withheld: Vec::new() })
            }
        }
    }

    /// What stands before the rows may say what the query says; the rows are the portal's, and clean since they came.
    fn begin(&mut self) {
        let redactor = self.redactor;
        self.each(|output| {
            let mut head = Vec::new();
            output.writer.begin(&mut head)?;
            redactor.bytes(&mut head);
            output.draft.write_all(&head)
        });
    }

    fn each(&mut self, act: impl Fn(&mut Output<'a>) -> std::io::Result<()>) {
        for output in &mut self.outputs {
            if self.error.is_none() {
                self.error = act(output).err().map(|error| output.draft.failed(error));
            }
        }
    }
}

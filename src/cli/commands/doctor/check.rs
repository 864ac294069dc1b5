//! Checks and how they are told: lines for people, a document for programs.

use serde::Serialize;

use crate::cli::args::Form;
use crate::cli::exit::Exit;
use crate::text;

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    Warn,
    /// With what a run would end with.
    Fail(Exit),
    /// One before it failed, or nothing tells.
    Skip,
}

impl Status {
    /// The word for programs.
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail(_) => "fail",
            Self::Skip => "skip",
        }
    }
}

#[derive(Debug, Serialize)]
struct Check {
    /// Null: the settings of all.
    portal: Option<String>,
    #[serde(rename = "check")]
    name: String,
    #[serde(serialize_with = "word")]
    status: Status,
    found: String,
    help: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    checks: &'a [Check],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn word<S: serde::Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.name())
}

/// The checks in their order.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// Whom those that follow are about.
    pub(super) portal: Option<String>,
    list: Vec<Check>,
}

impl Checks {
    pub(super) fn push(
        &mut self,
        name: &str,
        status: Status,
        found: impl Into<String>,
        help: Option<impl Into<String>>,
    ) {
        let (portal, name, help) = (self.portal.clone(), name.to_owned(), help.map(Into::into));
        self.list.push(Check { portal, name, status, found: found.into(), help });
    }

    pub(super) fn ok(&mut self, name: &str, found: impl Into<String>) {
        self.push(name, Status::Ok, found, None::<String>);
    }

    pub(super) fn skip(&mut self, name: &str, found: impl Into<String>) {
        self.push(name, Status::Skip, found, None::<String>);
    }

    /// What a run would end with: the worst of all.
    pub(super) fn exit(&self) -> Exit {
        let failed = self.list.iter().filter_map(|check| match check.status {
            Status::Fail(exit) => Some(exit),
            _ => None,
        });
        failed.max().unwrap_or(Exit::Clean)
    }

    pub(super) fn told(&self, form: Form) -> String {
        match form {
            Form::Table => self.lines(),
            Form::Json => {
                let document = Document { schema: "lmq.doctor/v1", checks: &self.list };
                let json = serde_json::to_string_pretty(&document).expect("strings are JSON");
                text::inert_json(&json).into_owned() + "\n"
            }
        }
    }

    /// A line a check, below the name of its portal; remedies on lines of their own.
    fn lines(&self) -> String {
        let width = self.list.iter().map(|check| check.name.chars().count()).max().unwrap_or_default();
        let mut lines = Vec::new();
        let mut heading: Option<&Option<String>> = None;
        for check in &self.list {
            if heading != Some(&check.portal) {
                heading = Some(&check.portal);
                lines.push(check.portal.as_deref().unwrap_or("settings").to_owned());
            }
            let status = if matches!(check.status, Status::Fail(_)) { "FAIL" } else { check.status.name() };
            lines.push(format!("  {status:<4}  {:<width$}  {}", check.name, check.found));
            let help = check.help.iter().flat_map(|help| help.lines());
            lines.extend(help.map(|line| format!("        help: {line}")));
        }
        lines.iter().map(|line| text::inert_line(line).into_owned() + "\n").collect()
    }
}

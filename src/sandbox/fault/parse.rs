//! A specification: `[PORTAL/]NAME[=VALUE][@PAGE][xTIMES]`.

use std::num::NonZeroU32;

use super::Fault;
use super::table::{Entry, FAULTS, Value};
use crate::text::{inert_line, listed, nearest, shortened};

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No fault has that name.
    #[error("there is no fault `{}`", shown(.0))]
    Unknown(String),
    /// It needs a value and has none.
    #[error("the fault `{}` needs a value", .0.name)]
    NoValue(&'static Entry),
    /// It has a value and takes none.
    #[error("the fault `{}` takes no value", .0.name)]
    NeedlessValue(&'static Entry),
    /// Its value is no number, or one that it cannot take.
    #[error("`{}` is no value of the fault `{}`", shown(.1), .0.name)]
    BadValue(&'static Entry, String),
    /// The portal, page or number of times is no number from 1.
    #[error("`{}` is no {}", shown(.1), .0)]
    BadNumber(&'static str, String),
}

impl FaultError {
    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unknown(name) => {
                let names = FAULTS.iter().map(|entry| entry.name);
                let near = nearest(name, names.clone());
                let near = near.map(|near| format!("did you mean `{near}`?\n")).unwrap_or_default();
                format!("{near}the faults: {}", listed(names))
            }
            Self::NeedlessValue(entry) => format!("write `{}`", entry.name),
            Self::NoValue(entry) | Self::BadValue(entry, _) => match &entry.value {
                Some(Value { placeholder, range, .. }) => {
                    let (usage, start, end) = (entry.usage(), range.start(), range.end());
                    format!("write `{usage}`, where {placeholder} is from {start} to {end}")
                }
                None => format!("write `{}`", entry.name),
            },
            Self::BadNumber(..) => {
                "write `[PORTAL/]NAME[=VALUE][@PAGE][xTIMES]`; portals, pages and times count from 1"
                    .to_owned()
            }
        }
    }
}

fn shown(text: &str) -> String {
    inert_line(&shortened(text, 40)).into_owned()
}

impl Fault {
    /// Reads a specification.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, FaultError> {
        let (portal, rest) = match text.split_once('/') {
            Some((portal, rest)) => (Some(count("number of a portal", portal)?), rest),
            None => (None, text),
        };
        let (rest, times) = match rest.rsplit_once('x') {
            Some((rest, times)) if !times.is_empty() && times.bytes().all(|byte| byte.is_ascii_digit()) => {
                (rest, Some(count("number of times", times)?.get()))
            }
            _ => (rest, None),
        };
        let (rest, page) = match rest.split_once('@') {
            Some((rest, page)) => (rest, Some(u64::from(count("number of a page", page)?.get()))),
            None => (rest, None),
        };
        let (name, value) = match rest.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (rest, None),
        };
        let entry = FAULTS.iter().find(|entry| entry.name == name);
        let entry = entry.ok_or_else(|| FaultError::Unknown(name.to_owned()))?;
        Ok(Self { portal, entry, value: read_value(entry, value)?, page, times })
    }
}

fn read_value(entry: &'static Entry, written: Option<&str>) -> Result<i64, FaultError> {
    match (&entry.value, written) {
        (None, None) => Ok(0),
        (None, Some(_)) => Err(FaultError::NeedlessValue(entry)),
        (Some(value), None) => value.default.ok_or(FaultError::NoValue(entry)),
        (Some(value), Some(text)) => {
            let number = text.parse().ok().filter(|number| value.range.contains(number));
            number.ok_or_else(|| FaultError::BadValue(entry, text.to_owned()))
        }
    }
}

fn count(what: &'static str, text: &str) -> Result<NonZeroU32, FaultError> {
    text.parse().map_err(|_| FaultError::BadNumber(what, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        let cases = [
            ("reset", "reset"),
            ("status=503", "status=503"),
            ("429", "429=60"),
            ("429=5@2x3", "429=5@2x3"),
            ("12/total=+40", "12/total=40"),
            ("total=-40@7", "total=-40@7"),
            ("no-idx3", "no-idx3"),
            ("deletex1", "delete=1x1"),
            ("skew=-3600", "skew=-3600"),
        ];
        for (text, expected) in cases {
            let fault = Fault::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(fault.to_string(), expected);
            assert_eq!(Fault::parse(expected).as_ref(), Ok(&fault));
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_a_remedy() {
        let cases = [
            ("resett", "there is no fault `resett`", "did you mean `reset`?"),
            ("", "there is no fault ``", "the faults: `status`"),
            ("x", "there is no fault `x`", "`echo-note`"),
            ("a\u{1b}b", "there is no fault `a\\u{1b}b`", "`reset`"),
            ("status", "the fault `status` needs a value", "`status=N`, where N is from 400 to 599"),
            ("status=200", "`200` is no value of the fault `status`", "from 400 to 599"),
            ("latency=5s", "`5s` is no value of the fault `latency`", "`latency=MS`"),
            ("429=", "`` is no value of the fault `429`", "`429[=SECONDS]`"),
            ("reset=1", "the fault `reset` takes no value", "write `reset`"),
            ("reset@0", "`0` is no number of a page", "count from 1"),
            ("reset@", "`` is no number of a page", "count from 1"),
            ("resetx0", "`0` is no number of times", "count from 1"),
            ("resetx99999999999", "`99999999999` is no number of times", "count from 1"),
            ("a/reset", "`a` is no number of a portal", "count from 1"),
            ("0/reset", "`0` is no number of a portal", "count from 1"),
        ];
        for (text, message, remedy) in cases {
            let error = Fault::parse(text).expect_err(text);
            assert_eq!(error.to_string(), message);
            assert!(error.help().contains(remedy), "{text}: {}", error.help());
        }
    }

    #[test]
    fn names_and_troubles_stand_once_and_defaults_are_in_range() {
        for (index, entry) in FAULTS.iter().enumerate() {
            for other in &FAULTS[index + 1..] {
                assert!(entry.name != other.name && entry.trouble != other.trouble, "{}", entry.name);
            }
            if let Some(Value { default: Some(default), range, .. }) = &entry.value {
                assert!(range.contains(default), "{}", entry.name);
            }
        }
    }
}

//! The values of `-f`: the names of lmq's formats.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

use crate::spec::Format;

/// Takes the name of a format.
#[derive(Debug, Clone, Copy)]
pub(super) struct FormatParser;

impl TypedValueParser for FormatParser {
    type Value = Format;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Format, Error> {
        let word = value.to_string_lossy();
        if Format::OF_FINDINGS.contains(&word.as_ref()) {
            let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(command);
            let flag = arg.map(ToString::to_string).unwrap_or_default();
            error.insert(ContextKind::InvalidArg, ContextValue::String(flag));
            error.insert(ContextKind::InvalidValue, ContextValue::String(word.into_owned()));
            let why = "it is for findings, and a query without expectations has none".to_owned();
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![why.into()]));
            return Err(error);
        }
        let names = PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name()));
        let name = names.parse_ref(command, arg, value)?;
        Ok(Format::by_name(&name).expect("the names are those of the formats"))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Format::ALL.iter().map(|format| PossibleValue::new(format.name()))))
    }
}

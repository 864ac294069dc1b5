//! `--fault`: specifications made into faults, and the table of them for `--help`.

use std::fmt::Write as _;

use super::settings::BadFlag;
use crate::sandbox::{FAULTS, Fault};

/// The faults of these specifications, for this many portals.
pub(super) fn read(specs: &[String], portals: u32) -> Result<Vec<Fault>, BadFlag> {
    specs.iter().map(|spec| read_one(spec, portals)).collect()
}

fn read_one(spec: &str, portals: u32) -> Result<Fault, BadFlag> {
    let fault = Fault::parse(spec)
        .map_err(|error| BadFlag { message: format!("--fault: {error}"), help: Some(error.help()) })?;
    match fault.portal() {
        Some(number) if number > portals => Err(BadFlag {
            message: format!("--fault: `{fault}` is for portal {number}, and there is no such portal"),
            help: Some("portals count from 1; `lmq sandbox --portals N` serves several".to_owned()),
        }),
        _ => Ok(fault),
    }
}

/// A text of help with the table of faults below it.
pub(super) fn with_table(help: &str) -> String {
    let mut text = format!("{help}\n\nFaults, each as [PORTAL/]NAME[=VALUE][@PAGE][xTIMES]:\n");
    for entry in FAULTS {
        writeln!(text, "  {:<22} {}", entry.usage(), entry.meaning).expect("writing to a string cannot fail");
    }
    text.push_str("Without @PAGE a fault plays on every page, without xTIMES every time.");
    text
}

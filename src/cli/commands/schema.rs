//! `lmq schema`: the JSON Schema of what people write and programs read.

use crate::cli::args::{SchemaArgs, SchemaOf};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::{config, report, spec};

/// Prints a schema.
pub(in crate::cli) fn run(args: &SchemaArgs, console: &mut Console<'_, '_>) -> Exit {
    let schema = match args.of {
        SchemaOf::Query => spec::schema(),
        SchemaOf::Config => config::schema(),
        SchemaOf::Result => report::schema(),
    };
    console.result(&format!("{schema:#}\n"))
}

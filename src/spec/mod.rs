//! The query file: YAML in, a [`Query`] out that is valid by construction, or every mistake of the file at once.
//!
//! `scan` refuses what no parser should see, `node` is the YAML with its places, `reader` collects mistakes, `load` reads
//! key by key, `spans` finds places in the text once there is something to show. Templates that a query names are checked
//! in `report`, listings are made in `plan`.

mod columns;
mod fields;
mod filters;
mod load;
mod node;
mod outputs;
mod place;
mod query;
mod reader;
mod scan;
mod schema;
mod spans;
mod var_file;
mod vars;

pub use load::load;
pub use place::Place;
pub use query::{
    ColumnSource, ColumnSpec, Destination, Format, Output, OutputKind, PermissionFilter, Pushdown, Query,
    SortKey, TokenKind,
};
pub use schema::schema;
pub use var_file::load_var_file;
pub use vars::{Inputs, Missing, Origin, VarFile, VarKind, VarValue, Variable};

/// Most bytes of a query file.
pub const MAX_QUERY_BYTES: u64 = 256 * 1024;

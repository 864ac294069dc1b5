//! The query file: YAML in, a [`Query`] out that is valid by construction, or every mistake of the file at once.
//!
//! `load` reads key by key, `vars` puts variables in first. Reading YAML with its places is `yaml`'s. Templates that a query
//! names are checked in `report`, listings are made in `plan`.

mod columns;
mod expect;
mod fields;
mod filters;
mod format;
mod load;
mod outputs;
mod query;
mod schema;
mod var_file;
mod vars;
mod waivers;

pub use expect::{Expectation, Severity, Wants};
pub use format::{About, Content, Format, Sharing, Subject, Verdicts};
pub use load::{Draft, draft, is_name, load};
pub use query::{
    ColumnSource, ColumnSpec, Destination, Output, OutputKind, PermissionFilter, Pushdown, Query, SortKey,
    TokenKind,
};
pub use schema::schema;
pub use var_file::load_var_file;
pub use vars::{Inputs, Missing, Origin, VarFile, VarKind, VarValue, Variable};
pub use waivers::{Waiver, Waivers, load_waivers, waivers_file};

/// Most bytes of a query file.
pub const MAX_QUERY_BYTES: u64 = 256 * 1024;

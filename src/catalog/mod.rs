//! What the API offers, as data: endpoints, their parameters, their fields. A new endpoint is an entry here, not code.
//!
//! Source of the facts: LogicMonitor's "Getting API Token Details" (`getApiTokenList`, `getApiTokenListByAdminId` in the
//! v3 Swagger). Reading rows is in `row`, the meaning of filters in `filter`.

mod token;

pub use token::{ENDPOINTS, TOKEN_FIELDS};

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// An integer (int32 or int64).
    Integer,
    /// A string.
    Text,
    /// A list of strings.
    TextList,
    /// A time, in seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// True or false.
    Boolean,
}

impl FieldType {
    /// The word with its article, for "which is …".
    #[must_use]
    pub fn with_article(self) -> String {
        let article = if self == Self::Integer { "an" } else { "a" };
        format!("{article} {}", self.name())
    }

    /// The word for messages and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Text => "string",
            Self::TextList => "list of strings",
            Self::EpochSeconds => "time (epoch seconds)",
            Self::Boolean => "boolean",
        }
    }
}

/// Which conditions on a field the portal is sure to understand as lmq does (`pushdown: safe`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushdown {
    /// None.
    Never,
    /// Equality of plain ASCII text, and lists of it.
    PlainText,
    /// Equality, lists, and the order of numbers.
    Number,
}

/// Where a field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The API sends it.
    Api,
    /// lmq works it out of the API field named here (empty: of the listing itself).
    Derived(&'static str),
}

/// Which rows the portal sends a field in; in others the member may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// In all.
    Always,
    /// Not in those of bearer tokens.
    OfLmv1,
    /// In those of tokens that were used.
    OnceUsed,
    /// In those that have a value.
    IfAny,
}

/// A field of an endpoint's rows.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The API's name, camelCase and case-sensitive.
    pub name: &'static str,
    /// The type of its values.
    pub kind: FieldType,
    /// What it tells, in a sentence.
    pub meaning: &'static str,
    /// API or derived.
    pub origin: Origin,
    /// What `pushdown: safe` may send of it.
    pub pushdown: Pushdown,
    /// Key material: never asked for by default, and only ever shown masked.
    pub secret: bool,
    /// 0 means the same as null ("never").
    pub zero_is_null: bool,
    /// Every row has it: null would leave a condition on it undecided.
    pub always: bool,
    /// Which rows have it as a member, be it null.
    pub sent: Sent,
    /// The only values it has; empty: any.
    pub values: &'static [&'static str],
    /// Words for some of its values, for reports that people read.
    pub labels: &'static [(i64, &'static str)],
}

impl Field {
    /// Whether the API sends it.
    #[must_use]
    pub fn is_api(&self) -> bool {
        self.origin == Origin::Api
    }
}

/// A list operation of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The path below `/santaba/rest`, with its parameter in braces if it has one.
    pub path: &'static str,
    /// The short name, shared by the variants of one list.
    pub short: &'static str,
    /// The path parameter, such as `adminId`.
    pub path_parameter: Option<&'static str>,
    /// What it lists, for messages and reports.
    pub title: &'static str,
    /// The fields of its rows, the API's first.
    pub fields: &'static [Field],
}

impl Endpoint {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields a query gets without `fields`: all documented ones but key material.
    pub fn default_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.is_api() && !field.secret)
    }
}

/// The endpoint with exactly this path.
#[must_use]
pub fn by_path(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// The endpoint of a short name, by whether its path parameter is given.
#[must_use]
pub fn by_short(short: &str, with_parameter: bool) -> Option<&'static Endpoint> {
    ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.short == short && endpoint.path_parameter.is_some() == with_parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_documented_fields_and_an_id() {
        let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
        assert_eq!(endpoint.fields.iter().filter(|field| field.is_api()).count(), 13);
        assert_eq!(endpoint.default_fields().count(), 12);
        assert!(endpoint.default_fields().all(|field| field.name != "accessKey"));
        assert_eq!(endpoint.field("id").map(|field| field.kind), Some(FieldType::Integer));
    }

    #[test]
    fn the_short_name_has_both_variants() {
        assert_eq!(by_short("apitokens", false).map(|e| e.path), Some("/setting/admins/apitokens"));
        assert_eq!(by_short("apitokens", true).map(|e| e.path), Some("/setting/admins/{adminId}/apitokens"));
        assert_eq!(by_short("users", false), None);
    }
}

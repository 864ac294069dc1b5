//! The query string of a request.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Listing;
use crate::spec::TokenKind;

/// Everything but RFC 3986's unreserved characters and `*`. A `+` would be read as a space.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');

/// LMv1 tokens are what the API lists without a `type`; `bearer` is the one value it takes.
pub(super) fn query_string(listing: &Listing, offset: u64, size: u32) -> String {
    let mut out = String::new();
    if listing.kind == TokenKind::Bearer {
        out.push_str("type=bearer&");
    }
    if let Some(permission) = listing.permission {
        write!(out, "permission={}&", permission.name()).expect("writing to a string cannot fail");
    }
    if let Some(filter) = &listing.filter {
        write!(out, "filter={}&", utf8_percent_encode(filter, ENCODED))
            .expect("writing to a string cannot fail");
    }
    let fields = listing.fields.join(",");
    write!(out, "fields={fields}&sort=id&size={size}&offset={offset}")
        .expect("writing to a string cannot fail");
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::plan;
    use crate::diag::Source;
    use crate::spec::{Inputs, load};

    fn url(text: &str) -> String {
        let (query, _) = load(&Source::new("q.yaml", text), &Inputs::default());
        plan(&query.expect("a valid query"), &BTreeSet::new(), 0).listings[0].query_string(49, 50)
    }

    #[test]
    fn lmv1_sends_no_type() {
        let url = url("endpoint: apitokens\nfields: [id]\n");
        assert_eq!(url, "fields=id,adminName,status,createdOn,lastUsedOn,accessId&sort=id&size=50&offset=49");
    }

    #[test]
    fn bearer_sends_type_permission_and_a_filter_encoded_twice() {
        let url = url("endpoint: apitokens\ntype: bearer\npermission: traces\nfields: [id]\npushdown: all\n\
             filters: ['adminName:\"svc+ci@example.com\"']\n");
        assert!(
            url.starts_with(
                "type=bearer&permission=traces&filter=adminName%3A%22svc%252Bci%2540example.com%22&fields=id,adminName,"
            ),
            "{url}"
        );
    }
}

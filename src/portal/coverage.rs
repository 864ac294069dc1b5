//! Whether the caller sees what there is. A role that may not see tokens makes lists shorter without a word: what tells is
//! that the caller's own token is not among them.

use std::sync::Arc;

use super::ask::{Asker, Observe};
use super::listing;
use super::verify::Sight;
use super::{Access, Walked};
use crate::auth::Credentials;
use crate::catalog;
use crate::filter::{self, Condition};
use crate::plan::{Listing, Part};
use crate::row::{Cell, Layout, Name, Row};
use crate::spec::TokenKind;

/// What the probe for the caller's own token found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Coverage {
    /// The caller sees itself.
    Visible,
    /// It does not.
    Blind,
    /// The probe failed.
    Unknown(String),
}

/// What a key that does not see itself lacks.
pub(super) const BLIND: &str = "this key cannot see itself; it needs Settings > User Access: View";
/// The listing that has the caller's own token, whatever its owner.
const ACROSS_USERS: &str = "/setting/admins/apitokens";

impl Asker {
    /// Says of each listing of this portal whether the caller may have seen too little.
    pub(super) async fn cover(&self, walked: &mut [(Walked, Sight)], observe: Observe<'_>) {
        let Access::Granted(credentials) = &self.portal.access else { return };
        let Credentials::Lmv1 { access_id, .. } = credentials else {
            unproven(walked);
            return;
        };
        if walked.iter().any(|(_, sight)| *sight == Sight::Seen) {
            // Nothing to ask: there it was. Set already: an earlier query has asked.
            let _ = self.coverage.set(Coverage::Visible);
        }
        for (walked, sight) in walked {
            if !walked.reasons.is_empty() || *sight == Sight::Seen {
                continue;
            }
            let coverage = self.coverage.get_or_init(|| self.probe(access_id, observe)).await;
            let of_all = is_of_all(&walked.listing) && walked.part == Part::ALL;
            match coverage {
                Coverage::Visible if of_all && (*sight == Sight::Missing || walked.rows_read == 0) => {
                    let reason =
                        "this key's own token is not in the list, and is there when it is asked for alone";
                    walked.reasons.push(reason.to_owned());
                }
                Coverage::Visible => {}
                Coverage::Blind => walked.reasons.push(BLIND.to_owned()),
                Coverage::Unknown(error) => {
                    walked.reasons.push(format!("cannot tell whether this key sees itself: {error}"));
                }
            }
        }
    }

    /// Asks for the caller's own token.
    async fn probe(&self, access_id: &str, observe: Observe<'_>) -> Coverage {
        let (listing, layout) = own_token(access_id);
        let (walked, error) = listing::walk_all(self, &listing, &Arc::clone(&layout), observe).await;
        if walked.rows.iter().any(|row| is_own(row, access_id)) {
            return Coverage::Visible;
        }
        match error {
            Some(error) => Coverage::Unknown(error.to_string()),
            None if walked.reasons.is_empty() => Coverage::Blind,
            None => Coverage::Unknown(walked.reasons.join("; ")),
        }
    }
}

/// The question for the token with this access id, and what its rows are like.
pub(super) fn own_token(access_id: &str) -> (Listing, Arc<Layout>) {
    let endpoint = catalog::by_path(ACROSS_USERS).expect("the catalogue has the tokens of all users");
    let field = |name| endpoint.field(name).expect("tokens have an id and an access id");
    let own = Condition::equals(field("accessId"), access_id);
    let layout = Layout::new(vec![Name::Known(field("id")), Name::Known(field("accessId"))]);
    let listing = Listing {
        path: ACROSS_USERS.to_owned(),
        path_template: endpoint.path,
        kind: TokenKind::Lmv1,
        permission: None,
        fields: vec!["id".to_owned(), "accessId".to_owned()],
        filter: Some(filter::encode(&[&own])),
        filter_shown: Some(own.to_string()),
    };
    (listing, layout)
}

/// Whether a row of that layout is the token with this access id.
pub(super) fn is_own(row: &Row, access_id: &str) -> bool {
    matches!(row.cell(1), Cell::Text(text) if *text == access_id)
}

/// Whether the caller's own `LMv1` token belongs into it.
fn is_of_all(listing: &Listing) -> bool {
    listing.path == ACROSS_USERS && listing.kind == TokenKind::Lmv1 && listing.filter.is_none()
}

/// A bearer token cannot be asked for: its listing shows no access id. Rows of any listing show that the caller may look.
fn unproven(walked: &mut [(Walked, Sight)]) {
    if walked.iter().any(|(walked, _)| walked.rows_read > 0 || !walked.reasons.is_empty()) {
        return;
    }
    for (walked, _) in walked {
        walked.reasons.push(
            "zero rows are unproven: with bearer credentials lmq cannot ask for the caller's own token"
                .to_owned(),
        );
    }
}

//! Why lmq decides a condition and the portal does not.

use super::Plan;
use crate::filter::{self, Condition};
use crate::spec::{Pushdown, Query};

/// Why the portal is not asked to decide one of the plan's conditions; `None` when it is.
#[must_use]
pub fn why_local(query: &Query, plan: &Plan, condition: &Condition) -> Option<String> {
    if plan.sent.contains(condition) {
        return None;
    }
    let reason = match query.pushdown {
        Pushdown::None => Some("`pushdown: none` sends nothing".to_owned()),
        Pushdown::Safe => filter::why_not_safe(condition),
        Pushdown::All => filter::why_not_sayable(condition, plan.conditions.len() == 1),
    };
    Some(reason.unwrap_or_else(|| "with it the filter would be too long for a URL".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::plan;
    use super::*;
    use crate::diag::Source;
    use crate::spec::{Inputs, load};

    fn reasons(pushdown: &str, filters: &str) -> Vec<Option<String>> {
        let text = format!("endpoint: apitokens\npushdown: {pushdown}\nfilters: [{filters}]\n");
        let (query, diagnostics) = load(&Source::new("q.yaml", &*text), &Inputs::default());
        let query = query.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let plan = plan(&query, &BTreeSet::new(), 0);
        plan.conditions.iter().map(|condition| why_local(&query, &plan, condition)).collect()
    }

    #[test]
    fn what_is_not_sent_has_a_reason_that_fits() {
        let cases = [
            ("none", "status: 2", "pushdown: none"),
            ("safe", "idleDays: {gt: 9}", "the API has no `idleDays`"),
            ("safe", "roles: admin", "nothing on `roles`"),
            ("safe", "adminName: {contains: a}", "no `contains` on `adminName`, only `eq`"),
            ("safe", "adminName: a+b", "more than ASCII letters"),
            ("safe", "any: [status: 1, status: 2]", "no `any`"),
            ("all", "idleDays: {gt: 9}", "the API has no `idleDays`"),
            ("all", "note: a*", "wildcard"),
            ("all", "lastUsedOn: {empty: true}", "two forms of empty"),
            ("all", "any: [status: {ne: [1, 2]}, id: 3]", "several conditions"),
        ];
        for (pushdown, filters, part) in cases {
            let reasons = reasons(pushdown, filters);
            let [Some(reason)] = &reasons[..] else { panic!("{filters}: {reasons:?}") };
            assert!(reason.contains(part), "{filters}: {reason}");
        }
        let beside = reasons("all", "status: 2, any: [id: 1, id: 2]");
        assert!(
            beside[0].is_none() && beside[1].as_ref().is_some_and(|it| it.contains("alone")),
            "{beside:?}"
        );
    }

    #[test]
    fn what_is_sent_needs_none() {
        assert_eq!(reasons("safe", "status: 2, adminName: a-b"), [None, None]);
        assert_eq!(reasons("all", "any: [id: 1, id: 2]"), [None]);
    }

    #[test]
    fn too_long_for_a_url_is_a_reason() {
        let ids: Vec<String> = (1..2000).map(|id| id.to_string()).collect();
        let reasons = reasons("safe", &format!("id: [{}]", ids.join(",")));
        assert!(reasons[0].as_ref().is_some_and(|it| it.contains("too long")), "{reasons:?}");
    }
}

//! A role that may not see tokens makes lists shorter without a word.

use super::run;
use crate::support::{Project, Reply, Seen, Stub, ids, page, row, rows, slice};

const BLIND: &str = "this key cannot see itself; it needs Settings > User Access: View";

/// A portal of 30 tokens without the caller's own, which says this when it is asked for that.
fn without_own(probe: impl Fn() -> Reply + Send + Sync + 'static) -> Stub {
    Stub::start_probed(
        move |seen| if seen.is_probe() { probe() } else { page(slice(&rows(31)[1..], seen), 30) },
    )
}

fn probes(stub: &Stub) -> usize {
    stub.seen().iter().filter(|seen| seen.is_probe()).count()
}

#[test]
fn a_list_with_the_callers_own_token_needs_no_question() {
    let stub = Stub::start_probed(|seen| page(slice(&rows(30), seen), 30));
    run(&stub, "", &[]).exits(0);
    assert_eq!(stub.count(), 1);
}

#[test]
fn a_list_without_the_callers_own_token_is_short() {
    let stub = without_own(|| page(&[], 0));
    let ran = run(&stub, "", &[]).exits(6).says(&[BLIND]);
    assert_eq!(ran.json()["run"]["verdict"], "incomplete");
    assert_eq!((ids(&ran.json()).len(), probes(&stub)), (30, 1));

    let stub = without_own(|| page(&[row(1)], 1));
    run(&stub, "", &[]).exits(6).says(&["not in the list, and is there when it is asked for alone"]);

    let stub = without_own(|| Reply::error(400, 1400, "no such filter"));
    run(&stub, "", &[]).exits(6).says(&["cannot tell whether this key sees itself", "no such filter"]);
}

#[test]
fn a_list_that_shows_no_access_ids_is_believed_when_the_caller_is_visible() {
    let bare =
        |probe: fn() -> Reply| {
            Stub::start_probed(move |seen| {
                if seen.is_probe() { probe() } else { page(&[serde_json::json!({"id": 7})], 1) }
            })
        };
    run(&bare(|| page(&[row(1)], 1)), "fields: [id]\n", &[]).exits(0);
    run(&bare(|| page(&[], 0)), "fields: [id]\n", &[]).exits(6).says(&[BLIND]);
}

#[test]
fn no_rows_are_proved_by_one_question_for_all_listings() {
    let empty = |visible: bool| {
        Stub::start_probed(
            move |seen| if visible && seen.is_probe() { page(&[row(1)], 1) } else { page(&[], 0) },
        )
    };
    let visible = empty(true);
    run(&visible, "adminId: [7, 8, 9]\ntype: all\n", &[]).exits(0);
    assert_eq!(probes(&visible), 1);
    let blind = empty(false);
    run(&blind, "adminId: [7, 8, 9]\ntype: all\n", &[]).exits(6).says(&[BLIND]);
    assert_eq!(probes(&blind), 1);
}

#[test]
fn a_list_that_needs_not_have_the_callers_own_token_asks_for_it() {
    for more in ["filters: [{status: 2}]\n", "type: bearer\n", "adminId: 131\n"] {
        let portal = |own: bool| {
            Stub::start_probed(move |seen| {
                let own = rows(usize::from(own));
                if seen.is_probe() { page(&own, own.len()) } else { page(slice(&rows(3)[1..], seen), 2) }
            })
        };
        let (visible, blind) = (portal(true), portal(false));
        run(&visible, more, &[]).exits(0);
        run(&blind, more, &[]).exits(6).says(&[BLIND]);
        assert_eq!((probes(&visible), probes(&blind)), (1, 1), "{more}");
    }
}

#[test]
fn zero_rows_with_a_bearer_token_are_unproven() {
    let asked = |script: fn(&Seen) -> Reply| {
        let stub = Stub::start_probed(script);
        let project = Project::new().query("type: all\n");
        let project = project.env("LMQ_BASE_URL", &stub.url()).env("LM_BEARER_TOKEN", "lmb_not-a-real-token");
        let ran = project.run(&["-f", "json", "q.yaml"]);
        assert_eq!(probes(&stub), 0, "there is nothing to ask for");
        ran
    };
    asked(|_| page(&[], 0)).exits(6).says(&["zero rows are unproven"]);
    asked(|seen| if seen.is_bearer() { page(&[], 0) } else { page(&rows(2), 2) }).exits(0);
}

//! The tokens as they come and go while the portal serves.

use super::data::{Kind, Token};

/// Which end of a listing, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Lowest,
    Highest,
}

/// The tokens of a portal: those that are there, and those that were.
pub(super) struct Store {
    /// `LMv1` tokens by id, then bearer tokens by id.
    tokens: Vec<Token>,
    gone: Vec<Token>,
    /// Kind and id of those that were not there from the start.
    added: Vec<(Kind, i64)>,
    /// Kind and id of the caller's own.
    own: Vec<(Kind, i64)>,
}

impl Store {
    /// `own` are kind and id of the caller's tokens, which nothing deletes.
    pub(super) fn new(tokens: Vec<Token>, own: Vec<(Kind, i64)>) -> Self {
        Self { tokens, gone: Vec::new(), added: Vec::new(), own }
    }

    /// What is there now.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// What was there from the start and still is.
    pub(super) fn stayed(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| !self.added.contains(&(token.kind, token.id)))
    }

    /// What is there or was.
    pub(super) fn ever(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().chain(&self.gone)
    }

    /// The id of the caller's own token of a kind.
    pub(super) fn own(&self, kind: Kind) -> Option<i64> {
        self.own.iter().find(|(other, _)| *other == kind).map(|(_, id)| *id)
    }

    /// Deletes `count` of the tokens that `takes` names, from one end, but for the caller's own.
    pub(super) fn delete(&mut self, count: usize, end: End, takes: impl Fn(&Token) -> bool) {
        let found: Vec<usize> = (0..self.tokens.len())
            .filter(|at| {
                let token = &self.tokens[*at];
                takes(token) && !self.own.contains(&(token.kind, token.id))
            })
            .collect();
        let count = count.min(found.len());
        let chosen = match end {
            End::Lowest => &found[..count],
            End::Highest => &found[found.len() - count..],
        };
        for at in chosen.iter().rev() {
            self.gone.push(self.tokens.remove(*at));
        }
    }

    /// Adds `count` tokens at one end of a kind, like the first that `takes` names; where it names none, nothing comes. An
    /// id that was ever used is never used again.
    pub(super) fn add(&mut self, count: usize, end: End, kind: Kind, takes: impl Fn(&Token) -> bool) {
        let Some(model) = self.tokens.iter().find(|token| takes(token)).cloned() else { return };
        for _ in 0..count {
            let ids = self.ever().filter(|token| token.kind == kind).map(|token| token.id);
            let id = match end {
                End::Lowest => ids.min().map(|id| id - 1),
                End::Highest => ids.max().map(|id| id + 1),
            };
            let id = id.expect("the model is one of them");
            let token = Token {
                id,
                access_id: model.access_id.as_ref().map(|_| format!("added{id:015}")),
                key_start: model.key_start.as_ref().map(|_| format!("lmb_added{id:011}")),
                ..model.clone()
            };
            let place = |other: &Token| (other.kind == Kind::Bearer, other.id) < (kind == Kind::Bearer, id);
            let at = self.tokens.partition_point(place);
            self.tokens.insert(at, token);
            self.added.push((kind, id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::data::World;

    #[test]
    fn tokens_go_and_come_at_both_ends_and_the_callers_own_stays() {
        let tokens = World::new(1, 20, 0).tokens;
        let ids = |tokens: &[Token]| -> Vec<i64> {
            tokens.iter().filter(|token| token.kind == Kind::Lmv1).map(|token| token.id).collect()
        };
        let before = ids(&tokens);
        let own = before[0];
        let (bearer, count) = (tokens.len() - before.len(), before.len());
        let mut store = Store::new(tokens, vec![(Kind::Lmv1, own)]);
        let lmv1 = |token: &Token| token.kind == Kind::Lmv1;
        store.delete(2, End::Lowest, lmv1);
        assert_eq!(ids(store.tokens()), [&[own], &before[3..]].concat());
        store.delete(1, End::Highest, lmv1);
        store.add(2, End::Highest, Kind::Lmv1, lmv1);
        store.add(1, End::Lowest, Kind::Lmv1, lmv1);
        let highest = before[count - 1];
        let expected = [&[before[0] - 1, own], &before[3..count - 1], &[highest + 1, highest + 2]].concat();
        assert_eq!(ids(store.tokens()), expected);
        assert_eq!(
            store.tokens().iter().filter(|token| token.access_id == store.tokens()[0].access_id).count(),
            1
        );
        let stayed: Vec<Token> = store.stayed().cloned().collect();
        assert_eq!(ids(&stayed), [&[own], &before[3..count - 1]].concat());
        assert_eq!((stayed.len() - ids(&stayed).len(), store.ever().count()), (bearer, 23));
        store.delete(usize::MAX, End::Lowest, lmv1);
        assert_eq!(ids(store.tokens()), [own]);
        store.add(1, End::Lowest, Kind::Bearer, |_| false);
        assert_eq!(store.tokens().len(), bearer + 1);
    }
}

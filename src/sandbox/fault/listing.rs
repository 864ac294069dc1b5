//! Faults before the page is made: of what is there, and of what is asked for.

use super::play::Plays;
use super::table::Trouble;
use crate::sandbox::listing::{Ask, DEFAULT_SIZE, Order, Visible, all_fields};
use crate::sandbox::store::{End, Store};

/// Deletes and adds tokens of those the request asks for, so that the pages to come change.
pub(in crate::sandbox) fn change(store: &mut Store, ask: &Ask, plays: &Plays) {
    for play in &plays.0 {
        let count = usize::try_from(play.value).unwrap_or(0);
        match play.trouble {
            Trouble::Delete => store.delete(count, End::Lowest, |token| ask.takes(token)),
            Trouble::DeleteLast => store.delete(count, End::Highest, |token| ask.takes(token)),
            Trouble::Add => store.add(count, End::Highest, ask.kind, |token| ask.takes(token)),
            Trouble::AddFirst => store.add(count, End::Lowest, ask.kind, |token| ask.takes(token)),
            _ => {}
        }
    }
}

/// Bends what is asked for. `own` is the id of the caller's token in this listing, where it is there.
pub(in crate::sandbox) fn bend(ask: &mut Ask, plays: &Plays, own: Option<i64>) {
    for play in &plays.0 {
        match play.trouble {
            Trouble::ShortPages => ask.size = ask.size.min(usize::try_from(play.value).unwrap_or(1)),
            Trouble::IgnoreSize => ask.size = DEFAULT_SIZE,
            Trouble::RepeatPage => ask.offset = 0,
            Trouble::Unsorted => ask.order = Order::Shuffled,
            Trouble::Reverse => ask.order = Order::IdsDescending,
            Trouble::IgnoreFields => ask.fields = all_fields(),
            Trouble::IgnoreFilter => ask.filter = None,
            Trouble::MisreadFilter if ask.filter.is_some() => ask.visible = Visible::Nothing,
            Trouble::Blind => ask.visible = Visible::Nothing,
            Trouble::SelfBlind => {
                ask.visible = own.map_or(ask.visible, Visible::AllBut);
            }
            _ => {}
        }
    }
}

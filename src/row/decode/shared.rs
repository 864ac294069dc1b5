//! Texts and lists that come again on a page, such as owners and their roles: they are in memory once, however many rows have them.

use std::cell::RefCell;
use std::sync::Arc;

use smol_str::SmolStr;

/// The longest text that takes no memory of its own.
const INLINE_BYTES: usize = 23;
/// Places for texts, of which each has one: a power of two.
const TEXTS: usize = 256;
/// Lists that are known at once.
const LISTS: usize = 8;

/// What a page had so far, as far as it is known.
pub(super) struct Shared {
    texts: RefCell<Vec<SmolStr>>,
    lists: RefCell<Lists>,
    /// The items of a list that is being read.
    items: RefCell<Vec<SmolStr>>,
}

#[derive(Default)]
struct Lists {
    known: Vec<Arc<[SmolStr]>>,
    /// Which is forgotten next.
    oldest: usize,
}

impl Default for Shared {
    fn default() -> Self {
        let texts = RefCell::new(vec![SmolStr::default(); TEXTS]);
        Self { texts, lists: RefCell::default(), items: RefCell::default() }
    }
}

impl Shared {
    /// A text, or the same one that came before.
    pub(super) fn text(&self, text: &str) -> SmolStr {
        let Some(place) = place(text.as_bytes()) else { return text.into() };
        let known = &mut self.texts.borrow_mut()[place];
        if known.as_str() != text {
            *known = text.into();
        }
        known.clone()
    }

    /// Room for the items of a list, for [`Shared::list`].
    pub(super) fn items(&self) -> Vec<SmolStr> {
        self.items.take()
    }

    /// A list, or the same one that came before.
    pub(super) fn list(&self, mut items: Vec<SmolStr>) -> Arc<[SmolStr]> {
        let lists = &mut *self.lists.borrow_mut();
        let known = lists.known.iter().find(|known| ***known == *items).cloned();
        let list = known.unwrap_or_else(|| lists.note(&items));
        items.clear();
        self.items.replace(items);
        list
    }
}

impl Lists {
    fn note(&mut self, items: &[SmolStr]) -> Arc<[SmolStr]> {
        let list: Arc<[SmolStr]> = items.into();
        if self.known.len() < LISTS {
            self.known.push(Arc::clone(&list));
        } else {
            self.known[self.oldest] = Arc::clone(&list);
            self.oldest = (self.oldest + 1) % LISTS;
        }
        list
    }
}

/// The place of a text that takes memory, by its length and what it begins and ends with.
fn place(text: &[u8]) -> Option<usize> {
    let (first, last) = (text.first_chunk::<8>()?, text.last_chunk::<8>()?);
    let mixed = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29) ^ text.len() as u64;
    // The upper bits of a product depend on all of them.
    let place = (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % TEXTS;
    (text.len() > INLINE_BYTES).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_the_same_memory() {
        let shared = Shared::default();
        let long = "a text of more than 23 bytes";
        let (one, other) = (shared.text(long), shared.text(long));
        assert_eq!((one.as_str(), one.as_ptr()), (long, other.as_ptr()));
        let list = |items: &[&str]| {
            let mut room = shared.items();
            assert!(room.is_empty());
            room.extend(items.iter().map(|item| SmolStr::from(*item)));
            shared.list(room)
        };
        assert!(Arc::ptr_eq(&list(&["a", "b"]), &list(&["a", "b"])));
        assert_eq!(*list(&["a"]), ["a"]);
        assert_eq!(*list(&[]), [] as [&str; 0]);
    }

    #[test]
    fn texts_and_lists_stay_what_they_are_however_many_there_are() {
        let shared = Shared::default();
        for round in 0..3 {
            for number in 0..2_000 {
                for text in [format!("{number}"), format!("the same start, {number}, the same end")] {
                    assert_eq!(shared.text(&text), text, "round {round}");
                    assert_eq!(*shared.list(vec![text.as_str().into()]), [text.as_str()]);
                }
            }
        }
    }
}

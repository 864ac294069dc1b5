//! Where secrets stand in bytes. The patterns are wiped with the rest of a secret's memory, which ready-made automata are not.

use std::ops::Range;

use super::form::{ESCAPES, Ends, Needle, ends, leads, needles};
use crate::secret::{Secret, Zeroizing};

/// Whether bytes may follow those that are at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    MayCome,
    None,
}

/// What stands next in some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// No secret.
    Nothing,
    /// A secret.
    Secret(Range<usize>),
    /// From here on, a secret unless the bytes that follow decide against it.
    Unfinished(usize),
}

/// A bit for each two bytes. Of a fixed length, so that no lookup needs a check.
struct Pairs(Box<[u64; 1 << 10]>);

impl Default for Pairs {
    fn default() -> Self {
        Self(Box::new([0; 1 << 10]))
    }
}

impl Pairs {
    fn set(&mut self, first: u8, second: u8) {
        let pair = u16::from_be_bytes([first, second]);
        self.0[usize::from(pair >> 6)] |= 1 << (pair & 63);
    }

    fn has(&self, first: u8, second: u8) -> bool {
        let pair = u16::from_be_bytes([first, second]);
        self.0[usize::from(pair >> 6)] >> (pair & 63) & 1 != 0
    }
}

/// Whether a byte may stand in a form at all.
struct Alphabet([bool; 256]);

impl Default for Alphabet {
    fn default() -> Self {
        Self([false; 256])
    }
}

impl Alphabet {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0[usize::from(*byte)] = true;
        }
    }

    /// Where the last byte is that stands in no form.
    fn last_other(&self, bytes: &[u8]) -> Option<usize> {
        bytes.iter().rposition(|byte| !self.0[usize::from(*byte)])
    }
}

/// Looks for secrets in all their forms.
#[derive(Default)]
pub(super) struct Search {
    needles: Vec<Needle>,
    /// The fewest bytes of a form: each character takes one at least.
    fewest: usize,
    /// The bytes of all forms. One other byte, and no form is where it stands: most of a text is not even looked at.
    alphabet: Alphabet,
    /// A bit for each two bytes that a form may begin with: nearly all of the rest is passed over by it.
    pairs: Pairs,
}

impl Search {
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let needles: Vec<Needle> = secrets.into_iter().flat_map(needles).collect();
        let fewest = needles.iter().map(|needle| needle.len()).min().unwrap_or_default();
        let mut search = Self { fewest, ..Self::default() };
        let mut buffer = Zeroizing::new([0; 4]);
        for needle in &needles {
            search.note(needle[0], needle[1]);
            for c in needle.iter() {
                search.alphabet.add(c.encode_utf8(&mut *buffer).as_bytes());
            }
        }
        search.alphabet.add(ESCAPES);
        Self { needles, ..search }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    fn note(&mut self, first: char, second: char) {
        let mut buffer = [0; 4];
        let raw = first.encode_utf8(&mut buffer).as_bytes();
        for lead in leads(first) {
            let seconds: Vec<u8> = match lead {
                _ if raw.len() > 1 && lead == raw[0] => vec![raw[1]],
                b'%' | b'\\' | b'&' => (0..=u8::MAX).collect(),
                b'"' => leads(second).chain([b'"']).collect(),
                _ => leads(second).collect(),
            };
            for second in seconds {
                self.pairs.set(lead, second);
            }
        }
    }

    /// The first secret at or after `from`, the longest of those that begin there.
    pub(super) fn next(&self, bytes: &[u8], from: usize, rest: Rest) -> Next {
        if self.is_empty() {
            return Next::Nothing;
        }
        // Up to `known`, all bytes from `at` on are of the alphabet.
        let (mut at, mut known) = (from, from);
        while let Some(unknown) = bytes.get(known..at + self.fewest) {
            let other = self.alphabet.last_other(unknown);
            (at, known) = (other.map_or(at, |other| known + other + 1), at + self.fewest);
            if other.is_none() {
                if self.pairs.has(bytes[at], bytes[at + 1]) {
                    let next = self.at(bytes, at, rest);
                    if next != Next::Nothing {
                        return next;
                    }
                }
                at += 1;
            }
        }
        if rest == Rest::None {
            return Next::Nothing;
        }
        // Too little for a form, unless more comes. The last byte has no second one yet.
        let may_begin =
            |at: &usize| bytes.get(at + 1).is_none_or(|second| self.pairs.has(bytes[*at], *second));
        let mut rest_of_it = (at..bytes.len()).filter(may_begin).map(|at| self.at(bytes, at, rest));
        rest_of_it.find(|next| *next != Next::Nothing).unwrap_or(Next::Nothing)
    }

    fn at(&self, bytes: &[u8], at: usize, rest: Rest) -> Next {
        let mut longest = 0;
        for needle in &self.needles {
            let found = length(needle, &bytes[at..]);
            if found.unfinished && rest == Rest::MayCome {
                return Next::Unfinished(at);
            }
            longest = longest.max(found.longest);
        }
        if longest == 0 { Next::Nothing } else { Next::Secret(at..at + longest) }
    }
}

/// How many bytes of a text a needle takes.
struct Length {
    /// 0: the text does not begin with it.
    longest: usize,
    /// Whether the bytes that follow may make it more.
    unfinished: bool,
}

/// All ways to read the text as the needle at once: after each character, the places where it may have ended.
fn length(needle: &[char], text: &[u8]) -> Length {
    let mut unfinished = false;
    let mut found = Ends::default();
    let mut places = vec![0];
    let mut following = Vec::new();
    for c in needle {
        following.clear();
        for place in &places {
            if *place == text.len() {
                unfinished = true;
                continue;
            }
            ends(*c, &text[*place..], &mut found);
            unfinished |= found.unfinished;
            for length in &found.lengths {
                if !following.contains(&(place + length)) {
                    following.push(place + length);
                }
            }
        }
        std::mem::swap(&mut places, &mut following);
        if places.is_empty() {
            break;
        }
    }
    Length { longest: places.into_iter().max().unwrap_or_default(), unfinished }
}

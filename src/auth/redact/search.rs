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
    /// Sorted, each once.
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
        let mut needles: Vec<Needle> = secrets.into_iter().flat_map(needles).collect();
        needles.sort_unstable_by(|one, other| one.as_slice().cmp(other));
        needles.dedup();
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

    /// All needles at once, as far as they begin alike: a run on a thousand portals has thousands of them.
    fn at(&self, bytes: &[u8], at: usize, rest: Rest) -> Next {
        let text = &bytes[at..];
        let mut longest = 0;
        let mut found = Ends::default();
        let mut open = vec![Alike { needles: &self.needles, length: 0, places: vec![0] }];
        while let Some(Alike { needles, length, places }) = open.pop() {
            let needles = match needles.split_first() {
                Some((first, others)) if first.len() == length => {
                    longest = longest.max(places.iter().copied().max().unwrap_or_default());
                    others
                }
                _ => needles,
            };
            let mut unfinished = !needles.is_empty() && places.contains(&text.len());
            for (c, needles) in following(needles, length, places.iter().filter_map(|place| text.get(*place)))
            {
                let mut behind = Vec::new();
                for place in places.iter().filter(|place| **place < text.len()) {
                    ends(c, &text[*place..], &mut found);
                    unfinished |= found.unfinished;
                    for length in &found.lengths {
                        if !behind.contains(&(place + length)) {
                            behind.push(place + length);
                        }
                    }
                }
                if !behind.is_empty() {
                    open.push(Alike { needles, length: length + 1, places: behind });
                }
            }
            if unfinished && rest == Rest::MayCome {
                return Next::Unfinished(at);
            }
        }
        if longest == 0 { Next::Nothing } else { Next::Secret(at..at + longest) }
    }
}

/// Needles with the same first characters.
struct Alike<'n> {
    /// Sorted, so that one that ends here is the first.
    needles: &'n [Needle],
    /// How many characters are the same.
    length: usize,
    /// Where these may end in the text: there are several ways to read one.
    places: Vec<usize>,
}

/// The next characters of needles that agree in so many, each with those that have it: of all where `bytes` of the text begin an escape
/// or a character of several bytes, else of those that the bytes are.
fn following<'n, 't>(
    needles: &'n [Needle],
    length: usize,
    bytes: impl Iterator<Item = &'t u8>,
) -> Vec<(char, &'n [Needle])> {
    let mut wanted: Vec<char> = Vec::new();
    for byte in bytes {
        match byte {
            b'%' | b'\\' | b'&' | 0x80.. => return by_character(needles, length),
            b'+' => wanted.extend(['+', ' ']),
            byte => wanted.push(char::from(*byte)),
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    let with = |c: char| {
        let behind = &needles[needles.partition_point(|needle| needle[length] < c)..];
        (c, &behind[..behind.partition_point(|needle| needle[length] == c)])
    };
    wanted.into_iter().map(with).filter(|(_, needles)| !needles.is_empty()).collect()
}

/// All of them.
fn by_character(needles: &[Needle], length: usize) -> Vec<(char, &[Needle])> {
    let alike = needles.chunk_by(|one, next| one[length] == next[length]);
    alike.map(|needles| (needles[0][length], needles)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One needle after the other, which is the same and slow.
    fn one_by_one(search: &Search, text: &[u8], rest: Rest) -> Next {
        let lengths: Vec<(usize, bool)> = search.needles.iter().map(|needle| length(needle, text)).collect();
        if rest == Rest::MayCome && lengths.iter().any(|(_, unfinished)| *unfinished) {
            return Next::Unfinished(0);
        }
        match lengths.iter().map(|(longest, _)| *longest).max() {
            None | Some(0) => Next::Nothing,
            Some(longest) => Next::Secret(0..longest),
        }
    }

    /// How many bytes of a text a needle takes, and whether those that follow may make it more.
    fn length(needle: &[char], text: &[u8]) -> (usize, bool) {
        let mut unfinished = false;
        let mut found = Ends::default();
        let mut places = vec![0];
        for c in needle {
            let mut behind = Vec::new();
            for place in places {
                if place == text.len() {
                    unfinished = true;
                    continue;
                }
                ends(*c, &text[place..], &mut found);
                unfinished |= found.unfinished;
                behind.extend(found.lengths.iter().map(|length| place + length));
            }
            behind.dedup();
            places = behind;
        }
        (places.into_iter().max().unwrap_or_default(), unfinished)
    }

    /// A character as it is, or as one of its escapes.
    fn written(c: char, form: usize) -> String {
        match form {
            0 if c == ' ' => "+".to_owned(),
            0 if c == '"' => "\"\"".to_owned(),
            1 => c.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat(),
            2 => format!("\\u{:04x}", u32::from(c)),
            3 => format!("&#{};", u32::from(c)),
            4 if c.is_ascii_punctuation() => format!("\\{c}"),
            _ => c.to_string(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

        /// Secrets that begin alike, of characters that have several forms, in texts of such characters.
        #[test]
        fn all_at_once_find_what_each_finds(
            secrets in prop::collection::vec("(aaaa|aaa%|a%25|%252|\"\"\"\"|&am;| {4})[a%25\\\\u\"& +é;]{4,6}", 1..5),
            which in any::<prop::sample::Index>(),
            forms in prop::collection::vec(0..8usize, 10),
            more in "[a%25\\\\u\"& +é;]{0,12}",
            cut in 0..90usize,
        ) {
            let search = Search::new(&secrets.iter().map(|secret| Secret::new(secret)).collect::<Vec<_>>());
            let secret = which.get(&secrets).chars().zip(forms);
            let text = secret.map(|(c, form)| written(c, form)).collect::<String>() + &more;
            let text = &text.as_bytes()[..text.len().min(cut)];
            for rest in [Rest::MayCome, Rest::None] {
                prop_assert_eq!(search.at(text, 0, rest), one_by_one(&search, text, rest));
            }
        }
    }
}

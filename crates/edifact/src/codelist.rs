//! Code lists (代码表) of the directories: which values a coded element may have, and their names.

use std::sync::OnceLock;

/// Codes and names.
type Entries = Vec<(&'static str, &'static str)>;

/// The codes of an element.
#[derive(Clone, Debug)]
pub struct CodeList {
    /// Number of the element, for example `3227`.
    pub element: &'static str,
    /// Name of the element.
    pub name: &'static str,
    /// Whether the list is whole. If not, its codes are kept elsewhere (units of measure, sizes of containers), and a code that is
    /// missing here says nothing.
    pub whole: bool,
    /// Codes and names, by code.
    entries: Entries,
    slots: Vec<u64>,
    shift: u32,
}

impl CodeList {
    fn new(element: &'static str, name: &'static str, whole: bool, mut entries: Entries) -> Self {
        entries.sort_unstable();
        let bits = (entries.len() * 2).next_power_of_two().trailing_zeros().max(3);
        let (mut slots, shift) = (vec![0; 1 << bits], 64 - bits);
        for key in entries.iter().filter_map(|(code, _)| pack(code.as_bytes())) {
            let mut slot = hash(key, shift);
            while slots[slot] != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = key;
        }
        Self { element, name, whole, entries, slots, shift }
    }

    /// Codes and names, by code.
    pub fn entries(&self) -> &[(&'static str, &'static str)] {
        &self.entries
    }

    /// English name of a code; `None` if it is not in the list.
    pub fn meaning(&self, code: &str) -> Option<&'static str> {
        self.entries.binary_search_by(|(known, _)| (*known).cmp(code)).ok().map(|i| self.entries[i].1)
    }

    /// Whether a code is in the list.
    pub(crate) fn has(&self, code: &[u8]) -> bool {
        let Some(key) = pack(code) else { return false };
        let mut slot = hash(key, self.shift);
        while self.slots[slot] != 0 {
            if self.slots[slot] == key {
                return true;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        false
    }
}

/// Up to eight bytes as a number that is not zero.
fn pack(code: &[u8]) -> Option<u64> {
    (!code.is_empty() && code.len() <= 8).then(|| code.iter().fold(0, |key, &byte| key << 8 | u64::from(byte)))
}

fn hash(key: u64, shift: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize
}

/// The list of an element; `None` if the element is not coded or its codes are not listed here.
pub fn code_list(element: &str) -> Option<&'static CodeList> {
    let lists = code_lists();
    lists.binary_search_by(|list| list.element.cmp(element)).ok().map(|i| &lists[i])
}

/// All lists, by element.
pub fn code_lists() -> &'static [CodeList] {
    static LISTS: OnceLock<Vec<CodeList>> = OnceLock::new();
    LISTS.get_or_init(|| parse(TEXT))
}

const TEXT: &str = include_str!("../directories/codes.txt");

fn parse(text: &'static str) -> Vec<CodeList> {
    let mut lists = Vec::new();
    let mut open: Option<(&str, &str, bool, Entries)> = None;
    for (word, rest) in text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')) {
        // No code is a word in small letters.
        if word == "list" || word == "open" {
            let done = rest.split_once(' ').map(|(element, name)| (element, name, word == "list", Vec::new()));
            lists.extend(std::mem::replace(&mut open, done));
        } else if let Some((.., entries)) = &mut open {
            entries.push((word, rest));
        }
    }
    lists.extend(open);
    let mut lists: Vec<_> = lists.into_iter().map(|(element, name, whole, entries)| CodeList::new(element, name, whole, entries)).collect();
    lists.sort_by_key(|list| list.element);
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_code_of_a_list() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        let codes: usize = code_lists().iter().map(|list| list.entries.len()).sum();
        assert_eq!(codes + code_lists().len(), lines);
        assert!(code_lists().len() > 100 && codes > 9_000);
        assert!(code_lists().windows(2).all(|pair| pair[0].element < pair[1].element));
        for list in code_lists() {
            assert!(list.entries.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}", list.element);
            assert!(list.entries.iter().all(|(code, name)| list.has(code.as_bytes()) && !name.is_empty()), "{}", list.element);
        }
    }

    #[test]
    fn codes_have_names() {
        let name = |element, code| code_list(element).and_then(|list| list.meaning(code));
        assert_eq!(name("3227", "9"), Some("Place of loading"));
        assert_eq!(name("8053", "CN"), Some("Container"));
        assert_eq!(name("8053", "??"), None);
        assert_eq!(name("0085", "39"), Some("Data element too long"));
        assert!(code_list("3225").is_none());
        let places = code_list("3227").unwrap();
        assert!(places.has(b"11") && !places.has(b"") && !places.has(b"1111") && !places.has(b"123456789"));
        assert!(places.whole && !code_list("6411").unwrap().whole);
    }
}

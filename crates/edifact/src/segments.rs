//! Segments, composites and elements (段、复合数据元、数据元) as the directories define them: what stands where, how long it may be.
//!
//! The data lies in `directories/segments_*.txt`, one file for each directory that is known and one for the service segments of
//! ISO 9735. A file is read when it is first asked for. A release that has no file uses the one next in time.

use std::sync::OnceLock;

use serde::Serialize;

use crate::directory::{DirectoryError, Provenance, distance};

/// Kind of characters of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Characters {
    /// Letters (`a`).
    Alphabetic,
    /// Digits, with sign and decimal mark (`n`).
    Numeric,
    /// Anything (`an`).
    Any,
}

/// Representation of an element, for example `an..35` or `n6`. Lengths are in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Representation {
    /// Kind of characters.
    pub characters: Characters,
    /// Fewest characters: the same as `longest` for a fixed length, otherwise 0.
    pub shortest: u16,
    /// Most characters; sign and decimal mark of a number do not count.
    pub longest: u16,
}

impl Representation {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| c == '.' || c.is_ascii_digit())?;
        let (kind, length) = text.split_at(digits);
        let characters = match kind {
            "a" => Characters::Alphabetic,
            "n" => Characters::Numeric,
            "an" => Characters::Any,
            _ => return None,
        };
        let (fixed, number) = length.strip_prefix("..").map_or((true, length), |rest| (false, rest));
        let longest = number.parse().ok().filter(|&n| n > 0)?;
        Some(Self { characters, shortest: if fixed { longest } else { 0 }, longest })
    }
}

impl std::fmt::Display for Representation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.characters {
            Characters::Alphabetic => "a",
            Characters::Numeric => "n",
            Characters::Any => "an",
        };
        let dots = if self.shortest == self.longest { "" } else { ".." };
        write!(f, "{kind}{dots}{}", self.longest)
    }
}

/// A component of an element; a standalone element has one, with the number of the element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentShape {
    /// Number in the directory, for example `3225`.
    pub id: &'static str,
    /// Whether it must be there when the element is used.
    pub mandatory: bool,
    /// Its representation.
    pub representation: Representation,
}

/// A position of a segment: a standalone element or a composite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementShape {
    /// Number in the directory, for example `3227` or `C517`.
    pub id: &'static str,
    /// Whether it must be there.
    pub mandatory: bool,
    /// Its components.
    pub components: Vec<ComponentShape>,
}

impl ElementShape {
    /// Whether this is a composite.
    pub fn is_composite(&self) -> bool {
        !self.id.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// A segment: its elements in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentShape {
    /// Tag, for example `LOC`.
    pub tag: &'static str,
    /// Elements; repeated ones stand as often as they may be used.
    pub elements: Vec<ElementShape>,
}

/// The segments of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSet {
    /// Releases for which they hold, the one they were taken from first; `*` for all.
    pub releases: Vec<&'static str>,
    /// How far they can be trusted.
    pub provenance: Provenance,
    /// Where they come from.
    pub source: &'static str,
    /// When they were taken from there, `YYYY-MM-DD`.
    pub date: &'static str,
    segments: Vec<SegmentShape>,
}

const FILES: [&str; SETS] = [
    include_str!("../directories/segments_service.txt"),
    include_str!("../directories/segments_95b.txt"),
    include_str!("../directories/segments_01b.txt"),
];

/// How many sets there are; the first holds the service segments.
pub(crate) const SETS: usize = 3;

impl SegmentSet {
    /// The definition of a segment; `None` if it is not in the set.
    pub fn segment(&self, tag: &str) -> Option<&SegmentShape> {
        self.segments.binary_search_by(|known| known.tag.cmp(tag)).ok().map(|i| &self.segments[i])
    }

    /// All segments, by tag.
    pub fn segments(&self) -> &[SegmentShape] {
        &self.segments
    }

    /// Whether the set holds for a release of version D.
    pub fn covers(&self, release: &str) -> bool {
        self.releases.iter().any(|&known| known == release || known == "*")
    }

    fn parse(text: &'static str) -> Result<Self, DirectoryError> {
        let mut set = Self { releases: Vec::new(), provenance: Provenance::Recalled, source: "", date: "", segments: Vec::new() };
        let mut elements: Vec<(&'static str, Representation)> = Vec::new();
        let mut composites: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
        let mut segments: Vec<(usize, &'static str, Vec<&'static str>)> = Vec::new();
        for (index, content) in text.lines().enumerate() {
            let line = index + 1;
            let wrong = |expected| DirectoryError::Line { line, expected, found: content.to_owned() };
            if let Some(comment) = content.strip_prefix("# ") {
                match comment.split_once(' ') {
                    Some(("source", source)) => set.source = source,
                    Some(("date", date)) => set.date = date,
                    _ => {}
                }
                continue;
            }
            let (word, rest) = content.split_once(' ').ok_or_else(|| wrong("two words or more"))?;
            let mut words = rest.split_whitespace();
            let name = words.next().ok_or_else(|| wrong("a name"))?;
            match word {
                "set" => set.releases = rest.split_whitespace().collect(),
                "provenance" => set.provenance = Provenance::parse(rest).ok_or_else(|| wrong("published, transcribed or recalled"))?,
                "element" => {
                    let representation = words.next().and_then(Representation::parse);
                    elements.push((name, representation.ok_or_else(|| wrong("a representation such as an..35"))?));
                }
                "composite" => composites.push((name, words.collect())),
                "segment" => segments.push((line, name, words.collect())),
                _ => return Err(wrong("set, provenance, element, composite or segment")),
            }
        }
        for (line, tag, parts) in segments {
            let shape = expand(&parts, &elements, &composites);
            let elements = shape.ok_or_else(|| DirectoryError::Line { line, expected: "known elements", found: tag.to_owned() })?;
            set.segments.push(SegmentShape { tag, elements });
        }
        set.segments.sort_by_key(|segment| segment.tag);
        Ok(set)
    }
}

/// A part such as `3124!` or `3124*4`: number, mandatory, times.
fn part(word: &'static str) -> Option<(&'static str, bool, usize)> {
    let (word, times) = word.split_once('*').map_or((Some(word), Some(1)), |(word, n)| (Some(word), n.parse().ok()));
    let word = word?;
    Some((word.trim_end_matches('!'), word.ends_with('!'), times?))
}

fn components(parts: &[&'static str], elements: &[(&'static str, Representation)]) -> Option<Vec<ComponentShape>> {
    let mut list = Vec::new();
    for word in parts {
        let (id, mandatory, times) = part(word)?;
        let representation = elements.iter().find(|(known, _)| *known == id)?.1;
        list.extend(std::iter::repeat_n(ComponentShape { id, mandatory, representation }, times));
    }
    Some(list)
}

fn expand(
    parts: &[&'static str],
    elements: &[(&'static str, Representation)],
    composites: &[(&'static str, Vec<&'static str>)],
) -> Option<Vec<ElementShape>> {
    let mut list = Vec::new();
    for word in parts {
        let (id, mandatory, times) = part(word)?;
        let content = match composites.iter().find(|(known, _)| *known == id) {
            Some((_, parts)) => components(parts, elements)?,
            None => components(&[id], elements)?,
        };
        list.extend(std::iter::repeat_n(ElementShape { id, mandatory, components: content }, times));
    }
    Some(list)
}

/// A set by its number.
pub(crate) fn set(number: usize) -> Option<&'static SegmentSet> {
    static LOADED: [OnceLock<Option<SegmentSet>>; SETS] = [const { OnceLock::new() }; SETS];
    // A test parses every file; a set that cannot be read would only be missing here.
    LOADED.get(number)?.get_or_init(|| SegmentSet::parse(FILES[number]).ok()).as_ref()
}

/// Number of the set for a message: that of its release, otherwise the one next in time. CONTRL is made of service segments.
pub(crate) fn set_number(message_type: &str, release: &str) -> usize {
    if message_type == "CONTRL" {
        return 0;
    }
    let covers = |&number: &usize| set(number).is_some_and(|set| set.covers(release));
    let far = |&number: &usize| set(number).map_or(u32::MAX, |set| distance(set.releases.iter().copied(), release));
    (1..SETS).find(covers).or_else(|| (1..SETS).min_by_key(far)).unwrap_or(1)
}

/// The sets that are known: the service segments of ISO 9735 first, then the directories in time.
pub fn segment_sets() -> impl Iterator<Item = &'static SegmentSet> {
    (0..SETS).filter_map(set)
}

/// The definition of a segment in a release, or in the one next in time; of a service segment in ISO 9735.
pub fn segment_shape(release: &str, tag: &str) -> Option<&'static SegmentShape> {
    set(set_number("", release)).and_then(|set| set.segment(tag)).or_else(|| set(0).and_then(|set| set.segment(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_can_be_read_and_names_its_source() {
        for text in FILES {
            let set = SegmentSet::parse(text).unwrap();
            assert!(!set.source.is_empty() && !set.date.is_empty() && !set.releases.is_empty());
            assert!(!set.segments.is_empty());
            for segment in &set.segments {
                assert!(segment.elements.iter().all(|e| !e.components.is_empty() && e.components.len() <= 16), "{}", segment.tag);
            }
        }
    }

    #[test]
    fn representations_read_as_in_the_directory() {
        for text in ["an..35", "n6", "a1", "n..18", "an4"] {
            assert_eq!(Representation::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "an", "x..3", "n..0", "an..", "n..x"] {
            assert_eq!(Representation::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_release_without_a_set_uses_the_one_next_in_time() {
        let location = |release| segment_shape(release, "LOC").unwrap().elements[1].components[3].representation.longest;
        assert_eq!((location("95B"), location("93A"), location("96A")), (17, 17, 17));
        assert_eq!((location("00B"), location("01B"), location("13B"), location("20B")), (256, 256, 256, 256));
        assert_eq!(segment_shape("95B", "UNH").unwrap().elements[0].id, "0062");
        assert_eq!(segment_shape("95B", "XYZ"), None);
    }

    #[test]
    fn repeated_and_mandatory_parts_are_expanded() {
        let party = segment_shape("95B", "NAD").unwrap();
        assert_eq!(party.elements.len(), 9);
        let lines: Vec<_> = party.elements[2].components.iter().map(|c| (c.id, c.mandatory)).collect();
        assert_eq!(lines, [("3124", true), ("3124", false), ("3124", false), ("3124", false), ("3124", false)]);
        assert!(party.elements[0].mandatory && !party.elements[0].is_composite() && party.elements[1].is_composite());
    }
}

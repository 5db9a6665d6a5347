//! Directories (报文目录): segment tables of message types, read from data files.
//!
//! The files stand in `directories/`, carry source and date, and say how far they can be trusted. The format is described at the
//! head of each file. A release that has no table is checked against the nearest one. A file is read when its message type is first
//! asked for.

use std::sync::OnceLock;

use serde::Serialize;
use thiserror::Error;

use crate::limits::MAX_GROUP_DEPTH;
use crate::plan::Plan;
use crate::segments::SETS;

/// How far a segment table can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// Compared with the publication.
    Published,
    /// Taken from a public transcription; what is mandatory there may not be quite right.
    Transcribed,
    /// From memory; differences are warnings.
    Recalled,
}

/// A position in a segment table: a segment, or a group with segments and groups in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Tag of the segment, or name of the group, for example `SG7`.
    pub name: String,
    /// Tags that match here: the segment's, or those of the group's first segment.
    pub tags: Vec<[u8; 3]>,
    /// Whether it must occur.
    pub mandatory: bool,
    /// How often it may occur in a row.
    pub max: u32,
    /// Content of a group, its trigger first; empty for a segment.
    pub children: Vec<Node>,
}

impl Provenance {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "published" => Some(Self::Published),
            "transcribed" => Some(Self::Transcribed),
            "recalled" => Some(Self::Recalled),
            _ => None,
        }
    }
}

impl Node {
    /// Whether this is a group.
    pub fn is_group(&self) -> bool {
        !self.children.is_empty()
    }

    /// Whether a tag stands for this position.
    pub fn matches(&self, tag: [u8; 3]) -> bool {
        self.tags.contains(&tag)
    }

    /// Whether a tag occurs here or anywhere inside.
    pub fn contains(&self, tag: [u8; 3]) -> bool {
        self.matches(tag) || self.children.iter().any(|child| child.contains(tag))
    }
}

/// The segment table of a message type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Message type (0065).
    pub message_type: String,
    /// Version (0052), `D`.
    pub version: String,
    /// Releases (0054) for which the table holds, the one it was made from first.
    pub releases: Vec<String>,
    /// How far it can be trusted.
    pub provenance: Provenance,
    /// Where it comes from.
    pub source: String,
    /// When it was taken from there, `YYYY-MM-DD`.
    pub date: String,
    /// The table.
    pub nodes: Vec<Node>,
}

/// Why a directory file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DirectoryError {
    /// A line is not of the format.
    #[error("line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A table lacks a heading line.
    #[error("the table that starts in line {line} has no {missing}")]
    Heading {
        /// Number of the line, from 1.
        line: usize,
        /// The missing heading.
        missing: &'static str,
    },
}

impl Directory {
    /// Reads the tables of a directory file.
    pub fn parse(text: &str) -> Result<Vec<Self>, DirectoryError> {
        let mut tables: Vec<(usize, Self, Option<Provenance>)> = Vec::new();
        for (index, raw) in text.lines().enumerate() {
            let line = index + 1;
            let wrong = |expected| DirectoryError::Line { line, expected, found: raw.to_owned() };
            let content = raw.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let (word, rest) = content.split_once(' ').ok_or_else(|| wrong("two words or more"))?;
            if word == "table" {
                let mut words = rest.split_whitespace().map(str::to_owned);
                let (Some(message_type), Some(version)) = (words.next(), words.next()) else {
                    return Err(wrong("table TYPE VERSION RELEASE…"));
                };
                let releases: Vec<String> = words.collect();
                if releases.is_empty() {
                    return Err(wrong("a release"));
                }
                let table = Self {
                    message_type,
                    version,
                    releases,
                    provenance: Provenance::Recalled,
                    source: String::new(),
                    date: String::new(),
                    nodes: Vec::new(),
                };
                tables.push((line, table, None));
                continue;
            }
            let (_, table, provenance) = tables.last_mut().ok_or_else(|| wrong("a line beginning with table"))?;
            match word {
                "source" => table.source = rest.to_owned(),
                "date" => table.date = rest.to_owned(),
                "provenance" => {
                    *provenance = Some(Provenance::parse(rest).ok_or_else(|| wrong("published, transcribed or recalled"))?);
                }
                name => {
                    let node = parse_node(name, rest).ok_or_else(|| wrong("NAME M|C MAX"))?;
                    let level = (raw.len() - raw.trim_start().len()) / 2;
                    if level >= MAX_GROUP_DEPTH {
                        return Err(wrong("groups that are not nested deeper than the limit"));
                    }
                    let siblings = descend(&mut table.nodes, level).ok_or_else(|| wrong("a group one level up"))?;
                    siblings.push(node);
                }
            }
        }
        tables.into_iter().map(|(line, table, provenance)| finish(line, table, provenance)).collect()
    }

    /// The table for a message: of its release if there is one, otherwise the nearest in time. `None` if the type is unknown.
    pub fn find(message_type: &str, version: &str, release: &str) -> Option<&'static Self> {
        find(message_type, version, release).map(|known| &known.directory)
    }

    /// Whether the table was made for a release.
    pub fn covers(&self, version: &str, release: &str) -> bool {
        self.version == version && self.releases.iter().any(|known| known == release)
    }
}

/// Half years between a release and the nearest of a list.
pub(crate) fn distance<'a>(releases: impl Iterator<Item = &'a str>, release: &str) -> u32 {
    let wanted = half_year(release);
    releases.filter_map(|known| Some(half_year(known)?.abs_diff(wanted?))).min().unwrap_or(u32::MAX)
}

/// Position of a release such as `95B` in time, in half years. A third directory of a year counts as its second.
fn half_year(release: &str) -> Option<u32> {
    let (year, half) = (release.get(..2)?, release.get(2..)?);
    let year: u32 = year.parse().ok()?;
    let century = if year < 70 { 100 } else { 0 };
    match half {
        "A" => Some((year + century) * 2),
        "B" | "C" => Some((year + century) * 2 + 1),
        _ => None,
    }
}

fn parse_node(name: &str, rest: &str) -> Option<Node> {
    let (status, max) = rest.split_once(' ')?;
    let mandatory = match status {
        "M" => true,
        "C" => false,
        _ => return None,
    };
    let max = max.parse().ok().filter(|&max| max > 0)?;
    let group = is_group_name(name);
    let tag = |word: &str| word.as_bytes().try_into().ok().filter(|tag: &[u8; 3]| crate::scan::is_tag(tag));
    let tags = if group { Vec::new() } else { name.split('|').map(tag).collect::<Option<Vec<_>>>()? };
    Some(Node { name: name.to_owned(), tags, mandatory, max, children: Vec::new() })
}

/// `SG7` is a group; `SGP` is the segment for split goods placement.
fn is_group_name(name: &str) -> bool {
    name.strip_prefix("SG").is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

fn descend(nodes: &mut Vec<Node>, level: usize) -> Option<&mut Vec<Node>> {
    let mut siblings = nodes;
    for _ in 0..level {
        let parent = siblings.last_mut().filter(|node| is_group_name(&node.name))?;
        siblings = &mut parent.children;
    }
    Some(siblings)
}

fn finish(line: usize, mut table: Directory, provenance: Option<Provenance>) -> Result<Directory, DirectoryError> {
    let missing = |missing| DirectoryError::Heading { line, missing };
    table.provenance = provenance.ok_or_else(|| missing("provenance"))?;
    if table.source.is_empty() {
        return Err(missing("source"));
    }
    if table.date.is_empty() {
        return Err(missing("date"));
    }
    if table.nodes.is_empty() {
        return Err(missing("segments"));
    }
    name_triggers(&mut table.nodes).then_some(table).ok_or_else(|| missing("segment in one of its groups"))
}

/// Gives each group the tags of its first segment. False if a group is empty or begins with a group.
fn name_triggers(nodes: &mut [Node]) -> bool {
    nodes.iter_mut().filter(|node| node.tags.is_empty()).all(|group| {
        let Some(first) = group.children.first().filter(|first| !first.tags.is_empty()) else { return false };
        group.tags.clone_from(&first.tags);
        name_triggers(&mut group.children[1..])
    })
}

/// Message types that have a file, and the files.
const FILES: [(&str, &str); 19] = [
    ("APERAK", include_str!("../directories/aperak.txt")),
    ("BAPLIE", include_str!("../directories/baplie.txt")),
    ("BERMAN", include_str!("../directories/berman.txt")),
    ("COARRI", include_str!("../directories/coarri.txt")),
    ("CODECO", include_str!("../directories/codeco.txt")),
    ("COEDOR", include_str!("../directories/coedor.txt")),
    ("CONTRL", include_str!("../directories/contrl.txt")),
    ("COPARN", include_str!("../directories/coparn.txt")),
    ("COPRAR", include_str!("../directories/coprar.txt")),
    ("COREOR", include_str!("../directories/coreor.txt")),
    ("CUSCAR", include_str!("../directories/cuscar.txt")),
    ("CUSREP", include_str!("../directories/cusrep.txt")),
    ("CUSRES", include_str!("../directories/cusres.txt")),
    ("IFCSUM", include_str!("../directories/ifcsum.txt")),
    ("IFTDGN", include_str!("../directories/iftdgn.txt")),
    ("IFTMIN", include_str!("../directories/iftmin.txt")),
    ("IFTSTA", include_str!("../directories/iftsta.txt")),
    ("PAXLST", include_str!("../directories/paxlst.txt")),
    ("VERMAS", include_str!("../directories/vermas.txt")),
];

/// A table of this crate and the plans made from it, one for each set of segments.
pub(crate) struct Known {
    pub directory: Directory,
    plans: [OnceLock<Plan<'static>>; SETS],
}

impl Known {
    /// The plan of this table with a set of segments.
    pub fn plan(&'static self, set: usize) -> &'static Plan<'static> {
        self.plans[set].get_or_init(|| Plan::new(&self.directory, set))
    }
}

fn of_type(message_type: &str) -> &'static [Known] {
    static TABLES: [OnceLock<Vec<Known>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
    let Some(number) = FILES.iter().position(|(known, _)| *known == message_type) else { return &[] };
    // A test parses every file; a table that cannot be read would only be missing here.
    TABLES[number].get_or_init(|| {
        let tables = Directory::parse(FILES[number].1).unwrap_or_default();
        tables.into_iter().map(|directory| Known { directory, plans: [const { OnceLock::new() }; SETS] }).collect()
    })
}

pub(crate) fn find(message_type: &str, version: &str, release: &str) -> Option<&'static Known> {
    let tables = of_type(message_type);
    tables.iter().find(|known| known.directory.covers(version, release)).or_else(|| {
        tables.iter().min_by_key(|known| {
            let table = &known.directory;
            (table.version != version, distance(table.releases.iter().map(String::as_str), release))
        })
    })
}

/// The segment tables that come with this crate, by message type and in time.
pub fn directories() -> impl Iterator<Item = &'static Directory> {
    FILES.iter().flat_map(|(message_type, _)| of_type(message_type)).map(|known| &known.directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_can_be_read() {
        for (message_type, text) in FILES {
            let tables = Directory::parse(text).unwrap();
            assert!(!tables.is_empty() && tables.iter().all(|t| t.message_type == message_type && t.version.len() <= 3));
            assert!(tables.iter().all(|t| t.nodes[0].name == "UNH" && t.nodes.last().unwrap().name == "UNT"), "{message_type}");
        }
        assert!(FILES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(directories().count() >= 38);
    }

    /// Groups are numbered in the order in which they stand, as in the directories, without a gap.
    #[test]
    fn groups_are_numbered_in_order() {
        fn groups<'t>(nodes: &'t [Node], into: &mut Vec<&'t str>) {
            for node in nodes.iter().filter(|node| node.is_group()) {
                into.push(&node.name);
                groups(&node.children, into);
            }
        }
        for table in directories() {
            let mut found = Vec::new();
            groups(&table.nodes, &mut found);
            let wanted: Vec<_> = (1..=found.len()).map(|n| format!("SG{n}")).collect();
            assert_eq!(found, wanted, "{} {:?}", table.message_type, table.releases);
        }
    }

    /// Every segment of every table has a definition, so that its elements are checked and named.
    #[test]
    fn every_segment_is_defined() {
        fn tags<'t>(nodes: &'t [Node], into: &mut Vec<&'t str>) {
            for node in nodes {
                if node.is_group() { tags(&node.children, into) } else { into.extend(node.name.split('|')) }
            }
        }
        for table in directories() {
            let mut found = Vec::new();
            tags(&table.nodes, &mut found);
            for tag in found {
                assert!(
                    crate::segments::segment_shape(&table.releases[0], tag).is_some(),
                    "{} {:?} {tag}",
                    table.message_type,
                    table.releases
                );
            }
        }
    }

    #[test]
    fn nearest_release_is_the_one_next_in_time() {
        let release = |r| Directory::find("COARRI", "D", r).unwrap().releases[0].as_str();
        assert_eq!(release("95B"), "95B");
        assert_eq!(release("93A"), "95B");
        assert_eq!(release("98A"), "97A");
        assert_eq!(release("01C"), "01B");
        assert_eq!(release("21A"), "01B");
        assert_eq!(release("nonsense"), "95B");
        assert_eq!(Directory::find("ORDERS", "D", "96A"), None);
    }

    #[test]
    fn faults_in_a_file_name_the_line() {
        let bad = "table A D 1\nprovenance recalled\nsource s\ndate d\nUNH M 1\n  BGM M 1\n";
        assert!(matches!(Directory::parse(bad), Err(DirectoryError::Line { line: 6, .. })));
        assert!(matches!(Directory::parse("table A D 1\nUNH M 1\n"), Err(DirectoryError::Heading { line: 1, .. })));
        assert!(matches!(Directory::parse("UNH M 1\n"), Err(DirectoryError::Line { line: 1, .. })));
        assert!(matches!(Directory::parse("table A D 1\nUNH M 0\n"), Err(DirectoryError::Line { line: 2, .. })));
    }
}

//! Names of segments, elements and codes, for people who read messages.
//!
//! English comes from the directories, Chinese from the tables of this crate; source and date stand at the head of each.

use std::collections::HashMap;
use std::sync::OnceLock;

use codes::{TableId, Text};

const SEGMENTS: &str = include_str!("../data/segments.tsv");
const ELEMENTS: &str = include_str!("../data/elements.tsv");
const CODES: &str = include_str!("../data/codes.tsv");
const MESSAGES: &str = include_str!("../data/message_types.tsv");

/// The rows of a table, without its head.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

fn texts(table: &'static str) -> HashMap<&'static str, Text> {
    rows(table).map(|[key, zh, en]| (key, Text::new(zh, en))).collect()
}

/// Name of a message type; none if it is not one that a port uses.
pub fn message_type_name(kind: &str) -> Option<Text> {
    static NAMES: OnceLock<HashMap<&'static str, Text>> = OnceLock::new();
    NAMES.get_or_init(|| texts(MESSAGES)).get(kind).cloned()
}

/// Name of a segment; its tag where the table does not know it.
pub fn segment_name(tag: &str) -> Text {
    static NAMES: OnceLock<HashMap<&'static str, Text>> = OnceLock::new();
    let known = NAMES.get_or_init(|| texts(SEGMENTS)).get(tag).cloned();
    known.unwrap_or_else(|| Text::new(tag.to_owned(), tag.to_owned()))
}

/// Name of an element or composite, by its number in the directory.
pub fn element_name(id: &str) -> Option<Text> {
    static NAMES: OnceLock<HashMap<&'static str, Text>> = OnceLock::new();
    NAMES.get_or_init(|| texts(ELEMENTS)).get(id).cloned()
}

/// What a code of an element means: from the code list of the directory, or from the tables of the platform where the directory
/// refers to another list (places, countries, currencies, sizes of containers, kinds of packages).
pub fn code_meaning(element: &str, code: &str) -> Option<Text> {
    static CHINESE: OnceLock<HashMap<(&'static str, &'static str), &'static str>> = OnceLock::new();
    if let Some(table) = table_of(element) {
        let key = if element == "8155" { code.get(..4).unwrap_or(code) } else { code };
        return codes::table(table).get(key).map(|entry| Text::new(entry.zh, entry.en));
    }
    let en = edifact::code_list(element)?.meaning(code)?;
    let chinese = CHINESE.get_or_init(|| rows(CODES).map(|[element, code, zh]| ((element, code), zh)).collect());
    Some(Text::new(chinese.get(&(element, code)).copied().unwrap_or(en), en))
}

/// The table of the platform that holds the codes of an element.
fn table_of(element: &str) -> Option<TableId> {
    match element {
        "3222" | "3223" | "3225" | "3233" => Some(TableId::Port),
        "6345" => Some(TableId::Currency),
        "8155" => Some(TableId::ContainerSizeType),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once() {
        let count = |table: &str| table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        for table in [SEGMENTS, ELEMENTS, MESSAGES] {
            let names = texts(table);
            assert_eq!(names.len(), count(table));
            assert!(names.values().all(|name| !name.zh.is_empty() && !name.en.is_empty()));
        }
        assert_eq!(rows::<3>(CODES).count(), count(CODES));
        assert!(count(CODES) > 800);
    }

    #[test]
    fn everything_in_the_directories_has_a_name() {
        for set in edifact::segment_sets() {
            for segment in set.segments() {
                assert_ne!(segment_name(segment.tag).zh, segment.tag, "{}", segment.tag);
                for element in &segment.elements {
                    assert!(element_name(element.id).is_some(), "{}", element.id);
                    assert!(element.components.iter().all(|part| element_name(part.id).is_some()), "{}", element.id);
                }
            }
        }
        for table in edifact::directories() {
            assert!(message_type_name(&table.message_type).is_some(), "{}", table.message_type);
        }
    }

    #[test]
    fn a_chinese_meaning_belongs_to_a_code_of_the_directory() {
        for [element, code, zh] in rows(CODES) {
            let list = edifact::code_list(element).unwrap_or_else(|| panic!("{element} has no list"));
            assert!(list.meaning(code).is_some() && !zh.is_empty(), "{element} {code}");
        }
    }

    #[test]
    fn codes_are_told_in_both_languages_and_in_english_where_there_is_no_chinese() {
        let meaning = |element, code| code_meaning(element, code).map(|text| (text.zh.into_owned(), text.en.into_owned()));
        let pair = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
        assert_eq!(meaning("8249", "3"), pair("进口", "Import"));
        assert_eq!(meaning("3227", "9"), pair("装货港/地", "Place of loading"));
        assert_eq!(meaning("3225", "CNNGB"), pair("宁波", "Ningbo"));
        assert_eq!(meaning("1001", "1"), pair("Certificate of analysis", "Certificate of analysis"));
        assert_eq!((meaning("8249", "99"), meaning("1004", "X")), (None, None));
        assert!(meaning("8155", "22G1").is_some_and(|(zh, _)| zh.contains("20英尺")));
    }
}

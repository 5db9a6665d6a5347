//! Names of segments, for people who read messages.

use std::collections::HashMap;
use std::sync::OnceLock;

use codes::Text;

const TABLE: &str = include_str!("../data/segments.tsv");

/// Names by tag. Source and date stand at the head of the table.
fn segment_names() -> &'static HashMap<&'static str, Text> {
    static NAMES: OnceLock<HashMap<&'static str, Text>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        let columns = rows.map(|row| row.split('\t').collect::<Vec<_>>());
        columns
            .filter_map(|row| match row.as_slice() {
                [tag, zh, en] => Some((*tag, Text::new(*zh, *en))),
                _ => None,
            })
            .collect()
    })
}

/// Name of a segment; its tag where the table does not know it.
pub(crate) fn segment_name(tag: &str) -> Text {
    segment_names().get(tag).cloned().unwrap_or_else(|| Text::new(tag.to_owned(), tag.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(segment_names().len(), rows);
        assert!(rows >= 60);
        assert!(segment_names().values().all(|name| !name.zh.is_empty() && !name.en.is_empty()));
    }
}

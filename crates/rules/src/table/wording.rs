//! The words in which a row explains itself, rendered once when the table is compiled.

use super::model::{Cell, DecisionTable, InputColumn, Row};
use std::collections::HashSet;
use std::fmt::Display;
use std::sync::Arc;

/// Values named in one condition of an explanation; the rest is counted.
const VALUES_NAMED_MAX: usize = 8;

/// Conditions and note of a row in Chinese and English, as an explanation gives them.
pub(super) fn of_row(table: &DecisionTable, row: &Row) -> (String, String) {
    row_naming(table, row, VALUES_NAMED_MAX)
}

/// Conditions and note of a row with every value.
pub(super) fn of_whole_row(table: &DecisionTable, row: &Row) -> (String, String) {
    row_naming(table, row, usize::MAX)
}

fn row_naming(table: &DecisionTable, row: &Row, most: usize) -> (String, String) {
    let conditions: Vec<(String, String)> =
        table.inputs.iter().filter_map(|column| of_cell(column, table.cell(row, column), most)).collect();
    let (mut zh, mut en) = if conditions.is_empty() {
        ("其他情形".to_owned(), "all other cases".to_owned())
    } else {
        let (zh, en): (Vec<_>, Vec<_>) = conditions.into_iter().unzip();
        (zh.join("，"), en.join(" and "))
    };
    if !row.note.zh.is_empty() {
        zh = format!("{zh}：{}", row.note.zh);
    }
    if !row.note.en.is_empty() {
        en = format!("{en}: {}", row.note.en);
    }
    (format!("规则 {}，{zh}", row.id), format!("rule {}, {en}", row.id))
}

/// What became of a condition. Of long lists it tells the values that came and went, all of them.
pub(super) fn of_change(column: &InputColumn, old: &Cell, new: &Cell) -> (String, String) {
    if let (Cell::OneOf(before), Cell::OneOf(now)) | (Cell::Prefix(before), Cell::Prefix(now)) = (old, new)
        && before.len().max(now.len()) > VALUES_NAMED_MAX
    {
        let without = |list: &[Arc<str>], other: &[Arc<str>]| -> Vec<Arc<str>> {
            let other: HashSet<&str> = other.iter().map(|value| &**value).collect();
            list.iter().filter(|value| !other.contains(&***value)).cloned().collect()
        };
        let of = |list: &[Arc<str>], between| list_of(list.iter(), between, "", usize::MAX);
        let told = [(without(now, before), ("增加", "added")), (without(before, now), ("删去", "removed"))];
        let (zh, en): (Vec<_>, Vec<_>) = told
            .iter()
            .filter(|(list, _)| !list.is_empty())
            .map(|(list, (zh, en))| (format!("{zh} {}", of(list, "、")), format!("{en} {}", of(list, ", "))))
            .unzip();
        if !zh.is_empty() {
            return (format!("{} {}", column.zh, zh.join("，")), format!("{} {}", column.en, en.join("; ")));
        }
    }
    let ((old_zh, old_en), (new_zh, new_en)) = (of_condition(column, old), of_condition(column, new));
    (format!("“{old_zh}”改为“{new_zh}”"), format!("{old_en:?} became {new_en:?}"))
}

/// A condition in Chinese and English with every value; a cell that asks nothing says so.
fn of_condition(column: &InputColumn, cell: &Cell) -> (String, String) {
    of_cell(column, cell, usize::MAX).unwrap_or_else(|| (format!("{}不限", column.zh), format!("{} is anything", column.en)))
}

fn of_cell(column: &InputColumn, cell: &Cell, most: usize) -> Option<(String, String)> {
    let (zh, en) = (&column.zh, &column.en);
    match cell {
        Cell::Any => None,
        Cell::OneOf(values) => {
            let label = |value: &Arc<str>| column.choices.iter().find(|c| c.value == *value);
            let zh_values = list_of(values.iter().map(|v| label(v).map_or(v, |c| &c.zh)), "、", "等", most);
            let en_values = list_of(values.iter().map(|v| label(v).map_or(v, |c| &c.en)), " or ", " and more of", most);
            Some((format!("{zh}为{zh_values}"), format!("{en} is {en_values}")))
        }
        Cell::Prefix(values) => {
            let (zh_values, en_values) = (list_of(values.iter(), "、", "等", most), list_of(values.iter(), " or ", " and more of", most));
            Some((format!("{zh}以 {zh_values} 开头"), format!("{en} starts with {en_values}")))
        }
        Cell::Number { min, max } => between(zh, en, min.as_ref(), max.as_ref()),
        Cell::Days { from, to } => between(zh, en, from.as_ref(), to.as_ref()),
        Cell::Flag(true) => Some((format!("{zh}为是"), format!("{en} is yes"))),
        Cell::Flag(false) => Some((format!("{zh}为否"), format!("{en} is no"))),
    }
}

fn between<T: Display>(zh: &str, en: &str, min: Option<&T>, max: Option<&T>) -> Option<(String, String)> {
    match (min, max) {
        (None, None) => Some((format!("{zh}已知"), format!("{en} is known"))),
        (Some(min), None) => Some((format!("{zh}不小于 {min}"), format!("{en} is at least {min}"))),
        (None, Some(max)) => Some((format!("{zh}不大于 {max}"), format!("{en} is at most {max}"))),
        (Some(min), Some(max)) => Some((format!("{zh}在 {min} 至 {max} 之间"), format!("{en} is between {min} and {max}"))),
    }
}

fn list_of<'t>(values: impl ExactSizeIterator<Item = &'t Arc<str>>, between: &str, more: &str, most: usize) -> String {
    let count = values.len();
    let named: Vec<&str> = values.take(most).map(|v| &**v).collect();
    let text = named.join(between);
    if count > most { format!("{text}{more} {count}") } else { text }
}

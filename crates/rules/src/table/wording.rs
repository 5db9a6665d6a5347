//! The words in which a row explains itself, rendered once when the table is compiled.

use super::model::{Cell, DecisionTable, InputColumn, Row};
use std::fmt::Display;
use std::sync::Arc;

/// Values named in one condition; the rest is counted.
const VALUES_NAMED_MAX: usize = 8;

/// Conditions and note of a row in Chinese and English.
pub(super) fn of_row(table: &DecisionTable, row: &Row) -> (String, String) {
    let conditions: Vec<(String, String)> = table.inputs.iter().filter_map(|column| of_cell(column, table.cell(row, column))).collect();
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

/// A condition in Chinese and English; a cell that asks nothing says so.
pub(super) fn of_condition(column: &InputColumn, cell: &Cell) -> (String, String) {
    of_cell(column, cell).unwrap_or_else(|| (format!("{}不限", column.zh), format!("{} is anything", column.en)))
}

fn of_cell(column: &InputColumn, cell: &Cell) -> Option<(String, String)> {
    let (zh, en) = (&column.zh, &column.en);
    match cell {
        Cell::Any => None,
        Cell::OneOf(values) => {
            let label = |value: &Arc<str>| column.choices.iter().find(|c| c.value == *value);
            let zh_values = list(values.iter().map(|v| label(v).map_or(v, |c| &c.zh)), "、", "等");
            let en_values = list(values.iter().map(|v| label(v).map_or(v, |c| &c.en)), " or ", " and more of");
            Some((format!("{zh}为{zh_values}"), format!("{en} is {en_values}")))
        }
        Cell::Prefix(values) => {
            let (zh_values, en_values) = (list(values.iter(), "、", "等"), list(values.iter(), " or ", " and more of"));
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

fn list<'t>(values: impl ExactSizeIterator<Item = &'t Arc<str>>, between: &str, more: &str) -> String {
    let count = values.len();
    let named: Vec<&str> = values.take(VALUES_NAMED_MAX).map(|v| &**v).collect();
    let text = named.join(between);
    if count > VALUES_NAMED_MAX { format!("{text}{more} {count}") } else { text }
}

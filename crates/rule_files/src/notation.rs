//! Cells of a sheet as people write them: `高级认证企业; 认证企业`, `84*; 8703*`, `1..5`, `>=10`, `2026-01-01..2026-12-31`, `是`.

use rules::{Cell, Day, InputColumn, InputKind, OutputColumn, OutputKind, Value};
use std::fmt::Display;
use std::sync::Arc;

use crate::{Fault, fault};

/// A range without ends: the fact must be known.
const KNOWN: &str = "?";

pub(crate) fn write_cell(column: &InputColumn, cell: &Cell) -> String {
    match cell {
        Cell::Any => String::new(),
        Cell::OneOf(values) => {
            let named = |value: &Arc<str>| column.choices.iter().find(|c| c.value == *value).map_or(&**value, |c| &*c.zh).to_owned();
            values.iter().map(|value| quoted(&named(value))).collect::<Vec<_>>().join("; ")
        }
        Cell::Prefix(values) => values.iter().map(|value| format!("{}*", quoted(value))).collect::<Vec<_>>().join("; "),
        Cell::Number { min, max } => range(min.as_ref(), max.as_ref()),
        Cell::Days { from, to } => range(from.as_ref(), to.as_ref()),
        Cell::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
    }
}

fn range<T: Display + PartialEq>(min: Option<&T>, max: Option<&T>) -> String {
    match (min, max) {
        (None, None) => KNOWN.to_owned(),
        (Some(min), None) => format!(">={min}"),
        (None, Some(max)) => format!("<={max}"),
        (Some(min), Some(max)) if min == max => min.to_string(),
        (Some(min), Some(max)) => format!("{min}..{max}"),
    }
}

/// Quotes what would be read as something else.
fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && value.trim() == value
        && value != "-"
        && !value.contains([';', '；', '"', '*', '\n', '\r'])
        && !value.starts_with(['=', '+', '@']);
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', "\"\"")) }
}

pub(crate) fn write_value(value: &Value) -> String {
    match value {
        Value::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join("; "),
        Value::Day { day } => day.to_string(),
    }
}

pub(crate) fn read_cell(column: &InputColumn, text: &str) -> Result<Cell, Fault> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Ok(Cell::Any);
    }
    match column.kind {
        InputKind::Text => read_texts(column, text),
        InputKind::Number => {
            let (min, max) = read_range(text, |part| part.parse::<i64>().map_err(|_| not(part, "整数", "a whole number")))?;
            Ok(Cell::Number { min, max })
        }
        InputKind::Day => {
            let (from, to) = read_range(text, |part| part.parse::<Day>().map_err(|_| not(part, "日期 YYYY-MM-DD", "a day YYYY-MM-DD")))?;
            Ok(Cell::Days { from, to })
        }
        InputKind::Flag => read_flag(text).map(Cell::Flag),
    }
}

fn not(found: &str, zh: &str, en: &str) -> Fault {
    let found: String = found.chars().take(60).collect();
    fault(format!("“{found}”不是{zh}"), format!("{found:?} is not {en}"))
}

fn read_flag(text: &str) -> Result<bool, Fault> {
    match text.to_lowercase().as_str() {
        "是" | "yes" | "true" | "1" => Ok(true),
        "否" | "no" | "false" | "0" => Ok(false),
        _ => Err(not(text, "“是”或“否”", "yes or no")),
    }
}

fn read_range<T: Clone>(text: &str, part: impl Fn(&str) -> Result<T, Fault>) -> Result<(Option<T>, Option<T>), Fault> {
    if text == KNOWN {
        return Ok((None, None));
    }
    if let Some(min) = text.strip_prefix(">=").or_else(|| text.strip_prefix('≥')) {
        return Ok((Some(part(min.trim())?), None));
    }
    if let Some(max) = text.strip_prefix("<=").or_else(|| text.strip_prefix('≤')) {
        return Ok((None, Some(part(max.trim())?)));
    }
    if let Some((min, max)) = text.split_once("..") {
        let end = |text: &str| if text.trim().is_empty() { Ok(None) } else { part(text.trim()).map(Some) };
        return Ok((end(min)?, end(max)?));
    }
    let both = part(text)?;
    Ok((Some(both.clone()), Some(both)))
}

/// The items of a list, and whether each ends in a star.
fn items(text: &str) -> Result<Vec<(String, bool)>, Fault> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (item, after) = if let Some(inner) = rest.strip_prefix('"') {
            let mut item = String::new();
            let mut inner = inner;
            loop {
                let Some(end) = inner.find('"') else { return Err(fault("引号未闭合", "a quotation mark is not closed")) };
                item.push_str(&inner[..end]);
                inner = &inner[end + 1..];
                match inner.strip_prefix('"') {
                    Some(more) => {
                        item.push('"');
                        inner = more;
                    }
                    None => break,
                }
            }
            (item, inner)
        } else {
            let end = rest.find([';', '；', '\n', '*']).unwrap_or(rest.len());
            (rest[..end].trim().to_owned(), &rest[end..])
        };
        let (star, after) = match after.trim_start_matches(' ').strip_prefix('*') {
            Some(after) => (true, after),
            None => (false, after),
        };
        let after = after.trim_start_matches([' ', '\r', '\t']);
        if !item.is_empty() || star {
            found.push((item, star));
        }
        rest = match after.chars().next() {
            None => "",
            Some(';' | '；' | '\n') => after.trim_start_matches([';', '；', '\n', '\r', ' ']),
            Some(_) => return Err(fault("取值之间须用分号隔开", "values are separated by semicolons")),
        };
    }
    Ok(found)
}

fn read_texts(column: &InputColumn, text: &str) -> Result<Cell, Fault> {
    let found = items(text)?;
    let stars = found.iter().filter(|(_, star)| *star).count();
    if stars != 0 && stars != found.len() {
        return Err(fault("同一格不能既有完整取值又有前缀（*）", "a cell holds whole values or prefixes (*), not both"));
    }
    if stars != 0 {
        return Ok(Cell::Prefix(found.into_iter().map(|(item, _)| item.into()).collect()));
    }
    let mut values: Vec<Arc<str>> = Vec::with_capacity(found.len());
    for (item, _) in found {
        let known = column.choices.iter().find(|c| *c.value == *item || *c.zh == *item || c.en.eq_ignore_ascii_case(&item));
        match known {
            Some(choice) => values.push(choice.value.clone()),
            None if column.choices.is_empty() => values.push(item.into()),
            None => {
                let names: Vec<&str> = column.choices.iter().map(|c| &*c.zh).collect();
                return Err(fault(format!("没有取值“{item}”；可用：{}", names.join("、")), format!("there is no value {item:?}")));
            }
        }
    }
    Ok(Cell::OneOf(values))
}

/// `None` for an empty cell of an output that may be left out.
pub(crate) fn read_value(column: &OutputColumn, text: &str) -> Result<Option<Value>, Fault> {
    let trimmed = text.trim();
    match column.kind {
        OutputKind::List => {
            let found = items(trimmed)?.into_iter().map(|(item, star)| if star { format!("{item}*") } else { item });
            let list: Vec<Arc<str>> = found.map(Arc::from).collect();
            Ok(if list.is_empty() && column.optional { None } else { Some(Value::List(list.into())) })
        }
        OutputKind::Number | OutputKind::Text | OutputKind::Flag if trimmed.is_empty() && column.optional => Ok(None),
        OutputKind::Number => match trimmed.parse::<i64>() {
            Ok(number) => Ok(Some(Value::Number(number))),
            Err(_) => Err(not(trimmed, "整数", "a whole number")),
        },
        OutputKind::Text => Ok(Some(Value::from(text))),
        OutputKind::Flag => read_flag(trimmed).map(|flag| Some(Value::Flag(flag))),
    }
}

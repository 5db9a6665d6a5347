//! The part of FEEL (DMN 1.3, chapter 10) in which cells of a table are written.

use rules::{Cell, Day, InputKind, OutputKind, Value};
use std::sync::Arc;

use crate::{Fault, fault};

pub(crate) fn write_test(cell: &Cell) -> String {
    match cell {
        Cell::Any => "-".to_owned(),
        Cell::OneOf(values) => values.iter().map(|value| string(value)).collect::<Vec<_>>().join(","),
        Cell::Prefix(values) => values.iter().map(|value| format!("starts with(?, {})", string(value))).collect::<Vec<_>>().join(" or "),
        Cell::Number { min, max } => range(min.map(|n| n.to_string()), max.map(|n| n.to_string())),
        Cell::Days { from, to } => {
            let date = |day: Option<Day>| day.map(|day| format!("date(\"{day}\")"));
            range(date(*from), date(*to))
        }
        Cell::Flag(flag) => flag.to_string(),
    }
}

fn range(min: Option<String>, max: Option<String>) -> String {
    match (min, max) {
        (None, None) => "not(null)".to_owned(),
        (Some(min), None) => format!(">= {min}"),
        (None, Some(max)) => format!("<= {max}"),
        (Some(min), Some(max)) => format!("[{min}..{max}]"),
    }
}

fn string(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

pub(crate) fn write_value(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => string(text),
        Value::List(items) => format!("[{}]", items.iter().map(|item| string(item)).collect::<Vec<_>>().join(",")),
        Value::Day { day } => format!("date(\"{day}\")"),
    }
}

fn unknown(text: &str) -> Fault {
    let shown: String = text.chars().take(80).collect();
    fault(format!("不支持的 FEEL 表达式：{shown}"), format!("this FEEL expression is not supported: {shown}"))
}

pub(crate) fn read_test(kind: InputKind, text: &str) -> Result<Cell, Fault> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Ok(Cell::Any);
    }
    match kind {
        InputKind::Text if text.contains("starts with") => {
            let mut prefixes: Vec<Arc<str>> = Vec::new();
            let mut rest = text;
            loop {
                let inner =
                    rest.strip_prefix("starts with").map(str::trim_start).and_then(|t| t.strip_prefix('(')).ok_or_else(|| unknown(text))?;
                let inner = inner
                    .trim_start()
                    .strip_prefix('?')
                    .map(str::trim_start)
                    .and_then(|t| t.strip_prefix(','))
                    .ok_or_else(|| unknown(text))?;
                let (value, after) = literal(inner.trim_start()).ok_or_else(|| unknown(text))?;
                prefixes.push(value.into());
                let after = after.trim_start().strip_prefix(')').ok_or_else(|| unknown(text))?.trim_start();
                if after.is_empty() {
                    return Ok(Cell::Prefix(prefixes));
                }
                rest = after.strip_prefix("or ").or_else(|| after.strip_prefix(',')).ok_or_else(|| unknown(text))?.trim_start();
            }
        }
        InputKind::Text => literals(text).map(Cell::OneOf),
        InputKind::Number => {
            let whole = |part: &str| part.parse::<i64>().map_err(|_| unknown(text));
            let step = |value: i64, by: i64| value.checked_add(by).ok_or_else(|| unknown(text));
            let (min, max) = read_range(text, whole, step)?;
            Ok(Cell::Number { min, max })
        }
        InputKind::Day => {
            let day = |part: &str| {
                let inner = part
                    .strip_prefix("date(")
                    .and_then(|t| t.strip_suffix(')'))
                    .and_then(|t| literal(t.trim()))
                    .ok_or_else(|| unknown(text))?;
                inner.0.parse::<Day>().map_err(|_| unknown(text))
            };
            // Days one further: midnight of the neighbouring day in China.
            let step = |value: Day, by: i64| Ok(Day::in_china((value.number() + by) * 86_400_000));
            let (from, to) = read_range(text, day, step)?;
            Ok(Cell::Days { from, to })
        }
        InputKind::Flag => match text {
            "true" => Ok(Cell::Flag(true)),
            "false" => Ok(Cell::Flag(false)),
            _ => Err(unknown(text)),
        },
    }
}

/// Ends that are open become the neighbouring closed ones: numbers and days are whole.
fn read_range<T: Copy>(
    text: &str,
    part: impl Fn(&str) -> Result<T, Fault>,
    step: impl Fn(T, i64) -> Result<T, Fault>,
) -> Result<(Option<T>, Option<T>), Fault> {
    if text == "not(null)" {
        return Ok((None, None));
    }
    for (sign, lower, by) in [(">=", true, 0), ("<=", false, 0), (">", true, 1), ("<", false, -1)] {
        if let Some(rest) = text.strip_prefix(sign) {
            let end = step(part(rest.trim())?, by)?;
            return Ok(if lower { (Some(end), None) } else { (None, Some(end)) });
        }
    }
    if let Some((min, max)) = text.split_once("..") {
        let (min_by, min) = match (min.strip_prefix('['), min.strip_prefix(['(', ']'])) {
            (Some(min), _) => (0, min),
            (None, Some(min)) => (1, min),
            (None, None) => return Err(unknown(text)),
        };
        let (max_by, max) = match (max.strip_suffix(']'), max.strip_suffix([')', '['])) {
            (Some(max), _) => (0, max),
            (None, Some(max)) => (-1, max),
            (None, None) => return Err(unknown(text)),
        };
        return Ok((Some(step(part(min.trim())?, min_by)?), Some(step(part(max.trim())?, max_by)?)));
    }
    let both = part(text)?;
    Ok((Some(both), Some(both)))
}

/// A string literal at the beginning, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.strip_prefix('"')?.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 2..])),
            '\\' => value.push(match characters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

/// String literals separated by commas.
fn literals(text: &str) -> Result<Vec<Arc<str>>, Fault> {
    let mut found: Vec<Arc<str>> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (value, after) = literal(rest).ok_or_else(|| unknown(text))?;
        found.push(value.into());
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',').ok_or_else(|| unknown(text))?.trim_start();
        }
    }
    Ok(found)
}

pub(crate) fn read_value(kind: OutputKind, text: &str) -> Result<Value, Fault> {
    let text = text.trim();
    match kind {
        OutputKind::Number => text.parse::<i64>().map(Value::Number).map_err(|_| unknown(text)),
        OutputKind::Flag => text.parse::<bool>().map(Value::Flag).map_err(|_| unknown(text)),
        OutputKind::Text => match literal(text) {
            Some((value, "")) => Ok(Value::from(value)),
            Some(_) | None => Err(unknown(text)),
        },
        OutputKind::List => {
            let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).ok_or_else(|| unknown(text))?;
            Ok(Value::List(literals(inner)?.into()))
        }
    }
}

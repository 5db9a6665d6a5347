//! What one version of a table changes in another, in words.
//!
//! Rules are told apart by their ids, so that a rule that moved and changed is told as that and not as one lost and one new.

use super::limits::DIFFERENCES_MAX;
use super::model::{Cell, DecisionTable, HitPolicy, InputColumn, OutputColumn, Row, Text};
use super::wording;
use crate::Value;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::sync::Arc;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
    /// It stands elsewhere in the order.
    Moved,
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What became of it.
    pub kind: DifferenceKind,
    /// RFC 6901 pointer into the later version; to the enclosing list for what is gone.
    pub pointer: String,
    /// The rule, when it is about one.
    pub row: Option<Arc<str>>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl DecisionTable {
    /// What `after` changes in this table: head, columns, then the rules in the order of the later version, then those gone. At most
    /// [`DIFFERENCES_MAX`], the last of which says how many there are.
    #[must_use]
    pub fn difference(&self, after: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        self.head_difference(after, &mut found);
        self.column_difference(after, &mut found);
        self.row_difference(after, &mut found);
        if found.len() > DIFFERENCES_MAX {
            let count = found.len();
            found.truncate(DIFFERENCES_MAX - 1);
            let (zh, en) = (format!("共 {count} 处差异，其余未列出"), format!("{count} differences, the rest is not listed"));
            found.push(Difference { kind: DifferenceKind::Changed, pointer: String::new(), row: None, zh, en });
        }
        found
    }

    fn head_difference(&self, after: &Self, found: &mut Vec<Difference>) {
        let mut head = |field: &str, (zh, en): (&str, &str), before: (String, String), now: (String, String)| {
            if before != now {
                let zh = format!("{zh}由 {} 改为 {}", before.0, now.0);
                let en = format!("{en} changed from {} to {}", before.1, now.1);
                found.push(Difference { kind: DifferenceKind::Changed, pointer: format!("/{field}"), row: None, zh, en });
            }
        };
        let text = |text: &Text| (format!("“{}”", text.zh), format!("{:?}", &*text.en));
        let both = |value: &dyn Display| (value.to_string(), value.to_string());
        let end = |table: &Self| table.effective_to.map_or(("无限期".to_owned(), "open".to_owned()), |day| both(&day));
        head("title", ("名称", "title"), text(&self.title), text(&after.title));
        head("basis", ("依据", "basis"), text(&self.basis), text(&after.basis));
        let nothing = Text::default();
        let notice = |table: &Self| text(table.notice.as_ref().unwrap_or(&nothing));
        head("notice", ("提示", "notice"), notice(self), notice(after));
        head("effective_from", ("生效日期", "first day in force"), both(&self.effective_from), both(&after.effective_from));
        head("effective_to", ("失效日期", "last day in force"), end(self), end(after));
        head("hit_policy", ("命中方式", "hit policy"), policy(self.hit_policy), policy(after.hit_policy));
    }

    fn column_difference(&self, after: &Self, found: &mut Vec<Difference>) {
        let inputs = |table: &Self| -> Vec<(String, String, Fields)> {
            table.inputs.iter().map(|c| (c.name.to_string(), c.zh.to_string(), input_fields(c))).collect()
        };
        let outputs = |table: &Self| -> Vec<(String, String, Fields)> {
            table.outputs.iter().map(|c| (c.name.to_string(), c.zh.to_string(), output_fields(c))).collect()
        };
        for (list, (zh, en), before, now) in [
            ("inputs", ("条件列", "input column"), inputs(self), inputs(after)),
            ("outputs", ("输出列", "output column"), outputs(self), outputs(after)),
        ] {
            for (index, (name, title, form)) in now.iter().enumerate() {
                let mut told = |kind, zh, en| found.push(Difference { kind, pointer: format!("/{list}/{index}"), row: None, zh, en });
                let Some((.., known)) = before.iter().find(|(known, ..)| known == name) else {
                    told(DifferenceKind::Added, format!("新增{zh}“{title}”"), format!("{en} {name} added"));
                    continue;
                };
                for (old, new) in known.iter().zip(form).filter(|(old, new)| old.2 != new.2) {
                    told(
                        DifferenceKind::Changed,
                        format!("{zh}“{title}”：{} 由 {} 改为 {}", new.0, old.2, new.2),
                        format!("{en} {name}: {} changed from {} to {}", new.1, old.2, new.2),
                    );
                }
            }
            for (name, title, _) in before.iter().filter(|(name, ..)| now.iter().all(|(other, ..)| other != name)) {
                let (zh, en) = (format!("删除{zh}“{title}”"), format!("{en} {name} removed"));
                found.push(Difference { kind: DifferenceKind::Removed, pointer: format!("/{list}"), row: None, zh, en });
            }
        }
    }

    fn row_difference(&self, after: &Self, found: &mut Vec<Difference>) {
        let before: HashMap<&str, usize> = self.rows.iter().enumerate().map(|(index, row)| (&*row.id, index)).collect();
        let now: BTreeSet<&str> = after.rows.iter().map(|row| &*row.id).collect();
        let common: Vec<usize> = after.rows.iter().filter_map(|row| before.get(&*row.id).copied()).collect();
        let stayed = longest_rising(&common);
        for (index, row) in after.rows.iter().enumerate() {
            let told = |kind, pointer, zh, en| Difference { kind, pointer, row: Some(row.id.clone()), zh, en };
            let Some(&was) = before.get(&*row.id) else {
                let (zh, en) = after.in_words(row);
                let (zh, en) = (format!("新增{zh}"), format!("added: {en}"));
                found.push(told(DifferenceKind::Added, format!("/rows/{index}"), zh, en));
                continue;
            };
            if !stayed.contains(&was) {
                let zh = format!("规则 {} 由第 {} 行移至第 {} 行", row.id, was + 1, index + 1);
                let en = format!("rule {} moved from line {} to line {}", row.id, was + 1, index + 1);
                found.push(told(DifferenceKind::Moved, format!("/rows/{index}"), zh, en));
            }
            for (place, zh, en) in self.changes_of(&self.rows[was], after, row) {
                let (zh, en) = (format!("规则 {}：{zh}", row.id), format!("rule {}: {en}", row.id));
                found.push(told(DifferenceKind::Changed, format!("/rows/{index}{place}"), zh, en));
            }
        }
        for row in self.rows.iter().filter(|row| !now.contains(&*row.id)) {
            let (zh, en) = self.in_words(row);
            let (zh, en) = (format!("删除{zh}"), format!("removed: {en}"));
            found.push(Difference { kind: DifferenceKind::Removed, pointer: "/rows".into(), row: Some(row.id.clone()), zh, en });
        }
    }

    /// What changed within one rule: place, Chinese, English.
    fn changes_of(&self, before: &Row, after: &Self, now: &Row) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        for column in &after.inputs {
            let (old, new) = (before.when.get(&column.name).unwrap_or(&Cell::Any), after.cell(now, column));
            if old != new {
                let (zh, en) = wording::of_change(column, old, new);
                found.push((format!("/when/{}", super::check::escape(&column.name)), zh, en));
            }
        }
        for column in &after.outputs {
            let (old, new) = (before.then.get(&column.name), now.then.get(&column.name));
            if old != new {
                let word = |value: Option<&Value>| value.map_or("–".to_owned(), ToString::to_string);
                let place = format!("/then/{}", super::check::escape(&column.name));
                let (old, new) = (word(old), word(new));
                found.push((place, format!("{} 由 {old} 改为 {new}", column.zh), format!("{} changed from {old} to {new}", column.en)));
            }
        }
        if before.priority != now.priority && (self.hit_policy, after.hit_policy) != (HitPolicy::First, HitPolicy::First) {
            let (old, new) = (before.priority, now.priority);
            found.push(("/priority".into(), format!("优先级由 {old} 改为 {new}"), format!("priority changed from {old} to {new}")));
        }
        if before.note != now.note {
            let (old, new) = (&before.note, &now.note);
            found.push((
                "/note".into(),
                format!("说明由“{}”改为“{}”", old.zh, new.zh),
                format!("note changed from {:?} to {:?}", &*old.en, &*new.en),
            ));
        }
        found
    }

    fn in_words(&self, row: &Row) -> (String, String) {
        let (zh, en) = wording::of_whole_row(self, row);
        let outputs = |titles: &dyn Fn(&super::model::OutputColumn) -> Arc<str>| {
            let named: BTreeMap<&str, Arc<str>> = self.outputs.iter().map(|column| (&*column.name, titles(column))).collect();
            let told = row.then.iter().map(|(name, value)| format!("{} = {value}", named.get(&**name).map_or(&**name, |title| title)));
            told.collect::<Vec<_>>()
        };
        let (zh_outputs, en_outputs) = (outputs(&|c| c.zh.clone()), outputs(&|c| c.en.clone()));
        (format!("{zh}：{}", zh_outputs.join("，")), format!("{en}: {}", en_outputs.join(", ")))
    }
}

/// Fields of a column: what each is called in Chinese and English, and what it says.
type Fields = Vec<(&'static str, &'static str, String)>;

fn input_fields(column: &InputColumn) -> Fields {
    let choices: Vec<String> = column.choices.iter().map(|c| format!("{} ({} / {})", c.value, c.zh, c.en)).collect();
    let choices = if choices.is_empty() { "–".to_owned() } else { choices.join(", ") };
    vec![
        ("中文名称", "Chinese title", column.zh.to_string()),
        ("英文名称", "English title", column.en.to_string()),
        ("类型", "type", column.kind.name().to_owned()),
        ("可缺省", "may be missing", column.optional.to_string()),
        ("允许取值", "choices", choices),
    ]
}

fn output_fields(column: &OutputColumn) -> Fields {
    vec![
        ("中文名称", "Chinese title", column.zh.to_string()),
        ("英文名称", "English title", column.en.to_string()),
        ("类型", "type", column.kind.name().to_owned()),
        ("可缺省", "may be left out", column.optional.to_string()),
        ("合并方式", "way of combining", format!("{:?}", column.combine).to_lowercase()),
    ]
}

fn policy(policy: HitPolicy) -> (String, String) {
    let (zh, en) = match policy {
        HitPolicy::Unique => ("唯一命中", "unique"),
        HitPolicy::First => ("首条命中", "first"),
        HitPolicy::Any => ("任一命中", "any"),
        HitPolicy::Priority => ("按优先级", "priority"),
        HitPolicy::Collect => ("全部命中", "collect"),
    };
    (zh.to_owned(), en.to_owned())
}

/// The values of a longest rising subsequence: what stayed in its order while the rest moved around it.
fn longest_rising(values: &[usize]) -> BTreeSet<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let place = ends.partition_point(|end| values[*end] < *value);
        before.push(place.checked_sub(1).map(|place| ends[place]));
        if place == ends.len() { ends.push(index) } else { ends[place] = index }
    }
    std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| values[index]).collect()
}

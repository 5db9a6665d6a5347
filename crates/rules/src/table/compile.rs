//! The compiled form: per column an index from value to the set of rows that accept it.
//!
//! A set of rows is a bit set in 64-bit words; row order is the order of precedence, so the lowest bit wins. A lookup
//! finds one set per column (a hash, a few hashes for prefixes, or a binary search for ranges) and intersects them
//! word by word until the first bit shows.

use super::limits::INPUTS_MAX;
use super::model::{Cell, DecisionTable, HitPolicy, InputColumn, InputKind, Row};
use super::wording;
use crate::finding::Finding;
use crate::value::{Facts, Value};
use crate::{Hash256, table::decide::FactFaultKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// A decision table ready to decide.
#[derive(Debug)]
pub struct CompiledTable {
    pub(super) table: DecisionTable,
    pub(super) fingerprint: Hash256,
    pub(super) columns: Vec<ColumnIndex>,
    /// Rows in the order of precedence; the position is the bit.
    pub(super) rows: Vec<CompiledRow>,
    /// One bit for every row.
    pub(super) all: Vec<u64>,
}

/// What a decision needs of a row, rendered once.
#[derive(Debug)]
pub(super) struct CompiledRow {
    /// Position in the written table.
    pub(super) position: usize,
    pub(super) id: Arc<str>,
    pub(super) zh: Arc<str>,
    pub(super) en: Arc<str>,
    /// Columns whose fact the row looks at.
    pub(super) columns: Vec<usize>,
    pub(super) outputs: Arc<BTreeMap<Arc<str>, Value>>,
}

/// The class of values that no row names, and of a missing fact: rows with `any` only.
const CLASS_OTHER: u32 = 0;

#[derive(Debug)]
pub(super) struct ColumnIndex {
    pub(super) name: Arc<str>,
    pub(super) optional: bool,
    index: Index,
    words: usize,
    /// One bit set per class, one after the other.
    sets: Vec<u64>,
}

#[derive(Debug)]
enum Index {
    Text {
        exact: TextMap,
        prefixes: TextMap,
        /// Lengths of the prefixes in bytes, longest first.
        lengths: Vec<usize>,
        /// Only the exact keys are permitted.
        closed: bool,
    },
    /// The starts of the intervals; values before the first belong to interval 0.
    Number(Vec<i64>),
    Day(Vec<i64>),
    Flag,
}

type TextMap = HashMap<Box<str>, u32, BuildHasherDefault<TextHasher>>;

/// Hashes short texts in one or two steps of eight bytes. The keys come from an approved table, so nobody can aim
/// collisions at it and no random state is needed.
#[derive(Debug, Default, Clone, Copy)]
struct TextHasher(u64);

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        // Loads of fixed width that may overlap: a copy of variable length would cost more than the hash.
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            for chunk in bytes.chunks_exact(8).skip(1) {
                chunk.first_chunk().into_iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
            }
            self.mix(u64::from_le_bytes(*first));
            self.mix(u64::from_le_bytes(*last));
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            self.mix(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
        } else if let (Some(first), Some(last)) = (bytes.first(), bytes.last()) {
            self.mix(u64::from(*first) << 16 | u64::from(bytes[bytes.len() / 2]) << 8 | u64::from(*last));
        }
        self.mix(bytes.len() as u64);
    }

    /// `str` ends its hash with a byte that tells texts in a row apart; a single one needs no such mark.
    fn write_u8(&mut self, _byte: u8) {}

    fn finish(&self) -> u64 {
        // The low bits of a product depend on the low bits alone: fold the high ones in.
        self.0 ^ (self.0 >> 32)
    }
}

impl TextHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

pub(super) fn set_bit(set: &mut [u64], bit: usize) {
    set[bit / 64] |= 1 << (bit % 64);
}

pub(super) fn has_bit(set: &[u64], bit: usize) -> bool {
    set[bit / 64] & 1 << (bit % 64) != 0
}

pub(super) fn first_bit(set: &[u64]) -> Option<usize> {
    set.iter().position(|word| *word != 0).map(|word| word * 64 + set[word].trailing_zeros() as usize)
}

impl DecisionTable {
    /// Compiles the table.
    ///
    /// # Errors
    /// The findings that prevent use, all of them.
    pub fn compile(&self) -> Result<CompiledTable, Vec<Finding>> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        match self.hit_policy {
            HitPolicy::Unique | HitPolicy::First | HitPolicy::Any | HitPolicy::Collect => {}
            // A stable sort: the earlier row stays first among equals.
            HitPolicy::Priority => order.sort_by_key(|i| std::cmp::Reverse(self.rows[*i].priority)),
        }
        let ordered: Vec<&Row> = order.iter().map(|i| &self.rows[*i]).collect();
        let words = self.rows.len().div_ceil(64);
        let mut all = vec![0; words];
        (0..self.rows.len()).for_each(|bit| set_bit(&mut all, bit));
        Ok(CompiledTable {
            fingerprint: self.fingerprint(),
            columns: self.inputs.iter().map(|column| ColumnIndex::build(self, column, &ordered, words)).collect(),
            rows: order.iter().map(|position| CompiledRow::build(self, *position)).collect(),
            all,
            table: self.clone(),
        })
    }
}

impl CompiledRow {
    fn build(table: &DecisionTable, position: usize) -> Self {
        let row = &table.rows[position];
        let (zh, en) = wording::of_row(table, row);
        let looks_at = |(_, column): &(usize, &InputColumn)| *table.cell(row, column) != Cell::Any;
        Self {
            position,
            id: row.id.clone(),
            zh: zh.into(),
            en: en.into(),
            columns: table.inputs.iter().enumerate().filter(looks_at).map(|(index, _)| index).collect(),
            outputs: Arc::new(row.then.clone()),
        }
    }
}

impl ColumnIndex {
    fn build(table: &DecisionTable, column: &InputColumn, rows: &[&Row], words: usize) -> Self {
        let cells: Vec<&Cell> = rows.iter().map(|row| table.cell(row, column)).collect();
        let mut any = vec![0; words];
        for (bit, cell) in cells.iter().enumerate() {
            if **cell == Cell::Any {
                set_bit(&mut any, bit);
            }
        }
        let (index, sets) = match column.kind {
            InputKind::Text => text_index(column, &cells, &any),
            InputKind::Number => {
                let (starts, sets) = range_index(&cells, &any);
                (Index::Number(starts), sets)
            }
            InputKind::Day => {
                let (starts, sets) = range_index(&cells, &any);
                (Index::Day(starts), sets)
            }
            InputKind::Flag => (Index::Flag, flag_sets(&cells, &any)),
        };
        Self { name: column.name.clone(), optional: column.optional, index, words, sets }
    }

    /// The set of a class.
    pub(super) fn set(&self, class: u32) -> &[u64] {
        let start = class as usize * self.words;
        &self.sets[start..start + self.words]
    }

    /// The class of a fact.
    pub(super) fn class_of(&self, value: Option<&Value>) -> Result<u32, FactFaultKind> {
        let Some(value) = value else {
            return if self.optional { Ok(CLASS_OTHER) } else { Err(FactFaultKind::Missing) };
        };
        let wrong = |expected| Err(FactFaultKind::WrongType { expected, found: value.type_name() });
        match (&self.index, value) {
            (Index::Text { exact, prefixes, lengths, closed }, Value::Text(text)) => {
                if let Some(class) = exact.get(&**text) {
                    return Ok(*class);
                }
                if *closed {
                    return Err(FactFaultKind::NotAllowed { found: text.clone() });
                }
                let longest = lengths.iter().find_map(|length| prefixes.get(text.get(..*length)?));
                Ok(longest.copied().unwrap_or(CLASS_OTHER))
            }
            (Index::Number(starts), Value::Number(number)) => Ok(interval(starts, *number)),
            (Index::Day(starts), Value::Day { day }) => Ok(interval(starts, day.number())),
            (Index::Flag, Value::Flag(flag)) => Ok(if *flag { 2 } else { 1 }),
            (Index::Text { .. }, _) => wrong("text"),
            (Index::Number(_), _) => wrong("number"),
            (Index::Day(_), _) => wrong("day"),
            (Index::Flag, _) => wrong("flag"),
        }
    }

    /// Every class that a fact can fall into, with words for it, for the search for gaps.
    pub(super) fn classes(&self) -> Vec<(u32, String)> {
        let mut classes = Vec::new();
        match &self.index {
            Index::Text { exact, prefixes, closed, .. } => {
                if self.optional || !closed {
                    classes.push((CLASS_OTHER, "…".to_owned()));
                }
                classes.extend(exact.iter().map(|(key, class)| (*class, key.to_string())));
                if !closed {
                    classes.extend(prefixes.iter().map(|(key, class)| (*class, format!("{key}…"))));
                }
            }
            Index::Number(starts) => {
                classes.push((1, starts.first().map_or("…".to_owned(), |first| format!("< {first}"))));
                classes.extend((2..).zip(starts).map(|(class, start)| (class, format!("≥ {start}"))));
            }
            Index::Day(starts) => classes.extend((1..=starts.len() as u32 + 1).map(|class| (class, format!("#{class}")))),
            Index::Flag => classes.extend([(1, "false".to_owned()), (2, "true".to_owned())]),
        }
        if self.optional && !matches!(self.index, Index::Text { .. }) {
            classes.push((CLASS_OTHER, "–".to_owned()));
        }
        // Hash maps have no order of their own that a reader could repeat.
        classes.sort();
        classes
    }
}

fn interval(starts: &[i64], value: i64) -> u32 {
    // Class 0 is the missing fact, so intervals count from 1. At most 8,192 of them: the cast holds.
    starts.partition_point(|start| *start <= value) as u32 + 1
}

fn text_index(column: &InputColumn, cells: &[&Cell], any: &[u64]) -> (Index, Vec<u64>) {
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut leading: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for choice in &column.choices {
        named.entry(&choice.value).or_default();
    }
    for (bit, cell) in cells.iter().enumerate() {
        match cell {
            Cell::OneOf(values) => values.iter().for_each(|v| named.entry(v).or_default().push(bit)),
            Cell::Prefix(values) => values.iter().for_each(|v| leading.entry(v).or_default().push(bit)),
            Cell::Any | Cell::Number { .. } | Cell::Days { .. } | Cell::Flag(_) => {}
        }
    }
    let lengths: BTreeSet<usize> = leading.keys().map(|prefix| prefix.len()).collect();
    let mut sets = any.to_vec();
    let mut class_with = |key: &str, exact: &[usize]| {
        let mut set = any.to_vec();
        exact.iter().for_each(|bit| set_bit(&mut set, *bit));
        // Every prefix of the key accepts it too.
        for bits in lengths.iter().filter_map(|length| leading.get(key.get(..*length)?)) {
            bits.iter().for_each(|bit| set_bit(&mut set, *bit));
        }
        sets.extend_from_slice(&set);
        (sets.len() / any.len().max(1) - 1) as u32
    };
    let exact = named.iter().map(|(key, bits)| (Box::from(*key), class_with(key, bits))).collect();
    let prefixes = leading.keys().map(|key| (Box::from(*key), class_with(key, &[]))).collect();
    let lengths = lengths.into_iter().rev().collect();
    (Index::Text { exact, prefixes, lengths, closed: !column.choices.is_empty() }, sets)
}

/// The range of a cell, both ends included; `None` for a cell without one.
fn range_of(cell: &Cell) -> Option<(i64, i64)> {
    match cell {
        Cell::Number { min, max } => Some((min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX))),
        Cell::Days { from, to } => Some((from.map_or(i64::MIN, |d| d.number()), to.map_or(i64::MAX, |d| d.number()))),
        Cell::Any | Cell::OneOf(_) | Cell::Prefix(_) | Cell::Flag(_) => None,
    }
}

fn range_index(cells: &[&Cell], any: &[u64]) -> (Vec<i64>, Vec<u64>) {
    let ranges: Vec<(usize, (i64, i64))> = cells.iter().enumerate().filter_map(|(bit, cell)| Some((bit, range_of(cell)?))).collect();
    let ends = ranges.iter().flat_map(|(_, (min, max))| [(*min > i64::MIN).then_some(*min), max.checked_add(1)]);
    let starts: Vec<i64> = ends.flatten().collect::<BTreeSet<_>>().into_iter().collect();
    let words = any.len();
    // Class 0 for a missing fact, then one class per interval.
    let mut sets = any.repeat(starts.len() + 2);
    for (bit, (min, max)) in ranges {
        for class in interval(&starts, min)..=interval(&starts, max) {
            let start = class as usize * words;
            set_bit(&mut sets[start..start + words], bit);
        }
    }
    (starts, sets)
}

fn flag_sets(cells: &[&Cell], any: &[u64]) -> Vec<u64> {
    let words = any.len();
    let mut sets = any.repeat(3);
    for (bit, cell) in cells.iter().enumerate() {
        if let Cell::Flag(flag) = cell {
            let start = if *flag { 2 * words } else { words };
            set_bit(&mut sets[start..start + words], bit);
        }
    }
    sets
}

/// The sets that the facts of a case chose, one per column.
pub(super) struct Chosen<'t> {
    all: &'t [u64],
    sets: [&'t [u64]; INPUTS_MAX],
    count: usize,
}

impl CompiledTable {
    /// `None` when a fact is faulty; what is wrong is worked out by the slow path.
    pub(super) fn choose(&self, facts: &Facts) -> Option<Chosen<'_>> {
        let mut chosen = Chosen { all: &self.all, sets: [&[]; INPUTS_MAX], count: self.columns.len() };
        for (position, column) in self.columns.iter().enumerate() {
            let class = column.class_of(facts.get_near(&column.name, position)).ok()?;
            chosen.sets[position] = column.set(class);
        }
        Some(chosen)
    }

    /// The written table.
    #[must_use]
    pub fn source(&self) -> &DecisionTable {
        &self.table
    }

    /// The fingerprint of the written table.
    #[must_use]
    pub fn fingerprint(&self) -> Hash256 {
        self.fingerprint
    }
}

impl Chosen<'_> {
    fn word(&self, index: usize) -> u64 {
        self.sets[..self.count].iter().fold(self.all[index], |word, set| word & set[index])
    }

    /// The matching row that takes precedence.
    pub(super) fn first(&self) -> Option<usize> {
        (0..self.all.len()).find_map(|index| {
            let word = self.word(index);
            (word != 0).then(|| index * 64 + word.trailing_zeros() as usize)
        })
    }

    /// All matching rows in the order of precedence.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        (0..self.all.len()).flat_map(|index| {
            let mut word = self.word(index);
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                (word != 0).then(|| {
                    word &= word - 1;
                    index * 64 + bit
                })
            })
        })
    }
}

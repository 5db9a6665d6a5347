//! A trial run (试算): what another version of a table would have answered in past cases.
//!
//! Every past decision keeps its facts and the number that was drawn. The other version answers the same facts, and the same number is
//! held against its rate: so the comparison is exact for each case and needs no chance. What an inspection would have found that never
//! took place nobody knows; the report counts it as unknown and never guesses.

use std::collections::BTreeMap;

use rules::{CompiledTable, Facts, Value};
use serde::{Deserialize, Serialize};

use crate::weigh::weigh;

/// Flips that a report lists; beyond them they are counted.
pub const FLIPS_MAX: usize = 20_000;
/// Groups by chapter that a report lists: chapters 01 to 99, and what names none.
const CHAPTER_DIGITS: usize = 2;

/// How a past inspection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    /// Nothing was found (通过).
    Pass,
    /// Something was found (查获).
    Hit,
}

/// A line of a past declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastLine {
    /// Facts as they were given.
    pub facts: Facts,
}

/// A past decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: String,
    /// When it was decided, milliseconds since 1970-01-01T00:00:00Z.
    pub decided_at_ms: i64,
    /// Version that decided.
    pub version: String,
    /// Facts of its lines.
    pub lines: Vec<PastLine>,
    /// Rate, in basis points.
    pub rate_bp: u32,
    /// Number that was drawn, in ten-thousandths.
    pub number: u32,
    /// Whether it was to be inspected.
    pub inspected: bool,
    /// How its inspection ended, when it has.
    pub result: Option<Result>,
    /// Time that officers spent: from the arrival of the last box at the site until the result was written down, times the officers drawn.
    pub officer_ms: Option<i64>,
    /// From acceptance until release, when it is released.
    pub clearance_ms: Option<i64>,
}

/// One side of the comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Cases to be inspected, by the numbers that were drawn.
    pub inspected: u64,
    /// Sum of the rates in basis points: what is to be expected, whatever is drawn.
    pub rate_sum_bp: u64,
    /// Of those to be inspected, with a known result.
    pub results: u64,
    /// Of these, with something found.
    pub hits: u64,
    /// Officer time of those to be inspected, milliseconds: as recorded, and the mean of the recorded for those that were not.
    pub officer_ms: i64,
    /// Time from acceptance to release of all cases, milliseconds: as recorded, and shifted for flips by the difference of the means.
    pub clearance_ms: i64,
}

/// Cases that have something in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Grade, or chapter of the goods code; empty when a case names none.
    pub key: String,
    /// Cases.
    pub cases: u64,
    /// Inspected before.
    pub before: u64,
    /// Inspected with the version tried.
    pub after: u64,
    /// Sum of the rates before, in basis points.
    pub before_sum_bp: u64,
    /// Sum of the rates with the version tried.
    pub after_sum_bp: u64,
}

/// A case whose answer changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: String,
    /// When it was decided, milliseconds.
    pub decided_at_ms: i64,
    /// Grade.
    pub grade: String,
    /// Chapters of its goods.
    pub chapters: Vec<String>,
    /// Rate before, in basis points.
    pub before_bp: u32,
    /// Rate with the version tried.
    pub after_bp: u32,
    /// To be inspected with the version tried; it was not before. `false`: the other way round.
    pub inspect: bool,
    /// Rules of the version tried that count.
    pub rows: Vec<String>,
    /// How its inspection ended, when there was one.
    pub result: Option<Result>,
}

/// What a trial found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrialReport {
    /// Cases compared.
    pub cases: u64,
    /// Cases for which the version tried has no answer.
    pub unanswered: u64,
    /// Cases whose rate changes.
    pub rate_changed: u64,
    /// As it was.
    pub before: Side,
    /// As it would have been.
    pub after: Side,
    /// Inspections in which something was found, and which would not have taken place.
    pub hits_missed: u64,
    /// Cases newly inspected whose result nobody knows.
    pub results_unknown: u64,
    /// Inspections with a recorded duration, from which the mean is taken.
    pub durations: u64,
    /// By grade.
    pub by_grade: Vec<Group>,
    /// By chapter of the goods code; a case counts in each of its chapters.
    pub by_chapter: Vec<Group>,
    /// Cases newly inspected.
    pub flips_in: u64,
    /// Cases no longer inspected.
    pub flips_out: u64,
    /// The flips, in the order of their decision, at most [`FLIPS_MAX`].
    pub flips: Vec<Flip>,
}

/// What the ledger keeps of a trial; the report lies beside it under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialSummary {
    /// Fingerprint of the text tried.
    pub fingerprint: String,
    /// Days looked back.
    pub days: u32,
    /// Cases compared.
    pub cases: u64,
    /// Cases for which the version tried has no answer; such a version is not submitted.
    #[serde(default)]
    pub unanswered: u64,
    /// Cases newly inspected.
    pub flips_in: u64,
    /// Cases no longer inspected.
    pub flips_out: u64,
    /// Inspected before.
    pub before: u64,
    /// Inspected with the version tried.
    pub after: u64,
    /// SHA-256 of the report, hex.
    pub report: String,
    /// When it came to its end.
    pub at: ledger::Timestamp,
}

/// A running comparison. Cases are added in any order.
pub struct Trial<'t> {
    table: &'t CompiledTable,
    report: TrialReport,
    grades: BTreeMap<String, Group>,
    chapters: BTreeMap<String, Group>,
    /// Count and sum of clearance times of cases inspected, and of those not.
    cleared: [(i64, i64); 2],
    recorded_ms: i64,
    /// Cases inspected without a recorded duration: before, after.
    without_duration: (i64, i64),
    hit_flips: Vec<Flip>,
}

impl<'t> Trial<'t> {
    /// A comparison with a version.
    #[must_use]
    pub fn new(table: &'t CompiledTable) -> Self {
        Self {
            table,
            report: TrialReport::default(),
            grades: BTreeMap::new(),
            chapters: BTreeMap::new(),
            cleared: [(0, 0); 2],
            recorded_ms: 0,
            without_duration: (0, 0),
            hit_flips: Vec::new(),
        }
    }

    /// Adds a past case.
    pub fn add(&mut self, past: &Past) {
        let facts: Vec<Facts> = past.lines.iter().map(|line| line.facts.clone()).collect();
        let Ok(weighed) = weigh(self.table, &facts) else {
            self.report.unanswered += 1;
            return;
        };
        let inspect = past.number < weighed.rate_bp;
        let report = &mut self.report;
        report.cases += 1;
        report.rate_changed += u64::from(weighed.rate_bp != past.rate_bp);
        for (side, inspected, rate_bp) in
            [(&mut report.before, past.inspected, past.rate_bp), (&mut report.after, inspect, weighed.rate_bp)]
        {
            side.rate_sum_bp += u64::from(rate_bp);
            if inspected {
                side.inspected += 1;
                side.results += u64::from(past.result.is_some());
                side.hits += u64::from(past.result == Some(Result::Hit));
                side.officer_ms += past.officer_ms.unwrap_or(0);
            }
        }
        report.hits_missed += u64::from(!inspect && past.result == Some(Result::Hit));
        if let Some(ms) = past.officer_ms {
            report.durations += 1;
            self.recorded_ms += ms;
        }
        self.without_duration.0 += i64::from(past.inspected && past.officer_ms.is_none());
        self.without_duration.1 += i64::from(inspect && past.officer_ms.is_none());
        if let Some(ms) = past.clearance_ms {
            let (count, sum) = &mut self.cleared[usize::from(past.inspected)];
            *count += 1;
            *sum += ms;
        }
        let grade = text_of(past, "credit_grade").next().unwrap_or_default();
        let mut chapters: Vec<String> = text_of(past, "hs_code").map(|code| code.chars().take(CHAPTER_DIGITS).collect()).collect();
        chapters.sort();
        chapters.dedup();
        count(&mut self.grades, &grade, past, inspect, weighed.rate_bp);
        for chapter in &chapters {
            count(&mut self.chapters, chapter, past, inspect, weighed.rate_bp);
        }
        if inspect != past.inspected {
            self.flip(past, inspect, weighed.rate_bp, weighed.rows, grade, chapters);
        }
    }

    fn flip(&mut self, past: &Past, inspect: bool, after_bp: u32, rows: Vec<String>, grade: String, chapters: Vec<String>) {
        if inspect {
            self.report.flips_in += 1;
            self.report.results_unknown += u64::from(past.result.is_none());
        } else {
            self.report.flips_out += 1;
        }
        let flip = Flip {
            declaration: past.declaration.clone(),
            entry_id: past.entry_id.clone(),
            decided_at_ms: past.decided_at_ms,
            grade,
            chapters,
            before_bp: past.rate_bp,
            after_bp,
            inspect,
            rows,
            result: past.result,
        };
        // What was found and would not be found is listed whatever the number of flips.
        if flip.result == Some(Result::Hit) && self.hit_flips.len() < FLIPS_MAX {
            self.hit_flips.push(flip);
        } else if self.report.flips.len() < FLIPS_MAX {
            self.report.flips.push(flip);
        }
    }

    /// The report over the cases added.
    #[must_use]
    pub fn finish(self) -> TrialReport {
        let mut report = self.report;
        let mean = |sum: i64, count: i64| if count == 0 { 0 } else { sum / count };
        let each_ms = mean(self.recorded_ms, i64::try_from(report.durations).unwrap_or(i64::MAX));
        report.before.officer_ms += self.without_duration.0 * each_ms;
        report.after.officer_ms += self.without_duration.1 * each_ms;
        let [(others, others_ms), (inspected, inspected_ms)] = self.cleared;
        report.before.clearance_ms = others_ms + inspected_ms;
        // Nothing is known of the time an inspection costs while one side has no cleared case.
        let longer_ms = if others == 0 || inspected == 0 { 0 } else { mean(inspected_ms, inspected) - mean(others_ms, others) };
        let flips = i64::try_from(report.flips_in).unwrap_or(0) - i64::try_from(report.flips_out).unwrap_or(0);
        report.after.clearance_ms = report.before.clearance_ms + flips * longer_ms;
        report.by_grade = self.grades.into_values().collect();
        report.by_chapter = self.chapters.into_values().collect();
        report.flips.extend(self.hit_flips);
        report.flips.sort_by(|a, b| {
            (a.result != Some(Result::Hit), a.decided_at_ms, &a.declaration).cmp(&(
                b.result != Some(Result::Hit),
                b.decided_at_ms,
                &b.declaration,
            ))
        });
        report.flips.truncate(FLIPS_MAX);
        report
    }
}

fn text_of<'p>(past: &'p Past, name: &'p str) -> impl Iterator<Item = String> + 'p {
    past.lines.iter().filter_map(move |line| match line.facts.get(name) {
        Some(Value::Text(text)) => Some(text.to_string()),
        Some(Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Day { .. }) | None => None,
    })
}

fn count(groups: &mut BTreeMap<String, Group>, key: &str, past: &Past, inspect: bool, after_bp: u32) {
    let group = groups.entry(key.to_owned()).or_insert_with(|| Group { key: key.to_owned(), ..Group::default() });
    group.cases += 1;
    group.before += u64::from(past.inspected);
    group.after += u64::from(inspect);
    group.before_sum_bp += u64::from(past.rate_bp);
    group.after_sum_bp += u64::from(after_bp);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::{Cell, demonstration};

    fn past(id: &str, grade: &str, goods: &str, rate_bp: u32, number: u32) -> Past {
        let facts = Facts::new().with("credit_grade", grade.to_owned()).with("hs_code", goods.to_owned()).with("customs_place", "3104");
        let inspected = number < rate_bp;
        Past {
            declaration: id.into(),
            entry_id: id.into(),
            decided_at_ms: 0,
            version: "1".into(),
            lines: vec![PastLine { facts }],
            rate_bp,
            number,
            inspected,
            result: None,
            officer_ms: None,
            clearance_ms: None,
        }
    }

    #[test]
    fn the_same_number_is_held_against_the_other_rate() {
        // Regular enterprises: 10 % instead of 3 %. Dishonest ones: 50 % instead of 85 %.
        let mut table = demonstration::import_inspection_rate();
        table.rows.truncate(1);
        let rule = |id: &str, grade: Option<&str>, rate: i64| {
            let mut row = table.rows[0].clone();
            row.id = id.into();
            row.when = grade.map(|grade| ("credit_grade".into(), Cell::OneOf(vec![grade.into()]))).into_iter().collect();
            row.then.insert("inspection_rate_bp".into(), rate.into());
            row
        };
        table.rows = vec![rule("dishonest", Some("dishonest"), 5_000), rule("rest", None, 1_000)];
        let compiled = table.compile().expect("sound");
        let mut trial = Trial::new(&compiled);
        trial.add(&past("kept-out", "regular", "84713000", 300, 2_000));
        trial.add(&past("flips-in", "regular", "84713000", 300, 500));
        let inspected = |id: &str, number, result, officer_ms| Past {
            result: Some(result),
            officer_ms: Some(officer_ms),
            clearance_ms: Some(10_000),
            ..past(id, "dishonest", "02023000", 8_500, number)
        };
        trial.add(&inspected("kept-in", 100, Result::Pass, 2_000));
        trial.add(&inspected("flips-out", 6_000, Result::Hit, 4_000));
        trial.add(&Past { clearance_ms: Some(4_000), ..past("cleared", "regular", "84713000", 300, 9_000) });
        trial.add(&past("unknown-grade", "AA", "84713000", 300, 1));
        let report = trial.finish();
        assert_eq!((report.cases, report.unanswered, report.rate_changed), (5, 1, 5));
        assert_eq!((report.before.inspected, report.after.inspected), (2, 2));
        assert_eq!((report.before.results, report.before.hits, report.after.results, report.after.hits), (2, 1, 1, 0));
        assert_eq!((report.hits_missed, report.results_unknown, report.flips_in, report.flips_out), (1, 1, 1, 1));
        // 2 s + 4 s as recorded; 2 s kept and the mean of 3 s for the one that was not inspected before.
        assert_eq!((report.before.officer_ms, report.after.officer_ms, report.durations), (6_000, 5_000, 2));
        assert_eq!(report.before.clearance_ms, 24_000);
        assert_eq!(report.after.clearance_ms, 24_000, "one in, one out");
        let flips: Vec<(&str, bool, u32, u32)> =
            report.flips.iter().map(|flip| (&*flip.declaration, flip.inspect, flip.before_bp, flip.after_bp)).collect();
        assert_eq!(flips, [("flips-out", false, 8_500, 5_000), ("flips-in", true, 300, 1_000)], "what would be missed comes first");
        let grades: Vec<(&str, u64, u64, u64, u64)> =
            report.by_grade.iter().map(|g| (&*g.key, g.cases, g.before, g.after, g.after_sum_bp)).collect();
        assert_eq!(grades, [("dishonest", 2, 2, 1, 10_000), ("regular", 3, 0, 1, 3_000)]);
        assert_eq!(report.by_chapter.iter().map(|g| (&*g.key, g.cases)).collect::<Vec<_>>(), [("02", 2), ("84", 3)]);
    }
}

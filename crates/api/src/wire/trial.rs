//! Trials of a rule table: how far they are, and what they found.

use app::AppError;
use app::rule_tables::{TrialRun as RunState, TrialState};
use rulebook::{Flip as FlipState, Group as GroupState, Side as SideState, TrialReport, TrialSummary as SummaryState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::inspection::Officer;
use super::{Instant, Text};
use crate::state::Api;

/// What the ledger keeps of a trial.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialSummary {
    /// The trial was of the present text.
    pub current: bool,
    /// When it came to its end.
    pub at: Instant,
    /// Days looked back.
    pub days: u32,
    /// Cases compared.
    pub cases: u64,
    /// Inspected before.
    pub before: u64,
    /// Inspected with the version tried.
    pub after: u64,
    /// Cases newly inspected.
    pub flips_in: u64,
    /// Cases no longer inspected.
    pub flips_out: u64,
    /// SHA-256 of the report.
    pub report: String,
}

/// Begins a trial.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TrialForm {
    /// Days to look back, 1 to 92.
    pub days: u32,
}

/// Which flips are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct FlipQuery {
    /// `in` newly inspected, `out` no longer inspected, `missed` something had been found.
    pub which: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// One side of a trial.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialSide {
    /// Cases to be inspected, by the numbers that were drawn.
    pub inspected: u64,
    /// Inspections to be expected from the rates alone.
    pub expected: f64,
    /// Of the inspected, with a known result.
    pub results: u64,
    /// Of these, with something found.
    pub hits: u64,
    /// Officer hours.
    pub officer_hours: f64,
    /// Mean hours from acceptance to release.
    pub clearance_hours: f64,
}

/// Cases that have something in common.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialGroup {
    /// Grade or chapter.
    pub key: String,
    /// Its name, for grades.
    pub name: Option<Text>,
    /// Cases.
    pub cases: u64,
    /// Inspected before.
    pub before: u64,
    /// Inspected with the version tried.
    pub after: u64,
    /// Mean rate before, 0 to 1.
    pub before_rate: f64,
    /// Mean rate with the version tried, 0 to 1.
    pub after_rate: f64,
}

/// What a trial found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialResult {
    /// What was tried, and when.
    pub summary: TrialSummary,
    /// Cases for which the version has no answer.
    pub unanswered: u64,
    /// Cases whose rate changes.
    pub rate_changed: u64,
    /// As it was.
    pub before: TrialSide,
    /// As it would have been.
    pub after: TrialSide,
    /// Inspections in which something was found, and which would not have taken place.
    pub hits_missed: u64,
    /// Cases newly inspected whose result nobody knows.
    pub results_unknown: u64,
    /// Inspections with a recorded duration, from which the mean is taken.
    pub durations: u64,
    /// By grade.
    pub by_grade: Vec<TrialGroup>,
    /// By chapter of the goods code.
    pub by_chapter: Vec<TrialGroup>,
    /// What the figures mean.
    pub definition: Text,
}

/// How far a trial has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialProgress {
    /// Id.
    pub id: String,
    /// `running`, `finished`, `cancelled`, `outdated`, `failed` or `interrupted`.
    pub state: String,
    /// Share of the period that has been read, 0 to 1.
    pub share: f64,
    /// Cases compared so far.
    pub cases: u64,
    /// Decisions left out because their facts were not kept.
    pub without_facts: u64,
    /// Days looked back.
    pub days: u32,
    /// Who began it.
    pub by: Officer,
    /// Since when.
    pub started_at: Instant,
    /// It is of the present text of the version.
    pub current: bool,
}

/// The newest trial of a version: what is under way, and what the last finished one found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialView {
    /// The newest run.
    pub run: Option<TrialProgress>,
    /// The newest result.
    pub result: Option<TrialResult>,
}

/// A case whose answer changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialFlip {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: String,
    /// When it was decided.
    pub at: Instant,
    /// Grade.
    pub grade: String,
    /// Chapters of its goods.
    pub chapters: Vec<String>,
    /// Rate before, basis points.
    pub before_bp: u32,
    /// Rate with the version tried, basis points.
    pub after_bp: u32,
    /// Newly inspected; `false`: no longer inspected.
    pub inspect: bool,
    /// Rules of the version tried that count.
    pub rows: Vec<String>,
    /// `pass` or `hit`, when it was inspected.
    pub result: Option<String>,
}

impl From<FlipState> for TrialFlip {
    fn from(state: FlipState) -> Self {
        Self {
            declaration: state.declaration,
            entry_id: state.entry_id,
            at: ledger::Timestamp::from_millis(state.decided_at_ms).into(),
            grade: state.grade,
            chapters: state.chapters,
            before_bp: state.before_bp,
            after_bp: state.after_bp,
            inspect: state.inspect,
            rows: state.rows,
            result: state.result.map(|result| match result {
                rulebook::Result::Pass => "pass".into(),
                rulebook::Result::Hit => "hit".into(),
            }),
        }
    }
}

/// What the ledger keeps of a trial; `present` is the fingerprint of the text as it is now.
pub(super) fn summary(state: &SummaryState, present: &str) -> TrialSummary {
    TrialSummary {
        current: state.fingerprint == present,
        at: state.at.into(),
        days: state.days,
        cases: state.cases,
        before: state.before,
        after: state.after,
        flips_in: state.flips_in,
        flips_out: state.flips_out,
        report: state.report.clone(),
    }
}

const MS_PER_HOUR: f64 = 3_600_000.0;
const BASIS_POINTS: f64 = 10_000.0;

#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
fn side(state: &SideState, cases: u64) -> TrialSide {
    TrialSide {
        inspected: state.inspected,
        expected: state.rate_sum_bp as f64 / BASIS_POINTS,
        results: state.results,
        hits: state.hits,
        officer_hours: state.officer_ms as f64 / MS_PER_HOUR,
        clearance_hours: state.clearance_ms as f64 / MS_PER_HOUR / cases.max(1) as f64,
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
fn group(state: GroupState, name: Option<Text>) -> TrialGroup {
    let mean = |sum: u64| sum as f64 / BASIS_POINTS / state.cases.max(1) as f64;
    TrialGroup {
        before_rate: mean(state.before_sum_bp),
        after_rate: mean(state.after_sum_bp),
        key: state.key,
        name,
        cases: state.cases,
        before: state.before,
        after: state.after,
    }
}

/// A report as the wire tells it.
pub(crate) fn trial_result(state: &SummaryState, report: TrialReport, present: &str) -> TrialResult {
    let grade = |group_state: &GroupState| credit::Grade::from_code(&group_state.key).map(|grade| Text::from(grade.text()));
    TrialResult {
        summary: summary(state, present),
        unanswered: report.unanswered,
        rate_changed: report.rate_changed,
        before: side(&report.before, report.cases),
        after: side(&report.after, report.cases),
        hits_missed: report.hits_missed,
        results_unknown: report.results_unknown,
        durations: report.durations,
        by_grade: report
            .by_grade
            .into_iter()
            .map(|each| {
                let name = grade(&each);
                group(each, name)
            })
            .collect(),
        by_chapter: report.by_chapter.into_iter().map(|each| group(each, None)).collect(),
        definition: Text::new(
            "每票以当时留存的事实、当时抽出的随机数，与试算版本的查验率比较，因此逐票可比。工时＝最后一箱到场至查验结果复核的时间×在场关员数；没有记录的按已记录的平均值计。查获率只按已知结果计算；从未查验过的票，结果未知，不作推测。通关时间＝受理至放行；翻转的票按查验与未查验两类平均值之差折算。",
            "Every case is decided again on the facts kept then, and the number drawn then is held against the rate of the version tried, so that cases compare one by one. Officer hours: from the arrival of the last box at the site until the result is confirmed, times the officers present; where nothing was recorded, the mean of what was. The hit rate counts known results alone; what an inspection that never took place would have found is unknown and not guessed. Clearance time: from acceptance to release; flips shift it by the difference between the means of inspected and other cases.",
        ),
    }
}

impl Api {
    /// How far a run has come.
    pub async fn trial_progress(&self, run: RunState, present: &str) -> Result<TrialProgress, AppError> {
        let state = match run.state {
            TrialState::Running => "running",
            TrialState::Finished => "finished",
            TrialState::Cancelled => "cancelled",
            TrialState::Failed => "failed",
            TrialState::Outdated => "outdated",
            TrialState::Interrupted => "interrupted",
        };
        Ok(TrialProgress {
            state: state.to_owned(),
            share: run.share,
            cases: run.cases,
            without_facts: run.without_facts,
            days: run.days,
            by: self.officer(&run.by).await?,
            started_at: run.started_at.into(),
            current: run.fingerprint == present,
            id: run.id,
        })
    }
}

//! What of an inspection is to be sampled (取样要求), line by line: ordered, sampled or answered by an accepted report, settled or waived.
//!
//! A line that is wanted keeps the result from being a pass; a line that is not settled keeps the declaration from being released.

use ledger::{Aggregate, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::disposition;
use crate::inspection::{Inspection, InspectionEvent, InspectionPhase, closed};
use crate::machine::not_while_images_decide;

/// Most goods lines of one inspection that are sampled.
pub const SAMPLING_LINES_MAX: usize = 50;
/// Most test items of one sample.
pub const TEST_ITEMS_MAX: usize = 30;
/// Longest code of a test item, characters.
pub const TEST_ITEM_LENGTH_MAX: usize = 32;

/// What a test came to (检验结论).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Everything meets its limit (合格).
    Pass,
    /// Something does not (不合格).
    Fail,
    /// The test does not tell (无法判定).
    Inconclusive,
}

impl Conclusion {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// `inspection.sampling-ordered`; also the command: a goods line is to be sampled (下达取样).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingOrdered {
    /// Goods line of the declaration, from 1.
    pub line: u32,
    /// HS code as declared.
    pub hs_code: String,
    /// Name as declared.
    pub goods: String,
    /// Codes of the test items.
    pub items: Vec<String>,
    /// The goods are subject to inspection by law (法检商品).
    pub statutory: bool,
    /// Tested before others (取样直通车).
    pub through_train: bool,
    /// Why, for officers.
    pub why: String,
    /// Officer, user id.
    pub by: String,
}

/// `inspection.sample-taken`: a line has its sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSampled {
    /// Goods line.
    pub line: u32,
    /// Sample id.
    pub sample: String,
}

/// `inspection.sample-lost`: the sample of a line cannot be used, and another may be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleLost {
    /// Goods line.
    pub line: u32,
    /// Sample id.
    pub sample: String,
}

/// What answered a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Evidence {
    /// The report of a sample.
    Sample {
        /// Sample id.
        id: String,
    },
    /// An accepted report of a third party (采信).
    ThirdParty {
        /// Report id.
        id: String,
    },
}

/// `inspection.sampling-settled`; also the command: what the test of a line came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingSettled {
    /// Goods line.
    pub line: u32,
    /// What tells it.
    pub evidence: Evidence,
    /// What it says.
    pub conclusion: Conclusion,
    /// Disposition code of a failed test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
}

/// `inspection.sampling-waived`; also the command: a line need not be answered any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingWaived {
    /// Goods line.
    pub line: u32,
    /// Why, for officers.
    pub why: String,
    /// Officer, user id.
    pub by: String,
}

/// How far a line has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamplingStanding {
    /// To be sampled, or answered by a report (待取样).
    Wanted,
    /// Sampled; no usable conclusion yet (待检验结论).
    Awaiting,
    /// Answered: it may go on (已满足).
    Met,
    /// Failed (不合格).
    Failed,
}

impl SamplingStanding {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Awaiting => "awaiting",
            Self::Met => "met",
            Self::Failed => "failed",
        }
    }
}

/// One line that is to be sampled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sampling {
    /// What was ordered.
    pub ordered: SamplingOrdered,
    /// When.
    pub at: Timestamp,
    /// Its sample.
    #[serde(default)]
    pub sample: Option<String>,
    /// What the test came to.
    #[serde(default)]
    pub settled: Option<SamplingSettled>,
    /// Waived.
    #[serde(default)]
    pub waived: Option<SamplingWaived>,
}

impl Sampling {
    /// How far it has come.
    pub fn standing(&self) -> SamplingStanding {
        if self.waived.is_some() {
            return SamplingStanding::Met;
        }
        match self.settled.as_ref().map(|settled| settled.conclusion) {
            Some(Conclusion::Pass) => SamplingStanding::Met,
            Some(Conclusion::Fail) => SamplingStanding::Failed,
            Some(Conclusion::Inconclusive) => SamplingStanding::Awaiting,
            None if self.sample.is_some() => SamplingStanding::Awaiting,
            None => SamplingStanding::Wanted,
        }
    }
}

impl Inspection {
    /// A line that is to be sampled.
    pub fn sampling_of(&self, line: u32) -> Option<&Sampling> {
        self.sampling.iter().find(|one| one.ordered.line == line)
    }

    /// Nothing that is to be sampled waits or has failed.
    pub fn sampling_met(&self) -> bool {
        self.sampling.iter().all(|one| one.standing() == SamplingStanding::Met)
    }
}

/// Orders that a line is sampled.
///
/// # Errors
/// `inspection-sampling-ordered` the second time; `inspection-sampling-lines` beyond [`SAMPLING_LINES_MAX`]; `inspection-sampling-items`
/// without test items, with too many, or one twice; `inspection-machine-first` while images decide; `inspection-closed` once there is a result.
pub fn decide_order_sampling(state: &Inspection, command: SamplingOrdered) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.order-sampling";
    match state.phase {
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. } => {}
        InspectionPhase::Recorded { .. }
        | InspectionPhase::Passed { .. }
        | InspectionPhase::Failed { .. }
        | InspectionPhase::Cancelled { .. } => return Err(closed(state, ATTEMPT)),
    }
    not_while_images_decide(state, ATTEMPT)?;
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    if state.sampling_of(command.line).is_some() {
        return refuse(
            "inspection-sampling-ordered",
            format!("第 {} 项商品已下达取样。", command.line),
            format!("Line {} is to be sampled already.", command.line),
        );
    }
    if state.sampling.len() >= SAMPLING_LINES_MAX {
        return refuse(
            "inspection-sampling-lines",
            format!("一次查验最多取样 {SAMPLING_LINES_MAX} 项商品。"),
            format!("At most {SAMPLING_LINES_MAX} lines of one inspection are sampled."),
        );
    }
    check_items(&command.items, ATTEMPT, state.status())?;
    Ok(vec![command.into()])
}

/// Are these test items that a sample may be tested for?
pub(crate) fn check_items(items: &[String], attempted: &'static str, found: &str) -> Result<(), Refusal> {
    let distinct = items.iter().collect::<std::collections::BTreeSet<_>>().len();
    let sound = |item: &String| !item.is_empty() && item.len() <= TEST_ITEM_LENGTH_MAX;
    if items.is_empty() || items.len() > TEST_ITEMS_MAX || distinct != items.len() || !items.iter().all(sound) {
        return Err(Refusal::new(
            "inspection-sampling-items",
            attempted,
            found,
            format!("须列明 1 至 {TEST_ITEMS_MAX} 个不重复的检测项目。"),
            format!("1 to {TEST_ITEMS_MAX} different test items are named."),
        ));
    }
    Ok(())
}

/// May a sample of a line be taken here and now, by this officer?
///
/// # Errors
/// `inspection-not-at-site` unless a box is at the site; `inspection-officer-not-drawn`; `inspection-sampling-none` when the line is not to be
/// sampled; `sampling-sample-taken` when it has its sample, an accepted report, or was waived; `inspection-closed` once there is a result.
pub fn check_sample(state: &Inspection, line: u32, container: &str, by: &str) -> Result<(), Refusal> {
    const ATTEMPT: &str = "sample.take";
    match state.phase {
        InspectionPhase::AtSite { .. } => {}
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } => return Err(not_at_site(state, ATTEMPT)),
        InspectionPhase::Recorded { .. }
        | InspectionPhase::Passed { .. }
        | InspectionPhase::Failed { .. }
        | InspectionPhase::Cancelled { .. } => return Err(closed(state, ATTEMPT)),
    }
    if !state.arrived.contains_key(container) {
        return Err(not_at_site(state, ATTEMPT));
    }
    if !state.officers().contains(&by) {
        return Err(Refusal::new(
            "inspection-officer-not-drawn",
            ATTEMPT,
            state.status(),
            format!("{by} 不是经随机抽取的查验人员。"),
            format!("{by} is not one of the officers drawn for this inspection."),
        ));
    }
    match wanted(state, line, ATTEMPT)?.standing() {
        SamplingStanding::Wanted => Ok(()),
        SamplingStanding::Awaiting | SamplingStanding::Met | SamplingStanding::Failed => Err(answered(state, line, ATTEMPT)),
    }
}

/// Records that a line has its sample.
///
/// # Errors
/// As [`check_sample`].
pub fn decide_line_sampled(state: &Inspection, command: LineSampled, container: &str, by: &str) -> Result<Vec<InspectionEvent>, Refusal> {
    check_sample(state, command.line, container, by)?;
    Ok(vec![command.into()])
}

/// Records that the sample of a line cannot be used; nothing when it has another.
pub fn decide_sample_lost(state: &Inspection, command: SampleLost) -> Vec<InspectionEvent> {
    let its = state.sampling_of(command.line).is_some_and(|one| one.sample.as_ref() == Some(&command.sample) && one.waived.is_none());
    if its { vec![command.into()] } else { Vec::new() }
}

/// Records what the test of a line came to: by its own sample, or by a report in place of one.
///
/// # Errors
/// `inspection-sampling-none`; `sampling-sample-taken` when a report is to stand for a line that has its sample or its answer;
/// `sampling-sample-differs` when the sample is not that of the line; `inspection-disposition` when a failure names no disposition that
/// keeps the goods, or anything else names one; `inspection-closed` when cancelled.
pub fn decide_settle_sampling(state: &Inspection, command: SamplingSettled) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.settle-sampling";
    if matches!(state.phase, InspectionPhase::Cancelled { .. }) {
        return Err(closed(state, ATTEMPT));
    }
    let line = wanted(state, command.line, ATTEMPT)?;
    match &command.evidence {
        Evidence::Sample { id } if line.sample.as_ref() != Some(id) || line.waived.is_some() => {
            return Err(Refusal::new(
                "sampling-sample-differs",
                ATTEMPT,
                state.status(),
                "该样品不是此项商品的样品。",
                "This is not the sample of the line.",
            ));
        }
        Evidence::ThirdParty { .. } if line.standing() != SamplingStanding::Wanted => {
            return Err(answered(state, command.line, ATTEMPT));
        }
        Evidence::Sample { .. } | Evidence::ThirdParty { .. } => {}
    }
    // A retest that does not tell leaves what the first test said.
    if command.conclusion == Conclusion::Inconclusive && line.standing() == SamplingStanding::Failed {
        return Ok(Vec::new());
    }
    let keeps = |code: &String| disposition(code).is_some_and(|row| !row.passes);
    let fits = match command.conclusion {
        Conclusion::Fail => command.disposition.as_ref().is_some_and(keeps),
        Conclusion::Pass | Conclusion::Inconclusive => command.disposition.is_none(),
    };
    if !fits {
        return Err(Refusal::new(
            "inspection-disposition",
            ATTEMPT,
            state.status(),
            "不合格须注明不予放行的处置代码，其他结论不注明。",
            "A failed test names a disposition that keeps the goods; other conclusions name none.",
        ));
    }
    Ok(vec![command.into()])
}

/// Waives a line: an officer other than the one who ordered it decides that it need not be answered.
///
/// # Errors
/// `inspection-sampling-none`; `inspection-same-officer`; `inspection-sampling-met` when it is answered already; `inspection-closed` when
/// cancelled.
pub fn decide_waive_sampling(state: &Inspection, command: SamplingWaived) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.waive-sampling";
    if matches!(state.phase, InspectionPhase::Cancelled { .. }) {
        return Err(closed(state, ATTEMPT));
    }
    let line = wanted(state, command.line, ATTEMPT)?;
    if line.standing() == SamplingStanding::Met {
        return Err(Refusal::new(
            "inspection-sampling-met",
            ATTEMPT,
            state.status(),
            "该项取样要求已满足。",
            "The line is answered already.",
        ));
    }
    if line.ordered.by == command.by {
        return Err(Refusal::new(
            "inspection-same-officer",
            ATTEMPT,
            state.status(),
            "下达取样的关员不能自行免除，须由其他关员办理。",
            "Whoever ordered the sampling does not waive it; another officer does.",
        ));
    }
    Ok(vec![command.into()])
}

/// What keeps a result from being a pass.
///
/// # Errors
/// `inspection-sample-failed` when a test has failed; `inspection-sampling-open` when a line has neither sample nor report.
pub(crate) fn may_pass(state: &Inspection, attempted: &'static str) -> Result<(), Refusal> {
    let of = |standing| state.sampling.iter().find(|one| one.standing() == standing).map(|one| one.ordered.line);
    if let Some(line) = of(SamplingStanding::Failed) {
        return Err(Refusal::new(
            "inspection-sample-failed",
            attempted,
            state.status(),
            format!("第 {line} 项商品检验不合格，不能录入通过。"),
            format!("The sample of line {line} has failed; the result cannot be a pass."),
        ));
    }
    if let Some(line) = of(SamplingStanding::Wanted) {
        return Err(Refusal::new(
            "inspection-sampling-open",
            attempted,
            state.status(),
            format!("第 {line} 项商品尚未取样，也没有采信报告。"),
            format!("Line {line} is to be sampled, or answered by an accepted report."),
        ));
    }
    Ok(())
}

/// How the events of sampling change an inspection; `false` when one does not follow.
pub(crate) fn apply(inspection: &mut Inspection, event: &InspectionEvent, at: Timestamp) -> Option<bool> {
    use InspectionEvent as E;
    let line_of = |inspection: &mut Inspection, line: u32| inspection.sampling.iter().position(|one| one.ordered.line == line);
    let done = match event {
        E::SamplingOrdered(data) => {
            let new = inspection.sampling_of(data.line).is_none();
            if new {
                inspection.sampling.push(Sampling { ordered: data.clone(), at, sample: None, settled: None, waived: None });
            }
            new
        }
        E::LineSampled(data) => {
            line_of(inspection, data.line).map(|index| inspection.sampling[index].sample = Some(data.sample.clone())).is_some()
        }
        E::SampleLost(data) => line_of(inspection, data.line)
            .map(|index| {
                inspection.sampling[index].sample = None;
                inspection.sampling[index].settled = None;
            })
            .is_some(),
        E::SamplingSettled(data) => {
            line_of(inspection, data.line).map(|index| inspection.sampling[index].settled = Some(data.clone())).is_some()
        }
        E::SamplingWaived(data) => {
            line_of(inspection, data.line).map(|index| inspection.sampling[index].waived = Some(data.clone())).is_some()
        }
        E::Ordered(_)
        | E::Appointed(_)
        | E::OfficersDrawn(_)
        | E::BoxArrived(_)
        | E::OfficerReplaced(_)
        | E::Recorded(_)
        | E::ResultReturned(_)
        | E::Resulted(_)
        | E::Cancelled(_)
        | E::Joined(_)
        | E::Parted(_)
        | E::FeesExempted(_)
        | E::MachineOrdered(_)
        | E::BoxScanned(_)
        | E::OpeningOrdered(_)
        | E::Classified(_)
        | E::Queued(_)
        | E::Begun(_) => return None,
    };
    Some(done)
}

fn wanted<'s>(state: &'s Inspection, line: u32, attempted: &'static str) -> Result<&'s Sampling, Refusal> {
    state.sampling_of(line).ok_or_else(|| {
        Refusal::new(
            "inspection-sampling-none",
            attempted,
            state.status(),
            format!("第 {line} 项商品没有取样要求。"),
            format!("Line {line} is not to be sampled."),
        )
    })
}

fn answered(state: &Inspection, line: u32, attempted: &'static str) -> Refusal {
    Refusal::new(
        "sampling-sample-taken",
        attempted,
        state.status(),
        format!("第 {line} 项商品已取样、已采信或已免除。"),
        format!("Line {line} has its sample or its answer already."),
    )
}

fn not_at_site(state: &Inspection, attempted: &'static str) -> Refusal {
    Refusal::new("inspection-not-at-site", attempted, state.status(), "集装箱未到查验场地。", "The box is not at the site.")
}

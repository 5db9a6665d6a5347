//! What may happen to a sample, and what not.

use ledger::{Aggregate, Refusal, Timestamp};

use crate::custody::{CustodyAct, HandOver, Holder, HolderKind, SamplePart};
use crate::disposition::disposition as disposition_of;
use crate::sample::{
    ChainDecided, ReportReleased, Reported, RetestRequested, Sample, SampleCancelled, SampleEvent, SamplePhase, SampleReportReturned,
    SampleTaken, TestResult, TestingBegan,
};
use crate::sampling::TEST_ITEMS_MAX;
use crate::sampling::{Conclusion, check_items};

/// Most hand-overs of one sample.
pub const HAND_OVERS_MAX: usize = 40;
/// Longest seal or name of a holder, characters.
pub const HOLDER_LENGTH_MAX: usize = 64;
/// Longest method, limit or result of an item, characters.
pub const TEST_TEXT_MAX: usize = 120;
/// Days for which the part kept of a sample that did not pass stays, so that a retest may be asked for: an assumption of this platform, not a rule.
pub const KEEP_DAYS: i64 = 30;
/// Longest remark, characters.
pub const SAMPLE_NOTE_MAX: usize = 500;
/// Disposition of a failed test when none is named: to be put right (责令整改).
pub const FAILED_DISPOSITION: &str = "40";

type Events = Result<Vec<SampleEvent>, Refusal>;

fn refuse<T>(state: &Sample, attempted: &'static str, code: &'static str, zh: &str, en: &str) -> Result<T, Refusal> {
    Err(Refusal::new(code, attempted, state.status(), zh.to_owned(), en.to_owned()))
}

/// A quantity: a decimal number above zero, at most three decimals.
fn is_quantity(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && whole.len() <= 9
        && fraction.is_none_or(|fraction| digits(fraction) && fraction.len() <= 3)
        && text.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

fn is_short(text: &str) -> bool {
    (1..=HOLDER_LENGTH_MAX).contains(&text.trim().chars().count())
}

/// Takes a sample. Whether its order lets it be taken is asked before ([`crate::check_sample`]).
///
/// # Errors
/// `sample-exists`; `sample-quantity` for a quantity that is none; `sample-seal` without a seal, or with one seal on both parts;
/// `inspection-sampling-items`.
pub fn decide_take(state: Option<&Sample>, command: SampleTaken) -> Events {
    const ATTEMPT: &str = "sample.take";
    if let Some(sample) = state {
        return refuse(sample, ATTEMPT, "sample-exists", "该样品编号已存在。", "A sample with this id exists already.");
    }
    let no = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, "nothing", zh.to_owned(), en.to_owned()));
    let keeper = command.keeper.as_ref();
    if !is_quantity(&command.quantity) || keeper.is_some_and(|keeper| !is_quantity(&keeper.quantity)) || !is_short(&command.unit) {
        return no(
            "sample-quantity",
            "样品数量须为大于零的数字（最多三位小数），并注明单位。",
            "Quantities are numbers above zero with at most three decimals, with a unit.",
        );
    }
    let seals_differ = keeper.is_none_or(|keeper| is_short(&keeper.seal) && keeper.seal != command.seal);
    if !is_short(&command.seal) || !seals_differ {
        return no("sample-seal", "检样和留样须各有封识，且封识号不同。", "Each part has a seal of its own.");
    }
    check_items(&command.items, ATTEMPT, "nothing")?;
    Ok(vec![command.into()])
}

/// Hands a part over. A fault in the chain refuses nothing: it is written down, found, and decided on.
///
/// # Errors
/// `sample-no-part` when there is none or it is gone; `sample-hand-over` when nobody or the wrong kind of holder takes it, or too much was
/// written; `sample-in-use` when a part that is still to be tested would be given back or destroyed; `sample-time-order` when it was handed
/// over later already; `sample-hand-overs` beyond [`HAND_OVERS_MAX`].
pub fn decide_hand_over(state: &Sample, mut command: HandOver, at: Timestamp) -> Events {
    const ATTEMPT: &str = "sample.hand-over";
    let Some(custody) = state.parts.get(&command.part).filter(|custody| !custody.gone) else {
        return refuse(state, ATTEMPT, "sample-no-part", "没有该部分样品，或已退还、销毁。", "There is no such part any more.");
    };
    if state.chain.len() >= HAND_OVERS_MAX {
        return refuse(state, ATTEMPT, "sample-hand-overs", "交接次数已达上限。", "It was handed over too often.");
    }
    let named = |holder: &Holder| holder.kind == HolderKind::Nobody || is_short(&holder.name);
    let sound = command.act.fits(command.took.kind)
        && command.gave.kind != HolderKind::Nobody
        && named(&command.gave)
        && named(&command.took)
        && is_short(&command.seal)
        && command.note.chars().count() <= SAMPLE_NOTE_MAX;
    if !sound {
        return refuse(
            state,
            ATTEMPT,
            "sample-hand-over",
            "须写明交样人、接样人和封识号，接样人须与交接类型相符。",
            "Who gave, who took and the seal are named, and whoever takes it fits the hand-over.",
        );
    }
    let laboratory = (command.took.kind == HolderKind::Laboratory).then_some(command.took.name.as_str());
    if laboratory.is_some_and(|laboratory| laboratory != state.taken.laboratory) {
        return refuse(state, ATTEMPT, "sample-laboratory-differs", "该样品不送此实验室。", "The sample is for another laboratory.");
    }
    let ends = matches!(command.act, CustodyAct::Return | CustodyAct::Destroy);
    // What is kept is there as long as a retest may be asked for.
    let kept = command.part == SamplePart::Keeper && may_be_retested(state, at);
    if ends && (state.is_open() || kept) {
        return refuse(
            state,
            ATTEMPT,
            "sample-in-use",
            "检验尚未结束，不能退样或销毁。",
            "The test has not ended; nothing is given back or destroyed.",
        );
    }
    let last = state.chain.iter().rev().find(|one| one.hand_over.part == command.part).map_or(state.taken_at, |one| one.at);
    if at < last {
        return refuse(state, ATTEMPT, "sample-time-order", "交接时间早于上一次交接。", "It was handed over later than that already.");
    }
    command.faults = custody.faults(&command);
    Ok(vec![command.into()])
}

/// May a retest still be asked for, within [`KEEP_DAYS`] of the report?
fn may_be_retested(state: &Sample, at: Timestamp) -> bool {
    match &state.phase {
        SamplePhase::Unusable { .. } | SamplePhase::Cancelled { .. } => false,
        SamplePhase::Released { at: released } => {
            state.retest.is_none() && state.conclusion() != Some(Conclusion::Pass) && at < released.plus_days(KEEP_DAYS)
        }
        SamplePhase::Taken
        | SamplePhase::Sent
        | SamplePhase::Received { .. }
        | SamplePhase::Testing { .. }
        | SamplePhase::Reported { .. } => true,
    }
}

/// Decides on the faults of a chain.
///
/// # Errors
/// `sample-chain-sound` when nothing waits; `sample-same-person` for whoever took it or had it in hand; `sample-released` once its report is
/// released.
pub fn decide_chain(state: &Sample, command: ChainDecided) -> Events {
    const ATTEMPT: &str = "sample.decide-chain";
    if !state.undecided {
        return refuse(state, ATTEMPT, "sample-chain-sound", "交接链没有待处置的异常。", "No fault of the chain waits for a decision.");
    }
    if !state.is_open() {
        return refuse(state, ATTEMPT, "sample-closed", "该样品已结束。", "The sample has ended.");
    }
    let had = |name: &String| *name == command.by;
    let involved = had(&state.taken.by)
        || state.chain.iter().any(|one| had(&one.hand_over.by) || had(&one.hand_over.gave.name) || had(&one.hand_over.took.name));
    if involved {
        return refuse(
            state,
            ATTEMPT,
            "sample-same-person",
            "取样人和经手人不能自行处置，须由其他关员决定。",
            "Whoever took it or had it in hand does not decide; another officer does.",
        );
    }
    Ok(vec![command.into()])
}

/// Begins the test: the seal is opened.
///
/// # Errors
/// `sample-not-received`; `sample-same-person` for whoever took it; `sample-chain-undecided` while a fault of the chain waits.
pub fn decide_begin_test(state: &Sample, command: TestingBegan) -> Events {
    const ATTEMPT: &str = "sample.test";
    match state.phase {
        SamplePhase::Received { .. } => {}
        SamplePhase::Taken
        | SamplePhase::Sent
        | SamplePhase::Testing { .. }
        | SamplePhase::Reported { .. }
        | SamplePhase::Released { .. }
        | SamplePhase::Unusable { .. }
        | SamplePhase::Cancelled { .. } => {
            return refuse(state, ATTEMPT, "sample-not-received", "样品不在待检状态。", "The sample does not wait to be tested.");
        }
    }
    not_the_taker(state, ATTEMPT, &command.by)?;
    decided(state, ATTEMPT)?;
    Ok(vec![command.into()])
}

/// Whoever took a sample knows whose it is, and has no part in its test (盲样).
fn not_the_taker(state: &Sample, attempted: &'static str, by: &str) -> Result<(), Refusal> {
    if state.taken.by != by {
        return Ok(());
    }
    refuse(state, attempted, "sample-same-person", "取样人不能参与该样品的检验。", "Whoever took the sample has no part in its test.")
}

fn decided(state: &Sample, attempted: &'static str) -> Result<(), Refusal> {
    if !state.undecided {
        return Ok(());
    }
    refuse(
        state,
        attempted,
        "sample-chain-undecided",
        "交接链有异常，须先由其他关员处置。",
        "A fault of the chain waits for an officer's decision.",
    )
}

/// Writes the report.
///
/// # Errors
/// `sample-not-testing` unless it is being tested, also when another report was written a moment before; `sample-same-person` when a retest
/// is reported by whoever reported the first test; `sample-report` when an item is missing, unasked for or twice, a text is empty or too
/// long, or the conclusion contradicts the results.
pub fn decide_report(state: &Sample, command: Reported) -> Events {
    const ATTEMPT: &str = "sample.report";
    match state.phase {
        SamplePhase::Testing { .. } => {}
        SamplePhase::Taken
        | SamplePhase::Sent
        | SamplePhase::Received { .. }
        | SamplePhase::Reported { .. }
        | SamplePhase::Released { .. }
        | SamplePhase::Unusable { .. }
        | SamplePhase::Cancelled { .. } => {
            return refuse(
                state,
                ATTEMPT,
                "sample-not-testing",
                "样品不在检验中，或报告已录入。",
                "It is not being tested, or its report is written already.",
            );
        }
    }
    not_the_taker(state, ATTEMPT, &command.by)?;
    if state.reports.iter().any(|report| report.report.by == command.by) {
        return refuse(
            state,
            ATTEMPT,
            "sample-same-person",
            "复检须由初检以外的人员进行。",
            "A retest is done by somebody other than who did the first test.",
        );
    }
    let results = &command.results;
    let complete = state.taken.items.iter().all(|item| results.iter().filter(|one| one.item == *item).count() == 1);
    let none_else = results.len() == state.taken.items.len() && results.len() <= TEST_ITEMS_MAX;
    if !complete || !none_else || !agrees(results, command.conclusion) || command.note.chars().count() > SAMPLE_NOTE_MAX {
        return refuse(
            state,
            ATTEMPT,
            "sample-report",
            "须逐项写明方法、限量和结果，结论须与各项结果一致。",
            "Every item has its method, limit and result, and the conclusion agrees with them.",
        );
    }
    Ok(vec![command.into()])
}

/// Are the results complete, and does the conclusion follow from them?
pub(crate) fn agrees(results: &[TestResult], conclusion: Conclusion) -> bool {
    let filled = |text: &str| (1..=TEST_TEXT_MAX).contains(&text.trim().chars().count());
    let all_filled = results.iter().all(|one| filled(&one.method) && filled(&one.limit) && filled(&one.result));
    let all_meet = results.iter().all(|one| one.meets);
    all_filled
        && !results.is_empty()
        && match conclusion {
            Conclusion::Pass => all_meet,
            Conclusion::Fail => !all_meet,
            Conclusion::Inconclusive => true,
        }
}

fn written<'s>(state: &'s Sample, attempted: &'static str) -> Result<&'s Reported, Refusal> {
    match &state.phase {
        SamplePhase::Reported { report, .. } => Ok(report),
        SamplePhase::Taken
        | SamplePhase::Sent
        | SamplePhase::Received { .. }
        | SamplePhase::Testing { .. }
        | SamplePhase::Released { .. }
        | SamplePhase::Unusable { .. }
        | SamplePhase::Cancelled { .. } => {
            refuse(state, attempted, "sample-not-reported", "没有待签发的报告。", "No report waits to be released.")
        }
    }
}

/// Gives a report back: it is written anew.
///
/// # Errors
/// `sample-not-reported`.
pub fn decide_return_report(state: &Sample, command: SampleReportReturned) -> Events {
    written(state, "sample.return-report")?;
    Ok(vec![command.into()])
}

/// Releases a report, as somebody other than who wrote it. A failed test leads to [`FAILED_DISPOSITION`] unless another disposition that keeps
/// the goods is named. `month` is that of the port's clock.
///
/// # Errors
/// `sample-not-reported`; `sample-same-person`; `sample-chain-undecided`; `inspection-disposition`.
pub fn decide_release(state: &Sample, by: &str, named: Option<&str>, month: String) -> Events {
    const ATTEMPT: &str = "sample.release";
    let report = written(state, ATTEMPT)?;
    if report.by == by {
        return refuse(
            state,
            ATTEMPT,
            "sample-same-person",
            "报告须由录入人以外的人员签发。",
            "Somebody other than who wrote the report releases it.",
        );
    }
    not_the_taker(state, ATTEMPT, by)?;
    decided(state, ATTEMPT)?;
    let disposition = match report.conclusion {
        Conclusion::Fail => Some(named.unwrap_or(FAILED_DISPOSITION).to_owned()),
        Conclusion::Pass | Conclusion::Inconclusive => named.map(str::to_owned),
    };
    let keeps = |code: &String| report.conclusion == Conclusion::Fail && disposition_of(code).is_some_and(|row| !row.passes);
    if disposition.as_ref().is_some_and(|code| !keeps(code)) {
        return refuse(
            state,
            ATTEMPT,
            "inspection-disposition",
            "处置代码只用于不合格，且须为不予放行的代码。",
            "A disposition goes with a failed test, and keeps the goods.",
        );
    }
    Ok(vec![ReportReleased { conclusion: report.conclusion, disposition, month, by: by.to_owned() }.into()])
}

/// Asks for a retest of the part that was kept, once.
///
/// # Errors
/// `sample-no-retest` unless a released report fails or does not tell; `sample-retested` the second time; `sample-no-part` without a kept part.
pub fn decide_retest(state: &Sample, command: RetestRequested) -> Events {
    const ATTEMPT: &str = "sample.retest";
    if state.retest.is_some() {
        return refuse(state, ATTEMPT, "sample-retested", "已申请过复检，只能复检一次。", "It is tested again once only.");
    }
    let released = matches!(state.phase, SamplePhase::Released { .. });
    if !released || state.conclusion() == Some(Conclusion::Pass) {
        return refuse(
            state,
            ATTEMPT,
            "sample-no-retest",
            "只有不合格或无法判定的报告可申请复检。",
            "A retest follows on a released report that fails or does not tell.",
        );
    }
    if state.parts.get(&SamplePart::Keeper).is_none_or(|part| part.gone) {
        return refuse(state, ATTEMPT, "sample-no-part", "没有留样，不能复检。", "Nothing was kept that could be tested again.");
    }
    Ok(vec![command.into()])
}

/// Ends a sample whose order was cancelled; nothing when it has ended already.
pub fn decide_cancel_sample(state: &Sample, why: &str) -> Vec<SampleEvent> {
    if state.is_open() { vec![SampleCancelled { why: why.to_owned() }.into()] } else { Vec::new() }
}

//! How a version comes into force and ends.

use ledger::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::{Drafted, Edited, Installed, Kept, Released, Returned, RuleTableEvent, Submitted, Tried, WithdrawalAsked, Withdrawn};
use crate::table::{NOTE_LENGTH_MAX, RuleTable, Stage, VERSIONS_MAX, Version, WRITERS_MAX};

/// What the check of a version's text found when it was submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Findings that prevent the release.
    pub errors: u32,
    /// Findings that look unintended.
    pub warnings: u32,
    /// Findings worth knowing.
    pub infos: u32,
}

type Decided = Result<Vec<RuleTableEvent>, Refusal>;

const DRAFT: &str = "rule-table.draft";
const EDIT: &str = "rule-table.edit";
const TRY: &str = "rule-table.try";
const SUBMIT: &str = "rule-table.submit";
const RETURN: &str = "rule-table.return";
const RELEASE: &str = "rule-table.countersign";
const WITHDRAW: &str = "rule-table.withdraw";

/// Installs the version that came with the platform.
///
/// # Errors
/// `rule-table-exists`.
pub fn decide_install(state: Option<&RuleTable>, command: Installed) -> Decided {
    match state {
        Some(_) => {
            Err(Refusal::new("rule-table-exists", "rule-table.install", "settled", "规则表已存在。", "The rule table exists already."))
        }
        None => Ok(vec![command.into()]),
    }
}

/// Begins a version.
///
/// # Errors
/// `rule-version-unknown` when the version it is copied from does not exist; `rule-base-unreleased` when that was never released: its text
/// would be another officer's who is not named among the writers; `rule-versions-many`.
pub fn decide_draft(state: &RuleTable, command: Drafted) -> Decided {
    let base = known(state, command.based_on, DRAFT)?;
    if !matches!(base.stage, Stage::Released { .. } | Stage::Withdrawn { release: Some(_), .. }) {
        let (zh, en) = ("只能以签发过的版本为底稿。", "A version is begun from one that was released.");
        return Err(Refusal::new("rule-base-unreleased", DRAFT, base.stage.code(), zh, en));
    }
    if state.versions.len() >= VERSIONS_MAX {
        return Err(Refusal::new(
            "rule-versions-many",
            DRAFT,
            "settled",
            format!("一张规则表最多 {VERSIONS_MAX} 个版本。"),
            format!("A rule table has at most {VERSIONS_MAX} versions."),
        ));
    }
    Ok(vec![command.into()])
}

/// Changes a draft.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-draft`; `rule-writers-many`.
pub fn decide_edit(state: &RuleTable, command: Edited) -> Decided {
    let version = draft(state, command.version, EDIT)?;
    if version.content == command.content {
        return Ok(Vec::new());
    }
    let new = version.writers.iter().all(|writer| writer.officer != command.by);
    if new && version.writers.len() >= WRITERS_MAX {
        return Err(Refusal::new(
            "rule-writers-many",
            EDIT,
            "draft",
            format!("一个版本最多由 {WRITERS_MAX} 人编制。"),
            format!("At most {WRITERS_MAX} officers write one version."),
        ));
    }
    Ok(vec![command.into()])
}

/// Keeps the result of a finished trial.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-closed` when it is released or withdrawn; `rule-trial-other-text` when the text was changed since
/// the trial began.
pub fn decide_tried(state: &RuleTable, command: Tried) -> Decided {
    let version = known(state, command.version, TRY)?;
    match &version.stage {
        Stage::Draft { .. } | Stage::Submitted { .. } => {}
        Stage::Released { .. } | Stage::Withdrawn { .. } => {
            let (zh, en) = ("该版本已签发或撤回，试算结果不再保留。", "The version is released or withdrawn; a trial is no longer kept.");
            return Err(Refusal::new("rule-version-closed", TRY, version.stage.code(), zh, en));
        }
    }
    if version.content.fingerprint != command.trial.fingerprint {
        let (zh, en) = ("试算期间该版本已被修改，请重新试算。", "The version was changed while it was tried; try it again.");
        return Err(Refusal::new("rule-trial-other-text", TRY, version.stage.code(), zh, en));
    }
    Ok(vec![command.into()])
}

/// Asks for the countersignature. `today` is the day of the port's clock, `YYYY-MM-DD`.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-draft`; `rule-version-faulty` when the check found errors; `rule-trial-missing` when this very
/// text was not tried; `rule-trial-unanswered` when it left past cases without an answer; `rule-effective-past` when it would begin before today; `rule-note-length`.
pub fn decide_submit(state: &RuleTable, command: Submitted, today: &str) -> Decided {
    let version = draft(state, command.version, SUBMIT)?;
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, SUBMIT, "draft", zh, en));
    if command.checked.errors > 0 {
        return refuse("rule-version-faulty", "该版本尚有错误，改正后才能提交。", "The version has errors; correct them first.");
    }
    let Some(trial) = version.tried.as_ref().filter(|trial| trial.fingerprint == version.content.fingerprint) else {
        let zh = "该版本的当前内容尚未试算，请先在历史票上试算。";
        return refuse("rule-trial-missing", zh, "The present text was not tried on past cases; try it first.");
    };
    if trial.unanswered > 0 {
        let zh = format!("试算中有 {} 票得不到结论，改正后才能提交。", trial.unanswered);
        let en = format!("The version had no answer for {} past cases; correct it first.", trial.unanswered);
        return refuse("rule-trial-unanswered", &zh, &en);
    }
    reason(&command.note, SUBMIT, version)?;
    in_future(version, today, SUBMIT)?;
    Ok(vec![command.into()])
}

/// Sends a submitted version back to its author.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-submitted`; `rule-note-length`.
pub fn decide_return(state: &RuleTable, command: Returned) -> Decided {
    let version = submitted(state, command.version, RETURN)?;
    reason(&command.why, RETURN, version)?;
    Ok(vec![command.into()])
}

/// Countersigns a submitted version: from its day on it acts.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-submitted`; `rule-own-version` when whoever signs wrote or submitted it; `rule-other-text` when
/// the signer saw another text; `rule-effective-past` when its first day is over by now.
pub fn decide_release(state: &RuleTable, command: Released, today: &str) -> Decided {
    let version = submitted(state, command.version, RELEASE)?;
    let by_submitter = matches!(&version.stage, Stage::Submitted { by, .. } if *by == command.by);
    if by_submitter || version.writers.iter().any(|writer| writer.officer == command.by) {
        let (zh, en) = (
            "编制或提交人不能复核自己的版本，须由另一名关员签发。",
            "Who wrote or submitted a version cannot countersign it; another officer must.",
        );
        return Err(Refusal::new("rule-own-version", RELEASE, "submitted", zh, en));
    }
    if command.fingerprint != version.content.fingerprint {
        let (zh, en) = ("所复核的内容与现存内容不一致，请重新打开。", "The text that was looked at is not the present one; open it again.");
        return Err(Refusal::new("rule-other-text", RELEASE, "submitted", zh, en));
    }
    in_future(version, today, RELEASE)?;
    Ok(vec![command.into()])
}

/// Gives up a draft or a submitted version.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-closed` when it is released (its end needs two officers) or withdrawn; `rule-note-length`.
pub fn decide_withdraw_draft(state: &RuleTable, command: Withdrawn) -> Decided {
    let version = known(state, command.version, WITHDRAW)?;
    match &version.stage {
        Stage::Draft { .. } | Stage::Submitted { .. } => {}
        Stage::Released { .. } | Stage::Withdrawn { .. } => {
            let (zh, en) = ("该版本已签发或撤回。", "The version is released or withdrawn.");
            return Err(Refusal::new("rule-version-closed", WITHDRAW, version.stage.code(), zh, en));
        }
    }
    reason(&command.why, WITHDRAW, version)?;
    Ok(vec![command.into()])
}

/// Asks for the end of a released version. `today` as for [`decide_submit`].
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-released`; `rule-withdrawal-asked` when it was asked for before; `rule-last-version` when
/// nothing would be in force without it; `rule-note-length`.
pub fn decide_ask_withdrawal(state: &RuleTable, command: WithdrawalAsked, today: &str) -> Decided {
    let (version, wish) = released(state, command.version)?;
    if wish.is_some() {
        let (zh, en) = ("已有人申请撤回该版本。", "The withdrawal was asked for already.");
        return Err(Refusal::new("rule-withdrawal-asked", WITHDRAW, "released", zh, en));
    }
    reason(&command.why, WITHDRAW, version)?;
    replaced(state, version, today)?;
    Ok(vec![command.into()])
}

/// Lets a released version end; whoever confirms did not ask for it.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-released`; `rule-withdrawal-not-asked`; `rule-own-withdrawal`; `rule-last-version`.
pub fn decide_confirm_withdrawal(state: &RuleTable, number: u32, by: &str, today: &str) -> Decided {
    let (version, wish) = released(state, number)?;
    let Some(wish) = wish else { return Err(not_asked()) };
    if wish.by == by {
        let (zh, en) = ("申请人不能确认自己的撤回申请。", "Who asked for a withdrawal cannot confirm it.");
        return Err(Refusal::new("rule-own-withdrawal", WITHDRAW, "released", zh, en));
    }
    replaced(state, version, today)?;
    Ok(vec![Withdrawn { version: number, by: by.to_owned(), why: wish.why.clone() }.into()])
}

/// Drops the wish to withdraw a released version.
///
/// # Errors
/// `rule-version-unknown`; `rule-version-not-released`; `rule-withdrawal-not-asked`.
pub fn decide_keep(state: &RuleTable, command: Kept) -> Decided {
    match released(state, command.version)?.1 {
        Some(_) => Ok(vec![command.into()]),
        None => Err(not_asked()),
    }
}

fn known<'t>(state: &'t RuleTable, number: u32, attempt: &'static str) -> Result<&'t Version, Refusal> {
    state.version(number).ok_or_else(|| {
        Refusal::new("rule-version-unknown", attempt, "nothing", format!("没有第 {number} 版。"), format!("There is no version {number}."))
    })
}

fn draft<'t>(state: &'t RuleTable, number: u32, attempt: &'static str) -> Result<&'t Version, Refusal> {
    let version = known(state, number, attempt)?;
    match &version.stage {
        Stage::Draft { .. } => Ok(version),
        Stage::Submitted { .. } | Stage::Released { .. } | Stage::Withdrawn { .. } => {
            let (zh, en) = ("只有编制中的版本可以修改或提交。", "Only a draft can be changed or submitted.");
            Err(Refusal::new("rule-version-not-draft", attempt, version.stage.code(), zh, en))
        }
    }
}

fn submitted<'t>(state: &'t RuleTable, number: u32, attempt: &'static str) -> Result<&'t Version, Refusal> {
    let version = known(state, number, attempt)?;
    match &version.stage {
        Stage::Submitted { .. } => Ok(version),
        Stage::Draft { .. } | Stage::Released { .. } | Stage::Withdrawn { .. } => {
            let (zh, en) = ("该版本不在待复核状态。", "The version is not waiting for a countersignature.");
            Err(Refusal::new("rule-version-not-submitted", attempt, version.stage.code(), zh, en))
        }
    }
}

fn released(state: &RuleTable, number: u32) -> Result<(&Version, Option<&WithdrawalAsked>), Refusal> {
    let version = known(state, number, WITHDRAW)?;
    match &version.stage {
        Stage::Released { withdrawal, .. } => Ok((version, withdrawal.as_ref())),
        Stage::Draft { .. } | Stage::Submitted { .. } | Stage::Withdrawn { .. } => {
            let (zh, en) = ("该版本未签发。", "The version is not released.");
            Err(Refusal::new("rule-version-not-released", WITHDRAW, version.stage.code(), zh, en))
        }
    }
}

fn not_asked() -> Refusal {
    Refusal::new("rule-withdrawal-not-asked", WITHDRAW, "released", "没有撤回申请。", "No withdrawal was asked for.")
}

/// Declarations must be decided by some version every day, today and on every day on which this one would have.
fn replaced(state: &RuleTable, version: &Version, today: &str) -> Result<(), Refusal> {
    let mut without = state.clone();
    without.versions.iter_mut().filter(|other| other.number == version.number).for_each(|other| {
        other.stage =
            Stage::Withdrawn { by: String::new(), why: String::new(), at: Timestamp::from_millis(0), release: version.release().cloned() };
    });
    // Days begin to lack a version where this one would have begun, and where another ends.
    let ends = without.released().into_iter().filter_map(|other| day_after(other.content.effective_to.as_deref()?));
    let mut turns = ends.chain([version.content.effective_from.clone()]).filter(|day| day.as_str() > today);
    let lost = turns.any(|day| state.in_force_on(&day).is_some() && without.in_force_on(&day).is_none());
    if without.in_force_on(today).is_some() && !lost {
        return Ok(());
    }
    let (zh, en) = (
        "撤回后将有日期没有任何版本生效，请先签发替代版本。",
        "On some day no version would be in force without it; release another one first.",
    );
    Err(Refusal::new("rule-last-version", WITHDRAW, "released", zh, en))
}

/// The day after one, `YYYY-MM-DD`.
fn day_after(day: &str) -> Option<String> {
    let day: rules::Day = day.parse().ok()?;
    Some(rules::Day::in_china((day.number() + 1) * 86_400_000).to_string())
}

fn in_future(version: &Version, today: &str, attempt: &'static str) -> Result<(), Refusal> {
    if version.content.effective_from.as_str() >= today {
        return Ok(());
    }
    let from = &version.content.effective_from;
    Err(Refusal::new(
        "rule-effective-past",
        attempt,
        version.stage.code(),
        format!("生效日期 {from} 已过，规则不得追溯。"),
        format!("The first day in force, {from}, is over; rules do not act on the past."),
    ))
}

fn reason(text: &str, attempt: &'static str, version: &Version) -> Result<(), Refusal> {
    let length = text.trim().chars().count();
    if (1..=NOTE_LENGTH_MAX).contains(&length) {
        return Ok(());
    }
    Err(Refusal::new(
        "rule-note-length",
        attempt,
        version.stage.code(),
        format!("理由须为 1 至 {NOTE_LENGTH_MAX} 个字符。"),
        format!("A reason has 1 to {NOTE_LENGTH_MAX} characters."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Content, Release};

    fn version(number: u32, from: &str, to: Option<&str>) -> Version {
        Version {
            number,
            content: Content { fingerprint: number.to_string(), rows: 1, effective_from: from.into(), effective_to: to.map(str::to_owned) },
            writers: Vec::new(),
            based_on: None,
            opened_at: Timestamp::from_millis(0),
            tried: None,
            stage: Stage::Released {
                release: Release::Shipped { origin: codes::Text::new("随附", "shipped"), at: Timestamp::from_millis(i64::from(number)) },
                withdrawal: None,
            },
        }
    }

    fn asked(versions: Vec<Version>, number: u32) -> Result<(), &'static str> {
        let state =
            RuleTable { authority: "2202".into(), title: codes::Text::new("表", "table"), versions, opened_at: Timestamp::from_millis(0) };
        let command = WithdrawalAsked { version: number, by: "an".into(), why: "x".into() };
        decide_ask_withdrawal(&state, command, "2026-06-01").map(|_| ()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn the_version_in_force_is_the_last_to_begin_and_of_these_the_last_released() {
        let versions = vec![
            version(1, "2021-11-01", None),
            version(2, "2026-04-01", None),
            version(3, "2027-01-01", Some("2027-06-30")),
            version(4, "2026-04-01", None),
        ];
        let table =
            RuleTable { authority: "2202".into(), title: codes::Text::new("表", "table"), versions, opened_at: Timestamp::from_millis(0) };
        let on = |day| table.in_force_on(day).map(|version| version.number);
        assert_eq!((on("2021-10-31"), on("2021-11-01"), on("2026-03-31")), (None, Some(1), Some(1)));
        assert_eq!((on("2026-04-01"), on("2027-01-01"), on("2027-06-30")), (Some(4), Some(3), Some(3)));
        assert_eq!(on("2027-07-01"), Some(4), "an open version goes on when a limited one has ended");
    }

    #[test]
    fn a_withdrawal_leaves_no_day_without_a_version() {
        let open = || version(1, "2026-01-01", None);
        assert_eq!(asked(vec![open(), version(2, "2026-05-01", None)], 2), Ok(()));
        // The older one ends at New Year's Eve: without the newer one nothing is in force from then on.
        let ending = || version(1, "2026-01-01", Some("2026-12-31"));
        assert_eq!(asked(vec![ending(), version(2, "2026-05-01", None)], 2), Err("rule-last-version"));
        assert_eq!(asked(vec![ending(), version(2, "2026-05-01", None), version(3, "2027-01-01", None)], 2), Ok(()));
        assert_eq!(asked(vec![ending(), version(2, "2026-05-01", None), version(3, "2027-01-02", None)], 2), Err("rule-last-version"));
        // One that has not begun yet and closes the end of the other.
        assert_eq!(asked(vec![ending(), version(2, "2027-01-01", None)], 2), Err("rule-last-version"));
        assert_eq!(asked(vec![open(), version(2, "2027-01-01", None)], 2), Ok(()));
        // Days that lack a version with it as well are not its doing.
        assert_eq!(asked(vec![ending(), version(2, "2026-05-01", Some("2026-08-01"))], 2), Ok(()));
    }

    #[test]
    fn a_version_that_left_past_cases_without_an_answer_is_not_submitted() {
        let tried = |unanswered| crate::TrialSummary {
            fingerprint: "2".into(),
            days: 30,
            cases: 5,
            unanswered,
            flips_in: 0,
            flips_out: 0,
            before: 1,
            after: 1,
            report: String::new(),
            at: Timestamp::from_millis(0),
        };
        let submitted = |unanswered| {
            let stage = Stage::Draft { returned: None };
            let versions =
                vec![version(1, "2026-01-01", None), Version { tried: Some(tried(unanswered)), stage, ..version(2, "2026-07-01", None) }];
            let opened_at = Timestamp::from_millis(0);
            let state = RuleTable { authority: "2202".into(), title: codes::Text::new("表", "table"), versions, opened_at };
            let command = Submitted { version: 2, by: "an".into(), note: "x".into(), checked: Checked::default() };
            decide_submit(&state, command, "2026-06-01").map(|_| ()).map_err(|refusal| refusal.code)
        };
        assert_eq!(submitted(0), Ok(()));
        assert_eq!(submitted(1), Err("rule-trial-unanswered"));
    }
}

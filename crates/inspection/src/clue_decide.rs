//! What may be done with a clue, and when.

use ledger::{Aggregate, Refusal, Timestamp};

use crate::clue::{
    CLUE_ASSIGNMENTS_MAX, CLUE_DUE_DAYS_MAX, CLUE_READINGS_MAX, CLUE_SHARES_MAX, Clue, ClueAssigned, ClueChecked, ClueClosed, ClueEvent,
    ClueFactsAttached, CluePhase, ClueRegistered, ClueScope, ClueShared,
};

/// Registers a clue.
///
/// # Errors
/// `clue-exists`.
pub fn decide_register_clue(state: Option<&Clue>, command: ClueRegistered) -> Result<Vec<ClueEvent>, Refusal> {
    match state {
        None => Ok(vec![command.into()]),
        Some(clue) => Err(refused(clue, "clue-exists", "clue.register", "该线索编号已存在。", "A clue with this id exists already.")),
    }
}

/// Attaches what was looked up.
///
/// # Errors
/// `clue-closed`; `clue-readings` after [`CLUE_READINGS_MAX`].
pub fn decide_attach_facts(state: &Clue, command: ClueFactsAttached) -> Result<Vec<ClueEvent>, Refusal> {
    const ATTEMPT: &str = "clue.attach-facts";
    open(state, ATTEMPT)?;
    if state.readings.len() >= CLUE_READINGS_MAX {
        return Err(refused(
            state,
            "clue-readings",
            ATTEMPT,
            format!("一条线索最多查询 {CLUE_READINGS_MAX} 次。"),
            format!("Facts are looked up at most {CLUE_READINGS_MAX} times for one clue."),
        ));
    }
    Ok(vec![command.into()])
}

/// Assigns it to an officer, for the first time or again. `conflict`: the officer has an interest in what it is about (回避).
///
/// # Errors
/// `clue-closed`; `clue-due` when the time is over or longer than [`CLUE_DUE_DAYS_MAX`]; `clue-assignments` after [`CLUE_ASSIGNMENTS_MAX`];
/// `clue-conflict`.
pub fn decide_assign_clue(state: &Clue, command: ClueAssigned, conflict: Conflict, at: Timestamp) -> Result<Vec<ClueEvent>, Refusal> {
    const ATTEMPT: &str = "clue.assign";
    open(state, ATTEMPT)?;
    if command.due <= at || command.due > at.plus_days(CLUE_DUE_DAYS_MAX) {
        return Err(refused(
            state,
            "clue-due",
            ATTEMPT,
            format!("办理期限须在将来，且不超过 {CLUE_DUE_DAYS_MAX} 天。"),
            format!("The time must lie in the future, at most {CLUE_DUE_DAYS_MAX} days away."),
        ));
    }
    if state.assignments.len() >= CLUE_ASSIGNMENTS_MAX {
        return Err(refused(
            state,
            "clue-assignments",
            ATTEMPT,
            format!("一条线索最多分派 {CLUE_ASSIGNMENTS_MAX} 次。"),
            format!("A clue is assigned at most {CLUE_ASSIGNMENTS_MAX} times."),
        ));
    }
    match conflict {
        Conflict::None => Ok(vec![command.into()]),
        Conflict::WithSubject => Err(refused(
            state,
            "clue-conflict",
            ATTEMPT,
            "该人员与线索对象有利害关系，须回避。",
            "This officer has a conflict of interest with what the clue is about.",
        )),
    }
}

/// Whether an officer must keep away from what a clue is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Not known to.
    None,
    /// Yes.
    WithSubject,
}

/// The officer says what was found.
///
/// # Errors
/// `clue-closed`; `clue-not-assigned` while nobody is to check it; `clue-not-yours` to anybody but the officer.
pub fn decide_check_clue(state: &Clue, command: ClueChecked) -> Result<Vec<ClueEvent>, Refusal> {
    const ATTEMPT: &str = "clue.feedback";
    open(state, ATTEMPT)?;
    let Some(assignment) = state.open_assignment() else {
        return Err(refused(state, "clue-not-assigned", ATTEMPT, "线索未分派，或已反馈。", "Nobody is to check this clue now."));
    };
    if assignment.assigned.officer != command.by {
        return Err(refused(
            state,
            "clue-not-yours",
            ATTEMPT,
            "线索分派给了其他人员，由其反馈。",
            "The clue is assigned to somebody else, who answers it.",
        ));
    }
    Ok(vec![command.into()])
}

/// Lets another authority see it, or see more of it.
///
/// # Errors
/// `clue-shared-own` with its own authority; `clue-shared-already` when it sees as much; `clue-shares` after [`CLUE_SHARES_MAX`];
/// `clue-expired` when its file is not kept any more.
pub fn decide_share_clue(state: &Clue, command: ClueShared, at: Timestamp) -> Result<Vec<ClueEvent>, Refusal> {
    const ATTEMPT: &str = "clue.share";
    if state.keep_until().is_some_and(|until| until <= at) {
        return Err(refused(state, "clue-expired", ATTEMPT, "线索卷宗已过保管期限。", "The file of this clue is not kept any more."));
    }
    if command.with == state.registered.organisation {
        return Err(refused(state, "clue-shared-own", ATTEMPT, "无需共享给本单位。", "One's own authority sees it anyhow."));
    }
    match (state.shared_with(&command.with), command.scope) {
        (Some(ClueScope::All), _) | (Some(ClueScope::Clue), ClueScope::Clue) => {
            return Err(refused(state, "clue-shared-already", ATTEMPT, "已共享给该单位。", "This authority sees it already."));
        }
        (None, _) | (Some(ClueScope::Clue), ClueScope::All) => {}
    }
    if state.shares.len() >= CLUE_SHARES_MAX {
        return Err(refused(
            state,
            "clue-shares",
            ATTEMPT,
            format!("一条线索最多共享 {CLUE_SHARES_MAX} 次。"),
            format!("A clue is shared at most {CLUE_SHARES_MAX} times."),
        ));
    }
    Ok(vec![command.into()])
}

/// Closes it (办结).
///
/// # Errors
/// `clue-closed`; `clue-not-checked` before there is an answer; `clue-own-answer` to whoever gave the last one: another person closes it.
pub fn decide_close_clue(state: &Clue, command: ClueClosed) -> Result<Vec<ClueEvent>, Refusal> {
    const ATTEMPT: &str = "clue.close";
    open(state, ATTEMPT)?;
    if !matches!(state.phase, CluePhase::Checked { .. }) {
        return Err(refused(state, "clue-not-checked", ATTEMPT, "线索尚未反馈，不能办结。", "The clue is not answered yet."));
    }
    if state.answers.last().is_some_and(|answer| answer.checked.by == command.by) {
        return Err(refused(
            state,
            "clue-own-answer",
            ATTEMPT,
            "反馈人不能自己办结，须由其他人员办结。",
            "Whoever answered the clue does not close it; somebody else does.",
        ));
    }
    Ok(vec![command.into()])
}

fn open(state: &Clue, attempt: &'static str) -> Result<(), Refusal> {
    match state.phase {
        CluePhase::Closed { .. } => Err(refused(state, "clue-closed", attempt, "线索已办结。", "The clue is closed.")),
        CluePhase::Registered | CluePhase::Assigned | CluePhase::Checked { .. } => Ok(()),
    }
}

fn refused(state: &Clue, code: &'static str, attempt: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(code, attempt, state.status(), zh, en)
}

//! What is watched of each kind of case: the one place that says from when a cause stands, and who must look into it.

use std::collections::HashMap;

use alarms::Watched;
use clearance::{Declaration, DutyNotice, NoticePhase};
use inspection::{Inspection, InspectionPhase, JointOrder, JointPhase};
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{Container, Customs, Place};
use manifest::{TallyReport, Transhipment, TranshipmentPhase};
use port_call::{CallPhase, ShipCall};
use store::Milestone;

use super::earliest;
use crate::{App, AppError, Unit};

/// A case as it stands, with what else its rules ask for.
pub(super) enum Subject {
    /// A box, and when customs' inspection of it ended.
    Box(Box<Container>, Option<Timestamp>),
    Inspection(Box<Inspection>),
    Declaration(Box<Declaration>),
    /// A tally report, and when the ship of its box left.
    Tally(Box<TallyReport>, Option<Timestamp>),
    Transhipment(Box<Transhipment>),
    Joint(Box<JointOrder>),
    Duty(Box<DutyNotice>),
}

/// Which rows of the worklist may hold cases of a rule: narrow enough for the index, wide enough to miss none.
pub(super) struct Wanted {
    pub statuses: &'static [&'static str],
    pub actions: &'static [&'static str],
    /// The row carries the instant from which the limits count as its due time; otherwise it was opened before that instant.
    pub by_due: bool,
}

const fn rows(statuses: &'static [&'static str]) -> Wanted {
    Wanted { statuses, actions: &[], by_due: false }
}

/// The rows of a rule; `None` for a rule that is not watched here.
pub(super) fn wanted(rule: &str) -> Option<Wanted> {
    Some(match rule {
        "import-unreleased" | "transhipment-stay" => rows(&["in-yard", "at-inspection", "held"]),
        "import-uncollected" => rows(&["released"]),
        "inspection-not-moved" => rows(&["ordered", "appointed"]),
        "inspection-not-done" => rows(&["at-site"]),
        "inspection-not-returned" => rows(&["at-inspection", "held"]),
        "advance-not-arrived" => rows(&["awaiting-arrival"]),
        "tally-missing" => rows(&["awaited"]),
        "onward-not-loaded" => rows(&["released"]),
        "report-contradicts" => Wanted { statuses: &[], actions: &["review-alarm"], by_due: false },
        "joint-order-unused" => Wanted { statuses: &["confirmed"], actions: &[], by_due: true },
        "duty-overdue" => Wanted { statuses: &["due"], actions: &[], by_due: true },
        _ => return None,
    })
}

/// Since when the cause of a rule stands in a case, and who must look into it.
struct Cause {
    since: Timestamp,
    owner: Option<String>,
}

/// What is watched of a case while the cause of a rule stands.
pub(super) fn watched(rule: &str, id: &str, subject: &Subject, home: &str) -> Option<Watched> {
    match subject {
        Subject::Box(state, inspected) => of(rule, id, state.as_ref(), cause_of_box(rule, state, *inspected)?, home),
        Subject::Inspection(state) => of(rule, id, state.as_ref(), cause_of_inspection(rule, state)?, home),
        Subject::Declaration(state) => of(rule, id, state.as_ref(), cause_of_declaration(state)?, home),
        Subject::Tally(state, departed) => of(rule, id, state.as_ref(), cause_of_tally(state, *departed)?, home),
        Subject::Transhipment(state) => of(rule, id, state.as_ref(), cause_of_transhipment(state)?, home),
        Subject::Joint(state) => of(rule, id, state.as_ref(), cause_of_joint(state)?, home),
        Subject::Duty(state) => of(rule, id, state.as_ref(), cause_of_duty(state)?, home),
    }
}

/// Whoever may see the case is told; what no authority claims is the business of the port's own customs.
#[expect(clippy::unnecessary_wraps, reason = "the arms of a match end in it")]
fn of<A: Aggregate>(rule: &str, id: &str, state: &A, cause: Cause, home: &str) -> Option<Watched> {
    let row = state.work_row(id);
    let title = if row.title == id { id.to_owned() } else { format!("{} {id}", row.title) };
    // That a message contradicts the platform is for customs alone until it has looked.
    let parties = if rule == "report-contradicts" { Vec::new() } else { row.parties };
    let title = title.split_whitespace().fold(String::new(), |text, word| {
        if text.split(' ').any(|known| known == word) { text } else { format!("{text} {word}").trim_start().to_owned() }
    });
    Some(Watched {
        case: ObjectRef::new(A::KIND, id),
        title,
        since: cause.since,
        owner: cause.owner,
        authority: Some(row.authority.unwrap_or_else(|| home.to_owned())),
        parties,
    })
}

fn cause_of_box(rule: &str, state: &Container, inspected: Option<Timestamp>) -> Option<Cause> {
    let here = matches!(state.place, Place::Yard { .. } | Place::InspectionSite { .. });
    let released = matches!(&state.customs, Customs::Released { .. } | Customs::Held { release: Some(_), .. });
    let by_customs = |since| Some(Cause { since, owner: None });
    match rule {
        "import-unreleased" if here && !released && state.onward.is_none() => by_customs(state.milestones.discharged_at?),
        "transhipment-stay" if here && state.onward.is_some() => by_customs(state.milestones.discharged_at?),
        "import-uncollected" if here && state.release().is_some() && state.booking.is_none() => {
            Some(Cause { since: state.release()?.at, owner: Some(state.terminal.clone()) })
        }
        "inspection-not-returned" if matches!(state.place, Place::InspectionSite { .. }) => {
            // A result from before it came to the site is that of an earlier inspection.
            let came = state.milestones.at_inspection_at?;
            let since = inspected.filter(|ended| *ended >= came)?;
            Some(Cause { since, owner: Some(state.terminal.clone()) })
        }
        "report-contradicts" => by_customs(earliest(state.reports.alarms.iter().map(|open| open.at))?),
        _ => None,
    }
}

fn cause_of_inspection(rule: &str, state: &Inspection) -> Option<Cause> {
    match (&state.phase, rule) {
        (InspectionPhase::Ordered | InspectionPhase::Appointed { .. }, "inspection-not-moved") => {
            let scanned = state.by_machine().is_some_and(|machine| !machine.scanned.is_empty());
            let owner = if matches!(state.phase, InspectionPhase::Ordered) && state.by_machine().is_none() { &state.broker } else { &state.terminal };
            (!scanned).then(|| Cause { since: state.ordered_at, owner: Some(owner.clone()) })
        }
        (InspectionPhase::AtSite { .. }, "inspection-not-done") => {
            Some(Cause { since: earliest(state.arrived.values().copied())?, owner: None })
        }
        _ => None,
    }
}

fn cause_of_declaration(state: &Declaration) -> Option<Cause> {
    match state {
        Declaration::Accepted { case } if case.advance && case.landed_at.is_none() => Some(Cause { since: case.accepted_at, owner: None }),
        Declaration::Accepted { .. }
        | Declaration::Draft { .. }
        | Declaration::Released { .. }
        | Declaration::Rejected { .. }
        | Declaration::Withdrawn { .. } => None,
    }
}

fn cause_of_tally(state: &TallyReport, departed: Option<Timestamp>) -> Option<Cause> {
    let waits = state.discharged_at.is_some() && state.received_at.is_none();
    departed.filter(|_| waits).map(|since| Cause { since, owner: Some(state.of.terminal.clone()) })
}

fn cause_of_transhipment(state: &Transhipment) -> Option<Cause> {
    match &state.phase {
        TranshipmentPhase::Released { at, .. } => Some(Cause { since: *at, owner: Some(state.planned.terminal.clone()) }),
        TranshipmentPhase::Open
        | TranshipmentPhase::Refused { .. }
        | TranshipmentPhase::Withdrawn { .. }
        | TranshipmentPhase::LeftBehind { .. }
        | TranshipmentPhase::Loaded { .. } => None,
    }
}

fn cause_of_joint(state: &JointOrder) -> Option<Cause> {
    let over = state.slot.filter(|_| state.phase == JointPhase::Confirmed)?;
    Some(Cause { since: over.to, owner: Some(state.lead.clone()) })
}

fn cause_of_duty(state: &DutyNotice) -> Option<Cause> {
    match state.phase {
        NoticePhase::Due { .. } => Some(Cause { since: state.due_at, owner: Some(state.payer.clone()) }),
        NoticePhase::Paying { .. } | NoticePhase::Guaranteed { .. } | NoticePhase::Paid { .. } | NoticePhase::Waived { .. } => None,
    }
}

fn departed(call: Option<&ShipCall>) -> Option<Timestamp> {
    match call?.phase {
        CallPhase::Departed { atd, .. } => Some(atd),
        CallPhase::Announced | CallPhase::Arrived { .. } | CallPhase::Cancelled { .. } => None,
    }
}

impl App {
    /// Cases of a kind as they stand, by id: looked at, not held.
    pub(super) async fn subjects(&self, rule: &str, kind: &str, ids: Vec<String>) -> Result<HashMap<String, Subject>, AppError> {
        macro_rules! plain {
            ($kind:ty, $subject:ident) => {
                self.peek_many::<$kind>(ids).await?.into_iter().map(|(id, state)| (id, Subject::$subject(Box::new(state)))).collect()
            };
        }
        Ok(match kind {
            k if k == Container::KIND => {
                let mut found = HashMap::new();
                for (id, state) in self.peek_many::<Container>(ids).await? {
                    let inspected = self.inspected(rule, &id).await?;
                    found.insert(id, Subject::Box(Box::new(state), inspected));
                }
                found
            }
            k if k == Inspection::KIND => plain!(Inspection, Inspection),
            k if k == Declaration::KIND => plain!(Declaration, Declaration),
            k if k == Transhipment::KIND => plain!(Transhipment, Transhipment),
            k if k == JointOrder::KIND => plain!(JointOrder, Joint),
            k if k == DutyNotice::KIND => plain!(DutyNotice, Duty),
            k if k == TallyReport::KIND => {
                let reports = self.peek_many::<TallyReport>(ids).await?;
                let calls = self.peek_many::<ShipCall>(reports.values().map(|report| report.of.call.clone())).await?;
                let with = |(id, report): (String, TallyReport)| {
                    let left = departed(calls.get(&report.of.call));
                    (id, Subject::Tally(Box::new(report), left))
                };
                reports.into_iter().map(with).collect()
            }
            _ => HashMap::new(),
        })
    }

    /// When customs' inspection of a box ended, for the rule that asks.
    async fn inspected(&self, rule: &str, container: &str) -> Result<Option<Timestamp>, AppError> {
        if rule != "inspection-not-returned" {
            return Ok(None);
        }
        let journey = self.store().journey(&self.port().code, container).await?;
        Ok(journey.and_then(|row| row.at[Milestone::Inspected.index()]))
    }
}

/// A case as it stands, held by the unit: the decision is only written while it stays so.
pub(super) async fn held(unit: &mut Unit<'_>, rule: &str, kind: &str, id: &str) -> Result<Option<Subject>, AppError> {
    macro_rules! plain {
        ($kind:ty, $subject:ident) => {
            unit.load::<$kind>(id).await?.map(|state| Subject::$subject(Box::new(state)))
        };
    }
    Ok(match kind {
        k if k == Container::KIND => match unit.load::<Container>(id).await? {
            Some(state) => Some(Subject::Box(Box::new(state), unit.app.inspected(rule, id).await?)),
            None => None,
        },
        k if k == Inspection::KIND => plain!(Inspection, Inspection),
        k if k == Declaration::KIND => plain!(Declaration, Declaration),
        k if k == Transhipment::KIND => plain!(Transhipment, Transhipment),
        k if k == JointOrder::KIND => plain!(JointOrder, Joint),
        k if k == DutyNotice::KIND => plain!(DutyNotice, Duty),
        k if k == TallyReport::KIND => match unit.load::<TallyReport>(id).await? {
            Some(report) => {
                let left = departed(unit.load::<ShipCall>(&report.of.call).await?.as_ref());
                Some(Subject::Tally(Box::new(report), left))
            }
            None => None,
        },
        _ => None,
    })
}

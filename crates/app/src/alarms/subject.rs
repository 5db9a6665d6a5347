//! What is watched of each kind of case: the one place that says from when a cause stands, and who must look into it.

use std::collections::HashMap;

use alarms::Watched;
use clearance::{Declaration, DutyNotice, NoticePhase};
use inspection::{Inspection, InspectionPhase, JointOrder, JointPhase};
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{Container, Customs, Place};
use manifest::{TallyReport, Transhipment, TranshipmentPhase};
use port_call::{CallPhase, ShipCall};

use super::earliest;
use crate::{App, AppError, Unit};

/// A case as it stands, with what else its rules ask for.
pub(super) enum Subject {
    Box(Box<Container>),
    Inspection(Box<Inspection>),
    Declaration(Box<Declaration>),
    /// A tally report, and when the ship of its box left.
    Tally(Box<TallyReport>, Option<Timestamp>),
    Transhipment(Box<Transhipment>),
    Joint(Box<JointOrder>),
    Duty(Box<DutyNotice>),
    /// The inspection site of the port: since when it was looked at, and officer-hours missing.
    Site(Timestamp, u32),
}

/// Kind under which the inspection site of the port is named: a place, and no object of the ledger.
pub(super) const SITE: &str = "inspection-site";

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
        Subject::Box(state) => of(rule, id, state.as_ref(), cause_of_box(rule, state)?, home),
        Subject::Inspection(state) => of(rule, id, state.as_ref(), cause_of_inspection(rule, state)?, home),
        Subject::Declaration(state) => of(rule, id, state.as_ref(), cause_of_declaration(state)?, home),
        Subject::Tally(state, departed) => of(rule, id, state.as_ref(), cause_of_tally(state, *departed)?, home),
        Subject::Transhipment(state) => of(rule, id, state.as_ref(), cause_of_transhipment(state)?, home),
        Subject::Joint(state) => of(rule, id, state.as_ref(), cause_of_joint(state)?, home),
        Subject::Duty(state) => of(rule, id, state.as_ref(), cause_of_duty(state)?, home),
        Subject::Site(at, missing_hours) => Some(Watched {
            case: ObjectRef::new(SITE, id),
            title: id.to_owned(),
            since: *at,
            amount: Some(*missing_hours),
            owner: None,
            authority: Some(home.to_owned()),
            parties: Vec::new(),
        }),
    }
}

/// Whoever may see the case is told; what no authority claims is the business of the port's own customs.
fn of<A: Aggregate>(rule: &str, id: &str, state: &A, cause: Cause, home: &str) -> Option<Watched> {
    let row = state.work_row(id);
    // An id that says the title already, or the other way round, is not told twice: a box is told by its number.
    let title = if id.starts_with(row.title.as_str()) || row.title.contains(id) { row.title } else { format!("{} {id}", row.title) };
    // That a message contradicts the platform is for customs alone until it has looked.
    let parties = if rule == "report-contradicts" { Vec::new() } else { row.parties };
    Some(Watched {
        case: ObjectRef::new(A::KIND, id),
        title,
        since: cause.since,
        amount: None,
        owner: cause.owner,
        authority: Some(row.authority.unwrap_or_else(|| home.to_owned())),
        parties,
    })
}

fn cause_of_box(rule: &str, state: &Container) -> Option<Cause> {
    let here = matches!(state.place, Place::Yard { .. } | Place::InspectionSite { .. });
    let released = matches!(&state.customs, Customs::Released { .. } | Customs::Held { release: Some(_), .. });
    let by_customs = |since| Some(Cause { since, owner: None });
    match rule {
        "import-unreleased" if here && !released && state.onward.is_none() => by_customs(state.milestones.discharged_at?),
        "transhipment-stay" if here && state.onward.is_some() => by_customs(state.milestones.discharged_at?),
        "import-uncollected" if here && state.release().is_some() && state.booking.is_none() => {
            Some(Cause { since: state.release()?.at, owner: Some(state.terminal.clone()) })
        }
        "report-contradicts" => by_customs(earliest(state.reports.alarms.iter().map(|open| open.at))?),
        _ => None,
    }
}

fn cause_of_inspection(rule: &str, state: &Inspection) -> Option<Cause> {
    match (&state.phase, rule) {
        (InspectionPhase::Ordered | InspectionPhase::Appointed { .. }, "inspection-not-moved") => {
            let scanned = state.by_machine().is_some_and(|machine| !machine.scanned.is_empty());
            let owner = if matches!(state.phase, InspectionPhase::Ordered) && state.by_machine().is_none() {
                &state.broker
            } else {
                &state.terminal
            };
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
    pub(super) async fn subjects(&self, kind: &str, ids: Vec<String>) -> Result<HashMap<String, Subject>, AppError> {
        macro_rules! plain {
            ($kind:ty, $subject:ident) => {
                self.peek_many::<$kind>(ids).await?.into_iter().map(|(id, state)| (id, Subject::$subject(Box::new(state)))).collect()
            };
        }
        Ok(match kind {
            k if k == Container::KIND => plain!(Container, Box),
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
            SITE => {
                let missing = self.officer_hours_missing().await?;
                ids.into_iter().filter_map(|id| missing.map(|hours| (id, Subject::Site(self.now(), hours)))).collect()
            }
            _ => HashMap::new(),
        })
    }
}

/// A case as it stands, held by the unit: the decision is only written while it stays so.
pub(super) async fn held(unit: &mut Unit<'_>, kind: &str, id: &str) -> Result<Option<Subject>, AppError> {
    macro_rules! plain {
        ($kind:ty, $subject:ident) => {
            unit.load::<$kind>(id).await?.map(|state| Subject::$subject(Box::new(state)))
        };
    }
    Ok(match kind {
        k if k == Container::KIND => plain!(Container, Box),
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
        // What is forecast is no state that could be held: it advises.
        SITE => unit.app.officer_hours_missing().await?.map(|hours| Subject::Site(unit.at(), hours)),
        _ => None,
    })
}

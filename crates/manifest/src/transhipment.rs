//! A transhipment (水水中转, MFT-04): one box that came by one ship and goes on by another without entering the country.
//!
//! Invariants: a box that agrees in everything is released without an officer, with the reasons kept; one that does not waits with every
//! mismatch named; a paper that changes after the release takes the release back; what was released and not loaded when the ship leaves is
//! left behind, and waits for who planned it; nothing changes once the box is loaded.
//!
//! Deliberately does not know where in the yard the box stands, nor how papers are found: [`crate::MatchFacts`] come in.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::transhipment_match::{Awaited, Comparison, MatchParty, TransferPlan};

/// Who released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum OnwardRelease {
    /// Everything agreed (自动审核放行).
    Automatic,
    /// An officer decided (人工放行).
    ByHand {
        /// Officer, user id.
        officer: String,
        /// Why.
        reason: String,
    },
}

/// How far a transhipment has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum TranshipmentPhase {
    /// Not decided: something is to come, or differs.
    Open,
    /// May be loaded (已放行装船).
    Released {
        /// Who released.
        #[serde(flatten)]
        by: OnwardRelease,
        /// When.
        at: Timestamp,
    },
    /// May not go on (不予放行).
    Refused {
        /// Officer, user id.
        officer: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Taken back by who planned it (撤回).
    Withdrawn {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// The ship left, and no loading was reported: who planned it settles what becomes of the box (未装船).
    LeftBehind {
        /// Who released.
        #[serde(flatten)]
        by: OnwardRelease,
        /// When it was released.
        released_at: Timestamp,
        /// When the ship left.
        at: Timestamp,
    },
    /// On the outbound ship (已装船).
    Loaded {
        /// Who released.
        #[serde(flatten)]
        by: OnwardRelease,
        /// When it was released.
        released_at: Timestamp,
        /// When it was loaded.
        at: Timestamp,
    },
}

/// A transhipment of one box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transhipment {
    /// Which box, by which ships, and who is concerned.
    #[serde(flatten)]
    pub planned: TranshipmentPlanned,
    /// The newest comparison.
    pub comparison: Comparison,
    /// How far it has come.
    pub phase: TranshipmentPhase,
    /// When it was planned.
    pub planned_at: Timestamp,
}

/// `transhipment.planned`; also the command (转运计划).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranshipmentPlanned {
    /// Container visit id.
    pub container: String,
    /// Container number.
    pub number: String,
    /// Inbound bill number.
    pub bill: String,
    /// Inbound ship call id.
    pub call: String,
    /// Outbound ship call id.
    pub onward_call: String,
    /// What the plan says of the box and its way.
    pub plan: TransferPlan,
    /// Who planned it, organisation id.
    pub planner: String,
    /// Sender of the inbound manifest, organisation id.
    pub inbound_agent: String,
    /// Agent of the outbound call, organisation id.
    pub outbound_agent: String,
    /// Terminal where the box is, organisation id.
    pub terminal: String,
    /// Customs district that decides.
    pub authority: String,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `transhipment.released`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranshipmentReleased {
    /// Who released.
    #[serde(flatten)]
    pub by: OnwardRelease,
    /// What it was released on: what agreed, and what an officer accepted.
    pub comparison: Comparison,
}

/// `transhipment.refused`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranshipmentRefused {
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub reason: String,
}

/// `transhipment.withdrawn`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranshipmentWithdrawn {
    /// Why.
    pub reason: String,
}

/// `transhipment.left-behind`: the outbound ship left without a loading being reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranshipmentLeftBehind {
    /// When the ship left.
    pub departed: Timestamp,
}

/// `transhipment.loaded`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranshipmentLoaded {
    /// When.
    pub at: Timestamp,
    /// Who reported it, organisation id.
    pub by: String,
}

ledger::domain_events! {
    /// What happens to a transhipment.
    pub enum TranshipmentEvent for "transhipment" {
        /// Planned.
        Planned(TranshipmentPlanned) = "transhipment.planned",
        /// Compared with another result than before; a release that no longer holds is taken back by it.
        Compared(Comparison) = "transhipment.compared",
        /// Released for loading.
        Released(TranshipmentReleased) = "transhipment.released",
        /// Not released.
        Refused(TranshipmentRefused) = "transhipment.refused",
        /// Taken back.
        Withdrawn(TranshipmentWithdrawn) = "transhipment.withdrawn",
        /// The ship left without it.
        LeftBehind(TranshipmentLeftBehind) = "transhipment.left-behind",
        /// Loaded.
        Loaded(TranshipmentLoaded) = "transhipment.loaded",
    }
}

/// Plans the transhipment of a box.
///
/// # Errors
/// `transhipment-exists` when the id is taken; `transhipment-same-call` when the box is to leave by the call that brought it.
pub fn decide_plan_transhipment(state: Option<&Transhipment>, command: TranshipmentPlanned) -> Result<Vec<TranshipmentEvent>, Refusal> {
    const ATTEMPT: &str = "transhipment.plan";
    if let Some(known) = state {
        return Err(Refusal::new("transhipment-exists", ATTEMPT, known.status(), "该编号已使用。", "This number is taken."));
    }
    if command.call == command.onward_call {
        return Err(Refusal::new(
            "transhipment-same-call",
            ATTEMPT,
            "nothing",
            "出境航次不能与进境航次相同。",
            "The box cannot go on by the call that brought it.",
        ));
    }
    Ok(vec![command.into()])
}

/// Takes in a comparison: releases what agrees in everything, keeps what does not, takes back a release that no longer holds. Nothing happens
/// when nothing changed, or when the transhipment is decided otherwise or loaded.
pub fn decide_compared(state: &Transhipment, comparison: Comparison) -> Vec<TranshipmentEvent> {
    match &state.phase {
        TranshipmentPhase::Open if comparison.is_clean() => {
            vec![TranshipmentReleased { by: OnwardRelease::Automatic, comparison }.into()]
        }
        TranshipmentPhase::Open if comparison == state.comparison => Vec::new(),
        TranshipmentPhase::Open => vec![comparison.into()],
        // What an officer accepted still stands; what differs since does not.
        TranshipmentPhase::Released { .. } => {
            let holds = comparison.awaited.is_empty()
                && comparison.mismatches.iter().all(|mismatch| state.comparison.mismatches.contains(mismatch));
            if holds { Vec::new() } else { vec![comparison.into()] }
        }
        TranshipmentPhase::Refused { .. }
        | TranshipmentPhase::Withdrawn { .. }
        | TranshipmentPhase::LeftBehind { .. }
        | TranshipmentPhase::Loaded { .. } => Vec::new(),
    }
}

/// The outbound ship has left: what was released, and not reported loaded until now, is left behind. Its loading may still be reported.
pub fn decide_left_behind(state: &Transhipment, departed: Timestamp) -> Vec<TranshipmentEvent> {
    match state.phase {
        TranshipmentPhase::Released { .. } => vec![TranshipmentLeftBehind { departed }.into()],
        TranshipmentPhase::Open
        | TranshipmentPhase::Refused { .. }
        | TranshipmentPhase::Withdrawn { .. }
        | TranshipmentPhase::LeftBehind { .. }
        | TranshipmentPhase::Loaded { .. } => Vec::new(),
    }
}

/// An officer releases what differs.
///
/// # Errors
/// `transhipment-incomplete` while something is still to come; `transhipment-closed` when it is decided or loaded.
pub fn decide_release_by_hand(state: &Transhipment, officer: String, reason: String) -> Result<Vec<TranshipmentEvent>, Refusal> {
    const ATTEMPT: &str = "transhipment.release";
    match &state.phase {
        TranshipmentPhase::Open if state.comparison.awaited.is_empty() => {
            let by = OnwardRelease::ByHand { officer, reason };
            Ok(vec![TranshipmentReleased { by, comparison: state.comparison.clone() }.into()])
        }
        TranshipmentPhase::Open => Err(Refusal::new(
            "transhipment-incomplete",
            ATTEMPT,
            state.status(),
            "货物未运抵或缺少预配舱单，尚不能放行。",
            "The box is not landed, or no outbound bill lists it: it cannot be released yet.",
        )),
        TranshipmentPhase::Released { .. }
        | TranshipmentPhase::Refused { .. }
        | TranshipmentPhase::Withdrawn { .. }
        | TranshipmentPhase::LeftBehind { .. }
        | TranshipmentPhase::Loaded { .. } => Err(closed(state, ATTEMPT)),
    }
}

/// An officer refuses; also what was released, until it is loaded.
///
/// # Errors
/// `transhipment-closed` when it is refused, withdrawn or loaded.
pub fn decide_refuse_transhipment(state: &Transhipment, command: TranshipmentRefused) -> Result<Vec<TranshipmentEvent>, Refusal> {
    undecided(state, "transhipment.refuse")?;
    Ok(vec![command.into()])
}

/// Who planned it takes it back, until it is loaded.
///
/// # Errors
/// `transhipment-not-planner` for another organisation; `transhipment-closed` when it is refused, withdrawn or loaded.
pub fn decide_withdraw_transhipment(
    state: &Transhipment,
    by: &str,
    command: TranshipmentWithdrawn,
) -> Result<Vec<TranshipmentEvent>, Refusal> {
    const ATTEMPT: &str = "transhipment.withdraw";
    undecided(state, ATTEMPT)?;
    if state.planned.planner != by {
        return Err(Refusal::new(
            "transhipment-not-planner",
            ATTEMPT,
            state.status(),
            "只有转运申请人可以撤回。",
            "Only who planned the transhipment may take it back.",
        ));
    }
    Ok(vec![command.into()])
}

/// The box is on the outbound ship; `departed` is when that left (实际离港时间). It may be reported after the departure, and not have
/// happened after it.
///
/// # Errors
/// `transhipment-not-released` unless it is released; `transhipment-ship-left` when the ship had left before;
/// `transhipment-closed` when it is refused, withdrawn or loaded.
pub fn decide_loaded(
    state: &Transhipment,
    command: TranshipmentLoaded,
    departed: Option<Timestamp>,
) -> Result<Vec<TranshipmentEvent>, Refusal> {
    const ATTEMPT: &str = "transhipment.load";
    match state.phase {
        TranshipmentPhase::Released { .. } | TranshipmentPhase::LeftBehind { .. } if departed.is_some_and(|left| command.at > left) => {
            Err(Refusal::new(
                "transhipment-ship-left",
                ATTEMPT,
                state.status(),
                "装船时间晚于出境船舶的实际离港时间。",
                "The loading is later than the actual departure of the outbound ship.",
            ))
        }
        TranshipmentPhase::Released { .. } | TranshipmentPhase::LeftBehind { .. } => Ok(vec![command.into()]),
        TranshipmentPhase::Open => Err(Refusal::new(
            "transhipment-not-released",
            ATTEMPT,
            state.status(),
            "中转未放行，不能装船。",
            "The transhipment is not released: the box may not be loaded.",
        )),
        TranshipmentPhase::Refused { .. } | TranshipmentPhase::Withdrawn { .. } | TranshipmentPhase::Loaded { .. } => {
            Err(closed(state, ATTEMPT))
        }
    }
}

fn undecided(state: &Transhipment, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        TranshipmentPhase::Open | TranshipmentPhase::Released { .. } | TranshipmentPhase::LeftBehind { .. } => Ok(()),
        TranshipmentPhase::Refused { .. } | TranshipmentPhase::Withdrawn { .. } | TranshipmentPhase::Loaded { .. } => {
            Err(closed(state, attempted))
        }
    }
}

fn closed(state: &Transhipment, attempted: &'static str) -> Refusal {
    Refusal::new("transhipment-closed", attempted, state.status(), "该中转申请已办结。", "The transhipment is decided already.")
}

impl Transhipment {
    /// May the box be loaded?
    pub fn is_released(&self) -> bool {
        matches!(self.phase, TranshipmentPhase::Released { .. })
    }

    /// Did the ship leave without it?
    pub fn is_left_behind(&self) -> bool {
        matches!(self.phase, TranshipmentPhase::LeftBehind { .. })
    }

    /// When it was decided for good, loaded or taken back.
    pub fn closed_at(&self) -> Option<Timestamp> {
        match self.phase {
            TranshipmentPhase::Open | TranshipmentPhase::Released { .. } | TranshipmentPhase::LeftBehind { .. } => None,
            TranshipmentPhase::Refused { at, .. } | TranshipmentPhase::Withdrawn { at, .. } | TranshipmentPhase::Loaded { at, .. } => {
                Some(at)
            }
        }
    }

    /// Who must act next, and what to do. An officer is named by no organisation: the authority's own list holds it.
    fn next_action(&self) -> (Option<String>, Option<&'static str>) {
        match &self.phase {
            TranshipmentPhase::Open => match self.comparison.mismatches.first() {
                Some(mismatch) if mismatch.who == MatchParty::Customs => (None, Some("decide-transhipment")),
                Some(mismatch) => (Some(mismatch.by.clone()), Some("correct-transhipment")),
                None if self.comparison.awaited.contains(&Awaited::OutboundBill) => {
                    (Some(self.planned.outbound_agent.clone()), Some("send-pre-manifest"))
                }
                // The box's own row asks for its discharge.
                None => (None, None),
            },
            TranshipmentPhase::Released { .. } => (Some(self.planned.terminal.clone()), Some("load-onward")),
            TranshipmentPhase::LeftBehind { .. } => (Some(self.planned.planner.clone()), Some("settle-left-behind")),
            TranshipmentPhase::Refused { .. } | TranshipmentPhase::Withdrawn { .. } | TranshipmentPhase::Loaded { .. } => (None, None),
        }
    }
}

impl Aggregate for Transhipment {
    const KIND: &'static str = "transhipment";
    type Event = TranshipmentEvent;

    fn apply(state: Option<Self>, event: &TranshipmentEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use TranshipmentEvent as E;
        use TranshipmentPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut known) = state else {
            return match event {
                E::Planned(data) => Ok(Self { planned: data.clone(), comparison: Comparison::default(), phase: P::Open, planned_at: at }),
                E::Compared(_) | E::Released(_) | E::Refused(_) | E::Withdrawn(_) | E::LeftBehind(_) | E::Loaded(_) => {
                    Err(misplaced("nothing"))
                }
            };
        };
        known.phase = match (&known.phase, event) {
            (P::Open | P::Released { .. }, E::Compared(comparison)) => {
                known.comparison = comparison.clone();
                P::Open
            }
            (P::Open, E::Released(data)) => {
                known.comparison = data.comparison.clone();
                P::Released { by: data.by.clone(), at }
            }
            (P::Released { by, at: released_at }, E::LeftBehind(data)) => {
                P::LeftBehind { by: by.clone(), released_at: *released_at, at: data.departed }
            }
            (P::Open | P::Released { .. } | P::LeftBehind { .. }, E::Refused(data)) => {
                P::Refused { officer: data.officer.clone(), reason: data.reason.clone(), at }
            }
            (P::Open | P::Released { .. } | P::LeftBehind { .. }, E::Withdrawn(data)) => P::Withdrawn { reason: data.reason.clone(), at },
            (P::Released { by, at: released_at } | P::LeftBehind { by, released_at, .. }, E::Loaded(data)) => {
                P::Loaded { by: by.clone(), released_at: *released_at, at: data.at }
            }
            (P::Open, E::Planned(_) | E::LeftBehind(_) | E::Loaded(_))
            | (P::Released { .. }, E::Planned(_) | E::Released(_))
            | (P::LeftBehind { .. }, E::Planned(_) | E::Compared(_) | E::Released(_) | E::LeftBehind(_))
            | (
                P::Refused { .. } | P::Withdrawn { .. } | P::Loaded { .. },
                E::Planned(_) | E::Compared(_) | E::Released(_) | E::Refused(_) | E::Withdrawn(_) | E::LeftBehind(_) | E::Loaded(_),
            ) => return Err(misplaced(known.status())),
        };
        Ok(known)
    }

    fn related(&self, event: &TranshipmentEvent) -> Vec<Related> {
        let of_box = || {
            vec![
                (ObjectRef::new("container", self.planned.container.clone()), "container"),
                (ObjectRef::new("bill", self.planned.bill.clone()), "bill"),
            ]
        };
        match event {
            TranshipmentEvent::Planned(data) => {
                let mut all = of_box();
                all.push((ObjectRef::new("ship-call", data.call.clone()), "call"));
                all.push((ObjectRef::new("ship-call", data.onward_call.clone()), "onward-call"));
                all
            }
            TranshipmentEvent::Compared(_)
            | TranshipmentEvent::Released(_)
            | TranshipmentEvent::Refused(_)
            | TranshipmentEvent::Withdrawn(_)
            | TranshipmentEvent::LeftBehind(_)
            | TranshipmentEvent::Loaded(_) => of_box(),
        }
    }

    fn status(&self) -> &'static str {
        match &self.phase {
            TranshipmentPhase::Open if self.comparison.mismatches.is_empty() => "waiting",
            TranshipmentPhase::Open => "mismatched",
            TranshipmentPhase::Released { .. } => "released",
            TranshipmentPhase::Refused { .. } => "refused",
            TranshipmentPhase::Withdrawn { .. } => "withdrawn",
            TranshipmentPhase::LeftBehind { .. } => "left-behind",
            TranshipmentPhase::Loaded { .. } => "loaded",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (owner, action) = self.next_action();
        let of = &self.planned;
        let mut parties = Vec::new();
        for party in [&of.planner, &of.inbound_agent, &of.outbound_agent, &of.terminal] {
            if !parties.contains(party) {
                parties.push(party.clone());
            }
        }
        WorkRow {
            title: of.number.clone(),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority: Some(of.authority.clone()),
            parties,
            keys: [id, &of.number, &of.container, &of.bill, &of.call, &of.onward_call].map(str::to_uppercase).to_vec(),
            opened_at: self.planned_at,
            due_at: None,
            closed_at: self.closed_at(),
        }
    }
}

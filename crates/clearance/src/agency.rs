//! An agency agreement (电子代理委托): a trader lets a broker act for it, in the broker's own name, for one bill or for all.
//!
//! It takes the place of the paper power of attorney that a declarant shows with the declaration (代理报关委托书; Customs Law, Art. 10). One side
//! proposes, the other accepts; each act is the signature of the person who was logged in, and stands on the ledger.
//!
//! Deliberately does not know who the consignee of a bill is: whether an agreement fits a bill is asked with [`AgencyAgreement::covers`].

use std::collections::BTreeSet;

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Longest term of an agreement, days: three years. A bound of the platform; no source sets one.
pub const AGENCY_DAYS_MAX: i64 = 3 * 366;
/// Longest bill number of an agreement, characters (as on a manifest).
pub const AGENCY_BILL_LENGTH_MAX: usize = 32;

/// What the agent may do for the principal (委托事项).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyAct {
    /// Declare goods, and what follows from it: documents, inspection (代理报关).
    Declaration,
    /// Ask the carrier for the delivery order (代理换单).
    DeliveryOrder,
    /// Have the duty paid from the principal's account (代缴税费).
    Duty,
}

/// Which of the two sides somebody is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencySide {
    /// Who is represented (委托方).
    Principal,
    /// Who represents (受托方).
    Agent,
}

/// Who signed, and when: the act of a person who was logged in (电子签名).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// For which side.
    pub side: AgencySide,
    /// Person, user id; the key's id when a system acted.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How far an agreement has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum AgencyPhase {
    /// Signed by one side (待接受).
    Proposed,
    /// Signed by both: in force within its term (已生效).
    Accepted {
        /// Of the side that accepted.
        signature: Signature,
    },
    /// Not accepted (已拒绝).
    Declined {
        /// Who declined.
        signature: Signature,
        /// Why.
        reason: String,
    },
    /// Ended by one side, also before it was accepted (已撤销).
    Revoked {
        /// Who revoked.
        signature: Signature,
        /// Why.
        reason: String,
    },
}

/// An agency agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyAgreement {
    /// Who is represented (委托方), organisation id.
    pub principal: String,
    /// Who represents (受托方), organisation id.
    pub agent: String,
    /// What for.
    pub acts: BTreeSet<AgencyAct>,
    /// The bill it is for; all bills of the principal when none is named.
    pub bill: Option<String>,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
    /// Of the side that proposed.
    pub proposed: Signature,
    /// How far it has come.
    pub phase: AgencyPhase,
}

impl AgencyAgreement {
    /// On which side an organisation is.
    pub fn side_of(&self, organisation: &str) -> Option<AgencySide> {
        if organisation == self.principal {
            Some(AgencySide::Principal)
        } else if organisation == self.agent {
            Some(AgencySide::Agent)
        } else {
            None
        }
    }

    /// Does it allow the agent this act on this bill now? An agreement that is not accepted allows nothing.
    pub fn covers(&self, act: AgencyAct, bill: &str, at: Timestamp) -> bool {
        let accepted = match self.phase {
            AgencyPhase::Accepted { .. } => true,
            AgencyPhase::Proposed | AgencyPhase::Declined { .. } | AgencyPhase::Revoked { .. } => false,
        };
        accepted
            && self.acts.contains(&act)
            && self.bill.as_deref().is_none_or(|named| named.eq_ignore_ascii_case(bill))
            && (self.valid_from..=self.valid_to).contains(&at)
    }

    /// State at a time: `expired` once the term of a proposed or accepted agreement has ended. The clock is no part of [`Aggregate::status`].
    pub fn status_at(&self, at: Timestamp) -> &'static str {
        match self.phase {
            AgencyPhase::Proposed | AgencyPhase::Accepted { .. } if at > self.valid_to => "expired",
            AgencyPhase::Proposed | AgencyPhase::Accepted { .. } | AgencyPhase::Declined { .. } | AgencyPhase::Revoked { .. } => {
                self.status()
            }
        }
    }

    /// Key under which the agreements of two organisations on a bill (or on all) are found.
    pub fn key(principal: &str, agent: &str, bill: Option<&str>) -> String {
        format!("{principal}>{agent}>{}", bill.unwrap_or("*")).to_uppercase()
    }

    fn other_side(&self) -> &str {
        match self.proposed.side {
            AgencySide::Principal => &self.agent,
            AgencySide::Agent => &self.principal,
        }
    }
}

/// `agency-agreement.proposed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyProposed {
    /// Who is represented, organisation id.
    pub principal: String,
    /// Who represents, organisation id.
    pub agent: String,
    /// What for.
    pub acts: BTreeSet<AgencyAct>,
    /// The bill it is for.
    #[serde(default)]
    pub bill: Option<String>,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
    /// Which side proposes.
    pub side: AgencySide,
    /// Who signs for it, user id.
    pub by: String,
}

/// `agency-agreement.accepted`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyAccepted {
    /// Which side accepts.
    pub side: AgencySide,
    /// Who signs for it, user id.
    pub by: String,
}

/// `agency-agreement.declined`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyDeclined {
    /// Which side declines.
    pub side: AgencySide,
    /// Who, user id.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// `agency-agreement.revoked`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyRevoked {
    /// Which side revokes.
    pub side: AgencySide,
    /// Who, user id.
    pub by: String,
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to an agency agreement.
    pub enum AgencyEvent for "agency-agreement" {
        /// Signed by one side.
        Proposed(AgencyProposed) = "agency-agreement.proposed",
        /// Signed by the other.
        Accepted(AgencyAccepted) = "agency-agreement.accepted",
        /// Not accepted.
        Declined(AgencyDeclined) = "agency-agreement.declined",
        /// Ended by one side.
        Revoked(AgencyRevoked) = "agency-agreement.revoked",
    }
}

/// Proposes an agreement.
///
/// # Errors
/// `agency-exists`; `agency-parties` when nobody is represented by somebody else; `agency-scope` when it is for nothing, or the bill number does
/// not fit; `agency-term` when the term has passed, does not end after it begins, or is longer than [`AGENCY_DAYS_MAX`].
pub fn decide_propose_agency(state: Option<&AgencyAgreement>, command: AgencyProposed, at: Timestamp) -> Result<Vec<AgencyEvent>, Refusal> {
    const ATTEMPT: &str = "agency-agreement.propose";
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, "nothing", zh, en));
    if let Some(known) = state {
        return Err(Refusal::new(
            "agency-exists",
            ATTEMPT,
            known.status(),
            "该委托编号已存在。",
            "An agreement with this id exists already.",
        ));
    }
    if command.principal.is_empty() || command.agent.is_empty() || command.principal == command.agent {
        return refuse("agency-parties", "委托方与受托方须为两个不同的单位。", "Principal and agent are two different organisations.");
    }
    let bill_fits = command.bill.as_ref().is_none_or(|bill| (1..=AGENCY_BILL_LENGTH_MAX).contains(&bill.chars().count()));
    if command.acts.is_empty() || !bill_fits {
        return refuse(
            "agency-scope",
            "须选择委托事项；提运单号为 1 至 32 个字符。",
            "Say what the agreement is for; a bill number has 1 to 32 characters.",
        );
    }
    let fits =
        command.valid_from < command.valid_to && command.valid_to > at && command.valid_to <= command.valid_from.plus_days(AGENCY_DAYS_MAX);
    if !fits {
        return refuse(
            "agency-term",
            "有效期须在将来终止，且不超过三年。",
            "The term must end in the future and last at most three years.",
        );
    }
    Ok(vec![command.into()])
}

/// Accepts an agreement that the other side proposed.
///
/// # Errors
/// `agency-own-proposal` when the side that proposed it would accept; `agency-term` once its term has passed; `agency-not-proposed` in any
/// other state.
pub fn decide_accept_agency(state: &AgencyAgreement, command: AgencyAccepted, at: Timestamp) -> Result<Vec<AgencyEvent>, Refusal> {
    const ATTEMPT: &str = "agency-agreement.accept";
    answerable(state, ATTEMPT, command.side)?;
    if at > state.valid_to {
        return Err(Refusal::new("agency-term", ATTEMPT, state.status_at(at), "委托已过有效期。", "The term of the agreement has passed."));
    }
    Ok(vec![command.into()])
}

/// Declines an agreement that the other side proposed.
///
/// # Errors
/// `agency-own-proposal`; `agency-not-proposed`.
pub fn decide_decline_agency(state: &AgencyAgreement, command: AgencyDeclined) -> Result<Vec<AgencyEvent>, Refusal> {
    answerable(state, "agency-agreement.decline", command.side)?;
    Ok(vec![command.into()])
}

/// Ends an agreement: what was declared under it stands, nothing new is.
///
/// # Errors
/// `agency-not-own` when the other side's proposal would be revoked; `agency-closed` when it is declined or revoked.
pub fn decide_revoke_agency(state: &AgencyAgreement, command: AgencyRevoked) -> Result<Vec<AgencyEvent>, Refusal> {
    const ATTEMPT: &str = "agency-agreement.revoke";
    match &state.phase {
        AgencyPhase::Proposed if command.side != state.proposed.side => Err(Refusal::new(
            "agency-not-own",
            ATTEMPT,
            state.status(),
            "对方提出的委托请接受或拒绝。",
            "A proposal of the other side is accepted or declined.",
        )),
        AgencyPhase::Proposed | AgencyPhase::Accepted { .. } => Ok(vec![command.into()]),
        AgencyPhase::Declined { .. } | AgencyPhase::Revoked { .. } => {
            Err(Refusal::new("agency-closed", ATTEMPT, state.status(), "该委托已终止。", "The agreement has ended."))
        }
    }
}

fn answerable(state: &AgencyAgreement, attempted: &'static str, side: AgencySide) -> Result<(), Refusal> {
    match &state.phase {
        AgencyPhase::Proposed if side == state.proposed.side => Err(Refusal::new(
            "agency-own-proposal",
            attempted,
            state.status(),
            "须由对方接受或拒绝。",
            "The other side accepts or declines it.",
        )),
        AgencyPhase::Proposed => Ok(()),
        AgencyPhase::Accepted { .. } | AgencyPhase::Declined { .. } | AgencyPhase::Revoked { .. } => Err(Refusal::new(
            "agency-not-proposed",
            attempted,
            state.status(),
            "该委托已接受或已终止。",
            "The agreement is accepted already, or has ended.",
        )),
    }
}

impl Aggregate for AgencyAgreement {
    const KIND: &'static str = "agency-agreement";
    type Event = AgencyEvent;

    fn apply(state: Option<Self>, event: &AgencyEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use AgencyEvent as E;
        use AgencyPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(agreement) = state else {
            return match event {
                E::Proposed(data) => Ok(proposed(data, at)),
                E::Accepted(_) | E::Declined(_) | E::Revoked(_) => Err(misplaced("nothing")),
            };
        };
        let signed = |side, by: &str| Signature { side, by: by.to_owned(), at };
        let phase = match (&agreement.phase, event) {
            (P::Proposed, E::Accepted(data)) => P::Accepted { signature: signed(data.side, &data.by) },
            (P::Proposed, E::Declined(data)) => P::Declined { signature: signed(data.side, &data.by), reason: data.reason.clone() },
            (P::Proposed | P::Accepted { .. }, E::Revoked(data)) => {
                P::Revoked { signature: signed(data.side, &data.by), reason: data.reason.clone() }
            }
            (P::Proposed, E::Proposed(_))
            | (P::Accepted { .. }, E::Proposed(_) | E::Accepted(_) | E::Declined(_))
            | (P::Declined { .. } | P::Revoked { .. }, E::Proposed(_) | E::Accepted(_) | E::Declined(_) | E::Revoked(_)) => {
                return Err(misplaced(agreement.status()));
            }
        };
        Ok(Self { phase, ..agreement })
    }

    // The bill is not named: it is a number that somebody typed, and its parties need not know who wants to be represented.
    fn related(&self, event: &AgencyEvent) -> Vec<Related> {
        let none: Vec<(ObjectRef, &'static str)> = Vec::new();
        match event {
            AgencyEvent::Proposed(_) | AgencyEvent::Accepted(_) | AgencyEvent::Declined(_) | AgencyEvent::Revoked(_) => none,
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            AgencyPhase::Proposed => "proposed",
            AgencyPhase::Accepted { .. } => "accepted",
            AgencyPhase::Declined { .. } => "declined",
            AgencyPhase::Revoked { .. } => "revoked",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (owner, action, closed_at) = match &self.phase {
            AgencyPhase::Proposed => (Some(self.other_side().to_owned()), Some("answer-agency"), None),
            AgencyPhase::Accepted { .. } => (None, None, None),
            AgencyPhase::Declined { signature, .. } | AgencyPhase::Revoked { signature, .. } => (None, None, Some(signature.at)),
        };
        let mut keys = vec![id.to_uppercase(), Self::key(&self.principal, &self.agent, self.bill.as_deref())];
        keys.extend(self.bill.as_ref().map(|bill| bill.to_uppercase()));
        WorkRow {
            title: [Some(id), self.bill.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" "),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority: None,
            parties: vec![self.principal.clone(), self.agent.clone()],
            keys,
            opened_at: self.proposed.at,
            due_at: closed_at.is_none().then_some(self.valid_to),
            closed_at,
        }
    }
}

fn proposed(data: &AgencyProposed, at: Timestamp) -> AgencyAgreement {
    AgencyAgreement {
        principal: data.principal.clone(),
        agent: data.agent.clone(),
        acts: data.acts.clone(),
        bill: data.bill.clone(),
        valid_from: data.valid_from,
        valid_to: data.valid_to,
        proposed: Signature { side: data.side, by: data.by.clone(), at },
        phase: AgencyPhase::Proposed,
    }
}

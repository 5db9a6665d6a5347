//! A gate transaction (闸口作业记录): what the gate decided once, with every reason. One event, never changed.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::{Direction, GateDecision, GateReason, container_number};

/// What a passage or refusal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRecord {
    /// Which way.
    pub direction: Direction,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Lane (闸道).
    pub lane: String,
    /// Plate seen.
    pub plate: String,
    /// Container visit id, when known.
    pub container: Option<String>,
    /// Booking id, when there is one.
    pub booking: Option<String>,
    /// Trucker, organisation id, when known.
    pub trucker: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum GateOutcome {
    /// The gate opened (放行).
    Passed {
        /// Interchange receipt, on the way out.
        eir: Option<String>,
    },
    /// The gate stayed closed (拒绝).
    Refused {
        /// Every reason.
        reasons: Vec<GateReason>,
    },
}

/// A gate transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateTransaction {
    /// What it is about.
    pub record: GateRecord,
    /// How it ended.
    pub outcome: GateOutcome,
}

/// `gate.passed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatePassed {
    /// What it is about.
    pub record: GateRecord,
    /// Interchange receipt, on the way out.
    pub eir: Option<String>,
}

/// `gate.refused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRefused {
    /// What it is about.
    pub record: GateRecord,
    /// Every reason.
    pub reasons: Vec<GateReason>,
}

ledger::domain_events! {
    /// What happens at the gate.
    pub enum GateTransactionEvent for "gate-transaction" {
        /// The gate opened.
        Passed(GatePassed) = "gate.passed",
        /// The gate stayed closed.
        Refused(GateRefused) = "gate.refused",
    }
}

/// Records what the gate decided. Refusals are recorded too: each is an exception that somebody has to explain.
///
/// # Errors
/// `gate-transaction-exists` when the id is taken.
pub fn decide_record_gate(
    state: Option<&GateTransaction>,
    record: GateRecord,
    decision: &GateDecision,
    eir: Option<String>,
) -> Result<Vec<GateTransactionEvent>, Refusal> {
    if let Some(transaction) = state {
        return Err(Refusal::new(
            "gate-transaction-exists",
            "gate.record",
            transaction.status(),
            "该闸口作业编号已存在。",
            "A gate transaction with this id exists already.",
        ));
    }
    let event = if decision.passes() {
        GateTransactionEvent::Passed(GatePassed { record, eir })
    } else {
        GateTransactionEvent::Refused(GateRefused { record, reasons: decision.reasons.clone() })
    };
    Ok(vec![event])
}

impl Aggregate for GateTransaction {
    const KIND: &'static str = "gate-transaction";
    type Event = GateTransactionEvent;

    fn apply(state: Option<Self>, event: &GateTransactionEvent, _at: Timestamp) -> Result<Self, ReplayError> {
        if let Some(transaction) = state {
            return Err(ReplayError::OutOfOrder { kind: event.kind(), state: transaction.status().to_owned() });
        }
        Ok(match event {
            GateTransactionEvent::Passed(data) => {
                Self { record: data.record.clone(), outcome: GateOutcome::Passed { eir: data.eir.clone() } }
            }
            GateTransactionEvent::Refused(data) => {
                Self { record: data.record.clone(), outcome: GateOutcome::Refused { reasons: data.reasons.clone() } }
            }
        })
    }

    fn related(&self, event: &GateTransactionEvent) -> Vec<Related> {
        let eir = match event {
            GateTransactionEvent::Passed(data) => data.eir.as_ref(),
            GateTransactionEvent::Refused(_) => None,
        };
        let named = [("container", self.record.container.as_ref()), ("booking", self.record.booking.as_ref()), ("eir", eir)];
        named.into_iter().filter_map(|(kind, id)| id.map(|id| (ObjectRef::new(kind, id.clone()), kind))).collect()
    }

    fn status(&self) -> &'static str {
        match self.outcome {
            GateOutcome::Passed { .. } => "passed",
            GateOutcome::Refused { .. } => "refused",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let number = self.record.container.as_deref().map(container_number);
        let mut keys = vec![id.to_uppercase(), self.record.plate.to_uppercase()];
        keys.extend(number.map(str::to_uppercase));
        keys.extend(self.record.booking.iter().map(|booking| booking.to_uppercase()));
        let mut parties = vec![self.record.terminal.clone()];
        parties.extend(self.record.trucker.clone());
        WorkRow {
            title: format!("{} {}", self.record.plate, number.unwrap_or_default()).trim_end().to_owned(),
            status: self.status().to_owned(),
            parties,
            keys,
            opened_at: self.record.at,
            closed_at: Some(self.record.at),
            ..WorkRow::default()
        }
    }
}

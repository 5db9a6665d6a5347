//! A bill of an outbound ship's pre-loading manifest (预配舱单, MT2101), as far as transhipment needs it (MFT-04): which boxes go on
//! by which ship, what they hold, and to which port.
//!
//! Invariants: a bill is listed once for a call; a cancelled bill may be listed again.
//!
//! Deliberately does not know of export declarations: goods that enter the country's own trade have their own way out.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::BillContent;

/// Object id of an outbound bill: its number and the call by which it goes.
pub fn outbound_bill_id(number: &str, call: &str) -> String {
    format!("{number}-{call}")
}

/// Where an outbound bill stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum OutboundPhase {
    /// On the pre-loading manifest (已列入预配舱单).
    Listed,
    /// Taken off it (已删除).
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// A bill of a pre-loading manifest. Its id is [`outbound_bill_id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundBill {
    /// Bill number.
    pub number: String,
    /// Outbound ship call id.
    pub call: String,
    /// Sender, organisation id.
    pub agent: String,
    /// Terminal of the call, organisation id.
    pub terminal: String,
    /// What the bill says; its port of discharge is the next port (下一港).
    pub content: BillContent,
    /// Where it stands.
    pub phase: OutboundPhase,
    /// When it was first listed.
    pub listed_at: Timestamp,
}

/// `outbound-bill.listed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundListed {
    /// Bill number.
    pub number: String,
    /// Outbound ship call id.
    pub call: String,
    /// Sender, organisation id.
    pub agent: String,
    /// Terminal of the call, organisation id.
    pub terminal: String,
    /// What the bill says.
    pub content: BillContent,
}

/// `outbound-bill.amended`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundAmended {
    /// What the bill says now.
    pub content: BillContent,
}

/// `outbound-bill.terminal-changed`: its call goes to another terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundMoved {
    /// Terminal of the call, organisation id.
    pub terminal: String,
}

/// `outbound-bill.cancelled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundCancelled {
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a bill of a pre-loading manifest.
    pub enum OutboundBillEvent for "outbound-bill" {
        /// Listed.
        Listed(OutboundListed) = "outbound-bill.listed",
        /// Content changed.
        Amended(OutboundAmended) = "outbound-bill.amended",
        /// Loaded at another terminal.
        Moved(OutboundMoved) = "outbound-bill.terminal-changed",
        /// Taken off.
        Cancelled(OutboundCancelled) = "outbound-bill.cancelled",
    }
}

/// Lists a bill, or changes what it says when the same sender listed it before.
///
/// # Errors
/// `outbound-not-sender` when another organisation listed it; `outbound-unchanged` when it says the same.
pub fn decide_outbound_listed(state: Option<&OutboundBill>, command: OutboundListed) -> Result<Vec<OutboundBillEvent>, Refusal> {
    const ATTEMPT: &str = "outbound-bill.submit";
    let Some(bill) = state else { return Ok(vec![command.into()]) };
    if bill.agent != command.agent {
        return Err(Refusal::new(
            "outbound-not-sender",
            ATTEMPT,
            bill.status(),
            "只有原传输人可以更改预配舱单。",
            "Only the sender of a pre-loading manifest may change it.",
        ));
    }
    match bill.phase {
        OutboundPhase::Cancelled { .. } => Ok(vec![command.into()]),
        OutboundPhase::Listed if bill.content == command.content => Err(Refusal::new(
            "outbound-unchanged",
            ATTEMPT,
            bill.status(),
            "预配舱单内容没有变化。",
            "The pre-loading manifest says the same already.",
        )),
        OutboundPhase::Listed => Ok(vec![OutboundAmended { content: command.content }.into()]),
    }
}

/// Lets a listed bill follow its call to another terminal; nothing when it is there.
pub fn decide_outbound_moved(state: &OutboundBill, terminal: &str) -> Vec<OutboundBillEvent> {
    match state.phase {
        OutboundPhase::Listed if state.terminal != terminal => vec![OutboundMoved { terminal: terminal.to_owned() }.into()],
        OutboundPhase::Listed | OutboundPhase::Cancelled { .. } => Vec::new(),
    }
}

/// Takes a bill off the pre-loading manifest.
///
/// # Errors
/// `outbound-cancelled` when it is off already.
pub fn decide_outbound_cancelled(state: &OutboundBill, command: OutboundCancelled) -> Result<Vec<OutboundBillEvent>, Refusal> {
    match state.phase {
        OutboundPhase::Listed => Ok(vec![command.into()]),
        OutboundPhase::Cancelled { .. } => Err(Refusal::new(
            "outbound-cancelled",
            "outbound-bill.cancel",
            state.status(),
            "该预配舱单提单已删除。",
            "The bill is taken off the pre-loading manifest already.",
        )),
    }
}

impl Aggregate for OutboundBill {
    const KIND: &'static str = "outbound-bill";
    type Event = OutboundBillEvent;

    fn apply(state: Option<Self>, event: &OutboundBillEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        match (state, event) {
            (None, OutboundBillEvent::Listed(data)) => Ok(listed(data, at)),
            (Some(bill), OutboundBillEvent::Listed(data)) => match bill.phase {
                OutboundPhase::Cancelled { .. } => Ok(listed(data, at)),
                OutboundPhase::Listed => Err(misplaced("listed")),
            },
            (Some(bill), OutboundBillEvent::Amended(data)) if bill.phase == OutboundPhase::Listed => {
                Ok(Self { content: data.content.clone(), ..bill })
            }
            (Some(bill), OutboundBillEvent::Moved(data)) if bill.phase == OutboundPhase::Listed => {
                Ok(Self { terminal: data.terminal.clone(), ..bill })
            }
            (Some(bill), OutboundBillEvent::Cancelled(data)) if bill.phase == OutboundPhase::Listed => {
                Ok(Self { phase: OutboundPhase::Cancelled { at, reason: data.reason.clone() }, ..bill })
            }
            (Some(bill), OutboundBillEvent::Amended(_) | OutboundBillEvent::Moved(_) | OutboundBillEvent::Cancelled(_)) => {
                Err(misplaced(bill.status()))
            }
            (None, OutboundBillEvent::Amended(_) | OutboundBillEvent::Moved(_) | OutboundBillEvent::Cancelled(_)) => {
                Err(misplaced("nothing"))
            }
        }
    }

    fn related(&self, event: &OutboundBillEvent) -> Vec<Related> {
        match event {
            OutboundBillEvent::Listed(_) => vec![(ObjectRef::new("ship-call", self.call.clone()), "call")],
            OutboundBillEvent::Amended(_) | OutboundBillEvent::Moved(_) | OutboundBillEvent::Cancelled(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            OutboundPhase::Listed => "listed",
            OutboundPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let mut keys = vec![id.to_uppercase(), self.number.to_uppercase(), self.call.to_uppercase()];
        // A row carries at most 32 keys.
        keys.extend(self.content.containers.iter().take(28).map(|c| c.number.to_uppercase()));
        keys.dedup();
        let mut parties = vec![self.agent.clone()];
        parties.extend((self.terminal != self.agent).then(|| self.terminal.clone()));
        WorkRow {
            title: self.number.clone(),
            status: self.status().to_owned(),
            owner: None,
            action: None,
            authority: None,
            parties,
            keys,
            opened_at: self.listed_at,
            due_at: None,
            closed_at: match self.phase {
                OutboundPhase::Listed => None,
                OutboundPhase::Cancelled { at, .. } => Some(at),
            },
        }
    }
}

fn listed(data: &OutboundListed, at: Timestamp) -> OutboundBill {
    OutboundBill {
        number: data.number.clone(),
        call: data.call.clone(),
        agent: data.agent.clone(),
        terminal: data.terminal.clone(),
        content: data.content.clone(),
        phase: OutboundPhase::Listed,
        listed_at: at,
    }
}

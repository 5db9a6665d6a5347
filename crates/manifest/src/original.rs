//! An original manifest (原始舱单): one transmission of one sender for one call.

use codes::{Finding, has_errors};
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::{ManifestFacts, ManifestForm, check_manifest};

/// What the transmission does (功能代码).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ManifestFunction {
    /// First transmission (原始).
    #[default]
    Original,
    /// Replaces what the sender sent before for the call (替换).
    Replace,
}

/// How far a manifest has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum ManifestPhase {
    /// Accepted (已接受).
    Accepted,
    /// Confirmed by the ship's arrival (确报).
    Confirmed {
        /// When the ship arrived.
        at: Timestamp,
    },
    /// Not accepted (退单).
    Rejected {
        /// When.
        at: Timestamp,
        /// Why: at least one is an error.
        findings: Vec<Finding>,
    },
}

/// An original manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Ship call id.
    pub call: String,
    /// Sender, organisation id.
    pub agent: String,
    /// Message it came in, unless it was typed.
    pub message: Option<String>,
    /// What the transmission does.
    pub function: ManifestFunction,
    /// Bill numbers.
    pub bills: Vec<String>,
    /// Findings that did not stand in the way.
    pub warnings: Vec<Finding>,
    /// How far it has come.
    pub phase: ManifestPhase,
    /// When it was received.
    pub received_at: Timestamp,
}

/// `manifest.accepted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Ship call id.
    pub call: String,
    /// Sender, organisation id.
    pub agent: String,
    /// Message it came in.
    pub message: Option<String>,
    /// What the transmission does.
    pub function: ManifestFunction,
    /// Bill numbers.
    pub bills: Vec<String>,
    /// Findings that did not stand in the way.
    pub warnings: Vec<Finding>,
}

/// `manifest.confirmed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// When the ship arrived.
    pub at: Timestamp,
}

/// `manifest.rejected`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Ship call id, as named by the sender.
    pub call: String,
    /// Sender, organisation id.
    pub agent: String,
    /// Message it came in.
    pub message: Option<String>,
    /// What the transmission would have done.
    pub function: ManifestFunction,
    /// Bill numbers named.
    pub bills: Vec<String>,
    /// Everything found; at least one is an error.
    pub findings: Vec<Finding>,
}

ledger::domain_events! {
    /// What happens to a manifest.
    pub enum ManifestEvent for "manifest" {
        /// Taken in.
        Accepted(Accepted) = "manifest.accepted",
        /// Confirmed by the ship's arrival.
        Confirmed(Confirmed) = "manifest.confirmed",
        /// Not taken in; the findings say why.
        Rejected(Rejected) = "manifest.rejected",
    }
}

/// Most findings that the event of a manifest keeps, the heaviest first.
pub const FINDINGS_KEPT_MAX: usize = 200;

/// Takes a manifest in, or rejects it with everything that is wrong with it. The bills are then manifested one by one
/// ([`crate::decide_manifest_bill`]) with the contents of the same form.
///
/// # Errors
/// `manifest-exists` when the id is taken.
pub fn decide_manifest(
    state: Option<&Manifest>,
    form: &ManifestForm,
    facts: &ManifestFacts,
    at: Timestamp,
) -> Result<Vec<ManifestEvent>, Refusal> {
    if let Some(manifest) = state {
        return Err(Refusal::new(
            "manifest-exists",
            "manifest.submit",
            manifest.status(),
            "该舱单编号已存在。",
            "A manifest with this id exists already.",
        ));
    }
    // Whoever sent it is told everything; the ledger keeps the first of them, so that no manifest outgrows an event.
    let mut findings = check_manifest(form, facts, at);
    let rejected = has_errors(&findings);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.truncate(FINDINGS_KEPT_MAX);
    let bills = form.bills.iter().map(|bill| bill.number.clone()).collect();
    let event = if rejected {
        ManifestEvent::Rejected(Rejected {
            call: form.call.clone(),
            agent: form.agent.clone(),
            message: form.message.clone(),
            function: form.function,
            bills,
            findings,
        })
    } else {
        ManifestEvent::Accepted(Accepted {
            call: form.call.clone(),
            agent: form.agent.clone(),
            message: form.message.clone(),
            function: form.function,
            bills,
            warnings: findings,
        })
    };
    Ok(vec![event])
}

/// Confirms a manifest when its ship arrives.
///
/// # Errors
/// `manifest-already-confirmed` the second time; `manifest-rejected` when it was never taken in.
pub fn decide_confirm(state: &Manifest, command: Confirmed) -> Result<Vec<ManifestEvent>, Refusal> {
    const ATTEMPT: &str = "manifest.confirm";
    match &state.phase {
        ManifestPhase::Accepted => Ok(vec![command.into()]),
        ManifestPhase::Confirmed { .. } => {
            Err(Refusal::new("manifest-already-confirmed", ATTEMPT, state.status(), "该舱单已确报。", "The manifest is already confirmed."))
        }
        ManifestPhase::Rejected { .. } => {
            Err(Refusal::new("manifest-rejected", ATTEMPT, state.status(), "该舱单已退回。", "The manifest was rejected."))
        }
    }
}

impl Aggregate for Manifest {
    const KIND: &'static str = "manifest";
    type Event = ManifestEvent;

    fn apply(state: Option<Self>, event: &ManifestEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut manifest) = state else {
            return match event {
                ManifestEvent::Accepted(data) => Ok(Self {
                    call: data.call.clone(),
                    agent: data.agent.clone(),
                    message: data.message.clone(),
                    function: data.function,
                    bills: data.bills.clone(),
                    warnings: data.warnings.clone(),
                    phase: ManifestPhase::Accepted,
                    received_at: at,
                }),
                ManifestEvent::Rejected(data) => Ok(Self {
                    call: data.call.clone(),
                    agent: data.agent.clone(),
                    message: data.message.clone(),
                    function: data.function,
                    bills: data.bills.clone(),
                    warnings: Vec::new(),
                    phase: ManifestPhase::Rejected { at, findings: data.findings.clone() },
                    received_at: at,
                }),
                ManifestEvent::Confirmed(_) => Err(misplaced("nothing")),
            };
        };
        match (&manifest.phase, event) {
            (ManifestPhase::Accepted, ManifestEvent::Confirmed(data)) => {
                manifest.phase = ManifestPhase::Confirmed { at: data.at };
                Ok(manifest)
            }
            (ManifestPhase::Accepted, ManifestEvent::Accepted(_) | ManifestEvent::Rejected(_))
            | (
                ManifestPhase::Confirmed { .. } | ManifestPhase::Rejected { .. },
                ManifestEvent::Accepted(_) | ManifestEvent::Confirmed(_) | ManifestEvent::Rejected(_),
            ) => Err(misplaced(manifest.status())),
        }
    }

    fn related(&self, event: &ManifestEvent) -> Vec<Related> {
        let call = (ObjectRef::new("ship-call", self.call.clone()), "call");
        let message = self.message.iter().map(|id| (ObjectRef::new("message", id.clone()), "message"));
        match event {
            ManifestEvent::Accepted(_) => std::iter::once(call).chain(message).collect(),
            // A rejected manifest may name a call that does not exist; only its message is certain.
            ManifestEvent::Rejected(_) => message.collect(),
            ManifestEvent::Confirmed(_) => vec![call],
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            ManifestPhase::Accepted => "accepted",
            ManifestPhase::Confirmed { .. } => "confirmed",
            ManifestPhase::Rejected { .. } => "rejected",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            ManifestPhase::Accepted => None,
            ManifestPhase::Confirmed { at } | ManifestPhase::Rejected { at, .. } => Some(at),
        };
        WorkRow {
            title: format!("{id} {}", self.call),
            status: self.status().to_owned(),
            owner: None,
            action: None,
            authority: None,
            parties: vec![self.agent.clone()],
            keys: vec![id.to_uppercase(), self.call.to_uppercase()],
            opened_at: self.received_at,
            due_at: None,
            closed_at,
        }
    }
}

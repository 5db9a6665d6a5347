//! Change of a manifest (舱单变更): an application with reason code and evidence, every field with its old and new value (MFT-03, CLR-26).
//!
//! What changes nothing that customs relies on is carried out at once; everything else waits for an officer. An application is never
//! edited: who wants something else withdraws it and applies again, so that the history says who wanted what.

use std::collections::BTreeMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::bill::{Amended, Bill, BillContent, Cancelled, decide_amend_approved, decide_cancel};

/// Reason codes of a change (变更原因代码): 001 to 015, and 999 for others (舱单数据模型代码集; the meanings of 001 to 015 are not verified here).
pub const REASON_OTHER: &str = "999";
/// Most pieces of evidence of an application.
pub const EVIDENCE_MAX: usize = 10;
/// Most changed fields that an application lists; a change of more is a new manifest.
pub const FIELDS_MAX: usize = 2_000;

/// Whether a reason code is one of the list.
pub fn is_reason_code(code: &str) -> bool {
    code == REASON_OTHER
        || (code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit()) && (1..=15).contains(&code.parse::<u32>().unwrap_or(0)))
}

/// A file that shows why (佐证材料).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// File name.
    pub name: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

/// A field that changes (变更前后).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// JSON pointer into the bill; containers are named by their number.
    pub pointer: String,
    /// Value before; `None` when the field is new.
    pub old: Option<String>,
    /// Value after; `None` when the field goes.
    pub new: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wanted", rename_all = "kebab-case")]
pub enum Wanted {
    /// Another content (变更).
    Amend {
        /// The bill as it is to be.
        content: Box<BillContent>,
    },
    /// No such bill (删除).
    Cancel,
}

/// How far an application has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum ChangePhase {
    /// Waits for customs (待审核).
    Waiting,
    /// Carried out without an officer (自动通过).
    Automatic,
    /// Approved and carried out (审核通过).
    Approved {
        /// Officer, user id.
        officer: String,
        /// When.
        at: Timestamp,
    },
    /// Not approved (审核不通过).
    Refused {
        /// Officer, user id.
        officer: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Taken back by the sender (撤回).
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// An application to change a bill of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestChange {
    /// Bill number.
    pub bill: String,
    /// Ship call id.
    pub call: String,
    /// Who applies, organisation id.
    pub agent: String,
    /// Message it came in, unless it was typed.
    pub message: Option<String>,
    /// What is asked for.
    pub wanted: Wanted,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub note: Option<String>,
    /// Evidence.
    pub evidence: Vec<Evidence>,
    /// Fields that change, as they were when it was applied for.
    pub fields: Vec<FieldChange>,
    /// Why an officer must look at it; empty when none must.
    pub because: Vec<String>,
    /// Customs district that decides.
    pub authority: String,
    /// How far it has come.
    pub phase: ChangePhase,
    /// When it was applied for.
    pub applied_at: Timestamp,
}

/// `manifest-change.applied`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Bill number.
    pub bill: String,
    /// Ship call id.
    pub call: String,
    /// Who applies, organisation id.
    pub agent: String,
    /// Message it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What is asked for.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Fields that change.
    pub fields: Vec<FieldChange>,
    /// Why an officer must look at it; empty when it is carried out at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Customs district that decides.
    pub authority: String,
}

/// `manifest-change.approved`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeApproved {
    /// Officer, user id.
    pub officer: String,
}

/// `manifest-change.refused`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRefused {
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub reason: String,
}

/// `manifest-change.withdrawn`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeWithdrawn {}

ledger::domain_events! {
    /// What happens to an application to change a bill.
    pub enum ManifestChangeEvent for "manifest-change" {
        /// Applied for; carried out at once when no officer must look at it.
        Applied(Applied) = "manifest-change.applied",
        /// Approved.
        Approved(ChangeApproved) = "manifest-change.approved",
        /// Not approved.
        Refused(ChangeRefused) = "manifest-change.refused",
        /// Taken back.
        Withdrawn(ChangeWithdrawn) = "manifest-change.withdrawn",
    }
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyForChange {
    /// Bill number.
    pub bill: String,
    /// Who applies, organisation id.
    pub agent: String,
    /// Message it came in.
    pub message: Option<String>,
    /// What is asked for.
    pub wanted: Wanted,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub note: Option<String>,
    /// Evidence.
    pub evidence: Vec<Evidence>,
    /// Whether the ship has arrived.
    pub arrived: bool,
    /// Customs district that decides.
    pub authority: String,
}

/// Applies for a change of a bill. What must wait for an officer, and why, stands in the event.
///
/// # Errors
/// `change-reason` for a code that is not in the list; `change-nothing` when nothing changes; `change-too-much` past [`FIELDS_MAX`];
/// `change-evidence` past [`EVIDENCE_MAX`]; `change-not-sender` when another organisation sent the bill; and what the bill itself refuses
/// whoever asks: `bill-cancelled`, `bill-container-landed`.
pub fn decide_apply(bill: &Bill, command: ApplyForChange) -> Result<Vec<ManifestChangeEvent>, Refusal> {
    const ATTEMPT: &str = "manifest-change.apply";
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, bill.status(), zh, en));
    if bill.agent != command.agent {
        return refuse("change-not-sender", "只有原舱单传输人可以申请变更。", "Only the sender of the manifest may apply for a change.");
    }
    if !is_reason_code(&command.reason) {
        return refuse("change-reason", "变更原因代码须为 001 至 015 或 999。", "The reason code is 001 to 015, or 999.");
    }
    if command.evidence.len() > EVIDENCE_MAX {
        return refuse("change-evidence", "佐证材料最多 10 份。", "At most 10 pieces of evidence.");
    }
    let fields = match &command.wanted {
        Wanted::Amend { content } => {
            decide_amend_approved(bill, Amended { content: (**content).clone(), reason: command.reason.clone() })?;
            differences(&bill.content, content)
        }
        Wanted::Cancel => {
            decide_cancel(bill, Cancelled { reason: command.reason.clone() })?;
            Vec::new()
        }
    };
    if fields.is_empty() && matches!(command.wanted, Wanted::Amend { .. }) {
        return refuse("change-nothing", "没有需要变更的内容。", "Nothing changes.");
    }
    if fields.len() > FIELDS_MAX {
        return refuse("change-too-much", "变更字段过多，请重新传输舱单。", "Too many fields change: send a new manifest.");
    }
    let because = because(bill, &command, &fields);
    Ok(vec![
        Applied {
            bill: command.bill,
            call: bill.call.clone(),
            agent: command.agent,
            message: command.message,
            wanted: command.wanted,
            reason: command.reason,
            note: command.note,
            evidence: command.evidence,
            fields,
            because,
            authority: command.authority,
        }
        .into(),
    ])
}

/// Fields on which customs has relied from the moment the ship arrived.
const RELIED_ON: [&str; 5] = ["/consignee", "/containers", "/goods", "/discharge", "/onward"];

/// Why an officer must look at a change: codes, in a fixed order.
fn because(bill: &Bill, command: &ApplyForChange, fields: &[FieldChange]) -> Vec<String> {
    let relied = fields.iter().any(|field| RELIED_ON.iter().any(|known| field.pointer.starts_with(known)));
    let reasons = [
        (bill.declaration.is_some(), "bill-declared"),
        (!bill.tally.is_empty(), "containers-landed"),
        (bill.delivery_order.is_some(), "delivery-order-asked-for"),
        (command.arrived && (relied || matches!(command.wanted, Wanted::Cancel)), "ship-arrived"),
    ];
    reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, code)| code.to_owned()).collect()
}

/// Approves an application that waits.
///
/// # Errors
/// `change-not-waiting` when it was decided or withdrawn.
pub fn decide_approve(state: &ManifestChange, command: ChangeApproved) -> Result<Vec<ManifestChangeEvent>, Refusal> {
    waiting(state, "manifest-change.approve")?;
    Ok(vec![command.into()])
}

/// Refuses an application that waits.
///
/// # Errors
/// `change-not-waiting` when it was decided or withdrawn.
pub fn decide_refuse(state: &ManifestChange, command: ChangeRefused) -> Result<Vec<ManifestChangeEvent>, Refusal> {
    waiting(state, "manifest-change.refuse")?;
    Ok(vec![command.into()])
}

/// Takes back an application that waits.
///
/// # Errors
/// `change-not-waiting` when it was decided or withdrawn.
pub fn decide_withdraw(state: &ManifestChange) -> Result<Vec<ManifestChangeEvent>, Refusal> {
    waiting(state, "manifest-change.withdraw")?;
    Ok(vec![ChangeWithdrawn {}.into()])
}

fn waiting(state: &ManifestChange, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        ChangePhase::Waiting => Ok(()),
        ChangePhase::Automatic | ChangePhase::Approved { .. } | ChangePhase::Refused { .. } | ChangePhase::Withdrawn { .. } => {
            Err(Refusal::new("change-not-waiting", attempted, state.status(), "该申请已办结。", "The application is closed."))
        }
    }
}

/// Every field in which two contents of a bill differ, in order of pointers.
pub fn differences(old: &BillContent, new: &BillContent) -> Vec<FieldChange> {
    let (before, after) = (leaves(old), leaves(new));
    let pointers: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    pointers
        .into_iter()
        .filter(|pointer| before.get(*pointer) != after.get(*pointer))
        .map(|pointer| FieldChange { pointer: pointer.clone(), old: before.get(pointer).cloned(), new: after.get(pointer).cloned() })
        .collect()
}

fn leaves(content: &BillContent) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(&serde_json::to_value(content).unwrap_or_default(), String::new(), &mut found);
    // Which organisation a credit code belongs to here is no field of the bill.
    found.remove("/consignee/org");
    found
}

fn walk(value: &serde_json::Value, pointer: String, found: &mut BTreeMap<String, String>) {
    use serde_json::Value;
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| walk(inner, format!("{pointer}/{name}"), found)),
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                let name = inner.get("number").and_then(Value::as_str).map_or_else(|| index.to_string(), str::to_owned);
                walk(inner, format!("{pointer}/{name}"), found);
            }
        }
        Value::String(text) => {
            found.insert(pointer, text.clone());
        }
        Value::Bool(_) | Value::Number(_) => {
            found.insert(pointer, value.to_string());
        }
    }
}

impl Aggregate for ManifestChange {
    const KIND: &'static str = "manifest-change";
    type Event = ManifestChangeEvent;

    fn apply(state: Option<Self>, event: &ManifestChangeEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut change) = state else {
            return match event {
                ManifestChangeEvent::Applied(data) => Ok(applied(data, at)),
                ManifestChangeEvent::Approved(_) | ManifestChangeEvent::Refused(_) | ManifestChangeEvent::Withdrawn(_) => {
                    Err(misplaced("nothing"))
                }
            };
        };
        change.phase = match (&change.phase, event) {
            (ChangePhase::Waiting, ManifestChangeEvent::Approved(data)) => ChangePhase::Approved { officer: data.officer.clone(), at },
            (ChangePhase::Waiting, ManifestChangeEvent::Refused(data)) => {
                ChangePhase::Refused { officer: data.officer.clone(), reason: data.reason.clone(), at }
            }
            (ChangePhase::Waiting, ManifestChangeEvent::Withdrawn(_)) => ChangePhase::Withdrawn { at },
            (ChangePhase::Waiting, ManifestChangeEvent::Applied(_))
            | (
                ChangePhase::Automatic | ChangePhase::Approved { .. } | ChangePhase::Refused { .. } | ChangePhase::Withdrawn { .. },
                ManifestChangeEvent::Applied(_)
                | ManifestChangeEvent::Approved(_)
                | ManifestChangeEvent::Refused(_)
                | ManifestChangeEvent::Withdrawn(_),
            ) => return Err(misplaced(change.status())),
        };
        Ok(change)
    }

    fn related(&self, event: &ManifestChangeEvent) -> Vec<Related> {
        match event {
            ManifestChangeEvent::Applied(_)
            | ManifestChangeEvent::Approved(_)
            | ManifestChangeEvent::Refused(_)
            | ManifestChangeEvent::Withdrawn(_) => vec![(ObjectRef::new(Bill::KIND, self.bill.clone()), "bill")],
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            ChangePhase::Waiting => "waiting",
            ChangePhase::Automatic => "automatic",
            ChangePhase::Approved { .. } => "approved",
            ChangePhase::Refused { .. } => "refused",
            ChangePhase::Withdrawn { .. } => "withdrawn",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            ChangePhase::Waiting => None,
            ChangePhase::Automatic => Some(self.applied_at),
            ChangePhase::Approved { at, .. } | ChangePhase::Refused { at, .. } | ChangePhase::Withdrawn { at } => Some(at),
        };
        WorkRow {
            title: self.bill.clone(),
            status: self.status().to_owned(),
            owner: None,
            action: closed_at.is_none().then(|| "decide-manifest-change".to_owned()),
            authority: Some(self.authority.clone()),
            parties: vec![self.agent.clone()],
            keys: vec![id.to_uppercase(), self.bill.to_uppercase(), self.call.to_uppercase()],
            opened_at: self.applied_at,
            due_at: None,
            closed_at,
        }
    }
}

fn applied(data: &Applied, at: Timestamp) -> ManifestChange {
    ManifestChange {
        bill: data.bill.clone(),
        call: data.call.clone(),
        agent: data.agent.clone(),
        message: data.message.clone(),
        wanted: data.wanted.clone(),
        reason: data.reason.clone(),
        note: data.note.clone(),
        evidence: data.evidence.clone(),
        fields: data.fields.clone(),
        because: data.because.clone(),
        authority: data.authority.clone(),
        phase: if data.because.is_empty() { ChangePhase::Automatic } else { ChangePhase::Waiting },
        applied_at: at,
    }
}

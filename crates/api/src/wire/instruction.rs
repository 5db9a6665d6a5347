//! Instructions of authorities.

use app::matching::{PlaceInstruction, SubjectForm};
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use inspection::{Instruction as State, InstructionPhase, Subject as StateSubject, Task};
use ledger::{Aggregate, Timestamp};
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inspection::Period;
use super::{Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// What kind of thing is to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SubjectCode {
    /// A box, by container number or id of its visit.
    Container,
    /// All boxes of a bill, by bill number.
    Bill,
    /// A ship, by the id of its call.
    ShipCall,
    /// A person, by the number of a document. The ledger keeps a fingerprint of it alone.
    Person,
}

/// What is to be checked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Subject {
    /// Kind.
    pub kind: SubjectCode,
    /// Id; none for a person.
    pub id: Option<String>,
    /// As it is named: container number, bill number, call; the document's number for the authority that placed it.
    pub name: Option<String>,
}

/// An instruction (布控指令). Only the authority that placed it can read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Instruction {
    /// Id.
    pub id: String,
    /// Authority.
    pub organisation: Org,
    /// What is to be checked.
    pub subject: Subject,
    /// Within which time.
    pub window: Period,
    /// Nothing leaves before it is answered.
    pub hold: bool,
    /// Inspected as soon as it arrives (即到即查).
    pub on_arrival: bool,
    /// The drawn inspection that it stands for.
    pub inspection: Option<String>,
    /// Joint order that it is or was part of.
    pub order: Option<String>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What is to be done next, as an action code of the worklist.
    pub task: Option<String>,
    /// In words.
    pub task_text: Option<Text>,
    /// Disposition code that answered it.
    pub disposition: Option<String>,
    /// In words.
    pub disposition_text: Option<Text>,
    /// It was withdrawn while the inspection was under way.
    pub during_inspection: bool,
    /// Why it was placed.
    pub reason: Option<String>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// Its answer keeps the goods, the ship or the person here.
    pub bars: bool,
    /// When its authority lifted what its answer had barred.
    pub lifted_at: Option<Instant>,
    /// Why it was lifted.
    pub lifted_reason: Option<String>,
    /// What the ledger keeps of the reason: SHA-256 with a salt, hex.
    pub seal: Option<String>,
    /// When it was placed.
    pub placed_at: Instant,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Places an instruction.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct InstructionForm {
    /// Kind of thing.
    pub subject: SubjectCode,
    /// Container number, bill number, call id or document number.
    pub value: String,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, at most 60 days later.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// Nothing leaves before it is answered.
    pub hold: bool,
    /// Inspected as soon as it arrives.
    #[serde(default)]
    pub on_arrival: bool,
    /// Why, 2 to 500 characters; no other authority sees it.
    pub reason: String,
}

impl From<InstructionForm> for PlaceInstruction {
    fn from(form: InstructionForm) -> Self {
        let subject = match form.subject {
            SubjectCode::Container => SubjectForm::Container(form.value),
            SubjectCode::Bill => SubjectForm::Bill(form.value),
            SubjectCode::ShipCall => SubjectForm::ShipCall(form.value),
            SubjectCode::Person => SubjectForm::Person(form.value),
        };
        Self { subject, from: form.from, to: form.to, hold: form.hold, on_arrival: form.on_arrival, reason: form.reason }
    }
}

fn fitting(state: &State) -> Vec<&'static str> {
    match &state.phase {
        InstructionPhase::Settled { released: false, .. } => vec!["instruction.lift"],
        InstructionPhase::Placed | InstructionPhase::Matched { .. } if state.placed.inspection.is_none() => {
            vec!["instruction.withdraw", "instruction.split"]
        }
        InstructionPhase::Placed
        | InstructionPhase::Matched { .. }
        | InstructionPhase::Settled { .. }
        | InstructionPhase::Withdrawn { .. } => Vec::new(),
    }
}

/// A disposition code in words.
pub(crate) fn disposition_text(code: &str) -> Text {
    inspection::disposition(code).map_or_else(|| Text::new(code, code), |row| row.text().into())
}

impl Api {
    pub async fn instruction(&self, ctx: &Context, seen: Seen<State>) -> Result<Instruction, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let reason = self.app.instruction_reason(ctx, &seen.id).await?;
        let subject = match &state.placed.subject {
            StateSubject::Container { id } => {
                Subject { kind: SubjectCode::Container, id: Some(id.clone()), name: Some(container_number(id).to_owned()) }
            }
            StateSubject::Bill { number } => Subject { kind: SubjectCode::Bill, id: Some(number.clone()), name: Some(number.clone()) },
            StateSubject::ShipCall { id } => Subject { kind: SubjectCode::ShipCall, id: Some(id.clone()), name: Some(id.clone()) },
            StateSubject::Person { .. } => Subject { kind: SubjectCode::Person, id: None, name: reason.document },
        };
        let task = match &state.phase {
            InstructionPhase::Matched { task, .. } => task.map(Task::action),
            InstructionPhase::Placed | InstructionPhase::Settled { .. } | InstructionPhase::Withdrawn { .. } => None,
        };
        let disposition = match &state.phase {
            InstructionPhase::Settled { disposition, .. } => Some(disposition.clone()),
            InstructionPhase::Placed | InstructionPhase::Matched { .. } | InstructionPhase::Withdrawn { .. } => None,
        };
        Ok(Instruction {
            organisation: self.org(&state.placed.organisation).await?,
            subject,
            window: Period { start: state.placed.window.from.into(), end: state.placed.window.to.into() },
            hold: state.placed.hold,
            on_arrival: state.placed.on_arrival,
            order: state.order().map(str::to_owned),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            task: task.map(str::to_owned),
            task_text: task.map(texts::action),
            disposition_text: disposition.as_deref().map(disposition_text),
            disposition,
            during_inspection: matches!(state.phase, InstructionPhase::Withdrawn { during_inspection: true, .. }),
            reason: reason.placed,
            withdrawn_reason: reason.withdrawn,
            bars: state.bars(),
            lifted_at: match state.phase {
                InstructionPhase::Settled { lifted_at, .. } => lifted_at.map(Into::into),
                InstructionPhase::Placed | InstructionPhase::Matched { .. } | InstructionPhase::Withdrawn { .. } => None,
            },
            lifted_reason: reason.lifted,
            placed_at: state.placed_at.into(),
            actions: allowed(self, &ctx.principal, &resource, &fitting(&state)),
            inspection: state.placed.inspection,
            seal: state.placed.seal,
            id: seen.id,
            version: seen.version,
        })
    }
}

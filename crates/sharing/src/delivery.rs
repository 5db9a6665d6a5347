//! A delivery (数据交付记录): one entry of the usage log, and what the consumer said became of it (DAT-01, DAT-07).

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::Grant;

/// Longest statement of use, characters.
pub const NOTE_LENGTH_MAX: usize = 500;

/// How rows were handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryHow {
    /// Asked for by the interface (接口).
    Api,
    /// A file of the schedule, by the consumer's channel (文件).
    File,
}

impl DeliveryHow {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::File => "file",
        }
    }
}

/// `data-delivery.made`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryMade {
    /// Agreement it was made under.
    pub agreement: String,
    /// Data resource.
    pub resource: String,
    /// Who provides, organisation id.
    pub provider: String,
    /// Who received, organisation id.
    pub consumer: String,
    /// The port office, organisation id.
    pub office: String,
    /// Customs district, as the agreement has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Fields delivered.
    pub fields: Vec<Grant>,
    /// How.
    pub how: DeliveryHow,
    /// From when the rows are.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Rows.
    pub rows: u32,
    /// There are more rows in this period, on the next page.
    pub more: bool,
    /// SHA-256 of what was delivered, hex.
    pub sha256: String,
    /// Who asked: person or key; `platform` for files.
    pub by: String,
    /// The message that carries the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `data-delivery.used`; also the command: the consumer says what the data were used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryUsed {
    /// Who says so, user id or key.
    pub by: String,
    /// What came of it.
    pub note: String,
}

/// `data-delivery.resent`; also the command: the file was sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryResent {
    /// Who had it sent again, user id or key.
    pub by: String,
}

ledger::domain_events! {
    /// What happens to a delivery.
    pub enum DataDeliveryEvent for "data-delivery" {
        /// Handed over.
        Made(DeliveryMade) = "data-delivery.made",
        /// The consumer said what it was used for.
        Used(DeliveryUsed) = "data-delivery.used",
        /// Its file was sent again.
        Resent(DeliveryResent) = "data-delivery.resent",
    }
}

/// What a delivery was used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub note: String,
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataDelivery {
    /// What was delivered.
    #[serde(flatten)]
    pub made: DeliveryMade,
    /// When.
    pub at: Timestamp,
    /// What it was used for, once the consumer said so.
    pub used: Option<Use>,
    /// How often its file was sent again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resent: u32,
    /// When it was sent again last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent_at: Option<Timestamp>,
}

/// An entry that was never sent again is kept as it was before there was such a thing.
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Writes a delivery down.
///
/// # Errors
/// `delivery-exists` when the id is taken.
pub fn decide_made(state: Option<&DataDelivery>, command: DeliveryMade) -> Result<Vec<DataDeliveryEvent>, Refusal> {
    match state {
        Some(known) => Err(Refusal::new(
            "delivery-exists",
            "data-delivery.take",
            known.status(),
            "该交付编号已存在。",
            "A delivery with this id exists already.",
        )),
        None => Ok(vec![command.into()]),
    }
}

/// The consumer says what a delivery was used for, once.
///
/// # Errors
/// `delivery-not-consumer` for anybody else; `delivery-use-stated` when it was said before; `delivery-note` for a statement of fewer than 2 or more
/// than [`NOTE_LENGTH_MAX`] characters.
pub fn decide_used(state: &DataDelivery, organisation: &str, command: DeliveryUsed) -> Result<Vec<DataDeliveryEvent>, Refusal> {
    let no = |code, zh: &str, en: &str| Err(Refusal::new(code, "data-delivery.use", state.status(), zh, en));
    if organisation != state.made.consumer {
        return no("delivery-not-consumer", "仅使用方可登记使用情况。", "Only the consumer says what data were used for.");
    }
    if state.used.is_some() {
        return no("delivery-use-stated", "使用情况已登记。", "It was said before what this was used for.");
    }
    if !(2..=NOTE_LENGTH_MAX).contains(&command.note.trim().chars().count()) {
        return no("delivery-note", "使用情况须为 2 至 500 字。", "A statement of use has 2 to 500 characters.");
    }
    Ok(vec![DeliveryUsed { note: command.note.trim().to_owned(), ..command }.into()])
}

/// Writes down that the file was sent again, which is a delivery of the same rows.
///
/// # Errors
/// `delivery-no-file` when there was no file.
pub fn decide_resent(state: &DataDelivery, command: DeliveryResent) -> Result<Vec<DataDeliveryEvent>, Refusal> {
    match state.made.how {
        DeliveryHow::File => Ok(vec![command.into()]),
        DeliveryHow::Api => Err(Refusal::new(
            "delivery-no-file",
            "message.resend",
            state.status(),
            "接口交付没有文件可以重发。",
            "What was taken by the interface has no file to be sent again.",
        )),
    }
}

impl Aggregate for DataDelivery {
    const KIND: &'static str = "data-delivery";
    type Event = DataDeliveryEvent;

    fn apply(state: Option<Self>, event: &DataDeliveryEvent, at: Timestamp) -> Result<Self, ReplayError> {
        match (state, event) {
            (None, DataDeliveryEvent::Made(made)) => Ok(Self { made: made.clone(), at, used: None, resent: 0, resent_at: None }),
            (Some(state), DataDeliveryEvent::Used(data)) if state.used.is_none() => {
                Ok(Self { used: Some(Use { by: data.by.clone(), at, note: data.note.clone() }), ..state })
            }
            (Some(state), DataDeliveryEvent::Resent(_)) if state.made.how == DeliveryHow::File => {
                Ok(Self { resent: state.resent.saturating_add(1), resent_at: Some(at), ..state })
            }
            (state, DataDeliveryEvent::Made(_) | DataDeliveryEvent::Used(_) | DataDeliveryEvent::Resent(_)) => {
                Err(ReplayError::OutOfOrder {
                    kind: event.kind(),
                    state: state.map_or_else(|| "nothing".to_owned(), |state| state.status().to_owned()),
                })
            }
        }
    }

    fn related(&self, event: &DataDeliveryEvent) -> Vec<Related> {
        match event {
            DataDeliveryEvent::Made(made) => {
                let agreement = (ObjectRef::new("sharing-agreement", made.agreement.clone()), "agreement");
                let message = made.message.iter().map(|id| (ObjectRef::new("message", id.clone()), "message"));
                std::iter::once(agreement).chain(message).collect()
            }
            DataDeliveryEvent::Used(_) | DataDeliveryEvent::Resent(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        if self.used.is_some() { "used" } else { "delivered" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let made = &self.made;
        WorkRow {
            title: format!("{} {}", made.resource, made.agreement),
            status: self.status().to_owned(),
            authority: made.district.clone(),
            parties: vec![made.provider.clone(), made.consumer.clone(), made.office.clone()],
            keys: vec![
                id.to_uppercase(),
                made.agreement.to_uppercase(),
                format!("RESOURCE:{}", made.resource.to_uppercase()),
                format!("CONSUMER:{}", made.consumer.to_uppercase()),
            ],
            opened_at: self.at,
            // A log entry waits for nobody.
            closed_at: Some(self.at),
            ..WorkRow::default()
        }
    }
}

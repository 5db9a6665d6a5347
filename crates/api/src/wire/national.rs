//! The gateway to the national single window: transmissions, receipts, daily counts, connectors.

use app::AppError;
use app::national::{Connector as Known, ConnectorStatus, NationalDay as Day};
use app::reading::Seen;
use clearance::{Receipt as Told, ReceiptMeaning, Transmission as State, Travel};
use ledger::{Aggregate, Bilingual};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Org, Text, instant};
use crate::state::Api;
use crate::texts;

/// A fault that the national side found at a field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NationalFault {
    /// Official name of the field, such as `GrossWet`.
    pub field: String,
    /// In the words of the national side.
    pub text: String,
}

/// A receipt (回执) of the national single window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NationalReceipt {
    /// Code, as sent.
    pub code: String,
    /// What it means: `received`, `refused`, `stored`, `review`, `released`, `closed`, `deleted`, `entry` or `unknown`.
    pub meaning: String,
    /// The same in words.
    pub meaning_text: Text,
    /// When the national side made it.
    pub told_at: Instant,
    /// Number of the data centre (统一编号).
    pub seq_no: Option<String>,
    /// National declaration number (海关编号).
    pub entry_id: Option<String>,
    /// What is said in words.
    pub text: String,
    /// Faults at fields, at most 100.
    pub faults: Vec<NationalFault>,
    /// The message that carried it.
    pub message: String,
}

/// A declaration sent on to the national single window (上报).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TransmissionSummary {
    /// Number under which it was sent (ClientSeqNo).
    pub id: String,
    /// Declaration.
    pub declaration: String,
    /// Number that the platform gave the declaration.
    pub own_number: String,
    /// Bill.
    pub bill_no: String,
    /// Who declares.
    pub broker: Org,
    /// It went to a sandbox: nothing reached customs.
    pub sandbox: bool,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was written and signed.
    pub prepared_at: Instant,
    /// When it was handed over.
    pub sent_at: Option<Instant>,
    /// Why handing it over was given up.
    pub undelivered: Option<String>,
    /// When a first receipt is overdue; null once one came.
    pub receipt_due_at: Option<Instant>,
    /// Number of the data centre.
    pub seq_no: Option<String>,
    /// National declaration number.
    pub entry_id: Option<String>,
    /// The message that carries it.
    pub message: String,
    /// The declaration may be sent anew.
    pub replaceable: bool,
}

/// A transmission with everything that came back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Transmission {
    #[serde(flatten)]
    pub summary: TransmissionSummary,
    /// Receipts as they came, at most 100.
    pub receipts: Vec<NationalReceipt>,
}

/// Which days are to be counted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct NationalQuery {
    /// First day of the port's clock, `YYYY-MM-DD`; six days before the last one when left out.
    pub from: Option<String>,
    /// Last day; today when left out. At most 31 days in all.
    pub to: Option<String>,
}

/// What went up and came down on a day (每日核对).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NationalDay {
    /// Day, `YYYY-MM-DD`.
    pub day: String,
    /// The counts agree: everything was handed over and receipted, nothing came that belongs nowhere.
    pub agrees: bool,
    /// Declarations written.
    pub prepared: u64,
    /// Handed over.
    pub sent: u64,
    /// Given up.
    pub undelivered: u64,
    /// Handed over, with a receipt.
    pub receipted: u64,
    /// Refused.
    pub refused: u64,
    /// With a national number.
    pub numbered: u64,
    /// Released.
    pub released: u64,
    /// Handed over without any receipt.
    pub missing: u64,
    /// Of these, longer than agreed.
    pub overdue: u64,
    /// Files that came down.
    pub files: u64,
    /// Copies of what was told before.
    pub repeated: u64,
    /// About nothing that was sent.
    pub unknown: u64,
    /// Not usable for another reason.
    pub faulty: u64,
    /// Transmissions without a receipt, at most 50.
    pub missing_ids: Vec<String>,
    /// Messages about nothing that was sent or not usable, at most 50.
    pub unknown_ids: Vec<String>,
}

/// The days, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NationalDays {
    /// The other end; null while none is connected.
    pub counterpart: Option<Text>,
    /// The other end is a sandbox.
    pub sandbox: bool,
    /// There was more than could be counted (20,000).
    pub cut: bool,
    /// The days.
    pub items: Vec<NationalDay>,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NationalConnectorStatus {
    /// Planned.
    Planned,
    /// Being tested.
    Testing,
    /// Used in earnest.
    Live,
}

/// A connection to a national system (对接).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NationalConnector {
    /// Id.
    pub id: String,
    /// Version of the record, for edits; 0 while nobody has written to it.
    pub record_version: u64,
    /// What it is for.
    pub name: Text,
    /// The system at the other end.
    pub counterpart: Text,
    /// How far it is.
    pub status: NationalConnectorStatus,
    /// Who looks after it here.
    pub owner: String,
    /// Version of the interface.
    pub version: String,
    /// Organisation under which the counterpart exchanges messages.
    pub partner: Option<String>,
    /// The counterpart is a sandbox.
    pub sandbox: bool,
    /// When something last went through it.
    pub last_exchange_at: Option<Instant>,
    /// Remark.
    pub note: String,
}

/// What is known of a connection.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NationalConnectorForm {
    /// What it is for.
    pub name: Text,
    /// The system at the other end.
    pub counterpart: Text,
    /// How far it is.
    pub status: NationalConnectorStatus,
    /// Who looks after it here.
    #[serde(default)]
    pub owner: String,
    /// Version of the interface.
    #[serde(default)]
    pub version: String,
    /// Organisation under which the counterpart exchanges messages.
    #[serde(default)]
    pub partner: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: String,
}

impl NationalConnectorForm {
    pub fn into_domain(self, id: String) -> Known {
        let both = |text: Text| Bilingual::new(text.zh.trim(), text.en.trim());
        Known {
            id,
            name: both(self.name),
            counterpart: both(self.counterpart),
            status: match self.status {
                NationalConnectorStatus::Planned => ConnectorStatus::Planned,
                NationalConnectorStatus::Testing => ConnectorStatus::Testing,
                NationalConnectorStatus::Live => ConnectorStatus::Live,
            },
            owner: self.owner.trim().to_owned(),
            version: self.version.trim().to_owned(),
            partner: self.partner.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()),
            note: self.note.trim().to_owned(),
        }
    }
}

impl From<&Told> for NationalReceipt {
    fn from(told: &Told) -> Self {
        let meaning = told.meaning();
        let (zh, en) = match meaning {
            ReceiptMeaning::Unknown => ("代码未知", "Unknown code"),
            ReceiptMeaning::Entry => ("准予进港", "May enter"),
            known => {
                let text = texts::status(State::KIND, known.code());
                return Self::new(told, text);
            }
        };
        Self::new(told, Text::new(zh, en))
    }
}

impl NationalReceipt {
    fn new(told: &Told, meaning_text: Text) -> Self {
        Self {
            code: told.code.clone(),
            meaning: told.meaning().code().to_owned(),
            meaning_text,
            told_at: told.told_at.into(),
            seq_no: told.seq_no.clone(),
            entry_id: told.entry_id.clone(),
            text: told.text.clone(),
            faults: told.faults.iter().map(|f| NationalFault { field: f.field.clone(), text: f.text.clone() }).collect(),
            message: told.message.clone(),
        }
    }
}

impl NationalDay {
    pub fn new(day: String, counted: Day) -> Self {
        Self {
            day,
            agrees: counted.agrees(),
            prepared: counted.prepared,
            sent: counted.sent,
            undelivered: counted.undelivered,
            receipted: counted.receipted,
            refused: counted.refused,
            numbered: counted.numbered,
            released: counted.released,
            missing: counted.missing,
            overdue: counted.overdue,
            files: counted.files,
            repeated: counted.repeated,
            unknown: counted.unknown,
            faulty: counted.faulty,
            missing_ids: counted.missing_ids,
            unknown_ids: counted.unknown_ids,
        }
    }
}

impl Api {
    pub async fn transmission_summary(&self, seen: &Seen<State>) -> Result<TransmissionSummary, AppError> {
        let state = &seen.state;
        let (sent_at, undelivered) = match &state.travel {
            Travel::Prepared => (None, None),
            Travel::Sent { at } => (Some(*at), None),
            Travel::Undelivered { fault, .. } => (None, Some(fault.clone())),
        };
        Ok(TransmissionSummary {
            id: seen.id.clone(),
            declaration: state.declaration.clone(),
            own_number: state.own_number.clone(),
            bill_no: state.bill.clone(),
            broker: self.org(&state.broker).await?,
            sandbox: state.sandbox,
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            prepared_at: state.prepared_at.into(),
            sent_at: instant(sent_at),
            undelivered,
            receipt_due_at: instant(state.receipt_due()),
            seq_no: state.seq_no().map(str::to_owned),
            entry_id: state.entry_id().map(str::to_owned),
            message: state.message.clone(),
            replaceable: state.may_be_replaced(),
        })
    }

    pub async fn transmission(&self, seen: &Seen<State>) -> Result<Transmission, AppError> {
        let receipts = seen.state.receipts.iter().map(NationalReceipt::from).collect();
        Ok(Transmission { summary: self.transmission_summary(seen).await?, receipts })
    }

    pub async fn connector(&self, record_version: u64, known: &Known) -> Result<NationalConnector, AppError> {
        Ok(NationalConnector {
            id: known.id.clone(),
            record_version,
            name: known.name.clone().into(),
            counterpart: known.counterpart.clone().into(),
            status: match known.status {
                ConnectorStatus::Planned => NationalConnectorStatus::Planned,
                ConnectorStatus::Testing => NationalConnectorStatus::Testing,
                ConnectorStatus::Live => NationalConnectorStatus::Live,
            },
            owner: known.owner.clone(),
            version: known.version.clone(),
            partner: known.partner.clone(),
            sandbox: self.app.is_sandbox_connector(known),
            last_exchange_at: instant(self.app.last_exchange(known).await?),
            note: known.note.clone(),
        })
    }
}

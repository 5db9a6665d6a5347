//! The gateway to the national single window (国际贸易单一窗口标准版对接): declarations go up, clearance information and receipts come down (SW-02).
//!
//! * [`TransmitDeclaration`] writes and signs an accepted declaration and puts it on the channel of the counterpart, which is a partner like
//!   any other: it has a profile, its files are messages, deliveries are repeated and given up as everywhere ([`crate::partners`]).
//! * [`RecordReceipt`] is what a receipt that came back does.
//! * `reconcile` counts each day what was sent, receipted, missing and unknown; `connectors` is the register of connections (SW-03).
//!
//! Deliberately not known here: the format on the wire and signatures (`messages`), how files travel (`channels`).

mod connectors;
mod reconcile;

use async_trait::async_trait;
use clearance::{Declaration, Receipt, Transmission, TransmissionPrepared};
use codes::{Finding, Text};
use ledger::{Aggregate, Bilingual, ObjectRef, Refusal};
use serde::{Deserialize, Serialize};

pub use self::connectors::{CONNECTORS, CONNECTORS_MAX, Connector, ConnectorStatus, WriteConnector};
pub use self::reconcile::{DAYS_MAX, IDS_SHOWN_MAX, NationalDay, ROWS_MAX};
use crate::exchange::{DeclarationOut, Outgoing};
use crate::inbox::{self, MessageEvent, MessagePhase, MessageState};
use crate::rights::Resource;
use crate::{App, AppError, Unit, UseCase};

/// Name under which files of the national window are read; they have no CONTRL and no APERAK.
pub const NATIONAL_FORMAT: &str = "national-xml";
/// Register of the last transmission of a declaration, by declaration.
const LAST: &str = "transmission-of";

/// The other end, as the operator configured it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NationalCounterpart {
    /// Organisation under which it is registered; its partner profile names the channel.
    pub organisation: String,
    /// How it is called on screens; says so when it is a sandbox.
    pub name: Bilingual,
    /// It is a sandbox counterpart (沙箱): nothing reaches customs.
    pub sandbox: bool,
    /// Every accepted declaration is sent on by itself.
    pub automatic: bool,
    /// Hours after which a first receipt is overdue.
    pub receipt_hours: u32,
}

/// Sends an accepted declaration on to the national single window (上报).
#[derive(Clone, Debug, Serialize)]
pub struct TransmitDeclaration {
    /// Declaration id.
    pub id: String,
}

#[async_trait]
impl UseCase for TransmitDeclaration {
    const NAME: &'static str = "declaration.transmit";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Declaration>(Self::NAME, &self.id).await?;
        transmit(unit, &self.id, &state).await
    }
}

async fn transmit(unit: &mut Unit<'_>, id: &str, state: &Declaration) -> Result<String, AppError> {
    let not_connected =
        || AppError::invalid("national-not-connected", "", "未接入国家单一窗口", "the national single window is not connected");
    let counterpart = unit.app.port().national.clone().ok_or_else(not_connected)?;
    if unit.app.organisation(&counterpart.organisation).await?.is_none() {
        return Err(not_connected());
    }
    let case = match state {
        Declaration::Accepted { case } | Declaration::Released { case, .. } => case,
        Declaration::Draft { .. } | Declaration::Rejected { .. } | Declaration::Withdrawn { .. } => {
            return Err(AppError::Refused(Refusal::new(
                "declaration-not-accepted",
                TransmitDeclaration::NAME,
                state.status(),
                "报关单尚未受理或已退回，不能上报。",
                "Only a declaration that is accepted and not sent back can be sent on.",
            )));
        }
    };
    let (version, last) = unit.record_versioned(LAST, id).await?;
    let previous = match last {
        Some(body) => {
            let previous: String = serde_json::from_slice(&body).map_err(|e| AppError::Internal(format!("record {LAST}/{id}: {e}")))?;
            unit.load::<Transmission>(&previous).await?
        }
        None => None,
    };
    // Given up, and sent again by hand since: the file is on its way, and a second one would reach customs beside it.
    if let Some(previous) = &previous
        && let Some(message) = unit.look::<MessageState>(&previous.message).await?
        && message.phase == MessagePhase::Prepared
    {
        return Err(clearance::transmission_under_way(previous).into());
    }
    let number = unit.app.next_id('S', unit.at()).await?;
    let mut command = TransmissionPrepared {
        declaration: id.to_owned(),
        own_number: case.entry_id.clone(),
        bill: case.form.bill_no.clone(),
        broker: case.parties.broker.clone(),
        trader: case.parties.trader.clone(),
        district: case.form.custom_master.clone(),
        message: String::new(),
        sandbox: counterpart.sandbox,
        receipt_hours: counterpart.receipt_hours,
    };
    // Refused before anything is written.
    clearance::decide_transmit(previous.as_ref(), command.clone())?;
    let outgoing = Outgoing::Declaration(Box::new(DeclarationOut { number: number.clone(), form: case.form.clone() }));
    let about = Some(ObjectRef::new(Transmission::KIND, number.clone()));
    let message = inbox::prepare(unit, &counterpart.organisation, None, &outgoing, about).await?;
    command.message = message.ok_or_else(not_connected)?;
    let events = clearance::decide_transmit(previous.as_ref(), command)?;
    unit.record::<Transmission>(&number, events, unit.at()).await?;
    unit.write_record(LAST, id, Some(version), &number)?;
    Ok(number)
}

impl App {
    /// Does a message carry a transmission in whose place another one was sent? Customs would get the declaration twice.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn is_replaced(&self, message: &MessageState) -> Result<bool, AppError> {
        let Some(about) = message.objects.first().filter(|about| about.kind == Transmission::KIND) else { return Ok(false) };
        let Some(state) = self.peek::<Transmission>(&about.id).await? else { return Ok(false) };
        let declaration = &state.declaration;
        let Some(last) = self.store().record(&self.port().code, LAST, declaration).await? else { return Ok(false) };
        let last: String =
            serde_json::from_slice(&last.body).map_err(|e| AppError::Internal(format!("record {LAST}/{declaration}: {e}")))?;
        Ok(last != about.id)
    }

    /// Refuses to hand over a message that [`App::is_replaced`], or a file of shared data whose agreement is not in force now.
    ///
    /// # Errors
    /// `transmission-replaced`, those of [`App::refuse_unshared`], or the store's fault.
    pub async fn refuse_replaced(&self, message: &MessageState, attempted: &'static str) -> Result<(), AppError> {
        self.refuse_unshared(message).await?;
        if !self.is_replaced(message).await? {
            return Ok(());
        }
        Err(AppError::Refused(Refusal::new(
            "transmission-replaced",
            attempted,
            message.status(),
            "该报关单已另行上报，本报文不再发送。",
            "The declaration was sent anew since; this message is not handed over any more.",
        )))
    }
}

/// An accepted declaration goes on to the national window by itself, where the port wants that.
pub(crate) async fn an_accepted_declaration_goes_on_to_the_national_window(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    if !unit.app.port().national.as_ref().is_some_and(|counterpart| counterpart.automatic) {
        return Ok(());
    }
    let state = unit.get::<Declaration>(id).await?;
    match transmit(unit, id, &state).await {
        Ok(_) => Ok(()),
        // The counterpart may be gone from the register, or hold the declaration already: acceptance does not hang on it.
        Err(AppError::Refused(_) | AppError::Invalid { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// A file for the national window that arrived, or did not, tells its transmission.
pub(crate) async fn a_travelling_file_tells_its_transmission(unit: &mut Unit<'_>, id: &str, event: &MessageEvent) -> Result<(), AppError> {
    let given_up = match event {
        MessageEvent::Delivered(_) => None,
        MessageEvent::DeliveryFailed(data) => Some(data.fault.clone()),
        _ => return Ok(()),
    };
    let about = unit.look::<MessageState>(id).await?.and_then(|state| state.objects.first().cloned());
    let Some(about) = about.filter(|about| about.kind == Transmission::KIND) else { return Ok(()) };
    let Some(state) = unit.load::<Transmission>(&about.id).await? else { return Ok(()) };
    let events = match given_up {
        None => clearance::decide_transmission_sent(&state),
        Some(fault) => clearance::decide_transmission_undelivered(&state, fault),
    };
    unit.record::<Transmission>(&about.id, events, unit.at()).await
}

/// What a receipt led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptRecorded {
    /// Transmission.
    pub id: String,
    /// It had not said this before.
    pub news: bool,
}

/// Records what the national window says about a transmission. The counterpart's alone.
#[derive(Clone, Debug, Serialize)]
pub struct RecordReceipt {
    /// Our number (ClientSeqNo).
    pub number: String,
    /// What it says.
    pub receipt: Receipt,
}

#[async_trait]
impl UseCase for RecordReceipt {
    const NAME: &'static str = "transmission.record-receipt";
    type Outcome = ReceiptRecorded;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<ReceiptRecorded, AppError> {
        let asker = unit.ctx.principal.organisation.clone();
        let counterpart = unit.app.port().national.as_ref().is_some_and(|counterpart| counterpart.organisation == asker);
        let resource = Resource { kind: Transmission::KIND, id: &self.number, party: counterpart, district: false };
        unit.authorise(Self::NAME, &resource)?;
        let Some(state) = unit.load::<Transmission>(&self.number).await? else {
            return Err(AppError::invalid(
                "national-receipt-unknown",
                "/ClientSeqNo",
                format!("没有编号为“{}”的上报", self.number),
                format!("nothing was sent under the number “{}”", self.number),
            ));
        };
        let events = clearance::decide_receipt(&state, self.receipt.clone())?;
        let news = !events.is_empty();
        unit.record::<Transmission>(&self.number, events, unit.at()).await?;
        Ok(ReceiptRecorded { id: self.number.clone(), news })
    }
}

/// What is to be said of a receipt that was recorded.
pub(crate) fn remarks(receipt: &Receipt, news: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    if !news {
        found.push(Finding::info(
            "national-receipt-repeated",
            "",
            Text::new("该回执此前已收到，未重复记录。", "This was told before; it is not recorded again."),
            Text::new("无需处理。", "Nothing has to be done."),
        ));
    }
    if receipt.meaning() == clearance::ReceiptMeaning::Unknown {
        let code = &receipt.code;
        found.push(Finding::warning(
            "national-code-unknown",
            "/ResponseCode",
            Text::new(
                format!("回执代码“{code}”不在代码表中，按原样保存，不改变状态。"),
                format!("The code “{code}” is not in the table; kept as received, the state does not change."),
            ),
            Text::new("请对照国家单一窗口最新代码表。", "Compare it with the current code table of the national window."),
        ));
    }
    found
}

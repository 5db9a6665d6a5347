//! Delivery by the interface, and what the consumer says became of it.

use async_trait::async_trait;
use ledger::{Aggregate as _, ObjectRef, Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sharing::{
    DataDelivery, DeliveryHow, DeliveryMade, DeliveryResent, DeliveryUsed, Grant, SharingAgreement, decide_deliver, decide_made,
    decide_period, decide_resent, decide_used, project,
};

use super::{DataResource, Window};
use crate::inbox::{MessagePhase, MessageState, sha256_hex};
use crate::{App, AppError, Unit, UseCase, limits};

/// Most rows of one page.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Longest period of one question, days.
pub const PERIOD_DAYS_MAX: i64 = 31;
/// Days before the end of a period that names no beginning.
pub const DAYS_BACK: i64 = 7;
/// Longest cursor, characters.
const CURSOR_MAX: usize = 256;

/// Takes a page of rows under an agreement. Every page is a delivery, and stands in the usage log.
#[derive(Clone, Debug, Serialize)]
pub struct TakeData {
    /// Agreement id.
    pub agreement: String,
    /// From; a week before `to`, or where the agreed data begin, when left out.
    pub from: Option<Timestamp>,
    /// To; now when left out.
    pub to: Option<Timestamp>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Rows wanted.
    pub limit: u32,
}

/// What was delivered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivered {
    /// Its entry in the usage log.
    pub delivery: String,
    /// Data resource.
    pub resource: String,
    /// Fields.
    pub fields: Vec<Grant>,
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
    /// Rows: values by field.
    pub rows: Vec<Map<String, Value>>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// SHA-256 of the rows as JSON without blanks, as they are handed over.
    pub sha256: String,
}

#[async_trait]
impl UseCase for TakeData {
    const NAME: &'static str = "data-delivery.take";
    type Outcome = Delivered;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Delivered, AppError> {
        let agreement = unit.authorised::<SharingAgreement>(Self::NAME, &self.agreement).await?;
        if agreement.terms.consumer != unit.ctx.principal.organisation {
            return Err(AppError::Refused(Refusal::new(
                "sharing-not-consumer",
                Self::NAME,
                agreement.status_at(unit.at()),
                "仅协议的使用方可取得数据。",
                "Only the consumer of an agreement receives its data.",
            )));
        }
        decide_deliver(&agreement, unit.at())?;
        limits::optional(self.cursor.as_ref(), "/cursor", CURSOR_MAX)?;
        let (from, to) = decide_period(&agreement.terms, (self.from, self.to), DAYS_BACK, unit.at())?;
        if from >= to || to > from.plus_days(PERIOD_DAYS_MAX) {
            return Err(AppError::invalid("period", "/from", "时间段须为 31 天以内", "a period lasts up to 31 days"));
        }
        let window = Window {
            from,
            to,
            provider: agreement.terms.provider.clone(),
            cursor: self.cursor.clone(),
            limit: self.limit.clamp(1, PAGE_ROWS_MAX),
        };
        let resource = served(unit.app, &agreement).await?;
        let page = unit.app.resource_rows(resource, &window).await?;
        let fields = resource.fields();
        let rows: Vec<Map<String, Value>> = page.rows.iter().map(|cells| project(&fields, cells, &agreement.terms.grants)).collect();
        let sha256 = sha256_hex(&serde_json::to_vec(&rows).map_err(|e| AppError::Internal(e.to_string()))?);
        let by = unit.ctx.principal.id.clone();
        let delivery = unit.app.next_id('V', unit.at()).await?;
        let entry = DeliveryMade {
            more: page.next.is_some(),
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            sha256: sha256.clone(),
            by,
            ..entry(&self.agreement, &agreement, DeliveryHow::Api, from, to)
        };
        unit.record::<DataDelivery>(&delivery, decide_made(None, entry)?, unit.at()).await?;
        Ok(Delivered {
            delivery,
            resource: agreement.terms.resource,
            fields: agreement.terms.grants,
            from,
            to,
            rows,
            next: page.next,
            sha256,
        })
    }
}

impl App {
    /// Refuses to hand over a file of shared data whose agreement is not in force now, or whose provider provides it no more: it may have been suspended
    /// since the file was written.
    ///
    /// # Errors
    /// The refusals of [`sharing::decide_deliver`], `sharing-resource-gone`, or the store's fault.
    pub async fn refuse_unshared(&self, message: &MessageState) -> Result<(), AppError> {
        let about = message.objects.first().filter(|object| object.kind == SharingAgreement::KIND);
        if let Some(about) = about
            && let Some(agreement) = self.peek::<SharingAgreement>(&about.id).await?
        {
            decide_deliver(&agreement, self.now())?;
            served(self, &agreement).await?;
        }
        Ok(())
    }
}

/// An entry of the usage log that names no rows yet.
pub(super) fn entry(id: &str, agreement: &SharingAgreement, how: DeliveryHow, from: Timestamp, to: Timestamp) -> DeliveryMade {
    let terms = &agreement.terms;
    DeliveryMade {
        agreement: id.to_owned(),
        resource: terms.resource.clone(),
        provider: terms.provider.clone(),
        consumer: terms.consumer.clone(),
        office: terms.office.clone(),
        district: terms.district.clone(),
        fields: terms.grants.clone(),
        how,
        from,
        to,
        rows: 0,
        more: false,
        sha256: String::new(),
        by: String::new(),
        message: None,
    }
}

/// The resource of an agreement, if its provider provides it still: what is served no more, or by somebody else who did not approve, is refused.
pub(super) async fn served(app: &App, agreement: &SharingAgreement) -> Result<DataResource, AppError> {
    if let Some(resource) = DataResource::of(&agreement.terms.resource)
        && app.organisation(&agreement.terms.provider).await?.is_some_and(|provider| app.provides(resource, &provider))
    {
        return Ok(resource);
    }
    Err(AppError::Refused(Refusal::new(
        "sharing-resource-gone",
        TakeData::NAME,
        agreement.status(),
        "提供方已不再提供该数据资源，请重新申请。",
        "The provider serves this data resource no more: ask anew.",
    )))
}

/// Most links of a message that are looked at for its entry in the usage log.
const LINKS_MAX: u32 = 50;

/// A file of shared data that was delivered and is sent again stands in the usage log as such. One that never arrived is there already.
pub(crate) async fn a_file_sent_again_is_in_the_log(unit: &mut Unit<'_>, id: &str, message: &MessageState) -> Result<(), AppError> {
    let delivered = matches!(message.phase, MessagePhase::Delivered { .. });
    if !delivered || message.objects.first().is_none_or(|about| about.kind != SharingAgreement::KIND) {
        return Ok(());
    }
    let carrier = ObjectRef::new(MessageState::KIND, id);
    let links = unit.app.store().links(&unit.app.port().code, &carrier, LINKS_MAX).await?;
    let entry = links.into_iter().map(|link| link.from).find(|from| from.kind == DataDelivery::KIND);
    let entry = entry.ok_or_else(|| AppError::Internal(format!("shared data in message {id} are in no usage log")))?;
    let state = unit.get::<DataDelivery>(&entry.id).await?;
    let events = decide_resent(&state, DeliveryResent { by: unit.ctx.principal.id.clone() })?;
    unit.record::<DataDelivery>(&entry.id, events, unit.at()).await
}

/// The consumer says what a delivery was used for.
#[derive(Clone, Debug, Serialize)]
pub struct StateUse {
    /// Delivery id.
    pub id: String,
    /// What came of it.
    pub note: String,
}

#[async_trait]
impl UseCase for StateUse {
    const NAME: &'static str = "data-delivery.use";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<DataDelivery>(Self::NAME, &self.id).await?;
        let command = DeliveryUsed { by: unit.ctx.principal.id.clone(), note: self.note.clone() };
        let events = decide_used(&state, &unit.ctx.principal.organisation, command)?;
        unit.record::<DataDelivery>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

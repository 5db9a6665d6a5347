//! The officer's phone: orders of the day, records of the site.

use app::field::FieldOrder as StateOrder;
use app::joint_orders::acts_for;
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use inspection::{
    Authority, CheckItem, Checked, FieldOrderKind, FieldPhase, FieldRecord as State, FieldResult, Inspection, InspectionPhase, JointOrder,
    Method, Outcome, SubjectKind,
};
use ledger::{Aggregate, Timestamp};
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::inspection::{Officer, Period};
use super::{Finding, Instant, Text, allowed};
use crate::state::Api;
use crate::texts;

/// A box of an order of the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldBox {
    /// Id of its visit.
    pub id: String,
    /// Container number.
    pub number: String,
    /// At the site since.
    pub at_site: Option<Instant>,
    /// Opened when; joint orders alone say so.
    pub opened_at: Option<Instant>,
}

/// An item to check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldCheckItem {
    /// Code.
    pub code: String,
    /// What is checked.
    pub text: Text,
}

/// An order that an officer carries out today.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldOrder {
    /// `inspection` or `joint-order`.
    pub kind: String,
    /// Id.
    pub id: String,
    /// What is inspected: bill, call or key.
    pub title: String,
    /// `goods`, `ship` or `person`.
    pub subject: String,
    /// Place.
    pub place: String,
    /// Time.
    pub slot: Option<Period>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Boxes.
    pub boxes: Vec<FieldBox>,
    /// What the own authority checks, in order.
    pub checklist: Vec<FieldCheckItem>,
    /// Where the checklist comes from.
    pub rules: Text,
    /// Competence that one of the officers must have.
    pub competence: Option<String>,
    /// Who may have been there: the drawn officers, or the people of the authority.
    pub officers: Vec<Officer>,
    /// Fewest officers of a result.
    pub officers_min: usize,
    /// Joint order that an inspection is part of.
    pub joint_order: Option<String>,
    /// A result of the own authority may be written down now.
    pub takes_result: bool,
}

/// The orders of the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldOrders {
    /// Day of the port's clock.
    pub day: String,
    /// When they were read.
    pub as_of: Instant,
    /// Officer, user id.
    pub user: String,
    /// Orders, the earliest first.
    pub orders: Vec<FieldOrder>,
    /// More orders are open than were looked through.
    pub truncated: bool,
    /// Most photos of one record.
    pub photos_max: usize,
    /// Largest photo, bytes.
    pub photo_bytes_max: usize,
    /// Most characters of notes.
    pub note_length_max: usize,
    /// Minutes by which a phone's clock may differ.
    pub clock_skew_minutes_max: i64,
}

/// An item as it was found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FieldCheck {
    /// Code.
    pub code: String,
    /// In order.
    pub ok: bool,
}

/// A result given at the site.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FieldResultForm {
    /// `pass` or `fail`; of an inspection.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Outcome>,
    /// Disposition code; of an inspection.
    #[serde(default)]
    pub disposition: Option<String>,
    /// `open`, `machine` or `documents`; of an inspection.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub method: Option<Method>,
    /// New seal; of an inspection that opened a box.
    #[serde(default)]
    pub new_seal: Option<String>,
    /// Officers who were there, user ids.
    pub officers: Vec<String>,
}

/// What a phone brings from the site.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct FieldRecordForm {
    /// Id that the phone has made: 32 lower-case hex digits. The same record may be sent many times.
    pub id: String,
    /// Who wrote it, user id; must be who sends it.
    pub user: String,
    /// `inspection` or `joint-order`.
    #[schema(value_type = String)]
    pub order_kind: FieldOrderKind,
    /// Order id.
    pub order: String,
    /// Container number or id of its visit, when it is about one box.
    #[serde(default)]
    pub container: Option<String>,
    /// Checklist.
    #[serde(default)]
    pub checks: Vec<FieldCheck>,
    /// Notes; the report of a result.
    #[serde(default)]
    pub note: String,
    /// Photos, by the SHA-256 that `POST /attachments` answered.
    #[serde(default)]
    pub photos: Vec<String>,
    /// Picture of the signature, likewise.
    #[serde(default)]
    pub signature: Option<String>,
    /// Result, if one is given; it is taken only when everything else is.
    #[serde(default)]
    pub result: Option<FieldResultForm>,
    /// When it was written down, on the phone's clock.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// When it is sent, on the phone's clock.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
}

impl FieldRecordForm {
    pub fn command(self) -> Result<app::field::RecordInField, AppError> {
        let result = match (self.result, self.order_kind) {
            (None, _) => None,
            (Some(form), FieldOrderKind::JointOrder) => Some(FieldResult::Part { officers: form.officers }),
            (Some(form), FieldOrderKind::Inspection) => {
                let missing = |pointer: &str| {
                    AppError::invalid("field-result", format!("/result/{pointer}"), "请填写完整的查验结果", "the result is not complete")
                };
                Some(FieldResult::Inspection {
                    outcome: form.outcome.ok_or_else(|| missing("outcome"))?,
                    disposition: form.disposition.ok_or_else(|| missing("disposition"))?.trim().to_owned(),
                    method: form.method.ok_or_else(|| missing("method"))?,
                    seal_new: form.new_seal.map(|seal| seal.trim().to_owned()).filter(|seal| !seal.is_empty()),
                    officers: form.officers,
                })
            }
        };
        Ok(app::field::RecordInField {
            id: self.id,
            user: self.user,
            order_kind: self.order_kind,
            order: self.order,
            container: self.container,
            checks: self.checks.into_iter().map(|check| Checked { code: check.code, ok: check.ok }).collect(),
            note: self.note,
            photos: self.photos,
            signature: self.signature,
            result,
            recorded_at: self.recorded_at,
            sent_at: self.sent_at,
        })
    }
}

/// Says what became of a record that was not taken.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct FieldSettlementForm {
    /// What became of it.
    pub note: String,
}

/// What became of a record that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldSettlement {
    /// What.
    pub note: String,
    /// Who.
    pub by: Officer,
    /// When.
    pub at: Instant,
}

/// A record of the site (现场查验记录).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldRecord {
    /// Id.
    pub id: String,
    /// `inspection` or `joint-order`.
    pub order_kind: String,
    /// Order id as the phone knew it.
    pub order: String,
    /// The order exists and is the authority's to know of.
    pub order_known: bool,
    /// Container number.
    pub container: Option<String>,
    /// `taken`, `not-taken` or `settled`.
    pub status: String,
    /// In words.
    pub status_text: Text,
    /// Checklist.
    pub checks: Vec<FieldCheck>,
    /// What the codes of the checklist mean, as far as the port's rules say so.
    pub items: Vec<FieldCheckItem>,
    /// Notes.
    pub note: String,
    /// Photos, by SHA-256; `GET …/photos/{number}` gives the bytes.
    pub photos: Vec<String>,
    /// Signature, by SHA-256; `GET …/signature` gives the bytes.
    pub signature: Option<String>,
    /// Result.
    pub result: Option<FieldResultForm>,
    /// Who wrote it.
    pub by: Officer,
    /// On the phone's clock.
    pub phone_at: Instant,
    /// When it was written down, as far as the platform can tell.
    pub at: Instant,
    /// When it came.
    pub received_at: Instant,
    /// What is wrong with it; an error is why it was not taken.
    pub findings: Vec<Finding>,
    /// What became of it, when it was not taken.
    pub settlement: Option<FieldSettlement>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Which records are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct FieldRecordQuery {
    /// Order id.
    pub order: Option<String>,
    /// Status codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

fn items(items: &[CheckItem]) -> Vec<FieldCheckItem> {
    items.iter().map(|item| FieldCheckItem { code: item.code.clone(), text: item.text.clone().into() }).collect()
}

fn result(result: &FieldResult) -> FieldResultForm {
    match result {
        FieldResult::Inspection { outcome, disposition, method, seal_new, officers } => FieldResultForm {
            outcome: Some(*outcome),
            disposition: Some(disposition.clone()),
            method: Some(*method),
            new_seal: seal_new.clone(),
            officers: officers.clone(),
        },
        FieldResult::Part { officers } => {
            FieldResultForm { outcome: None, disposition: None, method: None, new_seal: None, officers: officers.clone() }
        }
    }
}

impl Api {
    pub async fn field_orders(&self, ctx: &Context, found: app::field::FieldOrders) -> Result<FieldOrders, AppError> {
        let colleagues: Vec<Officer> = found.colleagues.into_iter().map(|user| Officer { id: user.id, name: user.name.into() }).collect();
        let mut orders = Vec::with_capacity(found.orders.len());
        for order in found.orders {
            orders.push(match order {
                StateOrder::Inspection(seen) => self.field_inspection(seen).await?,
                StateOrder::Joint(seen) => self.field_joint_order(ctx, seen, &colleagues).await?,
            });
        }
        Ok(FieldOrders {
            day: ctx.at.day(self.app.port().utc_offset_minutes),
            as_of: ctx.at.into(),
            user: ctx.principal.id.clone(),
            orders,
            truncated: found.truncated,
            photos_max: inspection::FIELD_PHOTOS_MAX,
            photo_bytes_max: app::gate::PHOTO_BYTES_MAX,
            note_length_max: inspection::FINDINGS_LENGTH_MAX,
            clock_skew_minutes_max: inspection::CLOCK_SKEW_MINUTES_MAX,
        })
    }

    async fn field_inspection(&self, seen: Seen<Inspection>) -> Result<FieldOrder, AppError> {
        let state = seen.state;
        let rules = &self.app.port().joint;
        let (checklist, competence) = rules.checklist(SubjectKind::Goods, Authority::Customs);
        let mut officers = Vec::new();
        for id in state.officers() {
            officers.push(self.officer(id).await?);
        }
        let boxes = state.containers.iter().map(|id| FieldBox {
            id: id.clone(),
            number: container_number(id).to_owned(),
            at_site: state.arrived.get(id).copied().map(Into::into),
            opened_at: None,
        });
        Ok(FieldOrder {
            kind: Inspection::KIND.to_owned(),
            title: state.bill.clone(),
            subject: SubjectKind::Goods.code().to_owned(),
            place: state.site.clone(),
            slot: state.appointment().map(|slot| Period { start: slot.start.into(), end: slot.end.into() }),
            status: state.status().to_owned(),
            status_text: texts::status(Inspection::KIND, state.status()),
            boxes: boxes.collect(),
            checklist: items(&checklist),
            rules: rules.source.clone().into(),
            competence,
            officers,
            officers_min: inspection::OFFICERS_MIN,
            joint_order: state.joint.clone(),
            takes_result: state.is_open() && !matches!(state.phase, InspectionPhase::Recorded { .. }),
            id: seen.id,
        })
    }

    async fn field_joint_order(&self, ctx: &Context, seen: Seen<JointOrder>, colleagues: &[Officer]) -> Result<FieldOrder, AppError> {
        let state = seen.state;
        let own = state.participants.get(&acts_for(&ctx.principal, &state));
        let drawn = own.and_then(|one| one.inspection.as_deref());
        let mut officers = colleagues.to_vec();
        if let Some(drawn) = drawn {
            officers.clear();
            let inspection = self.app.peek::<Inspection>(drawn).await?;
            for id in inspection.iter().flat_map(Inspection::officers) {
                officers.push(self.officer(id).await?);
            }
        }
        let boxes = state.boxes.iter().map(|id| FieldBox {
            id: id.clone(),
            number: container_number(id).to_owned(),
            at_site: state.arrived.get(id).copied().map(Into::into),
            opened_at: state.openings.get(id).map(|opening| opening.at.into()),
        });
        let two = own.is_some_and(|one| one.authority == Authority::Customs) && state.subject == SubjectKind::Goods;
        Ok(FieldOrder {
            kind: JointOrder::KIND.to_owned(),
            title: state.bill.as_ref().or(state.call.as_ref()).unwrap_or(&seen.id).clone(),
            subject: state.subject.code().to_owned(),
            place: state.place.clone(),
            slot: state.slot.map(|slot| Period { start: slot.from.into(), end: slot.to.into() }),
            status: state.status().to_owned(),
            status_text: texts::status(JointOrder::KIND, state.status()),
            boxes: boxes.collect(),
            checklist: own.map(|one| items(&one.checklist)).unwrap_or_default(),
            rules: self.app.port().joint.source.clone().into(),
            competence: own.and_then(|one| one.competence.clone()),
            officers,
            officers_min: if two { inspection::OFFICERS_MIN } else { 1 },
            joint_order: None,
            // The part of a drawn inspection is its own confirmed result.
            takes_result: drawn.is_none() && own.is_some_and(|one| one.is_needed() && one.part.is_none()),
            id: seen.id,
        })
    }

    pub async fn field_record(&self, ctx: &Context, seen: Seen<State>) -> Result<FieldRecord, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let settlement = match &state.phase {
            FieldPhase::Settled { settled, at } => {
                Some(FieldSettlement { note: settled.note.clone(), by: self.officer(&settled.by).await?, at: (*at).into() })
            }
            FieldPhase::Taken | FieldPhase::NotTaken => None,
        };
        let fitting: &[&'static str] = if state.phase == FieldPhase::NotTaken { &["field-record.settle"] } else { &[] };
        let recorded = &state.recorded;
        Ok(FieldRecord {
            order_kind: recorded.order_kind.code().to_owned(),
            order: recorded.order.clone(),
            order_known: recorded.known,
            container: recorded.container.as_deref().map(|id| container_number(id).to_owned()),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            checks: recorded.checks.iter().map(|check| FieldCheck { code: check.code.clone(), ok: check.ok }).collect(),
            items: self.items_of(&state).await?,
            note: recorded.note.clone(),
            photos: recorded.photos.clone(),
            signature: recorded.signature.clone(),
            result: recorded.result.as_ref().map(result),
            by: self.officer(&recorded.by).await?,
            phone_at: recorded.phone_at.into(),
            at: recorded.at.into(),
            received_at: recorded.received_at.into(),
            findings: recorded.findings.iter().cloned().map(Into::into).collect(),
            settlement,
            actions: allowed(self, &ctx.principal, &resource, fitting),
            id: seen.id,
            version: seen.version,
        })
    }

    /// What the codes of a record's checklist mean.
    async fn items_of(&self, state: &State) -> Result<Vec<FieldCheckItem>, AppError> {
        let recorded = &state.recorded;
        let known = match recorded.order_kind {
            FieldOrderKind::Inspection => self.app.port().joint.checklist(SubjectKind::Goods, Authority::Customs).0,
            FieldOrderKind::JointOrder if recorded.known => {
                let order = self.app.peek::<JointOrder>(&recorded.order).await?;
                let own = order.and_then(|order| order.participants.get(&recorded.organisation).map(|one| one.checklist.clone()));
                own.unwrap_or_default()
            }
            FieldOrderKind::JointOrder => Vec::new(),
        };
        Ok(items(&known))
    }
}

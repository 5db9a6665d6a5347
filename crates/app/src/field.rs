//! The officer's phone (现场查验): the orders of the day, and what a phone brings from the site, at once or after hours without a line (INS-07).
//!
//! A record comes under an id that the phone has made, once or many times: it is kept once. It is kept also when it cannot be taken any more.

use async_trait::async_trait;
use inspection::{
    Authority, Checked, FieldDraft, FieldOrderKind, FieldRecord, FieldResult, FieldSettled, Inspection, InspectionPhase, JointOrder,
    JointPhase, OrderAtSite, Recorded, Resulted, SubjectKind,
};
use ledger::{Aggregate, Refusal, Timestamp};
use serde::Serialize;

use crate::directory::User;
use crate::inbox::sha256_hex;
use crate::joint_orders::{acts_for, decided_part, may_begin, person};
use crate::reading::{ListQuery, PAGE_MAX, Seen};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, gate, limits};

/// Most orders of a day that one officer is shown.
pub const ORDERS_MAX: usize = 200;
/// Most open orders of an authority that are looked through for those of one officer.
pub const ORDERS_LOOKED_AT_MAX: usize = 2_000;
/// Most colleagues named for a joint order.
pub const COLLEAGUES_MAX: usize = 200;
/// Length of a record's id: 128 random bits of the phone in lower-case hex.
pub const RECORD_ID_LENGTH: usize = 32;

/// A phone brings what an officer wrote down at the site.
#[derive(Clone, Debug, Serialize)]
pub struct RecordInField {
    /// Id that the phone has made.
    pub id: String,
    /// Who wrote it, user id: a phone may be handed on before it has sent everything.
    pub user: String,
    /// Kind of order.
    pub order_kind: FieldOrderKind,
    /// Order id.
    pub order: String,
    /// Container number or id of its visit.
    pub container: Option<String>,
    /// Checklist, item by item.
    pub checks: Vec<Checked>,
    /// Notes; the report of a result.
    pub note: String,
    /// Photos: hashes of images uploaded before.
    pub photos: Vec<String>,
    /// Signature: hash of an image uploaded before.
    pub signature: Option<String>,
    /// Result, if one is given.
    pub result: Option<FieldResult>,
    /// When it was written down, on the phone's clock.
    pub recorded_at: Timestamp,
    /// When it is sent, on the phone's clock. Another attempt is the same request: it does not count for the idempotency key.
    #[serde(skip)]
    pub sent_at: Timestamp,
}

/// What the order's own rules answer to the result of a record.
enum Answer {
    /// No result was given, or the order is not there.
    None,
    /// Taken, with the events.
    Inspection(Vec<inspection::InspectionEvent>),
    /// Taken, with the events.
    Joint(Vec<inspection::JointOrderEvent>),
    /// Not taken.
    Refused(Refusal),
}

#[async_trait]
impl UseCase for RecordInField {
    const NAME: &'static str = "field-record.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(FieldRecord::KIND))?;
        // An office's system was not at the site.
        person(unit, Self::NAME)?;
        if self.user != unit.ctx.principal.id {
            return Err(AppError::Refused(Refusal::new(
                "field-record-user",
                Self::NAME,
                "nothing",
                "该现场记录由另一人填写，须其本人登录后提交。",
                "Somebody else wrote this record, and must log in to send it.",
            )));
        }
        self.check(unit).await?;
        let known = unit.load::<FieldRecord>(&self.id).await?;
        match self.order_kind {
            FieldOrderKind::Inspection => self.of_inspection(unit, known).await?,
            FieldOrderKind::JointOrder => self.of_joint_order(unit, known).await?,
        }
        Ok(self.id.clone())
    }
}

impl RecordInField {
    async fn check(&self, unit: &Unit<'_>) -> Result<(), AppError> {
        if self.id.len() != RECORD_ID_LENGTH || !self.id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(AppError::invalid("field-record-id", "/id", "编号须为 32 位小写十六进制", "an id has 32 lower-case hex digits"));
        }
        if self.order.trim().is_empty() {
            return Err(AppError::invalid("field-order", "/order", "请指明查验指令", "name the order"));
        }
        limits::text(&self.order, "/order", limits::SHORT_TEXT_MAX)?;
        limits::optional(self.container.as_ref(), "/container", limits::SHORT_TEXT_MAX)?;
        limits::rows(self.checks.len(), inspection::FIELD_CHECKS_MAX, "/checks")?;
        for (index, checked) in self.checks.iter().enumerate() {
            limits::text(&checked.code, &format!("/checks/{index}/code"), limits::SHORT_TEXT_MAX)?;
        }
        limits::rows(self.photos.len(), inspection::FIELD_PHOTOS_MAX, "/photos")?;
        for (index, photo) in self.photos.iter().enumerate() {
            gate::is_photo(unit, photo, "field-photo-kind", &format!("/photos/{index}")).await?;
        }
        if let Some(signature) = &self.signature {
            gate::is_photo(unit, signature, "field-photo-kind", "/signature").await?;
        }
        match &self.result {
            Some(FieldResult::Inspection { disposition, seal_new, officers, .. }) => {
                limits::text(disposition, "/result/disposition", limits::SHORT_TEXT_MAX)?;
                limits::optional(seal_new.as_ref(), "/result/new_seal", limits::SHORT_TEXT_MAX)?;
                check_officers(officers)
            }
            Some(FieldResult::Part { officers }) => check_officers(officers),
            None => Ok(()),
        }
    }

    fn draft(&self, unit: &Unit<'_>, organisation: String) -> Result<FieldDraft, AppError> {
        let body = serde_json::to_vec(self).map_err(|e| AppError::Internal(e.to_string()))?;
        Ok(FieldDraft {
            order_kind: self.order_kind,
            order: self.order.trim().to_owned(),
            container: self.container.as_ref().map(|text| text.trim().to_uppercase()).filter(|text| !text.is_empty()),
            checks: self.checks.clone(),
            note: self.note.trim().to_owned(),
            photos: self.photos.clone(),
            signature: self.signature.clone(),
            result: self.result.clone(),
            organisation,
            district: unit.ctx.principal.district.clone().filter(|_| unit.ctx.principal.role == Role::Customs),
            by: unit.ctx.principal.id.clone(),
            phone_at: self.recorded_at,
            sent_at: self.sent_at,
            content: sha256_hex(&body),
        })
    }

    /// Keeps the record, and what the order takes of it.
    async fn keep(
        &self,
        unit: &mut Unit<'_>,
        known: Option<FieldRecord>,
        order: Option<OrderAtSite<'_>>,
        answer: Answer,
    ) -> Result<(), AppError> {
        let draft = self.draft(unit, unit.ctx.principal.organisation.clone())?;
        let refused = if let Answer::Refused(refusal) = &answer { Some(refusal) } else { None };
        let events = inspection::decide_field_record(known.as_ref(), draft, order, refused, unit.at())?;
        let Some(inspection::FieldRecordEvent::Recorded(data)) = events.first() else { return Ok(()) };
        let (at, taken) = (data.at, data.is_taken());
        unit.record::<FieldRecord>(&self.id, events, at).await?;
        match answer {
            Answer::Inspection(events) if taken => unit.record::<Inspection>(&self.order, events, unit.at()).await,
            Answer::Joint(events) if taken => unit.record::<JointOrder>(&self.order, events, unit.at()).await,
            Answer::Inspection(_) | Answer::Joint(_) | Answer::Refused(_) | Answer::None => Ok(()),
        }
    }

    async fn of_inspection(&self, unit: &mut Unit<'_>, known: Option<FieldRecord>) -> Result<(), AppError> {
        let Some(state) = seen::<Inspection>(unit, &self.order, "inspection.read").await? else {
            return self.keep(unit, known, None, Answer::None).await;
        };
        let by = unit.ctx.principal.id.clone();
        let answer = match &self.result {
            None => Answer::None,
            Some(FieldResult::Inspection { outcome, disposition, method, seal_new, officers }) => {
                let result = Resulted {
                    result: *outcome,
                    disposition: disposition.clone(),
                    findings: self.note.trim().to_owned(),
                    method: *method,
                    seal_new: seal_new.clone(),
                    officers: officers.clone(),
                };
                let allowed = allows(unit, "inspection.result", &state, &self.order);
                let begun = if allowed { may_begin(unit, &state).await } else { Err(AppError::Forbidden { action: "inspection.result" }) };
                let decided = begun.and_then(|()| Ok(inspection::decide_record(&state, Recorded { result, by: by.clone() })?));
                answered(decided, Answer::Inspection, &state)?
            }
            Some(FieldResult::Part { .. }) => Answer::Refused(other_kind(&state)),
        };
        let (checklist, _) = unit.app.port().joint.checklist(SubjectKind::Goods, Authority::Customs);
        let order = OrderAtSite {
            status: state.status(),
            open: state.is_open(),
            resulted: state.recorded().is_some() || state.result().is_some(),
            boxes: &state.containers,
            arrived: &state.arrived,
            officer: state.officers().contains(&by.as_str()),
            ordered_at: state.ordered_at,
            checklist: &checklist,
        };
        self.keep(unit, known, Some(order), answer).await
    }

    async fn of_joint_order(&self, unit: &mut Unit<'_>, known: Option<FieldRecord>) -> Result<(), AppError> {
        let Some(state) = seen::<JointOrder>(unit, &self.order, "joint-order.read").await? else {
            return self.keep(unit, known, None, Answer::None).await;
        };
        let organisation = acts_for(&unit.ctx.principal, &state);
        let by = unit.ctx.principal.id.clone();
        let own = state.participants.get(&organisation).filter(|one| one.is_needed());
        let officer = match own.map(|one| one.inspection.as_deref()) {
            None => false,
            Some(None) => true,
            Some(Some(drawn)) => unit.load::<Inspection>(drawn).await?.is_some_and(|drawn| drawn.officers().contains(&by.as_str())),
        };
        let resulted = own.is_some_and(|one| one.part.is_some()) || state.result().is_some();
        let answer = match &self.result {
            None => Answer::None,
            Some(FieldResult::Part { officers }) => {
                let clean = self.checks.iter().all(|checked| checked.ok);
                let decided = if allows(unit, "joint-order.record", &state, &self.order) {
                    decided_part(unit, &state, (&self.checks, clean), self.note.trim(), officers).await
                } else {
                    Err(AppError::Forbidden { action: "joint-order.record" })
                };
                answered(decided, Answer::Joint, &state)?
            }
            Some(FieldResult::Inspection { .. }) => Answer::Refused(other_kind(&state)),
        };
        let order = OrderAtSite {
            status: state.status(),
            open: state.is_open(),
            resulted,
            boxes: &state.boxes,
            arrived: &state.arrived,
            officer,
            ordered_at: state.proposed_at,
            checklist: &[],
        };
        self.keep(unit, known, Some(order), answer).await
    }
}

fn check_officers(officers: &[String]) -> Result<(), AppError> {
    limits::rows(officers.len(), inspection::PART_OFFICERS_MAX, "/result/officers")?;
    officers.iter().try_for_each(|officer| limits::text(officer, "/result/officers", limits::SHORT_TEXT_MAX))
}

/// An order, if the officer's authority may know of it: nobody learns from a refusal which orders there are.
async fn seen<A: crate::Happens>(unit: &mut Unit<'_>, id: &str, action: &'static str) -> Result<Option<A>, AppError> {
    let found = unit.load::<A>(id).await?;
    Ok(found.filter(|state| allows(unit, action, state, id)))
}

fn allows<A: Aggregate>(unit: &Unit<'_>, action: &'static str, state: &A, id: &str) -> bool {
    let row = state.work_row(id);
    let resource = Resource::of(A::KIND, id, &row, &unit.ctx.principal, &unit.app.port().customs_district);
    unit.app.rights().require(&unit.ctx.principal, action, &resource).is_ok()
}

/// What is wrong with a result is a reason of the record; a fault of the platform is not.
fn answered<A: Aggregate, T>(decided: Result<T, AppError>, taken: impl FnOnce(T) -> Answer, state: &A) -> Result<Answer, AppError> {
    match decided {
        Ok(events) => Ok(taken(events)),
        Err(AppError::Refused(refusal)) => Ok(Answer::Refused(refusal)),
        Err(AppError::Invalid { code, text, .. }) => {
            Ok(Answer::Refused(Refusal::new(code, RecordInField::NAME, state.status(), text.zh, text.en)))
        }
        Err(AppError::Forbidden { .. }) => Ok(Answer::Refused(Refusal::new(
            "inspection-officer-not-drawn",
            RecordInField::NAME,
            state.status(),
            "无权录入该查验的结果。",
            "The result of this order is not yours to write down.",
        ))),
        Err(other) => Err(other),
    }
}

fn other_kind<A: Aggregate>(state: &A) -> Refusal {
    Refusal::new(
        "field-result-kind",
        RecordInField::NAME,
        state.status(),
        "结果类型与指令类型不符。",
        "The result is of another kind than the order.",
    )
}

/// Somebody of the authority has looked at a record that was not taken, and says what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct SettleFieldRecord {
    /// Record id.
    pub id: String,
    /// What became of it.
    pub note: String,
}

#[async_trait]
impl UseCase for SettleFieldRecord {
    const NAME: &'static str = "field-record.settle";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<FieldRecord>(Self::NAME, &self.id).await?;
        let command = FieldSettled { note: self.note.trim().to_owned(), by: unit.ctx.principal.id.clone() };
        let events = inspection::decide_settle_field_record(&state, command)?;
        unit.record::<FieldRecord>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An order of the day with who may be named as present.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a page of some dozens, shown at once")]
pub enum FieldOrder {
    /// An inspection for which the officer was drawn.
    Inspection(Seen<Inspection>),
    /// A joint order in which the officer's authority takes part.
    Joint(Seen<JointOrder>),
}

impl FieldOrder {
    /// When it is due: orders are done in this sequence.
    pub fn begins(&self) -> Option<Timestamp> {
        match self {
            Self::Inspection(seen) => seen.state.appointment().map(|appointment| appointment.start),
            Self::Joint(seen) => seen.state.slot.map(|slot| slot.from),
        }
    }
}

/// The orders of the day of one officer.
#[derive(Clone, Debug)]
pub struct FieldOrders {
    /// Orders, the earliest first.
    pub orders: Vec<FieldOrder>,
    /// More orders of the authority are open than were looked through.
    pub truncated: bool,
    /// People of the authority, for naming who was there.
    pub colleagues: Vec<User>,
}

impl App {
    /// The orders of the day (今日查验) of the officer who asks: inspections for which the officer was drawn, and joint orders of the authority, that
    /// have a time today or before, or a box at the site.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn field_orders(&self, ctx: &Context) -> Result<FieldOrders, AppError> {
        self.rights().require(&ctx.principal, "field-order.read", &Resource::own("field-order"))?;
        let tomorrow = ctx.at.day_start(self.port().utc_offset_minutes).plus_days(1);
        let mut found = FieldOrders { orders: Vec::new(), truncated: false, colleagues: Vec::new() };
        if ctx.principal.role == Role::Customs {
            // What has a time later than today is not looked at: a district may have thousands of appointments ahead.
            let today = Some(tomorrow);
            let mut open = self.open_orders::<Inspection>(ctx, "inspection.read", &["appointed"], today, &mut found.truncated).await?;
            open.extend(
                self.open_orders::<Inspection>(ctx, "inspection.read", &["at-site", "recorded"], None, &mut found.truncated).await?,
            );
            for seen in open {
                let state = &seen.state;
                let due = match &state.phase {
                    InspectionPhase::Appointed { appointment } => appointment.start < tomorrow,
                    InspectionPhase::AtSite { .. } | InspectionPhase::Recorded { .. } => true,
                    InspectionPhase::Ordered
                    | InspectionPhase::Passed { .. }
                    | InspectionPhase::Failed { .. }
                    | InspectionPhase::Cancelled { .. } => false,
                };
                if due && state.officers().contains(&ctx.principal.id.as_str()) {
                    found.orders.push(FieldOrder::Inspection(seen));
                }
            }
        }
        for seen in self.open_orders::<JointOrder>(ctx, "joint-order.read", &["confirmed", "under-way"], None, &mut found.truncated).await?
        {
            let state = &seen.state;
            let takes_part = state.participants.get(&acts_for(&ctx.principal, state)).is_some_and(|one| one.is_needed());
            let due = match state.phase {
                JointPhase::Confirmed | JointPhase::UnderWay => {
                    !state.arrived.is_empty() || state.slot.is_some_and(|slot| slot.from < tomorrow)
                }
                JointPhase::Proposed
                | JointPhase::Released { .. }
                | JointPhase::FollowUp { .. }
                | JointPhase::Closed { .. }
                | JointPhase::Cancelled { .. } => false,
            };
            if takes_part && due {
                found.orders.push(FieldOrder::Joint(seen));
            }
        }
        found.orders.sort_by_key(|order| (order.begins().is_none(), order.begins()));
        found.truncated |= found.orders.len() > ORDERS_MAX;
        found.orders.truncate(ORDERS_MAX);
        let own = |user: &User| !user.disabled && user.organisation == ctx.principal.organisation;
        found.colleagues = self.users().await?.into_iter().filter(own).take(COLLEAGUES_MAX).collect();
        Ok(found)
    }

    /// The orders of a kind that stand so and are due before an instant, the earliest due first: page by page from the worklist's index.
    async fn open_orders<A: crate::Happens>(
        &self,
        ctx: &Context,
        action: &'static str,
        statuses: &[&str],
        due_before: Option<Timestamp>,
        truncated: &mut bool,
    ) -> Result<Vec<Seen<A>>, AppError> {
        let statuses = statuses.iter().map(|status| (*status).to_owned()).collect();
        let mut query = ListQuery { statuses, open: Some(true), due_before, by_due: true, limit: PAGE_MAX, ..ListQuery::default() };
        let mut found = Vec::new();
        loop {
            let page = self.list::<A>(ctx, action, query.clone()).await?;
            found.extend(page.items.into_iter().map(|(seen, _)| seen));
            match page.next {
                Some(_) if found.len() >= ORDERS_LOOKED_AT_MAX => {
                    *truncated = true;
                    return Ok(found);
                }
                Some(next) => query.cursor = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// A picture of a record, for whoever may read the record: photo `number` from 1, or the signature when there is no number. Media type and bytes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none, or the record may not be read.
    pub async fn field_picture(&self, ctx: &Context, id: &str, number: Option<usize>) -> Result<(String, Vec<u8>), AppError> {
        let seen = self.view::<FieldRecord>(ctx, "field-record.read", id).await?;
        let not_found = || AppError::NotFound { kind: "photo", id: id.to_owned() };
        let recorded = &seen.state.recorded;
        let sha256 = match number {
            Some(number) => number.checked_sub(1).and_then(|at| recorded.photos.get(at)),
            None => recorded.signature.as_ref(),
        };
        self.store().blob(&self.port().code, sha256.ok_or_else(not_found)?).await?.ok_or_else(not_found)
    }
}

//! Transhipment (水水中转, MFT-04): planned, compared whenever a paper or the box changes, released or decided, loaded.
//!
//! What the plan and the pre-loading manifest say of one box meets in a register record by outbound call and box: whichever comes second
//! finds the first, also when both come at once.

use async_trait::async_trait;
use ledger::{Aggregate, Timestamp};
use logistics::{Container, Place};
use manifest::{
    Bill, BillPhase, InboundSide, MatchFacts, OnwardCall, OutboundBill, OutboundPhase, OutboundSide, TransferPlan, Transhipment,
    TranshipmentLoaded, TranshipmentPlanned, TranshipmentRefused, TranshipmentWithdrawn, YardSide,
};
use port_call::{CallPhase, ShipCall};
use serde::{Deserialize, Serialize};

use crate::calls::plausible;
use crate::reading::ListQuery;
use crate::{AppError, Context, Role, Unit, UseCase, calls, limits, orders};

/// Register of what is known of a box of an outbound call, by `{call}/{container number}`.
const ONWARD: &str = "onward-box";
/// Most open transhipments of one call compared when it leaves.
const OF_CALL_MAX: usize = 5_000;

/// What is known of a box of an outbound call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OnwardBox {
    /// Transhipment by which it is to go.
    #[serde(default)]
    transhipment: Option<String>,
    /// Outbound bill that lists it.
    #[serde(default)]
    outbound: Option<String>,
}

async fn onward_box(unit: &Unit<'_>, call: &str, number: &str) -> Result<OnwardBox, AppError> {
    match unit.record_body(ONWARD, &format!("{call}/{number}")).await? {
        Some(body) => serde_json::from_slice(&body).map_err(|e| AppError::Internal(e.to_string())),
        None => Ok(OnwardBox::default()),
    }
}

/// Changes what is known; another unit that does so at the same time is decided again.
async fn note(unit: &mut Unit<'_>, call: &str, number: &str, change: impl FnOnce(&mut OnwardBox)) -> Result<OnwardBox, AppError> {
    let key = format!("{call}/{number}");
    let (version, _) = unit.record_versioned(ONWARD, &key).await?;
    let mut known = onward_box(unit, call, number).await?;
    change(&mut known);
    unit.write_record(ONWARD, &key, Some(version), &known)?;
    Ok(known)
}

/// Plans that a box goes on by another ship.
#[derive(Clone, Debug, Serialize)]
pub struct PlanTranshipment {
    /// Container visit id.
    pub container: String,
    /// Outbound ship call id.
    pub onward_call: String,
    /// What the plan says.
    pub plan: TransferPlan,
    /// Remark.
    pub note: Option<String>,
}

#[async_trait]
impl UseCase for PlanTranshipment {
    const NAME: &'static str = "transhipment.plan";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let mut state = unit.authorised::<Container>(Self::NAME, &self.container).await?;
        for (value, pointer) in [(&self.plan.size_type, "/size_type"), (&self.plan.seal, "/seal")] {
            limits::optional(value.as_ref(), pointer, limits::SHORT_TEXT_MAX)?;
        }
        limits::optional(self.note.as_ref(), "/note", limits::NOTE_MAX)?;
        if let Err(fault) = self.plan.next_port.parse::<codes::UnLocode>() {
            return Err(AppError::invalid("bill-port-malformed", "/next_port", fault.zh(), fault.to_string()));
        }
        let Some(onward) = unit.load::<ShipCall>(&self.onward_call).await? else {
            return Err(AppError::invalid("call-unknown", "/onward_call", "没有这个航次", "no such call"));
        };
        if closed(&onward).is_some() {
            return Err(AppError::invalid("call-closed", "/onward_call", "该航次已离港或已取消", "the call has departed or is cancelled"));
        }
        calls::hold_members(unit, &self.onward_call).await?;
        let number = match &state.bill {
            Some(number) => number.clone(),
            None => return Err(AppError::invalid("container-not-manifested", "/container", "该箱不在舱单上", "the box is on no manifest")),
        };
        let bill = unit.get::<Bill>(&number).await?;
        let id = unit.app.next_id('Z', unit.at()).await?;
        if settle_left_behind(unit, &state, &id).await? {
            state = unit.get::<Container>(&self.container).await?;
        }
        let command = TranshipmentPlanned {
            container: self.container.clone(),
            number: state.number.clone(),
            bill: number,
            call: state.call.clone(),
            onward_call: self.onward_call.clone(),
            plan: self.plan.clone(),
            planner: unit.ctx.principal.organisation.clone(),
            inbound_agent: bill.agent.clone(),
            outbound_agent: onward.agent.clone(),
            terminal: state.terminal.clone(),
            authority: unit.app.port().customs_district.clone(),
            note: self.note.as_ref().map(|note| note.trim().to_owned()).filter(|note| !note.is_empty()),
        };
        let agent = command.outbound_agent.clone();
        let events = manifest::decide_plan_transhipment(unit.load::<Transhipment>(&id).await?.as_ref(), command)?;
        // The box's own word on it comes first: one plan at a time, and none for what is released or ordered for import.
        let planned = logistics::OnwardPlanned { transhipment: id.clone(), call: self.onward_call.clone(), agent };
        let planned = logistics::decide_onward_planned(&state, planned)?;
        unit.record::<Container>(&self.container, planned, unit.at()).await?;
        unit.record::<Transhipment>(&id, events, unit.at()).await?;
        note(unit, &self.onward_call, &state.number, |known| known.transhipment = Some(id.clone())).await?;
        compare(unit, &id).await?;
        Ok(id)
    }
}

/// A new plan settles the one whose ship left without the box, and frees the box of it.
async fn settle_left_behind(unit: &mut Unit<'_>, container: &Container, by: &str) -> Result<bool, AppError> {
    let Some(onward) = &container.onward else { return Ok(false) };
    let before = unit.get::<Transhipment>(&onward.transhipment).await?;
    if !before.is_left_behind() {
        return Ok(false);
    }
    let own = before.planned.planner.clone();
    let reason = format!("另行申请中转 planned anew: {by}");
    let events = manifest::decide_withdraw_transhipment(&before, &own, TranshipmentWithdrawn { reason })?;
    unit.record::<Transhipment>(&onward.transhipment, events, unit.at()).await?;
    let ended = logistics::OnwardEnded { transhipment: onward.transhipment.clone() };
    let events = logistics::decide_onward_ended(container, ended)?;
    unit.record::<Container>(&before.planned.container, events, unit.at()).await?;
    Ok(true)
}

fn closed(call: &ShipCall) -> Option<&'static str> {
    match call.phase {
        CallPhase::Announced | CallPhase::Arrived { .. } => None,
        CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => Some(call.status()),
    }
}

/// An outbound bill lists a box, or does no more.
pub(crate) async fn list_outbound(unit: &mut Unit<'_>, call: &str, number: &str, bill: &str, listed: bool) -> Result<(), AppError> {
    let known = note(unit, call, number, |known| match (&known.outbound, listed) {
        (_, true) => known.outbound = Some(bill.to_owned()),
        (Some(own), false) if own == bill => known.outbound = None,
        (Some(_) | None, false) => {}
    })
    .await?;
    match known.transhipment {
        Some(id) => compare(unit, &id).await,
        None => Ok(()),
    }
}

/// Compares the transhipment of a box anew, when it has one.
pub(crate) async fn compare_box(unit: &mut Unit<'_>, container: &str) -> Result<(), AppError> {
    let onward = unit.look::<Container>(container).await?.and_then(|state| state.onward.as_ref()).map(|onward| onward.transhipment.clone());
    match onward {
        Some(id) => compare(unit, &id).await,
        None => Ok(()),
    }
}

/// Compares the transhipments of a bill's boxes anew.
pub(crate) async fn compare_bill(unit: &mut Unit<'_>, number: &str) -> Result<(), AppError> {
    let Some(bill) = unit.load::<Bill>(number).await? else { return Ok(()) };
    for listed in &bill.content.containers {
        compare_box(unit, &logistics::container_id(&listed.number, &bill.call)).await?;
    }
    Ok(())
}

/// Compares the open transhipments that were to go by a call that has left or will not come.
pub(crate) async fn compare_call(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    let platform = Context::platform(unit.at(), unit.ctx.request.clone());
    let mut query = ListQuery { keys: vec![call.to_owned()], open: Some(true), limit: crate::reading::PAGE_MAX, ..ListQuery::default() };
    let mut ids = Vec::new();
    loop {
        let page = unit.app.list::<Transhipment>(&platform, "transhipment.read", query.clone()).await?;
        ids.extend(page.items.into_iter().filter(|(seen, _)| seen.state.planned.onward_call == call).map(|(seen, _)| seen.id));
        match page.next {
            Some(next) if ids.len() < OF_CALL_MAX => query.cursor = Some(next),
            Some(_) | None => break,
        }
    }
    for id in ids {
        compare(unit, &id).await?;
    }
    Ok(())
}

/// Compares everything known of a transhipment, and lets the room decide.
async fn compare(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Transhipment>(id).await?;
    if state.closed_at().is_some() {
        return Ok(());
    }
    // What was released, and is not loaded when the ship leaves, is left behind; its loading may be reported after all.
    if state.is_released()
        && let Some(departed) = unit.get::<ShipCall>(&state.planned.onward_call).await?.atd()
    {
        let events = manifest::decide_left_behind(&state, departed);
        return unit.record::<Transhipment>(id, events, unit.at()).await;
    }
    let facts = facts(unit, &state.planned).await?;
    let comparison = manifest::compare(&state.planned.plan, &facts);
    let events = manifest::decide_compared(&state, comparison);
    unit.record::<Transhipment>(id, events, unit.at()).await
}

async fn facts(unit: &mut Unit<'_>, of: &TranshipmentPlanned) -> Result<MatchFacts, AppError> {
    let bill = unit.get::<Bill>(&of.bill).await?;
    let state = unit.get::<Container>(&of.container).await?;
    let call = unit.get::<ShipCall>(&of.onward_call).await?;
    // A number that was cancelled and used again is another bill.
    let stands = bill.call == of.call && !matches!(bill.phase, BillPhase::Cancelled { .. });
    let listed = bill.content.containers.iter().find(|listed| listed.number == of.number).filter(|_| stands).cloned();
    let outbound = match onward_box(unit, &of.onward_call, &of.number).await?.outbound {
        Some(id) => unit.load::<OutboundBill>(&id).await?.filter(|bill| bill.phase == OutboundPhase::Listed).map(|bill| (id, bill)),
        None => None,
    };
    let outbound = outbound.and_then(|(id, bill)| {
        let container = bill.content.containers.iter().find(|listed| listed.number == of.number)?.clone();
        Some(OutboundSide { bill: id, container, goods: bill.content.goods, next_port: bill.content.discharge })
    });
    Ok(MatchFacts {
        planner: of.planner.clone(),
        inbound: InboundSide {
            agent: of.inbound_agent.clone(),
            onward: bill.content.onward.clone(),
            container: listed,
            goods: bill.content.goods,
            declaration: bill.declaration,
        },
        yard: YardSide {
            landed: !matches!(state.place, Place::OnBoard),
            held: state.hold().is_some() || state.is_barred(),
            terminal: state.terminal,
            size_type: state.size_type,
            seal: state.seal,
        },
        call: OnwardCall { closed: closed(&call).map(str::to_owned), agent: call.agent, terminal: call.terminal },
        outbound,
        tolerance_per_mille: unit.app.port().transhipment_mass_tolerance_per_mille,
        authority: of.authority.clone(),
    })
}

/// An officer releases by hand what differs.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseTranshipment {
    /// Transhipment id.
    pub id: String,
    /// Why, 2 to 500 characters.
    pub reason: String,
    /// Version that the officer saw: what he did not see, he does not release.
    pub expected_version: u64,
}

/// What came of a release by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// Transhipment id.
    pub id: String,
    /// It is released. Otherwise something differs that the officer did not see: that is recorded for him to see, and nothing is released.
    pub released: bool,
}

#[async_trait]
impl UseCase for ReleaseTranshipment {
    const NAME: &'static str = "transhipment.release";
    type Outcome = ByHand;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<ByHand, AppError> {
        let seen = unit.authorised::<Transhipment>(Self::NAME, &self.id).await?;
        let reason = orders::reason(&self.reason)?;
        let (expected, found) = (self.expected_version, unit.version::<Transhipment>(&self.id).await?);
        if expected != found {
            return Err(AppError::Stale { expected, found });
        }
        // He decides on what is so now, and only when that is what he saw.
        compare(unit, &self.id).await?;
        let state = unit.get::<Transhipment>(&self.id).await?;
        if state != seen {
            return Ok(ByHand { id: self.id.clone(), released: false });
        }
        let events = manifest::decide_release_by_hand(&state, unit.ctx.principal.id.clone(), reason)?;
        unit.record::<Transhipment>(&self.id, events, unit.at()).await?;
        Ok(ByHand { id: self.id.clone(), released: true })
    }
}

/// An officer refuses.
#[derive(Clone, Debug, Serialize)]
pub struct RefuseTranshipment {
    /// Transhipment id.
    pub id: String,
    /// Why, 2 to 500 characters.
    pub reason: String,
}

#[async_trait]
impl UseCase for RefuseTranshipment {
    const NAME: &'static str = "transhipment.refuse";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Transhipment>(Self::NAME, &self.id).await?;
        let command = TranshipmentRefused { officer: unit.ctx.principal.id.clone(), reason: orders::reason(&self.reason)? };
        let events = manifest::decide_refuse_transhipment(&state, command)?;
        unit.record::<Transhipment>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Who planned it takes it back.
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawTranshipment {
    /// Transhipment id.
    pub id: String,
    /// Why, 2 to 500 characters.
    pub reason: String,
}

#[async_trait]
impl UseCase for WithdrawTranshipment {
    const NAME: &'static str = "transhipment.withdraw";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Transhipment>(Self::NAME, &self.id).await?;
        let command = TranshipmentWithdrawn { reason: orders::reason(&self.reason)? };
        let by = unit.ctx.principal.organisation.clone();
        let events = manifest::decide_withdraw_transhipment(&state, &by, command)?;
        unit.record::<Transhipment>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The terminal loads the box onto the outbound ship.
#[derive(Clone, Debug, Serialize)]
pub struct LoadTranshipment {
    /// Transhipment id.
    pub id: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for LoadTranshipment {
    const NAME: &'static str = "transhipment.load";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Transhipment>(Self::NAME, &self.id).await?;
        let principal = &unit.ctx.principal;
        if principal.role != Role::Platform && principal.organisation != state.planned.terminal {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        let at = plausible(self.at, unit.at(), "/at")?;
        load(unit, &self.id, at).await?;
        Ok(self.id.clone())
    }
}

async fn load(unit: &mut Unit<'_>, id: &str, at: Timestamp) -> Result<(), AppError> {
    let state = unit.get::<Transhipment>(id).await?;
    let by = unit.ctx.principal.organisation.clone();
    let departed = unit.get::<ShipCall>(&state.planned.onward_call).await?.atd();
    let events = manifest::decide_loaded(&state, TranshipmentLoaded { at, by }, departed)?;
    let mut container = unit.get::<Container>(&state.planned.container).await?;
    // Everything is decided before anything is recorded: whoever reports may go on after a refusal.
    let mut released = Vec::new();
    if state.is_left_behind() {
        // The ship had it after all.
        released = logistics::decide_onward_released(&container, logistics::OnwardReleased { transhipment: id.to_owned() })?;
        for event in &released {
            container = Container::apply(Some(container), event, unit.at())
                .map_err(|e| AppError::Internal(format!("release of {}: {e}", state.planned.container)))?;
        }
    }
    let shipped = logistics::Shipped { transhipment: id.to_owned(), call: state.planned.onward_call.clone(), at };
    let shipped = logistics::decide_shipped(&container, shipped)?;
    unit.record::<Container>(&state.planned.container, released, unit.at()).await?;
    unit.record::<Transhipment>(id, events, at).await?;
    unit.record::<Container>(&state.planned.container, shipped, at).await
}

/// A terminal's own message says that a box was loaded (COARRI): what may go is gone. Anything else is answered with why not; what must not
/// happen raises its alarm.
pub(crate) async fn loaded_elsewhere(
    unit: &mut Unit<'_>,
    container: &str,
    call: Option<&str>,
    at: Timestamp,
) -> Result<Option<ledger::Refusal>, AppError> {
    let state = unit.get::<Container>(container).await?;
    let Some(onward) = state.onward else { return Ok(None) };
    if onward.released_at.is_none() && !unit.get::<Transhipment>(&onward.transhipment).await?.is_left_behind() {
        return Ok(None);
    }
    if matches!(state.place, Place::Shipped { .. }) {
        return Ok(None);
    }
    if let Some(call) = call.filter(|call| *call != onward.call) {
        let zh = format!("该箱计划装 {} 航次，报告却为 {call}；未登记装船。", onward.call);
        let en = format!("The box is to go by call {}, and was reported on {call}; its loading is not recorded.", onward.call);
        return Ok(Some(ledger::Refusal::new("transhipment-other-ship", "transhipment.load", "released", zh, en)));
    }
    match load(unit, &onward.transhipment, at).await {
        Ok(()) => Ok(None),
        Err(AppError::Refused(refusal)) => Ok(Some(refusal)),
        Err(other) => Err(other),
    }
}

/// When a transhipment is decided otherwise or taken back, its box is free, and another plan may be made.
pub(crate) async fn ended(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Transhipment>(id).await?;
    let of = &state.planned;
    let container = unit.get::<Container>(&of.container).await?;
    if let Ok(events) = logistics::decide_onward_ended(&container, logistics::OnwardEnded { transhipment: id.to_owned() }) {
        unit.record::<Container>(&of.container, events, unit.at()).await?;
    }
    note(unit, &of.onward_call, &of.number, |known| {
        known.transhipment.take_if(|own| own == id);
    })
    .await?;
    Ok(())
}

/// When a transhipment is released, its box may be loaded; when a release is taken back, it may not.
pub(crate) async fn tell_box(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Transhipment>(id).await?;
    let container = unit.get::<Container>(&state.planned.container).await?;
    let may_go = container.onward.as_ref().is_some_and(|onward| onward.transhipment == id && onward.released_at.is_some());
    let transhipment = id.to_owned();
    let events = match (state.is_released(), may_go) {
        (true, false) => logistics::decide_onward_released(&container, logistics::OnwardReleased { transhipment })?,
        (false, true) => logistics::decide_onward_revoked(&container, logistics::OnwardRevoked { transhipment })?,
        (true, true) | (false, false) => return Ok(()),
    };
    unit.record::<Container>(&state.planned.container, events, unit.at()).await
}

//! What partners report by message (动态报告): recorded against the boxes, bills and the call it names (LOG-01, LOG-06, LOG-09).
//!
//! A report orders nothing. It is a fact that somebody told: late, twice or in the wrong order, it is recorded once and corrupts nothing.
//! What a terminal's own gate let pass is carried out here when everything is in order, and raises an alarm when it is not.

use std::collections::BTreeSet;

use async_trait::async_trait;
use codes::{Finding, Severity, Text};
use ledger::{ObjectRef, Timestamp};
use logistics::{Alarm, AlarmsReviewed, Container, ContainerEvent, Direction, GateReason, Place, ReportFacts, Said, container_id};
use manifest::{Bill, OutboundBill, Transhipment, outbound_bill_id};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};

use crate::calls::plausible;
use crate::exchange::{BillTold, BoxRead};
use crate::rights::Resource;
use crate::work_orders::{self, LoadedRow};
use crate::{AppError, Role, Unit, UseCase, gate, orders, transhipments};

/// Most boxes recorded in one unit of work; a message that names more is recorded in several.
pub const BOXES_AT_ONCE: usize = 2_000;
/// Most bills recorded in one unit of work.
pub const BILLS_AT_ONCE: usize = 2_000;
/// Longest text of a report that is kept in an event, characters.
const TOLD_TEXT_MAX: usize = 64;

/// Records what a message reports.
#[derive(Clone, Debug, Serialize)]
pub struct RecordReports {
    /// Type of the message, such as `CODECO`.
    pub kind: String,
    /// Document number.
    pub document: Option<String>,
    /// Message function (1225), as sent.
    pub function: Option<String>,
    /// The call, where it is known.
    pub call: Option<String>,
    /// When the message was made; of boxes and bills that tell no time of their own.
    pub at: Timestamp,
    /// Boxes.
    pub boxes: Vec<BoxRead>,
    /// Bills.
    pub bills: Vec<BillTold>,
    /// The call itself.
    pub ship: Option<port_call::Said>,
}

/// What became of reports.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReportsOutcome {
    /// Objects on which something was recorded.
    pub objects: Vec<ObjectRef>,
    /// What is worth telling, each at its box: `/boxes/{n}`.
    pub findings: Vec<Finding>,
    /// Boxes and bills named that the sender has no business with here, or that nobody announced.
    pub unknown: u64,
    /// What was told before.
    pub repeated: u64,
}

#[async_trait]
impl UseCase for RecordReports {
    const NAME: &'static str = "report.record";
    type Outcome = ReportsOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<ReportsOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own("container"))?;
        let mut outcome = ReportsOutcome::default();
        self.of_the_call(unit, &mut outcome).await?;
        if let Some(call) = &self.call {
            unit.preload(self.boxes.iter().map(|told| ObjectRef::new("container", container_id(&told.container, call))).collect()).await?;
        }
        // Who has a part in a box may speak of its bill.
        let mut carried = BTreeSet::new();
        let mut strangers = BTreeSet::new();
        for (index, told) in self.boxes.iter().enumerate() {
            match self.visit(unit, told).await? {
                Some(id) => {
                    self.of_a_box(unit, &id, told, index, &mut outcome).await?;
                    carried.extend(unit.load::<Container>(&id).await?.and_then(|state| state.bill));
                }
                None => {
                    strangers.insert(index);
                }
            }
        }
        self.against_the_loading_order(unit, &mut strangers, &mut outcome).await?;
        outcome.unknown += u64::try_from(strangers.len()).unwrap_or(u64::MAX);
        unit.preload(self.bills.iter().map(|told| ObjectRef::new("bill", told.number.clone())).collect()).await?;
        for told in &self.bills {
            self.of_a_bill(unit, told, carried.contains(&told.number), &mut outcome).await?;
        }
        Ok(outcome)
    }
}

impl RecordReports {
    /// What the terminal of the call reports loaded is kept with the loading order, whose boxes need no visit here. `strangers` are the rows of
    /// boxes that have none; those that are kept are strangers no more.
    async fn against_the_loading_order(
        &self,
        unit: &mut Unit<'_>,
        strangers: &mut BTreeSet<usize>,
        outcome: &mut ReportsOutcome,
    ) -> Result<(), AppError> {
        let function = self.function.as_deref();
        let Some(call) = self.call.as_ref().filter(|_| logistics::is_acted_on(function) || logistics::takes_back(function)) else {
            return Ok(());
        };
        let loaded = self.boxes.iter().enumerate().filter_map(|(row, told)| match &told.said {
            Said::Loaded { cell, .. } => {
                Some(LoadedRow { row, number: told.container.clone(), at: self.when(unit, told.at), cell: cell.clone() })
            }
            _ => None,
        });
        let rows: Vec<LoadedRow> = loaded.collect();
        if rows.is_empty() {
            return Ok(());
        }
        if logistics::takes_back(function) {
            // A box that has a visit here was carried aboard by it: a person must see to that.
            let rows: Vec<LoadedRow> = rows.into_iter().filter(|row| strangers.contains(&row.row)).collect();
            let gone = work_orders::withdrawn(unit, call, &rows).await?;
            if !gone.is_empty() {
                outcome.objects.push(work_orders::order_ref::<logistics::Loading>(call));
            }
            for row in gone {
                strangers.remove(&row.row);
                outcome.findings.push(loading_withdrawn(&row.number, row.row));
            }
            return Ok(());
        }
        let Some(findings) = work_orders::loaded(unit, call, &rows).await? else { return Ok(()) };
        strangers.retain(|row| rows.iter().all(|kept| kept.row != *row));
        outcome.objects.push(work_orders::order_ref::<logistics::Loading>(call));
        outcome.findings.extend(findings);
        Ok(())
    }

    async fn of_the_call(&self, unit: &mut Unit<'_>, outcome: &mut ReportsOutcome) -> Result<(), AppError> {
        let (Some(id), Some(said)) = (&self.call, &self.ship) else { return Ok(()) };
        let Some(state) = unit.load::<ShipCall>(id).await? else { return Ok(()) };
        let told = port_call::Reported {
            kind: self.kind.clone(),
            document: short(self.document.as_deref()),
            message: unit.ctx.message.clone(),
            function: short(self.function.as_deref()),
            by: unit.ctx.principal.organisation.clone(),
            at: self.at,
            said: said.clone(),
        };
        match port_call::decide_report(&state, told) {
            Ok(events) => {
                unit.record::<ShipCall>(id, events, self.at).await?;
                outcome.objects.push(ObjectRef::new("ship-call", id.clone()));
            }
            Err(_) => outcome.repeated += 1,
        }
        Ok(())
    }

    async fn of_a_bill(&self, unit: &mut Unit<'_>, told: &BillTold, carried: bool, outcome: &mut ReportsOutcome) -> Result<(), AppError> {
        let known = unit.load::<Bill>(&told.number).await?.filter(|bill| carried || concerns(unit, &bill.parties));
        let Some(bill) = known else {
            outcome.unknown += u64::from(!self.is_outbound(unit, &told.number).await?);
            return Ok(());
        };
        let at = self.when(unit, told.at);
        let report = manifest::Reported {
            kind: self.kind.clone(),
            document: short(self.document.as_deref()),
            message: unit.ctx.message.clone(),
            function: short(self.function.as_deref()),
            status: short(told.status.as_deref()),
            place: short(told.place.as_deref()),
            by: unit.ctx.principal.organisation.clone(),
            at,
        };
        match manifest::decide_report(&bill, report) {
            Ok(events) => {
                unit.record::<Bill>(&told.number, events, at).await?;
                outcome.objects.push(ObjectRef::new("bill", told.number.clone()));
            }
            // A bill that is merely named again beside its boxes is not worth telling.
            Err(_) => outcome.repeated += u64::from(told.status.is_some()),
        }
        Ok(())
    }

    /// Is it a bill of the pre-loading manifest of the call, of which nothing is reported but its boxes?
    async fn is_outbound(&self, unit: &mut Unit<'_>, number: &str) -> Result<bool, AppError> {
        let Some(call) = &self.call else { return Ok(false) };
        let found = unit.load::<OutboundBill>(&outbound_bill_id(&number.to_uppercase(), call)).await?;
        Ok(found.is_some_and(|bill| concerns(unit, &[bill.agent, bill.terminal])))
    }

    /// The visit of the box that is meant: of the call where one is known, otherwise the one that was in port when it happened, and of two
    /// rather the one the report can be about. A box that the sender has no part in is as unknown as one that does not exist.
    async fn visit(&self, unit: &mut Unit<'_>, told: &BoxRead) -> Result<Option<String>, AppError> {
        if let Some(call) = &self.call {
            let id = container_id(&told.container, call);
            if unit.load::<Container>(&id).await?.is_some_and(|state| concerns(unit, &state.parties)) {
                return Ok(Some(id));
            }
        }
        let at = self.when(unit, told.at);
        let aboard = matches!(told.said, Said::Stowed { .. } | Said::DischargeOrdered { .. });
        let visits = gate::visits(unit.app, unit.ctx, &told.container).await?;
        let meant = visits.into_iter().max_by_key(|(seen, row)| {
            let covers = row.opened_at <= at && row.closed_at.is_none_or(|closed| at <= closed);
            let fits = matches!(seen.state.place, Place::OnBoard) == aboard;
            (covers, fits, row.closed_at.is_none(), row.opened_at)
        });
        Ok(meant.filter(|(seen, _)| concerns(unit, &seen.state.parties)).map(|(seen, _)| seen.id))
    }

    async fn of_a_box(
        &self,
        unit: &mut Unit<'_>,
        id: &str,
        told: &BoxRead,
        index: usize,
        outcome: &mut ReportsOutcome,
    ) -> Result<(), AppError> {
        let at = self.when(unit, told.at);
        let carried = self.carry_out(unit, id, told, at).await?;
        let against = carried.against;
        let said = match &told.said {
            Said::GateOut { plate, .. } => {
                Said::GateOut { plate: plate.clone(), against: against.iter().map(|reason| reason.code().to_owned()).collect() }
            }
            other => other.clone(),
        };
        let state = unit.get::<Container>(id).await?;
        let onward = state.onward.as_ref().filter(|_| matches!(said, Said::Loaded { .. }));
        let (departed, left_behind) = match onward {
            Some(onward) => {
                let departed = unit.load::<ShipCall>(&onward.call).await?.and_then(|call| call.atd());
                (departed, unit.get::<Transhipment>(&onward.transhipment).await?.is_left_behind())
            }
            None => (None, false),
        };
        let facts = ReportFacts {
            manifested_un_numbers: match (&state.bill, &said) {
                (Some(bill), Said::Dangerous { .. }) => {
                    unit.load::<Bill>(bill).await?.map(|bill| bill.content.goods.into_iter().filter_map(|line| line.un_no).collect())
                }
                (Some(_) | None, _) => None,
            },
            departed,
            left_behind,
            authority: unit.app.port().customs_district.clone(),
        };
        let report = logistics::Reported {
            kind: self.kind.clone(),
            document: short(self.document.as_deref()),
            message: unit.ctx.message.clone(),
            function: short(self.function.as_deref()),
            by: unit.ctx.principal.organisation.clone(),
            at,
            place: short(told.place.as_deref()),
            said,
        };
        let Ok(events) = logistics::decide_report(&state, report, &facts) else {
            outcome.repeated += 1;
            return Ok(());
        };
        for event in &events {
            if let ContainerEvent::AlarmRaised(raised) = event {
                outcome.findings.push(alarmed(raised.alarm, &told.container, index));
            }
        }
        let function = self.function.as_deref();
        if logistics::takes_back(function) {
            outcome.findings.push(taken_back(&told.container, index));
        } else if !logistics::is_acted_on(function) && matches!(told.said, Said::GateIn { .. } | Said::GateOut { .. }) {
            outcome.findings.push(not_acted_on(function.unwrap_or_default(), &told.container, index));
        }
        if !against.is_empty() {
            outcome.findings.push(not_carried_out(&against, &told.container, index));
        }
        if let Some(refusal) = carried.not_loaded {
            outcome.findings.push(not_loaded(&refusal, &told.container, index));
        }
        unit.record::<Container>(id, events, at).await?;
        outcome.objects.push(ObjectRef::new("container", id));
        Ok(())
    }

    /// What a terminal's own gate reports of its own yard is carried out, when it was in order. A gate-out that came before its gate-in
    /// waited for it.
    async fn carry_out(&self, unit: &mut Unit<'_>, id: &str, told: &BoxRead, at: Timestamp) -> Result<Carried, AppError> {
        let state = unit.get::<Container>(id).await?;
        let own = unit.ctx.principal.role == Role::Platform || unit.ctx.principal.organisation == state.terminal;
        match &told.said {
            _ if !own || !logistics::is_acted_on(self.function.as_deref()) => Ok(Carried::default()),
            Said::GateOut { plate, .. } => {
                let against = gate::passed_elsewhere(unit, id, Direction::Out, plate.as_deref(), told.seal.clone(), at).await?;
                Ok(Carried { against, not_loaded: None })
            }
            Said::GateIn { plate } => {
                let against = gate::passed_elsewhere(unit, id, Direction::In, plate.as_deref(), None, at).await?;
                let waiting = state.reports.latest.get("gate-out").filter(|out| out.at >= at && out.is_acted_on()).cloned();
                if let (true, Some(logistics::Reported { said: Said::GateOut { plate, .. }, at: out, .. })) = (against.is_empty(), waiting)
                    && matches!(unit.get::<Container>(id).await?.place, Place::OnTruck { .. })
                {
                    gate::passed_elsewhere(unit, id, Direction::Out, plate.as_deref(), None, out).await?;
                }
                Ok(Carried { against, not_loaded: None })
            }
            Said::Loaded { .. } => {
                Ok(Carried { against: Vec::new(), not_loaded: transhipments::loaded_elsewhere(unit, id, self.call.as_deref(), at).await? })
            }
            Said::Stowed { .. }
            | Said::DischargeOrdered { .. }
            | Said::LoadingOrdered { .. }
            | Said::VerifiedMass { .. }
            | Said::Dangerous { .. }
            | Said::InStock { .. }
            | Said::Status { .. }
            | Said::ReleaseTold { .. }
            | Said::TransportOrdered { .. }
            | Said::Named => Ok(Carried::default()),
        }
    }

    /// The time told, where it can be true; otherwise that of the message.
    fn when(&self, unit: &Unit<'_>, told: Option<Timestamp>) -> Timestamp {
        told.and_then(|at| plausible(at, unit.at(), "").ok()).unwrap_or(self.at)
    }
}

/// What stood against carrying a report out.
#[derive(Default)]
struct Carried {
    /// Of the gate.
    against: Vec<GateReason>,
    /// Of a loading: why the transhipment is not loaded by it.
    not_loaded: Option<ledger::Refusal>,
}

/// Whether the asker is among the parties.
fn concerns(unit: &Unit<'_>, parties: &[String]) -> bool {
    let principal = &unit.ctx.principal;
    principal.role == Role::Platform || parties.contains(&principal.organisation)
}

/// A text of a partner, cut to what an event keeps; the whole stands in the message.
fn short(text: Option<&str>) -> Option<String> {
    text.map(|text| text.trim().chars().take(TOLD_TEXT_MAX).collect::<String>()).filter(|text| !text.is_empty())
}

fn alarmed(alarm: Alarm, container: &str, index: usize) -> Finding {
    let said = alarm.text();
    Finding {
        code: alarm.code().into(),
        severity: Severity::Warning,
        pointer: format!("/boxes/{index}"),
        message: Text::new(format!("集装箱 {container}：{}", said.zh), format!("Container {container}: {}", said.en)),
        hint: Text::new("已登记并预警，请与海关联系核实。", "Recorded, and an alarm was raised: clarify it with customs."),
    }
}

fn taken_back(container: &str, index: usize) -> Finding {
    Finding::warning(
        "report-cancelled",
        format!("/boxes/{index}"),
        Text::new(
            format!("集装箱 {container} 的动态撤销已登记，但平台未自动撤销任何作业。"),
            format!("The cancellation of a report of {container} is recorded; nothing that was carried out is undone by it."),
        ),
        Text::new("原动态如已办理，请由工作人员人工更正。", "If the report was carried out, a person must correct it."),
    )
}

fn loading_withdrawn(container: &str, index: usize) -> Finding {
    Finding::warning(
        "loading-withdrawn",
        format!("/boxes/{index}"),
        Text::new(
            format!("集装箱 {container} 的装船报告已撤销，不再视为已装船。"),
            format!("The reported loading of {container} is taken back; the box does not count as loaded any more."),
        ),
        Text::new("如该箱其实已装船，请重报装船。", "If it was loaded after all, report the loading again."),
    )
}

fn not_acted_on(function: &str, container: &str, index: usize) -> Finding {
    Finding::warning(
        "report-function-not-acted-on",
        format!("/boxes/{index}"),
        Text::new(
            format!("集装箱 {container} 的闸口动态已登记，但报文功能代码 {function} 不办理作业。"),
            format!("The gate report of {container} is recorded; message function {function} carries nothing out."),
        ),
        Text::new("请以功能代码 9 或 5 报送。", "Send it with function 9 or 5."),
    )
}

fn not_loaded(refusal: &ledger::Refusal, container: &str, index: usize) -> Finding {
    let (code, zh, en) = (refusal.code, &refusal.text.zh, &refusal.text.en);
    Finding::warning(
        "report-loading-not-carried-out",
        format!("/boxes/{index}"),
        Text::new(
            format!("集装箱 {container} 的装船动态已登记，但中转未按已装船办理（{code}）：{zh}"),
            format!("The loading report of {container} is recorded, but its transhipment does not count as loaded ({code}): {en}"),
        ),
        Text::new("请核对装船时间和中转状态后重报。", "Check the time and the transhipment, and report it again."),
    )
}

fn not_carried_out(against: &[GateReason], container: &str, index: usize) -> Finding {
    let codes = against.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(", ");
    let zh = against.iter().map(|reason| reason.text().zh.to_string()).collect::<String>();
    let en = against.iter().map(|reason| reason.text().en.to_string()).collect::<Vec<_>>().join(" ");
    Finding::warning(
        "report-gate-not-carried-out",
        format!("/boxes/{index}"),
        Text::new(
            format!("集装箱 {container} 的闸口动态已登记，但未办理提箱手续（{codes}）：{zh}"),
            format!("The gate report of {container} is recorded, but no pick-up was carried out ({codes}): {en}"),
        ),
        Text::new("补报缺少的进闸动态，或核对预约与放行。", "Report the gate-in that is missing, or check booking and release."),
    )
}

/// An officer has looked at the alarms of a box (预警处置).
#[derive(Clone, Debug, Serialize)]
pub struct ReviewAlarms {
    /// Container id.
    pub id: String,
    /// What was found, 2 to 500 characters.
    pub note: String,
}

#[async_trait]
impl UseCase for ReviewAlarms {
    const NAME: &'static str = "container.review-alarm";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Container>(Self::NAME, &self.id).await?;
        let command = AlarmsReviewed { officer: unit.ctx.principal.id.clone(), note: orders::reason(&self.note)? };
        let events = logistics::decide_review_alarms(&state, command)?;
        unit.record::<Container>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

//! Discharge with tally (卸船理货) and the stream of yard moves.

use std::collections::BTreeMap;

use async_trait::async_trait;
use codes::{ContainerNumber, Finding, Text};
use ledger::{ObjectRef, Timestamp};
use logistics::{Container, DischargeOrder, DischargeOrderEvent, DischargeTally, Discharged, Moved, Unlisted, container_id};
use port_call::{CallPhase, ShipCall};
use serde::{Deserialize, Serialize};
use store::{Milestone, MilestoneMark};

use crate::calls::plausible;
use crate::rights::Resource;
use crate::{AppError, Principal, Role, Unit, UseCase, limits};

/// Most containers in one discharge report.
pub const DISCHARGE_MAX: usize = 5_000;
/// Most status events in one batch.
pub const STATUS_EVENTS_MAX: usize = 5_000;

/// One container reported discharged (卸船报告).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DischargeReport {
    /// Container number.
    pub container: String,
    /// Ship call id.
    pub call: String,
    /// When.
    pub at: Timestamp,
    /// Position in the yard.
    #[serde(default)]
    pub position: Option<String>,
    /// Seal found.
    #[serde(default)]
    pub seal: Option<String>,
    /// Packages counted.
    #[serde(default)]
    pub packages: Option<u32>,
    /// Damage noted (残损).
    #[serde(default)]
    pub damage: Option<String>,
    /// Tally company (理货公司).
    #[serde(default)]
    pub tally_company: Option<String>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BatchOutcome {
    /// Rows recorded.
    pub accepted: u64,
    /// Containers concerned, by id.
    pub containers: Vec<String>,
    /// What was wrong with the others, each at its row.
    pub findings: Vec<Finding>,
}

/// Reports containers discharged. Faulty rows come back as findings; the good ones are recorded.
#[derive(Clone, Debug, Serialize)]
pub struct ReportDischarge {
    /// Rows.
    pub reports: Vec<DischargeReport>,
}

#[async_trait]
impl UseCase for ReportDischarge {
    const NAME: &'static str = "discharge.report";
    type Outcome = BatchOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<BatchOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own("container"))?;
        limits::rows(self.reports.len(), DISCHARGE_MAX, "/reports")?;
        let ids: Vec<ObjectRef> =
            self.reports.iter().map(|r| ObjectRef::new("container", container_id(&normal(&r.container), &r.call))).collect();
        unit.preload(ids.clone()).await?;
        let mut bills = Vec::new();
        for id in &ids {
            bills.extend(
                unit.look::<Container>(&id.id).await?.and_then(|c| c.bill.as_ref()).map(|bill| ObjectRef::new("bill", bill.clone())),
            );
        }
        bills.sort();
        bills.dedup();
        unit.preload(bills).await?;
        let mut outcome = BatchOutcome::default();
        let mut landed = Landed::default();
        for (index, report) in self.reports.iter().enumerate() {
            match discharge(unit, report).await {
                Ok(id) => {
                    outcome.accepted += 1;
                    outcome.containers.push(id);
                    landed.entry(report.call.clone()).or_default().push((index, unlisted(report, true)));
                }
                Err(error) => {
                    if matches!(error, AppError::Invalid { code: NOT_MANIFESTED, .. }) {
                        landed.entry(report.call.clone()).or_default().push((index, unlisted(report, false)));
                    }
                    outcome.findings.push(row_finding(error, &format!("/reports/{index}"))?);
                }
            }
        }
        against_the_orders(unit, landed, &mut outcome.findings).await?;
        Ok(outcome)
    }
}

/// Code of a row whose box is on no manifest of the call.
const NOT_MANIFESTED: &str = "container-not-manifested";

/// Boxes reported landed, by call, with their rows.
type Landed = BTreeMap<String, Vec<(usize, Unlisted)>>;

fn unlisted(report: &DischargeReport, manifested: bool) -> Unlisted {
    Unlisted { number: normal(&report.container), at: report.at, manifested }
}

/// Holds what was landed against the discharge order of its call: a box that it does not list is recorded, and told (LOG-01).
async fn against_the_orders(unit: &mut Unit<'_>, landed: Landed, findings: &mut Vec<Finding>) -> Result<(), AppError> {
    for (call, rows) in landed {
        let Some(order) = unit.load::<DischargeOrder>(&call).await? else { continue };
        let boxes: Vec<Unlisted> = rows.iter().map(|(_, one)| one.clone()).collect();
        let events = logistics::decide_worked(&order, &boxes);
        for event in &events {
            let DischargeOrderEvent::Unlisted(data) = event else { continue };
            for one in data.boxes.iter().filter(|one| one.manifested) {
                let row = rows.iter().find(|(_, told)| told.number == one.number).map_or(0, |(index, _)| *index);
                findings.push(not_listed(&one.number, row));
            }
        }
        unit.record::<DischargeOrder>(&call, events, unit.at()).await?;
    }
    Ok(())
}

fn not_listed(number: &str, row: usize) -> Finding {
    Finding::warning(
        "discharge-unlisted",
        format!("/reports/{row}"),
        Text::new(
            format!("集装箱 {number} 未列入卸船指令；卸船已登记。"),
            format!("{number} is not on the discharge order; its discharge is recorded."),
        ),
        Text::new("请与船代核实，由其补发卸船指令。", "Clarify it with the ship agent, who can send a further order."),
    )
}

async fn discharge(unit: &mut Unit<'_>, report: &DischargeReport) -> Result<String, AppError> {
    let number = normal(&report.container);
    if let Err(e) = number.parse::<ContainerNumber>() {
        return Err(AppError::invalid("container-number", "/container", format!("箱号不正确：{number}"), e.to_string()));
    }
    let fields = [(&report.position, "/position"), (&report.seal, "/seal"), (&report.tally_company, "/tally_company")];
    for (value, pointer) in fields {
        limits::optional(value.as_ref(), pointer, limits::SHORT_TEXT_MAX)?;
    }
    limits::optional(report.damage.as_ref(), "/damage", limits::NOTE_MAX)?;
    let at = plausible(report.at, unit.at(), "/at")?;
    let Some(call) = unit.load::<ShipCall>(&report.call).await? else {
        return Err(AppError::invalid("call-unknown", "/call", "没有这个航次", "no such call"));
    };
    own_terminal(&unit.ctx.principal, &call.terminal)?;
    let arrived = match call.phase {
        CallPhase::Arrived { ata, .. } | CallPhase::Departed { ata, .. } => ata,
        CallPhase::Announced | CallPhase::Cancelled { .. } => {
            return Err(AppError::invalid(
                "call-not-arrived",
                "/call",
                "船舶尚未抵港，不能报卸船",
                "the ship has not arrived; nothing can be discharged",
            ));
        }
    };
    let id = container_id(&number, &report.call);
    let Some(state) = unit.load::<Container>(&id).await? else {
        return Err(AppError::invalid(
            NOT_MANIFESTED,
            "/container",
            format!("舱单中没有集装箱 {number}（溢卸），请联系船代补报舱单"),
            format!("{number} is on no manifest of this call (over-landed): ask the ship agent to amend the manifest"),
        ));
    };
    let command = Discharged {
        at,
        position: report.position.clone().unwrap_or_default(),
        seal: report.seal.clone(),
        tally: DischargeTally { packages: report.packages, damage: report.damage.clone(), tally_company: report.tally_company.clone() },
    };
    let events = logistics::decide_discharge(&state, command)?;
    unit.record::<Container>(&id, events, at).await?;
    unit.mark(MilestoneMark { container: id.clone(), milestone: Milestone::ShipArrived, at: arrived, terminal: Some(call.terminal) });
    Ok(id)
}

/// What moved in the yard (堆场动态).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusEvent {
    /// Container number, or the id of its visit.
    pub container: String,
    /// Ship call, when the number alone is given.
    #[serde(default)]
    pub call: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Position in the yard.
    pub position: String,
}

/// Reports a batch of yard moves.
#[derive(Clone, Debug, Serialize)]
pub struct ReportStatus {
    /// Events, in order.
    pub events: Vec<StatusEvent>,
}

#[async_trait]
impl UseCase for ReportStatus {
    const NAME: &'static str = "status.report";
    type Outcome = BatchOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<BatchOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own("container"))?;
        limits::rows(self.events.len(), STATUS_EVENTS_MAX, "/events")?;
        let ids: Vec<String> = self
            .events
            .iter()
            .map(|e| match &e.call {
                Some(call) => container_id(&normal(&e.container), call),
                None => e.container.trim().to_owned(),
            })
            .collect();
        unit.preload(ids.iter().map(|id| ObjectRef::new("container", id.clone())).collect()).await?;
        let mut outcome = BatchOutcome::default();
        for (index, (event, id)) in self.events.iter().zip(&ids).enumerate() {
            match moved(unit, id, event).await {
                Ok(()) => outcome.accepted += 1,
                Err(error) => outcome.findings.push(row_finding(error, &format!("/events/{index}"))?),
            }
        }
        Ok(outcome)
    }
}

async fn moved(unit: &mut Unit<'_>, id: &str, event: &StatusEvent) -> Result<(), AppError> {
    limits::text(&event.position, "/position", limits::SHORT_TEXT_MAX)?;
    let at = plausible(event.at, unit.at(), "/at")?;
    let principal = &unit.ctx.principal;
    // A box in another terminal's yard is as unknown here as one that does not exist.
    let own = unit.look::<Container>(id).await?.filter(|state| own_terminal(principal, &state.terminal).is_ok());
    let Some(state) = own else {
        return Err(AppError::invalid("container-unknown", "/container", format!("没有集装箱 {id}"), format!("no container {id}")));
    };
    let events = logistics::decide_move(state, Moved { position: event.position.clone() })?;
    unit.record::<Container>(id, events, at).await
}

/// A terminal reports about its own yard only.
pub(crate) fn own_terminal(principal: &Principal, terminal: &str) -> Result<(), AppError> {
    if principal.role == Role::Platform || principal.organisation == terminal {
        return Ok(());
    }
    Err(AppError::invalid("terminal-differs", "", "该集装箱不在本码头", "the container belongs to another terminal"))
}

/// A row that cannot be recorded becomes a finding; a fault of the platform stays an error of the whole batch.
pub(crate) fn row_finding(error: AppError, pointer: &str) -> Result<Finding, AppError> {
    let hint =
        Text::new("更正该行后单独重报；其余各行不受影响。", "Correct this row and report it again; the other rows are not affected.");
    match error {
        AppError::Refused(refusal) => Ok(Finding::error(refusal.code, pointer, Text::new(refusal.text.zh, refusal.text.en), hint)),
        AppError::Invalid { code, pointer: inner, text } => {
            Ok(Finding::error(code, format!("{pointer}{inner}"), Text::new(text.zh, text.en), hint))
        }
        other @ (AppError::NotFound { .. }
        | AppError::Forbidden { .. }
        | AppError::Findings(_)
        | AppError::Stale { .. }
        | AppError::KeyReused
        | AppError::Busy
        | AppError::Store(_)
        | AppError::Replay(_)
        | AppError::Internal(_)) => Err(other),
    }
}

pub(crate) fn normal(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase()
}

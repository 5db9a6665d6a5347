//! Inspections.

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use inspection::{Inspection as State, InspectionPhase, Method, Outcome, Resulted};
use ledger::{Aggregate, Timestamp};
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// From when to when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Period {
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Instant,
}

/// An officer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Officer {
    /// User id.
    pub id: String,
    /// Name.
    pub name: Text,
}

/// An officer left out of the draw.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExcludedOfficer {
    /// User id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Why.
    pub reason: Text,
}

/// How the officers were drawn.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfficerDraw {
    /// Draw day.
    pub day: String,
    /// Commitment to the day's seed.
    pub commitment: String,
    /// Officers in the pool.
    pub number_of_pool: usize,
    /// Version of the pool; for customs alone until there is a result: with it, whoever guesses the pool could compute who was drawn.
    pub pool_version: Option<String>,
    /// Roster in force by which the pool was narrowed, and its version; null on a day without one.
    pub roster: Option<String>,
}

/// A box at the inspection site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BoxAtSite {
    /// Container number.
    pub container: String,
    /// Since when.
    pub at: Instant,
}

/// An officer who could not come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReplacedOfficer {
    /// Who could not come.
    pub officer: Officer,
    /// Who was drawn instead.
    pub replacement: Officer,
    /// Why.
    pub reason: String,
    /// Who had the other drawn.
    pub by: Officer,
    /// Day of the draw.
    pub day: String,
}

/// A result that waits for the other officer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecordedResult {
    /// The result.
    pub result: InspectionResult,
    /// Who wrote it down.
    pub by: Officer,
}

/// The result of an inspection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InspectionResult {
    /// `pass` or `fail`.
    pub outcome: String,
    /// Disposition code (查验处置代码).
    pub disposition: String,
    /// In words.
    pub disposition_text: Text,
    /// Report.
    pub findings: String,
    /// `open`, `machine` or `documents`.
    pub method: String,
    /// When.
    pub at: Instant,
    /// Officers present.
    pub officers: Vec<String>,
}

/// Images of an inspection by machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineCheck {
    /// Images decide; otherwise the boxes are opened, or were.
    pub under_way: bool,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// Boxes that have an image.
    pub scanned: Vec<BoxAtSite>,
    /// Image task of each box; for customs alone.
    pub tasks: Vec<MachineTask>,
}

/// An image task of a box.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineTask {
    /// Container number.
    pub container: String,
    /// Image task.
    pub task: String,
}

/// An inspection (查验).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Inspection {
    /// Id.
    pub id: String,
    /// Declaration.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: Option<String>,
    /// Bill number.
    pub bill_no: String,
    /// Container numbers.
    pub containers: Vec<String>,
    /// Terminal.
    pub terminal: Org,
    /// Trader, or the broker when the trader is not known.
    pub trader: Org,
    /// Inspection site.
    pub site: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// Appointment.
    pub slot: Option<Period>,
    /// Officers who carry it out; for customs alone until there is a result.
    pub officers: Vec<Officer>,
    /// Officers left out; for customs alone.
    pub excluded: Vec<ExcludedOfficer>,
    /// Officers replaced; for customs alone.
    pub replaced: Vec<ReplacedOfficer>,
    /// Result written down by one officer and not confirmed yet; for customs alone.
    pub recorded: Option<RecordedResult>,
    /// Draw.
    pub draw: Option<OfficerDraw>,
    /// Boxes at the site.
    pub at_site: Vec<BoxAtSite>,
    /// Result.
    pub result: Option<InspectionResult>,
    /// Images, when they were asked for first (机检).
    pub machine: Option<MachineCheck>,
    /// Its class at the site, where a rule gave it one.
    pub priority: Option<super::site::Priority>,
    /// When it was taken up at the site.
    pub begun_at: Option<Instant>,
    /// Joint order that it is part of; for customs alone.
    pub joint_order: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// A slot of the inspection site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InspectionSlot {
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Instant,
    /// Places left.
    pub free: u32,
}

/// Makes an appointment.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct AppointmentForm {
    /// Start of the slot.
    #[schema(value_type = String, format = DateTime)]
    pub slot_start: Timestamp,
}

/// A box has come to the site.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ArrivalForm {
    /// Container number or id of its visit.
    pub container: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// The officers' result.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ResultForm {
    /// `pass` or `fail`.
    #[schema(value_type = String)]
    pub outcome: Outcome,
    /// Disposition code.
    pub disposition: String,
    /// Report.
    #[serde(default)]
    pub findings: String,
    /// `open`, `machine` or `documents`.
    #[schema(value_type = String)]
    pub method: Method,
    /// Officers present, at least two.
    pub officers: Vec<String>,
    /// New seal.
    #[serde(default)]
    pub new_seal: Option<String>,
}

/// Replaces an officer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ReplacementForm {
    /// Who cannot come, user id.
    pub officer: String,
    /// Why: leave, conflict of interest.
    pub reason: String,
}

fn result(result: &Resulted, at: Timestamp) -> InspectionResult {
    InspectionResult {
        outcome: match result.result {
            Outcome::Pass => "pass".into(),
            Outcome::Fail => "fail".into(),
        },
        disposition_text: inspection::disposition(&result.disposition)
            .map_or_else(|| Text::new(&result.disposition, &result.disposition), |d| d.text().into()),
        disposition: result.disposition.clone(),
        findings: result.findings.clone(),
        method: result.method.code().into(),
        at: at.into(),
        officers: result.officers.clone(),
    }
}

/// What fits the state, as far as it is this person's to do.
fn fitting(state: &State, person: &str) -> Vec<&'static str> {
    let drawn = state.officers().contains(&person);
    let images = state.by_machine().is_some();
    let may_scan = state.machine.is_none() && state.joint.is_none() && !inspection::drawn_ever(state).contains(person);
    let possible: &[(&'static str, bool)] = match &state.phase {
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } => &[
            ("inspection.appoint", !images && !state.on_arrival()),
            ("inspection.present", true),
            ("inspection.result", drawn && !images),
            ("inspection.replace-officer", !drawn && state.draw.is_some()),
            ("inspection.order-machine", may_scan),
            ("inspection.order-opening", images),
        ],
        InspectionPhase::AtSite { .. } => &[
            ("inspection.begin", drawn && state.waits_at_site() && state.joint.is_none()),
            ("inspection.present", true),
            ("inspection.result", drawn && !images),
            ("inspection.replace-officer", !drawn && state.draw.is_some()),
            ("inspection.order-machine", may_scan),
            ("inspection.order-opening", images),
        ],
        InspectionPhase::Recorded { recorded, .. } => {
            &[("inspection.confirm", drawn && recorded.by != person), ("inspection.return-result", drawn)]
        }
        InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => &[],
    };
    possible.iter().filter(|(_, fits)| *fits).map(|(action, _)| *action).collect()
}

fn exclusion(code: &str) -> Text {
    let (kind, rest) = code.split_once(':').unwrap_or((code, ""));
    match kind {
        "conflict" => Text::new(format!("与 {rest} 有利害关系，回避"), format!("conflict of interest with {rest}")),
        "competence" => Text::new(format!("不具备资质 {rest}"), format!("not qualified for {rest}")),
        "absent" if rest == "drawn-before" => Text::new("此前已被抽取", "drawn before"),
        "absent" if rest == "orders-replacement" => Text::new("决定更换的关员", "ordered the replacement"),
        "absent" => Text::new(format!("不在岗 {rest}"), format!("absent {rest}")),
        _ => Text::new(code, code),
    }
}

impl Api {
    pub async fn inspection(&self, ctx: &Context, seen: Seen<State>) -> Result<Inspection, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let officer_eyes = ctx.principal.role == app::Role::Customs;
        let known = officer_eyes || state.result().is_some();
        let mut officers = Vec::new();
        let mut excluded = Vec::new();
        let mut replaced = Vec::new();
        // Whoever could learn beforehand who comes could wait for them: names are for officers until the result stands.
        if known {
            for id in state.officers() {
                officers.push(self.officer(id).await?);
            }
        }
        if officer_eyes {
            for left in state.draw.iter().flat_map(|draw| &draw.excluded) {
                let Officer { id, name } = self.officer(&left.officer).await?;
                excluded.push(ExcludedOfficer { id, name, reason: exclusion(&left.reason) });
            }
            for one in &state.replaced {
                replaced.push(ReplacedOfficer {
                    officer: self.officer(&one.officer).await?,
                    replacement: self.officer(one.draw.chosen.first().map_or("", String::as_str)).await?,
                    reason: one.why.clone(),
                    by: self.officer(&one.by).await?,
                    day: one.draw.day.clone(),
                });
            }
        }
        let recorded = match &state.phase {
            InspectionPhase::Recorded { recorded, at, .. } if officer_eyes => {
                Some(RecordedResult { result: result(&recorded.result, *at), by: self.officer(&recorded.by).await? })
            }
            InspectionPhase::Recorded { .. }
            | InspectionPhase::Ordered
            | InspectionPhase::Appointed { .. }
            | InspectionPhase::AtSite { .. }
            | InspectionPhase::Passed { .. }
            | InspectionPhase::Failed { .. }
            | InspectionPhase::Cancelled { .. } => None,
        };
        let ended = match &state.phase {
            InspectionPhase::Passed { result: found, at } | InspectionPhase::Failed { result: found, at } => Some(result(found, *at)),
            InspectionPhase::Ordered
            | InspectionPhase::Appointed { .. }
            | InspectionPhase::AtSite { .. }
            | InspectionPhase::Recorded { .. }
            | InspectionPhase::Cancelled { .. } => None,
        };
        Ok(Inspection {
            entry_id: Some(state.entry_id.clone()).filter(|e| !e.is_empty()),
            containers: state.containers.iter().map(|id| container_number(id).to_owned()).collect(),
            terminal: self.org(&state.terminal).await?,
            trader: self.org(state.trader.as_deref().unwrap_or(&state.broker)).await?,
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            ordered_at: state.ordered_at.into(),
            slot: state.appointment().map(|a| Period { start: a.start.into(), end: a.end.into() }),
            draw: state.draw.as_ref().map(|d| OfficerDraw {
                day: d.day.clone(),
                commitment: d.commitment.clone(),
                number_of_pool: d.pool.len(),
                pool_version: known.then(|| d.pool_version.clone()),
                roster: d.roster.clone(),
            }),
            officers,
            excluded,
            at_site: state
                .arrived
                .iter()
                .map(|(id, at)| BoxAtSite { container: container_number(id).to_owned(), at: (*at).into() })
                .collect(),
            replaced,
            recorded,
            result: ended,
            actions: allowed(self, &ctx.principal, &resource, &fitting(&state, &ctx.principal.id)),
            machine: state.machine.as_ref().map(|machine| MachineCheck {
                under_way: state.is_open() && machine.opening.is_none(),
                ordered_at: machine.at.into(),
                scanned: machine
                    .scanned
                    .iter()
                    .map(|(id, at)| BoxAtSite { container: container_number(id).to_owned(), at: (*at).into() })
                    .collect(),
                tasks: machine
                    .tasks
                    .iter()
                    .filter(|_| officer_eyes)
                    .map(|(id, task)| MachineTask { container: container_number(id).to_owned(), task: task.clone() })
                    .collect(),
            }),
            priority: super::site::priority(&state),
            begun_at: state.begun.as_ref().map(|begun| begun.at.into()),
            joint_order: state.joint.filter(|_| officer_eyes),
            declaration: state.declaration,
            bill_no: state.bill,
            site: state.site,
            id: seen.id,
            version: seen.version,
        })
    }

    /// How an officer is named.
    pub async fn officer(&self, id: &str) -> Result<Officer, AppError> {
        Ok(Officer { id: id.to_owned(), name: self.person(id).await? })
    }
}

//! Inspections.

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use inspection::{Inspection as State, InspectionPhase, Method, Outcome};
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
    /// Version of the pool.
    pub pool_version: String,
}

/// A box at the inspection site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BoxAtSite {
    /// Container number.
    pub container: String,
    /// Since when.
    pub at: Instant,
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
    /// Officers drawn.
    pub officers: Vec<Officer>,
    /// Officers left out; for customs alone.
    pub excluded: Vec<ExcludedOfficer>,
    /// Draw.
    pub draw: Option<OfficerDraw>,
    /// Boxes at the site.
    pub at_site: Vec<BoxAtSite>,
    /// Result.
    pub result: Option<InspectionResult>,
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

fn exclusion(code: &str) -> Text {
    let (kind, rest) = code.split_once(':').unwrap_or((code, ""));
    match kind {
        "conflict" => Text::new(format!("与 {rest} 有利害关系，回避"), format!("conflict of interest with {rest}")),
        "competence" => Text::new(format!("不具备资质 {rest}"), format!("not qualified for {rest}")),
        "absent" => Text::new(format!("不在岗 {rest}"), format!("absent {rest}")),
        _ => Text::new(code, code),
    }
}

impl Api {
    pub async fn inspection(&self, ctx: &Context, seen: Seen<State>) -> Result<Inspection, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal);
        let fitting: &[&'static str] = match state.phase {
            InspectionPhase::Ordered => &["inspection.appoint", "inspection.present", "inspection.result"],
            InspectionPhase::Appointed { .. } => &["inspection.appoint", "inspection.present", "inspection.result"],
            InspectionPhase::AtSite { .. } => &["inspection.present", "inspection.result"],
            InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => &[],
        };
        let officer_eyes = ctx.principal.role == app::Role::Customs;
        let mut officers = Vec::new();
        let mut excluded = Vec::new();
        if let Some(draw) = &state.draw {
            for id in &draw.chosen {
                officers.push(Officer { name: self.person(id).await?, id: id.clone() });
            }
            for left in draw.excluded.iter().filter(|_| officer_eyes) {
                excluded.push(ExcludedOfficer {
                    name: self.person(&left.officer).await?,
                    reason: exclusion(&left.reason),
                    id: left.officer.clone(),
                });
            }
        }
        let ended = match &state.phase {
            InspectionPhase::Passed { result, at } | InspectionPhase::Failed { result, at } => Some((result, *at)),
            InspectionPhase::Ordered
            | InspectionPhase::Appointed { .. }
            | InspectionPhase::AtSite { .. }
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
                pool_version: d.pool_version.clone(),
            }),
            officers,
            excluded,
            at_site: state
                .arrived
                .iter()
                .map(|(id, at)| BoxAtSite { container: container_number(id).to_owned(), at: (*at).into() })
                .collect(),
            result: ended.map(|(result, at)| InspectionResult {
                outcome: match result.result {
                    Outcome::Pass => "pass".into(),
                    Outcome::Fail => "fail".into(),
                },
                disposition_text: inspection::disposition(&result.disposition)
                    .map_or_else(|| Text::new(&result.disposition, &result.disposition), |d| d.text().into()),
                disposition: result.disposition.clone(),
                findings: result.findings.clone(),
                method: match result.method {
                    Method::Open => "open".into(),
                    Method::Machine => "machine".into(),
                    Method::Documents => "documents".into(),
                },
                at: at.into(),
                officers: result.officers.clone(),
            }),
            actions: allowed(self, &ctx.principal, &resource, fitting),
            declaration: state.declaration,
            bill_no: state.bill,
            site: state.site,
            id: seen.id,
            version: seen.version,
        })
    }
}

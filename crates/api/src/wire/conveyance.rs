//! Trains, flights and their waybills.

use app::conveyances::{ConveyanceFile, SheetView};
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use codes::Flow;
use ledger::{Aggregate, ObjectRef};
use manifest::{Conveyance as State, ConveyancePhase, Review, TransportMode, Waybill as WaybillState};
use serde::Serialize;
use utoipa::ToSchema;

use super::case::TimelineEntry;
use super::conveyance_form::{CargoUnit, SheetLine};
use super::manifest_change::Evidence;
use super::{Finding, Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// Events shown with a train, flight or waybill.
const TIMELINE_MAX: u32 = 200;

/// A train or flight in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConveyanceSummary {
    /// Id.
    pub id: String,
    /// `rail` or `air`.
    pub mode: String,
    /// `import` or `export`.
    pub flow: String,
    /// Train or flight number.
    pub number: String,
    /// Day of its schedule, YYYY-MM-DD.
    pub day: String,
    /// From.
    pub origin: String,
    /// To.
    pub destination: String,
    /// When it is expected, or is to leave.
    pub expected_at: Instant,
    /// When it arrived or left.
    pub moved_at: Option<Instant>,
    /// Who sends its manifest.
    pub agent: Org,
    /// Yard or cargo terminal.
    pub terminal: Org,
    /// Waybills on its manifest.
    pub waybills: usize,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
}

/// A paper of the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Paper {
    /// Which.
    pub kind: String,
    /// In words.
    pub name: Text,
    /// `present`, `differs`, `missing` or `absent`.
    pub standing: String,
    /// In words.
    pub standing_text: Text,
    /// Waybills, lines or files in it.
    pub count: usize,
    /// When it came last.
    pub at: Option<Instant>,
}

/// Where a sheet differs from the waybills.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SheetDifference {
    /// Waybill number.
    pub waybill: String,
    /// Box or wagon; empty for the waybill as a whole.
    pub unit: String,
    /// What: `missing`, `unlisted`, `wagon`, `size-type`, `seal`, `packages`, `gross-mass`.
    pub kind: String,
    /// In words.
    pub text: Text,
    /// As the waybill has it.
    pub manifested: String,
    /// As the sheet has it.
    pub reported: String,
}

/// A sheet of the yard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Sheet {
    /// Which.
    pub kind: String,
    /// In words.
    pub name: Text,
    /// Place.
    pub place: Option<String>,
    /// When the work began.
    pub began_at: Option<Instant>,
    /// When it ended, or the goods arrived.
    pub ended_at: Option<Instant>,
    /// When it was told last.
    pub at: Instant,
    /// Who told it last.
    pub by: Org,
    /// Message that told it last.
    pub message: Option<String>,
    /// Lines.
    pub lines: Vec<SheetLine>,
    /// Where it differs from the waybills.
    pub differences: Vec<SheetDifference>,
}

/// An attached paper.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AttachedPaper {
    /// What it is.
    pub kind: String,
    /// In words.
    pub name: Text,
    /// Waybill it belongs to.
    pub waybill: Option<String>,
    /// The file, read at `/attachments/{sha256}?conveyance={id}`.
    pub file: Evidence,
    /// Who attached it.
    pub by: Org,
}

/// Where the review of the papers stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PapersReview {
    /// `open`, `submitted`, `accepted` or `returned`.
    pub state: String,
    /// When.
    pub at: Option<Instant>,
    /// Officer who decided.
    pub officer: Option<String>,
    /// Remark, or why it was sent back.
    pub note: Option<String>,
}

/// A train or flight with its papers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Conveyance {
    #[serde(flatten)]
    pub summary: ConveyanceSummary,
    /// Border station.
    pub border: Option<String>,
    /// Supervised place here.
    pub place: Option<String>,
    /// Message in which the manifest came.
    pub message: Option<String>,
    /// Why it was cancelled.
    pub cancelled: Option<String>,
    /// Where the review stands.
    pub review: PapersReview,
    /// Papers.
    pub papers: Vec<Paper>,
    /// Sheets of the yard.
    pub sheets: Vec<Sheet>,
    /// Attached papers.
    pub attached: Vec<AttachedPaper>,
    /// Waybills, in order of the manifest.
    pub items: Vec<WaybillSummary>,
    /// What happened, oldest first, at most 200 events.
    pub timeline: Vec<TimelineEntry>,
    /// What was found, told by the command that answers.
    pub findings: Vec<Finding>,
    /// What the asker may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// A waybill in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaybillSummary {
    /// Number.
    pub number: String,
    /// `rail` or `air`.
    pub mode: String,
    /// `import` or `export`.
    pub flow: String,
    /// From.
    pub origin: String,
    /// To.
    pub destination: String,
    /// Shipper's name.
    pub shipper: String,
    /// Consignee's name.
    pub consignee: String,
    /// Consignee's unified social credit code.
    pub consignee_uscc: Option<String>,
    /// Goods.
    pub goods: String,
    /// Packages.
    pub packages: u32,
    /// Gross mass, kg.
    pub gross_kg: String,
    /// Wagons, boxes or air units.
    pub units: Vec<CargoUnit>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When the goods arrived.
    pub arrived_at: Option<Instant>,
    /// When it was released.
    pub released_at: Option<Instant>,
}

/// What of a waybill is on a train or flight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Carriage {
    /// Conveyance id.
    pub conveyance: String,
    /// Packages on it.
    pub packages: u32,
    /// Gross mass on it, kg.
    pub gross_kg: String,
    /// Shipment description code.
    pub shipment: Option<String>,
}

/// A house waybill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct House {
    /// Number.
    pub number: String,
    /// From.
    pub origin: String,
    /// To.
    pub destination: String,
    /// Packages.
    pub packages: u32,
    /// Gross mass, kg.
    pub gross_kg: String,
    /// Goods.
    pub goods: String,
}

/// A status of air cargo.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AirStatus {
    /// Code, as sent.
    pub code: String,
    /// In words.
    pub text: Text,
    /// When.
    pub at: Option<Instant>,
    /// Airport.
    pub place: Option<String>,
    /// Flight.
    pub flight: Option<String>,
    /// Packages.
    pub packages: Option<u32>,
    /// Who told it.
    pub by: Org,
}

/// A declaration that names the waybill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaybillDeclaration {
    /// Declaration id.
    pub id: String,
    /// Entry number.
    pub entry_id: Option<String>,
    /// State in words.
    pub status_text: Text,
}

/// A release.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaybillReleased {
    /// Mode.
    pub mode: String,
    /// In words.
    pub mode_text: Text,
    /// Declaration number.
    pub entry_id: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// When.
    pub at: Instant,
}

/// A waybill (运单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Waybill {
    #[serde(flatten)]
    pub summary: WaybillSummary,
    /// HS code.
    pub hs_code: Option<String>,
    /// UN number.
    pub un_no: Option<String>,
    /// Trains or flights.
    pub carriages: Vec<Carriage>,
    /// Houses.
    pub houses: Vec<House>,
    /// Statuses.
    pub statuses: Vec<AirStatus>,
    /// Release.
    pub release: Option<WaybillReleased>,
    /// Why it was taken off its manifest.
    pub taken_off: Option<String>,
    /// Where waybill, flights and houses disagree.
    pub findings: Vec<Finding>,
    /// Declarations that name it and that the asker may see.
    pub declarations: Vec<WaybillDeclaration>,
    /// What happened, oldest first, at most 200 events.
    pub timeline: Vec<TimelineEntry>,
    /// What the asker may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

pub(crate) fn waybill_summary(number: &str, state: &WaybillState) -> WaybillSummary {
    let content = &state.content;
    WaybillSummary {
        number: number.to_owned(),
        mode: state.mode.code().to_owned(),
        flow: flow_code(state.flow).to_owned(),
        origin: content.origin.clone(),
        destination: content.destination.clone(),
        shipper: content.shipper.name.clone(),
        consignee: content.consignee.name.clone(),
        consignee_uscc: content.consignee.uscc.clone(),
        goods: content.goods.clone(),
        packages: content.packages,
        gross_kg: content.gross_kg.to_string(),
        units: content.units.iter().map(CargoUnit::from).collect(),
        status: state.status().to_owned(),
        status_text: texts::status(WaybillState::KIND, state.status()),
        arrived_at: state.arrived.as_ref().map(|arrived| arrived.at.into()),
        released_at: state.release.as_ref().map(|(_, at)| (*at).into()),
    }
}

const fn flow_code(flow: Flow) -> &'static str {
    match flow {
        Flow::Import => "import",
        Flow::Export => "export",
    }
}

impl Api {
    pub async fn conveyance_summary(&self, id: &str, state: &State) -> Result<ConveyanceSummary, AppError> {
        Ok(ConveyanceSummary {
            id: id.to_owned(),
            mode: state.plan.mode.code().to_owned(),
            flow: flow_code(state.plan.flow).to_owned(),
            number: state.plan.number.clone(),
            day: state.plan.day.clone(),
            origin: state.plan.origin.clone(),
            destination: state.plan.destination.clone(),
            expected_at: state.plan.expected_at.into(),
            moved_at: state.moved_at().map(Into::into),
            agent: self.org(&state.agent).await?,
            terminal: self.org(&state.terminal).await?,
            waybills: state.waybills.len(),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
        })
    }

    async fn sheet(&self, view: SheetView) -> Result<Sheet, AppError> {
        let SheetView { kind, sheet, differences } = view;
        Ok(Sheet {
            kind: kind.code().to_owned(),
            name: texts::paper(kind.code()),
            place: sheet.place,
            began_at: sheet.began_at.map(Into::into),
            ended_at: sheet.ended_at.map(Into::into),
            at: sheet.at.into(),
            by: self.org(&sheet.by).await?,
            message: sheet.message,
            lines: sheet
                .lines
                .iter()
                .map(|line| SheetLine { waybill: line.waybill.clone(), unit: CargoUnit::from(&line.unit), note: line.note.clone() })
                .collect(),
            differences: differences
                .into_iter()
                .map(|one| SheetDifference {
                    kind: one.kind.code().to_owned(),
                    text: texts::sheet_difference(one.kind.code()),
                    waybill: one.waybill,
                    unit: one.unit,
                    manifested: one.manifested,
                    reported: one.reported,
                })
                .collect(),
        })
    }

    async fn happened_to(&self, ctx: &Context, object: ObjectRef, others: bool) -> Result<Vec<TimelineEntry>, AppError> {
        let mut events: Vec<_> = self.app.store().events_of(&self.app.port().code, &object, None, TIMELINE_MAX).await?;
        events.retain(|stored| others || stored.event.subject().is_ok_and(|subject| *subject == object));
        let events: Vec<std::sync::Arc<_>> = events.into_iter().map(std::sync::Arc::new).collect();
        Ok(self.timeline_page(ctx, &events, None, events.len().max(1)).await?.items)
    }

    /// A train or flight as somebody may see it; `findings` are those of the command that answers.
    pub async fn conveyance(&self, ctx: &Context, file: ConveyanceFile, findings: Vec<codes::Finding>) -> Result<Conveyance, AppError> {
        let ConveyanceFile { seen, waybills, sheets, papers } = file;
        let state = &seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let mut views = Vec::with_capacity(sheets.len());
        for sheet in sheets {
            views.push(self.sheet(sheet).await?);
        }
        let mut attached = Vec::with_capacity(state.attached.len());
        for paper in &state.attached {
            attached.push(AttachedPaper {
                kind: paper.kind.code().to_owned(),
                name: texts::paper(paper.kind.code()),
                waybill: paper.waybill.clone(),
                file: Evidence { name: paper.file.name.clone(), sha256: paper.file.sha256.clone() },
                by: self.org(&paper.by).await?,
            });
        }
        Ok(Conveyance {
            summary: self.conveyance_summary(&seen.id, state).await?,
            border: state.plan.border.clone(),
            place: state.plan.place.clone(),
            message: state.message.clone(),
            cancelled: match &state.phase {
                ConveyancePhase::Cancelled { reason, .. } => Some(reason.clone()),
                ConveyancePhase::Planned | ConveyancePhase::Arrived { .. } | ConveyancePhase::Departed { .. } => None,
            },
            review: review(&state.review),
            papers: papers
                .into_iter()
                .map(|paper| Paper {
                    kind: paper.kind.code().to_owned(),
                    name: texts::paper(paper.kind.code()),
                    standing: paper.standing.code().to_owned(),
                    standing_text: texts::paper_standing(paper.standing.code()),
                    count: paper.count,
                    at: paper.at.map(Into::into),
                })
                .collect(),
            sheets: views,
            attached,
            items: waybills.iter().map(|(number, waybill)| waybill_summary(number, waybill)).collect(),
            timeline: self.happened_to(ctx, ObjectRef::new(State::KIND, seen.id.clone()), true).await?,
            findings: findings.into_iter().map(Finding::from).collect(),
            actions: allowed(self, &ctx.principal, &resource, &fitting(state)),
            version: seen.version,
        })
    }

    /// A waybill as somebody may see it.
    pub async fn waybill(&self, ctx: &Context, seen: Seen<WaybillState>) -> Result<Waybill, AppError> {
        let state = &seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(WaybillState::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let fitting: &[&'static str] = match (&state.taken_off, &state.release, &state.arrived) {
            (Some(_), _, _) | (None, None, None) => &[],
            (None, Some(_), _) => &["waybill.revoke-release"],
            (None, None, Some(_)) => &["waybill.release"],
        };
        let mut statuses = Vec::with_capacity(state.statuses.len());
        for told in &state.statuses {
            statuses.push(AirStatus {
                code: told.code.clone(),
                text: texts::air_status(&told.code),
                at: told.at.map(Into::into),
                place: told.place.clone(),
                flight: told.flight.clone(),
                packages: told.packages,
                by: self.org(&told.by).await?,
            });
        }
        let declarations = self.app.declarations_of_waybill(ctx, &seen.id).await?;
        let tolerance = self.app.port().transhipment_mass_tolerance_per_mille;
        Ok(Waybill {
            summary: waybill_summary(&seen.id, state),
            hs_code: state.content.hs_code.clone(),
            un_no: state.content.un_no.clone(),
            carriages: state
                .carriages
                .iter()
                .map(|one| Carriage {
                    conveyance: one.conveyance.clone(),
                    packages: one.packages,
                    gross_kg: one.gross_kg.to_string(),
                    shipment: one.shipment.clone(),
                })
                .collect(),
            houses: state
                .houses
                .iter()
                .map(|house| House {
                    number: house.number.clone(),
                    origin: house.origin.clone(),
                    destination: house.destination.clone(),
                    packages: house.packages,
                    gross_kg: house.gross_kg.to_string(),
                    goods: house.goods.clone(),
                })
                .collect(),
            statuses,
            release: state.release.as_ref().map(|(release, at)| WaybillReleased {
                mode: release.mode.wire().to_owned(),
                mode_text: texts::release_mode(release.mode),
                entry_id: release.entry_id.clone(),
                note: release.note.clone(),
                at: (*at).into(),
            }),
            taken_off: state.taken_off.as_ref().map(|(_, reason)| reason.clone()),
            findings: if state.mode == TransportMode::Air {
                manifest::waybill_totals(state, tolerance).into_iter().map(Finding::from).collect()
            } else {
                Vec::new()
            },
            declarations: declarations
                .into_iter()
                .filter(|(found, _)| found.state.form().bill_no.trim().eq_ignore_ascii_case(&seen.id))
                .map(|(found, _)| WaybillDeclaration {
                    entry_id: found.state.entry_id().map(str::to_owned),
                    status_text: texts::status(clearance::Declaration::KIND, found.state.status()),
                    id: found.id,
                })
                .collect(),
            timeline: self.happened_to(ctx, ObjectRef::new(WaybillState::KIND, seen.id.clone()), false).await?,
            actions: allowed(self, &ctx.principal, &resource, fitting),
            version: seen.version,
        })
    }
}

fn review(review: &Review) -> PapersReview {
    let (state, at, officer, note) = match review {
        Review::Open => ("open", None, None, None),
        Review::Submitted { at } => ("submitted", Some(*at), None, None),
        Review::Accepted { at, officer, note } => ("accepted", Some(*at), Some(officer.clone()), note.clone()),
        Review::Returned { at, officer, reason } => ("returned", Some(*at), Some(officer.clone()), Some(reason.clone())),
    };
    PapersReview { state: state.to_owned(), at: at.map(Into::into), officer, note }
}

/// What fits the state of a train or flight, whoever asks.
fn fitting(state: &State) -> Vec<&'static str> {
    if state.is_cancelled() {
        return Vec::new();
    }
    let rail = state.plan.mode == TransportMode::Rail;
    let mut actions = vec!["conveyance.attach-paper"];
    match (&state.phase, state.plan.flow) {
        (ConveyancePhase::Planned, Flow::Import) => actions.extend(["conveyance.manifest", "conveyance.arrive"]),
        (ConveyancePhase::Planned, Flow::Export) => {
            actions.push("conveyance.manifest");
            if !rail || matches!(state.review, Review::Accepted { .. }) {
                actions.push("conveyance.depart");
            }
        }
        (ConveyancePhase::Arrived { .. }, _) => actions.push("conveyance.manifest"),
        (ConveyancePhase::Departed { .. } | ConveyancePhase::Cancelled { .. }, _) => {}
    }
    if state.phase == ConveyancePhase::Planned && state.sheets.values().all(|sheet| sheet.lines.is_empty()) {
        actions.push("conveyance.cancel");
    }
    if rail && !state.waybills.is_empty() {
        actions.extend(["conveyance.report-sheet", "conveyance.delete-sheet"]);
    }
    match state.review {
        Review::Open | Review::Returned { .. } if rail && state.needed().is_empty() => actions.push("conveyance.submit-papers"),
        Review::Submitted { .. } => actions.extend(["conveyance.accept-papers", "conveyance.return-papers"]),
        Review::Open | Review::Returned { .. } | Review::Accepted { .. } => {}
    }
    actions
}

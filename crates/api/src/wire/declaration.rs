//! Declarations.

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use clearance::{Case, Declaration as State, DutyNotice as NoticeState, RiskDecision, Track as TrackState};
use codes::TableId;
use ledger::{Aggregate, WorkRow};
use manifest::Bill as BillState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::declaration_form::{DeclarationDocument, DeclarationForm};
use super::duty::DutyNotice;
use super::manifest::BillSummary;
use super::{Instant, Org, Text, allowed, instant};
use crate::state::Api;
use crate::texts;

/// One strand of work on a declaration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Track {
    /// `not-needed`, `open`, `done`, `failed` or `unknown`.
    pub state: String,
    /// Open since.
    pub since: Option<Instant>,
    /// Ended at.
    pub at: Option<Instant>,
    /// Object that carries the work.
    pub reference: Option<String>,
}

/// The strands of work on a declaration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Tracks {
    /// Arrival and discharge of the goods.
    pub arrival: Track,
    /// Check of documents.
    pub documents: Track,
    /// Inspection.
    pub inspection: Track,
    /// Duty.
    pub duty: Track,
}

/// A code with its meaning.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CodeName {
    /// Code.
    pub code: String,
    /// Meaning.
    pub name: Text,
}

/// A decision table as used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableUsed {
    /// Table id.
    pub id: String,
    /// Version.
    pub version: String,
}

/// A credit grade as used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GradeUsed {
    /// Grade.
    pub value: String,
    /// Rule that gave it.
    pub rule_version: String,
}

/// A verifiable draw.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Draw {
    /// Day.
    pub day: String,
    /// Commitment to the day's seed.
    pub commitment: String,
    /// Size of the ledger head mixed in.
    pub mix_size: u64,
    /// Root of the ledger head mixed in.
    pub mix_root: String,
    /// Number drawn, in ten-thousandths.
    pub number: u32,
    /// Below the rate.
    pub selected: bool,
    /// The second holder's part, hex; null when it was drawn by the platform's seed alone.
    pub part: Option<String>,
}

/// The part of a decision that only officers see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfficerDecision {
    /// Table used.
    pub table: TableUsed,
    /// Rows that fired.
    pub rows: Vec<String>,
    /// Inspection rate in basis points.
    pub rate_basis_points: u32,
    /// Grade used.
    pub grade: GradeUsed,
    /// Draw, when one was made.
    pub draw: Option<Draw>,
    /// Why, in full.
    pub reasons: Vec<Text>,
}

/// The risk decision (布控答复).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    /// When.
    pub at: Instant,
    /// To be inspected.
    pub inspect: bool,
    /// Documents to check.
    pub documents: Vec<CodeName>,
    /// What the trader may know.
    pub note: Text,
    /// For officers alone.
    pub officer: Option<OfficerDecision>,
    /// Milliseconds from acceptance to answer.
    pub answered_in_ms: i64,
}

/// What an officer decided in place of the draw (人工改变抽查结果).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Override {
    /// To be inspected though not drawn, or spared though drawn.
    pub inspect: bool,
    /// When.
    pub at: Instant,
    /// Why; for customs alone.
    pub reason: Option<String>,
    /// Officer, user id; for customs alone.
    pub officer: Option<String>,
}

/// Decides in place of the draw.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct OverrideForm {
    /// To be inspected though not drawn (`true`), or spared though drawn (`false`).
    pub inspect: bool,
    /// Why.
    pub reason: String,
}

/// A hold as the trader may know it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Instant,
}

/// A declaration (报关单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Declaration {
    /// Id.
    pub id: String,
    /// Declaration number, 18 digits, once accepted.
    pub entry_id: Option<String>,
    /// Content.
    pub form: DeclarationForm,
    /// Bill it declares.
    pub bill: Option<BillSummary>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Declared before the goods were landed.
    pub advance: bool,
    /// Who declares.
    pub organisation: Org,
    /// Agency agreement under which it was declared; none when the consignee declared itself.
    pub agreement: Option<String>,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// When the last of its goods was landed.
    pub landed_at: Option<Instant>,
    /// When it was released.
    pub released_at: Option<Instant>,
    /// Risk decision.
    pub decision: Option<Decision>,
    /// What an officer decided in place of the draw.
    pub overridden: Option<Override>,
    /// Strands of work.
    pub tracks: Tracks,
    /// Duty notice.
    pub duty_notice: Option<DutyNotice>,
    /// Inspection.
    pub inspection: Option<String>,
    /// Hold.
    pub hold: Option<Hold>,
    /// Why it was sent back or withdrawn.
    pub reason: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version, for edits.
    pub version: u64,
}

/// A declaration in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeclarationSummary {
    /// Id.
    pub id: String,
    /// Declaration number.
    pub entry_id: Option<String>,
    /// Bill number.
    pub bill_no: String,
    /// What a person recognises it by.
    pub title: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Declared before the goods were landed.
    pub advance: bool,
    /// Who declares.
    pub organisation: Org,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// When it was released.
    pub released_at: Option<Instant>,
    /// When the next step is due.
    pub due_at: Option<Instant>,
}

/// Begins a draft.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct DraftForm {
    /// Bill number to prefill from.
    pub bill_no: Option<String>,
    /// Declaration to copy.
    pub copy_of: Option<String>,
}

/// A reason.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ReasonForm {
    /// Why, 2 to 500 characters.
    pub reason: String,
}

/// A note.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct NoteForm {
    /// Note.
    pub note: String,
}

/// Asks for documents.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RequestDocumentsForm {
    /// Kinds of documents (随附单据类型).
    pub codes: Vec<String>,
    /// Why, for the trader.
    #[serde(default)]
    pub note: String,
}

/// Documents to add.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum AttachForm {
    /// Several.
    Many {
        /// Documents.
        documents: Vec<DeclarationDocument>,
    },
    /// One.
    One(DeclarationDocument),
}

impl AttachForm {
    pub fn into_domain(self) -> Vec<clearance::FormDocument> {
        match self {
            Self::Many { documents } => documents.into_iter().map(Into::into).collect(),
            Self::One(document) => vec![document.into()],
        }
    }
}

/// A kept attachment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Attachment {
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Name.
    pub name: String,
    /// Kind of document.
    pub edoc_code: String,
    /// Media type found in the bytes.
    pub media_type: String,
}

fn track(track: &TrackState) -> Track {
    let of = |state: &str, since, at, reference| Track { state: state.to_owned(), since, at, reference };
    match track {
        TrackState::Unknown => of("unknown", None, None, None),
        TrackState::NotNeeded => of("not-needed", None, None, None),
        TrackState::Open { since, reference } => of("open", Some((*since).into()), None, reference.clone()),
        TrackState::Done { at, reference } => of("done", None, Some((*at).into()), Some(reference.clone()).filter(|r| !r.is_empty())),
        TrackState::Failed { at, .. } => of("failed", None, Some((*at).into()), None),
    }
}

fn arrival(case: Option<&Case>) -> Track {
    match case {
        None => track(&TrackState::Unknown),
        Some(case) => match case.landed_at {
            Some(at) => Track { state: "done".into(), since: None, at: Some(at.into()), reference: None },
            None => Track { state: "open".into(), since: Some(case.accepted_at.into()), at: None, reference: None },
        },
    }
}

/// A kind of document in words.
pub(crate) fn document_name(code: &str) -> CodeName {
    let name = codes::table(TableId::EdocCode).get(code).map_or_else(|| Text::new(code, code), |entry| Text::new(entry.zh, entry.en));
    CodeName { code: code.to_owned(), name }
}

fn decision(case: &Case, decided: &RiskDecision, whole: bool) -> Decision {
    let at = case.decided_at.unwrap_or(case.accepted_at);
    Decision {
        at: at.into(),
        inspect: case.overridden.as_ref().map_or(decided.inspect, |o| o.inspect),
        documents: decided.documents.iter().map(|code| document_name(code)).collect(),
        note: Text::from(&decided.trader_note),
        officer: whole.then(|| OfficerDecision {
            table: TableUsed { id: decided.table.id.clone(), version: decided.table.version.clone() },
            rows: decided.rows.clone(),
            rate_basis_points: decided.rate_bp,
            grade: GradeUsed { value: decided.grade.value.clone(), rule_version: decided.grade.rule_version.clone() },
            draw: decided.draw.as_ref().map(|d| Draw {
                day: d.day.clone(),
                commitment: d.commitment.clone(),
                mix_size: d.head_size,
                mix_root: d.head_root.clone(),
                number: d.number,
                selected: d.selected,
                part: d.part.clone(),
            }),
            reasons: decided.reasons.iter().map(Text::from).collect(),
        }),
        answered_in_ms: at.since_millis(case.accepted_at).max(0),
    }
}

/// What fits the state: name for the client, right asked for.
fn fitting(state: &State) -> Vec<&'static str> {
    match state {
        State::Draft { .. } => vec!["declaration.edit", "declaration.submit", "declaration.discard", "declaration.check"],
        State::Rejected { .. } => vec!["declaration.edit", "declaration.withdraw"],
        State::Accepted { case } => {
            let mut list = vec!["declaration.withdraw", "declaration.request-documents", "declaration.reject"];
            if case.documents.is_open() {
                list.extend(["declaration.attach", "declaration.pass-documents"]);
            }
            if case.decision.is_some() && (case.inspection.is_open() || case.inspection == TrackState::NotNeeded) {
                list.push("declaration.override-draw");
            }
            list.push(if case.hold.is_some() { "declaration.lift" } else { "declaration.hold" });
            if case.inspection.is_failed() || case.documents.is_failed() {
                list.push("declaration.release");
            }
            list
        }
        State::Released { .. } => vec!["declaration.hold"],
        State::Withdrawn { .. } => Vec::new(),
    }
}

impl Api {
    pub async fn declaration(&self, ctx: &Context, seen: Seen<State>) -> Result<Declaration, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let mut fitting = fitting(&state);
        // Whether it was sent on already is told with the transmissions.
        if self.app.port().national.is_some() && matches!(state, State::Accepted { .. } | State::Released { .. }) {
            fitting.push("declaration.transmit");
        }
        let mut actions = allowed(self, &ctx.principal, &resource, &fitting);
        // Only its declarant writes in it.
        actions.retain(|action| action != "declaration.edit" || state.parties().broker == ctx.principal.organisation);
        let case = state.case();
        let whole = ctx.principal.role == app::Role::Customs && resource.district;
        let number = state.form().bill_no.trim();
        let bill = if number.is_empty() { None } else { self.app.peek::<BillState>(number).await? };
        // A draft may name any bill; what the bill says is shown to its parties and to customs alone.
        let bill = bill.filter(|bill| case.is_some() || whole || bill.parties.contains(&ctx.principal.organisation));
        let bill = match &bill {
            Some(bill) => Some(self.bill_summary(number, bill).await?),
            None => None,
        };
        let duty_notice = match case.map(|c| &c.duty) {
            Some(TrackState::Open { reference: Some(id), .. } | TrackState::Done { reference: id, .. }) => {
                match self.seen::<NoticeState>(id).await {
                    Ok(notice) => Some(self.duty_notice(ctx, notice).await?),
                    Err(AppError::NotFound { .. }) => None,
                    Err(other) => return Err(other),
                }
            }
            _ => None,
        };
        let inspection = case.and_then(|c| match &c.inspection {
            TrackState::Open { reference, .. } => reference.clone(),
            TrackState::Done { reference, .. } => Some(reference.clone()),
            TrackState::Unknown | TrackState::NotNeeded | TrackState::Failed { .. } => None,
        });
        let reason = match &state {
            State::Rejected { rejection, .. } => Some(rejection.reason.clone()),
            State::Withdrawn { reason, .. } => Some(reason.clone()),
            State::Draft { draft } => draft.returned.as_ref().map(|r| r.reason.clone()),
            State::Accepted { .. } | State::Released { .. } => None,
        };
        let unknown = TrackState::Unknown;
        Ok(Declaration {
            entry_id: state.entry_id().map(str::to_owned),
            bill,
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            advance: case.is_some_and(|c| c.advance),
            organisation: self.org(&state.parties().broker).await?,
            agreement: case.and_then(|c| c.agreement.clone()),
            accepted_at: instant(case.map(|c| c.accepted_at)),
            landed_at: instant(case.and_then(|c| c.landed_at)),
            released_at: released_at(&state),
            decision: case.and_then(|c| c.decision.as_ref().map(|d| decision(c, d, whole))),
            overridden: case.and_then(|c| c.overridden.as_ref()).map(|o| Override {
                inspect: o.inspect,
                at: o.at.into(),
                reason: whole.then(|| o.reason.clone()),
                officer: whole.then(|| o.officer.clone()),
            }),
            tracks: Tracks {
                arrival: arrival(case),
                documents: track(case.map_or(&unknown, |c| &c.documents)),
                inspection: track(case.map_or(&unknown, |c| &c.inspection)),
                duty: track(case.map_or(&unknown, |c| &c.duty)),
            },
            duty_notice,
            inspection,
            hold: case.and_then(|c| c.hold.as_ref()).map(|h| Hold { reason: h.reason.clone(), at: h.at.into() }),
            reason,
            actions,
            form: state.form().clone().into(),
            id: seen.id,
            version: seen.version,
        })
    }

    pub async fn declaration_summary(&self, seen: Seen<State>, row: WorkRow) -> Result<DeclarationSummary, AppError> {
        let state = seen.state;
        let case = state.case();
        Ok(DeclarationSummary {
            entry_id: state.entry_id().map(str::to_owned),
            bill_no: state.form().bill_no.trim().to_owned(),
            title: row.title,
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            advance: case.is_some_and(|c| c.advance),
            organisation: self.org(&state.parties().broker).await?,
            accepted_at: instant(case.map(|c| c.accepted_at)),
            released_at: released_at(&state),
            due_at: instant(row.due_at),
            id: seen.id,
        })
    }
}

fn released_at(state: &State) -> Option<Instant> {
    match state {
        State::Released { released_at, .. } => Some((*released_at).into()),
        State::Draft { .. } | State::Accepted { .. } | State::Rejected { .. } | State::Withdrawn { .. } => None,
    }
}

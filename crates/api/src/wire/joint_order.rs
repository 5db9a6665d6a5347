//! Joint orders.

use std::collections::BTreeMap;

use app::joint_orders::acts_for;
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context, Role as AppRole};
use inspection::{Answer, Checked, JointOrder as State, JointPhase, Leaving, Participant as StateParticipant};
use ledger::{Aggregate, Timestamp};
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inspection::{Officer, Period};
use super::instruction::disposition_text;
use super::{Instant, Org, Text, allowed, instant};
use crate::state::Api;
use crate::texts;

/// A box of the order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointBox {
    /// Id of its visit.
    pub id: String,
    /// Container number.
    pub number: String,
    /// At the site since.
    pub at_site: Option<Instant>,
    /// Opened, once, when.
    pub opened_at: Option<Instant>,
    /// Who opened it.
    pub opened_by: Option<Org>,
    /// Its new seal.
    pub new_seal: Option<String>,
}

/// An item of a checklist.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointCheck {
    /// Code.
    pub code: String,
    /// What is checked.
    pub text: Text,
    /// In order; none before it was told.
    pub ok: Option<bool>,
}

/// What one authority found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointPart {
    /// Nothing was found.
    pub clean: bool,
    /// What was found; for the authorities of the order.
    pub note: Option<String>,
    /// Officers who were there; for the authorities of the order.
    pub officers: Vec<Officer>,
    /// When.
    pub at: Instant,
}

/// An authority that takes part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointParticipant {
    /// Which.
    pub organisation: Org,
    /// It leads (牵头).
    pub lead: bool,
    /// It works first (先行登临).
    pub first: bool,
    /// `awaited`, `confirmed`, `declined` or `other-time`.
    pub answer: String,
    /// In words.
    pub answer_text: Text,
    /// From when it could come, when it asks for another time.
    pub other_time: Option<Instant>,
    /// It joined when the boxes were at the site already.
    pub late: bool,
    /// Nothing leaves before it is answered; for the authorities of the order.
    pub hold: Option<bool>,
    /// Its drawn inspection, whose confirmed result is its part; for the authorities of the order.
    pub inspection: Option<String>,
    /// Its checklist; for the authorities of the order.
    pub checklist: Vec<JointCheck>,
    /// Competence that one of its officers must have.
    pub competence: Option<String>,
    /// Its part, once written down; for others once there is a result.
    pub part: Option<JointPart>,
    /// When it withdrew during the inspection.
    pub gone_at: Option<Instant>,
}

/// An authority that left.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointDeparture {
    /// Which.
    pub organisation: Org,
    /// `withdrawn` or `split-off`.
    pub how: String,
    /// Finding code when it left while the inspection was under way.
    pub finding: Option<String>,
    /// In words.
    pub text: Text,
    /// When.
    pub at: Instant,
}

/// A step of the follow-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointFollowUp {
    /// What was done.
    pub note: String,
    /// By which authority.
    pub organisation: Option<Org>,
    /// What that authority had found is settled.
    pub settled: bool,
    /// When.
    pub at: Instant,
}

/// The shared result, or how the follow-up ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointResult {
    /// Disposition code (查验处置代码).
    pub disposition: String,
    /// In words.
    pub disposition_text: Text,
    /// What follows, as a code.
    pub consequence: String,
    /// In words.
    pub consequence_text: Text,
    /// The goods, the ship or the person go on.
    pub released: bool,
    /// Report.
    pub findings: String,
    /// When.
    pub at: Instant,
}

/// A joint order (联合查验).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JointOrder {
    /// Id.
    pub id: String,
    /// `goods`, `ship` or `person`.
    pub subject: String,
    /// Bill number.
    pub bill_no: Option<String>,
    /// Ship call id.
    pub call: Option<String>,
    /// Boxes.
    pub boxes: Vec<JointBox>,
    /// Terminal.
    pub terminal: Option<Org>,
    /// Consignee, broker or ship agent.
    pub traders: Vec<Org>,
    /// Place.
    pub place: String,
    /// It opens no box: an authority that split off.
    pub apart: bool,
    /// The time that every instruction allows.
    pub window: Period,
    /// The time proposed.
    pub slot: Option<Period>,
    /// Inspected as soon as it arrives (即到即查).
    pub on_arrival: bool,
    /// Lead (牵头单位).
    pub lead: Org,
    /// Participants, in the order of their steps.
    pub participants: Vec<JointParticipant>,
    /// Authorities that left.
    pub departures: Vec<JointDeparture>,
    /// The consignee agreed that it need not be there, when.
    pub no_presence_at: Option<Instant>,
    /// Who agreed.
    pub no_presence_by: Option<Org>,
    /// Follow-up.
    pub follow_ups: Vec<JointFollowUp>,
    /// Shared result.
    pub result: Option<JointResult>,
    /// How the follow-up ended.
    pub end: Option<JointResult>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Where the rules of lead, order and checklists come from.
    pub rules: Text,
    /// When it was proposed.
    pub proposed_at: Instant,
    /// The participant for whom this user acts.
    pub own: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Proposes a time.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ScheduleForm {
    /// Start; of a slot of the inspection site, for boxes.
    #[schema(value_type = String, format = DateTime)]
    pub slot_start: Timestamp,
}

/// What a participant says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnswerCode {
    /// Comes.
    Confirm,
    /// Does not come and takes the shared result for its own.
    Decline,
    /// Asks for another time.
    OtherTime,
}

/// A participant's answer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// What.
    pub answer: AnswerCode,
    /// From when it could come, with `other-time`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start: Option<Timestamp>,
}

impl AnswerForm {
    pub fn answer(&self) -> Result<Answer, AppError> {
        Ok(match (self.answer, self.start) {
            (AnswerCode::Confirm, _) => Answer::Confirmed,
            (AnswerCode::Decline, _) => Answer::Declined,
            (AnswerCode::OtherTime, Some(start)) => Answer::OtherTime { start },
            (AnswerCode::OtherTime, None) => {
                return Err(AppError::invalid("joint-order-slot", "/start", "请写明可派员的时间", "say from when you could come"));
            }
        })
    }
}

/// Opens a box.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct OpeningForm {
    /// Container number or id of its visit.
    pub container: String,
}

/// An item as it was found.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CheckForm {
    /// Item code.
    pub code: String,
    /// In order.
    pub ok: bool,
}

impl From<CheckForm> for Checked {
    fn from(form: CheckForm) -> Self {
        Self { code: form.code, ok: form.ok }
    }
}

/// An authority's part.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct PartForm {
    /// Every item of its checklist, in order.
    pub checks: Vec<CheckForm>,
    /// Nothing was found.
    pub clean: bool,
    /// What was found, for every authority of the order.
    #[serde(default)]
    pub note: String,
    /// Officers who were there, user ids; whoever writes among them.
    pub officers: Vec<String>,
}

/// A new seal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SealForm {
    /// Container number or id of its visit.
    pub container: String,
    /// Seal.
    pub seal: String,
}

/// The shared result.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct JointResultForm {
    /// Disposition code.
    pub disposition: String,
    /// Report.
    #[serde(default)]
    pub findings: String,
    /// New seals of the boxes that were opened.
    #[serde(default)]
    pub seals: Vec<SealForm>,
}

impl JointResultForm {
    pub fn seals(&self) -> BTreeMap<String, String> {
        self.seals.iter().map(|one| (one.container.trim().to_uppercase(), one.seal.clone())).collect()
    }
}

/// A step of a follow-up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct FollowUpForm {
    /// What was done, 2 to 500 characters.
    pub note: String,
    /// What the own authority had found is settled.
    #[serde(default)]
    pub settled: bool,
}

/// Ends a follow-up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CloseForm {
    /// Disposition code with which it ends.
    pub disposition: String,
    /// What was done, 2 to 500 characters.
    pub note: String,
}

fn result(disposition: &str, findings: &str, at: Timestamp) -> JointResult {
    let known = inspection::disposition(disposition);
    JointResult {
        disposition: disposition.to_owned(),
        disposition_text: disposition_text(disposition),
        consequence: known.map_or_else(String::new, |row| row.consequence.code().to_owned()),
        consequence_text: known.map_or_else(Text::default, |row| row.consequence.text().into()),
        released: known.is_some_and(|row| row.consequence.releases()),
        findings: findings.to_owned(),
        at: at.into(),
    }
}

fn answer(answer: &Answer) -> (&'static str, Text) {
    match answer {
        Answer::Awaited => ("awaited", Text::new("待答复", "Not answered")),
        Answer::Confirmed => ("confirmed", Text::new("已确认", "Confirmed")),
        Answer::Declined => ("declined", Text::new("不派员，采信共同结果", "Does not come; takes the shared result")),
        Answer::OtherTime { .. } => ("other-time", Text::new("请改期", "Asks for another time")),
    }
}

fn departure(how: Leaving, during_inspection: bool) -> (&'static str, Option<&'static str>, Text) {
    match (how, during_inspection) {
        (Leaving::Withdrawn, false) => ("withdrawn", None, Text::new("撤回指令", "Withdrew its instruction")),
        (Leaving::Withdrawn, true) => (
            "withdrawn",
            Some("instruction-withdrawn-during-inspection"),
            Text::new("查验进行中撤回指令，其部分不再需要", "Withdrew during the inspection; its part is not needed any more"),
        ),
        (Leaving::SplitOff, _) => {
            ("split-off", None, Text::new("拆分单独办理，不再开箱", "Split off; goes its own way without opening the box"))
        }
    }
}

/// What fits the state, as far as it is this organisation's to do.
fn fitting(state: &State, own: &str) -> Vec<&'static str> {
    let one = state.participants.get(own).filter(|one| one.gone_at.is_none());
    let leads = one.is_some() && state.lead == own;
    let drawn = one.is_some_and(|one| one.inspection.is_some());
    let begins = matches!(state.phase, JointPhase::Confirmed | JointPhase::UnderWay);
    let planned = matches!(state.phase, JointPhase::Proposed | JointPhase::Confirmed);
    let to_open = state.boxes.iter().any(|id| state.arrived.contains_key(id) && !state.openings.contains_key(id));
    let owes = one.is_some_and(|one| one.is_needed() && one.part.is_none() && one.inspection.is_none());
    let follows = matches!(state.phase, JointPhase::FollowUp { .. }) && leads;
    let possible = [
        ("joint-order.schedule", planned && leads),
        ("joint-order.answer", planned && one.is_some()),
        ("joint-order.present", state.is_open() && !state.apart && state.boxes.iter().any(|id| !state.arrived.contains_key(id))),
        ("joint-order.agree-no-presence", state.is_open() && state.no_presence.is_none() && state.traders.iter().any(|id| id == own)),
        ("joint-order.open", begins && !state.apart && to_open && (leads || drawn)),
        ("joint-order.record", begins && owes),
        ("joint-order.conclude", leads && state.is_under_way() && state.parts_open().is_empty()),
        (
            "joint-order.follow-up",
            follows || (matches!(state.phase, JointPhase::FollowUp { .. }) && one.is_some_and(StateParticipant::has_found)),
        ),
        ("joint-order.close", follows),
    ];
    possible.into_iter().filter(|(_, fits)| *fits).map(|(action, _)| action).collect()
}

/// May this role know who takes part in a joint order, what each checks and finds?
pub(crate) fn takes_part(role: AppRole) -> bool {
    app::matching::authority_of(role).is_some() || role == AppRole::PortOffice
}

impl Api {
    pub async fn joint_order(&self, ctx: &Context, seen: Seen<State>) -> Result<JointOrder, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        // What each authority checks and found is theirs together; who is inspected sees who comes, when, and the shared result.
        let inside = takes_part(ctx.principal.role);
        let own = acts_for(&ctx.principal, &state);
        let seals = state.result().map(|(result, _)| result.seals.clone()).unwrap_or_default();
        let mut boxes = Vec::with_capacity(state.boxes.len());
        for id in &state.boxes {
            let opening = state.openings.get(id);
            boxes.push(JointBox {
                id: id.clone(),
                number: container_number(id).to_owned(),
                at_site: instant(state.arrived.get(id).copied()),
                opened_at: instant(opening.map(|opening| opening.at)),
                opened_by: match opening {
                    Some(opening) => Some(self.org(&opening.organisation).await?),
                    None => None,
                },
                new_seal: seals.get(id).cloned(),
            });
        }
        let mut participants = Vec::with_capacity(state.participants.len());
        let rank = |id: &str| state.steps.iter().position(|step| step == id).unwrap_or(usize::MAX);
        let mut ordered: Vec<(&String, &StateParticipant)> = state.participants.iter().collect();
        ordered.sort_by_key(|(id, _)| rank(id));
        for (id, one) in ordered {
            participants.push(self.joint_participant(&state, id, one, inside).await?);
        }
        let mut departures = Vec::new();
        for left in &state.departures {
            let (how, finding, text) = departure(left.how, left.during_inspection);
            departures.push(JointDeparture {
                organisation: self.org(&left.organisation).await?,
                how: how.into(),
                finding: finding.map(str::to_owned),
                text,
                at: left.at.into(),
            });
        }
        let mut traders = Vec::new();
        for trader in &state.traders {
            traders.push(self.org(trader).await?);
        }
        let end = match &state.phase {
            JointPhase::Closed { end, at, .. } => Some(result(&end.disposition, &end.note, *at)),
            JointPhase::Proposed
            | JointPhase::Confirmed
            | JointPhase::UnderWay
            | JointPhase::Released { .. }
            | JointPhase::FollowUp { .. }
            | JointPhase::Cancelled { .. } => None,
        };
        let mut follow_ups = Vec::with_capacity(state.follow_ups.len());
        for step in &state.follow_ups {
            let organisation = if step.organisation.is_empty() || !inside { None } else { Some(self.org(&step.organisation).await?) };
            follow_ups.push(JointFollowUp { note: step.note.clone(), organisation, settled: step.settled && inside, at: step.at.into() });
        }
        Ok(JointOrder {
            subject: state.subject.code().to_owned(),
            boxes,
            terminal: match &state.terminal {
                Some(id) => Some(self.org(id).await?),
                None => None,
            },
            traders,
            window: Period { start: state.window.from.into(), end: state.window.to.into() },
            slot: state.slot.map(|slot| Period { start: slot.from.into(), end: slot.to.into() }),
            on_arrival: state.on_arrival,
            lead: self.org(&state.lead).await?,
            participants,
            departures: if inside { departures } else { Vec::new() },
            no_presence_at: instant(state.no_presence.as_ref().map(|agreed| agreed.at)),
            no_presence_by: match &state.no_presence {
                Some(agreed) => Some(self.org(&agreed.organisation).await?),
                None => None,
            },
            follow_ups,
            result: state.result().map(|(found, at)| result(&found.disposition, &found.findings, at)),
            end,
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            rules: self.app.port().joint.source.clone().into(),
            proposed_at: state.proposed_at.into(),
            actions: allowed(self, &ctx.principal, &resource, &fitting(&state, &own)),
            own: state.participants.contains_key(&own).then_some(own),
            bill_no: state.bill,
            call: state.call,
            place: state.place,
            apart: state.apart,
            id: seen.id,
            version: seen.version,
        })
    }

    async fn joint_participant(&self, state: &State, id: &str, one: &StateParticipant, inside: bool) -> Result<JointParticipant, AppError> {
        let (code, text) = answer(&one.answer);
        let part = match &one.part {
            Some(part) if inside || state.result().is_some() => {
                let mut officers = Vec::new();
                for officer in part.officers.iter().filter(|_| inside) {
                    officers.push(self.officer(officer).await?);
                }
                Some(JointPart { clean: part.clean, note: inside.then(|| part.note.clone()), officers, at: part.at.into() })
            }
            Some(_) | None => None,
        };
        let found = |code: &str| one.part.as_ref().and_then(|part| part.checks.iter().find(|checked| checked.code == code)).map(|c| c.ok);
        let checklist = one.checklist.iter().filter(|_| inside && one.inspection.is_none());
        Ok(JointParticipant {
            organisation: self.org(id).await?,
            lead: state.lead == id,
            first: state.first.as_deref() == Some(id),
            answer: code.to_owned(),
            answer_text: text,
            other_time: match &one.answer {
                Answer::OtherTime { start } => Some((*start).into()),
                Answer::Awaited | Answer::Confirmed | Answer::Declined => None,
            },
            late: one.late,
            hold: inside.then_some(one.hold),
            inspection: one.inspection.clone().filter(|_| inside),
            checklist: checklist
                .map(|item| JointCheck { code: item.code.clone(), text: item.text.clone().into(), ok: found(&item.code) })
                .collect(),
            competence: one.competence.clone().filter(|_| inside),
            part,
            gone_at: instant(one.gone_at),
        })
    }
}

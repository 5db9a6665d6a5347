//! The case of one box, and its timeline.

use std::borrow::Cow;
use std::sync::Arc;

use app::cases::{Case as CaseView, CaseObject};
use app::{AppError, Context, Role as AppRole};
use insight::{Role as Owner, stage_durations};
use ledger::{Actor, Cause, RawValue, StoredEvent, Timestamp};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::container::Container;
use super::declaration::Declaration;
use super::declaration_form::DeclarationForm;
use super::manifest::BillSummary;
use super::{Instant, ObjectRef, Org, Role, Text, instant};
use crate::paging::Page;
use crate::state::Api;
use crate::texts;

const HOUR_MS: f64 = 3_600_000.0;

/// One stage of the journey with its owner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseStage {
    /// Stable code.
    pub stage: String,
    /// Name.
    pub name: Text,
    /// Role that owns it.
    pub owner_role: Role,
    /// Organisation that owns it, when known.
    pub owner: Option<Org>,
    /// When it started.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How long it lasted, or has lasted until now.
    pub hours: Option<f64>,
    /// It runs: somebody is waited for.
    pub waiting: bool,
    /// Time standard, where a source names one.
    pub standard_hours: Option<f64>,
}

/// What happens next, and who must act.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseNext {
    /// Stable code.
    pub action: String,
    /// In words.
    pub text: Text,
    /// Who.
    pub owner: Option<Org>,
    /// In which role.
    pub role: Role,
    /// Page on which it is done, for whoever may see it.
    pub link: Option<String>,
    /// By when.
    pub due_at: Option<Instant>,
}

/// An object of the case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseObjectView {
    /// Kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id.
    pub id: String,
    /// What a person recognises it by.
    pub title: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
}

/// Where the case stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseSummary {
    /// State of the box.
    pub status: String,
    /// In words.
    pub status_text: Text,
    /// Arrival of the ship.
    pub started_at: Option<Instant>,
    /// Gate-out.
    pub ended_at: Option<Instant>,
    /// Hours from start to end, or until now.
    pub elapsed_hours: Option<f64>,
}

/// Everything about one box that the asker may see (一箱一案).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Case {
    /// The box.
    pub container: Container,
    /// Its bill.
    pub bill: Option<BillSummary>,
    /// Its declaration; without trade values for those who need not know them.
    pub declaration: Option<Declaration>,
    /// Where it stands.
    pub summary: CaseSummary,
    /// Time per stage with its owner.
    pub stages: Vec<CaseStage>,
    /// What happens next.
    pub next: Vec<CaseNext>,
    /// All objects of the case.
    pub objects: Vec<CaseObjectView>,
    /// The beginning of the timeline, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Page<TimelineEntry>>,
}

/// What is wanted with a case.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct CaseQuery {
    /// So many entries of the timeline with it, 1 to 200; left out, none.
    pub timeline: Option<u32>,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EntryActor {
    /// `person`, `system` or `platform`.
    pub kind: String,
    /// For which organisation.
    pub organisation: Option<Org>,
    /// Who; for one's own organisation alone.
    pub person: Option<String>,
}

/// What led to something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EntrySource {
    /// `command`, `message`, `reaction` or `platform`.
    pub kind: String,
    /// Message.
    pub message: Option<String>,
    /// Command, message or event that led to it.
    pub name: String,
}

/// One entry of a timeline: an event of the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// Position on the ledger.
    pub position: u64,
    /// Event id.
    pub event_id: String,
    /// Kind.
    pub kind: String,
    /// In words.
    pub name: Text,
    /// What exactly.
    pub detail: Text,
    /// When it happened.
    pub occurred_at: Instant,
    /// When the platform learned of it.
    pub recorded_at: Instant,
    /// Who did it.
    pub actor: EntryActor,
    /// What led to it.
    pub source: EntrySource,
    /// Object whose state it changed.
    pub object: ObjectRef,
    /// Covered by a signed head.
    pub sealed: bool,
}

/// Where a timeline goes on.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct TimelineQuery {
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

pub(crate) const fn owner_role(owner: Owner) -> Role {
    match owner {
        Owner::Terminal => Role::Terminal,
        Owner::Broker | Owner::Trader => Role::Trader,
        Owner::Customs => Role::Customs,
        Owner::ShipAgent => Role::Agent,
        Owner::Trucker => Role::Trucker,
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a journey fit")]
pub(crate) fn hours(ms: i64) -> f64 {
    (ms as f64 / HOUR_MS * 100.0).round() / 100.0
}

fn link(kind: &str, id: &str) -> Option<String> {
    Some(match kind {
        "declaration" => format!("/declarations/{id}"),
        "inspection" => format!("/inspections/{id}"),
        "joint-order" => format!("/joint-orders/{id}"),
        "image-task" => format!("/image-tasks/{id}"),
        "scan" => format!("/scans/{id}"),
        "sample" => format!("/samples/{id}"),
        "testing-body" => format!("/testing-bodies/{id}"),
        "third-party-report" => format!("/third-party-reports/{id}"),
        "duty-notice" => format!("/duty-notices/{id}"),
        "delivery-order" => format!("/delivery-orders/{id}"),
        "payment" => format!("/payments/{id}"),
        "agency-agreement" => format!("/agreements/{id}"),
        "ship-call" => format!("/calls/{id}"),
        "manifest" => format!("/manifests/{id}"),
        "manifest-change" => format!("/manifest-changes/{id}"),
        "tally-report" => format!("/tally-reports?q={id}"),
        "transhipment" => format!("/transhipments/{id}"),
        "conveyance" => format!("/conveyances/{id}"),
        "waybill" => format!("/waybills/{id}"),
        "bill" => format!("/bills/{id}"),
        "booking" => format!("/bookings?q={id}"),
        "container" => format!("/cases/{id}"),
        _ => return None,
    })
}

/// What of an event's data is told in a timeline. Persons, amounts and prices are not among it.
const DETAILS: [(&str, &str, &str); 19] = [
    ("entry_id", "海关编号", "entry number"),
    ("position", "场位", "position"),
    ("seal", "封志", "seal"),
    ("plate", "车牌", "plate"),
    ("lane", "闸道", "lane"),
    ("site", "场地", "site"),
    ("reason", "原因", "reason"),
    ("damage", "残损", "damage"),
    ("berth", "泊位", "berth"),
    ("disposition", "处置", "disposition"),
    ("slot_start", "时段", "slot"),
    ("eta", "预计抵港", "ETA"),
    ("guarantee", "担保", "guarantee"),
    ("bank_reference", "银行流水", "bank reference"),
    ("kind", "报文", "message"),
    ("document", "单证号", "document"),
    ("what", "内容", "says"),
    ("place", "地点", "place"),
    ("alarm", "预警", "alarm"),
];

/// The values of [`DETAILS`] that a payload holds as texts. Whatever else it holds, were it the bills of a whole ship, is passed over.
struct Details([Option<String>; DETAILS.len()]);

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DetailsVisitor)
    }
}

struct DetailsVisitor;

impl<'de> Visitor<'de> for DetailsVisitor {
    type Value = Details;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the payload of an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Details, A::Error> {
        let mut found = Details(Default::default());
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match DETAILS.iter().position(|(known, _, _)| *known == key) {
                Some(at) => found.0[at] = serde_json::from_str(map.next_value::<&RawValue>()?.get()).ok(),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// Does it tell that customs holds a box, or decided in place of the draw? That it did is for all who have a part in it, why is not.
pub(crate) fn tells_a_secret_reason(stored: &StoredEvent) -> bool {
    ["container.held", "declaration.draw-overridden"].contains(&&*stored.event.kind)
}

fn detail(ctx: &Context, stored: &StoredEvent) -> Text {
    // Why customs does such a thing is not told to everybody who has a part in it.
    let secret = tells_a_secret_reason(stored) && ctx.principal.role != AppRole::Customs;
    let Ok(Details(found)) = serde_json::from_str(stored.event.payload.get()) else { return Text::default() };
    let (mut zh, mut en) = (String::new(), String::new());
    for ((name, in_zh, in_en), value) in DETAILS.iter().zip(found) {
        if secret && *name == "reason" {
            continue;
        }
        let Some(value) = value.filter(|text| !text.is_empty()) else { continue };
        if !zh.is_empty() {
            zh.push('；');
            en.push_str("; ");
        }
        zh.extend([in_zh, " ", &value]);
        en.extend([in_en, " ", &value]);
    }
    Text::new(zh, en)
}

impl Api {
    pub async fn case(&self, ctx: &Context, case: CaseView) -> Result<Case, AppError> {
        let journey = case.journey.as_ref().map(app::insights::plain).unwrap_or_default();
        let mut stages = Vec::new();
        let box_state = &case.container.state;
        for stage in stage_durations(&journey, ctx.at) {
            let owner = match stage.owner_role {
                Owner::Terminal => Some(box_state.terminal.clone()),
                Owner::Broker => case.declaration.as_ref().map(|d| d.state.parties().broker.clone()),
                Owner::Trader => case.bill.as_ref().and_then(|b| b.state.content.consignee.org.clone()),
                Owner::ShipAgent => case.bill.as_ref().map(|b| b.state.agent.clone()),
                Owner::Trucker => box_state.trucker.clone(),
                Owner::Customs => None,
            };
            stages.push(CaseStage {
                stage: stage.stage.to_owned(),
                name: stage.name.into(),
                owner_role: owner_role(stage.owner_role),
                owner: match owner {
                    Some(id) => Some(self.org(&id).await?),
                    None => None,
                },
                started_at: instant(stage.started),
                ended_at: instant(stage.ended),
                hours: stage.lasted_ms.map(hours),
                waiting: stage.waiting,
                standard_hours: stage.standard.map(|minutes| hours(minutes * 60_000)),
            });
        }
        let started = journey[insight::mark::SHIP_ARRIVED].map(Timestamp::from_millis);
        let ended = journey[insight::mark::GATED_OUT].map(Timestamp::from_millis);
        let status = ledger::Aggregate::status(box_state).to_owned();
        let summary = CaseSummary {
            status_text: texts::status("container", &status),
            status,
            started_at: instant(started),
            ended_at: instant(ended),
            elapsed_hours: started.map(|from| hours(ended.unwrap_or(ctx.at).since_millis(from))),
        };
        let mut next = Vec::new();
        for object in &case.next {
            next.push(self.case_next(object, &case.objects).await?);
        }
        let bill = match &case.bill {
            Some(seen) => Some(self.bill_summary(&seen.id, &seen.state).await?),
            None => None,
        };
        let declaration = match case.declaration {
            Some(seen) => Some(trimmed(ctx, self.declaration(ctx, seen).await?)),
            None => None,
        };
        Ok(Case {
            bill,
            declaration,
            summary,
            stages,
            next,
            objects: case
                .objects
                .iter()
                .map(|o| CaseObjectView {
                    kind: o.object.kind.to_string(),
                    id: o.object.id.clone(),
                    title: o.row.title.clone(),
                    status_text: texts::status(&o.object.kind, &o.row.status),
                    status: o.row.status.clone(),
                })
                .collect(),
            container: self.container_of(case.container, case.call.as_ref().map(|call| &call.state)).await?,
            timeline: None,
        })
    }

    /// A page of a timeline: the entries after a position, at most `limit`.
    pub async fn timeline_page(
        &self,
        ctx: &Context,
        events: &[Arc<StoredEvent>],
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page<TimelineEntry>, AppError> {
        let sealed = self.sealed_to().await?;
        let first = after.map_or(0, |after| events.partition_point(|stored| stored.position <= after));
        let shown = &events[first..events.len().min(first + limit)];
        let mut items = Vec::with_capacity(shown.len());
        for stored in shown {
            items.push(self.timeline_entry(ctx, stored, sealed).await?);
        }
        let next = if first + shown.len() < events.len() { shown.last().map(|last| last.position.to_string()) } else { None };
        Ok(Page { items, next })
    }

    /// The size of the ledger that a signed head covers.
    pub async fn sealed_to(&self) -> Result<u64, AppError> {
        Ok(self.app.head().await?.map_or(0, |head| head.size))
    }

    async fn case_next(&self, object: &CaseObject, visible: &[CaseObject]) -> Result<CaseNext, AppError> {
        let row = &object.row;
        let action = row.action.clone().unwrap_or_default();
        let owner = match &row.owner {
            Some(id) => Some(self.org(id).await?),
            None => None,
        };
        let shown = visible.iter().any(|o| o.object == object.object);
        Ok(CaseNext {
            text: texts::action(&action),
            action,
            role: owner.as_ref().map_or(if row.authority.is_some() { Role::Customs } else { Role::Trader }, |o| o.role),
            owner,
            link: if shown { link(&object.object.kind, &object.object.id) } else { None },
            due_at: instant(row.due_at),
        })
    }

    pub async fn timeline_entry(&self, ctx: &Context, stored: &StoredEvent, sealed_to: u64) -> Result<TimelineEntry, AppError> {
        let event = &stored.event;
        let own = |organisation: &str| organisation == ctx.principal.organisation;
        let actor = match &event.actor {
            Actor::Person { organisation, person } => EntryActor {
                kind: "person".into(),
                organisation: Some(self.org(organisation).await?),
                person: own(organisation).then(|| person.clone()),
            },
            Actor::System { organisation, system } => EntryActor {
                kind: "system".into(),
                organisation: Some(self.org(organisation).await?),
                person: own(organisation).then(|| system.clone()),
            },
            Actor::Platform => EntryActor { kind: "platform".into(), organisation: None, person: None },
        };
        let source = match &event.cause {
            Cause::Command { name, .. } => {
                let kind = if matches!(event.actor, Actor::Platform) { "platform" } else { "command" };
                EntrySource { kind: kind.into(), message: None, name: name.to_string() }
            }
            Cause::Message { id } => EntrySource { kind: "message".into(), message: Some(id.clone()), name: id.clone() },
            Cause::Event { id } => EntrySource { kind: "reaction".into(), message: None, name: id.to_string() },
        };
        Ok(TimelineEntry {
            position: stored.position,
            event_id: event.id.to_string(),
            kind: event.kind.to_string(),
            name: texts::event(&event.kind),
            detail: detail(ctx, stored),
            occurred_at: event.occurred_at.into(),
            recorded_at: event.recorded_at.into(),
            actor,
            source,
            object: event.subject().map(ObjectRef::from).unwrap_or(ObjectRef { kind: String::new(), id: String::new() }),
            sealed: stored.position < sealed_to,
        })
    }
}

/// Trade values are for the parties and customs; others see that a declaration exists and how far it is.
fn trimmed(ctx: &Context, declaration: Declaration) -> Declaration {
    match ctx.principal.role {
        AppRole::Trader | AppRole::Customs | AppRole::Platform => declaration,
        AppRole::Agent
        | AppRole::Terminal
        | AppRole::Trucker
        | AppRole::Maritime
        | AppRole::Border
        | AppRole::PortAuthority
        | AppRole::MarketSupervision
        | AppRole::PortOffice
        | AppRole::Admin
        | AppRole::National
        | AppRole::Public => Declaration {
            form: DeclarationForm { bill_no: declaration.form.bill_no.clone(), ..DeclarationForm::default() },
            duty_notice: None,
            hold: None,
            reason: None,
            ..declaration
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_box_is_held_is_told_to_customs_alone() {
        let at = Timestamp::from_millis(1_800_000_000_000);
        let event = |kind: &'static str| StoredEvent {
            position: 1,
            event: ledger::Event {
                id: ledger::EventId::default(),
                kind: kind.into(),
                occurred_at: at,
                recorded_at: at,
                actor: Actor::Platform,
                cause: Cause::Message { id: "G1".into() },
                objects: Vec::new(),
                payload: RawValue::from_string(r#"{"reason":"tip-off","by":"officer"}"#.to_owned()).unwrap(),
            },
        };
        let mut ctx = Context::platform(at, "test");
        for role in [AppRole::Trader, AppRole::Agent, AppRole::Terminal, AppRole::Trucker, AppRole::PortOffice] {
            ctx.principal.role = role;
            assert_eq!(detail(&ctx, &event("container.held")), Text::default(), "{role:?}");
            assert_eq!(detail(&ctx, &event("declaration.draw-overridden")), Text::default(), "{role:?}");
            assert!(detail(&ctx, &event("gate-transaction.refused")).en.contains("tip-off"), "other reasons are told");
        }
        ctx.principal.role = AppRole::Customs;
        assert!(detail(&ctx, &event("container.held")).en.contains("tip-off"));
        assert!(detail(&ctx, &event("declaration.draw-overridden")).en.contains("tip-off"));
    }
}

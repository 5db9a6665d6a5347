//! Proofs (存证): events, receipts, consistency, heads.

use app::inbox::MessageState;
use app::inbox::repair::plain_to;
use axum::http::StatusCode;
use clearance::Declaration;
use ledger::Aggregate as _;
use ledger::StoredEvent;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{file, ok};
use crate::context::{Asker, Id};
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::booking::{masked_name, masked_phone};
use crate::wire::case::tells_a_secret_reason;
use crate::wire::joint_order::takes_part;
use crate::wire::ledger_view::{Consistency, ConsistencyQuery, Head, HeadQuery, LedgerEvent};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_event))
        .routes(routes!(get_receipt))
        .routes(routes!(print_receipt))
        .routes(routes!(prove_consistency))
        .routes(routes!(list_heads))
}

/// An event of the ledger. Personal data and, for those who need not know them, trade values are masked.
#[utoipa::path(get, path = "/events/{id}", tag = "ledger", params(("id" = String, Path, description = "Event id")), responses((status = 200, body = LedgerEvent)))]
async fn get_event(asker: Asker, id: Id) -> Answer {
    let stored = asker.api.app.event(&asker.ctx, &id.0).await?;
    let leaf = asker.api.app.store().leaves(&asker.api.app.port().code, stored.position, 1).await?;
    let leaf_hash = leaf.first().map(|(_, _, hash)| hex::encode(hash)).unwrap_or_default();
    let mut event = serde_json::to_value(&stored.event).map_err(|e| Problem::internal(&e))?;
    if let Some(payload) = event.get_mut("payload") {
        mask(&asker, &stored, payload).await?;
        if hides_whole(payload) {
            hide_actor(&mut event);
        }
    }
    Ok(ok(&LedgerEvent { position: stored.position, event, leaf_hash }))
}

/// Is nothing of what the event says shown?
fn hides_whole(payload: &Value) -> bool {
    payload.is_null() || payload.get("masked").is_some()
}

/// Who acted is told by its organisation alone where the event itself is not shown: which officer decided is as little others' business.
fn hide_actor(event: &mut Value) {
    for field in ["person", "system"] {
        if let Some(name) = event.get_mut("actor").and_then(|actor| actor.get_mut(field)) {
            *name = "masked".into();
        }
    }
}

/// Events whose data is for officers: what the risk decision rests on, and who was drawn, left out or replaced for an inspection.
const OFFICERS_ONLY: [&str; 15] = [
    "daily-report.closed",
    "inspection.machine-ordered",
    "inspection.opening-ordered",
    "declaration.decided",
    "inspection.begun",
    "inspection.officers-drawn",
    "inspection.officer-replaced",
    "inspection.recorded",
    "inspection.result-returned",
    "inspection.sampling-ordered",
    "inspection.sample-taken",
    "inspection.sampling-settled",
    "inspection.sampling-waived",
    "third-party-report.accepted",
    "third-party-report.audited",
];
/// What everybody who may read a joint order may know of it; who takes part, what each checks and finds is for the authorities.
const JOINT_OPEN: [&str; 7] = [
    "joint-order.scheduled",
    "joint-order.opened",
    "joint-order.box-arrived",
    "joint-order.no-presence-agreed",
    "joint-order.concluded",
    "joint-order.closed",
    "joint-order.fees-exempted",
];
/// Events of a draft. What was declared is told by the declaration itself; what was typed before is its maker's.
const DRAFTING: [&str; 2] = ["declaration.drafted", "declaration.edited"];

/// Whoever may not read the subject itself sees that it happened, not what it says.
async fn mask(asker: &Asker, stored: &StoredEvent, payload: &mut Value) -> Result<(), Problem> {
    let subject = stored.event.subject().map_err(|e| Problem::internal(&e))?;
    let may_read = match app::cases::read_action(&subject.kind) {
        Some(action) => asker.api.app.may_see(&asker.ctx, action, subject).await?,
        None => false,
    };
    if !may_read {
        *payload = Value::Null;
        return Ok(());
    }
    if subject.kind == MessageState::KIND
        && asker.api.app.peek::<MessageState>(&subject.id).await?.is_some_and(|state| !plain_to(&asker.ctx.principal, &state))
    {
        // What was found in a message, and how it was repaired, quotes it.
        *payload = Value::Null;
        return Ok(());
    }
    let officer = asker.ctx.principal.role == app::Role::Customs;
    if OFFICERS_ONLY.contains(&stored.event.kind.as_ref()) && !officer {
        *payload = serde_json::json!({ "masked": "officers only" });
    }
    let kind = stored.event.kind.as_ref();
    if kind.starts_with("joint-order.") && !JOINT_OPEN.contains(&kind) && !takes_part(asker.ctx.principal.role) {
        *payload = serde_json::json!({ "masked": "authorities only" });
    }
    if kind == "image-task.reviewed" && payload["by"] != asker.ctx.principal.id.as_str() {
        // The second review is independent: until it is given, the first is its own officer's.
        let task = asker.api.app.peek::<inspection::ImageTask>(&subject.id).await?;
        if task.is_some_and(|task| task.stage() == Some(inspection::Stage::Second)) {
            *payload = serde_json::json!({ "masked": "until the second review is given" });
        }
    }
    if DRAFTING.contains(&stored.event.kind.as_ref()) {
        let drafted = asker.api.app.peek::<Declaration>(&subject.id).await?;
        if drafted.is_none_or(|declaration| declaration.parties().broker != asker.ctx.principal.organisation) {
            *payload = serde_json::json!({ "masked": "the declarant only" });
        }
    }
    if tells_a_secret_reason(stored) && !officer {
        for field in ["reason", "officer"] {
            if let Some(secret) = payload.get_mut(field) {
                *secret = "masked: officers only".into();
            }
        }
    }
    hide_persons(payload);
    Ok(())
}

/// Drivers' names and phones and tally clerks' names are masked here always: pages that need them have their own way to them.
fn hide_persons(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), &mut *field) {
                    ("driver", Value::Object(driver)) => {
                        for (part, text) in driver.iter_mut() {
                            if let Value::String(plain) = text {
                                *plain = if part == "phone" { masked_phone(plain) } else { masked_name(plain) };
                            }
                        }
                    }
                    ("driver" | "tallied_by", Value::String(plain)) => *plain = masked_name(plain),
                    (_, other) => hide_persons(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_persons),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// May the asker hold the unmasked bytes? A receipt carries them as they were hashed.
async fn may_hold(asker: &Asker, stored: &StoredEvent) -> Result<(), Problem> {
    let before = serde_json::to_value(&stored.event).map_err(|e| Problem::internal(&e))?;
    let mut after = before["payload"].clone();
    mask(asker, stored, &mut after).await?;
    if after == before["payload"] {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "receipt-masked",
        "该事件含有您不能查看的内容；收据包含原始字节，故不能下载。",
        "The event holds data that you may not see; a receipt carries its bytes unmasked.",
    ))
}

/// A receipt that anybody can check without this platform.
#[utoipa::path(get, path = "/events/{id}/receipt", tag = "ledger", params(("id" = String, Path, description = "Event id")), responses((status = 200, content_type = "application/json", body = Object)))]
async fn get_receipt(asker: Asker, id: Id) -> Answer {
    let stored = asker.api.app.event(&asker.ctx, &id.0).await?;
    may_hold(&asker, &stored).await?;
    let (receipt, _) = asker.api.app.receipt(&asker.ctx, &id.0, &asker.api.config.public_key).await?;
    let bytes = serde_json::to_vec_pretty(&receipt).map_err(|e| Problem::internal(&e))?;
    Ok(file("application/json", &format!("receipt-{}.json", stored.position), bytes))
}

/// The receipt to print.
#[utoipa::path(get, path = "/events/{id}/receipt.pdf", tag = "ledger", params(("id" = String, Path, description = "Event id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_receipt(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let (receipt, event) = asker.api.app.receipt(&asker.ctx, &id.0, &asker.api.config.public_key).await?;
    print::ledger_receipt(&asker, query.0, &receipt, &event).await
}

/// Proof that an older ledger is the beginning of the newest one: nothing was rewritten.
#[utoipa::path(get, path = "/ledger/consistency", tag = "ledger", params(ConsistencyQuery), responses((status = 200, body = Consistency)))]
async fn prove_consistency(asker: Asker, query: Asked<ConsistencyQuery>) -> Answer {
    asker.require("ledger.head")?;
    let (head, proof) = asker.api.app.consistency(query.0.from).await?;
    if query.0.to.is_some_and(|to| to != head.size) {
        return Err(paging::invalid("只证明到最新长度。", "Only the newest size is proved; leave `to` out."));
    }
    let proof = proof.iter().map(hex::encode).collect();
    Ok(ok(&Consistency { from: query.0.from, to: head.size, proof, head: asker.api.head(head) }))
}

/// Signed heads, oldest first.
#[utoipa::path(get, path = "/ledger/heads", tag = "ledger", params(HeadQuery), responses((status = 200, body = Page<Head>)))]
async fn list_heads(asker: Asker, query: Asked<HeadQuery>) -> Answer {
    asker.require("ledger.head")?;
    let from = match query.0.cursor.as_deref().filter(|c| !c.is_empty()) {
        Some(text) => text.parse().map_err(|_| Problem::from(store::StoreError::Cursor))?,
        None => 0,
    };
    let limit = paging::limit(query.0.limit)?;
    let heads = asker.api.app.store().heads(&asker.api.app.port().code, from, limit).await?;
    let next =
        if heads.len() >= usize::try_from(limit).unwrap_or(200) { heads.last().map(|head| (head.size + 1).to_string()) } else { None };
    Ok(ok(&Page { items: heads.into_iter().map(|head| asker.api.head(head)).collect(), next }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn drivers_are_masked_wherever_they_stand() {
        let mut value = serde_json::json!({ "a": [{ "driver": { "name": "李四", "phone": "13900001111" } }], "driver": "王五", "tallied_by": "赵六", "plate": "苏A12345" });
        super::hide_persons(&mut value);
        assert_eq!(
            value,
            serde_json::json!({ "a": [{ "driver": { "name": "李**", "phone": "139****1111" } }], "driver": "王**", "tallied_by": "赵**", "plate": "苏A12345" })
        );
    }
}

//! Putting messages right: check while typing, repair, replay, close, the trail, before and after.

use app::inbox::repair::{CloseMessage, RepairMessage, Sight, apply_edits_within, plain_to, sight_of};
use app::inbox::{MESSAGE_BYTES_MAX, MessageState};
use app::reading::Seen;
use axum::http::{HeaderMap, StatusCode, header};
use ledger::{ObjectRef, StoredEvent};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::bytes_of;
use crate::body::{Input, Raw, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{Asked, Items};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::message::Message;
use crate::wire::message_repair::{
    ComparedRow, Comparison, ComparisonQuery, MessageCheck, MessageClosing, MessageEdits, MessageRepair, TrailEntry, hidden_finding,
};

/// Most steps of one message's life that a trail tells.
const TRAIL_EVENTS_MAX: u32 = 200;
/// Most messages of a chain of repairs that a trail follows.
const CHAIN_MAX: usize = 25;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(check_message))
        .routes(routes!(check_edits))
        .routes(routes!(repair_message))
        .routes(routes!(close_message))
        .routes(routes!(list_trail))
        .routes(routes!(compare_messages))
}

/// Check a message without sending it: everything that its text tells. Nothing is stored.
#[utoipa::path(post, path = "/messages/check", tag = "messages", request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file as it is, up to 32 MiB"), responses((status = 200, body = MessageCheck)))]
async fn check_message(asker: Asker, body: Raw<MESSAGE_BYTES_MAX>) -> Answer {
    asker.require("message.check")?;
    Ok(ok(&checked(&asker, &asker.ctx.principal.organisation, body.0.to_vec()).await?.0))
}

/// As it would be read when the partner sent it.
async fn checked(asker: &Asker, partner: &str, bytes: Vec<u8>) -> Result<(MessageCheck, Vec<app::exchange::MessageFinding>), Problem> {
    let interpreter = std::sync::Arc::clone(asker.api.app.interpreter());
    let offset = asker.api.app.port().utc_offset_minutes;
    let agreement = asker.api.app.agreement_with(partner).await?;
    let size = bytes.len() as u64;
    // A large file takes a while to read; other requests must not wait for it.
    let (read, suggestions) =
        tokio::task::spawn_blocking(move || (interpreter.read(&bytes, &agreement, offset), messages::suggestions(&bytes)))
            .await
            .map_err(|e| Problem::internal(&e))?;
    let findings = read.findings.clone();
    Ok((MessageCheck::of(size, read, suggestions), findings))
}

/// Check a stored message as it would be after edits. Nothing is stored.
#[utoipa::path(post, path = "/messages/{id}/check", tag = "messages", params(("id" = String, Path, description = "Message id")), request_body = MessageEdits, responses((status = 200, body = MessageCheck)))]
async fn check_edits(asker: Asker, id: Id, body: Input<MessageEdits, MESSAGE_BYTES_MAX>) -> Answer {
    let seen = asker.view::<MessageState>("message.check", &id.0).await?;
    let bytes = bytes_of(&asker, &seen.state).await?;
    let edits: Vec<_> = body.0.edits.into_iter().map(Into::into).collect();
    let sight = sight_of(&asker.ctx.principal, &seen.state);
    let made = apply_edits_within(sight, &bytes, &edits, asker.api.app.interpreter().as_ref())?;
    let places = if sight == Sight::Plain { Vec::new() } else { asker.api.app.interpreter().places(&made) };
    let (mut check, findings) = checked(&asker, &seen.state.partner, made).await?;
    if sight != Sight::Plain {
        check.findings = findings.into_iter().map(|found| hidden_finding(found, sight)).collect();
        let tag_of = |segment: u64| usize::try_from(segment).ok().and_then(|n| places.get(n.checked_sub(1)?)).map(|place| &place.tag);
        check.suggestions.retain(|suggestion| tag_of(suggestion.segment).is_some_and(|tag| sight.shows(tag, "")));
    }
    Ok(ok(&check))
}

/// Put a corrected message in the place of a rejected one, or, without edits, replay it as it was. The original stays as it came; the
/// answer is the new message, read in the sender's name. What had been acted upon is not acted upon again.
#[utoipa::path(post, path = "/messages/{id}/repair", tag = "messages", params(("id" = String, Path, description = "Message id")), request_body = MessageRepair, responses((status = 201, body = Message)))]
async fn repair_message(asker: Asker, id: Id, headers: HeaderMap, body: Input<MessageRepair, MESSAGE_BYTES_MAX>) -> Answer {
    let command = RepairMessage {
        id: id.0,
        expected_version: version_asked(&headers)?,
        edits: body.0.edits.into_iter().map(Into::into).collect(),
        reason: body.0.reason,
    };
    let done = asker.run(&command).await?;
    if let Err(error) = asker.api.app.process_for_sender(&asker.ctx, &done.outcome).await {
        // It is kept; reading it is tried again by the platform itself.
        tracing::warn!(message = done.outcome, error = %error, "a repaired message was kept and could not be read yet");
    }
    let seen = asker.after::<MessageState>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &asker.api.message_for(&asker.ctx, seen).await?))
}

fn version_asked(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    if headers.contains_key(header::IF_MATCH) { etag::expected(headers).map(Some) } else { Ok(None) }
}

/// Close a message that is not to be processed, with the reason.
#[utoipa::path(post, path = "/messages/{id}/close", tag = "messages", params(("id" = String, Path, description = "Message id")), request_body = MessageClosing, responses((status = 200, body = Message)))]
async fn close_message(asker: Asker, id: Id, headers: HeaderMap, body: Input<MessageClosing>) -> Answer {
    let done = asker.run(&CloseMessage { id: id.0, expected_version: version_asked(&headers)?, reason: body.0.reason }).await?;
    let seen = asker.after::<MessageState>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.message_for(&asker.ctx, seen).await?))
}

/// Who did what with a message, from its arrival through every repair to its end, oldest first.
#[utoipa::path(get, path = "/messages/{id}/trail", tag = "messages", params(("id" = String, Path, description = "Message id")), responses((status = 200, body = Items<TrailEntry>)))]
async fn list_trail(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<MessageState>("message.read", &id.0).await?;
    // What one message of the chain hides, the trail of another does not show.
    let mut plain = plain_to(&asker.ctx.principal, &seen.state);
    let mut next = Some(seen.state.root(&seen.id).to_owned());
    let mut events: Vec<StoredEvent> = Vec::new();
    for _ in 0..CHAIN_MAX {
        let Some(id) = next.take() else { break };
        let object = ObjectRef::new("message", id.clone());
        let found = asker.api.app.store().events_of(&asker.api.app.port().code, &object, None, TRAIL_EVENTS_MAX).await?;
        // Events of its answers name it, too; its own life is what it is the subject of.
        events.extend(found.into_iter().filter(|stored| stored.event.subject().is_ok_and(|subject| *subject == object)));
        if let Some(state) = asker.api.app.peek::<MessageState>(&id).await? {
            plain &= plain_to(&asker.ctx.principal, &state);
            if let app::inbox::MessagePhase::Repaired { by, .. } = state.phase {
                next = Some(by);
            }
        }
    }
    events.sort_by_key(|stored| stored.position);
    let mut items = Vec::with_capacity(events.len());
    for stored in &events {
        items.push(asker.api.trail_entry(&asker.ctx, stored, plain).await?);
    }
    Ok(ok(&Items { items }))
}

/// A message beside the one that it repairs, or beside another of the same partner.
#[utoipa::path(get, path = "/messages/{id}/comparison", tag = "messages", params(("id" = String, Path, description = "Message id"), ComparisonQuery), responses((status = 200, body = Comparison)))]
async fn compare_messages(asker: Asker, id: Id, query: Asked<ComparisonQuery>) -> Answer {
    let after: Seen<MessageState> = asker.view("message.read", &id.0).await?;
    let with = query.0.with.filter(|w| !w.is_empty()).or_else(|| after.state.repair.as_ref().map(|repair| repair.of.clone()));
    let Some(with) = with else {
        return Err(Problem::bad(
            "message-no-comparison",
            "该报文没有修复前的版本，请指定对照报文。",
            "It repairs no other message: name one to compare it with.",
        ));
    };
    let before: Seen<MessageState> = asker.view("message.read", &with).await?;
    let sight = sight_of(&asker.ctx.principal, &before.state).max(sight_of(&asker.ctx.principal, &after.state));
    let (old, new) = (bytes_of(&asker, &before.state).await?, bytes_of(&asker, &after.state).await?);
    let rows = tokio::task::spawn_blocking(move || messages::compare(&old, &new)).await.map_err(|e| Problem::internal(&e))?;
    let rows = rows.into_iter().map(|row| ComparedRow::of(row, sight)).collect();
    Ok(ok(&Comparison { before: before.id, after: after.id, rows }))
}

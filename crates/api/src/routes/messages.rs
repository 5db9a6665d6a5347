//! EDI messages (报文): received durably first, then read.

use app::inbox::repair::{plain_to, sight_of};
use app::inbox::{MESSAGE_BYTES_MAX, MessageState, ReceiveMessage, ending, media_type};
use app::reading::ListQuery;
use axum::http::{HeaderMap, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Raw, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::message::{Message, MessageQuery, MessageSummary, SegmentQuery, Segments, UploadQuery};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_messages, send_message))
        .routes(routes!(get_message))
        .routes(routes!(get_message_raw))
        .routes(routes!(list_segments))
}

/// Send a message. 202 means that its bytes are on disk; it is usually read already.
#[utoipa::path(post, path = "/messages", tag = "messages", params(UploadQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file as it is, up to 32 MiB"), responses((status = 202, body = Message)))]
async fn send_message(asker: Asker, query: Asked<UploadQuery>, body: Raw<MESSAGE_BYTES_MAX>) -> Answer {
    // The envelope tells the character set; a client that names another one is told so at once.
    if let Some(charset) = query.0.charset.as_deref().filter(|c| !c.is_empty())
        && !["utf-8", "gb18030", "gbk", "gb2312", "ascii", "us-ascii", "iso-8859-1"].contains(&charset.to_ascii_lowercase().as_str())
    {
        return Err(Problem::bad("charset", "不支持该字符集。", "The character set is not known."));
    }
    let channel = if asker.ctx.principal.system { "api" } else { "web" };
    let done = asker.run(&ReceiveMessage { bytes: body.0.to_vec(), channel: channel.into() }).await?;
    if let Err(error) = asker.api.app.process_message(&asker.ctx, &done.outcome).await {
        // It is kept; reading it is tried again by the platform itself.
        tracing::warn!(message = done.outcome, error = %error, "a message was kept and could not be read yet");
    }
    let seen = asker.after::<MessageState>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.message_for(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::ACCEPTED, &done, Some(version), &view))
}

/// States of messages that came, and of those that go.
const INCOMING: [&str; 6] = ["received", "processed", "processed-with-findings", "rejected", "repaired", "closed"];
const OUTGOING: [&str; 3] = ["prepared", "delivered", "undelivered"];

/// What a search asks of the store; `None` when nothing can answer it.
pub(super) fn list_query(query: &MessageQuery, offset_minutes: i32) -> Result<Option<ListQuery>, Problem> {
    let mut statuses = paging::codes(query.status.as_deref())?;
    let of: Option<&[&str]> = match query.direction.as_deref().filter(|d| !d.is_empty()) {
        None => None,
        Some("in") => Some(&INCOMING),
        Some("out") => Some(&OUTGOING),
        Some(_) => return Err(paging::invalid("direction 须为 in 或 out。", "direction is in or out.")),
    };
    if let Some(of) = of {
        if statuses.is_empty() {
            statuses = of.iter().map(|s| (*s).to_owned()).collect();
        } else {
            statuses.retain(|s| of.contains(&s.as_str()));
            if statuses.is_empty() {
                return Ok(None);
            }
        }
    }
    let given = |value: &Option<String>| value.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    let named = [("TYPE", &query.kind), ("CHANNEL", &query.channel), ("CODE", &query.code), ("ANSWER", &query.answer)];
    let keys: Vec<String> = named.into_iter().filter_map(|(name, value)| Some(format!("{name}:{}", given(value)?))).collect();
    if keys.iter().any(|key| key.len() > KEY_LENGTH_MAX) {
        return Err(paging::invalid("最多 64 个字符。", "At most 64 characters."));
    }
    let day = |text: &Option<String>| given(text).map(|text| paging::day_start(&text, offset_minutes)).transpose();
    Ok(Some(ListQuery {
        statuses,
        key_prefix: paging::prefix(query.q.as_deref())?,
        keys,
        party: given(&query.partner),
        opened_from: day(&query.from)?,
        opened_to: day(&query.to)?.map(|to| to.plus_days(1)),
        actions: if query.waiting == Some(true) { vec!["repair-message".into()] } else { Vec::new() },
        cursor: query.cursor.clone(),
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    }))
}

/// Longest key looked for.
const KEY_LENGTH_MAX: usize = 72;

/// Messages, newest first: of the own organisation, of all partners for the port's EDI desk.
#[utoipa::path(get, path = "/messages", tag = "messages", params(MessageQuery), responses((status = 200, body = Page<MessageSummary>)))]
async fn list_messages(asker: Asker, query: Asked<MessageQuery>) -> Answer {
    let Some(list) = list_query(&query.0, asker.api.app.port().utc_offset_minutes)? else {
        asker.require("message.read")?;
        return Ok(ok(&Page::<MessageSummary> { items: Vec::new(), next: None }));
    };
    let page = asker.list::<MessageState>("message.read", list).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.message_summary(seen).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// One message with its findings.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", params(("id" = String, Path, description = "Message id")), responses((status = 200, body = Message)))]
async fn get_message(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<MessageState>("message.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.message_for(&asker.ctx, seen).await?))
}

pub(super) async fn bytes_of(asker: &Asker, state: &MessageState) -> Result<Vec<u8>, Problem> {
    let found = asker.api.app.store().blob(&asker.api.app.port().code, &state.sha256).await?;
    Ok(found.ok_or_else(Problem::not_found)?.1)
}

/// The bytes exactly as they came or go; those that hold trade secrets for their own partner only.
#[utoipa::path(get, path = "/messages/{id}/raw", tag = "messages", params(("id" = String, Path, description = "Message id")), responses((status = 200, content_type = "application/edifact", body = Vec<u8>)))]
async fn get_message_raw(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<MessageState>("message.read", &id.0).await?;
    if !plain_to(&asker.ctx.principal, &seen.state) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "message-confidential",
            "该报文含商业秘密，原文只向其伙伴提供。",
            "The message holds trade secrets: its bytes are for its own partner.",
        ));
    }
    let bytes = bytes_of(&asker, &seen.state).await?;
    Ok(file(media_type(&bytes), &format!("{}.{}", seen.id, ending(&bytes)), bytes))
}

/// Segments listed when no number is asked for.
const SEGMENTS_DEFAULT: usize = 200;

/// The message segment by segment with names and meanings, and the findings at their places.
#[utoipa::path(get, path = "/messages/{id}/segments", tag = "messages", params(("id" = String, Path, description = "Message id"), SegmentQuery), responses((status = 200, body = Segments)))]
async fn list_segments(asker: Asker, id: Id, query: Asked<SegmentQuery>) -> Answer {
    let limit = match query.0.limit.map(usize::try_from) {
        None => SEGMENTS_DEFAULT,
        Some(Ok(limit @ 1..=messages::SEGMENTS_PER_PAGE_MAX)) => limit,
        Some(_) => return Err(paging::invalid("limit 须为 1 至 1000。", "limit is 1 to 1,000.")),
    };
    let stretch = query.0.around.map_or_else(|| messages::Stretch::From(query.0.from.unwrap_or(1)), messages::Stretch::Around);
    let seen = asker.view::<MessageState>("message.read", &id.0).await?;
    let bytes = bytes_of(&asker, &seen.state).await?;
    // A large file takes a while to cut up; other requests must not wait for it.
    let page =
        tokio::task::spawn_blocking(move || messages::segment_tree(&bytes, stretch, limit)).await.map_err(|e| Problem::internal(&e))?;
    let segments = Segments::new(page, &seen.state.findings);
    Ok(ok(&segments.seen_with(sight_of(&asker.ctx.principal, &seen.state))))
}

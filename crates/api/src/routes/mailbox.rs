//! The mailbox of a partner: messages that wait for it.

use app::inbox::{MarkDelivered, MessageState, ending, media_type};
use app::reading::ListQuery;
use axum::http::StatusCode;
use ledger::Aggregate;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::bytes_of;
use crate::body::{file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::ObjectRef;
use crate::wire::message::{MailboxItem, MailboxQuery, Message};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_mailbox)).routes(routes!(get_mail_raw)).routes(routes!(deliver_mail))
}

/// Messages that wait, or were fetched.
#[utoipa::path(get, path = "/mailbox", tag = "messages", params(MailboxQuery), responses((status = 200, body = Page<MailboxItem>)))]
async fn list_mailbox(asker: Asker, query: Asked<MailboxQuery>) -> Answer {
    let query = query.0;
    let statuses = match query.state.as_deref().filter(|s| !s.is_empty()) {
        None => vec!["prepared".to_owned(), "delivered".to_owned(), "undelivered".to_owned()],
        Some("pending") => vec!["prepared".to_owned(), "undelivered".to_owned()],
        Some("delivered") => vec!["delivered".to_owned()],
        Some(_) => return Err(paging::invalid("state 须为 pending 或 delivered。", "state is pending or delivered.")),
    };
    let party = Some(asker.ctx.principal.organisation.clone());
    let list = ListQuery { statuses, party, cursor: query.cursor, limit: paging::limit(query.limit)?, ..ListQuery::default() };
    let mut page = asker.list::<MessageState>("mailbox.read", list).await?;
    // What waits and was replaced since is not handed over any more.
    let mut standing = Vec::with_capacity(page.items.len());
    for item in page.items {
        if item.0.state.status() == "delivered" || !asker.api.app.is_replaced(&item.0.state).await? {
            standing.push(item);
        }
    }
    page.items = standing;
    Ok(ok(&paging::page(page, |(seen, _)| MailboxItem {
        state: if seen.state.status() == "delivered" { "delivered".into() } else { "pending".into() },
        object: seen.state.objects.first().map(ObjectRef::from),
        kind: seen.state.kind,
        reference: seen.state.reference,
        created_at: seen.state.at.into(),
        id: seen.id,
    })))
}

/// The bytes of a message.
#[utoipa::path(get, path = "/mailbox/{id}/raw", tag = "messages", params(("id" = String, Path, description = "Message id")), responses((status = 200, content_type = "application/edifact", body = Vec<u8>)))]
async fn get_mail_raw(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<MessageState>("mailbox.read", &id.0).await?;
    if seen.state.status() != "delivered" {
        asker.api.app.refuse_replaced(&seen.state, "mailbox.read").await?;
    }
    let bytes = bytes_of(&asker, &seen.state).await?;
    Ok(file(media_type(&bytes), &format!("{}.{}", seen.id, ending(&bytes)), bytes))
}

/// Tell that the message was fetched.
#[utoipa::path(post, path = "/mailbox/{id}/delivered", tag = "messages", params(("id" = String, Path, description = "Message id")), responses((status = 200, body = Message)))]
async fn deliver_mail(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&MarkDelivered { id: id.0 }).await?;
    let seen = asker.after::<MessageState>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.message_for(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

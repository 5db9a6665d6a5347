//! Partner profiles, their channels, and sending a message again.

use app::inbox::{MessageState, ResendMessage};
use app::partners::{DeleteRoute, MakePushSecret, Profile, Route, WriteOwnPartner, WritePartner, WriteRoute};
use app::{Done, Role};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::message::Message;
use crate::wire::partner::{
    Partner, PartnerChannelTest, PartnerForm, PartnerOwnForm, PartnerQuery, PartnerRoute, PartnerRouteForm, PartnerSummary,
    PushSecretCreated,
};

/// Bytes of a push secret.
const SECRET_BYTES: usize = 32;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_partners))
        .routes(routes!(get_partner, change_partner))
        .routes(routes!(change_own_partner))
        .routes(routes!(test_partner))
        .routes(routes!(make_push_secret))
        .routes(routes!(resend_message))
        .routes(routes!(list_routes))
        .routes(routes!(list_own_routes))
        .routes(routes!(change_route, delete_route))
}

/// Everybody who exchanges messages, and how that goes.
#[utoipa::path(get, path = "/admin/partners", tag = "administration", params(PartnerQuery), responses((status = 200, body = Page<PartnerSummary>)))]
async fn list_partners(asker: Asker, query: Asked<PartnerQuery>) -> Answer {
    asker.require("partner.write")?;
    let query = query.0;
    let limit = usize::try_from(paging::limit(query.limit)?).unwrap_or(50);
    let wanted = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(str::to_lowercase);
    let app = &asker.api.app;
    let written = app.partners().await?;
    let mut found: Vec<(u64, Profile)> = Vec::new();
    for organisation in app.organisations().await? {
        let known = written.iter().find(|(_, profile)| profile.organisation == organisation.id);
        let exchanges = known.is_some() || matches!(organisation.role, Role::Agent | Role::Terminal);
        let after = query.cursor.as_ref().is_none_or(|cursor| organisation.id > *cursor);
        if !exchanges || !after {
            continue;
        }
        let (version, profile) = known.cloned().unwrap_or_else(|| (0, Profile::standard(&organisation)));
        let texts =
            [&organisation.id, &organisation.name.zh, &organisation.name.en].into_iter().chain(profile.identifiers.iter().map(|i| &i.id));
        if wanted.as_ref().is_none_or(|q| texts.into_iter().any(|text| text.to_lowercase().contains(q))) {
            found.push((version, profile));
        }
    }
    found.sort_by(|a, b| a.1.organisation.cmp(&b.1.organisation));
    let next = (found.len() > limit).then(|| found[limit - 1].1.organisation.clone());
    found.truncate(limit);
    let mut items = Vec::with_capacity(found.len());
    for (version, profile) in &found {
        items.push(asker.api.partner_summary(*version, profile).await?);
    }
    Ok(ok(&Page { items, next }))
}

/// What is agreed with a partner: for the partner itself and for administrators.
#[utoipa::path(get, path = "/partners/{id}", tag = "messages", params(("id" = String, Path, description = "Organisation id")), responses((status = 200, body = Partner)))]
async fn get_partner(asker: Asker, id: Id) -> Answer {
    let (version, profile) = asker.api.app.view_partner(&asker.ctx, &id.0).await?;
    let view = asker.api.partner_view(&asker.ctx.principal, version, &profile).await?;
    // How channels fare changes without the version: never "not modified".
    Ok(etag::versioned(&HeaderMap::new(), version, &view))
}

async fn written(asker: &Asker, done: &Done<String>) -> Answer {
    let (version, profile) = asker.api.app.partner(&done.outcome).await?.ok_or_else(crate::problem::Problem::not_found)?;
    let view = asker.api.partner_view(&asker.ctx.principal, version, &profile).await?;
    Ok(etag::done(StatusCode::OK, done, Some(version), &view))
}

/// Write what is agreed with a partner. `If-Match` names the version that was read; `"0"` where nothing was agreed yet.
#[utoipa::path(put, path = "/partners/{id}", tag = "administration", params(("id" = String, Path, description = "Organisation id")), request_body = PartnerForm, responses((status = 200, body = Partner)))]
async fn change_partner(asker: Asker, id: Id, headers: HeaderMap, form: Input<PartnerForm>) -> Answer {
    let expected_version = etag::expected(&headers)?;
    let profile = form.0.into_domain(&id.0)?;
    let done = asker.run(&WritePartner { profile, expected_version }).await?;
    written(&asker, &done).await
}

/// A partner changes its own part: whom to call, the silence alarm, the answers it wants.
#[utoipa::path(put, path = "/partners/{id}/own", tag = "messages", params(("id" = String, Path, description = "Organisation id")), request_body = PartnerOwnForm, responses((status = 200, body = Partner)))]
async fn change_own_partner(asker: Asker, id: Id, headers: HeaderMap, form: Input<PartnerOwnForm>) -> Answer {
    let expected_version = etag::expected(&headers)?;
    let (contact, silence_hours, answers) = form.0.into_domain()?;
    let done = asker.run(&WriteOwnPartner { organisation: id.0, contact, silence_hours, answers, expected_version }).await?;
    written(&asker, &done).await
}

/// Try every channel of a partner. Nothing is sent or taken.
#[utoipa::path(post, path = "/partners/{id}/test", tag = "messages", params(("id" = String, Path, description = "Organisation id")), responses((status = 200, body = Items<PartnerChannelTest>)))]
async fn test_partner(asker: Asker, id: Id) -> Answer {
    let tried = asker.api.app.test_partner(&asker.ctx, &id.0).await?;
    let items = tried
        .into_iter()
        .map(|(channel, result)| PartnerChannelTest { channel: channel.into(), ok: result.is_ok(), fault: result.err() })
        .collect();
    Ok(ok(&Items { items }))
}

/// Make the secret with which messages pushed to a partner are signed; the former one ends. It is shown once.
#[utoipa::path(post, path = "/partners/{id}/push-secret", tag = "administration", params(("id" = String, Path, description = "Organisation id")), responses((status = 201, body = PushSecretCreated)))]
async fn make_push_secret(asker: Asker, id: Id) -> Answer {
    let secret = hex::encode(asker.api.app.random::<SECRET_BYTES>());
    // Repeated under the same key, the former secret would be unknown to whoever asks: each request makes a new one.
    let ctx = app::Context { idempotency: None, ..asker.ctx.clone() };
    let done = asker.api.app.execute(&ctx, &MakePushSecret { organisation: id.0, secret: secret.clone() }).await?;
    Ok(etag::done(StatusCode::CREATED, &done, None, &PushSecretCreated { secret }))
}

/// Send a message again that was delivered or given up, by the channel that holds now.
#[utoipa::path(post, path = "/messages/{id}/resend", tag = "messages", params(("id" = String, Path, description = "Message id")), responses((status = 202, body = Message)))]
async fn resend_message(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&ResendMessage { id: id.0 }).await?;
    let seen = asker.after::<MessageState>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.message_for(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::ACCEPTED, &done, Some(version), &view))
}

/// Rules by which interchanges for another partner are passed on, at most 1,000.
#[utoipa::path(get, path = "/admin/routes", tag = "administration", responses((status = 200, body = Items<PartnerRoute>)))]
async fn list_routes(asker: Asker) -> Answer {
    asker.require("route.read")?;
    listed(&asker, |_| true).await
}

/// The rules that name a partner as sender or recipient: for the partner itself and for administrators.
#[utoipa::path(get, path = "/partners/{id}/routes", tag = "messages", params(("id" = String, Path, description = "Organisation id")), responses((status = 200, body = Items<PartnerRoute>)))]
async fn list_own_routes(asker: Asker, id: Id) -> Answer {
    asker.api.app.view_partner(&asker.ctx, &id.0).await?;
    listed(&asker, |route| route.sender == id.0 || route.recipient == id.0).await
}

async fn listed(asker: &Asker, wanted: impl Fn(&Route) -> bool) -> Answer {
    let mut items = Vec::new();
    for (version, route) in asker.api.app.routes().await?.iter().filter(|(_, route)| wanted(route)) {
        items.push(asker.api.partner_route(*version, route).await?);
    }
    Ok(ok(&Items { items }))
}

/// Write a rule: what the sender addresses to the recipient is passed on as it is, if it is of these types. `If-Match` names the version that was read; `"0"` for a new rule.
#[utoipa::path(put, path = "/admin/routes/{sender}/{recipient}", tag = "administration", params(("sender" = String, Path, description = "Organisation id"), ("recipient" = String, Path, description = "Organisation id")), request_body = PartnerRouteForm, responses((status = 200, body = PartnerRoute)))]
async fn change_route(
    asker: Asker,
    Path((sender, recipient)): Path<(String, String)>,
    headers: HeaderMap,
    form: Input<PartnerRouteForm>,
) -> Answer {
    let expected_version = etag::expected(&headers)?;
    let route = form.0.into_domain(sender, recipient);
    let done = asker.run(&WriteRoute { route: route.clone(), expected_version }).await?;
    let all = asker.api.app.routes().await?;
    let same = |known: &Route| known.sender == route.sender && known.recipient == route.recipient;
    let (version, known) = all.into_iter().find(|(_, known)| same(known)).ok_or_else(crate::problem::Problem::not_found)?;
    let view = asker.api.partner_route(version, &known).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

/// Take a rule away.
#[utoipa::path(delete, path = "/admin/routes/{sender}/{recipient}", tag = "administration", params(("sender" = String, Path, description = "Organisation id"), ("recipient" = String, Path, description = "Organisation id")), responses((status = 204)))]
async fn delete_route(asker: Asker, Path((sender, recipient)): Path<(String, String)>) -> Answer {
    asker.run(&DeleteRoute { sender, recipient }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

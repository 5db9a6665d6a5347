//! Administration: organisations, people, keys, the access log, the outbox.

use app::Done;
use app::directory::{ApiKey as KeyState, ChangeApiKey, Organisation as State, User, WriteOrganisation, WriteUser};
use app::inbox::{MessageState, message_of};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use credit::Enterprise;
use ledger::Timestamp;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::fitting;
use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page};
use crate::password;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::admin::{
    AdminUser, ApiKey, ApiKeyCreated, ApiKeyForm, AuditQuery, AuditRow, Organisation, OrganisationForm, OrganisationQuery, OutboxQuery,
    OutboxRow, UserEdit, UserForm,
};
use crate::wire::{ObjectRef, instant};

/// Bytes of a key's secret.
const SECRET_BYTES: usize = 32;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_admin_organisations, create_organisation))
        .routes(routes!(change_organisation))
        .routes(routes!(list_users, create_user))
        .routes(routes!(change_user))
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(withdraw_api_key))
        .routes(routes!(list_audit))
        .routes(routes!(list_outbox))
        .routes(routes!(retry_outbox))
}

impl Api {
    /// The credit grade of an enterprise, where customs gave one.
    pub async fn grade(&self, uscc: &str) -> Result<Option<String>, app::AppError> {
        let enterprise = self.app.peek::<Enterprise>(uscc).await?;
        Ok(enterprise.and_then(|e| e.grading().map(|g| g.grade.code().to_owned())))
    }
}

/// Every organisation.
#[utoipa::path(get, path = "/admin/organisations", tag = "administration", params(OrganisationQuery), responses((status = 200, body = Page<Organisation>)))]
async fn list_admin_organisations(asker: Asker, query: Asked<OrganisationQuery>) -> Answer {
    asker.require("organisation.write")?;
    let page = fitting(asker.api.app.organisations_to_edit().await?, |(_, organisation)| organisation, &query.0)?;
    let mut items = Vec::with_capacity(page.items.len());
    for (version, organisation) in page.items {
        items.push(organisation_view(&asker.api, version, organisation).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

async fn organisation_view(api: &Api, version: u64, state: State) -> Result<Organisation, Problem> {
    let grade = match &state.uscc {
        Some(uscc) => api.grade(uscc).await?,
        None => None,
    };
    Ok(Organisation::in_full(state, version, grade))
}

async fn written(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let (version, state) = asker.api.app.organisation_to_edit(&done.outcome).await?.ok_or_else(Problem::not_found)?;
    Ok(etag::done(status, &done, Some(version), &organisation_view(&asker.api, version, state).await?))
}

/// Register an organisation.
#[utoipa::path(post, path = "/admin/organisations", tag = "administration", request_body = OrganisationForm, responses((status = 201, body = Organisation)))]
async fn create_organisation(asker: Asker, form: Input<OrganisationForm>) -> Answer {
    let organisation = form.0.into_domain(None);
    let done = asker.run(&WriteOrganisation { organisation, expected_version: 0 }).await?;
    written(&asker, StatusCode::CREATED, done).await
}

/// Change an organisation.
#[utoipa::path(put, path = "/admin/organisations/{id}", tag = "administration", params(("id" = String, Path, description = "Organisation id"), ("If-Match" = String, Header, description = "Version read, as an ETag")), request_body = OrganisationForm, responses((status = 200, body = Organisation)))]
async fn change_organisation(asker: Asker, id: Id, headers: HeaderMap, form: Input<OrganisationForm>) -> Answer {
    let organisation = form.0.into_domain(Some(id.0));
    asker.require(<WriteOrganisation as app::UseCase>::NAME)?;
    let expected_version = etag::expected_edit(&headers)?;
    let done = asker.run(&WriteOrganisation { organisation, expected_version }).await?;
    written(&asker, StatusCode::OK, done).await
}

async fn user_view(api: &Api, version: u64, user: User) -> Result<AdminUser, Problem> {
    Ok(AdminUser {
        version,
        organisation: api.org(&user.organisation).await?,
        id: user.id,
        name: user.name.into(),
        disabled: user.disabled,
        has_password: user.password.is_some(),
    })
}

/// Every person.
#[utoipa::path(get, path = "/admin/users", tag = "administration", params(OrganisationQuery), responses((status = 200, body = Page<AdminUser>)))]
async fn list_users(asker: Asker, query: Asked<OrganisationQuery>) -> Answer {
    asker.require("user.read")?;
    let query = query.0;
    let limit = usize::try_from(paging::limit(query.limit.or(Some(200)))?).unwrap_or(200);
    let wanted = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(str::to_lowercase);
    let mut users: Vec<(u64, User)> = asker
        .api
        .app
        .users_to_edit()
        .await?
        .into_iter()
        .filter(|(_, u)| query.cursor.as_ref().is_none_or(|after| u.id > *after))
        .filter(|(_, u)| {
            wanted.as_ref().is_none_or(|q| [&u.id, &u.name.zh, &u.name.en, &u.organisation].iter().any(|t| t.to_lowercase().contains(q)))
        })
        .collect();
    let next = (users.len() > limit).then(|| users[limit - 1].1.id.clone());
    users.truncate(limit);
    let mut items = Vec::with_capacity(users.len());
    for (version, user) in users {
        items.push(user_view(&asker.api, version, user).await?);
    }
    Ok(ok(&Page { items, next }))
}

async fn user_written<T: Serialize>(asker: &Asker, status: StatusCode, id: &str, done: &Done<T>) -> Answer {
    let (version, user) = asker.api.app.user_to_edit(id).await?.ok_or_else(Problem::not_found)?;
    Ok(etag::done(status, done, Some(version), &user_view(&asker.api, version, user).await?))
}

/// Register a person.
#[utoipa::path(post, path = "/admin/users", tag = "administration", request_body = UserForm, responses((status = 201, body = AdminUser)))]
async fn create_user(asker: Asker, form: Input<UserForm>) -> Answer {
    let form = form.0;
    asker.require("user.write")?;
    let hashed = password::chosen(&asker.api, form.password).await?;
    let user = User {
        id: form.id,
        name: ledger::Bilingual::new(form.name.zh, form.name.en),
        organisation: form.organisation,
        password: Some(hashed),
        disabled: false,
        officer: None,
    };
    let done = asker.run(&WriteUser { user, expected_version: 0 }).await?;
    user_written(&asker, StatusCode::CREATED, &done.outcome, &done).await
}

/// Change a person: name, password, or whether it may log in.
#[utoipa::path(put, path = "/admin/users/{id}", tag = "administration", params(("id" = String, Path, description = "Login name"), ("If-Match" = String, Header, description = "Version read, as an ETag")), request_body = UserEdit, responses((status = 200, body = AdminUser)))]
async fn change_user(asker: Asker, id: Id, headers: HeaderMap, form: Input<UserEdit>) -> Answer {
    asker.require("user.write")?;
    let expected_version = etag::expected_edit(&headers)?;
    // What was not sent stays as it is now: should that be another version than the editor saw, the command refuses.
    let (_, mut user) = asker.api.app.user_to_edit(&id.0).await?.ok_or_else(Problem::not_found)?;
    let form = form.0;
    if let Some(name) = form.name {
        user.name = ledger::Bilingual::new(name.zh, name.en);
    }
    if let Some(password) = form.password.filter(|p| !p.is_empty()) {
        user.password = Some(password::chosen(&asker.api, password).await?);
    }
    if let Some(disabled) = form.disabled {
        user.disabled = disabled;
    }
    let done = asker.run(&WriteUser { user, expected_version }).await?;
    user_written(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Every key, without its secret.
#[utoipa::path(get, path = "/admin/api-keys", tag = "administration", responses((status = 200, body = Items<ApiKey>)))]
async fn list_api_keys(asker: Asker) -> Answer {
    asker.require("api-key.read")?;
    let mut items = Vec::new();
    for key in asker.api.app.api_keys().await? {
        items.push(ApiKey {
            organisation: asker.api.org(&key.organisation).await?,
            id: key.id,
            name: key.name,
            created_at: key.created_at.into(),
        });
    }
    Ok(ok(&Items { items }))
}

/// Make a key. Its secret is shown once.
#[utoipa::path(post, path = "/admin/api-keys", tag = "administration", request_body = ApiKeyForm, responses((status = 201, body = ApiKeyCreated)))]
async fn create_api_key(asker: Asker, form: Input<ApiKeyForm>) -> Answer {
    let form = form.0;
    let name: String = form.name.trim().chars().filter(|c| !c.is_control()).take(80).collect();
    if name.is_empty() {
        return Err(app::AppError::invalid("api-key-name", "/name", "请写明密钥用途", "say what the key is for").into());
    }
    let secret = hex::encode(asker.api.app.random::<SECRET_BYTES>());
    let id = format!("{}.{}", form.organisation, hex::encode(asker.api.app.random::<4>()));
    let key = KeyState {
        id: id.clone(),
        organisation: form.organisation,
        name,
        secret_sha256: app::inbox::sha256_hex(secret.as_bytes()),
        created_at: asker.ctx.at,
    };
    let done = asker.run(&ChangeApiKey::Make(key)).await?;
    let view = ApiKeyCreated { secret: format!("fwk_{id}_{secret}"), id };
    Ok(etag::done(StatusCode::CREATED, &done, None, &view))
}

/// Withdraw a key.
#[utoipa::path(delete, path = "/admin/api-keys/{id}", tag = "administration", params(("id" = String, Path, description = "Key id")), responses((status = 204)))]
async fn withdraw_api_key(asker: Asker, id: Id) -> Answer {
    asker.require("api-key.write")?;
    asker.api.app.api_key(&id.0).await?.ok_or_else(Problem::not_found)?;
    asker.run(&ChangeApiKey::Withdraw(id.0)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An instant, or a day of the port's clock.
fn moment(text: Option<&str>, offset: i32, end: bool) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(None) };
    if text.len() == 10 {
        let day = paging::day_start(text, offset)?;
        return Ok(Some(if end { day.plus_days(1) } else { day }));
    }
    text.parse().map(Some).map_err(|_| paging::invalid("时间格式须为 RFC 3339 或 YYYY-MM-DD。", "Instants are RFC 3339, days YYYY-MM-DD."))
}

/// The access log (访问留痕), newest first.
#[utoipa::path(get, path = "/admin/audit", tag = "administration", params(AuditQuery), responses((status = 200, body = Page<AuditRow>)))]
async fn list_audit(asker: Asker, query: Asked<AuditQuery>) -> Answer {
    asker.require("audit.read")?;
    let query = query.0;
    let offset = asker.api.app.port().utc_offset_minutes;
    let filled = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let object = match (filled(query.object_type), filled(query.object_id)) {
        (Some(kind), Some(id)) => Some(ledger::ObjectRef { kind: kind.into(), id }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            return Err(paging::invalid("object_type 与 object_id 须同时给出。", "object_type and object_id go together."));
        }
    };
    let asked = store::AuditQuery {
        who: filled(query.who),
        organisation: filled(query.organisation),
        action: filled(query.action),
        object,
        from: moment(query.from.as_deref(), offset, false)?,
        to: moment(query.to.as_deref(), offset, true)?,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
    };
    let page = asker.api.app.store().audit_log(&asker.api.app.port().code, &asked).await?;
    Ok(ok(&paging::page(page, |(seq, row)| AuditRow {
        seq,
        at: row.at.into(),
        who: row.who,
        organisation: row.organisation,
        action: row.action,
        object: row.object.as_ref().map(ObjectRef::from),
        outcome: row.outcome,
        request: row.request,
        detail: row.detail,
    })))
}

/// Things to send, and how sending went.
#[utoipa::path(get, path = "/admin/outbox", tag = "administration", params(OutboxQuery), responses((status = 200, body = Page<OutboxRow>)))]
async fn list_outbox(asker: Asker, query: Asked<OutboxQuery>) -> Answer {
    asker.require("outbox.read")?;
    let query = query.0;
    let state = query.state.filter(|s| !s.is_empty());
    if state.as_deref().is_some_and(|s| !["pending", "delivered", "dead"].contains(&s)) {
        return Err(paging::invalid("state 须为 pending、delivered 或 dead。", "state is pending, delivered or dead."));
    }
    let asked = store::OutboxQuery { state, cursor: query.cursor, limit: paging::limit(query.limit)?, ..store::OutboxQuery::default() };
    let page = asker.api.app.store().outbox(&asker.api.app.port().code, &asked).await?;
    Ok(ok(&paging::page(page, row)))
}

fn row(item: store::OutboxItem) -> OutboxRow {
    OutboxRow {
        next_attempt_at: instant((item.state == "pending").then_some(item.row.due_at)),
        id: item.row.id,
        kind: item.row.kind,
        channel: item.row.channel,
        destination: item.row.receiver,
        state: item.state,
        attempts: item.attempts,
        created_at: item.row.due_at.into(),
        last_error: item.fault,
        object: item.row.object.as_ref().map(ObjectRef::from),
    }
}

/// Try to send again now.
#[utoipa::path(post, path = "/admin/outbox/{id}/retry", tag = "administration", params(("id" = String, Path, description = "Outbox id")), responses((status = 202)))]
async fn retry_outbox(asker: Asker, id: Id) -> Answer {
    asker.require("outbox.retry")?;
    // A message that another took the place of is not tried again.
    if let Some(message) = asker.api.app.peek::<MessageState>(message_of(&id.0)).await? {
        asker.api.app.refuse_replaced(&message, "outbox.retry").await?;
    }
    let store = asker.api.app.store();
    store.outbox_result(&asker.api.app.port().code, &id.0, Err(("asked for by hand".to_owned(), Some(asker.ctx.at)))).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

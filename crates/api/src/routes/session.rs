//! Login, logout, and what is known without either.

use app::directory::User;
use app::{Context, Principal};
use axum::extract::{FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Visitor, address};
use crate::limits::Counted;
use crate::paging::Items;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::session::{DemoLogin, DemoLoginForm, LoginForm, Meta, PortInfo, Session, SessionOrganisation, SessionUser};
use crate::wire::{Role, Text};
use crate::{password, session, texts};

/// One-click logins shown at most.
const DEMO_LOGINS_MAX: usize = 40;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_meta)).routes(routes!(list_demo_logins)).routes(routes!(demo_login)).routes(routes!(
        login,
        get_session,
        logout
    ))
}

/// What everybody may know of this platform.
#[utoipa::path(get, path = "/meta", tag = "public", responses((status = 200, body = Meta)))]
async fn get_meta(visitor: Visitor) -> Answer {
    let app = &visitor.api.app;
    let port = app.port();
    let mut sandbox = Vec::new();
    if app.bank().is_sandbox() {
        sandbox.push(app.bank().name().to_owned());
    }
    if let Some(national) = port.national.as_ref().filter(|national| national.sandbox) {
        sandbox.push(national.name.en.clone());
    }
    if port.demo {
        sandbox.push("演示数据 Demonstration data".to_owned());
    }
    Ok(ok(&Meta {
        product: Text::new("通衢口岸平台", "Fairway"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        port: PortInfo::from(port),
        demo: port.demo,
        now: visitor.ctx.at.into(),
        sandbox,
    }))
}

/// The one-click logins of a demonstration.
#[utoipa::path(get, path = "/demo/logins", tag = "public", responses((status = 200, body = Items<DemoLogin>)))]
async fn list_demo_logins(visitor: Visitor) -> Answer {
    let api = &visitor.api;
    demonstration(api)?;
    let mut items = Vec::new();
    for user in api.app.users().await? {
        if user.disabled || user.password.is_some() {
            continue;
        }
        let Some(organisation) = api.app.organisation(&user.organisation).await? else { continue };
        let role = Role::from(organisation.role);
        items.push(DemoLogin {
            user: user.id,
            name: user.name.into(),
            role,
            organisation: organisation.name.into(),
            description: texts::role_description(role),
        });
    }
    items.sort_by_key(|login| login.role as u8);
    items.truncate(DEMO_LOGINS_MAX);
    Ok(ok(&Items { items }))
}

/// Log in with one click, on a demonstration.
#[utoipa::path(post, path = "/demo/login", tag = "public", request_body = DemoLoginForm, responses((status = 200, body = Session)))]
async fn demo_login(visitor: Visitor, form: Input<DemoLoginForm>) -> Answer {
    let api = &visitor.api;
    demonstration(api)?;
    let user = api.app.user(&form.0.user).await?.filter(|user| user.password.is_none() && !user.disabled);
    opened(api, &visitor.ctx, user).await
}

fn demonstration(api: &Api) -> Result<(), Problem> {
    if api.app.port().demo { Ok(()) } else { Err(Problem::not_found()) }
}

/// Log in with a password.
#[utoipa::path(post, path = "/session", tag = "public", request_body = LoginForm, responses((status = 200, body = Session)))]
async fn login(visitor: Visitor, origin: Origin, form: Input<LoginForm>) -> Answer {
    let api = &visitor.api;
    let form = form.0;
    let now = std::time::Instant::now();
    api.limiter.take(Counted::LoginFrom(&origin.0), now)?;
    api.limiter.take(Counted::LoginTo(&form.user), now)?;
    let fits = form.password.len() <= password::PASSWORD_BYTES_MAX && (1..=64).contains(&form.user.len());
    let user = if fits { api.app.user(&form.user).await? } else { None };
    let known = user.as_ref().and_then(|u| u.password.clone());
    // The hash is computed whether the user exists or not, so that the time tells nothing.
    let proved = password::matches(api, known, if fits { form.password } else { String::new() }).await?;
    let user = user.filter(|user| proved && !user.disabled);
    if user.is_none() {
        api.note(&visitor.ctx, "session.open", None, "refused");
    }
    opened(api, &visitor.ctx, user).await
}

/// Where a request comes from.
struct Origin(String);

impl FromRequestParts<Api> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, api: &Api) -> Result<Self, Problem> {
        Ok(Self(address(parts, api).to_string()))
    }
}

async fn opened(api: &Api, ctx: &Context, user: Option<User>) -> Answer {
    let user = user.ok_or_else(session::login_failed)?;
    let principal = api.app.principal_of_user(&user).await?.ok_or_else(session::login_failed)?;
    let (token, expires_at) = session::open(api, &user, principal.clone(), ctx).await?;
    let mut response = ok(&view(api, &principal, &user, expires_at).await?);
    session::set_cookie(api, &mut response, &token);
    Ok(response)
}

async fn view(api: &Api, principal: &Principal, user: &User, expires_at: Timestamp) -> Result<Session, Problem> {
    let organisation = api.app.organisation(&principal.organisation).await?.ok_or_else(session::expired)?;
    Ok(Session {
        user: SessionUser { id: user.id.clone(), name: user.name.clone().into(), role: principal.role.into() },
        organisation: SessionOrganisation {
            id: organisation.id,
            name: organisation.name.into(),
            uscc: organisation.uscc,
            district: organisation.district,
        },
        port: PortInfo::from(api.app.port()),
        permissions: api.app.rights().permissions(principal.role),
        expires_at: expires_at.into(),
    })
}

/// Who is logged in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Session)))]
async fn get_session(asker: Asker) -> Answer {
    asker.require("session.read")?;
    // A key stands for a system and has no session to show.
    let expires_at = asker.expires_at.ok_or_else(session::required)?;
    let user = asker.api.app.user(&asker.ctx.principal.id).await?.ok_or_else(session::expired)?;
    Ok(ok(&view(&asker.api, &asker.ctx.principal, &user, expires_at).await?))
}

/// Log out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn logout(asker: Asker, request: Request) -> Answer {
    asker.api.note(&asker.ctx, "session.close", None, "allowed");
    if let Some(token) = session::cookie(request.headers()).filter(|_| !request.headers().contains_key(header::AUTHORIZATION)) {
        asker.api.app.close_session(&session::session_id(token), &asker.ctx).await?;
    }
    let mut response: Response = StatusCode::NO_CONTENT.into_response();
    session::clear_cookie(&asker.api, &mut response);
    Ok(response)
}

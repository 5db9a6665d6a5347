//! Who asks: sessions of people by cookie, systems by API key.

use app::directory::{SessionRecord, User};
use app::{Context, Principal};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use ledger::Timestamp;
use sha2::{Digest, Sha256};

use crate::problem::Problem;
use crate::state::Api;

/// Name of the cookie.
pub(crate) const COOKIE: &str = "fairway_session";
/// Header that a browser sends only when our own script makes it: a form of another site cannot (CSRF).
pub(crate) const GUARD: &str = "x-fairway";
/// Bytes of a session token.
const TOKEN_BYTES: usize = 32;
/// Longest `Authorization` value looked at.
const KEY_LENGTH_MAX: usize = 200;

/// What a request showed to prove who asks.
pub(crate) enum Shown<'a> {
    /// A session cookie.
    Cookie(&'a str),
    /// An API key: its id and secret.
    Key(&'a str, &'a str),
}

/// Who asks, and until when that holds.
pub(crate) struct Known {
    pub principal: Principal,
    pub expires_at: Option<Timestamp>,
}

/// What the request shows; `None` when it shows nothing.
pub(crate) fn shown(headers: &HeaderMap) -> Result<Option<Shown<'_>>, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().ok().filter(|t| t.len() <= KEY_LENGTH_MAX);
        let key = text.and_then(|t| t.strip_prefix("Bearer ")).and_then(|t| t.trim().strip_prefix("fwk_")).and_then(|t| t.rsplit_once('_'));
        return key.map(|(id, secret)| Some(Shown::Key(id, secret))).ok_or_else(key_invalid);
    }
    Ok(cookie(headers).map(Shown::Cookie))
}

/// The session cookie of a request.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter(|token| token.len() == TOKEN_BYTES * 2)
}

/// Refuses writes that another site may have caused.
pub(crate) fn guard(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || headers.get(GUARD).is_some_and(|v| v.as_bytes() == b"1") {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "guard-header",
        "浏览器会话的写操作须带 X-Fairway: 1 请求头。",
        "Writes of a browser session need the header X-Fairway: 1.",
    ))
}

/// Finds out who asks.
pub(crate) async fn resolve(api: &Api, shown: &Shown<'_>) -> Result<Known, Problem> {
    match shown {
        Shown::Cookie(token) => by_session(api, token).await,
        Shown::Key(id, secret) => by_key(api, id, secret).await,
    }
}

async fn by_session(api: &Api, token: &str) -> Result<Known, Problem> {
    let record = api.app.session(&session_id(token)).await?.ok_or_else(expired)?;
    let user = api.app.user(&record.user).await?.filter(|user| !user.disabled).ok_or_else(expired)?;
    let principal = api.app.principal_of_user(&user).await?.ok_or_else(expired)?;
    Ok(Known { principal, expires_at: Some(record.expires_at) })
}

async fn by_key(api: &Api, id: &str, secret: &str) -> Result<Known, Problem> {
    let key = api.app.api_key(id).await?;
    let found = hex::encode(Sha256::digest(secret.as_bytes()));
    // Hashing comes first and the comparison looks at every byte, so that time tells nothing about the key.
    let known = key.as_ref().map_or("", |k| k.secret_sha256.as_str());
    let key = key.as_ref().filter(|_| same(known.as_bytes(), found.as_bytes())).ok_or_else(key_invalid)?;
    let principal = api.app.principal_of_key(key).await?.ok_or_else(key_invalid)?;
    Ok(Known { principal, expires_at: None })
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && std::hint::black_box(a.iter().zip(b).fold(0, |sum, (x, y)| sum | (x ^ y))) == 0
}

/// The id under which the store keeps a session: the token itself is never stored.
pub(crate) fn session_id(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Opens a session for a person whose identity is proved.
pub(crate) async fn open(api: &Api, user: &User, principal: Principal, ctx: &Context) -> Result<(String, Timestamp), Problem> {
    let token = hex::encode(api.app.random::<TOKEN_BYTES>());
    let expires_at = ctx.at.plus_hours(i64::from(api.config.limits.session_hours));
    let record = SessionRecord { user: user.id.clone(), created_at: ctx.at, expires_at };
    let ctx = Context { principal, ..ctx.clone() };
    api.app.open_session(&session_id(&token), &record, &ctx).await?;
    Ok((token, expires_at))
}

/// Gives the browser its cookie.
pub(crate) fn set_cookie(api: &Api, response: &mut Response, token: &str) {
    let seconds = u64::from(api.config.limits.session_hours) * 3_600;
    write_cookie(api, response, token, seconds);
}

/// Takes the cookie back.
pub(crate) fn clear_cookie(api: &Api, response: &mut Response) {
    write_cookie(api, response, "", 0);
}

fn write_cookie(api: &Api, response: &mut Response, token: &str, seconds: u64) {
    let secure = if api.config.secure_cookies { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

pub(crate) fn required() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "session-required", "请先登录，或提供 API 密钥。", "Log in first, or give an API key.")
}

pub(crate) fn expired() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "session-expired", "登录已过期，请重新登录。", "The session has ended; log in again.")
}

fn key_invalid() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "key-invalid", "API 密钥无效或已撤销。", "The API key is not valid or was withdrawn.")
}

/// The one answer to every failed login, so that it tells nothing about which users exist.
pub(crate) fn login_failed() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "login-failed", "用户名或密码不正确。", "User or password is not correct.")
}

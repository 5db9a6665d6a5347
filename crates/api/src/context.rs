//! Extractors that turn a request into the application's context: who asks, when, under which request id and key.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use app::reading::{ListQuery, Seen};
use app::{AppError, Context, Done, Happens, IdempotencyKey, Principal, UseCase};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use ledger::{ObjectRef, Timestamp, WorkRow};

use crate::limits::Counted;
use crate::problem::Problem;
use crate::session::{self, Shown};
use crate::state::Api;

/// Longest idempotency key.
const KEY_LENGTH_MAX: usize = 64;
/// Longest object id in an address.
const ID_LENGTH_MAX: usize = 64;

/// Where a connection comes from. Set by `serve`; absent in tests that call the router directly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub SocketAddr);

/// Id of a request, in the log, the access record and the answer.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub String);

/// A person or system that has proved who it is.
pub(crate) struct Asker {
    pub api: Api,
    pub ctx: Context,
    pub expires_at: Option<Timestamp>,
}

/// Anybody, without login.
pub(crate) struct Visitor {
    pub api: Api,
    pub ctx: Context,
}

/// An id in the address.
pub(crate) struct Id(pub String);

/// Where a request really comes from: the connection's other end, or what a trusted proxy says of it.
pub(crate) fn address(parts: &Parts, api: &Api) -> IpAddr {
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip());
    api.config.proxies.client(peer, &parts.headers)
}

impl FromRequestParts<Api> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        api.limiter.take(Counted::Address(&address(parts, api).to_string()), Instant::now())?;
        let ctx = context(parts, api, Principal::public())?;
        Ok(Self { api: api.clone(), ctx })
    }
}

impl FromRequestParts<Api> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let unknown = |problem: Problem| {
            // Guessing is slowed down by the limit of the address.
            api.limiter.take(Counted::Address(&address(parts, api).to_string()), Instant::now()).err().unwrap_or(problem)
        };
        let shown = match session::shown(&parts.headers) {
            Ok(Some(shown)) => shown,
            Ok(None) => return Err(unknown(session::required())),
            Err(problem) => return Err(unknown(problem)),
        };
        let known = match session::resolve(api, &shown).await {
            Ok(known) => known,
            Err(problem) if problem.status == 401 => return Err(unknown(problem)),
            Err(problem) => return Err(problem),
        };
        match &shown {
            Shown::Cookie(token) => {
                session::guard(&parts.method, &parts.headers)?;
                api.limiter.take(Counted::Session(token), Instant::now())?;
            }
            Shown::Key(id, _) => api.limiter.take(Counted::Key(id), Instant::now())?,
        }
        let ctx = context(parts, api, known.principal)?;
        Ok(Self { api: api.clone(), ctx, expires_at: known.expires_at })
    }
}

fn context(parts: &Parts, api: &Api, principal: Principal) -> Result<Context, Problem> {
    let request = parts.extensions.get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    let idempotency = if parts.method == Method::POST { idempotency_key(&parts.headers)? } else { None };
    Ok(Context { principal, at: api.app.now(), request, idempotency, message: None, address: Some(address(parts, api)) })
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|t| (1..=KEY_LENGTH_MAX).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic()));
    match text {
        Some(text) => Ok(Some(IdempotencyKey { key: text.to_owned() })),
        None => Err(Problem::bad(
            "idempotency-key-invalid",
            "幂等键须为 1 至 64 个可见 ASCII 字符。",
            "An idempotency key has 1 to 64 visible ASCII characters.",
        )),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        // Whatever cannot be an id cannot be found.
        if id.is_empty() || id.len() > ID_LENGTH_MAX || id.chars().any(char::is_control) {
            return Err(Problem::not_found());
        }
        Ok(Self(id))
    }
}

impl Asker {
    /// Carries out a use case.
    pub async fn run<U: UseCase>(&self, command: &U) -> Result<Done<U::Outcome>, Problem> {
        Ok(self.api.app.execute(&self.ctx, command).await?)
    }

    /// Reads one object, recorded.
    pub async fn view<A: Happens>(&self, action: &'static str, id: &str) -> Result<Seen<A>, Problem> {
        Ok(self.api.app.view::<A>(&self.ctx, action, id).await?)
    }

    /// The object that a command of this request just changed.
    pub async fn after<A: Happens>(&self, id: &str) -> Result<Seen<A>, Problem> {
        Ok(self.api.seen::<A>(id).await?)
    }

    /// Reads a list, recorded.
    pub async fn list<A: Happens>(&self, action: &'static str, query: ListQuery) -> Result<store::Page<(Seen<A>, WorkRow)>, Problem> {
        self.recorded(action, None, self.api.app.list::<A>(&self.ctx, action, query).await)
    }

    /// Records a read that the application does not record itself: a list, a table, a figure.
    pub fn recorded<T>(&self, action: &'static str, object: Option<ObjectRef>, result: Result<T, AppError>) -> Result<T, Problem> {
        let outcome = match &result {
            Ok(_) => "allowed",
            Err(AppError::Forbidden { .. }) => "refused",
            Err(_) => "failed",
        };
        self.api.note(&self.ctx, action, object, outcome);
        Ok(result?)
    }

    /// Records a refusal of a read that the application records itself once it is allowed.
    pub fn refusal_recorded<T>(&self, action: &'static str, result: Result<T, AppError>) -> Result<T, Problem> {
        if matches!(result, Err(AppError::Forbidden { .. })) {
            self.api.note(&self.ctx, action, None, "refused");
        }
        Ok(result?)
    }

    /// Asks the rights for something that is not one object, and records the answer.
    pub fn require(&self, action: &'static str) -> Result<(), Problem> {
        let allowed = self.api.app.rights().require(&self.ctx.principal, action, &app::rights::Resource::own(""));
        self.recorded(action, None, allowed)
    }
}

impl Api {
    /// Writes an access record.
    pub fn note(&self, ctx: &Context, action: &str, object: Option<ObjectRef>, outcome: &str) {
        self.app.note(ctx, action, object, outcome);
    }

    /// An object with its version, without asking the rights: only for what a use case or view of this request allowed.
    pub async fn seen<A: Happens>(&self, id: &str) -> Result<Seen<A>, AppError> {
        let object = ObjectRef::new(A::KIND, id);
        let record = self.app.store().object(&self.app.port().code, &object).await?;
        let record = record.ok_or_else(|| AppError::NotFound { kind: A::KIND, id: id.to_owned() })?;
        let state = serde_json::from_slice(&record.state).map_err(|e| AppError::Internal(format!("state of {object}: {e}")))?;
        Ok(Seen { id: id.to_owned(), state, version: record.version })
    }
}

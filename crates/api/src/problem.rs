//! Errors as `application/problem+json` (RFC 9457) with stable codes. `docs/errors.md` lists them.

use std::sync::atomic::{AtomicU64, Ordering};

use app::AppError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use documents::DocumentError;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::wire::{Finding, Text};

/// Seconds after which a client may try again when many work on the same object.
const BUSY_RETRY_SECONDS: u32 = 1;
/// Seconds after which a client may try again when the store cannot be reached.
const AWAY_RETRY_SECONDS: u32 = 5;
/// Seconds after which a client may try again when the disk is full.
const FULL_RETRY_SECONDS: u32 = 60;

/// Why a request was not carried out; boxed, because it travels through every `Result` of the edge.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<ProblemBody>);

impl std::ops::Deref for Problem {
    type Target = ProblemBody;
    fn deref(&self) -> &ProblemBody {
        &self.0
    }
}

impl std::ops::DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut ProblemBody {
        &mut self.0
    }
}

/// Why a request was not carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What happened, for people.
    pub detail: Text,
    /// Under which the operator finds it in the log; only for faults of the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Everything wrong with the input, each at its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Why the state of the object does not allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    #[serde(skip)]
    #[schema(ignore)]
    pub retry_after: Option<u32>,
}

/// From what, what was attempted, why not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Refusal {
    /// Stable code.
    pub code: String,
    /// State found.
    pub found: String,
    /// What was attempted.
    pub attempted: String,
    /// Why not.
    pub text: Text,
}

pub(crate) type Answer = Result<Response, Problem>;

impl Problem {
    pub fn new(status: StatusCode, code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self(Box::new(ProblemBody {
            kind: format!("/api/docs#{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: Text { zh: zh.into(), en: en.into() },
            reference: None,
            findings: Vec::new(),
            refusal: None,
            retry_after: None,
        }))
    }

    pub fn bad(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, zh, en)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "没有找到，或您无权查看。", "Not found, or not yours to see.")
    }

    pub fn retry(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// A fault of the platform: the reader gets a reference, the log gets the cause, once.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        static FAULTS: AtomicU64 = AtomicU64::new(0);
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
        let reference = format!("F{since:x}-{:04x}", FAULTS.fetch_add(1, Ordering::Relaxed) & 0xffff);
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(reference, error = chain, "a request failed");
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "平台内部错误，未作任何更改。请凭参考号联系运维。",
            "A fault of the platform; nothing was changed. Give the reference to the operator.",
        );
        problem.reference = Some(reference);
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&*self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"fairway\""));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => busy(),
            StoreError::Repeated(_) => {
                Self::new(StatusCode::CONFLICT, "idempotency-key-in-use", "相同的请求正在处理。", "The same request is being carried out.")
                    .retry(BUSY_RETRY_SECONDS)
            }
            StoreError::Limit(what) => Self::bad("limit-passed", format!("超出限制：{what}"), format!("A limit was passed: {what}")),
            StoreError::Cursor => {
                Self::bad("cursor-invalid", "分页游标无效，请从第一页重新查询。", "The cursor is not valid; start from the first page.")
            }
            StoreError::Full => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store-full",
                "存储空间已满，未作任何更改。",
                "The store has no space left; nothing was changed.",
            )
            .retry(FULL_RETRY_SECONDS),
            StoreError::Unavailable(why) => {
                tracing::warn!(error = why, "the store is away");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store-unavailable",
                    "存储暂时不可用，未作任何更改。",
                    "The store cannot be reached; nothing was changed.",
                )
                .retry(AWAY_RETRY_SECONDS)
            }
            other @ StoreError::Failed(_) => Self::internal(&other),
        }
    }
}

fn busy() -> Problem {
    Problem::new(StatusCode::CONFLICT, "busy", "该对象正被多人同时更改，请重试。", "Many work on the same object at once; try again.")
        .retry(BUSY_RETRY_SECONDS)
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound { .. } => Self::not_found(),
            AppError::Forbidden { action } => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                format!("您的角色无权执行此操作（{action}）。"),
                format!("Your role may not do this ({action})."),
            ),
            AppError::Refused(refusal) => {
                let text = Text::from(refusal.text);
                let mut problem = Self::new(StatusCode::CONFLICT, refusal.code, text.zh.clone(), text.en.clone());
                problem.refusal =
                    Some(Refusal { code: refusal.code.to_owned(), found: refusal.found, attempted: refusal.attempted.to_owned(), text });
                problem
            }
            AppError::Findings(findings) => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "findings",
                    format!("有 {} 处需要更正。", findings.len()),
                    format!("{} things to correct.", findings.len()),
                );
                problem.findings = findings.into_iter().map(Finding::from).collect();
                problem
            }
            AppError::Invalid { code, pointer, text } => {
                let text = Text::from(text);
                let status = match code {
                    "message-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
                    // Something with this id is there already: a conflict, not a mistake of writing.
                    taken if taken.ends_with("-exists") => StatusCode::CONFLICT,
                    _ => StatusCode::BAD_REQUEST,
                };
                let mut problem = Self::new(status, code, text.zh.clone(), text.en.clone());
                problem.findings = vec![Finding::at(code, pointer, text)];
                problem
            }
            AppError::Stale { expected, found } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "stale",
                format!("已被他人修改（您看到的是第 {expected} 版，现为第 {found} 版），请刷新后再改。"),
                format!("Edited by somebody else meanwhile (you saw version {expected}, it is now {found}); reload first."),
            ),
            AppError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "该幂等键已用于另一请求。",
                "The idempotency key was used for another request.",
            ),
            AppError::Busy => busy(),
            AppError::Store(error) => error.into(),
            other @ (AppError::Replay(_) | AppError::Internal(_)) => Self::internal(&other),
        }
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::FontMissing { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "font-missing",
                "服务器未安装中文字体，无法生成 PDF。",
                format!("The server has no Chinese font, so no PDF can be made: {error}"),
            ),
            other => Self::internal(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_store_has_its_status() {
        let cases = [
            (StoreError::Conflict("x".into()), 409, true),
            (StoreError::Limit("x".into()), 400, false),
            (StoreError::Cursor, 400, false),
            (StoreError::Full, 503, true),
            (StoreError::Unavailable("x".into()), 503, true),
            (StoreError::Failed("secret path".into()), 500, false),
        ];
        for (error, status, retry) in cases {
            let problem = Problem::from(error);
            assert_eq!((problem.status, problem.retry_after.is_some()), (status, retry), "{}", problem.code);
            assert!(!serde_json::to_string(&*problem).expect("json").contains("secret path"), "causes stay in the log");
        }
    }
}

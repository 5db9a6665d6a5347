//! Versions of objects as entity tags: told on reading, asked for on editing.

use app::Done;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::body::json;
use crate::problem::Problem;

/// One object with its version; 304 when the client has that version already.
pub(crate) fn versioned<T: Serialize>(asked: &HeaderMap, version: u64, value: &T) -> Response {
    let tag = format!("\"{version}\"");
    let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return tagged(StatusCode::NOT_MODIFIED.into_response(), &tag);
    }
    tagged(json(StatusCode::OK, value), &tag)
}

fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The version that an editor saw.
pub(crate) fn expected(headers: &HeaderMap) -> Result<u64, Problem> {
    let Some(given) = headers.get(header::IF_MATCH) else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if-match-required",
            "修改须带 If-Match 头（读取时返回的 ETag）。",
            "Edits need an If-Match header with the ETag that was read.",
        ));
    };
    let text = given.to_str().unwrap_or("").trim().trim_start_matches("W/").trim_matches('"');
    text.parse().map_err(|_| malformed())
}

/// The version that an editor of something that exists saw: never 0, which stands for what does not exist yet.
pub(crate) fn expected_edit(headers: &HeaderMap) -> Result<u64, Problem> {
    match expected(headers)? {
        0 => Err(malformed()),
        version => Ok(version),
    }
}

fn malformed() -> Problem {
    Problem::bad("if-match", "If-Match 格式不正确。", "If-Match is not an ETag of this platform.")
}

/// The answer to a command: a status, the object's version when it has one, and whether it was carried out before.
pub(crate) fn done<T: Serialize, U>(status: StatusCode, done: &Done<U>, version: Option<u64>, value: &T) -> Response {
    let mut response = json(status, value);
    if let Some(version) = version {
        response = tagged(response, &format!("\"{version}\""));
    }
    replayed(response, done.replayed)
}

/// Says whether the answer is a repetition.
pub(crate) fn replayed(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

//! How a platform reaches the second holder: three requests.
//!
//! | Request | Answer |
//! |---|---|
//! | `GET /v1/days/{day}`, open to everybody | `{"day", "name", "commitment", "seed", "asked"}`; the seed is null until the day is over |
//! | `POST /v1/days/{day}/parts` with `Authorization: Bearer …` and `{"subject", "head_size", "head_root"}` | `{"head_size", "head_root", "part"}`: the head of the first question for this subject, and its part |
//! | `GET /v1/days/{day}/parts?from=0`, open to everybody after the day | `{"items": [{"subject", "head_size", "head_root"}], "next"}` |

use std::sync::Arc;

use app::draw::Question;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use ledger::Bilingual;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::book::{Book, Refused};

const PAGE: usize = 1_000;
const BODY_BYTES_MAX: usize = 4_096;

struct Holder {
    book: Arc<Book>,
    name: Bilingual,
    key_sha256: [u8; 32],
}

/// The holder's requests. `key` is what a platform must show to get a part.
pub fn router(book: Arc<Book>, name: Bilingual, key: &str) -> Router {
    let holder = Arc::new(Holder { book, name, key_sha256: Sha256::digest(key.as_bytes()).into() });
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/v1/days/{day}", get(day))
        .route("/v1/days/{day}/parts", get(parts).post(part))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(holder)
}

fn refused(refused: &Refused) -> Response {
    let status = match refused {
        Refused::Day | Refused::Subject => StatusCode::BAD_REQUEST,
        Refused::NotToday(_) => StatusCode::CONFLICT,
        Refused::NoSuchDay(_) => StatusCode::NOT_FOUND,
        Refused::Full | Refused::Book(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(json!({ "title": refused.to_string() }))).into_response()
}

async fn day(State(holder): State<Arc<Holder>>, Path(day): Path<String>) -> Response {
    match holder.book.day(&day) {
        Ok(told) => Json(json!({
            "day": day,
            "name": holder.name,
            "commitment": hex::encode(told.commitment),
            "seed": told.seed.map(hex::encode),
            "asked": told.asked,
        }))
        .into_response(),
        Err(error) => refused(&error),
    }
}

#[derive(Deserialize)]
struct Body {
    subject: String,
    head_size: u64,
    head_root: String,
}

async fn part(State(holder): State<Arc<Holder>>, Path(day): Path<String>, headers: HeaderMap, body: Json<Body>) -> Response {
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    // Hashes are compared, so that the time it takes tells nothing of the key.
    let known = shown.is_some_and(|key| <[u8; 32]>::from(Sha256::digest(key.as_bytes())) == holder.key_sha256);
    if !known {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "title": "the key is missing or wrong" }))).into_response();
    }
    let Some(head_root) = hex::decode(&body.head_root).ok().and_then(|bytes| bytes.try_into().ok()) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "title": "head_root must be 32 bytes in hex" }))).into_response();
    };
    let question = Question { day, subject: body.0.subject, head_size: body.0.head_size, head_root };
    // It waits for the disk.
    let answered = tokio::task::spawn_blocking(move || holder.book.part(&question)).await;
    match answered {
        Ok(Ok(part)) => {
            Json(json!({ "head_size": part.head_size, "head_root": hex::encode(part.head_root), "part": hex::encode(part.part) }))
                .into_response()
        }
        Ok(Err(error)) => refused(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Deserialize)]
struct From {
    #[serde(default)]
    from: usize,
}

async fn parts(State(holder): State<Arc<Holder>>, Path(day): Path<String>, Query(page): Query<From>) -> Response {
    match tokio::task::spawn_blocking(move || holder.book.asked(&day, page.from, PAGE + 1)).await {
        Ok(Ok(mut items)) => {
            let next = (items.len() > PAGE).then(|| page.from + PAGE);
            items.truncate(PAGE);
            Json(json!({ "items": items, "next": next })).into_response()
        }
        Ok(Err(error)) => refused(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use app::draw::SecondHolder as _;
    use channels::HttpHolder;
    use ledger::Timestamp;

    use super::*;
    use crate::environment::{SystemClock, SystemEntropy};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_platform_asks_over_http_and_a_stranger_gets_no_part() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = Arc::new(Book::open(folder.path(), Arc::new(SystemClock), &SystemEntropy::default(), 480, true).expect("a book"));
        let name = Bilingual::new("测试第二持有人", "Test second holder");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("its address"));
        let served = tokio::spawn(api::serve(listener, router(book, name.clone(), "the-key-of-the-platform"), std::future::pending()));
        let holder = |key: &str| HttpHolder::new(url.clone(), key.into(), name.clone(), Duration::from_secs(20));
        let at = |days: i64| Timestamp::plus_days(app::Clock::now(&SystemClock), days).day(480);

        let platform = holder("the-key-of-the-platform");
        let (today, told) = loop {
            let today = at(0);
            let told = platform.day(&today).await.expect("a day");
            // Not over midnight.
            if today == at(0) {
                break (today, told);
            }
        };
        assert_eq!((told.seed, told.asked), (None, 0));
        let question =
            |head: u8| Question { day: today.clone(), subject: "case/D1".into(), head_size: u64::from(head), head_root: [head; 32] };
        let given = platform.part(&question(3)).await.expect("a part");
        assert_eq!(platform.part(&question(8)).await.expect("a part"), given, "the head of the first question stays");
        assert_eq!(given.head_root, [3; 32]);
        assert_eq!(platform.day(&today).await.expect("a day").asked, 1);
        let refused = holder("another-key").part(&question(3)).await.expect_err("no part");
        assert!(refused.to_string().contains("401"), "{refused}");
        let before = platform.day(&at(-2)).await.expect("a day that is over");
        let seed = rules::DaySeed::new(before.seed.expect("told"));
        assert_eq!(seed.commitment(at(-2).parse().expect("a day")).0, before.commitment);
        served.abort();
        assert!(platform.part(&question(3)).await.is_err(), "away");
    }
}

//! The embedded web application: hashed assets for ever, the page itself always fresh, every unknown page the application's own.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/web"]
struct Dist;

/// Only what the application itself brings may run. Ant Design sets styles from script, hence `unsafe-inline` for styles alone.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; \
connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Serves what is not the API's.
pub(crate) async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return unknown_route();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return not_allowed().await;
    }
    let name = path.trim_start_matches('/');
    let found = if name.is_empty() { None } else { asset(name) };
    match found {
        Some(found) => file(name, &found, request.headers()),
        // Whatever else is missing is missing.
        None if !is_page(name) => unknown_route(),
        None => match asset("index.html") {
            Some(index) => file("index.html", &index, request.headers()),
            None => unknown_route(),
        },
    }
}

/// A page of the application has no hidden part, and is no file: what has a dot where files lie, at the root or in one of their folders. Elsewhere a
/// dot belongs to an id, such as that of a machine.
fn is_page(name: &str) -> bool {
    let hidden = name.split('/').any(|part| part.starts_with('.'));
    let file = name.rsplit('/').next().is_some_and(|last| last.contains('.')) && lies_with_files(name);
    !hidden && !file && !name.contains('%')
}

fn lies_with_files(name: &str) -> bool {
    name.split_once('/').is_none_or(|(folder, _)| Dist::iter().any(|file| file.split_once('/').is_some_and(|(of, _)| of == folder)))
}

/// Names with dots that climb, or with a compressed copy's ending, are no assets.
fn asset(name: &str) -> Option<EmbeddedFile> {
    if name.split('/').any(|part| part.is_empty() || part.starts_with('.')) || name.contains('\\') || name.ends_with(".gz") {
        return None;
    }
    Dist::get(name)
}

fn file(name: &str, found: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let hash = found.metadata.sha256_hash();
    let tag = format!("\"{}\"", hex::encode(&hash[..12]));
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let accepts_gzip = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    let packed = if accepts_gzip { Dist::get(&format!("{name}.gz")) } else { None };
    let fresh = asked.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match &packed {
            Some(packed) => packed.data.clone().into_owned().into_response(),
            None => found.data.clone().into_owned().into_response(),
        }
    };
    let headers = response.headers_mut();
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    let text = if mime.type_() == "text" || mime.subtype() == "javascript" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
    for (header, value) in [(header::CONTENT_TYPE, text), (header::ETAG, tag)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed.is_some() && !fresh {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Headers that every answer carries.
pub(crate) fn secure(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}

fn unknown_route() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "route-unknown", "没有这个地址。", "There is nothing at this address.").into_response()
}

/// The address exists, the method does not.
pub(crate) async fn not_allowed() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "该地址不支持此方法。", "The address does not take this method.")
        .into_response()
}

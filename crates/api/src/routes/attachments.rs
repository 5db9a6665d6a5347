//! Attached documents (随附单据): kept by their hash, checked by their first bytes.

use app::declarations::KeepAttachment;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Raw, file};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::Asked;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::declaration::Attachment;

/// Largest attachment.
const ATTACHMENT_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Longest file name kept, characters.
const NAME_LENGTH_MAX: usize = 128;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(keep_attachment)).routes(routes!(get_attachment))
}

/// What an attachment is called.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct AttachmentQuery {
    /// Kind of document (随附单据类型).
    edoc_code: String,
    /// File name.
    name: String,
}

/// In which declaration an attachment is read.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct AttachmentReadQuery {
    /// Declaration that names it; not needed by whoever uploaded it.
    declaration: Option<String>,
    /// Application to change a manifest that names it as evidence.
    manifest_change: Option<String>,
    /// Train or flight to which it is attached.
    conveyance: Option<String>,
}

/// The media type that the first bytes show; `None` when it is none of those taken.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if bytes.starts_with(b"%PDF-") {
        return Some("application/pdf");
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some("image/png");
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some("image/jpeg");
    }
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes).trim_ascii_start();
    let printed = std::str::from_utf8(bytes).is_ok_and(|t| !t.contains('\0'));
    match text.first() {
        Some(b'<') if text.starts_with(b"<?xml") && printed => Some("application/xml"),
        Some(b'{' | b'[') if printed && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok() => Some("application/json"),
        Some(_) | None => None,
    }
}

/// Keep a document: PDF, PNG, JPEG, XML or JSON, up to 10 MiB.
#[utoipa::path(post, path = "/attachments", tag = "declarations", params(AttachmentQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file as it is"), responses((status = 201, body = Attachment)))]
async fn keep_attachment(asker: Asker, query: Asked<AttachmentQuery>, body: Raw<ATTACHMENT_BYTES_MAX>) -> Answer {
    let Some(media_type) = media_type(&body.0) else {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "attachment-kind",
            "只接受 PDF、PNG、JPEG、XML、JSON 文件（按内容识别）。",
            "PDF, PNG, JPEG, XML and JSON files are taken; the content decides.",
        ));
    };
    let size = body.0.len() as u64;
    let done = asker.run(&KeepAttachment { media_type: media_type.to_owned(), bytes: body.0.to_vec() }).await?;
    let name: String = query.0.name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).take(NAME_LENGTH_MAX).collect();
    let view = Attachment { sha256: done.outcome.clone(), size, name, edoc_code: query.0.edoc_code, media_type: media_type.to_owned() };
    Ok(etag::done(StatusCode::CREATED, &done, None, &view))
}

/// The bytes of a document.
#[utoipa::path(get, path = "/attachments/{sha256}", tag = "declarations", params(("sha256" = String, Path, description = "SHA-256 of the bytes, hex"), AttachmentReadQuery), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn get_attachment(asker: Asker, id: Id, query: Asked<AttachmentReadQuery>) -> Answer {
    let declaration = query.0.declaration.as_deref().filter(|d| !d.is_empty());
    let change = query.0.manifest_change.as_deref().filter(|c| !c.is_empty());
    let conveyance = query.0.conveyance.as_deref().filter(|c| !c.is_empty());
    let found = asker.api.app.attachment(&asker.ctx, &id.0, declaration, change, conveyance).await;
    let (media_type, bytes) = asker.refusal_recorded("attachment.read", found)?;
    let ending = media_type.rsplit('/').next().unwrap_or("bin").to_owned();
    Ok(file(&media_type, &format!("{}.{ending}", &id.0.get(..12).unwrap_or("attachment")), bytes))
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn the_content_decides_what_a_file_is() {
        assert_eq!(media_type(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
        assert_eq!(media_type("\u{feff}<?xml version='1.0'?><a/>".as_bytes()), Some("application/xml"));
        assert_eq!(media_type(b" {\"a\":1}"), Some("application/json"));
        for bad in [&b"MZ\x90"[..], b"<html><script>", b"{cut", b"", b"#!/bin/sh"] {
            assert_eq!(media_type(bad), None);
        }
    }
}

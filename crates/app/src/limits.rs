//! Bounds of what a request may carry. Whatever is stored was measured here or by its room.

use clearance::{CONTAINERS_MAX, DOCUMENTS_MAX, DeclarationForm, GOODS_MAX};

use crate::AppError;

/// Longest short text (a position, a lane, a seal, a code), characters.
pub const SHORT_TEXT_MAX: usize = 64;
/// Longest note or remark, characters.
pub const NOTE_MAX: usize = 500;
/// Largest attachment, bytes; also what a declaration may name ([`clearance::DOCUMENT_BYTES_MAX`]).
pub const ATTACHMENT_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Largest declaration form as JSON, bytes. Fifty full goods items with every text at its limit take about 110 KiB.
pub const FORM_BYTES_MAX: usize = 256 * 1024;
/// Most kinds of documents asked for at once.
pub const DOCUMENT_KINDS_MAX: usize = 20;

/// Refuses a text longer than `max` characters.
pub(crate) fn text(value: &str, pointer: &str, max: usize) -> Result<(), AppError> {
    let length = value.chars().count();
    if length > max {
        return Err(AppError::invalid(
            "field-length",
            pointer,
            format!("有 {length} 个字符，上限 {max}"),
            format!("{length} characters; at most {max}"),
        ));
    }
    Ok(())
}

/// As [`text`], for a text that may be left out.
pub(crate) fn optional(value: Option<&String>, pointer: &str, max: usize) -> Result<(), AppError> {
    value.map_or(Ok(()), |value| text(value, pointer, max))
}

/// Refuses more than `max` rows.
pub(crate) fn rows(count: usize, max: usize, pointer: &str) -> Result<(), AppError> {
    if count > max {
        return Err(AppError::invalid("too-many-rows", pointer, format!("一次最多 {max} 行"), format!("at most {max} rows at a time")));
    }
    Ok(())
}

/// A draft keeps whatever was typed, but not without end.
pub(crate) fn form(form: &DeclarationForm) -> Result<(), AppError> {
    rows(form.goods.len(), GOODS_MAX, "/form/goods")?;
    rows(form.containers.len(), CONTAINERS_MAX, "/form/containers")?;
    rows(form.documents.len(), DOCUMENTS_MAX, "/form/documents")?;
    let bytes = serde_json::to_vec(form).map_err(|e| AppError::Internal(e.to_string()))?.len();
    if bytes > FORM_BYTES_MAX {
        return Err(AppError::invalid(
            "form-too-large",
            "/form",
            format!("报关单内容 {bytes} 字节，上限 {FORM_BYTES_MAX} 字节"),
            format!("the form has {bytes} bytes; at most {FORM_BYTES_MAX}"),
        ));
    }
    Ok(())
}

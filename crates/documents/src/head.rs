//! What every document carries: number, issuer, time, and how to verify it.

use ledger::Timestamp;

/// The port's offset from UTC in minutes (480 in China). Every time on a document is printed in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortZone {
    /// Minutes east of UTC.
    pub offset_minutes: i32,
}

impl PortZone {
    /// China Standard Time 北京时间, UTC+8.
    pub const CHINA: Self = Self { offset_minutes: 480 };

    /// `2026-11-22 14:05`.
    pub(crate) fn minute(self, at: Timestamp) -> String {
        at.local_minute(self.offset_minutes)
    }

    /// `UTC+08:00`.
    pub(crate) fn name(self) -> String {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// How a reader of the paper checks that it is genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Short code to type in where nothing can be scanned.
    pub code: String,
    /// Address in the QR code, at most [`crate::QR_BYTES_MAX`] bytes.
    pub url: String,
}

/// Where the issuing of this document stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerReference {
    /// Id of the event that issued the document.
    pub event_id: String,
    /// Index of the event in the log, once it is sealed.
    pub leaf_index: Option<u64>,
}

/// Whether the document has legal effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Issued by the operator of a real port.
    Effective,
    /// From a demonstration with invented data: marked so across every page.
    Demonstration,
}

/// The part that all documents share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentHead {
    /// Document number.
    pub number: String,
    /// Who issues it.
    pub issuer: String,
    /// When.
    pub issued_at: Timestamp,
    /// Zone that times are printed in.
    pub zone: PortZone,
    /// QR code and code for checking.
    pub verification: Verification,
    /// Its place in the ledger, if known.
    pub ledger: Option<LedgerReference>,
    /// Real or demonstration.
    pub standing: Standing,
}

/// An enterprise or authority as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Identifying code (unified social credit code 统一社会信用代码, customs registration, …), if it may be shown.
    pub code: Option<String>,
}

impl Party {
    /// Name and code on lines of their own.
    pub(crate) fn printed(&self) -> String {
        match &self.code {
            Some(code) if !code.is_empty() => format!("{}\n{code}", self.name),
            _ => self.name.clone(),
        }
    }
}

//! A file that was fetched becomes a message: kept under its claim, then read.

use app::inbox::{MessageState, ReceiveMessage};
use app::partners::DeliverBy;
use app::{App, AppError, Context, IdempotencyKey, Principal};
use codes::Severity;
use ledger::Aggregate;
use serde::Serialize;

/// What became of a file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Message id; `None` when the file could not be kept.
    pub message: Option<String>,
    /// Status of the message, or `refused`.
    pub status: String,
    /// Type of its first message.
    pub kind: Option<String>,
    /// Interchange reference.
    pub reference: Option<String>,
    /// SHA-256, hex.
    pub sha256: Option<String>,
    /// Bytes.
    pub bytes: u64,
    /// Findings that forbid to act.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
    /// Codes found, each once.
    pub codes: Vec<String>,
    /// Why the file was not kept.
    pub fault: Option<String>,
}

impl Report {
    /// A file that was not kept.
    pub fn refused(bytes: u64, fault: String) -> Self {
        Self {
            message: None,
            status: "refused".into(),
            kind: None,
            reference: None,
            sha256: None,
            bytes,
            errors: 1,
            warnings: 0,
            codes: Vec::new(),
            fault: Some(fault),
        }
    }

    fn of(id: &str, state: &MessageState) -> Self {
        let weighing = |severity| state.findings.iter().filter(|f| f.finding.severity == severity).count();
        let mut codes: Vec<String> = state.findings.iter().map(|f| f.finding.code.to_string()).collect();
        codes.sort();
        codes.dedup();
        Self {
            message: Some(id.to_owned()),
            status: state.status().to_owned(),
            kind: Some(state.kind.clone()),
            reference: Some(state.reference.clone()),
            sha256: Some(state.sha256.clone()),
            bytes: state.bytes,
            errors: weighing(Severity::Error),
            warnings: weighing(Severity::Warning),
            codes,
            fault: None,
        }
    }

    /// Nothing of it could be acted upon.
    pub fn failed(&self) -> bool {
        self.status == "refused" || self.status == "rejected"
    }
}

/// Keeps the bytes of a file and reads them. `Err` when that is to be tried again later; the claim then leads to the same message.
pub(crate) async fn take(app: &App, partner: &str, channel: DeliverBy, claim: &str, bytes: Vec<u8>) -> Result<Report, String> {
    let later = |error: AppError| error.to_string();
    let organisation = app.organisation(partner).await.map_err(later)?.ok_or("the organisation is not registered")?;
    let principal = Principal {
        id: format!("channel.{}", channel.code()),
        organisation: organisation.id,
        role: organisation.role,
        district: organisation.district,
        system: true,
    };
    let request = format!("{}-{claim}", channel.code());
    let reading = Context { principal, ..Context::platform(app.now(), request) };
    let keeping = Context { idempotency: Some(IdempotencyKey { key: format!("claim/{claim}") }), ..reading.clone() };
    let size = bytes.len() as u64;
    let id = match app.execute(&keeping, &ReceiveMessage { bytes, channel: channel.code().into() }).await {
        Ok(done) => done.outcome,
        // It will not become better by being tried again.
        Err(
            error @ (AppError::Invalid { .. }
            | AppError::Forbidden { .. }
            | AppError::KeyReused
            | AppError::Findings(_)
            | AppError::Refused(_)),
        ) => {
            return Ok(Report::refused(size, error.to_string()));
        }
        Err(other) => return Err(later(other)),
    };
    if let Err(error) = app.process_message(&reading, &id).await {
        // It is kept; reading it is tried again by the platform itself.
        tracing::warn!(message = %id, %error, "a fetched message was kept and could not be read yet");
    }
    let state = app.peek::<MessageState>(&id).await.map_err(later)?.ok_or("the message is not there")?;
    Ok(Report::of(&id, &state))
}

//! Files of the schedule: written when they are due, handed to the consumer's channel as any message is.

use async_trait::async_trait;
use ledger::{Aggregate as _, ObjectRef, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sharing::{
    DataDelivery, DeliveryHow, DeliveryMade, FileFailed, FileFormat, FileSent, SharingAgreement, SharingPhase, decide_fail_file,
    decide_made, decide_send_file, project,
};
use store::{StoreError, WorkQuery};

use super::agree::agreements;
use super::deliver::{entry, served};
use super::{ExpireSharing, PAGE_ROWS_MAX, Window};
use crate::inbox::{hand_over, sha256_hex};
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase};

/// Rows of a file after which a further one is begun, at once: a page beyond them is never read.
pub const FILE_ROWS_MAX: usize = 20_000;
/// Pages read for one file, whatever is kept of them: rows of another district are read and left out.
const FILE_PAGES_MAX: usize = 400;
/// Most files of one agreement in one round.
const FILES_AT_ONCE: usize = 8;

/// Sends the next file of an agreement, if one is due: the platform's own duty.
#[derive(Clone, Debug, Serialize)]
pub struct SendDataFile {
    /// Agreement id.
    pub id: String,
}

#[async_trait]
impl UseCase for SendDataFile {
    const NAME: &'static str = "data-delivery.send";
    type Outcome = Option<String>;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Option<String>, AppError> {
        unit.authorise(Self::NAME, &Resource::own(SharingAgreement::KIND))?;
        let agreement = unit.get::<SharingAgreement>(&self.id).await?;
        let Some(file) = agreement.terms.file.filter(|_| agreement.next_file_at().is_some_and(|due| due <= unit.at())) else {
            return Ok(None);
        };
        let Some((from, to)) = agreement.next_file_period(unit.at()) else { return Ok(None) };
        let (rows, more) = rows(unit.app, &agreement, from, to).await?;
        let bytes = match file.format {
            FileFormat::Csv => csv(&agreement, &rows),
            FileFormat::Json => whole(&self.id, &agreement, (from, to), &rows, more.is_some())?,
        };
        let delivery = unit.app.next_id('V', unit.at()).await?;
        let sent = FileSent { from, to, delivery: delivery.clone(), more };
        let about = ObjectRef::new(SharingAgreement::KIND, self.id.clone());
        let sha256 = sha256_hex(&bytes);
        let kind = agreement.terms.resource.to_uppercase();
        let message = hand_over(unit, &agreement.terms.consumer, &kind, about, bytes).await?;
        let made = DeliveryMade {
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            more: sent.more.is_some(),
            sha256,
            by: "platform".into(),
            message: Some(message),
            ..entry(&self.id, &agreement, DeliveryHow::File, from, to)
        };
        unit.record::<DataDelivery>(&delivery, decide_made(None, made)?, unit.at()).await?;
        let events = decide_send_file(&agreement, sent, unit.at())?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(Some(delivery))
    }
}

/// The rows of a period, from where the file before ended, and where they go on that do not fit.
async fn rows(
    app: &App,
    agreement: &SharingAgreement,
    from: Timestamp,
    to: Timestamp,
) -> Result<(Vec<Map<String, Value>>, Option<String>), AppError> {
    let resource = served(app, agreement).await?;
    let fields = resource.fields();
    let cursor = agreement.rest.as_ref().map(|rest| rest.cursor.clone());
    let mut window = Window { from, to, provider: agreement.terms.provider.clone(), cursor, limit: PAGE_ROWS_MAX };
    let mut rows = Vec::new();
    for pages in 1.. {
        let page = app.resource_rows(resource, &window).await?;
        rows.extend(page.rows.iter().map(|cells| project(&fields, cells, &agreement.terms.grants)));
        window.cursor = page.next;
        if window.cursor.is_none() || rows.len() >= FILE_ROWS_MAX || pages >= FILE_PAGES_MAX {
            break;
        }
    }
    Ok((rows, window.cursor))
}

/// Records that the file that is due could not be made: the platform's own duty.
#[derive(Clone, Debug, Serialize)]
pub struct FailDataFile {
    /// Agreement id.
    pub id: String,
    /// Which file, and the stable code of the fault.
    pub failed: FileFailed,
}

#[async_trait]
impl UseCase for FailDataFile {
    const NAME: &'static str = "data-delivery.fail";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(SharingAgreement::KIND))?;
        let agreement = unit.get::<SharingAgreement>(&self.id).await?;
        let events = decide_fail_file(&agreement, self.failed.clone(), unit.at())?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The code of a fault that will be there in a minute, too; `None` for what is tried again soon: a store that is away or busy.
fn lasting(error: &AppError) -> Option<String> {
    match error {
        AppError::Busy | AppError::KeyReused => None,
        AppError::Store(StoreError::Unavailable(_) | StoreError::Full | StoreError::Conflict(_) | StoreError::Repeated(_)) => None,
        AppError::Refused(refusal) => Some(refusal.code.to_owned()),
        AppError::Store(StoreError::Limit(_)) => Some("store-limit".into()),
        AppError::Store(StoreError::Cursor) => Some(sharing::CURSOR_FAULT.into()),
        AppError::Store(StoreError::Failed(_))
        | AppError::NotFound { .. }
        | AppError::Forbidden { .. }
        | AppError::Findings(_)
        | AppError::Invalid { .. }
        | AppError::Stale { .. }
        | AppError::Replay(_)
        | AppError::Internal(_) => Some("internal".into()),
    }
}

/// Quotes a cell; what a spreadsheet would take for a formula is made plain text.
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn csv(agreement: &SharingAgreement, rows: &[Map<String, Value>]) -> Vec<u8> {
    let names: Vec<&str> = agreement.terms.grants.iter().map(|grant| grant.field.as_str()).collect();
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = format!("\u{feff}{}\r\n", names.join(","));
    for row in rows {
        let cells: Vec<String> = names
            .iter()
            .map(|name| match row.get(*name) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => csv_cell(text),
                Some(other) => other.to_string(),
            })
            .collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn whole(
    id: &str,
    agreement: &SharingAgreement,
    (from, to): (Timestamp, Timestamp),
    rows: &[Map<String, Value>],
    more: bool,
) -> Result<Vec<u8>, AppError> {
    let part = agreement.parts_sent() + 1;
    let resource = &agreement.terms.resource;
    let file = json!({ "agreement": id, "resource": resource, "from": from, "to": to, "part": part, "more": more, "rows": rows });
    serde_json::to_vec(&file).map_err(|e| AppError::Internal(e.to_string()))
}

impl App {
    /// Sends the files that are due and closes agreements whose term has ended. One that fails does not hold up the others.
    ///
    /// # Errors
    /// The store's fault while looking for what is due.
    pub async fn keep_sharing(&self, ctx: &Context) -> Result<usize, AppError> {
        let mut sent = 0;
        let mut query = WorkQuery { due_before: Some(ctx.at.plus_millis(1)), ..agreements(&self.port().code) };
        loop {
            let page = self.store().work(&query).await?;
            for item in page.items {
                match self.keep_agreement(ctx, &item.object.id).await {
                    Ok(files) => sent += files,
                    Err(error) => tracing::warn!(agreement = item.object.id, %error, "a file of shared data could not be sent"),
                }
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return Ok(sent),
            }
        }
    }

    async fn keep_agreement(&self, ctx: &Context, id: &str) -> Result<usize, AppError> {
        let Some(agreement) = self.peek::<SharingAgreement>(id).await? else { return Ok(0) };
        if ctx.at > agreement.terms.valid_to {
            self.execute(ctx, &ExpireSharing { id: id.to_owned() }).await?;
            return Ok(0);
        }
        let mut sent = 0;
        let mut next = Some(agreement);
        while let Some(agreement) = next.take().filter(|agreement| agreement.phase == SharingPhase::InForce && sent < FILES_AT_ONCE) {
            match self.execute(ctx, &SendDataFile { id: id.to_owned() }).await {
                Ok(done) if done.outcome.is_some() => sent += 1,
                Ok(_) => break,
                Err(error) => {
                    self.note_failure(ctx, id, &agreement, &error).await;
                    return Err(error);
                }
            }
            next = self.peek::<SharingAgreement>(id).await?;
        }
        Ok(sent)
    }

    /// Writes down that the file that was due could not be made, unless that will be mended by itself, or somebody else has sent it meanwhile.
    async fn note_failure(&self, ctx: &Context, id: &str, agreement: &SharingAgreement, error: &AppError) {
        let (Some(code), Some((from, to))) = (lasting(error), agreement.next_file_period(ctx.at)) else { return };
        let failed = FileFailed { from, to, parts: agreement.parts_sent(), code };
        if let Err(fault) = self.execute(ctx, &FailDataFile { id: id.to_owned(), failed }).await {
            tracing::warn!(agreement = id, %fault, "a file that could not be sent could not be written down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(csv_cell("a,b"), "\"a,b\"");
        assert_eq!(csv_cell("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("plain"), "plain");
    }
}

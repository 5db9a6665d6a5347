//! Files of the schedule: written when they are due, handed to the consumer's channel as any message is.

use async_trait::async_trait;
use ledger::{Aggregate as _, ObjectRef, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sharing::{
    DataDelivery, DeliveryHow, DeliveryMade, FILE_MARGIN_MINUTES, FileFormat, FileSent, SharingAgreement, SharingPhase, decide_made,
    decide_send_file, project,
};
use store::WorkQuery;

use super::agree::agreements;
use super::deliver::{entry, resource_of};
use super::{ExpireSharing, PAGE_ROWS_MAX, Window};
use crate::inbox::{hand_over, sha256_hex};
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase};

/// Most rows of one file. What is more comes in the next file, at once.
pub const FILE_ROWS_MAX: usize = 20_000;
/// Shortest period of one file. Whatever happens within it has to fit.
const FILE_PERIOD_MIN_MS: i64 = 60_000;
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
        let from = agreement.files_from();
        let (to, rows) = rows(unit.app, &agreement, from, unit.at().plus_minutes(-FILE_MARGIN_MINUTES)).await?;
        let bytes = match file.format {
            FileFormat::Csv => csv(&agreement, &rows),
            FileFormat::Json => whole(&self.id, &agreement, from, to, &rows)?,
        };
        let delivery = unit.app.next_id('V', unit.at()).await?;
        let about = ObjectRef::new(SharingAgreement::KIND, self.id.clone());
        let sha256 = sha256_hex(&bytes);
        let kind = agreement.terms.resource.to_uppercase();
        let message = hand_over(unit, &agreement.terms.consumer, &kind, about, bytes).await?;
        let made = DeliveryMade {
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            sha256,
            by: "platform".into(),
            message: Some(message),
            ..entry(&self.id, &agreement, DeliveryHow::File, from, to)
        };
        unit.record::<DataDelivery>(&delivery, decide_made(None, made)?, unit.at()).await?;
        let events = decide_send_file(&agreement, FileSent { from, to, delivery: delivery.clone() }, unit.at())?;
        unit.record::<SharingAgreement>(&self.id, events, unit.at()).await?;
        Ok(Some(delivery))
    }
}

/// The rows from an instant on, and up to which they are: the end that was asked for, or as much of it as fits into a file.
async fn rows(
    app: &App,
    agreement: &SharingAgreement,
    from: Timestamp,
    until: Timestamp,
) -> Result<(Timestamp, Vec<Map<String, Value>>), AppError> {
    let resource = resource_of(agreement)?;
    let fields = resource.fields();
    let mut to = until;
    loop {
        let mut window = Window { from, to, provider: agreement.terms.provider.clone(), cursor: None, limit: PAGE_ROWS_MAX };
        let mut rows = Vec::new();
        loop {
            let page = app.resource_rows(resource, &window).await?;
            rows.extend(page.rows.iter().map(|cells| project(&fields, cells, &agreement.terms.grants)));
            window.cursor = page.next;
            if window.cursor.is_none() {
                return Ok((to, rows));
            }
            if rows.len() >= FILE_ROWS_MAX {
                break;
            }
        }
        let half = to.since_millis(from) / 2;
        if half < FILE_PERIOD_MIN_MS {
            return Err(AppError::Store(store::StoreError::Limit(format!("rows of a file within a minute, at most {FILE_ROWS_MAX}"))));
        }
        to = from.plus_millis(half);
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

fn whole(id: &str, agreement: &SharingAgreement, from: Timestamp, to: Timestamp, rows: &[Map<String, Value>]) -> Result<Vec<u8>, AppError> {
    let file = json!({ "agreement": id, "resource": agreement.terms.resource, "from": from, "to": to, "rows": rows });
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
        while agreement.phase == SharingPhase::InForce && sent < FILES_AT_ONCE {
            match self.execute(ctx, &SendDataFile { id: id.to_owned() }).await?.outcome {
                Some(_) => sent += 1,
                None => break,
            }
        }
        Ok(sent)
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

//! Tally reports.

use app::AppError;
use app::reading::Seen;
use app::tallies::{TallyFigures, TallyMonths, TallyOverview as Overview, TallyRow as Row};
use ledger::{Aggregate, Timestamp};
use manifest::TallyReport as State;
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// The tally of one box, as sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TallyReportForm {
    /// Container number.
    pub container: String,
    /// Ship call id.
    pub call: String,
    /// When it was tallied.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Packages counted.
    #[serde(default)]
    pub packages: Option<u32>,
    /// Seal seen.
    #[serde(default)]
    pub seal: Option<String>,
    /// Damage noted.
    #[serde(default)]
    pub damage: Option<String>,
    /// Tally company.
    #[serde(default)]
    pub tally_company: Option<String>,
    /// Tally clerk.
    #[serde(default)]
    pub tallied_by: Option<String>,
    /// What a device recognised (智能理货), when one did.
    #[serde(default)]
    pub recognised: Option<TallyRecognised>,
}

/// What a device recognised of a box.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TallyRecognised {
    /// Device, as the terminal calls it.
    pub device: String,
    /// Container number that it read.
    pub number: String,
    /// How sure it is, thousandths, 0 to 1,000.
    pub confidence_per_mille: u16,
    /// SHA-256 of the pictures, hex; at most 12. The pictures stay with the terminal.
    #[serde(default)]
    pub pictures: Vec<String>,
}

/// A person's look at what a device said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TallyReviewForm {
    /// `corrections` of the report that was looked at: refused with `tally-report-changed` when it is another by now.
    pub corrections: u32,
    /// What was seen, 2 to 500 characters.
    pub note: String,
}

/// A batch of tally reports, at most 1,000.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TallyReportBatch {
    /// Reports.
    pub reports: Vec<TallyReportForm>,
}

impl From<TallyReportForm> for Row {
    fn from(form: TallyReportForm) -> Self {
        Self {
            container: form.container,
            call: form.call.trim().to_owned(),
            at: form.at,
            packages: form.packages,
            seal: form.seal,
            damage: form.damage,
            tally_company: form.tally_company,
            tallied_by: form.tallied_by,
            recognised: form.recognised.map(|said| manifest::Recognised {
                device: said.device,
                number: said.number,
                confidence_per_mille: said.confidence_per_mille,
                pictures: said.pictures,
            }),
        }
    }
}

/// Which tally reports are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct TallyReportQuery {
    /// State codes, separated by commas: `awaited`, `early`, `on-time`, `late`; `overdue` alone for those that are missing past their time.
    pub status: Option<String>,
    /// One ship call, by id.
    pub call: Option<String>,
    /// One terminal, organisation id.
    pub terminal: Option<String>,
    /// `true`: only those that differ from the manifest.
    pub differs: Option<bool>,
    /// `true`: only those of devices that wait for a person.
    pub review: Option<bool>,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// A field in which tally and manifest differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyReportDifference {
    /// `packages` or `seal`.
    pub field: String,
    /// What the manifest says.
    pub manifested: String,
    /// What was found.
    pub tallied: String,
}

/// The tally report of a box (理货报告).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyReport {
    /// Container visit id.
    pub id: String,
    /// Container number.
    pub container: String,
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Bill number.
    pub bill: Option<String>,
    /// Terminal: it owes the report.
    pub terminal: Org,
    /// `awaited`, `early`, `on-time` or `late`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Missing past its time.
    pub overdue: bool,
    /// When the box was discharged.
    pub discharged_at: Option<Instant>,
    /// By when the report is due.
    pub due_at: Option<Instant>,
    /// When the first report came in.
    pub received_at: Option<Instant>,
    /// Minutes from the discharge to the first report, or until now.
    pub age_minutes: Option<i64>,
    /// When it was tallied.
    pub tallied_at: Option<Instant>,
    /// Packages counted.
    pub packages: Option<u32>,
    /// Seal seen.
    pub seal: Option<String>,
    /// Damage noted.
    pub damage: Option<String>,
    /// Tally company.
    pub tally_company: Option<String>,
    /// Reports after the first one.
    pub corrections: u32,
    /// Where tally and manifest differ.
    pub differences: Vec<TallyReportDifference>,
    /// What a device recognised, when the newest report came from one.
    pub recognised: Option<TallyRecognised>,
    /// Why a person has to look at it: `low-confidence`, `number-differs`, `manifest-differs`, `discharge-differs`.
    pub review_reasons: Vec<String>,
    /// It waits for a person.
    pub awaits_review: bool,
    /// What the person saw.
    pub review_note: Option<String>,
    /// Who looked, user id.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<Instant>,
}

/// What a terminal owes of a ship call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyReportOwed {
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Terminal.
    pub terminal: Org,
    /// Boxes ashore without a tally report.
    pub awaited: u64,
    /// Of these, past their time.
    pub overdue: u64,
    /// The earliest due time.
    pub oldest_due_at: Option<Instant>,
}

/// What is owed now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyReportOverview {
    /// Minutes from the discharge within which a report is due at this port: an assumption of the port's configuration.
    pub limit_minutes: u32,
    /// By call and terminal, the earliest due first.
    pub items: Vec<TallyReportOwed>,
    /// There are more open reports than were counted.
    pub more: bool,
}

/// Which months.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct TallyReportPeriod {
    /// First day, YYYY-MM-DD; eleven months before `to` when left out.
    pub from: Option<String>,
    /// Last day, YYYY-MM-DD; today when left out.
    pub to: Option<String>,
}

/// One month of one terminal, by the day of discharge.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyReportMonth {
    /// Month, YYYY-MM.
    pub month: String,
    /// Terminal.
    pub terminal: Org,
    /// Boxes discharged.
    pub due: u64,
    /// Reports in time.
    pub on_time: u64,
    /// Reports past their time.
    pub late: u64,
    /// Reports that did not come yet.
    pub missing: u64,
    /// Reports in time among all boxes discharged, thousandths.
    pub on_time_per_mille: Option<u64>,
}

impl Api {
    pub async fn tally_report(&self, seen: Seen<State>, call: Option<&ShipCall>, now: Timestamp) -> Result<TallyReport, AppError> {
        let state = seen.state;
        let until = state.received_at.unwrap_or(now);
        let counted = state.counted.clone().unwrap_or_default();
        Ok(TallyReport {
            container: state.of.number.clone(),
            call: state.of.call.clone(),
            ship_name: call.map(|call| call.ship_name.clone()).unwrap_or_default(),
            voyage: call.map(|call| call.voyage_in.clone()).unwrap_or_default(),
            bill: state.of.bill.clone(),
            terminal: self.org(&state.of.terminal).await?,
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            overdue: state.received_at.is_none() && state.due_at.is_some_and(|due| due < now),
            discharged_at: state.discharged_at.map(Instant::from),
            due_at: state.due_at.map(Instant::from),
            received_at: state.received_at.map(Instant::from),
            age_minutes: state.discharged_at.map(|from| until.since_millis(from) / 60_000),
            tallied_at: state.counted.as_ref().map(|counted| counted.at.into()),
            packages: counted.packages,
            seal: counted.seal,
            damage: counted.damage,
            tally_company: counted.tally_company,
            corrections: state.corrections,
            awaits_review: state.waits_for_review(),
            review_reasons: state.review.iter().map(|reason| reason.code().to_owned()).collect(),
            review_note: state.reviewed.as_ref().map(|review| review.note.clone()),
            reviewed_at: state.reviewed.as_ref().map(|review| review.at.into()),
            reviewed_by: state.reviewed.map(|review| review.by),
            recognised: counted.recognised.map(|said| TallyRecognised {
                device: said.device,
                number: said.number,
                confidence_per_mille: said.confidence_per_mille,
                pictures: said.pictures,
            }),
            differences: state
                .differences
                .into_iter()
                .map(|d| TallyReportDifference { field: d.field, manifested: d.manifested, tallied: d.tallied })
                .collect(),
            id: seen.id,
        })
    }

    pub async fn tally_overview(&self, found: Overview) -> Result<TallyReportOverview, AppError> {
        let calls = self.app.peek_many::<ShipCall>(found.owed.iter().map(|row| row.call.clone())).await?;
        let mut items = Vec::with_capacity(found.owed.len());
        for row in found.owed {
            let call = calls.get(&row.call);
            items.push(TallyReportOwed {
                ship_name: call.map(|call| call.ship_name.clone()).unwrap_or_default(),
                voyage: call.map(|call| call.voyage_in.clone()).unwrap_or_default(),
                terminal: self.org(&row.terminal).await?,
                call: row.call,
                awaited: row.awaited,
                overdue: row.overdue,
                oldest_due_at: row.oldest_due_at.map(Instant::from),
            });
        }
        Ok(TallyReportOverview { limit_minutes: self.app.port().tally_limit_minutes, items, more: found.more })
    }

    pub async fn tally_months(&self, found: TallyMonths) -> Result<Vec<TallyReportMonth>, AppError> {
        let mut items = Vec::with_capacity(found.len());
        for ((month, terminal), figures) in found {
            let TallyFigures { due, on_time, late } = figures;
            items.push(TallyReportMonth {
                month,
                terminal: self.org(&terminal).await?,
                due,
                on_time,
                late,
                missing: figures.missing(),
                on_time_per_mille: figures.on_time_per_mille(),
            });
        }
        Ok(items)
    }
}

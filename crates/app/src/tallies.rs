//! Tally reports (理货报告, MFT-02): sent with the discharge, measured from it, listed while they are missing.

use std::collections::BTreeMap;

use async_trait::async_trait;
use codes::ContainerNumber;
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{Container, Discharged, container_id};
use manifest::{
    Bill, Counted, Listed, ReceiveTally, Recognised, TalliedBox, TallyDue, TallyReport, TallyReportEvent, TallyReviewed, TallySender,
};
use serde::{Deserialize, Serialize};
use store::{TallyMark, TallyQuery};

use crate::calls::plausible;
use crate::counters::{CountedByDay, day_of, day_start};
use crate::discharge::{BatchOutcome, normal, own_terminal, row_finding};
use crate::reading::ListQuery;
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, limits};

/// Most tally reports in one batch.
pub const TALLIES_MAX: usize = 5_000;
/// Most open reports counted for the overview.
pub const OVERVIEW_ROWS_MAX: usize = 5_000;
/// Most months of one evaluation.
pub const MONTHS_MAX: usize = 36;
/// Series of counters: `{terminal}|due`, `{terminal}|on-time`, `{terminal}|late` and, of these two, `{terminal}|smart` (by a device), by the day of the discharge on the port's clock.
pub(crate) const SERIES: &str = "tally-report";

/// The tally of one box (理货报告).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TallyRow {
    /// Container number.
    pub container: String,
    /// Ship call id.
    pub call: String,
    /// When it was tallied.
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
    pub recognised: Option<Recognised>,
}

/// Sends tally reports. Faulty rows come back as findings; the good ones are recorded.
#[derive(Clone, Debug, Serialize)]
pub struct SendTally {
    /// Rows.
    pub reports: Vec<TallyRow>,
}

#[async_trait]
impl UseCase for SendTally {
    const NAME: &'static str = "tally-report.send";
    type Outcome = BatchOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<BatchOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(TallyReport::KIND))?;
        limits::rows(self.reports.len(), TALLIES_MAX, "/reports")?;
        let ids: Vec<String> = self.reports.iter().map(|row| container_id(&normal(&row.container), &row.call)).collect();
        let of = |kind: &'static str| ids.iter().map(move |id| ObjectRef::new(kind, id.clone()));
        unit.preload(of(Container::KIND).chain(of(TallyReport::KIND)).collect()).await?;
        let mut outcome = BatchOutcome::default();
        for (index, (row, id)) in self.reports.iter().zip(ids).enumerate() {
            match send(unit, row, &id).await {
                Ok(()) => {
                    outcome.accepted += 1;
                    outcome.containers.push(id);
                }
                Err(error) => outcome.findings.push(row_finding(error, &format!("/reports/{index}"))?),
            }
        }
        Ok(outcome)
    }
}

async fn send(unit: &mut Unit<'_>, row: &TallyRow, id: &str) -> Result<(), AppError> {
    let number = normal(&row.container);
    if let Err(e) = number.parse::<ContainerNumber>() {
        return Err(AppError::invalid("container-number", "/container", format!("箱号不正确：{number}"), e.to_string()));
    }
    for (value, pointer) in [(&row.seal, "/seal"), (&row.tally_company, "/tally_company"), (&row.tallied_by, "/tallied_by")] {
        limits::optional(value.as_ref(), pointer, limits::SHORT_TEXT_MAX)?;
    }
    limits::optional(row.damage.as_ref(), "/damage", limits::NOTE_MAX)?;
    let recognised = row.recognised.as_ref().map(device).transpose()?;
    let at = plausible(row.at, unit.at(), "/at")?;
    let Some(state) = unit.load::<Container>(id).await? else {
        return Err(AppError::invalid(
            "container-not-manifested",
            "/container",
            format!("该航次舱单中没有集装箱 {number}（溢卸），请联系船代补报舱单"),
            format!("{number} is on no manifest of this call (over-landed): ask the ship agent to amend the manifest"),
        ));
    };
    own_terminal(&unit.ctx.principal, &state.terminal)?;
    let counted = Counted {
        at,
        packages: row.packages,
        seal: filled(row.seal.as_ref()),
        damage: filled(row.damage.as_ref()),
        tally_company: filled(row.tally_company.as_ref()),
        tallied_by: filled(row.tallied_by.as_ref()),
        recognised,
    };
    let sender = if unit.ctx.principal.system { TallySender::System } else { TallySender::Person };
    receive(unit, id, &state, counted, sender, at).await
}

/// What a device said, within its limits.
fn device(said: &Recognised) -> Result<Recognised, AppError> {
    let (device, number) = (said.device.trim(), normal(&said.number));
    for (value, pointer) in [(device, "/recognised/device"), (number.as_str(), "/recognised/number")] {
        if value.is_empty() {
            return Err(AppError::invalid("field-missing", pointer, "请填写", "must be filled in"));
        }
        limits::text(value, pointer, limits::SHORT_TEXT_MAX)?;
    }
    if said.confidence_per_mille > 1_000 {
        let pointer = "/recognised/confidence_per_mille";
        return Err(AppError::invalid(
            "tally-confidence",
            pointer,
            "置信度为 0 至 1000（千分之）",
            "a confidence is 0 to 1,000 thousandths",
        ));
    }
    let pictures: Vec<String> = said.pictures.iter().map(|hash| hash.trim().to_ascii_lowercase()).collect();
    let hashes = pictures.iter().all(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !hashes || pictures.len() > manifest::TALLY_PICTURES_MAX {
        return Err(AppError::invalid(
            "tally-pictures",
            "/recognised/pictures",
            format!("图像以 SHA-256（64 位十六进制）表示，每箱最多 {} 张", manifest::TALLY_PICTURES_MAX),
            format!("pictures are named by their SHA-256 in hex, at most {} of a box", manifest::TALLY_PICTURES_MAX),
        ));
    }
    Ok(Recognised { device: device.to_owned(), number, confidence_per_mille: said.confidence_per_mille, pictures })
}

/// A person of the terminal stands for what a device said of a box (人工复核).
#[derive(Clone, Debug, Serialize)]
pub struct ReviewTally {
    /// Visit id of the box.
    pub id: String,
    /// Corrections of the report that was looked at: names which one it was.
    pub corrections: u32,
    /// What was seen.
    pub note: String,
}

#[async_trait]
impl UseCase for ReviewTally {
    const NAME: &'static str = "tally-report.review";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<TallyReport>(Self::NAME, &self.id).await?;
        own_terminal(&unit.ctx.principal, &state.of.terminal)?;
        if unit.ctx.principal.system {
            return Err(AppError::Refused(ledger::Refusal::new(
                "tally-person-only",
                Self::NAME,
                "system",
                "人工复核须由登录的人员办理。",
                "A person looks, not a system.",
            )));
        }
        let note = crate::orders::reason(&self.note)?;
        let command = TallyReviewed { by: unit.ctx.principal.id.clone(), note, corrections: Some(self.corrections) };
        let events = manifest::decide_tally_reviewed(&state, command)?;
        unit.record::<TallyReport>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

async fn receive(
    unit: &mut Unit<'_>,
    id: &str,
    state: &Container,
    counted: Counted,
    sender: TallySender,
    at: Timestamp,
) -> Result<(), AppError> {
    let listed = listed(unit, state).await?;
    let known = unit.load::<TallyReport>(id).await?;
    let by = unit.ctx.principal.organisation.clone();
    let by = if by.is_empty() { state.terminal.clone() } else { by };
    let confidence_min_per_mille = unit.app.port().tally_confidence_min_per_mille;
    let command = ReceiveTally { of: tallied(state), counted, received_at: unit.at(), by, sender, listed, confidence_min_per_mille };
    let events = manifest::decide_tally_received(known.as_ref(), command)?;
    unit.record::<TallyReport>(id, events, at).await
}

async fn listed(unit: &mut Unit<'_>, state: &Container) -> Result<Option<Listed>, AppError> {
    let Some(number) = &state.bill else { return Ok(None) };
    let Some(bill) = unit.look::<Bill>(number).await? else { return Ok(None) };
    let found = bill.content.containers.iter().find(|listed| listed.number == state.number);
    Ok(found.map(|found| Listed { packages: found.packages, seals: found.seals.clone() }))
}

fn tallied(state: &Container) -> TalliedBox {
    TalliedBox {
        number: state.number.clone(),
        call: state.call.clone(),
        bill: state.bill.clone(),
        terminal: state.terminal.clone(),
        parties: state.parties.clone(),
    }
}

/// A box that was discharged starts the clock of its tally report; a discharge report that carries the tally stops it at once.
pub(crate) async fn discharged(unit: &mut Unit<'_>, id: &str, told: &Discharged) -> Result<(), AppError> {
    let state = unit.get::<Container>(id).await?;
    let known = unit.load::<TallyReport>(id).await?;
    let limit_minutes = unit.app.port().tally_limit_minutes;
    let due = TallyDue { of: tallied(&state), discharged_at: told.at, limit_minutes };
    let events = manifest::decide_tally_due(known.as_ref(), due)?;
    unit.record::<TallyReport>(id, events, told.at).await?;
    if !told.tally.is_told() {
        return Ok(());
    }
    let counted = Counted {
        at: told.at,
        packages: told.tally.packages,
        seal: told.seal.clone(),
        damage: told.tally.damage.clone(),
        tally_company: told.tally.tally_company.clone(),
        tallied_by: None,
        recognised: None,
    };
    // The same tally may have come ahead of the discharge.
    match receive(unit, id, &state, counted, TallySender::Discharge, told.at).await {
        Err(AppError::Refused(refusal)) if refusal.code == "tally-repeated" => Ok(()),
        other => other,
    }
}

impl CountedByDay for TallyReport {
    const SERIES: &'static [&'static str] = &[SERIES];

    fn marks(&self, event: &str, _: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let Some(discharged_at) = self.discharged_at else { return Vec::new() };
        let day = day_of(discharged_at, offset_minutes);
        let mark = |what: &str| TallyMark { series: SERIES, day, key: format!("{}|{what}", self.of.terminal), by: 1 };
        let smart = self.counted.as_ref().is_some_and(|counted| counted.recognised.is_some());
        let answered = || {
            let answer = self.was_on_time().map(|on_time| mark(if on_time { "on-time" } else { "late" }));
            let by_device = answer.as_ref().filter(|_| smart).map(|_| mark("smart"));
            answer.into_iter().chain(by_device)
        };
        match event {
            "tally-report.due" => std::iter::once(mark("due")).chain(answered()).collect(),
            "tally-report.received" if self.corrections == 0 => answered().collect(),
            _ => Vec::new(),
        }
    }

    // A person's look moves no counter.
    fn is_passed_over(event: &TallyReportEvent) -> bool {
        matches!(event, TallyReportEvent::Reviewed(_))
    }

    // Corrections move none, and need no earlier state to say so.
    fn counts_on(&self) -> bool {
        self.was_on_time().is_none()
    }
}

/// Which tally reports are wanted.
#[derive(Clone, Debug, Default)]
pub struct TallyList {
    /// States: `awaited`, `early`, `on-time`, `late`; empty means all.
    pub statuses: Vec<String>,
    /// Only those that are missing past their time.
    pub overdue: bool,
    /// One ship call.
    pub call: Option<String>,
    /// One terminal.
    pub terminal: Option<String>,
    /// Only those that differ from the manifest.
    pub differing: bool,
    /// Only those of devices that wait for a person.
    pub review: bool,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// Cursor.
    pub cursor: Option<String>,
    /// Rows wanted; 0 means 50.
    pub limit: u32,
}

impl TallyList {
    /// As a question to the worklist, earliest due first.
    pub fn query(&self, now: Timestamp) -> ListQuery {
        let mut keys: Vec<String> = self.call.iter().cloned().collect();
        keys.extend(self.terminal.iter().map(|terminal| format!("TERMINAL:{terminal}")));
        keys.extend(self.differing.then(|| "TALLY:DIFFERS".to_owned()));
        keys.extend(self.review.then(|| "TALLY:REVIEW".to_owned()));
        ListQuery {
            statuses: if self.overdue { vec!["awaited".into()] } else { self.statuses.clone() },
            open: self.overdue.then_some(true),
            due_before: self.overdue.then_some(now),
            keys,
            key_prefix: self.q.clone(),
            by_due: true,
            cursor: self.cursor.clone(),
            limit: self.limit,
            ..ListQuery::default()
        }
    }
}

/// What one terminal owes of one ship call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyOwed {
    /// Ship call id.
    pub call: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Boxes ashore without a tally report.
    pub awaited: u64,
    /// Of these, past their time.
    pub overdue: u64,
    /// The earliest due time.
    pub oldest_due_at: Option<Timestamp>,
}

/// What is owed, by call and terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TallyOverview {
    /// By call and terminal, the earliest due first.
    pub owed: Vec<TallyOwed>,
    /// There are more open reports than were counted.
    pub more: bool,
}

/// One month of one terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TallyFigures {
    /// Boxes discharged.
    pub due: u64,
    /// Reports in time.
    pub on_time: u64,
    /// Reports past their time.
    pub late: u64,
}

impl TallyFigures {
    /// Boxes whose report did not come, whether its time is over or not.
    pub const fn missing(&self) -> u64 {
        self.due.saturating_sub(self.on_time + self.late)
    }

    /// Reports in time among all boxes discharged, thousandths; `None` without any.
    pub const fn on_time_per_mille(&self) -> Option<u64> {
        (self.on_time * 1_000).checked_div(self.due)
    }
}

/// Figures by month (`YYYY-MM`) and terminal.
pub type TallyMonths = BTreeMap<(String, String), TallyFigures>;

impl App {
    /// What is owed now, as far as the asker sees it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn tally_overview(&self, ctx: &Context) -> Result<TallyOverview, AppError> {
        let mut query =
            TallyList { statuses: vec!["awaited".into()], limit: crate::reading::PAGE_MAX, ..TallyList::default() }.query(ctx.at);
        let mut owed: BTreeMap<(String, String), TallyOwed> = BTreeMap::new();
        let mut counted = 0;
        let mut more = false;
        loop {
            let page = self.list::<TallyReport>(ctx, "tally-report.read", query.clone()).await?;
            counted += page.items.len();
            for (seen, _) in page.items {
                let report = seen.state;
                let key = (report.of.call.clone(), report.of.terminal.clone());
                let row = owed.entry(key).or_insert_with(|| TallyOwed {
                    call: report.of.call.clone(),
                    terminal: report.of.terminal.clone(),
                    awaited: 0,
                    overdue: 0,
                    oldest_due_at: report.due_at,
                });
                row.awaited += 1;
                row.overdue += u64::from(report.due_at.is_some_and(|due| due < ctx.at));
                row.oldest_due_at = row.oldest_due_at.min(report.due_at);
            }
            match page.next {
                Some(_) if counted >= OVERVIEW_ROWS_MAX => {
                    more = true;
                    break;
                }
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        let mut owed: Vec<TallyOwed> = owed.into_values().collect();
        owed.sort_by(|a, b| (a.oldest_due_at, &a.call).cmp(&(b.oldest_due_at, &b.call)));
        Ok(TallyOverview { owed, more })
    }

    /// Figures of the months between two days (both included): a terminal sees its own, customs of the port and the port office see all.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a period that is too long, or the store's fault.
    pub async fn tally_statistics(&self, ctx: &Context, from: Timestamp, to: Timestamp) -> Result<TallyMonths, AppError> {
        self.rights().require(&ctx.principal, "tally-report.statistics", &self.at_the_port(TallyReport::KIND, &ctx.principal))?;
        let offset = self.port().utc_offset_minutes;
        let (from_day, to_day) = (day_of(from, offset), day_of(to, offset));
        let days_max = i32::try_from(MONTHS_MAX * 31).unwrap_or(i32::MAX);
        if to_day < from_day || to_day - from_day >= days_max {
            return Err(AppError::invalid("period", "/from", "时间段须为 1 至 36 个月", "a period is 1 to 36 months"));
        }
        let own = (ctx.principal.role == Role::Terminal).then(|| ctx.principal.organisation.clone());
        let query = TallyQuery { port: self.port().code.clone(), series: SERIES.into(), from_day, to_day: to_day + 1 };
        let mut months = TallyMonths::new();
        for row in self.store().tallies(&query).await? {
            let Some((terminal, what)) = row.key.split_once('|') else { continue };
            if own.as_deref().is_some_and(|own| own != terminal) {
                continue;
            }
            let (year, month, ..) = day_start(row.day, offset).civil(offset);
            let figures = months.entry((format!("{year:04}-{month:02}"), terminal.to_owned())).or_default();
            let count = u64::try_from(row.count).unwrap_or(0);
            match what {
                "due" => figures.due += count,
                "on-time" => figures.on_time += count,
                "late" => figures.late += count,
                _ => {}
            }
        }
        Ok(months)
    }
}

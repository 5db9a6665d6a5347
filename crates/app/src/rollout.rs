//! Roll-out tracker (推广进度, LOG-09): which terminal uses which electronic module, as it is claimed and as it is.
//!
//! The claim is the port office's word: planned, on trial or live, since when, and who looks after it. Beside it stands what really went through
//! the platform in the last thirty days, counted from the same milestones and counters as every other figure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use equipment::Equipment;
use ledger::{Aggregate, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};
use store::{JourneyCountQuery, Milestone, TallyQuery};

use crate::counters::day_of;
use crate::directory::Organisation;
use crate::reading::{ListQuery, PAGE_MAX};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, limits};

/// Days of real use beside a claim.
pub const USE_DAYS: i64 = 30;
/// How long boxes are not counted anew, ms: five minutes.
const REMEMBER_MS: i64 = 300_000;
/// Most machines of a terminal that are looked at.
const MACHINES_MAX: u64 = 2_000;

/// An electronic module whose roll-out is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Module {
    /// Messages between systems (电子数据交换).
    Edi,
    /// Electronic delivery order (电子换单).
    DeliveryOrder,
    /// Pick-up booking (提箱预约).
    Booking,
    /// Electronic interchange receipt (电子设备交接单).
    InterchangeReceipt,
    /// Tally reports (理货报告).
    Tally,
    /// Smart tally (智能理货).
    SmartTally,
    /// Telemetry of equipment (设备遥测).
    Telemetry,
}

impl Module {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Edi, Self::DeliveryOrder, Self::Booking, Self::InterchangeReceipt, Self::Tally, Self::SmartTally, Self::Telemetry];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Edi => "edi",
            Self::DeliveryOrder => "delivery-order",
            Self::Booking => "booking",
            Self::InterchangeReceipt => "interchange-receipt",
            Self::Tally => "tally",
            Self::SmartTally => "smart-tally",
            Self::Telemetry => "telemetry",
        }
    }
}

/// How far a module is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollOutStatus {
    /// Planned (计划).
    Planned,
    /// On trial (试点).
    Trial,
    /// In full use (已推广).
    Live,
}

impl RollOutStatus {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Trial => "trial",
            Self::Live => "live",
        }
    }
}

/// `roll-out.claimed`: what the port office says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Module.
    pub module: Module,
    /// How far it is.
    pub status: RollOutStatus,
    /// Since or for when: the first instant of a day on the port's clock.
    pub since: Timestamp,
    /// Who looks after it: a desk or an organisation.
    pub owner: String,
    /// What else there is to say.
    #[serde(default)]
    pub note: String,
    /// Who says so, user id.
    pub by: String,
}

ledger::domain_events! {
    /// What happens to the roll-out of a module at a terminal.
    pub enum RollOutEvent for "roll-out" {
        /// The port office said how far it is.
        Claimed(Claimed) = "roll-out.claimed",
    }
}

/// The roll-out of a module at a terminal, as it is claimed. Its id is terminal and module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollOut {
    /// What is said.
    #[serde(flatten)]
    pub claim: Claimed,
    /// When it was said.
    pub claimed_at: Timestamp,
}

impl Aggregate for RollOut {
    const KIND: &'static str = "roll-out";
    type Event = RollOutEvent;

    fn apply(_: Option<Self>, event: &RollOutEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let RollOutEvent::Claimed(claim) = event;
        Ok(Self { claim: claim.clone(), claimed_at: at })
    }

    fn related(&self, event: &RollOutEvent) -> Vec<Related> {
        match event {
            RollOutEvent::Claimed(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        self.claim.status.code()
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: format!("{} {}", self.claim.terminal, self.claim.module.code()),
            status: self.status().to_owned(),
            parties: vec![self.claim.terminal.clone()],
            keys: vec![id.to_uppercase(), format!("TERMINAL:{}", self.claim.terminal.to_uppercase())],
            opened_at: self.claimed_at,
            ..WorkRow::default()
        }
    }
}

fn roll_out_id(terminal: &str, module: Module) -> String {
    format!("{terminal}.{}", module.code())
}

/// Says how far a module is at a terminal.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimRollOut {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Module.
    pub module: Module,
    /// How far it is.
    pub status: RollOutStatus,
    /// Since or for when.
    pub since: Timestamp,
    /// Who looks after it.
    pub owner: String,
    /// What else there is to say.
    pub note: String,
}

#[async_trait]
impl UseCase for ClaimRollOut {
    const NAME: &'static str = "roll-out.claim";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(RollOut::KIND))?;
        limits::text(&self.terminal, "/terminal", limits::SHORT_TEXT_MAX)?;
        if unit.app.organisation(&self.terminal).await?.is_none_or(|one| one.role != Role::Terminal) {
            return Err(AppError::invalid("roll-out-terminal", "/terminal", "没有这个码头", "no such terminal"));
        }
        let owner = self.owner.trim();
        if owner.is_empty() {
            return Err(AppError::invalid("roll-out-owner", "/owner", "请填写负责单位或岗位", "say who looks after it"));
        }
        limits::text(owner, "/owner", limits::SHORT_TEXT_MAX)?;
        limits::text(&self.note, "/note", limits::NOTE_MAX)?;
        let id = roll_out_id(&self.terminal, self.module);
        // Read, so that of two claims at once the later one is decided on the earlier.
        unit.load::<RollOut>(&id).await?;
        let claim = Claimed {
            terminal: self.terminal.clone(),
            module: self.module,
            status: self.status,
            since: self.since,
            owner: owner.to_owned(),
            note: self.note.trim().to_owned(),
            by: unit.ctx.principal.id.clone(),
        };
        unit.record::<RollOut>(&id, vec![claim.into()], unit.at()).await?;
        Ok(id)
    }
}

/// A module at a terminal: the claim, and the use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollOutRow {
    /// Module.
    pub module: Module,
    /// What is claimed; nothing while nobody said anything.
    pub claim: Option<RollOut>,
    /// What went through in the last [`USE_DAYS`] days: boxes, of EDI messages, of telemetry machines that told something.
    pub used: u64,
    /// Of so many boxes or machines; none where there is nothing to compare with.
    pub of: Option<u64>,
}

impl RollOutRow {
    /// Where claim and use do not fit: said to be live without use, or used without being said to be on trial or live.
    pub fn doubt(&self) -> Option<&'static str> {
        let status = self.claim.as_ref().map(|claim| claim.claim.status);
        match (status, self.used) {
            (Some(RollOutStatus::Live | RollOutStatus::Trial), 0) => Some("claimed-unused"),
            (None | Some(RollOutStatus::Planned), 1..) => Some("used-unclaimed"),
            (Some(RollOutStatus::Live | RollOutStatus::Trial), 1..) | (None | Some(RollOutStatus::Planned), 0) => None,
        }
    }
}

/// Every module of a terminal.
#[derive(Clone, Debug)]
pub struct TerminalRollOut {
    /// Terminal.
    pub terminal: Organisation,
    /// Modules, in the order of [`Module::ALL`].
    pub rows: Vec<RollOutRow>,
}

impl App {
    /// The roll-out at every terminal, with the use of the last thirty days.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn roll_out(&self, ctx: &Context) -> Result<Vec<TerminalRollOut>, AppError> {
        self.rights().require(&ctx.principal, "roll-out.read", &Resource::own(RollOut::KIND))?;
        let mut terminals = self.organisations().await?;
        terminals.retain(|one| one.role == Role::Terminal);
        let from = ctx.at.plus_days(-USE_DAYS);
        let messages = self.counted_messages(from, ctx.at).await?;
        let tallies = self.counted_tallies(from, ctx.at).await?;
        let discharged = self.boxes(Milestone::Discharged, ctx.at).await?;
        let ordered = self.boxes(Milestone::DeliveryOrderIssued, ctx.at).await?;
        let booked = self.boxes(Milestone::Booked, ctx.at).await?;
        let gone = self.boxes(Milestone::GatedOut, ctx.at).await?;
        let telling = self.machines_told_since(from).await?;
        let mut all = Vec::with_capacity(terminals.len());
        for terminal in terminals {
            let ids = Module::ALL.map(|module| roll_out_id(&terminal.id, module));
            let claims = self.peek_many::<RollOut>(ids.iter().cloned()).await?;
            let of = |counts: &BTreeMap<String, u64>| counts.get(&terminal.id).copied().unwrap_or(0);
            let tally = |what: &str| tallies.get(&(terminal.id.clone(), what.to_owned())).copied().unwrap_or(0);
            let reported = tally("on-time") + tally("late");
            let (machines, telling) = self.machines(ctx, &terminal.id, &telling).await?;
            let figures = [
                (of(&messages), None),
                (of(&ordered), Some(of(&discharged))),
                (of(&booked), Some(of(&discharged))),
                // A box leaves through the gate with its receipt, and only so: there is nothing to compare it with.
                (of(&gone), None),
                (reported, Some(tally("due"))),
                (tally("smart"), Some(reported)),
                (telling, Some(machines)),
            ];
            let rows = Module::ALL.into_iter().zip(ids).zip(figures);
            let rows = rows.map(|((module, id), (used, of))| RollOutRow { module, claim: claims.get(&id).cloned(), used, of }).collect();
            all.push(TerminalRollOut { terminal, rows });
        }
        Ok(all)
    }

    /// Boxes of each terminal that reached a milestone; counted anew every few minutes at the most.
    async fn boxes(&self, by: Milestone, at: Timestamp) -> Result<Arc<BTreeMap<String, u64>>, AppError> {
        if let Some(known) = self.terminal_boxes().get(&by.index(), at.millis(), REMEMBER_MS) {
            return Ok(known);
        }
        let (from, to) = (at.plus_days(-USE_DAYS), at.plus_millis(1));
        let query = JourneyCountQuery { port: self.port().code.clone(), by, from, to, reached: None };
        let counted = Arc::new(self.store().journeys_by_terminal(&query).await?);
        self.terminal_boxes().put(by.index(), at.millis(), Arc::clone(&counted));
        Ok(counted)
    }

    /// Messages of each partner that were processed: what was refused, or merely lies ready for it, is no use of the module.
    async fn counted_messages(&self, from: Timestamp, to: Timestamp) -> Result<BTreeMap<String, u64>, AppError> {
        let mut counts = BTreeMap::new();
        for row in self.store().tallies(&self.days("message", from, to)).await? {
            let parts: Vec<&str> = row.key.split('|').collect();
            if let [direction, partner, _, result] = parts[..]
                && direction == "in"
                && matches!(result, "processed" | "processed-with-findings")
            {
                *counts.entry(partner.to_owned()).or_default() += u64::try_from(row.count).unwrap_or(0);
            }
        }
        Ok(counts)
    }

    /// Tally reports by terminal and what is counted, by the day of discharge.
    async fn counted_tallies(&self, from: Timestamp, to: Timestamp) -> Result<BTreeMap<(String, String), u64>, AppError> {
        let mut counts = BTreeMap::new();
        for row in self.store().tallies(&self.days(crate::tallies::SERIES, from, to)).await? {
            if let Some((terminal, what)) = row.key.split_once('|') {
                *counts.entry((terminal.to_owned(), what.to_owned())).or_default() += u64::try_from(row.count).unwrap_or(0);
            }
        }
        Ok(counts)
    }

    fn days(&self, series: &str, from: Timestamp, to: Timestamp) -> TallyQuery {
        let offset = self.port().utc_offset_minutes;
        TallyQuery {
            port: self.port().code.clone(),
            series: series.to_owned(),
            from_day: day_of(from, offset),
            to_day: day_of(to, offset) + 1,
        }
    }

    /// Machines in service, and those of them that told something. Their rows alone are read.
    async fn machines(&self, ctx: &Context, terminal: &str, telling: &BTreeSet<String>) -> Result<(u64, u64), AppError> {
        let keys = vec![format!("TERMINAL:{terminal}")];
        let kinds = vec![Equipment::KIND.to_owned()];
        let mut query = ListQuery { kinds, keys, open: Some(true), limit: PAGE_MAX, ..ListQuery::default() };
        let (mut machines, mut told) = (0, 0);
        loop {
            let page = self.worklist(ctx, &query).await?;
            machines += page.items.len() as u64;
            told += page.items.iter().filter(|item| telling.contains(&item.object.id)).count() as u64;
            query.cursor = page.next;
            if query.cursor.is_none() || machines >= MACHINES_MAX {
                return Ok((machines, told));
            }
        }
    }
}

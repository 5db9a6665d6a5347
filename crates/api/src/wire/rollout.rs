//! The roll-out tracker.

use app::AppError;
use app::rollout::{ClaimRollOut, Module, RollOutStatus, TerminalRollOut, USE_DAYS};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Instant, Org, Text};
use crate::paging;
use crate::problem::Problem;
use crate::state::Api;

/// A module whose roll-out is followed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RollOutModule {
    /// Messages between systems.
    Edi,
    /// Electronic delivery order.
    DeliveryOrder,
    /// Pick-up booking.
    Booking,
    /// Electronic interchange receipt.
    InterchangeReceipt,
    /// Tally reports.
    Tally,
    /// Smart tally.
    SmartTally,
    /// Telemetry of equipment.
    Telemetry,
}

impl From<RollOutModule> for Module {
    fn from(module: RollOutModule) -> Self {
        match module {
            RollOutModule::Edi => Self::Edi,
            RollOutModule::DeliveryOrder => Self::DeliveryOrder,
            RollOutModule::Booking => Self::Booking,
            RollOutModule::InterchangeReceipt => Self::InterchangeReceipt,
            RollOutModule::Tally => Self::Tally,
            RollOutModule::SmartTally => Self::SmartTally,
            RollOutModule::Telemetry => Self::Telemetry,
        }
    }
}

/// What a module is called, and what is counted of it.
fn named(module: Module) -> (RollOutModule, Text, Text) {
    let (code, name, counted) = match module {
        Module::Edi => (RollOutModule::Edi, ("电子数据交换", "Messages"), ("已处理的来文数", "messages received and processed")),
        Module::DeliveryOrder => (
            RollOutModule::DeliveryOrder,
            ("电子换单", "Delivery orders"),
            ("已换单箱数 / 卸船箱数", "boxes with an order / boxes discharged"),
        ),
        Module::Booking => (RollOutModule::Booking, ("提箱预约", "Bookings"), ("已预约箱数 / 卸船箱数", "boxes booked / boxes discharged")),
        Module::InterchangeReceipt => (
            RollOutModule::InterchangeReceipt,
            ("电子设备交接单", "Interchange receipts"),
            ("凭电子交接单出闸的箱数", "boxes that left, each with its receipt"),
        ),
        Module::Tally => (RollOutModule::Tally, ("理货报告", "Tally reports"), ("已报理货箱数 / 应报箱数", "boxes reported / boxes due")),
        Module::SmartTally => {
            (RollOutModule::SmartTally, ("智能理货", "Smart tally"), ("智能理货箱数 / 已报理货箱数", "boxes by device / boxes reported"))
        }
        Module::Telemetry => (
            RollOutModule::Telemetry,
            ("设备遥测", "Telemetry"),
            ("有读数设备数 / 在用设备数", "machines that told something / machines in service"),
        ),
    };
    (code, name.into(), counted.into())
}

/// How far a module is said to be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RollOutStage {
    /// Planned.
    Planned,
    /// On trial.
    Trial,
    /// In full use.
    Live,
}

impl From<RollOutStage> for RollOutStatus {
    fn from(stage: RollOutStage) -> Self {
        match stage {
            RollOutStage::Planned => Self::Planned,
            RollOutStage::Trial => Self::Trial,
            RollOutStage::Live => Self::Live,
        }
    }
}

impl From<RollOutStatus> for RollOutStage {
    fn from(status: RollOutStatus) -> Self {
        match status {
            RollOutStatus::Planned => Self::Planned,
            RollOutStatus::Trial => Self::Trial,
            RollOutStatus::Live => Self::Live,
        }
    }
}

/// Says how far a module is at a terminal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct RollOutForm {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Module.
    pub module: RollOutModule,
    /// How far it is.
    pub status: RollOutStage,
    /// Since or for when, YYYY-MM-DD of the port's clock.
    pub since: String,
    /// Who looks after it: a desk or an organisation.
    pub owner: String,
    /// What else there is to say.
    #[serde(default)]
    pub note: String,
}

impl RollOutForm {
    pub fn command(self, offset_minutes: i32) -> Result<ClaimRollOut, Problem> {
        Ok(ClaimRollOut {
            terminal: self.terminal,
            module: self.module.into(),
            status: self.status.into(),
            since: paging::day_start(&self.since, offset_minutes)?,
            owner: self.owner,
            note: self.note,
        })
    }
}

/// What is claimed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RollOutClaim {
    /// How far it is.
    pub status: RollOutStage,
    /// Since or for when, a day.
    pub since: String,
    /// Who looks after it.
    pub owner: String,
    /// What else there is to say.
    pub note: String,
    /// Who said so, user id.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// A module at a terminal: the claim, and the use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RollOutCell {
    /// Module.
    pub module: RollOutModule,
    /// Its name.
    pub name: Text,
    /// What is counted.
    pub counted: Text,
    /// What is claimed; null while nobody said anything.
    pub claim: Option<RollOutClaim>,
    /// What went through in the last thirty days.
    pub used: u64,
    /// Of so many, where there is something to compare with.
    pub of: Option<u64>,
    /// `claimed-unused` or `used-unclaimed`, where claim and use do not fit.
    pub doubt: Option<String>,
}

/// Every module of a terminal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RollOutTerminal {
    /// Terminal.
    pub terminal: Org,
    /// Modules.
    pub modules: Vec<RollOutCell>,
}

/// The roll-out at every terminal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RollOutTracker {
    /// What is counted, and over which time.
    pub definition: Text,
    /// Terminals.
    pub items: Vec<RollOutTerminal>,
}

impl Api {
    pub fn roll_out(&self, found: Vec<TerminalRollOut>) -> RollOutTracker {
        let offset = self.app.port().utc_offset_minutes;
        let cell = |row: app::rollout::RollOutRow| {
            let doubt = row.doubt().map(str::to_owned);
            let (module, name, counted) = named(row.module);
            let claim = row.claim.map(|claim| RollOutClaim {
                status: claim.claim.status.into(),
                since: claim.claim.since.day(offset),
                owner: claim.claim.owner,
                note: claim.claim.note,
                by: claim.claim.by,
                at: claim.claimed_at.into(),
            });
            RollOutCell { module, name, counted, claim, used: row.used, of: row.of, doubt }
        };
        let items = found.into_iter().map(|one| RollOutTerminal {
            terminal: Org { id: one.terminal.id, name: one.terminal.name.into(), role: one.terminal.role.into() },
            modules: one.rows.into_iter().map(cell).collect(),
        });
        RollOutTracker {
            definition: Text::new(
                format!("实际使用为最近 {USE_DAYS} 天经平台办理的数量，与各统计同源；理货按卸船日、报文按收发日计。"),
                format!(
                    "Use is what went through the platform in the last {USE_DAYS} days, from the same counts as every other figure; tally by the day of discharge, messages by the day they came or went."
                ),
            ),
            items: items.collect(),
        }
    }

    pub async fn roll_out_after(&self, ctx: &app::Context) -> Result<RollOutTracker, AppError> {
        Ok(self.roll_out(self.app.roll_out(ctx).await?))
    }
}

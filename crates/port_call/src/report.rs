//! What partners report of a call by message (船舶动态报告): persons on board, stowage, work orders, dangerous goods.

use ledger::{Aggregate, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::call::{ShipCall, ShipCallEvent};

/// Reports remembered so that one told twice is recorded once.
pub const REPORTS_SEEN_MAX: usize = 64;

/// What a report says of a call. Persons are counted, never named: names stay in the message (ADR 0008).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Said {
    /// Crew and passengers (船员、旅客).
    Persons {
        /// Crew members, when the message lists crew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        crew: Option<u32>,
        /// Passengers, when the message lists passengers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passengers: Option<u32>,
    },
    /// Stowage (配载图).
    Stowage {
        /// Boxes on board.
        aboard: u32,
        /// Boxes to be discharged in this port.
        here: u32,
    },
    /// Boxes to be discharged (卸船指令).
    DischargeOrdered {
        /// Boxes.
        boxes: u32,
    },
    /// Boxes to be loaded (装船指令).
    LoadingOrdered {
        /// Boxes.
        boxes: u32,
    },
    /// Boxes loaded (装船报告).
    Loaded {
        /// Boxes.
        boxes: u32,
    },
    /// Dangerous goods on board (危险货物申报).
    Dangerous {
        /// Lines of goods.
        lines: u32,
        /// Boxes that hold them.
        boxes: u32,
    },
    /// A berth is asked for (泊位申请).
    BerthAsked {
        /// Berth, as sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        berth: Option<String>,
        /// Estimated arrival.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        eta: Option<Timestamp>,
    },
    /// The call is named; what the message says is in the message.
    Named,
}

impl Said {
    /// The kind of what is said: the newest report of each kind stands in the state.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Persons { .. } => "persons",
            Self::Stowage { .. } => "stowage",
            Self::DischargeOrdered { .. } => "discharge-ordered",
            Self::LoadingOrdered { .. } => "loading-ordered",
            Self::Loaded { .. } => "loaded",
            Self::Dangerous { .. } => "dangerous",
            Self::BerthAsked { .. } => "berth-asked",
            Self::Named => "named",
        }
    }
}

/// `ship-call.reported`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Type of the message, such as `BAPLIE`.
    pub kind: String,
    /// Document number of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Message id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Message function (1225), as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Who told it, organisation id.
    pub by: String,
    /// When it was told.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
}

impl Reported {
    pub(crate) fn fingerprint(&self) -> String {
        let said = serde_json::to_string(&self.said).unwrap_or_default();
        let known = format!("{} {} {} {said}", self.kind, self.document.as_deref().unwrap_or(""), self.at);
        // What is told of persons are numbers alone: whether names changed, or the list is taken back, is in the message.
        match self.said {
            Said::Persons { .. } => {
                format!("{known} {} {}", self.function.as_deref().unwrap_or(""), self.message.as_deref().unwrap_or(""))
            }
            _ => known,
        }
    }
}

/// Records what was told of a call. A closed call still takes reports: they come late.
///
/// # Errors
/// `call-report-repeated` when the same was told before.
pub fn decide_report(state: &ShipCall, command: Reported) -> Result<Vec<ShipCallEvent>, Refusal> {
    if state.reports.seen.contains(&command.fingerprint()) {
        return Err(Refusal::new(
            "call-report-repeated",
            "ship-call.report",
            state.status(),
            "该内容已登记，未重复登记。",
            "The same was told before; nothing is recorded twice.",
        ));
    }
    Ok(vec![command.into()])
}

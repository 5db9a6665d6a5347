//! What partners report of a box by message (箱动态报告): gate, mass, dangerous goods, stowage, stock, status.
//!
//! A report is a fact that somebody told: it is recorded, and it changes what the platform itself decided of the box only where that
//! follows from it (a stock report says where the box stands). The newest report of each kind stands in the state, whatever the order in
//! which reports come in; one that was told before changes nothing. What must not have happened raises an alarm (预警).

use std::collections::BTreeMap;

use codes::{Mass, Text};
use ledger::{Aggregate, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::container::{Container, ContainerEvent, Customs, Moved, Place};

/// Reports remembered so that one told twice is recorded once.
pub const REPORTS_SEEN_MAX: usize = 64;
/// Most dangerous goods that one report tells of a box.
pub const DANGEROUS_GOODS_MAX: usize = 50;
/// Most open alarms of a box; what is raised further is in its history.
pub const ALARMS_OPEN_MAX: usize = 20;

/// Dangerous goods in a box (危险货物), as declared by message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DangerousGoods {
    /// UN number (联合国编号), four digits.
    pub un_no: String,
    /// Class and division of the IMDG Code (危险类别), such as `3` or `5.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Packing group (包装类), `1` to `3` as in code list 8339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing_group: Option<String>,
    /// Proper shipping name, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a report says of a box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Said {
    /// Came in through the terminal's gate, or its truck did (进闸).
    GateIn {
        /// Plate of the truck.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plate: Option<String>,
    },
    /// Left through the terminal's gate (出闸).
    GateOut {
        /// Plate of the truck.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plate: Option<String>,
        /// Codes of everything that stood against it here; empty when it was in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        against: Vec<String>,
    },
    /// Loaded onto a ship (装船).
    Loaded {
        /// Cell on board (贝位).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<String>,
        /// Port of discharge, as sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discharge: Option<String>,
    },
    /// Stands in a cell on board (配载图).
    Stowed {
        /// Cell on board.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<String>,
        /// Port of loading, as sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loading: Option<String>,
        /// Port of discharge, as sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discharge: Option<String>,
    },
    /// Is to be discharged (卸船指令).
    DischargeOrdered {
        /// Cell on board.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<String>,
    },
    /// Is to be loaded (装船指令).
    LoadingOrdered {
        /// Cell on board.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<String>,
    },
    /// Verified gross mass (经核实的集装箱总重, SOLAS VI/2), box and goods.
    VerifiedMass {
        /// Kilograms.
        kg: Mass,
        /// `SM1` weighed, `SM2` calculated, as sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
        /// Who answers for it, as sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<String>,
    },
    /// Holds dangerous goods.
    Dangerous {
        /// The goods, at most [`DANGEROUS_GOODS_MAX`].
        goods: Vec<DangerousGoods>,
    },
    /// Stands in a yard or depot (在场).
    InStock {
        /// Position, as the terminal calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<String>,
    },
    /// Has a status (状态), as the sender codes it.
    Status {
        /// Status code, as sent.
        code: String,
    },
    /// May be collected or brought (放箱、预录).
    ReleaseTold {
        /// Release or booking reference.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// Its transport is ordered (运输委托).
    TransportOrdered {
        /// Reference of the order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// Is named; what the message says is in the message.
    Named,
}

impl Said {
    /// The kind of what is said: the newest report of each kind stands in the state.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::GateIn { .. } => "gate-in",
            Self::GateOut { .. } => "gate-out",
            Self::Loaded { .. } => "loaded",
            Self::Stowed { .. } => "stowed",
            Self::DischargeOrdered { .. } => "discharge-ordered",
            Self::LoadingOrdered { .. } => "loading-ordered",
            Self::VerifiedMass { .. } => "verified-mass",
            Self::Dangerous { .. } => "dangerous",
            Self::InStock { .. } => "in-stock",
            Self::Status { .. } => "status",
            Self::ReleaseTold { .. } => "release-told",
            Self::TransportOrdered { .. } => "transport-ordered",
            Self::Named => "named",
        }
    }
}

/// `container.reported`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Type of the message, such as `CODECO`.
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
    /// When it happened, or when it was told.
    pub at: Timestamp,
    /// Where, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
}

/// Message functions (1225) whose reports are facts to act on: addition, change, replace, duplicate, original, definitive.
const FUNCTIONS_ACTED_ON: [&str; 6] = ["2", "4", "5", "7", "9", "47"];
/// Message functions (1225) that take back what was told: cancellation, deletion, cancellation to be reissued.
const FUNCTIONS_TAKING_BACK: [&str; 3] = ["1", "3", "17"];

/// Whether a report of this message function (1225) is a fact to act on; without a function it is.
pub fn is_acted_on(function: Option<&str>) -> bool {
    function.is_none_or(|code| FUNCTIONS_ACTED_ON.contains(&code))
}

/// Whether a report of this message function (1225) takes back what was told.
pub fn takes_back(function: Option<&str>) -> bool {
    function.is_some_and(|code| FUNCTIONS_TAKING_BACK.contains(&code))
}

impl Reported {
    /// Whether something may follow from it; a report of another function is kept, and a person sees to it.
    pub fn is_acted_on(&self) -> bool {
        is_acted_on(self.function.as_deref())
    }

    /// Whether it takes back what was told.
    pub fn takes_back(&self) -> bool {
        takes_back(self.function.as_deref())
    }

    /// How the same fact is remembered when it is told, or when it is taken back: the other of the two.
    fn opposite(&self) -> String {
        let function = if self.takes_back() { None } else { Some(FUNCTIONS_TAKING_BACK[0].to_owned()) };
        Self { function, ..self.clone() }.fingerprint()
    }

    /// The same for every telling of the same fact, whatever message carries it.
    fn fingerprint(&self) -> String {
        // What stood against a gate-out is our own answer to it, and may be another the second time.
        let fact = match &self.said {
            Said::GateOut { plate, .. } => Said::GateOut { plate: plate.clone(), against: Vec::new() },
            other => other.clone(),
        };
        let said = serde_json::to_string(&fact).unwrap_or_default();
        // FNV-1a, 64 bits: two facts of one box that collide would be one in 10^17.
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        // An original and its replacement tell the same; a cancellation, or what nothing follows from, tells something else.
        let function = match &self.function {
            Some(_) if self.takes_back() => "\ntaken back",
            Some(code) if !self.is_acted_on() => code.as_str(),
            Some(_) | None => "",
        };
        let parts = [self.kind.as_str(), "\n", &self.at.to_string(), "\n", self.place.as_deref().unwrap_or(""), "\n", &said, function];
        let hash = parts.iter().flat_map(|part| part.bytes()).fold(0xcbf2_9ce4_8422_2325, fold);
        format!("{hash:016x}")
    }
}

/// What must not happen to a box (预警).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Alarm {
    /// Left without customs release (未放行出闸).
    #[serde(rename = "container-left-unreleased")]
    LeftUnreleased,
    /// Left though held (扣留中出闸).
    #[serde(rename = "container-left-held")]
    LeftHeld,
    /// Left without a delivery order (无提货单出闸).
    #[serde(rename = "container-left-without-order")]
    LeftWithoutOrder,
    /// Loaded though held (扣留中装船).
    #[serde(rename = "container-loaded-held")]
    LoadedHeld,
    /// Loaded without a transhipment that is released (未经中转放行装船).
    #[serde(rename = "container-loaded-unreleased")]
    LoadedUnreleased,
    /// Reported loaded after the ship had left (离港后装船).
    #[serde(rename = "container-loaded-after-departure")]
    LoadedAfterDeparture,
    /// The verified gross mass is below the mass of the goods alone (核实总重小于货重).
    #[serde(rename = "container-mass-below-goods")]
    MassBelowGoods,
    /// Dangerous goods that the manifest does not name (舱单未列危险货物).
    #[serde(rename = "container-dangerous-not-manifested")]
    DangerousNotManifested,
    /// In stock though its discharge was never reported (在场但无卸船记录).
    #[serde(rename = "container-stock-not-discharged")]
    StockNotDischarged,
    /// In stock after it left through the gate (出闸后仍在场).
    #[serde(rename = "container-stock-after-gate")]
    StockAfterGate,
}

impl Alarm {
    /// All.
    pub const ALL: [Self; 10] = [
        Self::LeftUnreleased,
        Self::LeftHeld,
        Self::LeftWithoutOrder,
        Self::LoadedHeld,
        Self::LoadedUnreleased,
        Self::LoadedAfterDeparture,
        Self::MassBelowGoods,
        Self::DangerousNotManifested,
        Self::StockNotDischarged,
        Self::StockAfterGate,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LeftUnreleased => "container-left-unreleased",
            Self::LeftHeld => "container-left-held",
            Self::LeftWithoutOrder => "container-left-without-order",
            Self::LoadedHeld => "container-loaded-held",
            Self::LoadedUnreleased => "container-loaded-unreleased",
            Self::LoadedAfterDeparture => "container-loaded-after-departure",
            Self::MassBelowGoods => "container-mass-below-goods",
            Self::DangerousNotManifested => "container-dangerous-not-manifested",
            Self::StockNotDischarged => "container-stock-not-discharged",
            Self::StockAfterGate => "container-stock-after-gate",
        }
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            Self::LeftUnreleased => Text::new("该箱未经海关放行出闸。", "The box left without customs release."),
            Self::LeftHeld => Text::new("该箱在扣留中出闸。", "The box left though it is held."),
            Self::LeftWithoutOrder => Text::new("该箱没有提货单而出闸。", "The box left without a delivery order."),
            Self::LoadedUnreleased => Text::new("该箱未经中转放行而装船。", "The box was loaded without a transhipment that is released."),
            Self::LoadedHeld => Text::new("该箱在扣留中装船。", "The box was loaded though it is held."),
            Self::LoadedAfterDeparture => {
                Text::new("该箱报装船的时间晚于船舶离港。", "The box is reported loaded after the ship had left.")
            }
            Self::MassBelowGoods => {
                Text::new("核实总重小于舱单货重。", "The verified gross mass is below the mass of the goods on the manifest.")
            }
            Self::DangerousNotManifested => {
                Text::new("申报的危险货物未列入舱单。", "Dangerous goods were told that the manifest does not name.")
            }
            Self::StockNotDischarged => {
                Text::new("该箱在场，但没有卸船记录。", "The box stands in the yard, but its discharge was never reported.")
            }
            Self::StockAfterGate => Text::new("该箱已出闸，却仍报在场。", "The box left through the gate, but is reported in the yard."),
        }
    }
}

/// `container.alarm-raised`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmRaised {
    /// Which.
    pub alarm: Alarm,
    /// Message that told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Authority that looks at it: customs district.
    pub authority: String,
}

/// `container.alarms-reviewed`; also the command: an officer has looked at every open alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmsReviewed {
    /// Officer, user id.
    pub officer: String,
    /// What was found.
    pub note: String,
}

/// An alarm nobody has looked at yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAlarm {
    /// Which.
    pub alarm: Alarm,
    /// When it was raised.
    pub at: Timestamp,
    /// Authority that looks at it.
    pub authority: String,
}

/// Everything that messages told of a box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// The newest report of each kind, by [`Said::what`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub latest: BTreeMap<String, Reported>,
    /// Fingerprints of the last reports, oldest first, at most [`REPORTS_SEEN_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<String>,
    /// Alarms nobody has looked at yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<OpenAlarm>,
}

impl Reports {
    /// Whether nothing was told yet.
    pub fn is_empty(&self) -> bool {
        self.latest.is_empty() && self.seen.is_empty() && self.alarms.is_empty()
    }

    /// The verified gross mass told last.
    pub fn verified_mass(&self) -> Option<Mass> {
        match self.latest.get("verified-mass").map(|told| &told.said) {
            Some(Said::VerifiedMass { kg, .. }) => Some(*kg),
            Some(_) | None => None,
        }
    }

    /// The dangerous goods told last.
    pub fn dangerous(&self) -> &[DangerousGoods] {
        match self.latest.get("dangerous").map(|told| &told.said) {
            Some(Said::Dangerous { goods }) => goods,
            Some(_) | None => &[],
        }
    }

    pub(crate) fn take(&mut self, told: &Reported) {
        if self.seen.len() >= REPORTS_SEEN_MAX {
            self.seen.remove(0);
        }
        // What was taken back may be told again, and taken back again.
        let opposite = told.opposite();
        self.seen.retain(|seen| *seen != opposite);
        self.seen.push(told.fingerprint());
        if told.takes_back() {
            self.latest.retain(|_, known| known.fingerprint() != opposite);
            return;
        }
        let newer = self.latest.get(told.said.what()).is_none_or(|known| known.at <= told.at);
        if newer {
            self.latest.insert(told.said.what().to_owned(), told.clone());
        }
    }

    /// Its discharge is reported after all: nobody need look for it.
    pub(crate) fn found_discharged(&mut self) {
        self.alarms.retain(|open| open.alarm != Alarm::StockNotDischarged);
    }

    pub(crate) fn raise(&mut self, raised: &AlarmRaised, at: Timestamp) {
        let known = self.alarms.iter().any(|open| open.alarm == raised.alarm);
        if !known && self.alarms.len() < ALARMS_OPEN_MAX {
            self.alarms.push(OpenAlarm { alarm: raised.alarm, at, authority: raised.authority.clone() });
        }
    }
}

/// What the room needs to know beside the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportFacts {
    /// UN numbers that the manifest names for the bill of the box; `None` when the box is on no known bill.
    pub manifested_un_numbers: Option<Vec<String>>,
    /// When the ship left by which it is to go on; `None` while that is in port, or the box does not go on.
    pub departed: Option<Timestamp>,
    /// It was released for loading, and only the departure ended that.
    pub left_behind: bool,
    /// Authority that looks at alarms: customs district.
    pub authority: String,
}

/// Records what was told of a box, with the alarms that it raises, and the move that a stock report tells.
///
/// # Errors
/// `container-report-repeated` when the same was told before.
pub fn decide_report(state: &Container, command: Reported, facts: &ReportFacts) -> Result<Vec<ContainerEvent>, Refusal> {
    if state.reports.seen.contains(&command.fingerprint()) {
        return Err(Refusal::new(
            "container-report-repeated",
            "container.report",
            state.status(),
            "该内容已登记，未重复登记。",
            "The same was told before; nothing is recorded twice.",
        ));
    }
    let message = command.message.clone();
    // Nothing follows from a report that is taken back, or not meant as a fact.
    let newest = command.is_acted_on() && state.reports.latest.get(command.said.what()).is_none_or(|known| known.at <= command.at);
    let moved = moved_by(state, &command).filter(|_| newest);
    let alarms: Vec<Alarm> = alarms(state, &command, facts).into_iter().filter(|_| newest).collect();
    let mut events: Vec<ContainerEvent> = vec![command.into()];
    events.extend(moved.map(ContainerEvent::from));
    events
        .extend(alarms.into_iter().map(|alarm| AlarmRaised { alarm, message: message.clone(), authority: facts.authority.clone() }.into()));
    Ok(events)
}

/// An officer has looked at the open alarms.
///
/// # Errors
/// `container-no-alarm` when none is open.
pub fn decide_review_alarms(state: &Container, command: AlarmsReviewed) -> Result<Vec<ContainerEvent>, Refusal> {
    if state.reports.alarms.is_empty() {
        return Err(Refusal::new("container-no-alarm", "container.review-alarm", state.status(), "该箱没有预警。", "No alarm is open."));
    }
    Ok(vec![command.into()])
}

/// A stock report says where in the yard the box stands.
fn moved_by(state: &Container, told: &Reported) -> Option<Moved> {
    match (&told.said, &state.place) {
        (Said::InStock { position: Some(position) }, Place::Yard { position: known })
            if position != known && state.milestones.discharged_at.is_none_or(|landed| landed <= told.at) =>
        {
            Some(Moved { position: position.clone() })
        }
        _ => None,
    }
}

fn alarms(state: &Container, told: &Reported, facts: &ReportFacts) -> Vec<Alarm> {
    let held = matches!(state.customs, Customs::Held { .. });
    match &told.said {
        // A box that left through the platform's own gate was decided there.
        Said::GateOut { .. } if matches!(state.place, Place::Gone { .. }) => Vec::new(),
        Said::GateOut { .. } => {
            let customs = match state.customs {
                Customs::Released { .. } => None,
                Customs::NotReleased => Some(Alarm::LeftUnreleased),
                Customs::Held { .. } => Some(Alarm::LeftHeld),
            };
            customs.into_iter().chain(state.order.is_none().then_some(Alarm::LeftWithoutOrder)).collect()
        }
        Said::Loaded { .. } => {
            let late = facts.departed.is_some_and(|departed| told.at > departed);
            let unreleased = match &state.onward {
                Some(onward) => !facts.left_behind && onward.released_at.is_none(),
                // Nothing lets a box that came by another ship leave by this one but a transhipment.
                None => matches!(state.place, Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. }),
            };
            late.then_some(Alarm::LoadedAfterDeparture)
                .into_iter()
                .chain(held.then_some(Alarm::LoadedHeld))
                .chain(unreleased.then_some(Alarm::LoadedUnreleased))
                .collect()
        }
        Said::VerifiedMass { kg, .. } => (*kg < state.gross_kg).then_some(Alarm::MassBelowGoods).into_iter().collect(),
        Said::Dangerous { goods } => {
            let unknown = facts
                .manifested_un_numbers
                .as_ref()
                .is_some_and(|listed| goods.iter().any(|one| !one.un_no.is_empty() && !listed.contains(&one.un_no)));
            unknown.then_some(Alarm::DangerousNotManifested).into_iter().collect()
        }
        Said::InStock { .. } => match &state.place {
            Place::OnBoard => vec![Alarm::StockNotDischarged],
            Place::Gone { at, .. } if told.at > *at => vec![Alarm::StockAfterGate],
            Place::Gone { .. } | Place::Shipped { .. } | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } => {
                Vec::new()
            }
        },
        Said::GateIn { .. }
        | Said::Stowed { .. }
        | Said::DischargeOrdered { .. }
        | Said::LoadingOrdered { .. }
        | Said::Status { .. }
        | Said::ReleaseTold { .. }
        | Said::TransportOrdered { .. }
        | Said::Named => Vec::new(),
    }
}

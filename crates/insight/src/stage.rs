//! Stages (环节): who is at work between two milestones. The template is data; another one for trains or export is another constant.

use codes::Text;
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Journey, mark};

/// Who owns a stage (责任主体).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Terminal (码头).
    Terminal,
    /// Broker or trader that declares (报关企业).
    Broker,
    /// Customs (海关).
    Customs,
    /// Trader (收货人).
    Trader,
    /// Ship agent (船代).
    ShipAgent,
    /// Trucker (集卡).
    Trucker,
}

impl Role {
    /// Name.
    pub fn text(self) -> Text {
        match self {
            Self::Terminal => Text::new("码头", "Terminal"),
            Self::Broker => Text::new("报关企业", "Broker"),
            Self::Customs => Text::new("海关", "Customs"),
            Self::Trader => Text::new("收货人", "Trader"),
            Self::ShipAgent => Text::new("船代", "Ship agent"),
            Self::Trucker => Text::new("集卡", "Trucker"),
        }
    }
}

/// A milestone from which a stage starts: needed always, or once another one was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Always.
    Always(usize),
    /// Once the second was reached: an inspection is waited for only when one was ordered.
    Once(usize, usize),
}

/// A time standard with its source (时限标准).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standard {
    /// Minutes.
    pub minutes: i64,
    /// Source in Chinese.
    pub source_zh: &'static str,
    /// Source in English.
    pub source_en: &'static str,
}

/// A stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Stable code.
    pub code: &'static str,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// Who owns it.
    pub owner: Role,
    /// It starts when the last of these was reached.
    pub starts: &'static [Needed],
    /// It ends here.
    pub end: usize,
    /// Time standard, where a source names one.
    pub standard: Option<Standard>,
}

use mark::{
    DECIDED, DECLARED, DISCHARGED, DUTY_ISSUED, DUTY_SETTLED, GATED_OUT, INSPECTED, INSPECTION_ORDERED, ORDER_ISSUED, ORDER_REQUESTED,
    RELEASED, SHIP_ARRIVED,
};

/// Import by sea, full container (海运进口整箱).
pub const SEA_IMPORT: &[Stage] = &[
    Stage {
        code: "discharge",
        zh: "卸船",
        en: "Discharge",
        owner: Role::Terminal,
        starts: &[Needed::Always(SHIP_ARRIVED)],
        end: DISCHARGED,
        standard: None,
    },
    Stage {
        code: "declare",
        zh: "申报",
        en: "Declare",
        owner: Role::Broker,
        // A declaration before arrival costs no time: the stage then lasts zero.
        starts: &[Needed::Always(SHIP_ARRIVED)],
        end: DECLARED,
        standard: Some(Standard {
            minutes: 14 * 24 * 60,
            source_zh: "海关法第二十四条：自申报进境之日起十四日内",
            source_en: "Customs Law, Art. 24: 14 days from the day the conveyance declared entry",
        }),
    },
    Stage {
        code: "decide",
        zh: "布控答复",
        en: "Risk decision",
        owner: Role::Customs,
        starts: &[Needed::Always(DECLARED)],
        end: DECIDED,
        standard: None,
    },
    Stage {
        code: "inspect",
        zh: "查验",
        en: "Inspection",
        owner: Role::Customs,
        starts: &[Needed::Always(INSPECTION_ORDERED)],
        end: INSPECTED,
        standard: None,
    },
    Stage {
        code: "pay",
        zh: "缴税",
        en: "Duty payment",
        owner: Role::Trader,
        starts: &[Needed::Always(DUTY_ISSUED)],
        end: DUTY_SETTLED,
        standard: Some(Standard {
            minutes: 15 * 24 * 60,
            source_zh: "关税法第四十三条：自完成申报之日起十五日内",
            source_en: "Tariff Law, Art. 43: 15 days from the completed declaration",
        }),
    },
    Stage {
        code: "release",
        zh: "放行",
        en: "Release",
        owner: Role::Customs,
        starts: &[
            Needed::Always(DISCHARGED),
            Needed::Always(DECIDED),
            Needed::Once(INSPECTED, INSPECTION_ORDERED),
            Needed::Once(DUTY_SETTLED, DUTY_ISSUED),
        ],
        end: RELEASED,
        standard: None,
    },
    Stage {
        code: "order",
        zh: "换单",
        en: "Delivery order",
        owner: Role::ShipAgent,
        starts: &[Needed::Always(ORDER_REQUESTED)],
        end: ORDER_ISSUED,
        standard: None,
    },
    Stage {
        code: "collect",
        zh: "提箱",
        en: "Collect",
        owner: Role::Trucker,
        starts: &[Needed::Always(RELEASED), Needed::Always(ORDER_ISSUED)],
        end: GATED_OUT,
        standard: None,
    },
];

impl Stage {
    /// Name in both languages.
    pub fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }

    /// When it started: once everything it needs was reached. A stage that ended although a mark is missing (a late or lost message)
    /// started with the last mark known.
    #[inline]
    pub fn started(&self, journey: &Journey) -> Option<i64> {
        // An inspection that was called off never took place: it ended with the release at the latest.
        if self.end == INSPECTED && journey[INSPECTED].is_none() && journey[RELEASED].is_some() {
            return None;
        }
        let mut start = None;
        let mut complete = true;
        for needed in self.starts {
            let reached = match *needed {
                Needed::Always(at) => journey[at].or_else(|| {
                    complete = false;
                    None
                }),
                Needed::Once(at, condition) => journey[at].or_else(|| {
                    complete &= journey[condition].is_none();
                    None
                }),
            };
            start = start.max(reached);
        }
        if complete || journey[self.end].is_some() { start } else { None }
    }

    /// How long it lasted, zero when it ended before it could start; `None` while it runs or when it never took place.
    #[inline]
    pub fn lasted_ms(&self, journey: &Journey) -> Option<i64> {
        let end = journey[self.end]?;
        let start = self.started(journey)?;
        Some((end - start).max(0))
    }
}

/// One stage of one journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageTime {
    /// Stage code.
    pub stage: &'static str,
    /// Stage name.
    pub name: Text,
    /// Who owns it.
    pub owner_role: Role,
    /// When it started; `None` before that.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How long it lasted, or has lasted until now, milliseconds.
    pub lasted_ms: Option<i64>,
    /// Whether it runs: somebody is waited for.
    pub waiting: bool,
    /// Time standard in minutes, where a source names one.
    pub standard: Option<i64>,
    /// Source of the standard.
    pub standard_source: Option<Text>,
}

/// Every stage of the sea import of one journey, whether reached or not.
pub fn stage_durations(journey: &Journey, now: Timestamp) -> Vec<StageTime> {
    SEA_IMPORT.iter().map(|stage| stage_time(stage, journey, now)).collect()
}

fn stage_time(stage: &Stage, journey: &Journey, now: Timestamp) -> StageTime {
    let started = stage.started(journey);
    let ended = journey[stage.end];
    let waiting = started.is_some() && ended.is_none();
    let until = ended.or_else(|| waiting.then(|| now.millis()));
    // Ended before it could start (declared before arrival): it began and ended at its end, and cost nothing.
    let from = started.map(|start| ended.map_or(start, |end| start.min(end)));
    StageTime {
        stage: stage.code,
        name: stage.text(),
        owner_role: stage.owner,
        started: from.map(Timestamp::from_millis),
        ended: ended.map(Timestamp::from_millis),
        lasted_ms: started.zip(until).map(|(start, end)| (end - start).max(0)),
        waiting,
        standard: stage.standard.map(|standard| standard.minutes),
        standard_source: stage.standard.map(|standard| Text::new(standard.source_zh, standard.source_en)),
    }
}

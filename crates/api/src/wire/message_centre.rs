//! Figures, counts and alarms of the message centre.

use app::AppError;
use app::counters::day_start;
use app::inbox::alarms::{AlarmPhase, Cause, MessageAlarm};
use app::inbox::repair::CONFIDENTIAL_TYPES;
use app::inbox::statistics::{self, Statistics, Times, Volume};
use app::reading::Seen;
use ledger::Aggregate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::insight::Days;
use super::{Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// Which figures.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct StatisticsQuery {
    /// First day of the port's clock, `YYYY-MM-DD`; 30 days when left out.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// One partner.
    pub partner: Option<String>,
    /// One type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// What a figure means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureDefinition {
    /// Figure.
    pub figure: String,
    /// Unit.
    pub unit: String,
    /// Meaning.
    pub meaning: Text,
}

/// Volumes and rates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VolumeFigures {
    /// Interchanges received and read.
    pub received: u64,
    /// Of these, without fault.
    pub clean: u64,
    /// Of these, acted upon with findings.
    pub with_findings: u64,
    /// Of these, not acted upon.
    pub rejected: u64,
    /// Messages prepared for partners.
    pub sent: u64,
    /// Share of those received that were rejected or had findings, 0 to 1.
    pub fault_rate: f64,
    /// Share of those received that were rejected, 0 to 1.
    pub reject_rate: f64,
}

#[expect(clippy::cast_precision_loss, reason = "shares of counts")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl From<Volume> for VolumeFigures {
    fn from(v: Volume) -> Self {
        Self {
            received: v.received,
            clean: v.clean,
            with_findings: v.with_findings,
            rejected: v.rejected,
            sent: v.sent,
            fault_rate: share(v.rejected + v.with_findings, v.received),
            reject_rate: share(v.rejected, v.received),
        }
    }
}

/// Times from receipt to answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnswerTimes {
    /// Interchanges answered.
    pub count: u64,
    /// Median, milliseconds.
    pub median_ms: u64,
    /// 90th percentile, milliseconds.
    pub p90_ms: u64,
    /// 99th percentile, milliseconds.
    pub p99_ms: u64,
}

impl From<Times> for AnswerTimes {
    fn from(t: Times) -> Self {
        Self { count: t.count, median_ms: t.median_ms, p90_ms: t.p90_ms, p99_ms: t.p99_ms }
    }
}

/// What clerks did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RepairFigures {
    /// Messages whose place a repaired or replayed one took.
    pub repaired: u64,
    /// Repairs that were then acted upon.
    pub mended: u64,
    /// Messages closed as not to be processed.
    pub closed: u64,
    /// Share of the faulty messages that were repaired and acted upon, 0 to 1.
    pub repair_rate: f64,
}

impl RepairFigures {
    fn of(repairs: statistics::Repairs, volume: Volume) -> Self {
        let faulty = volume.rejected + volume.with_findings;
        Self {
            repaired: repairs.repaired,
            mended: repairs.mended,
            closed: repairs.closed,
            repair_rate: share(repairs.mended, faulty).min(1.0),
        }
    }
}

/// Volumes of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DayVolume {
    /// Day, `YYYY-MM-DD`.
    pub day: String,
    /// Figures.
    #[serde(flatten)]
    pub volume: VolumeFigures,
}

/// Volumes of a type.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TypeVolume {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Figures.
    #[serde(flatten)]
    pub volume: VolumeFigures,
}

/// Figures of a partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerVolume {
    /// Partner.
    pub partner: Org,
    /// Figures.
    #[serde(flatten)]
    pub volume: VolumeFigures,
    /// Times from receipt to answer.
    pub answer: AnswerTimes,
    /// Repairs.
    pub repairs: RepairFigures,
}

/// How often a partner's messages had a fault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FaultPartner {
    /// Partner.
    pub partner: Org,
    /// Interchanges.
    pub messages: u64,
}

/// How often a fault was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FaultFigure {
    /// Finding code.
    pub code: String,
    /// What it means, where the catalogue of messages knows it.
    pub text: Option<Text>,
    /// Interchanges in which it was found.
    pub messages: u64,
    /// Share of those received, 0 to 1.
    pub rate: f64,
    /// Partners with the most, at most 10.
    pub partners: Vec<FaultPartner>,
}

/// Figures of the message centre (报文统计).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageStatistics {
    /// Period, days of the port's clock.
    pub period: Days,
    /// What the figures mean.
    pub definitions: Vec<FigureDefinition>,
    /// All together.
    pub total: VolumeFigures,
    /// Times from receipt to answer.
    pub answer: AnswerTimes,
    /// Repairs.
    pub repairs: RepairFigures,
    /// By day; every day of the period.
    pub days: Vec<DayVolume>,
    /// By type, the most frequent first.
    pub types: Vec<TypeVolume>,
    /// By partner, the most frequent first, at most 500.
    pub partners: Vec<PartnerVolume>,
    /// By fault, the most frequent first, at most 100.
    pub faults: Vec<FaultFigure>,
}

const DEFINITIONS: &[(&str, &str, &str, &str)] = &[
    (
        "received",
        "interchanges",
        "当日（口岸时间）收到并已读取的交换数，含修复件和重放件。",
        "Interchanges that came on the day (port time) and were read, repairs and replays included.",
    ),
    ("sent", "messages", "当日为伙伴生成的报文数。", "Messages prepared for partners on the day."),
    (
        "fault_rate",
        "share",
        "收到的交换中，被拒或带有警告、错误的占比。",
        "Share of the interchanges received that were rejected or had warnings or errors.",
    ),
    (
        "reject_rate",
        "share",
        "收到的交换中，没有任何内容被采纳的占比。",
        "Share of the interchanges received of which nothing was acted upon.",
    ),
    (
        "answer",
        "ms",
        "从原文落盘到 CONTRL、APERAK 生成的时间；分位值最多偏高 12.5%。",
        "From the bytes being on disk until CONTRL and APERAK were prepared; percentiles are at most 12.5 % too high.",
    ),
    (
        "repair_rate",
        "share",
        "有问题的交换中，经修复或重放后被采纳的占比。",
        "Share of the faulty interchanges that were acted upon after a repair or replay.",
    ),
    (
        "fault",
        "interchanges",
        "出现该代码（警告或错误）的交换数，每个交换计一次。",
        "Interchanges in which the code (a warning or an error) was found, each counted once.",
    ),
];

const PARTNERS_MAX: usize = 500;
const FAULTS_MAX: usize = 100;
const FAULT_PARTNERS_MAX: usize = 10;

impl Api {
    pub async fn message_statistics(&self, period: Days, found: Statistics) -> Result<MessageStatistics, AppError> {
        let offset = self.app.port().utc_offset_minutes;
        let mut types: Vec<TypeVolume> = found.types.into_iter().map(|(kind, v)| TypeVolume { kind, volume: v.into() }).collect();
        types.sort_by_key(|t| std::cmp::Reverse(t.volume.received + t.volume.sent));
        let mut by_partner: Vec<_> = found.partners.into_iter().collect();
        by_partner.sort_by_key(|(_, f)| std::cmp::Reverse(f.volume.received + f.volume.sent));
        let mut partners = Vec::new();
        for (id, figures) in by_partner.into_iter().take(PARTNERS_MAX) {
            partners.push(PartnerVolume {
                partner: self.org(&id).await?,
                volume: figures.volume.into(),
                answer: figures.answer.into(),
                repairs: RepairFigures::of(figures.repairs, figures.volume),
            });
        }
        let mut by_code: Vec<_> = found.faults.into_iter().collect();
        by_code.sort_by_key(|(_, f)| std::cmp::Reverse(f.messages));
        let mut faults = Vec::new();
        for (code, figures) in by_code.into_iter().take(FAULTS_MAX) {
            let mut of: Vec<_> = figures.partners.into_iter().collect();
            of.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
            let mut partners = Vec::new();
            for (id, messages) in of.into_iter().take(FAULT_PARTNERS_MAX) {
                partners.push(FaultPartner { partner: self.org(&id).await?, messages });
            }
            faults.push(FaultFigure {
                text: messages::all_codes().find(|info| info.code == code).map(|info| Text::new(info.title_zh, info.title_en)),
                rate: share(figures.messages, found.volume.received),
                messages: figures.messages,
                code,
                partners,
            });
        }
        Ok(MessageStatistics {
            period,
            definitions: DEFINITIONS
                .iter()
                .map(|(figure, unit, zh, en)| FigureDefinition {
                    figure: (*figure).into(),
                    unit: (*unit).into(),
                    meaning: Text::new(*zh, *en),
                })
                .collect(),
            total: found.volume.into(),
            answer: found.answer.into(),
            repairs: RepairFigures::of(found.repairs, found.volume),
            days: found.days.into_iter().map(|(day, v)| DayVolume { day: day_start(day, offset).day(offset), volume: v.into() }).collect(),
            types,
            partners,
            faults,
        })
    }
}

/// What waits in the message centre.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct MessageCounts {
    /// Rejected messages, wholly or in part, that nobody dealt with (红).
    pub to_repair: u64,
    /// Kept and not read yet.
    pub unread: u64,
    /// Prepared and not fetched by the partner.
    pub to_fetch: u64,
    /// Open alarms that nobody looks after.
    pub alarms: u64,
    /// The asker sees the messages of all partners, trade secrets masked.
    pub desk: bool,
    /// Types whose trade secrets are masked for the desk.
    pub confidential_types: Vec<String>,
}

impl MessageCounts {
    pub fn of(rows: &[store::WorkTally], desk: bool) -> Self {
        let sum = |wanted: &dyn Fn(&store::WorkTally) -> bool| rows.iter().filter(|row| wanted(row)).map(|row| row.count).sum();
        Self {
            to_repair: sum(&|row| row.kind == "message" && row.action.as_deref() == Some("repair-message")),
            unread: sum(&|row| row.kind == "message" && row.status == "received"),
            to_fetch: sum(&|row| row.kind == "message" && row.status == "prepared"),
            alarms: sum(&|row| row.kind == "message-alarm" && row.status == "raised"),
            desk,
            confidential_types: CONFIDENTIAL_TYPES.iter().map(|kind| (*kind).to_owned()).collect(),
        }
    }
}

/// Which alarms.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct AlarmQuery {
    /// State codes, separated by commas; open ones when left out.
    pub status: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// An alarm of the message centre (报文告警).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Alarm {
    /// Id.
    pub id: String,
    /// Partner.
    pub partner: Org,
    /// `silent`, `fault-rate`, `dead-letters`, `unhandled` or `unread`.
    pub cause: String,
    /// In words.
    pub text: Text,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was raised.
    pub raised_at: Instant,
    /// What a clerk noted.
    pub note: Option<String>,
    /// When it was acknowledged or cleared.
    pub changed_at: Option<Instant>,
}

/// What is done about an alarm.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AlarmNote {
    /// Note, 1 to 500 characters.
    pub note: String,
}

fn hours(minutes: i64) -> i64 {
    (minutes + 59) / 60
}

impl Api {
    fn cause_text(&self, cause: &Cause) -> Text {
        let local = |at: ledger::Timestamp| at.local_minute(self.app.port().utc_offset_minutes);
        match cause {
            Cause::Silent { last_at, expected_minutes } => {
                let (last, usual) = (local(*last_at), hours(*expected_minutes));
                Text::new(
                    format!("自 {last} 起没有来报，通常间隔不超过 {usual} 小时。"),
                    format!("Nothing came since {last}; usually something comes within {usual} hours."),
                )
            }
            Cause::FaultRate { percent, usual_percent, messages } => Text::new(
                format!("今日 {messages} 件中被拒 {percent}%，前四周为 {usual_percent}%。"),
                format!("{percent} % of today's {messages} were rejected; {usual_percent} % in the four weeks before."),
            ),
            Cause::DeadLetters { count } => {
                Text::new(format!("有 {count} 件多次投递失败，已停止投递。"), format!("{count} could not be delivered and were given up."))
            }
            Cause::Unhandled { count, since } => {
                let since = local(*since);
                Text::new(
                    format!("有 {count} 件被拒报文无人处理，最早一件收于 {since}。"),
                    format!("{count} rejected messages wait for a clerk, the oldest since {since}."),
                )
            }
            Cause::NoAnswer { count, since } => {
                let since = local(*since);
                Text::new(
                    format!("有 {count} 件发出的报文逾期未应答，最早应于 {since} 前应答。"),
                    format!("{count} of our messages were not answered in the agreed time, the first was due at {since}."),
                )
            }
            Cause::AnswersRefused { count, since } => {
                let since = local(*since);
                Text::new(
                    format!("有 {count} 件发出的报文被对方拒收，最早一件发于 {since}。"),
                    format!("{count} of our messages were refused, the oldest of {since}."),
                )
            }
            Cause::Unread { count, since } => {
                let since = local(*since);
                Text::new(
                    format!("有 {count} 件已存未读，最早一件收于 {since}。"),
                    format!("{count} were kept and not read, the oldest since {since}."),
                )
            }
        }
    }

    pub async fn alarm(&self, seen: &Seen<MessageAlarm>) -> Result<Alarm, AppError> {
        let alarm = &seen.state;
        let (note, changed_at) = match &alarm.phase {
            AlarmPhase::Raised => (None, None),
            AlarmPhase::Acknowledged { at, note } => (Some(note.clone()), Some(*at)),
            AlarmPhase::Cleared { at } => (None, Some(*at)),
        };
        Ok(Alarm {
            id: seen.id.clone(),
            partner: self.org(&alarm.partner).await?,
            cause: alarm.cause.code().into(),
            text: self.cause_text(&alarm.cause),
            status: alarm.status().into(),
            status_text: texts::status(MessageAlarm::KIND, alarm.status()),
            raised_at: alarm.raised_at.into(),
            note,
            changed_at: changed_at.map(Into::into),
        })
    }
}

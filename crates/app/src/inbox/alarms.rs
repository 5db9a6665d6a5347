//! Alarms of the message centre (报文告警): a partner fell silent, faults jumped, something cannot be delivered, rejected messages lie about.
//!
//! An alarm is an object like any other: raised by the platform's clock, acknowledged by a clerk with a note, cleared when its cause is gone.
//! There is one for each cause and partner; it may be raised again.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use ledger::{Aggregate, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};
use store::TallyQuery;

use super::MessageState;
use crate::counters::day_of;
use crate::reading::ListQuery;
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase, limits};

/// Days from which a partner's own rhythm is read.
const RHYTHM_DAYS: i32 = 28;
/// Fewest messages and days that make a rhythm.
const RHYTHM_MESSAGES_MIN: i64 = 20;
const RHYTHM_DAYS_MIN: usize = 5;
/// Silence is called after so many times the usual interval, and never before [`SILENCE_HOURS_MIN`].
const SILENCE_INTERVALS: i64 = 6;
const SILENCE_HOURS_MIN: i64 = 12;
/// Fewest messages of a day from which a fault rate is read.
const RATE_MESSAGES_MIN: i64 = 10;
/// A fault rate jumps when it is at least this many per cent …
const RATE_PERCENT_MIN: i64 = 20;
/// … and so many times the usual one.
const RATE_TIMES: i64 = 3;
/// Hours after which a rejected message that nobody dealt with is called.
const UNHANDLED_HOURS: i64 = 4;
/// Minutes after which a message that was kept and not read is called.
const UNREAD_MINUTES: i64 = 10;
/// Most rows looked at for one cause.
const ROWS_MAX: u32 = 200;
/// Days for which a message that was not answered is called.
const UNANSWERED_DAYS: i64 = 7;
/// Hours for which a message that a partner refused is called.
const REFUSED_HOURS: i64 = 24;
/// Most pages looked at for messages without an answer.
const PAGES_MAX: usize = 25;

/// Why an alarm is raised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// Nothing came for longer than usual (久未来报).
    Silent {
        /// When the last message came.
        last_at: Timestamp,
        /// How long a silence is usual at most, minutes.
        expected_minutes: i64,
    },
    /// More messages than usual are rejected today (差错率突增).
    FaultRate {
        /// Rejected today, per cent.
        percent: i64,
        /// In the four weeks before, per cent.
        usual_percent: i64,
        /// Messages today.
        messages: i64,
    },
    /// Deliveries were given up (投递失败).
    DeadLetters {
        /// How many, at least.
        count: i64,
    },
    /// Rejected messages wait for a clerk (被拒报文待处理).
    Unhandled {
        /// How many, at least.
        count: i64,
        /// The oldest.
        since: Timestamp,
    },
    /// Messages were kept and not read (报文积压未读).
    Unread {
        /// How many, at least.
        count: i64,
        /// The oldest.
        since: Timestamp,
    },
    /// Messages of ours were not answered in the agreed time (逾期未应答).
    NoAnswer {
        /// How many, at least.
        count: i64,
        /// Since when the first answer is due.
        since: Timestamp,
    },
    /// The partner refused messages of ours within a day (报文被拒收).
    AnswersRefused {
        /// How many, at least.
        count: i64,
        /// When the oldest of them was sent.
        since: Timestamp,
    },
}

impl Cause {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Silent { .. } => "silent",
            Self::FaultRate { .. } => "fault-rate",
            Self::DeadLetters { .. } => "dead-letters",
            Self::Unhandled { .. } => "unhandled",
            Self::Unread { .. } => "unread",
            Self::NoAnswer { .. } => "no-answer",
            Self::AnswersRefused { .. } => "answers-refused",
        }
    }
}

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum AlarmPhase {
    /// Nobody looked at it yet.
    Raised,
    /// A clerk looks after it.
    Acknowledged {
        /// When.
        at: Timestamp,
        /// What is done about it.
        note: String,
    },
    /// Its cause is gone.
    Cleared {
        /// When.
        at: Timestamp,
    },
}

/// An alarm. Its id is the cause and the partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageAlarm {
    /// Partner, organisation id.
    pub partner: String,
    /// Why.
    pub cause: Cause,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Where it stands.
    pub phase: AlarmPhase,
}

/// `message-alarm.raised`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Partner, organisation id.
    pub partner: String,
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
}

/// `message-alarm.acknowledged`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// What is done about it.
    pub note: String,
}

/// `message-alarm.cleared`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {}

ledger::domain_events! {
    /// What happens to an alarm.
    pub enum MessageAlarmEvent for "message-alarm" {
        /// Its cause came up.
        Raised(Raised) = "message-alarm.raised",
        /// A clerk looks after it.
        Acknowledged(Acknowledged) = "message-alarm.acknowledged",
        /// Its cause is gone.
        Cleared(Cleared) = "message-alarm.cleared",
    }
}

impl MessageAlarm {
    /// Does its cause stand?
    pub const fn is_open(&self) -> bool {
        matches!(self.phase, AlarmPhase::Raised | AlarmPhase::Acknowledged { .. })
    }
}

impl Aggregate for MessageAlarm {
    const KIND: &'static str = "message-alarm";
    type Event = MessageAlarmEvent;

    fn apply(state: Option<Self>, event: &MessageAlarmEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let wrong = |kind: &'static str, state: Option<&Self>| ReplayError::OutOfOrder {
            kind,
            state: state.map_or("nothing", Self::status).to_owned(),
        };
        match (state, event) {
            (state, MessageAlarmEvent::Raised(data)) if state.as_ref().is_none_or(|alarm| !alarm.is_open()) => {
                Ok(Self { partner: data.partner.clone(), cause: data.cause.clone(), raised_at: at, phase: AlarmPhase::Raised })
            }
            (Some(alarm), MessageAlarmEvent::Acknowledged(data)) if alarm.is_open() => {
                Ok(Self { phase: AlarmPhase::Acknowledged { at, note: data.note.clone() }, ..alarm })
            }
            (Some(alarm), MessageAlarmEvent::Cleared(_)) if alarm.is_open() => Ok(Self { phase: AlarmPhase::Cleared { at }, ..alarm }),
            (state, MessageAlarmEvent::Raised(_)) => Err(wrong("message-alarm.raised", state.as_ref())),
            (state, MessageAlarmEvent::Acknowledged(_)) => Err(wrong("message-alarm.acknowledged", state.as_ref())),
            (state, MessageAlarmEvent::Cleared(_)) => Err(wrong("message-alarm.cleared", state.as_ref())),
        }
    }

    fn related(&self, _event: &MessageAlarmEvent) -> Vec<Related> {
        Vec::new()
    }

    fn status(&self) -> &'static str {
        match self.phase {
            AlarmPhase::Raised => "raised",
            AlarmPhase::Acknowledged { .. } => "acknowledged",
            AlarmPhase::Cleared { .. } => "cleared",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: self.partner.clone(),
            status: self.status().into(),
            action: matches!(self.phase, AlarmPhase::Raised).then(|| "look-into-alarm".into()),
            parties: vec![self.partner.clone()],
            keys: vec![id.to_uppercase(), format!("CAUSE:{}", self.cause.code().to_uppercase())],
            opened_at: self.raised_at,
            closed_at: match self.phase {
                AlarmPhase::Raised | AlarmPhase::Acknowledged { .. } => None,
                AlarmPhase::Cleared { at } => Some(at),
            },
            ..WorkRow::default()
        }
    }
}

/// Raises what came up, clears what is gone.
#[derive(Clone, Debug, Serialize)]
struct SettleAlarm {
    id: String,
    partner: String,
    cause: Option<Cause>,
}

#[async_trait]
impl UseCase for SettleAlarm {
    const NAME: &'static str = "message-alarm.settle";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("message-alarm"))?;
        let open = unit.load::<MessageAlarm>(&self.id).await?.is_some_and(|alarm| alarm.is_open());
        let event = match &self.cause {
            Some(cause) if !open => MessageAlarmEvent::Raised(Raised { partner: self.partner.clone(), cause: cause.clone() }),
            None if open => MessageAlarmEvent::Cleared(Cleared {}),
            Some(_) | None => return Ok(self.id.clone()),
        };
        unit.record::<MessageAlarm>(&self.id, vec![event], unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Notes that somebody looks after an alarm.
#[derive(Clone, Debug, Serialize)]
pub struct AcknowledgeAlarm {
    /// Which.
    pub id: String,
    /// What is done about it.
    pub note: String,
}

#[async_trait]
impl UseCase for AcknowledgeAlarm {
    const NAME: &'static str = "message-alarm.acknowledge";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let alarm = unit.authorised::<MessageAlarm>(Self::NAME, &self.id).await?;
        limits::text(&self.note, "/note", limits::NOTE_MAX)?;
        let note = self.note.trim();
        if note.is_empty() {
            return Err(AppError::invalid("alarm-note", "/note", "须写明处理情况", "a note is required"));
        }
        if !alarm.is_open() {
            return Err(Refusal::new("alarm-cleared", Self::NAME, alarm.status(), "该告警已解除。", "The alarm is cleared.").into());
        }
        unit.record::<MessageAlarm>(&self.id, vec![Acknowledged { note: note.to_owned() }.into()], unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// One day's messages of a partner: received, rejected.
type Days = BTreeMap<i32, (i64, i64)>;

/// What stands now, by code and partner.
type Causes = BTreeMap<(&'static str, String), Cause>;

/// Does a day's fault rate stand out from the days before?
fn fault_rate(days: &Days, today: i32) -> Option<Cause> {
    let (messages, rejected) = days.get(&today).copied()?;
    let (before, rejected_before) =
        days.iter().filter(|(day, _)| **day < today).fold((0, 0), |(all, bad), (_, (n, rejected))| (all + n, bad + rejected));
    let percent = |bad: i64, all: i64| if all == 0 { 0 } else { bad * 100 / all };
    let (now, usual) = (percent(rejected, messages), percent(rejected_before, before));
    (messages >= RATE_MESSAGES_MIN && now >= RATE_PERCENT_MIN && now >= usual * RATE_TIMES).then_some(Cause::FaultRate {
        percent: now,
        usual_percent: usual,
        messages,
    })
}

/// How long a silence is usual at most, minutes, by the partner's own rhythm; `None` while it has none.
fn usual_silence(days: &Days, today: i32) -> Option<i64> {
    let past: Vec<i64> = days.iter().filter(|(day, (n, _))| **day < today && *n > 0).map(|(_, (n, _))| *n).collect();
    let messages: i64 = past.iter().sum();
    if messages < RHYTHM_MESSAGES_MIN || past.len() < RHYTHM_DAYS_MIN {
        return None;
    }
    let span = i64::from(today - days.iter().find(|(_, (n, _))| *n > 0).map_or(today, |(day, _)| *day)).max(1);
    Some((span * 24 * 60 / messages * SILENCE_INTERVALS).max(SILENCE_HOURS_MIN * 60))
}

impl App {
    /// Looks for causes and settles the alarms. Returns how many are open.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn watch_messages(&self, ctx: &Context) -> Result<usize, AppError> {
        let today = day_of(ctx.at, self.port().utc_offset_minutes);
        let standing = self.open_alarms(ctx).await?;
        let mut causes = self.silences(&standing).await?;
        let agreed: BTreeSet<String> = self
            .partners()
            .await?
            .iter()
            .filter(|(_, profile)| profile.silence_hours.is_some())
            .map(|(_, profile)| profile.organisation.clone())
            .collect();
        for (partner, days) in self.days_by_partner(today).await? {
            if let Some(cause) = fault_rate(&days, today) {
                causes.insert((cause.code(), partner.clone()), cause);
            }
            // What was agreed goes before the partner's own rhythm.
            if !agreed.contains(&partner)
                && let Some(cause) = self.silence(ctx, &partner, &days, today).await?
            {
                causes.insert((cause.code(), partner), cause);
            }
        }
        self.dead_letters(&mut causes).await?;
        let unhandled = ListQuery {
            actions: vec!["repair-message".into()],
            open: Some(true),
            opened_to: Some(ctx.at.plus_hours(-UNHANDLED_HOURS)),
            limit: ROWS_MAX,
            ..ListQuery::default()
        };
        for (partner, (count, since)) in self.oldest_by_partner(ctx, unhandled).await? {
            causes.insert(("unhandled", partner), Cause::Unhandled { count, since });
        }
        let unread = ListQuery {
            statuses: vec!["received".into()],
            open: Some(true),
            opened_to: Some(ctx.at.plus_minutes(-UNREAD_MINUTES)),
            limit: ROWS_MAX,
            ..ListQuery::default()
        };
        for (partner, (count, since)) in self.oldest_by_partner(ctx, unread).await? {
            causes.insert(("unread", partner), Cause::Unread { count, since });
        }
        self.unanswered(ctx, &mut causes).await?;
        let refused = ListQuery {
            keys: vec!["ANSWER:REFUSED".into()],
            opened_from: Some(ctx.at.plus_hours(-REFUSED_HOURS)),
            limit: ROWS_MAX,
            ..ListQuery::default()
        };
        for (partner, (count, since)) in self.oldest_by_partner(ctx, refused).await? {
            causes.insert(("answers-refused", partner), Cause::AnswersRefused { count, since });
        }
        self.settle_alarms(ctx, &standing, causes).await
    }

    /// Messages of ours of the last days that are with the partner, and whose agreed time for an answer is over.
    async fn unanswered(&self, ctx: &Context, causes: &mut Causes) -> Result<(), AppError> {
        let mut query = ListQuery {
            keys: vec!["ANSWER:AWAITED".into()],
            statuses: vec!["delivered".into()],
            opened_from: Some(ctx.at.plus_days(-UNANSWERED_DAYS)),
            limit: ROWS_MAX,
            ..ListQuery::default()
        };
        let mut late: BTreeMap<String, (i64, Timestamp)> = BTreeMap::new();
        for _ in 0..PAGES_MAX {
            let page = self.list::<MessageState>(ctx, "message.read", query.clone()).await?;
            for (seen, _) in page.items {
                let Some(due) = seen.state.answer_due().filter(|due| *due < ctx.at) else { continue };
                let entry = late.entry(seen.state.partner).or_insert((0, due));
                entry.0 += 1;
                entry.1 = entry.1.min(due);
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        for (partner, (count, since)) in late {
            causes.insert(("no-answer", partner), Cause::NoAnswer { count, since });
        }
        Ok(())
    }

    /// Every open alarm, by id.
    async fn open_alarms(&self, ctx: &Context) -> Result<BTreeMap<String, MessageAlarm>, AppError> {
        let mut open = BTreeMap::new();
        let mut query = ListQuery { open: Some(true), limit: ROWS_MAX, ..ListQuery::default() };
        loop {
            let page = self.list::<MessageAlarm>(ctx, "message-alarm.read", query.clone()).await?;
            open.extend(page.items.into_iter().map(|(seen, _)| (seen.id, seen.state)));
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return Ok(open),
            }
        }
    }

    async fn settle_alarms(&self, ctx: &Context, standing: &BTreeMap<String, MessageAlarm>, causes: Causes) -> Result<usize, AppError> {
        for (id, alarm) in standing {
            if !causes.contains_key(&(alarm.cause.code(), alarm.partner.clone())) {
                self.execute(ctx, &SettleAlarm { id: id.clone(), partner: alarm.partner.clone(), cause: None }).await?;
            }
        }
        let count = causes.len();
        for ((code, partner), cause) in causes {
            let id = format!("{code}.{partner}");
            if !standing.contains_key(&id) {
                self.execute(ctx, &SettleAlarm { id, partner, cause: Some(cause) }).await?;
            }
        }
        Ok(count)
    }

    async fn days_by_partner(&self, today: i32) -> Result<BTreeMap<String, Days>, AppError> {
        let query =
            TallyQuery { port: self.port().code.clone(), series: "message".into(), from_day: today - RHYTHM_DAYS, to_day: today + 1 };
        let mut partners: BTreeMap<String, Days> = BTreeMap::new();
        for row in self.store().tallies(&query).await? {
            let mut parts = row.key.split('|');
            let (Some("in"), Some(partner), Some(_), Some(result)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let day = partners.entry(partner.to_owned()).or_default().entry(row.day).or_default();
            day.0 += row.count;
            day.1 += if result == "rejected" { row.count } else { 0 };
        }
        Ok(partners)
    }

    /// Partners silent for longer than was agreed, and those that were called silent and have not been heard since: a rhythm fades with the
    /// silence itself, the alarm does not.
    async fn silences(&self, standing: &BTreeMap<String, MessageAlarm>) -> Result<Causes, AppError> {
        let mut causes = Causes::new();
        for alarm in standing.values() {
            let Cause::Silent { last_at, .. } = &alarm.cause else { continue };
            if self.last_heard(&alarm.partner).await?.is_none_or(|heard| heard <= *last_at) {
                causes.insert((alarm.cause.code(), alarm.partner.clone()), alarm.cause.clone());
            }
        }
        for (partner, heard) in self.silent_partners().await? {
            let (Some(last_at), Some(due)) = (heard.last_received_at, heard.silent_since) else { continue };
            let cause = Cause::Silent { last_at, expected_minutes: due.since_millis(last_at) / 60_000 };
            causes.insert((cause.code(), partner), cause);
        }
        Ok(causes)
    }

    async fn silence(&self, ctx: &Context, partner: &str, days: &Days, today: i32) -> Result<Option<Cause>, AppError> {
        let Some(expected_minutes) = usual_silence(days, today) else { return Ok(None) };
        let newest = ListQuery {
            statuses: ["received", "processed", "processed-with-findings", "rejected", "repaired", "closed"].map(Into::into).into(),
            party: Some(partner.to_owned()),
            limit: 1,
            ..ListQuery::default()
        };
        let last_at = self.list::<MessageState>(ctx, "message.read", newest).await?.items.first().map(|(seen, _)| seen.state.at);
        Ok(last_at
            .filter(|last_at| ctx.at.since_millis(*last_at) > expected_minutes * 60_000)
            .map(|last_at| Cause::Silent { last_at, expected_minutes }))
    }

    /// What was given up and neither sent again nor fetched since; only what is agreed with a partner is ever pushed to it.
    async fn dead_letters(&self, causes: &mut Causes) -> Result<(), AppError> {
        for (_, profile) in self.partners().await?.iter() {
            let count = i64::try_from(self.undelivered(&profile.organisation).await?).unwrap_or(i64::MAX);
            if count > 0 {
                let cause = Cause::DeadLetters { count };
                causes.insert((cause.code(), profile.organisation.clone()), cause);
            }
        }
        Ok(())
    }

    async fn oldest_by_partner(&self, ctx: &Context, query: ListQuery) -> Result<BTreeMap<String, (i64, Timestamp)>, AppError> {
        let mut found: BTreeMap<String, (i64, Timestamp)> = BTreeMap::new();
        for (seen, _) in self.list::<MessageState>(ctx, "message.read", query).await?.items {
            let entry = found.entry(seen.state.partner.clone()).or_insert((0, seen.state.at));
            entry.0 += 1;
            entry.1 = entry.1.min(seen.state.at);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(list: &[(i32, i64, i64)]) -> Days {
        list.iter().map(|(day, n, bad)| (*day, (*n, *bad))).collect()
    }

    #[test]
    fn a_fault_rate_jumps_when_it_is_high_and_unusual() {
        let calm: Vec<(i32, i64, i64)> = (0..10).map(|day| (day, 50, 2)).collect();
        let with = |today: (i32, i64, i64)| fault_rate(&days(&[calm.clone(), vec![today]].concat()), 10);
        assert_eq!(with((10, 20, 8)), Some(Cause::FaultRate { percent: 40, usual_percent: 4, messages: 20 }));
        assert_eq!(with((10, 9, 9)), None, "too few to tell");
        assert_eq!(with((10, 10, 2)), Some(Cause::FaultRate { percent: 20, usual_percent: 4, messages: 10 }), "at the limit");
        assert_eq!(with((10, 100, 19)), None, "one below it");
        let bad: Vec<(i32, i64, i64)> = (0..10).map(|day| (day, 50, 20)).collect();
        assert_eq!(fault_rate(&days(&[bad, vec![(10, 20, 10)]].concat()), 10), None, "no worse than usual");
    }

    #[test]
    fn silence_is_measured_by_the_partners_own_rhythm() {
        let daily: Vec<(i32, i64, i64)> = (0..10).map(|day| (day, 24, 0)).collect();
        assert_eq!(usual_silence(&days(&daily), 10), Some(SILENCE_HOURS_MIN * 60), "hourly: half a day at least");
        let rare: Vec<(i32, i64, i64)> = (0..28).step_by(4).map(|day| (day, 3, 0)).collect();
        assert_eq!(usual_silence(&days(&rare), 28), Some(28 * 24 * 60 / 21 * SILENCE_INTERVALS));
        assert_eq!(usual_silence(&days(&daily[..4]), 10), None, "four days are no rhythm");
        assert_eq!(usual_silence(&days(&[(1, 1, 0), (2, 1, 0), (3, 1, 0), (4, 1, 0), (5, 15, 0)]), 10), None, "nineteen messages are none");
    }
}

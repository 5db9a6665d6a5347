//! How channels fare, and when a partner was last heard.

use ledger::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Commit, OutboxQuery, RecordWrite, Visibility, WorkOrder, WorkQuery};

use super::{DeliverBy, Profile};
use crate::inbox::{MAILBOX, PUSHED};
use crate::{App, AppError};

/// Register of how channels fare, by `organisation.channel.direction`.
pub const CHANNEL_STATUS: &str = "channel-status";
/// Register of when a partner was last heard, by organisation.
pub(crate) const HEARD: &str = "partner-heard";
/// A success that follows another within this time is not written down again.
const SUCCESS_EVERY_MS: i64 = 60_000;
/// Longest fault kept, characters.
const FAULT_MAX: usize = 300;
/// Most waiting or dead messages counted; more are told as this many.
const COUNTED_MAX: u32 = 100;

/// Which way a channel is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Fetching.
    In,
    /// Delivering.
    Out,
}

impl Direction {
    /// `in` or `out`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// How a channel fares (通道状态).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// When it last worked.
    pub last_success_at: Option<Timestamp>,
    /// When it last failed.
    pub last_fault_at: Option<Timestamp>,
    /// What was wrong.
    pub fault: Option<String>,
    /// It has failed since; `None` while it works.
    pub failing_since: Option<Timestamp>,
}

impl ChannelState {
    fn after(&self, at: Timestamp, result: Result<(), &str>) -> Option<Self> {
        match result {
            Ok(()) => {
                let recent = self.last_success_at.is_some_and(|last| (at.millis() - last.millis()).abs() < SUCCESS_EVERY_MS);
                if recent && self.failing_since.is_none() {
                    return None;
                }
                Some(Self { last_success_at: Some(at), failing_since: None, ..self.clone() })
            }
            Err(fault) => {
                let fault: String = fault.chars().filter(|c| !c.is_control()).take(FAULT_MAX).collect();
                let recent = self.last_fault_at.is_some_and(|last| (at.millis() - last.millis()).abs() < SUCCESS_EVERY_MS);
                if recent && self.failing_since.is_some() && self.fault.as_deref() == Some(&fault) {
                    return None;
                }
                let failing_since = self.failing_since.or(Some(at));
                Some(Self { last_fault_at: Some(at), fault: Some(fault), failing_since, ..self.clone() })
            }
        }
    }
}

/// When a partner was last heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// When its last message came; `None` while none ever came.
    pub last_received_at: Option<Timestamp>,
    /// The agreed interval ran out then; `None` while it has not, or when no alarm is agreed.
    pub silent_since: Option<Timestamp>,
}

/// Messages that wait and messages given up, each counted up to a hundred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// To be delivered by us.
    pub waiting: usize,
    /// To be fetched from the mailbox.
    pub in_mailbox: usize,
    /// Given up.
    pub dead: usize,
}

impl App {
    /// Notes how a channel fared. Written when it changes, and once a minute otherwise.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn note_channel(
        &self,
        organisation: &str,
        channel: DeliverBy,
        direction: Direction,
        result: Result<(), &str>,
    ) -> Result<(), AppError> {
        let id = status_id(organisation, channel, direction);
        let former = self.channel_state(organisation, channel, direction).await?.unwrap_or_default();
        let Some(state) = former.after(self.now(), result) else { return Ok(()) };
        let body = serde_json::to_vec(&state).map_err(|e| AppError::Internal(e.to_string()))?;
        let write = RecordWrite { space: CHANNEL_STATUS.into(), id, expected_version: None, body: Some(body), expires_at: None };
        self.store().commit(Commit { port: self.port().code.clone(), records: vec![write], ..Commit::default() }).await?;
        Ok(())
    }

    /// How a channel fares; `None` while it was never used.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn channel_state(
        &self,
        organisation: &str,
        channel: DeliverBy,
        direction: Direction,
    ) -> Result<Option<ChannelState>, AppError> {
        let id = status_id(organisation, channel, direction);
        let record = self.store().record(&self.port().code, CHANNEL_STATUS, &id).await?;
        record
            .map(|r| serde_json::from_slice(&r.body).map_err(|e| AppError::Internal(format!("record {CHANNEL_STATUS}/{id}: {e}"))))
            .transpose()
    }

    /// When a partner was last heard, and since when it is silent.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn heard(&self, profile: &Profile) -> Result<Heard, AppError> {
        let last = self.last_heard(&profile.organisation).await?;
        let due = profile.silence_hours.and_then(|hours| last.map(|last| last.plus_hours(i64::from(hours))));
        Ok(Heard { last_received_at: last, silent_since: due.filter(|due| *due < self.now()) })
    }

    /// When the last message of a partner came; `None` while none ever came.
    pub(crate) async fn last_heard(&self, organisation: &str) -> Result<Option<Timestamp>, AppError> {
        let record = self.store().record(&self.port().code, HEARD, organisation).await?;
        record.map(|r| serde_json::from_slice(&r.body).map_err(|e| AppError::Internal(format!("record {HEARD}/{}: {e}", r.id)))).transpose()
    }

    /// Partners that have been silent for longer than was agreed.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn silent_partners(&self) -> Result<Vec<(String, Heard)>, AppError> {
        let mut silent = Vec::new();
        for (_, profile) in self.partners().await?.iter().filter(|(_, profile)| profile.silence_hours.is_some()) {
            let heard = self.heard(profile).await?;
            if heard.silent_since.is_some() {
                silent.push((profile.organisation.clone(), heard));
            }
        }
        Ok(silent)
    }

    /// Messages of a partner that were given up and neither sent again nor fetched since, counted up to a hundred.
    pub(crate) async fn undelivered(&self, organisation: &str) -> Result<usize, AppError> {
        let query = WorkQuery {
            port: self.port().code.clone(),
            visibility: Visibility::Organisation(organisation.to_owned()),
            kinds: vec!["message".into()],
            keys: Vec::new(),
            statuses: vec!["undelivered".into()],
            owner: None,
            actions: Vec::new(),
            open: None,
            key_prefix: None,
            opened_from: None,
            opened_to: None,
            due_before: None,
            order: WorkOrder::Newest,
            cursor: None,
            limit: COUNTED_MAX,
        };
        Ok(self.store().work(&query).await?.items.len())
    }

    /// How much waits for a partner and how much was given up.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn backlog(&self, organisation: &str) -> Result<Backlog, AppError> {
        let count = async |channel: Option<&str>, state: &str| {
            let query = OutboxQuery {
                channel: channel.map(str::to_owned),
                receiver: Some(organisation.to_owned()),
                state: Some(state.to_owned()),
                limit: COUNTED_MAX,
                ..OutboxQuery::default()
            };
            self.store().outbox(&self.port().code, &query).await.map(|page| page.items.len())
        };
        Ok(Backlog {
            waiting: count(Some(PUSHED), "pending").await?,
            in_mailbox: count(Some(MAILBOX), "pending").await?,
            dead: self.undelivered(organisation).await?,
        })
    }
}

fn status_id(organisation: &str, channel: DeliverBy, direction: Direction) -> String {
    format!("{organisation}.{}.{}", channel.code(), direction.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_written_down_when_it_changes_and_once_a_minute() {
        let at = |seconds: i64| Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000);
        let works = ChannelState::default().after(at(0), Ok(())).expect("the first success");
        assert_eq!(works.after(at(59), Ok(())), None);
        assert!(works.after(at(60), Ok(())).is_some());
        let fails = works.after(at(10), Err("refused")).expect("the first fault");
        assert_eq!((fails.failing_since, fails.last_success_at), (Some(at(10)), Some(at(0))));
        assert_eq!(fails.after(at(20), Err("refused")), None);
        let other = fails.after(at(20), Err("timed out")).expect("another fault");
        assert_eq!((other.failing_since, other.fault.as_deref()), (Some(at(10)), Some("timed out")));
        let again = other.after(at(21), Ok(())).expect("it works again");
        assert_eq!((again.failing_since, again.last_fault_at), (None, Some(at(20))));
    }
}

//! Delivering what waits in the outbox: a lane for each partner, longer and longer pauses, and an end.

use std::time::{Duration, Instant};

use app::inbox::{MessageState, PUSHED, message_of};
use app::lanes::HeldLane;
use app::partners::{DeliverBy, Direction, Profile};
use app::{App, AppError, Context};
use store::{OutboxItem, OutboxQuery};

use crate::Carriers;
use crate::carriers::Parcel;

/// Most lanes that send at the same time. A lane that hangs gives its place back after the configured time.
pub const LANES_MAX: usize = 64;
/// Longest pause between two attempts, seconds.
pub const BACKOFF_SECONDS_MAX: u64 = 1_800;
/// First pause, seconds.
const BACKOFF_SECONDS_MIN: u64 = 5;
/// Longest pause of a lane whose partner fails, seconds: what is due meanwhile waits.
const LANE_PAUSE_SECONDS_MAX: u64 = 300;
/// Most messages delivered in one go of a lane.
const LANE_BATCH_MAX: u32 = 20;
/// How many times a delivery's time limit a process holds a lane when it begins one: handing over by SFTP takes several connections.
const LANE_TIMEOUTS: u64 = 3;
/// And so much longer: clocks that differ, and the commits around it.
const LANE_MARGIN_SECONDS: u64 = 60;

/// The pause after an attempt, counted from 1: doubled each time up to half an hour, a fifth more or less by chance, so that partners that
/// failed together are not asked together.
pub fn backoff_seconds(attempt: u32, chance: u8) -> u64 {
    let doubled = BACKOFF_SECONDS_MIN.saturating_mul(1_u64.checked_shl(attempt.saturating_sub(1).min(20)).unwrap_or(u64::MAX));
    let pause = doubled.min(BACKOFF_SECONDS_MAX);
    // 0..=255 becomes -20 % to +20 %.
    let fifth = pause / 5;
    (pause - fifth + fifth * 2 * u64::from(chance) / 255).max(1)
}

/// What a process remembers of a lane.
#[derive(Default)]
pub(crate) struct Lane {
    failures: u32,
    paused_until: Option<Instant>,
}

/// How long a process holds a lane from when it begins a delivery, seconds.
fn hold_seconds(carriers: &Carriers) -> u64 {
    carriers.settings.timeout().as_secs() * LANE_TIMEOUTS + LANE_MARGIN_SECONDS
}

/// Delivers what is due for one partner, in order, until something fails. Returns how many messages were delivered. Of several processes on
/// one store, one does so at a time: the others look again in the next round.
pub(crate) async fn lane(app: &App, carriers: &Carriers, holder: &str, profile: &Profile, lane: &mut Lane) -> Result<usize, AppError> {
    if profile.channels.deliver_by == DeliverBy::Mailbox || lane.paused_until.is_some_and(|until| Instant::now() < until) {
        return Ok(0);
    }
    // Nothing is written while nothing is due.
    if due(app, profile, 1).await?.is_empty() {
        return Ok(0);
    }
    let Some(mut held) = app.take_lane(&profile.organisation, holder, 2 * hold_seconds(carriers)).await? else { return Ok(0) };
    let done = deliver(app, carriers, profile, lane, &mut held).await;
    // A lane that failed rests for everybody, not for this process alone.
    let rest = lane.paused_until.map_or(0, |until| until.saturating_duration_since(Instant::now()).as_secs());
    app.leave_lane(held, rest).await?;
    done
}

/// What is due for a partner, in order.
async fn due(app: &App, profile: &Profile, limit: u32) -> Result<Vec<OutboxItem>, AppError> {
    let query = OutboxQuery {
        channel: Some(PUSHED.into()),
        receiver: Some(profile.organisation.clone()),
        state: Some("pending".into()),
        due_by: Some(app.now()),
        limit,
        ..OutboxQuery::default()
    };
    Ok(app.store().outbox(&app.port().code, &query).await?.items)
}

async fn deliver(app: &App, carriers: &Carriers, profile: &Profile, lane: &mut Lane, held: &mut HeldLane) -> Result<usize, AppError> {
    let by = profile.channels.deliver_by;
    let hold = hold_seconds(carriers);
    let mut delivered = 0;
    // Read after the lane was taken: what another process delivered before is no longer in it.
    for item in due(app, profile, LANE_BATCH_MAX).await? {
        if !held.lasts(app.now(), hold) && !app.keep_lane(held, 2 * hold).await? {
            tracing::warn!(partner = profile.organisation, "the lane was lost: this process stood still for too long");
            return Ok(delivered);
        }
        // Data whose agreement was suspended or has ended meanwhile stay here; they can be sent again once it holds again.
        if let Some(message) = app.peek::<MessageState>(message_of(&item.row.id)).await?
            && let Err(AppError::Refused(refusal)) = app.refuse_unshared(&message).await
        {
            let ctx = Context::platform(app.now(), "deliveries");
            app.message_given_up(&ctx, &item.row.id, by, &refusal.text.en, item.attempts).await?;
            continue;
        }
        let parcel = Parcel { id: &item.row.id, kind: &item.row.kind, bytes: &item.row.body };
        let result = carriers.deliver(app, profile, &parcel).await;
        app.note_channel(&profile.organisation, by, Direction::Out, result.as_ref().copied().map_err(String::as_str)).await?;
        match result {
            Ok(()) => {
                let ctx = Context::platform(app.now(), "deliveries");
                app.message_delivered(&ctx, &item.row.id, by).await?;
                *lane = Lane::default();
                delivered += 1;
            }
            Err(fault) => {
                failed(app, carriers, by, &item, &fault).await?;
                lane.failures += 1;
                let pause = backoff_seconds(lane.failures, app.random::<1>()[0]).min(LANE_PAUSE_SECONDS_MAX);
                lane.paused_until = Some(Instant::now() + Duration::from_secs(pause));
                return Ok(delivered);
            }
        }
    }
    Ok(delivered)
}

async fn failed(app: &App, carriers: &Carriers, by: DeliverBy, item: &OutboxItem, fault: &str) -> Result<(), AppError> {
    let attempts = item.attempts + 1;
    if attempts >= carriers.settings.attempts_max {
        let ctx = Context::platform(app.now(), "deliveries");
        return app.message_given_up(&ctx, &item.row.id, by, fault, attempts).await;
    }
    let pause = backoff_seconds(attempts, app.random::<1>()[0]);
    let again = app.now().plus_millis(i64::try_from(pause * 1_000).unwrap_or(i64::MAX));
    app.store().outbox_result(&app.port().code, &item.row.id, Err((fault.to_owned(), Some(again)))).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_half_an_hour_and_differ_by_chance() {
        let middle: Vec<u64> = (1..=12).map(|attempt| backoff_seconds(attempt, 127)).collect();
        assert!(middle.windows(2).all(|pair| pair[0] <= pair[1]), "{middle:?}");
        assert!((4..=6).contains(&middle[0]) && (1_700..=1_900).contains(&middle[11]), "{middle:?}");
        for attempt in [1, 5, 12, 40, u32::MAX] {
            let (low, high) = (backoff_seconds(attempt, 0), backoff_seconds(attempt, 255));
            assert!(low < high && high <= BACKOFF_SECONDS_MAX * 6 / 5 && low >= 1, "{attempt}: {low} {high}");
        }
    }
}

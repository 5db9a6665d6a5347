//! Rate limits: one token bucket per address, session or key, in memory, bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use axum::http::StatusCode;
use parking_lot::Mutex;

use crate::problem::Problem;
use crate::state::Limits;

/// Buckets kept; when they are all in use the fullest are forgotten, which only ever favours the asker.
const BUCKETS_MAX: usize = 65_536;
const SHARDS: usize = 16;
/// Logins per minute from one address.
const LOGINS_PER_ADDRESS: u32 = 30;
/// Logins per minute for one account.
const LOGINS_PER_ACCOUNT: u32 = 10;

/// What a limit is counted for.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Counted<'a> {
    Address(&'a str),
    Session(&'a str),
    Key(&'a str),
    LoginFrom(&'a str),
    LoginTo(&'a str),
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

/// Token buckets.
pub(crate) struct Limiter {
    limits: Limits,
    hasher: RandomState,
    shards: [Mutex<HashMap<u64, Bucket>>; SHARDS],
}

impl Limiter {
    pub fn new(limits: Limits) -> Self {
        Self { limits, hasher: RandomState::new(), shards: Default::default() }
    }

    const fn per_minute(&self, counted: Counted<'_>) -> u32 {
        match counted {
            Counted::Address(_) => self.limits.public_per_minute,
            Counted::Session(_) => self.limits.session_per_minute,
            Counted::Key(_) => self.limits.key_per_minute,
            Counted::LoginFrom(_) => LOGINS_PER_ADDRESS,
            Counted::LoginTo(_) => LOGINS_PER_ACCOUNT,
        }
    }

    /// Takes one token.
    pub fn take(&self, counted: Counted<'_>, now: Instant) -> Result<(), Problem> {
        let per_minute = self.per_minute(counted);
        if per_minute == u32::MAX {
            return Ok(());
        }
        let key = self.hasher.hash_one(counted);
        let burst = f64::from(per_minute.max(1));
        let per_second = burst / 60.0;
        let mut shard = self.shards[usize::try_from(key % SHARDS as u64).unwrap_or(0)].lock();
        if shard.len() >= BUCKETS_MAX / SHARDS && !shard.contains_key(&key) {
            shard.retain(|_, bucket| now.duration_since(bucket.at).as_secs() < 60);
            if shard.len() >= BUCKETS_MAX / SHARDS {
                shard.clear();
            }
        }
        let bucket = shard.entry(key).or_insert(Bucket { tokens: burst, at: now });
        bucket.tokens = (bucket.tokens + now.duration_since(bucket.at).as_secs_f64() * per_second).min(burst);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 60 seconds")]
        let wait = ((1.0 - bucket.tokens) / per_second).ceil() as u32;
        Err(too_many(wait.max(1)))
    }
}

fn too_many(seconds: u32) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate-limited",
        format!("请求过于频繁，请在 {seconds} 秒后重试。"),
        format!("Too many requests; try again in {seconds} s."),
    )
    .retry(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn limiter(per_minute: u32) -> Limiter {
        Limiter::new(Limits { public_per_minute: per_minute, session_per_minute: 1, key_per_minute: u32::MAX, session_hours: 1 })
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (limiter, now) = (limiter(60), Instant::now());
        for _ in 0..60 {
            limiter.take(Counted::Address("a"), now).expect("within the limit");
        }
        let refused = limiter.take(Counted::Address("a"), now).expect_err("empty");
        assert_eq!((refused.status, refused.retry_after), (429, Some(1)));
        limiter.take(Counted::Address("b"), now).expect("another address");
        limiter.take(Counted::Address("a"), now + Duration::from_secs(1)).expect("one token came back");
    }

    #[test]
    fn memory_stays_bounded() {
        let (limiter, now) = (limiter(60), Instant::now());
        for i in 0..200_000 {
            let _ = limiter.take(Counted::Address(&i.to_string()), now);
        }
        assert!(limiter.shards.iter().map(|s| s.lock().len()).sum::<usize>() <= BUCKETS_MAX);
    }
}

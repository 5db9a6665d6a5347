//! The second holder of a draw day (第二持有人): another office with a seed of its own, without whose part no number of the day can be computed.
//!
//! The platform asks it once for each subject, at the moment of the draw. The holder keeps the head of the ledger that came with the first question
//! and answers every later one for it, so that whoever knows the platform's seed cannot try moments until one suits. When the holder does not answer
//! in time, the draw is made by the platform's seed alone, and says so.
//!
//! Deliberately not known here: how the holder is reached.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use ledger::Bilingual;
use rules::{DaySeed, Hash256};

use super::{DrawDay, ensure, parsed};
use crate::{App, AppError, Unit};

/// After a fault the holder is left alone for so long, so that a holder that is away does not slow down every answer.
const REST_MS: i64 = 10_000;
/// Longest wait for a holder, whatever its adapter waits.
const WAIT_MAX: Duration = Duration::from_millis(800);

/// What a draw is made for. The same name may be a case and an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Whether a case is drawn.
    Case,
    /// Which officers are sent.
    Officers,
}

impl Purpose {
    /// Its name before the subject, as the holder sees it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Officers => "officers",
        }
    }
}

/// A question to the holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Draw day, `YYYY-MM-DD`.
    pub day: String,
    /// Purpose and subject, such as `case/D2611-000001`.
    pub subject: String,
    /// Size of the newest signed head.
    pub head_size: u64,
    /// Its root.
    pub head_root: [u8; 32],
}

/// The holder's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Size of the head that came with the first question for this subject.
    pub head_size: u64,
    /// Its root: the mix.
    pub head_root: [u8; 32],
    /// The part.
    pub part: [u8; 32],
}

/// What the holder says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderDay {
    /// Commitment to its seed.
    pub commitment: [u8; 32],
    /// Its seed, once the day is over.
    pub seed: Option<[u8; 32]>,
    /// Cases for which it was asked.
    pub asked: u64,
}

/// Why the holder gave no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the second holder gave no answer: {0}")]
pub struct HolderFault(pub String);

/// The second holder.
#[async_trait]
pub trait SecondHolder: Send + Sync {
    /// The office.
    fn name(&self) -> Bilingual;
    /// What it says of a day.
    ///
    /// # Errors
    /// [`HolderFault`].
    async fn day(&self, day: &str) -> Result<HolderDay, HolderFault>;
    /// Its part for a subject.
    ///
    /// # Errors
    /// [`HolderFault`].
    async fn part(&self, question: &Question) -> Result<Part, HolderFault>;
}

/// What a subject is drawn with.
pub(crate) struct Lot {
    /// The seed of this subject.
    pub seed: DaySeed,
    /// Day, for the draw.
    pub day: rules::Day,
    /// Day, as recorded.
    pub day_text: String,
    /// Commitment to the platform's seed, hex.
    pub commitment: String,
    /// Size of the head that is mixed in.
    pub head_size: u64,
    /// Its root.
    pub head_root: [u8; 32],
    /// The second holder's part, hex.
    pub part: Option<String>,
}

/// The lot of a subject, today. The newest signed head is fixed only now, so that nobody can compute an outcome beforehand.
pub(crate) async fn lot(unit: &mut Unit<'_>, purpose: Purpose, subject: &str) -> Result<Lot, AppError> {
    let day_text = unit.at().day(unit.app.port().utc_offset_minutes);
    let day = parsed(&day_text)?;
    let (seed, commitment) = ensure(unit, &day_text).await?;
    let (head_size, head_root) = match unit.app.head().await? {
        Some(head) => (head.size, head.root_bytes().unwrap_or_default()),
        None => (0, [0; 32]),
    };
    let alone = |seed| Lot { seed, day, day_text: day_text.clone(), commitment: commitment.clone(), head_size, head_root, part: None };
    let committed = unit.load::<DrawDay>(&day_text).await?.is_some_and(|day| day.second.is_some());
    if !committed {
        return Ok(alone(seed));
    }
    let question = Question { day: day_text.clone(), subject: format!("{}/{subject}", purpose.code()), head_size, head_root };
    match unit.app.ask_holder(&question).await {
        Some(given) => Ok(Lot {
            head_size: given.head_size,
            head_root: given.head_root,
            part: Some(hex::encode(given.part)),
            ..alone(seed.with_part(&Hash256(given.part)))
        }),
        None => Ok(alone(seed)),
    }
}

impl App {
    /// Names the second holder. The first to be named stays.
    pub fn share_draws(&self, holder: std::sync::Arc<dyn SecondHolder>) {
        let _ = self.holder.set(holder);
    }

    /// What the holder says of a day; none where there is no holder or it does not answer.
    pub(crate) async fn holder_day(&self, day: &str) -> Option<(Bilingual, HolderDay)> {
        let holder = self.holder.get()?;
        let told = self.waited(holder.day(day)).await?;
        Some((holder.name(), told))
    }

    async fn ask_holder(&self, question: &Question) -> Option<Part> {
        let holder = self.holder.get()?;
        let part = self.waited(holder.part(question)).await?;
        // A head that this ledger does not have yet cannot have come with an earlier question.
        (part.head_size <= question.head_size).then_some(part)
    }

    async fn waited<T>(&self, asking: impl Future<Output = Result<T, HolderFault>>) -> Option<T> {
        let now = self.now().millis();
        if now < self.holder_rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let told = tokio::time::timeout(WAIT_MAX, asking).await.unwrap_or_else(|_| Err(HolderFault("no answer in time".into())));
        told.inspect_err(|fault| {
            tracing::warn!(error = %fault, "drawn by one holder");
            self.holder_rests_until.store(now + REST_MS, Ordering::Relaxed);
        })
        .ok()
    }
}

//! Verifiable draws (双随机): which case is inspected, and by which officers.
//!
//! # Protocol
//!
//! 1. Before the day begins, the authority takes 32 random bytes, the [`DaySeed`], and publishes its
//!    [`DaySeed::commitment`]: SHA-256 of `"fairway-draw-v1"`, the day and the seed.
//! 2. When a case is accepted, its record enters the ledger. The head of the ledger at that moment is the *mix*: nobody
//!    knows it before, and it is fixed from then on.
//! 3. The draw is HMAC-SHA-256 keyed by the seed over purpose, day, mix and subject. The first eight bytes, by
//!    rejection, give a uniform number below 10,000; the case is drawn when the number is below the rate in basis
//!    points. Officers are ordered by such a value each, and the lowest are chosen. The outcome is recorded.
//!    Where there is a second holder, another office with a seed of its own that is committed likewise, the key is the exclusive or of the seed and
//!    that holder's part for the subject.
//! 4. After the day the seed is revealed, and that of the second holder. Anybody recomputes the commitment, every draw ([`verify_draw`]) and every
//!    choice of officers ([`verify_pick`]).
//!
//! The number does not depend on the rate: a case drawn at a low rate is drawn at every higher one, so an argument about
//! the rate cannot become an argument about luck.
//!
//! # Threats
//!
//! | Who tries what | Why it fails, or what remains |
//! |---|---|
//! | A trader computes the outcome before declaring | The seed is unknown until the day is over; the commitment hides it. |
//! | A trader submits until the mix is favourable | Without the seed no mix is better than another; the outcome is told after acceptance, which cannot be undone without a trace. |
//! | The authority chooses a seed that spares or hits a subject | The mix is not known when the seed is committed. |
//! | The authority changes the seed afterwards | The commitment is published and does not fit another seed. |
//! | The authority draws again until the outcome suits | The outcome is a function of recorded inputs: a second draw gives the same, and every acceptance has one record. |
//! | The authority does not reveal the seed | Visible to everybody: a commitment without a seed. |
//! | The pool of officers is changed to steer the choice | The record holds the hash of the pool and every exclusion with its reason; the order of the pool does not matter. |
//! | One insider knows the seed and controls the moment of acceptance | With a second holder: the number needs its [`DaySeed::part`], which it gives once for a subject; the mix of the first question stays. Without one, **remains**: the insider could wait for a favourable head. |
//! | Both holders conspire | **Remains.** |
//! | The ledger head is forged together with the record | Outside this crate: heads are signed and sealed by the ledger, receipts prove inclusion. |
//!
//! Nothing here reads a clock or a random source.

mod sortition;
#[cfg(test)]
mod tests;

pub use sortition::{
    Absence, Excluded, ExclusionReason, OFFICERS_MAX, Officer, PickError, PickFault, PickRequest, Picked, pick_officers, pool_version_hash,
    verify_pick,
};

use crate::Day;
use crate::hash::{Hash256, hmac};
use serde::{Deserialize, Serialize};

/// Name of this protocol, part of every commitment and record.
pub const SCHEME: &str = "fairway-draw-v1";
/// Basis points in one: a rate of this draws every case.
pub const RATE_BASIS_POINTS_MAX: u32 = 10_000;
/// Bytes of an identity of a case, order or officer.
pub const ID_BYTES_MAX: usize = 128;

/// The largest candidate that leaves every number equally likely; the few above are rejected.
const CANDIDATE_MAX: u64 = u64::MAX - (u64::MAX % RATE_BASIS_POINTS_MAX as u64 + 1) % RATE_BASIS_POINTS_MAX as u64;

/// The secret of a day (当日种子). It never shows in `Debug` and has no serde form; storing it is the caller's care.
#[derive(Clone, PartialEq, Eq)]
pub struct DaySeed([u8; 32]);

impl std::fmt::Debug for DaySeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DaySeed(secret)")
    }
}

impl DaySeed {
    /// Takes 32 bytes of a cryptographic random source, or a revealed seed for verification.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The second holder's part (第二持有人分量) for one subject: HMAC-SHA-256 keyed by that holder's seed over day, mix and subject. The holder gives one
    /// for each subject and keeps the mix of the first question, so that nobody can ask until it suits.
    #[must_use]
    pub fn part(&self, day: Day, subject: &str, mix: &[u8; 32]) -> Hash256 {
        Hash256(self.value("part", day, &Hash256(*mix), &[subject.as_bytes()]))
    }

    /// The seed with which a subject is drawn when there is a second holder: the exclusive or with its part.
    #[must_use]
    pub fn with_part(&self, part: &Hash256) -> Self {
        let mut bytes = self.0;
        bytes.iter_mut().zip(part.0).for_each(|(a, b)| *a ^= b);
        Self(bytes)
    }

    /// What is published before the day: SHA-256 of scheme, day and seed. The day has ten characters and the seed 32
    /// bytes, so the parts cannot be shifted against each other.
    #[must_use]
    pub fn commitment(&self, day: Day) -> Hash256 {
        Hash256::of(&[SCHEME.as_bytes(), day.to_string().as_bytes(), &self.0])
    }

    /// What is published after the day.
    #[must_use]
    pub const fn reveal(&self) -> Hash256 {
        Hash256(self.0)
    }

    /// A keyed value over parts that are each preceded by their length.
    fn value(&self, purpose: &str, day: Day, mix: &Hash256, parts: &[&[u8]]) -> [u8; 32] {
        let day = day.to_string();
        let mut message = Vec::with_capacity(192);
        for part in [SCHEME.as_bytes(), purpose.as_bytes(), day.as_bytes(), &mix.0].into_iter().chain(parts.iter().copied()) {
            message.extend_from_slice(&(part.len() as u64).to_be_bytes());
            message.extend_from_slice(part);
        }
        hmac(&self.0, &[&message])
    }
}

/// The outcome of a draw with everything that is needed to check it. Keep it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawOutcome {
    /// The protocol, [`SCHEME`].
    pub scheme: String,
    /// The day of the seed.
    pub day: Day,
    /// The commitment published for that day.
    pub commitment: Hash256,
    /// The case, such as a declaration number.
    pub subject_id: String,
    /// Head of the ledger at acceptance.
    pub mix: Hash256,
    /// The rate: the case is drawn when the number is below.
    pub rate_basis_points: u32,
    /// The number, 0 to 9,999.
    pub number: u32,
    /// Candidates used; more than one only after a rejection.
    pub attempts: u32,
    /// Whether the case is drawn.
    pub selected: bool,
}

/// Why a draw was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The rate is above 10,000 basis points.
    #[error("the rate of {found} basis points is above 10,000")]
    Rate {
        /// The rate given.
        found: u32,
    },
    /// The subject is empty or too long.
    #[error("the subject must have 1 to {ID_BYTES_MAX} bytes, found {found}")]
    Subject {
        /// Bytes found.
        found: usize,
    },
}

/// Draws a case. The same arguments always give the same outcome.
///
/// # Errors
/// The rate is above 10,000 basis points, or the subject is empty or longer than [`ID_BYTES_MAX`].
pub fn draw(seed: &DaySeed, day: Day, subject_id: &str, mix: &[u8; 32], rate_basis_points: u32) -> Result<DrawOutcome, DrawError> {
    if rate_basis_points > RATE_BASIS_POINTS_MAX {
        return Err(DrawError::Rate { found: rate_basis_points });
    }
    if subject_id.is_empty() || subject_id.len() > ID_BYTES_MAX {
        return Err(DrawError::Subject { found: subject_id.len() });
    }
    let mix = Hash256(*mix);
    let (number, attempts) = number(seed, day, subject_id, &mix);
    Ok(DrawOutcome {
        scheme: SCHEME.to_owned(),
        day,
        commitment: seed.commitment(day),
        subject_id: subject_id.to_owned(),
        mix,
        rate_basis_points,
        number,
        attempts,
        selected: number < rate_basis_points,
    })
}

/// A uniform number below 10,000 and the candidates it took. A candidate is rejected once in 10^15 times, so the loop
/// ends.
fn number(seed: &DaySeed, day: Day, subject_id: &str, mix: &Hash256) -> (u32, u32) {
    let mut attempts = 0u32;
    loop {
        attempts += 1;
        let value = seed.value("number", day, mix, &[subject_id.as_bytes(), &attempts.to_be_bytes()]);
        let candidate = value[..8].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        if candidate <= CANDIDATE_MAX {
            // Below 10,000, so the cast holds.
            return ((candidate % u64::from(RATE_BASIS_POINTS_MAX)) as u32, attempts);
        }
    }
}

/// Why a recorded draw does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawFault {
    /// The record follows another protocol.
    #[error("the record follows {found:?}, not fairway-draw-v1")]
    Scheme {
        /// The protocol named.
        found: String,
    },
    /// The revealed seed does not fit the published commitment.
    #[error("the seed does not fit the commitment of {day}")]
    Commitment {
        /// The day.
        day: Day,
    },
    /// The inputs of the record could not have been drawn.
    #[error("the record could not have been drawn")]
    Inputs(#[source] DrawError),
    /// Recomputing gives another number.
    #[error("the recorded number is {recorded}, recomputed {computed}")]
    Number {
        /// Number in the record.
        recorded: u32,
        /// Number recomputed.
        computed: u32,
    },
    /// The number fits but the conclusion does not.
    #[error("number {number} against {rate_basis_points} basis points does not give the recorded outcome")]
    Conclusion {
        /// The number.
        number: u32,
        /// The rate.
        rate_basis_points: u32,
    },
}

impl DrawFault {
    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Scheme { found } => format!("记录采用的协议为“{found}”，不是 {SCHEME}"),
            Self::Commitment { day } => format!("公布的种子与 {day} 的承诺值不符"),
            Self::Inputs(_) => "记录中的输入不可能产生抽取".to_owned(),
            Self::Number { recorded, computed } => format!("记录的随机数为 {recorded}，重新计算为 {computed}"),
            Self::Conclusion { number, rate_basis_points } => {
                format!("随机数 {number} 与比例万分之 {rate_basis_points} 得不出记录的结论")
            }
        }
    }
}

/// Checks a recorded draw against the revealed seed. The commitment in the record must itself be compared with the one
/// that was published.
///
/// # Errors
/// What does not hold.
pub fn verify_draw(record: &DrawOutcome, revealed_seed: &DaySeed) -> Result<(), DrawFault> {
    if record.scheme != SCHEME {
        return Err(DrawFault::Scheme { found: record.scheme.clone() });
    }
    if record.commitment != revealed_seed.commitment(record.day) {
        return Err(DrawFault::Commitment { day: record.day });
    }
    let computed =
        draw(revealed_seed, record.day, &record.subject_id, &record.mix.0, record.rate_basis_points).map_err(DrawFault::Inputs)?;
    if (record.number, record.attempts) != (computed.number, computed.attempts) {
        return Err(DrawFault::Number { recorded: record.number, computed: computed.number });
    }
    if record.selected != computed.selected {
        return Err(DrawFault::Conclusion { number: record.number, rate_basis_points: record.rate_basis_points });
    }
    Ok(())
}

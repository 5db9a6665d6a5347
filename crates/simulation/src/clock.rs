//! Time and chance of a simulation: both are given, so that the same seed gives the same port.

use app::{Clock, Entropy};
use ledger::Timestamp;
use parking_lot::{Mutex, RwLock};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A clock that stands until it is set.
#[derive(Debug)]
pub struct SimClock(RwLock<Timestamp>);

impl SimClock {
    /// A clock that shows `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(RwLock::new(at))
    }

    /// Sets it. It never goes back: an earlier instant is ignored.
    pub fn set(&self, at: Timestamp) {
        let mut now = self.0.write();
        *now = at.max(*now);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        *self.0.read()
    }
}

/// Random bytes that everybody can foresee who knows the seed. For demonstrations and tests, never for a real port.
pub struct SeededEntropy(Mutex<ChaCha20Rng>);

impl SeededEntropy {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}

//! What the pure crates are not allowed to know: the clock, chance, and the signing key.

use std::path::Path;

use anyhow::{Context as _, Result};
use app::{Clock, Entropy, Signer};
use ledger::head::{Algorithm, KeyError, PublicKey, Signature, SigningKey};
use ledger::{Head, Timestamp};
use parking_lot::Mutex;
use store::Sealer;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Random bytes fetched from the operating system at a time: every event takes ten, and a system call for each would cost more than they do.
const FETCHED: usize = 4_096;

/// The operating system's random bytes, each given once.
pub struct SystemEntropy(Mutex<Fetched>);

struct Fetched {
    bytes: [u8; FETCHED],
    /// Those before are used and wiped.
    used: usize,
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self(Mutex::new(Fetched { bytes: [0; FETCHED], used: FETCHED }))
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // Without random bytes no id, seed or session is safe: better to stop than to go on.
        let fetch = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the operating system gives random bytes");
        if bytes.len() > FETCHED {
            return fetch(bytes);
        }
        let mut fetched = self.0.lock();
        if FETCHED - fetched.used < bytes.len() {
            fetch(&mut fetched.bytes);
            fetched.used = 0;
        }
        let (from, to) = (fetched.used, fetched.used + bytes.len());
        bytes.copy_from_slice(&fetched.bytes[from..to]);
        fetched.bytes[from..to].fill(0);
        fetched.used = to;
    }
}

/// Signs heads, and what officers release, with one key.
pub struct KeySealer {
    key: SigningKey,
    clock: std::sync::Arc<dyn Clock>,
}

impl KeySealer {
    /// A sealer with a key.
    pub fn new(key: SigningKey, clock: std::sync::Arc<dyn Clock>) -> Self {
        Self { key, clock }
    }
    /// The key that checks its signatures.
    pub fn public(&self) -> PublicKey {
        self.key.public()
    }
}

impl Sealer for KeySealer {
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head {
        // A key that was loaded signs; anything else is a broken build.
        self.key.sign_head(port, size, root, self.clock.now()).expect("a loaded key signs")
    }
}

impl Signer for KeySealer {
    fn sign(&self, text: &str) -> Result<Signature, KeyError> {
        self.key.sign_text(text)
    }
}

/// Loads the signing key, or makes one that only the owner of the file can read.
///
/// # Errors
/// When the file cannot be read, is not a key, or cannot be written.
pub fn signing_key(path: &Path, algorithm: Algorithm) -> Result<SigningKey> {
    if path.exists() {
        let pem = std::fs::read_to_string(path).with_context(|| format!("cannot read the signing key {}", path.display()))?;
        return SigningKey::from_pem(&pem).with_context(|| format!("{} is not a signing key", path.display()));
    }
    let mut seed = [0; 32];
    SystemEntropy::default().fill(&mut seed);
    let key = SigningKey::generate(algorithm, seed).context("cannot make a signing key")?;
    write_private(path, key.to_pem().context("cannot write the key as PEM")?.as_bytes())?;
    Ok(key)
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot create {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_byte_of_chance_is_given_twice() {
        let entropy = SystemEntropy::default();
        let mut seen = HashSet::new();
        // Sizes that do and do not divide what is fetched at a time, and more than that.
        for size in [10, 16, 32, FETCHED - 1, FETCHED, FETCHED + 1, 10] {
            for _ in 0..500 {
                let mut bytes = vec![0; size];
                entropy.fill(&mut bytes);
                assert!(bytes.iter().any(|byte| *byte != 0));
                bytes.truncate(10);
                assert!(seen.insert(bytes), "given twice");
            }
        }
    }
}

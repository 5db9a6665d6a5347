//! How a use case is carried out: repeated answers, retries, one commit, one access record.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use ledger::head::{KeyError, Signature, SigningKey};
use ledger::{EventId, ObjectRef, Timestamp};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::{AuditRow, IdempotencyRow, ObjectRecord, SharedStore, StoreError};

use crate::directory::Directory;
use crate::draw::SecondHolder;
use crate::exchange::{Bank, Interpreter};
use crate::images::{Baseline, ImageHint};
use crate::insights::{Clearance, Period};
use crate::partners::{Couriers, NoCouriers};
use crate::rights::{POLICIES, PolicyError, Rights};
use crate::settings::PortSettings;
use crate::states::States;
use crate::{AppError, Context, Happens, Unit, reactions};

/// How often a use case is decided again after a conflict before the asker is told to come back.
const ATTEMPTS_MAX: u32 = 12;
/// Characters of an access record's detail, besides the address.
const DETAIL_CHARS_MAX: usize = 160;
/// Numbers taken from the store at a time. Unused ones are lost when the process ends.
const NUMBERS_BLOCK: u32 = 64;

/// Tells the time. The only clock the application knows.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes. The only source of chance the application knows.
pub trait Entropy: Send + Sync {
    /// Fills with bytes that nobody can foresee (or, in a seeded simulation, that everybody can).
    fn fill(&self, bytes: &mut [u8]);
}

/// Signs in the name of the platform. The key stays outside of the application.
pub trait Signer: Send + Sync {
    /// Signs a text whose first line names what it is.
    ///
    /// # Errors
    /// [`KeyError`] when no signature can be made.
    fn sign(&self, text: &str) -> Result<Signature, KeyError>;
}

impl Signer for SigningKey {
    fn sign(&self, text: &str) -> Result<Signature, KeyError> {
        self.sign_text(text)
    }
}

/// What an application is made of.
pub struct Parts {
    /// Store.
    pub store: SharedStore,
    /// Messages.
    pub interpreter: Arc<dyn Interpreter>,
    /// Bank.
    pub bank: Arc<dyn Bank>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Signatures.
    pub signer: Arc<dyn Signer>,
    /// Settings.
    pub port: PortSettings,
}

/// A command of the port.
#[async_trait]
pub trait UseCase: Serialize + Send + Sync {
    /// Stable name; also the action the rights are asked for.
    const NAME: &'static str;
    /// What is remembered and answered.
    type Outcome: Serialize + DeserializeOwned + Send;

    /// Authorises, loads and decides. Recorded events are committed by the engine.
    ///
    /// # Errors
    /// Any [`AppError`]; nothing is committed then.
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Self::Outcome, AppError>;
}

/// A use case carried out.
#[derive(Clone, Debug)]
pub struct Done<T> {
    /// Its outcome.
    pub outcome: T,
    /// It had been carried out before under the same idempotency key.
    pub replayed: bool,
}

/// When they were counted, and how many in each hour.
type Counts = (i64, Arc<Vec<(Timestamp, u64)>>);

/// The application: use cases over one store.
pub struct App {
    parts: Parts,
    rights: Rights,
    directory: Directory,
    numbers: Mutex<HashMap<String, (u64, u64)>>,
    compiled_tables: Cache<String, Arc<rules::CompiledTable>>,
    clearances: Mutex<Vec<(i64, Arc<Clearance>)>>,
    counts: Mutex<HashMap<(usize, i64), Counts>>,
    turnstiles: [tokio::sync::Mutex<()>; TURNSTILES],
    couriers: OnceLock<Arc<dyn Couriers>>,
    adviser: OnceLock<Arc<dyn ImageHint>>,
    hinting: tokio::sync::Semaphore,
    pub(crate) holder: OnceLock<Arc<dyn SecondHolder>>,
    pub(crate) holder_rests_until: AtomicI64,
    states: States,
}

/// Use cases that lost against another on the same object pass one at a time from the second attempt on. Objects share turnstiles by hash.
const TURNSTILES: usize = 64;
/// Longest idempotency key, characters.
const IDEMPOTENCY_KEY_MAX: usize = 128;

/// Summaries kept at hand.
const CLEARANCES_REMEMBERED_MAX: usize = 16;
/// Compiled texts of decision tables kept at hand: the versions that act, those that begin next, and those being tried.
const COMPILED_TABLES_MAX: usize = 16;

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`PolicyError`] when the shipped policies cannot be used.
    pub fn new(parts: Parts) -> Result<Self, PolicyError> {
        Ok(Self {
            rights: Rights::new(POLICIES)?,
            directory: Directory::default(),
            numbers: Mutex::default(),
            compiled_tables: Cache::new(COMPILED_TABLES_MAX),
            clearances: Mutex::default(),
            counts: Mutex::default(),
            turnstiles: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            couriers: OnceLock::new(),
            adviser: OnceLock::new(),
            hinting: tokio::sync::Semaphore::new(1),
            holder: OnceLock::new(),
            holder_rests_until: AtomicI64::new(i64::MIN),
            states: States::default(),
            parts,
        })
    }

    /// The state of an object that was read, for whoever only looks at it.
    pub(crate) fn state_of<A: Happens>(&self, record: &ObjectRecord) -> Result<A, AppError> {
        self.states.read(record)
    }

    /// The store.
    pub fn store(&self) -> &SharedStore {
        &self.parts.store
    }
    /// The settings.
    pub fn port(&self) -> &PortSettings {
        &self.parts.port
    }
    /// The rights.
    pub fn rights(&self) -> &Rights {
        &self.rights
    }
    /// Organisations, users and keys.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }
    /// Messages.
    pub fn interpreter(&self) -> &Arc<dyn Interpreter> {
        &self.parts.interpreter
    }
    /// The bank.
    pub fn bank(&self) -> &dyn Bank {
        self.parts.bank.as_ref()
    }
    /// Signs a text in the name of the platform.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the key cannot.
    pub fn sign(&self, text: &str) -> Result<Signature, AppError> {
        self.parts.signer.sign(text).map_err(|e| AppError::Internal(format!("signature: {e}")))
    }
    /// Those who carry messages; none until the assembly has named them.
    pub fn couriers(&self) -> Arc<dyn Couriers> {
        self.couriers.get().map_or_else(|| Arc::new(NoCouriers) as Arc<dyn Couriers>, Arc::clone)
    }
    /// Names those who carry messages. The first to be named stay.
    pub fn employ(&self, couriers: Arc<dyn Couriers>) {
        let _ = self.couriers.set(couriers);
    }
    /// The model that hints at places of images; the baseline until the assembly has named another.
    pub fn adviser(&self) -> Arc<dyn ImageHint> {
        self.adviser.get().map_or_else(|| Arc::new(Baseline) as Arc<dyn ImageHint>, Arc::clone)
    }
    /// Whose turn it is to have an image looked at.
    pub(crate) fn hinting(&self) -> &tokio::sync::Semaphore {
        &self.hinting
    }
    /// Names the model that hints. The first to be named stays.
    pub fn advise(&self, adviser: Arc<dyn ImageHint>) {
        let _ = self.adviser.set(adviser);
    }
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.parts.entropy.fill(&mut bytes);
        bytes
    }

    /// A new UUIDv7 at an instant.
    pub fn new_id(&self, at: Timestamp) -> EventId {
        let ms = u64::try_from(at.millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &self.random::<10>()).into_uuid()
    }

    /// The next number of a series.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn next_number(&self, series: &str) -> Result<u64, AppError> {
        if let Some((next, end)) = self.numbers.lock().get_mut(series)
            && next < end
        {
            *next += 1;
            return Ok(*next - 1);
        }
        let first = self.parts.store.reserve_numbers(&self.parts.port.code, series, NUMBERS_BLOCK).await?;
        self.numbers.lock().insert(series.to_owned(), (first + 1, first + u64::from(NUMBERS_BLOCK)));
        Ok(first)
    }

    /// A new id such as `D2611-000001`: letter, year and month of the port's clock, number.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn next_id(&self, letter: char, at: Timestamp) -> Result<String, AppError> {
        let number = self.next_number(&letter.to_string()).await?;
        let (year, month, ..) = at.civil(self.parts.port.utc_offset_minutes);
        Ok(format!("{letter}{:02}{month:02}-{number:06}", year.rem_euclid(100)))
    }

    pub(crate) fn remembered_clearance(&self, period: &Period, now_ms: i64, for_ms: i64) -> Option<Arc<Clearance>> {
        let known = self.clearances.lock();
        known.iter().find(|(at, made)| (now_ms - at).abs() < for_ms && made.period == *period).map(|(_, made)| Arc::clone(made))
    }

    pub(crate) fn remember_clearance(&self, now_ms: i64, made: Arc<Clearance>) {
        let mut known = self.clearances.lock();
        known.retain(|(_, other)| other.period != made.period);
        if known.len() >= CLEARANCES_REMEMBERED_MAX {
            known.remove(0);
        }
        known.push((now_ms, made));
    }

    /// Counts of a milestone made shortly before; the public page asks for them with every visit. `(milestone, hours)`, 0 hours for today.
    pub(crate) fn remembered_counts(&self, question: (usize, i64), now_ms: i64, for_ms: i64) -> Option<Arc<Vec<(Timestamp, u64)>>> {
        self.counts.lock().get(&question).filter(|(at, _)| (now_ms - at).abs() < for_ms).map(|(_, counts)| Arc::clone(counts))
    }

    pub(crate) fn remember_counts(&self, question: (usize, i64), now_ms: i64, counts: Vec<(Timestamp, u64)>) {
        self.counts.lock().insert(question, (now_ms, Arc::new(counts)));
    }

    /// Compiled texts of decision tables, by fingerprint.
    pub(crate) const fn compiled_tables(&self) -> &Cache<String, Arc<rules::CompiledTable>> {
        &self.compiled_tables
    }

    /// Carries out a use case: all of it, durably, or nothing.
    ///
    /// # Errors
    /// Any [`AppError`]; nothing was changed then.
    pub async fn execute<U: UseCase>(&self, ctx: &Context, command: &U) -> Result<Done<U::Outcome>, AppError> {
        // On the heap, as are the reactions: what a use case sets in motion is deep, and the stack of a worker thread is not.
        let done = Box::pin(self.attempt(ctx, command)).await;
        if let Err(error) = &done {
            let outcome = if matches!(error, AppError::Forbidden { .. }) { "refused" } else { "failed" };
            self.parts.store.audit(&self.parts.port.code, self.access(ctx, U::NAME, None, outcome, &error.to_string()));
        }
        done
    }

    async fn attempt<U: UseCase>(&self, ctx: &Context, command: &U) -> Result<Done<U::Outcome>, AppError> {
        let remembered = match &ctx.idempotency {
            Some(key) => {
                // What a message led to is remembered for the message, whoever reads it: after a crash it is read again by the platform.
                let scope = match &ctx.message {
                    Some(message) => format!("message/{message}"),
                    None => format!("{}/{}", ctx.principal.organisation, ctx.principal.id),
                };
                if key.key.is_empty() || key.key.len() > IDEMPOTENCY_KEY_MAX {
                    return Err(AppError::invalid(
                        "idempotency-key",
                        "",
                        "幂等键须为 1 至 128 个字符",
                        "an idempotency key has 1 to 128 characters",
                    ));
                }
                let hash = request_hash(U::NAME, command)?;
                if let Some(row) = self.parts.store.idempotent(&self.parts.port.code, &scope, &key.key).await? {
                    return replay(&row, &hash);
                }
                Some((scope, key.key.clone(), hash))
            }
            None => None,
        };
        let mut lost_against: Option<usize> = None;
        for _ in 0..ATTEMPTS_MAX {
            // Held from before the objects are read until after the commit: of those who wait here, each finds what the one before left.
            let _turn = match lost_against {
                Some(index) => Some(self.turnstiles[index].lock().await),
                None => None,
            };
            let mut unit = Unit::new(self, ctx, U::NAME);
            let outcome = command.run(&mut unit).await?;
            reactions::settle(&mut unit).await?;
            let mut commit = unit.finish()?;
            let subject = commit.objects.first().map(|write| write.object.clone());
            commit.audit.push(self.access(ctx, U::NAME, subject, "allowed", ""));
            if let Some((scope, key, hash)) = &remembered {
                commit.idempotency = Some(IdempotencyRow {
                    scope: scope.clone(),
                    key: key.clone(),
                    request_hash: hash.clone(),
                    answer: serde_json::to_vec(&outcome).map_err(|e| AppError::Internal(e.to_string()))?,
                    at: ctx.at,
                });
            }
            let written: Vec<(String, String)> = commit.records.iter().map(|write| (write.space.clone(), write.id.clone())).collect();
            match self.parts.store.commit(commit).await {
                Ok(_) => {
                    self.forget_written(&written);
                    return Ok(Done { outcome, replayed: false });
                }
                Err(StoreError::Conflict(what)) => lost_against = Some(turnstile(&what)),
                Err(StoreError::Repeated(row)) => {
                    let hash = remembered.as_ref().map_or("", |(_, _, hash)| hash);
                    return replay(&row, hash);
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(AppError::Busy)
    }

    /// What this process remembers of changed register records is looked up again; only now, when the change can be read.
    fn forget_written(&self, written: &[(String, String)]) {
        for (space, id) in written {
            self.directory.forget(space, id);
        }
    }

    /// An access record (访问留痕).
    pub(crate) fn access(&self, ctx: &Context, action: &str, object: Option<ObjectRef>, outcome: &str, detail: &str) -> AuditRow {
        AuditRow {
            at: ctx.at,
            who: ctx.principal.id.clone(),
            organisation: Some(ctx.principal.organisation.clone()).filter(|o| !o.is_empty()),
            action: action.to_owned(),
            object,
            outcome: outcome.to_owned(),
            request: ctx.request.clone(),
            detail: detail_from(detail, ctx.address),
        }
    }

    /// Writes an access record of what no use case records.
    pub fn note(&self, ctx: &Context, action: &str, object: Option<ObjectRef>, outcome: &str) {
        self.store().audit(&self.port().code, self.access(ctx, action, object, outcome, ""));
    }
}

/// A detail with where the request came from.
fn detail_from(detail: &str, address: Option<std::net::IpAddr>) -> String {
    let mut text: String = detail.chars().take(DETAIL_CHARS_MAX).collect();
    if let Some(address) = address {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&format!("from {address}"));
    }
    text
}

fn turnstile(what: &str) -> usize {
    let mut hasher = std::hash::DefaultHasher::new();
    what.hash(&mut hasher);
    usize::try_from(hasher.finish() % TURNSTILES as u64).unwrap_or(0)
}

fn request_hash<U: UseCase>(name: &str, command: &U) -> Result<String, AppError> {
    let body = serde_json::to_vec(command).map_err(|e| AppError::Internal(e.to_string()))?;
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([0]);
    hash.update(&body);
    Ok(hex::encode(hash.finalize()))
}

fn replay<T: DeserializeOwned>(row: &IdempotencyRow, hash: &str) -> Result<Done<T>, AppError> {
    if row.request_hash != hash {
        return Err(AppError::KeyReused);
    }
    let outcome = serde_json::from_slice(&row.answer).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(Done { outcome, replayed: true })
}

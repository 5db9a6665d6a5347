//! Checks a whole ledger from its stored bytes: `fairway ledger verify`.
//!
//! Every event's bytes are hashed anew and compared with the stored leaf; every 256 leaves with the stored tile; every head with the root
//! over the leaves before it, its signature, and with its predecessor. Any one-bit change is found and named by its place.

use ledger::head::{KeyError, PublicKey};
use ledger::merkle::{Frontier, leaf_hash};
use ledger::{Bilingual, Event, Head, StoredEvent};
use store::{LedgerReader, StoreError};

/// Events read at once.
const LEAVES_AT_ONCE: u32 = 2_048;
/// Heads and tiles read at once.
const ROWS_AT_ONCE: u32 = 4_096;
/// Faults listed; a ledger with more is not worth listing on.
pub const FAULTS_MAX: usize = 1_000;

/// Where in the ledger something does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The event at this position.
    Event(u64),
    /// The tile with this number: events `256 × n` to `256 × n + 255`.
    Tile(u64),
    /// The head of this size.
    Head(u64),
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, such as `ledger-event-altered`.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What, for people.
    pub what: Bilingual,
}

/// How far a verification has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Events checked.
    pub events: u64,
    /// Events there are, by the newest head.
    pub of: u64,
}

/// Looks at each event in order, for checks this crate knows nothing of (states against replay); a text is a fault of that event.
pub type EventCheck<'a> = dyn FnMut(&StoredEvent) -> Option<Bilingual> + Send + 'a;

/// What else is asked while all events pass by.
type OnProgress<'a> = dyn FnMut(Progress) + Send + 'a;

struct Check<'a> {
    ledger: &'a dyn LedgerReader,
    port: &'a str,
    key: &'a PublicKey,
    log: Frontier,
    /// After an event that does not fit its stored leaf: the log by the stored leaf, until a head says which of the two was altered.
    by_stored: Option<Frontier>,
    tiles: Ahead<(u64, [u8; 32])>,
    heads: Ahead<Head>,
    former: Option<Head>,
    faults: Vec<Fault>,
}

/// Rows read ahead.
struct Ahead<T> {
    rows: std::collections::VecDeque<T>,
    from: u64,
    ended: bool,
}

impl<T> Ahead<T> {
    fn new() -> Self {
        Self { rows: std::collections::VecDeque::new(), from: 0, ended: false }
    }
}

/// Verifies the ledger of a port. `key` is the key whose signatures are trusted. An empty list means that everything fits.
///
/// # Errors
/// What the store answers when it cannot be read; altered content is a [`Fault`], not an error.
pub async fn verify(
    ledger: &dyn LedgerReader,
    port: &str,
    key: &PublicKey,
    on_progress: &mut OnProgress<'_>,
    on_event: &mut EventCheck<'_>,
) -> Result<Vec<Fault>, StoreError> {
    let newest = ledger.head(port).await?.map_or(0, |head| head.size);
    let mut check = Check {
        ledger,
        port,
        key,
        log: Frontier::new(),
        by_stored: None,
        tiles: Ahead::new(),
        heads: Ahead::new(),
        former: None,
        faults: Vec::new(),
    };
    // Events that other commits append meanwhile are left for the next verification.
    while check.log.size() < newest && check.faults.len() < FAULTS_MAX {
        let wanted = LEAVES_AT_ONCE.min(u32::try_from(newest - check.log.size()).unwrap_or(u32::MAX));
        let leaves = ledger.leaves(port, check.log.size(), wanted).await?;
        if leaves.is_empty() {
            let at = check.log.size();
            check.fault(
                "ledger-event-missing",
                Place::Event(at),
                format!("缺少位置 {at} 之后的事件"),
                format!("events from position {at} on are missing"),
            );
            break;
        }
        for (position, bytes, stored) in leaves {
            check.event(position, &bytes, stored, on_event).await?;
            if check.faults.len() >= FAULTS_MAX {
                break;
            }
        }
        on_progress(Progress { events: check.log.size(), of: newest });
    }
    check.rest().await?;
    Ok(check.faults)
}

impl Check<'_> {
    fn fault(&mut self, code: &'static str, place: Place, zh: String, en: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { code, place, what: Bilingual::new(zh, en) });
        }
    }

    async fn event(&mut self, position: u64, bytes: &[u8], stored: [u8; 32], on_event: &mut EventCheck<'_>) -> Result<(), StoreError> {
        let expected = self.log.size();
        if position != expected {
            let place = Place::Event(expected);
            self.fault(
                "ledger-event-missing",
                place,
                format!("位置 {expected} 的事件缺失"),
                format!("the event at position {expected} is missing"),
            );
            // What follows cannot fit any root: the stored leaves are taken for granted so that further faults show where they are.
            while self.log.size() < position {
                self.log.append([0; 32]);
                self.by_stored.as_mut().map(|log| log.append([0; 32]));
            }
        }
        let leaf = leaf_hash(bytes);
        if leaf != stored {
            self.by_stored.get_or_insert_with(|| self.log.clone());
            let (zh, en) = (
                format!("位置 {position} 的事件内容与其叶子哈希不符"),
                format!("the bytes of the event at position {position} do not have the stored leaf hash"),
            );
            self.fault("ledger-event-altered", Place::Event(position), zh, en);
        }
        match Event::decode(bytes) {
            Ok(event) => {
                if let Some(what) = on_event(&StoredEvent { position, event }) {
                    self.faults.push(Fault { code: "ledger-event-check", place: Place::Event(position), what });
                }
            }
            Err(fault) => {
                let (zh, en) = (
                    format!("位置 {position} 的内容不是事件:{fault}"),
                    format!("the bytes at position {position} are not an event: {fault}"),
                );
                self.fault("ledger-event-unreadable", Place::Event(position), zh, en);
            }
        }
        let other = self.by_stored.as_mut().and_then(|log| log.append(stored));
        if let Some(root) = self.log.append(leaf) {
            self.tile(position / ledger::merkle::TILE_LEAVES, root, other).await?;
        }
        self.heads_here().await
    }

    async fn tile(&mut self, no: u64, root: [u8; 32], by_stored: Option<[u8; 32]>) -> Result<(), StoreError> {
        if self.tiles.rows.is_empty() && !self.tiles.ended {
            let rows = self.ledger.tiles(self.port, self.tiles.from, ROWS_AT_ONCE).await?;
            self.tiles.ended = rows.len() < ROWS_AT_ONCE as usize;
            self.tiles.from = rows.last().map_or(self.tiles.from, |(last, _)| last + 1);
            self.tiles.rows = rows.into();
        }
        match self.tiles.rows.front() {
            Some((found, stored)) if *found == no => {
                let same = *stored == root || Some(*stored) == by_stored;
                self.tiles.rows.pop_front();
                if !same {
                    let (zh, en) =
                        (format!("第 {no} 块的根哈希与其事件不符"), format!("the stored root of tile {no} is not the root of its events"));
                    self.fault("ledger-tile-altered", Place::Tile(no), zh, en);
                }
            }
            _ => self.fault(
                "ledger-tile-missing",
                Place::Tile(no),
                format!("缺少第 {no} 块的根哈希"),
                format!("the root of tile {no} is missing"),
            ),
        }
        Ok(())
    }

    /// Checks the heads of the present size.
    async fn heads_here(&mut self) -> Result<(), StoreError> {
        loop {
            if self.heads.rows.is_empty() && !self.heads.ended {
                let rows = self.ledger.heads(self.port, self.heads.from, ROWS_AT_ONCE).await?;
                self.heads.ended = rows.len() < ROWS_AT_ONCE as usize;
                self.heads.from = rows.last().map_or(self.heads.from, |last| last.size + 1);
                self.heads.rows = rows.into();
            }
            match self.heads.rows.front() {
                Some(head) if head.size <= self.log.size() => {
                    if let Some(head) = self.heads.rows.pop_front() {
                        self.head(head);
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn head(&mut self, head: Head) {
        let by_stored = self.by_stored.take();
        if head.size == self.log.size() && head.root != hex::encode(self.log.root()) {
            // The altered bytes were told where they are; the head bears witness to the stored leaf, and the rest is judged by it.
            if let Some(log) = by_stored.filter(|log| hex::encode(log.root()) == head.root) {
                self.log = log;
            } else {
                self.altered_head(&head);
            }
        }
        self.head_alone(head);
    }

    fn altered_head(&mut self, head: &Head) {
        let (zh, en) = (
            format!("规模 {} 的树头与其之前的事件不符", head.size),
            format!("the head of size {} is not the root of the events before it", head.size),
        );
        self.fault("ledger-head-altered", Place::Head(head.size), zh, en);
    }

    /// Signature and order of a head.
    fn head_alone(&mut self, head: Head) {
        let place = Place::Head(head.size);
        if let Err(fault) = self.key.verify_head(self.port, &head) {
            let (code, zh) = match &fault {
                KeyError::OtherKey { .. } => ("ledger-head-other-key", "树头由另一把密钥签名"),
                KeyError::OtherAlgorithm { .. } => ("ledger-head-other-key", "树头使用另一种签名算法"),
                KeyError::Signature | KeyError::Seed | KeyError::Pem | KeyError::Encode | KeyError::Sign => {
                    ("ledger-head-signature", "树头签名不成立")
                }
            };
            self.fault(code, place, format!("规模 {} 的{zh}", head.size), format!("head of size {}: {fault}", head.size));
        }
        if let Some(former) = self.former.as_ref().filter(|former| head.at < former.at || head.size <= former.size) {
            let before = former.size;
            let (zh, en) = (
                format!("规模 {} 的树头早于规模 {before} 的树头", head.size),
                format!("the head of size {} is older than the head of size {before}", head.size),
            );
            self.fault("ledger-head-order", place, zh, en);
        }
        self.former = Some(head);
    }

    /// Heads and tiles beyond the last event, and a last event beyond the last head.
    async fn rest(&mut self) -> Result<(), StoreError> {
        self.heads_here().await?;
        let size = self.log.size();
        if let Some(head) = self.heads.rows.front().map(|head| head.size).filter(|_| self.faults.is_empty()) {
            // A head appended while this ran is not a fault: then its events are there as well.
            if self.ledger.leaves(self.port, head - 1, 1).await?.is_empty() {
                let (zh, en) = (format!("树头规模 {head},但只有 {size} 个事件"), format!("a head of size {head}, but only {size} events"));
                self.fault("ledger-head-beyond", Place::Head(head), zh, en);
            }
        }
        if self.former.as_ref().is_none_or(|head| head.size < size) && size > 0 && self.faults.len() < FAULTS_MAX {
            let at = self.former.as_ref().map_or(0, |head| head.size);
            self.fault(
                "ledger-head-missing",
                Place::Event(at),
                format!("位置 {at} 之后的事件没有树头"),
                format!("no head covers the events from position {at} on"),
            );
        }
        let complete = size / ledger::merkle::TILE_LEAVES;
        if self.tiles.ended && self.tiles.from > complete && self.tiles.rows.iter().any(|(no, _)| *no >= complete) {
            let (zh, en) =
                (format!("第 {complete} 块尚未完成却已有根哈希"), format!("tile {complete} has a root but not all of its events"));
            self.fault("ledger-tile-beyond", Place::Tile(complete), zh, en);
        }
        Ok(())
    }
}

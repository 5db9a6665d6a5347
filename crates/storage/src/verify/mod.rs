//! Checks a whole ledger from its stored bytes: `fairway ledger verify`.
//!
//! Every event's bytes are hashed anew and compared with the stored leaf; every 256 leaves with the stored tile; every head with the root
//! over the leaves before it, its signature, and with its predecessor. Then what is kept beside the events: the id under which each is
//! found, the timelines in which it stands, the indexes and counts of the worklist, and the hash of all raw bytes. Any one-bit change is
//! found and named by its place. Whether states and rows follow from the events is asked by `app::replay`, which knows the rooms.
//!
//! Memory is bounded: events, objects and bytes are read in pieces, and the ends of timelines are followed for a bounded number of objects
//! at once; a ledger with more is walked again for the others.

mod timelines;

use ledger::head::{KeyError, PublicKey};
use ledger::merkle::{Frontier, leaf_hash};
use ledger::{Bilingual, Event, Head, ObjectRef, StoredEvent};
use store::{IndexedEvent, KeptReader, StoreError};

use timelines::Timelines;

/// Events read at once.
const LEAVES_AT_ONCE: u32 = 2_048;
/// Heads and tiles read at once.
const ROWS_AT_ONCE: u32 = 4_096;
/// Objects read at once.
const OBJECTS_AT_ONCE: u32 = 500;
/// Raw bytes hashed at once.
const BYTES_AT_ONCE: u32 = 16;
/// Objects whose timelines are followed in one walk over the events.
const TIMELINES_AT_ONCE: usize = 1_000_000;
/// Faults listed; a ledger with more is not worth listing on.
pub const FAULTS_MAX: usize = 1_000;

/// Where in the ledger something does not fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The event at this position.
    Event(u64),
    /// The tile with this number: events `256 × n` to `256 × n + 255`.
    Tile(u64),
    /// The head of this size.
    Head(u64),
    /// This object.
    Object(ObjectRef),
    /// This row of this table.
    Row(&'static str, String),
    /// The raw bytes kept under this hash.
    Bytes(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event(position) => write!(f, "event {position}"),
            Self::Tile(tile) => write!(f, "tile {tile}"),
            Self::Head(size) => write!(f, "head {size}"),
            Self::Object(object) => object.fmt(f),
            Self::Row(table, row) => write!(f, "{table}: {row}"),
            Self::Bytes(sha256) => write!(f, "bytes {sha256}"),
        }
    }
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

/// What a verification is looking at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Events with their hashes, tiles, heads, ids and timelines.
    Events,
    /// Ends of timelines, object by object.
    Objects,
    /// Indexes and counts.
    Indexes,
    /// Raw bytes.
    Bytes,
}

/// How far a verification has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Doing what.
    pub stage: Stage,
    /// How many are checked.
    pub done: u64,
    /// How many there are, where that is known beforehand.
    pub of: Option<u64>,
}

/// Looks at each event in order, for checks this crate knows nothing of (states against replay); a text is a fault of that event.
pub type EventCheck<'a> = dyn FnMut(&StoredEvent) -> Option<Bilingual> + Send + 'a;

/// What else is asked while all events pass by.
type OnProgress<'a> = dyn FnMut(Progress) + Send + 'a;

struct Check<'a> {
    ledger: &'a dyn KeptReader,
    port: &'a str,
    key: &'a PublicKey,
    log: Frontier,
    /// After an event that does not fit its stored leaf: the log by the stored leaf, until a head says which of the two was altered.
    by_stored: Option<Frontier>,
    tiles: Ahead<(u64, [u8; 32])>,
    heads: Ahead<Head>,
    former: Option<Head>,
    timelines: Timelines,
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
    ledger: &dyn KeptReader,
    port: &str,
    key: &PublicKey,
    on_progress: &mut OnProgress<'_>,
    on_event: &mut EventCheck<'_>,
) -> Result<Vec<Fault>, StoreError> {
    bounded(ledger, port, key, on_progress, on_event, TIMELINES_AT_ONCE).await
}

async fn bounded(
    ledger: &dyn KeptReader,
    port: &str,
    key: &PublicKey,
    on_progress: &mut OnProgress<'_>,
    on_event: &mut EventCheck<'_>,
    timelines_at_once: usize,
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
        timelines: Timelines::new(timelines_at_once),
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
        let indexed = ledger.indexed(port, check.log.size(), wanted).await?;
        let mut indexed = indexed.into_iter().peekable();
        for (position, bytes, stored) in leaves {
            while indexed.peek().is_some_and(|index| index.position < position) {
                indexed.next();
            }
            let index = indexed.next_if(|index| index.position == position);
            check.event(position, &bytes, stored, index.as_ref(), on_event).await?;
            if check.faults.len() >= FAULTS_MAX {
                break;
            }
        }
        on_progress(Progress { stage: Stage::Events, done: check.log.size(), of: Some(newest) });
    }
    check.rest().await?;
    check.objects(newest, on_progress).await?;
    check.other_timelines(newest, on_progress).await?;
    check.indexes(on_progress).await?;
    check.bytes(on_progress).await?;
    Ok(check.faults)
}

impl Check<'_> {
    fn fault(&mut self, code: &'static str, place: Place, zh: String, en: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { code, place, what: Bilingual::new(zh, en) });
        }
    }

    async fn event(
        &mut self,
        position: u64,
        bytes: &[u8],
        stored: [u8; 32],
        index: Option<&IndexedEvent>,
        on_event: &mut EventCheck<'_>,
    ) -> Result<(), StoreError> {
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
                // Of altered bytes the index is no witness, nor they of the index: the timelines then go on by the index.
                let named = if leaf == stored { self.index(position, &event, index) } else { indexed_objects(index) };
                for (object, former) in named {
                    let expected = self.timelines.note(&object, position);
                    if former.zip(expected).is_some_and(|(former, expected)| former != expected) {
                        let (zh, en) = (
                            format!("位置 {position} 的事件在 {object} 的时间线上接错了前一事件"),
                            format!("the event at position {position} does not follow the former event of {object}"),
                        );
                        self.fault("ledger-timeline-altered", Place::Event(position), zh, en);
                    }
                }
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
                for (object, _) in indexed_objects(index) {
                    self.timelines.note(&object, position);
                }
            }
        }
        let other = self.by_stored.as_mut().and_then(|log| log.append(stored));
        if let Some(root) = self.log.append(leaf) {
            self.tile(position / ledger::merkle::TILE_LEAVES, root, other).await?;
        }
        self.heads_here().await
    }

    /// Compares an event with what the indexes say about it. Gives the objects of the event, each with its former event as kept.
    fn index(&mut self, position: u64, event: &Event, index: Option<&IndexedEvent>) -> Vec<(ObjectRef, Option<store::Former>)> {
        let mut named: Vec<ObjectRef> = event.objects.iter().map(|link| link.object.clone()).collect();
        named.sort();
        named.dedup();
        let Some(index) = index else { return named.into_iter().map(|object| (object, None)).collect() };
        if index.id.as_deref() != Some(event.id.to_string().as_str()) {
            let (zh, en) =
                (format!("位置 {position} 的事件按另一编号存放"), format!("the event at position {position} is kept under another id"));
            self.fault("ledger-id-altered", Place::Event(position), zh, en);
        }
        let mut kept = index.objects.clone().unwrap_or_default();
        kept.sort_by(|a, b| a.object.cmp(&b.object));
        let missed = named.iter().find(|object| kept.iter().all(|kept| kept.object != **object));
        let foreign = kept.iter().map(|kept| &kept.object).find(|object| !named.contains(object));
        if index.objects.is_none() || missed.is_some() || foreign.is_some() || kept.len() != named.len() {
            let (zh, en) = match (missed, foreign) {
                (Some(object), _) => (
                    format!("位置 {position} 的事件不在 {object} 的时间线上"),
                    format!("the event at position {position} does not stand in the timeline of {object}"),
                ),
                (None, Some(object)) => (
                    format!("位置 {position} 的事件误入 {object} 的时间线"),
                    format!("the event at position {position} stands in the timeline of {object}, which it does not name"),
                ),
                (None, None) => (
                    format!("位置 {position} 的事件的时间线无法读取"),
                    format!("the timelines of the event at position {position} cannot be read"),
                ),
            };
            self.fault("ledger-timeline-altered", Place::Event(position), zh, en);
            return named.into_iter().map(|object| (object, None)).collect();
        }
        kept.into_iter().map(|kept| (kept.object, (kept.former != store::Former::NotKept).then_some(kept.former))).collect()
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
            self.fault(code, place.clone(), format!("规模 {} 的{zh}", head.size), format!("head of size {}: {fault}", head.size));
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
        // Tiles are read after the newest head was, so other commits may have completed some meanwhile: then their last events are there.
        let beyond: Vec<u64> = self.tiles.rows.iter().map(|(no, _)| *no).filter(|no| self.tiles.ended && *no >= complete).collect();
        for no in beyond {
            let last = no.saturating_add(1).saturating_mul(ledger::merkle::TILE_LEAVES) - 1;
            if self.ledger.leaves(self.port, last, 1).await?.is_empty() {
                let (zh, en) = (format!("第 {no} 块尚未完成却已有根哈希"), format!("tile {no} has a root but not all of its events"));
                self.fault("ledger-tile-beyond", Place::Tile(no), zh, en);
                break;
            }
        }
        Ok(())
    }

    /// Compares the kept ends of timelines with those of the events that passed.
    async fn objects(&mut self, newest: u64, on_progress: &mut OnProgress<'_>) -> Result<(), StoreError> {
        let (mut cursor, mut done) = (None, 0);
        while self.faults.len() < FAULTS_MAX {
            let page = self.ledger.kept_after(self.port, cursor, OBJECTS_AT_ONCE).await?;
            done += page.items.len() as u64;
            for kept in page.items {
                if !self.timelines.fits(&kept, newest) {
                    let object = kept.object;
                    let (zh, en) = (
                        format!("{object} 的时间线末端或入口与其事件不符"),
                        format!("the kept end of the timeline of {object} is not that of its events"),
                    );
                    self.fault("ledger-timeline-end-altered", Place::Object(object), zh, en);
                }
            }
            on_progress(Progress { stage: Stage::Objects, done, of: None });
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        for last in self.timelines.unseen() {
            let place = Place::Event(last);
            // Told already at the event where its timeline does not fit.
            if self.faults.iter().all(|fault| fault.place != place) {
                let (zh, en) = (
                    format!("位置 {last} 的事件涉及的对象不在库中"),
                    format!("an object that the event at position {last} names is not kept"),
                );
                self.fault("ledger-object-missing", place, zh, en);
            }
        }
        Ok(())
    }

    /// Walks the events again for the objects that were too many to follow at once.
    async fn other_timelines(&mut self, newest: u64, on_progress: &mut OnProgress<'_>) -> Result<(), StoreError> {
        while self.faults.len() < FAULTS_MAX && self.timelines.next_part() {
            let mut from = 0;
            while from < newest {
                let wanted = LEAVES_AT_ONCE.min(u32::try_from(newest - from).unwrap_or(u32::MAX));
                let events = self.ledger.indexed(self.port, from, wanted).await?;
                let Some(last) = events.last() else { break };
                from = last.position + 1;
                // That they are the objects of the bytes was seen in the first walk.
                for index in &events {
                    for kept in index.objects.iter().flatten() {
                        let expected = self.timelines.note(&kept.object, index.position);
                        if kept.former != store::Former::NotKept && expected.is_some_and(|expected| expected != kept.former) {
                            let (position, object) = (index.position, &kept.object);
                            let (zh, en) = (
                                format!("位置 {position} 的事件在 {object} 的时间线上接错了前一事件"),
                                format!("the event at position {position} does not follow the former event of {object}"),
                            );
                            self.fault("ledger-timeline-altered", Place::Event(position), zh, en);
                        }
                    }
                }
                on_progress(Progress { stage: Stage::Events, done: from, of: Some(newest) });
            }
            self.objects(newest, on_progress).await?;
        }
        Ok(())
    }

    async fn indexes(&mut self, on_progress: &mut OnProgress<'_>) -> Result<(), StoreError> {
        let left = FAULTS_MAX.saturating_sub(self.faults.len());
        if left == 0 {
            return Ok(());
        }
        let found = self.ledger.index_faults(self.port, u32::try_from(left).unwrap_or(u32::MAX)).await?;
        on_progress(Progress { stage: Stage::Indexes, done: found.len() as u64, of: None });
        for fault in found {
            let (zh, en) = (format!("{} 表的索引或计数与其来源不符", fault.table), fault.what.to_owned());
            self.fault("ledger-index-altered", Place::Row(fault.table, fault.row), zh, en);
        }
        Ok(())
    }

    async fn bytes(&mut self, on_progress: &mut OnProgress<'_>) -> Result<(), StoreError> {
        let (mut cursor, mut done) = (None, 0);
        while self.faults.len() < FAULTS_MAX {
            let page = self.ledger.bytes_after(self.port, cursor, BYTES_AT_ONCE).await?;
            done += page.items.len() as u64;
            for bytes in page.items.into_iter().filter(|bytes| bytes.kept_under != bytes.sha256) {
                let (zh, en) = ("原始内容与其哈希不符".to_owned(), format!("the bytes have the hash {}", bytes.sha256));
                self.fault("ledger-bytes-altered", Place::Bytes(bytes.kept_under), zh, en);
            }
            on_progress(Progress { stage: Stage::Bytes, done, of: None });
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// The objects in whose timelines the index puts an event, without a word about what went before.
fn indexed_objects(index: Option<&IndexedEvent>) -> Vec<(ObjectRef, Option<store::Former>)> {
    index.and_then(|index| index.objects.as_ref()).into_iter().flatten().map(|kept| (kept.object.clone(), None)).collect()
}

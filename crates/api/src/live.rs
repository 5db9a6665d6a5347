//! Live changes as server-sent events: what was recorded, to whom it may be told.
//!
//! A stream holds no event of its own: it follows the ledger from a position. Whoever falls far behind is told to load anew.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use app::Context;
use app::cases::read_action;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use ledger::{ObjectRef as LedgerRef, StoredEvent, Timestamp};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::places::{Opener, Place};
use crate::problem::Problem;
use crate::serve::Ending;
use crate::state::Api;
use crate::wire::{Instant, ObjectRef};

/// Silence after which a sign of life is sent.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Changes of this time are sent together.
const GATHER: Duration = Duration::from_millis(150);
/// Events read at a time.
const BATCH: u32 = 500;
/// Events behind which a stream is told to load anew rather than served each of them.
const BACKLOG_MAX: u64 = 5_000;

/// Kind told of an event whose subject the reader may not see.
const ELSEWHERE: &str = "case.changed";

/// Data of the event `change`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Position on the ledger.
    pub position: u64,
    /// Event kind; `case.changed` when what happened is not for the reader, but concerns an object that it sees.
    pub kind: String,
    /// Objects concerned that the reader may see.
    pub objects: Vec<ObjectRef>,
    /// When it was recorded.
    pub at: Instant,
}

/// Data of the event `counters` of the public stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublicChange {
    /// Size of the ledger.
    pub size: u64,
    /// Object kinds that changed.
    pub kinds: Vec<String>,
    /// When.
    pub at: Instant,
}

enum Reader {
    Session(Box<Context>),
    Public,
}

struct Stream {
    api: Api,
    reader: Reader,
    changes: watch::Receiver<u64>,
    ending: Option<watch::Receiver<bool>>,
    until: Option<Timestamp>,
    next: u64,
    ready: VecDeque<Event>,
    _place: Place,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.api.metrics.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Opens the stream of a session.
pub(crate) fn session(api: Api, ctx: Context, session: &str, until: Option<Timestamp>, request: &Request) -> Result<Response, Problem> {
    let place = api.streams.take(&Opener::Member { organisation: &ctx.principal.organisation, session })?;
    open(api, Reader::Session(Box::new(ctx)), place, until, request)
}

/// Opens the public stream.
pub(crate) fn public(api: Api, address: &str, request: &Request) -> Result<Response, Problem> {
    let place = api.streams.take(&Opener::Visitor { address })?;
    open(api, Reader::Public, place, None, request)
}

fn open(api: Api, reader: Reader, place: Place, until: Option<Timestamp>, request: &Request) -> Result<Response, Problem> {
    let changes = api.app.store().changes();
    let size = *changes.borrow();
    let next = last_seen(request.headers()).map_or(size, |position| position.saturating_add(1).min(size));
    let ending = request.extensions().get::<Ending>().map(|ending| ending.0.clone());
    api.metrics.streams.fetch_add(1, Ordering::Relaxed);
    // The first event tells the client that it is connected, and where it stands.
    let ready =
        VecDeque::from([Event::default().event("ready").id(next.saturating_sub(1).to_string()).data(format!("{{\"position\":{next}}}"))]);
    let stream = Stream { api, reader, changes, ending, until, next, ready, _place: place };
    let events = unfold(stream, |mut stream| async move { stream.event().await.map(|event| (Ok::<_, Infallible>(event), stream)) });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive")).into_response();
    // Proxies must not hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn last_seen(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

impl Stream {
    async fn event(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.until.is_some_and(|until| until <= self.api.app.now()) || self.ending.as_ref().is_some_and(|e| *e.borrow()) {
                return None;
            }
            let size = *self.changes.borrow_and_update();
            if self.next < size {
                self.read(size).await;
                continue;
            }
            if !self.wait().await {
                return None;
            }
        }
    }

    /// Waits for something to happen; `false` when the stream ends.
    async fn wait(&mut self) -> bool {
        let left = self.until.map(|until| until.since_millis(self.api.app.now()).max(0)).and_then(|ms| u64::try_from(ms).ok());
        let session_end = tokio::time::sleep(left.map_or(Duration::from_secs(24 * 3_600), Duration::from_millis));
        let ending = async {
            match &mut self.ending {
                Some(ending) => {
                    let _ = ending.wait_for(|ended| *ended).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = self.changes.changed() => {
                tokio::time::sleep(GATHER).await;
                changed.is_ok()
            }
            () = session_end => false,
            () = ending => false,
        }
    }

    async fn read(&mut self, size: u64) {
        if size - self.next > BACKLOG_MAX {
            self.next = size;
            self.ready.push_back(Event::default().event("resync").id((size - 1).to_string()).data("{}"));
            return;
        }
        let after = self.next.checked_sub(1);
        let events = match self.api.app.store().events_after(&self.api.app.port().code, after, BATCH).await {
            Ok(events) if !events.is_empty() => events,
            // The size is told before readers see the events; a store that is away is asked again with the next change.
            Ok(_) | Err(_) => {
                tokio::time::sleep(GATHER).await;
                return;
            }
        };
        self.next = events.last().map_or(size, |last| last.position + 1);
        match &self.reader {
            Reader::Session(ctx) => {
                let told = visible(&self.api, ctx, &events).await;
                self.ready.extend(told);
            }
            Reader::Public => self.ready.extend(counters(&events, self.next)),
        }
    }
}

async fn visible(api: &Api, ctx: &Context, events: &[StoredEvent]) -> Vec<Event> {
    let mut known: HashMap<LedgerRef, bool> = HashMap::new();
    let mut told = Vec::new();
    for stored in events {
        let mut objects = Vec::new();
        for link in &stored.event.objects {
            let may = match known.get(&link.object) {
                Some(may) => *may,
                None => {
                    let may = match read_action(&link.object.kind) {
                        Some(action) => api.app.may_see(ctx, action, &link.object).await.unwrap_or(false),
                        None => false,
                    };
                    known.insert(link.object.clone(), may);
                    may
                }
            };
            if may {
                objects.push(ObjectRef::from(&link.object));
            }
        }
        if objects.is_empty() {
            continue;
        }
        // An event about papers names the boxes of the bill. Whoever sees a box alone is told that its case moved on, not by what.
        let subject = stored.event.subject().ok().and_then(|subject| known.get(subject)).copied().unwrap_or(false);
        let kind = if subject { stored.event.kind.to_string() } else { ELSEWHERE.to_owned() };
        let change = Change { position: stored.position, kind, objects, at: stored.event.recorded_at.into() };
        if let Ok(event) = Event::default().event("change").id(stored.position.to_string()).json_data(&change) {
            told.push(event);
        }
    }
    told
}

fn counters(events: &[StoredEvent], size: u64) -> Option<Event> {
    let mut kinds: Vec<String> = events.iter().filter_map(|e| e.event.kind.split('.').next().map(str::to_owned)).collect();
    kinds.sort();
    kinds.dedup();
    let at = events.last()?.event.recorded_at.into();
    Event::default().event("counters").id(size.saturating_sub(1).to_string()).json_data(PublicChange { size, kinds, at }).ok()
}

//! Who is on board (船员、旅客), for the authority that needs to know. Names stay in the messages of the ship agent and are read from there
//! when asked for; every such look leaves an access record (ADR 0008).

use ledger::{Aggregate, ObjectRef};
use port_call::{Reported, Said, ShipCall};
use store::Page;

use crate::exchange::PersonRead;
use crate::inbox::MessageState;
use crate::{App, AppError, Context};

/// Most persons shown of one call; more than the largest passenger ships carry.
pub const PERSONS_MAX: usize = 10_000;
/// Events of a call read at a time.
const EVENTS_AT_ONCE: u32 = 500;

/// A list of persons: the message that told it, and its document number there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    message: String,
    document: Option<String>,
}

impl App {
    /// A page of the persons on board of a call, by its newest list of crew and its newest list of passengers.
    ///
    /// # Errors
    /// [`AppError::NotFound`] to strangers, [`AppError::Forbidden`], or the store's fault.
    pub async fn persons_on_board(&self, ctx: &Context, call: &str, from: usize, limit: usize) -> Result<Page<PersonRead>, AppError> {
        let seen = self.view::<ShipCall>(ctx, "persons.read", call).await?;
        let (crew, passengers) = self.newest_lists(call, &seen.state.agent).await?;
        let mut messages: Vec<(List, bool, bool)> = Vec::new();
        for (list, is_crew) in [(crew, true), (passengers, false)] {
            let Some(id) = list else { continue };
            match messages.iter_mut().find(|(known, ..)| *known == id) {
                Some((_, of_crew, of_passengers)) => (*of_crew, *of_passengers) = (*of_crew || is_crew, *of_passengers || !is_crew),
                None => messages.push((id, is_crew, !is_crew)),
            }
        }
        let mut persons = Vec::new();
        for (id, of_crew, of_passengers) in messages {
            let found = self.persons_of(&id).await?;
            persons.extend(found.into_iter().filter(|person| if person.crew { of_crew } else { of_passengers }));
        }
        persons.truncate(PERSONS_MAX);
        let end = from.saturating_add(limit);
        let next = (persons.len() > end).then(|| end.to_string());
        Ok(Page { items: persons.into_iter().skip(from).take(limit).collect(), next })
    }

    /// The newest list of crew and the newest list of passengers that the call's own agent told; a list that was taken back is none.
    async fn newest_lists(&self, call: &str, agent: &str) -> Result<(Option<List>, Option<List>), AppError> {
        let object = ObjectRef::new(ShipCall::KIND, call);
        let (mut crew, mut passengers): (Option<Reported>, Option<Reported>) = (None, None);
        let mut after = None;
        loop {
            let events = self.store().events_of(&self.port().code, &object, after, EVENTS_AT_ONCE).await?;
            let full = events.len() >= EVENTS_AT_ONCE as usize;
            after = events.last().map(|stored| stored.position);
            for stored in events.iter().filter(|stored| stored.event.kind == "ship-call.reported") {
                let Ok(told) = serde_json::from_str::<Reported>(stored.event.payload.get()) else { continue };
                // Whoever else tells of persons on this ship replaces and takes back nothing.
                if told.by != agent {
                    continue;
                }
                let Said::Persons { crew: some_crew, passengers: some_passengers } = told.said else { continue };
                for (slot, told_of) in [(&mut crew, some_crew), (&mut passengers, some_passengers)] {
                    if told_of.is_some() && slot.as_ref().is_none_or(|known| known.at <= told.at) {
                        *slot = Some(told.clone());
                    }
                }
            }
            if !full {
                break;
            }
        }
        let standing = |told: Option<Reported>| {
            let told = told.filter(|told| !matches!(told.function.as_deref(), Some("1" | "3" | "17")))?;
            Some(List { message: told.message?, document: told.document })
        };
        Ok((standing(crew), standing(passengers)))
    }

    async fn persons_of(&self, List { message, document }: &List) -> Result<Vec<PersonRead>, AppError> {
        let Some(state) = self.peek::<MessageState>(message).await? else { return Ok(Vec::new()) };
        let Some((_, bytes)) = self.store().blob(&self.port().code, &state.sha256).await? else { return Ok(Vec::new()) };
        let agreement = self.agreement_with(&state.partner).await?;
        let interpreter = std::sync::Arc::clone(self.interpreter());
        let document = document.clone();
        // A large list takes a while to read: the threads that answer requests must not wait for it.
        let read = tokio::task::spawn_blocking(move || interpreter.persons(&bytes, &agreement, document.as_deref(), PERSONS_MAX));
        read.await.map_err(|e| AppError::Internal(format!("reading {message}: {e}")))
    }
}

//! How a joint order follows from its events, and the row by which it shows itself.

use std::collections::BTreeMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};

use crate::authority::SubjectKind;
use crate::instruction::Window;
use crate::joint_event::{FollowedUp, Joined, Joining, JointOrderEvent, Left, Proposed, Roles, Scheduled};
use crate::joint_order::{Answer, Departure, FollowUp, JointOrder, JointPhase, NoPresence, Opening, Participant};

impl JointOrder {
    fn take_on(&mut self, joining: &Joining, late: bool) {
        self.on_arrival |= joining.on_arrival;
        for trader in &joining.traders {
            if !self.traders.contains(trader) {
                self.traders.push(trader.clone());
            }
        }
        let begun = self.is_under_way() || late;
        let participant = self.participants.entry(joining.organisation.clone()).or_insert_with(|| Participant {
            authority: joining.authority,
            district: joining.district.clone(),
            instructions: Vec::new(),
            inspection: None,
            drawn: None,
            hold: false,
            checklist: joining.checklist.clone(),
            competence: joining.competence.clone(),
            // Whoever joins when the box is there comes to where the others are.
            answer: if begun { Answer::Confirmed } else { Answer::Awaited },
            late,
            part: None,
            gone_at: None,
        });
        participant.instructions.push(joining.instruction.clone());
        participant.hold |= joining.hold;
        if joining.inspection.is_some() {
            participant.inspection.clone_from(&joining.inspection);
            participant.drawn = Some(joining.instruction.clone());
        }
        // Who had declined or gone and wants something again takes part again.
        if participant.answer == Answer::Declined || participant.gone_at.is_some() {
            participant.answer = if begun { Answer::Confirmed } else { Answer::Awaited };
            participant.gone_at = None;
        }
    }

    fn assign(&mut self, roles: &Roles) {
        self.lead.clone_from(&roles.lead);
        self.first.clone_from(&roles.first);
        self.steps.clone_from(&roles.steps);
    }

    /// Proposed or confirmed, as the answers say; what has begun stays begun.
    fn settle_phase(&mut self) {
        if matches!(self.phase, JointPhase::Proposed | JointPhase::Confirmed) {
            let answered = self.participants.values().all(|one| matches!(one.answer, Answer::Confirmed | Answer::Declined));
            self.phase = if answered && self.slot.is_some() { JointPhase::Confirmed } else { JointPhase::Proposed };
        }
    }

    fn join(&mut self, data: &Joined) {
        self.take_on(&data.joining, data.late);
        for id in &data.boxes {
            if !self.boxes.contains(id) {
                self.boxes.push(id.clone());
            }
        }
        self.window = data.window;
        self.assign(&data.roles);
        if self.slot.is_some_and(|slot| slot.from < data.window.from || slot.to > data.window.to) && !self.is_under_way() {
            self.slot = None;
            for one in self.participants.values_mut().filter(|one| one.answer != Answer::Declined) {
                one.answer = Answer::Awaited;
            }
        }
        self.settle_phase();
    }

    fn schedule(&mut self, data: &Scheduled) {
        self.slot = Some(Window { from: data.slot_start, to: data.slot_end });
        for (id, one) in self.participants.iter_mut().filter(|(_, one)| one.answer != Answer::Declined) {
            one.answer = if *id == data.organisation { Answer::Confirmed } else { Answer::Awaited };
        }
        self.settle_phase();
    }

    fn leave(&mut self, data: &Left, at: Timestamp) {
        let under_way = self.is_under_way();
        self.departures.push(Departure { organisation: data.organisation.clone(), how: data.how, during_inspection: under_way, at });
        let mut nothing_left = false;
        if let Some(one) = self.participants.get_mut(&data.organisation) {
            one.instructions.retain(|id| *id != data.instruction);
            // The drawn inspection goes with the instruction that brought it: what is left is done by hand, or by another one.
            if one.drawn.as_ref() == Some(&data.instruction) {
                (one.drawn, one.inspection) = (None, None);
            }
            if one.instructions.is_empty() {
                nothing_left = true;
                one.hold = false;
                if under_way {
                    one.gone_at = Some(at);
                }
            }
        }
        if nothing_left && !under_way {
            self.participants.remove(&data.organisation);
        }
        // Nobody is left whose result those who declined could take: they are asked again.
        if !under_way && self.participants.values().all(|one| one.answer == Answer::Declined) {
            for one in self.participants.values_mut() {
                one.answer = Answer::Awaited;
            }
        }
        if let Some(roles) = &data.roles {
            self.assign(roles);
        }
        self.settle_phase();
    }
}

fn proposed(data: &Proposed, at: Timestamp) -> JointOrder {
    let mut order = JointOrder {
        subject: data.subject,
        key: data.key.clone(),
        bill: data.bill.clone(),
        call: data.call.clone(),
        boxes: data.boxes.clone(),
        terminal: data.terminal.clone(),
        traders: Vec::new(),
        place: data.place.clone(),
        apart: data.apart,
        window: data.window,
        slot: None,
        on_arrival: false,
        lead: String::new(),
        first: None,
        steps: Vec::new(),
        participants: BTreeMap::new(),
        departures: Vec::new(),
        arrived: BTreeMap::new(),
        openings: BTreeMap::new(),
        no_presence: None,
        follow_ups: Vec::new(),
        phase: JointPhase::Proposed,
        proposed_at: at,
    };
    order.take_on(&data.joining, false);
    order.assign(&data.roles);
    order
}

impl Aggregate for JointOrder {
    const KIND: &'static str = "joint-order";
    type Event = JointOrderEvent;

    fn apply(state: Option<Self>, event: &JointOrderEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use JointOrderEvent as E;
        use JointPhase as P;
        let Some(mut order) = state else {
            return match event {
                E::Proposed(data) => Ok(proposed(data, at)),
                E::Joined(_)
                | E::Scheduled(_)
                | E::Answered(_)
                | E::NoPresenceAgreed(_)
                | E::BoxArrived(_)
                | E::Opened(_)
                | E::PartRecorded(_)
                | E::Left(_)
                | E::Concluded(_)
                | E::FollowedUp(_)
                | E::Closed(_)
                | E::Cancelled(_)
                | E::FeesExempted(_) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".into() }),
            };
        };
        let open = order.is_open();
        let fits = match event {
            E::Proposed(_) => false,
            E::Joined(data) if open => {
                order.join(data);
                true
            }
            E::Scheduled(data) if open && !order.is_under_way() => {
                order.schedule(data);
                true
            }
            E::Answered(data) if open => match order.participants.get_mut(&data.organisation) {
                Some(one) => {
                    one.answer = data.answer.clone();
                    order.settle_phase();
                    true
                }
                None => false,
            },
            E::NoPresenceAgreed(data) if open => {
                order.no_presence = Some(NoPresence { organisation: data.organisation.clone(), by: data.by.clone(), at });
                true
            }
            E::BoxArrived(data) if open => order.arrived.insert(data.container.clone(), data.at).is_none(),
            E::Opened(data) if open => {
                order.phase = P::UnderWay;
                let opening = Opening { organisation: data.organisation.clone(), by: data.by.clone(), at };
                order.openings.insert(data.container.clone(), opening).is_none()
            }
            E::PartRecorded(data) if open => {
                order.phase = P::UnderWay;
                match order.participants.get_mut(&data.organisation) {
                    Some(one) if one.part.is_none() => {
                        one.part = Some(data.part.clone());
                        true
                    }
                    Some(_) | None => false,
                }
            }
            E::Left(data) if open => {
                order.leave(data, at);
                true
            }
            E::Concluded(data) if open => {
                let releases = crate::disposition(&data.disposition).is_some_and(|row| row.consequence.releases());
                let result = data.clone();
                order.phase = if releases { P::Released { result, at } } else { P::FollowUp { result, at } };
                true
            }
            E::FollowedUp(data) if matches!(order.phase, P::FollowUp { .. }) => {
                let FollowedUp { note, organisation, settled, by } = data.clone();
                order.follow_ups.push(FollowUp { note, organisation, settled, by, at });
                true
            }
            E::Closed(data) => match &order.phase {
                P::FollowUp { result, .. } => {
                    order.phase = P::Closed { result: result.clone(), end: data.clone(), at };
                    true
                }
                P::Proposed | P::Confirmed | P::UnderWay | P::Released { .. } | P::Closed { .. } | P::Cancelled { .. } => false,
            },
            E::Cancelled(_) if open => {
                order.phase = P::Cancelled { at };
                true
            }
            E::FeesExempted(_) => !open,
            E::Joined(_)
            | E::Scheduled(_)
            | E::Answered(_)
            | E::NoPresenceAgreed(_)
            | E::BoxArrived(_)
            | E::Opened(_)
            | E::PartRecorded(_)
            | E::Left(_)
            | E::Concluded(_)
            | E::FollowedUp(_)
            | E::Cancelled(_) => false,
        };
        if fits { Ok(order) } else { Err(ReplayError::OutOfOrder { kind: event.kind(), state: order.status().to_owned() }) }
    }

    fn related(&self, _event: &JointOrderEvent) -> Vec<Related> {
        let mut related: Vec<Related> = self.boxes.iter().map(|id| (ObjectRef::new("container", id), "container")).collect();
        related.extend(self.bill.iter().map(|number| (ObjectRef::new("bill", number), "bill")));
        related.extend(self.call.iter().filter(|_| self.subject == SubjectKind::Ship).map(|id| (ObjectRef::new("ship-call", id), "call")));
        related.extend(
            self.participants.values().filter_map(|one| one.inspection.as_ref()).map(|id| (ObjectRef::new("inspection", id), "inspection")),
        );
        related
    }

    fn status(&self) -> &'static str {
        match self.phase {
            JointPhase::Proposed => "proposed",
            JointPhase::Confirmed => "confirmed",
            JointPhase::UnderWay => "under-way",
            JointPhase::Released { .. } => "released",
            JointPhase::FollowUp { .. } => "follow-up",
            JointPhase::Closed { .. } => "closed",
            JointPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let waiting = self.boxes.iter().any(|one| !self.arrived.contains_key(one)) && !self.apart;
        // What authorities must do stands in the rows of their instructions; the order's own row is the terminal's.
        let presents = self.terminal.clone().filter(|_| waiting && self.phase == JointPhase::Confirmed);
        let closed_at = match self.phase {
            JointPhase::Released { at, .. } | JointPhase::Closed { at, .. } | JointPhase::Cancelled { at } => Some(at),
            JointPhase::Proposed | JointPhase::Confirmed | JointPhase::UnderWay | JointPhase::FollowUp { .. } => None,
        };
        let mut parties: Vec<String> = self.participants.keys().cloned().collect();
        // An authority that only thinks of coming is nobody else's business.
        if !matches!(self.phase, JointPhase::Proposed | JointPhase::Cancelled { .. }) || !self.arrived.is_empty() {
            parties.extend(self.terminal.iter().cloned());
            parties.extend(self.traders.iter().filter(|trader| self.terminal.as_ref() != Some(trader)).cloned());
        }
        let mut keys = vec![id.to_uppercase()];
        keys.extend(self.bill.iter().chain(self.call.iter().filter(|_| self.boxes.is_empty())).map(|key| key.to_uppercase()));
        keys.extend(self.boxes.iter().take(28).map(|one| one.split('-').next().unwrap_or_default().to_uppercase()));
        WorkRow {
            title: format!("{id} {}", self.bill.as_deref().or(self.call.as_deref()).unwrap_or_default()).trim_end().to_owned(),
            status: self.status().to_owned(),
            action: presents.as_ref().map(|_| "present-box".to_owned()),
            owner: presents,
            authority: self.participants.values().find_map(|one| one.district.clone()),
            parties,
            keys,
            opened_at: self.proposed_at,
            due_at: self.slot.filter(|_| closed_at.is_none()).map(|slot| slot.from),
            closed_at,
        }
    }
}

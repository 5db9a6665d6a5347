//! How the events of an inspection change it, whom they concern, and how it shows itself in lists.

use std::collections::BTreeMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};

use crate::arrival::Beginning;
use crate::inspection::{Appointment, Inspection, InspectionEvent, InspectionPhase, ORDER_TO_SITE_HOURS, Ordered, Outcome};
use crate::machine::Machine;
use crate::sampling::{self, Evidence, LineSampled, SampleLost};

impl Aggregate for Inspection {
    const KIND: &'static str = "inspection";
    type Event = InspectionEvent;

    fn apply(state: Option<Self>, event: &InspectionEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use InspectionEvent as E;
        use InspectionPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut inspection) = state else {
            return match event {
                E::Ordered(data) => Ok(ordered(data, at)),
                E::Appointed(_)
                | E::OfficersDrawn(_)
                | E::OfficerReplaced(_)
                | E::BoxArrived(_)
                | E::Recorded(_)
                | E::ResultReturned(_)
                | E::Resulted(_)
                | E::Cancelled(_)
                | E::Joined(_)
                | E::Parted(_)
                | E::FeesExempted(_)
                | E::MachineOrdered(_)
                | E::BoxScanned(_)
                | E::OpeningOrdered(_)
                | E::Classified(_)
                | E::Queued(_)
                | E::Begun(_)
                | E::SamplingOrdered(_)
                | E::LineSampled(_)
                | E::SampleLost(_)
                | E::SamplingSettled(_)
                | E::SamplingWaived(_) => Err(misplaced("nothing")),
            };
        };
        if let Some(follows) = sampling::apply(&mut inspection, event, at) {
            return if follows { Ok(inspection) } else { Err(misplaced(inspection.status())) };
        }
        match (&inspection.phase, event) {
            (P::Ordered | P::Appointed { .. }, E::Appointed(data)) => {
                inspection.site.clone_from(&data.site);
                inspection.phase = P::Appointed {
                    appointment: Appointment { start: data.slot_start, end: data.slot_end, site: data.site.clone(), by: data.by.clone() },
                };
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::OfficersDrawn(data)) if inspection.draw.is_none() => {
                inspection.draw = Some(data.clone());
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::BoxArrived(data)) => {
                let appointment = inspection.appointment().cloned();
                inspection.arrived.insert(data.container.clone(), data.at);
                inspection.phase = P::AtSite { appointment };
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::OfficerReplaced(data)) => inspection.replaced.push(data.clone()),
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::Recorded(data)) => {
                let appointment = inspection.appointment().cloned();
                inspection.phase = P::Recorded { recorded: data.clone(), at, appointment };
            }
            (P::Recorded { appointment, .. }, E::ResultReturned(_)) => {
                inspection.phase = match appointment.clone() {
                    appointment if !inspection.arrived.is_empty() => P::AtSite { appointment },
                    Some(appointment) => P::Appointed { appointment },
                    None => P::Ordered,
                };
            }
            // A result was once recorded in one step; those ledgers replay as well.
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. } | P::Recorded { .. }, E::Resulted(data)) => {
                inspection.phase = match data.result {
                    Outcome::Pass => P::Passed { result: data.clone(), at },
                    Outcome::Fail => P::Failed { result: data.clone(), at },
                };
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. } | P::Recorded { .. }, E::Cancelled(data)) => {
                inspection.phase = P::Cancelled { reason: data.reason.clone(), at };
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. } | P::Recorded { .. }, E::Joined(data)) if inspection.joint.is_none() => {
                inspection.joint = Some(data.order.clone());
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. } | P::Recorded { .. } | P::Cancelled { .. }, E::Parted(data))
                if inspection.joint.as_ref() == Some(&data.order) =>
            {
                inspection.joint = None;
            }
            (P::Passed { .. }, E::FeesExempted(_)) => {}
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::MachineOrdered(data)) if inspection.machine.is_none() => {
                let (by, tasks) = (data.by.clone(), data.tasks.clone());
                inspection.machine = Some(Machine { by, at, tasks, scanned: BTreeMap::new(), opening: None });
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::BoxScanned(data)) if inspection.by_machine().is_some() => {
                if let Some(machine) = inspection.machine.as_mut() {
                    machine.scanned.insert(data.container.clone(), at);
                }
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. }, E::OpeningOrdered(data)) if inspection.by_machine().is_some() => {
                if let Some(machine) = inspection.machine.as_mut() {
                    machine.opening = Some(data.cause);
                }
            }
            (P::Ordered | P::Appointed { .. } | P::AtSite { .. } | P::Recorded { .. }, E::Classified(data))
                if inspection.priority.is_none() =>
            {
                inspection.priority = Some(data.clone());
            }
            (P::AtSite { .. }, E::Queued(_)) if inspection.queued_at.is_none() => inspection.queued_at = Some(at),
            (P::AtSite { .. }, E::Begun(data)) if inspection.begun.is_none() => {
                inspection.begun = Some(Beginning { by: data.by.clone(), at });
            }
            (
                P::Ordered
                | P::Appointed { .. }
                | P::AtSite { .. }
                | P::Recorded { .. }
                | P::Passed { .. }
                | P::Failed { .. }
                | P::Cancelled { .. },
                E::Joined(_)
                | E::Parted(_)
                | E::FeesExempted(_)
                | E::MachineOrdered(_)
                | E::BoxScanned(_)
                | E::OpeningOrdered(_)
                | E::Classified(_)
                | E::Queued(_)
                | E::Begun(_)
                | E::SamplingOrdered(_)
                | E::LineSampled(_)
                | E::SampleLost(_)
                | E::SamplingSettled(_)
                | E::SamplingWaived(_),
            )
            | (P::Ordered | P::Appointed { .. }, E::Ordered(_) | E::OfficersDrawn(_) | E::ResultReturned(_))
            | (P::AtSite { .. }, E::Ordered(_) | E::Appointed(_) | E::OfficersDrawn(_) | E::ResultReturned(_))
            | (
                P::Recorded { .. },
                E::Ordered(_) | E::Appointed(_) | E::OfficersDrawn(_) | E::OfficerReplaced(_) | E::BoxArrived(_) | E::Recorded(_),
            )
            | (
                P::Passed { .. } | P::Failed { .. } | P::Cancelled { .. },
                E::Ordered(_)
                | E::Appointed(_)
                | E::OfficersDrawn(_)
                | E::OfficerReplaced(_)
                | E::BoxArrived(_)
                | E::Recorded(_)
                | E::ResultReturned(_)
                | E::Resulted(_)
                | E::Cancelled(_),
            ) => return Err(misplaced(inspection.status())),
        }
        Ok(inspection)
    }

    fn related(&self, event: &InspectionEvent) -> Vec<Related> {
        use InspectionEvent as E;
        let declaration = (ObjectRef::new("declaration", self.declaration.clone()), "declaration");
        let boxes = self.containers.iter().map(|id| (ObjectRef::new("container", id.clone()), "container"));
        match event {
            E::Ordered(_) | E::Appointed(_) | E::Resulted(_) | E::Cancelled(_) | E::FeesExempted(_) => {
                std::iter::once(declaration).chain(boxes).collect()
            }
            E::Joined(data) => vec![(ObjectRef::new("joint-order", data.order.clone()), "joint-order")],
            E::Parted(data) => vec![(ObjectRef::new("joint-order", data.order.clone()), "joint-order")],
            E::OfficersDrawn(data) => {
                vec![declaration, (ObjectRef::new("draw-day", data.day.clone()), "draw-day")]
            }
            E::OfficerReplaced(data) => vec![declaration, (ObjectRef::new("draw-day", data.draw.day.clone()), "draw-day")],
            E::Recorded(_) | E::ResultReturned(_) | E::Classified(_) | E::Queued(_) => vec![declaration],
            E::Begun(_) => std::iter::once(declaration).chain(boxes).collect(),
            E::MachineOrdered(_) | E::OpeningOrdered(_) => std::iter::once(declaration).chain(boxes).collect(),
            E::BoxScanned(data) => vec![(ObjectRef::new("container", data.container.clone()), "container")],
            E::BoxArrived(data) => vec![(ObjectRef::new("container", data.container.clone()), "container")],
            E::SamplingOrdered(_) | E::SamplingWaived(_) => vec![declaration],
            E::LineSampled(LineSampled { sample, .. }) | E::SampleLost(SampleLost { sample, .. }) => {
                vec![declaration, (ObjectRef::new("sample", sample.clone()), "sample")]
            }
            E::SamplingSettled(data) => match &data.evidence {
                Evidence::Sample { id } => vec![declaration, (ObjectRef::new("sample", id.clone()), "sample")],
                Evidence::ThirdParty { id } => vec![declaration, (ObjectRef::new("third-party-report", id.clone()), "report")],
            },
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            InspectionPhase::Ordered => "ordered",
            InspectionPhase::Appointed { .. } => "appointed",
            InspectionPhase::AtSite { .. } => "at-site",
            InspectionPhase::Recorded { .. } => "recorded",
            InspectionPhase::Passed { .. } => "passed",
            InspectionPhase::Failed { .. } => "failed",
            InspectionPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let all_there = self.containers.iter().all(|container| self.arrived.contains_key(container));
        // An action without an owner is the authority's.
        let (owner, action, due_at, closed_at) = match &self.phase {
            InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. }
                if self.by_machine().is_some() =>
            {
                let due = self.by_machine().map(|machine| machine.at.plus_hours(ORDER_TO_SITE_HOURS));
                let unscanned = self.by_machine().is_some_and(|machine| machine.scanned.len() < self.containers.len());
                // Once every box has its image, the image tasks say who must act.
                if unscanned { (Some(self.terminal.clone()), Some("bring-to-scanner"), due, None) } else { (None, None, None, None) }
            }
            // It is awaited without an appointment: the terminal brings the box.
            InspectionPhase::Ordered if self.on_arrival() => {
                (Some(self.terminal.clone()), Some("present-box"), Some(self.ordered_at.plus_hours(ORDER_TO_SITE_HOURS)), None)
            }
            InspectionPhase::Ordered => {
                (Some(self.broker.clone()), Some("book-inspection"), Some(self.ordered_at.plus_hours(ORDER_TO_SITE_HOURS)), None)
            }
            InspectionPhase::Appointed { appointment } => (Some(self.terminal.clone()), Some("present-box"), Some(appointment.start), None),
            InspectionPhase::AtSite { appointment } => {
                let due = appointment.as_ref().map(|appointment| appointment.end);
                if all_there {
                    (None, Some("record-result"), due, None)
                } else {
                    (Some(self.terminal.clone()), Some("present-box"), due, None)
                }
            }
            InspectionPhase::Recorded { appointment, .. } => (None, Some("confirm-result"), appointment.as_ref().map(|a| a.end), None),
            InspectionPhase::Passed { at, .. } | InspectionPhase::Failed { at, .. } | InspectionPhase::Cancelled { at, .. } => {
                (None, None, None, Some(*at))
            }
        };
        let mut keys = [id, &self.declaration, &self.entry_id, &self.bill].map(str::to_uppercase).to_vec();
        keys.extend(self.containers.iter().take(28).map(|container| container.split('-').next().unwrap_or_default().to_uppercase()));
        // By which way it ended: figures lead to the inspections behind them by this key.
        keys.extend(self.result().map(|result| result.method.key().to_owned()));
        let mut parties = vec![self.broker.clone(), self.terminal.clone()];
        parties.extend(self.trader.clone().filter(|trader| *trader != self.broker));
        WorkRow {
            title: format!("{id} {}", self.bill),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority: Some(self.district.clone()),
            parties,
            keys,
            opened_at: self.ordered_at,
            due_at,
            closed_at,
        }
    }
}

fn ordered(data: &Ordered, at: Timestamp) -> Inspection {
    Inspection {
        declaration: data.declaration.clone(),
        entry_id: data.entry_id.clone(),
        bill: data.bill.clone(),
        containers: data.containers.clone(),
        district: data.district.clone(),
        site: data.site.clone(),
        terminal: data.terminal.clone(),
        broker: data.broker.clone(),
        trader: data.trader.clone(),
        reasons: data.reasons.clone(),
        joint: None,
        machine: None,
        priority: None,
        queued_at: None,
        begun: None,
        sampling: Vec::new(),
        draw: None,
        replaced: Vec::new(),
        arrived: BTreeMap::new(),
        phase: InspectionPhase::Ordered,
        ordered_at: at,
    }
}

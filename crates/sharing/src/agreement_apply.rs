//! Folding the events of a sharing agreement, and how it shows itself in worklists.

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};

use crate::{CURSOR_FAULT, FileFault, FileRest, SharingAgreement, SharingEvent, SharingPhase, SharingSide, Signed};

impl Aggregate for SharingAgreement {
    const KIND: &'static str = "sharing-agreement";
    type Event = SharingEvent;

    fn apply(state: Option<Self>, event: &SharingEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use SharingEvent as E;
        use SharingPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut agreement) = state else {
            let E::Requested(data) = event else { return Err(misplaced("nothing")) };
            return Ok(Self {
                terms: data.terms.clone(),
                requested: Signed { by: data.by.clone(), at },
                provider_approval: None,
                office_approval: None,
                phase: P::Requested,
                sent_to: None,
                rest: None,
                fault: None,
                files: 0,
            });
        };
        let found = agreement.status();
        match (&agreement.phase, event) {
            (P::Requested, E::Approved(data)) if data.side == SharingSide::Provider => {
                agreement.provider_approval = Some(Signed { by: data.by.clone(), at });
                agreement.phase = P::ProviderApproved;
            }
            (P::ProviderApproved, E::Approved(data)) if data.side == SharingSide::Office => {
                agreement.office_approval = Some(Signed { by: data.by.clone(), at });
                agreement.phase = P::InForce;
            }
            (P::InForce, E::Suspended(data)) => {
                let signed = Signed { by: data.by.clone(), at };
                agreement.phase = P::Suspended { side: data.side, signed, reason: data.reason.clone() };
            }
            (P::Suspended { .. }, E::Resumed(_)) => agreement.phase = P::InForce,
            (P::InForce, E::FileSent(data)) => {
                let parts = agreement.parts_sent() + 1;
                agreement.rest = None;
                match &data.more {
                    Some(cursor) => agreement.rest = Some(FileRest { from: data.from, to: data.to, parts, cursor: cursor.clone() }),
                    None => agreement.sent_to = Some(data.to),
                }
                agreement.fault = None;
                agreement.files += 1;
            }
            (P::InForce, E::FileFailed(data)) => {
                if data.code == CURSOR_FAULT {
                    agreement.rest = None;
                }
                agreement.fault = Some(FileFault { at, code: data.code.clone() });
            }
            (P::Requested | P::ProviderApproved | P::InForce | P::Suspended { .. }, E::Closed(data)) => {
                let (side, signed, reason) = (data.side, Signed { by: data.by.clone(), at }, data.reason.clone());
                agreement.phase = if data.refused { P::Refused { side, signed, reason } } else { P::Ended { side, signed, reason } };
            }
            (P::Requested | P::ProviderApproved | P::InForce | P::Suspended { .. }, E::Expired(_)) => agreement.phase = P::Expired { at },
            (
                P::Requested
                | P::ProviderApproved
                | P::InForce
                | P::Suspended { .. }
                | P::Refused { .. }
                | P::Ended { .. }
                | P::Expired { .. },
                E::Requested(_)
                | E::Approved(_)
                | E::Suspended(_)
                | E::Resumed(_)
                | E::Closed(_)
                | E::Expired(_)
                | E::FileSent(_)
                | E::FileFailed(_),
            ) => return Err(misplaced(found)),
        }
        Ok(agreement)
    }

    fn related(&self, event: &SharingEvent) -> Vec<Related> {
        match event {
            SharingEvent::FileSent(data) => vec![(ObjectRef::new("data-delivery", data.delivery.clone()), "delivery")],
            SharingEvent::Requested(_)
            | SharingEvent::Approved(_)
            | SharingEvent::Suspended(_)
            | SharingEvent::Resumed(_)
            | SharingEvent::Closed(_)
            | SharingEvent::Expired(_)
            | SharingEvent::FileFailed(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            SharingPhase::Requested => "requested",
            SharingPhase::ProviderApproved => "provider-approved",
            SharingPhase::InForce => "in-force",
            SharingPhase::Suspended { .. } => "suspended",
            SharingPhase::Refused { .. } => "refused",
            SharingPhase::Ended { .. } => "ended",
            SharingPhase::Expired { .. } => "expired",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let terms = &self.terms;
        // What waits for customs waits in the list of its district.
        let provider = terms.district.is_none().then(|| terms.provider.clone());
        let (owner, action) = match self.phase {
            SharingPhase::Requested => (provider, Some("answer-sharing")),
            SharingPhase::ProviderApproved => (Some(terms.office.clone()), Some("answer-sharing")),
            SharingPhase::InForce
            | SharingPhase::Suspended { .. }
            | SharingPhase::Refused { .. }
            | SharingPhase::Ended { .. }
            | SharingPhase::Expired { .. } => (None, None),
        };
        let closed_at = match &self.phase {
            SharingPhase::Refused { signed, .. } | SharingPhase::Ended { signed, .. } => Some(signed.at),
            SharingPhase::Expired { at } => Some(*at),
            SharingPhase::Requested | SharingPhase::ProviderApproved | SharingPhase::InForce | SharingPhase::Suspended { .. } => None,
        };
        let due_at = self.next_file_at().into_iter().chain([terms.valid_to]).min().filter(|_| closed_at.is_none());
        WorkRow {
            title: format!("{id} {}", terms.resource),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority: terms.district.clone(),
            parties: vec![terms.provider.clone(), terms.consumer.clone(), terms.office.clone()],
            keys: vec![
                id.to_uppercase(),
                format!("RESOURCE:{}", terms.resource.to_uppercase()),
                format!("CONSUMER:{}", terms.consumer.to_uppercase()),
                format!("PROVIDER:{}", terms.provider.to_uppercase()),
            ],
            opened_at: self.requested.at,
            due_at,
            closed_at,
        }
    }
}

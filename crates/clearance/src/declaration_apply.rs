//! The fold of a declaration's events, and how it shows itself on worklists.

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};

use crate::DECLARATION_DAYS;
use crate::declaration::{Blocker, Case, Declaration, DeclarationEvent, Draft, Drafted, Edited, Hold, Override, Rejection, Track};

use DeclarationEvent as E;

impl Aggregate for Declaration {
    const KIND: &'static str = "declaration";
    type Event = DeclarationEvent;

    fn apply(state: Option<Self>, event: &DeclarationEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        match (state, event) {
            (None, E::Drafted(data)) => Ok(Self::Draft { draft: drafted(data, at) }),
            (
                None,
                E::Edited(_)
                | E::Accepted(_)
                | E::Decided(_)
                | E::DrawOverridden(_)
                | E::Landed(_)
                | E::DocumentsRequested(_)
                | E::DocumentsSupplied(_)
                | E::DocumentsPassed(_)
                | E::InspectionOrdered(_)
                | E::InspectionCleared(_)
                | E::InspectionFailed(_)
                | E::DutyCharged(_)
                | E::DutySettled(_)
                | E::Held(_)
                | E::HoldLifted(_)
                | E::Released(_)
                | E::Rejected(_)
                | E::Withdrawn(_),
            ) => Err(misplaced("nothing")),
            (Some(Self::Draft { draft }), event) => in_draft(draft, event, at).ok_or_else(|| misplaced("draft")),
            (Some(Self::Accepted { case }), event) => {
                let found = status_of(&case);
                in_case(case, event, at).ok_or_else(|| misplaced(found))
            }
            (Some(Self::Rejected { case, rejection }), event) => {
                after_rejection(case, rejection, event, at).ok_or_else(|| misplaced("rejected"))
            }
            (
                Some(ended @ (Self::Released { .. } | Self::Withdrawn { .. })),
                E::Drafted(_)
                | E::Edited(_)
                | E::Accepted(_)
                | E::Decided(_)
                | E::DrawOverridden(_)
                | E::Landed(_)
                | E::DocumentsRequested(_)
                | E::DocumentsSupplied(_)
                | E::DocumentsPassed(_)
                | E::InspectionOrdered(_)
                | E::InspectionCleared(_)
                | E::InspectionFailed(_)
                | E::DutyCharged(_)
                | E::DutySettled(_)
                | E::Held(_)
                | E::HoldLifted(_)
                | E::Released(_)
                | E::Rejected(_)
                | E::Withdrawn(_),
            ) => Err(misplaced(ended.status())),
        }
    }

    fn related(&self, event: &DeclarationEvent) -> Vec<Related> {
        let one = |kind, id: &str, role| vec![(ObjectRef::new(kind, id), role)];
        let bill = self.form().bill_no.trim();
        match event {
            E::Accepted(data) => one("bill", &data.bill, "bill"),
            E::Released(_) | E::Rejected(_) => one("bill", bill, "bill"),
            E::InspectionOrdered(data) => one("inspection", &data.inspection, "inspection"),
            E::InspectionCleared(data) => one("inspection", &data.inspection, "inspection"),
            E::InspectionFailed(data) => one("inspection", &data.inspection, "inspection"),
            E::DutyCharged(data) => data.notice.iter().flat_map(|notice| one("duty-notice", notice, "duty-notice")).collect(),
            E::DutySettled(data) => one("duty-notice", &data.notice, "duty-notice"),
            // The day's draws are found by the day, whichever declarations they were for.
            E::Decided(data) => data.decision.draw.iter().flat_map(|draw| one("draw-day", &draw.day, "draw-day")).collect(),
            // A draft is nobody's business yet, so its bill does not learn of it; a withdrawn one is told when it was accepted before.
            E::Withdrawn(_) if self.entry_id().is_some() => one("bill", bill, "bill"),
            E::Drafted(_)
            | E::Edited(_)
            | E::DrawOverridden(_)
            | E::Landed(_)
            | E::DocumentsRequested(_)
            | E::DocumentsSupplied(_)
            | E::DocumentsPassed(_)
            | E::Held(_)
            | E::HoldLifted(_)
            | E::Withdrawn(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Accepted { case } => status_of(case),
            Self::Released { .. } => "released",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let parties = self.parties();
        let (owner, action) = self.next_action();
        let form = self.form();
        let (opened_at, due_at, closed_at) = match self {
            Self::Draft { draft } => (draft.opened_at, None, None),
            // The limit to declare is met by acceptance; what remains is due within the term of payment, which the notice carries.
            // As a case of customs it is as old as its acceptance: how long it was written at before is its maker's business.
            Self::Accepted { case } => (case.accepted_at, None, None),
            Self::Released { case, released_at, .. } => (case.opened_at, None, Some(*released_at)),
            Self::Rejected { case, rejection } => (case.opened_at, Some(rejection.at.plus_days(DECLARATION_DAYS)), None),
            Self::Withdrawn { opened_at, at, .. } => (*opened_at, None, Some(*at)),
        };
        let mut keys = vec![id.to_uppercase()];
        keys.extend(self.entry_id().map(str::to_uppercase));
        keys.extend(
            [&form.bill_no, &form.voy_no, &form.trade_co_scc]
                .map(|text| text.trim().to_uppercase())
                .into_iter()
                .filter(|text| !text.is_empty()),
        );
        keys.extend(form.containers.iter().take(26).map(|container| container.container_id.trim().to_uppercase()));
        let mut seen_by = vec![parties.broker.clone()];
        let mut authority = Some(form.custom_master.trim().to_owned()).filter(|district| !district.is_empty());
        if self.is_private() {
            authority = None;
        } else {
            seen_by.extend(parties.trader.clone().filter(|trader| *trader != parties.broker));
        }
        WorkRow {
            title: format!("{} {}", self.entry_id().unwrap_or(id), form.bill_no.trim()).trim_end().to_owned(),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority,
            parties: seen_by,
            keys,
            opened_at,
            due_at,
            closed_at,
        }
    }
}

impl Declaration {
    /// Whether it is still its maker's alone: a draft, or a draft thrown away. Whoever types an organisation or a district into a form has
    /// told neither of them anything.
    pub fn is_private(&self) -> bool {
        match self {
            Self::Draft { .. } => true,
            Self::Withdrawn { entry_id, .. } => entry_id.is_none(),
            Self::Accepted { .. } | Self::Released { .. } | Self::Rejected { .. } => false,
        }
    }

    /// Who must act next, and what to do. An action without an owner is the authority's.
    fn next_action(&self) -> (Option<String>, Option<&'static str>) {
        let parties = self.parties();
        match self {
            Self::Draft { .. } | Self::Rejected { .. } => (Some(parties.broker.clone()), Some("submit-declaration")),
            Self::Released { .. } | Self::Withdrawn { .. } => (None, None),
            Self::Accepted { case } => match case.blockers().first() {
                None | Some(Blocker::Decision | Blocker::Arrival) => (None, None),
                Some(Blocker::Hold) => (None, Some("release-manually")),
                Some(Blocker::Documents) if case.documents_missing().is_empty() => (None, Some("check-documents")),
                Some(Blocker::Documents) => (Some(parties.broker.clone()), Some("upload-documents")),
                // The inspection's own row says who must act on it; the declaration only waits.
                Some(Blocker::Inspection) => (None, None),
                Some(Blocker::Duty) if case.duty.is_open() => {
                    (Some(parties.trader.clone().unwrap_or_else(|| parties.broker.clone())), Some("pay-duty"))
                }
                Some(Blocker::Duty) => (None, None),
            },
        }
    }
}

fn status_of(case: &Case) -> &'static str {
    match case.blockers().first() {
        Some(Blocker::Decision) => "awaiting-decision",
        Some(Blocker::Hold) => "held",
        Some(Blocker::Arrival) => "awaiting-arrival",
        Some(Blocker::Documents) => "awaiting-documents",
        Some(Blocker::Inspection) => "awaiting-inspection",
        // With nothing in the way the release follows in the same transaction; payment is the last thing it can have waited for.
        Some(Blocker::Duty) | None => "awaiting-payment",
    }
}

fn drafted(data: &Drafted, at: Timestamp) -> Draft {
    Draft { parties: data.parties.clone(), form: data.form.clone(), opened_at: at, edited_at: at, returned: None, earlier_draw: None }
}

fn edited(draft: Draft, data: &Edited, at: Timestamp) -> Draft {
    let mut parties = draft.parties;
    // Another consignee was written in: the former one has no part in it any more, also when the new one is not on the platform.
    let same = data.form.trade_co_scc.trim().eq_ignore_ascii_case(draft.form.trade_co_scc.trim());
    parties.trader = data.trader.clone().or(parties.trader.filter(|_| same));
    Draft { parties, form: data.form.clone(), edited_at: at, ..draft }
}

fn in_draft(draft: Draft, event: &DeclarationEvent, at: Timestamp) -> Option<Declaration> {
    match event {
        E::Edited(data) => Some(Declaration::Draft { draft: edited(draft, data, at) }),
        E::Accepted(data) => Some(Declaration::Accepted {
            case: Case {
                parties: draft.parties,
                form: draft.form,
                entry_id: data.entry_id.clone(),
                opened_at: draft.opened_at,
                accepted_at: at,
                advance: data.advance,
                landed_at: data.landed_at,
                agreement: data.agreement.clone(),
                earlier_draw: draft.earlier_draw,
                decision: None,
                overridden: None,
                decided_at: None,
                documents: Track::Unknown,
                documents_wanted: Vec::new(),
                inspection: Track::Unknown,
                duty: Track::Unknown,
                hold: None,
            },
        }),
        E::Withdrawn(data) => Some(Declaration::Withdrawn {
            earlier_draw: draft.earlier_draw,
            parties: draft.parties,
            form: draft.form,
            entry_id: None,
            opened_at: draft.opened_at,
            reason: data.reason.clone(),
            at,
        }),
        E::Drafted(_)
        | E::Decided(_)
        | E::DrawOverridden(_)
        | E::Landed(_)
        | E::DocumentsRequested(_)
        | E::DocumentsSupplied(_)
        | E::DocumentsPassed(_)
        | E::InspectionOrdered(_)
        | E::InspectionCleared(_)
        | E::InspectionFailed(_)
        | E::DutyCharged(_)
        | E::DutySettled(_)
        | E::Held(_)
        | E::HoldLifted(_)
        | E::Released(_)
        | E::Rejected(_) => None,
    }
}

fn in_case(mut case: Case, event: &DeclarationEvent, at: Timestamp) -> Option<Declaration> {
    match event {
        E::Decided(data) => decide(&mut case, data.decision.clone(), at),
        E::DrawOverridden(data) => {
            case.inspection = if data.inspect { Track::Open { since: at, reference: None } } else { Track::NotNeeded };
            case.overridden = Some(Override { inspect: data.inspect, reason: data.reason.clone(), officer: data.officer.clone(), at });
        }
        E::Landed(data) => case.landed_at = Some(data.at),
        E::DocumentsRequested(data) => {
            for code in &data.codes {
                if !case.documents_wanted.contains(code) {
                    case.documents_wanted.push(code.clone());
                }
            }
            case.documents = Track::Open { since: at, reference: None };
        }
        E::DocumentsSupplied(data) => case.form.documents.extend(data.documents.iter().cloned()),
        E::DocumentsPassed(data) => case.documents = Track::Done { at, reference: data.officer.clone() },
        E::InspectionOrdered(data) => case.inspection = Track::Open { since: at, reference: Some(data.inspection.clone()) },
        E::InspectionCleared(data) => case.inspection = Track::Done { at, reference: data.inspection.clone() },
        E::InspectionFailed(data) => case.inspection = Track::Failed { at, reason: data.disposition.clone() },
        E::DutyCharged(data) => {
            case.duty = match &data.notice {
                Some(notice) => Track::Open { since: at, reference: Some(notice.clone()) },
                None => Track::NotNeeded,
            };
        }
        E::DutySettled(data) => case.duty = Track::Done { at, reference: data.notice.clone() },
        E::Held(data) => case.hold = Some(Hold { reason: data.reason.clone(), officer: data.officer.clone(), at }),
        E::HoldLifted(_) => case.hold = None,
        E::Released(data) => return Some(Declaration::Released { case, released_at: at, how: data.how.clone() }),
        E::Rejected(data) => {
            let rejection = Rejection { reason: data.reason.clone(), officer: data.officer.clone(), at };
            return Some(Declaration::Rejected { case, rejection });
        }
        E::Withdrawn(data) => return Some(withdrawn(case, &data.reason, at)),
        E::Drafted(_) | E::Edited(_) | E::Accepted(_) => return None,
    }
    Some(Declaration::Accepted { case })
}

fn decide(case: &mut Case, decision: crate::RiskDecision, at: Timestamp) {
    case.documents = if decision.documents.is_empty() { Track::NotNeeded } else { Track::Open { since: at, reference: None } };
    case.documents_wanted.clone_from(&decision.documents);
    case.inspection = if decision.inspect { Track::Open { since: at, reference: None } } else { Track::NotNeeded };
    case.decided_at = Some(at);
    case.decision = Some(decision);
}

fn after_rejection(case: Case, rejection: Rejection, event: &DeclarationEvent, at: Timestamp) -> Option<Declaration> {
    match event {
        E::Edited(data) => {
            let earlier_draw = case.draw_to_keep();
            let draft = Draft {
                parties: case.parties,
                form: case.form,
                opened_at: case.opened_at,
                edited_at: at,
                returned: Some(rejection),
                earlier_draw,
            };
            Some(Declaration::Draft { draft: edited(draft, data, at) })
        }
        E::Withdrawn(data) => Some(withdrawn(case, &data.reason, at)),
        E::Drafted(_)
        | E::Accepted(_)
        | E::Decided(_)
        | E::DrawOverridden(_)
        | E::Landed(_)
        | E::DocumentsRequested(_)
        | E::DocumentsSupplied(_)
        | E::DocumentsPassed(_)
        | E::InspectionOrdered(_)
        | E::InspectionCleared(_)
        | E::InspectionFailed(_)
        | E::DutyCharged(_)
        | E::DutySettled(_)
        | E::Held(_)
        | E::HoldLifted(_)
        | E::Released(_)
        | E::Rejected(_) => None,
    }
}

fn withdrawn(case: Case, reason: &str, at: Timestamp) -> Declaration {
    Declaration::Withdrawn {
        earlier_draw: case.draw_to_keep(),
        parties: case.parties,
        form: case.form,
        entry_id: Some(case.entry_id),
        opened_at: case.opened_at,
        reason: reason.to_owned(),
        at,
    }
}

//! How events change a train or flight, and how it shows itself.

use std::collections::BTreeSet;

use codes::Flow;
use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};

use crate::conveyance::{Conveyance, ConveyanceEvent, ConveyancePhase, ConveyancePlanned, Review};
use crate::sheet::{LineKey, Sheet, SheetLine};
use crate::waybill::TransportMode;

impl Aggregate for Conveyance {
    const KIND: &'static str = "conveyance";
    type Event = ConveyanceEvent;

    fn apply(state: Option<Self>, event: &ConveyanceEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use ConveyanceEvent as E;
        let Some(mut state) = state else {
            return match event {
                E::Planned(data) => Ok(planned(data, at)),
                E::Manifested(_)
                | E::Arrived(_)
                | E::Departed(_)
                | E::Cancelled(_)
                | E::SheetReported(_)
                | E::SheetDeleted(_)
                | E::PaperAttached(_)
                | E::PapersSubmitted(_)
                | E::PapersAccepted(_)
                | E::PapersReturned(_) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".to_owned() }),
            };
        };
        match event {
            E::Planned(data) => {
                state.plan = data.plan.clone();
                state.terminal.clone_from(&data.terminal);
            }
            E::Manifested(data) => {
                state.waybills.clone_from(&data.waybills);
                state.manifested_at = Some(at);
                state.message.clone_from(&data.message);
                state.reopen();
            }
            E::Arrived(data) => state.phase = ConveyancePhase::Arrived { at: data.at },
            E::Departed(data) => state.phase = ConveyancePhase::Departed { at: data.at },
            E::Cancelled(data) => state.phase = ConveyancePhase::Cancelled { at, reason: data.reason.clone() },
            E::SheetReported(data) => {
                let sheet = state.sheets.entry(data.sheet).or_insert_with(Sheet::default);
                let told: BTreeSet<LineKey> = data.lines.iter().map(SheetLine::key).collect();
                sheet.lines.retain(|known| !told.contains(&known.key()));
                sheet.lines.extend(data.lines.iter().cloned());
                sheet.lines.sort_by_cached_key(SheetLine::key);
                sheet.place = data.place.clone().or(sheet.place.take());
                sheet.began_at = data.began_at.or(sheet.began_at);
                sheet.ended_at = data.ended_at.or(sheet.ended_at);
                sheet.by.clone_from(&data.by);
                sheet.message.clone_from(&data.message);
                sheet.at = at;
                state.reopen_for(data.sheet);
            }
            E::SheetDeleted(data) => {
                if let Some(sheet) = state.sheets.get_mut(&data.sheet) {
                    let gone: BTreeSet<&LineKey> = data.lines.iter().collect();
                    sheet.lines.retain(|known| !gone.contains(&known.key()));
                    sheet.by.clone_from(&data.by);
                    sheet.message.clone_from(&data.message);
                    sheet.at = at;
                }
                state.reopen_for(data.sheet);
            }
            E::PaperAttached(data) => {
                state.attached.push(data.clone());
                // What came after the papers were accepted has not been looked at.
                if matches!(state.review, Review::Accepted { .. }) {
                    state.review = Review::Open;
                }
            }
            E::PapersSubmitted(_) => state.review = Review::Submitted { at },
            E::PapersAccepted(data) => state.review = Review::Accepted { at, officer: data.officer.clone(), note: data.note.clone() },
            E::PapersReturned(data) => state.review = Review::Returned { at, officer: data.officer.clone(), reason: data.reason.clone() },
        }
        Ok(state)
    }

    fn related(&self, event: &ConveyanceEvent) -> Vec<Related> {
        use ConveyanceEvent as E;
        let waybill = |number: &str| (ObjectRef::new("waybill", number), "waybill");
        match event {
            E::SheetReported(data) => {
                let mut numbers: Vec<&str> = data.lines.iter().map(|line| line.waybill.as_str()).collect();
                numbers.sort_unstable();
                numbers.dedup();
                numbers.into_iter().map(waybill).collect()
            }
            E::SheetDeleted(data) => {
                let mut numbers: Vec<&str> = data.lines.iter().map(|line| line.waybill.as_str()).collect();
                numbers.sort_unstable();
                numbers.dedup();
                numbers.into_iter().map(waybill).collect()
            }
            E::PaperAttached(data) => data.waybill.iter().map(|number| waybill(number)).collect(),
            E::Planned(_)
            | E::Manifested(_)
            | E::Arrived(_)
            | E::Departed(_)
            | E::Cancelled(_)
            | E::PapersSubmitted(_)
            | E::PapersAccepted(_)
            | E::PapersReturned(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match (&self.phase, &self.review) {
            (ConveyancePhase::Cancelled { .. }, _) => "cancelled",
            (ConveyancePhase::Departed { .. }, _) => "departed",
            (_, Review::Submitted { .. }) => "in-review",
            (_, Review::Returned { .. }) => "returned",
            (_, Review::Accepted { .. }) => "accepted",
            (ConveyancePhase::Arrived { .. }, Review::Open) => "arrived",
            (ConveyancePhase::Planned, Review::Open) => "planned",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let rail = self.plan.mode == TransportMode::Rail;
        let accepted = match self.review {
            Review::Accepted { at, .. } => Some(at),
            Review::Open | Review::Submitted { .. } | Review::Returned { .. } => None,
        };
        let closed_at = match (&self.phase, self.plan.flow) {
            (ConveyancePhase::Cancelled { at, .. } | ConveyancePhase::Departed { at }, _) => Some(*at),
            // The papers of flights are not reviewed here: what is decided is decided on their waybills.
            (ConveyancePhase::Arrived { at }, Flow::Import | Flow::Export) if !rail => Some(*at),
            (ConveyancePhase::Arrived { .. }, Flow::Import) => accepted,
            (ConveyancePhase::Arrived { .. }, Flow::Export) | (ConveyancePhase::Planned, _) => None,
        };
        let (owner, action) = match (&self.review, closed_at) {
            (_, Some(_)) => (None, None),
            (Review::Submitted { .. }, None) => (None, Some("review-papers")),
            (Review::Returned { .. }, None) => (Some(self.agent.clone()), Some("correct-papers")),
            (Review::Open, None) if rail => self.next(),
            (Review::Open | Review::Accepted { .. }, None) => (None, None),
        };
        let mut keys = vec![id.to_uppercase(), self.plan.number.to_uppercase(), format!("MODE:{}", self.plan.mode.code().to_uppercase())];
        keys.push(format!("FLOW:{}", self.plan.flow.ie_flag()));
        keys.extend(self.plan.place.iter().map(|place| place.to_uppercase()));
        keys.dedup();
        let mut parties = vec![self.agent.clone(), self.terminal.clone()];
        parties.dedup();
        WorkRow {
            title: format!("{} {}", self.plan.number, self.plan.day),
            status: self.status().to_owned(),
            owner,
            action: action.map(str::to_owned),
            authority: Some(self.district.clone()),
            parties,
            keys,
            opened_at: self.opened_at,
            due_at: matches!(self.phase, ConveyancePhase::Planned).then_some(self.plan.expected_at),
            closed_at,
        }
    }
}

impl Conveyance {
    /// Who must act before customs can look at the papers.
    fn next(&self) -> (Option<String>, Option<&'static str>) {
        if self.waybills.is_empty() {
            return (Some(self.agent.clone()), Some("manifest-train"));
        }
        let arrived = matches!(self.phase, ConveyancePhase::Arrived { .. });
        let told = self.arrival_sheet().is_some_and(|sheet| !self.lines(sheet).is_empty());
        match (self.plan.flow, arrived, told) {
            (Flow::Import, false, _) => (None, None),
            (Flow::Import, true, false) => (Some(self.terminal.clone()), Some("tally-train")),
            (Flow::Export, _, false) => (Some(self.terminal.clone()), Some("report-rail-arrival")),
            (Flow::Import | Flow::Export, _, true) => (Some(self.agent.clone()), Some("submit-papers")),
        }
    }
}

fn planned(data: &ConveyancePlanned, at: Timestamp) -> Conveyance {
    Conveyance {
        plan: data.plan.clone(),
        agent: data.agent.clone(),
        terminal: data.terminal.clone(),
        district: data.district.clone(),
        waybills: Vec::new(),
        manifested_at: None,
        message: None,
        sheets: std::collections::BTreeMap::new(),
        attached: Vec::new(),
        phase: ConveyancePhase::Planned,
        review: Review::Open,
        opened_at: at,
    }
}

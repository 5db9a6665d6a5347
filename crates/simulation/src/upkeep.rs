//! Work of the hour and of the day: yard moves, mailboxes, missed bookings, draw days, guarantees.

use app::Role;
use app::discharge::{ReportStatus, StatusEvent};
use app::inbox::{MarkDelivered, MessageState};
use app::reading::ListQuery;
use clearance::Guarantee;
use logistics::{Container, Place};

use crate::world::{Step, World};
use crate::{SimulationError, cargo, cast};

/// Boxes moved at once.
const MOVED_AT_ONCE: usize = 6;
/// Hours a message may wait before the partner's system has fetched it.
const FETCHED_AFTER_HOURS: i64 = 3;

impl World {
    /// Some boxes of a terminal are moved within the yard.
    pub async fn moves(&mut self, terminal: &'static str) -> Result<(), SimulationError> {
        self.tell_machines(terminal).await?;
        let here: Vec<String> =
            self.bills.values().filter(|plan| plan.terminal == terminal).flat_map(|plan| plan.boxes.iter().cloned()).collect();
        if here.is_empty() {
            return Ok(());
        }
        let mut picked: Vec<String> = (0..MOVED_AT_ONCE).map(|_| self.chance.pick(&here).clone()).collect();
        picked.sort();
        picked.dedup();
        let known = self.app.peek_many::<Container>(picked.iter().cloned()).await.map_err(SimulationError::platform("look"))?;
        let now = self.now();
        let mut events = Vec::new();
        for id in picked {
            if known.get(&id).is_some_and(|container| matches!(container.place, Place::Yard { .. })) {
                events.push(StatusEvent { container: id, call: None, at: now, position: cargo::position(&mut self.chance, terminal) });
            }
        }
        if !events.is_empty() {
            let who = self.system(terminal);
            self.act(who, &ReportStatus { events }).await?;
        }
        Ok(())
    }

    /// Work of the hour.
    pub async fn hour(&mut self) -> Result<(), SimulationError> {
        self.tally.commands += 1;
        self.app.sweep_missed_bookings(&self.platform()).await.map_err(SimulationError::platform("booking.miss"))?;
        self.keep_rosters().await?;
        self.close_day().await?;
        self.app.watch_messages(&self.platform()).await.map_err(SimulationError::platform("message-alarm.settle"))?;
        self.app.watch_cases(&self.platform()).await.map_err(SimulationError::platform("case-alarm.settle"))?;
        self.keep_machines().await?;
        let senders: Vec<&'static str> = cast::all(Role::Agent).chain(cast::all(Role::Terminal)).map(|part| part.id).collect();
        for sender in senders {
            self.fetch(sender).await?;
        }
        let resumed: Vec<String> = {
            let now = self.now();
            self.bills.iter().filter(|(_, plan)| plan.stop.is_some() && plan.resumes_at <= now).map(|(number, _)| number.clone()).collect()
        };
        for number in resumed {
            if let Some(plan) = self.bills.get_mut(&number) {
                plan.stop = None;
            }
            self.forget(&number, "inspect");
            self.follow(&number).await?;
        }
        self.at(self.now().plus_hours(1), Step::Hour);
        Ok(())
    }

    /// A partner's system fetches its messages, all but the newest.
    async fn fetch(&mut self, partner: &'static str) -> Result<(), SimulationError> {
        let who = self.system(partner);
        let query = ListQuery {
            statuses: vec!["prepared".into()],
            open: Some(true),
            mine: true,
            opened_to: Some(self.now().plus_hours(-FETCHED_AFTER_HOURS)),
            limit: 200,
            ..ListQuery::default()
        };
        let ctx = self.context(who.clone());
        let page = self.app.list::<MessageState>(&ctx, "message.read", query).await.map_err(SimulationError::platform("message.read"))?;
        for (seen, _) in page.items {
            self.act(who.clone(), &MarkDelivered { id: seen.id }).await?;
        }
        Ok(())
    }

    /// Work of the day.
    pub async fn day(&mut self) -> Result<(), SimulationError> {
        self.tally.commands += 1;
        self.app.keep_draw_days(&self.platform()).await.map_err(SimulationError::platform("draw.commit"))?;
        self.find_guarantees().await?;
        self.app.keep_sharing(&self.platform()).await.map_err(SimulationError::platform("data-delivery.send"))?;
        self.take_shared().await?;
        self.clue_of_the_day().await?;
        self.at(self.now().plus_days(1), Step::Day);
        Ok(())
    }

    /// Learns which guarantees traders have.
    pub async fn find_guarantees(&mut self) -> Result<(), SimulationError> {
        let query = ListQuery { limit: 50, ..ListQuery::default() };
        let page = self
            .app
            .list::<Guarantee>(&self.platform(), "guarantee.read", query)
            .await
            .map_err(SimulationError::platform("guarantee.read"))?;
        for (seen, _) in page.items {
            self.guarantees.insert(seen.state.principal.clone(), seen.id);
        }
        Ok(())
    }
}

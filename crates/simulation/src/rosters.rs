//! Rosters of the synthetic customs: today and tomorrow are always in force; and inspections of boxes that go on by another ship.
//!
//! What is rostered follows from the day and the officer alone, so that it moves no other chance.

use app::joint_orders::{ConcludeJointOrder, PresentJointBox, RecordPart, ScheduleJointOrder};
use app::matching::{PlaceInstruction, SubjectForm};
use app::roster::{AssignShift, ChangeRoster, RosterChange};
use codes::calendar::DayKind;
use inspection::{Checked, Instruction, JointOrder};
use ledger::Timestamp;

use crate::chance::stable;
use crate::world::World;
use crate::{SimulationError, cast};

const CUSTOMS: &str = "customs-demo";
const MARKET: &str = "market-demo";
/// Days ahead of today for which a roster is made.
const AHEAD_DAYS: i64 = 1;
/// Hours of the port's clock of a shift at the site, of one at a post, and of one at the site after that, on a working day.
const SITE_HOURS: (i64, i64) = (8, 17);
const POST_HOURS: (i64, i64) = (8, 12);
const AFTERNOON_HOURS: (i64, i64) = (13, 17);
/// Hours of a shift on a day off.
const OFF_HOURS: (i64, i64) = (9, 15);
/// Of how many boxes that go on by another ship one is inspected, and of how many of these the result of one is left to visitors.
const INSPECTED_ONE_IN: u64 = 2;
const LEFT_ONE_IN: u64 = 5;
/// Days within which such a box is to be inspected.
const WITHIN_DAYS: i64 = 5;

impl World {
    /// Makes the rosters of today and the days ahead, unless somebody made them.
    pub async fn keep_rosters(&mut self) -> Result<(), SimulationError> {
        let Some(customs) = cast::of(CUSTOMS) else { return Ok(()) };
        let chief = customs.principal(&self.app, customs.person(), false);
        let offset = self.app.port().utc_offset_minutes;
        for ahead in 0..=AHEAD_DAYS {
            let begins = self.now().day_start(offset).plus_days(ahead);
            let day = begins.day(offset);
            let ctx = self.context(chief.clone());
            let seen = self.app.roster_day(&ctx, &day).await.map_err(SimulationError::platform("roster.read"))?;
            if seen.roster.is_some() {
                continue;
            }
            let lot = stable(&day);
            let officers: Vec<String> = seen.officers.iter().filter(|one| one.on_duty).map(|one| one.id.clone()).collect();
            for (at, officer) in officers.iter().enumerate() {
                let turn = (lot + at as u64) % officers.len().max(1) as u64;
                // Everybody is at the site for a part of the day, so that everybody may be drawn.
                let shifts: &[(usize, (i64, i64))] = match (seen.calendar.kind, turn) {
                    (DayKind::Work, 0) => &[(1, POST_HOURS), (0, AFTERNOON_HOURS)],
                    (DayKind::Work, _) => &[(0, SITE_HOURS)],
                    (DayKind::Rest | DayKind::Holiday, _) => &[(0, OFF_HOURS)],
                };
                for (site, (from, to)) in shifts {
                    let Some(site) = seen.sites.get(*site).cloned() else { continue };
                    let (from, to) = (begins.plus_hours(*from), begins.plus_hours(*to));
                    let shift = AssignShift { day: day.clone(), officer: officer.clone(), site, from, to, competence: None };
                    self.act(chief.clone(), &shift).await?;
                }
            }
            self.act(chief.clone(), &ChangeRoster { day, change: RosterChange::Publish }).await?;
        }
        Ok(())
    }

    /// Market supervision wants to see some of the boxes that go on by another ship: they are brought to the site at once.
    pub async fn inspect_onward(&mut self, container: &str) -> Result<(), SimulationError> {
        if !stable(container).is_multiple_of(INSPECTED_ONE_IN) {
            return Ok(());
        }
        let placed = PlaceInstruction {
            subject: SubjectForm::Container(container.to_owned()),
            from: self.now(),
            to: self.now().plus_days(WITHIN_DAYS),
            hold: true,
            on_arrival: true,
            reason: "示范：抽查中转货物 random check of goods in transhipment".into(),
        };
        let Some(instruction) = self.by(MARKET, &placed).await? else { return Ok(()) };
        let order = self.look::<Instruction>(&instruction).await?.and_then(|state| state.order().map(str::to_owned));
        let Some(order) = order else { return Ok(()) };
        let Some(state) = self.look::<JointOrder>(&order).await?.filter(|state| state.lead == MARKET) else { return Ok(()) };
        let slot_start = self.site_opens_next();
        self.by(MARKET, &ScheduleJointOrder { id: order.clone(), slot_start }).await?;
        let Some(terminal) = state.terminal else { return Ok(()) };
        let who = self.system(&terminal);
        let present = PresentJointBox { id: order.clone(), container: container.to_owned(), at: self.now() };
        self.act(who, &present).await?;
        self.seen_onward.insert(container.to_owned(), order);
        Ok(())
    }

    /// The first slot of the site that lies ahead: tomorrow morning.
    fn site_opens_next(&self) -> Timestamp {
        self.now().day_start(self.app.port().utc_offset_minutes).plus_days(1).plus_hours(8)
    }

    /// Market supervision has seen a box and lets it go on; some results are left to visitors.
    pub async fn settle_onward(&mut self, container: &str) -> Result<(), SimulationError> {
        if (stable(container) / INSPECTED_ONE_IN).is_multiple_of(LEFT_ONE_IN) {
            return Ok(());
        }
        let Some(order) = self.seen_onward.remove(container) else { return Ok(()) };
        let Some(state) = self.look::<JointOrder>(&order).await? else { return Ok(()) };
        let Some(one) = state.participants.get(MARKET) else { return Ok(()) };
        let checks = one.checklist.iter().map(|item| Checked { code: item.code.clone(), ok: true }).collect();
        let officers = vec![self.officer(MARKET).id];
        let part = RecordPart { id: order.clone(), checks, clean: true, note: "示范：未见异常 nothing found".into(), officers };
        self.by(MARKET, &part).await?;
        let conclude =
            ConcludeJointOrder {
                id: order, disposition: "18".into(), findings: "示范：未见异常 nothing found".into(), seals: [].into()
            };
        self.by(MARKET, &conclude).await?;
        Ok(())
    }
}

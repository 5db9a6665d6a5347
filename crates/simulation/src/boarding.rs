//! Joint boardings of ships (联合登临): maritime, border and customs want to see some ships, and go on board together. Some orders wait for visitors.

use app::joint_orders::{AnswerJointOrder, ConcludeJointOrder, RecordPart, ScheduleJointOrder};
use app::matching::{PlaceInstruction, SubjectForm};
use app::{Principal, UseCase};
use inspection::{Answer, Checked, Instruction, JointOrder, JointPhase};

use crate::SimulationError;
use crate::cast;
use crate::chance::stable;
use crate::world::{Step, World};

/// Who boards, and why; quarantine works first.
const BOARDING: [(&str, &str); 3] = [
    ("maritime-demo", "示范：证书临近到期 certificates about to expire"),
    ("border-demo", "示范：船员名单有更改 the crew list was changed"),
    ("customs-demo", "示范：来自疫区港口 comes from a port with an epidemic"),
];
/// Days within which a ship is to be boarded.
const WITHIN_DAYS: i64 = 5;
/// Of how many ships one is boarded, and of how many of those one is left to visitors.
const SHIPS_ONE_IN: u64 = 3;
const LEFT_ONE_IN: u64 = 4;

impl World {
    pub(crate) fn officer(&self, organisation: &str) -> Principal {
        cast::of(organisation).map_or_else(Principal::public, |part| part.principal(&self.app, part.person(), false))
    }

    pub(crate) async fn by<U: UseCase>(&mut self, organisation: &str, command: &U) -> Result<Option<U::Outcome>, SimulationError> {
        let officer = self.officer(organisation);
        self.act(officer, command).await
    }

    /// Instructions about a ship that has come meet, and the time is agreed.
    pub async fn agree_to_board(&mut self, call: &str) -> Result<(), SimulationError> {
        let hash = stable(call);
        if !hash.is_multiple_of(SHIPS_ONE_IN) {
            return Ok(());
        }
        let mut instruction = None;
        for (organisation, reason) in BOARDING {
            let placed = PlaceInstruction {
                subject: SubjectForm::ShipCall(call.to_owned()),
                from: self.now(),
                to: self.now().plus_days(WITHIN_DAYS),
                hold: false,
                on_arrival: true,
                reason: reason.to_owned(),
            };
            instruction = self.by(organisation, &placed).await?.or(instruction);
        }
        let Some(instruction) = instruction else { return Ok(()) };
        let Some(order) = self.look::<Instruction>(&instruction).await?.and_then(|state| state.order().map(str::to_owned)) else {
            return Ok(());
        };
        // Long ago nobody was there to take it up.
        if (hash / SHIPS_ONE_IN).is_multiple_of(LEFT_ONE_IN) && self.now() >= self.visitors_from {
            return Ok(());
        }
        let Some(lead) = self.look::<JointOrder>(&order).await?.map(|state| state.lead) else { return Ok(()) };
        let slot_start = self.now().plus_minutes(30);
        self.by(&lead, &ScheduleJointOrder { id: order.clone(), slot_start }).await?;
        for (organisation, _) in BOARDING.iter().filter(|(organisation, _)| *organisation != lead) {
            self.by(organisation, &AnswerJointOrder { id: order.clone(), answer: Answer::Confirmed }).await?;
        }
        self.at(slot_start.plus_minutes(20), Step::Board(order));
        Ok(())
    }

    /// Everybody goes on board, in the order of their steps, and the lead gives the one result.
    pub async fn board(&mut self, order: &str) -> Result<(), SimulationError> {
        let Some(state) = self.look::<JointOrder>(order).await?.filter(|state| state.phase == JointPhase::Confirmed) else { return Ok(()) };
        for organisation in &state.steps {
            let Some(one) = state.participants.get(organisation) else { continue };
            let checks = one.checklist.iter().map(|item| Checked { code: item.code.clone(), ok: true }).collect();
            let officers = vec![self.officer(organisation).id];
            let part =
                RecordPart { id: order.to_owned(), checks, clean: true, note: "示范：未见异常 nothing found".into(), officers };
            self.by(organisation, &part).await?;
        }
        let conclusion = ConcludeJointOrder {
            id: order.to_owned(),
            disposition: "18".into(),
            findings: "示范：联合登临完成 boarded together".into(),
            seals: std::collections::BTreeMap::new(),
        };
        self.by(&state.lead, &conclusion).await?;
        Ok(())
    }
}

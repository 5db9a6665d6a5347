//! Instructions and joint orders in small steps.

use std::collections::BTreeMap;

use app::directory::{Officer, User, WriteUser};
use app::inspections::{ConfirmResult, RecordResult};
use app::joint_orders::{AnswerJointOrder, ConcludeJointOrder, OpenBox, PresentJointBox, RecordPart, ScheduleJointOrder};
use app::matching::{PlaceInstruction, SubjectForm};
use clearance::{Declaration, Track};
use inspection::{Answer, Checked, Inspection, Instruction, JointOrder, Method, Outcome, Resulted};
use ledger::{Bilingual, Timestamp};

use super::Port;

/// What every reason of a test holds, so that it can be looked for where it must not be.
pub const SECRET: &str = "tip-off";

impl Port {
    /// An instruction about something for the next ten days, with a reason of the authority's own.
    pub fn instruction(&self, who: &str, subject: SubjectForm) -> PlaceInstruction {
        PlaceInstruction {
            subject,
            from: self.now(),
            to: self.now().plus_days(10),
            hold: true,
            on_arrival: false,
            reason: format!("{SECRET} of {who}"),
        }
    }

    /// Places an instruction about a box; (instruction, order).
    pub async fn instructed(&self, who: &str, container: &str) -> (String, String) {
        let id = self.ok(who, &self.instruction(who, SubjectForm::Container(container.into()))).await;
        let order = self.state::<Instruction>(&id).await.order().expect("matched").to_owned();
        (id, order)
    }

    /// Gives the person of an authority a competence.
    pub async fn competent(&self, who: &str, competence: &str) {
        let user = User {
            id: format!("{who}.person"),
            name: Bilingual::new("执法人员", who),
            organisation: who.into(),
            password: None,
            disabled: false,
            officer: Some(Officer { conflicts: Vec::new(), competences: vec![competence.into()], on_duty: true }),
        };
        self.ok("admin-desk", &WriteUser { user, expected_version: 0 }).await;
    }

    /// The first slot of the inspection site that lies ahead, tomorrow at 08:00 of the port's clock.
    pub fn site_slot(&self) -> Timestamp {
        self.now().day_start(480).plus_days(1).plus_hours(8)
    }

    pub async fn scheduled(&self, lead: &str, order: &str) {
        self.ok(lead, &ScheduleJointOrder { id: order.into(), slot_start: self.site_slot() }).await;
    }

    pub async fn confirms(&self, who: &str, order: &str) {
        self.ok(who, &AnswerJointOrder { id: order.into(), answer: Answer::Confirmed }).await;
    }

    pub async fn presented(&self, order: &str, container: &str) {
        self.ok("terminal-east", &PresentJointBox { id: order.into(), container: container.into(), at: self.now() }).await;
    }

    pub async fn opened(&self, who: &str, order: &str, container: &str) {
        self.ok(who, &OpenBox { id: order.into(), container: container.into() }).await;
    }

    pub async fn part_of(&self, who: &str, order: &str, clean: bool) -> RecordPart {
        let state = self.state::<JointOrder>(order).await;
        let checklist = state.participants.get(who).map(|one| one.checklist.clone()).unwrap_or_default();
        let last = checklist.len().saturating_sub(1);
        let checks = checklist.into_iter().enumerate().map(|(i, item)| Checked { code: item.code, ok: clean || i != last }).collect();
        let mut officers = vec![format!("{who}.person")];
        if who == "customs-port" {
            officers.push(super::OFFICERS[0].into());
        }
        RecordPart { id: order.into(), checks, clean, note: "seen together".into(), officers }
    }

    pub async fn recorded(&self, who: &str, order: &str, clean: bool) {
        let part = self.part_of(who, order, clean).await;
        self.ok(who, &part).await;
    }

    pub async fn conclusion(&self, order: &str, disposition: &str) -> ConcludeJointOrder {
        let openings = self.state::<JointOrder>(order).await.openings;
        let seals: BTreeMap<String, String> = openings.keys().map(|id| (id.clone(), "JOINT1".to_owned())).collect();
        ConcludeJointOrder { id: order.into(), disposition: disposition.into(), findings: "nothing found".into(), seals }
    }

    /// The open inspection of a declaration.
    pub async fn drawn(&self, declaration: &str) -> String {
        match &self.state::<Declaration>(declaration).await.case().expect("case").inspection {
            Track::Open { reference: Some(id), .. } => id.clone(),
            other => panic!("no inspection is open: {other:?}"),
        }
    }

    /// The two drawn officers write down and confirm.
    pub async fn drawn_result(&self, id: &str, outcome: Outcome, disposition: &str) {
        let officers = self.state::<Inspection>(id).await.draw.expect("draw").chosen;
        let result = Resulted {
            result: outcome,
            disposition: disposition.into(),
            findings: "opened together".into(),
            method: Method::Open,
            seal_new: Some("CUST1".into()),
            officers: officers.clone(),
        };
        self.ok(&officers[0], &RecordResult { id: id.into(), result }).await;
        self.ok(&officers[1], &ConfirmResult { id: id.into() }).await;
    }
}

//! Clearance: drafts, submission, documents, inspection, duty. What comes next follows from the declaration's state, never from a script.

use app::declarations::{
    DraftDeclaration, EditDeclaration, HoldDeclaration, LiftHold, PassDocuments, RejectDeclaration, ReleaseDeclaration, SubmitDeclaration,
};
use app::duty::{GuaranteeDuty, PayDuty};
use app::inspections::{AppointInspection, ConfirmResult, PresentBox, RecordResult};
use clearance::{Case, Declaration, DutyNotice, NoticePhase, Track};
use inspection::{Inspection, InspectionPhase, Method, Outcome, Resulted};
use ledger::Timestamp;
use logistics::{Booking, Container, Place};
use manifest::Bill;

use crate::chance::{CUSTOMS, HOUR_MS, OFFICE};
use crate::world::{BillPlan, Pickup, Step, Stop, World};
use crate::{SimulationError, cast, form, papers};

const CUSTOMS_ID: &str = "customs-demo";

impl World {
    /// Plans what follows for a bill from where its papers stand.
    pub async fn follow(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(()) };
        let Some(bill) = self.look::<Bill>(number).await? else { return Ok(()) };
        let landed = bill.landed_at().is_some();
        let declaration = match bill.declaration.clone().or(plan.declaration.clone()) {
            Some(id) => {
                if let Some(plan) = self.bills.get_mut(number) {
                    plan.declaration = Some(id.clone());
                }
                self.look::<Declaration>(&id).await?
            }
            None => None,
        };
        match &declaration {
            None | Some(Declaration::Withdrawn { .. }) => {
                if !self.stops(number, Stop::Declare) && (plan.advance || landed) && self.plan_once(number, "draft") {
                    let median = if landed { 7.0 } else { 5.0 };
                    self.in_office(OFFICE, median, Step::Draft(number.to_owned()));
                }
            }
            Some(Declaration::Draft { .. } | Declaration::Rejected { .. }) => {
                if !self.stops(number, Stop::Submit) && self.plan_once(number, "submit") {
                    self.in_office(OFFICE, 0.7, Step::Submit(number.to_owned()));
                }
            }
            Some(Declaration::Accepted { case }) => self.follow_case(number, case, landed),
            Some(Declaration::Released { .. }) => {}
        }
        let released = matches!(declaration, Some(Declaration::Released { .. }));
        self.follow_order(number, &bill, landed, released).await
    }

    /// Takes a bill up again after a restart: as [`Self::follow`], and trucks that were under way come.
    pub async fn resume(&mut self, number: &str) -> Result<(), SimulationError> {
        self.follow(number).await?;
        let boxes = self.bills.get(number).map(|plan| plan.boxes.clone()).unwrap_or_default();
        let known = self.app.peek_many::<Container>(boxes.iter().cloned()).await.map_err(SimulationError::platform("look"))?;
        for (id, container) in known.into_iter().collect::<std::collections::BTreeMap<_, _>>() {
            if let Place::Gone { .. } = container.place
                && let Some(plan) = self.bills.get_mut(number)
            {
                plan.boxes.retain(|other| *other != id);
            }
            let Some(booking) = container.booking.clone() else { continue };
            let Some(state) = self.look::<Booking>(&booking).await? else { continue };
            let pickup = Pickup { bill: number.to_owned(), booking: Some(booking), plate: state.plate.clone(), attempts: 1 };
            self.pickups.insert(id.clone(), pickup);
            let wait = self.chance.between(2, 50);
            match container.place {
                Place::OnTruck { .. } => self.at(self.now().plus_minutes(wait), Step::Leave(id)),
                Place::Yard { .. } => self.at(state.start.plus_minutes(wait), Step::Enter(id)),
                Place::OnBoard | Place::InspectionSite { .. } | Place::Gone { .. } | Place::Shipped { .. } => {}
            }
        }
        Ok(())
    }

    fn follow_case(&mut self, number: &str, case: &Case, landed: bool) {
        let step = number.to_owned();
        if case.documents.is_open()
            && !self.stops(number, Stop::Documents)
            && case.documents_missing().is_empty()
            && self.plan_once(number, "documents")
        {
            self.in_office(CUSTOMS, 2.5, Step::Documents(step.clone()));
        }
        if case.hold.is_some() && self.plan_once(number, "lift") {
            self.in_office(CUSTOMS, 14.0, Step::Lift(step.clone()));
        }
        if !landed {
            return;
        }
        match &case.inspection {
            Track::Open { reference: Some(_), .. } if self.plan_once(number, "inspect") => {
                self.in_office(OFFICE, 3.0, Step::Inspect(step.clone()))
            }
            Track::Failed { .. } if self.plan_once(number, "settle") => self.in_office(CUSTOMS, 30.0, Step::Settle(step.clone())),
            Track::Unknown | Track::NotNeeded | Track::Done { .. } | Track::Open { .. } | Track::Failed { .. } => {}
        }
        if case.duty.is_open() && !self.stops(number, Stop::Pay) && self.plan_once(number, "pay") {
            self.in_office(OFFICE, 5.0, Step::Pay(step));
        }
    }

    async fn declaration_of(&mut self, number: &str) -> Result<Option<(BillPlan, String, Declaration)>, SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(None) };
        let Some(id) = plan.declaration.clone() else { return Ok(None) };
        Ok(self.look::<Declaration>(&id).await?.map(|state| (plan, id, state)))
    }

    /// The broker begins a draft and fills it in.
    pub async fn draft(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(()) };
        let Some(bill) = self.look::<Bill>(number).await? else { return Ok(()) };
        if bill.declaration.is_some() {
            return self.follow(number).await;
        }
        let who = self.somebody(&plan.broker);
        let Some(id) = self.act(who.clone(), &DraftDeclaration { bill: Some(number.to_owned()), copy_of: None }).await? else {
            return Ok(());
        };
        let Some(state) = self.look::<Declaration>(&id).await? else { return Ok(()) };
        let place = cast::of(&plan.terminal).map_or("示范码头", |part| part.zh);
        let attached = match cast::of(&plan.trader) {
            Some(part) if plan.stop != Some(Stop::Upload) => papers::documents(part),
            Some(_) | None => Vec::new(),
        };
        let price = u64::try_from(self.chance.between(120, 900)).unwrap_or(200);
        let filled = form::fill(state.form().clone(), &bill, place, attached, price);
        self.act(who, &EditDeclaration { id: id.clone(), form: filled, expected_version: None }).await?;
        if let Some(plan) = self.bills.get_mut(number) {
            plan.declaration = Some(id);
        }
        self.forget(number, "draft");
        self.follow(number).await
    }

    /// The broker submits; a rejected declaration is corrected first.
    pub async fn submit(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((plan, id, state)) = self.declaration_of(number).await? else { return Ok(()) };
        let who = self.somebody(&plan.broker);
        if let Declaration::Rejected { case, .. } = &state {
            let mut corrected = case.form.clone();
            corrected.note_s = "示范数据 corrected".into();
            self.act(who.clone(), &EditDeclaration { id: id.clone(), form: corrected, expected_version: None }).await?;
        }
        self.act(who, &SubmitDeclaration { id }).await?;
        for what in ["submit", "documents", "inspect", "settle", "pay"] {
            self.forget(number, what);
        }
        if self.chance.happens(0.02) {
            self.after(1.0, Step::Hold(number.to_owned()));
        }
        self.follow(number).await
    }

    /// An officer checks the documents; now and then the declaration is sent back.
    pub async fn documents(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((_, id, state)) = self.declaration_of(number).await? else { return Ok(()) };
        if !state.case().is_some_and(|case| case.documents.is_open()) {
            return Ok(());
        }
        let who = self.somebody(CUSTOMS_ID);
        let inspected = state.case().is_some_and(|case| case.inspection.is_open());
        if !inspected && self.chance.happens(0.012) {
            self.act(who, &RejectDeclaration { id, reason: "发票与装箱单件数不一致 invoice and packing list differ".into() }).await?;
        } else {
            self.act(who, &PassDocuments { id, note: "单证相符 documents agree".into() }).await?;
        }
        self.follow(number).await
    }

    /// An officer holds a declaration.
    pub async fn hold(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((_, id, _)) = self.declaration_of(number).await? else { return Ok(()) };
        let who = self.somebody(CUSTOMS_ID);
        self.act(who, &HoldDeclaration { id, reason: "待核实价格 price to be verified".into() }).await?;
        self.follow(number).await
    }

    /// An officer lifts the hold.
    pub async fn lift(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((_, id, _)) = self.declaration_of(number).await? else { return Ok(()) };
        let who = self.somebody(CUSTOMS_ID);
        self.act(who, &LiftHold { id, note: "已核实 verified".into() }).await?;
        self.follow(number).await
    }

    /// The next act of an inspection: appointment, boxes to the site, result.
    pub async fn inspect(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((plan, _, state)) = self.declaration_of(number).await? else { return Ok(()) };
        let Some(Track::Open { reference: Some(id), .. }) = state.case().map(|case| case.inspection.clone()) else { return Ok(()) };
        let Some(inspection) = self.look::<Inspection>(&id).await? else { return Ok(()) };
        let again = Step::Inspect(number.to_owned());
        if self.asks_for_images(&id, &inspection).await? || inspection.by_machine().is_some() {
            return self.examine(number, &id).await;
        }
        match &inspection.phase {
            InspectionPhase::Ordered if !inspection.on_arrival() && self.stops(number, Stop::Appoint) => {}
            InspectionPhase::Ordered if !inspection.on_arrival() => {
                let start = self.inspection_slot();
                let who = self.somebody(&plan.broker);
                if self.act(who, &AppointInspection { id, slot_start: start }).await?.is_none() {
                    self.after(6.0, again);
                } else {
                    let at = start.plus_minutes(self.chance.between(-50, 30));
                    self.at(at, again);
                }
            }
            // What is inspected on arrival is brought without an appointment.
            InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. } => {
                let missing: Vec<String> = inspection.containers.iter().filter(|c| !inspection.arrived.contains_key(*c)).cloned().collect();
                if missing.is_empty() {
                    return self.result(number, &id, &inspection).await;
                }
                let who = self.system(&plan.terminal);
                for container in missing {
                    self.act(who.clone(), &PresentBox { id: id.clone(), container, at: self.now() }).await?;
                }
                if !self.stops(number, Stop::Result) {
                    self.in_office(CUSTOMS, 1.6, again);
                }
            }
            // A visitor wrote it down, or the process ended between the two acts.
            InspectionPhase::Recorded { recorded, .. } => {
                let other = recorded.result.officers.iter().find(|officer| **officer != recorded.by).cloned();
                let who = cast::of(CUSTOMS_ID).zip(other).map(|(customs, other)| customs.principal(&self.app, other, false));
                if let Some(who) = who {
                    self.act(who, &ConfirmResult { id }).await?;
                    return self.follow(number).await;
                }
            }
            InspectionPhase::Passed { .. } if !inspection.sampling.is_empty() => {
                if !self.samples_go_on(number, &id, &inspection, &plan.trader).await? {
                    return self.follow(number).await;
                }
            }
            InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => {}
        }
        Ok(())
    }

    /// The next free-looking slot: some hours ahead, on an even hour of the day.
    fn inspection_slot(&mut self) -> Timestamp {
        let offset = self.app.port().utc_offset_minutes;
        let wanted = self.now().plus_hours(self.chance.between(3, 12));
        let day = wanted.day_start(offset);
        let hour = wanted.since_millis(day) / HOUR_MS;
        match hour {
            0..=7 => day.plus_hours(8 + 2 * self.chance.between(0, 2)),
            8..=17 => day.plus_hours((hour + 1) / 2 * 2),
            _ => day.plus_hours(32 + 2 * self.chance.between(0, 2)),
        }
    }

    async fn result(&mut self, number: &str, id: &str, inspection: &Inspection) -> Result<(), SimulationError> {
        let officers: Vec<String> = inspection.officers().into_iter().take(2).map(str::to_owned).collect();
        let [first, second] = officers.as_slice() else { return Ok(()) };
        let (first, second) = (first.clone(), second.clone());
        let failed = self.chance.happens(0.05);
        if !failed {
            let broker = self.bills.get(number).map(|plan| plan.broker.clone()).unwrap_or_default();
            self.samples(id, inspection, &broker).await?;
        }
        let result = Resulted {
            result: if failed { Outcome::Fail } else { Outcome::Pass },
            disposition: if failed { "40" } else { "18" }.into(),
            findings: if failed {
                "标识与申报不符，责令整改 labels differ from the declaration; to be put right"
            } else {
                "查验正常 inspected, normal"
            }
            .into(),
            method: Method::Open,
            seal_new: Some(format!("CS{:07}", self.chance.between(1_000_000, 9_999_999))),
            officers,
        };
        let Some(customs) = cast::of(CUSTOMS_ID) else { return Ok(()) };
        let (writes, confirms) = (customs.principal(&self.app, first, false), customs.principal(&self.app, second, false));
        if !self.written_by_phone(number, id, &result).await? {
            self.act(writes, &RecordResult { id: id.to_owned(), result }).await?;
        }
        self.act(confirms, &ConfirmResult { id: id.to_owned() }).await?;
        if self.look::<Inspection>(id).await?.is_some_and(|state| !state.sampling_met()) {
            self.after(1.0, Step::Inspect(number.to_owned()));
        }
        self.follow(number).await
    }

    /// An officer settles an inspection that was not passed: releases what was put right, or sends the declaration back.
    pub async fn settle(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((_, id, _)) = self.declaration_of(number).await? else { return Ok(()) };
        let who = self.somebody(CUSTOMS_ID);
        let note = "整改合格 put right and re-checked".to_owned();
        if self.act(who, &ReleaseDeclaration { id, note }).await?.is_none() {
            self.in_office(CUSTOMS, 12.0, Step::Settle(number.to_owned()));
            return Ok(());
        }
        self.follow(number).await
    }

    /// The trader settles the duty: by guarantee where there is one, else by payment.
    pub async fn pay(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some((plan, _, state)) = self.declaration_of(number).await? else { return Ok(()) };
        let Some(Track::Open { reference: Some(notice), .. }) = state.case().map(|case| case.duty.clone()) else { return Ok(()) };
        let who = self.somebody(&plan.trader);
        if let Some(guarantee) = self.guarantees.get(&plan.trader).cloned()
            && self.chance.happens(0.4)
            && self.act(who.clone(), &GuaranteeDuty { id: notice.clone(), guarantee }).await?.is_some()
        {
            self.after(110.0, Step::Repay { trader: plan.trader.clone(), notice });
            return self.follow(number).await;
        }
        self.act(who, &PayDuty { id: notice }).await?;
        let answered = self.now().plus_millis(self.chance.between(20, 1_500) * 1_000);
        self.at(answered, Step::Bank(number.to_owned()));
        Ok(())
    }

    /// The trader pays what a guarantee stands for, long after the box has left.
    pub async fn repay(&mut self, trader: &str, notice: String) -> Result<(), SimulationError> {
        let open = self.look::<DutyNotice>(&notice).await?.is_some_and(|n| matches!(n.phase, NoticePhase::Guaranteed { .. }));
        if open {
            let who = self.somebody(trader);
            self.act(who, &PayDuty { id: notice.clone() }).await?;
            let answered = self.now().plus_minutes(5);
            self.at(answered, Step::Bank(notice));
        }
        Ok(())
    }

    /// The bank answers what is waiting.
    pub async fn bank(&mut self, number: &str) -> Result<(), SimulationError> {
        self.tally.commands += 1;
        self.app.deliver_payments(&self.platform()).await.map_err(SimulationError::platform("payment.deliver"))?;
        self.follow(number).await
    }
}

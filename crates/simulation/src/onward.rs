//! What runs beside the main play: tally reports that come after a discharge message, and boxes that go on by another ship.
//!
//! Everything here draws from a chance of its own, so that it moves nothing else.

use app::discharge::{DischargeReport, ReportDischarge};
use app::manifests::SubmitManifest;
use app::outbound::SubmitOutbound;
use app::tallies::{SendTally, TallyRow};
use app::transhipments::{LoadTranshipment, PlanTranshipment};
use codes::Mass;
use logistics::{Container, container_id};
use manifest::{Bill, BillForm, ManifestForm, ManifestFunction, Recognised, TransferPlan, Transhipment};
use port_call::{CallPhase, ShipCall};

use crate::chance::stable;
use crate::world::{OnwardPlan, Step, World};
use crate::{SimulationError, cargo};

/// Median hours from a discharge message to the tally report, and how far they spread: some come past six hours.
const TALLY_HOURS: (f64, f64) = (1.4, 0.9);
/// Share of tally reports that never come, and of those that differ from the manifest.
const TALLY_NEVER: f64 = 0.03;
const TALLY_DIFFERS: f64 = 0.04;
/// Share of ships that bring boxes for another ship, of faulty outbound papers, and of those that are mended.
const SHIPS_WITH_ONWARD: f64 = 0.4;
const FAULTY: f64 = 0.4;
const MENDED: f64 = 0.5;
/// Ports to which boxes go on.
const NEXT_PORTS: [&str; 4] = ["KRPUS", "JPOSA", "VNSGN", "THLCH"];
/// Hours between two looks at a ship that is not there yet.
const LOOKS_HOURS: i64 = 2;

/// What the portal of a quay crane read of a box: of every third box, surely or not, and now and then wrong. It follows from the number alone,
/// so that it moves no other chance.
fn recognised(state: &Container) -> Option<Recognised> {
    let hash = stable(&state.number);
    if !hash.is_multiple_of(3) {
        return None;
    }
    let wrong = hash.is_multiple_of(7);
    let number = if wrong { state.number.replacen('0', "8", 1) } else { state.number.clone() };
    let confidence_per_mille = if wrong || hash.is_multiple_of(5) { 870 } else { 985 };
    let picture = |side: &str| app::inbox::sha256_hex(format!("{} {side}", state.number).as_bytes());
    let crane = if hash.is_multiple_of(2) { "QC01" } else { "QC02" };
    Some(Recognised { device: crane.into(), number, confidence_per_mille, pictures: vec![picture("left"), picture("right")] })
}

impl World {
    /// The tally of boxes whose discharge message did not carry it will come, or will not.
    pub fn tally_later(&mut self, boxes: Vec<String>) {
        if boxes.is_empty() || self.side.happens(TALLY_NEVER) {
            return;
        }
        let wait = self.side.hours(TALLY_HOURS.0, TALLY_HOURS.1);
        self.at(self.now().plus_millis(wait), Step::Tally(boxes));
    }

    /// The terminal sends the tally of some boxes.
    pub async fn tally(&mut self, boxes: &[String]) -> Result<(), SimulationError> {
        let mut reports = Vec::new();
        let mut terminal = None;
        for id in boxes {
            let Some(state) = self.look::<Container>(id).await? else { continue };
            let Some(bill) = self.look::<Bill>(state.bill.as_deref().unwrap_or_default()).await? else { continue };
            let Some(listed) = bill.content.containers.iter().find(|listed| listed.number == state.number) else { continue };
            let differs = self.side.happens(TALLY_DIFFERS);
            let recognised = recognised(&state);
            reports.push(TallyRow {
                container: state.number.clone(),
                call: state.call.clone(),
                at: state.milestones.discharged_at.unwrap_or_else(|| self.now()),
                packages: Some(listed.packages.saturating_sub(u32::from(differs))),
                seal: state.seal.clone(),
                damage: state.damage.clone(),
                tally_company: Some("示范理货 Demo Tally".into()),
                tallied_by: None,
                recognised,
            });
            terminal = Some(state.terminal);
        }
        let Some(terminal) = terminal else { return Ok(()) };
        let who = self.system(&terminal);
        self.act(who, &SendTally { reports }).await?;
        Ok(())
    }

    /// A ship that was manifested may bring boxes for another ship.
    pub fn onward_later(&mut self, call: &str) {
        if self.side.happens(SHIPS_WITH_ONWARD) {
            let wait = self.side.hours(0.6, 0.4);
            self.at(self.now().plus_millis(wait), Step::Onward(call.to_owned()));
        }
    }

    /// Boxes of a call are manifested as transhipment and planned onto another ship of the same terminal.
    pub async fn onward(&mut self, call: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.calls.get(call).cloned() else { return Ok(()) };
        let later = self.calls.iter().filter(|(id, other)| *id != call && other.terminal == plan.terminal && other.eta > plan.eta);
        let Some(onward) = later.min_by_key(|(_, other)| other.eta).map(|(id, _)| id.clone()) else { return Ok(()) };
        let serial = self.numbers("simulated-onward", 1).await?;
        let port = self.app.port().unlocode.clone();
        let next = *self.side.pick(&NEXT_PORTS);
        let count = self.side.between(1, 2).unsigned_abs();
        let first = self.numbers("simulated-box", count).await?;
        let form = cargo::onward_bill(&mut self.side, &port, next, serial, first, count);
        let manifest = ManifestForm {
            call: call.to_owned(),
            agent: plan.agent.clone(),
            message: None,
            function: ManifestFunction::Original,
            ship_name: None,
            voyage: None,
            loading_at: None,
            bills: vec![form.clone()],
        };
        let agent = self.system(&plan.agent);
        if self.act(agent.clone(), &SubmitManifest { form: manifest, keep_rejected: false }).await?.is_none() {
            return Ok(());
        }
        let mut ids = Vec::new();
        for listed in &form.content.containers {
            let transfer = TransferPlan {
                next_port: next.to_owned(),
                size_type: Some(listed.size_type.clone()),
                seal: listed.seals.first().cloned(),
                gross_kg: Some(listed.gross_kg),
            };
            let command =
                PlanTranshipment { container: container_id(&listed.number, call), onward_call: onward.clone(), plan: transfer, note: None };
            ids.extend(self.act(agent.clone(), &command).await?);
        }
        let key = form.number.clone();
        self.onwards.insert(key.clone(), OnwardPlan { inbound: call.to_owned(), outbound: onward, form, transhipments: ids });
        let wait = self.side.hours(6.0, 0.6);
        self.at(self.now().plus_millis(wait), Step::OnwardList(key.clone()));
        self.at(plan.eta.plus_hours(LOOKS_HOURS), Step::OnwardLand(key));
        Ok(())
    }

    /// The outbound agent sends its pre-loading manifest; some are faulty, and some of those are mended later.
    pub async fn onward_list(&mut self, key: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.onwards.get(key).cloned() else { return Ok(()) };
        let mut form = outbound_of(&plan.form);
        if self.side.happens(FAULTY) {
            spoil(&mut form, self.side.between(0, 3));
            if self.side.happens(MENDED) {
                let wait = self.side.hours(5.0, 0.5);
                self.at(self.now().plus_millis(wait), Step::OnwardMend(key.to_owned()));
            }
        }
        self.send_outbound(&plan.outbound, form).await
    }

    /// The outbound agent sends what is right.
    pub async fn onward_mend(&mut self, key: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.onwards.get(key).cloned() else { return Ok(()) };
        self.send_outbound(&plan.outbound, outbound_of(&plan.form)).await
    }

    async fn send_outbound(&mut self, call: &str, form: BillForm) -> Result<(), SimulationError> {
        let Some(ship) = self.look::<ShipCall>(call).await? else { return Ok(()) };
        let who = self.system(&ship.agent);
        self.act(who, &SubmitOutbound { call: call.to_owned(), bills: vec![form] }).await?;
        Ok(())
    }

    /// The boxes are discharged once their ship is there.
    pub async fn onward_land(&mut self, key: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.onwards.get(key).cloned() else { return Ok(()) };
        let Some(ship) = self.look::<ShipCall>(&plan.inbound).await? else { return Ok(()) };
        match ship.phase {
            CallPhase::Announced => {
                self.at(self.now().plus_hours(LOOKS_HOURS), Step::OnwardLand(key.to_owned()));
                return Ok(());
            }
            CallPhase::Arrived { .. } => {}
            CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => {
                self.onwards.remove(key);
                return Ok(());
            }
        }
        let now = self.now();
        let reports = plan.form.content.containers.iter().map(|listed| DischargeReport {
            container: listed.number.clone(),
            call: plan.inbound.clone(),
            at: now,
            position: Some(cargo::position(&mut self.side, &ship.terminal)),
            seal: listed.seals.first().cloned(),
            packages: Some(listed.packages),
            damage: None,
            tally_company: Some("示范理货 Demo Tally".into()),
        });
        let command = ReportDischarge { reports: reports.collect() };
        let who = self.system(&ship.terminal);
        self.act(who, &command).await?;
        for listed in &plan.form.content.containers {
            self.inspect_onward(&container_id(&listed.number, &plan.inbound)).await?;
        }
        self.at(now.plus_hours(LOOKS_HOURS), Step::OnwardLoad(key.to_owned()));
        Ok(())
    }

    /// What is released is loaded once the outbound ship is there.
    pub async fn onward_load(&mut self, key: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.onwards.get(key).cloned() else { return Ok(()) };
        let Some(ship) = self.look::<ShipCall>(&plan.outbound).await? else { return Ok(()) };
        for listed in &plan.form.content.containers {
            self.settle_onward(&container_id(&listed.number, &plan.inbound)).await?;
        }
        match ship.phase {
            CallPhase::Announced => {}
            CallPhase::Arrived { .. } => {
                for id in &plan.transhipments {
                    if self.look::<Transhipment>(id).await?.is_some_and(|state| state.is_released()) {
                        let who = self.system(&ship.terminal);
                        self.act(who, &LoadTranshipment { id: id.clone(), at: self.now() }).await?;
                    }
                }
            }
            CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => {
                self.onwards.remove(key);
                return Ok(());
            }
        }
        self.at(self.now().plus_hours(LOOKS_HOURS), Step::OnwardLoad(key.to_owned()));
        Ok(())
    }
}

/// The outbound bill of what an inbound bill brings.
fn outbound_of(form: &BillForm) -> BillForm {
    let mut out = form.clone();
    out.number = format!("{}X", form.number);
    out.content.loading.clone_from(&form.content.discharge);
    if let Some(next) = out.content.onward.take() {
        out.content.discharge = next;
    }
    out.content.delivery = None;
    out
}

/// One of the faults that outbound papers have.
fn spoil(form: &mut BillForm, fault: i64) {
    let Some(listed) = form.content.containers.first_mut() else { return };
    match fault {
        0 => listed.seals = vec!["DS9999999".into()],
        1 => {
            let more = Mass::from_grams(listed.gross_kg.grams() / 10).unwrap_or_default();
            listed.gross_kg = listed.gross_kg.checked_add(more).unwrap_or_default();
            if let Some(line) = form.content.goods.first_mut() {
                line.gross_kg = line.gross_kg.checked_add(more).unwrap_or_default();
            }
        }
        2 => form.content.discharge = "SGSIN".into(),
        _ => listed.size_type = if listed.size_type == "22G1" { "42G1".into() } else { "22G1".into() },
    }
}

//! Ships: announced, delayed, manifested by EDIFACT, arrived, discharged, gone.

use app::Role;
use app::calls::{AnnounceCall, ArriveCall, ChangeCall, DepartCall};
use app::discharge::{DischargeReport, ReportDischarge};
use app::exchange::Envelope;
use logistics::Container;
use messages::{SampleCall, SampleLanded, sample_coarri, sample_cuscar};
use port_call::{CallPhase, ShipCall};

use crate::cargo::{self, Serials};
use crate::world::{CallPlan, Step, World};
use crate::{SimulationError, cast};

/// Boxes of one discharge report.
const DISCHARGED_AT_ONCE: usize = 8;
/// Boxes of a broken report that is left to visitors, how many may wait at a time, and which share of the reports is left so.
const LEFT_AT_ONCE: usize = 2;
const LEFT_MAX: usize = 4;
const LEFT_SHARE: f64 = 0.06;

impl World {
    /// An agent announces a ship.
    pub async fn announce(&mut self, eta: ledger::Timestamp, containers: u64, for_visitors: bool) -> Result<(), SimulationError> {
        let agent = self.one_of(Role::Agent);
        self.announce_by(agent, eta, containers, for_visitors).await
    }

    /// This agent announces a ship.
    pub async fn announce_by(
        &mut self,
        agent: &'static cast::Part,
        eta: ledger::Timestamp,
        containers: u64,
        for_visitors: bool,
    ) -> Result<(), SimulationError> {
        let terminal = self.one_of(Role::Terminal);
        let serial = self.numbers("simulated-ship", 1).await?;
        let call = cargo::call(serial, agent, terminal, eta, for_visitors);
        let who = self.somebody(agent.id);
        let Some(id) = self.act(who, &AnnounceCall { call }).await? else { return Ok(()) };
        if for_visitors {
            return Ok(());
        }
        let plan = CallPlan { agent: agent.id.into(), terminal: terminal.id.into(), eta, containers, bills: Vec::new() };
        self.calls.insert(id.clone(), plan);
        if self.chance.happens(0.25) {
            let at = eta.plus_hours(-self.chance.between(9, 14));
            self.at(at, Step::Delay(id.clone()));
        }
        let manifest_at = eta.plus_minutes(-self.chance.between(20 * 60, 38 * 60));
        self.at(manifest_at, Step::Manifest(id.clone()));
        let arrival = eta.plus_minutes(self.chance.between(-90, 330));
        self.at(arrival, Step::Arrive(id));
        Ok(())
    }

    /// The agent corrects the estimate.
    pub async fn delay(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.calls.get(id).cloned() else { return Ok(()) };
        let eta = plan.eta.plus_minutes(self.chance.between(30, 240));
        let change = port_call::ChangeCall { eta: Some(eta), ..Default::default() };
        let who = self.somebody(&plan.agent);
        self.act(who, &ChangeCall { id: id.to_owned(), change, expected_version: None }).await?;
        Ok(())
    }

    fn envelope(&mut self, sender: &str, number: u64) -> Envelope {
        Envelope {
            sender: cast::of(sender).and_then(|part| part.edi).unwrap_or("TESTPARTNER").to_owned(),
            receiver: self.app.port().edi_id.clone(),
            reference: format!("SIM{number:09}"),
            at: self.now(),
            utc_offset_minutes: self.app.port().utc_offset_minutes,
        }
    }

    /// The agent sends the manifest: CUSCAR, sometimes IFCSUM.
    pub async fn manifest(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.calls.get(id).cloned() else { return Ok(()) };
        let Some(call) = self.look::<ShipCall>(id).await? else { return Ok(()) };
        let Some(agent) = cast::of(&plan.agent) else { return Ok(()) };
        let number = self.numbers("simulated-message", 1).await?;
        let serials = Serials {
            bill: self.numbers("simulated-bill", plan.containers).await?,
            container: self.numbers("simulated-box", plan.containers).await?,
        };
        let port = self.app.port().unlocode.clone();
        let bills = cargo::bills(&mut self.chance, agent, &port, plan.containers, serials);
        let envelope = self.envelope(agent.id, number);
        let sample = SampleCall {
            ship_name: &call.ship_name,
            imo: &call.imo,
            voyage: &call.voyage_in,
            carrier: "DEMO LINE",
            port: &port,
            arrival: call.eta,
        };
        let mut bytes = sample_cuscar(&envelope, &format!("MAN{number:07}"), &sample, &bills);
        if self.chance.happens(0.2) {
            bytes = as_ifcsum(&bytes);
        }
        self.send(agent.id, bytes).await?;
        self.onward_later(id);
        self.tally.containers += plan.containers;
        for bill in bills {
            self.adopt(&bill.number).await?;
            if self.bills.contains_key(&bill.number) {
                if let Some(plan) = self.calls.get_mut(id) {
                    plan.bills.push(bill.number.clone());
                }
                self.follow(&bill.number).await?;
            }
        }
        Ok(())
    }

    /// The manifest of a call with exactly this many bills, and how many containers it lists.
    pub async fn manifest_of(&mut self, id: &str, bills: usize) -> Result<(Vec<u8>, usize), SimulationError> {
        let missing = || SimulationError::Refused { action: "manifest", reason: format!("no call {id}") };
        let call = self.look::<ShipCall>(id).await?.ok_or_else(missing)?;
        let agent = cast::of(&call.agent).ok_or_else(missing)?;
        let number = self.numbers("simulated-message", 1).await?;
        // No bill has more than three containers.
        let most = bills as u64 * 3;
        let serials = Serials { bill: self.numbers("simulated-bill", most).await?, container: self.numbers("simulated-box", most).await? };
        let port = self.app.port().unlocode.clone();
        let mut listed = cargo::bills(&mut self.chance, agent, &port, most, serials);
        listed.truncate(bills);
        let sample = SampleCall {
            ship_name: &call.ship_name,
            imo: &call.imo,
            voyage: &call.voyage_in,
            carrier: "DEMO LINE",
            port: &port,
            arrival: call.eta,
        };
        let containers = listed.iter().map(|bill| bill.content.containers.len()).sum();
        let envelope = self.envelope(agent.id, number);
        Ok((sample_cuscar(&envelope, &format!("MAN{number:07}"), &sample, &listed), containers))
    }

    /// The terminal or the agent reports the arrival.
    pub async fn arrive(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.calls.get(id).cloned() else { return Ok(()) };
        let who = if self.chance.happens(0.5) { self.somebody(&plan.terminal) } else { self.somebody(&plan.agent) };
        self.act(who, &ArriveCall { id: id.to_owned(), at: self.now() }).await?;
        self.after(1.2, Step::Discharge(id.to_owned()));
        self.agree_to_board(id).await
    }

    /// The terminal reports the next boxes, by COARRI or by API.
    pub async fn discharge(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.calls.get(id).cloned() else { return Ok(()) };
        let Some(call) = self.look::<ShipCall>(id).await? else { return Ok(()) };
        if !matches!(call.phase, CallPhase::Arrived { .. }) {
            return Ok(());
        }
        let mut waiting: Vec<(String, String, Container)> = Vec::new();
        let boxes: Vec<(String, String)> = plan
            .bills
            .iter()
            .filter_map(|b| self.bills.get(b).map(|p| (b, p)))
            .flat_map(|(b, p)| p.boxes.iter().map(|c| (b.clone(), c.clone())))
            .collect();
        let known =
            self.app.peek_many::<Container>(boxes.iter().map(|(_, c)| c.clone())).await.map_err(SimulationError::platform("look"))?;
        for (bill, container) in boxes {
            if let Some(state) = known.get(&container).filter(|state| state.is_on_board() && !self.left_on_board.contains(&container)) {
                waiting.push((bill, container, state.clone()));
            }
        }
        if waiting.is_empty() {
            self.after(2.5, Step::Depart(id.to_owned()));
            return Ok(());
        }
        waiting.truncate(DISCHARGED_AT_ONCE);
        let now = self.now();
        let mut reports = Vec::new();
        for (_, _, state) in &waiting {
            reports.push(DischargeReport {
                container: state.number.clone(),
                call: id.to_owned(),
                at: now.plus_minutes(-self.chance.between(1, 15)).max(call.ata().unwrap_or(now)),
                position: Some(cargo::position(&mut self.chance, &plan.terminal)),
                seal: state.seal.clone(),
                packages: None,
                damage: self.chance.happens(0.015).then(|| "DENTED RIGHT SIDE".to_owned()),
                tally_company: Some("示范理货 Demo Tally".into()),
            });
        }
        // A visitor finds a report that waits for a repair; its boxes stay on board until then.
        let by_message = self.chance.happens(0.4);
        let for_visitors = self.now() >= self.visitors_from && self.left_on_board.len() < LEFT_MAX && self.noise.happens(LEFT_SHARE);
        if for_visitors {
            waiting.truncate(LEFT_AT_ONCE);
            reports.truncate(LEFT_AT_ONCE);
            self.left_on_board.extend(waiting.iter().map(|(_, container, _)| container.clone()));
        }
        if for_visitors || by_message {
            let number = self.numbers("simulated-message", 1).await?;
            let envelope = self.envelope(&plan.terminal, number);
            let port = self.app.port().unlocode.clone();
            let sample = SampleCall {
                ship_name: &call.ship_name,
                imo: &call.imo,
                voyage: &call.voyage_in,
                carrier: "DEMO LINE",
                port: &port,
                arrival: call.eta,
            };
            let landed: Vec<SampleLanded<'_>> = waiting
                .iter()
                .zip(&reports)
                .map(|((bill, _, state), report)| SampleLanded {
                    container: &state.number,
                    size_type: &state.size_type,
                    bill,
                    at: report.at,
                    position: report.position.as_deref().unwrap_or("YARD"),
                    seal: state.seal.as_deref(),
                    damage: report.damage.as_deref(),
                })
                .collect();
            let bytes = sample_coarri(&envelope, &format!("DIS{number:07}"), &sample, &landed);
            if for_visitors {
                self.send_for_visitors(&plan.terminal, bytes).await?;
            } else {
                self.send(&plan.terminal, bytes).await?;
                self.tally_later(waiting.iter().map(|(_, container, _)| container.clone()).collect());
            }
        } else {
            let who = self.system(&plan.terminal);
            self.act(who, &ReportDischarge { reports }).await?;
        }
        for (bill, container, _) in waiting {
            if self.chance.happens(0.02) {
                self.after(8.0, Step::Stray(container));
            }
            self.follow(&bill).await?;
        }
        let next = self.now().plus_minutes(self.chance.between(22, 55));
        self.at(next, Step::Discharge(id.to_owned()));
        Ok(())
    }

    /// The agent reports the departure.
    pub async fn depart(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.calls.remove(id) else { return Ok(()) };
        let who = self.somebody(&plan.agent);
        self.act(who, &DepartCall { id: id.to_owned(), at: self.now() }).await?;
        Ok(())
    }
}

/// The same content as IFCSUM (集拼汇总, D.96A): a bill's ports come before its references, goods codes stand in PIA behind GID.
fn as_ifcsum(cuscar: &[u8]) -> Vec<u8> {
    let mut ordered: Vec<Vec<u8>> = Vec::new();
    // Where the references of the bill that is read are to stand, and where its line of goods begins.
    let (mut ports_at, mut goods_at) = (None, None);
    for segment in segments(cuscar) {
        match segment.get(..3).unwrap_or_default() {
            b"UNB" => ordered.push(replaced(&segment, "+CUSCAR", "+IFCSUM")),
            b"UNH" => ordered.push(replaced(&segment, "CUSCAR:D:95B:UN", "IFCSUM:D:96A:UN")),
            b"CNI" => {
                ordered.push(segment);
                (ports_at, goods_at) = (Some(ordered.len()), None);
            }
            b"LOC" => match ports_at.as_mut() {
                Some(at) => {
                    ordered.insert(*at, segment);
                    *at += 1;
                }
                None => ordered.push(segment),
            },
            b"GID" => {
                ordered.push(segment);
                (ports_at, goods_at) = (None, Some(ordered.len()));
            }
            b"CST" => {
                let code = segment.iter().copied().filter(u8::is_ascii_digit).take(10).map(char::from).collect::<String>();
                let at = goods_at.unwrap_or(ordered.len());
                ordered.insert(at, format!("PIA+5+{code}:HS").into_bytes());
            }
            _ => ordered.push(segment),
        }
    }
    ordered.into_iter().flat_map(|segment| segment.into_iter().chain(*b"'")).collect()
}

/// Cuts at segment terminators that are not released.
fn segments(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut current = Vec::new();
    let mut released = false;
    for byte in bytes.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')) {
        if byte == b'\'' && !released {
            found.push(std::mem::take(&mut current));
        } else {
            current.push(byte);
        }
        released = byte == b'?' && !released;
    }
    found
}

fn replaced(segment: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text: String = segment.iter().map(|b| char::from(*b)).collect();
    text.replace(from, to).chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

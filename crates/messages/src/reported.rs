//! Reports of boxes, bills and calls: gate (CODECO), loading (COARRI), stock (COEDOR), verified mass (VERMAS), status (IFTSTA), stowage
//! (BAPLIE), work orders (COPRAR), release (COPARN, COREOR), transport (IFTMIN), dangerous goods (IFTDGN), persons (PAXLST), and whatever
//! else names a box.
//!
//! One walk gathers what the segments say, as for manifests, because senders differ in what they nest; the type decides what it means.
//! BGM 1001 is read by the UNECE code list (109 and 111 gate in and out, 118 and 121 discharge and loading instruction, 119 and 122 their
//! reports) and by the practice of terminals and carriers in public messages and guides: 34 and 36 gate in and out, 43 and 44 discharge order
//! and report, 45 and 46 loading order and report (COPRAR user manual of SMDG, 45 "transport loading instruction"; 2026-11-27).

use std::collections::HashMap;

use app::exchange::{BillTold, BoxRead, CallClue, Content, Mentions, ReportsRead};
use codes::Mass;
use edifact::Segment;
use ledger::Timestamp;
use logistics::{DANGEROUS_GOODS_MAX, DangerousGoods, Said};

use crate::catalogue;
use crate::fields::{container_number, instant, is, mass, party_name, set, some, text};
use crate::report::{MessageReport, WHOLE, at};

/// Reads a message as reports.
pub(crate) fn read(
    kind: &str,
    body: &[Segment<'_>],
    unh: &Segment<'_>,
    mentions: &Mentions,
    offset_minutes: i32,
    report: &mut MessageReport<'_>,
) -> Content {
    let mut walk = Walk::default();
    for segment in body {
        walk.segment(kind, segment, offset_minutes, report);
    }
    walk.content(kind, unh, mentions, report)
}

/// A box as the segments tell it.
struct Draft<'m> {
    segment: Segment<'m>,
    number: Option<String>,
    status: Option<String>,
    at: Option<Timestamp>,
    place: Option<String>,
    position: Option<String>,
    loading: Option<String>,
    discharge: Option<String>,
    cell: Option<String>,
    seal: Option<String>,
    plate: Option<String>,
    reference: Option<String>,
    mass: Option<Mass>,
    gross: Option<Mass>,
    size_type: Option<String>,
    method: Option<String>,
    party: Option<String>,
    dangerous: Vec<DangerousGoods>,
    /// EQD 8249: 2 export, 3 import.
    way: String,
    /// Known by SGP only; its EQD may follow.
    linked: bool,
}

/// What holds for the boxes and bills that follow.
#[derive(Clone, Default)]
struct Circumstance {
    status: Option<String>,
    at: Option<Timestamp>,
    place: Option<String>,
    bill: Option<String>,
}

#[derive(Default)]
struct Walk<'m> {
    name: String,
    function: Option<String>,
    made_at: Option<Timestamp>,
    plate: Option<String>,
    eta: Option<Timestamp>,
    berth: Option<String>,
    terminal: Option<String>,
    reference: Option<String>,
    now: Circumstance,
    drafts: Vec<Draft<'m>>,
    by_number: HashMap<String, usize>,
    /// The box that the next segments describe.
    at_box: Option<usize>,
    goods: Vec<DangerousGoods>,
    goods_linked: bool,
    /// Boxes that SGP named before any dangerous goods of the same line: what follows is in them.
    linked_before: Vec<usize>,
    dangerous_lines: u32,
    crew: u32,
    passengers: u32,
    bills: Vec<BillTold>,
}

impl<'m> Walk<'m> {
    fn segment(&mut self, kind: &str, segment: &Segment<'m>, offset: i32, report: &mut MessageReport<'_>) {
        match segment.tag() {
            "BGM" => {
                self.name = text(segment, 1, 1).into_owned();
                self.function = some(segment, 3, 1);
            }
            "CNI" => {
                self.close_circumstance();
                self.now = Circumstance { bill: some(segment, 2, 1), ..Circumstance::default() };
                (self.at_box, self.goods) = (None, Vec::new());
                self.linked_before.clear();
            }
            "STS" => {
                // A further status of the same consignment: what was said of the bill so far is complete.
                let bill = self.now.bill.clone();
                if self.now.status.is_some() {
                    self.close_circumstance();
                }
                self.now = Circumstance { status: some(segment, 2, 1), bill, ..Circumstance::default() };
                self.at_box = None;
            }
            "GIS" => set(&mut self.now.status, some(segment, 1, 1)),
            "GID" => {
                (self.at_box, self.goods, self.goods_linked) = (None, Vec::new(), false);
                self.linked_before.clear();
            }
            "EQD" if is(segment, 1, 1, "CN") => self.equipment(segment),
            "EQD" => self.at_box = None,
            "SGP" => self.link(segment),
            "DGS" => self.dangerous(segment),
            "NAD" => self.party(kind, segment),
            "TDT" => self.transport(segment),
            "DTM" => self.time(segment, offset, report),
            "LOC" => self.location(kind, segment),
            "RFF" => self.reference(segment),
            "MEA" => self.measure(segment, report),
            "DOC" if matches!(text(segment, 1, 1).as_ref(), "SM1" | "SM2") => {
                if let Some(draft) = self.current() {
                    set(&mut draft.method, some(segment, 1, 1));
                }
            }
            "SEL" => {
                if let Some(draft) = self.current() {
                    set(&mut draft.seal, some(segment, 1, 1));
                }
            }
            _ => {}
        }
    }

    fn current(&mut self) -> Option<&mut Draft<'m>> {
        self.drafts.get_mut(self.at_box?)
    }

    fn begin(&mut self, segment: &Segment<'m>, number: Option<String>) {
        if let Some(number) = &number {
            self.by_number.insert(number.clone(), self.drafts.len());
        }
        let now = &self.now;
        self.drafts.push(Draft {
            segment: *segment,
            number,
            status: now.status.clone(),
            at: now.at,
            place: now.place.clone(),
            position: None,
            loading: None,
            discharge: None,
            cell: None,
            seal: None,
            plate: self.plate.clone(),
            reference: None,
            mass: None,
            gross: None,
            size_type: some(segment, 3, 1).filter(|_| segment.tag() == "EQD"),
            method: None,
            party: None,
            dangerous: Vec::new(),
            way: text(segment, 5, 1).into_owned(),
            linked: false,
        });
        self.at_box = Some(self.drafts.len() - 1);
    }

    fn equipment(&mut self, segment: &Segment<'m>) {
        let number = some(segment, 2, 1).map(|raw| container_number(&raw));
        // In a stowage plan the cell comes first and its box follows.
        let awaited = self.at_box.filter(|index| self.drafts.get(*index).is_some_and(|draft| draft.number.is_none()));
        // Goods may have named the box before its own segment comes.
        let linked = number.as_ref().and_then(|number| self.by_number.get(number)).copied();
        let linked = linked.filter(|index| self.drafts.get(*index).is_some_and(|draft| draft.linked));
        match (awaited.or(linked), number) {
            (Some(index), Some(number)) => {
                if let Some(draft) = self.drafts.get_mut(index) {
                    (draft.segment, draft.way, draft.linked) = (*segment, text(segment, 5, 1).into_owned(), false);
                    set(&mut draft.size_type, some(segment, 3, 1));
                    draft.number = Some(number.clone());
                }
                self.by_number.insert(number, index);
                self.at_box = Some(index);
            }
            (None, number @ Some(_)) => self.begin(segment, number),
            (Some(_) | None, None) => self.at_box = None,
        }
    }

    /// SGP: goods in a box. Dangerous goods told before it belong to it.
    fn link(&mut self, segment: &Segment<'m>) {
        let Some(number) = some(segment, 1, 1).map(|raw| container_number(&raw)) else { return };
        let index = match self.by_number.get(&number) {
            Some(index) => *index,
            None => {
                self.begin(segment, Some(number));
                let index = self.drafts.len() - 1;
                if let Some(draft) = self.drafts.get_mut(index) {
                    draft.linked = true;
                }
                index
            }
        };
        self.goods_linked = true;
        if self.goods.is_empty() {
            self.linked_before.push(index);
        }
        let goods = self.goods.clone();
        if let Some(draft) = self.drafts.get_mut(index) {
            draft.dangerous.extend(goods);
            draft.dangerous.truncate(DANGEROUS_GOODS_MAX);
        }
        self.at_box = None;
    }

    fn dangerous(&mut self, segment: &Segment<'m>) {
        self.dangerous_lines += 1;
        let goods = DangerousGoods {
            un_no: text(segment, 3, 1).into_owned(),
            class: some(segment, 2, 1),
            packing_group: some(segment, 5, 1),
            name: None,
        };
        match self.current() {
            Some(draft) if draft.dangerous.len() < DANGEROUS_GOODS_MAX => draft.dangerous.push(goods),
            Some(_) => {}
            None => {
                if std::mem::take(&mut self.goods_linked) {
                    self.goods.clear();
                }
                for index in &self.linked_before {
                    if let Some(draft) = self.drafts.get_mut(*index).filter(|draft| draft.dangerous.len() < DANGEROUS_GOODS_MAX) {
                        draft.dangerous.push(goods.clone());
                    }
                }
                if self.goods.len() < DANGEROUS_GOODS_MAX {
                    self.goods.push(goods);
                }
            }
        }
    }

    fn party(&mut self, kind: &str, segment: &Segment<'m>) {
        let role = text(segment, 1, 1);
        if kind == "PAXLST" {
            // FM crew member, FL passenger (code list 3035).
            match role.as_ref() {
                "FM" => self.crew += 1,
                "FL" => self.passengers += 1,
                _ => {}
            }
            return;
        }
        // TR terminal operator, SPC responsible for the verified mass.
        let told = party_name(segment).or_else(|| some(segment, 2, 1));
        match (role.as_ref(), self.current()) {
            ("SPC" | "AM" | "WPA", Some(draft)) => set(&mut draft.party, told),
            ("TR", None) => set(&mut self.terminal, some(segment, 2, 1)),
            _ => {}
        }
    }

    fn transport(&mut self, segment: &Segment<'m>) {
        if is(segment, 1, 1, "20") {
            return;
        }
        let plate = some(segment, 8, 1).or_else(|| some(segment, 8, 4));
        match self.current() {
            Some(draft) => draft.plate = plate.or_else(|| draft.plate.take()),
            None => set(&mut self.plate, plate),
        }
    }

    fn time(&mut self, segment: &Segment<'m>, offset: i32, report: &mut MessageReport<'_>) {
        let qualifier = text(segment, 1, 1);
        // Birth dates, expiries and validities are no times of an event.
        if matches!(qualifier.as_ref(), "329" | "36" | "182" | "192" | "206") {
            return;
        }
        let found = instant(segment, offset, report);
        if let Some(draft) = self.current() {
            draft.at = found.or(draft.at);
        } else if self.now.status.is_some() || self.now.bill.is_some() {
            set(&mut self.now.at, found);
        } else {
            match qualifier.as_ref() {
                "137" => set(&mut self.made_at, found),
                "132" => set(&mut self.eta, found),
                _ => {}
            }
        }
    }

    fn location(&mut self, kind: &str, segment: &Segment<'m>) {
        let (qualifier, place) = (text(segment, 1, 1), some(segment, 2, 1));
        if qualifier == "147" {
            let box_came_first = self.current().is_some_and(|draft| draft.number.is_some() && draft.cell.is_none());
            if kind == "BAPLIE" && !box_came_first {
                self.begin(segment, None);
            }
            if let Some(draft) = self.current() {
                set(&mut draft.cell, place);
            }
            return;
        }
        if let Some(draft) = self.current() {
            match qualifier.as_ref() {
                "11" => set(&mut draft.discharge, place),
                // Where goods or box are: yard, warehouse, depot, place of the event.
                "14" | "18" | "43" | "165" | "175" => {
                    set(&mut draft.position, place.clone());
                    draft.place = place.or_else(|| draft.place.take());
                }
                "9" if kind == "BAPLIE" => set(&mut draft.loading, place),
                "9" | "7" | "8" | "76" | "83" | "12" | "13" | "64" | "65" | "97" | "98" | "99" => {}
                _ => set(&mut draft.place, place),
            }
        } else if self.now.status.is_some() {
            set(&mut self.now.place, place);
        } else {
            match qualifier.as_ref() {
                // 164 berth, 234 scheduled berth.
                "164" | "234" => set(&mut self.berth, place.or_else(|| some(segment, 2, 4))),
                "60" => set(&mut self.terminal, some(segment, 3, 1).or(place)),
                _ => {}
            }
        }
    }

    fn reference(&mut self, segment: &Segment<'m>) {
        let (qualifier, value) = (text(segment, 1, 1), some(segment, 1, 2));
        match qualifier.as_ref() {
            "BN" | "RE" | "SQ" | "ABT" => match self.current() {
                Some(draft) => set(&mut draft.reference, value),
                None => set(&mut self.reference, value),
            },
            "BM" if self.at_box.is_none() => self.now.bill = value.or_else(|| self.now.bill.take()),
            _ => {}
        }
    }

    fn measure(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        let Some(draft) = self.current() else { return };
        if is(segment, 2, 1, "VGM") || is(segment, 1, 1, "VGM") {
            set(&mut draft.mass, mass(segment, report));
        } else {
            set(&mut draft.gross, weight(segment));
        }
    }

    /// What was said of a bill, when another begins.
    fn close_circumstance(&mut self) {
        if let (Some(number), Some(status)) = (&self.now.bill, &self.now.status) {
            let told = BillTold { number: number.clone(), status: Some(status.clone()), place: self.now.place.clone(), at: self.now.at };
            self.bills.push(told);
        }
    }

    fn content(mut self, kind: &str, unh: &Segment<'m>, mentions: &Mentions, report: &mut MessageReport<'_>) -> Content {
        self.close_circumstance();
        let told: std::collections::HashSet<&str> = self.bills.iter().map(|told| told.number.as_str()).collect();
        let named = mentions.bills.iter().filter(|number| !told.contains(number.as_str()));
        let further: Vec<BillTold> =
            named.map(|number| BillTold { number: number.clone(), status: self.now.status.clone(), place: None, at: None }).collect();
        let mut bills = std::mem::take(&mut self.bills);
        bills.extend(further);
        let direction = self.direction(kind);
        let drafts = std::mem::take(&mut self.drafts);
        let mut boxes = Vec::with_capacity(drafts.len());
        for draft in drafts {
            boxes.extend(self.told(kind, direction, draft, report));
        }
        let ship = self.ship(kind, direction, &boxes, mentions);
        let (eta, berth, terminal) = (self.eta, self.berth.take(), self.terminal.take());
        let reports =
            Box::new(ReportsRead { call: mentions.call.clone(), function: self.function.take(), at: self.made_at, boxes, bills, ship });
        match (kind, mentions.bills.first()) {
            ("COREOR", Some(bill)) if self.name == "129" || self.name.is_empty() => Content::ReleaseOrder { bill: bill.clone(), reports },
            ("BERMAN" | "CUSREP", _) => {
                crate::fields::require_call(&mentions.call, unh, report);
                Content::Expected { call: mentions.call.clone(), eta, berth, terminal, reports }
            }
            _ => Content::Reports(reports),
        }
    }

    /// In or out, to load or to discharge: BGM 1001, otherwise what the boxes say of themselves (EQD 8249: 2 export, 3 import).
    fn direction(&self, kind: &str) -> Direction {
        let exported = !self.drafts.is_empty() && self.drafts.iter().all(|draft| draft.way == "2");
        match (kind, self.name.as_str()) {
            ("CODECO", "109" | "34") | ("COARRI", "122" | "46" | "270") | ("COPRAR", "121" | "45") => Direction::Onto,
            ("CODECO", "111" | "36") | ("COPRAR", "118" | "43") => Direction::Off,
            ("COPRAR", _) if exported => Direction::Onto,
            ("COPRAR", _) => Direction::Off,
            _ => Direction::Untold,
        }
    }

    /// What is said of a box. A number that is none is kept as a name of the message only.
    fn told(&self, kind: &str, direction: Direction, draft: Draft<'m>, report: &mut MessageReport<'_>) -> Vec<BoxRead> {
        let Some(number) = draft.number.clone() else { return Vec::new() };
        if let Err(fault) = codes::ContainerNumber::parse_lenient(&number) {
            let (zh, en) = (format!("“{number}”：{}。", fault.zh()), format!("{number:?}: {fault}."));
            report.add(&catalogue::CONTAINER_ODD, &draft.segment, at(2, 1), zh, en);
            return Vec::new();
        }
        let (mass, dangerous) = (draft.mass, draft.dangerous.clone());
        let reference = draft.reference.clone().or_else(|| self.reference.clone());
        let named = || match &draft.status {
            Some(code) => Said::Status { code: code.clone() },
            None => Said::Named,
        };
        let said = match (kind, direction) {
            ("CODECO", Direction::Onto) => Said::GateIn { plate: draft.plate.clone() },
            ("CODECO", Direction::Off) => Said::GateOut { plate: draft.plate.clone(), against: Vec::new() },
            ("COARRI", _) => Said::Loaded { cell: draft.cell.clone(), discharge: draft.discharge.clone() },
            ("COPRAR", Direction::Onto) => Said::LoadingOrdered { cell: draft.cell.clone() },
            ("COPRAR", Direction::Off | Direction::Untold) => Said::DischargeOrdered { cell: draft.cell.clone() },
            ("BAPLIE", _) => Said::Stowed { cell: draft.cell.clone(), loading: draft.loading.clone(), discharge: draft.discharge.clone() },
            ("VERMAS", _) => match draft.mass {
                Some(kg) => Said::VerifiedMass { kg, method: draft.method.clone(), party: draft.party.clone() },
                None => {
                    let (zh, en) = (format!("集装箱 {number} 没有核实总重。"), format!("Container {number} has no verified gross mass."));
                    report.add(&catalogue::VGM_MISSING, &draft.segment, WHOLE, zh, en);
                    named()
                }
            },
            ("COEDOR", _) => Said::InStock { position: draft.position.clone() },
            ("COPARN" | "COREOR", _) => Said::ReleaseTold { reference },
            ("IFTMIN", _) if draft.dangerous.is_empty() => Said::TransportOrdered { reference },
            (_, _) if !draft.dangerous.is_empty() => Said::Dangerous { goods: draft.dangerous.clone() },
            (_, _) => named(),
        };
        // A stowage plan or gate report often tells mass and dangerous goods besides: facts of their own.
        let further_mass = mass.filter(|_| !matches!(said, Said::VerifiedMass { .. }));
        let further_mass = further_mass.map(|kg| Said::VerifiedMass { kg, method: None, party: None });
        let further_goods =
            (!dangerous.is_empty() && !matches!(said, Said::Dangerous { .. })).then_some(Said::Dangerous { goods: dangerous });
        let read = |said| BoxRead {
            container: number.clone(),
            at: draft.at,
            place: draft.place.clone(),
            seal: draft.seal.clone(),
            size_type: draft.size_type.clone(),
            gross: draft.gross.or(mass),
            said,
            segment: u64::from(draft.segment.number()),
            offset: u64::try_from(draft.segment.offset()).unwrap_or(u64::MAX),
        };
        std::iter::once(said).chain(further_mass).chain(further_goods).map(read).collect()
    }

    fn ship(&self, kind: &str, direction: Direction, boxes: &[BoxRead], mentions: &Mentions) -> Option<port_call::Said> {
        let distinct: std::collections::HashSet<&str> = boxes.iter().map(|told| told.container.as_str()).collect();
        let count = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
        Some(match (kind, direction) {
            ("PAXLST", _) => {
                // A list without anybody still says of whom there is nobody: 250 crew list, 745 passenger list.
                let crew = (self.crew > 0 || self.name == "250").then_some(self.crew);
                let passengers = (self.passengers > 0 || self.name == "745").then_some(self.passengers);
                port_call::Said::Persons { crew, passengers }
            }
            // How many of them are for this port, the port knows.
            ("BAPLIE", _) => port_call::Said::Stowage { aboard: count, here: 0 },
            ("COPRAR", Direction::Onto) => port_call::Said::LoadingOrdered { boxes: count },
            ("COPRAR", Direction::Off | Direction::Untold) => port_call::Said::DischargeOrdered { boxes: count },
            ("COARRI", _) => port_call::Said::Loaded { boxes: count },
            ("IFTDGN", _) => port_call::Said::Dangerous { lines: self.dangerous_lines, boxes: count },
            ("BERMAN", _) => port_call::Said::BerthAsked { berth: self.berth.clone(), eta: self.eta },
            _ if mentions.call == CallClue::default() => return None,
            _ => port_call::Said::Named,
        })
    }
}

/// The gross mass of a box, where it is told plainly; what cannot be read is no fault of a report.
fn weight(segment: &Segment<'_>) -> Option<Mass> {
    let gross = matches!(text(segment, 1, 1).as_ref(), "WT" | "AAE") && matches!(text(segment, 2, 1).as_ref(), "" | "G" | "WT" | "AAB");
    let grams = match text(segment, 3, 1).as_ref() {
        "KGM" => 1_000,
        "TNE" => 1_000_000,
        _ => return None,
    };
    let read = text(segment, 3, 2).replace(',', ".").parse::<Mass>().ok().filter(|_| gross)?;
    Mass::from_units(read.units().checked_mul(grams / 1_000)?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Into the terminal, or onto the ship.
    Onto,
    /// Out of the terminal, or off the ship.
    Off,
    /// Not told.
    Untold,
}

//! Cargo manifests: CUSCAR (海关货物报告) and IFCSUM (集拼汇总) as an original manifest (原始舱单).
//!
//! Both walk the same way: a header, equipment, then one CNI group for each bill with its places, parties and goods. The walk
//! follows segments, not segment groups, because senders differ in what they nest; structure is the directory check's business.
//! What the walk gathers becomes bills in [`crate::bill`]. Times, ports and the carrier of the header hold for bills that say nothing else.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use app::exchange::{CallClue, ChangeRead, Content};
use codes::Mass;
use edifact::Segment;

use crate::bill;
use crate::catalogue;
use crate::fields::{
    self, carrier_of_transport, check_container, container_number, gross_mass, is, joined, party_address, party_name, read_transport, set,
    some, text,
};
use crate::report::{MessageReport, WHOLE, at};

/// What the segments of a manifest say, before it is put together.
pub(crate) struct Walk<'m> {
    pub(crate) call: CallClue,
    pub(crate) carrier: Option<String>,
    pub(crate) loading: Option<Place<'m>>,
    pub(crate) discharge: Option<Place<'m>>,
    pub(crate) equipment: Vec<Equipment<'m>>,
    /// Container number → index in `equipment`.
    pub(crate) equipment_by_number: HashMap<String, usize>,
    pub(crate) bills: Vec<Draft<'m>>,
    level: Level,
}

/// Where the walk is: to whom the next segment belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Header,
    Equipment(usize),
    Bill,
    Goods,
    Split,
}

/// A port with the LOC that names it.
#[derive(Clone)]
pub(crate) struct Place<'m> {
    pub(crate) code: String,
    pub(crate) segment: Segment<'m>,
}

/// A container as EQD describes it.
pub(crate) struct Equipment<'m> {
    pub(crate) number: String,
    pub(crate) segment: Segment<'m>,
    pub(crate) size_type: String,
    pub(crate) seals: Vec<String>,
    pub(crate) gross: Option<Mass>,
    /// EQD 8169 = 4.
    pub(crate) empty: bool,
    /// Bills that RFF+BM within the EQD group names.
    pub(crate) bills: Vec<String>,
    pub(crate) used: bool,
}

/// A party as NAD gives it.
#[derive(Clone, Default)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) address: Option<String>,
    pub(crate) uscc: Option<String>,
}

/// A bill being gathered.
pub(crate) struct Draft<'m> {
    pub(crate) segment: Segment<'m>,
    pub(crate) number: Option<(String, Segment<'m>)>,
    master: Option<(String, Segment<'m>)>,
    house: Option<(String, Segment<'m>)>,
    document: Option<(String, Segment<'m>)>,
    consignment: Option<(String, Segment<'m>)>,
    pub(crate) carrier: Option<String>,
    pub(crate) shipper: Option<Named>,
    pub(crate) consignee: Option<Named>,
    importer: Option<Named>,
    pub(crate) notify: Option<Named>,
    pub(crate) loading: Option<Place<'m>>,
    pub(crate) discharge: Option<Place<'m>>,
    pub(crate) delivery: Option<Place<'m>>,
    /// Containers linked to the bill without goods: SGP under CNI, EQD under CNI.
    pub(crate) links: Vec<Split<'m>>,
    pub(crate) goods: Vec<Line<'m>>,
    pub(crate) packages: Option<u32>,
    pub(crate) gross: Option<Mass>,
}

/// A line of goods (GID).
pub(crate) struct Line<'m> {
    pub(crate) segment: Segment<'m>,
    pub(crate) packages: Option<(u32, Segment<'m>)>,
    pub(crate) kind: Option<String>,
    pub(crate) description: Vec<String>,
    fallback: Option<String>,
    pub(crate) gross: Option<Mass>,
    /// A mass was given but could not be read; that is reported already.
    pub(crate) gross_faulty: bool,
    pub(crate) hs_code: Option<String>,
    pub(crate) un_no: Option<String>,
    pub(crate) splits: Vec<Split<'m>>,
}

/// A container that holds part of a line or bill (SGP).
pub(crate) struct Split<'m> {
    pub(crate) number: String,
    pub(crate) segment: Segment<'m>,
    pub(crate) packages: Option<u32>,
    pub(crate) gross: Option<Mass>,
}

/// Interprets a manifest. The content is what could be read; whether it may be used, the report knows.
pub(crate) fn read(body: &[Segment<'_>], unh: &Segment<'_>, report: &mut MessageReport<'_>) -> Content {
    let mut walk = Walk {
        call: CallClue::default(),
        carrier: None,
        loading: None,
        discharge: None,
        equipment: Vec::new(),
        equipment_by_number: HashMap::new(),
        bills: Vec::new(),
        level: Level::Header,
    };
    let mut function = Function::Original;
    let mut reason: Option<(Option<String>, Option<String>)> = None;
    let mut transport = None;
    for segment in body {
        match segment.tag() {
            "BGM" => function = self::function(segment, report),
            // CHG change information: reason code in C107, words in C108.
            "FTX" if is(segment, 1, 1, "CHG") => set(&mut reason, Some((some(segment, 3, 1), joined(segment, 4, 1..=5)))),
            "TDT" if walk.level != Level::Goods && walk.level != Level::Split && walk.bills.is_empty() => {
                walk.level = Level::Header;
                set(&mut transport, Some(*segment));
                read_transport(segment, &mut walk.call, report);
                set(&mut walk.carrier, carrier_of_transport(segment));
            }
            _ => walk.segment(segment, report),
        }
    }
    let place = transport.or_else(|| body.first().copied()).unwrap_or(*unh);
    fields::require_call(&walk.call, &place, report);
    if walk.bills.is_empty() {
        report.add(&catalogue::NO_BILLS, &place, WHOLE, "报文没有提运单（CNI 段组）。", "The message has no bill (CNI group).");
    }
    let call = std::mem::take(&mut walk.call);
    let (reason, note) = reason.unwrap_or_default();
    if function == Function::Delete {
        // Of a bill that goes, its number is enough.
        let deleted = walk.bills.iter().filter_map(|draft| draft.bill_number().map(|(number, _)| number)).collect();
        return Content::ManifestChange(Box::new(ChangeRead { call, reason, note, deleted, ..ChangeRead::default() }));
    }
    let bills = bill::assemble(walk, &place, report);
    match function {
        Function::Change => Content::ManifestChange(Box::new(ChangeRead { call, reason, note, bills, ..ChangeRead::default() })),
        Function::Original | Function::Replace | Function::Delete => {
            Content::Manifest { call, replaces: function == Function::Replace, bills }
        }
    }
}

/// What a transmission does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Original,
    Replace,
    Change,
    Delete,
}

/// BGM 1225: original, duplicate and final transmissions are an original, 5 replaces, 4 changes, 1 cancels and 3 deletes; anything else is
/// not supported.
fn function(segment: &Segment<'_>, report: &mut MessageReport<'_>) -> Function {
    match text(segment, 3, 1).as_ref() {
        "" | "7" | "9" | "22" => Function::Original,
        "5" => Function::Replace,
        "4" => Function::Change,
        "1" | "3" => Function::Delete,
        other => {
            let (zh, en) = (format!("报文功能代码“{other}”不支持。"), format!("Message function {other:?} is not supported."));
            report.add(&catalogue::FUNCTION, segment, at(3, 1), zh, en);
            Function::Original
        }
    }
}

impl<'m> Walk<'m> {
    fn segment(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        match segment.tag() {
            "CNI" => self.begin_bill(segment),
            "EQD" => self.begin_equipment(segment, report),
            "GID" => self.begin_goods(segment),
            "SGP" => self.split(segment),
            "RFF" => self.reference(segment),
            "DOC" => self.document(segment),
            "LOC" => self.location(segment),
            "NAD" => self.party(segment, report),
            "DTM" => {
                // Nothing of a manifest depends on it, but a wrong one is worth telling.
                fields::instant(segment, 0, report);
            }
            "MEA" => self.measure(segment, report),
            "CNT" => self.control(segment, report),
            "SEL" => self.seal(segment),
            _ => self.goods_segment(segment, report),
        }
    }

    fn begin_bill(&mut self, segment: &Segment<'m>) {
        self.level = Level::Bill;
        let consignment = some(segment, 2, 1).map(|number| (number, *segment));
        self.bills.push(Draft {
            segment: *segment,
            number: None,
            master: None,
            house: None,
            document: None,
            consignment,
            carrier: None,
            shipper: None,
            consignee: None,
            importer: None,
            notify: None,
            loading: None,
            discharge: None,
            delivery: None,
            links: Vec::new(),
            goods: Vec::new(),
            packages: None,
            gross: None,
        });
    }

    fn begin_equipment(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        // Only containers: trailers, wagons and pallets are other equipment.
        if !is(segment, 1, 1, "CN") {
            self.level = if self.bills.is_empty() { Level::Header } else { Level::Bill };
            return;
        }
        let number = container_number(&text(segment, 2, 1));
        check_container(&number, segment, (2, 1), report);
        let index = match self.equipment_by_number.entry(number.clone()) {
            Entry::Occupied(known) => {
                // Under CNI a shared container is described again for each bill; at message level it is a mistake.
                if self.bills.is_empty() {
                    let (zh, en) = (format!("集装箱 {number} 重复。"), format!("Container {number} is given twice."));
                    report.add(&catalogue::CONTAINER_TWICE, segment, at(2, 1), zh, en);
                }
                *known.get()
            }
            Entry::Vacant(place) => {
                let size_type = text(segment, 3, 1).to_uppercase();
                check_size_type(&size_type, segment, report);
                self.equipment.push(Equipment {
                    number: number.clone(),
                    segment: *segment,
                    size_type,
                    seals: Vec::new(),
                    gross: None,
                    empty: is(segment, 6, 1, "4"),
                    bills: Vec::new(),
                    used: false,
                });
                *place.insert(self.equipment.len() - 1)
            }
        };
        if let Some(bill) = self.bills.last_mut() {
            bill.links.push(Split { number, segment: *segment, packages: None, gross: None });
        }
        self.level = Level::Equipment(index);
    }

    fn begin_goods(&mut self, segment: &Segment<'m>) {
        let Some(bill) = self.bills.last_mut() else { return };
        self.level = Level::Goods;
        let mut line = Line {
            segment: *segment,
            packages: None,
            kind: some(segment, 2, 2),
            description: Vec::new(),
            fallback: None,
            gross: None,
            gross_faulty: false,
            hs_code: None,
            un_no: None,
            splits: Vec::new(),
        };
        set(&mut line.packages, whole(segment, 2, 1).map(|count| (count, *segment)));
        bill.goods.push(line);
    }

    fn split(&mut self, segment: &Segment<'m>) {
        let Some(bill) = self.bills.last_mut() else { return };
        let split =
            Split { number: container_number(&text(segment, 1, 1)), segment: *segment, packages: whole(segment, 2, 1), gross: None };
        match (bill.goods.last_mut(), self.level) {
            (Some(line), Level::Goods | Level::Split) => {
                line.splits.push(split);
                self.level = Level::Split;
            }
            (_, Level::Header | Level::Equipment(_) | Level::Bill | Level::Goods | Level::Split) => bill.links.push(split),
        }
    }

    fn reference(&mut self, segment: &Segment<'m>) {
        let (qualifier, Some(number)) = (text(segment, 1, 1), some(segment, 1, 2)) else { return };
        if let Level::Equipment(index) = self.level {
            if let (true, Some(equipment)) = (qualifier == "BM", self.equipment.get_mut(index)) {
                equipment.bills.push(number);
            }
            return;
        }
        if self.bills.is_empty() {
            // VON voyage number, VM vessel identifier.
            match qualifier.as_ref() {
                "VON" => set(&mut self.call.voyage, Some(number)),
                "VM" => set(&mut self.call.ship_name, Some(number)),
                _ => {}
            }
            return;
        }
        // A second bill number after goods begins another bill of the same consignment (consolidated cargo).
        let begun =
            self.bills.last().is_some_and(|bill| bill.number.as_ref().is_some_and(|(known, _)| *known != number) && !bill.goods.is_empty());
        if qualifier == "BM" && begun {
            self.begin_bill(segment);
        }
        let Some(bill) = self.bills.last_mut() else { return };
        let slot = match qualifier.as_ref() {
            "BM" => &mut bill.number,
            "MB" => &mut bill.master,
            "BH" | "HWB" => &mut bill.house,
            _ => return,
        };
        set(slot, Some((number, *segment)));
        self.level = Level::Bill;
    }

    fn document(&mut self, segment: &Segment<'m>) {
        let Some(bill) = self.bills.last_mut() else { return };
        // Transport documents of code list 1001: house, master, and other bills and waybills.
        let transport = matches!(
            text(segment, 1, 1).as_ref(),
            "703" | "704" | "705" | "706" | "707" | "708" | "709" | "710" | "711" | "712" | "713" | "714"
        );
        if let (true, Some(number)) = (transport, some(segment, 2, 1)) {
            set(&mut bill.document, Some((number, *segment)));
        }
    }

    fn location(&mut self, segment: &Segment<'m>) {
        if matches!(self.level, Level::Equipment(_) | Level::Goods | Level::Split) {
            return;
        }
        let Some(code) = some(segment, 2, 1) else { return };
        let place = Some(Place { code, segment: *segment });
        match (self.bills.last_mut(), text(segment, 1, 1).as_ref()) {
            (Some(bill), "9") => set(&mut bill.loading, place),
            // The original port of loading counts only where none other is told.
            (Some(bill), "76") if bill.loading.is_none() => bill.loading = place,
            (Some(bill), "11") => set(&mut bill.discharge, place),
            (Some(bill), "7" | "8" | "20") => set(&mut bill.delivery, place),
            (None, "9") => set(&mut self.loading, place),
            (None, "11") => self.discharge = place,
            // Where the ship arrives is where its cargo is discharged, unless something else is told.
            (None, "60") if self.discharge.is_none() => self.discharge = place,
            (Some(_) | None, _) => {}
        }
    }

    fn party(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        if let Level::Equipment(_) = self.level {
            // A carrier named within the equipment group is the operator of the box.
            return;
        }
        let role = text(segment, 1, 1);
        let Some(bill) = self.bills.last_mut() else {
            if role == "CA" {
                self.carrier = party_name(segment).or_else(|| some(segment, 2, 1)).or_else(|| self.carrier.take());
            }
            return;
        };
        let slot = match role.as_ref() {
            "CA" => {
                set(&mut bill.carrier, party_name(segment).or_else(|| some(segment, 2, 1)));
                return;
            }
            "CZ" | "OS" | "EX" => &mut bill.shipper,
            "CN" => &mut bill.consignee,
            "IM" => &mut bill.importer,
            "NI" | "N1" => &mut bill.notify,
            _ => return,
        };
        // Some senders give a code alone; it still says who it is.
        if let (None, Some(name)) = (slot.as_ref(), party_name(segment).or_else(|| some(segment, 2, 1))) {
            *slot = Some(Named { name, address: party_address(segment), uscc: credit_code(segment, report) });
        }
    }

    fn measure(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        let level = self.level;
        if level == Level::Header {
            return;
        }
        let errors = report.error_count();
        let mass = gross_mass(segment, report);
        let faulty = report.error_count() > errors;
        match (level, self.bills.last_mut()) {
            (Level::Equipment(index), _) => {
                if let Some(equipment) = self.equipment.get_mut(index) {
                    set(&mut equipment.gross, mass);
                }
            }
            (Level::Bill, Some(bill)) => set(&mut bill.gross, mass),
            (Level::Goods, Some(bill)) => {
                if let Some(line) = bill.goods.last_mut() {
                    set(&mut line.gross, mass);
                    line.gross_faulty |= faulty;
                }
            }
            (Level::Split, Some(bill)) => {
                if let Some(split) = bill.goods.last_mut().and_then(|line| line.splits.last_mut()) {
                    set(&mut split.gross, mass);
                }
            }
            (Level::Header | Level::Bill | Level::Goods | Level::Split, _) => {}
        }
    }

    /// Totals of a bill: CNT 7 gross mass, 11 packages. They stand in for a single line that says nothing itself.
    fn control(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        let (Level::Bill, Some(bill)) = (self.level, self.bills.last_mut()) else { return };
        match text(segment, 1, 1).as_ref() {
            "7" => {
                let unit = text(segment, 1, 3);
                let mass =
                    text(segment, 1, 2).replace(',', ".").parse::<Mass>().ok().filter(|_| matches!(unit.as_ref(), "KGM" | "KG" | ""));
                if mass.is_none() {
                    report.add(&catalogue::WEIGHT_VALUE, segment, at(1, 2), "总毛重无法识别。", "The total gross mass cannot be read.");
                }
                set(&mut bill.gross, mass);
            }
            "11" => set(&mut bill.packages, whole(segment, 1, 2)),
            _ => {}
        }
    }

    fn seal(&mut self, segment: &Segment<'m>) {
        if let Level::Equipment(index) = self.level
            && let Some(equipment) = self.equipment.get_mut(index)
        {
            equipment.seals.extend(some(segment, 1, 1));
        }
    }

    fn goods_segment(&mut self, segment: &Segment<'m>, report: &mut MessageReport<'_>) {
        if !matches!(self.level, Level::Goods | Level::Split) {
            return;
        }
        let Some(line) = self.bills.last_mut().and_then(|bill| bill.goods.last_mut()) else { return };
        match segment.tag() {
            "PAC" => {
                set(&mut line.packages, whole(segment, 1, 1).map(|count| (count, *segment)));
                set(&mut line.kind, some(segment, 3, 1));
            }
            "FTX" if is(segment, 1, 1, "AAA") => line.description.extend(joined(segment, 4, 1..=5)),
            "IMD" => set(&mut line.fallback, joined(segment, 3, 4..=5)),
            "CST" => set(&mut line.hs_code, goods_code(segment, (2, 1), report)),
            "PIA" => {
                let marked = (2..=6).find(|element| is(segment, *element, 2, "HS"));
                set(&mut line.hs_code, marked.and_then(|element| goods_code(segment, (element, 1), report)));
            }
            "DGS" => {
                let number = text(segment, 3, 1);
                if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
                    let (zh, en) = (format!("联合国编号“{number}”应为 4 位数字。"), format!("UN number {number:?} must have four digits."));
                    report.add(&catalogue::UN_NUMBER, segment, at(3, 1), zh, en);
                }
                set(&mut line.un_no, Some(number.into_owned()));
            }
            _ => {}
        }
    }
}

impl<'m> Draft<'m> {
    /// The bill number and its segment: RFF+BM; master and house joined as `master*house` (filling rules, Announcement 60/2018); DOC; CNI.
    pub(crate) fn bill_number(&self) -> Option<(String, Segment<'m>)> {
        if let Some(number) = &self.number {
            return Some(number.clone());
        }
        match (&self.master, &self.house) {
            (Some((master, _)), Some((house, place))) => Some((format!("{master}*{house}"), *place)),
            (Some(only), None) | (None, Some(only)) => Some(only.clone()),
            (None, None) => self.document.clone().or_else(|| self.consignment.clone()),
        }
    }

    pub(crate) fn receiver(&self) -> Option<&Named> {
        self.consignee.as_ref().or(self.importer.as_ref())
    }
}

impl Line<'_> {
    pub(crate) fn described(&self) -> Option<String> {
        let text = self.description.join(" ");
        Some(text).filter(|text| !text.is_empty()).or_else(|| self.fallback.clone())
    }
}

fn check_size_type(code: &str, segment: &Segment<'_>, report: &mut MessageReport<'_>) {
    let listed = code.parse::<codes::SizeType>().is_ok_and(|size| size.is_listed());
    if !listed {
        let (zh, en) = (format!("箱型尺寸“{code}”不在代码表中。"), format!("Size and type {code:?} is not in the code list."));
        report.add(&catalogue::SIZE_TYPE, segment, at(3, 1), zh, en);
    }
}

/// A whole number of packages; anything else counts as not given.
fn whole(segment: &Segment<'_>, element: usize, component: usize) -> Option<u32> {
    segment.comp(element, component)?.trim().parse().ok()
}

fn goods_code(segment: &Segment<'_>, (element, component): (usize, usize), report: &mut MessageReport<'_>) -> Option<String> {
    let raw = some(segment, element, component)?;
    let code: String = raw.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    if matches!(code.len(), 4 | 6 | 8 | 10 | 13) && code.bytes().all(|b| b.is_ascii_digit()) {
        return Some(code);
    }
    let (zh, en) = (format!("商品编码“{raw}”格式不符。"), format!("Goods code {raw:?} is malformed."));
    report.add(&catalogue::HS_CODE, segment, at(element, component), zh, en);
    None
}

/// The unified social credit code of a party: its identification when it has 18 characters, or `USCI+code` in name or address lines,
/// as carriers write it for Announcement 56/2017.
fn credit_code(segment: &Segment<'_>, report: &mut MessageReport<'_>) -> Option<String> {
    let id = some(segment, 2, 1).filter(|id| id.len() == 18 && id.bytes().all(|b| b.is_ascii_alphanumeric()));
    let (code, place) = match id {
        Some(id) => (id, at(2, 1)),
        None => {
            (3..=5).find_map(|element| (1..=5).find_map(|c| marked_code(&text(segment, element, c)).map(|code| (code, at(element, c)))))?
        }
    };
    if let Err(fault) = code.parse::<codes::Uscc>() {
        report.add(&catalogue::USCC, segment, place, format!("{}。", fault.zh()), format!("{fault}."));
    }
    Some(code.to_uppercase())
}

fn marked_code(line: &str) -> Option<String> {
    let upper = line.to_uppercase();
    let tail = upper.split_once("USCI").map(|(_, tail)| tail)?;
    let code: String = tail.chars().skip_while(|c| !c.is_ascii_alphanumeric()).take_while(char::is_ascii_alphanumeric).collect();
    (code.len() == 18).then_some(code)
}

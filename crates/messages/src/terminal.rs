//! Messages of terminals and ships: discharge reports (COARRI 卸船报告) and arrivals (CUSREP 船舶抵港).

use std::collections::HashMap;

use app::exchange::{CallClue, Content, DischargeRead};
use edifact::Segment;
use ledger::Timestamp;

use crate::catalogue;
use crate::fields::{self, check_container, container_number, instant, is, joined, read_transport, require_call, set, some, text};
use crate::report::{MessageReport, WHOLE, at};

/// Whether a COARRI reports loading.
///
/// BGM 1001: 119 discharge, 122 loading (UNECE code list); 44 or 98 discharge, 46 or 270 loading (practice of terminals seen in public messages, 2026-11-22). With another name, boxes whose
/// status (EQD 8249) is 2, export, throughout are taken as loaded.
pub(crate) fn loads(body: &[Segment<'_>]) -> bool {
    let name = body.iter().find(|segment| segment.tag() == "BGM").map(|bgm| text(bgm, 1, 1)).unwrap_or_default();
    let mut boxes = body.iter().filter(|segment| segment.tag() == "EQD" && is(segment, 1, 1, "CN")).peekable();
    match name.as_ref() {
        "119" | "44" | "98" => false,
        "122" | "46" | "270" => true,
        _ => boxes.peek().is_some() && boxes.all(|one| is(one, 5, 1, "2")),
    }
}

/// Whether a CUSREP reports the actual arrival (DTM 178), rather than an estimate.
pub(crate) fn arrives(body: &[Segment<'_>]) -> bool {
    let estimated = body.iter().any(|segment| segment.tag() == "DTM" && is(segment, 1, 1, "132"));
    !estimated || body.iter().any(|segment| segment.tag() == "DTM" && is(segment, 1, 1, "178"))
}

/// Interprets COARRI as a discharge report.
pub(crate) fn coarri(body: &[Segment<'_>], unh: &Segment<'_>, offset_minutes: i32, report: &mut MessageReport<'_>) -> Content {
    let mut call = CallClue::default();
    let (mut header_time, mut made_at) = (None, None);
    let mut boxes: Vec<Landed<'_>> = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for segment in body {
        match (segment.tag(), boxes.last_mut()) {
            ("TDT", None) => read_transport(segment, &mut call, report),
            ("RFF", None) if is(segment, 1, 1, "VON") => set(&mut call.voyage, some(segment, 1, 2)),
            // 203 executed holds for every box that tells none; 137 is when the message was made, no time of a discharge, and stands in for a
            // box of which nothing better is told.
            ("DTM", None) => {
                let found = instant(segment, offset_minutes, report);
                if is(segment, 1, 1, "203") {
                    header_time = found.or(header_time);
                } else if is(segment, 1, 1, "137") {
                    set(&mut made_at, found);
                }
            }
            ("EQD", _) if is(segment, 1, 1, "CN") => {
                let number = container_number(&text(segment, 2, 1));
                check_container(&number, segment, (2, 1), report);
                if let Some(first) = seen.insert(number.clone(), segment.number()) {
                    let zh = format!("集装箱 {number} 重复，前一次在第 {first} 段。");
                    let en = format!("Container {number} is given twice, before in segment {first}.");
                    report.add(&catalogue::CONTAINER_TWICE, segment, at(2, 1), zh, en);
                }
                boxes.push(Landed::new(number, segment));
            }
            (_, Some(current)) => current.take(segment, offset_minutes, report),
            (_, None) => {}
        }
    }
    let place = body.iter().find(|segment| segment.tag() == "TDT").unwrap_or(unh);
    require_call(&call, place, report);
    if boxes.is_empty() {
        report.add(&catalogue::NO_EQUIPMENT, place, WHOLE, "卸船报告没有集装箱。", "The discharge report lists no container.");
    }
    let containers = boxes.into_iter().map(|one| one.finish(header_time, report)).collect();
    Content::Discharge { call, at: made_at, containers }
}

struct Landed<'m> {
    segment: Segment<'m>,
    read: DischargeRead,
    damage: Vec<String>,
}

impl<'m> Landed<'m> {
    fn new(container: String, segment: &Segment<'m>) -> Self {
        let read = DischargeRead {
            container,
            at: None,
            position: None,
            seal: None,
            damage: None,
            segment: u64::from(segment.number()),
            offset: u64::try_from(segment.offset()).unwrap_or(u64::MAX),
        };
        Self { segment: *segment, read, damage: Vec::new() }
    }

    fn take(&mut self, segment: &Segment<'m>, offset_minutes: i32, report: &mut MessageReport<'_>) {
        match segment.tag() {
            // 203 executed, 181 positioned, 7 effective.
            "DTM" if ["203", "181", "7"].iter().any(|code| is(segment, 1, 1, code)) => {
                set(&mut self.read.at, instant(segment, offset_minutes, report))
            }
            // 14 location of goods, 18 warehouse, 43 temporary storage: in the yard. 147 is the cell on board, which it left.
            "LOC" if ["14", "18", "43"].iter().any(|code| is(segment, 1, 1, code)) => set(&mut self.read.position, some(segment, 2, 1)),
            "SEL" => set(&mut self.read.seal, some(segment, 1, 1)),
            "DAM" => self.damage.extend(damage(segment)),
            "FTX" if is(segment, 1, 1, "DAR") => self.damage.extend(joined(segment, 4, 1..=5)),
            _ => {}
        }
    }

    fn finish(mut self, header_time: Option<Timestamp>, report: &mut MessageReport<'_>) -> DischargeRead {
        set(&mut self.read.at, header_time);
        if self.read.at.is_none() {
            let zh = format!("集装箱 {} 没有卸船时间，以报文时间代替。", self.read.container);
            let en = format!("Container {} has no time of discharge; the time of the message stands in.", self.read.container);
            report.add(&catalogue::DISCHARGE_TIME, &self.segment, WHOLE, zh, en);
        }
        self.read.damage = Some(self.damage.join("; ")).filter(|text| !text.is_empty());
        self.read
    }
}

/// DAM: kind, place and degree of a damage, words before codes.
fn damage(segment: &Segment<'_>) -> Option<String> {
    let parts: Vec<_> = (2..=4).filter_map(|element| some(segment, element, 4).or_else(|| some(segment, element, 1))).collect();
    Some(parts.join(" ")).filter(|text| !text.is_empty())
}

/// Interprets a CUSREP that reports the actual arrival (DTM 178).
pub(crate) fn cusrep(body: &[Segment<'_>], unh: &Segment<'_>, offset_minutes: i32, report: &mut MessageReport<'_>) -> Content {
    let mut call = CallClue::default();
    let mut arrived = None;
    for segment in body {
        match segment.tag() {
            "TDT" => read_transport(segment, &mut call, report),
            "RFF" if is(segment, 1, 1, "VON") => set(&mut call.voyage, some(segment, 1, 2)),
            "DTM" => {
                let found = fields::instant(segment, offset_minutes, report);
                if is(segment, 1, 1, "178") {
                    set(&mut arrived, found);
                }
            }
            _ => {}
        }
    }
    let place = body.iter().find(|segment| segment.tag() == "TDT").unwrap_or(unh);
    require_call(&call, place, report);
    match arrived {
        Some(at) => Content::Arrival { call, at },
        None => {
            report.add(&catalogue::ARRIVAL_TIME, place, WHOLE, "报文没有抵港时间。", "The report tells no time of arrival.");
            Content::Other
        }
    }
}

//! Reads the fields that many messages share: texts, instants, masses, ships, parties.

use std::borrow::Cow;

use app::exchange::CallClue;
use codes::{ImoNumber, Mass, UnLocode};
use edifact::Segment;
use ledger::Timestamp;

use crate::catalogue::{self, CodeInfo};
use crate::report::{MessageReport, WHOLE, at};

/// A component as text without blanks around it; empty when absent. It is borrowed from the file wherever it stands there as it reads.
pub(crate) fn text<'m>(segment: &Segment<'m>, element: usize, component: usize) -> Cow<'m, str> {
    match segment.comp(element, component) {
        None => Cow::Borrowed(""),
        Some(Cow::Borrowed(text)) => Cow::Borrowed(text.trim()),
        Some(Cow::Owned(text)) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A component, when it says something.
pub(crate) fn some(segment: &Segment<'_>, element: usize, component: usize) -> Option<String> {
    Some(text(segment, element, component)).filter(|text| !text.is_empty()).map(Cow::into_owned)
}

/// Whether a component is exactly this code.
pub(crate) fn is(segment: &Segment<'_>, element: usize, component: usize, code: &str) -> bool {
    segment.comp(element, component).is_some_and(|text| text.trim() == code)
}

/// Components of an element joined by blanks: lines of a free text or of a name.
pub(crate) fn joined(segment: &Segment<'_>, element: usize, components: std::ops::RangeInclusive<usize>) -> Option<String> {
    let lines: Vec<_> = components.filter_map(|component| some(segment, element, component)).collect();
    Some(lines.join(" ")).filter(|text| !text.is_empty())
}

/// Why a DTM gives no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstantFault {
    Format,
    Value,
}

/// An instant from value (2380) and format (2379). Times without a zone are port time. A missing format is told from the length.
pub(crate) fn parse_instant(value: &str, format: &str, offset_minutes: i32) -> Result<Timestamp, InstantFault> {
    let format = match (format, value.len()) {
        ("", 8) => "102",
        ("", 12) => "203",
        ("", 14) => "204",
        _ => format,
    };
    let (digits, seconds, century, zone) = match format {
        "101" => (6, false, false, ""),
        "102" => (8, false, true, ""),
        "201" => (10, false, false, ""),
        "203" => (12, false, true, ""),
        "204" => (14, true, true, ""),
        "205" | "303" => (12, false, true, value.get(12..).unwrap_or("")),
        "304" => (14, true, true, value.get(14..).unwrap_or("")),
        _ => return Err(InstantFault::Format),
    };
    let zoned = matches!(format, "205" | "303" | "304");
    let body = value.get(..digits).filter(|body| body.bytes().all(|b| b.is_ascii_digit())).ok_or(InstantFault::Value)?;
    if value.len() > digits && !zoned {
        return Err(InstantFault::Value);
    }
    let number = |from: usize, to: usize| body.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let (year, rest) = if century { (i64::from(number(0, 4)), 4) } else { (2000 + i64::from(number(0, 2)), 2) };
    let date = (year, number(rest, rest + 2), number(rest + 2, rest + 4));
    let time = (number(rest + 4, rest + 6), number(rest + 6, rest + 8), if seconds { number(rest + 8, rest + 10) } else { 0 });
    let offset = if zoned { zone_minutes(zone, offset_minutes).ok_or(InstantFault::Value)? } else { offset_minutes };
    Timestamp::from_civil(date, time, offset).ok_or(InstantFault::Value)
}

/// `+0800`, `+08`, `UTC`, `GMT`; an empty zone is port time. Letters such as `CST` mean several zones, so they are refused.
fn zone_minutes(zone: &str, port: i32) -> Option<i32> {
    let (sign, digits) = match zone.as_bytes().first() {
        None => return Some(port),
        Some(b'+') => (1, zone.get(1..)?),
        Some(b'-') => (-1, zone.get(1..)?),
        Some(_) => return matches!(zone, "UTC" | "GMT" | "Z").then_some(0),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let minutes = match digits.len() {
        2 => digits.parse::<i32>().ok()? * 60,
        4 => digits.get(..2)?.parse::<i32>().ok()? * 60 + digits.get(2..)?.parse::<i32>().ok()?,
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// The instant of a DTM; a fault is reported as a warning and gives nothing.
pub(crate) fn instant(segment: &Segment<'_>, offset_minutes: i32, report: &mut MessageReport<'_>) -> Option<Timestamp> {
    let (value, format) = (text(segment, 1, 2), text(segment, 1, 3));
    match parse_instant(&value, &format, offset_minutes) {
        Ok(instant) => Some(instant),
        Err(InstantFault::Format) => {
            let (zh, en) = (format!("日期格式代码“{format}”不支持。"), format!("Date format {format:?} is not supported."));
            report.add(&catalogue::DATE_FORMAT, segment, at(1, 3), zh, en);
            None
        }
        Err(InstantFault::Value) => {
            let (zh, en) = (format!("日期“{value}”与格式 {format} 不符。"), format!("Date {value:?} does not fit format {format}."));
            report.add(&catalogue::DATE, segment, at(1, 2), zh, en);
            None
        }
    }
}

/// A mass from MEA: the gross mass, `None` when the segment measures something else, or when it is faulty (reported).
pub(crate) fn gross_mass(segment: &Segment<'_>, report: &mut MessageReport<'_>) -> Option<Mass> {
    let (purpose, dimension, unit, value) = (text(segment, 1, 1), text(segment, 2, 1), text(segment, 3, 1), text(segment, 3, 2));
    // Tare, net and verified gross mass are other facts: VGM holds the box itself.
    if matches!(dimension.as_ref(), "T" | "TARE" | "AAL" | "N" | "AAC" | "VGM" | "AAW" | "AAX" | "ABJ" | "ABK" | "UCO" | "CT") {
        return None;
    }
    if matches!(purpose.as_ref(), "VOL" | "DI" | "TC" | "TE" | "VGM" | "CT") {
        return None;
    }
    if matches!(unit.as_ref(), "MTQ" | "LTR" | "FTQ" | "CMT" | "MTR" | "MMT" | "CEL" | "FAH" | "PCE" | "UN" | "PK" | "C62") {
        return None;
    }
    if unit.is_empty() && value.is_empty() {
        return None;
    }
    mass(segment, report)
}

/// The mass of a MEA in kilograms, whatever it is the mass of; faults are reported.
pub(crate) fn mass(segment: &Segment<'_>, report: &mut MessageReport<'_>) -> Option<Mass> {
    let (unit, value) = (text(segment, 3, 1), text(segment, 3, 2));
    // Units in hundred-thousandths of a kilogram, as a fraction: a pound is 0.45359237 kg exactly.
    let (numerator, denominator): (u128, u128) = match unit.as_ref() {
        "KGM" | "KG" | "KGS" | "K" => (1, 1),
        "TNE" => (1_000, 1),
        "GRM" => (1, 1_000),
        "LBR" | "LBS" | "LB" => (45_359_237, 100_000_000),
        _ => {
            let (zh, en) = (format!("重量单位“{unit}”不识别。"), format!("Unit of mass {unit:?} is not known."));
            report.add(&catalogue::WEIGHT_UNIT, segment, at(3, 1), zh, en);
            return None;
        }
    };
    let plain = value.replace(',', ".");
    let read = plain.parse::<Mass>().ok();
    let scaled = read.and_then(|mass| u64::try_from(u128::from(mass.units()) * numerator / denominator).ok()).and_then(Mass::from_units);
    if scaled.is_none() {
        let (zh, en) = (format!("重量“{value}”无法识别。"), format!("Mass {value:?} cannot be read."));
        report.add(&catalogue::WEIGHT_VALUE, segment, at(3, 2), zh, en);
    }
    scaled
}

/// Takes over what a TDT says about the ship. Reports an IMO number that fails its check.
pub(crate) fn read_transport(segment: &Segment<'_>, call: &mut CallClue, report: &mut MessageReport<'_>) {
    if let Some(Err(fault)) = take_transport(segment, call).map(|imo| imo.parse::<ImoNumber>()) {
        report.add(&catalogue::IMO, segment, at(8, 1), format!("{}。", fault.zh()), format!("{fault}."));
    }
}

/// As [`read_transport`], without judging: the IMO number, as sent, when the segment gives one.
pub(crate) fn take_transport(segment: &Segment<'_>, call: &mut CallClue) -> Option<String> {
    set(&mut call.voyage, some(segment, 2, 1));
    let (id, list, agency) = (some(segment, 8, 1), text(segment, 8, 2), text(segment, 8, 3));
    set(&mut call.ship_name, joined(segment, 8, 4..=4));
    let id = id?;
    let bare = id.to_ascii_uppercase();
    let bare = bare.strip_prefix("IMO").map_or(bare.as_str(), str::trim_start);
    let numeric = bare.len() == 7 && bare.bytes().all(|b| b.is_ascii_digit());
    if numeric || (list != "103" && (list == "146" || agency == "11")) {
        set(&mut call.imo, Some(bare.to_owned()));
        return Some(bare.to_owned());
    }
    set(&mut call.call_sign, Some(id));
    None
}

/// The carrier that a TDT names: its name, or its code.
pub(crate) fn carrier_of_transport(segment: &Segment<'_>) -> Option<String> {
    some(segment, 5, 4).or_else(|| some(segment, 5, 1))
}

/// Reports a call that cannot be found: no voyage, or nothing that tells the ship.
pub(crate) fn require_call(call: &CallClue, segment: &Segment<'_>, report: &mut MessageReport<'_>) {
    let ship = call.ship_name.is_some() || call.imo.is_some() || call.call_sign.is_some();
    if !ship || call.voyage.is_none() {
        let (zh, en) = ("报文没有同时给出船舶和航次。", "The message does not name both ship and voyage.");
        report.add(&catalogue::CALL_UNNAMED, segment, WHOLE, zh, en);
    }
}

/// The first statement counts: messages name the main transport first.
pub(crate) fn set<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

/// A party's name: C080, or the first line of the unstructured C058.
pub(crate) fn party_name(segment: &Segment<'_>) -> Option<String> {
    joined(segment, 4, 1..=5).or_else(|| some(segment, 3, 1))
}

/// A party's address: street, city, postcode, country, or the further lines of C058.
pub(crate) fn party_address(segment: &Segment<'_>) -> Option<String> {
    let unstructured = if segment.comp(4, 1).is_some() { joined(segment, 3, 1..=5) } else { joined(segment, 3, 2..=5) };
    let parts =
        [unstructured, joined(segment, 5, 1..=4), some(segment, 6, 1), some(segment, 7, 1), some(segment, 8, 1), some(segment, 9, 1)];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

/// A port from LOC element 2; reported when malformed (an error) or not in the list (a warning).
pub(crate) fn port(segment: &Segment<'_>, report: &mut MessageReport<'_>) -> Option<String> {
    let code = some(segment, 2, 1)?;
    match code.parse::<UnLocode>() {
        Ok(known) => {
            if known.entry().is_none() {
                let (zh, en) = (format!("港口 {known} 不在代码表中。"), format!("Port {known} is not in the code list."));
                report.add(&catalogue::PORT_UNKNOWN, segment, at(2, 1), zh, en);
            }
            Some(known.as_str().to_owned())
        }
        Err(fault) => {
            report.add(&catalogue::PORT_MALFORMED, segment, at(2, 1), format!("{}。", fault.zh()), format!("{fault}."));
            Some(code)
        }
    }
}

/// Checks a container number where it stands. A wrong check digit is a warning: the number is kept as received (MFT-01).
pub(crate) fn check_container(number: &str, segment: &Segment<'_>, place: (usize, usize), report: &mut MessageReport<'_>) {
    let (info, zh, en): (&CodeInfo, String, String) = match codes::ContainerNumber::parse_lenient(number) {
        Ok((_, None)) => return,
        Ok((_, Some(fault))) => (&catalogue::CONTAINER_CHECK_DIGIT, fault.zh(), fault.to_string()),
        Err(fault) => (&catalogue::CONTAINER_SHAPE, format!("“{number}”：{}", fault.zh()), format!("{number:?}: {fault}")),
    };
    report.add(info, segment, at(place.0, place.1), format!("{zh}。"), format!("{en}."));
}

/// A container number in one spelling: capitals without blanks and hyphens.
pub(crate) fn container_number(raw: &str) -> String {
    raw.chars().filter(|c| !matches!(c, ' ' | '-')).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, format: &str, expect: &str) {
        assert_eq!(parse_instant(value, format, 480).map(|t| t.to_string()).as_deref(), Ok(expect), "{value} {format}");
    }

    #[test]
    fn instants_without_zone_are_port_time() {
        check("20261122", "102", "2026-11-21T16:00:00.000Z");
        check("202611220830", "203", "2026-11-22T00:30:00.000Z");
        check("20261122083015", "204", "2026-11-22T00:30:15.000Z");
        check("2611220830", "201", "2026-11-22T00:30:00.000Z");
        check("202611220830", "", "2026-11-22T00:30:00.000Z");
        check("202611220830+0100", "205", "2026-11-22T07:30:00.000Z");
        check("202611220830UTC", "303", "2026-11-22T08:30:00.000Z");
        check("202611220830-05", "303", "2026-11-22T13:30:00.000Z");
        check("202611220830", "303", "2026-11-22T00:30:00.000Z");
    }

    #[test]
    fn what_is_no_instant_is_told_apart() {
        for (value, format) in [
            ("20261322", "102"),
            ("202611222430", "203"),
            ("2026112208", "203"),
            ("202611220830X", "203"),
            ("202611220830CST", "303"),
            ("", "203"),
            ("２０２６", "102"),
            ("202611220830+1500", "205"),
        ] {
            assert_eq!(parse_instant(value, format, 480), Err(InstantFault::Value), "{value} {format}");
        }
        assert_eq!(parse_instant("20261122", "718", 480), Err(InstantFault::Format));
    }
}

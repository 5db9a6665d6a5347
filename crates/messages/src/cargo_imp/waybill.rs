//! The air waybill (FWB), its houses (FHL) and its status (FSU).
//!
//! ```text
//! FWB/16                                     FHL/4
//! 999-12345675PEKNGB/T10K250.5MC1.2          MBI/999-12345675PEKNGB/T10K250.5
//! SHP                                        HBS/HOUSE1/PEKNGB/4/K100//LAMPS
//! NAM/SHIPPER LTD      (or /SHIPPER LTD)
//! CNE                                        FSU/15
//! NAM/CONSIGNEE LTD                          999-12345675PEKNGB/T10K250.5
//! RTD/1/P10/K250.5/CQ/W250.5/R1/T250         RCF/CA1234/27NOV1430/NGB/T10K250.5
//! /NG/ELECTRONICS
//! /NH/847130
//! OCI/CN/CNE/T/USCI91330200…
//! ```

use app::exchange::{AirRead, AirStatusRead};
use manifest::{AirStatus, CargoUnit, HouseWaybill, WaybillContent};

use super::Faults;
use super::line::{Line, airport, awb, consignment, date, flight, letters, mass, quantity, uld};

/// Longest text taken over, characters.
const TEXT_MAX: usize = 100;
/// Most houses of one message.
const HOUSES_MAX: usize = 500;
/// Most statuses of one message.
const STATUSES_MAX: usize = 50;

fn short(text: &str) -> String {
    text.trim().chars().take(TEXT_MAX).collect()
}

/// Number, airports and quantity of the consignment that a message is about.
fn consigned(line: &Line<'_>, text: &str, faults: &mut Faults) -> Option<(String, WaybillContent)> {
    let mut parts = text.split('/');
    let Some((number, origin, destination)) = parts.next().and_then(consignment) else {
        faults.tell(
            line,
            "air-awb",
            "应为运单号、始发与目的机场，如 999-12345675PEKNGB。",
            "Here stands the number with origin and destination, such as 999-12345675PEKNGB.",
        );
        return None;
    };
    let number = match awb(number) {
        Ok(number) => number,
        Err((zh, en)) => {
            faults.tell(line, "waybill-awb-check", zh, en);
            return None;
        }
    };
    let mut content = WaybillContent { origin: origin.to_owned(), destination: destination.to_owned(), ..WaybillContent::default() };
    if let Some(told) = parts.next() {
        let Some(told) = quantity(told) else {
            faults.tell(
                line,
                "air-quantity",
                "件数或重量无法识别，如 T10K250。",
                "Pieces or weight cannot be read; they are written T10K250.",
            );
            return None;
        };
        content.packages = told.pieces;
        content.gross_kg = told.mass.unwrap_or_default();
    }
    Some((number, content))
}

/// Which party the lines that follow are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    None,
    Shipper,
    Consignee,
}

pub(super) fn fwb(first: &Line<'_>, lines: &[Line<'_>], faults: &mut Faults) -> Option<AirRead> {
    let Some((head, rest)) = lines.split_first() else {
        faults.tell(first, "air-empty", "报文没有运单行。", "The message has no line of its waybill.");
        return None;
    };
    let (number, mut content) = consigned(head, head.text(), faults)?;
    if content.packages == 0 || content.gross_kg.is_zero() || content.origin.is_empty() {
        faults.tell(head, "air-quantity", "运单须有始发机场、件数和重量。", "A waybill tells its origin, pieces and weight.");
    }
    let mut party = Party::None;
    let mut rates = false;
    // In the older form the name stands alone on the line below its party.
    let mut below = false;
    for line in rest {
        let named = std::mem::take(&mut below);
        let (tag, parts) = (line.tag(), line.parts());
        match tag {
            "SHP" => (party, rates, below) = (Party::Shipper, false, true),
            "CNE" => (party, rates, below) = (Party::Consignee, false, true),
            "NAM" => name(party, parts.first(), &mut content),
            "ADR" | "LOC" => {}
            "RTD" => {
                (party, rates) = (Party::None, true);
                goods(&parts, &mut content);
            }
            "OCI" => {
                (party, rates) = (Party::None, false);
                identified(&parts, &mut content);
            }
            // A further line: of the party its name, in the older form; of the rate its goods.
            "" if line.text().starts_with('/') && rates => goods(&parts, &mut content),
            "" if line.text().starts_with('/') && named => name(party, parts.first(), &mut content),
            "" if line.text().starts_with('/') => {}
            "" => faults.tell(line, "air-line", "该行无法识别。", "This line cannot be read."),
            _ => (party, rates) = (Party::None, false),
        }
    }
    let missing = [
        (content.shipper.name.is_empty(), "发货人", "shipper"),
        (content.consignee.name.is_empty(), "收货人", "consignee"),
        (content.goods.is_empty(), "品名", "goods"),
    ];
    for (_, zh, en) in missing.into_iter().filter(|(missing, ..)| *missing) {
        faults.tell(head, "air-missing", format!("缺少{zh}。"), format!("The {en} is missing."));
    }
    Some(AirRead::Waybill { number, content })
}

fn name(party: Party, text: Option<&&str>, content: &mut WaybillContent) {
    let Some(text) = text.map(|text| short(text)).filter(|text| !text.is_empty()) else { return };
    let slot = match party {
        Party::Shipper => &mut content.shipper.name,
        Party::Consignee => &mut content.consignee.name,
        Party::None => return,
    };
    if slot.is_empty() {
        *slot = text;
    }
}

/// Goods, HS code and air units among the lines of rates: `NG`, `NC` description, `NH` code, `NU` unit.
fn goods(parts: &[&str], content: &mut WaybillContent) {
    for pair in parts.windows(2) {
        let [code, text] = pair else { continue };
        match *code {
            "NG" | "NC" if content.goods.is_empty() => content.goods = short(text),
            "NH" if content.hs_code.is_none() => {
                content.hs_code =
                    Some(text.chars().filter(char::is_ascii_digit).take(13).collect()).filter(|digits: &String| !digits.is_empty());
            }
            "NU" => {
                let known = |name: &str| content.units.iter().any(|unit| unit.uld.as_deref() == Some(name));
                if let Some(name) = uld(text).filter(|name| !known(name) && content.units.len() < manifest::WAYBILL_UNITS_MAX) {
                    content.units.push(CargoUnit { uld: Some(name.to_owned()), ..CargoUnit::default() });
                }
            }
            _ => {}
        }
    }
}

/// The consignee's unified social credit code, as Chinese practice writes it: `/CN/CNE/T/USCI` and the code. Not verified.
fn identified(parts: &[&str], content: &mut WaybillContent) {
    let [_, "CNE", _, text, ..] = parts else { return };
    let code = text.strip_prefix("USCI").map(|code| code.trim_start_matches(['+', ' ']));
    if let Some(code) = code.filter(|code| code.len() == 18) {
        content.consignee.uscc = Some(code.to_owned());
    }
}

pub(super) fn fhl(first: &Line<'_>, lines: &[Line<'_>], faults: &mut Faults) -> Option<AirRead> {
    let master = lines.iter().find(|line| line.tag() == "MBI");
    let Some(master) = master else {
        faults.tell(first, "air-empty", "报文没有主运单行（MBI）。", "The message has no line of its master waybill (MBI).");
        return None;
    };
    let (number, _) = consigned(master, master.text().get(4..).unwrap_or(""), faults)?;
    let mut houses: Vec<HouseWaybill> = Vec::new();
    for line in lines.iter().filter(|line| line.tag() == "HBS") {
        match house(&line.parts()) {
            Some(_) if houses.len() >= HOUSES_MAX => {
                faults.tell(line, "air-too-many", "一份报文最多 500 票分运单。", "A message lists at most 500 houses.");
                break;
            }
            Some(house) if houses.iter().any(|known| known.number == house.number) => {
                faults.tell(
                    line,
                    "waybill-twice",
                    format!("分运单 {} 重复。", house.number),
                    format!("House {} appears twice.", house.number),
                );
            }
            Some(house) => houses.push(house),
            None => faults.tell(
                line,
                "air-house",
                "分运单行无法识别，如 HBS/HOUSE1/PEKNGB/4/K100//LAMPS。",
                "The house cannot be read; it is written HBS/HOUSE1/PEKNGB/4/K100//LAMPS.",
            ),
        }
    }
    if houses.is_empty() {
        faults.tell(master, "air-empty", "报文没有分运单。", "The message lists no house.");
    }
    Some(AirRead::Houses { number, houses })
}

fn house(parts: &[&str]) -> Option<HouseWaybill> {
    let [number, route, pieces, weight, rest @ ..] = parts else { return None };
    let (origin, destination) = route.split_at_checked(3)?;
    let (code, kilograms) = weight.split_at_checked(1)?;
    let packages: u32 = pieces.parse().ok().filter(|pieces| *pieces > 0)?;
    let gross_kg = mass(code.chars().next()?, kilograms).filter(|kg| !kg.is_zero())?;
    let named = !number.is_empty() && number.len() <= 12 && number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !named || airport(origin).is_none() || airport(destination).is_none() {
        return None;
    }
    // What the shipper counted stands before the goods, and may be empty.
    let goods = rest.iter().rev().find(|text| !text.is_empty() && !text.bytes().all(|byte| byte.is_ascii_digit()));
    Some(HouseWaybill {
        number: (*number).to_owned(),
        origin: origin.to_owned(),
        destination: destination.to_owned(),
        packages,
        gross_kg,
        goods: goods.map_or_else(|| "-".to_owned(), |text| short(text)),
    })
}

/// Lines of a status message that tell no status.
const PASSED: [&str; 3] = ["OSI", "ULD", "OCI"];

pub(super) fn fsu(first: &Line<'_>, lines: &[Line<'_>], faults: &mut Faults) -> Option<AirRead> {
    let Some((head, rest)) = lines.split_first() else {
        faults.tell(first, "air-empty", "报文没有运单行。", "The message has no line of its waybill.");
        return None;
    };
    let (number, _) = consigned(head, head.text(), faults)?;
    let mut statuses: Vec<AirStatusRead> = Vec::new();
    for line in rest {
        let tag = line.tag();
        if PASSED.contains(&tag) || line.text().starts_with('/') {
            continue;
        }
        if !letters(tag) {
            faults.tell(line, "air-line", "该行无法识别。", "This line cannot be read.");
            continue;
        }
        if statuses.len() >= STATUSES_MAX {
            faults.tell(line, "air-too-many", "一份报文最多 50 个状态。", "A message tells at most 50 statuses.");
            break;
        }
        statuses.push(status(line));
    }
    if statuses.is_empty() {
        faults.tell(head, "air-empty", "报文没有状态。", "The message tells no status.");
    }
    Some(AirRead::Statuses { number, statuses })
}

/// What a status tells, by the shape of its parts: each kind of status has them in another order.
fn status(line: &Line<'_>) -> AirStatusRead {
    let mut status =
        AirStatus { code: line.tag().to_owned(), at: None, place: None, flight: None, packages: None, gross_kg: None, by: String::new() };
    let mut told = None;
    for part in line.parts() {
        if let Some(name) = flight(part).filter(|_| status.flight.is_none()) {
            status.flight = Some(name.to_owned());
        } else if let Some(((day, month), time)) = date(part).filter(|_| told.is_none()) {
            let (hour, minute) = time.unwrap_or((0, 0));
            told = Some((day, month, hour, minute));
        } else if let Some(found) = quantity(part).filter(|_| status.packages.is_none()) {
            status.packages = Some(found.pieces);
            status.gross_kg = found.mass;
        } else if letters(part) && matches!(part.len(), 3 | 6) && status.place.is_none() {
            // From and to, where both are told: what happened, happened at the first.
            status.place = part.get(..3).map(str::to_owned);
        }
    }
    AirStatusRead { status, told, segment: line.number(), offset: line.offset() as u64 }
}

//! The manifest of a flight (FFM, 航空舱单).
//!
//! ```text
//! FFM/8
//! 1/CA1234/27NOV1430/PEK          sequence, flight, departure, airport of loading
//! NGB                             airport of unloading; NGB/NIL when it carries nothing there
//! ULD/AKE12345CA                  what follows lies in this unit
//! 999-12345675PEKNGB/T10K250.5MC1.2/ELECTRONICS
//! /ELI                            special handling, dimensions, routing, remarks: passed over
//! LAST                            or CONT, when more parts follow
//! ```

use std::collections::BTreeMap;

use app::exchange::{AirRead, FlightRead, FlightWaybill};
use codes::Mass;
use manifest::{CargoUnit, WaybillContent, WaybillForm};

use super::Faults;
use super::line::{Line, airport, awb, consignment, date, flight, quantity, uld};

/// Most waybills of one message.
const WAYBILLS_MAX: usize = 1_000;
/// Longest description of goods taken over, characters.
const GOODS_MAX: usize = 100;

/// Where the reader stands.
#[derive(Default)]
struct At<'b> {
    unloading: Option<&'b str>,
    uld: Option<&'b str>,
}

pub(super) fn read(first: &Line<'_>, lines: &[Line<'_>], faults: &mut Faults) -> Option<AirRead> {
    let Some((head, rest)) = lines.split_first() else {
        faults.tell(first, "air-empty", "报文没有航班行。", "The message has no line of its flight.");
        return None;
    };
    let mut read = head_of(head, faults)?;
    let mut at = At::default();
    let mut ended = false;
    let mut index: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in rest {
        let text = line.text();
        if ended {
            faults.tell(line, "air-after-end", "LAST 或 CONT 之后还有内容。", "Something follows LAST or CONT.");
            break;
        }
        match text {
            "LAST" | "CONT" => {
                ended = true;
                read.complete &= text == "LAST";
            }
            _ if line.tag() == "ULD" => {
                at.uld = text.get(4..).and_then(uld);
                if at.uld.is_none() {
                    faults.tell(line, "air-uld", "集装器编号无法识别。", "The unit load device cannot be read.");
                }
            }
            _ if text.as_bytes().get(3) == Some(&b'-') && text.as_bytes()[..3].iter().all(u8::is_ascii_digit) => {
                waybill(line, &at, &mut read, &mut index, faults);
            }
            // Point of unloading: an airport alone, or with its times.
            _ if airport(line.tag()).is_some() && !PASSED.contains(&line.tag()) => {
                at = At { unloading: Some(line.tag()), uld: None };
                let nil = line.parts().first() == Some(&"NIL");
                if !nil && !read.unloading.iter().any(|known| known == line.tag()) {
                    read.unloading.push(line.tag().to_owned());
                }
            }
            _ if text.starts_with('/') || PASSED.contains(&line.tag()) => {}
            _ => faults.tell(line, "air-line", "该行无法识别。", "This line cannot be read."),
        }
    }
    if !ended {
        let last = lines.last().unwrap_or(first);
        faults.tell(
            last,
            "air-no-end",
            "报文没有以 LAST 或 CONT 结束，可能不完整。",
            "The message does not end with LAST or CONT; it may be cut.",
        );
    }
    if read.waybills.is_empty() && !faults.any() {
        faults.tell(head, "air-empty", "航班舱单没有运单。", "The manifest lists no waybill.");
    }
    totals(&mut read);
    Some(AirRead::Flight(read))
}

/// Lines of a consignment that are passed over.
const PASSED: [&str; 7] = ["DIM", "OSI", "COR", "OCI", "SCI", "SSR", "RMK"];

fn head_of(line: &Line<'_>, faults: &mut Faults) -> Option<FlightRead> {
    let parts: Vec<&str> = line.text().split('/').collect();
    let sequence = parts.first().and_then(|text| text.parse::<u32>().ok()).filter(|n| (1..=99).contains(n));
    let told = (
        sequence,
        parts.get(1).and_then(|text| flight(text)),
        parts.get(2).and_then(|text| date(text)),
        parts.get(3).and_then(|text| airport(text)),
    );
    let (Some(sequence), Some(flight), Some((departs, departs_at)), Some(loading)) = told else {
        faults.tell(
            line,
            "air-flight",
            "航班行应为“序号/航班号/日期/装机场”，如 1/CA1234/27NOV/PEK。",
            "The line of the flight is sequence/flight/date/airport, such as 1/CA1234/27NOV/PEK.",
        );
        return None;
    };
    Some(FlightRead {
        flight: flight.to_owned(),
        departs,
        departs_at,
        loading: loading.to_owned(),
        unloading: Vec::new(),
        waybills: Vec::new(),
        complete: sequence == 1,
    })
}

fn waybill(line: &Line<'_>, at: &At<'_>, read: &mut FlightRead, index: &mut BTreeMap<(String, String), usize>, faults: &mut Faults) {
    let mut parts = line.text().split('/');
    let Some((number, origin, destination)) = parts.next().and_then(consignment) else {
        faults.tell(
            line,
            "air-awb",
            "运单行应为“运单号、始发与目的机场”。",
            "A waybill begins with its number and the airports of origin and destination.",
        );
        return;
    };
    let number = match awb(number) {
        Ok(number) => number,
        Err((zh, en)) => {
            faults.tell(line, "waybill-awb-check", zh, en);
            return;
        }
    };
    let Some(unloading) = at.unloading else {
        faults.tell(line, "air-order", "运单之前没有卸机场行。", "No airport of unloading stands before this waybill.");
        return;
    };
    let Some(told) = parts.next().and_then(quantity) else {
        faults.tell(line, "air-quantity", "件数或重量无法识别，如 T10K250。", "Pieces or weight cannot be read; they are written T10K250.");
        return;
    };
    let Some(gross_kg) = told.mass else {
        faults.tell(line, "air-quantity", "缺少重量。", "The weight is missing.");
        return;
    };
    let goods: String = parts.next().unwrap_or("").trim().chars().take(GOODS_MAX).collect();
    let unit = at.uld.map(|uld| CargoUnit {
        uld: Some(uld.to_owned()),
        packages: Some(told.pieces),
        gross_kg: Some(gross_kg),
        ..CargoUnit::default()
    });
    // One waybill may lie in several units: its lines are added up.
    let key = (number.clone(), unloading.to_owned());
    if let Some(known) = index.get(&key).and_then(|at| read.waybills.get_mut(*at)) {
        let form = &mut known.form;
        form.packages = form.packages.unwrap_or(0).checked_add(told.pieces);
        form.gross_kg = form.gross_kg.and_then(|kg| kg.checked_add(gross_kg));
        if form.packages.is_none() || form.gross_kg.is_none() {
            faults.tell(line, "air-quantity", "件数或重量合计过大。", "Pieces or weight add up to too much.");
        }
        form.content.packages = form.content.packages.max(told.total.unwrap_or(0));
        merge(&mut form.content.units, unit);
        return;
    }
    if read.waybills.len() >= WAYBILLS_MAX {
        faults.tell(line, "air-too-many", "一份报文最多 1000 票运单。", "A message lists at most 1,000 waybills.");
        return;
    }
    index.insert(key, read.waybills.len());
    let content = WaybillContent {
        origin: if origin.is_empty() { read.loading.clone() } else { origin.to_owned() },
        destination: if destination.is_empty() { unloading.to_owned() } else { destination.to_owned() },
        goods: if goods.is_empty() { "-".to_owned() } else { goods },
        // Of a part the whole is told behind it.
        packages: told.total.unwrap_or(0),
        units: unit.into_iter().collect(),
        ..WaybillContent::default()
    };
    let form =
        WaybillForm { number, content, shipment: Some(told.code.to_string()), packages: Some(told.pieces), gross_kg: Some(gross_kg) };
    read.waybills.push(FlightWaybill { form, unloading: unloading.to_owned(), segment: line.number(), offset: line.offset() as u64 });
}

/// Adds what lies in a unit to the units of a waybill.
fn merge(units: &mut Vec<CargoUnit>, unit: Option<CargoUnit>) {
    let Some(unit) = unit else { return };
    match units.iter_mut().find(|known| known.uld == unit.uld) {
        Some(known) => {
            known.packages = known.packages.zip(unit.packages).and_then(|(one, other)| one.checked_add(other));
            known.gross_kg = known.gross_kg.zip(unit.gross_kg).and_then(|(one, other): (Mass, Mass)| one.checked_add(other));
        }
        None => units.push(unit),
    }
}

/// Where the manifest does not tell the whole of a waybill, it is what it carries of it.
fn totals(read: &mut FlightRead) {
    for one in &mut read.waybills {
        let form = &mut one.form;
        let carried = form.packages.unwrap_or(0);
        form.content.packages = form.content.packages.max(carried);
        // The weight of the whole is not told: a part has its share of it, as far as the manifest goes.
        form.content.gross_kg = form.gross_kg.unwrap_or_default();
        if carried < form.content.packages && carried > 0 {
            let units = u128::from(form.content.gross_kg.units()) * u128::from(form.content.packages) / u128::from(carried);
            form.content.gross_kg = u64::try_from(units).ok().and_then(Mass::from_units).unwrap_or(form.content.gross_kg);
        }
        // A unit holds a part of the waybill: what is in all of them is compared with what the flight carries, not with the whole.
        if carried < form.content.packages {
            form.content.units.iter_mut().for_each(|unit| (unit.packages, unit.gross_kg) = (None, None));
        }
    }
}
